package workload_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/proompteng/checksum-annotator/config"
	"github.com/proompteng/checksum-annotator/fn/manifest"
	"github.com/proompteng/checksum-annotator/fn/workload"
)

// item returns the one object of a document.
func item(t *testing.T, document string) *manifest.Item {
	t.Helper()
	list, err := manifest.ReadStream([]byte(document), workload.Shape())
	if err != nil {
		t.Fatal(err)
	}
	items, problems := list.Items([]string{"kind"})
	if len(items) != 1 || len(problems) > 0 {
		t.Fatalf("there are %d items and the problems %v", len(items), problems)
	}
	return items[0]
}

func TestFindFollowsTheDeclaredPath(t *testing.T) {
	const cluster = `apiVersion: ray.io/v1
kind: RayCluster
metadata: {name: a}
spec:
  head: {template: {spec: {}}}
  workers:
  - template: {spec: {}}
  - {}
  - template: {spec: {}}
  groups:
  - members: [{template: {}}]
`
	tests := map[string][]string{
		"spec.head.template":                {"spec.head.template"},
		"spec.workers[].template":           {"spec.workers[0].template", "spec.workers[2].template"},
		"spec.groups[].members[].template":  {"spec.groups[0].members[0].template"},
		"spec.none.template":                nil,
		"spec.workers[].none[].template":    nil,
		"spec.head.template.spec.something": nil,
	}
	for path, want := range tests {
		t.Run(path, func(t *testing.T) {
			finder := workload.NewFinder([]config.PodTemplate{{Group: "ray.io", Kind: "RayCluster", Path: path}}, nil)
			found, err := finder.Find(item(t, cluster))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, template := range found.Templates {
				got = append(got, template.Path())
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("pod templates (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff([]string{path}, found.Paths); diff != "" {
				t.Errorf("paths (-want +got):\n%s", diff)
			}
		})
	}
}

func TestReferencesAreListedWithTheirPlaces(t *testing.T) {
	deployment := item(t, `apiVersion: apps/v1
kind: Deployment
metadata: {name: a}
spec:
  template:
    spec:
      containers:
      - env:
        - {name: A, valueFrom: {secretKeyRef: {name: s, key: a}}}
        - {name: B, valueFrom: {secretKeyRef: {name: s, key: b}}}
        envFrom: [{configMapRef: {name: c}}, {secretRef: {}}]
      volumes:
      - {name: v, csi: {driver: d, nodePublishSecretRef: {name: s}}}
`)
	found, err := workload.NewFinder(nil, nil).Find(deployment)
	if err != nil {
		t.Fatal(err)
	}
	places, err := found.Templates[0].References()
	var got []workload.Reference
	for _, place := range places {
		got = append(got, place.Reference)
	}
	want := []workload.Reference{
		{Kind: config.Secret, Name: "s", Renamed: true},
		{Kind: config.Secret, Name: "s", Renamed: true},
		{Kind: config.Secret, Name: "s", Renamed: false},
		{Kind: config.ConfigMap, Name: "c", Renamed: true},
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v, references (-want +got):\n%s", err, diff)
	}
}

func TestKeysOfPlaces(t *testing.T) {
	tests := []struct {
		name, spec string
		want       workload.Keys
	}{
		{"variables", "containers: [{env: [{valueFrom: {secretKeyRef: {name: s, key: b}}}, {valueFrom: {secretKeyRef: {name: s, key: a}}}]}]", workload.Keys{Named: []string{"a", "b"}}},
		{"a variable twice", "containers: [{env: [{valueFrom: {secretKeyRef: {name: s, key: a}}}]}], initContainers: [{env: [{valueFrom: {secretKeyRef: {name: s, key: a}}}]}]", workload.Keys{Named: []string{"a"}}},
		{"a variable without a key", "containers: [{env: [{valueFrom: {secretKeyRef: {name: s}}}]}]", workload.Keys{All: true}},
		{"all variables", "containers: [{envFrom: [{secretRef: {name: s}}]}]", workload.Keys{All: true}},
		{"a volume", "volumes: [{secret: {secretName: s}}]", workload.Keys{All: true}},
		{"a volume with no items", "volumes: [{secret: {secretName: s, items: []}}]", workload.Keys{All: true}},
		{"items of a volume", "volumes: [{secret: {secretName: s, items: [{key: c, path: p}]}}]", workload.Keys{Named: []string{"c"}}},
		{"items of a projected volume", "volumes: [{projected: {sources: [{secret: {name: s, items: [{key: c, path: p}]}}]}}]", workload.Keys{Named: []string{"c"}}},
		{"a driver's volume", "containers: [{env: [{valueFrom: {secretKeyRef: {name: s, key: a}}}]}], volumes: [{secret: {secretName: s}}]", workload.Keys{All: true}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			pod := item(t, "{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {"+test.spec+"}}")
			found, err := workload.NewFinder(nil, nil).Find(pod)
			if err != nil {
				t.Fatal(err)
			}
			places, err := found.Templates[0].References()
			if err != nil {
				t.Fatal(err)
			}
			var got workload.Keys
			for _, place := range places {
				keys, err := place.Keys()
				if err != nil {
					t.Fatal(err)
				}
				got = got.With(keys)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("keys (-want +got):\n%s", diff)
			}
		})
	}
}
