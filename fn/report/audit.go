package report

import "github.com/proompteng/checksum-annotator/fn/propagation"

// An Audit is what workloads read, and how a change of it reaches their pods. It never
// holds a value of a Secret or ConfigMap, only keys.
type Audit struct {
	Workloads []WorkloadAudit `json:"workloads"` // those that need attention first
	// Unread are the sources that no workload reads.
	Unread []UnreadSource `json:"unread"`
}

// An UnreadSource is a source that no workload reads.
type UnreadSource struct {
	Source ResourceRef `json:"source"`
	// MadeOf is the object that a controller makes the source of.
	MadeOf *ResourceRef `json:"madeOf,omitempty"`
}

// A WorkloadAudit is what a workload reads.
type WorkloadAudit struct {
	Workload ResourceRef `json:"workload"`
	Uses     []SourceUse `json:"uses"` // those that need attention first
}

// A SourceUse is the use of a source by a workload.
type SourceUse struct {
	Source ResourceRef `json:"source"`
	// MadeOf is the object that a controller makes the source of, if that is in the input.
	MadeOf *ResourceRef `json:"madeOf,omitempty"`
	// Missing tells that the input does not have the source, and Optional that pods start
	// without it.
	Missing  bool `json:"missing,omitempty"`
	Optional bool `json:"optional,omitempty"`
	// Unseen says why the manifests do not show a change of it, if they do not.
	Unseen string `json:"unseen,omitempty"`
	// Problem says why it cannot be told which object is meant.
	Problem string `json:"problem,omitempty"`
	// Forms are how the pods see the source, and Keys which of its keys; all, if none.
	Forms []string `json:"readAs"`
	Keys  []string `json:"keys,omitempty"`
	// Way is how a change reaches the pods, and By the annotation or the controller.
	Way propagation.Way `json:"reaches"`
	By  string          `json:"by,omitempty"`
}

const notAtAll = propagation.NotAtAll

// Gap tells whether a change that manifests show reaches the pods not at all.
func (u SourceUse) Gap() bool {
	return u.Way == notAtAll && !u.Missing && u.Problem == "" && u.Unseen == ""
}

// Attention says how much a use needs it, the least number the most.
func (u SourceUse) Attention() int {
	switch {
	case u.Gap():
		return 0
	case u.Problem != "", u.Unseen != "":
		return 1
	case u.Missing && !u.Optional:
		return 2
	case u.Missing:
		return 3
	case u.Way == propagation.ByFile:
		return 4
	}
	return 5
}

// Gaps returns how many uses there are of which a change reaches the pods not at all.
func (a Audit) Gaps() int {
	return a.count(SourceUse.Gap)
}

func (a Audit) count(of func(SourceUse) bool) int {
	count := 0
	for _, w := range a.Workloads {
		for _, use := range w.Uses {
			if of(use) {
				count++
			}
		}
	}
	return count
}
