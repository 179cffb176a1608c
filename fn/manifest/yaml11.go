package manifest

import (
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// An OtherReading is a scalar that readers of YAML 1.1 read otherwise. kubectl is one of
// them (sigs.k8s.io/yaml); a Value is read as YAML 1.2 and kustomize have it.
type OtherReading struct {
	Path string // of the field
	// Name tells that it is the name of the field, and not its value.
	Name bool
}

// OtherReadings returns the scalars at and below v that readers of YAML 1.1 read
// otherwise: words like yes and off as booleans, and names like 010 as numbers.
func (v *Value) OtherReadings() []OtherReading {
	if v.node == nil {
		return nil
	}
	var found []OtherReading
	v.eachScalar(v.node, map[*yaml.Node]bool{}, func(at *Value, name bool) {
		found = append(found, OtherReading{at.Path(), name})
	})
	return found
}

// eachScalar calls visit for each scalar that is read otherwise, and for each name of a
// field. What aliases stand for is visited once.
func (v *Value) eachScalar(node *yaml.Node, aliased map[*yaml.Node]bool, visit func(at *Value, name bool)) {
	if node.Kind == yaml.AliasNode {
		node = resolved(node)
		if aliased[node] {
			return
		}
		aliased[node] = true
	}
	switch {
	case isPlain(node):
		if isOldBoolean(node.Value) {
			visit(v, false)
		}
	case node.Kind == yaml.SequenceNode:
		for i, element := range node.Content {
			(&Value{node: element, parent: v, index: i}).eachScalar(element, aliased, visit)
		}
	case node.Kind == yaml.MappingNode:
		for i := 0; i+1 < len(node.Content); i += 2 {
			key := resolved(node.Content[i])
			if isMerge(key) {
				v.eachScalar(node.Content[i+1], aliased, visit)
				continue
			}
			field := &Value{node: node.Content[i+1], parent: v, field: key.Value}
			if isPlain(key) && oldName(key.Value) != key.Value {
				visit(field, true)
			}
			field.eachScalar(field.node, aliased, visit)
		}
	}
}

// isPlain tells whether a scalar has neither quotes nor a tag that say what it is.
func isPlain(node *yaml.Node) bool {
	const marked = yaml.SingleQuotedStyle | yaml.DoubleQuotedStyle | yaml.LiteralStyle | yaml.FoldedStyle | yaml.TaggedStyle
	return node.Kind == yaml.ScalarNode && node.Style&marked == 0
}

// isOldBoolean tells whether a plain scalar is a boolean in YAML 1.1 alone.
func isOldBoolean(text string) bool {
	switch text {
	case "y", "Y", "yes", "Yes", "YES", "on", "On", "ON",
		"n", "N", "no", "No", "NO", "off", "Off", "OFF":
		return true
	}
	return false
}

// oldName returns what a reader of YAML 1.1 makes of the plain name of a field, as JSON
// has it; nothing, where it makes none.
func oldName(text string) string {
	switch text {
	case "":
		return ""
	case "y", "Y", "yes", "Yes", "YES", "on", "On", "ON", "true", "True", "TRUE":
		return "true"
	case "n", "N", "no", "No", "NO", "off", "Off", "OFF", "false", "False", "FALSE":
		return "false"
	case "~", "null", "Null", "NULL":
		return ""
	}
	if !strings.ContainsRune("+-.0123456789", rune(text[0])) {
		return text
	}
	if number, isNumber := oldNumber(text); isNumber {
		return number
	}
	return text
}

// oldNumber returns a number in YAML 1.1 as it is in the name of a field in JSON.
func oldNumber(text string) (string, bool) {
	node := yaml.Node{Kind: yaml.ScalarNode, Value: text}
	var value any
	if node.Decode(&value) != nil {
		return "", false
	}
	switch value := value.(type) {
	case int:
		return strconv.Itoa(value), true
	case int64:
		return strconv.FormatInt(value, 10), true
	case uint64: // which sigs.k8s.io/yaml refuses
		return "", true
	case float64:
		return oldFloat(value), true
	}
	return "", false
}

func oldFloat(value float64) string {
	text := strconv.FormatFloat(value, 'g', -1, 32)
	switch text {
	case "+Inf":
		return ".inf"
	case "-Inf":
		return "-.inf"
	case "NaN":
		return ".nan"
	}
	return text
}
