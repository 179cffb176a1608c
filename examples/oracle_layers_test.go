package examples

import (
	"fmt"
	"slices"
	"strings"
)

// A layer is a kustomization or a component, with what it does to names. Its
// model of names knows nothing of how the function finds objects: it only keeps
// the books of the names that the layers give.
type layer struct {
	dir        string
	component  bool
	below      []*layer // the folders among its resources
	components []*layer
	manifests  []manifest
	generators []generator
	patches    []patch
	namespace  string
	prefix     string
	suffix     string
	noHash     bool
	lists      bool   // that objects of one kind that follow each other stand in
	settings   string // further lines of the kustomization
}

// An identity is the name and the namespace of an object at some time.
type identity struct{ name, namespace string }

// same tells whether two identities are one to kustomize.
func (i identity) same(other identity) bool {
	return i.name == other.name && effective(i.namespace) == effective(other.namespace)
}

func effective(namespace string) string {
	if namespace == "" {
		return "default"
	}
	return namespace
}

// A thing is an object in the history of the layers.
type thing struct {
	kind  string
	mark  string     // which source it is: the value of the key "mark" in its data
	ids   []identity // the current one last
	local bool       // for kustomize only: it never reaches the output
}

func (t thing) id() identity { return t.ids[len(t.ids)-1] }

func (t thing) isSource() bool { return t.kind == "Secret" || t.kind == "ConfigMap" }

// had tells whether the thing has or had an identity.
func (t thing) had(id identity) bool { return slices.ContainsFunc(t.ids, id.same) }

// named tells whether the thing has or had a name.
func (t thing) named(name string) bool {
	return slices.ContainsFunc(t.ids, func(id identity) bool { return id.name == name })
}

// becomes returns the thing with a further identity.
func (t thing) becomes(id identity) thing {
	t.ids = append(slices.Clone(t.ids), id)
	return t
}

type manifest struct {
	thing
	text string
}

type generator struct {
	thing
	behavior string
	text     string
}

type patch struct {
	text  string
	apply func([]thing) []thing // what it does to names, if anything
}

// apply returns the things that there are after the layer, in the order in which
// kustomize does its work. A component starts with the things of its parent.
func (l *layer) apply(things []thing) []thing {
	things = slices.Clone(things)
	for _, below := range l.below {
		things = append(things, below.apply(nil)...)
	}
	for _, manifest := range l.manifests {
		things = append(things, manifest.thing)
	}
	for _, generator := range l.generators {
		if generator.behavior == "create" {
			things = append(things, generator.thing)
		}
	}
	for _, component := range l.components {
		things = component.apply(things)
	}
	for _, patch := range l.patches {
		if patch.apply != nil {
			things = patch.apply(things)
		}
	}
	return l.rename(things)
}

func (l *layer) rename(things []thing) []thing {
	for i, thing := range things {
		if l.namespace != "" {
			thing = thing.becomes(identity{thing.id().name, l.namespace})
		}
		if l.prefix != "" {
			thing = thing.becomes(identity{l.prefix + thing.id().name, thing.id().namespace})
		}
		if l.suffix != "" {
			thing = thing.becomes(identity{thing.id().name + l.suffix, thing.id().namespace})
		}
		things[i] = thing
	}
	return things
}

// collide tells whether two things have one identity.
func collide(things []thing) bool {
	for i, thing := range things {
		for _, other := range things[:i] {
			if thing.kind == other.kind && thing.id().same(other.id()) {
				return true
			}
		}
	}
	return false
}

// withIdentity returns the things that have or had an identity.
func withIdentity(things []thing, kind string, id identity) []thing {
	return slices.DeleteFunc(slices.Clone(things), func(t thing) bool { return t.kind != kind || !t.had(id) })
}

// render adds the files of the layer, and of those that it uses.
func (l *layer) render(files map[string]string) {
	for _, other := range slices.Concat(l.below, l.components) {
		other.render(files)
	}
	files[l.dir+"/kustomization.yaml"] = l.kustomization()
	files[l.dir+"/manifests.yaml"] = l.stream()
	files[l.dir+"/bytes.bin"] = "\xff\xfe"
}

func (l *layer) stream() string {
	var documents []string
	for start := 0; start < len(l.manifests); {
		end := start + 1
		for l.lists && end < len(l.manifests) && l.manifests[end].kind == l.manifests[start].kind {
			end++
		}
		documents = append(documents, l.document(l.manifests[start:end]))
		start = end
	}
	return strings.Join(documents, "---\n")
}

// document returns objects of one kind: one of them as it is, or a list, as kubectl and
// kustomize take it, whose items are not indented.
func (l *layer) document(manifests []manifest) string {
	if !l.lists {
		return manifests[0].text
	}
	kind := manifests[0].kind
	text := fmt.Sprintf("apiVersion: %s\nkind: %sList\nitems:\n", apiVersions[kind], kind)
	for _, manifest := range manifests {
		text += "- " + strings.ReplaceAll(strings.TrimSpace(manifest.text), "\n", "\n  ") + "\n"
	}
	return text
}

func (l *layer) kustomization() string {
	var text strings.Builder
	if l.component {
		text.WriteString("apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n")
	}
	for _, field := range [][2]string{{"namespace", l.namespace}, {"namePrefix", l.prefix}, {"nameSuffix", l.suffix}} {
		if field[1] != "" {
			fmt.Fprintf(&text, "%s: %s\n", field[0], field[1])
		}
	}
	fmt.Fprintf(&text, "generatorOptions: {disableNameSuffixHash: %v}\n", l.noHash)
	list(&text, "resources", l.resources())
	list(&text, "components", folders(l.components))
	list(&text, "configMapGenerator", l.generated("ConfigMap"))
	list(&text, "secretGenerator", l.generated("Secret"))
	var patches []string
	for _, patch := range l.patches {
		patches = append(patches, patch.text)
	}
	list(&text, "patches", patches)
	return text.String() + l.settings
}

func (l *layer) resources() []string {
	resources := folders(l.below)
	if len(l.manifests) > 0 {
		resources = append(resources, "manifests.yaml")
	}
	return resources
}

func (l *layer) generated(kind string) []string {
	var texts []string
	for _, generator := range l.generators {
		if generator.kind == kind {
			texts = append(texts, generator.text)
		}
	}
	return texts
}

func folders(layers []*layer) []string {
	var paths []string
	for _, layer := range layers {
		paths = append(paths, "../"+layer.dir)
	}
	return paths
}

func list(text *strings.Builder, field string, entries []string) {
	if len(entries) > 0 {
		fmt.Fprintf(text, "%s:\n- %s\n", field, strings.Join(entries, "\n- "))
	}
}
