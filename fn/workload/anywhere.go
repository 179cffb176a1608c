package workload

import (
	"slices"
	"strings"
	"sync"

	"github.com/proompteng/checksum-annotator/config"
	"github.com/proompteng/checksum-annotator/fn/manifest"
)

// ReferencesAnywhere returns the places in an object of any kind at which it makes the
// references of a pod: where env, envFrom and volumes hold what they do in a pod. What is
// of another form is something else of that name.
func ReferencesAnywhere(item *manifest.Item) []Place {
	var all []Place
	item.Root().EachMappingWith([]string{"env", "envFrom", "volumes"}, func(mapping *manifest.Value) {
		for _, field := range fieldsAnywhere() {
			places, _ := field.places(mapping, field.path) // another form is no reference
			all = append(all, places...)
		}
	})
	return all
}

// fieldsAnywhere are the fields of containers, and those of podSpecFields that stand in
// volumes.
var fieldsAnywhere = sync.OnceValue(func() (fields []*referenceField) {
	for i := range containerFields {
		fields = append(fields, &containerFields[i])
	}
	for i := range podSpecFields {
		if strings.HasPrefix(podSpecFields[i].path, "volumes[]") {
			fields = append(fields, &podSpecFields[i])
		}
	}
	return fields
})

// IsKnown tells whether the kind of an item is one of workloads.
func (f *Finder) IsKnown(item *manifest.Item) bool {
	return len(f.known(item).pods) > 0
}

// Selects tells whether the selectors choose an item, whatever its kind.
func (f *Finder) Selects(item *manifest.Item) bool {
	return selection(item, f.selectors) == Selected
}

// Unmatched returns the indices of the selectors that match no workload among items.
func (f *Finder) Unmatched(items []*manifest.Item) []int {
	var objects []config.Object
	for _, item := range items {
		if f.IsKnown(item) && !item.IsLocalConfig() {
			objects = append(objects, describe(item))
		}
	}
	var unmatched []int
	for i, selector := range f.selectors {
		if !slices.ContainsFunc(objects, selector.Matches) {
			unmatched = append(unmatched, i)
		}
	}
	return unmatched
}
