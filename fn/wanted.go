package fn

import (
	"errors"
	"fmt"

	"github.com/proompteng/checksum-annotator/config"
	"github.com/proompteng/checksum-annotator/fn/digest"
	"github.com/proompteng/checksum-annotator/fn/manifest"
	"github.com/proompteng/checksum-annotator/fn/report"
	"github.com/proompteng/checksum-annotator/fn/source"
	"github.com/proompteng/checksum-annotator/fn/workload"
)

// wanted returns the checksum annotations that a pod template of an item should
// have.
func (p *plan) wanted(item *manifest.Item, references []workload.Reference) (map[string]string, error) {
	set := annotationSet{plan: p, workload: item, values: map[string]string{}, origins: map[string]origin{}}
	if p.spec.Scope == config.All {
		for _, entry := range p.sources.Entries() {
			if err := set.addEntry(entry); err != nil {
				return nil, err
			}
		}
	}
	for _, reference := range references {
		if err := set.addReference(reference); err != nil {
			return nil, err
		}
	}
	return set.values, nil
}

// An annotationSet is what one workload should have.
type annotationSet struct {
	plan     *plan
	workload *manifest.Item
	values   map[string]string
	origins  map[string]origin
}

// An origin is what a checksum comes from: an object, or an entry alone.
type origin struct {
	entry  *source.Entry
	object *source.Object
}

func (o origin) String() string {
	if o.object != nil {
		return o.object.Item.String()
	}
	return o.entry.Path
}

// addReference adds the checksum of what a pod template references, if it is
// allowlisted.
func (s *annotationSet) addReference(reference workload.Reference) error {
	object, err := s.plan.sources.Resolve(s.workload, reference.Kind, reference.Name, reference.Renamed)
	var ambiguous *source.AmbiguousError
	if errors.As(err, &ambiguous) {
		if ambiguous.Allowlisted() {
			s.warn("not annotated with the checksum of %s %s: %v", reference.Kind, reference.Name, ambiguous)
		}
		return nil
	}
	if object != nil {
		if object.Entry == nil {
			return nil
		}
		return s.add("", origin{object.Entry, object})
	}
	for _, entry := range s.plan.sources.Named(reference.Kind, reference.Name) {
		switch {
		case !entry.Covers(s.workload.Namespace):
		case entry.External():
			err = s.add("", origin{entry, nil})
		default:
			s.warn("not annotated with the checksum of %s %s: %s allows it in any namespace, but the input has it only as %s",
				reference.Kind, reference.Name, entry.Path, entry.Objects[0].Item)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// addEntry adds the checksum of an entry as if the workload referenced it. An
// entry that names another namespace is added all the same.
func (s *annotationSet) addEntry(entry *source.Entry) error {
	if !entry.Covers(s.workload.Namespace) {
		if entry.External() {
			return s.add(entry.Namespace, origin{entry, nil})
		}
		if len(entry.Objects) > 1 {
			s.warn("not annotated with the checksum of %s: it may mean %s or %s",
				describe(entry), entry.Objects[0].Item, entry.Objects[1].Item)
			return nil
		}
		return s.add(entry.Namespace, origin{entry, entry.Objects[0]})
	}
	object, err := s.plan.sources.InNamespace(entry, s.workload)
	switch {
	case err != nil:
		s.warn("not annotated with the checksum of %s: %v", describe(entry), err)
	case object != nil:
		return s.add("", origin{entry, object})
	case entry.External():
		return s.add("", origin{entry, nil})
	}
	return nil
}

// add adds a checksum; the namespace is given where it is not the workload's.
func (s *annotationSet) add(namespace string, from origin) error {
	s.plan.used[from.entry] = true
	var checksum string
	switch {
	case from.entry.Checksum != "":
		checksum, from.object = from.entry.Checksum, nil
	case from.object != nil:
		checksum = string(from.object.Checksum)
	case from.entry.OnMissing == config.HashName:
		checksum = string(digest.OfName(from.entry.Name))
	default:
		return nil
	}
	key := s.plan.prefix.Key(from.entry.Kind, namespace, from.entry.Name)
	if other, taken := s.origins[key]; taken && other != from {
		return fmt.Errorf("%s and %s both have the annotation %s: give each an entry of its own, with the name that it has in the input", other, from, key)
	}
	s.origins[key] = from
	s.values[key] = checksum
	return nil
}

func (s *annotationSet) warn(format string, args ...any) {
	s.plan.results.Add(report.New(report.Warning, format, args...).On(s.workload))
}
