package manifest_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/proompteng/checksum-annotator/fn/manifest"
)

// plainScalars are scalars that might be read as something else than text.
func plainScalars() []string {
	all := strings.Fields("y Y n N yes Yes YES yEs no No NO on On ON oN off Off OFF true True TRUE tRue false False FALSE" +
		" ~ null Null NULL nUll nil 1 01 010 08 0o17 0b11 -0b11 0B1 0x1F 0X1f +1 -1 -0 1_000 _1 1__0 1e3 1E3 1.0 1. .5 -.5 +.5 1.5e3 .e3" +
		" 9007199254740993 18446744073709551615 18446744073709551616 -9223372036854775809 1e400 0.1 123456789.123 3.141592653589793" +
		" .inf .Inf .INF +.inf -.inf -.INF .nan .NaN .NAN nan inf 1:30 1:30:00 190:20:30 2024-01-01 2024-1-1 2024-01-01T00:00:00Z = <= v1 1a a1 tls.crt")
	const alphabet = "01.eExbo_-+yn"
	for _, a := range alphabet {
		for _, b := range alphabet {
			all = append(all, string([]rune{a, b}))
			for _, c := range alphabet {
				all = append(all, string([]rune{a, b, c}))
			}
		}
	}
	return all
}

func TestOtherReadingsAreThoseOfKubectl(t *testing.T) {
	for _, scalar := range plainScalars() {
		for name, document := range map[string]string{"value": "kind: A\nmetadata: {name: a}\ndata:\n  k: " + scalar + "\n", "name": "kind: A\nmetadata: {name: a}\ndata:\n  " + scalar + ": v\n"} {
			t.Run(name+" "+scalar, func(t *testing.T) {
				data, err := item(t, document).Root().At("data")
				if err != nil {
					t.Skip("it is no mapping to this reader either")
				}
				generic, err := data.Generic()
				if err != nil {
					t.Skip("it is an error here")
				}
				if name == "name" { // of Secrets and ConfigMaps, it is the text that counts
					generic = map[string]any{scalar: "v"}
				}
				ours, theirs := canonical(t, generic), kubectlReads(document)
				if got, want := len(data.OtherReadings()) > 0, ours != theirs; got != want {
					t.Errorf("kubectl reads %s, this reader %s, and it is told that they differ: %v", theirs, ours, got)
				}
			})
		}
	}
}

// kubectlReads returns the data as kubectl reads them, or what it says against them.
func kubectlReads(document string) string {
	text, err := yaml.YAMLToJSON([]byte(document))
	if err != nil {
		return err.Error()
	}
	var object map[string]json.RawMessage
	if err := json.Unmarshal(text, &object); err != nil {
		return err.Error()
	}
	return string(object["data"])
}

func canonical(t *testing.T, value any) string {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(err)
	}
	return string(text)
}

func TestOtherReadings(t *testing.T) {
	tests := []struct {
		name, data string
		want       []manifest.OtherReading
	}{
		{"none", "{a: b, c: 'yes', d: \"on\", e: !!str no, 'off': x}", nil},
		{"a value", "{a: yes}", []manifest.OtherReading{{Path: "data.a"}}},
		{"a name", "{on: x}", []manifest.OtherReading{{Path: "data.on", Name: true}}},
		{"both", "{on: off}", []manifest.OtherReading{{Path: "data.on", Name: true}, {Path: "data.on"}}},
		{"in a list", "[a, yes, [no]]", []manifest.OtherReading{{Path: "data[1]"}, {Path: "data[2][0]"}}},
		{"in text on several lines", "{a: |\n    yes\n  }", nil},
		{"behind an alias", "{a: &x yes, b: *x}", []manifest.OtherReading{{Path: "data.a"}, {Path: "data.b"}}},
		{"in what is merged", "{<<: {a: yes}, b: c}", []manifest.OtherReading{{Path: "data.a"}}},
		{"null", "", nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if strings.Contains(test.data, "|") {
				test.data = "\n  a: |\n    yes"
			}
			data, err := item(t, "kind: A\nmetadata: {name: a}\ndata: "+test.data+"\n").Root().At("data")
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, data.OtherReadings()); diff != "" {
				t.Errorf("readings (-want +got):\n%s", diff)
			}
		})
	}
}
