package digest

import (
	"maps"
	"slices"
)

// Fields is what decides the content of a Secret or ConfigMap that a controller makes
// of another object: generic values (of JSON: nil, bool, string, numbers, []any and
// map[string]any) by the path of the field that holds them.
type Fields struct {
	// Whole are those that count as they are.
	Whole map[string]any
	// Keyed are those that hold something for each key of the product.
	Keyed map[string]map[string]any
	// Mixed are the paths of those that hold templates: what they say of a key, or of
	// any key if they are Whole, can depend on everything else.
	Mixed []string
}

// Empty tells whether there are no fields.
func (f Fields) Empty() bool {
	return len(f.Whole) == 0 && len(f.Keyed) == 0
}

// With returns the fields of both: where both have one, those of f come first.
func (f Fields) With(other Fields) Fields {
	both := Fields{Whole: copied(f.Whole), Keyed: map[string]map[string]any{}, Mixed: append(slices.Clone(f.Mixed), other.Mixed...)}
	for path, value := range other.Whole {
		both.Whole[path] = beside(f.Whole, path, value)
	}
	maps.Copy(both.Keyed, f.Keyed)
	for path, values := range other.Keyed {
		keyed := copied(f.Keyed[path])
		for key, value := range values {
			keyed[key] = beside(f.Keyed[path], key, value)
		}
		both.Keyed[path] = keyed
	}
	return both
}

func copied(values map[string]any) map[string]any {
	all := map[string]any{}
	maps.Copy(all, values)
	return all
}

func beside(values map[string]any, name string, value any) any {
	if first, both := values[name]; both {
		return []any{first, value}
	}
	return value
}

// WithData returns f with data that the product has beside them, if there are any. They
// count for every key.
func (f Fields) WithData(data Content) Fields {
	if data.Empty() {
		return f
	}
	with := f
	with.Whole = copied(f.Whole)
	for field, values := range map[string]map[string]string{"data": data.data, "binaryData": data.binaryData} {
		texts := map[string]any{}
		for key, value := range values {
			texts[key] = value
		}
		with.Whole[field] = texts
	}
	return with
}

// Only returns the part of f that decides about the given keys. If f does not tell
// where one of them comes from, that is all of f.
func (f Fields) Only(keys []string) Fields {
	part := Fields{Whole: f.Whole, Keyed: map[string]map[string]any{}}
	if f.mixesAll() {
		return f
	}
	for _, key := range keys {
		paths := f.pathsOf(key)
		if len(paths) == 0 || slices.ContainsFunc(paths, f.isMixed) {
			return f
		}
		for _, path := range paths {
			if part.Keyed[path] == nil {
				part.Keyed[path] = map[string]any{}
			}
			part.Keyed[path][key] = f.Keyed[path][key]
		}
	}
	return part
}

// Unknown returns those of some keys of which f does not tell where they come from.
func (f Fields) Unknown(keys []string) []string {
	return slices.DeleteFunc(slices.Clone(keys), func(key string) bool { return len(f.pathsOf(key)) > 0 })
}

// pathsOf returns the paths of what holds something for a key.
func (f Fields) pathsOf(key string) []string {
	var paths []string
	for path, values := range f.Keyed {
		if _, here := values[key]; here {
			paths = append(paths, path)
		}
	}
	return paths
}

func (f Fields) isMixed(path string) bool {
	return slices.Contains(f.Mixed, path)
}

func (f Fields) mixesAll() bool {
	return slices.ContainsFunc(f.Mixed, func(path string) bool {
		_, whole := f.Whole[path]
		return whole
	})
}

// Sum returns the digest of the RFC 8785 canonical JSON of an object with a member for
// each field, named by its path.
func (f Fields) Sum(salt Salt) Digest {
	object := copied(f.Whole)
	for path, values := range f.Keyed {
		object[path] = values
	}
	return salt.sum(appendValue(nil, object))
}
