package usage

import (
	"slices"

	"github.com/proompteng/checksum-annotator/fn/manifest"
	"github.com/proompteng/checksum-annotator/fn/source"
	"github.com/proompteng/checksum-annotator/fn/workload"
)

// An UnknownUser is an object that uses what the allowlist allows, and whose kind is none
// of the known ones of workloads.
type UnknownUser struct {
	Item    *manifest.Item
	Entries []*source.Entry // that allow what it uses
}

// unknownUser returns the unknown user that an item is, if the selectors choose it.
func (g *Graph) unknownUser(item *manifest.Item) *UnknownUser {
	if item.IsLocalConfig() || g.workloads.IsKnown(item) || !g.workloads.Selects(item) {
		return nil
	}
	references, err := g.grouped(workload.ReferencesAnywhere(item))
	if err != nil || len(references) == 0 {
		return nil
	}
	r := resolver{Graph: g, workload: item}
	r.resolve(references)
	user := &UnknownUser{Item: item}
	for _, use := range r.uses() {
		if use.Entry != nil && use.Err == nil && !slices.Contains(user.Entries, use.Entry) {
			user.Entries = append(user.Entries, use.Entry)
		}
	}
	if len(user.Entries) == 0 {
		return nil
	}
	return user
}

// UnmatchedSelectors returns the indices of those of spec.workloads that match no workload
// of the input.
func (g *Graph) UnmatchedSelectors() []int {
	read, _ := g.input.Items(nil) // with their problems
	unmatched := g.workloads.Unmatched(read)
	if len(unmatched) == 0 {
		return nil
	}
	all, _ := g.input.Items(g.workloads.Kinds()) // problems are those of items that do not matter
	return g.workloads.Unmatched(all)
}

// UnmatchedPodTemplates returns the indices of those of spec.podTemplates of whose kind the
// input has no object.
func (g *Graph) UnmatchedPodTemplates() []int {
	read, _ := g.input.Items(nil) // Build has read all of these kinds
	var unmatched []int
	for i, declared := range g.spec.PodTemplates {
		if !slices.ContainsFunc(read, func(item *manifest.Item) bool { return item.Kind == declared.Kind && item.Group() == declared.Group }) {
			unmatched = append(unmatched, i)
		}
	}
	return unmatched
}
