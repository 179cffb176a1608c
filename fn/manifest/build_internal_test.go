package manifest

import (
	"bytes"
	"testing"
	"unicode/utf8"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/proompteng/checksum-annotator/fn/internal/fleet"
)

// What build makes of a plain text is what the YAML library makes of it.
func checkBuild(t *testing.T, text []byte) (isPlain bool) {
	t.Helper()
	r := &region{text: text}
	r.plain = ordinary(text) && bytes.HasSuffix(text, []byte("\n")) && plain(text, 0, NewShape(nil, nil))
	if !r.plain {
		return false
	}
	parsed := &region{text: text}
	if err := parsed.parse(); err != nil {
		t.Fatalf("a plain text is no YAML: %v\n%s", err, text)
	}
	built := build(text)
	if built == nil {
		return true
	}
	for i, document := range parsed.documents {
		if i > 0 {
			t.Fatalf("a plain text is several documents:\n%s", text)
		}
		if a, b := difference(document.Content[0], built); a != nil {
			t.Fatalf("parsed: %+v\nbuilt:  %+v\n%s", a, b, text)
		}
	}
	return true
}

// difference returns the first nodes that differ, but for comments, and for where
// nulls stand that are not written out.
func difference(a, b *yaml.Node) (*yaml.Node, *yaml.Node) {
	implicit := a.Tag == yaml.NodeTagNull && a.Value == ""
	if a.Kind != b.Kind || a.Style != b.Style || a.ShortTag() != b.ShortTag() || a.Value != b.Value || len(a.Content) != len(b.Content) ||
		(!implicit && (a.Line != b.Line || a.Column != b.Column)) {
		return a, b
	}
	for i := range a.Content {
		if a, b := difference(a.Content[i], b.Content[i]); a != nil {
			return a, b
		}
	}
	return nil, nil
}

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

func TestBuildParsesAsTheLibraryDoes(t *testing.T) {
	const head = "apiVersion: v1\nkind: X\nmetadata:\n  name: x\n"
	for _, text := range plainTexts {
		if !checkBuild(t, []byte(head+"spec:\n"+indentedBy(text))) && text[0] < utf8.RuneSelf {
			t.Errorf("this is not taken for plain:\n%s", text)
		}
	}
	list := fleet.Fleet{Resources: 200, Allowed: 10}.ResourceList()
	split := splitResourceList(list, NewShape(nil, nil))
	for _, r := range split.regions {
		if !r.plain {
			t.Errorf("this is not taken for plain:\n%s", r.text)
		}
		object := bytes.ReplaceAll(bytes.Replace(r.text, []byte("- "), []byte("  "), 1), []byte("\n  "), []byte("\n"))
		checkBuild(t, object[2:])
	}
}

func indentedBy(text string) string {
	var indented []byte
	for _, line := range bytes.SplitAfter([]byte(text), []byte("\n")) {
		if len(line) > 1 {
			indented = append(indented, "  "...)
		}
		indented = append(indented, line...)
	}
	return string(indented)
}

func FuzzBuild(f *testing.F) {
	const head = "apiVersion: v1\nkind: X\nmetadata:\n  name: x\n"
	for _, text := range plainTexts {
		f.Add([]byte(head + "spec:\n" + indentedBy(text)))
	}
	f.Fuzz(func(t *testing.T, text []byte) { checkBuild(t, text) })
}
