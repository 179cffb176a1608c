package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/proompteng/checksum-annotator/fn/printable"
)

// mostLines is how many lines a diagram has: GitHub draws no more than 500, and nobody
// reads that many.
const mostLines = 60

// Mermaid returns the impact as a diagram of Mermaid.
func (i Impact) Mermaid() string { return i.chart().mermaid() }

// Mermaid returns the audit as a diagram of Mermaid.
func (a Audit) Mermaid() string { return a.chart().mermaid() }

// mermaidStyles are those of lines that do not look as usual.
var mermaidStyles = map[string]string{
	string(notAtAll): "stroke:#d1242f,stroke-width:3px",
	wayMissing:       "stroke-dasharray:4",
	"file":           "stroke:#bf8700,stroke-dasharray:6",
}

// mermaid returns the diagram of the first lines, those that need attention, grouped by
// namespace.
func (c chart) mermaid() string {
	lines := c.Lines[:min(mostLines, len(c.Lines))]
	var out strings.Builder
	out.WriteString("flowchart LR\n")
	for i, namespace := range c.namespaces(lines) {
		fmt.Fprintf(&out, "  subgraph n%d[\"%s\"]\n", i, mermaidText("namespace "+orNone(namespace)))
		c.mermaidNodes(&out, lines, namespace)
		out.WriteString("  end\n")
	}
	for _, line := range lines {
		fmt.Fprintf(&out, "  s%d -- \"%s\" --> w%d\n", line.Source, mermaidText(wayWords(line.Way)), line.Workload)
	}
	for i, line := range lines {
		if look := mermaidStyles[line.Way]; look != "" {
			fmt.Fprintf(&out, "  linkStyle %d %s\n", i, look)
		}
	}
	if rest := len(c.Lines) - len(lines); rest > 0 {
		fmt.Fprintf(&out, "  more[\"%d more are left out\"]\n", rest)
	}
	if len(lines) == 0 {
		fmt.Fprintf(&out, "  nothing[\"%s\"]\n", mermaidText(c.Summary))
	}
	return out.String()
}

func (c chart) mermaidNodes(out *strings.Builder, lines []chartLine, namespace string) {
	written := map[string]bool{}
	write := func(id string, node chartNode) {
		if node.Namespace == namespace && !written[id] {
			written[id] = true
			fmt.Fprintf(out, "    %s[\"%s\"]\n", id, mermaidText(node.Kind+" "+node.Name))
		}
	}
	for _, line := range lines {
		write(fmt.Sprintf("s%d", line.Source), c.Sources[line.Source])
		write(fmt.Sprintf("w%d", line.Workload), c.Workloads[line.Workload])
	}
}

// namespaces returns those of what some lines join, sorted.
func (c chart) namespaces(lines []chartLine) []string {
	var all []string
	for _, line := range lines {
		all = append(all, c.Sources[line.Source].Namespace, c.Workloads[line.Workload].Namespace)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func orNone(namespace string) string {
	if namespace == "" {
		return "not set"
	}
	return namespace
}

// wayWords are the words for a way on a line.
func wayWords(way string) string {
	switch way {
	case string(notAtAll):
		return "not at all"
	case wayMissing:
		return "not in the input"
	case wayRestart:
		return "with the restart"
	case "next pods":
		return "next pods"
	}
	return "by " + way
}

// mermaidText returns a text for a label in quotes: all but letters, digits and some marks
// are written as codes.
func mermaidText(text string) string {
	var out strings.Builder
	for _, c := range printable.Line(text) {
		if c < 0x80 && (c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.ContainsRune(" ./_-", c)) {
			out.WriteRune(c)
		} else {
			fmt.Fprintf(&out, "#%d;", c)
		}
	}
	return out.String()
}
