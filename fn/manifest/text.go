package manifest

import "slices"

// HasText tells whether one of the scalars at and below v, names of fields left aside, is
// such a text.
func (v *Value) HasText(such func(text string) bool) bool {
	return v.Exists() && v.tree.hasText(v.node, such)
}

func (t *tree) hasText(n ref, such func(string) bool) bool {
	n = t.resolve(n)
	if t.nodes[n].kind == scalar {
		return such(t.scalar(n))
	}
	isKey := t.nodes[n].kind == mapping
	for child := t.nodes[n].first; child != none; child = t.nodes[child].next {
		if !isKey && t.hasText(child, such) {
			return true
		}
		isKey = t.nodes[n].kind == mapping && !isKey
	}
	return false
}

// EachMappingWith calls visit with each mapping at and below v that has one of the given
// fields. The mappings do not know where they stand.
func (v *Value) EachMappingWith(fields []string, visit func(*Value)) {
	if !v.Exists() {
		return
	}
	v.tree.walk(v.node, func(n ref) bool {
		if v.tree.nodes[n].kind == mapping && v.tree.hasOneOf(n, fields) {
			visit(&Value{tree: v.tree, node: n})
		}
		return true
	})
}

// hasOneOf tells whether a mapping itself has one of the given fields.
func (t *tree) hasOneOf(n ref, fields []string) bool {
	return slices.ContainsFunc(fields, func(field string) bool {
		found, _ := t.field(n, field)
		return found.key != none
	})
}
