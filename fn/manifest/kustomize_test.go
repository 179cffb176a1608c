package manifest_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/proompteng/checksum-annotator/fn/manifest"
)

// annotated returns the item that has the given annotations, in YAML.
func annotated(t *testing.T, annotations string) *manifest.Item {
	t.Helper()
	return item(t, "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: dev-base-cfg\n  annotations:\n"+indented(annotations, "    "))
}

// kustomizeAnnotations are what kustomize 5 puts on a ConfigMap with two prefixes.
const kustomizeAnnotations = `
internal.config.kubernetes.io/previousNames: cfg,base-cfg
internal.config.kubernetes.io/previousNamespaces: default,prod
internal.config.kubernetes.io/previousKinds: ConfigMap,ConfigMap
internal.config.kubernetes.io/prefixes: base-,dev-
internal.config.kubernetes.io/suffixes: -v1,-v2
internal.config.kubernetes.io/needsHashSuffix: enabled
`

func TestBuildAnnotationsOfKustomize(t *testing.T) {
	lists := map[string]func(*manifest.Item) []string{
		"previous names":      (*manifest.Item).PreviousNames,
		"previous namespaces": (*manifest.Item).PreviousNamespaces,
		"prefixes":            (*manifest.Item).NamePrefixes,
		"suffixes":            (*manifest.Item).NameSuffixes,
	}
	tests := map[string]struct {
		annotations string
		want        map[string][]string
	}{
		"none": {"team: a", nil},
		"all": {kustomizeAnnotations, map[string][]string{
			"previous names":      {"cfg", "base-cfg"},
			"previous namespaces": {"default", "prod"},
			"prefixes":            {"base-", "dev-"},
			"suffixes":            {"-v1", "-v2"},
		}},
		"one name":    {"internal.config.kubernetes.io/previousNames: cfg", map[string][]string{"previous names": {"cfg"}}},
		"the same":    {"internal.config.kubernetes.io/previousNames: cfg,cfg", map[string][]string{"previous names": {"cfg", "cfg"}}},
		"empty":       {"internal.config.kubernetes.io/previousNames: ''", nil},
		"other group": {"config.kubernetes.io/previousNames: cfg", nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			item := annotated(t, test.annotations)
			got := map[string][]string{}
			for list, of := range lists {
				if values := of(item); len(values) > 0 {
					got[list] = values
				}
			}
			if diff := cmp.Diff(test.want, got, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestItemWithoutAnnotationsHasNoHistory(t *testing.T) {
	item := item(t, "{kind: ConfigMap, metadata: {name: cfg}}")
	if len(item.PreviousNames())+len(item.PreviousNamespaces())+len(item.NamePrefixes())+len(item.NameSuffixes()) > 0 {
		t.Error("it has previous names, namespaces, prefixes or suffixes")
	}
	if item.AwaitsHashSuffix() || item.IsLocalConfig() || item.HadName("cfg") {
		t.Error("it awaits a hash suffix, is local configuration or had a name")
	}
}

func TestAwaitsHashSuffix(t *testing.T) {
	tests := map[string]bool{
		"team: a": false,
		"internal.config.kubernetes.io/needsHashSuffix: enabled":    true,
		"internal.config.kubernetes.io/needsHashSuffix: 'disabled'": false,
		"internal.config.kubernetes.io/needsHashSuffix: ''":         false,
	}
	for annotations, want := range tests {
		if got := annotated(t, annotations).AwaitsHashSuffix(); got != want {
			t.Errorf("%s: got %v, want %v", annotations, got, want)
		}
	}
}

func TestIsLocalConfig(t *testing.T) {
	tests := map[string]bool{
		"team: a": false,
		"config.kubernetes.io/local-config: true":    true,
		"config.kubernetes.io/local-config: 'true'":  true,
		"config.kubernetes.io/local-config: ''":      true,
		"config.kubernetes.io/local-config: 'yes'":   true,
		"config.kubernetes.io/local-config: 'false'": false,
		"config.kubernetes.io/local-config: false":   false,
	}
	for annotations, want := range tests {
		if got := annotated(t, annotations).IsLocalConfig(); got != want {
			t.Errorf("%s: got %v, want %v", annotations, got, want)
		}
	}
}

func TestHadName(t *testing.T) {
	const (
		previous = "internal.config.kubernetes.io/previousNames: cfg,base-cfg\n"
		awaits   = "internal.config.kubernetes.io/needsHashSuffix: enabled\n"
	)
	tests := map[string]struct {
		annotations string
		want        map[string]bool
	}{
		"unknown to kustomize": {"team: a", map[string]bool{"dev-base-cfg": false, "cfg": false}},
		"renamed":              {previous, map[string]bool{"cfg": true, "base-cfg": true, "dev-base-cfg": false, "base": false, "": false}},
		"to be hashed":         {awaits, map[string]bool{"dev-base-cfg": true, "cfg": false, "": false}},
		"both":                 {previous + awaits, map[string]bool{"dev-base-cfg": true, "base-cfg": true, "cfg": true, "cfg,base-cfg": false}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			item := annotated(t, test.annotations)
			for previous, want := range test.want {
				if got := item.HadName(previous); got != want {
					t.Errorf("HadName(%q) = %v, want %v", previous, got, want)
				}
			}
		})
	}
}
