package manifest_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/proompteng/checksum-annotator/fn/manifest"
)

func TestItemIdentity(t *testing.T) {
	tests := map[string]struct {
		item                                        string
		apiVersion, group, version, namespace, name string
		text                                        string
	}{
		"core group": {
			item:       "{apiVersion: v1, kind: Thing, metadata: {name: a}}",
			apiVersion: "v1", version: "v1", name: "a", text: "Thing a",
		},
		"other group": {
			item:       "{apiVersion: apps/v1, kind: Thing, metadata: {name: a, namespace: n}}",
			apiVersion: "apps/v1", group: "apps", version: "v1", namespace: "n", name: "a", text: "Thing n/a",
		},
		"group with dots": {
			item:       "{apiVersion: serving.knative.dev/v1beta1, kind: Thing, metadata: {name: a}}",
			apiVersion: "serving.knative.dev/v1beta1", group: "serving.knative.dev", version: "v1beta1", name: "a", text: "Thing a",
		},
		"no apiVersion":  {item: "{kind: Thing, metadata: {name: a}}", name: "a", text: "Thing a"},
		"namespace null": {item: "{kind: Thing, metadata: {name: a, namespace: null}}", name: "a", text: "Thing a"},
		"generateName":   {item: "{kind: Thing, metadata: {generateName: a-}}", text: "items[0]"},
		"name in quotes": {item: "{kind: 'Thing', metadata: {name: \"12\"}}", name: "12", text: "Thing 12"},
		"a date as name": {item: "{kind: Thing, metadata: {name: 2026-02-01}}", name: "2026-02-01", text: "Thing 2026-02-01"},
		"aliases":        {item: "{x: &x Thing, y: &y {name: a}, kind: *x , metadata: *y }", name: "a", text: "Thing a"},
		"merge keys":     {item: "{x: &x {kind: Thing, metadata: {name: a}}, <<: *x }", name: "a", text: "Thing a"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			item := item(t, test.item)
			got := []string{item.APIVersion, item.Group(), item.Version(), item.Namespace, item.Name, item.String(), item.Kind}
			want := []string{test.apiVersion, test.group, test.version, test.namespace, test.name, test.text, "Thing"}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestItemsKnowTheirPosition(t *testing.T) {
	for i, item := range items(t, read(t, listOf("{kind: A, metadata: {name: a}}", "{kind: A, metadata: {name: b}}", "{kind: A, metadata: {generateName: c-}}"))) {
		if item.Position != i {
			t.Errorf("%v is at %d, want %d", item, item.Position, i)
		}
	}
}

func TestItemFile(t *testing.T) {
	tests := map[string]struct {
		annotations string
		want        manifest.File
	}{
		"none":                   {"{}", manifest.File{}},
		"kustomize's and kpt's":  {"{internal.config.kubernetes.io/path: a.yaml, internal.config.kubernetes.io/index: '1'}", manifest.File{Path: "a.yaml", Index: "1"}},
		"legacy":                 {"{config.kubernetes.io/path: a.yaml, config.kubernetes.io/index: '1'}", manifest.File{Path: "a.yaml", Index: "1"}},
		"both":                   {"{config.kubernetes.io/path: old.yaml, config.kubernetes.io/index: '1', internal.config.kubernetes.io/path: new.yaml, internal.config.kubernetes.io/index: '2'}", manifest.File{Path: "new.yaml", Index: "2"}},
		"index without quotes":   {"{internal.config.kubernetes.io/path: a.yaml, internal.config.kubernetes.io/index: 1}", manifest.File{Path: "a.yaml", Index: "1"}},
		"no index":               {"{internal.config.kubernetes.io/path: a.yaml}", manifest.File{Path: "a.yaml"}},
		"index alone":            {"{internal.config.kubernetes.io/index: '1'}", manifest.File{}},
		"empty path":             {"{internal.config.kubernetes.io/path: '', internal.config.kubernetes.io/index: '1'}", manifest.File{}},
		"path that is no scalar": {"{internal.config.kubernetes.io/path: [a.yaml]}", manifest.File{}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := item(t, "kind: A\nmetadata:\n  name: a\n  annotations: "+test.annotations+"\n").File
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestItemLabelsAndAnnotations(t *testing.T) {
	tests := map[string]struct {
		value string
		want  map[string]string
	}{
		"absent":           {"", nil},
		"null":             {"null", nil},
		"empty":            {"{}", nil},
		"some":             {"{a: x, b: ''}", map[string]string{"a": "x", "b": ""}},
		"other scalars":    {"{a: 1, b: true, c: 2026-02-01}", map[string]string{"a": "1", "b": "true", "c": "2026-02-01"}},
		"null and no text": {"{a: null, b: [x], c: {y: z}, d: x}", map[string]string{"d": "x"}},
		"alias":            {"*common", map[string]string{"a": "x", "b": "y"}},
		"merge":            {"{<<: *common , a: z}", map[string]string{"a": "z", "b": "y"}},
		"a list":           {"[a]", nil},
		"a string":         {"a", nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			item := item(t, "common: &common {a: x, b: y}\nkind: A\nmetadata:\n  name: a\n  labels: "+test.value+"\n  annotations: "+test.value+"\n")
			if diff := cmp.Diff(test.want, item.Labels(), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("labels (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.want, item.Annotations(), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("annotations (-want +got):\n%s", diff)
			}
		})
	}
}

func TestListsAreFlattened(t *testing.T) {
	tests := map[string]struct {
		items []string
		want  []string
	}{
		"one":                               {[]string{"{apiVersion: v1, kind: List, items: [{kind: A, metadata: {name: a}}, {kind: A, metadata: {name: b}}]}"}, []string{"a", "b"}},
		"with a name":                       {[]string{"{apiVersion: v1, kind: List, metadata: {name: l}, items: [{kind: A, metadata: {name: a}}]}"}, []string{"a"}},
		"empty":                             {[]string{"{apiVersion: v1, kind: List, items: []}"}, nil},
		"between others":                    {[]string{"{kind: A, metadata: {name: a}}", "{apiVersion: v1, kind: List, items: [{kind: A, metadata: {name: b}}]}", "{kind: A, metadata: {name: c}}"}, []string{"a", "b", "c"}},
		"in another list":                   {[]string{"{apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: List, items: [{kind: A, metadata: {name: a}}]}, {kind: A, metadata: {name: b}}]}"}, []string{"a", "b"}},
		"alias":                             {[]string{"{apiVersion: v1, kind: List, x: &x [{kind: A, metadata: {name: a}}], items: *x }"}, []string{"a"}},
		"of another group":                  {[]string{"{apiVersion: example.com/v1, kind: List, metadata: {name: l}, items: [{kind: A, metadata: {name: a}}]}"}, []string{"a"}},
		"an object whose kind ends in List": {[]string{"{apiVersion: example.com/v1, kind: AllowList, metadata: {name: l}, items: [a]}"}, []string{"l"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, names(items(t, read(t, listOf(test.items...))))); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestItemsOfAListKnowWhereTheyAre(t *testing.T) {
	list := read(t, listOf("{kind: A, metadata: {name: before}}", `
apiVersion: v1
kind: List
metadata:
  annotations:
    config.kubernetes.io/path: list.yaml
    config.kubernetes.io/index: "2"
items:
- kind: ConfigMap
  metadata: {name: a}
  data: {k: v}
- apiVersion: v1
  kind: List
  items:
  - kind: ConfigMap
    metadata: {name: b}
    data: {k: v}
`))
	paths := map[string]string{"a": "items[0].data.k", "b": "items[1].items[0].data.k"}
	for _, item := range items(t, list)[1:] {
		if got := at(t, item, "data", "k").Path(); got != paths[item.Name] {
			t.Errorf("%v: the path is %q, want %q", item, got, paths[item.Name])
		}
		if item.Position != 1 {
			t.Errorf("%v: the position is %d, want 1", item, item.Position)
		}
		if diff := cmp.Diff(manifest.File{Path: "list.yaml", Index: "2"}, item.File); diff != "" {
			t.Errorf("%v: file (-want +got):\n%s", item, diff)
		}
	}
}

func TestProblemsInAListHaveTheirPath(t *testing.T) {
	list := read(t, listOf(`
apiVersion: v1
kind: List
items:
- {kind: A, metadata: {name: a}}
- {kind: A, metadata: {name: 1}}
- hello
- {kind: Thing}
`))
	found, problems := list.Items(words)
	if diff := cmp.Diff([]string{"a"}, names(found)); diff != "" {
		t.Errorf("items (-want +got):\n%s", diff)
	}
	var got []string
	for _, problem := range problems {
		got = append(got, problem.Error())
	}
	want := []string{
		"items[1].metadata.name: expected a string, found a number",
		"items[2]: expected a mapping, found a string",
		"items[3].metadata.name: a Thing needs a name",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}
