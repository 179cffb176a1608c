package manifest

import (
	"bytes"
	"strings"
	"testing"

	"github.com/proompteng/checksum-annotator/fn/internal/fleet"
)

// checkRead fails the test if the reader accepts a document and the YAML library does not,
// or reads it otherwise. It tells of how many documents the reader was certain.
func checkRead(t *testing.T, text []byte) (certain int) {
	t.Helper()
	list := &List{input: text}
	list.splitDocuments()
	for _, r := range list.regions {
		document := text[r.start:r.end]
		reader := &reader{}
		read := reader.read(document)
		if read == nil {
			continue
		}
		certain++
		if hasJSONForms(read) {
			continue
		}
		judged, err := readByLibrary(document)
		if err != nil {
			t.Fatalf("the reader accepts what is no YAML: %v\n%q", err, document)
		}
		if len(read.roots) == 0 && len(judged.roots) == 1 && judged.isNull(judged.roots[0]) {
			continue
		}
		if !check(read, judged, nil, 0) || !check(judged, read, nil, 0) {
			t.Fatalf("read as\n%s\nand by the library as\n%s\n%q", printed(read), printed(judged), document)
		}
	}
	return certain
}

// hasJSONForms tells whether a text has what is JSON and no YAML: several objects in a
// row, escaped slashes, and characters in two code units.
func hasJSONForms(t *tree) bool {
	return len(t.roots) > 1 || bytes.Contains(t.text, []byte(`\/`)) || bytes.Contains(bytes.ToLower(t.text), []byte(`\ud`))
}

func printed(t *tree) string {
	var texts []string
	for _, root := range t.roots {
		texts = append(texts, t.print(root, nil, 0, true))
	}
	return strings.Join(texts, "\n")
}

// plainTexts are YAML as clients write it.
var plainTexts = []string{
	"a: b\n",
	"a:\nb:\n  c:\nd: ~\n",
	"a: \"x\\n\\ty\\\\n \\\" \"\nb: 'it''s'\n\"c d\": 'e'\n",
	"a: 1\nb: 1.5\nc: true\nd: 2026-01-01\ne: 0x1f\nf: yes\ng: .5\nh: +1\ni: 1_000\nj: ~\n",
	"a: x # c\nb: x#y  \nc: 'x'   # d\n# e\n\n  # f\nd: x\n",
	"a: [x, 'y z', \"w\", [1, {b: c}], {}, []]\nb: {c: d, \"e\": 'f', g: {h: i}}\n",
	"a:\n- b\n- c: d\n  e: f\n-\n- - g\n  - h\n-   i: j\n    k: l\nm:\n  - n\n",
	"a: |\n  x\n   y\n\n  z\n\n\nb: |-\n  x\n\nc: |+\n  x\n\n\nd: |\n\n  x\ne: |\nf: |+\n\n\ng: |-\n\nh: |\n  x\n    \n  \n",
	"a:\n  - |\n    x\n  - |+ # c\n    # y\n\n  - |-\n\n    z\n",
	"a:\n- |\n x\n- b: |\n   y\n  c: z\n",
	"ä: b\na: ü # ö\nb: [x, \"ü\", y]\n",
	"a: |\n  x\n  \ty\n  # z\n  - z\n  ---\n",
}

// readTexts are in forms that the reader is to be certain of.
var readTexts = append(plainTexts,
	"a: &a {b: c}\nd: *a\ne:\n  <<: *a\n  f: g\n",
	"a: &a\n  b: &b c\n  d: [*b, &e e]\nf: *a\n",
	"a: >\n  x\n  y\n\n  z\nb: >-\n  x\n\n   y\n  z\nc: >+\n  x\n\n",
	"a: |2\n    x\n  y\nb: |-\n  x\n",
	"a: x\n  y\n\n  z\nb: 'x\n\n  y'\nc: \"x\\\n  y\\n\"\n",
	"a: {b: [c,\n  d], # x\n  e: {f: },\n  g}\n",
	"{\"a\": \"\\u00e9\\n\", \"b\": [1, -2.5e3, true, null], \"c\": {\"d\":1}}\n",
	"a b: c\n😀: d\n$(x): e\nhttp://x: f\n",
	"# a\n---\n# b\na: b\n",
	"%YAML 1.1\n---\na: b\n",
	"--- {a: b}\n",
	"- a\n- - b\n  - c: d\n",
	"a:\n- &x b\n- *x\n- &y\n  c: d\n- *y\n",
)

func TestReaderReadsAsTheLibraryDoes(t *testing.T) {
	for _, text := range readTexts {
		for name, spelling := range map[string]string{"LF": text, "CR LF": strings.ReplaceAll(text, "\n", "\r\n"), "no final newline": strings.TrimSuffix(text, "\n")} {
			if checkRead(t, []byte(spelling)) == 0 && !strings.Contains(text, "\t") {
				t.Errorf("%s: the reader is not certain of\n%s", name, text)
			}
		}
	}
	checkRead(t, fleet.Fleet{Resources: 200, Allowed: 10}.ResourceList())
}

func FuzzRead(f *testing.F) {
	for _, text := range readTexts {
		f.Add([]byte(text))
		f.Add([]byte("kind: A\nspec:\n  " + strings.ReplaceAll(text, "\n", "\n  ")))
	}
	f.Fuzz(func(t *testing.T, text []byte) { checkRead(t, text) })
}
