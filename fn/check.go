package fn

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/proompteng/checksum-annotator/config"
	"github.com/proompteng/checksum-annotator/fn/annotation"
	"github.com/proompteng/checksum-annotator/fn/digest"
	"github.com/proompteng/checksum-annotator/fn/manifest"
	"github.com/proompteng/checksum-annotator/fn/report"
	"github.com/proompteng/checksum-annotator/fn/source"
	"github.com/proompteng/checksum-annotator/fn/usage"
	"github.com/proompteng/checksum-annotator/fn/workload"
)

// A Checked is what Check found.
type Checked struct {
	report.Check
	Results report.Results
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
	return CheckLists(manifest.Lists{list}, functionConfig)
}

// CheckLists is Check for the objects of several inputs.
func CheckLists(lists manifest.Lists, functionConfig any) Checked {
	spec, told := load(functionConfig)
	if told.Failed() {
		return Checked{Results: told.Results}
	}
	graph := usage.Build(lists, spec, usage.Options{Everything: true, Words: []string{spec.AnnotationPrefix}})
	told.problems(graph)
	if told.Failed() {
		return Checked{Results: told.Results}
	}
	told.tellUncalled(lists)
	check := newCheck(spec, graph, told)
	check.run()
	return Checked{report.Check{Checksums: sorted(check.rows)}, check.Results}
}

// A check compares what is rendered with what is due.
type check struct {
	*messages
	spec   config.Spec
	prefix annotation.Prefix
	graph  *usage.Graph

	rows    []report.CheckedChecksum
	seen    map[string]bool            // keys of annotations
	entries map[string][]*source.Entry // by the keys of their annotations
	sums    map[origin]string          // that do not depend on a workload
	// byDigest are the objects of the input, if that has been asked for.
	byDigest map[string]*source.Object
	// renamed are the entries that resemble an object in their namespace, if that has been
	// asked for.
	renamed map[*source.Entry]bool
	// proven are the entries by the objects that annotations are checksums of.
	proven  map[*source.Object]*source.Entry
	checked []checkedTemplate
}

func newCheck(spec config.Spec, graph *usage.Graph, told *messages) *check {
	return &check{
		messages: told, spec: spec, prefix: annotation.Prefix(spec.AnnotationPrefix), graph: graph,
		seen: map[string]bool{}, sums: map[origin]string{}, proven: map[*source.Object]*source.Entry{},
	}
}

// A checkedTemplate is a pod template with the annotations that it has, and those that
// are due.
type checkedTemplate struct {
	*usage.PodTemplate
	workload *usage.Workload
	due      dueAnnotations
	present  map[string]string
}

// selected tells whether the workload is selected by the name that it has now. If it is
// not and is annotated, it may have been by another one.
func (t checkedTemplate) selected() bool {
	return t.workload.Selection == workload.Selected
}

func (c *check) run() {
	c.indexEntries()
	switch {
	case !c.spec.Enabled:
		c.at(report.Error, c.spec.Path+".enabled", "the function is disabled, and no workload gets a checksum: set enabled: true")
	case len(c.graph.Sources.Entries()) == 0:
		c.at(report.Error, c.spec.Path, "the allowlist is empty, and no workload gets a checksum: list names under secrets or configMaps")
	}
	for _, workload := range c.graph.Workloads {
		c.visit(workload)
	}
	for _, template := range c.checked {
		c.reportLost(template)
	}
	for _, kind := range []config.Kind{config.Secret, config.ConfigMap} {
		c.reportUnseen(kind)
	}
	c.reportUnused()
}

// visit compares the annotations of a workload with what is due.
func (c *check) visit(w *usage.Workload) {
	selected := w.Selection == workload.Selected
	if w.Err != nil && selected {
		c.Add(failure(w.Item, w.Err))
	}
	if w.Err != nil || w.Selection == workload.NotSelected || !w.Rolls {
		return
	}
	for _, podTemplate := range w.PodTemplates {
		template, err := c.template(w, podTemplate)
		switch {
		case err == nil:
			c.compareAll(template)
		case selected:
			c.Add(failure(w.Item, err))
		}
	}
}

func (c *check) template(w *usage.Workload, template *usage.PodTemplate) (none checkedTemplate, err error) {
	if template.Err != nil {
		return none, template.Err
	}
	present, _, err := template.Annotations()
	if err != nil {
		return none, err
	}
	due, err := due(c.prefix, template)
	return checkedTemplate{template, w, due, present}, err
}

// compareAll compares the annotations of a pod template with what is due. Those of a
// workload that is not selected count only if they are right: they may be another
// configuration's.
func (c *check) compareAll(template checkedTemplate) {
	selected := template.selected()
	if selected {
		c.reportMissing(template)
		c.checked = append(c.checked, template)
	}
	for _, key := range slices.Sorted(maps.Keys(template.present)) {
		if !c.prefix.Owns(key) {
			continue
		}
		found := c.compare(template, key)
		if !selected && found.status != report.UpToDate {
			continue
		}
		c.seen[key] = true
		c.add(template, key, found)
		if found.status != report.UpToDate {
			c.fail(template, "%s", found.problem)
		}
	}
}

