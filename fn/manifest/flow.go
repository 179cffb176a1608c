package manifest

import "bytes"

// This file reads collections in brackets, and so JSON (RFC 8259), on any number of lines.

// flow makes a node the collection at a position, and returns the position behind it, or
// -1 where it is not certain.
func (r *reader) flow(n ref, at, depth int) int {
	if depth > maxDepth {
		return -1
	}
	kind, closing := sequence, byte(']')
	if r.text[at] == '{' {
		kind, closing = mapping, '}'
	}
	r.nodes[n].kind, r.nodes[n].style, r.nodes[n].start = kind, flow, place(at)
	last := none
	add := func(child ref) {
		if last == none {
			r.nodes[n].first = child
		} else {
			r.nodes[last].next = child
		}
		last = child
	}
	at = r.skipFlow(at + 1)
	for at < len(r.text) && r.text[at] != closing {
		child := r.null(at)
		add(child)
		key := at
		if at = r.flowNode(child, at, depth); at < 0 {
			return -1
		}
		end := at
		at = r.skipFlow(at)
		if at == len(r.text) {
			return -1
		}
		if kind == mapping {
			if r.nodes[child].kind != scalar && r.nodes[child].kind != alias {
				return -1
			}
			value := r.null(end)
			add(value)
			if r.text[at] == ':' {
				if end-key > maxKey || !r.endsKey(child, end, at) {
					return -1
				}
				at = r.flowValue(value, at+1, depth, closing)
			}
		}
		if at < 0 || at >= len(r.text) || (r.text[at] != ',' && r.text[at] != closing) {
			return -1
		}
		if r.text[at] == ',' {
			at = r.skipFlow(at + 1)
		}
	}
	if at >= len(r.text) {
		return -1
	}
	r.nodes[n].end = place(at + 1)
	return at + 1
}

// endsKey tells whether a colon ends a key that ends before it.
func (r *reader) endsKey(key ref, end, colon int) bool {
	return (r.nodes[key].kind != alias || end < colon) && !bytes.ContainsAny(r.text[end:colon], "\n#")
}

// flowValue makes a node the value behind the colon before a position, if there is one,
// and returns the position of what comes next, or -1.
func (r *reader) flowValue(value ref, at, depth int, closing byte) int {
	r.nodes[value].start, r.nodes[value].end = place(at), place(at)
	at = r.skipFlow(at)
	if at == len(r.text) || r.text[at] == ',' || r.text[at] == closing {
		return at
	}
	if at = r.flowNode(value, at, depth); at < 0 {
		return -1
	}
	return r.skipFlow(at)
}

// flowNode makes a node what stands at a position in brackets.
func (r *reader) flowNode(n ref, at, depth int) int {
	line := r.text
	if line[at] == '&' {
		name, next := r.anchorName(line, at)
		if name == "" || next == len(line) {
			return -1
		}
		r.setAnchor(n, name, at, next)
		at = next
	}
	switch line[at] {
	case '[', '{':
		return r.flow(n, at, depth+1)
	case '*':
		return r.alias(n, line, at)
	case '"', '\'':
		end := scanQuoted(line, at)
		if end < 0 || !r.fillScalar(n, styleAt(line, at), at, end) {
			return -1
		}
		return end
	}
	end := flowPlainEnd(line, at)
	if end < 0 {
		return -1
	}
	if next := r.skipFlow(end); next < len(r.text) {
		switch r.text[next] {
		case ',', ']', '}', ':':
		default:
			return -1 // it goes on on the next line
		}
	}
	r.fillScalar(n, plain, at, end)
	return end
}

// flowPlainEnd returns where a plain scalar in brackets ends, or -1.
func flowPlainEnd(line []byte, at int) int {
	if !plainStart(line, at) {
		return -1
	}
	end := at
	for i := at; i < len(line); i++ {
		switch line[i] {
		case ',', ']', '}':
			return end
		case '[', '{', '?':
			return -1
		case ' ':
			continue
		case '\t', '\r', '\n':
			return end
		case '#':
			if line[i-1] == ' ' {
				return end
			}
		case ':':
			if i+1 == len(line) || line[i+1] == ' ' || line[i+1] == '\t' {
				return end
			}
			switch line[i+1] {
			case ',', '[', ']', '{', '}', '?':
				return -1
			}
		}
		end = i + 1
	}
	return end
}

// skipFlow returns the position of what comes next in brackets.
func (r *reader) skipFlow(at int) int {
	for at < len(r.text) {
		switch c := r.text[at]; c {
		case ' ', '\t', '\r', '\n':
			at++
		case '#':
			if before := r.text[at-1]; before != ' ' && before != '\n' && before != '\t' {
				return at
			}
			at = endOfLine(r.text, at)
		default:
			return at
		}
	}
	return at
}
