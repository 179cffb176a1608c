package fn

import (
	"maps"
	"slices"
	"strings"

	"github.com/proompteng/checksum-annotator/config"
	"github.com/proompteng/checksum-annotator/fn/digest"
	"github.com/proompteng/checksum-annotator/fn/internal/fielddiff"
	"github.com/proompteng/checksum-annotator/fn/propagation"
	"github.com/proompteng/checksum-annotator/fn/report"
	"github.com/proompteng/checksum-annotator/fn/source"
	"github.com/proompteng/checksum-annotator/fn/workload"
)

// A templateComparison compares a pod template in two renders, and what it reads there.
type templateComparison struct {
	before, after *render
	was, is       *renderedTemplate
	rollsOut      bool // pods are replaced when the template changes
	sameText      bool // the workload is written in both renders alike

	changed bool // the template
	sources []report.SourceChange
	fields  []fielddiff.Field // that differ for other reasons than the sources
	// unexplained is how many checksums differ although no source does that they are of.
	unexplained int
}

func (c *templateComparison) run() error {
	if c.sameText {
		return c.compareSources()
	}
	was, err := c.was.Fragments()
	if err != nil {
		return err
	}
	is, err := c.is.Fragments()
	if err != nil {
		return err
	}
	same := func(value any) any { return value }
	c.changed = len(compareFragments(was, is, same)) > 0
	if err := c.compareSources(); err != nil || !c.changed {
		return err
	}
	names := c.namesWithoutHash()
	c.fields = compareFragments(was, is, func(value any) any { return withoutChecksums(value, names) })
	c.addAnnotations()
	return nil
}

// compareFragments returns the fields in which the fragments differ after having been
// prepared: by their paths in the fragment, if there is one.
func compareFragments(before, after []workload.Fragment, prepare func(any) any) []fielddiff.Field {
	was, is := map[string]any{}, map[string]any{}
	for _, fragment := range before {
		was[fragment.Path] = prepare(fragment.Value)
	}
	for _, fragment := range after {
		is[fragment.Path] = prepare(fragment.Value)
	}
	paths := maps.Clone(was)
	maps.Copy(paths, is)
	var fields []fielddiff.Field
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		for _, field := range fielddiff.Of(was[path], is[path]) {
			if len(paths) > 1 {
				field.Path = strings.TrimSuffix(path+"."+field.Path, ".")
			}
			fields = append(fields, field)
		}
	}
	return fields
}

// compareSources finds the sources that the template reads in both renders and that differ
// in what it reads of them.
func (c *templateComparison) compareSources() error {
	known := map[usedName]reading{}
	for _, r := range c.was.readings {
		known[usedNameOf(r, r.how.Source.Name)] = r
	}
	for _, r := range c.was.readings {
		name, hashed := r.name()
		if _, taken := known[usedNameOf(r, name)]; hashed && !taken {
			known[usedNameOf(r, name)] = r
		}
	}
	for _, is := range c.is.readings {
		was, found := known[usedNameOf(is, is.how.Source.Name)]
		if name, hashed := is.name(); !found && hashed {
			was, found = known[usedNameOf(is, name)]
		}
		if !found {
			continue // the template itself has changed
		}
		change, err := c.compareSource(was, is)
		if err != nil {
			return err
		}
		if change != nil {
			c.sources = append(c.sources, *change)
		}
	}
	return nil
}

// A usedName is what a source is known by in both renders: its name, or that without a
// hash.
type usedName struct {
	kind  config.Kind
	name  string
	mount bool
}

func usedNameOf(r reading, name string) usedName {
	return usedName{r.how.Source.Kind, name, r.Reference.Mount}
}

// compareSource returns how a source differs, or nil if it does not in what is read of it.
func (c *templateComparison) compareSource(was, is reading) (*report.SourceChange, error) {
	change := &report.SourceChange{Source: is.ref(), Kind: fielddiff.Changed, Forms: is.forms()}
	switch {
	case was.Object == nil && is.Object == nil:
		return nil, nil
	case was.Object == nil:
		change.Kind = fielddiff.Added
	case is.Object == nil:
		change.Kind = fielddiff.Removed
	case sameText(was.Object.Item, is.Object.Item):
		return nil, nil
	default:
		changes, err := was.Object.ChangesTo(is.Object)
		if err != nil {
			return nil, err
		}
		differs, err := c.differs(was.Object, is.Object, changes, c.counting(is, was.Keys.With(is.Keys)))
		_, hashed := is.name()
		renamed := hashed && was.Object.Name != is.Object.Name
		if err != nil || !differs && !renamed {
			return nil, err
		}
		change.Keys = keyChanges(changes)
		if renamed {
			change.Was = was.Object.Name
		}
	}
	change.Way, change.By = c.way(change, is)
	if !c.rollsOut {
		change.Way, change.By = propagation.ByNextPods, ""
	}
	return change, nil
}

