package fleet

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
	jsonyaml "sigs.k8s.io/yaml"
)

// Spellings are the forms in which a ResourceList can be written.
var Spellings = []string{"block", "JSON", "one-line JSON", "CRLF", "flow", "no final newline"}

// Spell returns a ResourceList in another form.
func Spell(list []byte, spelling string) ([]byte, error) {
	switch spelling {
	case "block":
		return list, nil
	case "CRLF":
		return bytes.ReplaceAll(list, []byte("\n"), []byte("\r\n")), nil
	case "no final newline":
		return bytes.TrimSuffix(list, []byte("\n")), nil
	case "flow":
		return inFlow(list)
	}
	text, err := jsonyaml.YAMLToJSON(list)
	if err != nil || spelling == "one-line JSON" {
		return text, err
	}
	var indented bytes.Buffer
	err = json.Indent(&indented, text, "", "  ")
	return indented.Bytes(), err
}

// inFlow returns a list whose items are in flow style, one a line.
func inFlow(list []byte) ([]byte, error) {
	var document yaml.Node
	if err := yaml.Unmarshal(list, &document); err != nil {
		return nil, err
	}
	root := document.Content[0]
	for i := 0; i < len(root.Content); i += 2 {
		if root.Content[i].Value == "items" {
			for _, item := range root.Content[i+1].Content {
				item.Style = yaml.FlowStyle
				withoutComments(item)
			}
		}
	}
	return yaml.Marshal(root)
}

func withoutComments(node *yaml.Node) {
	node.HeadComment, node.LineComment, node.FootComment = "", "", ""
	for _, content := range node.Content {
		withoutComments(content)
	}
}

// Tiny returns a ResourceList of so many objects that hold nothing but their names.
func Tiny(objects int) []byte {
	var list strings.Builder
	list.WriteString("apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n")
	for i := range objects {
		fmt.Fprintf(&list, "- apiVersion: v1\n  kind: ConfigMap\n  metadata:\n    name: c%d\n", i)
	}
	Fleet{Resources: 5, Allowed: 2}.writeFunctionConfig(&list)
	return []byte(list.String())
}

// Large returns a ResourceList with a Secret that has one value of so many bytes, and a
// Deployment that uses it.
func Large(size int) []byte {
	small := Fleet{Resources: 5, Allowed: 2}.ResourceList()
	value := base64.StdEncoding.EncodeToString(bytes.Repeat([]byte("x"), size/4*3))
	return bytes.Replace(small, []byte("    uri: "), []byte("    large: "+value+"\n    uri: "), 1)
}

// Shapes are inputs that can cost more than their size, by what they are, as functions of
// a number of parts.
var Shapes = map[string]func(parts int) []byte{
	"Deployments in JSON on one line": func(parts int) []byte {
		text, _ := Spell(Fleet{Resources: parts, Allowed: parts / 3}.ResourceList(), "one-line JSON")
		return text
	},
	"annotations of one template in flow style": func(parts int) []byte {
		return withTemplate("{metadata: {annotations: {" + repeated(parts, "checksum/secret.s%05d: x, ") + "a: b}}, spec: {}}")
	},
	"annotations of one template in blocks": func(parts int) []byte {
		return withTemplate("\n      metadata:\n        annotations:\n" + repeated(parts, "          checksum/secret.s%05d: x\n"))
	},
	"workloads with an anchor each in one List": func(parts int) []byte {
		return inList("- apiVersion: v1\n  kind: List\n  items:\n" + repeated(parts, "  - apiVersion: apps/v1\n    kind: Deployment\n    metadata: {name: d%05d, labels: &l%[1]d {a: b}}\n"+
			"    spec: {template: &t%[1]d {metadata: {labels: *l%[1]d , annotations: {checksum/secret.gone: x}}, spec: {}}}\n    again: *t%[1]d\n"))
	},
	"aliases of one list": func(parts int) []byte {
		return withTemplate("{spec: {containers: [&c {name: c, env: [" + repeated(parts, "{name: e%05d}, ") + "]}, " + strings.Repeat("*c , ", parts) + "]}}")
	},
	"merge keys of one mapping": func(parts int) []byte {
		return withTemplate("{x: [" + repeated(parts, "&m%05d {a%[1]d: b}, ") + "], metadata: {annotations: {<<: [" + repeated(parts, "*m%05d , ") + "], checksum/secret.gone: x}}, spec: {}}")
	},
	"levels in brackets": func(parts int) []byte {
		return withTemplate("{x: " + strings.Repeat("[", parts) + strings.Repeat("]", parts) + ", spec: {}}")
	},
	"a name of dashes": func(parts int) []byte {
		return inList("- apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: a" + strings.Repeat("-a", parts) + "}\n  data: {a: b}\n" +
			"- apiVersion: apps/v1\n  kind: Deployment\n  metadata: {name: d}\n  spec: {template: {spec: {volumes: [{configMap: {name: b" + strings.Repeat("-a", parts) + "}}]}}}\n")
	},
}

func repeated(count int, format string) string {
	var text strings.Builder
	for i := range count {
		fmt.Fprintf(&text, format, i)
	}
	return text.String()
}

func withTemplate(template string) []byte {
	return inList("- apiVersion: apps/v1\n  kind: Deployment\n  metadata: {name: web}\n  spec:\n    template: " + template + "\n")
}

func inList(items string) []byte {
	var list strings.Builder
	list.WriteString("apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n" + items)
	Fleet{Resources: 5, Allowed: 2}.writeFunctionConfig(&list)
	return []byte(list.String())
}
