package manifest_test

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/proompteng/checksum-annotator/fn/manifest"
)

// Each text follows "a:" in an item that nobody touches.
func TestWriteKeepsObjects(t *testing.T) {
	tests := map[string]string{
		"plain":                                " x\n",
		"quoted":                               " 'it''s'\nb: \"\\t\\\"\\\\\\u00e9\\U0001F600\\0\\e\"\n",
		"text on several lines":                " plain\n  text\nb: 'x\n\n  y'\nc: \"x\\\n  y\\n\"\n",
		"emoji":                                " 😀\nb: '👩‍👩‍👧'\nc: |\n  ❤️\n",
		"other characters":                     " \"\\u0085\\u00a0\\u2028\\ufeff\\x7f\"\n",
		"literal block":                        " |\n  x\n    y\n\n  z\n",
		"literal block, stripped":              " |-\n  x\n  y\n",
		"literal block, kept":                  " |+\n  x\n\n\nb: y\n",
		"literal block, first line empty":      " |\n\n  x\n",
		"literal block, first line indented":   " |2\n    x\n  y\n",
		"literal block, first line with a tab": " |2\n  \tx\n  \ty\n",
		"literal block, tabs below":            " |\n  all:\n  \techo x\n",
		"literal block, spaces at line ends":   " |\n  x  \n  y \n",
		"literal block with a comment":         " | # c\n  # no comment\n  x\n",
		"literal block of wide indentation":    " |\n          x\n           y\n",
		"folded block":                         " >\n  x\n  y\n\n  z\n",
		"folded block, stripped":               " >-\n  x\n  y\n",
		"folded block, kept":                   " >+\n  x\n\nb: y\n",
		"folded block, lines indented":         " >\n  first\n    indented\n  last\n",
		"folded block, list in it":             " >-\n  one:\n\n   - two\n   - three\n\n  four\n",
		"long text":                            " " + strings.Repeat("word ", 60) + "\nb: \"" + strings.Repeat("word  ", 60) + "\"\nc: " + strings.Repeat("x", 300) + "\n",
		"long base64":                          " |\n  " + strings.Repeat(strings.Repeat("QUJD", 17)+"\n  ", 5) + "QQ==\n",
		"numbers":                              " [0644, 0o17, 0x1F, 1_000, 1e3, 12e03, .5, -0, +1, .inf, .nan, 190:20:30, 12345678901234567890]\n",
		"text like numbers":                    " ['0644', '0o17', \"1e3\", '12e03', '.5', '.inf', '1_000', '190:20:30']\n",
		"booleans and text like them":          " [true, False, 'true', yes, 'yes', on, 'off', n, 'y']\n",
		"nulls and text like them":             " [null, ~, 'null', '~', '']\nb:\nc: ''\n",
		"null without text in a mapping":       " {b: , c: }\n",
		"dates and text like them":             "\n- 2026-02-01\n- '2026-02-01'\n- 2026-02-01T10:20:30Z\n",
		"text like syntax":                     " ['# x', 'a: b', '- x', '*x', '&x', '!x', '%x', '@x', '`x`', '{x', '[x', ' x', 'x ', '<<', '=', '---', '?', 'x #y']\n",
		"tags":                                 " [!!str 12, !!binary aGVsbG8=, !custom x]\nb: !custom {c: d}\n",
		"empty collections":                    " [{}, [], [[]], {b: {}}]\n",
		"lists in lists":                       "\n- - x\n  - y\n-\n  - z\n- [[1, 2], [3]]\n",
		"lists of every indentation":           "\n    - b: x\n      c: y\n    -   d: z\nb:\n- x\n",
		"mappings in flow style":               " {b: {c: [d, {e: f}]}, \"g\": 'h'}\n",
		"keys of every kind":                   " {1: x, true: y, 'z z': z, tls.crt: c, 😀: d, ? e : f}\n",
		"a long key":                           "\n  ? |\n    b\n  : c\n",
		"anchors and aliases":                  " &x {b: &y [c]}\nd: *x\ne: [*y , *y ]\n",
		"an anchor of null":                    " &x\nb: *x\n",
		"an anchor of text":                    " &x |\n  y\nb: *x\n",
		"an anchor's name used again":          " &x y\nb: *x\nc: &x z\nd: *x\n",
		"an alias as a key":                    " &x y\nb: {*x : z}\n",
		"merge key":                            " &x {b: c}\nd: {<<: *x , e: f}\n",
		"merge keys":                           " &x {b: c}\nd: &y {b: e}\nf: {<<: [*x , *y ]}\ng:\n  <<: [*y , *x ]\n  b: h\n",
		"a merge key that is text":             " {'<<': x}\nb: {\"<<\": {c: d}}\n",
		"comments":                             " # one\n  # two\n  b: c # three\n  # four\n\n  # five\n  d: e\n# six\nf: g\n",
		"comments in a list":                   " # one\n# two\n- b # three\n# four\n- # five\n  c: d\n# six\n",
		"comments in flow style":               " [ # one\n  b, # two\n  # three\n  c ] # four\nd: { # five\n  e: f, # six\n  g: h # seven\n  }\n",
		"a comment behind an anchor":           " &x # one\n  b: c\n",
		"a comment between two anchors":        " &x # one\n  b: &y\n    c: d\n",
		"blank lines":                          "\n\n  b: c\n\n\n  d: e\n\nf: g\n",
	}
	for name, text := range tests {
		t.Run(name, func(t *testing.T) {
			input := listOf(configMap("a:" + strings.TrimSuffix(text, "\n")))
			for way, read := range ways {
				list, err := read([]byte(input))
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(input, write(t, list, nil)); diff != "" {
					t.Errorf("%s, without edits (-input +output):\n%s", way, diff)
				}
			}
		})
		t.Run(name+", in an object that is encoded anew", func(t *testing.T) {
			const before, after = "spec: {x: &x {team: a}, template: {metadata: {annotations: *x }}}\n", "spec: {x: {team: a}, template: {metadata: {annotations: {team: a, checksum/secret.a: 9f86d081}}}}\n"
			content := configMap(before + "a:" + strings.TrimSuffix(text, "\n"))
			want := object(t, strings.Replace(listOf(content), before, after, 1))
			for way, output := range edited(t, listOf(content), setOne) {
				if diff := cmp.Diff(want, object(t, output), cmp.Comparer(sameNumber)); diff != "" {
					t.Errorf("%s (-want +got):\n%s\n%s", way, diff, output)
				}
			}
		})
	}
}

