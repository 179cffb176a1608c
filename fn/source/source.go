// Package source knows what checksums are taken of: it finds the allowlisted
// Secrets and ConfigMaps among the items, takes their digests, and tells which
// of them a name in a workload means.
package source

import (
	"fmt"
	"slices"
	"strings"

	"github.com/proompteng/checksum-annotator/config"
	"github.com/proompteng/checksum-annotator/fn/digest"
	"github.com/proompteng/checksum-annotator/fn/internal/parallel"
	"github.com/proompteng/checksum-annotator/fn/manifest"
)

// An Entry is an entry of the allowlist, with the objects that it means.
type Entry struct {
	config.Source
	// Objects are those in the input; there can be one in each of several
	// namespaces, and several that had the same name before kustomize changed it.
	Objects []*Object
}

// External tells whether the entry's checksum does not come from the input.
func (e *Entry) External() bool {
	return e.Checksum != "" || len(e.Objects) == 0
}

// Covers tells whether the entry may mean an object in a namespace.
func (e *Entry) Covers(namespace string) bool {
	return agree(e.Namespace, namespace) != disagree
}

// An Object is a Secret or ConfigMap in the input.
type Object struct {
	Item *manifest.Item
	Kind config.Kind
	// Entry is the allowlist entry that means the object, if one does.
	Entry *Entry
	// Checksum is the digest of the content; it is taken only where an entry means
	// the object and has no checksum of its own.
	Checksum digest.Digest
}

// An Index holds the Secrets and ConfigMaps of the input.
type Index struct {
	objects map[objectName][]*Object // by each name that an object has or had
	entries []*Entry
	named   map[objectName][]*Entry
}

type objectName struct {
	kind config.Kind
	name string
}

// An EntryError says what is wrong with the object that an entry means.
type EntryError struct {
	Entry *Entry
	Item  *manifest.Item
	Err   error
}

func (e *EntryError) Error() string { return e.Err.Error() }

func (e *EntryError) Unwrap() error { return e.Err }

// NewIndex returns an index of the Secrets and ConfigMaps among the items, with
// the checksums of those that an entry of the allowlist means. The errors are
// about ambiguous entries, and about content that has no digest.
func NewIndex(items []*manifest.Item, allowlist []config.Source) (*Index, []*EntryError) {
	index := &Index{objects: map[objectName][]*Object{}, named: map[objectName][]*Entry{}}
	for _, item := range items {
		index.add(item)
	}
	var errs []*EntryError
	var meant []*Object
	for _, allowed := range allowlist {
		entry := &Entry{Source: allowed}
		errs = append(errs, index.match(entry)...)
		index.entries = append(index.entries, entry)
		id := objectName{entry.Kind, entry.Name}
		index.named[id] = append(index.named[id], entry)
		meant = append(meant, entry.Objects...)
	}
	for i, err := range parallel.Map(meant, (*Object).takeChecksum) {
		if err != nil {
			errs = append(errs, &EntryError{meant[i].Entry, meant[i].Item, err})
		}
	}
	return index, errs
}

// Entries returns the allowlist.
func (x *Index) Entries() []*Entry {
	return x.entries
}

// Named returns the entries of the allowlist that have the given kind and name.
func (x *Index) Named(kind config.Kind, name string) []*Entry {
	return x.named[objectName{kind, name}]
}

// Names returns every name that the sources among items have or had, if they can be
// those of an allowlist.
func Names(items []*manifest.Item, allowlist []config.Source) []string {
	allowed := map[objectName]bool{}
	for _, source := range allowlist {
		allowed[objectName{source.Kind, source.Name}] = true
	}
	var all []string
	for _, item := range items {
		kind, names := identify(item)
		if slices.ContainsFunc(names, func(name string) bool { return allowed[objectName{kind, name}] }) {
			all = append(all, names...)
		}
	}
	return all
}

// identify returns the kind of a source and the names that it has and had, each
// once; there are none where item is none.
func identify(item *manifest.Item) (config.Kind, []string) {
	kind := config.Kind(item.Kind)
	if item.APIVersion != "v1" || (kind != config.Secret && kind != config.ConfigMap) {
		return "", nil
	}
	names := append(item.PreviousNames(), item.Name)
	slices.Sort(names)
	return kind, slices.Compact(names)
}

func (x *Index) add(item *manifest.Item) {
	kind, names := identify(item)
	object := &Object{Item: item, Kind: kind}
	for _, name := range names {
		id := objectName{kind, name}
		x.objects[id] = append(x.objects[id], object)
	}
}

// match finds the objects that an entry means.
func (x *Index) match(entry *Entry) (errs []*EntryError) {
	fail := func(object *Object, err error) {
		errs = append(errs, &EntryError{entry, object.Item, err})
	}
	for _, object := range x.meant(entry) {
		if twin := entry.twin(object); twin != nil {
			fail(object, fmt.Errorf("the input has two objects %s: %s and %s", object.Item, place(twin.Item), place(object.Item)))
			continue
		}
		if object.Entry != nil {
			fail(object, fmt.Errorf("%s and %s both mean %s: remove one, or tell them apart by namespace",
				object.Entry.Path, entry.Path, object.Item))
			continue
		}
		object.Entry = entry
		entry.Objects = append(entry.Objects, object)
	}
	return errs
}

// meant returns the objects of an entry's kind and name that can reach the
// cluster, in the namespace that it gives; or, where there is none, without a
// namespace.
func (x *Index) meant(entry *Entry) []*Object {
	objects := slices.Clone(x.objects[objectName{entry.Kind, entry.Name}])
	objects = slices.DeleteFunc(objects, func(o *Object) bool { return o.Item.IsLocalConfig() })
	if entry.Namespace == "" {
		return objects
	}
	return closest(objects, entry.Namespace)
}

// twin returns an object of the entry that has the identity of another.
func (e *Entry) twin(object *Object) *Object {
	for _, other := range e.Objects {
		if other.Item.Name == object.Item.Name && other.Item.Namespace == object.Item.Namespace {
			return other
		}
	}
	return nil
}

func (o *Object) takeChecksum() error {
	if o.Entry.Checksum != "" {
		return nil
	}
	content, err := read(o.Item, o.Kind)
	if err != nil {
		return err
	}
	if keys := o.Entry.Keys; len(keys) > 0 {
		var missing []string
		if content, missing = content.Only(keys); len(missing) > 0 {
			return fmt.Errorf("%s has no key %s, which %s.keys names", o.Item, strings.Join(missing, ", "), o.Entry.Path)
		}
	}
	o.Checksum = content.Sum()
	return nil
}

func place(item *manifest.Item) string {
	if item.File.Path == "" {
		return fmt.Sprintf("item %d", item.Position)
	}
	return item.File.Path
}
