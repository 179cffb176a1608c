// Package report is what the function tells people: results, as the KRM
// Functions Specification has them, and the lines that stand for them on
// standard error.
package report

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/proompteng/checksum-annotator/fn/manifest"
	"github.com/proompteng/checksum-annotator/fn/printable"
)

// Severity says how much a result matters.
type Severity string

// The severities of the KRM Functions Specification.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
	Info    Severity = "info"
)

// A Result is an entry of the results of a ResourceList.
type Result struct {
	Message     string       `yaml:"message"`
	Severity    Severity     `yaml:"severity"`
	ResourceRef *ResourceRef `yaml:"resourceRef,omitempty"`
	Field       *Field       `yaml:"field,omitempty"`
	File        *File        `yaml:"file,omitempty"`
}

// ResourceRef is the object that a result is about.
type ResourceRef struct {
	APIVersion string `yaml:"apiVersion" json:"apiVersion"`
	Kind       string `yaml:"kind" json:"kind"`
	Namespace  string `yaml:"namespace,omitempty" json:"namespace,omitempty"`
	Name       string `yaml:"name" json:"name"`
}

// String returns kind, namespace and name.
func (r ResourceRef) String() string {
	if r.Namespace == "" {
		return r.Kind + " " + r.Name
	}
	return r.Kind + " " + r.Namespace + "/" + r.Name
}

// Compare orders references by namespace, kind and name.
func (r ResourceRef) Compare(other ResourceRef) int {
	return cmp.Or(cmp.Compare(r.Namespace, other.Namespace), cmp.Compare(r.Kind, other.Kind),
		cmp.Compare(r.Name, other.Name), cmp.Compare(r.APIVersion, other.APIVersion))
}

// Field is the field that a result is about.
type Field struct {
	Path string `yaml:"path"`
}

// File is the file that a result is about, and the document in it.
type File struct {
	Path  string `yaml:"path"`
	Index int    `yaml:"index,omitempty"`
}

// New returns a result without a subject. Its message is made safe to print, and so is all
// that the methods of the result add to it.
func New(severity Severity, format string, args ...any) Result {
	return Result{Severity: severity, Message: printable.Line(fmt.Sprintf(format, args...))}
}

// Ref returns what refers to an object. A name that cannot be one stands in quotes.
func Ref(apiVersion, kind, namespace, name string) *ResourceRef {
	return &ResourceRef{printable.Name(apiVersion), printable.Name(kind), printable.Name(namespace), printable.Name(name)}
}

// At returns r with a field path, which may be empty.
func (r Result) At(path string) Result {
	if path != "" {
		r.Field = &Field{printable.Line(path)}
	}
	return r
}

// On returns r with an item as its subject.
func (r Result) On(item *manifest.Item) Result {
	if item.Kind != "" && item.Name != "" {
		r.ResourceRef = Ref(item.APIVersion, item.Kind, item.Namespace, item.Name)
	}
	return r.In(item.File)
}

// In returns r with the file of its subject, if there is one.
func (r Result) In(file manifest.File) Result {
	if file.Path == "" {
		return r
	}
	index, err := strconv.ParseUint(file.Index, 10, 31)
	if err != nil { // it is not the index of anything
		index = 0
	}
	r.File = &File{printable.Line(file.Path), int(index)}
	return r
}

// Line returns r as a line of text: severity, subject, field, message, file.
func (r Result) Line() string {
	var line strings.Builder
	line.WriteString(string(r.Severity) + ": ")
	if r.ResourceRef != nil {
		line.WriteString(r.ResourceRef.String() + ": ")
	}
	if r.Field != nil {
		line.WriteString(r.Field.Path + ": ")
	}
	line.WriteString(r.Message)
	if r.File != nil {
		fmt.Fprintf(&line, " (%s, document %d)", r.File.Path, r.File.Index+1)
	}
	return printable.Line(line.String())
}

// Results are the results of a run.
type Results []Result

// Add adds a result.
func (r *Results) Add(result Result) {
	*r = append(*r, result)
}

// Failed tells whether one of the results is an error.
func (r Results) Failed() bool {
	return slices.ContainsFunc(r, func(result Result) bool { return result.Severity == Error })
}

// Lines returns a line for each warning and error, for clients that do not show
// results.
func (r Results) Lines() []string {
	var lines []string
	for _, result := range r {
		if result.Severity != Info {
			lines = append(lines, result.Line())
		}
	}
	return lines
}

// AllLines returns a line for each result.
func (r Results) AllLines() []string {
	lines := make([]string, len(r))
	for i, result := range r {
		lines[i] = result.Line()
	}
	return lines
}
