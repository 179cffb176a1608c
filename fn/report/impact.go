package report

import (
	"slices"

	"github.com/proompteng/checksum-annotator/fn/internal/fielddiff"
	"github.com/proompteng/checksum-annotator/fn/propagation"
)

// An Impact is what a change of manifests does to the pods of workloads. It never holds
// a value of a Secret or ConfigMap, only keys.
type Impact struct {
	Workloads []WorkloadImpact `json:"workloads"` // those that need attention first
	Quiet     QuietChanges     `json:"withoutRestart"`
	Notes     []string         `json:"notes"` // what makes the rest doubtful
}

// An Outcome is what happens to the pods of a workload.
type Outcome string

// The outcomes, in the order in which they need attention.
const (
	Stale     Outcome = "stale"      // they read a changed source and go on with what they have
	Refreshed Outcome = "file"       // they go on, and see changed files if they look
	Restarts  Outcome = "restart"    // they are replaced, since their template changes
	Reloads   Outcome = "controller" // a controller in the cluster replaces them
	NextPods  Outcome = "next pods"  // they go on; those that start later are made of the new state
	Added     Outcome = "added"      // the workload is new
	Removed   Outcome = "removed"    // the workload is gone
)

var outcomes = []Outcome{Stale, Refreshed, Restarts, Reloads, NextPods, Added, Removed}

// Attention says how much an outcome needs it, the least number the most.
func (o Outcome) Attention() int {
	return slices.Index(outcomes, o)
}

// A WorkloadImpact is what happens to a workload, and why.
type WorkloadImpact struct {
	Workload ResourceRef `json:"workload"`
	Outcome  Outcome     `json:"outcome"`
	// TemplateChanged tells that a pod template differs, annotations included.
	TemplateChanged bool           `json:"templateChanged"`
	Sources         []SourceChange `json:"sources,omitempty"`
	// Fields are those in which pod templates differ for other reasons.
	Fields []fielddiff.Field `json:"fields,omitempty"`
}

// A SourceChange is a change of what a workload reads.
type SourceChange struct {
	Source ResourceRef `json:"source"`
	// Was is the name that it had, if a hash in it has changed.
	Was  string         `json:"was,omitempty"`
	Kind fielddiff.Kind `json:"change"`
	// Keys are those of its data that differ.
	Keys KeyChanges `json:"keys"`
	// Way is how the change reaches the pods, were it the only one.
	Way propagation.Way `json:"reaches"`
	// By is the annotation or the controller by which it does.
	By string `json:"by,omitempty"`
	// Forms are how the pods see the source.
	Forms []string `json:"readAs"`
}

// KeyChanges are the keys of a source that differ.
type KeyChanges struct {
	Added   []string `json:"added,omitempty"`
	Removed []string `json:"removed,omitempty"`
	Changed []string `json:"changed,omitempty"`
	// Unknown tells that something differs that the manifests do not tell the keys of.
	Unknown bool `json:"unknown,omitempty"`
}

// QuietChanges count changes that replace no pods.
type QuietChanges struct {
	Metadata   int `json:"metadata"`   // sources that differ in something else than their data
	Unread     int `json:"unread"`     // sources whose data differ where they count for no workload
	Workloads  int `json:"workloads"`  // workloads that differ outside of their pod templates
	Formatting int `json:"formatting"` // objects that are written in another way
	Moved      int `json:"moved"`      // objects that stand in another order
}

// Sum returns how many there are.
func (q QuietChanges) Sum() int {
	return q.Metadata + q.Unread + q.Workloads + q.Formatting + q.Moved
}

// Count returns how many workloads have one of the outcomes.
func (i Impact) Count(outcomes ...Outcome) int {
	count := 0
	for _, w := range i.Workloads {
		for _, outcome := range outcomes {
			if w.Outcome == outcome {
				count++
			}
		}
	}
	return count
}

// Replaced returns how many workloads get new pods.
func (i Impact) Replaced() int {
	return i.Count(Restarts, Reloads)
}
