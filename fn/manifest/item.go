package manifest

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

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
	// Position is the index among the ResourceList's items, or the stream's documents.
	Position int

	root        *Value
	list        *Item // that it is an element of, if it is one
	region      *region
	stream      bool
	found       bool // in a call of List.Items
	kept        bool // in a file, into which it is written back
	annotations *Value
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
	if len(i.region.content.items) != 1 {
		return nil
	}
	text := i.root.tree.text
	return text[headEnd(text):]
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
	if i.annotations == nil {
		return nil
	}
	return i.annotations.anyTexts()
}

// Annotation returns one of the object's annotations; it is empty where there is none.
func (i *Item) Annotation(key string) string {
	text, _ := i.annotation(key)
	return text
}

// Label returns one of the object's labels; it is empty where there is none.
func (i *Item) Label(key string) string {
	labels, err := i.root.At("metadata", "labels")
	if err != nil {
		return ""
	}
	text, _ := labels.anyText(key)
	return text
}

// annotation returns one of the object's annotations.
func (i *Item) annotation(key string) (text string, found bool) {
	if i.annotations == nil {
		return "", false
	}
	return i.annotations.anyText(key)
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
	switch {
	case i.Kind != "" && i.Name != "":
	case i.stream:
		return fmt.Sprintf("document %d", i.Position+1)
	default:
		return fmt.Sprintf("items[%d]", i.Position)
	}
	if i.Namespace == "" {
		return printable.Name(i.Kind) + " " + printable.Name(i.Name)
	}
	return printable.Name(i.Kind) + " " + printable.Name(i.Namespace) + "/" + printable.Name(i.Name)
}

// newItem reads the identity of an object in a list. It returns an item that says where
// it is even when it says what is wrong with it.
func newItem(root *Value, list *Item) (*Item, *Error) {
	item := &Item{Position: list.Position, File: list.File, root: root, list: list, stream: list.stream, kept: list.kept}
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

// nameOnly reads the identity of an object that cannot be read, as far as no alias has to do
// with it.
func (i *Item) nameOnly() {
	t := i.root.tree
	at := i.root.node
	text := func(field string) string {
		if t.nodes[at].kind != mapping {
			return ""
		}
		found, _ := t.field(at, field)
		if found.value == none || t.nodes[found.value].kind != scalar || !t.isText(found.value) {
			return ""
		}
		return t.scalar(found.value)
	}
	i.APIVersion, i.Kind = text("apiVersion"), text("kind")
	if t.nodes[at].kind != mapping {
		return
	}
	if metadata, _ := t.field(at, "metadata"); metadata.value != none {
		at = metadata.value
		i.Namespace, i.Name = text("namespace"), text("name")
	}
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
	if !strings.HasSuffix(i.Kind, "List") || !i.root.IsMapping() {
		return nil, false
	}
	items, err := i.root.At("items")
	if err != nil || items.node == none {
		return nil, false
	}
	if elements, err = items.Elements(); err != nil {
		return nil, false
	}
	for _, element := range elements {
		if i.Name != "" && !element.IsMapping() {
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
	if !annotations.Exists() || !annotations.IsMapping() {
		return
	}
	i.annotations = annotations
	file := FileOf(func(key string) string {
		text, _ := i.annotation(key)
		return text
	})
	i.kept = i.kept || file.Path != ""
	if i.File.Path == "" {
		i.File = file
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
