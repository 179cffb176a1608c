package examples

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
)

// A reference is a name in a pod spec.
type reference struct{ kind, name string }

// referencesIn returns the references in a part of a pod spec, by the names of
// the fields that the Kubernetes API uses for nothing else.
func referencesIn(part any) (found []reference) {
	switch part := part.(type) {
	case []any:
		for _, element := range part {
			found = append(found, referencesIn(element)...)
		}
	case map[string]any:
		for _, field := range slices.Sorted(maps.Keys(part)) {
			value, _ := part[field].(map[string]any)
			name, _ := value["name"].(string)
			switch field {
			case "secretKeyRef", "secretRef", "nodePublishSecretRef", "secret":
				found = append(found, reference{"Secret", name})
			case "configMapKeyRef", "configMapRef", "configMap":
				found = append(found, reference{"ConfigMap", name})
			case "secretName":
				name, _ := part[field].(string)
				found = append(found, reference{"Secret", name})
			}
			found = append(found, referencesIn(part[field])...)
		}
	}
	return slices.DeleteFunc(found, func(r reference) bool { return r.name == "" })
}

// finalData returns the data of an object as the API server stores them.
func finalData(o object) (data, binaryData map[string]string) {
	data = o.texts("data")
	for key, value := range o.texts("stringData") {
		data[key] = base64.StdEncoding.EncodeToString([]byte(value))
	}
	return data, o.texts("binaryData")
}

func hasKeys(o object, keys []string) bool {
	data, binaryData := finalData(o)
	for _, key := range keys {
		if data[key] == "" && binaryData[key] == "" {
			return false
		}
	}
	return true
}

// sum returns the digest of those keys of an object, or of all if none are given.
func sum(o object, keys []string) string {
	data, binaryData := finalData(o)
	drop := func(key, _ string) bool { return len(keys) > 0 && !slices.Contains(keys, key) }
	maps.DeleteFunc(data, drop)
	maps.DeleteFunc(binaryData, drop)
	var canonical bytes.Buffer // of such plain data, the JSON of Go is
	encoder := json.NewEncoder(&canonical)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(map[string]any{"data": data, "binaryData": binaryData}); err != nil {
		panic(err)
	}
	return hexSum(bytes.TrimSpace(canonical.Bytes()))
}

func hexSum(text []byte) string {
	hash := sha256.Sum256(text)
	return hex.EncodeToString(hash[:])
}

// insert adds values to a mapping in an object, if there are any.
func insert(o object, path []string, values map[string]any) {
	if len(values) == 0 {
		return
	}
	mapping := map[string]any(o)
	for _, field := range path {
		deeper, ok := mapping[field].(map[string]any)
		if !ok {
			deeper = map[string]any{}
			mapping[field] = deeper
		}
		mapping = deeper
	}
	maps.Copy(mapping, values)
}
