// Package digest computes checksums of configuration data.
//
// It is pure: it knows maps of keys and values, and nothing of YAML, of
// Kubernetes objects, or of where the data came from. The canonical form is
// defined here and nowhere else, because every change to it restarts every
// annotated workload of every user.
package digest

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
)

// A Digest is a SHA-256 (FIPS 180-4) as 64 lower-case hexadecimal digits.
type Digest string

// Content is the data of a Secret or a ConfigMap in the form in which it is
// hashed: two maps of strings, as the JSON form of the object holds them.
type Content struct {
	data       map[string]string
	binaryData map[string]string
}

// Secret returns the content of a Secret whose data, with stringData merged
// over it, is the given bytes by key.
func Secret(data map[string][]byte) Content {
	return Content{data: encoded(data)}
}

// ConfigMap returns the content of a ConfigMap with the given text values and
// binary values by key. Text must be valid UTF-8.
func ConfigMap(data map[string]string, binaryData map[string][]byte) Content {
	return Content{data: data, binaryData: encoded(binaryData)}
}

// Only returns the part of c under the given keys, and those keys that c lacks.
func (c Content) Only(keys []string) (part Content, missing []string) {
	part = Content{data: map[string]string{}, binaryData: map[string]string{}}
	for _, key := range keys {
		text, inData := c.data[key]
		if inData {
			part.data[key] = text
		}
		binary, inBinary := c.binaryData[key]
		if inBinary {
			part.binaryData[key] = binary
		}
		if !inData && !inBinary {
			missing = append(missing, key)
		}
	}
	return part, missing
}

// Sum returns the SHA-256 of the RFC 8785 canonical JSON of
//
//	{"binaryData": {key: base64}, "data": {key: value}}
//
// in which both members are always present.
func (c Content) Sum() Digest {
	var json []byte
	json = append(json, `{"binaryData":`...)
	json = appendObject(json, c.binaryData)
	json = append(json, `,"data":`...)
	json = appendObject(json, c.data)
	json = append(json, '}')
	return sum(json)
}

// OfName returns the SHA-256 of the bytes of name. It stands in for the digest
// of an object whose content is not known.
func OfName(name string) Digest {
	return sum([]byte(name))
}

func sum(b []byte) Digest {
	hash := sha256.Sum256(b)
	return Digest(hex.EncodeToString(hash[:]))
}

func encoded(values map[string][]byte) map[string]string {
	texts := make(map[string]string, len(values))
	for key, value := range values {
		texts[key] = base64.StdEncoding.EncodeToString(value)
	}
	return texts
}