// sameNumber takes NaN for equal to itself.
func sameNumber(a, b float64) bool {
	return a == b || a != a && b != b
}

func TestWriteReturnsEqualObjectsOfAWholeFile(t *testing.T) {
	input, err := os.ReadFile("testdata/resourcelist.yaml")
	if err != nil {
		t.Fatal(err)
	}
	want := object(t, string(input))
	output := write(t, read(t, string(input)), nil)
	if diff := cmp.Diff(want, object(t, output)); diff != "" {
		t.Errorf("-input +output:\n%s", diff)
	}
	if again := write(t, read(t, output), nil); again != output {
		t.Errorf("written once more, it differs (-first +second):\n%s", cmp.Diff(output, again))
	}
}

func TestWriteKeepsWhatItDoesNotKnow(t *testing.T) {
	tests := map[string]string{
		"ResourceList metadata":     "metadata: {name: list, annotations: {a: b}}\nitems: []\n",
		"unknown top-level fields":  "items: []\nextra: {a: [1, 2]}\nmore: x\n",
		"functionConfig":            "functionConfig: {kind: X, spec: {a: [b]}}\nitems: []\n",
		"items absent":              "functionConfig: {kind: X}\n",
		"items null":                "items:\n",
		"results":                   "items: []\nresults: [{message: m, severity: info, tags: {a: b}}]\n",
		"results null":              "items: []\nresults: null\n",
		"the former apiVersion":     "items: []\napiVersion: config.kubernetes.io/v1alpha1\n",
		"items that are no objects": "items: [null, 1, x, [y], {}]\n",
		"items without a name":      "items: [{kind: A}, {metadata: {name: a}}]\n",
		"a v1 List":                 "items: [{apiVersion: v1, kind: List, metadata: {a: b}, items: [{kind: A, metadata: {name: a}}]}]\n",
	}
	for name, fields := range tests {
		t.Run(name, func(t *testing.T) {
			input := header + fields
			if strings.Contains(fields, "apiVersion: config") {
				input = "kind: ResourceList\n" + fields
			}
			output := write(t, read(t, input), nil)
			if diff := cmp.Diff(object(t, input), object(t, output)); diff != "" {
				t.Errorf("-input +output:\n%s", diff)
			}
		})
	}
}

