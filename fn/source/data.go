package source

import (
	"encoding/base64"
	"maps"
	"slices"
	"strings"

	"github.com/proompteng/checksum-annotator/config"
	"github.com/proompteng/checksum-annotator/fn/digest"
	"github.com/proompteng/checksum-annotator/fn/manifest"
)

// dataFields are the fields that hold the data of Secrets and ConfigMaps.
var dataFields = []string{"data", "stringData", "binaryData"}

// readData returns the data that a Secret or ConfigMap holds, as the API server would
// store them. Its errors name the field and never the value.
func readData(kind config.Kind, object *manifest.Value) (digest.Content, error) {
	if kind == config.Secret {
		return readSecret(object)
	}
	return readConfigMap(object)
}

// readSecret reads a Secret (core/v1).
func readSecret(secret *manifest.Value) (digest.Content, error) {
	data, err := binary(secret, "data", "expected base64, found something else (plain text belongs into stringData)")
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
	binaryData, err := binary(configMap, "binaryData", "expected base64, found something else (text belongs into data)")
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
// possibly on several lines. What else they are is said by problem.
//
// SOPS encrypts the values of an object and not their names, and leaves a field sops. The
// bytes of a value that it encrypted are not known; its ciphertext counts in their place,
// as it does in a field of texts.
func binary(object *manifest.Value, field, problem string) (map[string][]byte, error) {
	value, err := object.At(field)
	if err != nil {
		return nil, err
	}
	encoded, err := value.Texts()
	if err != nil {
		return nil, err
	}
	encrypted := isEncrypted(object)
	decoded := make(map[string][]byte, len(encoded))
	for _, key := range slices.Sorted(maps.Keys(encoded)) { // for the same error each time
		if encrypted && isCiphertext(encoded[key]) {
			decoded[key] = []byte(encoded[key])
			continue
		}
		if decoded[key], err = base64.StdEncoding.DecodeString(encoded[key]); err != nil {
			entry, _ := value.At(key)
			if isCiphertext(encoded[key]) {
				return nil, entry.Errorf("expected base64, found what SOPS has encrypted, in an object that has lost the field sops")
			}
			return nil, entry.Errorf("%s", problem)
		}
	}
	return decoded, nil
}

// isEncrypted tells whether SOPS has encrypted some values of an object.
func isEncrypted(object *manifest.Value) bool {
	sops, err := object.At("sops")
	return err == nil && sops.Exists()
}

// isCiphertext tells whether a text is what SOPS writes in the place of a value.
func isCiphertext(text string) bool {
	return strings.HasPrefix(text, "ENC[")
}
