// Package workload knows Kubernetes' workloads: which kinds there are, where
// their pod templates stand, and how a pod template references Secrets and
// ConfigMaps.
//
// Both are tables: a new kind is one entry in kinds.go or operators.go, and a new way of
// reference one in references.go, each with a row in their tests.
package workload

import (
	"slices"

	"github.com/proompteng/checksum-annotator/config"
	"github.com/proompteng/checksum-annotator/fn/manifest"
)

// A Finder finds workloads among items.
type Finder struct {
	declared  []config.PodTemplate
	selectors []config.Selector
	tables    tables
}

// NewFinder returns a Finder for the built-in kinds and the given further ones. A workload
// is selected if one of the selectors matches it; without selectors, all are.
func NewFinder(podTemplates []config.PodTemplate, selectors []config.Selector) *Finder {
	return &Finder{declared: podTemplates, selectors: selectors}
}

// Kinds returns the kinds of workloads.
func (f *Finder) Kinds() []string {
	names := f.DeclaredKinds()
	for _, table := range builtinTables {
		for _, builtin := range table {
			names = append(names, builtin.Kind)
		}
	}
	return names
}

// DeclaredKinds returns those that the configuration declares.
func (f *Finder) DeclaredKinds() []string {
	var names []string
	for _, entry := range f.declared {
		names = append(names, entry.Kind)
	}
	return names
}

// A Workload is an item of a known kind, with its pod templates.
type Workload struct {
	Item      *manifest.Item
	Selection Selection
	Templates []Template
	// Rolls tells whether a controller replaces the pods when a template changes.
	// If not, there is no use in annotating it.
	Rolls bool
	// Holds are what keeps the controller from it, in this object.
	Holds []Hold
	// Led tells of each path that the configuration gives for the kind, and that was
	// followed, whether it leads somewhere.
	Led map[Setting]bool
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
	found := &Workload{Item: item, Selection: selection, Rolls: kinds[0].rollout != never, Holds: holdsOf(f.known(item).holds, item)}
	for _, pods := range kinds {
		if err := found.add(pods); err != nil {
			found.Templates = nil
			return found, err
		}
	}
	return found, nil
}

// add adds the templates of pods.
func (w *Workload) add(p *pods) error {
	templates, err := p.in(w.Item.Root())
	if err != nil {
		return err
	}
	w.Templates = append(w.Templates, templates...)
	if p.declared == nil {
		return nil
	}
	if w.Led == nil {
		w.Led = map[Setting]bool{}
	}
	return p.declared.follow(p, templates, w.Led)
}

// kindsOf returns the kinds that item is of, those alone that are selected best.
func (f *Finder) kindsOf(item *manifest.Item) (kinds []*pods, best Selection) {
	for _, p := range f.known(item).pods {
		selection := f.selection(item, p.rollout)
		if selection > best {
			kinds, best = nil, selection
		}
		if selection == best {
			kinds = append(kinds, p)
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
