// Package manifest is the door between bytes and objects: it reads a
// ResourceList or a stream of documents, shows objects as values to look at, and
// writes the input back, byte for byte but for edits to the annotations of pod
// templates and for results.
//
// Nothing outside this package knows how objects are encoded. Inside, there are two
// ways. Input in the block style that clients write is split into objects without
// parsing it (split.go, scan.go), and an object is parsed only when it can matter
// (find.go). All other input is parsed as a whole. Either way, edits are spliced
// into the text (splice.go) and checked by parsing the result; what cannot be
// spliced is edited in its parsed form and encoded anew (edit.go). The two ways
// differ in speed alone.
package manifest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"sync"

	"go.yaml.in/yaml/v3"

	"github.com/proompteng/checksum-annotator/fn/printable"
)

const resourceListKind = "ResourceList"

var (
	// ErrNoResourceList says that the input is something else than one ResourceList.
	ErrNoResourceList = errors.New("the input is no ResourceList")
	// ErrNoObjects says that a stream is empty.
	ErrNoObjects = errors.New("the input holds no objects")
)

// A List is the objects of an input: the items of a ResourceList, or the documents
// of a stream.
type List struct {
	path  string // of the file that it was read from, if that is known
	input []byte
	// original is the input as it was given, where it was read as a whole.
	original []byte
	shape    *Shape
	regions  []*region // those that hold objects, in their order
	// list is the ResourceList but for its items; nil for a stream.
	list *Value
	// functionConfig is its generic value, if that is known already.
	functionConfig any
	// resultsAt is where results are added to the text, at an indentation; whole
	// tells that instead the region that is all of the input takes them.
	resultsAt, resultsIndent int
	whole                    bool
}

// ReadResourceList reads the input of a KRM function (KRM Functions Specification,
// "ResourceList"), whose items are expected to be of a shape. What is wrong with single items is not its error but is told by
// Items.
func ReadResourceList(input []byte, shape *Shape) (*List, error) {
	if list := splitResourceList(input, shape); list != nil {
		return list, nil
	}
	return ReadResourceListWhole(input, shape)
}

// ReadResourceListWhole is ReadResourceList without the short way.
func ReadResourceListWhole(input []byte, shape *Shape) (*List, error) {
	whole, err := parseWhole(input)
	if err != nil {
		return nil, err
	}
	switch len(whole.documents) {
	case 0:
		return nil, fmt.Errorf("%w: it is empty", ErrNoResourceList)
	case 1:
	default:
		return nil, fmt.Errorf("%w: it has several documents", ErrNoResourceList)
	}
	list := &List{input: whole.text, original: input, shape: shape, regions: []*region{whole}, list: &Value{node: whole.documents[0].Content[0]}, whole: true}
	if err := list.check(); err != nil {
		return nil, err
	}
	elements, err := list.elements()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoResourceList, err)
	}
	for _, element := range elements {
		whole.objects = append(whole.objects, element.node)
	}
	return list, nil
}

// elements returns the items of a ResourceList that is read as a whole.
func (l *List) elements() ([]*Value, error) {
	items, err := l.list.At("items")
	if err != nil {
		return nil, err
	}
	if items.node != nil && (items.node.Kind == yaml.AliasNode || items.node.Anchor != "") {
		// An item must not be something else as well.
		if !expandAliases(l.list.node) {
			return nil, items.Errorf("it has too many aliases")
		}
	}
	return items.Elements()
}

// ReadStream reads a stream of YAML or JSON documents, each an object.
func ReadStream(input []byte, shape *Shape) (*List, error) {
	if list := splitStream(input, shape); list != nil {
		return list, nil
	}
	return ReadStreamWhole(input, shape)
}

// ReadStreamWhole is ReadStream without the short way.
func ReadStreamWhole(input []byte, shape *Shape) (*List, error) {
	whole, err := parseWhole(input)
	if err != nil {
		return nil, err
	}
	for _, document := range whole.documents {
		whole.objects = append(whole.objects, document.Content[0])
	}
	return &List{input: whole.text, original: input, shape: shape, regions: []*region{whole}}, nil
}

// CheckStream tells what is wrong with a stream that cannot be meant: one without
// objects, whose output would be empty, or a ResourceList.
func (l *List) CheckStream() error {
	if len(l.regions) == 0 || (len(l.regions) == 1 && !l.regions[0].plain && len(l.regions[0].objects) == 0) {
		return ErrNoObjects
	}
	for _, r := range l.regions {
		for _, object := range r.objects {
			if kind, err := (&Value{node: object}).TextAt("kind"); err == nil && kind == resourceListKind {
				return errors.New("the input is a ResourceList: that is for the function, without a command")
			}
		}
	}
	return nil
}

// parseWhole returns a region that is all of the input.
func parseWhole(input []byte) (*region, error) {
	whole := &region{text: input, end: len(input)}
	err := whole.parse()
	if err != nil && json.Valid(input) {
		// JSON has escapes that the YAML library does not know.
		whole.text = withoutEscapes(input)
		whole.end = len(whole.text)
		err = whole.parse()
	}
	if err != nil {
		return nil, fmt.Errorf("the input is not YAML: %w", err)
	}
	return whole, nil
}

