package fn

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/proompteng/checksum-annotator/config"
	"github.com/proompteng/checksum-annotator/fn/nearest"
	"github.com/proompteng/checksum-annotator/fn/source"
	"github.com/proompteng/checksum-annotator/fn/usage"
)

// resembling returns a function that says what an entry may mean that nothing in the
// input has the name of, as a remark on its name, or nothing. The names of the input are
// read when they are needed first.
func resembling(graph *usage.Graph) func(*source.Entry) string {
	names := sync.OnceValue(graph.SourceNames)
	return func(entry *source.Entry) string {
		if name := mostAlike(entry.Name, names()[entry.Kind]); name != "" {
			return fmt.Sprintf(" (do you mean %s?)", name)
		}
		for _, kind := range []config.Kind{config.Secret, config.ConfigMap} {
			if kind != entry.Kind && slices.Contains(names()[kind], entry.Name) {
				return fmt.Sprintf(" (there is a %s of this name)", kind)
			}
		}
		return ""
	}
}

// mostAlike returns the name that is most like a given one: the one that it misspells, or
// else the shortest one that has something before or behind it, as kustomize's prefixes
// and suffixes.
func mostAlike(name string, names []string) string {
	best := nearest.To(name, names)
	if best != "" {
		return best
	}
	for _, other := range names {
		if strings.Contains("-"+other+"-", "-"+name+"-") && (best == "" || len(other) < len(best)) {
			best = other
		}
	}
	return best
}
