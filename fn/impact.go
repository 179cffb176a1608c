package fn

import (
	"bytes"
	"cmp"
	"errors"
	"slices"
	"strings"

	"github.com/proompteng/checksum-annotator/fn/internal/fielddiff"
	"github.com/proompteng/checksum-annotator/fn/internal/parallel"
	"github.com/proompteng/checksum-annotator/fn/manifest"
	"github.com/proompteng/checksum-annotator/fn/propagation"
	"github.com/proompteng/checksum-annotator/fn/report"
)

// Impact tells which workloads get new pods where one state of rendered manifests takes
// the place of another, and why; and which ones read something that changed and do not.
// With a functionConfig it is that of what the function makes of both states.
func Impact(before, after manifest.Lists, functionConfig any) (report.Impact, report.Results) {
	inputs := []manifest.Lists{before, after}
	var renders [2]*render
	var results [2]report.Results
	parallel.Each([]int{0, 1}, func(i int) bool {
		renders[i], results[i] = readRender(inputs[i], functionConfig)
		return true
	})
	if told := slices.Concat(results[0], results[1]); told.Failed() {
		return report.Impact{}, told
	}
	found, err := compareRenders(renders[0], renders[1], functionConfig != nil)
	if err != nil {
		return report.Impact{}, report.Results{report.New(report.Error, "%v", err)}
	}
	return found, nil
}

// errUnrelated says that two renders are not states of one thing.
var errUnrelated = errors.New("the two inputs have no workload, Secret or ConfigMap in common:" +
	" give two renders of the same thing, before and after a change")

// compareRenders compares two states of rendered manifests, which the function may have
// been configured to annotate.
func compareRenders(before, after *render, configured bool) (found report.Impact, err error) {
	workloads := pair(before.workloads, after.workloads, func(w *rendered) identity { return identityOf(w.Item) })
	sources := pairSources(before.sources(), after.sources())
	if !workloads.related() && !sources.related() && !before.empty() && !after.empty() {
		return found, errUnrelated
	}
	impacts := parallel.Map(workloads, func(p pairOf[rendered]) workloadComparison { return compareWorkloads(before, after, p) })
	unexplained := 0
	for _, c := range impacts {
		unexplained += c.unexplained
		if c.err != nil {
			return found, c.err
		}
		if c.impact != nil {
			found.Workloads = append(found.Workloads, *c.impact)
		}
	}
	slices.SortStableFunc(found.Workloads, byAttention)
	if found.Workloads == nil {
		found.Workloads = []report.WorkloadImpact{}
	}
	found.Notes = notes(before, after, configured, unexplained)
	found.Quiet, err = quietChanges(workloads, sources, impacts)
	return found, err
}

func byAttention(a, b report.WorkloadImpact) int {
	return cmp.Or(cmp.Compare(a.Outcome.Attention(), b.Outcome.Attention()), a.Workload.Compare(b.Workload))
}

// A workloadComparison is what came of a workload; no impact is none.
type workloadComparison struct {
	impact      *report.WorkloadImpact
	unexplained int // checksums
	err         error
}

func compareWorkloads(before, after *render, p pairOf[rendered]) (compared workloadComparison) {
	switch {
	case p.before == nil:
		return workloadComparison{impact: &report.WorkloadImpact{Workload: refTo(p.after.Item), Outcome: report.Added}}
	case p.after == nil:
		return workloadComparison{impact: &report.WorkloadImpact{Workload: refTo(p.before.Item), Outcome: report.Removed}}
	}
	impact, unexplained := &report.WorkloadImpact{Workload: refTo(p.after.Item)}, 0
	was, is := p.before.templates, p.after.templates
	for i := range min(len(was), len(is)) {
		c := templateComparison{before: before, after: after, was: was[i], is: is[i], rollsOut: p.after.rollsOut(), sameText: sameText(p.before.Item, p.after.Item)}
		if err := c.run(); err != nil {
			return workloadComparison{err: wrap(p.after.Item, err)}
		}
		impact.TemplateChanged = impact.TemplateChanged || c.changed
		impact.Sources = append(impact.Sources, c.sources...)
		unexplained += c.unexplained
		for _, field := range c.fields {
			impact.Fields = append(impact.Fields, within(is[i], len(is), field))
		}
	}
	for _, t := range was[min(len(was), len(is)):] {
		impact.Fields = append(impact.Fields, fielddiff.Field{Path: t.Path(), Kind: fielddiff.Removed})
	}
	for _, t := range is[min(len(was), len(is)):] {
		impact.Fields = append(impact.Fields, fielddiff.Field{Path: t.Path(), Kind: fielddiff.Added})
	}
	impact.TemplateChanged = impact.TemplateChanged || len(was) != len(is)
	if !impact.TemplateChanged && len(impact.Sources) == 0 {
		return workloadComparison{}
	}
	impact.Outcome = outcome(p.after, impact)
	return workloadComparison{impact: impact, unexplained: unexplained}
}

// within returns a field of a pod template by its path in the pod spec, where most are, or
// in the workload, if that has several templates.
func within(t *renderedTemplate, templates int, field fielddiff.Field) fielddiff.Field {
	if templates > 1 {
		field.Path = t.Path() + "." + field.Path
	} else {
		field.Path = strings.TrimPrefix(field.Path, "spec.")
	}
	return field
}

// outcome returns what happens to the pods of a workload that changed, or that reads what
// changed.
func outcome(w *rendered, impact *report.WorkloadImpact) report.Outcome {
	reaches := func(way propagation.Way) bool {
		return slices.ContainsFunc(impact.Sources, func(s report.SourceChange) bool { return s.Way == way })
	}
	switch {
	case !w.rollsOut():
		return report.NextPods
	case impact.TemplateChanged:
		return report.Restarts
	case reaches(propagation.ByController):
		return report.Reloads
	case reaches(propagation.NotAtAll):
		return report.Stale
	}
	return report.Refreshed
}

// sameText tells whether two objects are certain to be the same, since they are written
// alike.
func sameText(a, b *manifest.Item) bool {
	return a.Text() != nil && bytes.Equal(a.Text(), b.Text())
}

func wrap(item *manifest.Item, err error) error {
	return errors.New(failure(item, err).Line())
}
