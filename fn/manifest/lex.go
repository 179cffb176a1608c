package manifest

import "bytes"

// This file knows the small parts of plain texts: keys, scalars, comments.

// isDash tells whether an entry of a sequence begins at a position.
func isDash(line []byte, at int) bool {
	return line[at] == '-' && (at+1 == len(line) || line[at+1] == ' ')
}

// isKey tells whether a simple key begins at a position.
func isKey(line []byte, at int) bool {
	_, ok := scanKey(line, at)
	return ok
}

// scanKey returns the position of the colon behind the key at a position.
func scanKey(line []byte, at int) (colon int, ok bool) {
	start := at
	if line[at] == '"' || line[at] == '\'' {
		if at = scanQuoted(line, at); at < 0 {
			return 0, false
		}
	} else {
		for at < len(line) && keyBytes[line[at]] {
			at++
		}
		if at == start || line[start] == '-' {
			return 0, false
		}
	}
	if at-start > 256 || at == len(line) || line[at] != ':' || (at+1 < len(line) && line[at+1] != ' ') {
		return 0, false
	}
	return at, true
}

// scanQuoted returns the position behind a quoted scalar, or -1. It knows only the
// escapes that cannot hide a name.
func scanQuoted(line []byte, at int) int {
	quote := line[at]
	for at++; at < len(line); at++ {
		switch {
		case line[at] == quote && quote == '\'' && at+1 < len(line) && line[at+1] == quote:
			at++
		case line[at] == quote:
			return at + 1
		case line[at] == '\\' && quote == '"':
			at++
			if at == len(line) || (line[at] != '\\' && line[at] != '"' && line[at] != 'n' && line[at] != 't') {
				return -1
			}
		case line[at] == '\t':
			return -1
		}
	}
	return -1
}

func skipSpaces(line []byte, at int) int {
	for at < len(line) && line[at] == ' ' {
		at++
	}
	return at
}

// endsAt tells whether nothing but a comment follows a position.
func endsAt(line []byte, at int) bool {
	after := skipSpaces(line, at)
	return after == len(line) || (line[after] == '#' && after > at)
}

// isPlainScalar tells whether the rest of a line is a plain scalar, and perhaps a
// comment.
func isPlainScalar(rest []byte) bool {
	first := rest[0]
	if !plainFirst[first] && (first != '-' || len(rest) < 2 || !keyBytes[rest[1]] || rest[1] == '-') {
		return false
	}
	for i, c := range rest {
		switch c {
		case ':':
			if i+1 == len(rest) || rest[i+1] == ' ' {
				return false
			}
		case '#':
			if rest[i-1] == ' ' {
				return true
			}
		case '\t':
			return false
		}
	}
	return true
}

// isWord tells whether the rest of a line is certainly a string that is not empty.
func isWord(rest []byte) bool {
	word := wordOf(rest)
	if len(word) == 0 {
		return false
	}
	if quote := rest[0]; quote == '"' || quote == '\'' {
		return true
	}
	c := word[0] | 0x20
	if c < 'a' || c > 'z' {
		return false
	}
	switch string(bytes.ToLower(word)) {
	case "null", "true", "false", "yes", "no", "on", "off", "y", "n":
		return false
	}
	return true
}

// wordOf returns the scalar that the rest of a line is, if it is made of the bytes
// of names and is perhaps quoted, and nothing otherwise.
func wordOf(rest []byte) []byte {
	if len(rest) == 0 {
		return nil
	}
	start, end := 0, 0
	quote := rest[0]
	if quote == '"' || quote == '\'' {
		start, end = 1, 1
	}
	for end < len(rest) && keyBytes[rest[end]] {
		end++
	}
	after := end
	if start == 1 {
		if end == len(rest) || rest[end] != quote {
			return nil
		}
		after++
	}
	if !endsAt(rest, after) {
		return nil
	}
	return rest[start:end]
}

// keyBytes are the bytes that plain keys, names and values in flow collections are
// made of; plainFirst those that a plain scalar may begin with.
var keyBytes, plainFirst = byteSet("_./-"), byteSet("_./~$(+\\^;")

// byteSet returns the set of letters, digits and the given bytes.
func byteSet(others string) (set [256]bool) {
	for _, c := range []byte("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789" + others) {
		set[c] = true
	}
	return set
}
