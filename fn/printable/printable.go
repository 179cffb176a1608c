// Package printable makes text safe to print: names, keys and paths come from manifests,
// which may hold anything, and messages about them reach terminals and the logs of CI
// systems.
package printable

import (
	"regexp"
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// Line returns a text as one line that nothing takes for a command: characters that are
// not printed (line ends, terminal escapes and bidirectional controls among them) are
// written as escapes of Go, and so is "##", with which CI systems begin commands wherever
// it stands. Those that they expect at the beginning of a line, like "::error::", have to
// stand behind something.
func Line(text string) string {
	if isPlain(text) {
		return text
	}
	var line strings.Builder
	for i := 0; i < len(text); {
		character, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case character == utf8.RuneError && size == 1:
			line.WriteString(`\x` + strconv.FormatUint(uint64(text[i])|0x100, 16)[1:])
		case strings.HasPrefix(text[i:], "##"):
			line.WriteString(`\x23`)
		case unicode.IsPrint(character):
			line.WriteRune(character)
		default:
			quoted := strconv.QuoteRuneToASCII(character)
			line.WriteString(quoted[1 : len(quoted)-1])
		}
		i += size
	}
	return line.String()
}

func isPlain(text string) bool {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' || c == '#' {
			return false
		}
	}
	return true
}

// name finds what the API server accepts as names of some kind, and keys of annotations.
var name = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z0-9._:/-]+$`) })

// Name returns the name of an object, a kind or a namespace: as it is if it has the
// characters of names, or else in quotes.
func Name(text string) string {
	if text == "" || name().MatchString(text) {
		return text
	}
	return Line(strconv.Quote(text))
}
