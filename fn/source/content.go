package source

import (
	"encoding/base64"
	"maps"
	"slices"

	"github.com/proompteng/checksum-annotator/config"
	"github.com/proompteng/checksum-annotator/fn/digest"
	"github.com/proompteng/checksum-annotator/fn/manifest"
)

// read returns the data of a Secret or ConfigMap (core/v1), as the API server
// would store it. Its errors name the field and never the value.
func read(item *manifest.Item, kind config.Kind) (digest.Content, error) {
	if kind == config.Secret {
		return readSecret(item.Root())
	}
	return readConfigMap(item.Root())
}

func readSecret(secret *manifest.Value) (digest.Content, error) {
	data, err := binary(secret, "data")
	if err != nil {
		return digest.Content{}, err
	}
	stringData, err := texts(secret, "stringData")
	if err != nil {
		return digest.Content{}, err
	}
	for key, value := range stringData {
		data[key] = []byte(value)
	}
	return digest.Secret(data), nil
}

func readConfigMap(configMap *manifest.Value) (digest.Content, error) {
	data, err := texts(configMap, "data")
	if err != nil {
		return digest.Content{}, err
	}
	binaryData, err := binary(configMap, "binaryData")
	if err != nil {
		return digest.Content{}, err
	}
	return digest.ConfigMap(data, binaryData), nil
}

func texts(object *manifest.Value, field string) (map[string]string, error) {
	value, err := object.At(field)
	if err != nil {
		return nil, err
	}
	return value.Texts()
}

// binary returns a field whose values are standard base64 (RFC 4648, section 4),
// possibly on several lines.
func binary(object *manifest.Value, field string) (map[string][]byte, error) {
	value, err := object.At(field)
	if err != nil {
		return nil, err
	}
	encoded, err := value.Texts()
	if err != nil {
		return nil, err
	}
	decoded := make(map[string][]byte, len(encoded))
	for _, key := range slices.Sorted(maps.Keys(encoded)) { // for the same error each time
		if decoded[key], err = base64.StdEncoding.DecodeString(encoded[key]); err != nil {
			entry, _ := value.At(key)
			return nil, entry.Errorf("expected base64, found something else (plain text belongs into stringData)")
		}
	}
	return decoded, nil
}
