package manifest

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/proompteng/checksum-annotator/fn/internal/parallel"
	"github.com/proompteng/checksum-annotator/fn/internal/same"
)

// An Output is what is written in the place of an input.
type Output struct {
	input   []byte
	patches []patch
}

// A patch is the new text of a part of the input.
type patch struct {
	start, end int
	text       []byte
}

// WriteTo writes the output.
func (o *Output) WriteTo(w io.Writer) (int64, error) {
	buffered := bufio.NewWriterSize(w, 1<<16)
	written, at := 0, 0
	for _, p := range append(o.patches, patch{len(o.input), len(o.input), nil}) {
		for _, part := range [][]byte{o.input[at:p.start], p.text} {
			n, err := buffered.Write(part)
			written += n
			if err != nil {
				return int64(written), err
			}
		}
		at = p.end
	}
	return int64(written), buffered.Flush()
}

// Bytes returns the output.
func (o *Output) Bytes() []byte {
	var output bytes.Buffer
	_, _ = o.WriteTo(&output)
	return output.Bytes()
}

// Unchanged returns the output that is the input.
func Unchanged(input []byte) *Output {
	return &Output{input: input}
}

// Write returns the input with the edits made, and with the results, if it is a
// ResourceList, added to those that it had. Everything else stays as it is, byte for
// byte, but in an object whose text does not lend itself to the edit: that is encoded
// anew. A List can be written once.
func (l *List) Write(edits []Edit, results []any) (*Output, error) {
	if l.list == nil {
		results = nil
	}
	byRegion := map[*region][]Edit{}
	for _, edit := range edits {
		byRegion[edit.Item.region] = append(byRegion[edit.Item.region], edit)
	}
	var touched []*rewrite
	for _, r := range l.regions {
		switch {
		case l.whole && len(edits)+len(results) > 0:
			touched = append(touched, &rewrite{region: r, edits: edits, results: results})
		case len(byRegion[r]) > 0:
			touched = append(touched, &rewrite{region: r, edits: byRegion[r]})
		}
	}
	if len(touched) == 0 && l.original != nil {
		return Unchanged(l.original), nil
	}
	parallel.Each(touched, func(r *rewrite) bool {
		r.run()
		return r.err == nil
	})
	output := &Output{input: l.input}
	for _, r := range touched {
		if r.err != nil {
			return nil, r.err
		}
		output.patches = append(output.patches, patch{r.region.start, r.region.end, r.text})
	}
	if !l.whole && len(results) > 0 {
		return l.addResults(output, results)
	}
	return output, nil
}

// addResults adds results to a ResourceList whose top level is in block style.
func (l *List) addResults(output *Output, results []any) (*Output, error) {
	text, err := resultLines(results, l.resultsIndent)
	if err != nil {
		return nil, err
	}
	if value, _ := l.list.At("results"); value.node == nil {
		text = "results:\n" + text
	}
	at := 0
	for at < len(output.patches) && output.patches[at].end <= l.resultsAt {
		at++
	}
	with := patch{l.resultsAt, l.resultsAt, []byte(text)}
	output.patches = append(output.patches[:at:at], append([]patch{with}, output.patches[at:]...)...)
	return output, nil
}

// A rewrite makes the new text of a region.
type rewrite struct {
	region  *region
	edits   []Edit
	results []any

	text []byte
	err  error
}

func (r *rewrite) run() {
	text := r.splice()
	for _, edit := range r.edits {
		edit.apply(r.region.documentOf(edit))
	}
	if r.err = addResultNodes(r.region.documents, r.results); r.err != nil {
		return
	}
	if text != nil && r.means(text) {
		r.text = text
		return
	}
	if r.text, r.err = r.region.encode(); r.err != nil || r.means(r.text) {
		return
	}
	// The library does not write every style, comment and anchor as it reads it.
	for _, document := range r.region.documents {
		visit(document, simplify)
		if !expandAliases(document) {
			r.err = errors.New("cannot write the output: it has too many aliases")
			return
		}
	}
	if r.text, r.err = r.region.encode(); r.err == nil && !r.means(r.text) {
		r.err = errors.New("cannot write the output: the YAML library would change more than the annotations")
	}
}

// means tells whether a text means the same as the edited documents.
func (r *rewrite) means(text []byte) bool {
	check := &region{text: text}
	return check.parse() == nil && same.Documents(r.region.documents, check.documents)
}

// simplify takes the comments off a node, and quotes it if it is a block scalar.
func simplify(node *yaml.Node) {
	node.HeadComment, node.LineComment, node.FootComment = "", "", ""
	if node.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
		node.Style = yaml.DoubleQuotedStyle
	}
}

// documentOf returns the document of the region that an edit is in.
func (r *region) documentOf(edit Edit) *yaml.Node {
	root := edit.Base
	for root.parent != nil {
		root = root.parent
	}
	for i, object := range r.objects {
		if object == root.node && len(r.documents) == len(r.objects) {
			return r.documents[i]
		}
	}
	return r.documents[0]
}

// splice returns the new text, if the old one lends itself to it, or nil.
func (r *rewrite) splice() []byte {
	splicer := newSplicer(r.region.text)
	for _, edit := range r.edits {
		if !splicer.edit(edit) {
			return nil
		}
	}
	if len(r.results) > 0 && !splicer.addResults(r.region.documents[0].Content[0], r.results) {
		return nil
	}
	return spliced(r.region.text, splicer.splices)
}

