package manifest

import "bytes"

// This file knows the small parts of YAML: lines, keys, scalars, comments. A line is a
// text up to its end, and positions are those in the text.

func nextLine(text []byte, at int) int {
	length := bytes.IndexByte(text[at:], '\n')
	if length < 0 {
		return len(text)
	}
	return at + length + 1
}

// endOfLine returns where the line that holds a position ends, without what ends it.
func endOfLine(text []byte, at int) int {
	length := bytes.IndexByte(text[at:], '\n')
	if length < 0 {
		return len(text)
	}
	if length > 0 && text[at+length-1] == '\r' {
		length--
	}
	return at + length
}

func skipSpaces(line []byte, at int) int {
	for at < len(line) && line[at] == ' ' {
		at++
	}
	return at
}

// isDash tells whether an entry of a sequence begins at a position.
func isDash(line []byte, at int) bool {
	return line[at] == '-' && (at+1 == len(line) || line[at+1] == ' ')
}

// maxKey is how long a key can be that need not be marked (YAML 1.2, 7.4.2).
const maxKey = 1000

// keyEnd returns the position of the colon behind the key at a position, or -1.
func keyEnd(line []byte, at int) int {
	start := at
	switch {
	case line[at] == '"' || line[at] == '\'':
		if at = scanQuoted(line, at); at < 0 {
			return -1
		}
		at = skipSpaces(line, at)
	case !plainStart(line, at):
		return -1
	default:
		for at < len(line) && keyBytes[line[at]] {
			at++
		}
		if at == len(line) || line[at] != ':' || (at+1 < len(line) && line[at+1] != ' ') {
			at = longKeyEnd(line, start, at)
		}
		if at < 0 {
			return -1
		}
	}
	if at == start || at-start > maxKey || at == len(line) || line[at] != ':' || (at+1 < len(line) && line[at+1] != ' ') {
		return -1
	}
	return at
}

// longKeyEnd is keyEnd for a key that has other bytes than those of names.
func longKeyEnd(line []byte, start, at int) int {
	for at < len(line) {
		switch line[at] {
		case ':':
			if at+1 == len(line) || line[at+1] == ' ' {
				return at
			}
		case '#':
			if at > start && line[at-1] == ' ' {
				return -1
			}
		case '\t':
			return -1
		}
		at++
	}
	return -1
}

// plainStart tells whether a plain scalar can begin at a position.
func plainStart(line []byte, at int) bool {
	switch line[at] {
	case '-':
		return at+1 < len(line) && keyBytes[line[at+1]]
	case '?', ':', ',', '[', ']', '{', '}', '#', '&', '*', '!', '|', '>', '\'', '"', '%', '@', '`', '\t', ' ':
		return false
	}
	return true
}

// plainEnd returns where a plain scalar ends that begins at a position of a line. It
// returns false where it is none, or one with a tab.
func plainEnd(line []byte, at int) (end int, ok bool) {
	end = at
	for i := at; i < len(line); i++ {
		switch line[i] {
		case ' ':
			continue
		case ':':
			if i+1 == len(line) || line[i+1] == ' ' {
				return 0, false
			}
		case '#':
			if i > at && line[i-1] == ' ' {
				return end, true
			}
		case '\t':
			return 0, false
		}
		end = i + 1
	}
	return end, true
}

// scanQuoted returns the position behind a quoted scalar that ends on its line, or -1.
func scanQuoted(line []byte, at int) int {
	end := quotedEnd(line, at)
	if end < 0 || bytes.IndexByte(line[at:end], '\n') >= 0 {
		return -1
	}
	return end
}

// quotedEnd returns the position behind a quoted scalar, or -1.
func quotedEnd(line []byte, at int) int {
	quote := line[at]
	for at++; at < len(line); at++ {
		switch {
		case line[at] == '\\' && quote == '"':
			at++
		case line[at] != quote:
		case quote == '\'' && at+1 < len(line) && line[at+1] == quote:
			at++
		default:
			return at + 1
		}
	}
	return -1
}

func styleAt(line []byte, at int) style {
	switch line[at] {
	case '"':
		return double
	case '\'':
		return single
	}
	return plain
}

// endsAt tells whether nothing but a comment follows a position.
func endsAt(line []byte, at int) bool {
	after := skipSpaces(line, at)
	return after >= len(line) || (line[after] == '#' && after > at)
}

// keyBytes are the bytes that most keys and names are made of, nameBytes those of
// anchors.
var (
	keyBytes, nameBytes = byteSet("_./-"), byteSet("_-")
	ordinaryBytes       = func() (set [256]bool) {
		for c := range set {
			set[c] = c == '\n' || c == '\t' || (c >= ' ' && c != 0x7f)
		}
		return set
	}()
	hexBytes = func() (set [256]bool) {
		for _, c := range []byte("0123456789abcdefABCDEF") {
			set[c] = true
		}
		return set
	}()
)

// byteSet returns the set of letters, digits and the given bytes.
func byteSet(others string) (set [256]bool) {
	for _, c := range []byte("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789" + others) {
		set[c] = true
	}
	return set
}
