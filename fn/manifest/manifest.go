// Package manifest is the door between bytes and objects: it reads a ResourceList or a
// stream of documents, shows objects as values to look at, and writes the input back, byte
// for byte but for edits to the annotations of pod templates and for results.
//
// Nothing outside this package knows how objects are encoded. Inside, split.go finds the
// borders of documents and items; read.go and flow.go read the text between them into a
// tree of offsets (tree.go, lex.go), and leave what is out of the ordinary to the YAML
// library (library.go), whose nodes become the same tree; find.go searches, item.go and
// kustomize.go know what an object says of itself, value.go looks at it, and aliases.go
// bounds what aliases make of it; edit.go finds the places of edits in the text, print.go
// writes what has no text of its own, check.go proves the result, and write.go puts it
// together.
package manifest

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"unicode/utf8"

	"github.com/proompteng/checksum-annotator/fn/internal/parallel"
	"github.com/proompteng/checksum-annotator/fn/printable"
)

const resourceListKind = "ResourceList"

var (
	// ErrNoResourceList says that the input is something else than one ResourceList.
	ErrNoResourceList = errors.New("the input is no ResourceList")
	// ErrNoObjects says that a stream is empty.
	ErrNoObjects = errors.New("the input holds no objects")
	// ErrResourceList says that a stream is a ResourceList.
	ErrResourceList = errors.New("the input is a ResourceList: that is for the function, without a command")
)

// A List is the objects of an input: the items of a ResourceList, or the documents
// of a stream.
type List struct {
	path    string // of the file that it was read from, if that is known
	kept    bool   // the objects are written back into it
	input   []byte
	shape   *Shape
	judged  bool      // the YAML library reads it all
	regions []*region // those that hold objects, in their order
	// top are the parts of a ResourceList that hold its fields, but for items if these are
	// read one by one; there are none in a stream.
	top   []*region
	words map[string]bool // that have been looked for
	lines sync.Once
	index []int // how many lines end before each block of the input
}

// ReadResourceList reads the input of a KRM function (KRM Functions Specification,
// "ResourceList"), whose items are expected to be of a shape. What is wrong with single
// items is not its error but is told by Items.
func ReadResourceList(input []byte, shape *Shape) (*List, error) {
	list := &List{input: input, shape: shape}
	if list.splitItems() {
		return list, list.check()
	}
	return readDocument(input, shape, false)
}

// ReadResourceListWhole is ReadResourceList by the YAML library alone.
func ReadResourceListWhole(input []byte, shape *Shape) (*List, error) {
	return readDocument(input, shape, true)
}

// readDocument reads a ResourceList as one document.
func readDocument(input []byte, shape *Shape, judged bool) (*List, error) {
	list, err := readStream(input, shape, judged)
	if err != nil {
		return nil, err
	}
	switch count := list.count(); {
	case count == 0:
		return nil, fmt.Errorf("%w: it is empty", ErrNoResourceList)
	case count > 1:
		return nil, fmt.Errorf("%w: it has several documents", ErrNoResourceList)
	}
	list.top = list.regions
	r := list.top[0]
	if err := list.keep(r); err != nil {
		return nil, err
	}
	if err := list.check(); err != nil {
		return nil, err
	}
	items, err := list.field("items")
	var elements []*Value
	if err == nil {
		elements, err = items.Elements()
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoResourceList, err)
	}
	for _, element := range elements {
		element.isObject = true
	}
	r.normal, r.content.objects, r.count = false, elements, len(elements)
	return list, nil
}

// ReadStream reads a stream of documents, each an object: YAML, or JSON, of which several
// objects, or an array of them, can be in one document.
func ReadStream(input []byte, shape *Shape) (*List, error) {
	return readStream(input, shape, false)
}

// ReadStreamWhole is ReadStream by the YAML library alone.
func ReadStreamWhole(input []byte, shape *Shape) (*List, error) {
	return readStream(input, shape, true)
}

func readStream(input []byte, shape *Shape, judged bool) (*List, error) {
	list := &List{input: input, shape: shape, judged: judged}
	list.splitDocuments()
	if err := list.readAll(list.regions); err != nil {
		return nil, fmt.Errorf("the input is not YAML: %w", err)
	}
	position := 0
	for _, r := range list.regions {
		r.position = position
		position += r.count
	}
	return list, nil
}

