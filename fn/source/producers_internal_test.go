package source

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/proompteng/checksum-annotator/fn/manifest"
)

// The tests of the function change every field of the samples. So each path of the table
// is tested, if a sample of its kind has it.
func TestEveryPathOfTheTableIsInASample(t *testing.T) {
	found := map[string]bool{}
	for _, item := range samples(t) {
		for _, p := range builtinProducers {
			products, err := p.products(item)
			if err != nil {
				t.Fatal(err)
			}
			for _, product := range products {
				for _, content := range p.content {
					path, _, _ := cutKeyed(content)
					values, err := product.place.follow(path)
					if err != nil {
						t.Fatal(err)
					}
					key := p.kind + " as " + string(p.produces) + " " + path
					found[key] = found[key] || len(values) > 0
				}
			}
		}
	}
	for _, p := range builtinProducers {
		for _, content := range p.content {
			path, _, _ := cutKeyed(content)
			if key := p.kind + " as " + string(p.produces) + " " + path; !found[key] {
				t.Errorf("no sample has %s", key)
			}
		}
	}
}

func samples(t *testing.T) []*manifest.Item {
	t.Helper()
	paths, err := filepath.Glob("../testdata/producers/*.yaml")
	if err != nil || len(paths) == 0 {
		t.Fatalf("there are no samples: %v", err)
	}
	var items []*manifest.Item
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		list, err := manifest.ReadStream(text, manifest.NewShape(nil, nil))
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		found, problems := list.Items([]string{"kind"})
		if len(found) != 1 || len(problems) > 0 {
			t.Fatalf("%s holds %d objects, with the problems %v", path, len(found), problems)
		}
		items = append(items, found...)
	}
	return items
}
