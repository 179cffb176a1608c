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
	kinds     map[groupKind][]*pods
	holds     map[groupKind][]*holdField
	selectors []config.Selector
}

// A groupKind names a kind of objects.
type groupKind struct {
	group, kind string
}

// NewFinder returns a Finder for the built-in kinds and the given further ones. A workload
// is selected if one of the selectors matches it; without selectors, all are.
func NewFinder(podTemplates []config.PodTemplate, selectors []config.Selector) *Finder {
	f := &Finder{kinds: make(map[groupKind][]*pods, len(builtinKinds)+len(operatorKinds)), selectors: selectors}
	for _, builtin := range slices.Concat(builtinKinds, operatorKinds) {
		id := groupKind{builtin.Group, builtin.Kind}
		f.kinds[id] = append(f.kinds[id], newPods(builtin.rollout, builtin.PodTemplate))
	}
	f.holds = make(map[groupKind][]*holdField, len(holdFields))
	for i := range holdFields {
		id := groupKind{holdFields[i].group, holdFields[i].kind}
		f.holds[id] = append(f.holds[id], &holdFields[i])
	}
	for i, entry := range podTemplates {
		f.declare(groupKind{entry.Group, entry.Kind}, declare(i, entry))
	}
	return f
}

// declare adds pods that the configuration declares, in the place of those whose
// annotations are the same. What never rolls out does not by declaring it.
func (f *Finder) declare(id groupKind, declared *pods) {
	for i, known := range f.kinds[id] {
		if known.known == declared.known && known.declared == nil {
			if known.rollout != never {
				f.kinds[id][i] = declared
			}
			return
		}
	}
	f.kinds[id] = append(f.kinds[id], declared)
}

// Kinds returns the kinds of workloads.
func (f *Finder) Kinds() []string {
	var names []string
	for id := range f.kinds {
		names = append(names, id.kind)
	}
	return names
}

// DeclaredKinds returns those that the configuration declares.
func (f *Finder) DeclaredKinds() []string {
	var names []string
	for id, known := range f.kinds {
		if slices.ContainsFunc(known, func(p *pods) bool { return p.declared != nil }) {
			names = append(names, id.kind)
		}
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
	found := &Workload{Item: item, Selection: selection, Rolls: kinds[0].rollout != never, Holds: f.holdsOf(item)}
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
	for _, p := range f.kinds[groupKind{item.Group(), item.Kind}] {
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
