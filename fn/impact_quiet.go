package fn

import (
	"cmp"
	"slices"

	"github.com/proompteng/checksum-annotator/config"
	"github.com/proompteng/checksum-annotator/fn/internal/fielddiff"
	"github.com/proompteng/checksum-annotator/fn/manifest"
	"github.com/proompteng/checksum-annotator/fn/report"
	"github.com/proompteng/checksum-annotator/fn/source"
)

// A renderedSource is a Secret or ConfigMap in a render, or what one is made of.
type renderedSource struct {
	*source.Object
}

// sources returns those of a render.
func (r *render) sources() []*renderedSource {
	var found []*renderedSource
	for _, kind := range []config.Kind{config.Secret, config.ConfigMap} {
		for _, object := range r.Sources.OfKind(kind) {
			found = append(found, &renderedSource{object})
		}
	}
	return found
}

// empty tells whether a render has nothing that can be compared.
func (r *render) empty() bool {
	return len(r.workloads) == 0 && len(r.sources()) == 0
}

// pairSources returns the sources of two renders by their names, or without the hashes in
// them where only one render has the name.
func pairSources(before, after []*renderedSource) pairs[renderedSource] {
	inBoth := map[identity]int{}
	for _, side := range [][]*renderedSource{before, after} {
		seen := map[identity]bool{}
		for _, s := range side {
			if id := s.identity(s.Name); !seen[id] {
				seen[id] = true
				inBoth[id]++
			}
		}
	}
	return pair(before, after, func(s *renderedSource) identity {
		id := s.identity(s.Name)
		if name, hashed := s.NameWithoutHash(); hashed && inBoth[id] < 2 {
			return s.identity(name)
		}
		return id
	})
}

// identity is that of the source and of what it is made of.
func (s *renderedSource) identity(name string) identity {
	return identity{s.Item.Kind, string(s.Kind), s.Namespace, name}
}

func (s *renderedSource) ref() report.ResourceRef {
	return refToSource(s.Kind, s.Namespace, s.Name)
}

// A quietCounter counts the changes that replace no pods.
type quietCounter struct {
	report.QuietChanges
	reported map[report.ResourceRef]bool // sources that are told about, or read by what is
}

func quietChanges(workloads pairs[rendered], sources pairs[renderedSource], compared []workloadComparison) (report.QuietChanges, error) {
	c := quietCounter{reported: map[report.ResourceRef]bool{}}
	for i, p := range workloads {
		c.addWorkload(p, compared[i].impact)
	}
	for _, p := range sources {
		if err := c.addSource(p); err != nil {
			return c.QuietChanges, err
		}
	}
	c.Moved = moved(workloads, func(w *rendered) *manifest.Item { return w.Item }) +
		moved(sources, func(s *renderedSource) *manifest.Item { return s.Item })
	return c.QuietChanges, nil
}

func (c *quietCounter) addWorkload(p pairOf[rendered], impact *report.WorkloadImpact) {
	switch {
	case p.before == nil:
		c.addReadings(p.after)
	case p.after == nil:
		c.addReadings(p.before)
	case impact == nil:
		c.addOther(p.before.Item, p.after.Item, &c.Workloads)
	default:
		for _, change := range impact.Sources {
			c.reported[change.Source] = true
		}
	}
}

// addReadings adds what a workload reads that only one render has.
func (c *quietCounter) addReadings(w *rendered) {
	for _, template := range w.templates {
		for _, reading := range template.readings {
			c.reported[reading.ref()] = true
		}
	}
}

func (c *quietCounter) addSource(p pairOf[renderedSource]) error {
	one := p.after
	if one == nil {
		one = p.before
	}
	if p.before != nil && p.after != nil {
		if sameText(p.before.Item, p.after.Item) {
			return nil
		}
		changes, err := p.before.ChangesTo(p.after.Object)
		if err != nil {
			return wrap(p.after.Item, err)
		}
		if changes.Empty() {
			c.addOther(p.before.Item, p.after.Item, &c.Metadata)
			return nil
		}
	}
	if !c.reported[one.ref()] {
		c.Unread++
	}
	return nil
}

// addOther counts how an object differs whose change has no effect on pods.
func (c *quietCounter) addOther(before, after *manifest.Item, differs *int) {
	if sameText(before, after) {
		return
	}
	was, errBefore := before.Root().Generic()
	is, errAfter := after.Root().Generic()
	switch {
	case errBefore != nil || errAfter != nil:
	case len(fielddiff.Of(was, is)) > 0:
		*differs++
	case before.Text() != nil && after.Text() != nil:
		c.Formatting++
	}
}

// moved returns how many objects stand elsewhere among those that both renders have: all
// but the most that stand in the same order.
func moved[T any](all pairs[T], item func(*T) *manifest.Item) int {
	var common pairs[T]
	for _, p := range all {
		if p.before != nil && p.after != nil {
			common = append(common, p)
		}
	}
	slices.SortStableFunc(common, func(a, b pairOf[T]) int { return cmp.Compare(item(a.after).Position, item(b.after).Position) })
	var ends []int // of the increasing sequences of each length, the least
	for _, p := range common {
		position := item(p.before).Position
		at, _ := slices.BinarySearch(ends, position+1)
		if at == len(ends) {
			ends = append(ends, position)
		} else {
			ends[at] = position
		}
	}
	return len(common) - len(ends)
}