// counting returns those of the keys that are read which count: where a configuration has
// given the pods a checksum of some keys alone, others are not meant to restart them.
func (c *templateComparison) counting(of reading, keys workload.Keys) workload.Keys {
	entry := c.after.entryOf(of)
	if entry == nil || len(entry.Keys) == 0 || c.after.checksumOf(c.is, of) == "" {
		return keys
	}
	if keys.All {
		return workload.Keys{Named: slices.Sorted(slices.Values(entry.Keys))}
	}
	others := func(key string) bool { return !slices.Contains(entry.Keys, key) }
	return workload.Keys{Named: slices.DeleteFunc(slices.Clone(keys.Named), others)}
}

// differs tells whether a source that changes differs in keys that are read.
func (c *templateComparison) differs(was, is *source.Object, changes digest.Changes, reads workload.Keys) (bool, error) {
	switch {
	case changes.Empty() || reads.All:
		return !changes.Empty(), nil
	case madeOf(was) == nil && madeOf(is) == nil:
		return slices.ContainsFunc(changes.Keys(), func(key string) bool { return slices.Contains(reads.Named, key) }), nil
	}
	// What a key is made of may depend on others.
	old, err := c.before.Digest(was, nil, reads)
	if err != nil {
		return false, err
	}
	now, err := c.after.Digest(is, nil, reads)
	return old != now, err
}

func keyChanges(changes digest.Changes) report.KeyChanges {
	return report.KeyChanges{
		Added: changes.Added, Removed: changes.Removed, Changed: changes.Changed,
		Unknown: changes.Rest || changes.Empty(),
	}
}

// way returns how a change reaches the pods.
func (c *templateComparison) way(change *report.SourceChange, is reading) (way propagation.Way, by string) {
	if change.Was != "" {
		return propagation.ByName, ""
	}
	key := c.after.checksumOf(c.is, is)
	if key != "" && c.was.annotations[key] != c.is.annotations[key] {
		return propagation.ByChecksum, key
	}
	for _, other := range c.changedAnnotations() {
		if propagation.IsChartChecksum(other, c.is.annotations[other], is.how.Source.Kind) {
			return propagation.ByChart, other
		}
	}
	way, by = is.wayWithoutChange()
	if way == propagation.NotAtAll {
		by = key // it does not follow
	}
	return way, by
}

// wayWithoutChange returns how a change reaches pods whose template stays as it is.
func (r reading) wayWithoutChange() (way propagation.Way, by string) {
	if controller := r.how.Controller(); controller != "" {
		return propagation.ByController, controller
	}
	if r.how.Files() {
		return propagation.ByFile, ""
	}
	return propagation.NotAtAll, ""
}

// changedAnnotations returns the keys of annotations of the pods that differ.
func (c *templateComparison) changedAnnotations() []string {
	keys := map[string]bool{}
	for key, value := range c.is.annotations {
		old, found := c.was.annotations[key]
		keys[key] = !found || old != value
	}
	for key := range c.was.annotations {
		if _, found := c.is.annotations[key]; !found {
			keys[key] = true
		}
	}
	maps.DeleteFunc(keys, func(_ string, differs bool) bool { return !differs })
	return slices.Sorted(maps.Keys(keys))
}

// addAnnotations adds those checksums that differ and are of no source that does.
func (c *templateComparison) addAnnotations() {
	for _, key := range c.changedAnnotations() {
		explained := slices.ContainsFunc(c.sources, func(s report.SourceChange) bool { return s.By == key })
		was, had := c.was.annotations[key]
		is, has := c.is.annotations[key]
		if explained || !isAnyChecksum(key, was) && !isAnyChecksum(key, is) {
			continue
		}
		field := fielddiff.Field{Path: "metadata.annotations[" + key + "]", Kind: fielddiff.Changed}
		switch {
		case !had:
			field.Kind = fielddiff.Added
		case !has:
			field.Kind = fielddiff.Removed
		}
		if had && has && propagation.IsChecksum(key, is) {
			c.unexplained++
		}
		c.fields = append(c.fields, field)
	}
}

func isAnyChecksum(key, value string) bool {
	return propagation.IsChecksum(key, value) ||
		propagation.IsChartChecksum(key, value, config.Secret) || propagation.IsChartChecksum(key, value, config.ConfigMap)
}

// namesWithoutHash returns the names that kustomize made with a hash, and what they are
// without it.
func (c *templateComparison) namesWithoutHash() map[string]string {
	names := map[string]string{}
	for _, r := range slices.Concat(c.was.readings, c.is.readings) {
		if name, hashed := r.name(); hashed {
			names[r.Object.Name] = name
		}
	}
	return names
}

// withoutChecksums returns a generic value without annotations that are checksums, and
// with some texts replaced.
func withoutChecksums(value any, texts map[string]string) any {
	switch value := value.(type) {
	case string:
		if text, found := texts[value]; found {
			return text
		}
	case []any:
		copied := make([]any, len(value))
		for i, element := range value {
			copied[i] = withoutChecksums(element, texts)
		}
		return copied
	case map[string]any:
		copied := map[string]any{}
		for key, field := range value {
			text, isText := field.(string)
			without := withoutChecksums(field, texts)
			emptied, isMap := without.(map[string]any)
			original, _ := field.(map[string]any)
			if isText && isAnyChecksum(key, text) || isMap && len(emptied) == 0 && len(original) > 0 {
				continue
			}
			copied[key] = without
		}
		return copied
	}
	return value
}
