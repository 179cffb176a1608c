package manifest

import (
	"bytes"
	"unicode/utf8"
)

// This file reads the YAML that clients write, line by line, into a tree: collections in
// blocks, anchors, and scalars of every style; flow.go reads what is in brackets, and so
// JSON. What it accepts, the YAML library accepts, and with the same meaning. Where it is
// not certain it gives up, and the YAML library reads the text.

// maxDepth bounds the nesting that the reader follows.
const maxDepth = 10_000

// A reader reads one text after another.
type reader struct {
	*tree
	position int // of the next line
	open     []collection
	slot     ref // the value that the last key or dash waits for, or none
	last     int // the end of what was read last
	names    map[string]ref
}

// A collection in blocks that is not complete.
type collection struct {
	node, last ref
	indent     int
}

// read reads a text into a tree. It returns nil where it is not certain. The tree is
// overwritten by the next call.
func (r *reader) read(text []byte) *tree {
	if r.tree == nil {
		r.tree = &tree{}
	}
	*r.tree = tree{text: text, nodes: r.nodes[:0], roots: r.roots[:0]}
	r.position, r.open, r.slot, r.last = 0, r.open[:0], none, 0
	clear(r.names)
	if !ordinary(text) {
		return nil
	}
	if !r.head() {
		return nil
	}
	for r.position < len(text) {
		if !r.line() {
			return nil
		}
	}
	r.closeDownTo(-1)
	return r.tree
}

// head reads the directives and the marker of a document, and what follows on its line.
func (r *reader) head() bool {
	at := skipIdle(r.text, 0)
	switch string(r.text[at:endOfLine(r.text, at)]) {
	case "%YAML 1.1", "%YAML 1.2":
		at = skipIdle(r.text, nextLine(r.text, at))
	}
	line := r.text[:endOfLine(r.text, at)]
	if !isMarker(line[at:], "---") {
		return at == skipIdle(r.text, 0)
	}
	r.position = nextLine(r.text, at)
	if at = skipSpaces(line, at+len("---")); at == len(line) || line[at] == '#' {
		return true
	}
	return r.rootValue(line, at)
}

// kept returns a copy of a tree that is read, which stays.
func (t *tree) kept() *tree {
	copied := *t
	copied.nodes = append(make([]node, 0, len(t.nodes)), t.nodes...)
	copied.roots = append([]ref(nil), t.roots...)
	return &copied
}

// line reads a line, and those that what begins on it goes on on.
func (r *reader) line() bool {
	start := r.position
	end := endOfLine(r.text, start)
	r.position = nextLine(r.text, start)
	line := r.text[:end]
	at := skipSpaces(line, start)
	if at == end || line[at] == '#' {
		return true
	}
	return r.content(line, at, at-start)
}

// content reads what begins at a column of a line.
func (r *reader) content(line []byte, at, indent int) bool {
	for isDash(line, at) {
		if !r.enter(at, indent, sequence) {
			return false
		}
		r.addChild(r.null(at + 1))
		next := skipSpaces(line, at+1)
		if next == len(line) || line[next] == '#' {
			return true
		}
		if !isDash(line, next) && keyEnd(line, next) < 0 {
			return r.value(line, next, indent)
		}
		indent += next - at
		at = next
	}
	start := at
	name := ""
	if line[at] == '&' {
		if name, at = r.anchorName(line, at); name == "" || at == len(line) {
			return len(r.open) == 0 && r.rootValue(line, start)
		}
	}
	colon := keyEnd(line, at)
	if colon < 0 {
		return len(r.open) == 0 && r.rootValue(line, start)
	}
	if !r.enter(start, indent, mapping) {
		return false
	}
	key, ok := r.key(line, at, colon)
	if !ok {
		return false
	}
	if name != "" {
		r.setAnchor(key, name, start, at)
	}
	r.addChild(key)
	r.addChild(r.null(colon + 1))
	at = skipSpaces(line, colon+1)
	if at == len(line) || line[at] == '#' {
		return true
	}
	return r.value(line, at, indent)
}

// rootValue reads a text that is in no collection in blocks. Several objects of JSON can
// stand in a row.
func (r *reader) rootValue(line []byte, at int) bool {
	if len(r.roots) > 0 && (line[at] != '{' || r.text[r.nodes[r.roots[0]].start] != '{') {
		return false
	}
	if line[at] != '{' {
		r.slot = r.null(at)
		r.roots = append(r.roots, r.slot)
		return r.value(line, at, -1)
	}
	for {
		root := r.null(at)
		r.roots = append(r.roots, root)
		end := r.flow(root, at, 0)
		if end < 0 {
			return false
		}
		if at = skipSpaces(r.text, end); at == len(r.text) || r.text[at] != '{' {
			return r.restOfLine(end)
		}
	}
}

