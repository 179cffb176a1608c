package manifest

import (
	"maps"
	"slices"

	"go.yaml.in/yaml/v3"
)

// An Edit changes the entries of a mapping of strings, such as the annotations of a
// pod template.
type Edit struct {
	Item *Item
	// Base is a mapping that exists, and Path are the fields that lead from it to the
	// mapping that changes. Each of them has to be a mapping, or absent: it is made
	// where it is needed, and removed where the edit leaves it empty.
	Base *Value
	Path []string

	Set    map[string]string
	Remove []string
}

// apply makes the change in the document. What an alias elsewhere in it stands
// for stays what it was.
func (e Edit) apply(document *yaml.Node) {
	editor := editor{document}
	way := []*yaml.Node{editor.own(e.Base)}
	for _, field := range e.Path {
		way = append(way, editor.mapping(way[len(way)-1], field))
	}
	annotations := way[len(way)-1]
	for _, key := range e.Remove {
		editor.remove(annotations, key)
	}
	keys := slices.Sorted(maps.Keys(e.Set))
	slices.Reverse(keys) // the last to be set is the first in the end
	for _, key := range keys {
		editor.set(annotations, key, e.Set[key])
	}
	for i := len(e.Path) - 1; i >= 0 && len(fieldsOf(way[i+1])) == 0; i-- {
		editor.remove(way[i], e.Path[i])
	}
}

// An editor changes nodes of a document after having made sure that they stand
// in one place of it only.
type editor struct {
	document *yaml.Node
}

// own returns the node at v, which then stands in one place only, as do all that
// lead to it.
func (e editor) own(v *Value) *yaml.Node {
	switch {
	case v.parent == nil:
		return e.unshare(v.node)
	case v.field == "":
		return e.unshare(e.own(v.parent).Content[v.index])
	default:
		return e.child(e.own(v.parent), v.field)
	}
}

// child returns the value of a field of an owned mapping, itself owned, or nil.
func (e editor) child(mapping *yaml.Node, field string) *yaml.Node {
	if i := indexOf(mapping, field); i >= 0 {
		return e.unshare(mapping.Content[i+1])
	}
	for _, source := range merged(mapping) {
		if inherited, _ := (&Value{}).lookup(source, field); inherited != nil {
			return appendChild(mapping, field, copyOf(resolved(inherited)))
		}
	}
	return nil
}

// mapping is child for a field that holds a mapping, which it makes if need be.
func (e editor) mapping(parent *yaml.Node, field string) *yaml.Node {
	found := e.child(parent, field)
	switch {
	case found == nil:
		return prependChild(parent, field, &yaml.Node{Kind: yaml.MappingNode})
	case found.Kind != yaml.MappingNode: // null
		*found = yaml.Node{Kind: yaml.MappingNode, HeadComment: found.HeadComment, LineComment: found.LineComment}
	case len(found.Content) == 0: // "{}", which becomes a block
		found.Style = 0
	}
	return found
}

func (e editor) set(mapping *yaml.Node, key, value string) {
	scalar := &yaml.Node{Kind: yaml.ScalarNode, Tag: stringTag, Value: value}
	old := e.child(mapping, key)
	if old == nil {
		prependChild(mapping, key, scalar)
		return
	}
	scalar.LineComment = old.LineComment
	*old = *scalar
}

func (e editor) remove(mapping *yaml.Node, key string) {
	if i := indexOf(mapping, key); i >= 0 {
		e.unshare(mapping.Content[i])
		e.unshare(mapping.Content[i+1])
		mapping.Content = slices.Delete(mapping.Content, i, i+2)
	}
	inherits := func(source *yaml.Node) bool { return slices.Contains(fieldsOf(source), key) }
	if slices.ContainsFunc(merged(mapping), inherits) {
		e.expandMerges(mapping)
		e.remove(mapping, key)
	}
}

// expandMerges writes out what merge keys bring to a mapping.
func (e editor) expandMerges(mapping *yaml.Node) {
	for _, field := range fieldsOf(mapping) {
		e.child(mapping, field)
	}
	var content []*yaml.Node
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if !isMerge(mapping.Content[i]) {
			content = append(content, mapping.Content[i], mapping.Content[i+1])
		}
	}
	mapping.Content = content
}

// unshare makes a node, in its place, one that no alias has to do with: an alias
// becomes a copy of what it stands for, and an anchor moves to its first alias.
func (e editor) unshare(node *yaml.Node) *yaml.Node {
	if node.Kind == yaml.AliasNode {
		*node = *copyOf(resolved(node))
		return node
	}
	if node.Anchor == "" {
		return node
	}
	var heir *yaml.Node
	visit(e.document, func(other *yaml.Node) {
		switch {
		case other.Kind != yaml.AliasNode || other.Alias != node:
		case heir == nil:
			heir = other
			*heir = *copyOf(node)
			heir.Anchor = node.Anchor
		default:
			other.Alias = heir
		}
	})
	node.Anchor = ""
	return node
}

// visit calls f with every node of a document in the order of the text.
func visit(node *yaml.Node, f func(*yaml.Node)) {
	f(node)
	for _, content := range node.Content {
		visit(content, f)
	}
}

// copyOf returns a copy without anchors, in which aliases are still aliases.
func copyOf(node *yaml.Node) *yaml.Node {
	duplicate := *node
	duplicate.Anchor = ""
	duplicate.Content = nil
	for _, content := range node.Content {
		duplicate.Content = append(duplicate.Content, copyOf(content))
	}
	return &duplicate
}

// maxExpanded is how many nodes a document may have once its aliases are expanded.
const maxExpanded = 1 << 20

// expandAliases replaces every alias by a copy of what it stands for. It returns false,
// and leaves the document unfit for use, where that is too much or has no end.
func expandAliases(document *yaml.Node) bool {
	budget := maxExpanded
	var expand func(*yaml.Node) bool
	expand = func(node *yaml.Node) bool {
		if budget--; budget < 0 {
			return false
		}
		if node.Kind == yaml.AliasNode {
			*node = *copyOf(resolved(node))
		}
		node.Anchor = ""
		for _, content := range node.Content {
			if !expand(content) {
				return false
			}
		}
		return true
	}
	return expand(document)
}

func indexOf(mapping *yaml.Node, field string) int {
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if isField(mapping.Content[i], field) {
			return i
		}
	}
	return -1
}

func appendChild(mapping *yaml.Node, field string, value *yaml.Node) *yaml.Node {
	mapping.Content = append(mapping.Content, keyNode(field), value)
	return value
}

func prependChild(mapping *yaml.Node, field string, value *yaml.Node) *yaml.Node {
	mapping.Content = append([]*yaml.Node{keyNode(field), value}, mapping.Content...)
	return value
}

func keyNode(field string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: stringTag, Value: field}
}
