package printable_test

import (
	"strings"
	"testing"
	"unicode"

	"github.com/proompteng/checksum-annotator/fn/printable"
)

func TestLine(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"nothing", "", ""},
		{"plain text", `Secret prod/db: "it" has\no key #1`, `Secret prod/db: "it" has\no key #1`},
		{"letters of the world", "größe 大小 😀", "größe 大小 😀"},
		{"line ends", "a\nb\rc\r\nd\u2028e\u0085f", `a\nb\rc\r\nd\u2028e\u0085f`},
		{"terminal escapes", "\x1b[2K\a\b\x9b1A", `\x1b[2K\a\b\x9b1A`},
		{"bidirectional controls", "a\u202eb\u2066c\u200fd\u061c", `a\u202eb\u2066c\u200fd\u061c`},
		{"what has no width", "a\u200bb\ufeffc\u00add", `a\u200bb\ufeffc\u00add`},
		{"spaces that look like one", "a\u00a0b", `a\u00a0b`},
		{"a tab", "a\tb", `a\tb`},
		{"commands of Azure Pipelines", "x ##vso[task.complete result=Failed]", `x \x23#vso[task.complete result=Failed]`},
		{"hashes", "####", `\x23\x23\x23#`},
		{"bytes that are no text", "a\xff\xc0b", `a\xff\xc0b`},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := printable.Line(test.text); got != test.want {
				t.Errorf("%q became %q, not %q", test.text, got, test.want)
			}
		})
	}
}

func TestName(t *testing.T) {
	for text, want := range map[string]string{
		"":                       "",
		"db-1.prod":              "db-1.prod",
		"system:node":            "system:node",
		"checksum/secret.a_b":    `checksum/secret.a_b`,
		"db credentials":         `"db credentials"`,
		"db\nSecret//other 0000": `"db\nSecret//other 0000"`,
		"größe":                  `"größe"`,
	} {
		if got := printable.Name(text); got != want {
			t.Errorf("%q became %s, not %s", text, got, want)
		}
	}
}

func FuzzLineIsOneLineWithoutCommands(f *testing.F) {
	f.Add("a\n::error::##vso[x]\x1b[1A\u202e\xff")
	f.Fuzz(func(t *testing.T, text string) {
		line := printable.Line(text)
		for _, character := range line {
			if !unicode.IsPrint(character) {
				t.Errorf("%q became %q", text, line)
			}
		}
		if strings.Contains(line, "##") {
			t.Errorf("%q became %q", text, line)
		}
		if again := printable.Line(line); again != line {
			t.Errorf("%q became %q and then %q", text, line, again)
		}
	})
}
