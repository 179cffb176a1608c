package report

import "strings"

// A Check says which checksums pod templates have and should have.
type Check struct {
	Checksums []CheckedChecksum `json:"checksums"`
}

// A CheckedChecksum is an annotation that a pod template has or should have.
type CheckedChecksum struct {
	Workload   ResourceRef `json:"workload"`
	Annotation string      `json:"annotation"`
	// Source is the Secret or ConfigMap, as the input or the allowlist names it; none where
	// that is not known.
	Source  *ResourceRef `json:"source,omitempty"`
	Status  Status       `json:"status"`
	Problem string       `json:"problem,omitempty"` // why it is not up to date
}

// A Status says what was found about an annotation.
type Status string

// What is found about annotations.
const (
	UpToDate     Status = "up to date"
	OutOfDate    Status = "out of date"
	Missing      Status = "missing"
	MayBeMissing Status = "may be missing" // the source may be on the allowlist by another name
	NotDue       Status = "not due"        // the configuration does not ask for it
)

var statusColours = map[Status]string{UpToDate: green, OutOfDate: red, Missing: red, MayBeMissing: yellow, NotDue: red}

// JSON returns the check as JSON.
func (c Check) JSON() string { return asJSON(c) }

// Table returns the check as a table for terminals.
func (c Check) Table(terminal Terminal) string {
	if len(c.Checksums) == 0 {
		return "no checksums\n"
	}
	var out strings.Builder
	s := style{plainName, plainText}
	t := table{head: []string{"WORKLOAD", "SOURCE", "STATUS"}}
	for _, checksum := range c.Checksums {
		source := s.text(checksum.Annotation)
		if checksum.Source != nil {
			source = s.ref(*checksum.Source)
		}
		t.rows = append(t.rows, row{
			[]cell{{s.ref(checksum.Workload), ""}, {source, ""}}, []string{string(checksum.Status)}, statusColours[checksum.Status],
		})
	}
	t.write(&out, terminal)
	return out.String()
}