func TestWriteTakesJSON(t *testing.T) {
	input := `{"apiVersion": "config.kubernetes.io/v1", "kind": "ResourceList", "items": [
	{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "a\u0062\u003c"}, "spec": {"template": {"metadata": {"annotations": null}, "spec": {"x": [1, 2.5, true, null, "😀"]}}}}
]}`
	list := read(t, input)
	template := at(t, items(t, list)[0], "spec", "template")
	output := write(t, list, []manifest.Edit{setOne.at(items(t, list)[0], template)}, map[string]any{"message": "m"})
	want := strings.Replace(input, `"annotations": null`, `"annotations": {"checksum/secret.a": "9f86d081"}`, 1)
	want = strings.TrimSuffix(want, "}") + `, "results": [{"message": "m"}]}`
	if diff := cmp.Diff(object(t, want), object(t, output)); diff != "" {
		t.Errorf("-want +got:\n%s\n%s", diff, output)
	}
}

func TestWriteAppendsResults(t *testing.T) {
	type result struct {
		Message string `yaml:"message"`
		Index   int    `yaml:"index,omitempty"`
	}
	added := []any{result{"first: \"1\"\nyes", 0}, result{"second", 2}}
	const text = "- message: \"first: \\\"1\\\"\\nyes\"\n- {message: second, index: 2}\n"
	tests := map[string]struct {
		before, after string
	}{
		"absent":             {"items: []\n", "items: []\nresults:\n" + text},
		"null":               {"items: []\nresults: null\n", "items: []\nresults:\n" + text},
		"no value":           {"results:\nitems: []\n", "items: []\nresults:\n" + text},
		"no value, comment":  {"results: # none\nitems: []\n", "items: []\nresults:\n" + text},
		"empty":              {"results: []\nitems: []\n", "items: []\nresults:\n" + text},
		"one":                {"results:\n- {message: old, severity: info}\n", "results:\n- {message: old, severity: info}\n" + text},
		"several, flow":      {"results: [{message: old}, {message: older}]\n", "results:\n- {message: old}\n- {message: older}\n" + text},
		"unknown fields":     {"results: [{message: old, extra: {a: [b]}}]\n", "results:\n- {message: old, extra: {a: [b]}}\n" + text},
		"alias":              {"x: &x [{message: old}]\nresults: *x\n", "x: [{message: old}]\nresults:\n- {message: old}\n" + text},
		"anchored":           {"results: &x [{message: old}]\nx: *x\n", "x: [{message: old}]\nresults:\n- {message: old}\n" + text},
		"anchored null":      {"results: &x\nx: *x\n", "x: null\nresults:\n" + text},
		"brought by a merge": {"x: &x {results: [{message: old}]}\n<<: *x\n", "x: {results: [{message: old}]}\nresults:\n- {message: old}\n" + text},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			output := write(t, read(t, header+test.before), nil, added...)
			if diff := cmp.Diff(object(t, header+test.after), object(t, output)); diff != "" {
				t.Errorf("-want +got:\n%s\n%s", diff, output)
			}
		})
	}
}

func TestWriteWithResultsLeavesTheItems(t *testing.T) {
	input := listOf(bystander, deployment(" {metadata: {annotations: &x {a: b}, labels: *x }}"))
	output := write(t, read(t, input), nil, map[string]any{"message": "m"})
	want := object(t, input).(map[string]any)
	want["results"] = []any{map[string]any{"message": "m"}}
	if diff := cmp.Diff(any(want), object(t, output)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
