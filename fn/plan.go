package fn

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/proompteng/checksum-annotator/config"
	"github.com/proompteng/checksum-annotator/fn/annotation"
	"github.com/proompteng/checksum-annotator/fn/manifest"
	"github.com/proompteng/checksum-annotator/fn/report"
	"github.com/proompteng/checksum-annotator/fn/source"
	"github.com/proompteng/checksum-annotator/fn/workload"
)

// A plan collects what is to be done and what is to be told.
type plan struct {
	spec      config.Spec
	finder    *source.Finder // finds nothing where the function is disabled
	sources   *source.Index
	workloads *workload.Finder
	prefix    annotation.Prefix
	used      map[*source.Entry]bool
	quiet     bool // no warnings about workloads

	edits   []manifest.Edit
	changed report.Results // what the edits will have done
	results report.Results
	config  report.Result // about the functionConfig
}

// gather returns the items that can matter: those that hold the name of a source,
// or an annotation of the function, or that are to be annotated whatever they hold.
func (p *plan) gather(list *manifest.List) ([]*manifest.Item, []*manifest.Error) {
	words := append(p.workloads.DeclaredKinds(), p.spec.AnnotationPrefix)
	if p.spec.Scope == config.All {
		words = append(words, p.workloads.Kinds()...)
	}
	items, _ := list.Items(append(words, p.finder.Words()...))
	// Workloads can reference a source by each name that it has had.
	return list.Items(p.finder.Names(items))
}

// findSources finds the sources. It returns false where workloads cannot be decided
// about, because of errors in them.
func (p *plan) findSources(items []*manifest.Item) bool {
	if !p.spec.Enabled && len(p.spec.Secrets)+len(p.spec.ConfigMaps) > 0 {
		p.tell(report.Info, p.spec.Path+".enabled", "the function is disabled: it sets no checksums and removes those that it has set")
	}
	if !p.index(items) {
		return false
	}
	for _, entry := range p.sources.Entries() {
		p.reportExternal(entry)
		p.reportProducers(entry)
	}
	return true
}

// index finds the sources, and reports what is wrong with them.
func (p *plan) index(items []*manifest.Item) bool {
	var errs []*source.EntryError
	p.used = map[*source.Entry]bool{}
	p.sources, errs = p.finder.Index(items)
	for _, err := range errs {
		p.fail(err.Item, err)
	}
	return len(errs) == 0
}

// reportExternal tells about an entry whose checksum does not come from the input.
func (p *plan) reportExternal(entry *source.Entry) {
	if entry.Name == "" {
		p.reportSelector(entry)
		return
	}
	switch {
	case entry.Checksum != "" && len(entry.Objects) > 0:
		p.tell(report.Warning, entry.Path, "%s is in the input, but its content does not count, because the entry has a checksum", entry.Objects[0])
	case !entry.External() || entry.Checksum != "":
	case entry.OnMissing == config.Fail:
		p.tell(report.Error, entry.Path, "%s is not in the input and has no checksum: correct the name, render it with what uses it, give the entry a checksum, or let onMissing be HashName or Skip", describe(entry))
	case entry.OnMissing == config.Skip:
		p.tell(report.Info, entry.Path, "%s is not in the input and has no checksum: no workload is annotated with it", describe(entry))
	default:
		p.tell(report.Warning, entry.Path, "%s is not in the input and has no checksum:"+
			" workloads that use it are annotated with the digest of its name, and changes of it will not be seen", describe(entry))
	}
}

// reportProducers tells about producers of an entry that do not say what it takes to
// know: where a key comes from, which may be misspelt, or, as where a path in
// spec.producers is, anything.
func (p *plan) reportProducers(entry *source.Entry) {
	for _, object := range entry.Objects {
		if len(object.UnknownKeys) > 0 {
			p.results.Add(report.New(report.Warning, "it does not tell where its key %s comes from, which %s.keys names: all of it counts",
				strings.Join(object.UnknownKeys, ", "), entry.Path).On(object.Item))
		}
		if object.SaysNothing {
			p.results.Add(report.New(report.Warning, "it has none of the fields that decide the content of the %s %s,"+
				" so changes of it will not be seen", object.Kind, object.Name).On(object.Item))
		}
	}
}

// reportSelector tells about an entry that selects nothing.
func (p *plan) reportSelector(entry *source.Entry) {
	severity := report.Warning
	switch {
	case len(entry.Objects) > 0:
		return
	case entry.OnMissing == config.Fail:
		severity = report.Error
	case entry.OnMissing == config.Skip:
		severity = report.Info
	}
	p.tell(severity, entry.Path, "the input has no %s", describe(entry))
}

// A sight is what an item shows as a workload, before anything is decided.
type sight struct {
	item      *manifest.Item
	found     *workload.Workload
	err       error
	templates []template
}

// A template is a pod template, with what it says or what is wrong with it.
type template struct {
	value      *manifest.Value
	references []workload.Reference
	used       map[workload.Reference]workload.Keys // where the key scope is that of the used keys
	present    map[string]string                    // its annotations
	err        error
}

