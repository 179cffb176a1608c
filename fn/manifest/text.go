package manifest

import "go.yaml.in/yaml/v3"

// HasText tells whether one of the scalars at and below v, names of fields left aside, is
// such a text.
func (v *Value) HasText(such func(text string) bool) bool {
	return v.Exists() && hasText(v.node, such, map[*yaml.Node]bool{})
}

func hasText(node *yaml.Node, such func(string) bool, aliased map[*yaml.Node]bool) bool {
	switch node.Kind {
	case yaml.AliasNode:
		node = resolved(node)
		if aliased[node] {
			return false
		}
		aliased[node] = true
		return hasText(node, such, aliased)
	case yaml.ScalarNode:
		return such(node.Value)
	}
	step, first := 1, 0
	if node.Kind == yaml.MappingNode {
		step, first = 2, 1
	}
	for i := first; i < len(node.Content); i += step {
		if hasText(node.Content[i], such, aliased) {
			return true
		}
	}
	return false
}
