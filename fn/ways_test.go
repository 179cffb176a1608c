package fn_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/proompteng/checksum-annotator/config"
	"github.com/proompteng/checksum-annotator/fn"
	"github.com/proompteng/checksum-annotator/fn/internal/fleet"
	"github.com/proompteng/checksum-annotator/fn/manifest"
	"github.com/proompteng/checksum-annotator/fn/report"
)

// There are two ways of reading, a short and a whole one, which must not differ in
// anything but speed and formatting. These tests hold each to the other.

type way func(input []byte) (*manifest.Output, report.Results)

// checkWays fails the test if the ways differ on an input, or if what they make of
// it is not sound.
func checkWays(t *testing.T, input []byte, short, whole way) {
	t.Helper()
	shortOutput, shortResults := short(input)
	wholeOutput, wholeResults := whole(input)
	if diff := cmp.Diff(wholeResults, shortResults, cmpopts.EquateEmpty()); diff != "" {
		t.Fatalf("the results differ (-whole +short):\n%s", diff)
	}
	text := shortOutput.Bytes()
	if len(text) == 0 && shortResults.Failed() { // it cannot be read
		if other := wholeOutput.Bytes(); len(other) > 0 {
			t.Fatalf("the whole way has an output:\n%s", other)
		}
		return
	}
	documents, err := parseAll(text)
	if err != nil {
		if _, inputErr := parseAll(input); inputErr == nil {
			t.Fatalf("the output is no YAML: %v\n%s", err, text)
		}
		return
	}
	other, err := parseAll(wholeOutput.Bytes())
	if err != nil || !sameMeaning(documents, other) {
		t.Fatalf("the outputs differ: %v\nshort:\n%s\nwhole:\n%s", err, text, wholeOutput.Bytes())
	}
	again, _ := short(text)
	if repeated, err := parseAll(again.Bytes()); err != nil || !sameMeaning(withoutResults(documents), withoutResults(repeated)) {
		t.Fatalf("a second run changed something: %v\nfirst:\n%s\nsecond:\n%s", err, text, again.Bytes())
	}
	before, ok := generic(input)
	if !ok {
		return
	}
	after, ok := generic(text)
	if !ok {
		t.Fatalf("the output cannot be decoded, the input can:\n%s", text)
	}
	if !reflect.DeepEqual(before, after) {
		t.Fatalf("something else changed:\n%v\n%v\noutput:\n%s", before, after, text)
	}
}

// sameMeaning tells whether documents mean the same, if they can be decoded.
func sameMeaning(a, b []*yaml.Node) bool {
	before, ok := values(a)
	after, okAfter := values(b)
	return !ok || !okAfter || fmt.Sprint(before) == fmt.Sprint(after) // of maps in the order of their keys
}

func values(documents []*yaml.Node) (list []any, ok bool) {
	for _, document := range documents {
		var value any
		if err := document.Decode(&value); err != nil {
			return nil, false
		}
		list = append(list, value)
	}
	return list, true
}

func parseAll(text []byte) ([]*yaml.Node, error) {
	var documents []*yaml.Node
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	for {
		var document yaml.Node
		err := decoder.Decode(&document)
		if errors.Is(err, io.EOF) {
			return documents, nil
		}
		if err != nil {
			return nil, err
		}
		if !yaml.IsYNodeNilOrEmpty(document.Content[0]) {
			documents = append(documents, &document)
		}
	}
}

// withoutResults takes the results off ResourceLists.
func withoutResults(documents []*yaml.Node) []*yaml.Node {
	for _, document := range documents {
		root := document.Content[0]
		for i := 0; root.Kind == yaml.MappingNode && i+1 < len(root.Content); i += 2 {
			if root.Content[i].Value == "results" {
				root.Content = append(root.Content[:i:i], root.Content[i+2:]...)
			}
		}
	}
	return documents
}

// generic returns the documents as generic values, without results, without the
// annotations of the function, and without what is empty then.
func generic(text []byte) ([]any, bool) {
	documents, err := parseAll(text)
	if err != nil {
		return nil, false
	}
	var values []any
	for _, document := range withoutResults(documents) {
		var value any
		if err := document.Decode(&value); err != nil {
			return nil, false
		}
		values = append(values, pruned(value))
	}
	return values, true
}

func pruned(value any) any {
	switch value := value.(type) {
	case map[string]any:
		kept := map[string]any{}
		for key, content := range value {
			ours := strings.HasPrefix(key, "checksum/secret.") || strings.HasPrefix(key, "checksum/configmap.")
			if content = pruned(content); content != nil && !ours {
				kept[key] = content
			}
		}
		if len(kept) == 0 {
			return nil
		}
		return kept
	case []any:
		list := make([]any, len(value))
		for i, element := range value {
			list[i] = pruned(element)
		}
		return list
	case float64:
		if math.IsNaN(value) { // which is not equal to itself
			return "NaN"
		}
	}
	return value
}

