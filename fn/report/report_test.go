package report_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/proompteng/checksum-annotator/fn/manifest"
	"github.com/proompteng/checksum-annotator/fn/report"
)

// web is an item with everything that a result can tell about one.
var web = manifest.Item{
	APIVersion: "apps/v1", Kind: "Deployment", Namespace: "prod", Name: "web",
	File: manifest.File{Path: "apps/web.yaml", Index: "2"},
}

// changed returns web with a change.
func changed(change func(*manifest.Item)) *manifest.Item {
	item := web
	change(&item)
	return &item
}

func nameless() *manifest.Item {
	return changed(func(item *manifest.Item) { item.Name = "" })
}

func fileless() *manifest.Item {
	return changed(func(item *manifest.Item) { item.File = manifest.File{} })
}

func TestNewFormatsTheMessage(t *testing.T) {
	got := report.New(report.Warning, "%s has %d keys", "Secret db", 2)
	want := report.Result{Severity: report.Warning, Message: "Secret db has 2 keys"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestAtAndOnLeaveTheOriginalAsItIs(t *testing.T) {
	original := report.New(report.Error, "wrong")
	original.At("spec").On(&web)
	if diff := cmp.Diff(report.New(report.Error, "wrong"), original); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestOnKeepsTheFieldAndAtTheItem(t *testing.T) {
	want := report.New(report.Error, "wrong").At("spec").On(&web)
	got := report.New(report.Error, "wrong").On(&web).At("spec")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestLineHasThePartsThatThereAre(t *testing.T) {
	plain := report.New(report.Error, "expected a string")
	tests := map[string]struct {
		result report.Result
		want   string
	}{
		"message alone":            {plain, "error: expected a string"},
		"warning":                  {report.New(report.Warning, "stale"), "warning: stale"},
		"information":              {report.New(report.Info, "set"), "info: set"},
		"with field":               {plain.At("spec.secrets[2].checksum"), "error: spec.secrets[2].checksum: expected a string"},
		"with an empty field path": {plain.At(""), "error: expected a string"},
		"with item":                {plain.On(fileless()), "error: Deployment prod/web: expected a string"},
		"with item of no namespace": {
			plain.On(changed(func(item *manifest.Item) { item.Namespace, item.File = "", manifest.File{} })),
			"error: Deployment web: expected a string",
		},
		"with item and field": {plain.At("kind").On(fileless()), "error: Deployment prod/web: kind: expected a string"},
		"with item and file":  {plain.On(&web), "error: Deployment prod/web: expected a string (apps/web.yaml, document 3)"},
		"with everything": {
			plain.At("spec.template").On(&web),
			"error: Deployment prod/web: spec.template: expected a string (apps/web.yaml, document 3)",
		},
		"with file of a nameless item": {plain.On(nameless()), "error: expected a string (apps/web.yaml, document 3)"},
		"with file of a kindless item": {
			plain.On(changed(func(item *manifest.Item) { item.Kind = "" })),
			"error: expected a string (apps/web.yaml, document 3)",
		},
		"with the first document of a file": {
			plain.On(changed(func(item *manifest.Item) { item.File.Index = "0" })),
			"error: Deployment prod/web: expected a string (apps/web.yaml, document 1)",
		},
		"with file of no index": {
			plain.On(changed(func(item *manifest.Item) { item.File.Index = "" })),
			"error: Deployment prod/web: expected a string (apps/web.yaml, document 1)",
		},
		"with an index but no file": {
			plain.On(changed(func(item *manifest.Item) { item.File.Path = "" })),
			"error: Deployment prod/web: expected a string",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, test.result.Line()); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestLineIsOneLine(t *testing.T) {
	tests := map[string]report.Result{
		"message":               report.New(report.Error, "one\ntwo\n"),
		"message with CR LF":    report.New(report.Error, "one\r\ntwo"),
		"field path":            report.New(report.Error, "wrong").At("data.a\nb"),
		"name of an item":       report.New(report.Error, "wrong").On(changed(func(item *manifest.Item) { item.Name = "a\nb" })),
		"namespace of an item":  report.New(report.Error, "wrong").On(changed(func(item *manifest.Item) { item.Namespace = "a\nb" })),
		"kind of an item":       report.New(report.Error, "wrong").On(changed(func(item *manifest.Item) { item.Kind = "a\nb" })),
		"path of an item":       report.New(report.Error, "wrong").On(changed(func(item *manifest.Item) { item.File.Path = "a\nb" })),
		"everything on one":     report.New(report.Error, "wrong").At("spec").On(&web),
		"nothing but a message": report.New(report.Error, "wrong"),
	}
	for name, result := range tests {
		t.Run(name, func(t *testing.T) {
			if line := result.Line(); strings.ContainsAny(line, "\r\n") {
				t.Errorf("Line() = %q", line)
			}
		})
	}
}

// The names of the fields are those of the KRM Functions Specification,
// "ResourceList", results.
func TestResultHasTheShapeOfTheSpecification(t *testing.T) {
	tests := map[string]struct {
		result report.Result
		want   string
	}{
		"message alone": {report.New(report.Info, "done"), `
message: done
severity: info
`},
		"warning": {report.New(report.Warning, "stale"), `
message: stale
severity: warning
`},
		"everything": {report.New(report.Error, "expected a string").At("spec.template").On(&web), `
message: expected a string
severity: error
resourceRef:
  apiVersion: apps/v1
  kind: Deployment
  namespace: prod
  name: web
field:
  path: spec.template
file:
  path: apps/web.yaml
  index: 2
`},
		"no namespace": {report.New(report.Error, "wrong").On(changed(func(item *manifest.Item) {
			item.Namespace, item.File = "", manifest.File{}
		})), `
message: wrong
severity: error
resourceRef:
  apiVersion: apps/v1
  kind: Deployment
  name: web
`},
		"no name": {report.New(report.Error, "wrong").On(nameless()), `
message: wrong
severity: error
file:
  path: apps/web.yaml
  index: 2
`},
		"message that looks like something else": {report.New(report.Error, "yes: # 1"), `
message: "yes: # 1"
severity: error
`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			text, err := yaml.Marshal(test.result)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(parsed(t, test.want), parsed(t, string(text))); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// The specification's index is an integer, 0 by default and at least 0.
func TestIndexOfAFileIsNeverLessThanZero(t *testing.T) {
	tests := map[string]int{"": 0, "0": 0, "7": 7, "x": 0, "1.5": 0, "-1": 0, "99999999999999999999": 0}
	for index, want := range tests {
		t.Run(index, func(t *testing.T) {
			item := changed(func(item *manifest.Item) { item.File.Index = index })
			if got := report.New(report.Error, "wrong").On(item).File.Index; got != want {
				t.Errorf("index %d, want %d", got, want)
			}
		})
	}
}

func TestResultsFailedWhenOneIsAnError(t *testing.T) {
	info, warning, failure := report.New(report.Info, "i"), report.New(report.Warning, "w"), report.New(report.Error, "e")
	tests := map[string]struct {
		results report.Results
		want    bool
	}{
		"none":        {nil, false},
		"information": {report.Results{info}, false},
		"warning":     {report.Results{info, warning}, false},
		"error":       {report.Results{failure}, true},
		"error first": {report.Results{failure, info}, true},
		"error last":  {report.Results{info, warning, failure}, true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := test.results.Failed(); got != test.want {
				t.Errorf("Failed() = %v, want %v", got, test.want)
			}
		})
	}
}

func TestLinesAreWarningsAndErrorsInTheirOrder(t *testing.T) {
	var results report.Results
	if lines := results.Lines(); len(lines) != 0 {
		t.Errorf("no results have the lines %q", lines)
	}
	results.Add(report.New(report.Warning, "first"))
	results.Add(report.New(report.Info, "second"))
	results.Add(report.New(report.Error, "third").On(&web))
	results.Add(report.New(report.Warning, "fourth"))
	want := []string{
		"warning: first",
		"error: Deployment prod/web: third (apps/web.yaml, document 3)",
		"warning: fourth",
	}
	if diff := cmp.Diff(want, results.Lines()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func parsed(t *testing.T, text string) any {
	t.Helper()
	var value any
	if err := yaml.Unmarshal([]byte(text), &value); err != nil {
		t.Fatal(err)
	}
	return value
}
