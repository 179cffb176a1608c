package manifest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"github.com/proompteng/checksum-annotator/fn/manifest"
)

// listKinds are lists of what clients and clusters give, and the kind of an element.
var listKinds = []struct{ apiVersion, kind, elementKind string }{
	{"v1", "List", "ConfigMap"},
	{"v1", "ConfigMapList", "ConfigMap"},
	{"v1", "SecretList", "Secret"},
	{"v1", "PodList", "Pod"},
	{"apps/v1", "DeploymentList", "Deployment"},
	{"apps/v1", "StatefulSetList", "StatefulSet"},
	{"batch/v1", "CronJobList", "CronJob"},
	{"argoproj.io/v1alpha1", "RolloutList", "Rollout"},
	{"example.com/v1", "List", "Thing"},
}

// listItems are the items of a list in flow style, and the names of the objects that are
// in it. ELEMENT stands for the apiVersion and kind of an element.
var listItems = map[string]struct {
	items string
	want  []string
}{
	"null":        {"items: null", nil},
	"empty":       {"items: []", nil},
	"one":         {"items: [{ELEMENT, metadata: {name: a}}]", []string{"a"}},
	"several":     {"items: [{ELEMENT, metadata: {name: a}}, {ELEMENT, metadata: {name: b}}]", []string{"a", "b"}},
	"nested":      {"items: [{apiVersion: v1, kind: List, items: [{ELEMENT, metadata: {name: a}}]}, {ELEMENT, metadata: {name: b}}]", []string{"a", "b"}},
	"nested null": {"items: [{apiVersion: v1, kind: ConfigMapList, items: null}, {ELEMENT, metadata: {name: b}}]", []string{"b"}},
}

// spellings are the forms of an input that holds one object, which is given in flow style.
var spellings = map[string]func(t *testing.T, object string) (*manifest.List, error){
	"a stream": func(t *testing.T, object string) (*manifest.List, error) {
		return manifest.ReadStream([]byte("---\n"+blockStyle(t, object)), shape)
	},
	"JSON": func(t *testing.T, object string) (*manifest.List, error) {
		return manifest.ReadStream([]byte(asJSON(t, object)), shape)
	},
	"a ResourceList": func(t *testing.T, object string) (*manifest.List, error) {
		return manifest.ReadResourceList([]byte(listOf(blockStyle(t, object))), shape)
	},
	"a ResourceList in JSON": func(t *testing.T, object string) (*manifest.List, error) {
		return manifest.ReadResourceList([]byte(asJSON(t, listOf(object))), shape)
	},
}

func asJSON(t *testing.T, document string) string {
	t.Helper()
	text, err := yaml.YAMLToJSON([]byte(document))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestEveryListIsOpened(t *testing.T) {
	for _, kind := range listKinds {
		for form, test := range listItems {
			object := fmt.Sprintf("{apiVersion: %s, kind: %s, metadata: {resourceVersion: '1'}, %s}", kind.apiVersion, kind.kind,
				strings.ReplaceAll(test.items, "ELEMENT", fmt.Sprintf("apiVersion: %s, kind: %s", kind.apiVersion, kind.elementKind)))
			for spelling, read := range spellings {
				t.Run(kind.apiVersion+" "+kind.kind+" "+form+" "+spelling, func(t *testing.T) {
					list, err := read(t, object)
					if err != nil {
						t.Fatal(err)
					}
					if diff := cmp.Diff(test.want, names(items(t, list))); diff != "" {
						t.Errorf("-want +got:\n%s", diff)
					}
				})
			}
		}
	}
}

func TestAListWithoutItemsIsAnObject(t *testing.T) {
	for spelling, read := range spellings {
		list, err := read(t, "{apiVersion: example.com/v1, kind: AllowList, metadata: {name: a}, spec: {}}")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"a"}, names(items(t, list))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", spelling, diff)
		}
	}
}

// An element of a list is what apimachinery makes of it.
func TestElementsOfTypedListsNeedNoKind(t *testing.T) {
	for _, object := range []string{
		"{apiVersion: v1, kind: SecretList, items: [{metadata: {name: a}}, {apiVersion: v1, kind: ConfigMap, metadata: {name: b}}]}",
		"{apiVersion: apps/v1, kind: DeploymentList, items: [{metadata: {name: a}}]}",
		"{apiVersion: v1, kind: SecretList, items: [{kind: Other, metadata: {name: a}}]}",
	} {
		var want []string
		parsed, _, err := unstructured.UnstructuredJSONScheme.Decode([]byte(asJSON(t, object)), nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, item := range parsed.(*unstructured.UnstructuredList).Items {
			want = append(want, item.GetAPIVersion()+" "+item.GetKind()+" "+item.GetName())
		}
		for spelling, read := range spellings {
			list, err := read(t, object)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, item := range items(t, list) {
				got = append(got, item.APIVersion+" "+item.Kind+" "+item.Name)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s: %s (-want +got):\n%s", spelling, object, diff)
			}
			found, _ := list.Items([]string{"Secret", "Deployment"})
			if len(found) == 0 {
				t.Errorf("%s: %s: no element is found by its kind", spelling, object)
			}
		}
	}
}

func TestAListThatContainsItselfIsAProblem(t *testing.T) {
	for name, input := range map[string]string{
		"directly":        "&l {apiVersion: v1, kind: List, items: [*l ]}\n",
		"through another": "&l {apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: ConfigMapList, items: [*l ]}]}\n",
		"by its items":    "{apiVersion: v1, kind: List, items: &i [{apiVersion: v1, kind: List, items: *i }]}\n",
	} {
		for form, text := range map[string]string{"a stream": input, "a ResourceList": listOf(input)} {
			t.Run(name+" "+form, func(t *testing.T) {
				read := manifest.ReadStream
				if form == "a ResourceList" {
					read = manifest.ReadResourceList
				}
				list, err := read([]byte(text), shape)
				if err != nil {
					return // the reader itself can refuse it
				}
				_, problems := list.Items(words)
				if len(problems) != 1 || !strings.Contains(problems[0].Error(), "contains it") {
					t.Errorf("got the problems %v", problems)
				}
			})
		}
	}
}

func TestEditsInListsChangeNoOtherByte(t *testing.T) {
	const template = "spec:\n    template:   # of pods\n      spec: {a:   b}\n"
	const after = "spec:\n    template:   # of pods\n      metadata:\n        annotations:\n          checksum/secret.a: 9f86d081\n      spec: {a:   b}\n"
	for _, kind := range listKinds {
		before := "apiVersion: " + kind.apiVersion + "\nkind: " + kind.kind + "\nitems:\n" +
			"- apiVersion: v1\n  kind: ConfigMap\n  metadata: {name:   first}\n" +
			"- apiVersion: apps/v1\n  kind: Deployment\n  metadata: {name:   web}\n  " + template + "metadata:\n  resourceVersion:   '1'\n"
		list, err := manifest.ReadStream([]byte(before), shape)
		if err != nil {
			t.Fatal(err)
		}
		web := items(t, list)[1]
		output := write(t, list, []manifest.Edit{setOne.at(web, at(t, web, "spec", "template"))})
		if diff := cmp.Diff(strings.Replace(before, template, after, 1), output); diff != "" {
			t.Errorf("%s (-want +got):\n%s", kind.kind, diff)
		}
	}
}
