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
// otherwise: words like yes and off as booleans, and names like 010 as numbers. What
// aliases stand for is looked at once.
func (v *Value) OtherReadings() []OtherReading {
	if v.node == none {
		return nil
	}
	r := otherReader{seen: map[ref]bool{}}
	r.read(v)
	return r.found
}

type otherReader struct {
	found []OtherReading
	seen  map[ref]bool // what aliases led to
}

func (r *otherReader) read(v *Value) {
	t := v.tree
	n := t.resolve(v.node)
	if n != v.node {
		if r.seen[n] {
			return
		}
		r.seen[n] = true
	}
	switch t.nodes[n].kind {
	case scalar:
		if t.isPlain(n) && isOldBoolean(t.scalar(n)) {
			r.found = append(r.found, OtherReading{v.Path(), false})
		}
	case sequence:
		for i, child := range t.children(n) {
			element := v.child(child)
			element.index = i
			r.read(element)
		}
	case mapping:
		t.entries(n, func(key, value ref) bool {
			r.entry(v, t.resolve(key), value)
			return true
		})
	default: // no alias is left
	}
}

func (r *otherReader) entry(v *Value, key, value ref) {
	t := v.tree
	switch {
	case t.nodes[key].kind != scalar:
		return
	case t.isMergeKey(key):
		merged := *v
		merged.node = value
		r.read(&merged)
		return
	}
	field := v.child(value)
	field.field = t.scalar(key)
	if t.isPlain(key) && oldName(field.field) != field.field {
		r.found = append(r.found, OtherReading{field.Path(), true})
	}
	r.read(field)
}

// isPlain tells whether a scalar has neither quotes nor a tag that say what it is.
func (t *tree) isPlain(n ref) bool {
	return t.nodes[n].style == plain && t.tags[n] == ""
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
