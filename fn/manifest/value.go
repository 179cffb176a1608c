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

// A Value is a place in an object, to be read: what stands there, or that nothing does.
// Aliases and merge keys are followed.
type Value struct {
	tree   *tree
	node   ref // none where nothing stands
	parent *Value
	field  string // the place in the parent: a field, or
	index  int    // an index, where field is empty
	// isObject tells that paths begin here.
	isObject bool
}

// An Error says what is wrong with an item. It never quotes a value.
type Error struct {
	Item    *Item
	Path    string // of the field
	Message string

	at *Value
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
	if v.isTop() {
		return ""
	}
	if v.field == "" {
		return v.parent.Path() + "[" + strconv.Itoa(v.index) + "]"
	}
	field := v.field
	if !fieldFormat().MatchString(field) {
		field = "(no valid key)"
	}
	if v.parent.isTop() {
		return field
	}
	return v.parent.Path() + "." + field
}

// isTop tells whether v is an object, and no value in one.
func (v *Value) isTop() bool {
	return v.parent == nil || v.isObject
}

// fieldFormat is that of fields and of keys of data, labels and annotations.
var fieldFormat = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z0-9._/$<-]{1,253}$`) })

// Exists tells whether there is anything but null.
func (v *Value) Exists() bool {
	return v.node != none && !v.tree.isNull(v.node)
}

// Line returns the line of the input on which v begins, or the nearest value above it that
// there is.
func (v *Value) Line() int {
	for v.node == none && v.parent != nil {
		v = v.parent
	}
	return v.tree.line(v.node)
}

func (v *Value) child(n ref) *Value {
	return &Value{tree: v.tree, node: n, parent: v}
}

// At returns the value that the given fields lead to. It is an error when one on
// the way is no mapping; when one is absent, the value does not exist.
func (v *Value) At(fields ...string) (*Value, error) {
	for _, field := range fields {
		next := v.child(none)
		next.field = field
		if v.Exists() {
			n, err := v.mapping()
			if err != nil {
				return nil, err
			}
			if next.node, err = v.lookup(n, field); err != nil {
				return nil, err
			}
		}
		v = next
	}
	return v, nil
}

// Follow returns the values that exist at a path of fields separated by dots, in which
// [] stands behind a field whose value is a list, and * for every field. The empty path
// leads nowhere else.
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
	return v.node != none && v.tree.nodes[v.tree.resolve(v.node)].kind == mapping
}

// Elements returns the elements of a list; there are none where v does not exist.
func (v *Value) Elements() ([]*Value, error) {
	if !v.Exists() {
		return nil, nil
	}
	n := v.tree.resolve(v.node)
	if v.tree.nodes[n].kind != sequence {
		return nil, v.Errorf("expected a list, found %s", v.tree.describe(n))
	}
	elements := []*Value{}
	for child := v.tree.nodes[n].first; child != none; child = v.tree.nodes[child].next {
		element := v.child(child)
		element.index = len(elements)
		elements = append(elements, element)
	}
	return elements, nil
}

// mapping returns the mapping that v is or stands for.
func (v *Value) mapping() (ref, error) {
	n := v.tree.resolve(v.node)
	if v.tree.nodes[n].kind != mapping {
		return none, v.Errorf("expected a mapping, found %s", v.tree.describe(n))
	}
	return n, nil
}

// Entries returns the values of a mapping by field; there are none where v does
// not exist.
func (v *Value) Entries() (map[string]*Value, error) {
	entries, twice, err := v.LastEntries()
	if err != nil {
		return nil, err
	}
	if len(twice) > 0 {
		return nil, entries[twice[0]].Errorf("the field is given twice")
	}
	return entries, nil
}

// LastEntries is Entries for a mapping in which a field can be given twice: the last one
// counts, as clients have it. It returns those fields as well, in order.
func (v *Value) LastEntries() (entries map[string]*Value, twice []string, err error) {
	if !v.Exists() {
		return nil, nil, nil
	}
	n, err := v.mapping()
	if err != nil {
		return nil, nil, err
	}
	entries = map[string]*Value{}
	for _, source := range v.tree.sourcesOf(n) {
		own := map[string]bool{}
		v.tree.entries(source, func(key, value ref) bool {
			key = v.tree.resolve(key)
			if v.tree.nodes[key].kind != scalar || v.tree.isMergeKey(key) {
				return true
			}
			field := v.tree.scalar(key)
			switch {
			case own[field]:
				twice = append(twice, field)
			case entries[field] != nil: // of what wins
				return true
			}
			own[field] = true
			entry := v.child(value)
			entry.field = field
			entries[field] = entry
			return true
		})
	}
	slices.Sort(twice)
	return entries, slices.Compact(twice), nil
}

// Text returns a string; it is empty where v does not exist. Like the API
// server's YAML reader, it takes a date for a string, but no number or boolean.
func (v *Value) Text() (string, error) {
	if !v.Exists() {
		return "", nil
	}
	n := v.tree.resolve(v.node)
	if !v.tree.isText(n) {
		return "", v.Errorf("expected a string, found %s", v.tree.describe(n))
	}
	return v.tree.scalar(n), nil
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
	value, err := v.generic()
	if err != nil {
		return nil, v.Errorf("%s", err.Message)
	}
	return value, nil
}

// generic is Generic with an error at the place that is wrong.
func (v *Value) generic() (any, *Error) {
	if !v.Exists() {
		return nil, nil
	}
	n := v.tree.resolve(v.node)
	switch v.tree.nodes[n].kind {
	case mapping:
		return v.genericMapping(n)
	case sequence:
		list := []any{}
		for _, child := range v.tree.children(n) {
			element, err := v.child(child).generic()
			if err != nil {
				return nil, err
			}
			list = append(list, element)
		}
		return list, nil
	default:
	}
	value, ok := v.tree.decode(n)
	if !ok {
		return nil, v.Errorf("a value is not what its tag says")
	}
	return value, nil
}

func (v *Value) genericMapping(n ref) (any, *Error) {
	values := map[string]any{}
	for _, source := range v.tree.sourcesOf(n) {
		own := map[string]bool{}
		var wrong *Error
		v.tree.entries(source, func(key, value ref) bool {
			at := v.child(key)
			key = v.tree.resolve(key)
			if v.tree.nodes[key].kind != scalar {
				wrong = at.Errorf(collectionAsKey)
				return false
			}
			if v.tree.isMergeKey(key) {
				if !v.tree.isMergeable(value) {
					wrong = at.Errorf("what it merges is no mapping")
				}
				return wrong == nil
			}
			name, _ := v.tree.decode(key)
			field := fmt.Sprint(name)
			if own[field] {
				wrong = at.Errorf(duplicateKey)
				return false
			}
			own[field] = true
			if _, wins := values[field]; !wins {
				values[field], wrong = v.child(value).generic()
			}
			return wrong == nil
		})
		if wrong != nil {
			return nil, wrong
		}
	}
	return values, nil
}

// decode returns the generic value of a scalar; it is false where its tag is wrong.
func (t *tree) decode(n ref) (value any, ok bool) {
	if t.isText(n) {
		return t.scalar(n), true
	}
	scalar := &yaml.Node{Kind: yaml.ScalarNode, Value: t.scalar(n), Tag: t.tags[n]}
	err := scalar.Decode(&value)
	return value, err == nil
}

// Errorf returns an error at v. It must not be given a value that may be secret.
func (v *Value) Errorf(format string, args ...any) *Error {
	return &Error{Path: v.Path(), Message: fmt.Sprintf(format, args...), at: v}
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
	if !v.IsMapping() {
		return texts
	}
	for field, n := range v.tree.fields(v.tree.resolve(v.node)) {
		if n = v.tree.resolve(n); v.tree.nodes[n].kind == scalar && !v.tree.isNull(n) {
			texts[field] = v.tree.scalar(n)
		}
	}
	return texts
}

// anyText is anyTexts for one of them.
func (v *Value) anyText(field string) (text string, found bool) {
	if !v.IsMapping() {
		return "", false
	}
	t := v.tree
	n := t.resolve(v.node)
	entry, _ := t.field(n, field)
	if entry.value == none {
		entry.value = t.inherited(n, field)
	}
	if entry.value == none {
		return "", false
	}
	value := t.resolve(entry.value)
	if t.nodes[value].kind != scalar || t.isNull(value) {
		return "", false
	}
	return t.scalar(value), true
}

// lookup returns the node of a field of a mapping: its own, or else one that a
// merge key brings.
func (v *Value) lookup(n ref, field string) (ref, error) {
	sources := []ref{n}
	for i := 0; i < len(sources); i++ {
		found, twice := v.tree.field(sources[i], field)
		if twice {
			message := "the field is given twice"
			if v.isTop() && (field == "apiVersion" || field == "kind") {
				message += ": is a line --- missing between two documents?"
			}
			return none, (&Value{tree: v.tree, node: found.value, parent: v, field: field}).Errorf("%s", message)
		}
		if found.value != none {
			return found.value, nil
		}
		if i == 0 && v.tree.merges(n) {
			sources = v.tree.sourcesOf(n)
		}
	}
	return none, nil
}

// merges tells whether a mapping has a merge key.
func (t *tree) merges(n ref) (found bool) {
	t.entries(n, func(key, _ ref) bool {
		found = t.isMergeKey(key)
		return !found
	})
	return found
}

// An entry is a key of a mapping and its value.
type entry struct{ key, value ref }

// field returns the entry of a field of a mapping itself, the last one if it is there
// twice.
func (t *tree) field(n ref, field string) (found entry, twice bool) {
	found = entry{none, none}
	t.entries(n, func(key, value ref) bool {
		if k := t.resolve(key); t.is(k, field) && !t.isMergeKey(k) {
			twice = found.key != none
			found = entry{key, value}
		}
		return true
	})
	return found, twice
}

// sourcesOf returns a mapping and those that are merged into it, each once, the one that
// wins first.
func (t *tree) sourcesOf(n ref) []ref {
	sources := []ref{n}
	var collect func(ref)
	collect = func(n ref) {
		t.entries(n, func(key, value ref) bool {
			if !t.isMergeKey(key) {
				return true
			}
			for _, candidate := range t.mergedBy(value) {
				if t.nodes[candidate].kind == mapping && !slices.Contains(sources, candidate) {
					sources = append(sources, candidate)
					collect(candidate)
				}
			}
			return true
		})
	}
	collect(n)
	return sources
}

// mergedBy returns what the value of a merge key brings.
func (t *tree) mergedBy(value ref) []ref {
	value = t.resolve(value)
	if t.nodes[value].kind != sequence {
		return []ref{value}
	}
	var all []ref
	for n := t.nodes[value].first; n != none; n = t.nodes[n].next {
		all = append(all, t.resolve(n))
	}
	return all
}

// isMergeable tells whether the value of a merge key is one or more mappings.
func (t *tree) isMergeable(value ref) bool {
	return !slices.ContainsFunc(t.mergedBy(value), func(n ref) bool { return t.nodes[n].kind != mapping })
}

func (t *tree) isText(n ref) bool {
	if t.nodes[n].kind != scalar {
		return false
	}
	switch t.typeOf(n) {
	case isString, isDate, isMerge:
		return true
	default:
		return false
	}
}

// describe names what a node is, for messages.
func (t *tree) describe(n ref) string {
	switch t.nodes[n].kind {
	case mapping:
		return "a mapping"
	case sequence:
		return "a list"
	default:
	}
	switch t.typeOf(n) {
	case isString, isDate, isMerge:
		return "a string"
	case isNumber:
		return "a number"
	case isBool:
		return "a boolean"
	case isNull:
		return "null"
	default:
		return "a value with a tag"
	}
}
