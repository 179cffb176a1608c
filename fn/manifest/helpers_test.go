package manifest_test

import (
	"strings"
	"testing"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/proompteng/checksum-annotator/fn/manifest"
)

const header = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\n"

// shape is such that objects differ from it only where a test is about that.
var shape = manifest.NewShape([]string{"shapedList"}, []string{"shapedMapping"})

type reader = func([]byte) (*manifest.List, error)

func shaped(read func([]byte, *manifest.Shape) (*manifest.List, error)) reader {
	return func(input []byte) (*manifest.List, error) { return read(input, shape) }
}

var readResourceList = shaped(manifest.ReadResourceList)

// ways are the two ways to read a ResourceList, and streamWays those to read a
// stream, which differ in speed alone.
var (
	ways = map[string]reader{
		"in parts":   readResourceList,
		"as a whole": shaped(manifest.ReadResourceListWhole),
	}
	streamWays = map[string]reader{
		"in parts":   shaped(manifest.ReadStream),
		"as a whole": shaped(manifest.ReadStreamWhole),
	}
)

// words are such that every object has one of them.
var words = []string{"kind", "metadata"}

// listOf returns a ResourceList with the given items, each a YAML document.
func listOf(items ...string) string {
	var list strings.Builder
	list.WriteString(header + "items:\n")
	for _, item := range items {
		list.WriteString("-" + indented(item, "  ")[1:])
	}
	return list.String()
}

// configMap returns a ConfigMap with the given further fields.
func configMap(fields string) string {
	return "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: cfg}\n" + strings.TrimPrefix(fields, "\n")
}

func indented(text, indent string) string {
	var result strings.Builder
	for line := range strings.Lines(strings.TrimPrefix(text, "\n")) {
		if line != "\n" {
			result.WriteString(indent)
		}
		result.WriteString(line)
	}
	if !strings.HasSuffix(text, "\n") {
		result.WriteString("\n")
	}
	return result.String()
}

func read(t *testing.T, input string) *manifest.List {
	t.Helper()
	list, err := readResourceList([]byte(input))
	if err != nil {
		t.Fatalf("ReadResourceList: %v\n%s", err, input)
	}
	return list
}

// items returns the items of a list that has no problems.
func items(t *testing.T, list *manifest.List) []*manifest.Item {
	t.Helper()
	items, problems := list.Items(words)
	for _, problem := range problems {
		t.Fatalf("%v: %v", problem.Item, problem)
	}
	return items
}

// item returns the item that a YAML document is read as.
func item(t *testing.T, document string) *manifest.Item {
	t.Helper()
	found := items(t, read(t, listOf(document)))
	if len(found) != 1 {
		t.Fatalf("got %d items, want 1", len(found))
	}
	return found[0]
}

func at(t *testing.T, item *manifest.Item, fields ...string) *manifest.Value {
	t.Helper()
	value, err := item.Root().At(fields...)
	if err != nil {
		t.Fatal(err)
	}
	return value
}

func write(t *testing.T, list *manifest.List, edits []manifest.Edit, results ...any) string {
	t.Helper()
	output, err := list.Write(edits, results)
	if err != nil {
		t.Fatal(err)
	}
	return string(output.Bytes())
}

// object returns what a YAML document means: maps, lists and scalars, with
// aliases and merge keys resolved by the YAML library alone.
func object(t *testing.T, document string) any {
	t.Helper()
	var value any
	if err := yaml.Unmarshal([]byte(document), &value); err != nil {
		t.Fatalf("not YAML: %v\n%s", err, document)
	}
	return value
}

// blockStyle returns a YAML document with all of its collections in block style.
func blockStyle(t *testing.T, document string) string {
	t.Helper()
	var node yaml.Node
	if err := yaml.Unmarshal([]byte(document), &node); err != nil {
		t.Fatal(err)
	}
	var unfold func(*yaml.Node)
	unfold = func(n *yaml.Node) {
		n.Style &^= yaml.FlowStyle
		for _, content := range n.Content {
			unfold(content)
		}
	}
	unfold(&node)
	text, err := yaml.Marshal(&node)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func names(items []*manifest.Item) []string {
	var names []string
	for _, item := range items {
		names = append(names, item.Name)
	}
	return names
}

// errorText returns the text of an error, or "".
func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
