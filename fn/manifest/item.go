package manifest

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/proompteng/checksum-annotator/fn/printable"
)

// The annotations that say where an item was read from: those of the KRM Functions
// Specification, and the internal ones that clients send beside or instead.
const (
	pathAnnotation          = "config.kubernetes.io/path"
	indexAnnotation         = "config.kubernetes.io/index"
	internalPathAnnotation  = "internal.config.kubernetes.io/path"
	internalIndexAnnotation = "internal.config.kubernetes.io/index"
	packageAnnotation       = "internal.config.kubernetes.io/package-path"
)

// An Item is an object of the ResourceList.
type Item struct {
	APIVersion, Kind, Namespace, Name string
	// File is where the item was read from, if the client says so.
	File File
	// Position is the index among the ResourceList's items.
	Position int

	root        *Value
	list        *Item // that it is an element of, if it is one
	region      *region
	found       bool // in a call of List.Items
	annotations map[string]string
}

// File is a file and the index of the document in it.
type File struct {
	Path  string // in the package
	Index string
	// Package is where kpt has the package that the file is in: a folder, if known.
	Package string
}

// Root returns the object.
func (i *Item) Root() *Value {
	return i.root
}

// Text returns what stands for the object in the input, or nil where other objects stand
// in the same text.
func (i *Item) Text() []byte {
	if len(i.region.items) != 1 {
		return nil
	}
	return i.region.text
}

// Group returns the API group; the core group is "".
func (i *Item) Group() string {
	group, _, grouped := strings.Cut(i.APIVersion, "/")
	if !grouped {
		return ""
	}
	return group
}

// Version returns the API version without the group.
func (i *Item) Version() string {
	return i.APIVersion[strings.LastIndex(i.APIVersion, "/")+1:]
}

// Annotations returns the object's annotations.
func (i *Item) Annotations() map[string]string {
	return i.annotations
}

// Labels returns the object's labels.
func (i *Item) Labels() map[string]string {
	labels, err := i.root.At("metadata", "labels")
	if err != nil {
		return nil
	}
	return labels.anyTexts()
}

// String returns kind, namespace and name, for messages.
func (i *Item) String() string {
	if i.Kind == "" || i.Name == "" {
		return fmt.Sprintf("item %d", i.Position)
	}
	if i.Namespace == "" {
		return printable.Name(i.Kind) + " " + printable.Name(i.Name)
	}
	return printable.Name(i.Kind) + " " + printable.Name(i.Namespace) + "/" + printable.Name(i.Name)
}

// newItem reads the identity of an object in a list. It returns an item that says where
// it is even when it says what is wrong with it.
func newItem(root *Value, list *Item) (*Item, *Error) {
	item := &Item{Position: list.Position, File: list.File, root: root, list: list}
	fail := func(message string, fields ...string) (*Item, *Error) {
		field, err := root.At(fields...)
		if err != nil {
			field = root
		}
		return item, &Error{Item: item, Path: field.Path(), Message: message}
	}
	metadata, err := root.At("metadata")
	if err == nil {
		item.readAnnotations(metadata)
	}
	for _, field := range []struct {
		text *string
		path []string
	}{
		{&item.APIVersion, []string{"apiVersion"}},
		{&item.Kind, []string{"kind"}},
		{&item.Namespace, []string{"metadata", "namespace"}},
		{&item.Name, []string{"metadata", "name"}},
	} {
		text, err := root.TextAt(field.path...)
		if err != nil {
			return item, asError(item, err)
		}
		*field.text = text
	}
	if elementKind, typed := strings.CutSuffix(list.Kind, "List"); typed && item.Kind == "" && item.APIVersion == "" && root.Exists() {
		// As apimachinery's UnstructuredJSONScheme has it.
		item.APIVersion, item.Kind = list.APIVersion, elementKind
	}
	if slices.Contains(kustomizationFiles, path.Base(item.File.Path)) {
		// There, both can be left out.
		item.APIVersion = cmp.Or(item.APIVersion, kustomizationVersion)
		item.Kind = cmp.Or(item.Kind, "Kustomization")
	}
	switch {
	case item.Kind == "":
		return fail("an item needs a kind", "kind")
	case item.Name == "" && !item.mayBeNameless():
		return fail("a "+printable.Name(item.Kind)+" needs a name", "metadata", "name")
	}
	return item, nil
}

// mayBeNameless tells whether an object without a name is one that its users accept:
// the API server will make the name, or the object is a list or a kustomization.
func (i *Item) mayBeNameless() bool {
	if i.Group() == kustomizationGroup {
		return true
	}
	if generateName, err := i.root.TextAt("metadata", "generateName"); err == nil && generateName != "" {
		return true
	}
	_, isList := i.elements()
	return isList
}

// elements returns the elements of an object that is a list of objects, as clients have
// it: one of a kind that ends in List and has items, which can be null. One that has a
// name and something else than objects for items is an object of its own.
func (i *Item) elements() (elements []*Value, isList bool) {
	if !strings.HasSuffix(i.Kind, "List") || resolved(i.root.node).Kind != yaml.MappingNode {
		return nil, false
	}
	items, err := i.root.At("items")
	if err != nil || items.node == nil {
		return nil, false
	}
	if elements, err = items.Elements(); err != nil {
		return nil, false
	}
	isObject := func(v *Value) bool { return resolved(v.node).Kind == yaml.MappingNode }
	for _, element := range elements {
		if i.Name != "" && !isObject(element) {
			return nil, false
		}
	}
	return elements, true
}

func (i *Item) readAnnotations(metadata *Value) {
	annotations, err := metadata.At("annotations")
	if err != nil {
		return
	}
	i.annotations = annotations.anyTexts()
	if i.File.Path == "" {
		i.File = FileOf(func(key string) string { return i.annotations[key] })
	}
}

// FileOf returns the file that annotations say an object was read from, if they do.
func FileOf(annotation func(key string) string) File {
	path := cmp.Or(annotation(internalPathAnnotation), annotation(pathAnnotation))
	if path == "" {
		return File{}
	}
	return File{path, cmp.Or(annotation(internalIndexAnnotation), annotation(indexAnnotation)), annotation(packageAnnotation)}
}
