package examples

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What the function adds to a pod template that uses the sources of the packages.
const (
	secretLine    = "checksum/secret.database: f81eb93a871d59012e9024ea22e084eedb30345157c248d4a0e027dfcaf876e5"
	configMapLine = "checksum/configmap.flags: c843cbaf30b31d7c11738312aced080ad78c11b4b9d60cadb6cc93a55d41f4c3"
)

// The lines that each package gets, by file.
var kptLines = map[string]map[string][]string{
	"examples/kpt-eval": {"shop.yaml": {"annotations:", configMapLine, secretLine}},
	"untidy": {
		"windows.yaml":           {configMapLine},
		"worker/deep/worker.yml": {"annotations:", secretLine},
	},
}

// A package in every style that kpt itself changes.
var untidyPackage = map[string]string{
	"sources.yaml": `# What the shop reads.

kind: Secret
apiVersion: v1
metadata:
    name:   database   # padded

stringData:
    uri:   "postgresql://shop:not-a-secret@db.example:5432/shop"
---
# A second document.
data: {checkout: "on", "banner": 'off'}   # in flow style
kind: ConfigMap
apiVersion: v1
metadata:
    name: flags
`,
	"windows.yaml": strings.ReplaceAll(`apiVersion: apps/v1
kind: StatefulSet   # with carriage returns
metadata:
  name: windows
spec:
  template:
    metadata:
      # Set by hand.
      annotations:
        checksum/config: mine   # of another tool

    spec:
      volumes:
      - name: flags
        configMap: {name: flags}
`, "\n", "\r\n"),
	// A package in the package; the Secret is in the outer one.
	"worker/Kptfile": `apiVersion: kpt.dev/v1
kind: Kptfile
metadata:
  name: worker
`,
	"worker/deep/worker.yml": `# At the top.
apiVersion: apps/v1
kind: Deployment
spec:
    template:
        spec:
            containers:
            -   name: worker
                command:
                - sh
                - -c
                - |
                    # This is a script.
                    exec  worker
                envFrom: [{secretRef: {name: database}}]   # all of it
        metadata:
            # Nothing but labels.
            labels: {app: worker}
metadata: {name: worker}
# At the end.
`,
	"notes.txt": "No manifest: kpt leaves it alone.\r\n",
}

func TestKptEvalAddsAnnotationsAndNothingElse(t *testing.T) {
	for name, args := range kptConfigs(t) {
		for pkg, want := range kptLines {
			t.Run(name+" "+pkg, func(t *testing.T) {
				withEachCaller(t, func(t *testing.T, caller kptCaller) {
					shop := newKptShop(t)
					eval := func(caller kptCaller, args ...string) map[string]string {
						succeed(t)(shop.eval(caller, pkg, args...))
						return shop.files(pkg)
					}
					original, baseline := shop.files(pkg), newKptShop(t).evaluated(pkg)
					got := eval(caller, args("true")...)
					checkAdded(t, want, original, baseline, got)
					checkSame(t, "a second run", got, eval(caller, args("true")...))
					checkSame(t, "a disabled function", baseline, eval(caller, args("false")...))
				})
			})
		}
	}
}

// kptConfigs returns the ways to configure the function for "kpt fn eval".
func kptConfigs(t *testing.T) map[string]func(enabled string) []string {
	file := func(content string) func(string) []string {
		return func(enabled string) []string {
			dir := write(t, map[string]string{"config.yaml": strings.ReplaceAll(content, "ENABLED", enabled)})
			return []string{"--fn-config", filepath.Join(dir, "config.yaml")}
		}
	}
	own := read(t, "kpt-eval/rollout-checksums.yaml")
	return map[string]func(enabled string) []string{
		"arguments": func(enabled string) []string {
			return []string{"--", "enabled=" + enabled, "secrets=database", "configMaps=flags"}
		},
		"ConfigMap": file(`apiVersion: v1
kind: ConfigMap
metadata: {name: rollout-checksums}
data:
  enabled: "ENABLED"
  secrets: database
  configMaps: |
    flags
`),
		"ChecksumAnnotator": file(strings.Replace(own, "enabled: true", "enabled: ENABLED", 1)),
	}
}

