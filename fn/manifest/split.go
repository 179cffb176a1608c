package manifest

import (
	"bytes"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/proompteng/checksum-annotator/fn/internal/parallel"
)

// splitResourceList splits a ResourceList whose top level is in block style into
// its items. It returns nil where it is not certain of the borders between them.
//
// A border is a line that begins in the first column. It is one if what stands
// before it is complete: plain, by the rules of scan.go, or parsed without error.
// An open quote or bracket would be an error there, and every other scalar ends at
// such a line.
func splitResourceList(input []byte, shape *Shape) *List {
	if !ordinary(input) || !bytes.HasSuffix(input, []byte("\n")) {
		return nil
	}
	list := &List{input: input, shape: shape, resultsAt: len(input)}
	var sections []*region
	items := false
	for at := skipIdle(input, 0); at < len(input); {
		if !keyBytes[input[at]] || input[at] == '-' {
			return nil
		}
		end := endOfSection(input, at)
		if bytes.HasPrefix(input[at:end], []byte("items:")) {
			if items || !list.splitItems(at+len("items:"), end) {
				return nil
			}
			items = true
		} else {
			sections = append(sections, &region{start: at, end: end, text: input[at:end], section: true})
		}
		at = end
	}
	if !items || !list.settle(2, sections) || !list.assemble(sections) {
		return nil
	}
	return list
}

// assemble makes the ResourceList but for its items out of its sections.
func (l *List) assemble(sections []*region) bool {
	top := &yaml.Node{Kind: yaml.MappingNode, Tag: mapTag}
	for _, section := range sections {
		root := section.objects[0]
		if root.Kind != yaml.MappingNode || len(root.Content) != 2 || indexOf(top, root.Content[0].Value) >= 0 {
			return false
		}
		key, value := root.Content[0], root.Content[1]
		switch key.Value {
		case "items":
			return false
		case "functionConfig":
			l.functionConfig = section.value
		case "results":
			if value.Kind != yaml.SequenceNode || isFlow(value) {
				return false
			}
			l.resultsAt, l.resultsIndent = section.end, value.Column-1
		}
		top.Content = append(top.Content, key, value)
	}
	l.list = &Value{node: top}
	return l.check() == nil
}

// splitItems splits the section of the items, from behind its key, into regions.
func (l *List) splitItems(start, end int) bool {
	line := start + bytes.IndexByte(l.input[start:end], '\n')
	if line < start || !endsAt(l.input[start:line], 0) {
		return false
	}
	at := skipIdle(l.input, line+1)
	if at >= end {
		return false // null, or something odd
	}
	for at < end {
		next := endOfItem(l.input, at, end)
		if !isDash(l.input[:next], at) && l.input[at+1] != '\n' {
			return false
		}
		item := &region{start: at, end: next, text: l.input[at:next], inList: true, position: len(l.regions)}
		l.regions = append(l.regions, item)
		at = next
	}
	return true
}

// splitStream splits a stream of documents in block style, as splitResourceList
// does a list. Its borders are lines "---".
func splitStream(input []byte, shape *Shape) *List {
	if !ordinary(input) || !bytes.HasSuffix(input, []byte("\n")) {
		return nil
	}
	list := &List{input: input, shape: shape}
	for at := 0; at < len(input); {
		end, next, ok := endOfDocument(input, at)
		if !ok {
			return nil
		}
		if skipIdle(input[:end], at) < end {
			list.regions = append(list.regions, &region{start: at, end: end, text: input[at:end], position: len(list.regions)})
		}
		at = next
	}
	if !list.settle(0, nil) {
		return nil
	}
	return list
}

// settle parses the sections, finds out which regions are plain, and parses the
// other ones. It returns false if one of them does not hold one object.
func (l *List) settle(indent int, sections []*region) bool {
	return parallel.Each(append(sections, l.regions...), func(r *region) bool {
		if !r.section {
			r.plain = plain(r.text, indent, l.shape)
			return r.plain || r.parseObject()
		}
		if !r.parseObject() {
			return false
		}
		_, functionConfig := field(r.objects[0], "functionConfig")
		if functionConfig == nil {
			return true
		}
		var err error
		r.value, err = decode(functionConfig)
		return err == nil // an error has to tell the line in the input
	})
}

// endOfSection returns where the next line begins that is neither indented nor an
// entry of a list nor a comment, behind the line at a position.
func endOfSection(input []byte, at int) int {
	for at = nextLine(input, at); at < len(input); at = nextLine(input, at) {
		c := input[at]
		if (c != ' ' && c != '-' && c != '#' && c != '\n') || bytes.HasPrefix(input[at:], []byte("---")) {
			break
		}
	}
	return at
}

// endOfItem returns where the next line begins that is an entry of the list.
func endOfItem(input []byte, at, end int) int {
	dash := bytes.Index(input[at:end], []byte("\n-"))
	if dash < 0 {
		return end
	}
	return at + dash + 1
}

// endOfDocument returns where a document ends and where the next one begins.
func endOfDocument(input []byte, at int) (end, next int, ok bool) {
	for end = at; end < len(input); end = next {
		next = nextLine(input, end)
		switch line := input[end:next]; {
		case bytes.HasPrefix(line, []byte("---")):
			return end, next, len(bytes.TrimRight(line[3:], " \n")) == 0
		case line[0] == '%' || bytes.HasPrefix(line, []byte("...")):
			return 0, 0, false
		}
	}
	return end, end, true
}

// skipIdle returns the beginning of the next line that is neither blank nor a
// comment in the first column.
func skipIdle(input []byte, at int) int {
	for at < len(input) && (input[at] == '#' || input[at] == '\n') {
		at = nextLine(input, at)
	}
	return at
}

func nextLine(input []byte, at int) int {
	length := bytes.IndexByte(input[at:], '\n')
	if length < 0 {
		return len(input)
	}
	return at + length + 1
}

// ordinary tells whether the input is UTF-8 without the characters that YAML
// forbids or takes for the end of a line: without control characters but for
// newlines and tabs, without byte order marks and Unicode's line separators.
func ordinary(input []byte) bool {
	ascii := true
	for _, c := range input {
		if !ordinaryBytes[c] {
			return false
		}
		ascii = ascii && c < utf8.RuneSelf
	}
	return ascii || (utf8.Valid(input) && !odd(input))
}

var ordinaryBytes = func() (set [256]bool) {
	for c := range set {
		set[c] = c == '\n' || c == '\t' || (c >= ' ' && c != 0x7f)
	}
	return set
}()

func odd(input []byte) bool {
	for _, c := range string(input) {
		switch {
		case c >= 0x80 && c < 0xa0, c == 0x2028, c == 0x2029, c == 0xfeff, c == 0xfffe, c == 0xffff:
			return true
		}
	}
	return false
}
