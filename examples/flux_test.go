package examples

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"
)

// What is committed for Flux is what it takes: built with its own code, and with kustomize.
func TestFluxBuildsTheExamples(t *testing.T) {
	clients := kustomizes(t)
	if path := tool(t, fluxBuild); path != "" {
		root := absolute(t, "..")
		clients = append(clients, kustomize{"flux", func(dir string) (string, error) {
			return buildPlainly(path, root, filepath.Join(root, "examples", dir))
		}})
	}
	for _, dir := range []string{"flux/shop", "flux/release"} {
		for _, client := range clients {
			output, err := client.build(dir)
			if err != nil {
				t.Fatalf("%s: %v", client.name, err)
			}
			if client.name == "library" {
				golden(t, filepath.Join(dir, "expected.yaml"), output)
			}
			if diff := cmp.Diff(byName(objects(t, read(t, filepath.Join(dir, "expected.yaml")))), byName(objects(t, output))); diff != "" {
				t.Errorf("%s: %s (-want +got):\n%s", dir, client.name, diff)
			}
		}
	}
}

func TestFluxRunsNoFunction(t *testing.T) {
	path := tool(t, fluxBuild)
	if path == "" {
		t.Skip("NOT TESTED: a tool is missing")
	}
	root := absolute(t, "..")
	_, err := buildPlainly(path, root, filepath.Join(root, "examples", "quickstart"))
	if err == nil || !strings.Contains(err.Error(), "external plugins disabled") {
		t.Errorf("the error is %v", err)
	}
}

// The post-renderer of a HelmRelease is a kustomization of what the chart renders to
// (helm-controller builds one of the same fields): it annotates as the function does.
func TestPostRendererOfTheHelmRelease(t *testing.T) {
	helm, flux := tool(t, "helm-3.15.4"), tool(t, fluxBuild)
	if helm == "" || flux == "" {
		t.Skip("NOT TESTED: a tool is missing")
	}
	release := find(t, objects(t, read(t, "flux/release/expected.yaml")), "HelmRelease", "shop")
	renderers, _ := release.at("spec", "postRenderers").([]any)
	if len(renderers) != 1 {
		t.Fatalf("the post-renderers are %v", renderers)
	}
	settings := object(renderers[0].(map[string]any)).at("kustomize").(map[string]any)
	settings["resources"] = []string{"all.yaml"}
	kustomization, err := yaml.Marshal(settings)
	if err != nil {
		t.Fatal(err)
	}
	rendered, err := buildPlainly(helm, "template", "shop", "helm-post-renderer/chart", "--set", "settings.currency="+
		release.text("spec", "values", "settings", "currency"))
	if err != nil {
		t.Fatal(err)
	}
	dir := write(t, map[string]string{"kustomization.yaml": string(kustomization), "all.yaml": rendered, "rendered.yaml": rendered})
	got, err := buildPlainly(flux, dir, dir)
	if err != nil {
		t.Fatal(err)
	}
	want, err := buildPlainly(functionPath, "annotate", "-c", "flux/release/rollout-checksums.yaml", filepath.Join(dir, "rendered.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(byName(objects(t, want)), byName(objects(t, got))); diff != "" || !strings.Contains(got, "checksum/") {
		t.Errorf("(-with the function +with the post-renderer):\n%s", diff)
	}
}
