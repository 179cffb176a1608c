package files_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/proompteng/checksum-annotator/fn/files"
	"github.com/proompteng/checksum-annotator/fn/manifest"
)

const (
	resource  = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n"
	flow      = "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n"
	values    = "image: nginx\nextra: [{apiVersion: v1, kind: Secret}]\n"
	template  = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  {{- include \"labels\" . }}\n"
	chart     = "apiVersion: v2\nname: shop\nversion: 1.0.0\n"
	isFolder  = "the folder holds no manifests: no file .yaml, .yml, .json with apiVersion and kind"
	fromStdin = "-"
)

// tree writes files into a new folder, which becomes the working directory.
func tree(t *testing.T, contents map[string]string) {
	t.Helper()
	t.Chdir(t.TempDir())
	for path, content := range contents {
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// read returns the paths of the files that names stand for, and what is skipped.
func read(stdin, except string, names ...string) (paths, skipped []string, err error) {
	reader := files.Reader{
		Stdin: strings.NewReader(stdin), Shape: manifest.NewShape(nil, nil), Except: except,
		Skipped: func(path, reason string) { skipped = append(skipped, path+": "+reason) },
	}
	found, err := reader.Read(names)
	for _, file := range found {
		if file.Path == "" {
			file.Path = fromStdin
		}
		paths = append(paths, file.Path)
	}
	return paths, skipped, err
}

func TestRead(t *testing.T) {
	everything := map[string]string{
		"app/b.yaml":                   resource,
		"app/a.yml":                    flow,
		"app/c.json":                   `{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}`,
		"app/sub/d.yaml":               "# a comment\n---\n" + values + "---\n" + resource,
		"app/README.md":                "# no manifest",
		"app/script.sh":                resource,
		"app/values.yaml":              values,
		"app/empty.yaml":               "# nothing\n",
		"app/tsconfig.json":            "{\"a\": {}: 1}",
		"app/kustomization.yaml":       "resources: [b.yaml]\n",
		"app/k/kustomization.yml":      "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n",
		"app/.git/e.yaml":              resource,
		"app/.hidden.yaml":             resource,
		"app/checksums.yaml":           "apiVersion: x/v1\nkind: ChecksumAnnotator\n",
		"chart/Chart.yaml":             chart,
		"chart/values.yaml":            values,
		"chart/templates/f.yaml":       template,
		"chart/templates/g.yaml":       resource,
		"chart/crds/h.yaml":            resource,
		"chart/ci/i.yaml":              template,
		"chart/sub/templates/j.yaml":   resource,
		"chart/charts/x/Chart.yaml":    chart,
		"chart/charts/x/templates/a.y": template,
		"broken/k.yaml":                "apiVersion: v1\nkind: [\n",
		"outside/l.yaml":               template,
		"none/README.md":               "",
	}
	tests := []struct {
		name  string
		names []string
		stdin string
		want  []string
		err   string
	}{
		{"nothing but standard input", nil, resource, []string{"-"}, ""},
		{"standard input by its name", []string{"-"}, resource, []string{"-"}, ""},
		{"standard input that is named twice", []string{"-", "-"}, resource, []string{"-"}, ""},
		{"a file", []string{"app/b.yaml"}, "", []string{"app/b.yaml"}, ""},
		{"files in their order, and standard input", []string{"app/c.json", "-", "app/a.yml"}, resource, []string{"app/c.json", "-", "app/a.yml"}, ""},
		{"a file by two paths", []string{"app/b.yaml", "./app/../app/b.yaml"}, "", []string{"app/b.yaml"}, ""},
		{"a file with another extension", []string{"app/script.sh"}, "", []string{"app/script.sh"}, ""},
		{"a file that holds no resource, but is named", []string{"app/values.yaml"}, "", []string{"app/values.yaml"}, ""},
		{"an empty file beside another", []string{"app/empty.yaml", "app/b.yaml"}, "", []string{"app/empty.yaml", "app/b.yaml"}, ""},
		{"a hidden file", []string{"app/.git/e.yaml"}, "", []string{"app/.git/e.yaml"}, ""},
		{"a folder", []string{"app"}, "", []string{"app/.hidden.yaml", "app/a.yml", "app/b.yaml", "app/c.json", "app/sub/d.yaml"}, ""},
		{"a folder with a slash", []string{"app/"}, "", []string{"app/.hidden.yaml", "app/a.yml", "app/b.yaml", "app/c.json", "app/sub/d.yaml"}, ""},
		{"a file of a folder before it", []string{"app/b.yaml", "app/sub"}, "", []string{"app/b.yaml", "app/sub/d.yaml"}, ""},
		{"a folder and a folder in it", []string{"app/sub", "app/sub/../sub"}, "", []string{"app/sub/d.yaml"}, ""},
		{"a chart", []string{"chart"}, "", []string{"chart/crds/h.yaml", "chart/sub/templates/j.yaml"}, ""},
		{"only empty files", []string{"app/empty.yaml"}, "", nil, "the input holds no objects"},
		{"empty standard input", nil, "---\n", nil, "the input holds no objects"},
		{"a folder without manifests", []string{"none"}, "", nil, "none: " + isFolder},
		{"no file", []string{"app/b.yaml", "no.yaml"}, "", nil, "cannot read no.yaml: no such file or directory"},
		{"an empty name", []string{""}, "", nil, "the name of a file is empty"},
		{"a broken file in a folder", []string{"broken"}, "", nil, "broken/k.yaml: the input is not YAML: line 2: did not find expected node content"},
		{"a broken file", []string{"app/tsconfig.json"}, "", nil, "app/tsconfig.json: the input is not YAML: did not find expected ',' or '}'"},
		{
			"a template that is in no chart", []string{"outside"}, "", nil,
			"outside/l.yaml: the input is not YAML: line 3: did not find expected node content (a template of a Helm chart has to be rendered first, with helm template)",
		},
		{"several errors", []string{"none", "no.yaml"}, "", nil, "none: " + isFolder + "\ncannot read no.yaml: no such file or directory"},
	}
	tree(t, everything)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, _, err := read(test.stdin, "app/checksums.yaml", test.names...)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("files (-want +got):\n%s", diff)
			}
			if err == nil {
				err = errors.New("")
			}
			if err.Error() != test.err {
				t.Errorf("the error is %v", err)
			}
		})
	}
	t.Run("what is skipped is told", func(t *testing.T) {
		_, skipped, _ := read("", "./app/sub/../checksums.yaml", "app", "chart")
		want := []string{
			"app/checksums.yaml: it is the functionConfig",
			"app/empty.yaml: it holds no resource",
			"app/k/kustomization.yml: it is a kustomization file",
			"app/kustomization.yaml: it is a kustomization file",
			"app/tsconfig.json: it holds no resource",
			"app/values.yaml: it holds no resource",
			"chart/Chart.yaml: it holds no resource",
			"chart/charts/x/Chart.yaml: it holds no resource",
			"chart/ci/i.yaml: it is a template of a Helm chart",
			"chart/values.yaml: it holds no resource",
		}
		if diff := cmp.Diff(want, skipped); diff != "" {
			t.Errorf("skipped (-want +got):\n%s", diff)
		}
	})
}

