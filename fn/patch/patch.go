// Package patch makes patches of annotations that kustomize applies by itself: its
// built-in PatchTransformer, and the patches of a post-renderer in a Flux HelmRelease.
//
// Annotations below mappings alone are a strategic merge patch: kustomize merges mappings
// of every kind, whether it has a schema or not, and makes those that are missing. It
// replaces lists where it has no schema. So annotations in an element of a list are a JSON
// patch (RFC 6902), which needs the index, and for the mappings to be there or not to be
// there.
package patch

import (
	"cmp"
	"regexp"
	"strings"

	"github.com/proompteng/checksum-annotator/fn/manifest"
)

// A Workload is an object, with the annotations that it is to get.
type Workload struct {
	Item   *manifest.Item
	Places []Place
}

// A Place is a mapping of annotations in an object.
type Place struct {
	// Base is a mapping that is there without any patch, and Path the fields that lead from
	// it to the annotations.
	Base *manifest.Value
	Path []string
	// Set are the annotations to set, and Remove those that a patch for another object may
	// have set.
	Set    map[string]string
	Remove []string
	// Owned tells which annotations can come from a patch of the last time.
	Owned func(key string) bool
}

// A Patch changes one object.
type Patch struct {
	Target Target `yaml:"target"`
	Text   string `yaml:"patch"`
}

// A Target selects objects (kustomize types.Selector). Each field is a regular expression
// that has to match as a whole.
type Target struct {
	Group     string `yaml:"group,omitempty"`
	Kind      string `yaml:"kind"`
	Name      string `yaml:"name"`
	Namespace string `yaml:"namespace,omitempty"`
}

// Patches returns the patches that give a workload its annotations: one, or two where some of
// the places are in a list. It is an error if no patch can do that.
func (w Workload) Patches() ([]Patch, error) {
	texts, err := w.texts()
	if err != nil {
		return nil, err
	}
	var patches []Patch
	for _, text := range texts {
		patches = append(patches, Patch{TargetOf(w.Item), text})
	}
	return patches, nil
}

// Compare puts items in the order in which they have to be patched. A target also selects
// objects by the name and the namespace that they had at first. Prefixes and suffixes make
// names longer, and "default" is the namespace of objects without one: so what can have
// had the name of another comes after it.
func Compare(a, b *manifest.Item) int {
	return cmp.Or(
		cmp.Compare(a.Group(), b.Group()),
		cmp.Compare(a.Kind, b.Kind),
		cmp.Compare(len(a.Name), len(b.Name)),
		cmp.Compare(a.Name, b.Name),
		cmp.Compare(namespaceOrder(a), namespaceOrder(b)),
	)
}

func namespaceOrder(item *manifest.Item) string {
	if effective(item.Namespace) == defaultNamespace {
		return ""
	}
	return item.Namespace
}

// MayHit tells whether the patch for an item may change another one as well, by the name
// and the namespace that it had at first.
func MayHit(item, other *manifest.Item) bool {
	return item != other && item.Group() == other.Group() && item.Kind == other.Kind && strings.Contains(other.Name, item.Name)
}

// TargetOf returns the target that selects an item.
func TargetOf(item *manifest.Item) Target {
	return Target{
		Group:     regexp.QuoteMeta(item.Group()),
		Kind:      regexp.QuoteMeta(item.Kind),
		Name:      regexp.QuoteMeta(item.Name),
		Namespace: regexp.QuoteMeta(effective(item.Namespace)),
	}
}

// String names the object that the target selects.
func (t Target) String() string {
	name := unquote(t.Name)
	if t.Namespace != "" && t.Namespace != defaultNamespace {
		name = unquote(t.Namespace) + "/" + name
	}
	return unquote(t.Kind) + " " + name
}

// unquote returns the text that a regular expression for one text matches.
func unquote(expression string) string {
	return strings.ReplaceAll(expression, `\`, "")
}

// defaultNamespace is, for kustomize, that of an object without one.
const defaultNamespace = "default"

func effective(namespace string) string {
	return cmp.Or(namespace, defaultNamespace)
}
