package examples

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the expected outputs of the examples")

// Each expected.yaml is what the kustomization beside it renders to: that of the
// example, or of one of its overlays.
func TestExampleRendersAsExpected(t *testing.T) {
	findFunctionByName(t)
	for _, path := range expectedOutputs(t) {
		dir := filepath.Dir(path)
		t.Run(dir, func(t *testing.T) {
			if usesImage(t, dir) {
				needImage(t)
			}
			if usesHelm(t, dir) && tool(t, "helm-3.15.4") == "" {
				t.Skip("NOT TESTED: this example needs helm")
			}
			for _, kustomize := range kustomizes(t) {
				output, err := kustomize.build(dir)
				if err != nil {
					t.Fatalf("kustomize %s: %v", kustomize.name, err)
				}
				golden(t, path, output)
			}
		})
	}
}

func expectedOutputs(t *testing.T) []string {
	t.Helper()
	var found []string
	for _, pattern := range []string{"*/expected.yaml", "*/overlays/*/expected.yaml"} {
		paths, err := filepath.Glob(pattern)
		if err != nil || len(paths) == 0 {
			t.Fatalf("there are no examples %s: %v", pattern, err)
		}
		found = append(found, paths...)
	}
	return found
}

// findFunctionByName puts the function on the search path.
func findFunctionByName(t *testing.T) {
	t.Helper()
	t.Setenv("PATH", absolute(t, filepath.Dir(functionPath))+string(filepath.ListSeparator)+os.Getenv("PATH"))
}

func usesImage(t *testing.T, dir string) bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return slices.ContainsFunc(files, func(path string) bool { return strings.Contains(read(t, path), image) })
}

func usesHelm(t *testing.T, dir string) bool {
	t.Helper()
	charts, err := filepath.Glob(filepath.Join(dir, "base", "charts"))
	if err != nil {
		t.Fatal(err)
	}
	return len(charts) > 0
}

// A change of the Secret changes one line of each workload that uses it, beside
// the Secret itself; switching the function off takes the lines away.
func TestQuickstartFollowsItsSecret(t *testing.T) {
	files := map[string]string{}
	for _, name := range []string{"kustomization.yaml", "secret.yaml", "deployment.yaml", "rollout-checksums.yaml"} {
		files[name] = read(t, filepath.Join("quickstart", name))
	}
	files["rollout-checksums.yaml"] = strings.Replace(files["rollout-checksums.yaml"], "../../bin/checksum-annotator", absolute(t, functionPath), 1)

	build := func(file, old, replacement string) string {
		t.Helper()
		changed := map[string]string{}
		for name, content := range files {
			changed[name] = content
		}
		if !strings.Contains(changed[file], old) {
			t.Fatalf("%s has no %q", file, old)
		}
		changed[file] = strings.Replace(changed[file], old, replacement, 1)
		output, err := buildWithLibrary(write(t, changed))
		if err != nil {
			t.Fatal(err)
		}
		return output
	}

	before := build("secret.yaml", "shop@db", "shop@db")
	if changed := changedLines(before, build("secret.yaml", "shop@db", "shop2@db")); !cmp.Equal(changed, []string{
		"uri", "checksum/secret.database",
	}) {
		t.Errorf("a change of the Secret changed the lines %q", changed)
	}
	if changed := changedLines(before, build("deployment.yaml", "shop:1.0", "shop:1.1")); !cmp.Equal(changed, []string{"image"}) {
		t.Errorf("a change of the Deployment changed the lines %q", changed)
	}
	if off := build("rollout-checksums.yaml", "enabled: true", "enabled: false"); strings.Contains(off, "checksum/") {
		t.Errorf("a disabled function left checksums:\n%s", off)
	}
}

// changedLines returns the keys of the lines that differ.
func changedLines(before, after string) []string {
	old, current := strings.Split(before, "\n"), strings.Split(after, "\n")
	if len(old) != len(current) {
		return []string{"the number of lines"}
	}
	var changed []string
	for i := range old {
		if old[i] != current[i] {
			key, _, _ := strings.Cut(strings.TrimSpace(current[i]), ": ")
			changed = append(changed, key)
		}
	}
	return changed
}

// What the contract promises to operators: stock tools give the same checksum.
func TestChecksumOfARenderedSecretIsThatOfJQ(t *testing.T) {
	jq := program(t, "jq")
	all := objects(t, read(t, "agents/expected.yaml"))
	secret, err := json.Marshal(find(t, all, "Secret", "agents-github-token-env"))
	if err != nil {
		t.Fatal(err)
	}
	command := exec.Command("sh", "-c", jq+` -cjS '{data: (.data // {}), binaryData: (.binaryData // {})}' | sha256sum`)
	command.Stdin = bytes.NewReader(secret)
	output, err := command.Output()
	if err != nil {
		t.Fatal(err)
	}
	got := checksums(find(t, all, "Deployment", "agents"))["checksum/secret.agents-github-token-env"]
	if want, _, _ := strings.Cut(string(output), " "); got != want {
		t.Errorf("the checksum is %s, that of jq %s", got, want)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}
