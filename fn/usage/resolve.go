package usage

import (
	"github.com/proompteng/checksum-annotator/config"
	"github.com/proompteng/checksum-annotator/fn/manifest"
	"github.com/proompteng/checksum-annotator/fn/source"
	"github.com/proompteng/checksum-annotator/fn/workload"
)

// A reference is what a pod template references by one name, at one or several places.
type reference struct {
	workload.Reference
	places []workload.Place
	keys   workload.Keys
}

// references returns what a pod template references.
func (g *Graph) references(template workload.Template) ([]*reference, error) {
	places, err := template.References()
	if err != nil {
		return nil, err
	}
	return g.grouped(places)
}

// grouped returns the references at places, each once.
func (g *Graph) grouped(places []workload.Place) ([]*reference, error) {
	var all []*reference
	byReference := map[workload.Reference]*reference{}
	for _, place := range places {
		keys, err := g.keys(place)
		if err != nil {
			return nil, err
		}
		found := byReference[place.Reference]
		if found == nil {
			found = &reference{Reference: place.Reference}
			byReference[place.Reference] = found
			all = append(all, found)
		}
		found.places = append(found.places, place)
		found.keys = found.keys.With(keys)
	}
	return all, nil
}

// keys returns the keys that are consumed at a place. They are read where they count or
// are asked for, and are an error only where they count.
func (g *Graph) keys(of workload.Place) (workload.Keys, error) {
	counts := g.spec.KeyScope == config.UsedKeys
	if counts || g.options.Everything {
		keys, err := of.Keys()
		if err == nil || counts {
			return keys, err
		}
	}
	return workload.Keys{All: true}, nil
}

// A resolver finds the uses of a pod template of a workload.
type resolver struct {
	*Graph
	workload *manifest.Item
	resolved []resolved
	consumed map[*source.Object]workload.Keys // of what is referenced
}

// A resolved reference has the objects that it means.
type resolved struct {
	*reference
	objects []*source.Object
	err     error
}

// resolve finds what references mean, and which keys are consumed of it.
func (r *resolver) resolve(references []*reference) {
	r.consumed = map[*source.Object]workload.Keys{}
	for _, reference := range references {
		objects, err := r.objects(reference.Reference)
		r.resolved = append(r.resolved, resolved{reference, objects, err})
		for _, object := range objects {
			r.consumed[object] = r.consumed[object].With(reference.keys)
		}
	}
}

// objects returns the objects that a reference means.
func (r *resolver) objects(of workload.Reference) ([]*source.Object, error) {
	if of.Mount {
		return r.Sources.Mounted(r.workload, of.Name)
	}
	object, err := r.Sources.Resolve(r.workload, of.Kind, of.Name, of.Renamed)
	if object == nil {
		return nil, err
	}
	return []*source.Object{object}, nil
}

// uses returns the uses that follow from references.
func (r *resolver) uses() []*Use {
	var uses []*Use
	for _, of := range r.resolved {
		use := Use{Reference: of.Reference, Places: of.places, Keys: of.keys, Err: of.err}
		var found []*Use
		switch {
		case of.err != nil:
		case len(of.objects) == 0:
			found = r.absent(use)
		default:
			for _, object := range of.objects {
				use.Object, use.Entry, use.Keys = object, object.Entry, r.consumed[object]
				found = append(found, r.withDigest(use))
			}
		}
		if len(found) == 0 {
			found = []*Use{&use}
		}
		uses = append(uses, found...)
	}
	return uses
}

// absent returns the uses of the entries that a reference may mean, of which the input has
// nothing that the reference means.
func (r *resolver) absent(use Use) []*Use {
	var uses []*Use
	of := use.Reference
	for _, name := range r.Sources.KnownAs(r.workload, of.Kind, of.Name, of.Renamed) {
		for _, entry := range r.Sources.Named(of.Kind, name) {
			use.Entry, use.Err = entry, nil
			switch {
			case !entry.Covers(r.workload.Namespace):
				continue
			case entry.External():
			case of.Mount: // the entry means something else of the same name
				continue
			default:
				use.Err = &ElsewhereError{entry}
			}
			uses = append(uses, r.withDigest(use))
		}
	}
	return uses
}

// ofEntry returns the uses of an entry, as if the workload referenced what it means.
func (r *resolver) ofEntry(entry *source.Entry) []*Use {
	found := r.selected(entry)
	if entry.Name != "" {
		found = r.named(entry)
	}
	var uses []*Use
	for _, use := range found {
		use.Keys = workload.Keys{All: true}
		if keys, referenced := r.consumed[use.Object]; referenced {
			use.Keys = keys
		}
		uses = append(uses, r.withDigest(use))
	}
	return uses
}

// named returns the use of an entry that names its source, or none. An entry that names
// another namespace counts all the same.
func (r *resolver) named(entry *source.Entry) []Use {
	use := Use{Entry: entry}
	if !entry.Covers(r.workload.Namespace) {
		use.Namespace = entry.Namespace
		switch {
		case len(entry.Objects) == 1:
			use.Object = entry.Objects[0]
		case !entry.External():
			use.Err = &source.AmbiguousError{Candidates: entry.Objects}
		}
		return []Use{use}
	}
	use.Object, use.Err = r.Sources.InNamespace(entry, r.workload)
	if use.Object == nil && use.Err == nil && !entry.External() {
		return nil
	}
	return []Use{use}
}

// selected returns the uses of all that an entry selects by labels.
func (r *resolver) selected(entry *source.Entry) []Use {
	namespace, named := r.workload.Namespace, ""
	if !entry.Covers(namespace) {
		namespace, named = entry.Namespace, entry.Namespace
	}
	var uses []Use
	for _, candidates := range entry.InNamespace(namespace) {
		use := Use{Entry: entry, Namespace: named, Object: candidates[0]}
		if len(candidates) > 1 {
			use.Object, use.Err = nil, &source.AmbiguousError{Candidates: candidates}
		}
		uses = append(uses, use)
	}
	return uses
}
