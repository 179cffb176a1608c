package fn

import (
	"fmt"
	"strings"

	"github.com/proompteng/checksum-annotator/config"
	"github.com/proompteng/checksum-annotator/fn/manifest"
	"github.com/proompteng/checksum-annotator/fn/report"
	"github.com/proompteng/checksum-annotator/fn/source"
	"github.com/proompteng/checksum-annotator/fn/usage"
)

// sources adds what there is to know about the allowlist. What is the same for several
// entries is told once.
func (m *messages) sources(spec config.Spec, graph *usage.Graph) {
	switch empty := len(spec.Secrets)+len(spec.ConfigMaps) == 0; {
	case spec.Enabled && empty:
		m.at(report.Warning, spec.Path, "the allowlist is empty: no workload is annotated; list names under secrets or configMaps")
	case !spec.Enabled && !empty:
		m.at(report.Info, spec.Path+".enabled", "the function is disabled: it sets no checksums and removes those that it has set")
	}
	used, resembling := graph.Used, resembling(graph)
	var absent, skipped entries
	for _, entry := range graph.Sources.Entries() {
		m.objects(entry)
		switch {
		case entry.Checksum != "" && len(entry.Objects) > 0:
			m.at(report.Warning, entry.Path, "%s is in the input, but its content does not count, because the entry has a checksum", entry.Objects[0])
		case entry.Checksum != "" || len(entry.Objects) > 0:
		case entry.Name == "":
			m.selector(entry)
		case entry.OnMissing == config.Fail:
			m.at(report.Error, entry.Path, "%s is not in the input and has no checksum%s: correct the name, render it with what uses it, give the entry a checksum, or let onMissing be HashName or Skip", entry, resembling(entry))
		case entry.OnMissing == config.Skip:
			skipped.add(entry, "")
		case used[entry]:
			absent.add(entry, "")
		}
	}
	m.vars(graph)
	m.unknownUsers(graph)
	m.unmatched(spec, graph)
	m.about(report.Info, skipped,
		"%s is not in the input and has no checksum: no workload is annotated with it",
		"%s are not in the input and have no checksum: no workload is annotated with them")
	m.about(report.Warning, absent,
		"%s is not in the input and has no checksum: workloads that use it are annotated with the digest of its name, and changes of it will not be seen",
		"%s are not in the input and have no checksum: workloads that use them are annotated with the digests of their names, and changes of them will not be seen")
}

// unknownUsers tells about objects that are not annotated because their kind is not known.
func (m *messages) unknownUsers(graph *usage.Graph) {
	var users []string
	for _, user := range graph.UnknownUsers {
		var names []string
		for _, entry := range user.Entries {
			names = append(names, entry.String())
		}
		users = append(users, fmt.Sprintf("%s (%s)", user.Item, listed(names)))
	}
	if len(users) > 0 {
		m.at(report.Warning, "", "not annotated, since it is not known where the annotations of their pods stand, although they use what is on the allowlist: %s;"+
			" declare their kind in podTemplates, or leave them out by workloads", listed(users))
	}
}

// unmatched tells about parts of the configuration that match nothing in the input.
func (m *messages) unmatched(spec config.Spec, graph *usage.Graph) {
	if !spec.Enabled {
		return
	}
	for _, i := range graph.UnmatchedSelectors() {
		m.at(report.Warning, fmt.Sprintf("%s.workloads[%d]", spec.Path, i), "it matches no workload of the input")
	}
	for _, i := range graph.UnmatchedPodTemplates() {
		declared := spec.PodTemplates[i]
		m.at(report.Warning, fmt.Sprintf("%s.podTemplates[%d]", spec.Path, i), "the input has no %s of the group %q", declared.Kind, declared.Group)
	}
}

// vars tells about sources that may hold vars of kustomize.
func (m *messages) vars(graph *usage.Graph) {
	var holders []string
	for _, entry := range graph.Sources.Entries() {
		for _, object := range entry.Objects {
			if graph.Used[entry] && entry.Checksum == "" && object.HoldsVars() {
				holders = append(holders, object.String())
			}
		}
	}
	if len(holders) > 0 {
		m.at(report.Warning, "", "there is text of the form $(NAME) in %s: if these are vars of kustomize, it resolves them after the function,"+
			" and changes of their values will not be seen; use replacements, or run annotate or patch on what kustomize renders", listed(holders))
	}
}

// unused tells about entries that are there to no effect.
func (m *messages) unused(graph *usage.Graph) {
	used, resembling := graph.Used, resembling(graph)
	var absent, present, pinned entries
	for _, entry := range graph.Sources.Entries() {
		switch {
		case used[entry]:
		case len(entry.Objects) > 0:
			present.add(entry, "")
		case entry.Checksum != "":
			pinned.add(entry, "")
		case entry.Name != "" && entry.OnMissing == config.HashName:
			absent.add(entry, resembling(entry))
		}
	}
	m.about(report.Warning, absent,
		"%s is not in the input, and no selected workload uses it",
		"%s are not in the input, and no selected workload uses them")
	const noUse = "no selected workload uses %s"
	m.about(report.Warning, present, noUse, noUse)
	m.about(report.Info, pinned, noUse, noUse)
}

// entries are entries of the allowlist that one result tells about.
type entries struct {
	names []string
	path  string // of the first one
}

func (e *entries) add(entry *source.Entry, remark string) {
	if len(e.names) == 0 {
		e.path = entry.Path
	}
	e.names = append(e.names, entry.String()+remark)
}

// about adds a result about entries, if there are any: in the words for one, or for
// several.
func (m *messages) about(severity report.Severity, of entries, one, several string) {
	switch len(of.names) {
	case 0:
	case 1:
		m.at(severity, of.path, one, of.names[0])
	default:
		m.at(severity, "", several, listed(of.names))
	}
}

// selector tells about an entry that selects nothing.
func (m *messages) selector(entry *source.Entry) {
	severity := report.Warning
	switch entry.OnMissing {
	case config.Fail:
		severity = report.Error
	case config.Skip:
		severity = report.Info
	case config.HashName:
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
		if len(object.OtherReadings) > 0 {
			m.Add(report.New(report.Warning, "kubectl and other readers of YAML 1.1 read it otherwise than it is hashed: put into quotes %s",
				readings(object.OtherReadings)).On(object.Item))
		}
	}
}

// readings names scalars, as "the value of data.a, the name of data.on".
func readings(of []manifest.OtherReading) string {
	var places []string
	for _, reading := range of {
		part := "the value of "
		if reading.Name {
			part = "the name of "
		}
		places = append(places, part+reading.Path)
	}
	return strings.Join(places, ", ")
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
