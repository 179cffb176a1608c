package source

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"

	"github.com/proompteng/checksum-annotator/config"
	"github.com/proompteng/checksum-annotator/fn/manifest"
)

// nameHashLength is that of the hash in a name (kustomize api, hasher).
const nameHashLength = 10

// nameHashLetters stand in it for those of hexadecimal digits that could make words.
var nameHashLetters = strings.NewReplacer("0", "g", "1", "h", "3", "k", "a", "m", "e", "t")

// NameWithoutHash returns the name before the hash of the data that kustomize's generators
// append to it, if that is what it ends in.
func (o *Object) NameWithoutHash() (name string, hashed bool) {
	dash := len(o.Name) - nameHashLength - 1
	if o.producer != nil || dash < 1 || o.Name[dash] != '-' || strings.Trim(o.Name[dash+1:], "bcdfghkmt2456789") != "" {
		return o.Name, false
	}
	if hash, err := nameHash(o.Kind, o.Item.Root()); err != nil || hash != o.Name[dash+1:] {
		return o.Name, false
	}
	return o.Name[:dash], true
}

// nameHash returns the hash that kustomize appends to the name of a Secret or a ConfigMap.
// It is of JSON in which a map that is absent is an empty string, or is left out if it is
// the second one; and the name, for which kustomize looks in the wrong place, is empty.
func nameHash(kind config.Kind, object *manifest.Value) (string, error) {
	hashed := map[string]any{"kind": string(kind), "name": ""}
	second := "binaryData"
	fields := []string{"data", second}
	if kind == config.Secret {
		second = "stringData"
		fields = []string{"data", second, "type"}
	}
	for _, field := range fields {
		at, err := object.At(field)
		if err != nil {
			return "", err
		}
		value, err := at.Generic()
		if err != nil {
			return "", err
		}
		if value == nil {
			value = ""
		}
		if _, isMap := value.(map[string]any); isMap || field != second {
			hashed[field] = value
		}
	}
	text, err := json.Marshal(hashed)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(text)
	return nameHashLetters.Replace(hex.EncodeToString(sum[:])[:nameHashLength]), nil
}
