package nearest_test

import (
	"testing"

	"github.com/proompteng/checksum-annotator/fn/nearest"
)

func TestTo(t *testing.T) {
	words := []string{"annotate", "check", "checksum", "db-credentials", "größe"}
	for text, want := range map[string]string{
		"annotate":       "annotate",
		"anotate":        "annotate",
		"annottate":      "annotate",
		"annotaet":       "annotate",
		"chekc":          "check",
		"cheksum":        "checksum",
		"db-cerdentials": "db-credentials",
		"grösse":         "größe",
		"":               "",
		"ab":             "",
		"file.yaml":      "",
		"checksumming":   "checksum",
	} {
		if got := nearest.To(text, words); got != want {
			t.Errorf("%q is nearest to %q, not to %q", text, got, want)
		}
	}
}
