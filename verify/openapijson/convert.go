package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"go.yaml.in/yaml/v4"
)

// convert returns the YAML text as JSON. It refuses what JSON cannot say or what
// a reader of the YAML could take for something else: several documents,
// aliases, merge keys, names that are not text or repeat, numbers in a form that
// JSON does not have.
func convert(text []byte) ([]byte, error) {
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil {
		return nil, err
	}
	if document.Kind != yaml.DocumentNode || len(document.Content) != 1 {
		return nil, errors.New("there must be one YAML document")
	}
	var compact bytes.Buffer
	if err := write(&compact, document.Content[0]); err != nil {
		return nil, err
	}
	var indented bytes.Buffer
	if err := json.Indent(&indented, compact.Bytes(), "", "  "); err != nil {
		return nil, err
	}
	indented.WriteByte('\n')
	return indented.Bytes(), nil
}

func write(out *bytes.Buffer, node *yaml.Node) error {
	switch node.Kind {
	case yaml.MappingNode:
		return writeObject(out, node)
	case yaml.SequenceNode:
		return writeArray(out, node)
	case yaml.ScalarNode:
		return writeScalar(out, node)
	default:
		return fmt.Errorf("line %d: aliases are not taken", node.Line)
	}
}

func writeObject(out *bytes.Buffer, node *yaml.Node) error {
	seen := map[string]bool{}
	out.WriteByte('{')
	for i := 0; i < len(node.Content); i += 2 {
		name, value := node.Content[i], node.Content[i+1]
		if name.ShortTag() != "!!str" {
			return fmt.Errorf("line %d: the name %s is not text; quote it", name.Line, name.Value)
		}
		if seen[name.Value] {
			return fmt.Errorf("line %d: the name %s is there twice", name.Line, name.Value)
		}
		seen[name.Value] = true
		if i > 0 {
			out.WriteByte(',')
		}
		if err := writeText(out, name.Value); err != nil {
			return err
		}
		out.WriteByte(':')
		if err := write(out, value); err != nil {
			return err
		}
	}
	out.WriteByte('}')
	return nil
}

func writeArray(out *bytes.Buffer, node *yaml.Node) error {
	out.WriteByte('[')
	for i, element := range node.Content {
		if i > 0 {
			out.WriteByte(',')
		}
		if err := write(out, element); err != nil {
			return err
		}
	}
	out.WriteByte(']')
	return nil
}

func writeScalar(out *bytes.Buffer, node *yaml.Node) error {
	switch tag := node.ShortTag(); tag {
	case "!!str":
		return writeText(out, node.Value)
	case "!!null":
		out.WriteString("null")
	case "!!bool", "!!int", "!!float":
		// The digits are taken as they stand, never through a float.
		if !json.Valid([]byte(node.Value)) {
			return fmt.Errorf("line %d: JSON has no %s; write it as JSON does or quote it", node.Line, node.Value)
		}
		out.WriteString(node.Value)
	default:
		// A bare date, say, which other parsers take for text.
		return fmt.Errorf("line %d: %s is a %s, which JSON does not have; quote it", node.Line, node.Value, tag)
	}
	return nil
}

// writeText writes a JSON string without the escapes of <, > and & that only
// JSON inside HTML needs.
func writeText(out *bytes.Buffer, text string) error {
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(text); err != nil {
		return err
	}
	out.Truncate(out.Len() - 1) // the encoder's line feed
	return nil
}
