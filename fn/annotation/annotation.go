// Package annotation decides which annotations a pod template gets: it builds
// their keys, knows which keys the function owns, and compares what is there
// with what should be. It is pure, and edits nothing.
package annotation

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strings"

	"github.com/proompteng/checksum-annotator/config"
)

// The name part of an annotation key has at most 63 characters (Kubernetes API
// conventions, "qualified name"). A longer one is cut to make room for "_" and
// the head of its hash.
const (
	maxNamePart = 63
	hashDigits  = 10
	cutNamePart = maxNamePart - len("_") - hashDigits
)

// A Prefix is the part of the function's annotation keys before the slash, a
// DNS subdomain.
type Prefix string

// Key returns the annotation key for the Secret or ConfigMap of the given name,
// as the allowlist writes it. A namespace is given only where it is not the
// workload's own. Different arguments give different keys, since "_" can be part of
// neither a name nor a namespace; only a name that is the hash of another, longer one
// could be taken for it.
func (p Prefix) Key(kind config.Kind, namespace, name string) string {
	part := keyKind(kind) + name
	if namespace != "" {
		part = keyKind(kind) + namespace + "_" + name
	}
	return string(p) + "/" + shortened(part)
}

// Owns tells whether key is of the form of those that Key returns.
func (p Prefix) Owns(key string) bool {
	part, ours := strings.CutPrefix(key, string(p)+"/")
	return ours && (strings.HasPrefix(part, keyKind(config.Secret)) || strings.HasPrefix(part, keyKind(config.ConfigMap)))
}

// canSet tells whether an annotation is one that the function can have set: one that it
// owns, with a digest for a value.
func (p Prefix) canSet(key, value string) bool {
	return p.Owns(key) && strings.Trim(key[len(p):], "/abcdefghijklmnopqrstuvwxyz0123456789-._") == "" && IsDigest(value)
}

// IsDigest tells whether a value has the form of the values that the function sets.
func IsDigest(value string) bool {
	return len(value) == sha256.Size*2 && strings.Trim(value, "0123456789abcdef") == ""
}

// Changes is what has to be done to a pod template's annotations.
type Changes struct {
	Set    map[string]string // keys to add, or to give another value
	Remove []string          // sorted
	// Others are those keys that the function owns and that stay, sorted: somebody else
	// must have set them.
	Others []string
}

// Empty tells whether nothing has to be done.
func (c Changes) Empty() bool {
	return len(c.Set) == 0 && len(c.Remove) == 0
}

// Compare returns the changes that give present what is due. Owned keys that are not due
// are removed if stale is true, which says that annotations of an earlier run may be among
// them, and if they can be that. Keys that p does not own are left out of it.
func (p Prefix) Compare(present, due map[string]string, stale bool) Changes {
	changes := Changes{Set: map[string]string{}}
	for key, value := range due {
		if old, found := present[key]; !found || old != value {
			changes.Set[key] = value
		}
	}
	for _, key := range slices.Sorted(maps.Keys(present)) {
		_, keep := due[key]
		switch {
		case keep || !p.Owns(key):
		case stale && p.canSet(key, present[key]):
			changes.Remove = append(changes.Remove, key)
		default:
			changes.Others = append(changes.Others, key)
		}
	}
	return changes
}

// Clear returns the changes that remove all keys of present that p owns.
func (p Prefix) Clear(present map[string]string) Changes {
	var changes Changes
	for _, key := range slices.Sorted(maps.Keys(present)) {
		if p.Owns(key) {
			changes.Remove = append(changes.Remove, key)
		}
	}
	return changes
}

func keyKind(kind config.Kind) string {
	return strings.ToLower(string(kind)) + "."
}

func shortened(part string) string {
	if len(part) <= maxNamePart {
		return part
	}
	hash := sha256.Sum256([]byte(part))
	return part[:cutNamePart] + "_" + hex.EncodeToString(hash[:])[:hashDigits]
}
