package manifest

import (
	"bytes"
	"math"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// A tree is a text that has been read: nodes that point into it. All that reads or edits
// an object does so by its tree, whoever made it: the reader, or the YAML library.
type tree struct {
	list    *List // of the input, in which the text begins at offset
	offset  int
	text    []byte
	sizes   []int64 // see aliases.go
	spent   int64   // of what aliases are allowed
	nodes   []node
	roots   []ref
	aliases []ref          // in the order of the text
	anchors map[ref]anchor // of nodes that have one
	texts   map[ref]string // of scalars that the YAML library has decoded
	tags    map[ref]string // that are written out
	labels  map[ref]string // the names of anchors, where the YAML library has read it
	escapes bool           // a scalar can hold a word that the text does not show
	foreign bool           // the YAML library has read it: nodes have no places in the text
}

// A ref is the index of a node in its tree.
type ref int32

// maxText is how long the text of one tree can be, in bytes.
const maxText = math.MaxInt32 / 2

const none ref = -1

// A node is a value. The children of a mapping are its keys and values in turns.
type node struct {
	kind        kind
	style       style
	start, end  uint32 // in the text, without anchor and tag
	first, next ref    // child and sibling; the first of an alias is what it stands for
}

type kind uint8

const (
	scalar kind = iota
	mapping
	sequence
	alias
)

type style uint8

const (
	plain style = iota // or, of a collection, in blocks
	single
	double
	literal
	folded
	flow
)

// place returns a position in a text as nodes have it.
func place(at int) uint32 {
	return uint32(at) //nolint:gosec // no text is longer than maxText
}

// An anchor is where a node has its name.
type anchor struct {
	start, end uint32
}

// The types of scalars, as far as they matter here.
type scalarType uint8

const (
	isNull scalarType = iota
	isString
	isBool
	isNumber
	isDate
	isMerge
	isTagged
)

// resolve returns what an alias, or an alias of one, stands for.
func (t *tree) resolve(n ref) ref {
	for t.nodes[n].kind == alias {
		n = t.nodes[n].first
	}
	return n
}

// scalar returns the value of a scalar.
func (t *tree) scalar(n ref) string {
	if text, stored := t.texts[n]; stored {
		return text
	}
	at := &t.nodes[n]
	text := t.text[at.start:at.end]
	switch at.style {
	case single:
		return strings.ReplaceAll(string(text[1:len(text)-1]), "''", "'")
	case double:
		return unquote(text[1 : len(text)-1])
	case literal, folded:
		return blockText(text, -1)
	default:
		return string(text)
	}
}

// is tells whether a scalar has a value.
func (t *tree) is(n ref, value string) bool {
	at := &t.nodes[n]
	if at.kind == scalar && at.style == plain && len(t.texts) == 0 {
		return string(t.text[at.start:at.end]) == value
	}
	return at.kind == scalar && t.scalar(n) == value
}

// typeOf returns the type of a scalar.
func (t *tree) typeOf(n ref) scalarType {
	if tag, tagged := t.tags[n]; tagged {
		return typeOfTag(tag)
	}
	at := &t.nodes[n]
	if at.style != plain {
		return isString
	}
	if len(t.texts) == 0 {
		return typeOfPlain(t.text[at.start:at.end])
	}
	return typeOfPlain([]byte(t.scalar(n)))
}

// isNull tells whether a node is, or stands for, null.
func (t *tree) isNull(n ref) bool {
	n = t.resolve(n)
	return t.nodes[n].kind == scalar && t.typeOf(n) == isNull
}

// typeOfPlain returns the type of a plain scalar in YAML 1.2's core schema, as the YAML
// library has it.
func typeOfPlain(text []byte) scalarType {
	if len(text) == 0 {
		return isNull
	}
	switch first := text[0]; {
	case first >= '0' && first <= '9', first == '+', first == '-', first == '.':
		return typeOfTag((&yaml.Node{Kind: yaml.ScalarNode, Value: string(text)}).ShortTag())
	case string(text) == "<<":
		return isMerge
	case len(text) <= len("false") && strings.IndexByte("nNtTfF~", first) >= 0:
		return typeOfTag((&yaml.Node{Kind: yaml.ScalarNode, Value: string(text)}).ShortTag())
	}
	return isString
}

func typeOfTag(tag string) scalarType {
	switch tag {
	case nullTag:
		return isNull
	case stringTag:
		return isString
	case boolTag:
		return isBool
	case intTag, floatTag:
		return isNumber
	case timestampTag:
		return isDate
	case mergeTag:
		return isMerge
	}
	return isTagged
}

// The short forms of YAML's tags.
const (
	nullTag      = "!!null"
	stringTag    = "!!str"
	boolTag      = "!!bool"
	intTag       = "!!int"
	floatTag     = "!!float"
	timestampTag = "!!timestamp"
	mergeTag     = "!!merge"
)

// unquote returns the value of what stands between double quotes on one line.
func unquote(text []byte) string {
	if bytes.IndexByte(text, '\\') < 0 {
		return string(text)
	}
	value := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' {
			value = append(value, text[i])
			continue
		}
		i++
		if text[i] != 'u' {
			value = append(value, escapes[text[i]])
			continue
		}
		character := codeUnit(text[i+1:])
		i += 4
		if utf16.IsSurrogate(character) && bytes.HasPrefix(text[i+1:], []byte(`\u`)) {
			if pair := utf16.DecodeRune(character, codeUnit(text[i+3:])); pair != utf8.RuneError {
				character = pair
				i += 6
			}
		}
		value = utf8.AppendRune(value, character)
	}
	return string(value)
}