func TestKptRenderAddsAnnotationsAndNothingElse(t *testing.T) {
	for pkg, want := range map[string]map[string][]string{
		"examples/kpt-render/shop": kptLines["examples/kpt-eval"],
		"untidy":                   kptLines["untidy"],
	} {
		t.Run(pkg, func(t *testing.T) {
			withEachCaller(t, func(t *testing.T, caller kptCaller) {
				shop, plain := newKptShop(t), newKptShop(t)
				original := manifests(shop.files(pkg))
				got := shop.rendered(caller, pkg)
				checkAdded(t, withConfigPrefix(want), original, plain.rendered(callCat, pkg), got)
				checkSame(t, "a second run", got, shop.rendered(caller, pkg))
				for _, s := range []kptShop{shop, plain} {
					s.edit(filepath.Join(pkg, "secret-checksums.yaml"), "enabled: true", "enabled: false")
					s.edit(filepath.Join(pkg, "config-checksums.yaml"), "enabled: true", "enabled: false")
				}
				checkSame(t, "a disabled function", plain.rendered(callCat, pkg), shop.rendered(caller, pkg))
			})
		})
	}
}

// withConfigPrefix returns the lines as the second function of the Kptfile writes them.
func withConfigPrefix(lines map[string][]string) map[string][]string {
	changed := map[string][]string{}
	for file := range lines {
		for _, line := range lines[file] {
			line = strings.Replace(line, "checksum/configmap.", "config.shop.example/configmap.", 1)
			changed[file] = append(changed[file], line)
		}
	}
	return changed
}

func TestKptRenderTakesTheConfigurationFromTheKptfile(t *testing.T) {
	for _, quote := range []string{`"`, ``} {
		shop, pkg := newKptShop(t), "examples/kpt-render/shop"
		shop.edit(filepath.Join(pkg, "Kptfile"), `(?s)configPath: .*`,
			"configMap:\n        enabled: "+quote+"true"+quote+"\n        secrets: database\n        configMaps: flags\n")
		got := shop.rendered(callProgram, pkg)
		checkAdded(t, kptLines["examples/kpt-eval"], manifests(newKptShop(t).files(pkg)), newKptShop(t).rendered(callCat, pkg), got)
	}
}

func TestKptPipeAddsAnnotationsAndNothingElse(t *testing.T) {
	for pkg, want := range kptLines {
		t.Run(pkg, func(t *testing.T) {
			shop := newKptShop(t)
			original := shop.files(pkg)
			for _, name := range []string{"README.md", "notes.txt"} {
				delete(original, name) // what is no manifest is not in the stream
			}
			// Nor is a comment before an empty line at the top of a file.
			if content, ok := original["sources.yaml"]; ok {
				original["sources.yaml"] = strings.TrimPrefix(content, "# What the shop reads.\n")
			}
			source := "kpt fn source " + pkg + " --fn-config examples/kpt-eval/rollout-checksums.yaml"
			succeed(t)(shop.sh(source + " | cat | kpt fn sink plain"))
			succeed(t)(shop.sh(source + " | bin/checksum-annotator | kpt fn sink annotated"))
			succeed(t)(shop.sh("kpt fn source annotated --fn-config examples/kpt-eval/rollout-checksums.yaml" +
				" | bin/checksum-annotator | kpt fn sink again"))
			got := shop.files("annotated")
			checkAdded(t, want, original, shop.files("plain"), got)
			checkSame(t, "a second run", got, shop.files("again"))
		})
	}
}

// The shell takes the exit code of a pipe from its last program.
func TestKptPipeHidesTheFailureOfTheFunction(t *testing.T) {
	shop := newKptShop(t)
	before := shop.files("untidy")
	pipe := "kpt fn source untidy | bin/checksum-annotator | kpt fn sink "
	succeed(t)(shop.sh(pipe + "sunk"))
	program(t, "bash")
	if _, err := shop.sh("bash -c 'set -o pipefail; " + pipe + "sunk-too'"); err == nil {
		t.Error("with pipefail, the pipe succeeded without a functionConfig")
	}
	succeed(t)(shop.sh("kpt fn source untidy | cat | kpt fn sink plain"))
	checkSame(t, "a failed function in a pipe", shop.files("plain"), shop.files("sunk"))
	checkSame(t, "a pipe to another folder", before, shop.files("untidy"))
}