const waysSpec = `enabled: true
secrets: [{name: source, onMissing: Skip}, {name: database, onMissing: Skip}, {name: agents-github-token-env, onMissing: Skip}, {labelSelector: tier, onMissing: Skip}]
configMaps: [source, flags]
podTemplates:
- {group: ray.io, kind: RayCluster, path: "spec.workers[].template"}
`

func inList(objects ...string) string {
	return inListOf(waysSpec, objects...)
}

func inListOf(spec string, objects ...string) string {
	return "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nfunctionConfig:\n  apiVersion: checksum.proompteng.ai/v1alpha1\n" +
		"  kind: ChecksumAnnotator\n  metadata:\n    name: test\n  spec:\n" + indented(spec, "    ") + itemList(objects...)
}

func streamConfig() any {
	functionConfig, err := manifest.ReadConfig([]byte("apiVersion: " + config.APIVersion + "\nkind: ChecksumAnnotator\nspec:\n" + indented(waysSpec, "  ")))
	if err != nil {
		panic(err)
	}
	return functionConfig
}

func streamWays() (short, whole way) {
	functionConfig := streamConfig()
	return func(input []byte) (*manifest.Output, report.Results) { return fn.AnnotateStream(input, functionConfig) },
		func(input []byte) (*manifest.Output, report.Results) {
			return fn.AnnotateStreamWhole(input, functionConfig)
		}
}

// lists and streams are inputs of each form.
func lists(t testing.TB) map[string]string {
	user := deployment("user", "configMapRef: {name: source}", "secretRef: {name: source}")
	inputs := map[string]string{
		"fleet":               string(fleet.Fleet{Resources: 50, Allowed: 10}.ResourceList()),
		"fleet of everything": string(fleet.Fleet{Resources: 50, Allowed: 10, EveryFeature: true}.ResourceList()),
	}
	for name, monster := range monsters {
		inputs[name] = inList(monster)
		inputs[name+", and others"] = inList(user, monster, secret("source", "k: v"), user)
	}
	for _, path := range files(t, "testdata/*/input.yaml") {
		inputs[path] = readFile(t, path)
	}
	for name, object := range featured(t) {
		inputs[name] = inListOf(featureSpec, in("shop", user), object, in("shop", mounting("files", "invoicing")), variables("some", "user"), user)
	}
	return inputs
}

// featureSpec uses everything that a configuration can say about sources.
const featureSpec = `enabled: true
keyScope: Used
salt: not-a-real-salt
onMissing: Skip
secrets: [source, s, orders-db, legacy, payments-credentials, smtp, cache-credentials, registry-login, invoicing, corp-trust, catalog-secrets, {labelSelector: tier=web}]
configMaps: [corp-trust, public-endpoints-map, {labelSelector: 'app in (web, db)'}]
producers: [{group: example.com, kind: Vaultish, name: 'spec.targets[].name', content: ['spec.targets[].data{}', 'spec.list[key]']}]
`

// featured are objects that such a configuration makes something of.
func featured(t testing.TB) map[string]string {
	objects := map[string]string{
		"a declared producer": custom("name: x", "targets: [{name: source, data: {a: b}}, {name: s}], list: [{key: a, from: b}]"),
		"a class by an alias": in("shop", "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: &n invoicing}\nspec: {template: {spec: {volumes: [{csi: {volumeAttributes: {secretProviderClass: *n }}}]}}}\n"),
		"keys by an alias":    podOf("user", "containers: [{name: &k user, env: [{valueFrom: {secretKeyRef: {name: s, key: *k }}}]}]"),
		"misshapen items":     podOf("user", "volumes: [{secret: {secretName: s, items: {key: a}}}]"),
		"fields given twice":  replaced(t, sealedKeys, "type: Opaque", "type: {a: b, a: c}"),
		"sealed":              sealedKeys,
		"external":            templatedKeys,
	}
	for name, object := range labelStyles {
		objects["labels with "+name] = object
	}
	for _, path := range files(t, "testdata/producers/*.yaml") {
		objects[path] = readFile(t, path)
	}
	return objects
}

func streams(t testing.TB) map[string]string {
	user := deployment("user", "configMapRef: {name: source}", "secretRef: {name: source}")
	inputs := map[string]string{}
	for name, monster := range monsters {
		inputs[name] = monster
		inputs[name+", and others"] = user + "---\n" + monster + "---\n# empty\n---\n" + user
	}
	for _, path := range files(t, "../examples/*/*.yaml") {
		inputs[path] = readFile(t, path)
	}
	for name, object := range featured(t) {
		inputs[name] = user + "---\n" + strings.ReplaceAll(object, "name: s\n", "name: source\n") + "---\n" + user
	}
	return inputs
}

func files(t testing.TB, pattern string) []string {
	paths, err := filepath.Glob(pattern)
	if err != nil || len(paths) == 0 {
		t.Fatalf("there are no files %s: %v", pattern, err)
	}
	return paths
}