// As a ConfigMap is mounted: links to files, by way of a link to a hidden folder.
func TestLinksAreFollowedWhereTheyAreFilesOrNamed(t *testing.T) {
	tree(t, map[string]string{"real/..data/a.yaml": resource, "other/b.yaml": resource})
	for link, target := range map[string]string{"real/a.yaml": "..data/a.yaml", "real/folder": "../other", "link": "real"} {
		if err := os.Symlink(target, link); err != nil {
			t.Fatal(err)
		}
	}
	if got, _, err := read("", "", "link"); err != nil || !slices.Equal(got, []string{"link/a.yaml"}) {
		t.Errorf("read %q: %v", got, err)
	}
}

func TestItemsNameTheirFiles(t *testing.T) {
	tree(t, map[string]string{"a.yaml": resource + "  annotations: {config.kubernetes.io/path: lie.yaml}\n---\n" + flow})
	reader := files.Reader{Shape: manifest.NewShape(nil, nil)}
	read, err := reader.Read([]string{"a.yaml"})
	if err != nil {
		t.Fatal(err)
	}
	items, problems := read[0].List.Items([]string{"ConfigMap"})
	if len(items) != 2 || len(problems) > 0 {
		t.Fatalf("%v, %v", items, problems)
	}
	want := []manifest.File{{Path: "a.yaml", Index: "0"}, {Path: "a.yaml", Index: "1"}}
	if diff := cmp.Diff(want, []manifest.File{items[0].File, items[1].File}); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	if read[0].Mode.Perm() != 0o600 || !bytes.HasPrefix(read[0].Content, []byte(resource)) {
		t.Errorf("the file is %v", read[0])
	}
}

func TestStreamHasABorderBetweenTwoOutputs(t *testing.T) {
	for _, test := range []struct {
		name    string
		outputs []string
		want    string
	}{
		{"one", []string{"a: b"}, "a: b"},
		{"two", []string{"a: b\n", "c: d\n"}, "a: b\n---\nc: d\n"},
		{"one that begins with a border", []string{"---\na: b\n", "---\nc: d\n"}, "---\na: b\n---\nc: d\n"},
		{"one without a line end", []string{`{"a": "b"}`, "c: d\n"}, "{\"a\": \"b\"}\n---\nc: d\n"},
		{"an empty one", []string{"", "c: d\n"}, "---\nc: d\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var stream files.Stream
			for _, output := range test.outputs {
				stream = append(stream, manifest.Unchanged([]byte(output)))
			}
			var got bytes.Buffer
			if n, err := stream.WriteTo(&got); err != nil || n != int64(got.Len()) || got.String() != test.want {
				t.Errorf("%d bytes, %v: %q", n, err, got.String())
			}
		})
	}
}

func TestReplaceKeepsWhatItCannotReplace(t *testing.T) {
	tree(t, map[string]string{"a": "before", "taken/x": ""})
	if err := files.Replace("a", []byte("after"), 0o640); err != nil {
		t.Fatal(err)
	}
	content, _ := os.ReadFile("a")
	if info, err := os.Stat("a"); err != nil || info.Mode().Perm() != 0o640 || string(content) != "after" {
		t.Errorf("%q, %v, %v", content, info, err)
	}
	if err := files.Replace("taken", nil, 0o600); err == nil {
		t.Error("a folder is replaced")
	}
	entries, _ := os.ReadDir(".")
	if len(entries) != 2 {
		t.Errorf("there are %v", entries)
	}
}

func TestReadAllTellsOfErrors(t *testing.T) {
	if _, err := files.ReadAll(broken{}); err == nil || err.Error() != "cannot read standard input: broken" {
		t.Errorf("the error is %v", err)
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errors.New("broken") }
