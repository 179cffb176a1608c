package examples

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/proompteng/checksum-annotator/config"
)

// In the documentation, a block "console" holds commands, each behind "$ ", with
// the output that they print. Those of one document share a copy of the examples,
// where they may change files.
func TestDocumentedCommandsPrintTheDocumentedOutput(t *testing.T) {
	path := commandPath(t)
	for _, document := range documents(t) {
		dir := workshop(t)
		for _, block := range blocks(t, document, "console") {
			for _, entry := range strings.Split("\n"+block, "\n$ ")[1:] {
				line, want, _ := strings.Cut(entry, "\n")
				t.Run(document+": "+line, func(t *testing.T) {
					checkPrograms(t, line)
					command := exec.Command("sh", "-c", line)
					command.Dir = dir
					if strings.HasPrefix(line, "make") {
						command.Dir = ".."
					}
					command.Env = append(os.Environ(), "PATH="+path, "MAKEFLAGS=")
					output, err := command.CombinedOutput()
					if err != nil {
						t.Fatalf("%v\n%s", err, output)
					}
					got := strings.TrimRight(string(output), "\n")
					if *update {
						rewrite(t, document, entry, line+"\n"+got)
						return
					}
					if diff := cmp.Diff(strings.TrimRight(want, "\n"), got); diff != "" {
						t.Errorf("(-want +got):\n%s", diff)
					}
				})
			}
		}
	}
}

// rewrite puts a command with the output that it prints now into a document.
func rewrite(t *testing.T, document, entry, current string) {
	t.Helper()
	text := strings.Replace(read(t, document), "$ "+strings.TrimRight(entry, "\n"), "$ "+strings.TrimRight(current, "\n"), 1)
	if err := os.WriteFile(document, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// checkPrograms skips what a command needs and this machine has not.
func checkPrograms(t *testing.T, line string) {
	t.Helper()
	for _, name := range []string{"docker", "jq", "kpt", "kubectl"} {
		if regexp.MustCompile(`\b` + name + ` `).MatchString(line) {
			program(t, name)
		}
	}
	rendersWithImage := strings.Contains(line, "kpt fn render") && !strings.Contains(line, "--allow-exec")
	if rendersWithImage || strings.Contains(line, image) || strings.Contains(line, "kustomize-container") {
		needImage(t)
	}
	if strings.HasPrefix(line, "make") && os.Getenv("CI") != "true" {
		t.Skip("NOT TESTED: it fetches modules")
	}
}

// commandPath returns a search path on which kustomize, helm (3), helm4 and the
// function are found by their names.
func commandPath(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, target := range map[string]string{
		"kustomize":          tool(t, "kustomize-5.8.2"),
		"helm":               tool(t, "helm-3.15.4"),
		"helm4":              tool(t, "helm-4.2.1"),
		"checksum-annotator": functionPath,
	} {
		if target == "" {
			t.Skip("NOT TESTED: a tool is missing")
		}
		if err := os.Symlink(absolute(t, target), filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	return dir + string(filepath.ListSeparator) + os.Getenv("PATH")
}

func TestDocumentedConfigurationsAreValid(t *testing.T) {
	found := 0
	for _, document := range documents(t) {
		for _, block := range blocks(t, document, "yaml") {
			var object map[string]any
			if err := yaml.Unmarshal([]byte(block), &object); err != nil {
				t.Errorf("%s: %v\n%s", document, err, block)
			}
			if object["kind"] != config.KindName {
				continue
			}
			found++
			if _, errs := config.Load(object); len(errs) > 0 {
				t.Errorf("%s: %v\n%s", document, errs.ToAggregate(), block)
			}
		}
	}
	if found == 0 {
		t.Error("the documentation shows no configuration")
	}
}

func TestLinksLeadSomewhere(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^):#]*)(?:#([^):]+))?\)`)
	for _, document := range documents(t) {
		for _, match := range link.FindAllStringSubmatch(read(t, document), -1) {
			target := document
			if match[1] != "" {
				target = filepath.Join(filepath.Dir(document), match[1])
			}
			if _, err := os.Stat(target); err != nil {
				t.Errorf("%s: %v", document, err)
			} else if match[2] != "" && !slices.Contains(anchors(t, target), match[2]) {
				t.Errorf("%s: %s has no heading %s", document, target, match[2])
			}
		}
	}
}

// anchors returns what links to the headings of a document end in.
func anchors(t *testing.T, document string) []string {
	t.Helper()
	var found []string
	for _, match := range regexp.MustCompile(`(?m)^#+ (.+)$`).FindAllStringSubmatch(read(t, document), -1) {
		text := regexp.MustCompile(`[^\p{L}\p{N} -]`).ReplaceAllString(strings.ToLower(match[1]), "")
		found = append(found, strings.ReplaceAll(text, " ", "-"))
	}
	return found
}

// The list of clients is one, in the documentation for all.
func TestEveryExampleIsInTheListOfClients(t *testing.T) {
	_, list, _ := strings.Cut(read(t, "../README.md"), "\n## Find your client\n")
	list, _, _ = strings.Cut(list, "\n## ")
	examples, err := filepath.Glob("*/README.md")
	if err != nil || len(examples) == 0 {
		t.Fatalf("there are no examples: %v", err)
	}
	for _, example := range examples {
		if link := "(examples/" + filepath.Dir(example) + ")"; !strings.Contains(list, link) {
			t.Errorf("the list has no %s", link)
		}
	}
}

func documents(t *testing.T) []string {
	t.Helper()
	found, err := filepath.Glob("*/README.md")
	if err != nil || len(found) == 0 {
		t.Fatalf("the examples have no documentation: %v", err)
	}
	return append(found, "README.md", "../README.md", "../config/README.md")
}

// blocks returns the fenced blocks of a language.
func blocks(t *testing.T, document, language string) []string {
	t.Helper()
	var found []string
	for _, fenced := range strings.Split("\n"+read(t, document), "\n```"+language+"\n")[1:] {
		block, _, _ := strings.Cut(fenced, "\n```")
		found = append(found, block)
	}
	return found
}
