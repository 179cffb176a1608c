package manifest

import (
	"bytes"
	"cmp"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// A splice replaces a part of a text.
type splice struct {
	start, end int
	with       string
}

// spliced returns the text with the splices made, or nil where two of them overlap.
func spliced(text []byte, splices []splice) []byte {
	slices.SortStableFunc(splices, func(a, b splice) int {
		return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(a.end, b.end))
	})
	var result []byte
	at := 0
	for _, s := range splices {
		if s.start < at {
			return nil
		}
		result = append(result, text[at:s.start]...)
		result = append(result, s.with...)
		at = s.end
	}
	return append(result, text[at:]...)
}

// A splicer finds the splices that make edits to a text. It may find wrong ones
// where the text is out of the ordinary; the result has to be checked.
type splicer struct {
	text    []byte
	lines   []int // where they begin
	newline string
	splices []splice
}

func newSplicer(text []byte) *splicer {
	s := &splicer{text: text, newline: "\n"}
	for at := 0; at < len(text); at = nextLine(text, at) {
		s.lines = append(s.lines, at)
	}
	if bytes.Contains(text, []byte("\r\n")) {
		s.newline = "\r\n"
	}
	return s
}

// edit adds the splices of an edit. It returns false where there are none.
func (s *splicer) edit(edit Edit) bool {
	edit, ok := nearest(edit)
	if !ok {
		return false
	}
	template := edit.Base.node
	metadataKey, metadata := field(template, edit.Path[0])
	switch {
	case template.Kind != yaml.MappingNode:
		return false
	case len(template.Content) == 0:
		return false
	case isFlow(template):
		return s.editFlow(template, edit)
	case metadata == nil:
		key := keyOf(edit.Base)
		if key == nil {
			return false
		}
		return s.insertBelow(key, template.Column, nestedLines(edit.Path, edit.Set, stepOf(key, template)))
	case len(metadata.Content) == 0:
		step := stepOf(keyOf(edit.Base), template)
		return s.dropEmpty(metadata) && s.insertBelow(metadataKey, metadataKey.Column+len(step), nestedLines(edit.Path[1:], edit.Set, step))
	case len(edit.Path) > 2:
		return false
	case isFlow(metadata):
		return s.editFlow(metadata, edit)
	}
	return s.editMetadata(metadataKey, metadata, stepOf(metadataKey, metadata), edit)
}

// stepOf returns the indentation of a mapping in block style below its key. Without a key,
// it is the root.
func stepOf(key, mapping *yaml.Node) string {
	if key == nil {
		return "  "
	}
	return strings.Repeat(" ", max(mapping.Column-key.Column, 1))
}

// nestedLines returns lines of mappings, one in the other, of which the last has entries.
func nestedLines(path []string, entries map[string]string, step string) []string {
	var lines []string
	for depth, field := range path {
		lines = append(lines, strings.Repeat(step, depth)+field+":")
	}
	return append(lines, entryLines(entries, strings.Repeat(step, len(path)))...)
}

// nearest returns an edit whose base is the last mapping on its way that leaves two fields
// to go, or the last one that has entries. It returns false where there is none.
func nearest(edit Edit) (Edit, bool) {
	if base := edit.Base; len(edit.Path) == 1 && base.parent != nil && base.field != "" {
		edit.Base, edit.Path = base.parent, []string{base.field, edit.Path[0]}
	}
	for len(edit.Path) > 2 {
		base, err := edit.Base.At(edit.Path[0])
		if err != nil || base.node == nil || base.node.Kind != yaml.MappingNode || len(base.node.Content) == 0 {
			break
		}
		edit.Base, edit.Path = base, edit.Path[1:]
	}
	return edit, len(edit.Path) >= 2 && edit.Base.node != nil
}

// editMetadata edits the annotations in metadata in block style.
func (s *splicer) editMetadata(metadataKey, metadata *yaml.Node, step string, edit Edit) bool {
	key, annotations := field(metadata, edit.Path[1])
	switch {
	case annotations == nil:
		lines := append([]string{edit.Path[1] + ":"}, entryLines(edit.Set, step)...)
		return s.insertBelow(metadataKey, metadata.Column, lines)
	case annotations.Kind == yaml.AliasNode:
		return false
	case len(annotations.Content) == 0:
		return s.dropEmpty(annotations) && s.insertBelow(key, key.Column+len(step), entryLines(edit.Set, ""))
	case isFlow(annotations) && emptied(annotations, edit):
		start, ok := s.offset(annotations)
		end := flowEnd(s.text, start)
		if !ok || end < 0 || end > s.lineEnd(key.Line) || !endsAt(bytes.TrimRight(s.text[end:s.lineEnd(key.Line)], "\r\n"), 0) {
			return false
		}
		return s.deleteAnnotationsLine(key, metadataKey, metadata)
	case isFlow(annotations):
		return s.editFlowAnnotations(annotations, edit)
	}
	added, ok := s.editEntries(annotations, edit, s.deleteLine)
	if !ok {
		return false
	}
	if emptied(annotations, edit) {
		return s.deleteAnnotationsLine(key, metadataKey, metadata)
	}
	return len(added) == 0 || s.insertBelow(key, annotations.Column, entryLines(added, ""))
}

// editEntries changes and deletes annotations that are there, and returns those that
// are to be added.
func (s *splicer) editEntries(annotations *yaml.Node, edit Edit, remove func(key, value *yaml.Node) bool) (added map[string]string, ok bool) {
	added = maps.Clone(edit.Set)
	for i := 0; i+1 < len(annotations.Content); i += 2 {
		key, value := annotations.Content[i], annotations.Content[i+1]
		if checksum, set := edit.Set[key.Value]; set {
			delete(added, key.Value)
			if !s.replaceScalar(value, checksum) {
				return nil, false
			}
		}
		if slices.Contains(edit.Remove, key.Value) && !remove(key, value) {
			return nil, false
		}
	}
	return added, true
}

