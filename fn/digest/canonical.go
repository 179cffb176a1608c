package digest

import (
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
)

// appendTexts appends the RFC 8785 form of a JSON object of strings.
func appendTexts(json []byte, object map[string]string) []byte {
	return appendObject(json, object, appendString)
}

// appendValue appends the RFC 8785 form of a generic value.
func appendValue(json []byte, value any) []byte {
	switch value := value.(type) {
	case nil:
		return append(json, "null"...)
	case bool:
		return strconv.AppendBool(json, value)
	case string:
		return appendString(json, value)
	case []any:
		json = append(json, '[')
		for i, element := range value {
			if i > 0 {
				json = append(json, ',')
			}
			json = appendValue(json, element)
		}
		return append(json, ']')
	case map[string]any:
		return appendObject(json, value, appendValue)
	default:
		return appendNumber(json, value)
	}
}

func appendObject[V any](json []byte, object map[string]V, appendMember func([]byte, V) []byte) []byte {
	json = append(json, '{')
	for i, name := range slices.SortedFunc(maps.Keys(object), compareUTF16) {
		if i > 0 {
			json = append(json, ',')
		}
		json = appendString(json, name)
		json = append(json, ':')
		json = appendMember(json, object[name])
	}
	return append(json, '}')
}

// appendNumber appends the RFC 8785, 3.2.2.3 form of a number: that of an IEEE 754
// double in ECMAScript. What is no number in JSON is written as a string.
func appendNumber(json []byte, value any) []byte {
	var number float64
	switch value := reflect.ValueOf(value); {
	case value.CanInt():
		number = float64(value.Int())
	case value.CanUint():
		number = float64(value.Uint())
	case value.CanFloat():
		number = value.Float()
	default:
		return appendString(json, fmt.Sprint(value))
	}
	if math.IsNaN(number) || math.IsInf(number, 0) {
		return appendString(json, strconv.FormatFloat(number, 'g', -1, 64))
	}
	if number == 0 {
		return append(json, '0') // which stands for -0 as well
	}
	if size := math.Abs(number); size >= 1e-6 && size < 1e21 {
		return strconv.AppendFloat(json, number, 'f', -1, 64)
	}
	text := strconv.FormatFloat(number, 'e', -1, 64)
	mantissa, exponent, _ := strings.Cut(text, "e")
	sign, digits := exponent[:1], strings.TrimLeft(exponent[1:], "0")
	return append(json, mantissa+"e"+sign+digits...)
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
