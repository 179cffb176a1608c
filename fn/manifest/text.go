package manifest

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
