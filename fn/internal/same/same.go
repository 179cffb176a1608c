// Package same tells whether parsed YAML means the same.
package same

import "go.yaml.in/yaml/v3"

// Documents tells whether two lists of documents mean the same: the same values in
// the same order, whatever their style, comments and anchors.
func Documents(a, b []*yaml.Node) bool {
	if len(a) != len(b) {
		return false
	}
	c := comparison{aliased: map[[2]*yaml.Node]bool{}}
	for i := range a {
		if !c.same(a[i], b[i]) {
			return false
		}
	}
	return true
}

// A comparison remembers the pairs of nodes that aliases lead to, each of which need
// be compared only once.
type comparison struct {
	aliased map[[2]*yaml.Node]bool
}

func (c comparison) same(a, b *yaml.Node) bool {
	if a.Kind == yaml.AliasNode || b.Kind == yaml.AliasNode {
		a, b = target(a), target(b)
		pair := [2]*yaml.Node{a, b}
		if c.aliased[pair] {
			return true
		}
		c.aliased[pair] = true
	}
	if a.Kind == yaml.ScalarNode && a.Value == b.Value && a.Style == 0 && b.Style == 0 {
		return a.Kind == b.Kind // and so is the tag, which plain scalars have by their value
	}
	if a.Kind != b.Kind || len(a.Content) != len(b.Content) || a.ShortTag() != b.ShortTag() {
		return false
	}
	if a.Kind == yaml.ScalarNode && a.Value != b.Value {
		return a.ShortTag() == "!!null" // which can be written in several ways
	}
	for i := range a.Content {
		if !c.same(a.Content[i], b.Content[i]) {
			return false
		}
	}
	return true
}

func target(node *yaml.Node) *yaml.Node {
	for node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	return node
}
