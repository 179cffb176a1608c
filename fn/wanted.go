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

// due returns the checksum annotations that a pod template of a workload should have.
func (p *plan) due(of *workload.Workload, template template) (*annotationSet, error) {
	if template.err != nil {
		return nil, template.err
	}
	set := &annotationSet{plan: p, workload: of.Item, rolls: of.Rolls, values: map[string]string{}, origins: map[string]origin{}}
	set.findUsed(template.used)
	if p.spec.Scope == config.All {
		for _, entry := range p.sources.Entries() {
			if err := set.addEntry(entry); err != nil {
				return nil, err
			}
		}
	}
	for _, reference := range template.references {
		if err := set.addReference(reference); err != nil {
			return nil, err
		}
	}
	return set, nil
}

// An annotationSet is what one workload should have.
type annotationSet struct {
	plan     *plan
	workload *manifest.Item
	rolls    bool                             // and is annotated
	used     map[*source.Object]workload.Keys // of what the pod template references
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
		return o.object.String()
	}
	return o.entry.Path
}

// name returns the name in the annotation: the one that the entry writes, or that of an
// object that it selects.
func (o origin) name() string {
	if o.entry.Name == "" {
		return o.object.Name
	}
	return o.entry.Name
}

// findUsed finds the keys that are used of each object, of those of each reference.
func (s *annotationSet) findUsed(references map[workload.Reference]workload.Keys) {
	s.used = map[*source.Object]workload.Keys{}
	for reference, keys := range references {
		objects, _ := s.resolve(reference) // what is ambiguous is used by nobody
		for _, object := range objects {
			s.used[object] = s.used[object].With(keys)
		}
	}
}

// resolve returns the objects that a reference means.
func (s *annotationSet) resolve(reference workload.Reference) ([]*source.Object, error) {
	if reference.Mount {
		return s.plan.sources.Mounted(s.workload, reference.Name)
	}
	object, err := s.plan.sources.Resolve(s.workload, reference.Kind, reference.Name, reference.Renamed)
	if object == nil {
		return nil, err
	}
	return []*source.Object{object}, nil
}

// addReference adds the checksum of what a pod template references, if it is
// allowlisted.
func (s *annotationSet) addReference(reference workload.Reference) error {
	objects, err := s.resolve(reference)
	var ambiguous *source.AmbiguousError
	if errors.As(err, &ambiguous) {
		if ambiguous.Allowlisted() {
			s.warn("not annotated with the checksum of %s %s: %v", reference.Kind, reference.Name, ambiguous)
		}
		return nil
	}
	for _, object := range objects {
		if object.Entry == nil {
			continue
		}
		if err := s.add("", origin{object.Entry, object}); err != nil {
			return err
		}
	}
	if len(objects) > 0 {
		return nil
	}
	for _, name := range s.plan.sources.KnownAs(s.workload, reference.Kind, reference.Name, reference.Renamed) {
		for _, entry := range s.plan.sources.Named(reference.Kind, name) {
			if err := s.addAbsent(entry, reference); err != nil {
				return err
			}
		}
	}
	return nil
}

// addAbsent adds the checksum of an entry whose name a pod template references, where
// the input has no object that the reference means.
func (s *annotationSet) addAbsent(entry *source.Entry, reference workload.Reference) error {
	switch {
	case !entry.Covers(s.workload.Namespace):
	case entry.External():
		return s.add("", origin{entry, nil})
	case reference.Mount: // the entry means something else of the same name
	default:
		s.warn("not annotated with the checksum of %s %s: %s allows it in any namespace, but the input has it only as %s",
			reference.Kind, reference.Name, entry.Path, entry.Objects[0])
	}
	return nil
}

// addEntry adds the checksum of an entry as if the workload referenced it. An
// entry that names another namespace is added all the same.
func (s *annotationSet) addEntry(entry *source.Entry) error {
	if entry.Name == "" {
		return s.addSelected(entry)
	}
	if !entry.Covers(s.workload.Namespace) {
		if entry.External() {
			return s.add(entry.Namespace, origin{entry, nil})
		}
		if len(entry.Objects) > 1 {
			s.warn("not annotated with the checksum of %s: it may mean %s or %s",
				describe(entry), entry.Objects[0], entry.Objects[1])
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

// addSelected adds the checksums of all that an entry selects by labels.
func (s *annotationSet) addSelected(entry *source.Entry) error {
	namespace, keyed := s.workload.Namespace, ""
	if !entry.Covers(namespace) {
		namespace, keyed = entry.Namespace, entry.Namespace
	}
	for _, candidates := range entry.InNamespace(namespace) {
		if len(candidates) > 1 {
			s.warn("not annotated with the checksum of %s %s: it may mean %s or %s",
				entry.Kind, candidates[0].Name, candidates[0], candidates[1])
			continue
		}
		if err := s.add(keyed, origin{entry, candidates[0]}); err != nil {
			return err
		}
	}
	return nil
}

// add adds a checksum; the namespace is given where it is not the workload's.
func (s *annotationSet) add(namespace string, from origin) error {
	s.plan.used[from.entry] = true
	var checksum digest.Digest
	switch {
	case from.entry.Checksum != "":
		checksum, from.object = digest.Digest(from.entry.Checksum), nil
	case from.object != nil:
		checksum = s.checksum(from.object)
	case from.entry.OnMissing == config.HashName:
		checksum = digest.OfName(from.entry.Name, digest.Salt(s.plan.spec.Salt))
	default:
		return nil
	}
	key := s.plan.prefix.Key(from.entry.Kind, namespace, from.name())
	if other, taken := s.origins[key]; taken && other != from && s.rolls {
		return fmt.Errorf("%s and %s both have the annotation %s: give each an entry of its own, with the name that it has in the input", other, from, key)
	}
	s.origins[key] = from
	s.values[key] = string(checksum)
	return nil
}

// checksum returns the checksum of what counts of an object.
func (s *annotationSet) checksum(object *source.Object) digest.Digest {
	if keys, used := s.used[object]; used && !keys.All {
		return object.ChecksumOf(keys.Named)
	}
	return object.Checksum
}

// warn tells about the workload, unless it is one that is never annotated.
func (s *annotationSet) warn(format string, args ...any) {
	if s.plan.quiet || !s.rolls {
		return
	}
	s.plan.results.Add(report.New(report.Warning, format, args...).On(s.workload))
}
