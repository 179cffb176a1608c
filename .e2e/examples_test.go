package e2e

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestTheAPIServerAcceptsTheExamples(t *testing.T) {
	define(t)
	files := append(examples(t), kinds(t)...)
	for _, namespace := range namespaces(t, files) {
		manifest := "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: " + namespace + "\n"
		mustKubectl(t, manifest, "apply", "-f", "-")
	}
	for _, file := range files {
		t.Run(file, func(t *testing.T) {
			sent := read(t, file)
			if strings.Contains(sent, "\nsops:") {
				t.Skip("it is decrypted on its way to the API server")
			}
			accepted := mustKubectl(t, sent, "create", "--dry-run=server", "--validate=strict", "--output", "yaml", "-f", "-")
			want := checksums(sent)
			if got := checksums(accepted); !slices.Equal(got, want) {
				t.Errorf("annotations of the objects that the API server has: %q, want %q", got, want)
			}
		})
	}
}

func mustKubectl(t *testing.T, stdin string, args ...string) string {
	t.Helper()
	output, err := plane.Kubectl(stdin, args...)
	if err != nil {
		t.Fatal(err)
	}
	return output
}

// define tells the API server of the custom resources: those of Argo CD, those whose
// definitions are in the folder CRDS, and the rest, of whose fields nothing is said.
func define(t *testing.T) {
	t.Helper()
	definitions := []string{read(t, "testdata/definitions.yaml"), read(t, filepath.Join(programs, "application-crd.yaml"))}
	for _, file := range published(t) {
		definitions = append(definitions, read(t, file))
	}
	for _, definition := range definitions {
		if err := plane.Define(definition); err != nil {
			t.Fatal(err)
		}
	}
}

// published returns the files GROUP_KIND.json with definitions of workloads, in the folder
// that the environment variable CRDS names, if it names one.
func published(t *testing.T) []string {
	t.Helper()
	folder := os.Getenv("CRDS")
	if folder == "" {
		return nil
	}
	files, err := filepath.Glob(filepath.Join(folder, "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("there are no definitions in %s: %v", folder, err)
	}
	return files
}

// examples returns the files with what the function makes of the examples.
func examples(t *testing.T) (files []string) {
	t.Helper()
	err := filepath.WalkDir("../examples", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		if name := entry.Name(); name == "expected.yaml" || strings.HasPrefix(name, "rendered-") {
			files = append(files, path)
		}
		return nil
	})
	if err != nil || len(files) == 0 {
		t.Fatalf("there are no examples: %v", err)
	}
	return files
}

// kinds returns the files with what the function makes of those kinds of workloads whose
// definitions are in the folder CRDS.
func kinds(t *testing.T) (files []string) {
	t.Helper()
	outputs, err := filepath.Glob("../fn/testdata/kinds/*/output.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, definition := range published(t) {
		group, kind, _ := strings.Cut(strings.TrimSuffix(filepath.Base(definition), ".json"), "_")
		object := regexp.MustCompile(fmt.Sprintf(`(?s)^apiVersion: %s/[^\n]*\nkind: %s\n`, regexp.QuoteMeta(group), kind))
		of := slices.IndexFunc(outputs, func(file string) bool { return object.MatchString(read(t, file)) })
		if of < 0 {
			t.Fatalf("no output is of the kind %s of %s", kind, group)
		}
		files = append(files, outputs[of])
	}
	return files
}

// namespaces returns those that the objects in files are for.
func namespaces(t *testing.T, files []string) (names []string) {
	t.Helper()
	line := regexp.MustCompile(`(?m)^  namespace: (\S+)$`)
	for _, file := range files {
		for _, match := range line.FindAllStringSubmatch(read(t, file), -1) {
			names = append(names, match[1])
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// checksums returns the annotations with checksums in a text, sorted.
func checksums(text string) []string {
	found := regexp.MustCompile(`checksum/\S+: \S+`).FindAllString(strings.NewReplacer(`"`, "", "'", "").Replace(text), -1)
	slices.Sort(found)
	return found
}
