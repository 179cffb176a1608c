package manifest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"go.yaml.in/yaml/v3"
)

// appendJSON writes a node without aliases as JSON (RFC 8259), its fields in their
// order.
func appendJSON(output *bytes.Buffer, node *yaml.Node) error {
	if node.Kind == yaml.DocumentNode {
		node = node.Content[0]
	}
	if node.Kind == yaml.MappingNode {
		return appendJSONList(output, node, '{', '}')
	}
	if node.Kind == yaml.SequenceNode {
		return appendJSONList(output, node, '[', ']')
	}
	switch node.ShortTag() {
	case nullTag:
		output.WriteString("null")
	case boolTag, intTag, floatTag:
		if !json.Valid([]byte(node.Value)) {
			return errors.New("a number or boolean has no form in JSON")
		}
		output.WriteString(node.Value)
	default:
		return appendJSONText(output, node.Value)
	}
	return nil
}

func appendJSONList(output *bytes.Buffer, node *yaml.Node, opening, closing byte) error {
	output.WriteByte(opening)
	for i, content := range node.Content {
		isValue := node.Kind == yaml.MappingNode && i%2 == 1
		switch {
		case isValue:
			output.WriteString(": ")
		case i > 0:
			output.WriteString(", ")
		}
		if node.Kind == yaml.MappingNode && !isValue {
			if err := appendJSONText(output, content.Value); err != nil {
				return err
			}
			continue
		}
		if err := appendJSON(output, content); err != nil {
			return err
		}
	}
	output.WriteByte(closing)
	return nil
}

func appendJSONText(output *bytes.Buffer, text string) error {
	encoder := json.NewEncoder(output)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(text); err != nil {
		return fmt.Errorf("cannot write JSON: %w", err)
	}
	output.Truncate(output.Len() - len("\n"))
	return nil
}
