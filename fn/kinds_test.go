package fn_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/proompteng/checksum-annotator/fn"
	"github.com/proompteng/checksum-annotator/fn/report"
)

// Each folder in testdata/kinds holds an object of a kind that the program knows, as its
// operator or API takes it, and what the function makes of it. Its pods read what has a
// name like secret-env or config-env; what is named like unread-ca does not make them
// restart. All of these are on the allowlist.
func TestKinds(t *testing.T) {
	inputs, err := filepath.Glob("testdata/kinds/*/input.yaml")
	if err != nil || len(inputs) == 0 {
		t.Fatalf("there are no kinds: %v", err)
	}
	for _, path := range inputs {
		dir := filepath.Dir(path)
		t.Run(filepath.Base(dir), func(t *testing.T) {
			input, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			read := map[string]bool{}
			functionConfig := configFor(string(input), read)
			output, results := fn.AnnotateStream(input, functionConfig)
			for _, result := range results {
				if result.Severity != report.Info {
					t.Error(result.Line())
				}
			}
			golden(t, filepath.Join(dir, "output.yaml"), string(output.Bytes()))
			set := map[string]bool{}
			for _, match := range regexp.MustCompile(`checksum/(secret|configmap)\.[a-z-]+`).FindAllString(string(output.Bytes()), -1) {
				set[match] = true
			}
			if diff := cmp.Diff(slices.Sorted(maps.Keys(read)), slices.Sorted(maps.Keys(set))); diff != "" {
				t.Errorf("annotations (-want +got):\n%s", diff)
			}
			if again, _ := fn.AnnotateStream(output.Bytes(), functionConfig); string(again.Bytes()) != string(output.Bytes()) {
				t.Error("a second run changes the output")
			}
			if kept := without(string(output.Bytes()), "checksum/"); !isSubsequence(strings.Split(string(input), "\n"), kept) {
				t.Error("the output is not the input with lines added")
			}
		})
	}
}

// configFor returns a functionConfig that allows all that an object names, and adds the
// annotations that its pods should have to read.
func configFor(object string, read map[string]bool) any {
	lists := map[string][]any{}
	for _, match := range regexp.MustCompile(`\b(secret|config|unread)-[a-z-]+`).FindAllStringSubmatch(object, -1) {
		entry := map[string]any{"name": match[0], "checksum": sha256Of(match[0])}
		kinds := map[string][]string{"secret": {"secrets"}, "config": {"configMaps"}, "unread": {"secrets", "configMaps"}}[match[1]]
		for _, kind := range kinds {
			if !slices.ContainsFunc(lists[kind], func(other any) bool { return cmp.Equal(other, any(entry)) }) {
				lists[kind] = append(lists[kind], entry)
			}
		}
		switch match[1] {
		case "secret":
			read["checksum/secret."+match[0]] = true
		case "config":
			read["checksum/configmap."+match[0]] = true
		}
	}
	return map[string]any{
		"apiVersion": "checksum.proompteng.ai/v1alpha1", "kind": "ChecksumAnnotator", "metadata": map[string]any{"name": "kinds"},
		"spec": map[string]any{"enabled": true, "secrets": lists["secrets"], "configMaps": lists["configMaps"]},
	}
}

// without returns the lines that do not hold a text.
func without(text, held string) []string {
	return slices.DeleteFunc(strings.Split(text, "\n"), func(line string) bool { return strings.Contains(line, held) })
}

// isSubsequence tells whether all lines of one text are in another one, in their order.
func isSubsequence(lines, of []string) bool {
	for _, line := range of {
		if len(lines) > 0 && lines[0] == line {
			lines = lines[1:]
		}
	}
	return len(lines) == 0
}

// What an allowlist does not name restarts nothing, of whichever kind it is.
func TestKindsWithoutAllowedSourcesStayAsTheyAre(t *testing.T) {
	inputs, err := filepath.Glob("testdata/kinds/*/input.yaml")
	if err != nil || len(inputs) == 0 {
		t.Fatalf("there are no kinds: %v", err)
	}
	var all strings.Builder
	for i, path := range inputs {
		input, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&all, "---\n%s", strings.Replace(string(input), "name: shop", fmt.Sprintf("name: shop-%d", i), 1))
	}
	output, results := fn.AnnotateStream([]byte(all.String()), map[string]any{
		"apiVersion": "checksum.proompteng.ai/v1alpha1", "kind": "ChecksumAnnotator", "metadata": map[string]any{"name": "kinds"},
		"spec": map[string]any{"enabled": true, "secrets": []any{map[string]any{"name": "other", "checksum": sha256Of("other")}}},
	})
	if string(output.Bytes()) != all.String() || results.Failed() {
		t.Errorf("something changed: %q", results.Lines())
	}
}
