package workload

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/proompteng/checksum-annotator/config"
	"github.com/proompteng/checksum-annotator/fn/manifest"
)

// Every path in the tables of kinds leads somewhere in an object in fn/testdata/kinds, where
// the function is tested with it. So no entry goes without a test.
func TestEveryPathOfAKindIsTested(t *testing.T) {
	paths, err := filepath.Glob("../testdata/kinds/*/input.yaml")
	if err != nil || len(paths) == 0 {
		t.Fatalf("there are no objects: %v", err)
	}
	objects := map[groupKind][]*manifest.Item{}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		list, err := manifest.ReadStream(text, Shape())
		if err != nil {
			t.Fatal(err)
		}
		items, problems := list.Items([]string{"metadata"})
		if len(items) != 1 || len(problems) > 0 {
			t.Fatalf("%s has %d objects and the problems %v", path, len(items), problems)
		}
		id := groupKind{items[0].Group(), items[0].Kind}
		objects[id] = append(objects[id], items[0])
	}
	for _, kind := range slices.Concat(builtinTables...) {
		if kind.rollout != onChange {
			continue
		}
		id := groupKind{kind.Group, kind.Kind}
		t.Run(kind.Kind+" "+kind.Path+kind.Annotations, func(t *testing.T) {
			led := map[Setting]bool{}
			for _, object := range objects[id] {
				entry := declare(0, kind.PodTemplate)
				templates, err := entry.in(object.Root())
				if err != nil {
					t.Fatal(err)
				}
				if err := entry.declared.follow(entry, templates, led); err != nil {
					t.Fatal(err)
				}
			}
			if len(led) == 0 {
				t.Errorf("no object is of the kind")
			}
			for setting, somewhere := range led {
				if !somewhere {
					t.Errorf("no object has %s (%s)", setting.What(), setting.Field)
				}
			}
		})
	}
}

// An entry of the tables is what a configuration could declare.
func TestKindsAreValid(t *testing.T) {
	var entries []any
	for _, kind := range slices.Concat(builtinTables...) {
		if kind.Path+kind.Annotations == "" { // a Pod
			continue
		}
		entry := map[string]any{"group": kind.Group, "kind": kind.Kind, "path": kind.Path, "annotations": kind.Annotations}
		for _, further := range furtherPaths(kind.PodTemplate) {
			var paths []any
			for _, path := range further.paths {
				paths = append(paths, path)
			}
			entry[further.name] = paths
		}
		entries = append(entries, entry)
	}
	_, errs := config.Load(map[string]any{
		"apiVersion": config.APIVersion, "kind": config.KindName, "metadata": map[string]any{"name": "kinds"},
		"spec": map[string]any{"podTemplates": entries},
	})
	for _, err := range errs {
		t.Error(err)
	}
}
