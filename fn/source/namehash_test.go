package source_test

import (
	"fmt"
	"testing"

	"sigs.k8s.io/kustomize/api/hasher"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/proompteng/checksum-annotator/config"
	"github.com/proompteng/checksum-annotator/fn/manifest"
	"github.com/proompteng/checksum-annotator/fn/source"
	"github.com/proompteng/checksum-annotator/fn/workload"
)

func TestTheHashInANameIsKustomizes(t *testing.T) {
	for name, object := range map[string]string{
		"a ConfigMap":            "kind: ConfigMap\nmetadata: {name: %s}\ndata: {a: \"1\", b: <&>é\u2028}\n",
		"one with binary data":   "kind: ConfigMap\nmetadata: {name: %s}\ndata: {a: \"1\"}\nbinaryData: {b: AAEC}\n",
		"binary data alone":      "kind: ConfigMap\nmetadata: {name: %s}\nbinaryData: {b: AAEC}\n",
		"an empty ConfigMap":     "kind: ConfigMap\nmetadata: {name: %s}\n",
		"one with an empty map":  "kind: ConfigMap\nmetadata: {name: %s}\ndata: {}\nbinaryData: {}\n",
		"a Secret":               "kind: Secret\nmetadata: {name: %s}\ntype: Opaque\ndata: {a: YQ==}\n",
		"one without a type":     "kind: Secret\nmetadata: {name: %s}\ndata: {a: YQ==}\n",
		"one with text":          "kind: Secret\nmetadata: {name: %s}\ntype: Opaque\nstringData: {a: \"yes\"}\n",
		"text on several lines":  "kind: ConfigMap\nmetadata: {name: %s}\ndata:\n  a: |\n    one\n    two\n",
		"labels and annotations": "kind: Secret\nmetadata: {name: %s, labels: {a: b}, annotations: {c: d}}\ntype: x\ndata: {a: YQ==}\n",
	} {
		t.Run(name, func(t *testing.T) {
			object := "apiVersion: v1\n" + object
			node, err := yaml.Parse(fmt.Sprintf(object, "web-app"))
			if err != nil {
				t.Fatal(err)
			}
			hash, err := (&hasher.Hasher{}).Hash(node)
			if err != nil {
				t.Fatal(err)
			}
			for given, want := range map[string]string{
				"web-app-" + hash:         "web-app",
				"web-app-" + "bcdfghkmt2": "", // looks like one
				"web-app" + hash:          "",
				"-" + hash:                "",
				hash:                      "",
				"web-app":                 "",
			} {
				base, hashed := objectOf(t, fmt.Sprintf(object, given)).NameWithoutHash()
				if want == "" {
					want = given
				}
				if base != want || hashed != (base != given) {
					t.Errorf("%s: want %s, got %s, %t", given, want, base, hashed)
				}
			}
		})
	}
}

func objectOf(t *testing.T, text string) *source.Object {
	t.Helper()
	list, err := manifest.ReadStream([]byte(text), workload.Shape())
	if err != nil {
		t.Fatal(err)
	}
	items, _ := list.Items([]string{"Secret", "ConfigMap"})
	index, errs := source.NewFinder(nil, config.Spec{}).Index(items)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	return append(index.OfKind(config.Secret), index.OfKind(config.ConfigMap)...)[0]
}
