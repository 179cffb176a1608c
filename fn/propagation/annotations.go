package propagation

import (
	"slices"
	"strings"

	"github.com/proompteng/checksum-annotator/config"
	"github.com/proompteng/checksum-annotator/fn/annotation"
)

// IsChecksum tells whether an annotation of a pod template is one that the function sets,
// under any prefix.
func IsChecksum(key, value string) bool {
	prefix, _, _ := strings.Cut(key, "/")
	return annotation.Prefix(prefix).Owns(key) && len(value) == 64 && isHash(value)
}

// A Match says how well the key of an annotation that the function sets fits a source.
type Match int

// The matches, from none to the best.
const (
	NoMatch Match = iota
	// PartMatch is that of a key with a name that a client can have made the source's of,
	// with a prefix that ends or a suffix that begins with a dash.
	PartMatch
	FullMatch
)

// MatchOf returns how well the key of an annotation that the function sets fits a source.
func MatchOf(key string, of Source) Match {
	before, name, _ := strings.Cut(key, "/")
	prefix := annotation.Prefix(before)
	if key == prefix.Key(of.Kind, "", of.Name) || key == prefix.Key(of.Kind, of.Namespace, of.Name) {
		return FullMatch
	}
	name, ofKind := strings.CutPrefix(name, strings.ToLower(string(of.Kind))+".")
	if namespace, inNamespace, given := strings.Cut(name, "_"); given && namespace == of.Namespace {
		name = inNamespace
	}
	if ofKind && name != "" && strings.Contains("-"+of.Name+"-", "-"+name+"-") {
		return PartMatch
	}
	return NoMatch
}

// IsChartChecksum tells whether an annotation looks like one that charts make of a source
// of a kind, as in "checksum/config: <a hash>". Those that tell a kind are of that kind.
func IsChartChecksum(key, value string, of config.Kind) bool {
	if IsChecksum(key, value) || !slices.Contains(hashLengths, len(value)) || !isHash(value) {
		return false
	}
	key = strings.ToLower(key)
	if !containsAny(key, "checksum", "hash", "sha256", "digest") {
		return false
	}
	secret, configMap := strings.Contains(key, "secret"), containsAny(key, "config", "cm")
	return secret == configMap || secret == (of == config.Secret)
}

// hashLengths are those of the hexadecimal digits of MD5, SHA-1 and the members of SHA-2.
var hashLengths = []int{32, 40, 56, 64, 96, 128}

func isHash(value string) bool {
	return strings.Trim(value, "0123456789abcdef") == ""
}

func containsAny(text string, words ...string) bool {
	return slices.ContainsFunc(words, func(word string) bool { return strings.Contains(text, word) })
}
