package workload

import (
	"github.com/proompteng/checksum-annotator/fn/manifest"
)

// A Template is a pod template in a workload: what its pods reference, and where the
// annotations stand that its pods get.
type Template struct {
	value *manifest.Value // a PodTemplateSpec (core/v1)
}

// Path returns where the template stands in the workload.
func (t Template) Path() string {
	return t.value.Path()
}

// References returns the places at which the template references a source, in the order
// of the table of fields.
func (t Template) References() ([]Place, error) {
	podSpec, err := t.value.At("spec")
	if err != nil {
		return nil, err
	}
	var all []Place
	for i := range referenceFields {
		places, err := referenceFields[i].places(podSpec)
		if err != nil {
			return nil, err
		}
		all = append(all, places...)
	}
	return all, nil
}

// Annotated returns the object whose metadata.annotations the pods get.
func (t Template) Annotated() *manifest.Value {
	return t.value
}

// Annotations returns the annotations that the pods get. One whose value is no text is
// there with an empty one.
func (t Template) Annotations() (map[string]string, error) {
	annotations, err := t.Annotated().At("metadata", "annotations")
	if err != nil {
		return nil, err
	}
	entries, err := annotations.Entries()
	if err != nil {
		return nil, err
	}
	present := map[string]string{}
	for key, value := range entries {
		present[key], _ = value.Text()
	}
	return present, nil
}
