package usage

import (
	"errors"
	"fmt"

	"github.com/proompteng/checksum-annotator/config"
	"github.com/proompteng/checksum-annotator/fn/digest"
	"github.com/proompteng/checksum-annotator/fn/source"
	"github.com/proompteng/checksum-annotator/fn/workload"
)

// A Use is the use of a source by a pod template.
type Use struct {
	// Reference is what the pod template writes, and Places where; they are empty where
	// the source counts because the scope is All.
	Reference workload.Reference
	Places    []workload.Place
	// Object is the source; nil where the input does not have it.
	Object *source.Object
	// Entry is what allows the source, if anything does.
	Entry *source.Entry
	// Namespace is that of the source where an entry names another than the workload's.
	Namespace string
	// Keys are those that the pod template consumes of the source, at all places. All are,
	// as far as the Graph knows, where they do not count and not everything is asked for.
	Keys workload.Keys
	// Digest is that of what counts of the source. There is none without an Entry, nor
	// where the input does not have the source and the Entry says to skip it then.
	Digest digest.Digest
	// Err says why it cannot be told what is used: a *source.AmbiguousError or an
	// *ElsewhereError.
	Err error
}

// entries returns the entries of the allowlist that allow the source, or may mean to.
func (u *Use) entries() []*source.Entry {
	var entries []*source.Entry
	var ambiguous *source.AmbiguousError
	switch {
	case errors.As(u.Err, &ambiguous):
		for _, candidate := range ambiguous.Candidates {
			if candidate.Entry != nil {
				entries = append(entries, candidate.Entry)
			}
		}
	case u.Entry != nil:
		entries = append(entries, u.Entry)
	}
	return entries
}

// Subject names what is used, for messages about a use that cannot be told.
func (u *Use) Subject() string {
	var ambiguous *source.AmbiguousError
	switch {
	case u.Reference.Name != "":
		return string(u.Reference.Kind) + " " + u.Reference.Name
	case errors.As(u.Err, &ambiguous) && u.Entry.Name == "":
		return string(u.Entry.Kind) + " " + ambiguous.Candidates[0].Name
	}
	return u.Entry.String()
}

func (g *Graph) usedEntries() map[*source.Entry]bool {
	used := map[*source.Entry]bool{}
	for _, user := range g.UnknownUsers {
		for _, entry := range user.Entries {
			used[entry] = true
		}
	}
	for _, w := range g.Workloads {
		for _, template := range w.PodTemplates {
			for _, use := range template.Counting {
				for _, entry := range use.entries() {
					used[entry] = true
				}
			}
		}
	}
	return used
}

// An ElsewhereError says that an entry would allow a source, had the input not another
// one of that name alone.
type ElsewhereError struct {
	Entry *source.Entry
}

func (e *ElsewhereError) Error() string {
	return fmt.Sprintf("%s allows it in any namespace, but the input has it only as %s", e.Entry.Path, e.Entry.Objects[0])
}

// withDigest returns u with its digest.
func (g *Graph) withDigest(u Use) *Use {
	switch {
	case u.Entry == nil || u.Err != nil:
	case u.Entry.Checksum != "":
		u.Digest = digest.Digest(u.Entry.Checksum)
	case u.Object != nil && g.spec.KeyScope == config.UsedKeys && !u.Keys.All:
		u.Digest = u.Object.ChecksumOf(u.Keys.Named)
	case u.Object != nil:
		u.Digest = u.Object.Checksum
	case u.Entry.OnMissing == config.HashName:
		u.Digest = digest.OfName(u.Entry.Name, digest.Salt(g.spec.Salt))
	}
	return &u
}
