package digest

import (
	"maps"
	"reflect"
	"slices"
)

// Changes are how a content differs from an earlier one, by its keys. They are sorted.
type Changes struct {
	Added, Removed, Changed []string
	// Rest tells that something differs that belongs to no one key.
	Rest bool
}

// Empty tells whether nothing differs.
func (c Changes) Empty() bool {
	return len(c.Added)+len(c.Removed)+len(c.Changed) == 0 && !c.Rest
}

// Keys returns all keys that differ.
func (c Changes) Keys() []string {
	keys := slices.Concat(c.Added, c.Removed, c.Changed)
	slices.Sort(keys)
	return slices.Compact(keys)
}

// ChangesTo returns how a later content differs.
func (c Content) ChangesTo(after Content) Changes {
	return changes(c.byKey(), after.byKey())
}

// byKey returns the values of each key, with whether they are binary.
func (c Content) byKey() map[string]any {
	values := map[string]any{}
	for key, value := range c.data {
		values[key] = [2]string{value}
	}
	for key, value := range c.binaryData {
		both, _ := values[key].([2]string)
		both[1] = "=" + value
		values[key] = both
	}
	return values
}

// ChangesTo returns how later fields differ.
func (f Fields) ChangesTo(after Fields) Changes {
	found := changes(f.byKey(), after.byKey())
	found.Rest = !reflect.DeepEqual(f.Whole, after.Whole) && len(f.Whole)+len(after.Whole) > 0
	return found
}

func (f Fields) byKey() map[string]any {
	values := map[string]any{}
	for path, keyed := range f.Keyed {
		for key, value := range keyed {
			paths, _ := values[key].(map[string]any)
			if paths == nil {
				paths = map[string]any{}
				values[key] = paths
			}
			paths[path] = value
		}
	}
	return values
}

func changes(before, after map[string]any) (found Changes) {
	for _, key := range slices.Sorted(maps.Keys(before)) {
		value, kept := after[key]
		switch {
		case !kept:
			found.Removed = append(found.Removed, key)
		case !reflect.DeepEqual(before[key], value):
			found.Changed = append(found.Changed, key)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(after)) {
		if _, known := before[key]; !known {
			found.Added = append(found.Added, key)
		}
	}
	return found
}
