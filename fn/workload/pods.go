package workload

import (
	"strconv"
	"strings"

	"github.com/proompteng/checksum-annotator/config"
	"github.com/proompteng/checksum-annotator/fn/manifest"
)

// pods are where the objects of a kind say what some of their pods are like: an entry of
// the table of kinds, or of the configuration, made ready to be followed.
type pods struct {
	rollout rollout
	// at are the fields that lead to the place of a template; where nothing stands there,
	// there are no such pods. annotations are the fields from there to the annotations.
	at, annotations []string
	parts           []part
	// template tells that a PodTemplateSpec (core/v1) stands at the place.
	template bool

	declared *declared // by the configuration
	known    knownPods
}

// A knownPods tells pods of a kind apart: by where their annotations stand.
type knownPods struct {
	path, annotations string
}

// declared are the paths that the configuration gives, for what there is to tell of them.
type declared struct {
	place Setting
	parts []Setting // in the order of the parts
}

// A Setting is a path that the configuration gives for a kind.
type Setting struct {
	Field    string // of the functionConfig: "spec.podTemplates[0].path"
	Kind     string
	Path     string
	template bool // it is that of pod templates
}

// What returns what should stand at the path, for messages.
func (s Setting) What() string {
	if s.template {
		return "a pod template at " + s.Path
	}
	return "anything at " + s.Path
}

// A part is a place in an object at which sources are referenced.
type part struct {
	// depth says how many of the fields that lead to the template the path of the part
	// begins with, and rest is how it goes on from there.
	depth int
	rest  string
	// places returns the references at a value that the path leads to.
	places func(*manifest.Value) ([]Place, error)
}

// follow returns what the part's path leads to, where trail leads to the template.
func (p part) follow(trail []*manifest.Value) ([]*manifest.Value, error) {
	return trail[p.depth].Follow(p.rest)
}

// newPods returns the pods of an entry.
func newPods(when rollout, entry config.PodTemplate) *pods {
	p := &pods{rollout: when, template: entry.Annotations == "", known: knownPods{entry.Path, entry.Annotations}}
	if p.template {
		p.at = fieldsOf(entry.Path)
		p.annotations = []string{"metadata", "annotations"}
		p.parts = append(p.parts, part{len(p.at), "spec", templateReferences})
	} else {
		fields := fieldsOf(entry.Annotations)
		depth := commonDepth(fields, entry)
		p.at, p.annotations = fields[:depth], fields[depth:]
	}
	for _, further := range furtherPaths(entry) {
		for _, path := range further.paths {
			p.parts = append(p.parts, p.part(path, further.places))
		}
	}
	return p
}

// part returns a part at the given path.
func (p *pods) part(path string, places func(*manifest.Value) ([]Place, error)) part {
	fields := fieldsOf(path)
	depth := sharedFields(p.at, fields)
	return part{depth, strings.Join(fields[depth:], "."), places}
}

// commonDepth returns how many of the fields that lead to annotations have to be there:
// those that all paths of the entry share, and at least those that lead through lists and
// mappings of templates. At least one has not.
func commonDepth(annotations []string, entry config.PodTemplate) int {
	depth := len(annotations) - 1
	for _, further := range furtherPaths(entry) {
		for _, path := range further.paths {
			depth = min(depth, sharedFields(annotations, fieldsOf(path)))
		}
	}
	for i, field := range annotations {
		if field == "*" || strings.HasSuffix(field, "[]") {
			depth = max(depth, i+1)
		}
	}
	return depth
}

func fieldsOf(path string) []string {
	if path == "" {
		return nil
	}
	return strings.Split(path, ".")
}

// sharedFields returns how many fields two paths begin with alike.
func sharedFields(a, b []string) int {
	shared := 0
	for shared < min(len(a), len(b)) && a[shared] == b[shared] {
		shared++
	}
	return shared
}

// furtherPaths returns the paths of an entry beside that of a template or of annotations,
// each with how references are read there, and with its name in the configuration.
func furtherPaths(entry config.PodTemplate) [4]furtherPath {
	return [4]furtherPath{
		{"podSpecs", entry.PodSpecs, podSpecReferences},
		{"containers", entry.Containers, containerReferences},
		{"secrets", entry.Secrets, namedSecrets},
		{"configMaps", entry.ConfigMaps, namedConfigMaps},
	}
}

type furtherPath struct {
	name   string
	paths  []string
	places func(*manifest.Value) ([]Place, error)
}

// declare returns the pods of an entry of the configuration, the i-th one.
func declare(i int, entry config.PodTemplate) *pods {
	p := newPods(onChange, entry)
	field := "spec.podTemplates[" + strconv.Itoa(i) + "]."
	p.declared = &declared{place: Setting{field + "path", entry.Kind, entry.Path, true}}
	if p.template {
		p.declared.parts = append(p.declared.parts, Setting{}) // the spec of the template
	} else {
		p.declared.place = Setting{field + "annotations", entry.Kind, strings.Join(p.at, "."), false}
	}
	for _, further := range furtherPaths(entry) {
		for j, path := range further.paths {
			p.declared.parts = append(p.declared.parts, Setting{field + further.name + "[" + strconv.Itoa(j) + "]", entry.Kind, path, false})
		}
	}
	return p
}

// in returns the templates in an object.
func (p *pods) in(object *manifest.Value) ([]Template, error) {
	trails := [][]*manifest.Value{{object}}
	for _, field := range p.at {
		var longer [][]*manifest.Value
		for _, trail := range trails {
			values, err := trail[len(trail)-1].Follow(field)
			if err != nil {
				return nil, err
			}
			for i, value := range values {
				if i > 0 {
					trail = trail[:len(trail):len(trail)] // not to share its end
				}
				longer = append(longer, append(trail, value))
			}
		}
		trails = longer
	}
	var templates []Template
	for _, trail := range trails {
		found, err := p.has(trail[len(trail)-1])
		if err != nil {
			return nil, err
		}
		if found {
			templates = append(templates, Template{p, trail})
		}
	}
	return templates, nil
}

// has tells whether what stands at the place of a template is one. What the configuration
// takes for a pod template can be something else.
func (p *pods) has(value *manifest.Value) (bool, error) {
	if !value.Exists() {
		return false, nil
	}
	if p.declared == nil || !p.template {
		return true, nil
	}
	for _, field := range []string{"spec", "metadata"} {
		if found, err := value.At(field); err != nil || found.Exists() {
			return err == nil, err
		}
	}
	return false, nil
}

// follow notes which paths of the configuration lead somewhere.
func (d *declared) follow(p *pods, templates []Template, led map[Setting]bool) error {
	led[d.place] = led[d.place] || len(templates) > 0
	for i, setting := range d.parts {
		if setting.Field == "" {
			continue
		}
		for _, template := range templates {
			values, err := p.parts[i].follow(template.trail)
			if err != nil {
				return err
			}
			led[setting] = led[setting] || len(values) > 0
		}
	}
	return nil
}