// emptied tells whether an edit leaves no annotation.
func emptied(annotations *yaml.Node, edit Edit) bool {
	return len(edit.Remove)*2 == len(annotations.Content) && len(edit.Set) == 0
}

// deleteAnnotationsLine deletes the line of the key of annotations that are empty,
// and that of metadata if these are empty then.
func (s *splicer) deleteAnnotationsLine(key, metadataKey, metadata *yaml.Node) bool {
	if len(metadata.Content) == 2 && !s.deleteKeyLine(metadataKey) {
		return false
	}
	return s.deleteKeyLine(key)
}

// insertBelow adds lines below that of a key whose value does not begin on it.
func (s *splicer) insertBelow(key *yaml.Node, column int, lines []string) bool {
	if key.Line >= len(s.lines) && !bytes.HasSuffix(s.text, []byte("\n")) {
		return false
	}
	at := s.lineEnd(key.Line)
	indent := strings.Repeat(" ", column-1)
	var block strings.Builder
	for _, line := range lines {
		block.WriteString(indent + line + s.newline)
	}
	s.splices = append(s.splices, splice{at, at, block.String()})
	return true
}

// dropEmpty deletes a null or an empty mapping behind its key.
func (s *splicer) dropEmpty(node *yaml.Node) bool {
	if node.Kind == yaml.ScalarNode && node.Value == "" {
		return true
	}
	start, ok := s.offset(node)
	if !ok {
		return false
	}
	end := start + len(node.Value)
	if node.Kind == yaml.MappingNode {
		if end = flowEnd(s.text, start); end < 0 {
			return false
		}
	}
	for start > 0 && s.text[start-1] == ' ' {
		start--
	}
	s.splices = append(s.splices, splice{start, end, ""})
	return true
}

// replaceScalar replaces a scalar that stands on one line.
func (s *splicer) replaceScalar(node *yaml.Node, value string) bool {
	start, end, ok := s.scalar(node)
	if !ok {
		return false
	}
	with := scalarText(value)
	if node.Style&yaml.DoubleQuotedStyle != 0 {
		with = `"` + value + `"`
	}
	s.splices = append(s.splices, splice{start, end, with})
	return true
}

// scalar returns where a scalar on one line begins and ends.
func (s *splicer) scalar(node *yaml.Node) (start, end int, ok bool) {
	start, ok = s.offset(node)
	if !ok || node.Kind != yaml.ScalarNode || node.Value == "" || node.Anchor != "" || node.Style&yaml.TaggedStyle != 0 {
		return 0, 0, false
	}
	line := s.text[:s.lineEnd(node.Line)]
	if line[start] == '"' || line[start] == '\'' {
		end = scanQuoted(line, start)
		return start, end, end > 0
	}
	end = start + len(node.Value)
	return start, end, bytes.HasPrefix(line[start:], []byte(node.Value))
}

// deleteLine deletes the line that holds a key and its value and nothing else.
func (s *splicer) deleteLine(key, value *yaml.Node) bool {
	_, end, ok := s.scalar(value)
	if !ok || value.Line != key.Line {
		return false
	}
	rest := bytes.TrimRight(s.text[end:s.lineEnd(key.Line)], "\r\n")
	return endsAt(rest, 0) && s.deleteKeyLine(key)
}

// deleteKeyLine deletes a line that begins with a key.
func (s *splicer) deleteKeyLine(key *yaml.Node) bool {
	start := s.lines[key.Line-1]
	at, ok := s.offset(key)
	if !ok || len(bytes.TrimLeft(s.text[start:at], " ")) > 0 {
		return false
	}
	s.splices = append(s.splices, splice{start, s.lineEnd(key.Line), ""})
	return true
}

// offset returns where a node begins in the text.
func (s *splicer) offset(node *yaml.Node) (int, bool) {
	if node.Line < 1 || node.Line > len(s.lines) {
		return 0, false
	}
	at, end := s.lines[node.Line-1], s.lineEnd(node.Line)
	for column := 1; column < node.Column; column++ {
		_, size := utf8.DecodeRune(s.text[at:end])
		at += size
	}
	return at, at < end
}

// lineEnd returns where the line after the given one begins; lines count from 1.
func (s *splicer) lineEnd(line int) int {
	if line < len(s.lines) {
		return s.lines[line]
	}
	return len(s.text)
}

// keyOf returns the key of a value in its mapping.
func keyOf(v *Value) *yaml.Node {
	if v.parent == nil || v.field == "" || v.parent.node == nil {
		return nil
	}
	key, value := field(v.parent.node, v.field)
	if value != v.node {
		return nil
	}
	return key
}

// field returns a key of a mapping and its value, or nil.
func field(mapping *yaml.Node, name string) (key, value *yaml.Node) {
	if mapping.Kind != yaml.MappingNode {
		return nil, nil
	}
	if i := indexOf(mapping, name); i >= 0 {
		return mapping.Content[i], mapping.Content[i+1]
	}
	return nil, nil
}

func isFlow(node *yaml.Node) bool {
	return node.Style&yaml.FlowStyle != 0
}

func entryLines(entries map[string]string, indent string) []string {
	var lines []string
	for _, key := range slices.Sorted(maps.Keys(entries)) {
		lines = append(lines, indent+key+": "+scalarText(entries[key]))
	}
	return lines
}

// scalarText returns a checksum as a scalar: in quotes, where it would be taken for
// a number.
func scalarText(value string) string {
	if (&yaml.Node{Kind: yaml.ScalarNode, Value: value}).ShortTag() != stringTag {
		return `"` + value + `"`
	}
	return value
}
