package workload_test

import (
	"strings"
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
  - members: [{template: {spec: {}}}, {template: {metadata: {}}}, {template: {}}]
  pools:
    b: {template: {spec: {}}}
    a: {template: {spec: {}}}
    c:
`
	tests := map[string][]string{
		"spec.head.template":                {"spec.head.template"},
		"spec.workers[].template":           {"spec.workers[0].template", "spec.workers[2].template"},
		"spec.groups[].members[].template":  {"spec.groups[0].members[0].template", "spec.groups[0].members[1].template"},
		"spec.pools.*.template":             {"spec.pools.a.template", "spec.pools.b.template"},
		"spec.head":                         nil, // which is no pod template
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
			for setting, somewhere := range found.Led {
				if setting.Field != "spec.podTemplates[0].path" || setting.Path != path || somewhere != (len(want) > 0) {
					t.Errorf("%v leads somewhere: %v", setting, somewhere)
				}
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

// A reading is what the pods of a place read, and where their annotations stand.
type reading struct {
	Base, Annotations string
	Reads             []string
}

// readings returns those of the templates that a configuration finds in an object.
func readings(t *testing.T, entry config.PodTemplate, document string) (all []reading) {
	t.Helper()
	found, err := workload.NewFinder([]config.PodTemplate{entry}, nil).Find(item(t, document))
	if err != nil {
		t.Fatal(err)
	}
	for _, template := range found.Templates {
		places, err := template.References()
		if err != nil {
			t.Fatal(err)
		}
		r := reading{Base: template.Base().Path(), Annotations: strings.Join(template.AnnotationsPath(), ".")}
		for _, place := range places {
			keys, err := place.Keys()
			if err != nil {
				t.Fatal(err)
			}
			read := string(place.Kind) + " " + place.Name
			if !keys.All {
				read += " " + strings.Join(keys.Named, ",")
			}
			r.Reads = append(r.Reads, read)
		}
		all = append(all, r)
	}
	return all
}

func TestAnnotationsAndReferencesStandWhereTheConfigurationSays(t *testing.T) {
	const object = `apiVersion: example.com/v1
kind: Server
metadata: {name: a}
spec:
  containers: [{name: c, env: [{name: A, valueFrom: {secretKeyRef: {name: of-container, key: k}}}]}]
  volumes: [{name: v, configMap: {name: of-volume}}]
  env: [{name: A, valueFrom: {configMapKeyRef: {name: of-env, key: k}}}]
  envFrom: [{secretRef: {name: of-env-from}}]
  secrets: [named, null, other]
  tls: {secretName: of-tls, items: [{key: crt}, {key: key}]}
  auth: {name: of-auth, key: password, optional: true}
  nothing: {}
  pools:
  - name: x
    tls: x-tls
    members: [{secret: x0}, {secret: x1}]
  - name: y
    tls: y-tls
    pod: {annotations: {a: b}}
    template: {metadata: {}}
    members: [{secret: y0}]
  regions:
    east: {secret: e}
    west: {secret: w}
    none:
`
	tests := []struct {
		name  string
		entry config.PodTemplate
		want  []reading
	}{
		{
			"fields of a pod spec", config.PodTemplate{Annotations: "spec.podMetadata.annotations", PodSpecs: []string{"spec"}},
			[]reading{{"spec", "podMetadata.annotations", []string{"Secret of-container k", "ConfigMap of-volume"}}},
		},
		{
			"fields of a container", config.PodTemplate{Annotations: "spec.podAnnotations", Containers: []string{"spec"}},
			[]reading{{"spec", "podAnnotations", []string{"Secret of-env-from", "ConfigMap of-env k"}}},
		},
		{
			"names, and references", config.PodTemplate{Annotations: "spec.a", Secrets: []string{"spec.secrets[]", "spec.tls", "spec.auth", "spec.nothing", "spec.none"}, ConfigMaps: []string{"spec.auth.name"}},
			[]reading{{"spec", "a", []string{"Secret named", "Secret other", "Secret of-tls crt,key", "Secret of-auth password", "ConfigMap of-auth"}}},
		},
		{
			"in the annotations of the object", config.PodTemplate{Annotations: "metadata.annotations", Secrets: []string{"spec.auth"}},
			[]reading{{"", "metadata.annotations", []string{"Secret of-auth password"}}},
		},
		{
			"in what is not there", config.PodTemplate{Annotations: "spec.server.pod.annotations", Secrets: []string{"spec.auth"}},
			[]reading{{"spec", "server.pod.annotations", []string{"Secret of-auth password"}}},
		},
		{
			"in a part that is not there", config.PodTemplate{Annotations: "spec.server.pod.annotations", Secrets: []string{"spec.server.secret"}}, nil,
		},
		{
			"for each element of a list", config.PodTemplate{Annotations: "spec.pools[].pod.annotations", Secrets: []string{"spec.pools[].tls", "spec.pools[].members[].secret", "spec.auth"}},
			[]reading{
				{"spec.pools[0]", "pod.annotations", []string{"Secret x-tls", "Secret x0", "Secret x1", "Secret of-auth password"}},
				{"spec.pools[1]", "pod.annotations", []string{"Secret y-tls", "Secret y0", "Secret of-auth password"}},
			},
		},
		{
			"for each element of a list in a list", config.PodTemplate{Annotations: "spec.pools[].members[].annotations", Secrets: []string{"spec.pools[].members[].secret", "spec.pools[].tls"}},
			[]reading{
				{"spec.pools[0].members[0]", "annotations", []string{"Secret x0", "Secret x-tls"}},
				{"spec.pools[0].members[1]", "annotations", []string{"Secret x1", "Secret x-tls"}},
				{"spec.pools[1].members[0]", "annotations", []string{"Secret y0", "Secret y-tls"}},
			},
		},
		{
			"for each value of a mapping", config.PodTemplate{Annotations: "spec.regions.*.annotations", Secrets: []string{"spec.regions.*.secret"}},
			[]reading{{"spec.regions.east", "annotations", []string{"Secret e"}}, {"spec.regions.west", "annotations", []string{"Secret w"}}},
		},
		{
			"beside pod templates", config.PodTemplate{Path: "spec.pools[].template", Secrets: []string{"spec.pools[].tls"}},
			[]reading{{"spec.pools[1].template", "metadata.annotations", []string{"Secret y-tls"}}},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			test.entry.Group, test.entry.Kind = "example.com", "Server"
			if diff := cmp.Diff(test.want, readings(t, test.entry, object)); diff != "" {
				t.Errorf("templates (-want +got):\n%s", diff)
			}
		})
	}
}

func TestADeclaredKindTakesThePlaceOfABuiltinOne(t *testing.T) {
	const prometheus = `apiVersion: monitoring.coreos.com/v1
kind: Prometheus
metadata: {name: a}
spec: {secrets: [a, b], web: {tls: c}}
`
	entry := config.PodTemplate{Group: "monitoring.coreos.com", Kind: "Prometheus", Annotations: "spec.podMetadata.annotations", Secrets: []string{"spec.web.tls"}}
	want := []reading{{"spec", "podMetadata.annotations", []string{"Secret c"}}}
	if diff := cmp.Diff(want, readings(t, entry, prometheus)); diff != "" {
		t.Errorf("templates (-want +got):\n%s", diff)
	}
	const job = "{apiVersion: batch/v1, kind: Job, metadata: {name: a}, spec: {template: {spec: {}}}}"
	found, err := workload.NewFinder([]config.PodTemplate{{Group: "batch", Kind: "Job", Path: "spec.template"}}, nil).Find(item(t, job))
	if err != nil || found.Rolls {
		t.Errorf("a declared Job rolls: %v, %v", found.Rolls, err)
	}
}

func TestPlacesOfAnotherForm(t *testing.T) {
	for entry, want := range map[string]string{
		"secrets: [spec.list]": "spec.list: expected a string, found a list",
		"secrets: [spec.map]":  "spec.map.name: expected a string, found a list",
		"podSpecs: [spec]":     "spec.containers: expected a list, found a mapping",
		"containers: [spec]":   "spec.env: expected a list, found a string",
	} {
		t.Run(entry, func(t *testing.T) {
			field, path, _ := strings.Cut(strings.TrimSuffix(entry, "]"), ": [")
			template := config.PodTemplate{Group: "example.com", Kind: "Server", Annotations: "spec.a"}
			switch field {
			case "secrets":
				template.Secrets = []string{path}
			case "podSpecs":
				template.PodSpecs = []string{path}
			case "containers":
				template.Containers = []string{path}
			}
			found, err := workload.NewFinder([]config.PodTemplate{template}, nil).Find(item(t,
				"{apiVersion: example.com/v1, kind: Server, metadata: {name: a}, spec: {list: [a], map: {name: [a]}, containers: {a: b}, env: a}}"))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := found.Templates[0].References(); err == nil || err.Error() != want {
				t.Errorf("the error is %v, not %s", err, want)
			}
		})
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
		{"a key that is mounted", "containers: [{volumeMounts: [{name: v, subPath: c}, {name: w}]}], volumes: [{name: v, secret: {secretName: s}}]", workload.Keys{Named: []string{"c"}}},
		{"keys that several containers mount", "containers: [{volumeMounts: [{name: v, subPath: c}]}], initContainers: [{volumeMounts: [{name: v, subPath: a.b}]}], volumes: [{name: v, secret: {secretName: s}}]", workload.Keys{Named: []string{"a.b", "c"}}},
		{"a key of a ConfigMap that is mounted", "containers: [{volumeMounts: [{name: v, subPath: c}]}], volumes: [{name: v, configMap: {name: s}}]", workload.Keys{Named: []string{"c"}}},
		{"a key of a projected volume that is mounted", "containers: [{volumeMounts: [{name: v, subPath: c}]}], volumes: [{name: v, projected: {sources: [{secret: {name: s}}]}}]", workload.Keys{Named: []string{"c"}}},
		{"a key and a whole volume that are mounted", "containers: [{volumeMounts: [{name: v, subPath: c}, {name: v}]}], volumes: [{name: v, secret: {secretName: s}}]", workload.Keys{All: true}},
		{"a key that is mounted, and a container that mounts all", "containers: [{volumeMounts: [{name: v, subPath: c}]}, {volumeMounts: [{name: v, subPath: ''}]}], volumes: [{name: v, secret: {secretName: s}}]", workload.Keys{All: true}},
		{"a key that a variable names", "containers: [{volumeMounts: [{name: v, subPathExpr: $(KEY)}]}], volumes: [{name: v, secret: {secretName: s}}]", workload.Keys{All: true}},
		{"a path that is no key", "containers: [{volumeMounts: [{name: v, subPath: ./c}]}], volumes: [{name: v, secret: {secretName: s}}]", workload.Keys{All: true}},
		{"a volume that nothing mounts", "containers: [{volumeMounts: [{name: w, subPath: c}]}], volumes: [{name: v, secret: {secretName: s}}]", workload.Keys{All: true}},
		{"items of a volume of which one is mounted", "containers: [{volumeMounts: [{name: v, subPath: p}]}], volumes: [{name: v, secret: {secretName: s, items: [{key: c, path: p}, {key: d, path: q}]}}]", workload.Keys{Named: []string{"c", "d"}}},
		{"a mounted key of a driver's volume", "containers: [{volumeMounts: [{name: v, subPath: c}]}], volumes: [{name: v, csi: {driver: d, nodePublishSecretRef: {name: s}}}]", workload.Keys{All: true}},
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
