// Package source knows what checksums are taken of: it finds the allowlisted
// Secrets and ConfigMaps among the items, and what controllers make them of; takes
// their digests; and tells which of them a name in a workload means.
//
// The kinds that controllers make Secrets and ConfigMaps of are a table: a new one is
// one entry in producers.go, and one case in its tests.
package source

import (
	"cmp"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/proompteng/checksum-annotator/config"
	"github.com/proompteng/checksum-annotator/fn/digest"
	"github.com/proompteng/checksum-annotator/fn/internal/parallel"
	"github.com/proompteng/checksum-annotator/fn/manifest"
)

// A Finder finds the sources that an allowlist means.
type Finder struct {
	allowlist []config.Source
	producers map[string][]producer
	salt      digest.Salt
	keyScope  config.KeyScope
}

// NewFinder returns a Finder for the sources of an allowlist, which is that of spec or
// is empty.
func NewFinder(allowlist []config.Source, spec config.Spec) *Finder {
	return &Finder{allowlist, producersOf(spec.Producers), digest.Salt(spec.Salt), spec.KeyScope}
}

// Kinds returns the kinds that are, or are made into, Secrets and ConfigMaps.
func (f *Finder) Kinds() []string {
	return append(slices.Sorted(maps.Keys(f.producers)), string(config.Secret), string(config.ConfigMap))
}

// Words returns words of which each item that the allowlist means has one.
func (f *Finder) Words() []string {
	words := f.templateWords()
	for _, source := range f.allowlist {
		if source.Name != "" {
			words = append(words, source.Name)
		}
		for _, key := range source.LabelKeys() {
			words = append(words, key[strings.LastIndex(key, "/")+1:])
		}
	}
	return words
}