// enter makes the collection at an indentation the innermost one: it closes what is
// deeper, and opens the collection if the last key or dash waits for one.
func (r *reader) enter(at, indent int, kind kind) bool {
	slot := r.slot
	r.slot = none
	if len(r.open) > 0 && r.open[len(r.open)-1].indent > indent {
		slot = none
		r.closeDownTo(indent)
	}
	if len(r.open) == 0 {
		if indent != 0 || len(r.roots) > 0 {
			return false
		}
		slot = r.null(at)
		r.roots = append(r.roots, slot)
	} else {
		top := r.open[len(r.open)-1]
		isSequence := r.nodes[top.node].kind == sequence
		switch {
		case top.indent == indent && isSequence == (kind == sequence):
			return true
		case top.indent == indent && isSequence:
			// A key ends a sequence that is indented like the mapping it is in.
			r.closeOne()
			if len(r.open) == 0 {
				return false
			}
			top = r.open[len(r.open)-1]
			return top.indent == indent && r.nodes[top.node].kind == mapping
		case slot == none || len(r.open) == maxDepth:
			return false
		}
	}
	r.nodes[slot].kind, r.nodes[slot].start = kind, place(at)
	r.open = append(r.open, collection{slot, none, indent})
	return true
}

func (r *reader) closeDownTo(indent int) {
	for len(r.open) > 0 && r.open[len(r.open)-1].indent > indent {
		r.closeOne()
	}
}

func (r *reader) closeOne() {
	r.nodes[r.open[len(r.open)-1].node].end = place(r.last)
	r.open = r.open[:len(r.open)-1]
}

// addChild adds a node to the innermost collection, as what is waited for.
func (r *reader) addChild(n ref) {
	top := &r.open[len(r.open)-1]
	if top.last == none {
		r.nodes[top.node].first = n
	} else {
		r.nodes[top.last].next = n
	}
	top.last = n
	r.slot = n
}

// null adds a null that is not written out.
func (r *reader) null(at int) ref {
	r.last = at
	return r.add(node{start: place(at), end: place(at), first: none, next: none})
}

// key adds the key that ends at a colon.
func (r *reader) key(line []byte, at, colon int) (ref, bool) {
	n := r.null(at)
	end := colon
	for line[end-1] == ' ' {
		end--
	}
	return n, r.fillScalar(n, styleAt(line, at), at, end)
}

// fillScalar makes a node a scalar between two positions of a line.
func (r *reader) fillScalar(n ref, style style, at, end int) bool {
	text := r.text[at:end]
	r.nodes[n].style, r.nodes[n].start, r.nodes[n].end = style, place(at), place(end)
	r.last = end
	if style == double && bytes.IndexByte(text, '\\') >= 0 {
		r.escapes = r.escapes || bytes.Contains(text, []byte(`\u`))
		if !simpleEscapes(text) {
			return r.judge(n, text)
		}
	}
	return true
}

// simpleEscapes tells whether a scalar in double quotes has those escapes alone that JSON
// has.
func simpleEscapes(text []byte) bool {
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' {
			continue
		}
		i++
		switch _, known := escapes[text[i]]; {
		case text[i] == 'u':
			for range 4 {
				if i++; i >= len(text) || !hexBytes[text[i]] {
					return false
				}
			}
		case !known:
			return false
		}
	}
	return true
}

// value reads the value that is waited for, in a collection at an indentation.
func (r *reader) value(line []byte, at, indent int) bool {
	n := r.slot
	if line[at] == '&' {
		name, next := r.anchorName(line, at)
		if name == "" {
			return false
		}
		r.setAnchor(n, name, at, next)
		r.nodes[n].start, r.nodes[n].end = place(next), place(next)
		r.last = next
		if at = next; at == len(line) || line[at] == '#' {
			return true // it is that of what follows, or of null
		}
		if keyEnd(line, at) >= 0 {
			return false
		}
	}
	r.slot = none
	switch line[at] {
	case '|', '>':
		return r.block(n, line, at, max(indent, 0))
	case '[', '{':
		end := r.flow(n, at, 0)
		return end > 0 && r.restOfLine(end)
	case '*':
		end := r.alias(n, line, at)
		return end > 0 && r.restOfLine(end)
	case '\'', '"':
		end := scanQuoted(line, at)
		if end < 0 {
			return r.longQuoted(n, at, indent)
		}
		return r.fillScalar(n, styleAt(line, at), at, end) && endsAt(line, end)
	}
	if !plainStart(line, at) {
		return false
	}
	end, ok := plainEnd(line, at)
	if !ok {
		return false
	}
	if end == len(line) || len(bytes.TrimRight(line[end:], " ")) == 0 {
		if last := r.continued(indent); last > 0 {
			r.nodes[n].start, r.nodes[n].end = place(at), place(last)
			r.last = last
			return r.judge(n, r.text[at:last])
		}
	}
	return r.fillScalar(n, plain, at, end)
}

// restOfLine skips what follows a value, which can be a comment alone.
func (r *reader) restOfLine(at int) bool {
	r.last = at
	r.position = nextLine(r.text, at)
	return endsAt(r.text[:endOfLine(r.text, at)], at)
}