// fail adds an error about a pod template.
func (c *check) fail(template checkedTemplate, format string, args ...any) {
	c.Add(report.New(report.Error, format, args...).On(template.workload.Item))
}

// reportMissing tells which annotations a pod template lacks.
func (c *check) reportMissing(template checkedTemplate) {
	for _, key := range slices.Sorted(maps.Keys(template.due.values)) {
		if !template.has(key) && !c.mayMeanAnother(template.due.origins[key]) {
			entry := template.due.origins[key].entry
			c.fail(template, "the pod template has no annotation %s, although %s is on the allowlist", key, entry)
			c.add(template, key, finding{status: report.Missing, source: template.due.origins[key].source()})
		}
	}
}

// has tells whether a pod template has an annotation that is due, as far as that can be
// told by its key: that of an object that was selected by its labels has the name that it had then;
// and an entry whose name nothing in the input has can be that of something renamed, in
// another namespace or referenced by another name.
func (t checkedTemplate) has(key string) bool {
	origin := t.due.origins[key]
	if _, found := t.present[key]; found {
		return true
	}
	if origin.entry.Name == "" {
		return slices.Contains(slices.Collect(maps.Values(t.present)), t.due.values[key])
	}
	return origin.object == nil && origin.entry.Checksum == ""
}

// mayMeanAnother tells whether an entry, of whose name the input has an object without a
// namespace alone, may have meant one in its namespace that kustomize has renamed.
func (c *check) mayMeanAnother(from origin) bool {
	if from.object == nil || from.object.Namespace != "" || from.entry.Namespace == "" {
		return false
	}
	if c.renamed == nil {
		c.renamed = map[*source.Entry]bool{}
		for _, kind := range []config.Kind{config.Secret, config.ConfigMap} {
			for _, object := range c.graph.Sources.OfKind(kind) {
				for _, entry := range c.resembling(object) {
					c.renamed[entry] = c.renamed[entry] || object.Namespace == entry.Namespace
				}
			}
		}
	}
	return c.renamed[from.entry]
}

// compare returns what there is to say about an annotation that the function owns.
func (c *check) compare(template checkedTemplate, key string) finding {
	value := template.present[key]
	entries := slices.DeleteFunc(c.entriesOf(key), func(entry *source.Entry) bool {
		return template.workload.SelectedBy(entry.Workloads) == workload.NotSelected
	})
	if len(entries) == 0 {
		return finding{status: report.NotDue, problem: fmt.Sprintf("the pod template has the annotation %s, which the configuration does not ask for", key)}
	}
	for _, entry := range entries {
		if object, isOf := c.stillOf(template, key, entry, value); isOf {
			return finding{status: report.UpToDate, source: origin{entry, object}.source()}
		}
	}
	problem, of := c.explain(template, entries, value)
	return finding{report.OutOfDate, of, fmt.Sprintf("the annotation %s of the pod template is out of date: %s", key, problem)}
}

// stillOf tells whether an annotation has the value that an entry gives, and of which
// object, if it is in the input.
func (c *check) stillOf(template checkedTemplate, key string, entry *source.Entry, value string) (*source.Object, bool) {
	if entry.Checksum != "" {
		for _, object := range c.meant(template, entry) {
			if c.checksum(template, entry, object) != value {
				return nil, false
			}
		}
		return nil, value == entry.Checksum
	}
	if c.isOfName(entry, value) {
		return nil, template.due.origins[key].object == nil && len(c.meant(template, entry)) == 0
	}
	if from := template.due.origins[key]; from.object != nil && from.entry == entry && template.due.values[key] == value {
		return from.object, true // others of equal content have nothing to do with it
	}
	var found *source.Object
	for _, object := range c.candidates(template, entry) {
		if sum := c.checksum(template, entry, object); sum != "" && sum == value {
			if object.Entry != entry { // it had the name of the entry, and may have lost it elsewhere too
				c.proven[object] = entry
			}
			found = object
		}
	}
	return found, found != nil
}

// meant returns the objects in the input that an entry means, as far as a pod template
// has to do with it. If that references something outside the input by a name that the
// entry may mean, it is that.
func (c *check) meant(template checkedTemplate, entry *source.Entry) []*source.Object {
	if entry.Scope == config.All {
		return entry.Objects
	}
	for _, use := range template.Uses {
		name := use.Reference.Name
		if use.Reference.Kind == entry.Kind && use.Object == nil && (name == entry.Name || slices.Contains(partsOf(name), entry.Name)) {
			return nil
		}
	}
	var meant []*source.Object
	for _, object := range template.referenced(entry.Kind) {
		if object.Entry == entry || slices.Contains(c.resembling(object), entry) {
			meant = append(meant, object)
		}
	}
	return meant
}

