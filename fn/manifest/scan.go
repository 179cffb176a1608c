package manifest

import "bytes"

// This file decides, without parsing, that a text is YAML of the plain kind that
// clients write: block collections indented by spaces, keys and scalars that end
// on their line, literal and folded scalars, comments. What it accepts, a YAML
// parser accepts; where it is not certain it says so, and the text is parsed.

// maxDepth bounds the nesting of collections that is taken for plain.
const maxDepth = 64

// An identity is what a scan has seen of the fields that name an object.
type identity struct {
	apiVersion, kind, metadata, name, namespace int // how often
	odd                                         bool
	inMetadata                                  bool
}

// certain tells whether the object has a kind and a name, and each field once.
func (i identity) certain() bool {
	return !i.odd && i.kind == 1 && i.metadata == 1 && i.name == 1 && i.apiVersion <= 1 && i.namespace <= 1
}

// A collection that is open while a text is scanned.
type collection struct {
	indent   int
	sequence bool
	objects  bool // a sequence that is to hold mappings
}

// An expectation is what shape the value of a key is to have.
type expectation int

const (
	anything expectation = iota
	aList
	aMapping
)

// A scanner goes through the lines of one object.
type scanner struct {
	text     []byte
	position int
	open     [maxDepth]collection
	depth    int
	awaiting bool // the last key or dash has no value yet
	expected expectation
	shape    *Shape
	identity identity
}

// plain tells whether text is an object in plain block style, whose mapping is
// indented by the given number of columns, the first line behind a dash if it is
// two, and whether its identity is certain and it is in shape.
func plain(text []byte, indent int, shape *Shape) bool {
	s := scanner{text: text, shape: shape}
	if indent > 0 {
		s.open[0] = collection{indent: 0, sequence: true}
		s.depth = 1
	}
	for s.position < len(s.text) {
		if !s.line(indent) {
			return false
		}
	}
	return s.identity.certain()
}

// line scans one line, or a line and the block scalar that follows it.
func (s *scanner) line(root int) bool {
	start := s.position
	end := start + bytes.IndexByte(s.text[start:], '\n')
	if end < start {
		end = len(s.text)
		s.position = end
	} else {
		s.position = end + 1
	}
	at := start
	for at < end && s.text[at] == ' ' {
		at++
	}
	if at == end || s.text[at] == '#' {
		return true
	}
	return s.node(s.text[:end], at, at-start, root)
}

// node scans what begins at a column of a line.
func (s *scanner) node(line []byte, at, indent, root int) bool {
	for isDash(line, at) {
		if !s.enter(indent, true) {
			return false
		}
		next := at + 1
		for next < len(line) && line[next] == ' ' {
			next++
		}
		if next == len(line) || line[next] == '#' {
			s.awaiting = true
			return true
		}
		if !isKey(line, next) {
			if s.open[s.depth-1].objects {
				return false
			}
			if !isDash(line, next) {
				return s.value(line, next, indent)
			}
		}
		indent += next - at
		at = next
		s.awaiting = true // for the collection that begins on this line
	}
	keyEnd, ok := scanKey(line, at)
	if !ok || !s.enter(indent, false) {
		return false
	}
	value := keyEnd + 1 // behind the colon
	for value < len(line) && line[value] == ' ' {
		value++
	}
	if !s.identify(line[at:keyEnd], line[value:], indent, root) {
		return false
	}
	s.expected = s.shaped(line[at:keyEnd])
	if value == len(line) || line[value] == '#' {
		s.awaiting = true
		return true
	}
	return s.expected == anything && s.value(line, value, indent)
}

// shaped returns what shape the value of a key is to have.
func (s *scanner) shaped(key []byte) expectation {
	if key[0] == '"' || key[0] == '\'' {
		key = key[1 : len(key)-1]
	}
	switch {
	case s.shape.lists.has(string(key)):
		return aList
	case s.shape.mappings.has(string(key)):
		return aMapping
	}
	return anything
}

// enter makes the collection at an indentation the innermost one: it closes what
// is deeper, and opens the collection if the line before allows it.
func (s *scanner) enter(indent int, sequence bool) bool {
	awaiting := s.awaiting
	s.awaiting = false
	for s.depth > 0 && s.open[s.depth-1].indent > indent {
		s.depth--
		awaiting = false
	}
	if s.depth > 0 {
		top := s.open[s.depth-1]
		switch {
		case top.indent == indent && top.sequence == sequence:
			return true
		case top.indent == indent && top.sequence:
			// A key ends a sequence that is indented like the mapping it is in.
			s.depth--
			return s.depth > 0 && s.open[s.depth-1].indent == indent && !s.open[s.depth-1].sequence
		case !awaiting:
			return false
		}
	} else if indent != 0 {
		return false
	}
	if s.depth == maxDepth || (s.expected == aList && !sequence) || (s.expected == aMapping && sequence) {
		return false
	}
	s.open[s.depth] = collection{indent, sequence, s.expected == aList}
	s.depth++
	s.expected = anything
	return true
}

