package fn

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/proompteng/checksum-annotator/config"
	"github.com/proompteng/checksum-annotator/fn/annotation"
	"github.com/proompteng/checksum-annotator/fn/manifest"
	"github.com/proompteng/checksum-annotator/fn/report"
	"github.com/proompteng/checksum-annotator/fn/usage"
)

// A decision is what is to be done with a workload, and what there is to tell about it.
type decision struct {
	due     []dueTemplate
	edits   []manifest.Edit
	results report.Results
	changed report.Results // what the edits will have done
	others  []string       // annotations that somebody else must have set
}

// A dueTemplate is a pod template with the annotations that it should have.
type dueTemplate struct {
	*usage.PodTemplate
	dueAnnotations
}

// decideWorkload decides about the pod templates of a workload.
func decideWorkload(spec config.Spec, w *usage.Workload) decision {
	var d decision
	if w.Err != nil {
		d.results.Add(failure(w.Item, w.Err))
		return d
	}
	total := annotation.Changes{Set: map[string]string{}}
	for _, template := range w.PodTemplates {
		changes, err := d.decideTemplate(spec, w, template)
		if err != nil {
			d.results.Add(failure(w.Item, err))
			continue
		}
		maps.Copy(total.Set, changes.Set)
		total.Remove = append(total.Remove, changes.Remove...)
	}
	d.tellHolds(w)
	if !total.Empty() {
		d.changed.Add(report.New(report.Info, "%s", summary(total)).On(w.Item))
	}
	return d
}

// decideTemplate decides about a pod template, and returns how its annotations change.
func (d *decision) decideTemplate(spec config.Spec, w *usage.Workload, template *usage.PodTemplate) (none annotation.Changes, err error) {
	if template.Err != nil {
		return none, template.Err
	}
	prefix := annotation.Prefix(spec.AnnotationPrefix)
	due, err := due(prefix, template)
	if !w.Rolls {
		d.tellStatic(w, due)
		return none, nil
	}
	if err != nil {
		return none, err
	}
	d.tellUnresolved(w, template)
	present, twice, err := template.Annotations()
	if err != nil {
		return none, err
	}
	if len(twice) > 0 {
		d.results.Add(report.New(report.Warning, "its pod template has annotations twice, of which the last one counts: %s", listed(twice)).On(w.Item))
	}
	if !spec.Enabled {
		return d.change(w, template, prefix.Clear(present)), nil
	}
	d.due = append(d.due, dueTemplate{template, due})
	changes := prefix.Compare(present, due.values, w.Item.IsWrittenBack())
	for _, key := range changes.Others {
		if !ofAnotherFunction(prefix, w, template, key) {
			d.others = append(d.others, fmt.Sprintf("%s of %s", key, w.Item))
		}
	}
	return d.change(w, template, changes), nil
}

// change makes edits of changes, and returns these.
func (d *decision) change(w *usage.Workload, template *usage.PodTemplate, changes annotation.Changes) annotation.Changes {
	if !changes.Empty() {
		d.edits = append(d.edits, manifest.Edit{Item: w.Item, Base: template.Base(), Path: template.AnnotationsPath(), Set: changes.Set, Remove: changes.Remove})
	}
	return changes
}

// ofAnotherFunction tells whether an annotation is for something that the pod template
// references, and so is right to be there, where another function has run before in the
// same build.
func ofAnotherFunction(prefix annotation.Prefix, w *usage.Workload, template *usage.PodTemplate, key string) bool {
	return w.Item.AfterFunction() && slices.ContainsFunc(template.Uses, func(use *usage.Use) bool {
		return key == prefix.Key(use.Reference.Kind, "", use.Reference.Name)
	})
}

// tellUnresolved tells about what may count but cannot be told.
func (d *decision) tellUnresolved(w *usage.Workload, template *usage.PodTemplate) {
	for _, use := range template.Counting {
		if use.Err != nil {
			d.results.Add(report.New(report.Warning, "not annotated with the checksum of %s: %v", use.Subject(), use.Err).On(w.Item))
		}
	}
}

// tellHolds tells why a change of annotations that are due does not replace pods.
func (d *decision) tellHolds(w *usage.Workload) {
	if !slices.ContainsFunc(d.due, func(template dueTemplate) bool { return len(template.values) > 0 }) {
		return
	}
	for _, hold := range w.Holds {
		severity := report.Warning
		if hold.ForNow {
			severity = report.Info
		}
		d.results.Add(report.New(severity, "it has checksums, but %s", hold.Why).At(hold.Path).On(w.Item))
	}
}

// tellStatic tells that a workload references sources and that it is of no use to annotate
// it.
func (d *decision) tellStatic(w *usage.Workload, due dueAnnotations) {
	var keys []string
	for key, origin := range due.origins {
		if origin.entry.Scope == config.Referenced {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	if len(keys) > 0 {
		d.results.Add(report.New(report.Info, "not annotated with %s: a change would not replace the pods of a %s",
			strings.Join(keys, ", "), w.Item.Kind).On(w.Item))
	}
}

func summary(changes annotation.Changes) string {
	var parts []string
	if len(changes.Set) > 0 {
		parts = append(parts, "set "+strings.Join(slices.Sorted(maps.Keys(changes.Set)), ", "))
	}
	if len(changes.Remove) > 0 {
		parts = append(parts, "removed "+strings.Join(changes.Remove, ", "))
	}
	return strings.Join(parts, "; ")
}