// continued skips the lines on which a plain scalar goes on, and returns where it ends
// if it does, or zero. A wrong line is left to be read.
func (r *reader) continued(indent int) (last int) {
	for at := r.position; at < len(r.text); at = nextLine(r.text, at) {
		line := r.text[:endOfLine(r.text, at)]
		start := skipSpaces(line, at)
		if start == len(line) {
			continue
		}
		if start-at <= indent || line[start] == '#' {
			return last
		}
		end, ok := plainEnd(line, start)
		if !ok {
			return last
		}
		last = end
		r.position = nextLine(r.text, at)
		if end < len(line) && len(bytes.TrimRight(line[end:], " ")) > 0 {
			return last
		}
	}
	return last
}

// longQuoted reads a quoted scalar of several lines.
func (r *reader) longQuoted(n ref, at, indent int) bool {
	end := quotedEnd(r.text, at)
	if end < 0 {
		return false
	}
	for next := nextLine(r.text, at); next < end; next = nextLine(r.text, next) {
		line := r.text[:endOfLine(r.text, next)]
		if start := skipSpaces(line, next); start < len(line) && (start-next <= max(indent, 0) || line[start] == '\t') {
			return false
		}
	}
	r.nodes[n].style, r.nodes[n].start, r.nodes[n].end = styleAt(r.text, at), place(at), place(end)
	return r.judge(n, r.text[at:end]) && r.restOfLine(end)
}

// block reads a literal or folded scalar.
func (r *reader) block(n ref, line []byte, at, parent int) bool {
	content, next := -1, at+1
	for ; next < len(line) && line[next] != ' '; next++ {
		switch c := line[next]; {
		case next > at+2, c != '-' && c != '+' && (c < '1' || c > '9'):
			return false
		case c != '-' && c != '+' && content >= 0:
			return false
		case c != '-' && c != '+':
			content = parent + int(c-'0')
		case next == at+2 && (line[at+1] == '-' || line[at+1] == '+'):
			return false
		}
	}
	if !endsAt(line, next) {
		return false
	}
	given := content
	if !r.blockLines(&content, parent, len(line)) {
		return false
	}
	end := r.position
	r.nodes[n].style, r.nodes[n].start, r.nodes[n].end = literal, place(at), place(end)
	if line[at] == '>' {
		r.nodes[n].style = folded
	}
	if given >= 0 {
		if r.texts == nil {
			r.texts = map[ref]string{}
		}
		r.texts[n] = blockText(r.text[at:end], given)
	}
	return true
}

// blockLines skips the lines of a literal or folded scalar.
func (r *reader) blockLines(content *int, parent, header int) bool {
	r.last = header
	leading := 0
	for ; r.position < len(r.text); r.position = nextLine(r.text, r.position) {
		start := r.position
		line := r.text[:endOfLine(r.text, start)]
		at := start
		for at < len(line) && line[at] == ' ' && (*content < 0 || at < start+*content) {
			at++
		}
		indent := at - start
		switch {
		case at == len(line): // blank
			if *content < 0 {
				leading = max(leading, indent)
			}
			continue
		case line[at] == '\t' && (*content < 0 || indent < *content):
			return false
		case *content < 0:
			if indent <= parent {
				return leading <= parent+1
			}
			if leading > indent {
				return false
			}
			*content = indent
		case indent < *content:
			return true
		}
		r.last = len(line)
	}
	return *content >= 0 || leading <= parent+1
}

// anchorName returns the name of the anchor at a position, and where what has it begins,
// if it is on the line.
func (r *reader) anchorName(line []byte, at int) (name string, next int) {
	end := at + 1
	for end < len(line) && nameBytes[line[end]] {
		end++
	}
	if end == at+1 || (end < len(line) && line[end] != ' ') {
		return "", 0
	}
	return string(line[at+1 : end]), skipSpaces(line, end)
}

func (r *reader) setAnchor(n ref, name string, start, end int) {
	if r.names == nil {
		r.names = map[string]ref{}
	}
	if r.anchors == nil {
		r.anchors = map[ref]anchor{}
	}
	r.names[name] = n
	r.anchors[n] = anchor{place(start), place(end)}
}

// alias reads an alias, and returns the position behind it, or -1.
func (r *reader) alias(n ref, line []byte, at int) int {
	end := at + 1
	for end < len(line) && nameBytes[line[end]] {
		end++
	}
	target, known := r.names[string(line[at+1:end])]
	if !known {
		return -1
	}
	r.nodes[n] = node{kind: alias, start: place(at), end: place(end), first: target, next: r.nodes[n].next}
	r.aliases = append(r.aliases, n)
	r.last = end
	return end
}

// ordinary tells whether a text is UTF-8 without the characters that YAML forbids or
// takes for the end of a line: without control characters but for tabs and the ends of
// lines, without byte order marks and Unicode's line separators.
func ordinary(text []byte) bool {
	ascii := true
	for i, c := range text {
		if !ordinaryBytes[c] && (c != '\r' || i+1 == len(text) || text[i+1] != '\n') {
			return false
		}
		ascii = ascii && c < utf8.RuneSelf
	}
	return ascii || (utf8.Valid(text) && !odd(text))
}

func odd(text []byte) bool {
	for _, c := range string(text) {
		switch {
		case c >= 0x80 && c < 0xa0, c == 0x2028, c == 0x2029, c == 0xfeff, c == 0xfffe, c == 0xffff:
			return true
		}
	}
	return false
}
