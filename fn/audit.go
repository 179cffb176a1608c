package fn

import (
	"cmp"
	"maps"
	"slices"

	"github.com/proompteng/checksum-annotator/fn/manifest"
	"github.com/proompteng/checksum-annotator/fn/propagation"
	"github.com/proompteng/checksum-annotator/fn/report"
	"github.com/proompteng/checksum-annotator/fn/source"
)

// Audit tells what each workload of rendered manifests reads, and how a change of it
// reaches the pods. With a functionConfig it is that of what the function makes of them.
func Audit(lists manifest.Lists, functionConfig any) (report.Audit, report.Results) {
	render, results := readRender(lists, functionConfig)
	if results.Failed() {
		return report.Audit{}, results
	}
	audit := report.Audit{Workloads: []report.WorkloadAudit{}, Unread: []report.UnreadSource{}}
	read := map[*source.Object]bool{}
	for _, w := range render.workloads {
		if audited := render.audit(w, read); len(audited.Uses) > 0 {
			audit.Workloads = append(audit.Workloads, audited)
		}
	}
	slices.SortStableFunc(audit.Workloads, func(a, b report.WorkloadAudit) int {
		return cmp.Or(cmp.Compare(a.Uses[0].Attention(), b.Uses[0].Attention()), a.Workload.Compare(b.Workload))
	})
	audit.Unread = append(audit.Unread, render.unread(read)...)
	return audit, results
}

// byContent are the ways that depend on what the manifests show of the content.
var byContent = []propagation.Way{propagation.ByChecksum, propagation.NotAtAll}

// audit returns what a workload reads, and notes the objects.
func (r *render) audit(w *rendered, read map[*source.Object]bool) report.WorkloadAudit {
	audited := report.WorkloadAudit{Workload: refTo(w.Item)}
	for _, template := range w.templates {
		for _, reading := range template.readings {
			read[reading.Object] = true
			use := reading.audit()
			use.Way, use.By = r.way(w, template, reading)
			if reading.Object != nil && slices.Contains(byContent, use.Way) {
				use.Unseen = r.Unseen(reading.Object)
			}
			audited.Uses = append(audited.Uses, use)
		}
	}
	slices.SortStableFunc(audited.Uses, func(a, b report.SourceUse) int {
		return cmp.Or(cmp.Compare(a.Attention(), b.Attention()), a.Source.Compare(b.Source))
	})
	return audited
}

// audit returns the use, but for how changes reach the pods.
func (r reading) audit() report.SourceUse {
	use := report.SourceUse{
		Source: r.ref(), Optional: r.optional, Forms: r.forms(), Keys: r.Keys.Named,
		Missing: r.Object == nil && r.Err == nil,
	}
	if r.Err != nil {
		use.Problem = r.Err.Error()
	}
	if r.Object != nil {
		use.MadeOf = madeOf(r.Object)
	}
	return use
}

// madeOf returns the reference of what a source is made of, if it is.
func madeOf(object *source.Object) *report.ResourceRef {
	if _, itself := source.KindOf(object.Item); itself {
		return nil
	}
	ref := refTo(object.Item)
	return &ref
}

// unread returns the sources that are not read.
func (r *render) unread(read map[*source.Object]bool) []report.UnreadSource {
	var found []report.UnreadSource
	for _, s := range r.sources() {
		if !read[s.Object] && !s.Item.IsLocalConfig() {
			found = append(found, report.UnreadSource{Source: s.ref(), MadeOf: madeOf(s.Object)})
		}
	}
	slices.SortFunc(found, func(a, b report.UnreadSource) int { return a.Source.Compare(b.Source) })
	return found
}

// way returns how a change of a source reaches the pods of a workload that reads it.
func (r *render) way(w *rendered, t *renderedTemplate, of reading) (way propagation.Way, by string) {
	if !w.rollsOut() {
		return propagation.ByNextPods, ""
	}
	if key := r.checksumOf(t, of); key != "" && !isDigestOfName(key, t.annotations[key]) {
		return propagation.ByChecksum, key
	}
	if _, hashed := of.name(); hashed {
		return propagation.ByName, ""
	}
	if of.Object != nil { // a chart knows no more than the input
		for _, key := range slices.Sorted(maps.Keys(t.annotations)) {
			if propagation.IsChartChecksum(key, t.annotations[key], of.how.Source.Kind) {
				return propagation.ByChart, key
			}
		}
	}
	return of.wayWithoutChange()
}