// ReadAny reads a stream, or a ResourceList, whose items are then the objects.
func ReadAny(input []byte, shape *Shape) (*List, error) {
	const line = "kind: " + resourceListKind + "\n"
	if bytes.HasPrefix(input, []byte(line)) || bytes.Contains(input, []byte("\n"+line)) { // most likely
		if list, err := ReadResourceList(input, shape); !errors.Is(err, ErrNoResourceList) {
			return list, err
		}
	}
	list, err := ReadStream(input, shape)
	if err == nil && errors.Is(list.CheckStream(), ErrResourceList) {
		if items, err := ReadResourceList(input, shape); err == nil {
			return items, nil
		}
	}
	return list, err
}

// CheckStream tells what is wrong with a stream that cannot be meant: one without
// objects, whose output would be empty, or a ResourceList.
func (l *List) CheckStream() error {
	if l.count() == 0 {
		return ErrNoObjects
	}
	for _, r := range l.regions {
		if r.content == nil {
			continue
		}
		for _, object := range r.content.objects {
			if kind, err := object.TextAt("kind"); err == nil && kind == resourceListKind {
				return ErrResourceList
			}
		}
	}
	return nil
}

// count returns how many objects there are, lists counting for one.
func (l *List) count() int {
	count := 0
	for _, r := range l.regions {
		count += r.count
	}
	return count
}

// check tells whether the ResourceList is one.
func (l *List) check() error {
	kind, err := l.field("kind")
	var text string
	if err == nil {
		text, err = kind.Text()
	}
	if err == nil && text != resourceListKind {
		return fmt.Errorf("%w: %s", ErrNoResourceList, ofKind(text))
	}
	if err == nil {
		var results *Value
		if results, err = l.field("results"); err == nil {
			_, err = results.Elements()
		}
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNoResourceList, err)
	}
	return nil
}

// ofKind tells of which kind something is, if that can be one.
func ofKind(kind string) string {
	if printable.Name(kind) != kind {
		return "it is of another kind"
	}
	return fmt.Sprintf("it is of kind %q", kind)
}

// field returns the value of a field of the ResourceList.
func (l *List) field(name string) (*Value, error) {
	found := &Value{node: none, field: name}
	for _, r := range l.top {
		value, err := (&Value{tree: r.content.tree, node: r.content.tree.roots[0]}).At(name)
		if err != nil {
			return nil, err
		}
		if value.node != none {
			return value, nil
		}
		found = value
	}
	return found, nil
}

// FunctionConfig returns the functionConfig of a ResourceList as a generic value:
// maps, lists and scalars, or nil where there is none.
func (l *List) FunctionConfig() (any, error) {
	functionConfig, err := l.field("functionConfig")
	if err != nil || !functionConfig.Exists() {
		return nil, err
	}
	value, err := functionConfig.config()
	if err != nil {
		return nil, fmt.Errorf("functionConfig: %w", err)
	}
	return value, nil
}

// ReadConfig returns the one object of a file as a generic value, like
// FunctionConfig.
func ReadConfig(file []byte) (any, error) {
	list, err := readStream(file, NewShape(nil, nil), false)
	if err != nil {
		return nil, err
	}
	if len(list.regions) != 1 || list.count() != 1 {
		return nil, fmt.Errorf("expected one document, found %d", list.count())
	}
	r := list.regions[0]
	if err := list.keep(r); err != nil {
		return nil, err
	}
	return r.content.objects[0].config()
}

// config returns the generic value of a functionConfig. What is wrong is told by its place
// in the text.
func (v *Value) config() (any, error) {
	if wrong := v.checkAliases(); wrong != nil {
		return nil, wrong.located()
	}
	value, wrong := v.generic()
	if wrong != nil {
		return nil, wrong.located()
	}
	return value, nil
}

// located returns an error with its line and column instead of its path.
func (e *Error) located() error {
	t, n := e.at.tree, e.at.node
	if t.foreign {
		return fmt.Errorf("line %d: %s", t.line(n), e.Message)
	}
	start := int(t.nodes[n].start)
	line := t.text[bytes.LastIndexByte(t.text[:start], '\n')+1 : start]
	return fmt.Errorf("line %d, column %d: %s", t.line(n), utf8.RuneCount(line)+1, e.Message)
}

// A region is a part of the input that is read by itself.
type region struct {
	start, end int // in the input
	position   int // of its first object among all
	count      int // of its objects
	inList     bool
	normal     bool     // it holds one object, of which there is nothing to tell
	content    *content // nil where it is not read, or need not be kept
}

// A content is what a region holds.
type content struct {
	tree     *tree
	objects  []*Value
	items    []*Item
	problems []*Error
	opened   bool // items and problems are known
}

