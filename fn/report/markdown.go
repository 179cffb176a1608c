package report

import (
	"fmt"
	"strings"

	"github.com/proompteng/checksum-annotator/fn/printable"
)

// code returns a text as code of Markdown, which nothing in it ends or links: characters
// that could are written as escapes.
func code(text string) string {
	text = strings.NewReplacer("`", `\x60`, "|", `\x7c`).Replace(printable.Line(text))
	if text == "" {
		return "``"
	}
	return "`" + text + "`"
}

// Markdown returns the impact as a comment on a pull request.
func (i Impact) Markdown() string {
	var out strings.Builder
	s := style{code, code}
	fmt.Fprintf(&out, "**%s.**\n", sentence(i.summary()))
	for _, note := range i.Notes {
		fmt.Fprintf(&out, "\n> %s.\n", text(sentence(note)))
	}
	for _, section := range []struct {
		title    string
		outcomes []Outcome
		folded   bool
	}{
		{"Not restarted, although what they read changed", []Outcome{Stale}, false},
		{"Restarted", []Outcome{Restarts, Reloads}, false},
		{"Not restarted: files that change while the pods run", []Outcome{Refreshed}, true},
		{"Changed for the next pods", []Outcome{NextPods}, true},
		{"Added and removed", []Outcome{Added, Removed}, true},
	} {
		i.section(&out, s, section.title, section.folded, section.outcomes)
	}
	if line := i.Quiet.line(); line != "" {
		fmt.Fprintf(&out, "\n%s.\n", sentence(line))
	}
	return out.String()
}

func (i Impact) section(out *strings.Builder, s style, title string, folded bool, outcomes []Outcome) {
	count := i.Count(outcomes...)
	if count == 0 {
		return
	}
	heading := fmt.Sprintf("%s: %d", title, count)
	var rows [][]string
	for _, outcome := range outcomes {
		for _, w := range i.Workloads {
			if w.Outcome == outcome {
				rows = append(rows, []string{s.ref(w.Workload), strings.Join(i.why(s, w), "<br>")})
			}
		}
	}
	section(out, heading, folded, []string{"workload", "why"}, rows)
}

// why returns the reasons, or what happens where that is the reason.
func (i Impact) why(s style, w WorkloadImpact) []string {
	if w.Outcome == Added || w.Outcome == Removed {
		return []string{string(w.Outcome)}
	}
	return s.reasons(w)
}

// section writes a table under a heading, or in a box that opens.
func section(out *strings.Builder, heading string, folded bool, head []string, rows [][]string) {
	if folded {
		fmt.Fprintf(out, "\n<details><summary>%s</summary>\n\n", heading)
	} else {
		fmt.Fprintf(out, "\n#### %s\n\n", heading)
	}
	fmt.Fprintf(out, "| %s |\n|%s\n", strings.Join(head, " | "), strings.Repeat("---|", len(head)))
	for _, row := range rows {
		fmt.Fprintf(out, "| %s |\n", strings.Join(row, " | "))
	}
	if folded {
		out.WriteString("\n</details>\n")
	}
}

// Markdown returns the audit as a comment on a pull request.
func (a Audit) Markdown() string {
	var out strings.Builder
	s := style{code, code}
	fmt.Fprintf(&out, "**%s.**\n", sentence(a.summary()))
	for _, part := range []struct {
		title  string
		folded bool
		of     func(SourceUse) bool
	}{
		{"A change reaches the pods not at all", false, SourceUse.Gap},
		{"The rest", true, func(u SourceUse) bool { return !u.Gap() }},
	} {
		var rows [][]string
		for _, w := range a.Workloads {
			for _, use := range w.Uses {
				if part.of(use) {
					rows = append(rows, []string{s.ref(w.Workload), s.source(use, w.Workload.Namespace), s.read(use), s.reaches(use)})
				}
			}
		}
		if len(rows) > 0 {
			section(&out, fmt.Sprintf("%s: %d", part.title, len(rows)), part.folded,
				[]string{"workload", "reads", "as", "a change reaches the pods"}, rows)
		}
	}
	if len(a.Unread) > 0 {
		var rows [][]string
		for _, ref := range a.Unread {
			rows = append(rows, []string{s.unread(ref)})
		}
		section(&out, fmt.Sprintf("Read by no workload: %d", len(a.Unread)), true, []string{"source"}, rows)
	}
	return out.String()
}

// text returns a text in which nothing means anything in Markdown or HTML: all but letters,
// digits and marks of sentences is written as codes.
func text(words string) string {
	var out strings.Builder
	for _, c := range printable.Line(words) {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.ContainsRune(" .,;()?-", c) {
			out.WriteRune(c)
		} else {
			fmt.Fprintf(&out, "&#%d;", c)
		}
	}
	return out.String()
}

// sentence returns words with a capital letter.
func sentence(words string) string {
	return strings.ToUpper(words[:1]) + words[1:]
}
