package digest

import "maps"

// Fields is what decides the content of a Secret or ConfigMap that a controller makes
// of another object: generic values (of JSON: nil, bool, string, numbers, []any and
// map[string]any) by the path of the field that holds them.
type Fields struct {
	// Whole are those that count as they are.
	Whole map[string]any
	// Keyed are those that hold something for each key of the product.
	Keyed map[string]map[string]any
}

// Only returns the part of f that decides about the given keys. If f does not tell
// where one of them comes from, that is all of f.
func (f Fields) Only(keys []string) Fields {
	part := Fields{Whole: f.Whole, Keyed: map[string]map[string]any{}}
	for path := range f.Keyed {
		part.Keyed[path] = map[string]any{}
	}
	for _, key := range keys {
		found := false
		for path, values := range f.Keyed {
			if value, here := values[key]; here {
				part.Keyed[path][key] = value
				found = true
			}
		}
		if !found {
			return f
		}
	}
	return part
}

// Sum returns the digest of the RFC 8785 canonical JSON of an object with a member for
// each field, named by its path.
func (f Fields) Sum(salt Salt) Digest {
	object := maps.Clone(f.Whole)
	if object == nil {
		object = map[string]any{}
	}
	for path, values := range f.Keyed {
		object[path] = values
	}
	return salt.sum(appendValue(nil, object))
}