func TestKptWritesNoFileAfterAnError(t *testing.T) {
	program(t, "kpt")
	failing, err := filepath.Glob("kpt-render/failing/*/Kptfile")
	if err != nil || len(failing) == 0 {
		t.Fatalf("there are no failing examples: %v", err)
	}
	for _, kptfile := range failing {
		pkg := filepath.Dir(kptfile)
		t.Run(filepath.Base(pkg), func(t *testing.T) {
			withEachCaller(t, func(t *testing.T, caller kptCaller) {
				shop := newKptShop(t)
				shop.call(caller, filepath.Join("examples", pkg))
				before := shop.files("examples")
				told, err := shop.kpt("fn", "render", filepath.Join("examples", pkg), "--allow-exec", "--results-dir", "results")
				if err == nil {
					t.Errorf("kpt fn render succeeded:\n%s", told)
				}
				checkSame(t, "a failing function", before, shop.files("examples"))
				results := read(t, filepath.Join(shop.dir, "results/results.yaml"))
				checkNoSecret(t, results)
				if caller == callProgram {
					golden(t, pkg+".txt", told)
					golden(t, pkg+".results.yaml", results)
				}
				checkTold(t, told, results)
			})
		})
	}
}

// checkTold compares what kpt tells on the terminal with the results that it writes.
func checkTold(t *testing.T, told, results string) {
	t.Helper()
	parsed := objects(t, results)[0]
	if code, _ := parsed.at("exitCode").(float64); code != 1 {
		t.Errorf("the results have the exit code %v", code)
	}
	items, _ := parsed.at("items").([]any)
	last, _ := items[len(items)-1].(map[string]any)
	list, _ := last["results"].([]any)
	if len(list) == 0 {
		t.Fatalf("the function that failed has no results:\n%s", results)
	}
	for _, entry := range list {
		result, _ := entry.(map[string]any)
		if message, _ := result["message"].(string); message == "" || !strings.Contains(told, message) {
			t.Errorf("kpt does not tell %q:\n%s", message, told)
		}
	}
}

func TestKptEvalWritesNoFileAfterAnError(t *testing.T) {
	tests := map[string][]string{
		"misspelt field": {"--", "enabled=true", "secret=database"},
		"wrong value":    {"--", "enabled=yes", "secrets=database"},
		"missing source": {"--", "enabled=true", "secrets=database,gone", "onMissing=Fail"},
	}
	for name, args := range tests {
		t.Run(name, func(t *testing.T) {
			withEachCaller(t, func(t *testing.T, caller kptCaller) {
				shop := newKptShop(t)
				before := shop.files("untidy")
				told, err := shop.eval(caller, "untidy", args...)
				if err == nil || !strings.Contains(told, "[error] v1/ConfigMap/function-input data.") {
					t.Errorf("kpt fn eval: %v\n%s", err, told)
				}
				checkSame(t, "a failing function", before, shop.files("untidy"))
			})
		})
	}
}

func TestKptEvalWithoutArgumentsAddsNothing(t *testing.T) {
	shop := newKptShop(t)
	succeed(t)(shop.eval(callProgram, "untidy"))
	checkSame(t, "a function without arguments", newKptShop(t).evaluated("untidy"), shop.files("untidy"))
}

