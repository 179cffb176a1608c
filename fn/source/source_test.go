package source_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/proompteng/checksum-annotator/config"
	"github.com/proompteng/checksum-annotator/fn/manifest"
	"github.com/proompteng/checksum-annotator/fn/source"
)

// items returns ConfigMaps and a Deployment with the given metadata; the Deployment
// is the last.
func items(t *testing.T, metadata ...string) []*manifest.Item {
	t.Helper()
	var stream strings.Builder
	for i, fields := range metadata {
		kind := "apiVersion: v1\nkind: ConfigMap\n"
		if i == len(metadata)-1 {
			kind = "apiVersion: apps/v1\nkind: Deployment\n"
		}
		stream.WriteString("---\n" + kind + "metadata: {" + fields + "}\n")
	}
	list, err := manifest.ReadStream([]byte(stream.String()), manifest.NewShape(nil, nil))
	if err != nil {
		t.Fatal(err)
	}
	found, problems := list.Items([]string{"kind"})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return found
}

const was = "annotations: {internal.config.kubernetes.io/previousNames: "

func TestResolve(t *testing.T) {
	tests := []struct {
		name     string
		metadata []string
		renamed  bool
		want     string // an object, or nothing, or "ambiguous"
	}{
		{"the object that has the name", []string{"name: cm", "name: d"}, true, "ConfigMap cm"},
		{"the object that had the name", []string{"name: p-cm, " + was + "cm}", "name: d"}, true, "ConfigMap p-cm"},
		{"not the object that had it, where kustomize does not rename", []string{"name: p-cm, " + was + "cm}", "name: d"}, false, ""},
		{"not one whose name is to change, where kustomize does not rename", []string{"name: cm, annotations: {internal.config.kubernetes.io/needsHashSuffix: enabled}", "name: d"}, false, ""},
		{"the equal namespace before one that is not set", []string{"name: cm", "name: cm, namespace: a", "name: d, namespace: a"}, true, "ConfigMap a/cm"},
		{"one of two namespaces", []string{"name: cm, namespace: a", "name: cm, namespace: b", "name: d"}, true, "ambiguous"},
		{"nothing of another namespace", []string{"name: cm, namespace: a", "name: d, namespace: b"}, true, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			all := items(t, test.metadata...)
			index, errs := source.NewFinder(nil, config.Spec{}).Index(all)
			if len(errs) > 0 {
				t.Fatal(errs)
			}
			object, err := index.Resolve(all[len(all)-1], config.ConfigMap, "cm", test.renamed)
			got := ""
			var ambiguous *source.AmbiguousError
			switch {
			case errors.As(err, &ambiguous):
				got = "ambiguous"
			case object != nil:
				got = object.Item.String()
			}
			if got != test.want {
				t.Errorf("it means %q, not %q", got, test.want)
			}
		})
	}
}

func TestNamesAreAllThatAnAllowedSourceHad(t *testing.T) {
	all := items(t, "name: p-cm, "+was+"'cm,b-cm'}", "name: other, "+was+"o}", "name: cm")
	got := source.NewFinder([]config.Source{{Kind: config.ConfigMap, Name: "b-cm"}}, config.Spec{}).Names(all)
	if diff := cmp.Diff([]string{"b-cm", "cm", "p-cm"}, got); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
}