// check tells whether the ResourceList is one.
func (l *List) check() error {
	kind, err := l.list.TextAt("kind")
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNoResourceList, err)
	}
	if kind != resourceListKind {
		return fmt.Errorf("%w: %s", ErrNoResourceList, ofKind(kind))
	}
	results, err := l.list.At("results")
	if err == nil {
		_, err = results.Elements()
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

// FunctionConfig returns the functionConfig of a ResourceList as a generic value:
// maps, lists and scalars, or nil where there is none.
func (l *List) FunctionConfig() (any, error) {
	if l.functionConfig != nil {
		return l.functionConfig, nil
	}
	functionConfig, err := l.list.At("functionConfig")
	if err != nil || !functionConfig.Exists() {
		return nil, err
	}
	value, err := decode(functionConfig.node)
	if err != nil {
		return nil, fmt.Errorf("functionConfig: %w", err)
	}
	return value, nil
}

// ReadConfig returns the one object of a file as a generic value, like
// FunctionConfig.
func ReadConfig(file []byte) (any, error) {
	whole, err := parseWhole(file)
	if err != nil {
		return nil, err
	}
	if len(whole.documents) != 1 {
		return nil, fmt.Errorf("expected one document, found %d", len(whole.documents))
	}
	return decode(whole.documents[0])
}

// decode returns the generic value of a node. Dates are text, as for Value.Text.
func decode(node *yaml.Node) (any, error) {
	if err := checkKeys(node); err != nil {
		return nil, err
	}
	node = copyOf(node)
	visit(node, func(node *yaml.Node) {
		if node.Kind == yaml.ScalarNode && node.ShortTag() == timestampTag {
			node.Tag = stringTag
		}
	})
	var value any
	if err := node.Decode(&value); err != nil {
		return nil, withoutText(err)
	}
	return value, nil
}

// A region is a part of the input that is parsed by itself.
type region struct {
	start, end int // in the input
	text       []byte
	// plain tells that the text has been found to hold one object in plain style,
	// which need not be parsed.
	plain bool
	// section tells that the text is a field of a ResourceList; value is the generic
	// value of one that is the functionConfig.
	section bool
	value   any
	// inList tells that the text is an entry of the list of items, with its dash.
	inList bool

	documents []*yaml.Node
	objects   []*yaml.Node
	items     []*Item
	problems  []*Error
	read      bool
	position  int // of its first object among all
}

// parse parses the text. Documents without content are left out.
func (r *region) parse() error {
	r.documents = nil
	decoder := yaml.NewDecoder(bytes.NewReader(r.text))
	for {
		var document yaml.Node
		err := decoder.Decode(&document)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return withoutText(err)
		}
		if root := document.Content[0]; root.ShortTag() != nullTag && (root.Kind == yaml.ScalarNode || len(root.Content) > 0 || root.Kind == yaml.AliasNode) {
			r.documents = append(r.documents, &document)
		}
	}
}

// parseObject parses a region that is to hold one object, and tells whether it does.
func (r *region) parseObject() bool {
	if r.plain {
		if root := build(r.text); root != nil {
			r.documents = []*yaml.Node{{Kind: yaml.DocumentNode, Content: []*yaml.Node{root}}}
			return r.takeObject(root)
		}
	}
	if err := r.parse(); err != nil || len(r.documents) != 1 {
		return false
	}
	return r.takeObject(r.documents[0].Content[0])
}

func (r *region) takeObject(root *yaml.Node) bool {
	if !r.inList {
		r.objects = []*yaml.Node{root}
		return true
	}
	if root.Kind != yaml.SequenceNode || len(root.Content) != 1 {
		return false
	}
	r.objects = root.Content
	return true
}

// readItems makes items of the objects.
func (r *region) readItems(path string) {
	if r.read {
		return
	}
	r.read = true
	for i, object := range r.objects {
		outside := &Item{Position: r.position + i, File: File{Path: path}}
		if path != "" {
			outside.File.Index = strconv.Itoa(outside.Position)
		}
		r.add(&Value{node: object}, outside)
	}
}

// add adds an item, or those of a list of objects. The list that it stands in is given,
// or an item that has its position alone.
func (r *region) add(root *Value, list *Item) {
	item, problem := newItem(root, list)
	item.region = r
	if problem != nil {
		r.problems = append(r.problems, problem)
		return
	}
	elements, isList := item.elements()
	if !isList {
		r.items = append(r.items, item)
		return
	}
	for outer := list; outer != nil; outer = outer.list {
		if outer.root != nil && resolved(outer.root.node) == resolved(root.node) {
			r.problems = append(r.problems, asError(item, root.Errorf("the list contains itself")))
			return
		}
	}
	for _, element := range elements {
		r.add(element, item)
	}
}

// withoutEscapes returns valid JSON with those characters written out that JSON
// can escape and YAML cannot: the slash, and characters in two code units.
func withoutEscapes(text []byte) []byte {
	return jsonEscape().ReplaceAllFunc(text, func(escape []byte) []byte {
		if bytes.HasPrefix(escape, []byte(`\u`)) {
			var character string
			if err := json.Unmarshal([]byte(`"`+string(escape)+`"`), &character); err == nil {
				return []byte(character)
			}
		}
		if string(escape) == `\/` {
			return []byte("/")
		}
		return escape
	})
}

// jsonEscape finds every escape, so that an escaped backslash is not taken for the
// beginning of one.
var jsonEscape = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\.`)
})
