package manifest_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/proompteng/checksum-annotator/fn/manifest"
)

func TestReadStreamTakesDocuments(t *testing.T) {
	tests := map[string]struct {
		input string
		want  []string
	}{
		"empty":                     {"", nil},
		"a comment":                 {"# hello\n", nil},
		"one document":              {"kind: A\nmetadata:\n  name: a\n", []string{"a"}},
		"several documents":         {"kind: A\nmetadata:\n  name: a\n---\nkind: A\nmetadata:\n  name: b\n", []string{"a", "b"}},
		"a document start":          {"---\nkind: A\nmetadata:\n  name: a\n", []string{"a"}},
		"empty documents":           {"---\n---\nkind: A\nmetadata:\n  name: a\n---\n\n---\n# nothing\n---\n", []string{"a"}},
		"comments as Helm has them": {"---\n# Source: chart/a.yaml\nkind: A\nmetadata:\n  name: a\n---\n# Source: chart/b.yaml\nkind: A\nmetadata:\n  name: b\n", []string{"a", "b"}},
		"a comment behind ---":      {"--- # first\nkind: A\nmetadata:\n  name: a\n", []string{"a"}},
		"an object behind ---":      {"--- {kind: A, metadata: {name: a}}\n", []string{"a"}},
		"a document end":            {"kind: A\nmetadata:\n  name: a\n...\n---\nkind: A\nmetadata:\n  name: b\n...\n", []string{"a", "b"}},
		"no newline at the end":     {"kind: A\nmetadata:\n  name: a", []string{"a"}},
		"CR LF":                     {"kind: A\r\nmetadata:\r\n  name: a\r\n---\r\nkind: A\r\nmetadata:\r\n  name: b\r\n", []string{"a", "b"}},
		"JSON":                      {`{"kind": "A", "metadata": {"name": "a"}}`, []string{"a"}},
		"--- in a text":             {"kind: A\nmetadata:\n  name: a\ndata: |\n  ---\n  kind: B\n", []string{"a"}},
		"a v1 List":                 {"apiVersion: v1\nkind: List\nitems:\n- kind: A\n  metadata:\n    name: a\n- kind: A\n  metadata:\n    name: b\n", []string{"a", "b"}},
	}
	for name, test := range tests {
		for way, read := range streamWays {
			t.Run(name+" "+way, func(t *testing.T) {
				list, err := read([]byte(test.input))
				if err != nil {
					t.Fatal(err)
				}
				found := items(t, list)
				if diff := cmp.Diff(test.want, names(found)); diff != "" {
					t.Errorf("-want +got:\n%s", diff)
				}
				if diff := cmp.Diff(test.input, write(t, list, nil, "a result")); diff != "" {
					t.Errorf("-input +output:\n%s", diff)
				}
			})
		}
	}
}

func TestReadStreamRefusesWhatIsNotYAML(t *testing.T) {
	for way, read := range streamWays {
		_, err := read([]byte("kind: A\nmetadata:\n  name: a\n---\nkind: [\n"))
		if err == nil || !strings.HasPrefix(err.Error(), "the input is not YAML: ") {
			t.Errorf("%s: got the error %v", way, err)
		}
	}
}

func TestEditOfADocumentChangesNoOtherByte(t *testing.T) {
	const before = `---
# Source: chart/cfg.yaml
kind: ConfigMap
metadata: {name:   cfg}
---
# Source: chart/web.yaml
kind: D
metadata:
  name: web   # it
spec:
  template:
    spec: {a:   b}
---
kind: Last
metadata: {name:   last}
`
	after := strings.Replace(before, "  template:\n", "  template:\n    metadata:\n      annotations:\n        checksum/secret.a: 9f86d081\n", 1)
	for way, read := range streamWays {
		list, err := read([]byte(before))
		if err != nil {
			t.Fatal(err)
		}
		web := items(t, list)[1]
		output := write(t, list, []manifest.Edit{setOne.at(web, at(t, web, "spec", "template"))})
		if way == "in parts" && after != output {
			t.Errorf("-want +got:\n%s", cmp.Diff(after, output))
		}
		for i, document := range strings.Split(output, "---\n")[1:] { // the YAML library tells no places
			if diff := cmp.Diff(object(t, strings.Split(after, "---\n")[i+1]), object(t, document)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", way, diff)
			}
		}
	}
}

// Each document has anchors of its own.
func TestEditOfADocumentThatIsEncodedLeavesTheOthers(t *testing.T) {
	const input = `kind: D
metadata: {name: a, annotations: &x {team: a}}
spec: {template: {metadata: {annotations: *x }}}
---
kind: D
metadata: {name: b, annotations: &x {team: b}}
spec: {template: {metadata: {annotations: *x }}}
`
	for way, read := range streamWays {
		list, err := read([]byte(input))
		if err != nil {
			t.Fatal(err)
		}
		second := items(t, list)[1]
		output := write(t, list, []manifest.Edit{setOne.at(second, at(t, second, "spec", "template"))})
		documents := strings.Split(output, "---\n")
		if len(documents) != 2 {
			t.Fatalf("%s: got %d documents\n%s", way, len(documents), output)
		}
		want := []any{
			object(t, "{kind: D, metadata: {name: a, annotations: {team: a}}, spec: {template: {metadata: {annotations: {team: a}}}}}"),
			object(t, "{kind: D, metadata: {name: b, annotations: {team: b}}, spec: {template: {metadata: {annotations: {team: b, checksum/secret.a: 9f86d081}}}}}"),
		}
		if diff := cmp.Diff(want, []any{object(t, documents[0]), object(t, documents[1])}); diff != "" {
			t.Errorf("%s (-want +got):\n%s", way, diff)
		}
	}
}

func TestReadConfig(t *testing.T) {
	want := map[string]any{"kind": "A", "spec": map[string]any{"names": []any{"a", "2026-02-01"}}}
	for _, file := range []string{
		"kind: A\nspec:\n  names: [a, 2026-02-01]\n",
		"# hello\n---\nkind: A\nspec: {names: [a, '2026-02-01']}\n---\n",
		`{"kind": "A", "spec": {"names": ["a", "2026-02-01"]}}`,
	} {
		got, err := manifest.ReadConfig([]byte(file))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(any(want), got); diff != "" {
			t.Errorf("-want +got:\n%s\n%s", diff, file)
		}
	}
	for file, want := range map[string]string{
		"":                        "expected one document, found 0",
		"# hello\n":               "expected one document, found 0",
		"kind: A\n---\nkind: B\n": "expected one document, found 2",
	} {
		_, err := manifest.ReadConfig([]byte(file))
		if diff := cmp.Diff(want, errorText(err)); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	}
}
