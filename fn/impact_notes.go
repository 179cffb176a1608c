package fn

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/proompteng/checksum-annotator/fn/propagation"
	"github.com/proompteng/checksum-annotator/fn/report"
)

// The state of a render's checksums.
type annotationState struct {
	reading  int // pod templates that read sources and whose workload rolls out
	having   int // those of them that have checksums
	prefixes []string
}

func (r *render) annotationState() annotationState {
	var state annotationState
	prefixes := map[string]bool{}
	for _, w := range r.workloads {
		for _, template := range w.templates {
			has := false
			for key, value := range template.annotations {
				if propagation.IsChecksum(key, value) {
					prefix, _, _ := strings.Cut(key, "/")
					prefixes[prefix], has = true, true
				}
			}
			if w.rollsOut() && len(template.readings) > 0 {
				state.reading++
				if has {
					state.having++
				}
			}
		}
	}
	state.prefixes = slices.Sorted(maps.Keys(prefixes))
	return state
}

// notes returns what is to be known of the checksums in two renders.
func notes(before, after *render, configured bool, unexplained int) []string {
	was, is := before.annotationState(), after.annotationState()
	notes := []string{}
	add := func(format string, args ...any) { notes = append(notes, fmt.Sprintf(format, args...)) }
	switch {
	case was.reading+is.reading == 0:
	case was.having+is.having == 0 && configured:
		add("the configuration annotates no workload of either input: names in it are those that the manifests have")
	case was.having+is.having == 0:
		add("neither input has checksums of this function: with -c FILE it tells what they would change")
	case was.having == 0 && was.reading > 0:
		add("OLD has no checksums of this function, and NEW has: each workload that has them now is replaced once")
	case is.having == 0 && is.reading > 0:
		add("NEW has no checksums of this function, and OLD had: did the function run?")
	case !slices.Equal(was.prefixes, is.prefixes) && was.having > 0 && is.having > 0:
		add("checksums have the prefix %s in OLD and %s in NEW", strings.Join(was.prefixes, ", "), strings.Join(is.prefixes, ", "))
	case is.having < is.reading && !configured:
		add("%d of %d pod templates that read Secrets or ConfigMaps have checksums in NEW", is.having, is.reading)
	}
	if unexplained > 0 && was.having > 0 && is.having > 0 {
		add("%s differ although what they are of does not, or is not in the input: another salt, other keys, or another configuration",
			report.Plural(unexplained, "checksum"))
	}
	return notes
}
