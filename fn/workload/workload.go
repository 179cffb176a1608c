// Package workload knows Kubernetes' workloads: which kinds there are, where
// their pod templates stand, and how a pod template references Secrets and
// ConfigMaps.
//
// Both are tables: a new kind or a new way of reference is one line in kinds.go
// or references.go, and one row in their tests.
package workload

import (
	"slices"

	"github.com/proompteng/checksum-annotator/config"
	"github.com/proompteng/checksum-annotator/fn/manifest"
)

// A Finder finds workloads among items.
type Finder struct {
	kinds     []kind
	selectors []config.Selector
}

// NewFinder returns a Finder for the built-in kinds and the given further ones. A workload
// is selected if one of the selectors matches it; without selectors, all are.
func NewFinder(podTemplates []config.PodTemplate, selectors []config.Selector) *Finder {
	kinds := slices.Clone(builtinKinds)
	for _, template := range podTemplates {
		kinds = declare(kinds, kind{template.Group, template.Kind, template.Path, onChange, true})
	}
	return &Finder{kinds: kinds, selectors: selectors}
}

// Kinds returns the kinds of workloads.
func (f *Finder) Kinds() []string {
	var names []string
	for _, k := range f.kinds {
		names = append(names, k.name)
	}
	return names
}

// DeclaredKinds returns those that the configuration declares.
func (f *Finder) DeclaredKinds() []string {
	var names []string
	for _, k := range f.kinds {
		if k.declared {
			names = append(names, k.name)
		}
	}
	return names
}

// declare adds a kind that the configuration declares. One that rolls out on
// demand is then demanded.
func declare(kinds []kind, declared kind) []kind {
	for i, known := range kinds {
		if known.group == declared.group && known.name == declared.name && known.path == declared.path {
			if known.rollout == onDemand {
				kinds[i].rollout = onChange
			}
			return kinds
		}
	}
	return append(kinds, declared)
}

// A Workload is an item of a known kind, with its pod templates.
type Workload struct {
	Item      *manifest.Item
	Selection Selection
	Templates []Template
	// Rolls tells whether a controller replaces the pods when a template changes.
	// If not, there is no use in annotating it.
	Rolls bool
	// Paths are where pod templates were looked for, if the configuration says so.
	Paths []string
}

// A Selection says whether the configuration selects a workload.
type Selection int

// The selections, from none to all.
const (
	NotSelected Selection = iota
	// SelectedButForName is that of a workload whose name or namespace, which clients
	// change, alone differs from that of a selected one.
	SelectedButForName
	Selected
)

// Find returns the workload that item is, or nil where it is none. If it is of several
// kinds, those count that are selected best. With an error, it has no pod templates.
func (f *Finder) Find(item *manifest.Item) (*Workload, error) {
	if item.IsLocalConfig() {
		return nil, nil
	}
	kinds, selection := f.kindsOf(item)
	if len(kinds) == 0 {
		return nil, nil
	}
	found := &Workload{Item: item, Selection: selection, Rolls: kinds[0].rollout != never}
	for _, k := range kinds {
		values, err := item.Root().Follow(k.path)
		if err != nil {
			found.Templates = nil
			return found, err
		}
		for _, value := range values {
			found.Templates = append(found.Templates, Template{value})
		}
		if k.declared {
			found.Paths = append(found.Paths, k.path)
		}
	}
	return found, nil
}

// kindsOf returns the kinds that item is of, those alone that are selected best.
func (f *Finder) kindsOf(item *manifest.Item) (kinds []kind, best Selection) {
	for _, k := range f.kinds {
		if item.Kind != k.name || item.Group() != k.group {
			continue
		}
		selection := f.selection(item, k.rollout)
		if selection > best {
			kinds, best = nil, selection
		}
		if selection == best {
			kinds = append(kinds, k)
		}
	}
	return kinds, best
}

// selection tells whether the selectors choose item. Kinds that roll out on demand want a
// selector that restricts the kind.
func (f *Finder) selection(item *manifest.Item, when rollout) Selection {
	if when != onDemand {
		return selection(item, f.selectors)
	}
	restricting := slices.DeleteFunc(slices.Clone(f.selectors), func(s config.Selector) bool { return s.Kind == "" })
	if len(restricting) == 0 {
		return NotSelected
	}
	return selection(item, restricting)
}

// SelectedBy tells whether selectors choose a workload; without selectors, they do.
func (w *Workload) SelectedBy(selectors []config.Selector) Selection {
	return selection(w.Item, selectors)
}

func selection(item *manifest.Item, selectors []config.Selector) Selection {
	if len(selectors) == 0 {
		return Selected
	}
	object := describe(item)
	best := NotSelected
	for _, selector := range selectors {
		switch {
		case selector.Matches(object):
			return Selected
		case selector.AnyName().Matches(object):
			best = SelectedButForName
		}
	}
	return best
}

// describe returns what kustomize's selectors see of an item: as in kustomize,
// the original name and namespace count as much as the current ones.
func describe(item *manifest.Item) config.Object {
	object := config.Object{
		Group:       item.Group(),
		Version:     item.Version(),
		Kind:        item.Kind,
		Names:       []string{item.Name},
		Namespaces:  []string{effective(item.Namespace)},
		Labels:      item.Labels,
		Annotations: item.Annotations,
	}
	if names := item.PreviousNames(); len(names) > 0 {
		object.Names = append(object.Names, names[0])
	}
	if namespaces := item.PreviousNamespaces(); len(namespaces) > 0 {
		object.Namespaces = append(object.Namespaces, namespaces[0])
	}
	return object
}

func effective(namespace string) string {
	if namespace == "" {
		return "default"
	}
	return namespace
}
