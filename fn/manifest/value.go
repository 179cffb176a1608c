package manifest

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"
)

// The short forms of YAML's tags.
const (
	nullTag      = "!!null"
	stringTag    = "!!str"
	boolTag      = "!!bool"
	intTag       = "!!int"
	floatTag     = "!!float"
	timestampTag = "!!timestamp"
	mapTag       = "!!map"
	sequenceTag  = "!!seq"
	mergeTag     = "!!merge"
)

// A Value is a place in an object, to be read: what stands there, or that
// nothing does. Aliases and merge keys are followed.
type Value struct {
	node   *yaml.Node // nil where nothing stands
	parent *Value
	field  string // the place in the parent: a field, or
	index  int    // an index, where field is empty
}

// An Error says what is wrong with an item. It never quotes a value.
type Error struct {
	Item    *Item
	Path    string // of the field
	Message string
}

func (e *Error) Error() string {
	if e.Path == "" {
		return e.Message
	}
	return e.Path + ": " + e.Message
}

// asError returns err, which came from reading a value of item, as an Error.
func asError(item *Item, err error) *Error {
	var problem *Error
	if !errors.As(err, &problem) {
		problem = &Error{Message: err.Error()}
	}
	problem.Item = item
	return problem
}

// Path returns the field path of v in the object: "spec.containers[0].env". What cannot
// be the name of a field nor a key is not shown: it may be a value, behind whose key a
// space is missing.
func (v *Value) Path() string {
	if v.parent == nil {
		return ""
	}
	if v.field == "" {
		return v.parent.Path() + "[" + strconv.Itoa(v.index) + "]"
	}
	field := v.field
	if !fieldFormat().MatchString(field) {
		field = "(no valid key)"
	}
	if v.parent.parent == nil {
		return field
	}
	return v.parent.Path() + "." + field
}

