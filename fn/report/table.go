package report

import (
	"strings"
	"unicode/utf8"

	"github.com/proompteng/checksum-annotator/fn/printable"
	"github.com/proompteng/checksum-annotator/fn/propagation"
)

// The colours of terminals (ECMA-48, SGR).
const (
	red    = "\x1b[1;31m"
	yellow = "\x1b[33m"
	green  = "\x1b[32m"
	reset  = "\x1b[0m"
)

// A Terminal says what the tables are printed on.
type Terminal struct {
	Colour bool
}

// width is that of the lines that tables fill where their names let them.
const width = 80

// leastWidth is that of a cell, whatever the others leave.
const leastWidth = 30

// A cell is a text, and its colour.
type cell struct{ text, colour string }

// A table is rows of cells. The last cell of a row can have several lines.
type table struct {
	head []string
	rows []row
}

type row struct {
	cells  []cell
	last   []string
	colour string // of the last cell
}

// write writes the table, its columns aligned.
func (t table) write(out *strings.Builder, terminal Terminal) {
	widths := make([]int, len(t.head)-1)
	for i := range widths {
		widths[i] = utf8.RuneCountInString(t.head[i])
		for _, row := range t.rows {
			widths[i] = max(widths[i], utf8.RuneCountInString(row.cells[i].text))
		}
	}
	var head row
	for _, text := range t.head[:len(widths)] {
		head.cells = append(head.cells, cell{text, ""})
	}
	head.last = t.head[len(widths):]
	for _, row := range append([]row{head}, t.rows...) {
		row.write(out, widths, terminal)
	}
}

func (r row) write(out *strings.Builder, widths []int, terminal Terminal) {
	indent := 0
	var line strings.Builder
	for i, cell := range r.cells {
		padding := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell.text)+2)
		indent += widths[i] + 2
		line.WriteString(coloured(cell.text, cell.colour, terminal) + padding)
	}
	var lines []string
	for _, text := range r.last {
		lines = append(lines, wrap(text, width-indent)...)
	}
	for i, text := range lines {
		if i > 0 {
			line.WriteString(strings.Repeat(" ", indent))
		}
		line.WriteString(coloured(text, r.colour, terminal))
		out.WriteString(strings.TrimRight(line.String(), " ") + "\n")
		line.Reset()
	}
	if len(lines) == 0 {
		out.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
}

func coloured(text, colour string, terminal Terminal) string {
	if !terminal.Colour || colour == "" || text == "" {
		return text
	}
	return colour + text + reset
}

// wrap breaks a text into lines between words, the further ones indented.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Split(text, " ") {
		switch {
		case line == "":
			line = word
		case utf8.RuneCountInString(line+" "+word) > max(width, leastWidth):
			lines = append(lines, line)
			line = "  " + word
		default:
			line += " " + word
		}
	}
	return append(lines, line)
}

// Table returns the impact as a table for terminals.
func (i Impact) Table(terminal Terminal) string {
	var out strings.Builder
	s := style{plainName, plainText}
	t := table{head: []string{"OUTCOME", "WORKLOAD", "WHY"}}
	for _, w := range i.Workloads {
		t.rows = append(t.rows, row{
			[]cell{{outcomeWords[w.Outcome], outcomeColours[w.Outcome]}, {s.ref(w.Workload), ""}}, s.reasons(w), "",
		})
	}
	if len(t.rows) > 0 {
		t.write(&out, terminal)
		out.WriteString("\n")
	}
	writeLines(&out, append([]string{i.summary(), i.Quiet.line()}, noteLines(i.Notes)...))
	return out.String()
}

var outcomeWords = map[Outcome]string{
	Stale: "NO RESTART", Refreshed: "files only", Restarts: "restart", Reloads: "controller",
	NextPods: "next pods", Added: "added", Removed: "removed",
}

var outcomeColours = map[Outcome]string{Stale: red, Refreshed: yellow, Restarts: green, Reloads: green}

func noteLines(notes []string) []string {
	var lines []string
	for _, note := range notes {
		lines = append(lines, "note: "+printable.Line(note))
	}
	return lines
}

// writeLines writes those lines that are not empty.
func writeLines(out *strings.Builder, lines []string) {
	for _, line := range lines {
		if line != "" {
			for _, part := range wrap(line, width) {
				out.WriteString(part + "\n")
			}
		}
	}
}

// Table returns the audit as a table for terminals.
func (a Audit) Table(terminal Terminal) string {
	var out strings.Builder
	s := style{plainName, plainText}
	t := table{head: []string{"WORKLOAD, SOURCE", "READ AS", "A CHANGE REACHES ITS PODS"}}
	for _, w := range a.Workloads {
		t.rows = append(t.rows, row{cells: []cell{{s.ref(w.Workload), ""}, {}}})
		for _, use := range w.Uses {
			t.rows = append(t.rows, row{
				cells:  []cell{{"  " + s.source(use, w.Workload.Namespace), ""}, {s.read(use), ""}},
				last:   []string{s.reaches(use)},
				colour: use.colour(),
			})
		}
	}
	if len(t.rows) > 0 {
		t.write(&out, terminal)
		out.WriteString("\n")
	}
	if len(a.Unread) > 0 {
		out.WriteString("read by no workload:\n")
		for _, unread := range a.Unread {
			out.WriteString("  " + s.unread(unread) + "\n")
		}
		out.WriteString("\n")
	}
	writeLines(&out, []string{a.summary()})
	return out.String()
}

func (u SourceUse) colour() string {
	switch {
	case u.Gap():
		return red
	case u.Problem != "", u.Unseen != "", u.Missing && !u.Optional, u.Way == propagation.ByFile:
		return yellow
	}
	return ""
}
