package fn

import (
	"fmt"
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
	list, err := asStream(manifest.ReadStream(stream, workload.Shape()))
	if err != nil {
		return Checked{Results: report.Results{unreadable(err)}}
	}
	check := check{
		plan: plan{quiet: true}, seen: map[string]bool{}, sums: map[origin]string{},
		proven: map[*source.Object]*source.Entry{},
	}
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
	sums                 map[origin]string          // that do not depend on a workload
	// proven are the entries by the objects that annotations are checksums of.
	proven  map[*source.Object]*source.Entry
	checked []checkedTemplate
	anyName *workload.Finder // of workloads that are selected but for their names
}

// A checkedTemplate is a pod template of a selected workload.
type checkedTemplate struct {
	set      *annotationSet
	template template
}

func (c *check) run(list *manifest.List) {
	words := slices.Concat(c.finder.Kinds(), c.workloads.Kinds(), []string{c.spec.AnnotationPrefix})
	items, problems := list.Items(words)
	for _, problem := range problems {
		c.fail(problem.Item, problem)
	}
	if !c.index(items) || c.results.Failed() {
		return
	}
	c.indexEntries()
	var selectors []config.Selector
	for _, selector := range c.spec.Workloads {
		selectors = append(selectors, selector.AnyName())
	}
	c.anyName = workload.NewFinder(c.spec.PodTemplates, selectors)
	if !c.spec.Enabled {
		c.tell(report.Warning, c.spec.Path+".enabled", "the function is disabled: there should be no checksums")
	}
	for _, seen := range parallel.Map(items, c.look) {
		c.visit(seen)
	}
	for _, checked := range c.checked {
		c.reportLost(checked)
	}
	c.reportUnseen()
}

// visit compares the annotations of a workload with what is due.
func (c *check) visit(seen sight) {
	if seen.err != nil {
		c.fail(seen.item, seen.err)
		return
	}
	selected := seen.found != nil
	if !selected { // by the name that it has now; if it is annotated, it may have been by another one
		seen = c.lookFor(c.anyName, seen.item)
	}
	if seen.err != nil || seen.found == nil || !seen.found.Rolls {
		return
	}
	before := c.checksums
	for _, template := range seen.templates {
		set, err := c.due(seen.found, template)
		switch {
		case err != nil && selected:
			c.fail(seen.item, err)
		case err == nil:
			c.compareAll(set, template, selected)
		}
	}
	if c.checksums > before {
		c.annotated++
	}
}

// compareAll compares the annotations of a pod template with what is due. Those of a
// workload that is not selected count only if they are right: they may be another
// configuration's.
func (c *check) compareAll(set *annotationSet, template template, selected bool) {
	if selected {
		c.reportMissing(set, template)
		c.checked = append(c.checked, checkedTemplate{set, template})
	}
	for _, key := range slices.Sorted(maps.Keys(template.present)) {
		if !c.prefix.Owns(key) {
			continue
		}
		problem := c.compare(set, template, key)
		if problem == "" || selected {
			c.checksums++
			c.seen[key] = true
		}
		if problem != "" && selected {
			c.results.Add(report.New(report.Error, "%s", problem).On(set.workload))
		}
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

// compare returns what is wrong with an annotation that the function owns.
func (c *check) compare(set *annotationSet, template template, key string) (problem string) {
	value := template.present[key]
	if due, found := set.values[key]; found && value == due {
		return ""
	}
	entries := c.entriesOf(key)
	if len(entries) == 0 {
		return fmt.Sprintf("the pod template has the annotation %s, which the configuration does not ask for", key)
	}
	if slices.ContainsFunc(entries, func(entry *source.Entry) bool {
		return c.isOfName(entry, value) && set.origins[key].object == nil || c.fits(set, template, entry, value)
	}) {
		return ""
	}
	return fmt.Sprintf("the annotation %s of the pod template is out of date: it is the checksum of nothing that the workload uses now", key)
}

// indexEntries finds the entries by the keys that their annotations have; those that select by
// labels by what these keys begin with.
func (c *check) indexEntries() {
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
	fits := false
	for _, object := range c.candidates(set, template, entry.Kind) {
		if sum := c.checksum(set, entry, object); sum != "" && sum == value {
			c.proven[object] = entry
			fits = true
		}
	}
	return fits
}

// checksum returns the checksum that an object has for an entry and a workload, or
// nothing for one without the keys of the entry, which is not what the entry means.
func (c *check) checksum(set *annotationSet, entry *source.Entry, object *source.Object) string {
	if keys, used := set.used[object]; used && !keys.All {
		return c.take(entry, object, func(content source.Content) (digest.Digest, error) { return content.SumOf(keys.Named) })
	}
	pair := origin{entry, object}
	if _, taken := c.sums[pair]; !taken {
		c.sums[pair] = c.take(entry, object, source.Content.Sum)
	}
	return c.sums[pair]
}

func (c *check) take(entry *source.Entry, object *source.Object, sum func(source.Content) (digest.Digest, error)) string {
	content, err := c.finder.Content(object, entry.Keys)
	if err != nil {
		return ""
	}
	taken, _ := sum(content) // nothing where a key is missing
	return string(taken)
}

// reportLost tells about what a pod template uses and has no checksum of: something that
// another one has a checksum of, and, less certainly, something whose name can be made of
// that of an entry.
func (c *check) reportLost(checked checkedTemplate) {
	if c.spec.Scope == config.All {
		return
	}
	for _, kind := range []config.Kind{config.Secret, config.ConfigMap} {
		for _, object := range c.candidates(checked.set, checked.template, kind) {
			if entry := c.proven[object]; entry != nil {
				if !c.hasKeyOf(checked.template.present, entry) {
					c.results.Add(report.New(report.Error, "the pod template has no checksum of %s, as others have for %s",
						object, describe(entry)).On(checked.set.workload))
				}
				continue
			}
			for _, entry := range c.resembling(object) {
				if !c.hasKeyOf(checked.template.present, entry) {
					c.results.Add(report.New(report.Warning, "the pod template has no checksum of %s, which may be what %s means",
						object, entry.Path).On(checked.set.workload))
				}
			}
		}
	}
}

// hasKeyOf tells whether there is an annotation for an entry.
func (c *check) hasKeyOf(annotations map[string]string, entry *source.Entry) bool {
	return slices.ContainsFunc(slices.Collect(maps.Keys(annotations)), func(key string) bool {
		return slices.Contains(c.entriesOf(key), entry)
	})
}

// resembling returns the entries of whose names kustomize can have made that of an object
// that no entry means, with prefixes and suffixes that end and begin with a dash.
func (c *check) resembling(object *source.Object) (found []*source.Entry) {
	if object.Entry != nil {
		return nil
	}
	parts := strings.Split(object.Name, "-")
	for start := range parts {
		for end := start + 1; end <= len(parts); end++ {
			for _, entry := range c.sources.Named(object.Kind, strings.Join(parts[start:end], "-")) {
				if entry.Name != object.Name && entry.Covers(object.Namespace) {
					found = append(found, entry)
				}
			}
		}
	}
	return found
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
			" (kustomize skips a program without --enable-exec, and says nothing), or no workload that spec.workloads selects by its final name uses what is on the allowlist")
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
