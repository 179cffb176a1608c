// Package fielddiff tells in which fields two generic values differ, without their values.
package fielddiff

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// A Kind is what has happened to a field.
type Kind string

// The kinds of changes.
const (
	Added   Kind = "added"
	Removed Kind = "removed"
	Changed Kind = "changed"
	Moved   Kind = "order" // the elements of a list have another order
)

// A Field is a field that differs.
type Field struct {
	// Path leads to the field. Elements of a list are called by what tells them apart, as
	// in "containers[web].image", or else by their index.
	Path string `json:"path"`
	Kind Kind   `json:"change"`
}

// Of returns the fields in which two generic values differ, the outermost that say it
// all, by path. A field that is null is one that is absent, as for the API server.
func Of(before, after any) []Field {
	var d differences
	d.compare("", before, after)
	return d.fields
}

// identifiers are the fields that tell the elements of Kubernetes' lists apart, those that
// name more of them first (core/v1, patchMergeKey).
var identifiers = []string{"name", "mountPath", "containerPort", "devicePath", "key", "ip", "topologyKey"}

type differences struct {
	fields []Field
}

func (d *differences) compare(path string, before, after any) {
	switch {
	case equal(before, after):
	case before == nil:
		d.add(path, Added)
	case after == nil:
		d.add(path, Removed)
	default:
		d.compareWithin(path, before, after)
	}
}

func (d *differences) compareWithin(path string, before, after any) {
	oldMap, wasMap := before.(map[string]any)
	newMap, isMap := after.(map[string]any)
	oldList, wasList := before.([]any)
	newList, isList := after.([]any)
	switch {
	case wasMap && isMap:
		d.compareMaps(path, oldMap, newMap, child)
	case wasList && isList:
		d.compareLists(path, oldList, newList)
	default:
		d.add(path, Changed)
	}
}

func (d *differences) compareMaps(path string, before, after map[string]any, join func(path, key string) string) {
	keys := slices.Collect(maps.Keys(before))
	for key := range after {
		if _, both := before[key]; !both {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	for _, key := range keys {
		d.compare(join(path, key), before[key], after[key])
	}
}

func (d *differences) compareLists(path string, before, after []any) {
	for _, identifier := range identifiers {
		oldNames, oldElements := byIdentifier(before, identifier)
		newNames, newElements := byIdentifier(after, identifier)
		if oldElements == nil || newElements == nil {
			continue
		}
		known := len(d.fields)
		d.compareMaps(path, oldElements, newElements, element)
		if len(d.fields) == known && !slices.Equal(oldNames, newNames) {
			d.add(path, Moved)
		}
		return
	}
	for i := range max(len(before), len(after)) {
		d.compare(element(path, strconv.Itoa(i)), at(before, i), at(after, i))
	}
}

// byIdentifier returns the elements of a list by a field that tells them apart, and their
// order; nothing where it does not.
func byIdentifier(list []any, identifier string) (names []string, elements map[string]any) {
	elements = map[string]any{}
	for _, value := range list {
		mapping, _ := value.(map[string]any)
		name := nameOf(mapping[identifier])
		if name == "" || elements[name] != nil {
			return nil, nil
		}
		elements[name] = value
		names = append(names, name)
	}
	return names, elements
}

// equal tells whether two generic values are the same.
func equal(a, b any) bool {
	switch a := a.(type) {
	case map[string]any:
		b, ok := b.(map[string]any)
		if !ok || len(a) != len(b) {
			return false
		}
		for key, value := range a {
			if other, found := b[key]; !found || !equal(value, other) {
				return false
			}
		}
		return true
	case []any:
		b, ok := b.([]any)
		return ok && slices.EqualFunc(a, b, equal)
	}
	switch b.(type) {
	case map[string]any, []any:
		return false
	}
	return a == b // scalars
}

// nameOf returns what a value tells an element apart by: a text or a number.
func nameOf(value any) string {
	switch value := value.(type) {
	case string:
		return value
	case int:
		return strconv.Itoa(value)
	case float64: // as JSON has it
		return strconv.FormatFloat(value, 'f', -1, 64)
	}
	return ""
}

func at(list []any, index int) any {
	if index < len(list) {
		return list[index]
	}
	return nil
}

func (d *differences) add(path string, kind Kind) {
	d.fields = append(d.fields, Field{path, kind})
}

// child returns the path of a field. A key that could be taken for a path stands in
// brackets.
func child(path, key string) string {
	switch {
	case key == "" || strings.ContainsAny(key, "./[]"):
		return element(path, key)
	case path == "":
		return key
	default:
		return path + "." + key
	}
}

func element(path, name string) string {
	return path + "[" + name + "]"
}
