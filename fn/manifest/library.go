package manifest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// readByLibrary reads a text of at most one document with the YAML library.
func readByLibrary(text []byte) (*tree, error) {
	t := &tree{text: text, foreign: true, escapes: true, texts: map[ref]string{}, tags: map[ref]string{}, labels: map[ref]string{}}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	for {
		var document yaml.Node
		err := decoder.Decode(&document)
		if errors.Is(err, io.EOF) {
			return t, nil
		}
		if err != nil {
			return nil, err
		}
		t.roots = append(t.roots, t.graft(document.Content[0], map[*yaml.Node]ref{}))
	}
}

// graft adds a node that the YAML library has made, and what is below it.
func (t *tree) graft(from *yaml.Node, known map[*yaml.Node]ref) ref {
	n := t.add(node{kind: scalar, start: place(from.Line), first: none, next: none})
	known[from] = n
	if from.Anchor != "" {
		t.labels[n] = from.Anchor
	}
	switch from.Kind {
	case yaml.AliasNode:
		t.nodes[n].kind, t.nodes[n].first = alias, known[from.Alias]
		t.aliases = append(t.aliases, n)
		return n
	case yaml.MappingNode:
		t.nodes[n].kind = mapping
	case yaml.SequenceNode:
		t.nodes[n].kind = sequence
	default:
		t.texts[n] = from.Value
	}
	quoted := from.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) != 0
	if from.Style&yaml.TaggedStyle != 0 {
		t.tags[n] = from.ShortTag()
	}
	if quoted {
		t.nodes[n].style = double
	}
	last := none
	for _, content := range from.Content {
		child := t.graft(content, known)
		if last == none {
			t.nodes[n].first = child
		} else {
			t.nodes[last].next = child
		}
		last = child
	}
	return n
}

// judge lets the YAML library decode a scalar.
func (r *reader) judge(n ref, text []byte) bool {
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil || len(document.Content) != 1 || document.Content[0].Kind != yaml.ScalarNode {
		return false
	}
	if r.texts == nil {
		r.texts = map[ref]string{}
	}
	r.texts[n] = document.Content[0].Value
	r.escapes = r.escapes || text[0] == '"'
	return true
}

// located returns an error of the YAML library about a region without what it quotes, and
// with the line in the input.
func (l *List) located(err error, r *region) error {
	message := withoutText(err).Error()
	found := lineOf().FindString(message)
	switch {
	case found == "" && len(l.regions) == 1:
		return errors.New(message)
	case found == "":
		return fmt.Errorf("in the document that begins at line %d: %s", l.lineAt(r.start), message)
	}
	line, _ := strconv.Atoi(strings.Trim(found, "line: "))
	return fmt.Errorf("line %d: %s", l.lineAt(r.start)+line-1, message[len(found):])
}
