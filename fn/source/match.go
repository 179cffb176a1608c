package source

import (
	"fmt"
	"maps"
	"path"
	"slices"

	"github.com/proompteng/checksum-annotator/fn/manifest"
)

// meant returns the objects of an entry's kind and name, in the namespace that it gives;
// or, where there is none, without a namespace.
func (x *Index) meant(entry *Entry) []*Object {
	id := objectName{entry.Kind, entry.Name}
	objects := filter(slices.Concat(x.objects.everywhere(id), x.products.everywhere(id)), x.reachesCluster)
	if entry.Namespace == "" {
		return objects
	}
	return closest(objects, entry.Namespace)
}

// selected returns the objects that an entry selects by their labels and that no entry
// names.
func (x *Index) selected(entry *Entry) []*Object {
	return filter(x.all, func(o *Object) bool {
		return o.Kind == entry.Kind && o.Name != "" && entry.Covers(o.Namespace) && entry.Selects(o.Item.Labels()) &&
			(o.Entry == nil || o.Entry.Name == "") && x.reachesCluster(o)
	})
}

// InNamespace returns, for each name of an object of the entry, those objects whose
// namespace agrees best with the given one.
func (e *Entry) InNamespace(namespace string) [][]*Object {
	byName := map[string][]*Object{}
	for _, object := range e.Objects {
		if object.Covers(namespace) {
			byName[object.Name] = append(byName[object.Name], object)
		}
	}
	var found [][]*Object
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		found = append(found, closest(byName[name], namespace))
	}
	return found
}

// reachesCluster tells whether an object is one that pods can get: not one for the
// clients alone, and not one in whose place another one counts.
func (x *Index) reachesCluster(object *Object) bool {
	if object.Item.IsLocalConfig() {
		return false
	}
	outranks := func(other *Object) bool { return other.outranks(object) }
	id := objectName{object.Kind, object.Name}
	return object.rank == own || !slices.ContainsFunc(x.objects.covering(id, object.Namespace), outranks) &&
		!slices.ContainsFunc(x.products.covering(id, object.Namespace), outranks)
}

// outranks tells whether an object counts in the place of another, wherever that is. One
// that is in every namespace gives way only to another one.
func (o *Object) outranks(other *Object) bool {
	if o.rank >= other.rank || o.Name != other.Name || o.Item.IsLocalConfig() {
		return false
	}
	if other.producer.cluster {
		return o.Namespace == ""
	}
	return o.Covers(other.Namespace)
}

// take makes objects those of the entry.
func (e *Entry) take(objects []*Object) (errs []*EntryError) {
	type identity struct{ namespace, name string }
	taken := map[identity]*Object{}
	for _, object := range objects {
		var err error
		id := identity{object.Namespace, object.Name}
		if twin := taken[id]; twin != nil {
			err = twins(twin, object)
		} else if object.Entry != nil {
			err = fmt.Errorf("%s and %s both mean %s: remove one, or tell them apart by namespace", object.Entry.Path, e.Path, object)
		}
		if err != nil {
			errs = append(errs, &EntryError{object.Item, err})
			continue
		}
		taken[id], object.Entry = object, e
		e.Objects = append(e.Objects, object)
	}
	return errs
}

// twins says that two objects have one identity.
func twins(one, other *Object) error {
	switch {
	case one.producer == nil:
		return fmt.Errorf("the input has two objects %s: %s and %s", one, located(one.Item, other.Item), located(other.Item, one.Item))
	case one.Item == other.Item:
		return fmt.Errorf("%s makes the %s %s twice", one, one.Kind, one.Name)
	}
	return fmt.Errorf("%s (%s) and %s (%s) both make the %s %s: remove one",
		one, located(one.Item, other.Item), other, located(other.Item, one.Item), one.Kind, one.Name)
}

// located says where an item was read from, so that it differs from where another was.
func located(item, other *manifest.Item) string {
	switch {
	case item.File.Path == "":
		return fmt.Sprintf("item %d", item.Position)
	case item.File.Path == other.File.Path && item.File.Package != "":
		return path.Join(item.File.Package, item.File.Path)
	}
	return item.File.Path
}