func readFile(t testing.TB, path string) string {
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func TestBothWaysAreOneForLists(t *testing.T) {
	for name, input := range lists(t) {
		t.Run(name, func(t *testing.T) { checkWays(t, []byte(input), fn.Annotate, fn.AnnotateWhole) })
	}
}

func TestBothWaysAreOneForStreams(t *testing.T) {
	short, whole := streamWays()
	for name, input := range streams(t) {
		t.Run(name, func(t *testing.T) { checkWays(t, []byte(input), short, whole) })
	}
}

// Inputs that fuzzing has found to be read or written wrongly.
func TestWhatFuzzingFound(t *testing.T) {
	user := deployment("user", "configMapRef: {name: source}")
	misshapen := strings.Replace(deployment("other", "configMapRef: {name: x}"), "configMapRef: {name: x}", "c", 1)
	lists := map[string]string{
		"a misshapen pod template that uses no source":                inList(configMap("source", "k: v"), user, misshapen),
		"the same without a final newline":                            strings.TrimSuffix(inList(configMap("source", "k: v"), user, misshapen), "\n"),
		"a null that is not written out in the functionConfig":        strings.Replace(inList(user), "onMissing: Skip", "onMissingSkip", 1),
		"the same without items":                                      strings.Replace(inList(), "onMissing: Skip}, {", "onMissingSkip}, {", 1),
		"an anchor as a key":                                          "kind: ResourceList\n&unctionConfig:\n",
		"an indented first line":                                      " n: x\n" + inList(user),
		"documents that together would be a list":                     "apiVersion: config.kubernetes.io/v1\n---\nkind: ResourceList\nitems: []\n",
		"items given twice":                                           inList(user) + "items: []\n",
		"an anchor in its own merge key":                              inList("&a\nkind: A\n<<: {<<: *a}\n"),
		"items that are something else as well":                       strings.Replace(inList(user), "items:", "items: &i", 1) + "x: *i\n",
		"an annotation set before one that is removed":                inList(configMap("source", "k: v"), strings.Replace(user, "labels: {app: user}", "annotations:\n        checksum/secret.gone: x\n        team:   a", 1)),
		"a folded scalar in an object that has to be encoded anew":    inList(configMap("source", "k: v"), strings.Replace(user, "spec:\n", "x: &a {checksum/secret.gone: y}\nfolded: >+\n  b\n\n   c\n\nspec:\n", 1)),
		"a null in a block that a merge key copies into a flow style": inList(configMap("source", "k: v"), strings.Replace(user, "  template:\n", "  other: &t\n    labels:\n  template:\n    x: {<<: [*t , *t ]}\n", 1)),
	}
	for name, input := range lists {
		t.Run(name, func(t *testing.T) { checkWays(t, []byte(input), fn.Annotate, fn.AnnotateWhole) })
	}
	short, whole := streamWays()
	t.Run("a null that is not written out, in a stream that has to be encoded anew", func(t *testing.T) {
		stream := user + "---\n" + monsters["a pod template as an alias"] + "---\n" + strings.Replace(user, "{name: source}", "{nurce}", 1)
		checkWays(t, []byte(strings.TrimSuffix(stream, "\n")), short, whole)
	})
}

// A value that YAML takes for an alias or a tag is not told in the error.
func TestErrorsOfTheYAMLLibraryTellNoValue(t *testing.T) {
	for _, value := range []string{"*" + theSecret, "!" + theSecret + " x", "\"\\q" + theSecret + "\"", "!!int " + theSecret, "`" + theSecret + "`"} {
		outcome := runOn(t, inList("apiVersion: v1\nkind: Secret\nmetadata: {name: source}\nstringData:\n  password: "+value+"\n"))
		if !outcome.results.Failed() {
			t.Errorf("%s is no error", value)
		}
		for _, line := range outcome.results.Lines() {
			if strings.Contains(line, theSecret) {
				t.Errorf("an error tells the secret: %s", line)
			}
		}
	}
}

// maxFuzzed is the size of an input above which fuzzing finds nothing new.
const maxFuzzed = 1 << 14

func FuzzAnnotate(f *testing.F) {
	for _, input := range lists(f) {
		if len(input) < maxFuzzed {
			f.Add([]byte(input))
		}
	}
	f.Fuzz(func(t *testing.T, input []byte) {
		if len(input) < maxFuzzed {
			checkWays(t, input, fn.Annotate, fn.AnnotateWhole)
		}
	})
}

func FuzzAnnotateStream(f *testing.F) {
	for _, input := range streams(f) {
		if len(input) < maxFuzzed {
			f.Add([]byte(input))
		}
	}
	short, whole := streamWays()
	f.Fuzz(func(t *testing.T, input []byte) {
		if len(input) < maxFuzzed {
			checkWays(t, input, short, whole)
		}
	})
}