// fieldFormat is that of fields and of keys of data, labels and annotations.
var fieldFormat = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z0-9._/$<-]{1,253}$`) })

// Exists tells whether there is anything but null.
func (v *Value) Exists() bool {
	return v.node != nil && resolved(v.node).ShortTag() != nullTag
}

// At returns the value that the given fields lead to. It is an error when one on
// the way is no mapping; when one is absent, the value does not exist.
func (v *Value) At(fields ...string) (*Value, error) {
	for _, field := range fields {
		next := &Value{parent: v, field: field}
		if v.Exists() {
			node := resolved(v.node)
			if node.Kind != yaml.MappingNode {
				return nil, v.Errorf("expected a mapping, found %s", describe(node))
			}
			var err error
			if next.node, err = v.lookup(node, field); err != nil {
				return nil, err
			}
		}
		v = next
	}
	return v, nil
}

// Follow returns the values that exist at a path of fields separated by dots, in which
// [] stands behind a field whose value is a list, and * in the place of a field for each
// value of a mapping. The empty path leads nowhere else.
func (v *Value) Follow(path string) ([]*Value, error) {
	if path == "" {
		return []*Value{v}, nil
	}
	field, rest, more := strings.Cut(path, ".")
	values, err := v.step(field)
	if err != nil || !more {
		return values, err
	}
	var found []*Value
	for _, value := range values {
		deeper, err := value.Follow(rest)
		if err != nil {
			return nil, err
		}
		found = append(found, deeper...)
	}
	return found, nil
}

// step is Follow for a path of one field.
func (v *Value) step(field string) ([]*Value, error) {
	if field == "*" {
		return v.values()
	}
	field, isList := strings.CutSuffix(field, "[]")
	value, err := v.At(field)
	if err != nil || !value.Exists() {
		return nil, err
	}
	if isList {
		return value.Elements()
	}
	return []*Value{value}, nil
}

// values returns the values of a mapping that exist, in the order of their fields.
func (v *Value) values() ([]*Value, error) {
	entries, err := v.Entries()
	if err != nil {
		return nil, err
	}
	var values []*Value
	for _, field := range slices.Sorted(maps.Keys(entries)) {
		if value := entries[field]; value.Exists() {
			values = append(values, value)
		}
	}
	return values, nil
}

// IsMapping tells whether v exists and is a mapping.
func (v *Value) IsMapping() bool {
	return v.node != nil && resolved(v.node).Kind == yaml.MappingNode
}

// Elements returns the elements of a list; there are none where v does not exist.
func (v *Value) Elements() ([]*Value, error) {
	if !v.Exists() {
		return nil, nil
	}
	node := resolved(v.node)
	if node.Kind != yaml.SequenceNode {
		return nil, v.Errorf("expected a list, found %s", describe(node))
	}
	elements := make([]*Value, len(node.Content))
	for i, content := range node.Content {
		elements[i] = &Value{node: content, parent: v, index: i}
	}
	return elements, nil
}

// Entries returns the values of a mapping by field; there are none where v does
// not exist.
func (v *Value) Entries() (map[string]*Value, error) {
	if !v.Exists() {
		return nil, nil
	}
	node := resolved(v.node)
	if node.Kind != yaml.MappingNode {
		return nil, v.Errorf("expected a mapping, found %s", describe(node))
	}
	entries := map[string]*Value{}
	for _, source := range sourcesOf(node) {
		if err := v.addEntries(entries, source); err != nil {
			return nil, err
		}
	}
	return entries, nil
}

// addEntries adds the entries of a mapping whose fields have none yet.
func (v *Value) addEntries(entries map[string]*Value, mapping *yaml.Node) error {
	found := map[string]int{} // how often
	var added []*Value
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		key := resolved(mapping.Content[i])
		if key.Kind != yaml.ScalarNode || isMerge(key) || entries[key.Value] != nil {
			continue
		}
		found[key.Value]++
		added = append(added, &Value{node: mapping.Content[i+1], parent: v, field: key.Value})
	}
	for _, entry := range added {
		if found[entry.field] > 1 {
			return entry.Errorf("the field is given twice")
		}
		entries[entry.field] = entry
	}
	return nil
}

// Text returns a string; it is empty where v does not exist. Like the API
// server's YAML reader, it takes a date for a string, but no number or boolean.
func (v *Value) Text() (string, error) {
	if !v.Exists() {
		return "", nil
	}
	node := resolved(v.node)
	if !isText(node) {
		return "", v.Errorf("expected a string, found %s", describe(node))
	}
	return node.Value, nil
}

// Texts returns a mapping of strings.
func (v *Value) Texts() (map[string]string, error) {
	entries, err := v.Entries()
	if err != nil {
		return nil, err
	}
	texts := make(map[string]string, len(entries))
	for _, field := range slices.Sorted(maps.Keys(entries)) { // for the same error each time
		if texts[field], err = entries[field].Text(); err != nil {
			return nil, err
		}
	}
	return texts, nil
}

// Generic returns v as maps by string, lists and scalars, or nil where it does not
// exist. Dates are text, as for Text; keys are, as in JSON.
func (v *Value) Generic() (any, error) {
	if !v.Exists() {
		return nil, nil
	}
	value, err := decode(resolved(v.node))
	if err == nil {
		value, err = withTextKeys(value)
	}
	if err != nil {
		// Lines are counted from where the object was parsed.
		return nil, v.Errorf("%s", lineNumber().ReplaceAllString(err.Error(), ""))
	}
	return value, nil
}

var lineNumber = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`line \d+(, column \d+)?: `) })

// withTextKeys returns a generic value in which every key is a string.
func withTextKeys(value any) (_ any, err error) {
	switch value := value.(type) {
	case []any:
		for i := range value {
			if value[i], err = withTextKeys(value[i]); err != nil {
				return nil, err
			}
		}
	case map[string]any:
		for key := range value {
			if value[key], err = withTextKeys(value[key]); err != nil {
				return nil, err
			}
		}
	case map[any]any:
		texts := make(map[string]any, len(value))
		for key, content := range value {
			text := fmt.Sprint(key)
			if _, twice := texts[text]; twice {
				return nil, errors.New("a field is given twice, with different types")
			}
			if texts[text], err = withTextKeys(content); err != nil {
				return nil, err
			}
		}
		return texts, nil
	}
	return value, nil
}

// Errorf returns an error at v. It must not be given a value that may be secret.
func (v *Value) Errorf(format string, args ...any) *Error {
	return &Error{Path: v.Path(), Message: fmt.Sprintf(format, args...)}
}

// TextAt returns the string that the given fields lead to; see Text.
func (v *Value) TextAt(fields ...string) (string, error) {
	value, err := v.At(fields...)
	if err != nil {
		return "", err
	}
	return value.Text()
}

// anyTexts returns those entries of a mapping that are scalars, as text. It is
// for labels and annotations, which decide nothing where they are not valid.
func (v *Value) anyTexts() map[string]string {
	texts := map[string]string{}
	entries, err := v.Entries()
	if err != nil {
		return texts
	}
	for field, entry := range entries {
		if entry.Exists() && resolved(entry.node).Kind == yaml.ScalarNode {
			texts[field] = resolved(entry.node).Value
		}
	}
	return texts
}

// lookup returns the node of a field of a mapping: its own, or else one that a
// merge key brings.
func (v *Value) lookup(mapping *yaml.Node, field string) (*yaml.Node, error) {
	for _, source := range sourcesOf(mapping) {
		var found *yaml.Node
		for i := 0; i+1 < len(source.Content); i += 2 {
			if !isField(source.Content[i], field) {
				continue
			}
			if found != nil {
				twice := (&Value{parent: v, field: field}).Errorf("the field is given twice")
				if v.parent == nil && (field == "apiVersion" || field == "kind") {
					twice.Message += ": is a line --- missing between two documents?"
				}
				return nil, twice
			}
			found = source.Content[i+1]
		}
		if found != nil {
			return found, nil
		}
	}
	return nil, nil
}

// fieldsOf returns the fields of a mapping in their order, merged ones last.
func fieldsOf(mapping *yaml.Node) []string {
	var fields []string
	for _, source := range sourcesOf(mapping) {
		for i := 0; i+1 < len(source.Content); i += 2 {
			if key := resolved(source.Content[i]); key.Kind == yaml.ScalarNode && !isMerge(key) {
				fields = append(fields, key.Value)
			}
		}
	}
	return fields
}

// sourcesOf returns a mapping and those that are merged into it, the one that wins
// first.
func sourcesOf(mapping *yaml.Node) []*yaml.Node {
	return append([]*yaml.Node{mapping}, merged(mapping)...)
}

// merged returns the mappings that the merge keys of a mapping bring, and those that
// theirs bring, each once, the one that wins first.
func merged(mapping *yaml.Node) []*yaml.Node {
	var sources []*yaml.Node
	seen := map[*yaml.Node]bool{mapping: true}
	var collect func(*yaml.Node)
	collect = func(mapping *yaml.Node) {
		for i := 0; i+1 < len(mapping.Content); i += 2 {
			if !isMerge(mapping.Content[i]) {
				continue
			}
			candidates := []*yaml.Node{resolved(mapping.Content[i+1])}
			if candidates[0].Kind == yaml.SequenceNode {
				candidates = candidates[0].Content
			}
			for _, candidate := range candidates {
				if source := resolved(candidate); source.Kind == yaml.MappingNode && !seen[source] {
					seen[source] = true
					sources = append(sources, source)
					collect(source)
				}
			}
		}
	}
	if slices.ContainsFunc(mapping.Content, isMerge) {
		collect(mapping)
	}
	return sources
}

// isField tells whether a key is that of a field.
func isField(key *yaml.Node, field string) bool {
	key = resolved(key)
	return key.Value == field && key.Kind == yaml.ScalarNode && !isMerge(key)
}

func isMerge(key *yaml.Node) bool {
	return key.Kind == yaml.ScalarNode && key.Value == "<<" && key.ShortTag() == mergeTag
}

func isText(node *yaml.Node) bool {
	if node.Kind != yaml.ScalarNode {
		return false
	}
	switch node.ShortTag() {
	case stringTag, timestampTag, mergeTag:
		return true
	}
	return false
}

// resolved returns the node that an alias, or an alias of one, stands for.
func resolved(node *yaml.Node) *yaml.Node {
	for node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	return node
}

func describe(node *yaml.Node) string {
	if node.Kind == yaml.MappingNode {
		return "a mapping"
	}
	if node.Kind == yaml.SequenceNode {
		return "a list"
	}
	switch tag := node.ShortTag(); tag {
	case stringTag, timestampTag:
		return "a string"
	case intTag, floatTag:
		return "a number"
	case boolTag:
		return "a boolean"
	case nullTag:
		return "null"
	default:
		return "a value with a tag" // which may be the beginning of a secret
	}
}
