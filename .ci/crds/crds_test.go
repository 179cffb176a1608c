// Package crds tests that the function leaves custom resources as the API server takes them:
// each golden output of a kind that the program knows is checked against the published
// definition (CRD), and no field of it is unknown there.
package crds

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	v1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
)

// A source is a Go module that holds published definitions.
type source struct{ module, sum, files string }

var sources = []source{
	{"github.com/prometheus-operator/prometheus-operator@v0.93.0", "h1:AohlYJT+En8TmNpAcEUJ3GsaJTAqfEBwHmGTVpRm/Io=", "example/prometheus-operator-crd/*.yaml"},
	{"github.com/VictoriaMetrics/operator@v0.74.1", "h1:NyGPEt1HlrwpF9zSqdcrrBaxI2uUfndNppOCmlDrZhc=", "config/crd/overlay/crd.descriptionless.yaml"},
	{"github.com/elastic/cloud-on-k8s/v3@v3.5.0", "h1:sR4oj+gNnwI9hgsKhBwjUlx+5F2T/kND40hrzaogtek=", "config/crds/v1/resources/*.yaml"},
	{"github.com/ray-project/kuberay/ray-operator@v1.5.0", "h1:KCjCQ7PSsvs9Ke+90CZbbs498nuaIJ/JkXk4vd54EVg=", "config/crd/bases/*.yaml"},
	{"knative.dev/serving@v0.50.0", "h1:9XUQq2yqUPN1YZUuGH6nF8IMvuumNvGXzCrSTYu44bA=", "config/core/300-resources/*.yaml"},
}

// elsewhere are the groups whose definitions stand in no Go module: those in a folder that
// the environment variable CRDS names are used.
var elsewhere = map[string]bool{
	"actions.github.com": true, "actions.summerwind.dev": true, "apps.kruise.io": true, "flink.apache.org": true,
	"k8s.mariadb.com": true, "kafka.strimzi.io": true, "leaderworkerset.x-k8s.io": true, "opentelemetry.io": true,
	"serving.kserve.io": true,
}

// undefined are the groups whose kinds are no custom resources, or have a definition that
// allows everything in a pod template.
var undefined = map[string]bool{"": true, "apps": true, "batch": true, "apps.openshift.io": true, "argoproj.io": true}

func TestOutputsAreWhatTheDefinitionsAllow(t *testing.T) {
	definitions := readDefinitions(t)
	outputs, err := filepath.Glob("../../fn/testdata/kinds/*/output.yaml")
	if err != nil || len(outputs) == 0 {
		t.Fatalf("there are no outputs: %v", err)
	}
	var unchecked []string
	for _, path := range outputs {
		object := readObject(t, path)
		kind := object.GroupVersionKind()
		definition := definitions[kind.GroupKind().String()]
		switch {
		case undefined[kind.Group]:
			continue
		case definition == nil && elsewhere[kind.Group] && os.Getenv("CRDS") == "":
			unchecked = append(unchecked, filepath.Base(filepath.Dir(path)))
			continue
		}
		t.Run(filepath.Base(filepath.Dir(path)), func(t *testing.T) {
			if definition == nil {
				t.Fatal("there is no definition of the kind")
			}
			check(t, definition, object)
		})
	}
	if len(unchecked) > 0 {
		fmt.Printf("not checked, since CRDS names no folder with their definitions: %s\n", strings.Join(unchecked, ", "))
	}
}

// What the test refuses, the API server refuses.
func TestUnknownFieldsAreRefused(t *testing.T) {
	definition := readDefinitions(t)["Prometheus.monitoring.coreos.com"]
	object := readObject(t, "../../fn/testdata/kinds/prometheus/output.yaml")
	if problems := problems(t, definition, object); len(problems) > 0 {
		t.Fatal(problems)
	}
	if err := unstructured.SetNestedField(object.Object, "x", "spec", "metadata", "annotations", "checksum/secret.a"); err != nil {
		t.Fatal(err)
	}
	if problems := problems(t, definition, object); len(problems) != 1 {
		t.Errorf("the problems with an unknown field are %q", problems)
	}
}