// indexEntries finds the entries by the keys that their annotations have; those that select by
// labels by what these keys begin with.
func (c *check) indexEntries() {
	c.entries = map[string][]*source.Entry{}
	for _, entry := range c.graph.Sources.Entries() {
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
	found := slices.Clone(c.entries[key])
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

// checksum returns the checksum that an object has for an entry and a pod template, or
// nothing for one without the keys of the entry, which is not what the entry means.
func (c *check) checksum(template checkedTemplate, entry *source.Entry, object *source.Object) string {
	used := template.KeysOf(object)
	sum := func() string {
		taken, _ := c.graph.Digest(object, entry.Keys, used) // nothing where a key is missing
		return string(taken)
	}
	if c.spec.KeyScope == config.UsedKeys && !used.All {
		return sum()
	}
	pair := origin{entry, object}
	if _, taken := c.sums[pair]; !taken {
		c.sums[pair] = sum()
	}
	return c.sums[pair]
}

// reportLost tells about what a pod template uses and has no checksum of: something that
// another one has a checksum of, and, less certainly, something whose name can be made of
// that of an entry.
func (c *check) reportLost(template checkedTemplate) {
	for _, kind := range []config.Kind{config.Secret, config.ConfigMap} {
		for _, object := range template.referenced(kind) {
			if entry := c.proven[object]; entry != nil {
				if template.reads(entry) && !c.hasKeyOf(template.present, entry) {
					c.fail(template, "the pod template has no checksum of %s, as others have for %s", object, entry)
					c.add(template, c.prefix.Key(entry.Kind, "", entry.Name), finding{status: report.Missing, source: sourceRef(object)})
				}
				continue
			}
			for _, entry := range c.resembling(object) {
				if template.reads(entry) && !c.hasKeyOf(template.present, entry) {
					c.Add(report.New(report.Warning, "the pod template has no checksum of %s, which may be what %s means",
						object, entry.Path).On(template.workload.Item))
					c.add(template, c.prefix.Key(entry.Kind, "", entry.Name), finding{status: report.MayBeMissing, source: sourceRef(object)})
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
	for _, name := range partsOf(object.Name) {
		for _, entry := range c.graph.Sources.Named(object.Kind, name) {
			if entry.Name != object.Name && entry.Covers(object.Namespace) {
				found = append(found, entry)
			}
		}
	}
	return found
}

// partsOf returns the names of which kustomize can have made a name, with prefixes and
// suffixes that end and begin with a dash. There are none of what is too long for a name.
func partsOf(name string) []string {
	var names []string
	if len(name) > validation.DNS1123SubdomainMaxLength {
		return names
	}
	for start := 0; start < len(name); start++ {
		if start > 0 && name[start-1] != '-' {
			continue
		}
		for end := start + 1; end <= len(name); end++ {
			if end == len(name) || name[end] == '-' {
				names = append(names, name[start:end])
			}
		}
	}
	return names
}

// candidates returns the objects that a pod template may have a checksum of, for an entry.
func (c *check) candidates(template checkedTemplate, entry *source.Entry) []*source.Object {
	if entry.Scope == config.All {
		return c.graph.Sources.OfKind(entry.Kind)
	}
	return template.referenced(entry.Kind)
}

// referenced returns the objects of a kind that a pod template references.
func (t checkedTemplate) referenced(kind config.Kind) []*source.Object {
	var found []*source.Object
	for _, use := range t.Uses {
		if use.Reference.Kind == kind && use.Object != nil {
			found = append(found, use.Object)
		}
	}
	return found
}

// reads tells whether an entry is for the workload where that references what it means.
func (t checkedTemplate) reads(entry *source.Entry) bool {
	return entry.Scope == config.Referenced && t.workload.SelectedBy(entry.Workloads) == workload.Selected
}

// reportUnseen tells about objects that annotations are for and whose changes are not seen.
func (c *check) reportUnseen(kind config.Kind) {
	for _, object := range c.graph.Sources.OfKind(kind) {
		switch entry := c.proven[object]; {
		case object.Entry != nil:
			c.unseen(object.Entry, object, object.Unseen)
		case entry != nil:
			c.unseen(entry, object, c.graph.Unseen(object))
		}
	}
}

// reportUnused tells about entries that no annotation is for.
func (c *check) reportUnused() {
	var unseen []*source.Entry
	for _, entry := range c.graph.Sources.Entries() {
		due := entry.OnMissing != config.Skip || entry.Checksum != "" || len(entry.Objects) > 0
		if due && !c.hasSeen(entry) {
			unseen = append(unseen, entry)
		}
	}
	if len(c.seen) == 0 && len(unseen) > 0 {
		c.at(report.Error, "", "no selected workload has a checksum: the function has not run"+
			" (kustomize skips a program without --enable-exec, and says nothing), or no workload that spec.workloads selects by its final name uses what is on the allowlist")
		return
	}
	for _, entry := range unseen {
		c.at(report.Warning, entry.Path, "no selected workload has a checksum of %s", entry)
	}
}

func (c *check) hasSeen(entry *source.Entry) bool {
	if entry.Name == "" {
		return len(c.seen) > 0
	}
	return slices.ContainsFunc(c.keys(entry), func(key string) bool { return c.seen[key] })
}
