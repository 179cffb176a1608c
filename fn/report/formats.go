package report

import (
	"bytes"
	"encoding/json"
)

// JSON returns the impact as JSON.
func (i Impact) JSON() string { return asJSON(i) }

// JSON returns the audit as JSON.
func (a Audit) JSON() string { return asJSON(a) }

// asJSON returns the JSON of a report, which always has one.
func asJSON(report any) string {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetIndent("", "  ")
	_ = encoder.Encode(report)
	return text.String()
}
