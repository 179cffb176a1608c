package propagation

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/proompteng/checksum-annotator/config"
	"github.com/proompteng/checksum-annotator/fn/workload"
)

// The annotations of Reloader, with the names that they have unless its options give them
// others (github.com/stakater/Reloader, README, "Usage"; which ones count where there are
// several is in pkg/common, ShouldReload).
const (
	reloaderAuto   = "reloader.stakater.com/auto"   // on the workload: for all that it references
	reloaderSearch = "reloader.stakater.com/search" // on the workload: for those of them with a match
	reloaderMatch  = "reloader.stakater.com/match"  // on the source
	reloaderIgnore = "reloader.stakater.com/ignore" // on the source: for no workload
)

// reloaderAnnotations are those that there are for each kind of source.
var reloaderAnnotations = map[config.Kind]struct {
	auto    string // on the workload: for all of the kind that it references
	named   string // on the workload: for those of the names, which are regular expressions
	exclude string // on the workload: never for those of the names
}{
	config.Secret: {
		auto:    "secret.reloader.stakater.com/auto",
		named:   "secret.reloader.stakater.com/reload",
		exclude: "secrets.exclude.reloader.stakater.com/reload",
	},
	config.ConfigMap: {
		auto:    "configmap.reloader.stakater.com/auto",
		named:   "configmap.reloader.stakater.com/reload",
		exclude: "configmaps.exclude.reloader.stakater.com/reload",
	},
}

// reloaderRestarts tells whether Reloader replaces the pods.
func reloaderRestarts(r Reading) bool {
	own := reloaderAnnotations[r.Source.Kind]
	if r.Source.Annotations[reloaderIgnore] == "true" || slices.Contains(list(r.Annotations[own.exclude]), r.Source.Name) {
		return false
	}
	// Those of the pod template count where the workload has none of these.
	annotations := r.PodAnnotations
	for _, key := range []string{own.named, reloaderAuto, own.auto, reloaderSearch} {
		if _, found := r.Annotations[key]; found {
			annotations = r.Annotations
		}
	}
	named := func(pattern string) bool { return matches(pattern, r.Source.Name) }
	if slices.ContainsFunc(list(annotations[own.named]), named) {
		return true
	}
	found := annotations[reloaderSearch] == "true" && r.Source.Annotations[reloaderMatch] == "true"
	return (found || isTrue(annotations[reloaderAuto]) || isTrue(annotations[own.auto])) && slices.ContainsFunc(r.Places, reloaderSees)
}

// reloaderSees tells whether Reloader takes a place for a reference.
func reloaderSees(p Place) bool {
	return p.Form == workload.Env || p.Form == workload.EnvFrom || slices.Contains(volumeForms, p.Form)
}

func matches(pattern, name string) bool {
	expression, err := regexp.Compile("^" + pattern + "$")
	return err == nil && expression.MatchString(name)
}

func isTrue(value string) bool {
	parsed, err := strconv.ParseBool(value)
	return err == nil && parsed
}

// list returns the entries of a list that commas separate.
func list(value string) []string {
	var entries []string
	for _, entry := range strings.Split(value, ",") {
		if entry = strings.TrimSpace(entry); entry != "" {
			entries = append(entries, entry)
		}
	}
	return entries
}
