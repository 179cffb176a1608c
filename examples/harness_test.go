// Package examples runs each example as its README says, and the function inside
// real kustomizations of every shape.
package examples

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/yaml"
)

// The examples call the function at this path, as "make build" leaves it.
const functionPath = "../bin/checksum-annotator"

func TestMain(m *testing.M) {
	build := exec.Command("go", "build", "-o", functionPath, "..")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if output, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "cannot build the function: %v\n%s", err, output)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// A kustomize is an implementation of "kustomize build" with functions and Helm.
type kustomize struct {
	name  string
	build func(dir string) (output string, err error)
}

// kustomizes returns the library at the version in go.mod, and those commands
// that are installed.
func kustomizes(t *testing.T) []kustomize {
	t.Helper()
	found := []kustomize{{"library", buildWithLibrary}}
	for _, version := range []string{"5.8.2", "5.4.3"} {
		if path := tool(t, "kustomize-"+version); path != "" {
			found = append(found, kustomize{version, func(dir string) (string, error) { return buildWithCommand(path, dir) }})
		}
	}
	return found
}

func buildWithLibrary(dir string) (string, error) {
	options := krusty.MakeDefaultOptions()
	options.Reorder = krusty.ReorderOptionLegacy // the default of the command
	options.PluginConfig = types.EnabledPluginConfig(types.BploUseStaticallyLinked)
	options.PluginConfig.FnpLoadingOptions.EnableExec = true
	options.PluginConfig.HelmConfig.Command, _ = findTool("helm-3.15.4")
	built, err := krusty.MakeKustomizer(options).Run(filesys.MakeFsOnDisk(), dir)
	if err != nil {
		return "", err
	}
	output, err := built.AsYaml()
	return string(output), err
}

func buildWithCommand(path, dir string) (string, error) {
	helm, _ := findTool("helm-3.15.4")
	command := exec.Command(path, "build", "--enable-alpha-plugins", "--enable-exec", "--enable-helm", "--helm-command", helm, dir)
	stdout, stderr, err := capture(command)
	if err != nil {
		return "", fmt.Errorf("%w: %s", err, stderr)
	}
	return stdout, nil
}

// tool returns the path of a tool that "make tools" installs. Without it, CI
// fails, and anyone else learns what is not tested.
func tool(t *testing.T, name string) string {
	t.Helper()
	path, ok := findTool(name)
	switch {
	case ok:
		return path
	case os.Getenv("CI") == "true":
		t.Fatalf("%s is missing: run make tools", name)
	default:
		t.Logf("NOT TESTED with %s, which is missing: run make tools", name)
	}
	return ""
}

func findTool(name string) (path string, ok bool) {
	path, err := filepath.Abs(filepath.Join("../bin/tools", name))
	if err != nil {
		return "", false
	}
	_, err = os.Stat(path)
	return path, err == nil
}

// program returns the path of a program that a machine has or has not. Without it,
// CI fails, and anyone else learns what is not tested.
func program(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	switch {
	case err == nil:
	case os.Getenv("CI") == "true":
		t.Fatalf("%s is missing", name)
	default:
		t.Skipf("NOT TESTED: %s is missing", name)
	}
	return path
}

// The examples call the function in this image, as "make image" leaves it.
const image = "proompteng/checksum-annotator:latest"

// needImage makes sure that the image is there. Without it, CI fails, and anyone else
// learns what is not tested.
func needImage(t *testing.T) {
	t.Helper()
	err := exec.Command(program(t, "docker"), "image", "inspect", image).Run()
	switch {
	case err == nil:
	case os.Getenv("CI") == "true":
		t.Fatalf("the image %s is missing: run make image", image)
	default:
		t.Skipf("NOT TESTED: the image %s is missing: run make image", image)
	}
}

// golden compares what a run gave with a file of expected output.
func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(read(t, path), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

// workshop returns a folder with a copy of the examples, where a test may change files,
// beside the program that they call.
func workshop(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "examples"), os.DirFS(".")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(absolute(t, filepath.Dir(functionPath)), filepath.Join(dir, "bin")); err != nil {
		t.Fatal(err)
	}
	return dir
}

// capture runs a command, and returns what it prints and how it ends.
func capture(command *exec.Cmd) (stdout, stderr string, err error) {
	var output, errors bytes.Buffer
	command.Stdout, command.Stderr = &output, &errors
	err = command.Run()
	return output.String(), errors.String(), err
}

func absolute(t *testing.T, path string) string {
	t.Helper()
	absolute, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return absolute
}

// edit replaces a text that a file has, as often as given; less than 0 is everywhere.
func edit(t *testing.T, path, old, replacement string, times int) {
	t.Helper()
	content := read(t, path)
	if !strings.Contains(content, old) {
		t.Fatalf("%s has no %q", path, old)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(content, old, replacement, times)), 0o600); err != nil {
		t.Fatal(err)
	}
}

// write makes a folder with the given files.
func write(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		writeFile(t, filepath.Join(dir, name), content)
	}
	return dir
}

// writeFile writes a file, and makes the folders above it.
func writeFile(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// An object is a Kubernetes object as generic values.
type object map[string]any

func (o object) at(fields ...string) any {
	var value any = map[string]any(o)
	for _, field := range fields {
		mapping, _ := value.(map[string]any)
		value = mapping[field]
	}
	return value
}

func (o object) text(fields ...string) string {
	text, _ := o.at(fields...).(string)
	return text
}

// texts returns a mapping of strings.
func (o object) texts(fields ...string) map[string]string {
	texts := map[string]string{}
	mapping, _ := o.at(fields...).(map[string]any)
	for key, value := range mapping {
		texts[key], _ = value.(string)
	}
	return texts
}

func (o object) namespace() string {
	if namespace := o.text("metadata", "namespace"); namespace != "" {
		return namespace
	}
	return "default"
}

func objects(t *testing.T, stream string) []object {
	t.Helper()
	var found []object
	for _, document := range strings.Split("\n"+stream, "\n---\n") {
		var parsed object
		if err := yaml.Unmarshal([]byte(document), &parsed); err != nil {
			t.Fatal(err)
		}
		if parsed != nil {
			found = append(found, parsed)
		}
	}
	return found
}

func find(t *testing.T, objects []object, kind, name string) object {
	t.Helper()
	for _, candidate := range objects {
		if candidate.text("kind") == kind && candidate.text("metadata", "name") == name {
			return candidate
		}
	}
	t.Fatalf("there is no %s %s in the output", kind, name)
	return nil
}

// checksums returns the annotations of a pod template.
func checksums(workload object) map[string]string {
	return workload.texts("spec", "template", "metadata", "annotations")
}

// addedLines returns the lines that after has and before has not. It fails the test
// unless all lines of before are there, in their order.
func addedLines(t *testing.T, before, after string) []string {
	t.Helper()
	var added []string
	rest := strings.Split(before, "\n")
	for _, line := range strings.Split(after, "\n") {
		if len(rest) > 0 && line == rest[0] {
			rest = rest[1:]
			continue
		}
		added = append(added, strings.TrimSpace(line))
	}
	if len(rest) > 0 {
		t.Errorf("lines are gone or elsewhere, from %q (-want +got):\n%s", rest[0], cmp.Diff(before, after))
	}
	return added
}
