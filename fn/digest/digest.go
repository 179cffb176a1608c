// Package digest computes checksums of configuration data.
//
// It is pure: it knows generic values by key, and nothing of YAML, of
// Kubernetes objects, or of where the data came from. The canonical form is
// defined here and nowhere else, because every change to it restarts every
// annotated workload of every user.
package digest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"maps"
)

// A Digest is a SHA-256 (FIPS 180-4), or an HMAC with it, as 64 lower-case hexadecimal digits.
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

// With returns c with other merged over it.
func (c Content) With(other Content) Content {
	return Content{data: merged(c.data, other.data), binaryData: merged(c.binaryData, other.binaryData)}
}

// Empty tells whether c has no keys.
func (c Content) Empty() bool {
	return len(c.data) == 0 && len(c.binaryData) == 0
}

// Blank tells whether c has no values but empty ones.
func (c Content) Blank() bool {
	for _, values := range []map[string]string{c.data, c.binaryData} {
		for _, value := range values {
			if value != "" {
				return false
			}
		}
	}
	return true
}

// Sum returns the digest of the RFC 8785 canonical JSON of
//
//	{"binaryData": {key: base64}, "data": {key: value}}
//
// in which both members are always present.
func (c Content) Sum(salt Salt) Digest {
	var json []byte
	json = append(json, `{"binaryData":`...)
	json = appendTexts(json, c.binaryData)
	json = append(json, `,"data":`...)
	json = appendTexts(json, c.data)
	json = append(json, '}')
	return salt.sum(json)
}

// OfName returns the digest of the bytes of name. It stands in for that of an object
// whose content is not known.
func OfName(name string, salt Salt) Digest {
	return salt.sum([]byte(name))
}

// A Salt makes digests that only those who know it can compute: with a salt, a digest
// is the HMAC-SHA256 (RFC 2104) under it instead of the SHA-256. Empty is none.
type Salt string

func (s Salt) sum(text []byte) Digest {
	if s == "" {
		hash := sha256.Sum256(text)
		return Digest(hex.EncodeToString(hash[:]))
	}
	mac := hmac.New(sha256.New, []byte(s))
	mac.Write(text)
	return Digest(hex.EncodeToString(mac.Sum(nil)))
}

func merged(values, over map[string]string) map[string]string {
	all := map[string]string{}
	maps.Copy(all, values)
	maps.Copy(all, over)
	return all
}

func encoded(values map[string][]byte) map[string]string {
	texts := make(map[string]string, len(values))
	for key, value := range values {
		texts[key] = base64.StdEncoding.EncodeToString(value)
	}
	return texts
}
