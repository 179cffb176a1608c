package manifest

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// build returns the nodes of a text that plain has accepted, as the YAML library
// would parse it, but without comments; or nil where it holds a folded scalar. The
// library does the same several times slower.
func build(text []byte) *yaml.Node {
	b := builder{text: text}
	for b.position < len(b.text) {
		if !b.line() {
			return nil
		}
	}
	return b.root
}

// A builder goes through the lines of a text as a scanner does, and need check
// nothing.
type builder struct {
	text     []byte
	position int
	lineNo   int
	root     *yaml.Node
	open     []openNode
	slot     *yaml.Node // the value that the last key or dash is waiting for
	slab     []yaml.Node
}

// An openNode is a collection that is not complete.
type openNode struct {
	node   *yaml.Node
	indent int
}

// slabSize is how many nodes are allocated at once.
const slabSize = 64

// line builds what is on a line, and the block scalar that follows it.
func (b *builder) line() bool {
	start := b.position
	b.position = nextLine(b.text, start)
	b.lineNo++
	line := bytes.TrimSuffix(b.text[start:b.position], []byte("\n"))
	at := skipSpaces(line, 0)
	if at == len(line) || line[at] == '#' {
		return true
	}
	indent := at
	for isDash(line, at) {
		b.enter(line, at, indent, yaml.SequenceNode)
		b.add(nil)
		next := skipSpaces(line, at+1)
		if next == len(line) || line[next] == '#' {
			return true
		}
		if !isKey(line, next) && !isDash(line, next) {
			return b.value(line, next, indent)
		}
		indent += next - at
		at = next
	}
	colon, _ := scanKey(line, at)
	b.enter(line, at, indent, yaml.MappingNode)
	b.add(b.scalar(line, at, colon))
	at = skipSpaces(line, colon+1)
	if at == len(line) || line[at] == '#' {
		return true
	}
	return b.value(line, at, indent)
}

// enter makes the collection at an indentation the innermost one.
func (b *builder) enter(line []byte, at, indent int, kind yaml.Kind) {
	for len(b.open) > 0 {
		top := b.open[len(b.open)-1]
		if top.indent < indent || (top.indent == indent && (top.node.Kind == kind || kind == yaml.SequenceNode)) {
			break
		}
		b.open = b.open[:len(b.open)-1]
	}
	if len(b.open) > 0 {
		if top := b.open[len(b.open)-1]; top.indent == indent && top.node.Kind == kind {
			return
		}
	}
	node := b.slot
	if node == nil {
		node = b.node()
		b.root = node
	}
	*node = yaml.Node{Kind: kind, Tag: tagOf(kind)}
	b.place(node, line, at)
	b.open = append(b.open, openNode{node, indent})
}

// add adds an entry, which is null until it gets a value, to the innermost
// collection: with its key, or without one to a sequence.
func (b *builder) add(key *yaml.Node) {
	collection := b.open[len(b.open)-1].node
	b.slot = b.node()
	*b.slot = yaml.Node{Kind: yaml.ScalarNode, Tag: nullTag, Line: b.lineNo}
	if key != nil {
		collection.Content = append(collection.Content, key)
	}
	collection.Content = append(collection.Content, b.slot)
}

// value builds the value that is waited for.
func (b *builder) value(line []byte, at, indent int) bool {
	switch line[at] {
	case '>':
		return false
	case '|':
		*b.slot = yaml.Node{Kind: yaml.ScalarNode, Tag: stringTag, Style: yaml.LiteralStyle}
		b.place(b.slot, line, at)
		b.slot.Value = b.literal(line, at, indent)
	case '[', '{':
		node, _ := b.flow(line, at)
		*b.slot = *node
	default:
		*b.slot = *b.scalar(line, at, endOfScalar(line, at))
	}
	return true
}

// endOfScalar returns where a quoted or plain scalar ends.
func endOfScalar(line []byte, at int) int {
	if line[at] == '"' || line[at] == '\'' {
		return scanQuoted(line, at)
	}
	end := len(line)
	if comment := bytes.Index(line[at:], []byte(" #")); comment >= 0 {
		end = at + comment
	}
	for line[end-1] == ' ' {
		end--
	}
	return end
}

