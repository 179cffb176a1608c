package usage

import (
	"slices"

	"github.com/proompteng/checksum-annotator/config"
	"github.com/proompteng/checksum-annotator/fn/manifest"
	"github.com/proompteng/checksum-annotator/fn/source"
	"github.com/proompteng/checksum-annotator/fn/workload"
)

// A Workload is a workload of the input, with what its pod templates use.
type Workload struct {
	*workload.Workload
	PodTemplates []*PodTemplate
	Err          error // what is wrong with it, and the reason that there are no pod templates
}

// A PodTemplate is a pod template of a workload, with what it uses.
type PodTemplate struct {
	workload.Template
	// Uses are what it references, at least one for each name, in the order of the kinds
	// of references; whether it counts or not, and whether the input has it or not.
	Uses []*Use
	// Counting are the uses that the configuration wants the pods to be replaced for: of
	// the entries that are for the workload, those of the Uses that they allow, or with
	// scope All one of each source that counts for the workload.
	Counting []*Use
	Err      error // what is wrong with it, and the reason that there are no uses

	consumed map[*source.Object]workload.Keys // of what it references
}

// workload returns the workload that an item is, if it is one that was asked for.
func (g *Graph) workload(item *manifest.Item) *Workload {
	found, err := g.workloads.Find(item)
	if found == nil || (found.Selection != workload.Selected && !g.options.Everything) {
		return nil
	}
	w := &Workload{Workload: found, Err: err}
	for _, template := range found.Templates {
		w.PodTemplates = append(w.PodTemplates, g.podTemplate(w, template))
	}
	return w
}

func (g *Graph) podTemplate(of *Workload, template workload.Template) *PodTemplate {
	t := &PodTemplate{Template: template}
	references, err := g.references(template)
	if err != nil && (g.has(config.Referenced) || g.spec.KeyScope == config.UsedKeys) {
		t.Err = err
		return t
	}
	r := resolver{Graph: g, workload: of.Item}
	r.resolve(references)
	t.consumed = r.consumed
	t.Uses = r.uses()
	for _, use := range t.Uses {
		if slices.ContainsFunc(use.entries(), func(entry *source.Entry) bool { return of.reads(entry, config.Referenced) }) {
			t.Counting = append(t.Counting, use)
		}
	}
	for _, entry := range g.unreferenced {
		if of.reads(entry, config.All) {
			t.Counting = append(t.Counting, r.ofEntry(entry)...)
		}
	}
	return t
}

// reads tells whether an entry is for a workload, and in the given scope.
func (w *Workload) reads(entry *source.Entry, scope config.Scope) bool {
	return entry.Scope == scope && w.SelectedBy(entry.Workloads) == workload.Selected
}

// KeysOf returns the keys of an object that the template consumes: all, where it does not
// reference the object.
func (t *PodTemplate) KeysOf(object *source.Object) workload.Keys {
	if keys, found := t.consumed[object]; found {
		return keys
	}
	return workload.Keys{All: true}
}