// escapes are what JSON lets follow a backslash, and YAML as well.
var escapes = map[byte]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// codeUnit returns the character of four hexadecimal digits.
func codeUnit(digits []byte) rune {
	value, _ := strconv.ParseUint(string(digits[:4]), 16, 16)
	return rune(value)
}

// blockText returns the value of a literal or folded scalar, from its header on, as the
// YAML library does (YAML 1.2, 8.1). The indentation of its lines is that of the first
// one where it is negative.
func blockText(text []byte, indent int) string {
	header := text[:endOfLine(text, 0)]
	strips, keeps := bytes.IndexByte(header, '-') > 0, bytes.IndexByte(header, '+') > 0
	if comment := bytes.IndexByte(header, '#'); comment > 0 {
		strips, keeps = bytes.IndexByte(header[:comment], '-') > 0, bytes.IndexByte(header[:comment], '+') > 0
	}
	folds := header[0] == '>'
	var value strings.Builder
	value.Grow(len(text))
	breaks, first, led, ended := 0, true, false, false
	for at := nextLine(text, 0); at < len(text); at = nextLine(text, at) {
		end := endOfLine(text, at)
		line := text[at:end]
		spaces := skipSpaces(line, 0)
		if indent < 0 && spaces < len(line) {
			indent = spaces
		}
		if spaces == len(line) && (indent < 0 || spaces <= indent) {
			if end < len(text) {
				breaks++
			}
			continue
		}
		line = line[indent:]
		leads := line[0] == ' ' || line[0] == '\t'
		switch {
		case first:
		case !folds || led || leads:
			value.WriteByte('\n')
		case breaks == 0:
			value.WriteByte(' ')
		}
		writeBreaks(&value, breaks)
		value.Write(line)
		breaks, first, led, ended = 0, false, leads, end < len(text)
	}
	if !strips && ended {
		value.WriteByte('\n')
	}
	if keeps {
		writeBreaks(&value, breaks)
	}
	return value.String()
}

func writeBreaks(to *strings.Builder, count int) {
	for range count {
		to.WriteByte('\n')
	}
}

// line returns the line of the input on which a node begins.
func (t *tree) line(n ref) int {
	if t.foreign {
		return t.list.lineAt(t.offset) + max(int(t.nodes[n].start), 1) - 1
	}
	return t.list.lineAt(t.offset + int(t.nodes[n].start))
}

func (t *tree) add(n node) ref {
	t.nodes = append(t.nodes, n)
	return ref(len(t.nodes) - 1) //nolint:gosec // a text has fewer nodes than twice its bytes, of which there are at most maxText
}

// entries calls visit with each key and value of a mapping itself, until it returns false.
func (t *tree) entries(n ref, visit func(key, value ref) bool) {
	for key := t.nodes[n].first; key != none; {
		value := t.nodes[key].next
		if !visit(key, value) {
			return
		}
		key = t.nodes[value].next
	}
}

// isMergeKey tells whether a key of a mapping brings the fields of another one.
func (t *tree) isMergeKey(key ref) bool {
	return t.nodes[key].kind == scalar && t.is(key, "<<") && t.typeOf(key) == isMerge
}