// A function sees nothing but what kpt selects.
func TestKptSelectionHidesSources(t *testing.T) {
	shop, pkg := newKptShop(t), "examples/kpt-eval"
	told := succeed(t)(shop.eval(callProgram, pkg, "--match-kind", "Deployment", "--", "enabled=true", "secrets=database"))
	if !strings.Contains(told, "[warning]") || strings.Contains(shop.files(pkg)["shop.yaml"], secretLine) {
		t.Errorf("the function saw a Secret that kpt did not select:\n%s", told)
	}
	succeed(t)(shop.eval(callProgram, pkg, "--", "enabled=true", "secrets=database"))
	if !strings.Contains(shop.files(pkg)["shop.yaml"], secretLine) {
		t.Error("a run on everything did not repair the checksum")
	}
}

func TestKptSaveOverwritesEachEntryOfTheFunction(t *testing.T) {
	needImage(t)
	shop, pkg := newKptShop(t), "examples/kpt-render/shop"
	succeed(t)(shop.eval(callImage, pkg, "--save", "--type", "mutator", "--fn-config", pkg+"/config-checksums.yaml"))
	kptfile := shop.files(pkg)["Kptfile"]
	if got := strings.Count(kptfile, "configPath: config-checksums.yaml"); got != 2 {
		t.Errorf("%d entries of the Kptfile were overwritten:\n%s", got, kptfile)
	}
}

func TestKptDocPrintsTheManual(t *testing.T) {
	needImage(t)
	command := exec.Command(program(t, "kpt"), "fn", "doc", "--image", image)
	output, err := command.Output()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.TrimSpace(read(t, "../config/manual.txt")), strings.TrimSpace(string(output))); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// The two Kptfiles of the example say the same, but for the way to the function.
func TestKptfilesDifferInTheFunction(t *testing.T) {
	if changed := changedLines(read(t, "kpt-render/shop/Kptfile"), read(t, "kpt-render/Kptfile.exec")); !cmp.Equal(changed, []string{
		"- exec", "- exec",
	}) {
		t.Errorf("the Kptfiles differ in the lines %q", changed)
	}
}

// A kptCaller is a way in which kpt calls a function: the name of the flag of
// "kpt fn eval" and of the field of a Kptfile, and its value.
type kptCaller struct{ way, function string }

var (
	callProgram = kptCaller{"exec", "bin/checksum-annotator"}
	callImage   = kptCaller{"image", image}
	callCat     = kptCaller{"exec", "cat"} // shows what kpt itself changes
)

// withEachCaller runs a test with the program, and with the image.
func withEachCaller(t *testing.T, test func(*testing.T, kptCaller)) {
	t.Helper()
	t.Run("exec", func(t *testing.T) { test(t, callProgram) })
	t.Run("image", func(t *testing.T) {
		needImage(t)
		test(t, callImage)
	})
}

// A kptShop is a workshop with the untidy package.
type kptShop struct {
	t   *testing.T
	dir string
}

func newKptShop(t *testing.T) kptShop {
	t.Helper()
	shop := kptShop{t, workshop(t)}
	content := map[string]string{}
	for name := range untidyPackage {
		content[name] = untidyPackage[name]
	}
	for _, name := range []string{"Kptfile", "secret-checksums.yaml", "config-checksums.yaml"} {
		content[name] = read(t, filepath.Join("kpt-render/shop", name))
	}
	if err := os.CopyFS(filepath.Join(shop.dir, "untidy"), os.DirFS(write(t, content))); err != nil {
		t.Fatal(err)
	}
	return shop
}

func (s kptShop) eval(c kptCaller, pkg string, args ...string) (told string, err error) {
	s.t.Helper()
	return s.kpt(append([]string{"fn", "eval", pkg, "--" + c.way, c.function}, args...)...)
}

// evaluated returns a package as kpt leaves it with a function that does nothing.
func (s kptShop) evaluated(pkg string) map[string]string {
	s.t.Helper()
	succeed(s.t)(s.eval(callCat, pkg))
	return s.files(pkg)
}

// rendered renders a package with a function, and returns its files but the Kptfile.
func (s kptShop) rendered(c kptCaller, pkg string) map[string]string {
	s.t.Helper()
	s.call(c, pkg)
	succeed(s.t)(s.kpt("fn", "render", pkg, "--allow-exec"))
	return manifests(s.files(pkg))
}