// identify notes a field of the object or of its metadata.
func (s *scanner) identify(key, value []byte, indent, root int) bool {
	if indent == root {
		s.identity.inMetadata = false
		switch string(key) {
		case "apiVersion":
			s.identity.apiVersion++
			return isWord(value)
		case "kind":
			s.identity.kind++
			return isWord(value) && !bytes.HasSuffix(wordOf(value), []byte("List"))
		case "metadata":
			s.identity.metadata++
			s.identity.inMetadata = true
			return len(value) == 0
		}
		// A quoted key may be one of these.
		return key[0] != '"' && key[0] != '\''
	}
	if s.identity.inMetadata && s.depth == s.metadataDepth(root) {
		switch string(key) {
		case "name":
			s.identity.name++
			return isWord(value)
		case "namespace":
			s.identity.namespace++
			return isWord(value)
		}
		return key[0] != '"' && key[0] != '\''
	}
	return true
}

// metadataDepth is how many collections are open in metadata itself.
func (s *scanner) metadataDepth(root int) int {
	if root > 0 {
		return 3 // the list, the object, its metadata
	}
	return 2
}

// value scans a value that begins on a line, and goes on if it is a block scalar.
// The indentation is that of the collection that the value is in.
func (s *scanner) value(line []byte, at, indent int) bool {
	s.awaiting = false
	switch line[at] {
	case '|', '>':
		at++
		if at < len(line) && (line[at] == '-' || line[at] == '+') {
			at++
		}
		return endsAt(line, at) && s.blockScalar(indent)
	case '\'', '"':
		at = scanQuoted(line, at)
	case '[', '{':
		at = s.scanFlow(line, at, 0)
	default:
		return isPlainScalar(line[at:])
	}
	return at > 0 && endsAt(line, at)
}

// blockScalar skips the lines of a literal or folded scalar.
func (s *scanner) blockScalar(parent int) bool {
	content, leading := -1, 0
	for s.position < len(s.text) {
		start := s.position
		end := start + bytes.IndexByte(s.text[start:], '\n')
		next := end + 1
		if end < start {
			end = len(s.text)
			next = end
		}
		at := start
		limit := end
		if content >= 0 {
			limit = min(end, start+content)
		}
		for at < limit && s.text[at] == ' ' {
			at++
		}
		indent := at - start
		switch {
		case at == end: // blank
			if content < 0 {
				leading = max(leading, indent)
			}
		case s.text[at] == '\t' && (content < 0 || indent < content):
			return false
		case content < 0:
			if indent <= parent {
				return leading <= parent+1
			}
			if leading > indent {
				return false
			}
			content = indent
		case indent < content:
			return true
		}
		s.position = next
	}
	return content >= 0 || leading <= parent+1
}

// scanFlow returns the position behind a flow collection, or -1. It does not look
// into one that may be out of shape.
func (s *scanner) scanFlow(line []byte, at, depth int) int {
	mapping := line[at] == '{'
	closing := byte(']')
	if mapping {
		closing = '}'
	}
	at = skipSpaces(line, at+1)
	if at < len(line) && line[at] == closing {
		return at + 1
	}
	for at < len(line) && depth < maxDepth {
		if mapping {
			colon, ok := scanKey(line, at)
			if !ok || s.shaped(line[at:colon]) != anything {
				return -1
			}
			at = skipSpaces(line, colon+1)
		}
		if at = s.scanFlowValue(line, at, depth); at < 0 {
			return -1
		}
		at = skipSpaces(line, at)
		if at == len(line) {
			return -1
		}
		if line[at] == closing {
			return at + 1
		}
		if line[at] != ',' {
			return -1
		}
		at = skipSpaces(line, at+1)
	}
	return -1
}

func (s *scanner) scanFlowValue(line []byte, at, depth int) int {
	if at == len(line) {
		return -1
	}
	switch line[at] {
	case '\'', '"':
		return scanQuoted(line, at)
	case '[', '{':
		return s.scanFlow(line, at, depth+1)
	}
	start := at
	for at < len(line) && keyBytes[line[at]] {
		at++
	}
	if at == start || line[start] == '-' {
		return -1
	}
	return at
}
