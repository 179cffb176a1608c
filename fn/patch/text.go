package patch

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/proompteng/checksum-annotator/fn/manifest"
)

// texts returns the strategic merge patch for the places below mappings alone, and the JSON
// patch for those in lists.
func (w Workload) texts() ([]string, error) {
	if w.Item.Name == "" {
		return nil, &manifest.Error{Path: "metadata.name", Message: "no patch can select an object without a name: give it one"}
	}
	var merged *yaml.Node
	var operations []operation
	for _, place := range w.Places {
		steps := place.steps()
		if slices.ContainsFunc(steps, func(step manifest.Step) bool { return step.Field == "" }) {
			added, err := place.operations(steps)
			if err != nil {
				return nil, err
			}
			operations = append(operations, added...)
			continue
		}
		if merged == nil {
			merged = w.identity()
		}
		place.merge(merged, steps)
	}
	var values []any
	if merged != nil {
		values = append(values, merged)
	}
	if len(operations) > 0 {
		values = append(values, operations)
	}
	return encodeEach(values)
}

func encodeEach(values []any) (texts []string, err error) {
	for _, value := range values {
		text, err := encode(value)
		if err != nil {
			return nil, err
		}
		texts = append(texts, text)
	}
	return texts, nil
}

func (p Place) steps() []manifest.Step {
	steps := p.Base.Steps()
	for _, field := range p.Path {
		steps = append(steps, manifest.Step{Field: field})
	}
	return steps
}

// identity returns what makes a text a strategic merge patch. The name is for the reader.
func (w Workload) identity() *yaml.Node {
	root := mapping()
	*field(root, "apiVersion") = text(w.Item.APIVersion)
	*field(root, "kind") = text(w.Item.Kind)
	*field(field(root, "metadata"), "name") = text(w.Item.Name)
	return root
}

// merge adds the annotations to a strategic merge patch.
func (p Place) merge(root *yaml.Node, steps []manifest.Step) {
	for _, step := range steps {
		root = field(root, step.Field)
	}
	for _, key := range slices.Sorted(maps.Keys(p.Set)) {
		*field(root, key) = quoted(p.Set[key])
	}
	for _, key := range p.Remove {
		*field(root, key) = null()
	}
}

// An operation is one of a JSON patch.
type operation struct {
	Op    string    `yaml:"op"`
	Path  string    `yaml:"path"`
	Value yaml.Node `yaml:"value"`
}

// operations returns the JSON patch that sets the annotations. It adds the outermost mapping
// that is not there without it, and tests that: lest it replace one that comes later.
func (p Place) operations(steps []manifest.Step) ([]operation, error) {
	if len(p.Set) == 0 {
		return nil, nil // to remove what may not be there would be an error
	}
	there, err := p.there()
	if err != nil {
		return nil, err
	}
	missing := len(p.Path) - there
	if missing == 0 {
		var operations []operation
		for _, key := range slices.Sorted(maps.Keys(p.Set)) {
			path := append(slices.Clone(steps), manifest.Step{Field: key})
			operations = append(operations, operation{"add", pointer(path), quoted(p.Set[key])})
		}
		return operations, nil
	}
	value := mapping()
	Place{Set: p.Set}.merge(value, steps[len(steps)-missing+1:])
	path := pointer(steps[:len(steps)-missing+1])
	return []operation{{"test", path, null()}, {"add", path, *value}}, nil
}

// there returns how many of the fields of the path are there whether a patch has been
// applied or not.
func (p Place) there() (int, error) {
	there := 0
	value := p.Base
	for i, name := range p.Path {
		next, err := value.At(name)
		if err != nil {
			return 0, err
		}
		entries, err := next.Entries()
		switch {
		case err != nil:
			return 0, err
		case next.Exists() && len(entries) == 0:
			return 0, next.Errorf("it is empty, and a patch for an element of a list cannot tell that from its absence: remove the field")
		case p.holdsMore(next, p.Path[i+1:]):
			there = i + 1
		}
		value = next
	}
	return there, nil
}

// holdsMore tells whether a mapping holds anything that no patch has set; path leads from it
// to the annotations.
func (p Place) holdsMore(value *manifest.Value, path []string) bool {
	entries, _ := value.Entries() // there has told what is none
	for key, entry := range entries {
		switch {
		case len(path) == 0:
			if !p.Owned(key) {
				return true
			}
		case key != path[0] || p.holdsMore(entry, path[1:]):
			return true
		}
	}
	return false
}

// pointer returns a JSON pointer (RFC 6901).
func pointer(steps []manifest.Step) string {
	var text strings.Builder
	for _, step := range steps {
		text.WriteByte('/')
		if step.Field == "" {
			text.WriteString(strconv.Itoa(step.Index))
			continue
		}
		text.WriteString(escapePointer.Replace(step.Field))
	}
	return text.String()
}

var escapePointer = strings.NewReplacer("~", "~0", "/", "~1")

func mapping() *yaml.Node {
	return &yaml.Node{Kind: yaml.MappingNode}
}

func text(value string) yaml.Node {
	return yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: value}
}

// quoted returns a text that no reader takes for a number.
func quoted(value string) yaml.Node {
	return yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Style: yaml.DoubleQuotedStyle, Value: value}
}

func null() yaml.Node {
	return yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Value: "null"}
}

// field returns the value of a field of a mapping, which it makes a mapping if it is new.
func field(parent *yaml.Node, name string) *yaml.Node {
	for i := 0; i < len(parent.Content); i += 2 {
		if parent.Content[i].Value == name {
			return parent.Content[i+1]
		}
	}
	key, value := text(name), mapping()
	parent.Content = append(parent.Content, &key, value)
	return value
}

func encode(value any) (string, error) {
	var output bytes.Buffer
	encoder := yaml.NewEncoder(&output)
	encoder.SetIndent(2)
	encoder.CompactSeqIndent()
	if err := errors.Join(encoder.Encode(value), encoder.Close()); err != nil {
		return "", fmt.Errorf("cannot encode a patch: %w", err)
	}
	return output.String(), nil
}

// Sets tells whether the text of a patch sets an annotation to a value.
func Sets(text, key, value string) bool {
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == key+`: "`+value+`"` {
			return true
		}
	}
	return strings.Contains(text, escapePointer.Replace(key)+"\n  value: \""+value+`"`)
}
