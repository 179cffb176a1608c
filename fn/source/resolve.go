package source

import (
	"fmt"
	"slices"

	"github.com/proompteng/checksum-annotator/config"
	"github.com/proompteng/checksum-annotator/fn/manifest"
)

// Resolve returns the object that a name in an item means, or nil where it means
// none in the input.
//
// It foretells what the name will be in the end. If the reference is one that
// kustomize renames, it finds the object as kustomize's name reference
// transformer is going to (kustomize api, filters/nameref, selectReferral).
// Otherwise, and where kustomize finds nothing, the name stays as it is written
// and means the object that has it.
//
// Only where the input has no such object, it is one that a controller makes. By itself,
// kustomize does not rename references to those; so the name that the object has now
// comes first, and then those that it had, in case kustomize is configured to.
func (x *Index) Resolve(referrer *manifest.Item, kind config.Kind, name string, renamed bool) (*Object, error) {
	if renamed {
		found, err := one(previouslyNamed(x.objects.covering(objectName{kind, name}, referrer.Namespace), referrer, name))
		switch {
		case err != nil:
			return nil, err
		case found == nil:
		case !found.Item.IsLocalConfig():
			return found, nil
		case found.Item.AwaitsHashSuffix():
			return nil, nil
		default: // the name of an object for kustomize alone replaces the written one all the same
			name, renamed = found.Name, false
		}
	}
	id := objectName{kind, name}
	objects := filter(x.objects.covering(id, referrer.Namespace), x.reachesCluster)
	products := filter(x.products.covering(id, referrer.Namespace), func(o *Object) bool { return o.rank != mounted && x.reachesCluster(o) })
	for _, candidates := range [][]*Object{objects, products} {
		if found, err := one(currentlyNamed(candidates, referrer, name)); found != nil || err != nil {
			return found, err
		}
	}
	if !renamed {
		return nil, nil
	}
	return one(previouslyNamed(products, referrer, name))
}

// KnownAs returns the names under which an entry may mean what a reference means that
// Resolve finds nothing for: the written one, or all those of an object for kustomize
// alone that it means.
func (x *Index) KnownAs(referrer *manifest.Item, kind config.Kind, name string, renamed bool) []string {
	objects := x.objects.covering(objectName{kind, name}, referrer.Namespace)
	var found *Object
	if renamed {
		found, _ = one(previouslyNamed(objects, referrer, name))
	}
	if found == nil {
		found, _ = one(currentlyNamed(objects, referrer, name))
	}
	if found == nil {
		return []string{name}
	}
	return found.names()
}

// Mounted returns what a controller makes of the object that an item mounts by a name
// (a SecretProviderClass), and what stands for the mounted files.
func (x *Index) Mounted(referrer *manifest.Item, name string) ([]*Object, error) {
	mounts := filter(x.mounts.covering(objectName{config.Secret, name}, referrer.Namespace), func(o *Object) bool { return !o.Item.IsLocalConfig() })
	found := closest(filter(mounts, func(o *Object) bool { return o.Item.Name == name }), referrer.Namespace)
	if len(found) == 0 {
		found = filter(mounts, func(o *Object) bool {
			return agree(o.Namespace, referrer.Namespace) <= same && affixesFit(o.Item, referrer, true)
		})
	}
	for _, other := range found {
		if other.Item != found[0].Item {
			return nil, &AmbiguousError{[]*Object{found[0], other}}
		}
	}
	return found, nil
}

// InNamespace returns the object of an entry that is in the namespace of an item,
// or nil. If there are several, it is the one that the item could reference.
func (x *Index) InNamespace(entry *Entry, of *manifest.Item) (*Object, error) {
	objects := closest(entry.Objects, of.Namespace)
	if len(objects) > 1 {
		if referable := previouslyNamed(objects, of, entry.Name); len(referable) == 1 {
			objects = referable
		}
	}
	return one(objects)
}

// currentlyNamed returns the objects that will go by a name in the end, in the namespace
// that agrees best with the referrer's.
func currentlyNamed(objects []*Object, referrer *manifest.Item, name string) []*Object {
	return closest(filter(objects, func(o *Object) bool { return o.keepsName(name) }), referrer.Namespace)
}

// previouslyNamed returns kustomize's candidates for a name: the objects that had
// it, in the same namespace; if there are several, those whose prefixes and
// suffixes fit those of the referrer, the empty list fitting anything, if need be
// only itself.
func previouslyNamed(objects []*Object, referrer *manifest.Item, name string) []*Object {
	candidates := filter(objects, func(o *Object) bool {
		return o.hadName(name) && agree(o.Item.Namespace, referrer.Namespace) <= same && o.Covers(referrer.Namespace)
	})
	if len(candidates) > 1 {
		candidates = filter(candidates, func(o *Object) bool { return affixesFit(o.Item, referrer, true) })
	}
	if len(candidates) > 1 {
		candidates = filter(candidates, func(o *Object) bool { return affixesFit(o.Item, referrer, false) })
	}
	return candidates
}

func affixesFit(a, b *manifest.Item, emptyFitsAll bool) bool {
	fit := func(a, b []string) bool {
		if len(a) == 0 || len(b) == 0 {
			return emptyFitsAll || len(a) == len(b)
		}
		return endAlike(a, b)
	}
	return fit(a.NamePrefixes(), b.NamePrefixes()) && fit(a.NameSuffixes(), b.NameSuffixes())
}

// endAlike tells whether one list is the end of the other.
func endAlike(a, b []string) bool {
	common := min(len(a), len(b))
	return slices.Equal(a[len(a)-common:], b[len(b)-common:])
}

// An agreement says how well two namespaces agree, the best first.
type agreement int

const (
	equal    agreement = iota
	same               // one is "default" and one is not set: to kustomize, the same
	oneUnset           // the client will set the other
	disagree
)

func agree(a, b string) agreement {
	switch {
	case a == b:
		return equal
	case (a == "" && b == "default") || (a == "default" && b == ""):
		return same
	case a == "" || b == "":
		return oneUnset
	}
	return disagree
}

// closest returns the objects whose namespace agrees best with the given one, if
// it agrees at all.
func closest(objects []*Object, namespace string) []*Object {
	for agreement := equal; agreement < disagree; agreement++ {
		found := filter(objects, func(o *Object) bool { return agree(o.Namespace, namespace) == agreement })
		if len(found) > 0 {
			return found
		}
	}
	return nil
}

func one(objects []*Object) (*Object, error) {
	switch len(objects) {
	case 0:
		return nil, nil
	case 1:
		return objects[0], nil
	}
	return nil, &AmbiguousError{objects}
}

// An AmbiguousError says that a name may mean several objects.
type AmbiguousError struct {
	Candidates []*Object
}

func (e *AmbiguousError) Error() string {
	return fmt.Sprintf("it may mean %s or %s", e.Candidates[0], e.Candidates[1])
}

// Allowlisted tells whether one of the objects is.
func (e *AmbiguousError) Allowlisted() bool {
	return slices.ContainsFunc(e.Candidates, func(o *Object) bool { return o.Entry != nil })
}

func filter(objects []*Object, keep func(*Object) bool) []*Object {
	var kept []*Object
	for _, object := range objects {
		if keep(object) {
			kept = append(kept, object)
		}
	}
	return kept
}