// addResults adds results to a ResourceList that has none.
func (s *splicer) addResults(list *yaml.Node, results []any) bool {
	_, existing := field(list, "results")
	if isFlow(list) {
		return s.addResultsFlow(list, existing, results)
	}
	if existing != nil || list.Column != 1 {
		return false
	}
	lines, err := resultLines(results, 0)
	if err != nil {
		return false
	}
	text := "results:\n" + lines
	if !bytes.HasSuffix(s.text, []byte("\n")) {
		text = "\n" + text
	}
	s.splices = append(s.splices, splice{len(s.text), len(s.text), strings.ReplaceAll(text, "\n", s.newline)})
	return true
}

// addResultsFlow adds results to a ResourceList in flow style, as JSON.
func (s *splicer) addResultsFlow(list, existing *yaml.Node, results []any) bool {
	text, err := resultJSON(results)
	start, ok := s.offset(list)
	if err != nil || !ok || len(list.Content) == 0 {
		return false
	}
	switch {
	case existing == nil:
		end := flowEnd(s.text, start)
		if end < 0 {
			return false
		}
		last := end - 1
		for last > start && strings.IndexByte(" \t\r\n", s.text[last-1]) >= 0 {
			last--
		}
		s.splices = append(s.splices, splice{last, last, `, "results": [` + text + `]`})
	case len(existing.Content) > 0 && isFlow(existing):
		at, ok := s.offset(existing)
		if end := flowEnd(s.text, at); ok && end > 0 {
			s.splices = append(s.splices, splice{end - 1, end - 1, ", " + text})
			return true
		}
		return false
	default:
		return s.replaceEmpty(existing, "["+text+"]")
	}
	return true
}

// addResultNodes adds results to a parsed ResourceList.
func addResultNodes(documents []*yaml.Node, results []any) error {
	if len(results) == 0 {
		return nil
	}
	editor := editor{documents[0]}
	root := editor.document.Content[0]
	list := editor.child(root, "results")
	if list == nil {
		list = appendChild(root, "results", &yaml.Node{})
	}
	list.Kind, list.Tag, list.Value = yaml.SequenceNode, sequenceTag, ""
	for _, result := range results {
		node, err := resultNode(result)
		if err != nil {
			return err
		}
		list.Content = append(list.Content, node)
	}
	return nil
}

func resultNode(result any) (*yaml.Node, error) {
	var node yaml.Node
	if err := node.Encode(result); err != nil {
		return nil, fmt.Errorf("cannot write a result: %w", err)
	}
	return &node, nil
}

// resultLines returns results as the entries of a list in block style.
func resultLines(results []any, indent int) (string, error) {
	prefix := strings.Repeat(" ", indent)
	var errs []error
	var lines strings.Builder
	for _, encoded := range parallel.Map(results, encodeOne) {
		errs = append(errs, encoded.err)
		for line := range strings.Lines(string(encoded.text)) {
			lines.WriteString(prefix + line)
		}
	}
	return lines.String(), errors.Join(errs...)
}

// A listEntry is a result as a list of one, or what was wrong with it.
type listEntry struct {
	text []byte
	err  error
}

func encodeOne(result any) listEntry {
	text, err := encode([]any{result})
	return listEntry{text, err}
}

// resultJSON returns results as the elements of a JSON array.
func resultJSON(results []any) (string, error) {
	var output bytes.Buffer
	for i, result := range results {
		if i > 0 {
			output.WriteString(", ")
		}
		node, err := resultNode(result)
		if err == nil {
			err = appendJSON(&output, node)
		}
		if err != nil {
			return "", err
		}
	}
	return output.String(), nil
}

// encode returns the parsed form of a region as text: as JSON, if it was.
func (r *region) encode() ([]byte, error) {
	var output bytes.Buffer
	if json.Valid(r.text) && len(r.documents) == 1 {
		err := appendJSON(&output, r.documents[0])
		output.WriteByte('\n')
		return output.Bytes(), err
	}
	for i, document := range r.documents {
		if i > 0 {
			output.WriteString("---\n")
		}
		makeEncodable(document, false)
		text, err := encode(document)
		if err != nil {
			return nil, err
		}
		output.Write(text)
	}
	return output.Bytes(), nil
}

func encode(value any) ([]byte, error) {
	var output bytes.Buffer
	encoder := yaml.NewEncoder(&output)
	encoder.SetIndent(2)
	encoder.CompactSeqIndent()
	if err := errors.Join(encoder.Encode(value), encoder.Close()); err != nil {
		return nil, fmt.Errorf("cannot write YAML: %w", withoutText(err))
	}
	return output.Bytes(), nil
}

// makeEncodable mends what the YAML library would not write as it was: it would
// write a merge key as "!!merge <<", and null that is not written out as text in a
// collection in flow style.
func makeEncodable(node *yaml.Node, inFlow bool) {
	inFlow = inFlow || isFlow(node) // what is in a collection in flow style is so itself
	if node.Tag == mergeTag {
		node.Tag = ""
	}
	if inFlow && node.ShortTag() == nullTag && node.Value == "" {
		node.Value = "null"
	}
	for _, content := range node.Content {
		makeEncodable(content, inFlow)
	}
}
