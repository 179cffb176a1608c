package workload

import (
	"strings"

	"github.com/proompteng/checksum-annotator/fn/manifest"
)

// A Template is what a workload says of some of its pods: what they read, and their
// annotations. Mostly it is a PodTemplateSpec (core/v1).
type Template struct {
	pods  *pods
	trail []*manifest.Value // from the object to the place of the template
}

// Path returns where the template stands in the workload: a PodTemplateSpec, or the
// annotations alone.
func (t Template) Path() string {
	path := t.Base().Path()
	if t.pods.template {
		return path
	}
	return strings.TrimPrefix(path+"."+strings.Join(t.pods.annotations, "."), ".")
}

// A Fragment is a part of a workload that pods are made of.
type Fragment struct {
	Path  string // in the workload
	Value any    // maps by string, lists and scalars
}

// Fragments returns what the pods are made of, as far as it is known: the template, or the
// places of references and the annotations.
func (t Template) Fragments() ([]Fragment, error) {
	values := []*manifest.Value{t.Base()}
	if !t.pods.template {
		annotations, err := t.Base().At(t.pods.annotations...)
		if err != nil {
			return nil, err
		}
		values = []*manifest.Value{annotations}
		for _, part := range t.pods.parts {
			holders, err := part.follow(t.trail)
			if err != nil {
				return nil, err
			}
			values = append(values, holders...)
		}
	}
	var fragments []Fragment
	for _, value := range values {
		generic, err := value.Generic()
		if err != nil {
			return nil, err
		}
		fragments = append(fragments, Fragment{value.Path(), generic})
	}
	return fragments, nil
}

// References returns the places at which the template references a source, in the order
// of the table of fields.
func (t Template) References() ([]Place, error) {
	var all []Place
	for _, part := range t.pods.parts {
		holders, err := part.follow(t.trail)
		if err != nil {
			return nil, err
		}
		for _, holder := range holders {
			places, err := part.places(holder)
			if err != nil {
				return nil, err
			}
			all = append(all, places...)
		}
	}
	return all, nil
}

// Base returns the place of the template, from which AnnotationsPath leads on.
func (t Template) Base() *manifest.Value {
	return t.trail[len(t.trail)-1]
}

// AnnotationsPath returns the fields that lead from Base to the annotations that the pods
// get. Not all of them need to be there.
func (t Template) AnnotationsPath() []string {
	return t.pods.annotations
}

// Annotations returns the annotations that the pods get. One whose value is no text is
// there with an empty one. Of those that are given twice, which are returned as well, the
// last one counts, as clients have it.
func (t Template) Annotations() (present map[string]string, twice []string, err error) {
	annotations, err := t.Base().At(t.pods.annotations...)
	if err != nil {
		return nil, nil, err
	}
	entries, twice, err := annotations.LastEntries()
	if err != nil {
		return nil, nil, err
	}
	present = map[string]string{}
	for key, value := range entries {
		present[key], _ = value.Text()
	}
	return present, twice, nil
}
