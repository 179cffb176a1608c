package fn

import (
	"maps"
	"slices"
	"strings"

	"github.com/proompteng/checksum-annotator/config"
	"github.com/proompteng/checksum-annotator/fn/digest"
	"github.com/proompteng/checksum-annotator/fn/internal/parallel"
	"github.com/proompteng/checksum-annotator/fn/manifest"
	"github.com/proompteng/checksum-annotator/fn/report"
	"github.com/proompteng/checksum-annotator/fn/source"
	"github.com/proompteng/checksum-annotator/fn/workload"
)

// A Checked is what Check found.
type Checked struct {
	Workloads, Checksums int // that have annotations, and those annotations
	Results              report.Results
}

// Check tells whether a stream of rendered objects has the annotations that the function
// sets with a functionConfig, and changes nothing.
//
// A client that skipped the function leaves no trace of that; what it rendered does. In
// it, names are final: a source that kustomize renamed is not known by the name in the
// allowlist any more. So each annotation has to be the checksum of something that the
// workload uses by now, under an entry that may have meant it; each workload has to have
// those annotations that are due under the names that there are; and where nothing is
// annotated at all, the function did not run.
func Check(stream []byte, functionConfig any) Checked {
	list, err := manifest.ReadStream(stream, workload.Shape())
	if err == nil {
		err = list.CheckStream()
	}
	if err != nil {
		return Checked{Results: report.Results{unreadable(err)}}
	}
	check := check{plan: plan{quiet: true}, seen: map[string]bool{}}
	if check.load(functionConfig) {
		check.run(list)
	}
	return Checked{check.annotated, check.checksums, check.results}
}

// A check compares what is rendered with what the function plans.
type check struct {
	plan
	annotated, checksums int                        // the workloads that have annotations, and those
	seen                 map[string]bool            // keys of annotations
	entries              map[string][]*source.Entry // by the keys of their annotations
}

func (c *check) run(list *manifest.List) {
	words := slices.Concat(c.finder.Kinds(), c.workloads.Kinds(), []string{c.spec.AnnotationPrefix})
	items, problems := list.Items(words)
	for _, problem := range problems {
		c.fail(problem.Item, problem)
	}
	var errs []*source.EntryError
	c.used = map[*source.Entry]bool{}
	c.sources, errs = c.finder.Index(items)
	for _, err := range errs {
		c.fail(err.Item, err)
	}
	if c.results.Failed() {
		return
	}
	c.index()
	for _, seen := range parallel.Map(items, c.look) {
		c.visit(seen)
	}
	c.reportUnseen()
}

// visit compares the annotations of a workload with what is due.
func (c *check) visit(seen sight) {
	if seen.err != nil {
		c.fail(seen.item, seen.err)
		return
	}
	if seen.found == nil || !seen.found.Rolls {
		return
	}
	before := c.checksums
	for _, template := range seen.templates {
		set, err := c.due(seen.found, template)
		if err != nil {
			c.fail(seen.item, err)
			continue
		}
		c.reportMissing(set, template)
		for _, key := range slices.Sorted(maps.Keys(template.present)) {
			if c.prefix.Owns(key) {
				c.checksums++
				c.compare(set, template, key)
			}
		}
	}
	if c.checksums > before {
		c.annotated++
	}
}

// reportMissing tells which annotations a pod template lacks.
func (c *check) reportMissing(set *annotationSet, template template) {
	for _, key := range slices.Sorted(maps.Keys(set.values)) {
		if !c.has(set, template, key) {
			c.results.Add(report.New(report.Error, "the pod template has no annotation %s, although %s is on the allowlist",
				key, describe(set.origins[key].entry)).On(set.workload))
		}
	}
}

// has tells whether a pod template has an annotation, as far as that can be told by its
// key: that of an object that was selected by its labels has the name that it had then;
// and an entry whose name nothing in the input has can be that of something renamed, in
// another namespace or referenced by another name.
func (c *check) has(set *annotationSet, template template, key string) bool {
	origin := set.origins[key]
	if _, found := template.present[key]; found {
		return true
	}
	if origin.entry.Name == "" {
		return slices.Contains(slices.Collect(maps.Values(template.present)), set.values[key])
	}
	return origin.object == nil && origin.entry.Checksum == ""
}

