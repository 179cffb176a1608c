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

// content is what is hashed of an object: a digest.Content or digest.Fields.
type content interface {
	Sum(digest.Salt) digest.Digest
}

// Checksum returns the digest of what counts of the object. There is one only if an
// entry without a checksum of its own means the object.
func (o *Object) Checksum() digest.Digest {
	return o.checksum
}

// SaysNothing tells whether nothing in the object decides the content of what a controller
// makes of it, likewise.
func (o *Object) SaysNothing() bool {
	return o.saysNothing
}

// ChecksumOf returns the digest of those of the given keys that count, likewise, if the
// key scope is that of the keys that are used.
func (o *Object) ChecksumOf(keys []string) digest.Digest {
	if len(o.Untold) > 0 {
		return o.checksum
	}
	part, _ := only(o.content, common(keys, o.Entry.Keys))
	return part.Sum(o.salt)
}

// common returns the keys that are used and count; without any that count, all do.
func common(used, counting []string) []string {
	if len(counting) == 0 {
		return used
	}
	return slices.DeleteFunc(slices.Clone(used), func(key string) bool { return !slices.Contains(counting, key) })
}

// ChecksumFor returns the digest that an object has for an entry with some keys, or with
// none for all; of those keys of them that are used, if that restricts them.
func (f *Finder) ChecksumFor(object *Object, keys []string, restricted bool, used []string) (digest.Digest, error) {
	all, err := object.read()
	if err != nil {
		return "", err
	}
	counting := all
	if len(keys) > 0 {
		var missing []string
		if counting, missing = only(all, keys); len(missing) > 0 {
			return "", fmt.Errorf("it has no key %s", strings.Join(missing, ", "))
		}
	}
	if restricted && len(untold(all, keys)) == 0 {
		counting, _ = only(all, common(used, keys))
	}
	return counting.Sum(f.salt), nil
}

// Checksum returns the digest of a Secret or ConfigMap, or of some of its keys. It is an
// error if the object lacks one of them.
func Checksum(item *manifest.Item, keys []string, salt digest.Salt) (digest.Digest, error) {
	finder := Finder{salt: salt}
	return finder.ChecksumFor(&Object{Item: item, Kind: config.Kind(item.Kind)}, keys, false, nil)
}

// takeContent reads an object and takes its checksum.
func (f *Finder) takeContent(o *Object) error {
	if o.Entry.Checksum != "" {
		return nil
	}
	all, err := o.read()
	if err != nil {
		return err
	}
	fields, isProduct := all.(digest.Fields)
	o.saysNothing = isProduct && fields.Empty()
	counting := all
	if keys := o.Entry.Keys; len(keys) > 0 {
		var missing []string
		if counting, missing = only(all, keys); len(missing) > 0 {
			return fmt.Errorf("it has no key %s, which %s.keys names", strings.Join(missing, ", "), o.Entry.Path)
		}
	}
	o.Untold = untold(all, o.Entry.Keys)
	o.checksum = counting.Sum(f.salt)
	if f.keyScope == config.UsedKeys {
		o.content, o.salt = all, f.salt
	}
	return nil
}

// only returns the part of a content that decides about some keys, and those keys that
// it lacks for certain.
func only(all content, keys []string) (part content, missing []string) {
	switch all := all.(type) {
	case digest.Content:
		return all.Only(keys)
	case digest.Fields:
		return all.Only(keys), nil
	}
	return all, nil
}

// untold returns those of some keys of which a content does not tell where they come from.
func untold(all content, keys []string) []string {
	if fields, made := all.(digest.Fields); made {
		return fields.Untold(keys)
	}
	return nil
}

// read returns the content of an object. Its errors name the field and never the value.
func (o *Object) read() (content, error) {
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
