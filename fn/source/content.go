package source

import (
	"encoding/base64"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/proompteng/checksum-annotator/config"
	"github.com/proompteng/checksum-annotator/fn/digest"
	"github.com/proompteng/checksum-annotator/fn/manifest"
)

// hashable is what an object holds: a digest.Content or digest.Fields.
type hashable interface {
	Sum(digest.Salt) digest.Digest
}

// Content is what an object holds, of which some keys may count alone.
type Content struct {
	all  hashable
	keys []string // that count; none for all
	// unknown are those of the keys of which all does not tell what they are made of.
	unknown []string
	salt    digest.Salt
}

// Content returns what counts of an object for an entry with the given keys, or with none
// for all.
func (f *Finder) Content(object *Object, keys []string) (Content, error) {
	all, err := object.read()
	if err != nil {
		return Content{}, err
	}
	content := Content{all: all, keys: keys, salt: f.salt}
	if fields, made := all.(digest.Fields); made {
		content.unknown = fields.Unknown(keys)
	}
	return content, nil
}

// Sum returns the digest of what counts. It is an error if a key is missing.
func (c Content) Sum() (digest.Digest, error) {
	counting, err := c.counting()
	if err != nil {
		return "", err
	}
	return counting.Sum(c.salt), nil
}

// SumOf returns the digest of those keys that are used and count. Where the object does
// not tell what a key that counts is made of, it is that of everything.
func (c Content) SumOf(used []string) (digest.Digest, error) {
	counting, err := c.counting()
	if err != nil {
		return "", err
	}
	if len(c.unknown) == 0 {
		if len(c.keys) > 0 {
			used = slices.DeleteFunc(slices.Clone(used), func(key string) bool { return !slices.Contains(c.keys, key) })
		}
		counting, _ = only(c.all, used)
	}
	return counting.Sum(c.salt), nil
}

// counting returns the part of the content that counts.
func (c Content) counting() (hashable, error) {
	if len(c.keys) == 0 {
		return c.all, nil
	}
	part, missing := only(c.all, c.keys)
	if len(missing) > 0 {
		return nil, fmt.Errorf("it has no key %s", strings.Join(missing, ", "))
	}
	return part, nil
}

// Checksum returns the digest of a Secret or ConfigMap, or of some of its keys. It is an
// error if the object lacks one of them.
func Checksum(item *manifest.Item, keys []string, salt digest.Salt) (digest.Digest, error) {
	finder := Finder{salt: salt}
	content, err := finder.Content(&Object{Item: item, Kind: config.Kind(item.Kind)}, keys)
	if err != nil {
		return "", err
	}
	return content.Sum()
}

// takeChecksum takes the checksum of an object for the entry that means it.
func (f *Finder) takeChecksum(o *Object) error {
	if o.Entry.Checksum != "" {
		return nil
	}
	content, err := f.Content(o, o.Entry.Keys)
	if err != nil {
		return err
	}
	if o.Checksum, err = content.Sum(); err != nil {
		return fmt.Errorf("%w, which %s.keys names", err, o.Entry.Path)
	}
	fields, made := content.all.(digest.Fields)
	o.UnknownKeys, o.SaysNothing = content.unknown, made && fields.Empty()
	if f.keyScope == config.UsedKeys {
		o.content = content
	}
	return nil
}

// ChecksumOf returns the digest of those of the given keys that count. It may be asked
// for where Checksum is taken and the key scope is that of the keys that are used.
func (o *Object) ChecksumOf(keys []string) digest.Digest {
	sum, _ := o.content.SumOf(keys) // no key is missing, since Checksum is taken
	return sum
}

// only returns the part of a content that decides about some keys, and those keys that
// it lacks for certain.
func only(all hashable, keys []string) (part hashable, missing []string) {
	switch all := all.(type) {
	case digest.Content:
		return all.Only(keys)
	case digest.Fields:
		return all.Only(keys), nil
	}
	return all, nil
}

// read returns the content of an object. Its errors name the field and never the value.
func (o *Object) read() (hashable, error) {
	switch {
	case o.producer != nil:
		return o.producer.read(o.place)
	case o.Kind == config.Secret:
		return readSecret(o.Item.Root())
	default:
		return readConfigMap(o.Item.Root())
	}
}

// readSecret returns the data of a Secret (core/v1), as the API server would store it.
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