func check(t *testing.T, definition *apiextensions.CustomResourceDefinition, object *unstructured.Unstructured) {
	t.Helper()
	for _, problem := range problems(t, definition, object) {
		t.Error(problem)
	}
}

// problems returns what is wrong with an object, and which of its fields are unknown.
func problems(t *testing.T, definition *apiextensions.CustomResourceDefinition, object *unstructured.Unstructured) (all []string) {
	t.Helper()
	properties, err := apiextensions.GetSchemaForVersion(definition, object.GroupVersionKind().Version)
	if err != nil || properties == nil {
		t.Fatalf("there is no schema of the version %s: %v", object.GroupVersionKind().Version, err)
	}
	structural, err := schema.NewStructural(properties.OpenAPIV3Schema)
	if err != nil {
		t.Fatal(err)
	}
	object = object.DeepCopy()
	options := schema.UnknownFieldPathOptions{TrackUnknownFieldPaths: true}
	for _, path := range pruning.PruneWithOptions(object.Object, structural, true, options) {
		all = append(all, "unknown field: "+path)
	}
	defaulting.Default(object.Object, structural)
	validator, _, err := validation.NewSchemaValidator(properties.OpenAPIV3Schema)
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range validation.ValidateCustomResource(nil, object.Object, validator) {
		all = append(all, err.Error())
	}
	return all
}

func readObject(t *testing.T, path string) *unstructured.Unstructured {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	object := &unstructured.Unstructured{}
	if err := yaml.Unmarshal(text, &object.Object); err != nil {
		t.Fatal(err)
	}
	return object
}

// readDefinitions returns the definitions of kinds, by kind and group.
func readDefinitions(t *testing.T) map[string]*apiextensions.CustomResourceDefinition {
	t.Helper()
	definitions := map[string]*apiextensions.CustomResourceDefinition{}
	for _, source := range sources {
		for _, path := range files(t, filepath.Join(download(t, source), source.files)) {
			add(t, definitions, path)
		}
	}
	if folder := os.Getenv("CRDS"); folder != "" {
		for _, path := range files(t, filepath.Join(folder, "*")) {
			add(t, definitions, path)
		}
	}
	return definitions
}

// add adds the definitions in a file.
func add(t *testing.T, definitions map[string]*apiextensions.CustomResourceDefinition, path string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for document := range strings.SplitSeq(string(text), "\n---") {
		var published v1.CustomResourceDefinition
		if err := yaml.Unmarshal([]byte(document), &published); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		if published.Kind != "CustomResourceDefinition" {
			continue
		}
		definition := &apiextensions.CustomResourceDefinition{}
		if err := v1.Convert_v1_CustomResourceDefinition_To_apiextensions_CustomResourceDefinition(&published, definition, nil); err != nil {
			t.Fatal(err)
		}
		definitions[published.Spec.Names.Kind+"."+published.Spec.Group] = definition
	}
}

func files(t *testing.T, pattern string) []string {
	t.Helper()
	paths, err := filepath.Glob(pattern)
	if err != nil || len(paths) == 0 {
		t.Fatalf("there is nothing at %s: %v", pattern, err)
	}
	return paths
}

// download returns the folder of the module of a source.
func download(t *testing.T, from source) string {
	t.Helper()
	output, err := exec.CommandContext(t.Context(), "go", "mod", "download", "-json", from.module).Output()
	if err != nil {
		t.Fatalf("%s is not to be had: %v\n%s", from.module, err, output)
	}
	var downloaded struct{ Dir, Sum string }
	if err := json.Unmarshal(output, &downloaded); err != nil {
		t.Fatal(err)
	}
	if downloaded.Sum != from.sum {
		t.Fatalf("%s is another one: %s", from.module, downloaded.Sum)
	}
	return downloaded.Dir
}
