package report

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/proompteng/checksum-annotator/fn/internal/fielddiff"
	"github.com/proompteng/checksum-annotator/fn/printable"
	"github.com/proompteng/checksum-annotator/fn/propagation"
)

// shownKeys is how many keys of a source, and shownFields how many fields of a template,
// are named where people read.
const (
	shownKeys   = 4
	shownFields = 6
)

// A style says how the names of objects and other texts from manifests are written in a
// format.
type style struct{ name, text func(string) string }

// plainName and plainText are those of terminals.
func plainName(text string) string { return printable.Line(printable.Name(text)) }
func plainText(text string) string { return printable.Line(text) }

// ref returns the words for an object.
func (s style) ref(r ResourceRef) string {
	name := r.Name
	if r.Namespace != "" {
		name = r.Namespace + "/" + name
	}
	return s.kind(r.Kind) + " " + s.name(name)
}

// kind returns the word for a kind: as it is if it is one word, or else in quotes.
func (s style) kind(kind string) string {
	for _, c := range kind {
		if c < 'A' || c > 'z' || c > 'Z' && c < 'a' {
			return s.text(strconv.Quote(kind))
		}
	}
	return kind
}

// keys returns the words for the keys of a source that differ.
func (s style) keys(k KeyChanges) string {
	var parts []string
	for _, part := range []struct {
		verb string
		keys []string
	}{{"changed", k.Changed}, {"added", k.Added}, {"removed", k.Removed}} {
		if len(part.keys) > 0 {
			parts = append(parts, s.list(part.keys, shownKeys)+" "+part.verb)
		}
	}
	if k.Unknown {
		parts = append(parts, "content changed")
	}
	return strings.Join(parts, ", ")
}

// list returns the first of some names, and how many there are beside.
func (s style) list(names []string, most int) string {
	var shown []string
	for _, name := range names[:min(most, len(names))] {
		shown = append(shown, s.text(name))
	}
	if len(names) > most {
		shown = append(shown, fmt.Sprintf("%d more", len(names)-most))
	}
	return strings.Join(shown, ", ")
}

// change returns the words for a change of a source, whose reader has an outcome.
func (s style) change(c SourceChange, outcome Outcome) string {
	what := s.keys(c.Keys)
	switch c.Kind {
	case fielddiff.Added:
		what = "not in the old input"
	case fielddiff.Removed:
		what = "not in the new input"
	case fielddiff.Changed, fielddiff.Moved:
	}
	how := s.way(c.Way, c.By)
	if c.Way == propagation.NotAtAll || c.Way == propagation.ByFile {
		how = "read as " + strings.Join(c.Forms, ", ")
		switch {
		case outcome == Restarts || outcome == Reloads:
			how += ", not a reason by itself"
		case c.By != "":
			how += ", " + s.text(c.By) + " does not follow"
		}
	}
	return fmt.Sprintf("%s: %s (%s)", s.ref(c.Source), what, how)
}

// way returns the words for how a change reaches pods.
func (s style) way(way propagation.Way, by string) string {
	switch way {
	case propagation.ByChecksum, propagation.ByName:
		return "by " + string(way)
	case propagation.ByChart:
		return "by chart, " + s.text(by)
	case propagation.ByController:
		return "by " + s.text(by)
	case propagation.ByFile:
		return "by file, if the program looks"
	case propagation.ByNextPods:
		return "read by the next pods"
	case propagation.NotAtAll:
	}
	return "NOT AT ALL"
}

// fields returns the words for the fields in which templates differ, one each.
func (s style) fields(fields []fielddiff.Field) []string {
	var all []string
	for _, field := range fields[:min(shownFields, len(fields))] {
		all = append(all, s.text(field.Path)+" "+kindWord(field.Kind))
	}
	if len(fields) > shownFields {
		all = append(all, fmt.Sprintf("%d more fields", len(fields)-shownFields))
	}
	return all
}

func kindWord(kind fielddiff.Kind) string {
	if kind == fielddiff.Moved {
		return "in another order"
	}
	return string(kind)
}

