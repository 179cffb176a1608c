package fn

import (
	"fmt"

	"github.com/proompteng/checksum-annotator/fn/annotation"
	"github.com/proompteng/checksum-annotator/fn/source"
	"github.com/proompteng/checksum-annotator/fn/usage"
)

// dueAnnotations are the checksum annotations that a pod template should have.
type dueAnnotations struct {
	values  map[string]string // by key
	origins map[string]origin // by key
}

// An origin is what a checksum comes from: an object, or an entry alone.
type origin struct {
	entry  *source.Entry
	object *source.Object
}

func originOf(use *usage.Use) origin {
	if use.Entry.Checksum != "" {
		return origin{entry: use.Entry}
	}
	return origin{use.Entry, use.Object}
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

// due returns the annotations that a pod template should have for its uses. It is an error
// if two sources need the same key.
func due(prefix annotation.Prefix, template *usage.PodTemplate) (dueAnnotations, error) {
	annotations := dueAnnotations{map[string]string{}, map[string]origin{}}
	var err error
	for _, use := range template.Counting {
		if use.Digest == "" {
			continue
		}
		from := originOf(use)
		key := prefix.Key(from.entry.Kind, use.Namespace, from.name())
		if other, taken := annotations.origins[key]; taken && other != from && err == nil {
			err = fmt.Errorf("%s and %s both have the annotation %s: give each an entry of its own, with the name that it has in the input", other, from, key)
		}
		annotations.values[key] = string(use.Digest)
		annotations.origins[key] = from
	}
	return annotations, err
}
