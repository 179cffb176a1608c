package report

import (
	"slices"

	"github.com/proompteng/checksum-annotator/fn/propagation"
)

// A chart is sources on the left, workloads on the right, and lines between them.
type chart struct {
	Title     string      `json:"title"`
	Summary   string      `json:"summary"`
	Notes     []string    `json:"notes"`
	Sources   []chartNode `json:"sources"`
	Workloads []chartNode `json:"workloads"`
	Lines     []chartLine `json:"lines"`
}

// A chartNode is a source or a workload.
type chartNode struct {
	Kind      string   `json:"kind"`
	Namespace string   `json:"namespace"`
	Name      string   `json:"name"`
	State     string   `json:"state,omitempty"`
	Details   []string `json:"details,omitempty"`
}

// A chartLine leads from a source to a workload that reads it.
type chartLine struct {
	Source   int    `json:"source"`
	Workload int    `json:"workload"`
	Way      string `json:"way"`
	Text     string `json:"text"`
}

// The ways that are shown beside those of changes.
const (
	wayRestart = "restart" // the pods are replaced for another reason
	wayMissing = "missing" // the manifests do not tell
)

func (c *chart) workload(ref ResourceRef, state string, details []string) int {
	c.Workloads = append(c.Workloads, chartNode{ref.Kind, ref.Namespace, ref.Name, state, details})
	return len(c.Workloads) - 1
}

func (c *chart) source(ref ResourceRef, state string, known map[ResourceRef]int) int {
	index, found := known[ref]
	if !found {
		index = len(c.Sources)
		known[ref] = index
		c.Sources = append(c.Sources, chartNode{Kind: ref.Kind, Namespace: ref.Namespace, Name: ref.Name, State: state})
	}
	return index
}

// chart returns the impact as a chart of the sources that changed.
func (i Impact) chart() chart {
	c := chart{Title: "What a change restarts", Summary: sentence(i.summary()), Notes: slices.Clone(i.Notes)}
	if line := i.Quiet.line(); line != "" {
		c.Notes = append(c.Notes, line)
	}
	s := style{plainName, plainText}
	known := map[ResourceRef]int{}
	for _, w := range i.Workloads {
		at := c.workload(w.Workload, outcomeWords[w.Outcome], s.fields(w.Fields))
		for _, change := range w.Sources {
			way := string(change.Way)
			if w.TemplateChanged && w.Outcome == Restarts && slices.Contains(byNothing, change.Way) {
				way = wayRestart
			}
			c.Lines = append(c.Lines, chartLine{c.source(change.Source, string(change.Kind), known), at, way, s.change(change, w.Outcome)})
		}
	}
	return c
}

// byNothing are the ways that replace no pods.
var byNothing = []propagation.Way{propagation.NotAtAll, propagation.ByFile}

// chart returns the audit as a chart.
func (a Audit) chart() chart {
	c := chart{Title: "What workloads read", Summary: sentence(a.summary())}
	s := style{plainName, plainText}
	known := map[ResourceRef]int{}
	for _, w := range a.Workloads {
		at := c.workload(w.Workload, "", nil)
		for _, use := range w.Uses {
			way, state := string(use.Way), ""
			if use.Way == notAtAll && !use.Gap() {
				way = wayMissing
			}
			if use.Missing {
				state = "not in the input"
			}
			text := s.source(use, w.Workload.Namespace) + " (" + s.read(use) + "): " + s.reaches(use)
			c.Lines = append(c.Lines, chartLine{c.source(use.Source, state, known), at, way, text})
		}
	}
	for _, unread := range a.Unread {
		c.source(unread.Source, "read by no workload", known)
	}
	return c
}
