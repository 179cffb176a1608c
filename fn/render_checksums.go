package fn

import (
	"maps"
	"slices"
	"strings"

	"github.com/proompteng/checksum-annotator/fn/digest"
	"github.com/proompteng/checksum-annotator/fn/propagation"
	"github.com/proompteng/checksum-annotator/fn/workload"
)

// checksumOf returns the key of the annotation that is the checksum of a source which a
// pod template reads, or nothing. The allowlist that it comes from is not known: it is
// told by its value, or else by its name, or else, if it is of nothing else that the
// template reads, by a part of the name.
func (r *render) checksumOf(t *renderedTemplate, of reading) string {
	keys := slices.Sorted(maps.Keys(t.annotations))
	keys = slices.DeleteFunc(keys, func(key string) bool { return !propagation.IsChecksum(key, t.annotations[key]) })
	for _, key := range keys {
		if r.isDigestOf(of, t.annotations[key]) {
			return key
		}
	}
	for _, key := range keys {
		if propagation.MatchOf(key, of.how.Source) == propagation.FullMatch {
			return key
		}
	}
	for _, key := range keys {
		isOf := func(other reading) bool {
			return propagation.MatchOf(key, other.how.Source) == propagation.FullMatch || r.isDigestOf(other, t.annotations[key])
		}
		if propagation.MatchOf(key, of.how.Source) == propagation.PartMatch && !slices.ContainsFunc(t.readings, isOf) {
			return key
		}
	}
	return ""
}

// isDigestOf tells whether a value is the digest of a source, or of what is read of it.
func (r *render) isDigestOf(of reading, value string) bool {
	if of.Object == nil {
		return false
	}
	for _, keys := range []workload.Keys{{All: true}, of.Keys} {
		if sum, err := r.Digest(of.Object, nil, keys); err == nil && string(sum) == value {
			return true
		}
	}
	return false
}

// isDigestOfName tells whether a checksum is that of the name in its key: what the
// function sets where the input does not have the source, and no change is seen.
func isDigestOfName(key, value string) bool {
	_, name, _ := strings.Cut(key, ".")
	if _, inNamespace, given := strings.Cut(name, "_"); given {
		name = inNamespace
	}
	return value == string(digest.OfName(name, ""))
}
