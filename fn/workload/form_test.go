package workload_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/proompteng/checksum-annotator/config"
	"github.com/proompteng/checksum-annotator/fn/manifest"
	"github.com/proompteng/checksum-annotator/fn/workload"
)

func TestPlacesTellHowPodsSeeASource(t *testing.T) {
	for name, test := range map[string]struct{ podSpec, want string }{
		"a variable":              {`containers: [{name: c, env: [{name: A, valueFrom: {secretKeyRef: {name: s, key: k}}}]}]`, "env"},
		"a variable at the start": {`initContainers: [{name: c, env: [{name: A, valueFrom: {secretKeyRef: {name: s, key: k}}}]}]`, "env"},
		"all variables":           {`containers: [{name: c, envFrom: [{secretRef: {name: s}}]}]`, "envFrom"},
		"an optional one":         {`containers: [{name: c, envFrom: [{secretRef: {name: s, optional: true}}]}]`, "envFrom optional"},
		"a demanded one":          {`containers: [{name: c, envFrom: [{secretRef: {name: s, optional: false}}]}]`, "envFrom"},
		"files":                   {`volumes: [{name: v, secret: {secretName: s}}], containers: [{name: c, volumeMounts: [{name: v, mountPath: /x}]}]`, "file"},
		"optional files":          {`volumes: [{name: v, secret: {secretName: s, optional: true}}]`, "file optional"},
		"projected files":         {`volumes: [{name: w, emptyDir: {}}, {name: v, projected: {sources: [{secret: {name: s}}]}}], containers: [{name: c, volumeMounts: [{name: v, mountPath: /x}, {name: w, mountPath: /y, subPath: z}]}]`, "file"},
		"one file":                {`volumes: [{name: v, secret: {secretName: s}}], containers: [{name: c, volumeMounts: [{name: v, mountPath: /x, subPath: k}]}]`, "subPath"},
		"one file by expression":  {`volumes: [{name: v, secret: {secretName: s}}], containers: [{name: c, volumeMounts: [{name: v, mountPath: /x, subPathExpr: $(K)}]}]`, "subPath"},
		"all files and one":       {`volumes: [{name: v, secret: {secretName: s}}], containers: [{name: c, volumeMounts: [{name: v, mountPath: /x}]}, {name: d, volumeMounts: [{name: v, mountPath: /x, subPath: k}]}]`, "subPath"},
		"files at the start":      {`volumes: [{name: v, secret: {secretName: s}}], containers: [{name: d}], initContainers: [{name: c, volumeMounts: [{name: v, mountPath: /x}]}]`, "init"},
		"a driver's credentials":  {`volumes: [{name: v, azureFile: {secretName: s, shareName: x}}], containers: [{name: c, volumeMounts: [{name: v, mountPath: /x}]}]`, "driver"},
		"a mounted class":         {`volumes: [{name: v, csi: {driver: d, volumeAttributes: {secretProviderClass: s}}}]`, "driver"},
	} {
		t.Run(name, func(t *testing.T) {
			template := templateOf(t, test.podSpec)
			places, err := template.References()
			if err != nil || len(places) != 1 {
				t.Fatal(places, err)
			}
			form, err := places[0].Form()
			if err != nil {
				t.Fatal(err)
			}
			got := string(form)
			if places[0].Optional() {
				got += " optional"
			}
			if got != test.want {
				t.Errorf("want %s, got %s", test.want, got)
			}
		})
	}
}

func TestFragmentsAreWhatPodsAreMadeOf(t *testing.T) {
	got, err := templateOf(t, `containers: [{name: c}]`).Fragments()
	if err != nil {
		t.Fatal(err)
	}
	want := []workload.Fragment{{Path: "spec.template", Value: map[string]any{"spec": map[string]any{"containers": []any{map[string]any{"name": "c"}}}}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestFragmentsOfACustomResource(t *testing.T) {
	input := "apiVersion: example.com/v1\nkind: App\nmetadata: {name: a}\nspec: {replicas: 2, podAnnotations: {a: b}, secrets: [s], sidecars: [{name: c, envFrom: [{configMapRef: {name: m}}]}]}\n"
	list, err := manifest.ReadStream([]byte(input), workload.Shape())
	if err != nil {
		t.Fatal(err)
	}
	items, _ := list.Items([]string{"App"})
	found, err := workload.NewFinder([]config.PodTemplate{{
		Group: "example.com", Kind: "App", Annotations: "spec.podAnnotations", Secrets: []string{"spec.secrets[]"}, Containers: []string{"spec.sidecars[]"},
	}}, nil).Find(items[0])
	if err != nil || len(found.Templates) != 1 {
		t.Fatal(found, err)
	}
	fragments, err := found.Templates[0].Fragments()
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, fragment := range fragments {
		paths = append(paths, fragment.Path)
	}
	if diff := cmp.Diff([]string{"spec.podAnnotations", "spec.sidecars[0]", "spec.secrets[0]"}, paths); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	places, err := found.Templates[0].References()
	if err != nil {
		t.Fatal(err)
	}
	var forms []workload.Form
	for _, place := range places {
		form, err := place.Form()
		if err != nil || place.Optional() {
			t.Error(place, err)
		}
		forms = append(forms, form)
	}
	if diff := cmp.Diff([]workload.Form{workload.EnvFrom, workload.Custom}, forms); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func templateOf(t *testing.T, podSpec string) workload.Template {
	t.Helper()
	input := fmt.Sprintf("apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: w}\nspec: {template: {spec: {%s}}}\n", podSpec)
	list, err := manifest.ReadStream([]byte(input), workload.Shape())
	if err != nil {
		t.Fatal(err)
	}
	items, _ := list.Items([]string{"Deployment"})
	found, err := workload.NewFinder(nil, nil).Find(items[0])
	if err != nil {
		t.Fatal(err)
	}
	return found.Templates[0]
}
