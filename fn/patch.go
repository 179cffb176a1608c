package fn

import (
	"maps"
	"slices"

	"github.com/proompteng/checksum-annotator/config"
	"github.com/proompteng/checksum-annotator/fn/annotation"
	"github.com/proompteng/checksum-annotator/fn/patch"
	"github.com/proompteng/checksum-annotator/fn/report"
	"github.com/proompteng/checksum-annotator/fn/usage"
	"github.com/proompteng/checksum-annotator/fn/workload"
)

// Patch returns the patches with which kustomize sets those annotations by itself that the
// function would set. The input is what kustomize renders; whether the patches of the last
// time have been applied to it or not does not matter.
//
// If one of the results is an error, there are no patches.
func Patch(input usage.Input, functionConfig any) ([]patch.Patch, report.Results) {
	patcher, told := newPatcher(input, functionConfig)
	if told.Failed() {
		return nil, told
	}
	return patcher.patches()
}

// A patcher makes patches of what is due.
type patcher struct {
	spec      config.Spec
	told      *messages
	graph     *usage.Graph
	workloads []*patchedWorkload // in the order in which they are patched
}

// A patchedWorkload is a workload with the annotations that its pod templates should have.
type patchedWorkload struct {
	*usage.Workload
	due []dueTemplate
}

// newPatcher finds out what an input has and should have.
func newPatcher(input usage.Input, functionConfig any) (*patcher, report.Results) {
	spec, told := load(functionConfig)
	if told.Failed() {
		return nil, told.Results
	}
	graph := usage.Build(input, spec, usage.Options{Everything: true})
	told.problems(graph)
	if told.Failed() {
		return nil, told.Results
	}
	told.sources(spec, graph)
	p := &patcher{spec: spec, told: told, graph: graph}
	for _, found := range graph.Workloads {
		p.workloads = append(p.workloads, p.decide(found))
	}
	slices.SortFunc(p.workloads, func(a, b *patchedWorkload) int { return patch.Compare(a.Item, b.Item) })
	return p, told.Results
}

// decide decides about a workload. One that is not selected can be hit by the patch for
// another one.
func (p *patcher) decide(found *usage.Workload) *patchedWorkload {
	if found.Selection != workload.Selected {
		return &patchedWorkload{Workload: found}
	}
	decision := decideWorkload(p.spec, found)
	p.told.Results = append(p.told.Results, decision.results...)
	return &patchedWorkload{found, decision.due}
}

// patches returns the patches for all workloads.
func (p *patcher) patches() ([]patch.Patch, report.Results) {
	var patches []patch.Patch
	for i, w := range p.workloads {
		places := w.places(annotation.Prefix(p.spec.AnnotationPrefix), p.workloads[:i])
		if len(places) == 0 {
			continue
		}
		added, err := patch.Workload{Item: w.Item, Places: places}.Patches()
		if err != nil {
			p.told.Add(failure(w.Item, err))
			continue
		}
		patches = append(patches, added...)
	}
	if p.told.Failed() {
		return nil, p.told.Results
	}
	p.told.unused(p.graph)
	return patches, p.told.Results
}

// places returns where a workload gets annotations, after the patches for earlier ones.
func (w *patchedWorkload) places(prefix annotation.Prefix, earlier []*patchedWorkload) []patch.Place {
	var places []patch.Place
	for _, template := range w.PodTemplates {
		place := patch.Place{
			Base: template.Base(), Path: template.AnnotationsPath(),
			Set: w.dueAt(template.Path()).values, Owned: prefix.Owns,
		}
		for _, other := range earlier {
			if patch.MayHit(other.Item, w.Item) {
				place.Remove = append(place.Remove, slices.Collect(maps.Keys(other.dueAt(template.Path()).values))...)
			}
		}
		place.Remove = slices.DeleteFunc(place.Remove, func(key string) bool { return place.Set[key] != "" })
		slices.Sort(place.Remove)
		place.Remove = slices.Compact(place.Remove)
		if len(place.Set)+len(place.Remove) > 0 {
			places = append(places, place)
		}
	}
	return places
}

// dueAt returns what is due for the pod template at a path.
func (w *patchedWorkload) dueAt(path string) dueAnnotations {
	for _, template := range w.due {
		if template.Path() == path {
			return template.dueAnnotations
		}
	}
	return dueAnnotations{}
}
