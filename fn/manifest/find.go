package manifest

import (
	"go.yaml.in/yaml/v3"

	"github.com/proompteng/checksum-annotator/fn/internal/parallel"
)

// A Shape is what objects are expected to look like: the fields, wherever they
// stand, that hold lists of mappings, and those that hold mappings. An object of
// another shape is one that there may be something to tell about.
type Shape struct {
	lists, mappings *wordSet
}

// NewShape returns a Shape with the given fields.
func NewShape(lists, mappings []string) *Shape {
	return &Shape{lists: newWordSet(lists), mappings: newWordSet(mappings)}
}

// Items returns, in their order, the items that hold one of the given words, in this
// call or an earlier one, and those that are out of shape; and what is wrong with
// items that are no objects. A word is made of letters, digits, "-", "." and "_",
// and is held by a key or a value in which it stands by itself.
func (l *List) Items(words []string) ([]*Item, []*Error) {
	wanted := newWordSet(words)
	parallel.Each(l.regions, func(r *region) bool {
		if r.plain && r.objects == nil && holds(wanted, r.text) {
			r.parseObject()
		}
		if r.objects != nil {
			r.readItems(l.path)
		}
		for _, item := range r.items {
			if !item.found {
				finder := finder{words: wanted, shape: l.shape, aliased: map[*yaml.Node]bool{}}
				item.found = wanted.has(item.Kind) || finder.finds(item.root.node) // the list can tell the kind
			}
		}
		return true
	})
	var items []*Item
	var problems []*Error
	for _, r := range l.regions {
		problems = append(problems, r.problems...)
		for _, item := range r.items {
			if item.found {
				items = append(items, item)
			}
		}
	}
	return items, problems
}

// A finder looks for words, and for what is out of shape, in an object.
type finder struct {
	words   *wordSet
	shape   *Shape
	aliased map[*yaml.Node]bool // what aliases led to
}

func (f finder) finds(node *yaml.Node) bool {
	if node.Kind == yaml.AliasNode {
		node = resolved(node)
		if f.aliased[node] {
			return false
		}
		f.aliased[node] = true
	}
	if node.Kind == yaml.ScalarNode {
		return holds(f.words, node.Value)
	}
	for i := 0; node.Kind == yaml.MappingNode && i+1 < len(node.Content); i += 2 {
		if f.misshapen(node.Content[i].Value, resolved(node.Content[i+1])) {
			return true
		}
	}
	for _, content := range node.Content {
		if f.finds(content) {
			return true
		}
	}
	return false
}

func (f finder) misshapen(field string, value *yaml.Node) bool {
	switch {
	case value.ShortTag() == nullTag:
		return false
	case f.shape.mappings.has(field):
		return value.Kind != yaml.MappingNode
	case !f.shape.lists.has(field):
		return false
	case value.Kind != yaml.SequenceNode:
		return true
	}
	for _, element := range value.Content {
		if element = resolved(element); element.Kind != yaml.MappingNode && element.ShortTag() != nullTag {
			return true
		}
	}
	return false
}

// A wordSet finds words in a text in one pass.
type wordSet struct {
	words   map[string]struct{}
	lengths [256]bool // of the words; the last one stands for all longer ones
	firsts  [256]bool // their first bytes
	lasts   [256]bool // their last bytes
}

func newWordSet(words []string) *wordSet {
	set := &wordSet{words: make(map[string]struct{}, len(words))}
	for _, word := range words {
		if word == "" {
			continue
		}
		set.words[word] = struct{}{}
		set.lengths[min(len(word), 255)] = true
		set.firsts[word[0]] = true
		set.lasts[word[len(word)-1]] = true
	}
	return set
}

// has tells whether a text is one of the words.
func (s *wordSet) has(text string) bool {
	if text == "" || !s.lengths[min(len(text), 255)] || !s.firsts[text[0]] {
		return false
	}
	_, found := s.words[text]
	return found
}

// holds tells whether one of the words stands in a text. A word can hide from it behind
// an escape in double quotes; a text with such escapes is not plain.
func holds[T []byte | string](s *wordSet, text T) bool {
	for i := 0; i < len(text); i++ {
		if !wordBytes[text[i]] {
			continue
		}
		start := i
		for i < len(text) && wordBytes[text[i]] {
			i++
		}
		if s.lasts[text[i-1]] && s.has(string(text[start:i])) {
			return true
		}
	}
	return false
}

var wordBytes = byteSet("_.-")
