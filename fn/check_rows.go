package fn

import (
	"cmp"
	"slices"

	"github.com/proompteng/checksum-annotator/fn/report"
	"github.com/proompteng/checksum-annotator/fn/source"
)

// A finding is what a check has to say about one annotation.
type finding struct {
	status  report.Status
	source  *report.ResourceRef
	problem string
}

// add adds a finding to those that are returned.
func (c *check) add(template checkedTemplate, key string, found finding) {
	c.rows = append(c.rows, report.CheckedChecksum{
		Workload: refTo(template.workload.Item), Annotation: key,
		Source: found.source, Status: found.status, Problem: found.problem,
	})
}

// sorted returns rows by workloads and annotations.
func sorted(rows []report.CheckedChecksum) []report.CheckedChecksum {
	slices.SortStableFunc(rows, func(a, b report.CheckedChecksum) int {
		return cmp.Or(
			cmp.Compare(a.Workload.Namespace, b.Workload.Namespace), cmp.Compare(a.Workload.Kind, b.Workload.Kind),
			cmp.Compare(a.Workload.Name, b.Workload.Name), cmp.Compare(a.Annotation, b.Annotation),
		)
	})
	return rows
}

// source names what a checksum comes from.
func (o origin) source() *report.ResourceRef {
	switch {
	case o.object != nil:
		return sourceRef(o.object)
	case o.entry.Name != "":
		ref := refToSource(o.entry.Kind, o.entry.Namespace, o.entry.Name)
		return &ref
	}
	return nil
}

// sourceRef names a Secret or ConfigMap, and not what one is made of.
func sourceRef(object *source.Object) *report.ResourceRef {
	ref := refToSource(object.Kind, object.Namespace, object.Name)
	return &ref
}
