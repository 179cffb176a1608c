package manifest

import (
	"bytes"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// This file finds the splices that edit annotations in flow style, and so in JSON.

// editFlow edits a pod template, or its metadata, in flow style.
func (s *splicer) editFlow(mapping *yaml.Node, edit Edit) bool {
	metadata := mapping
	if mapping == edit.Base.node {
		_, metadata = field(mapping, edit.Path[0])
		if metadata == nil {
			return s.insertFlow(mapping, quoteLike(mapping, edit.Path[0])+": "+nestedFlow(mapping, edit.Path[1:], edit.Set))
		}
		if len(metadata.Content) == 0 {
			return s.replaceEmpty(metadata, nestedFlow(mapping, edit.Path[1:], edit.Set))
		}
	}
	if metadata.Kind != yaml.MappingNode || len(edit.Path) > 2 {
		return false
	}
	key, annotations := field(metadata, edit.Path[1])
	switch {
	case annotations == nil:
		return s.insertFlow(metadata, quoteLike(metadata, edit.Path[1])+": "+flowEntries(metadata, edit.Set))
	case annotations.Kind == yaml.AliasNode:
		return false
	case len(annotations.Content) == 0:
		return s.replaceEmpty(annotations, flowEntries(metadata, edit.Set))
	case emptied(annotations, edit):
		if len(metadata.Content) > 2 {
			return s.deleteFlow(key, annotations)
		}
		metadataKey, inFlow := field(edit.Base.node, edit.Path[0])
		return isFlow(edit.Base.node) && len(edit.Base.node.Content) > 2 && s.deleteFlow(metadataKey, inFlow)
	}
	return s.editFlowAnnotations(annotations, edit)
}

func (s *splicer) editFlowAnnotations(annotations *yaml.Node, edit Edit) bool {
	added, ok := s.editEntries(annotations, edit, s.deleteFlow)
	if !ok {
		return false
	}
	if len(added) == 0 {
		return true
	}
	entries := flowEntries(annotations, added)
	return s.insertFlow(annotations, entries[1:len(entries)-1])
}

// insertFlow adds an entry as the first one of a mapping in flow style that has
// others.
func (s *splicer) insertFlow(mapping *yaml.Node, entry string) bool {
	start, ok := s.offset(mapping)
	if !ok || s.text[start] != '{' {
		return false
	}
	first, ok := s.offset(mapping.Content[0])
	if !ok {
		return false
	}
	s.splices = append(s.splices, splice{first, first, entry + ", "})
	return true
}

// replaceEmpty replaces a null or an empty mapping that is written out.
func (s *splicer) replaceEmpty(node *yaml.Node, with string) bool {
	start, ok := s.offset(node)
	if !ok {
		return false
	}
	end := start + len(node.Value)
	if node.Kind == yaml.MappingNode {
		end = flowEnd(s.text, start)
	}
	if end <= start {
		return false
	}
	s.splices = append(s.splices, splice{start, end, with})
	return true
}

// deleteFlow deletes an entry of a mapping in flow style, with one comma.
func (s *splicer) deleteFlow(key, value *yaml.Node) bool {
	start, ok := s.offset(key)
	if !ok {
		return false
	}
	end := -1
	if value.Kind == yaml.MappingNode {
		if at, ok := s.offset(value); ok {
			end = flowEnd(s.text, at)
		}
	} else if _, at, ok := s.scalar(value); ok {
		end = at
	}
	if end < 0 {
		return false
	}
	after := end + len(s.text[end:]) - len(bytes.TrimLeft(s.text[end:], " \t\r\n"))
	if after < len(s.text) && s.text[after] == ',' {
		end = after + 1
		for end < len(s.text) && s.text[end] == ' ' {
			end++
		}
	} else {
		for start > 0 && strings.IndexByte(" \t\r\n", s.text[start-1]) >= 0 {
			start--
		}
		if start == 0 || s.text[start-1] != ',' {
			return false
		}
		start--
	}
	s.splices = append(s.splices, splice{start, end, ""})
	return true
}

// flowEnd returns the position behind the flow collection that begins at another.
func flowEnd(text []byte, at int) int {
	depth := 0
	for at < len(text) {
		switch text[at] {
		case '{', '[':
			depth++
		case '}', ']':
			depth--
			if depth == 0 {
				return at + 1
			}
		case '"', '\'':
			at = skipQuoted(text, at)
			continue
		}
		at++
	}
	return -1
}

// flowEntries returns entries as a mapping in flow style, in quotes if the keys of
// a neighbour are, as JSON wants it.
func flowEntries(neighbour *yaml.Node, entries map[string]string) string {
	var list []string
	for _, key := range slices.Sorted(maps.Keys(entries)) {
		value := scalarText(entries[key])
		if quoted(neighbour) {
			value = `"` + entries[key] + `"`
		}
		list = append(list, quoteLike(neighbour, key)+": "+value)
	}
	return "{" + strings.Join(list, ", ") + "}"
}

// nestedFlow returns mappings in flow style, one in the other, of which the last has
// entries.
func nestedFlow(neighbour *yaml.Node, path []string, entries map[string]string) string {
	text := flowEntries(neighbour, entries)
	for i := len(path) - 1; i >= 0; i-- {
		text = "{" + quoteLike(neighbour, path[i]) + ": " + text + "}"
	}
	return text
}

func quoteLike(neighbour *yaml.Node, text string) string {
	if quoted(neighbour) {
		return `"` + text + `"`
	}
	return text
}

func quoted(mapping *yaml.Node) bool {
	return mapping.Content[0].Style&yaml.DoubleQuotedStyle != 0
}

// skipQuoted returns the position behind the quoted scalar at another.
func skipQuoted(text []byte, at int) int {
	quote := text[at]
	for at++; at < len(text) && text[at] != quote; at++ {
		if text[at] == '\\' && quote == '"' {
			at++
		}
	}
	return at + 1
}
