package fn_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/proompteng/checksum-annotator/fn"
	"github.com/proompteng/checksum-annotator/fn/report"
)

// An outcome is what the function makes of a ResourceList.
type outcome struct {
	t       *testing.T
	input   string
	output  string
	results report.Results
}

// run runs the function with the given spec, without its field "spec", on items.
func run(t *testing.T, spec string, items ...string) outcome {
	t.Helper()
	var input strings.Builder
	input.WriteString(`apiVersion: config.kubernetes.io/v1
kind: ResourceList
functionConfig:
  apiVersion: checksum.proompteng.ai/v1alpha1
  kind: ChecksumAnnotator
  metadata:
    name: test
  spec:
`)
	input.WriteString(indented(spec, "    "))
	input.WriteString(itemList(items...))
	return runOn(t, input.String())
}

// itemList returns the field "items" of a list of objects.
func itemList(items ...string) string {
	var list strings.Builder
	list.WriteString("items:\n")
	for _, item := range items {
		list.WriteString("- " + strings.TrimPrefix(indented(item, "  "), "  "))
	}
	return list.String()
}

func runOn(t *testing.T, input string) outcome {
	t.Helper()
	output, results := fn.Annotate([]byte(input))
	return outcome{t, input, string(output.Bytes()), results}
}

// succeeded fails the test if the function did, or if a second run on the output
// would change anything.
func (o outcome) succeeded() outcome {
	o.t.Helper()
	if o.results.Failed() {
		o.t.Fatalf("the function failed: %q", o.results.Lines())
	}
	if again, _ := fn.Annotate([]byte(o.output)); items(o.t, o.output) != items(o.t, string(again.Bytes())) {
		o.t.Errorf("a second run changed the items:\n%s", cmp.Diff(o.output, string(again.Bytes())))
	}
	return o
}

// failed fails the test if the function did not, or if it changed an item.
func (o outcome) failed() outcome {
	o.t.Helper()
	if !o.results.Failed() {
		o.t.Fatalf("the function did not fail:\n%s", o.output)
	}
	if items(o.t, o.input) != items(o.t, o.output) {
		o.t.Errorf("the function failed and yet changed items:\n%s", cmp.Diff(o.input, o.output))
	}
	return o
}

// told fails the test if the results, as lines, are others than the given ones.
func (o outcome) told(want ...string) outcome {
	o.t.Helper()
	var got []string
	for _, result := range o.results {
		got = append(got, result.Line())
	}
	if diff := cmp.Diff(want, got); diff != "" {
		o.t.Errorf("results (-want +got):\n%s", diff)
	}
	return o
}

// annotations returns those of the pod template of an item, found by name.
func (o outcome) annotations(name string) map[string]string {
	o.t.Helper()
	for _, item := range parse(o.t, o.output)["items"].([]any) {
		object := item.(map[string]any)
		if object["metadata"].(map[string]any)["name"] != name {
			continue
		}
		template := at(object, "spec", "template")
		if jobTemplate := at(object, "spec", "jobTemplate"); jobTemplate != nil {
			template = at(jobTemplate, "spec", "template")
		}
		annotations := map[string]string{}
		found, _ := at(template, "metadata", "annotations").(map[string]any)
		for key, value := range found {
			text, ok := value.(string)
			if !ok {
				o.t.Errorf("the annotation %s is no string", key)
			}
			annotations[key] = text
		}
		return annotations
	}
	o.t.Fatalf("there is no item %s in\n%s", name, o.output)
	return nil
}

// checksum returns the one annotation that a workload has.
func (o outcome) checksum(name string) string {
	o.t.Helper()
	annotations := o.annotations(name)
	if len(annotations) != 1 {
		o.t.Fatalf("%s has not one annotation but %q; results: %v", name, annotations, o.results)
	}
	for _, value := range annotations {
		return value
	}
	return ""
}

func at(value any, fields ...string) any {
	for _, field := range fields {
		mapping, _ := value.(map[string]any)
		value = mapping[field]
	}
	return value
}

// items returns the items of a ResourceList in a form to compare.
func items(t *testing.T, list string) string {
	t.Helper()
	return fmt.Sprintf("%#v", parse(t, list)["items"])
}

func parse(t *testing.T, document string) map[string]any {
	t.Helper()
	var parsed map[string]any
	if json.Valid([]byte(document)) { // which has escapes that the YAML library does not know
		_ = json.Unmarshal([]byte(document), &parsed)
		return parsed
	}
	if err := yaml.Unmarshal([]byte(document), &parsed); err != nil {
		t.Fatalf("%v\n%s", err, document)
	}
	return parsed
}

func indented(text, indent string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return indent + strings.Join(lines, "\n"+indent) + "\n"
}

// secret and configMap return objects with data in flow style.
func secret(name, data string) string {
	return fmt.Sprintf("apiVersion: v1\nkind: Secret\nmetadata: {name: %s}\nstringData: {%s}\n", name, data)
}

func configMap(name, data string) string {
	return fmt.Sprintf("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: %s}\ndata: {%s}\n", name, data)
}

// deployment returns a Deployment whose container takes its environment from the
// given references, as in "secretRef: {name: a}".
func deployment(name string, envFrom ...string) string {
	var list strings.Builder
	for _, from := range envFrom {
		list.WriteString("        - " + from + "\n")
	}
	return fmt.Sprintf(`apiVersion: apps/v1
kind: Deployment
metadata:
  name: %s
spec:
  template:
    metadata:
      labels: {app: %[1]s}
    spec:
      containers:
      - name: c
        envFrom:
%s`, name, list.String())
}

// in puts an object into a namespace.
func in(namespace, object string) string {
	if strings.Contains(object, "metadata: {") {
		return strings.Replace(object, "metadata: {", "metadata: {namespace: "+namespace+", ", 1)
	}
	return strings.Replace(object, "metadata:\n", "metadata:\n  namespace: "+namespace+"\n", 1)
}

// annotated gives an object an annotation.
func annotated(key, value, object string) string {
	if strings.Contains(object, "annotations: {") {
		return strings.Replace(object, "annotations: {", fmt.Sprintf("annotations: {%s: '%s', ", key, value), 1)
	}
	annotations := fmt.Sprintf("annotations: {%s: '%s'}", key, value)
	if strings.Contains(object, "metadata: {") {
		return strings.Replace(object, "metadata: {", "metadata: {"+annotations+", ", 1)
	}
	return strings.Replace(object, "metadata:\n", "metadata:\n  "+annotations+"\n", 1)
}