// readers are those that nobody uses at present.
var readers = sync.Pool{New: func() any { return &reader{} }}

// readAll reads regions, and keeps what is not normal. It returns the first error.
func (l *List) readAll(regions []*region) error {
	errs := parallel.Map(regions, func(r *region) error { return l.read(r, false) })
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// keep reads a region whose content is needed, if it is not there yet.
func (l *List) keep(r *region) error {
	if r.content != nil {
		return nil
	}
	return l.read(r, true)
}

// read reads a region.
func (l *List) read(r *region, keep bool) error {
	text := l.input[r.start:r.end]
	if len(text) > maxText {
		return l.located(errors.New("it is longer than 1 GiB: give smaller documents"), r)
	}
	reader := readers.Get().(*reader)
	defer readers.Put(reader)
	var t *tree
	if !l.judged {
		t = reader.read(text)
	}
	if t == nil {
		var err error
		if t, err = readByLibrary(text); err != nil {
			return l.located(err, r)
		}
		keep = true
	}
	t.list, t.offset = l, r.start
	objects, err := t.objects(r.inList)
	if err != nil {
		return err
	}
	r.count = len(objects)
	r.normal = r.count == 1 && t.isNormal(objects[0], l.shape)
	if r.count == 0 || (r.normal && !keep) {
		r.content = nil
		return nil
	}
	if !t.foreign {
		t = t.kept()
	}
	r.content = &content{tree: t, objects: t.values(objects)}
	return nil
}

// values returns objects as values; those that are in a list know it.
func (t *tree) values(objects []ref) []*Value {
	var values []*Value
	for _, root := range t.roots {
		top := &Value{tree: t, node: root, isObject: true}
		if len(objects) > 0 && objects[0] == root {
			values, objects = append(values, top), objects[1:]
			continue
		}
		if t.nodes[root].kind != sequence {
			continue
		}
		for i, n := range t.children(root) {
			if len(objects) > 0 && objects[0] == n {
				values, objects = append(values, &Value{tree: t, node: n, parent: top, index: i, isObject: true}), objects[1:]
			}
		}
	}
	return values
}

// errNoEntry says that a part of a list of items is not one of them.
var errNoEntry = errors.New("it is no entry of a list")

// objects returns the objects of a tree: its roots, the elements of an array of JSON, or
// the one that is an entry of a list.
func (t *tree) objects(inList bool) ([]ref, error) {
	var objects []ref
	for _, root := range t.roots {
		at := &t.nodes[root]
		isArray := at.kind == sequence && at.style == flow && at.first != none
		switch {
		case !inList && at.kind == scalar && t.typeOf(root) == isNull:
		case !inList && isArray && !t.foreign && t.text[at.start] == '[' && t.nodes[at.first].kind == mapping:
			for n := at.first; n != none; n = t.nodes[n].next {
				objects = append(objects, n)
			}
		case !inList:
			objects = append(objects, root)
		case at.kind != sequence || at.first == none || t.nodes[at.first].next != none:
			return nil, errNoEntry
		default:
			objects = append(objects, at.first)
		}
	}
	if inList && len(objects) != 1 {
		return nil, errNoEntry
	}
	return objects, nil
}

// open makes items of the objects of a region.
func (l *List) open(r *region) {
	c := r.content
	if c.opened {
		return
	}
	c.opened = true
	for i, root := range c.objects {
		outside := &Item{Position: r.position + i, stream: len(l.top) == 0, File: File{Path: l.path}, kept: l.kept}
		if l.path != "" {
			outside.File.Index = strconv.Itoa(outside.Position)
		}
		if wrong := root.checkAliases(); wrong != nil {
			outside.root, outside.region = root, r
			outside.nameOnly()
			wrong.Message = fmt.Sprintf("line %d: %s", wrong.at.Line(), wrong.Message)
			c.problems = append(c.problems, asError(outside, wrong))
			continue
		}
		r.add(root, outside)
	}
}

// add adds an item, or those of a list of objects. The list that it stands in is given,
// or an item that has its position alone.
func (r *region) add(root *Value, list *Item) {
	item, problem := newItem(root, list)
	item.region = r
	if problem != nil {
		r.content.problems = append(r.content.problems, problem)
		return
	}
	elements, isList := item.elements()
	if !isList {
		r.content.items = append(r.content.items, item)
		return
	}
	for _, element := range elements {
		r.add(element, item)
	}
}