// call makes the Kptfile call a function.
func (s kptShop) call(c kptCaller, pkg string) {
	s.t.Helper()
	s.edit(filepath.Join(pkg, "Kptfile"), `(image|exec): .*`, c.way+": "+c.function)
}

func (s kptShop) edit(path, pattern, replacement string) {
	s.t.Helper()
	path = filepath.Join(s.dir, path)
	content, expression := read(s.t, path), regexp.MustCompile(pattern)
	if !expression.MatchString(content) {
		s.t.Fatalf("%s has no %s:\n%s", path, pattern, content)
	}
	if err := os.WriteFile(path, []byte(expression.ReplaceAllLiteralString(content, replacement)), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

func (s kptShop) kpt(args ...string) (told string, err error) {
	s.t.Helper()
	return s.run(exec.Command(program(s.t, "kpt"), args...))
}

func (s kptShop) sh(line string) (told string, err error) {
	s.t.Helper()
	program(s.t, "kpt")
	return s.run(exec.Command("sh", "-c", line))
}

var kptDuration = regexp.MustCompile(` in [0-9.]+m?s\n`)

func (s kptShop) run(command *exec.Cmd) (told string, err error) {
	s.t.Helper()
	command.Dir = s.dir
	output, err := command.CombinedOutput()
	checkNoSecret(s.t, string(output))
	return kptDuration.ReplaceAllString(string(output), " in 0s\n"), err
}

// files returns the content of each file in a folder.
func (s kptShop) files(folder string) map[string]string {
	s.t.Helper()
	found := map[string]string{}
	root := os.DirFS(filepath.Join(s.dir, folder))
	if err := fs.WalkDir(root, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(root, path)
		found[path] = string(content)
		return err
	}); err != nil {
		s.t.Fatal(err)
	}
	return found
}

// manifests returns the files but the Kptfile, in which tests change the function.
func manifests(files map[string]string) map[string]string {
	delete(files, "Kptfile")
	return files
}

// succeed stops the test if a command failed, and returns what it told.
func succeed(t *testing.T) func(told string, err error) string {
	t.Helper()
	return func(told string, err error) string {
		t.Helper()
		if err != nil {
			t.Fatalf("%v\n%s", err, told)
		}
		return told
	}
}

func checkNoSecret(t *testing.T, told string) {
	t.Helper()
	if strings.Contains(told, "not-a-secret") {
		t.Errorf("data of a Secret are shown:\n%s", told)
	}
}

func checkSame(t *testing.T, what string, want, got map[string]string) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s changed files (-want +got):\n%s", what, diff)
	}
}

// checkAdded makes sure that got is what kpt itself makes of the files, and the given
// lines; and that kpt changed nothing but white space.
func checkAdded(t *testing.T, want map[string][]string, original, baseline, got map[string]string) {
	t.Helper()
	checkLines(t, want, baseline, got)
	checkLines(t, want, squeezed(original), squeezed(got))
}

func checkLines(t *testing.T, want map[string][]string, before, after map[string]string) {
	t.Helper()
	added := map[string][]string{}
	for path := range before {
		if lines := addedLines(t, before[path], after[path]); len(lines) > 0 {
			added[path] = lines
		}
	}
	if len(before) != len(after) {
		t.Errorf("there are %d files instead of %d", len(after), len(before))
	}
	if diff := cmp.Diff(want, added, sortLines); diff != "" {
		t.Errorf("added lines (-want +got):\n%s", diff)
	}
}

// The order of annotations means nothing, and kpt has its own.
var sortLines = cmp.Transformer("sort", func(lines []string) map[string]int {
	count := map[string]int{}
	for _, line := range lines {
		count[line]++
	}
	return count
})

// squeezed returns the files without the white space that kpt changes.
func squeezed(files map[string]string) map[string]string {
	changed := map[string]string{}
	for path, content := range files {
		var lines []string
		for _, line := range strings.Split(content, "\n") {
			if words := strings.Fields(line); len(words) > 0 {
				lines = append(lines, strings.Join(words, " "))
			}
		}
		changed[path] = strings.Join(lines, "\n")
	}
	return changed
}