// compare checks an annotation that the function owns.
func (c *check) compare(set *annotationSet, template template, key string) {
	c.seen[key] = true
	value := template.present[key]
	if value == set.values[key] {
		return
	}
	entries := c.entriesOf(key)
	if len(entries) == 0 {
		c.results.Add(report.New(report.Error, "the pod template has the annotation %s, which the configuration does not ask for", key).On(set.workload))
		return
	}
	if slices.ContainsFunc(entries, func(entry *source.Entry) bool {
		return c.isOfName(entry, value) && set.origins[key].object == nil || c.fits(set, template, entry, value)
	}) {
		return
	}
	c.results.Add(report.New(report.Error, "the annotation %s of the pod template is out of date: it is the checksum of nothing that the workload uses now", key).On(set.workload))
}

// index finds the entries by the keys that their annotations have; those that select by
// labels by what these keys begin with.
func (c *check) index() {
	c.entries = map[string][]*source.Entry{}
	for _, entry := range c.sources.Entries() {
		for _, key := range c.keys(entry) {
			c.entries[key] = append(c.entries[key], entry)
		}
	}
}

// keys returns the keys that annotations of an entry can have, each once.
func (c *check) keys(entry *source.Entry) []string {
	keys := []string{c.prefix.Key(entry.Kind, "", entry.Name)}
	if entry.Namespace != "" && entry.Name != "" {
		keys = append(keys, c.prefix.Key(entry.Kind, entry.Namespace, entry.Name))
	}
	return keys
}

// entriesOf returns the entries of the allowlist that an annotation may be for.
func (c *check) entriesOf(key string) []*source.Entry {
	found := c.entries[key]
	for _, kind := range []config.Kind{config.Secret, config.ConfigMap} {
		if start := c.prefix.Key(kind, "", ""); strings.HasPrefix(key, start) {
			found = slices.Concat(found, c.entries[start])
		}
	}
	return found
}

// isOfName tells whether a value is what an entry gives to the workloads that use what
// is not in the input.
func (c *check) isOfName(entry *source.Entry, value string) bool {
	return entry.Name != "" && entry.OnMissing == config.HashName && value == string(digest.OfName(entry.Name, digest.Salt(c.spec.Salt)))
}

// fits tells whether a value is that of an entry, for something that the workload may
// have by it.
func (c *check) fits(set *annotationSet, template template, entry *source.Entry, value string) bool {
	if entry.Checksum != "" {
		return value == entry.Checksum
	}
	return slices.ContainsFunc(c.candidates(set, template, entry.Kind), func(object *source.Object) bool {
		keys, used := set.used[object]
		sum, err := c.finder.ChecksumFor(object, entry.Keys, used && !keys.All, keys.Named)
		return err == nil && string(sum) == value // an object without the keys of the entry is not what it means
	})
}

// candidates returns the objects that a workload may have a checksum of.
func (c *check) candidates(set *annotationSet, template template, kind config.Kind) []*source.Object {
	if c.spec.Scope == config.All {
		return c.sources.OfKind(kind)
	}
	var found []*source.Object
	for _, reference := range template.references {
		if reference.Kind == kind {
			objects, _ := set.resolve(reference) // what is ambiguous is annotated with nothing
			found = append(found, objects...)
		}
	}
	return found
}

// reportUnseen tells about entries that no annotation is for.
func (c *check) reportUnseen() {
	var unseen []*source.Entry
	for _, entry := range c.sources.Entries() {
		due := entry.OnMissing != config.Skip || entry.Checksum != "" || len(entry.Objects) > 0
		if due && !c.hasSeen(entry) {
			unseen = append(unseen, entry)
		}
	}
	if c.checksums == 0 && len(unseen) > 0 {
		c.tell(report.Error, "", "no selected workload has a checksum: the function has not run"+
			" (kustomize skips a program without --enable-exec, and says nothing), or nothing uses what is on the allowlist")
		return
	}
	for _, entry := range unseen {
		c.tell(report.Warning, entry.Path, "no selected workload has a checksum of %s", describe(entry))
	}
}

func (c *check) hasSeen(entry *source.Entry) bool {
	if entry.Name == "" {
		return c.checksums > 0
	}
	return slices.ContainsFunc(c.keys(entry), func(key string) bool { return c.seen[key] })
}
