package fn

import (
	"strings"

	"github.com/proompteng/checksum-annotator/config"
	"github.com/proompteng/checksum-annotator/fn/report"
	"github.com/proompteng/checksum-annotator/fn/source"
	"github.com/proompteng/checksum-annotator/fn/usage"
)

// sources adds what there is to know about the entries of the allowlist.
func (m *messages) sources(spec config.Spec, graph *usage.Graph) {
	if !spec.Enabled && len(spec.Secrets)+len(spec.ConfigMaps) > 0 {
		m.at(report.Info, spec.Path+".enabled", "the function is disabled: it sets no checksums and removes those that it has set")
	}
	for _, entry := range graph.Sources.Entries() {
		if entry.Name == "" {
			m.selector(entry)
		} else {
			m.external(entry)
		}
		m.objects(entry)
	}
}

// external tells about an entry whose checksum does not come from the input.
func (m *messages) external(entry *source.Entry) {
	switch {
	case entry.Checksum != "" && len(entry.Objects) > 0:
		m.at(report.Warning, entry.Path, "%s is in the input, but its content does not count, because the entry has a checksum", entry.Objects[0])
	case !entry.External() || entry.Checksum != "":
	case entry.OnMissing == config.Fail:
		m.at(report.Error, entry.Path, "%s is not in the input and has no checksum: correct the name, render it with what uses it, give the entry a checksum, or let onMissing be HashName or Skip", entry)
	case entry.OnMissing == config.Skip:
		m.at(report.Info, entry.Path, "%s is not in the input and has no checksum: no workload is annotated with it", entry)
	default:
		m.at(report.Warning, entry.Path, "%s is not in the input and has no checksum:"+
			" workloads that use it are annotated with the digest of its name, and changes of it will not be seen", entry)
	}
}

// selector tells about an entry that selects nothing.
func (m *messages) selector(entry *source.Entry) {
	severity := report.Warning
	switch {
	case len(entry.Objects) > 0:
		return
	case entry.OnMissing == config.Fail:
		severity = report.Error
	case entry.OnMissing == config.Skip:
		severity = report.Info
	}
	m.at(severity, entry.Path, "the input has no %s", entry)
}

// objects tells about objects of an entry that do not say what it takes to know: where a
// key comes from, which may be misspelt, or, as where a path in spec.producers is, or
// where data come to be in the cluster, anything.
func (m *messages) objects(entry *source.Entry) {
	for _, object := range entry.Objects {
		if len(object.UnknownKeys) > 0 {
			m.Add(report.New(report.Warning, "it does not tell where its key %s comes from, which %s.keys names: all of it counts",
				strings.Join(object.UnknownKeys, ", "), entry.Path).On(object.Item))
		}
		m.unseen(entry, object, object.Unseen)
	}
}

// unseen tells about an object of an entry that changes of it are not seen, and why.
func (m *messages) unseen(entry *source.Entry, object *source.Object, why string) {
	switch {
	case why == "" || entry.AllowEmpty:
	case entry.OnMissing == config.Fail:
		m.Add(report.New(report.Error, "%s: give %s a checksum, or allowEmpty: true if that is meant", why, entry.Path).On(object.Item))
	default:
		m.Add(report.New(report.Warning, "%s", why).On(object.Item))
	}
}

// unused tells about sources that are there to no effect.
func (m *messages) unused(graph *usage.Graph) {
	used := map[*source.Entry]bool{}
	for _, workload := range graph.Workloads {
		for _, template := range workload.PodTemplates {
			for _, use := range template.Counting {
				used[use.Entry] = used[use.Entry] || use.Err == nil
			}
		}
	}
	for _, entry := range graph.Sources.Entries() {
		due := entry.Checksum != "" || len(entry.Objects) > 0 || (entry.Name != "" && entry.OnMissing == config.HashName)
		if due && !used[entry] {
			m.at(report.Info, entry.Path, "no selected workload uses %s", entry)
		}
	}
}