// reasons returns the words for why something happens to a workload, one each.
func (s style) reasons(w WorkloadImpact) []string {
	var all []string
	for _, change := range w.Sources {
		all = append(all, s.change(change, w.Outcome))
	}
	return append(all, s.fields(w.Fields)...)
}

// summary returns a line of counts of what happens to workloads.
func (i Impact) summary() string {
	var parts []string
	for _, part := range []struct {
		outcome Outcome
		words   string
	}{
		{Stale, "not restarted, although what they read changed"},
		{Refreshed, "with changed files only"},
		{Restarts, "restarted"},
		{Reloads, "restarted by a controller"},
		{NextPods, "changed for their next pods"},
		{Added, "added"},
		{Removed, "removed"},
	} {
		if count := i.Count(part.outcome); count > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", count, part.words))
		}
	}
	if len(parts) == 0 {
		return "no workload is restarted, and none reads what changed"
	}
	return "workloads: " + strings.Join(parts, ", ")
}

// line returns a line about changes that restart nothing, empty where there are none.
func (q QuietChanges) line() string {
	var parts []string
	for _, part := range []struct {
		count       int
		noun, words string
	}{
		{q.Unread, "source", "in data that count for no workload"},
		{q.Metadata, "source", "in labels or other metadata"},
		{q.Workloads, "workload", "outside of the pod template"},
		{q.Formatting, "object", "in format alone"},
		{q.Moved, "object", "in order"},
	} {
		if part.count > 0 {
			parts = append(parts, Plural(part.count, part.noun)+" "+part.words)
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return "changes that restart nothing: " + strings.Join(parts, ", ")
}

// source returns the words for a source that a workload uses, with a namespace if that is
// another than the workload's.
func (s style) source(u SourceUse, namespace string) string {
	ref := u.Source
	if ref.Namespace == namespace {
		ref.Namespace = ""
	}
	if u.MadeOf != nil {
		return s.ref(ref) + " of " + s.kind(u.MadeOf.Kind)
	}
	return s.ref(ref)
}

// read returns the words for how pods see a source.
func (s style) read(u SourceUse) string {
	read := strings.Join(u.Forms, ", ")
	if len(u.Keys) > 0 {
		read += ": " + s.list(u.Keys, shownKeys)
	}
	return read
}

// reaches returns the words for how changes of a source reach pods.
func (s style) reaches(u SourceUse) string {
	switch {
	case u.Problem != "":
		return "it cannot be told: " + s.text(u.Problem)
	case u.Unseen != "":
		return "the manifests do not show changes: " + s.text(u.Unseen)
	case u.Missing && u.Optional:
		return "not in the input, optional"
	case u.Missing && u.Way == propagation.NotAtAll:
		return "not in the input"
	case u.Missing:
		return "not in the input; " + s.way(u.Way, u.By)
	}
	return s.way(u.Way, u.By)
}

// unread returns the words for a source that no workload reads.
func (s style) unread(u UnreadSource) string {
	if u.MadeOf != nil {
		return s.ref(u.Source) + " of " + s.ref(*u.MadeOf)
	}
	return s.ref(u.Source)
}

// summary returns a line of counts.
func (a Audit) summary() string {
	parts := []string{fmt.Sprintf("uses of Secrets and ConfigMaps: %d", a.count(func(SourceUse) bool { return true }))}
	for _, part := range []struct {
		words string
		count int
	}{
		{"not at all", a.Gaps()},
		{"by file alone", a.count(func(u SourceUse) bool { return u.Way == propagation.ByFile && !u.Missing })},
		{"not in the input", a.count(func(u SourceUse) bool { return u.Missing })},
		{"not shown by the manifests", a.count(func(u SourceUse) bool { return u.Unseen != "" })},
		{"ambiguous", a.count(func(u SourceUse) bool { return u.Problem != "" })},
		{"sources that no workload reads", len(a.Unread)},
	} {
		if part.count > 0 {
			parts = append(parts, fmt.Sprintf("%s: %d", part.words, part.count))
		}
	}
	return strings.Join(parts, ", ")
}