// look reads what an item shows.
func (p *plan) look(item *manifest.Item) sight {
	return p.lookFor(p.workloads, item)
}

// lookFor reads what an item shows, if it is one of some workloads.
func (p *plan) lookFor(workloads *workload.Finder, item *manifest.Item) sight {
	found, err := workloads.Find(item)
	seen := sight{item: item, found: found, err: err}
	if found == nil || err != nil {
		return seen
	}
	for _, value := range found.Templates {
		t := template{value: value}
		if p.spec.Scope == config.Referenced {
			t.references, t.err = workload.References(value)
		}
		if t.err == nil && p.spec.KeyScope == config.UsedKeys {
			t.used, t.err = workload.UsedKeys(value)
		}
		if t.err == nil && found.Rolls {
			t.present, t.err = presentAnnotations(value)
		}
		seen.templates = append(seen.templates, t)
	}
	return seen
}

// visit decides about the pod templates of an item, if it is a workload.
func (p *plan) visit(seen sight) {
	item, found := seen.item, seen.found
	if seen.err != nil {
		p.fail(item, seen.err)
	}
	if found == nil || seen.err != nil {
		return
	}
	if len(found.Templates) == 0 && len(found.Paths) > 0 {
		p.results.Add(report.New(report.Warning, "there is no pod template at %s, where spec.podTemplates says it is",
			strings.Join(found.Paths, " or ")).On(item))
	}
	changed := annotation.Changes{Set: map[string]string{}}
	for _, template := range seen.templates {
		due, err := p.due(found, template)
		if err != nil {
			p.fail(item, err)
			continue
		}
		if !found.Rolls {
			p.reportStatic(found, due.values)
			continue
		}
		if changes := p.prefix.Compare(template.present, due.values); !changes.Empty() {
			p.edits = append(p.edits, manifest.Edit{Item: item, Template: template.value, Set: changes.Set, Remove: changes.Remove})
			maps.Copy(changed.Set, changes.Set)
			changed.Remove = append(changed.Remove, changes.Remove...)
		}
	}
	if !changed.Empty() {
		p.changed.Add(report.New(report.Info, "%s", summary(changed)).On(item))
	}
}

// presentAnnotations returns the annotations of a pod template.
func presentAnnotations(template *manifest.Value) (map[string]string, error) {
	annotations, err := template.At("metadata", "annotations")
	if err != nil {
		return nil, err
	}
	entries, err := annotations.Entries()
	if err != nil {
		return nil, err
	}
	present := map[string]string{}
	for key, value := range entries {
		present[key], _ = value.Text() // what is no text is no checksum either
	}
	return present, nil
}

// reportStatic tells that a workload uses sources and that it is of no use to
// annotate it.
func (p *plan) reportStatic(found *workload.Workload, wanted map[string]string) {
	if len(wanted) > 0 && p.spec.Scope == config.Referenced {
		p.results.Add(report.New(report.Info, "not annotated with %s: a change would not replace the pods of a %s",
			strings.Join(slices.Sorted(maps.Keys(wanted)), ", "), found.Item.Kind).On(found.Item))
	}
}

// reportUnused tells about sources that are there to no effect.
func (p *plan) reportUnused() {
	for _, entry := range p.sources.Entries() {
		wanted := entry.Checksum != "" || len(entry.Objects) > 0 || (entry.Name != "" && entry.OnMissing == config.HashName)
		if wanted && !p.used[entry] {
			p.tell(report.Info, entry.Path, "no selected workload uses %s", describe(entry))
		}
	}
}

// tell adds a result about the functionConfig.
func (p *plan) tell(severity report.Severity, path, format string, args ...any) {
	result := report.New(severity, format, args...).At(path)
	result.ResourceRef, result.File = p.config.ResourceRef, p.config.File
	p.results.Add(result)
}

// fail adds an error about an item.
func (p *plan) fail(item *manifest.Item, err error) {
	var problem *manifest.Error
	if errors.As(err, &problem) {
		p.results.Add(report.New(report.Error, "%s", problem.Message).At(problem.Path).On(item))
		return
	}
	p.results.Add(report.New(report.Error, "%v", err).On(item))
}

func describe(entry *source.Entry) string {
	if entry.Name == "" {
		selected := string(entry.Kind) + " with the labels " + entry.LabelSelector
		if entry.Namespace != "" {
			selected += " in namespace " + entry.Namespace
		}
		return selected
	}
	if entry.Namespace == "" {
		return string(entry.Kind) + " " + entry.Name
	}
	return string(entry.Kind) + " " + entry.Namespace + "/" + entry.Name
}

func summary(changes annotation.Changes) string {
	var parts []string
	if len(changes.Set) > 0 {
		parts = append(parts, "set "+strings.Join(slices.Sorted(maps.Keys(changes.Set)), ", "))
	}
	if len(changes.Remove) > 0 {
		parts = append(parts, "removed "+strings.Join(changes.Remove, ", "))
	}
	return strings.Join(parts, "; ")
}
