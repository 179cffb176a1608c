package config

import _ "embed"

// Schema is the JSON Schema (draft 7, which editors know best) of a
// ChecksumAnnotator.
//
//go:embed schema.json
var Schema []byte
