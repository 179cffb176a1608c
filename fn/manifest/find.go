package manifest

import (
	"strings"

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
	searched := newWordSet(l.unsearched(words))
	parallel.Each(l.regions, func(r *region) bool {
		l.search(r, searched)
		return true
	})
	var items []*Item
	var problems []*Error
	for _, r := range l.regions {
		if r.content == nil {
			continue
		}
		problems = append(problems, r.content.problems...)
		for _, item := range r.content.items {
			if item.found {
				items = append(items, item)
			}
		}
	}
	return items, problems
}

// unsearched returns those words that have not been looked for before.
func (l *List) unsearched(words []string) []string {
	if l.words == nil {
		l.words = map[string]bool{}
	}
	var unsearched []string
	for _, word := range words {
		if !l.words[word] {
			l.words[word] = true
			unsearched = append(unsearched, word)
		}
	}
	return unsearched
}

// search marks the items of a region that hold one of the words or are out of shape.
func (l *List) search(r *region, words *wordSet) {
	if r.content == nil && (r.count == 0 || !holds(words, l.input[r.start:r.end]) || l.keep(r) != nil) {
		return
	}
	opened := r.content.opened
	l.open(r)
	for _, item := range r.content.items {
		if !item.found {
			// A list can tell the kind of its elements.
			item.found = words.has(item.Kind) || item.holds(words) || (!opened && !item.root.tree.isShaped(item.root.node, l.shape))
		}
	}
}

// holds tells whether one of the words stands in an item.
func (i *Item) holds(words *wordSet) bool {
	t := i.root.tree
	n := &t.nodes[i.root.node]
	if !t.escapes && len(t.aliases) == 0 && n.kind == mapping {
		return holds(words, t.text[n.start:n.end])
	}
	found := false
	t.walk(i.root.node, func(n ref) bool {
		found = found || t.nodes[n].kind == scalar && holds(words, t.scalar(n))
		return !found
	})
	return found
}

// walk calls visit with a node and all below it, what aliases stand for among it, until
// it returns false.
func (t *tree) walk(n ref, visit func(ref) bool) bool {
	n = t.resolve(n)
	if !visit(n) {
		return false
	}
	if t.nodes[n].kind == scalar {
		return true
	}
	for child := t.nodes[n].first; child != none; child = t.nodes[child].next {
		if !t.walk(child, visit) {
			return false
		}
	}
	return true
}

// isShaped tells whether an object looks as it is expected to.
func (t *tree) isShaped(root ref, shape *Shape) bool {
	return t.walk(root, func(n ref) bool {
		shaped := true
		if t.nodes[n].kind == mapping {
			t.entries(n, func(key, value ref) bool {
				shaped = t.fits(key, value, shape)
				return shaped
			})
		}
		return shaped
	})
}

// fits tells whether the value of a key is what is expected of it.
func (t *tree) fits(key, value ref, shape *Shape) bool {
	key = t.resolve(key)
	if t.nodes[key].kind != scalar {
		return true
	}
	var text []byte
	if t.nodes[key].style == plain && len(t.texts) == 0 {
		text = t.text[t.nodes[key].start:t.nodes[key].end]
	} else {
		text = []byte(t.scalar(key))
	}
	isList, isMapping := has(shape.lists, text), has(shape.mappings, text)
	if !isList && !isMapping || t.isNull(value) {
		return true
	}
	value = t.resolve(value)
	switch {
	case isMapping:
		return t.nodes[value].kind == mapping
	case t.nodes[value].kind != sequence:
		return false
	}
	for n := t.nodes[value].first; n != none; n = t.nodes[n].next {
		if element := t.resolve(n); t.nodes[element].kind != mapping && !t.isNull(element) {
			return false
		}
	}
	return true
}

// isNormal tells whether an object has a kind and a name, each field that names it once
// and as a string, is no list, has no aliases, and is in shape.
func (t *tree) isNormal(root ref, shape *Shape) bool {
	if t.foreign || t.escapes || t.nodes[root].kind != mapping || len(t.aliases) > 0 || len(t.anchors) > 0 {
		return false
	}
	names := naming{tree: t}
	t.entries(root, names.field)
	return names.isNormal() && t.isShaped(root, shape)
}

// A naming looks at the fields that name an object.
type naming struct {
	*tree
	apiVersion, kind, name, namespace, metadata int // how often each is there
	strange                                     bool
}

// field takes a field of the object, and tells whether to go on.
func (n *naming) field(key, value ref) bool {
	switch {
	case n.is(key, "apiVersion"):
		n.text(value, &n.apiVersion)
	case n.is(key, "kind"):
		n.text(value, &n.kind)
		n.strange = n.strange || strings.HasSuffix(n.scalar(value), "List")
	case n.is(key, "metadata"):
		n.metadata++
		if n.nodes[value].kind != mapping {
			n.strange = true
			return false
		}
		n.entries(value, n.metadataField)
	}
	return !n.strange
}

func (n *naming) metadataField(key, value ref) bool {
	switch {
	case n.is(key, "name"):
		n.text(value, &n.name)
	case n.is(key, "namespace"):
		n.text(value, &n.namespace)
	}
	return !n.strange
}

// text counts a field that has to be a string.
func (n *naming) text(value ref, count *int) {
	*count++
	n.strange = n.strange || n.nodes[value].kind != scalar || n.typeOf(value) != isString || n.is(value, "")
}

func (n *naming) isNormal() bool {
	return !n.strange && n.apiVersion <= 1 && n.kind == 1 && n.name == 1 && n.namespace <= 1 && n.metadata == 1
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
	return has(s, text)
}

func has[T []byte | string](s *wordSet, text T) bool {
	if len(text) == 0 || !s.lengths[min(len(text), 255)] || !s.firsts[text[0]] {
		return false
	}
	_, found := s.words[string(text)]
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
		if s.lasts[text[i-1]] && has(s, text[start:i]) {
			return true
		}
	}
	return false
}

var wordBytes = byteSet("_.-")
