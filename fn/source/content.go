package source

import (
	"cmp"
	"fmt"
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
	// Unseen is that of the object; which keys there are is then not known either.
	Unseen string
}

// Content returns what counts of an object for an entry with the given keys, or with none
// for all.
func (f *Finder) Content(object *Object, keys []string) (Content, error) {
	all, err := object.read()
	if err != nil {
		return Content{}, err
	}
	content := Content{all: all, keys: keys, Unseen: object.unseen(all), salt: f.salt}
	if fields, made := all.(digest.Fields); made {
		content.unknown = fields.Unknown(keys)
	}
	return content, nil
}

// Unsalted returns c, to take digests without a salt.
func (c Content) Unsalted() Content {
	c.salt = ""
	return c
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
	if len(missing) > 0 && c.Unseen == "" {
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
	o.UnknownKeys, o.Unseen, o.OtherReadings = content.unknown, content.Unseen, o.otherReadings()
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
	if o.producer != nil {
		return o.readProduct()
	}
	data, err := readData(o.Kind, o.Item.Root())
	if err != nil {
		return nil, err
	}
	if o.original != nil && o.original.object != nil {
		return o.readCopy(data)
	}
	return data, nil
}

// readProduct returns what decides the content of what a controller makes, or of what
// several add to.
func (o *Object) readProduct() (digest.Fields, error) {
	fields, err := o.producer.read(o.place)
	for _, other := range slices.SortedFunc(slices.Values(o.alongside), byItemName) {
		added, otherErr := other.producer.read(other.place)
		if otherErr != nil {
			return digest.Fields{}, &EntryError{other.Item, otherErr}
		}
		fields = fields.With(added)
	}
	return fields, err
}

func byItemName(a, b *Object) int {
	return cmp.Compare(a.Item.Name, b.Item.Name)
}

// otherReadings returns what readers of YAML 1.1 read otherwise of what counts in Item.
func (o *Object) otherReadings() []manifest.OtherReading {
	var found []manifest.OtherReading
	for _, value := range o.counting() {
		found = append(found, value.OtherReadings()...)
	}
	return found
}