// scalar builds the scalar between two positions of a line.
func (b *builder) scalar(line []byte, start, end int) *yaml.Node {
	node := b.node()
	text := line[start:end]
	switch text[0] {
	case '\'':
		*node = yaml.Node{Kind: yaml.ScalarNode, Tag: stringTag, Style: yaml.SingleQuotedStyle}
		node.Value = strings.ReplaceAll(string(text[1:len(text)-1]), "''", "'")
	case '"':
		*node = yaml.Node{Kind: yaml.ScalarNode, Tag: stringTag, Style: yaml.DoubleQuotedStyle}
		node.Value = unescape.Replace(string(text[1 : len(text)-1]))
	default:
		// The tag is found out when it is asked for.
		*node = yaml.Node{Kind: yaml.ScalarNode, Value: string(text)}
	}
	b.place(node, line, start)
	return node
}

// unescape replaces the escapes that scanQuoted accepts.
var unescape = strings.NewReplacer(`\\`, `\`, `\"`, `"`, `\n`, "\n", `\t`, "\t")

// flow builds the flow collection at a position of a line.
func (b *builder) flow(line []byte, at int) (node *yaml.Node, end int) {
	node = b.node()
	kind := yaml.SequenceNode
	if line[at] == '{' {
		kind = yaml.MappingNode
	}
	*node = yaml.Node{Kind: kind, Tag: tagOf(kind), Style: yaml.FlowStyle}
	b.place(node, line, at)
	for at = skipSpaces(line, at+1); line[at] != ']' && line[at] != '}'; at = skipSpaces(line, at) {
		if line[at] == ',' {
			at = skipSpaces(line, at+1)
		}
		if kind == yaml.MappingNode {
			colon, _ := scanKey(line, at)
			node.Content = append(node.Content, b.scalar(line, at, colon))
			at = skipSpaces(line, colon+1)
		}
		var element *yaml.Node
		switch line[at] {
		case '[', '{':
			element, at = b.flow(line, at)
		default:
			end := at
			if line[at] == '"' || line[at] == '\'' {
				end = scanQuoted(line, at)
			}
			for keyBytes[line[end]] {
				end++
			}
			element = b.scalar(line, at, end)
			at = end
		}
		node.Content = append(node.Content, element)
	}
	return node, at + 1
}

// literal returns the value of the literal scalar whose header is at a position of a
// line (YAML 1.2, 8.1.2), and skips its lines.
func (b *builder) literal(header []byte, at, parent int) string {
	var value strings.Builder
	content, breaks := -1, 0
	for b.position < len(b.text) {
		next := nextLine(b.text, b.position)
		line := bytes.TrimSuffix(b.text[b.position:next], []byte("\n"))
		indent := skipSpaces(line, 0)
		switch {
		case indent == len(line) && (content < 0 || len(line) <= content):
			breaks++
		case content < 0 && indent <= parent, content >= 0 && indent < content:
			return chomped(value.String(), header, at, breaks)
		default:
			if content < 0 {
				content = indent
			} else {
				breaks++ // of the line before
			}
			for ; breaks > 0; breaks-- {
				value.WriteByte('\n')
			}
			value.Write(line[content:])
		}
		b.position = next
		b.lineNo++
	}
	return chomped(value.String(), header, at, breaks)
}

// chomped returns a literal with the line ends at its end that its header keeps;
// blank is how many blank lines follow it.
func chomped(value string, header []byte, at, blank int) string {
	indicator := byte(' ')
	if at+1 < len(header) {
		indicator = header[at+1]
	}
	switch {
	case indicator == '-':
		return value
	case indicator == '+' && value == "":
		return strings.Repeat("\n", blank)
	case indicator == '+':
		return value + strings.Repeat("\n", blank+1)
	case value == "":
		return ""
	}
	return value + "\n"
}

func (b *builder) place(node *yaml.Node, line []byte, at int) {
	node.Line = b.lineNo
	node.Column = utf8.RuneCount(line[:at]) + 1
}

func (b *builder) node() *yaml.Node {
	if len(b.slab) == 0 {
		b.slab = make([]yaml.Node, slabSize)
	}
	node := &b.slab[0]
	b.slab = b.slab[1:]
	return node
}

func tagOf(kind yaml.Kind) string {
	if kind == yaml.MappingNode {
		return mapTag
	}
	return sequenceTag
}