// templateWords returns words of the kinds whose products have names that stand nowhere.
func (f *Finder) templateWords() []string {
	words := map[string]bool{}
	for _, producers := range f.producers {
		for _, p := range producers {
			makesAllowed := func(s config.Source) bool { return s.Kind == p.produces }
			if slices.ContainsFunc(p.names, productName.isTemplate) && slices.ContainsFunc(f.allowlist, makesAllowed) {
				words[cmp.Or(p.group, p.kind)] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(words))
}

// Names returns every name that the sources among items have or had, if they can be
// those of the allowlist.
func (f *Finder) Names(items []*manifest.Item) []string {
	allowed := map[objectName]bool{}
	var selectors []config.Source
	for _, source := range f.allowlist {
		if source.Name != "" {
			allowed[objectName{source.Kind, source.Name}] = true
		} else {
			selectors = append(selectors, source)
		}
	}
	var all []string
	for _, item := range items {
		objects, _ := f.objects(item) // what is wrong with it is told by Index
		for _, object := range objects {
			names := object.names()
			mayMean := func(name string) bool { return allowed[objectName{object.Kind, name}] }
			selects := func(s config.Source) bool { return s.Kind == object.Kind && s.Selects(item.Labels()) }
			if slices.ContainsFunc(names, mayMean) || slices.ContainsFunc(selectors, selects) {
				all = append(append(all, names...), object.mountNames()...)
				if from := originalOf(item); from != nil && object.producer == nil {
					all = append(all, from.name)
				}
			}
		}
	}
	return all
}

// AllNames returns every name that the Secrets and ConfigMaps among items have or had.
func (f *Finder) AllNames(items []*manifest.Item) map[config.Kind][]string {
	all := map[config.Kind][]string{}
	for _, item := range items {
		objects, _ := f.objects(item) // what is wrong with it is told by Index
		for _, object := range objects {
			all[object.Kind] = append(all[object.Kind], object.names()...)
		}
	}
	return all
}

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

// String names what the entry means, for messages.
func (e *Entry) String() string {
	if e.Name == "" {
		selected := string(e.Kind) + " with the labels " + e.LabelSelector
		if e.Namespace != "" {
			selected += " in namespace " + e.Namespace
		}
		return selected
	}
	if e.Namespace == "" {
		return string(e.Kind) + " " + e.Name
	}
	return string(e.Kind) + " " + e.Namespace + "/" + e.Name
}

// An Object is a Secret or ConfigMap in the input, or one that a controller makes of
// another object in the input.
type Object struct {
	// Item is the Secret or ConfigMap, or what one is made of.
	Item *manifest.Item
	// Kind, Namespace and Name are those of the Secret or ConfigMap.
	Kind            config.Kind
	Namespace, Name string
	// Entry is the allowlist entry that means the object, if one does.
	Entry *Entry
	// Checksum is the digest of what counts. Like what follows, it is known only if an
	// entry without a checksum of its own means the object.
	Checksum digest.Digest
	// UnknownKeys are those keys of the entry of which Item does not tell what they are
	// made of; if there are any, all of it counts.
	UnknownKeys []string
	// Unseen says why changes of the content are not seen, if they are not: it comes to
	// be in the cluster, and Item does not decide about it.
	Unseen string
	// OtherReadings are what readers of YAML 1.1, kubectl among them, read otherwise of
	// what counts in Item.
	OtherReadings []manifest.OtherReading

	producer    *producer // nil where Item is the object itself
	place       place
	rank        rank
	followsItem bool     // the name is the item's, and changes with it
	formerNames []string // where the name is made of the item's
	mountable   bool     // pods can mount Item

	original  *original // where Item is a copy of another Secret or ConfigMap
	alongside []*Object // others that add to the same Secret or ConfigMap

	content Content // where the key scope is that of the used keys
}

// A rank says which of several objects of one name counts, the first one before all.
type rank int

const (
	own     rank = iota // the Secret or ConfigMap itself
	made                // what a controller makes
	addedTo             // what a controller only adds to
	mounted             // files that are called by the name of what a controller makes them of
)

// Covers tells whether the object is, or may end up, in a namespace.
func (o *Object) Covers(namespace string) bool {
	return agree(o.Namespace, namespace) != disagree
}

// names returns the names that the object has and had, each once.
func (o *Object) names() []string {
	names := append([]string{o.Name}, o.formerNames...)
	if o.followsItem {
		names = append(names, o.Item.PreviousNames()...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// mountNames returns the names by which a pod can mount what the object is made of.
func (o *Object) mountNames() []string {
	if !o.mountable {
		return nil
	}
	return append(o.Item.PreviousNames(), o.Item.Name)
}

// hadName tells whether kustomize is going to replace a name, where it is a reference
// to the object.
func (o *Object) hadName(name string) bool {
	return o.followsItem && o.Item.HadName(name)
}

// keepsName tells whether the object will go by a name in the end.
func (o *Object) keepsName(name string) bool {
	return o.Name == name && (!o.followsItem || !o.Item.AwaitsHashSuffix())
}

// named tells whether another object has the same kind and name.
func (o *Object) named(other *Object) bool {
	return o.Kind == other.Kind && o.Name == other.Name
}

// String names the object, and what it is made of.
func (o *Object) String() string {
	return o.Item.String()
}

// An Index holds the Secrets and ConfigMaps of the input.
type Index struct {
	objects  names // by each name that an object has or had
	products names // likewise, of those that controllers make
	mounts   names // by the names of what pods mount
	all      []*Object
	entries  []*Entry
	named    map[objectName][]*Entry
}

type objectName struct {
	kind config.Kind
	name string
}

// names holds objects by kind and name.
type names map[objectName]*namesakes

// namesakes are objects of one name, in the order of the input: all of them, and by
// namespace, since each of many can have one.
type namesakes struct {
	all []*Object
	in  map[string][]*Object
}

func (n names) add(id objectName, object *Object) {
	if n[id] == nil {
		n[id] = &namesakes{in: map[string][]*Object{}}
	}
	n[id].all = append(n[id].all, object)
	n[id].in[object.Namespace] = append(n[id].in[object.Namespace], object)
}

// everywhere returns the objects in all namespaces.
func (n names) everywhere(id objectName) []*Object {
	if n[id] == nil {
		return nil
	}
	return n[id].all
}

// covering returns the objects that are, or may end up, in a namespace.
func (n names) covering(id objectName, namespace string) []*Object {
	if n[id] == nil || namespace == "" {
		return n.everywhere(id)
	}
	return slices.Concat(n[id].in[namespace], n[id].in[""])
}

// in returns the objects in a namespace.
func (n names) in(id objectName, namespace string) []*Object {
	if n[id] == nil {
		return nil
	}
	return n[id].in[namespace]
}

// An EntryError says what is wrong with an object that an entry means or may mean.
type EntryError struct {
	Item *manifest.Item
	Err  error
}

func (e *EntryError) Error() string { return e.Err.Error() }

func (e *EntryError) Unwrap() error { return e.Err }

// Index returns an index of the Secrets and ConfigMaps among the items, with the
// content of those that an entry of the allowlist means. The errors are about
// ambiguous entries, and about content that has no digest.
func (f *Finder) Index(items []*manifest.Item) (*Index, []*EntryError) {
	index := &Index{
		objects: names{}, products: names{}, mounts: names{},
		named: map[objectName][]*Entry{},
	}
	var errs []*EntryError
	for _, item := range items {
		objects, err := f.objects(item)
		if err != nil {
			errs = append(errs, &EntryError{item, err})
		}
		for _, object := range objects {
			index.add(object)
		}
	}
	for _, object := range index.all {
		if object.producer == nil {
			index.findOriginal(object)
		}
	}
	errs = append(errs, index.matchAll(f.allowlist)...)
	var meant []*Object
	for _, entry := range index.entries {
		meant = append(meant, entry.Objects...)
	}
	for i, err := range parallel.Map(meant, f.takeChecksum) {
		var located *EntryError
		switch {
		case err == nil:
		case errors.As(err, &located):
			errs = append(errs, located)
		default:
			errs = append(errs, &EntryError{meant[i].Item, err})
		}
	}
	return index, errs
}

// Entries returns the allowlist.
func (x *Index) Entries() []*Entry {
	return x.entries
}

// OfKind returns the objects of a kind.
func (x *Index) OfKind(kind config.Kind) []*Object {
	return filter(x.all, func(o *Object) bool { return o.Kind == kind })
}

// Named returns the entries of the allowlist that have the given kind and name.
func (x *Index) Named(kind config.Kind, name string) []*Entry {
	return x.named[objectName{kind, name}]
}

// KindOf returns the kind of an item that is a Secret or a ConfigMap itself.
func KindOf(item *manifest.Item) (kind config.Kind, isSource bool) {
	kind = config.Kind(item.Kind)
	return kind, item.APIVersion == "v1" && (kind == config.Secret || kind == config.ConfigMap)
}

// objects returns the Secrets and ConfigMaps that an item is or is made into.
func (f *Finder) objects(item *manifest.Item) ([]*Object, error) {
	if kind, isSource := KindOf(item); isSource {
		return []*Object{{Item: item, Kind: kind, Namespace: item.Namespace, Name: item.Name, followsItem: true}}, nil
	}
	var found []*Object
	mountable := false
	for _, producer := range f.producers[item.Kind] {
		products, err := producer.products(item)
		if err != nil {
			return nil, err
		}
		for _, product := range products {
			mountable = mountable || producer.mounted
			if !producer.mounted || !slices.ContainsFunc(found, product.named) {
				found = append(found, product)
			}
		}
	}
	for _, product := range found {
		product.mountable = mountable
	}
	return found, nil
}

func (x *Index) add(object *Object) {
	if object.rank == addedTo && x.addAlongside(object) {
		return
	}
	x.all = append(x.all, object)
	byName := x.objects
	if object.producer != nil {
		byName = x.products
	}
	for _, name := range object.names() {
		byName.add(objectName{object.Kind, name}, object)
	}
	for _, name := range object.mountNames() {
		x.mounts.add(objectName{object.Kind, name}, object)
	}
}

// addAlongside adds what only adds to a Secret or ConfigMap to another that does so: both
// decide about it together.
func (x *Index) addAlongside(object *Object) bool {
	for _, other := range x.products.in(objectName{object.Kind, object.Name}, object.Namespace) {
		if other.rank == addedTo && other.Name == object.Name && other.producer.cluster == object.producer.cluster &&
			other.Item.IsLocalConfig() == object.Item.IsLocalConfig() {
			other.alongside = append(other.alongside, object)
			return true
		}
	}
	return false
}

// matchAll finds the objects that the entries of an allowlist mean. An entry that names
// an object comes before one that selects it by its labels.
func (x *Index) matchAll(allowlist []config.Source) (errs []*EntryError) {
	for _, allowed := range allowlist {
		entry := &Entry{Source: allowed}
		x.entries = append(x.entries, entry)
		if allowed.Name != "" {
			id := objectName{entry.Kind, entry.Name}
			x.named[id] = append(x.named[id], entry)
			errs = append(errs, entry.take(x.meant(entry))...)
		}
	}
	for _, entry := range x.entries {
		if entry.Name == "" {
			errs = append(errs, entry.take(x.selected(entry))...)
		}
	}
	return errs
}
