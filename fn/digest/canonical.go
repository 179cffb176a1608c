package digest

import (
	"maps"
	"slices"
	"unicode/utf16"
)

// appendObject appends the RFC 8785 form of a JSON object of strings.
func appendObject(json []byte, object map[string]string) []byte {
	json = append(json, '{')
	for i, name := range slices.SortedFunc(maps.Keys(object), compareUTF16) {
		if i > 0 {
			json = append(json, ',')
		}
		json = appendString(json, name)
		json = append(json, ':')
		json = appendString(json, object[name])
	}
	return append(json, '}')
}

// compareUTF16 orders names by their UTF-16 code units (RFC 8785, 3.2.3), which
// differs from the order of their bytes above U+FFFF.
func compareUTF16(a, b string) int {
	return slices.Compare(utf16.Encode([]rune(a)), utf16.Encode([]rune(b)))
}

// appendString appends the RFC 8785, 3.2.2.2 form of a JSON string: the short
// escapes where JSON has one, \u00xx for other control characters, and every
// other character as it is.
func appendString(json []byte, s string) []byte {
	const hexDigits = "0123456789abcdef"
	json = append(json, '"')
	for i := range len(s) {
		switch c := s[i]; c {
		case '"', '\\':
			json = append(json, '\\', c)
		case '\b':
			json = append(json, `\b`...)
		case '\t':
			json = append(json, `\t`...)
		case '\n':
			json = append(json, `\n`...)
		case '\f':
			json = append(json, `\f`...)
		case '\r':
			json = append(json, `\r`...)
		default:
			if c < ' ' {
				json = append(json, `\u00`...)
				json = append(json, hexDigits[c>>4], hexDigits[c&0xf])
			} else {
				json = append(json, c)
			}
		}
	}
	return append(json, '"')
}
