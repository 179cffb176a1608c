package source

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/proompteng/checksum-annotator/fn/manifest"
)

func TestProductNames(t *testing.T) {
	const object = "apiVersion: example.com/v1\nkind: A\nmetadata: {name: own, namespace: ns}\n" +
		"spec: {a: x, b: ' y ', number: 5, list: [{name: one, db: d}, {name: two}], text: '{metadata.name}'}\n"
	list, err := manifest.ReadStream([]byte(object), manifest.NewShape(nil, nil))
	if err != nil {
		t.Fatal(err)
	}
	items, problems := list.Items([]string{"kind"})
	if len(items) != 1 || len(problems) > 0 {
		t.Fatalf("there are %d objects, with the problems %v", len(items), problems)
	}
	tests := map[string][]string{ // of each place
		"spec.a":                              {"x"},
		"spec.none":                           {""},
		"{metadata.name}":                     {"own"},
		"{metadata.name}-app":                 {"own-app"},
		"app-{metadata.name}":                 {"app-own"},
		"{metadata.namespace}.{spec.a}":       {"ns.x"},
		"{spec.a}{spec.b}":                    {"xy"},
		"{spec.a}-{spec.none}":                {""},
		"{spec.none}-{spec.a}":                {""},
		"{spec.text}-{spec.a}":                {"{metadata.name}-x"}, // what stands there is no template
		"{spec.number}":                       {"spec.number: expected a string, found a number"},
		"spec.list[].name":                    {"one", "two"},
		"{metadata.name}-{spec.list[].name}":  {"own-one", "own-two"},
		"{spec.list[].db}-{spec.list[].name}": {"d-one", ""},
		"{spec.a}-{spec.list[].name}-{metadata.name}.suffix": {"x-one-own.suffix", "x-two-own.suffix"},
		"{spec.nothing[].name}-{spec.a}":                     nil,
	}
	for name, want := range tests {
		t.Run(name, func(t *testing.T) {
			p := &producer{names: []productName{productName(name)}}
			places, err := p.places(items[0].Root())
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, place := range places {
				_, text, err := p.name(items[0], place)
				if err != nil {
					text = err.Error()
				}
				got = append(got, text)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("names (-want +got):\n%s", diff)
			}
		})
	}
}

// The names that kustomize makes of an object's are those of its products as well.
func TestBuiltinTemplatesHaveTheObjectsName(t *testing.T) {
	for _, p := range builtinProducers {
		for _, name := range p.names {
			if name.isTemplate() && !strings.Contains(string(name), "{"+ownName+"}") {
				t.Errorf("%s: %s has no name of the object", p.kind, name)
			}
		}
	}
}
