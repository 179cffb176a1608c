// Package crds tests that the function leaves custom resources as the API server takes them:
// each golden output of a kind that the program knows is checked against the published
// definition (CRD), and no field of it is unknown there.
package crds

import (
	"compress/gzip"
	"encoding/json"
	"io"
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

// Definitions that may not be copied are read from a module. It holds those of Elastic's
// operator.
const (
	module    = "github.com/elastic/cloud-on-k8s/v3@v3.5.0"
	moduleSum = "h1:sR4oj+gNnwI9hgsKhBwjUlx+5F2T/kND40hrzaogtek="
	inModule  = "config/crds/v1/resources/*.yaml"
)

// undefined are the groups whose kinds are no custom resources, or have a definition that
// allows everything in a pod template.
var undefined = map[string]bool{"": true, "apps": true, "batch": true, "apps.openshift.io": true, "argoproj.io": true}

func TestOutputsAreWhatTheDefinitionsAllow(t *testing.T) {
	definitions := readDefinitions(t)
	outputs, err := filepath.Glob("../../fn/testdata/kinds/*/output.yaml")
	if err != nil || len(outputs) == 0 {
		t.Fatalf("there are no outputs: %v", err)
	}
	used := map[string]bool{}
	for _, path := range outputs {
		t.Run(filepath.Base(filepath.Dir(path)), func(t *testing.T) {
			object := readObject(t, path)
			kind := object.GroupVersionKind()
			if undefined[kind.Group] {
				t.Skip("it has no definition")
			}
			definition := definitions[kind.GroupKind().String()]
			if definition == nil {
				t.Fatal("there is no definition of the kind in testdata")
			}
			used[kind.GroupKind().String()] = true
			check(t, definition, object)
		})
	}
	for name := range definitions {
		if !used[name] && !strings.Contains(name, "k8s.elastic.co") {
			t.Errorf("no output is of the kind %s, which is defined in testdata", name)
		}
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
	add := func(text []byte) {
		var published v1.CustomResourceDefinition
		if err := yaml.Unmarshal(text, &published); err != nil {
			t.Fatal(err)
		}
		if published.Kind != "CustomResourceDefinition" {
			return
		}
		definition := &apiextensions.CustomResourceDefinition{}
		if err := v1.Convert_v1_CustomResourceDefinition_To_apiextensions_CustomResourceDefinition(&published, definition, nil); err != nil {
			t.Fatal(err)
		}
		definitions[published.Spec.Names.Kind+"."+published.Spec.Group] = definition
	}
	for _, path := range files(t, "testdata/*.json.gz") {
		add(unzipped(t, path))
	}
	for _, path := range files(t, filepath.Join(download(t), inModule)) {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		add(text)
	}
	return definitions
}

func files(t *testing.T, pattern string) []string {
	t.Helper()
	paths, err := filepath.Glob(pattern)
	if err != nil || len(paths) == 0 {
		t.Fatalf("there is nothing at %s: %v", pattern, err)
	}
	return paths
}

func unzipped(t *testing.T, path string) []byte {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	reader, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(reader)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// download returns the folder of the module.
func download(t *testing.T) string {
	t.Helper()
	output, err := exec.CommandContext(t.Context(), "go", "mod", "download", "-json", module).Output()
	if err != nil {
		t.Fatalf("%s is not to be had: %v\n%s", module, err, output)
	}
	var downloaded struct{ Dir, Sum string }
	if err := json.Unmarshal(output, &downloaded); err != nil {
		t.Fatal(err)
	}
	if downloaded.Sum != moduleSum {
		t.Fatalf("%s is another one: %s", module, downloaded.Sum)
	}
	return downloaded.Dir
}
