package fn_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/proompteng/checksum-annotator/fn"
)

const jsonList = `{
  "apiVersion": "config.kubernetes.io/v1",
  "kind": "ResourceList",
  "functionConfig": {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "f"}, "data": {"enabled": "true", "secrets": "source"}},
  "items": [
    {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "source"}, "stringData": {"k": "\u2028 \ud83d\ude00 \" } \\"}},
    {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "user"}, "spec": {
      "template": {TEMPLATE
        "spec": {"containers": [{"name": "c", "envFrom": [{"secretRef": {"name": "source"}}]}]}
      }
    }}
  ]
}
`

func TestJSONStaysJSON(t *testing.T) {
	for name, template := range map[string]string{
		"no metadata":             ``,
		"metadata":                `"metadata": {"labels": {"a": "b"}},`,
		"empty metadata":          `"metadata": {},`,
		"empty annotations":       `"metadata": {"annotations": {}},`,
		"null annotations":        `"metadata": {"annotations": null, "labels": {}},`,
		"other annotations":       `"metadata": {"annotations": {"a": "b"}},`,
		"an old value":            `"metadata": {"annotations": {"checksum/secret.source": "x"}},`,
		"an annotation to remove": `"metadata": {"annotations": {"a": "b", "checksum/secret.gone": "x"}},`,
	} {
		t.Run(name, func(t *testing.T) {
			outcome := runOn(t, strings.Replace(jsonList, "TEMPLATE", template, 1)).succeeded()
			if !json.Valid([]byte(outcome.output)) {
				t.Errorf("the output is no JSON:\n%s", outcome.output)
			}
			if got := len(outcome.annotations("user")["checksum/secret.source"]); got != 64 {
				t.Errorf("it is not annotated:\n%s", outcome.output)
			}
			if !strings.HasPrefix(outcome.output, jsonList[:strings.Index(jsonList, `{"apiVersion": "v1", "kind": "Secret"`)]) {
				t.Errorf("the text before the change is not what it was:\n%s", outcome.output)
			}
		})
	}
	t.Run("disabled", func(t *testing.T) {
		list := strings.NewReplacer("TEMPLATE", `"metadata": {"annotations": {"checksum/secret.source": "x"}},`, `"true"`, `"false"`).Replace(jsonList)
		outcome := runOn(t, list).succeeded()
		if !json.Valid([]byte(outcome.output)) || strings.Contains(outcome.output, `"checksum/secret.source": "x"`) {
			t.Errorf("the output is no JSON, or still annotated:\n%s", outcome.output)
		}
	})
}

// What JSON escapes and YAML does not know stays as it is written, before and behind the
// annotations.
func TestEscapesInJSONStayAsTheyAre(t *testing.T) {
	const source = `{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "source"}, "stringData": {"a\/b": "\ud83d\ude00\/\\\/"}}`
	const user = `{"apiVersion": "apps\/v1", "kind": "Deployment", "metadata": {"name": "NAME"}, "spec": {"note": "\/", "template": {` +
		`"metadata": {"labels": {"a": "\ud83d\ude00"}}, "spec": {"containers": [{"name": "c\/", "envFrom": [{"secretRef": {"name": "source"}}]}]}}}}`
	list := `{"apiVersion": "v1", "kind": "List", "items": [` + strings.Join([]string{
		strings.Replace(user, "NAME", "a", 1), source, strings.Replace(user, "NAME", "b", 1), strings.Replace(source, `"source"`, `"other\/"`, 1),
	}, ", ") + "]}\n"
	output, results := fn.AnnotateStream([]byte(list), functionConfig(t, "{enabled: true, secrets: [source]}"))
	if results.Failed() {
		t.Fatalf("%q", results.Lines())
	}
	annotation := regexp.MustCompile(`"annotations": \{"checksum/secret.source": "[0-9a-f]{64}"\}, `)
	got := string(output.Bytes())
	if count := len(annotation.FindAllString(got, -1)); count != 2 || !json.Valid(output.Bytes()) {
		t.Errorf("there are %d annotations, or it is no JSON:\n%s", count, got)
	}
	if diff := cmp.Diff(list, annotation.ReplaceAllString(got, "")); diff != "" {
		t.Errorf("(-before +after, without the annotations):\n%s", diff)
	}
	unchanged, _ := fn.AnnotateStream([]byte(list), functionConfig(t, "{enabled: true}"))
	if diff := cmp.Diff(list, string(unchanged.Bytes())); diff != "" {
		t.Errorf("with nothing to do (-before +after):\n%s", diff)
	}
}
