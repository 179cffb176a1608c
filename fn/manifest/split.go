package manifest

import "bytes"

// splitItems splits a ResourceList whose top level is in block style into its items and
// its other fields. It returns false where it is not certain of the borders between them.
//
// A border is a line that begins in the first column. It is one if what stands before it
// can be read by itself: an open quote or bracket would be an error there, and every other
// scalar ends at such a line.
func (l *List) splitItems() bool {
	items := false
	for at := skipIdle(l.input, 0); at < len(l.input); {
		if !keyBytes[l.input[at]] || l.input[at] == '-' {
			return false
		}
		end := endOfField(l.input, at)
		if bytes.HasPrefix(l.input[at:end], []byte("items:")) {
			if items || !l.splitEntries(at+len("items:"), end) {
				return false
			}
			items = true
		} else {
			l.top = append(l.top, &region{start: at, end: end})
		}
		at = end
	}
	if !items || len(l.top) == 0 {
		return false
	}
	seen := map[string]bool{"items": true}
	for _, r := range l.top {
		if l.read(r, true) != nil || r.content == nil {
			return false
		}
		t := r.content.tree
		root := t.roots[0]
		if len(t.roots) != 1 || t.foreign || t.nodes[root].kind != mapping {
			return false
		}
		key := t.nodes[root].first
		if t.nodes[t.nodes[key].next].next != none || t.nodes[key].kind != scalar || t.isMergeKey(key) || seen[t.scalar(key)] {
			return false
		}
		seen[t.scalar(key)] = true
	}
	return l.readAll(l.regions) == nil
}

// splitEntries splits the items, from behind their key, into regions.
func (l *List) splitEntries(start, end int) bool {
	if !endsAt(l.input[:endOfLine(l.input, start)], start) {
		return false
	}
	at := skipIdle(l.input, nextLine(l.input, start))
	if at >= end {
		return false // null, or something odd
	}
	for at < end {
		if !isDash(l.input[:endOfLine(l.input, at)], at) {
			return false
		}
		next := end
		if dash := bytes.Index(l.input[at:end], []byte("\n-")); dash >= 0 {
			next = at + dash + 1
		}
		l.regions = append(l.regions, &region{start: at, end: next, inList: true, position: len(l.regions)})
		at = next
	}
	return true
}

// splitDocuments splits a stream at its markers. A document holds its own marker, and its
// directives.
func (l *List) splitDocuments() {
	start := 0
	if bytes.HasPrefix(l.input, []byte("\ufeff")) {
		start = len("\ufeff")
	}
	marked, held := false, false // the document has a marker, and more than comments
	flush := func(end, next int) {
		if held {
			l.regions = append(l.regions, &region{start: start, end: end})
		}
		start, marked, held = next, false, false
	}
	for at := start; at < len(l.input); {
		next := nextLine(l.input, at)
		line := l.input[at:endOfLine(l.input, at)]
		switch {
		case isMarker(line, "---"):
			if marked || held {
				flush(at, at)
			}
			marked = true
			held = held || !endsAt(line, len("---"))
		case isMarker(line, "..."):
			flush(at, next)
		case len(line) > 0 && line[0] == '%' && !marked && !held:
		default:
			after := skipSpaces(line, 0)
			held = held || (after < len(line) && line[after] != '#')
		}
		at = next
	}
	flush(len(l.input), len(l.input))
}

func isMarker(line []byte, marker string) bool {
	return bytes.HasPrefix(line, []byte(marker)) && (len(line) == len(marker) || line[len(marker)] == ' ' || line[len(marker)] == '\t')
}

// endOfField returns where the next line begins that is neither indented nor an entry of
// a list nor a comment, behind the line at a position.
func endOfField(input []byte, at int) int {
	for at = nextLine(input, at); at < len(input); at = nextLine(input, at) {
		switch input[at] {
		case ' ', '#', '\n', '\r':
			continue
		case '-':
			if !bytes.HasPrefix(input[at:], []byte("---")) {
				continue
			}
		}
		break
	}
	return at
}

// skipIdle returns the beginning of the next line that is neither blank nor a comment in
// the first column.
func skipIdle(input []byte, at int) int {
	for at < len(input) && (input[at] == '#' || input[at] == '\n' || input[at] == '\r') {
		at = nextLine(input, at)
	}
	return at
}

// lineBlock is how many bytes of the input are counted together.
const lineBlock = 1 << 12

// lineAt returns the line of a position of the input; lines count from 1.
func (l *List) lineAt(position int) int {
	l.lines.Do(func() {
		count := 0
		for at := 0; at < len(l.input); at += lineBlock {
			l.index = append(l.index, count)
			count += bytes.Count(l.input[at:min(at+lineBlock, len(l.input))], []byte("\n"))
		}
	})
	if position == 0 || len(l.index) == 0 {
		return 1
	}
	block := min(position/lineBlock, len(l.index)-1)
	return l.index[block] + bytes.Count(l.input[block*lineBlock:position], []byte("\n")) + 1
}
