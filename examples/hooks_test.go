package examples

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

// A workbench is a git repository with the files of the example pre-commit, whose hooks come from the
// files of this project as they are now.
type workbench struct {
	*testing.T
	dir string
	env []string
}

func newWorkbench(t *testing.T) *workbench {
	t.Helper()
	cache, err := buildPlainly("go", "env", "GOMODCACHE")
	if err != nil {
		t.Fatal(err)
	}
	w := &workbench{T: t, dir: filepath.Join(t.TempDir(), "work")}
	w.env = append(os.Environ(),
		"PRE_COMMIT_HOME="+t.TempDir(), "GOMODCACHE="+strings.TrimSpace(cache), "GOFLAGS=-buildvcs=false",
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.com",
		"GIT_CONFIG_GLOBAL=/dev/null")
	return w
}

// run runs a command in the repository.
func (w *workbench) run(name string, args ...string) (string, error) {
	command := exec.Command(name, args...)
	command.Dir, command.Env = w.dir, w.env
	output, err := command.CombinedOutput()
	return string(output), err
}

func (w *workbench) mustRun(name string, args ...string) string {
	w.Helper()
	output, err := w.run(name, args...)
	if err != nil {
		w.Fatalf("%s %q: %v\n%s", name, args, err, output)
	}
	return output
}

// repository makes a repository of a folder, with one commit.
func (w *workbench) repository(files map[string]string) (dir, commit string) {
	w.Helper()
	dir = write(w.T, files)
	w.dir = dir
	w.mustRun("git", "init", "-q", "-b", "main")
	w.mustRun("git", "add", "--force", ".")
	w.mustRun("git", "commit", "-q", "-m", "files")
	return dir, strings.TrimSpace(w.mustRun("git", "rev-parse", "HEAD"))
}

// project returns the files of this project that pre-commit needs, without tests.
func project(t *testing.T) map[string]string {
	t.Helper()
	tracked, err := buildPlainly("git", "-C", "..", "ls-files", "--cached", "--others", "--exclude-standard")
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, name := range strings.Fields(tracked) {
		if strings.HasPrefix(name, "examples/") || strings.HasSuffix(name, "_test.go") || strings.Contains(name, "/testdata/") {
			continue
		}
		if content, err := os.ReadFile(filepath.Join("..", name)); err == nil {
			files[name] = string(content)
		}
	}
	return files
}

func TestPreCommitRunsTheHooks(t *testing.T) {
	program(t, "pre-commit")
	w := newWorkbench(t)
	hooks, commit := w.repository(project(t))
	files := map[string]string{}
	for _, name := range []string{"rollout-checksums.yaml", "manifests/secret.yaml", "manifests/deployment.yaml"} {
		files[name] = read(t, filepath.Join("pre-commit", name))
	}
	config := read(t, "pre-commit/.pre-commit-config.yaml")
	config = regexp.MustCompile(`repo: .*`).ReplaceAllString(config, "repo: "+hooks)
	files[".pre-commit-config.yaml"] = regexp.MustCompile(`rev: .*`).ReplaceAllString(config, "rev: "+commit)
	w.repository(files)
	if blocks := blocks(t, "pre-commit/README.md", "yaml"); !strings.Contains(blocks[0], strings.TrimSpace(read(t, "pre-commit/.pre-commit-config.yaml"))) {
		t.Error("the documentation shows another configuration")
	}

	// The first time, the hook changes the Deployment, and so fails; the second time it does not.
	output, err := w.run("pre-commit", "run", "--all-files")
	if err == nil || !strings.Contains(output, "files were modified by this hook") || !strings.Contains(output, "manifests/deployment.yaml") {
		t.Fatalf("%v\n%s", err, output)
	}
	if changed := w.mustRun("git", "diff", "--name-only"); changed != "manifests/deployment.yaml\n" {
		t.Errorf("changed are %q", changed)
	}
	if after := read(t, filepath.Join(w.dir, "manifests", "deployment.yaml")); !strings.Contains(after, "checksum/secret.database: ") {
		t.Errorf("it holds:\n%s", after)
	}
	w.mustRun("pre-commit", "run", "--all-files")

	// The hook that checks fails for a Secret that has changed.
	edit(t, filepath.Join(w.dir, ".pre-commit-config.yaml"), "id: checksum-annotate", "id: checksum-annotate-check", 1)
	w.mustRun("git", "add", ".")
	w.mustRun("pre-commit", "run", "--all-files")
	edit(t, filepath.Join(w.dir, "manifests", "secret.yaml"), "shop@db", "shop2@db", 1)
	w.mustRun("git", "add", ".")
	output, err = w.run("pre-commit", "run", "--all-files")
	if err == nil || !strings.Contains(output, "+        checksum/secret.database: ") || strings.Contains(output, "shop2@db") {
		t.Errorf("%v\n%s", err, output)
	}
}

// An action is a composite action of GitHub.
type action struct {
	Inputs map[string]struct {
		Default  string
		Required bool
	}
	Runs struct {
		Using string
		Steps []struct {
			Name, If, Shell, Run string
			Env                  map[string]string
		}
	}
}

var expression = regexp.MustCompile(`\$\{\{ *([^}]*?) *\}\}`)

// run runs the steps of the action as a runner does: with inputs, in one folder, each in a
// shell, with what the steps before it have added to the search path.
func (a action) run(t *testing.T, dir string, inputs map[string]string) (string, error) {
	t.Helper()
	temp := t.TempDir()
	values := map[string]string{"github.action_path": absolute(t, ".."), "runner.temp": temp}
	for name, input := range a.Inputs {
		values["inputs."+name] = input.Default
		if value, given := inputs[name]; given {
			values["inputs."+name] = value
		} else if input.Required {
			t.Fatalf("%s is not given", name)
		}
	}
	evaluate := func(text string) string {
		return expression.ReplaceAllStringFunc(text, func(found string) string {
			value, known := values[expression.FindStringSubmatch(found)[1]]
			if !known {
				t.Fatalf("this test does not know %s", found)
			}
			return value
		})
	}
	paths := filepath.Join(temp, "path")
	var all strings.Builder
	for _, step := range a.Runs.Steps {
		if name, isSet := strings.CutSuffix(strings.Trim(step.If, "${ }"), " != ''"); step.If != "" && (!isSet || values[name] == "") {
			continue
		}
		if expression.MatchString(step.Run) || step.Shell != "bash" {
			t.Errorf("the step %s: inputs belong into env, and the shell is bash", step.Name)
		}
		added, _ := os.ReadFile(paths) // there is none before the first step
		command := exec.Command("bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", step.Run)
		command.Dir = dir
		command.Env = append(os.Environ(), "GITHUB_PATH="+paths, "PATH="+strings.TrimSpace(string(added))+":"+commandPathWithoutFunction(t))
		for name, value := range step.Env {
			command.Env = append(command.Env, name+"="+evaluate(value))
		}
		output, err := command.CombinedOutput()
		all.Write(output)
		if err != nil {
			return all.String(), err
		}
	}
	return all.String(), nil
}

// commandPathWithoutFunction returns a search path with kustomize and without the program,
// which the action builds.
func commandPathWithoutFunction(t *testing.T) string {
	t.Helper()
	kustomize := tool(t, "kustomize-5.8.2")
	if kustomize == "" {
		t.Skip("NOT TESTED: a tool is missing")
	}
	dir := t.TempDir()
	if err := os.Symlink(kustomize, filepath.Join(dir, "kustomize")); err != nil {
		t.Fatal(err)
	}
	return dir + ":" + os.Getenv("PATH")
}

func readAction(t *testing.T) action {
	t.Helper()
	var a action
	if err := yaml.Unmarshal([]byte(read(t, "../action.yml")), &a); err != nil || a.Runs.Using != "composite" {
		t.Fatalf("it is no composite action: %v", err)
	}
	return a
}

func TestDocumentedInputsAreThoseOfTheAction(t *testing.T) {
	var workflow struct {
		Steps []struct {
			Uses string
			With map[string]string
		}
	}
	for _, block := range blocks(t, "README.md", "yaml") {
		if strings.HasPrefix(block, "steps:") {
			if err := yaml.Unmarshal([]byte(block), &workflow); err != nil {
				t.Fatal(err)
			}
		}
	}
	a, found := readAction(t), 0
	for _, step := range workflow.Steps {
		for name := range step.With {
			found++
			if _, known := a.Inputs[name]; !known {
				t.Errorf("the action has no input %s", name)
			}
		}
	}
	if found == 0 {
		t.Error("the documentation shows no inputs")
	}
}

func TestActionChecks(t *testing.T) {
	a := readAction(t)
	const patches, plain = "examples/kubectl-apply-k/", "examples/plain-files/"
	tests := []struct {
		name   string
		inputs map[string]string
		edit   string // a file, to be another one afterwards
		want   string
		fails  bool
	}{
		{"patches", map[string]string{"config": patches + "rollout-checksums.yaml", "kustomization": patches, "patches": patches + "checksum-patches.yaml"}, "", "the patches are up to date", false},
		{"old patches", map[string]string{"config": patches + "rollout-checksums.yaml", "kustomization": patches, "patches": patches + "checksum-patches.yaml"}, patches + "secret.yaml", "its patch is out of date", true},
		{"function", map[string]string{"config": "examples/quickstart/rollout-checksums.yaml", "kustomization": "examples/quickstart", "build-options": "--enable-alpha-plugins --enable-exec"}, "", "up to date", false},
		{"skipped function", map[string]string{"config": "examples/quickstart/rollout-checksums.yaml", "kustomization": "examples/quickstart", "build-options": "--enable-alpha-plugins"}, "", "has no annotation", true},
		{"broken kustomization", map[string]string{"config": patches + "rollout-checksums.yaml", "kustomization": "examples/absent", "patches": patches + "checksum-patches.yaml"}, "", "", true},
		{"plain files", map[string]string{"config": plain + "rollout-checksums.yaml", "manifests": plain + "manifests"}, "", "+        checksum/secret.database: ", true},
		{"several plain files", map[string]string{"config": plain + "rollout-checksums.yaml", "manifests": plain + "manifests/secret.yaml " + plain + "manifests/deployment.yaml"}, "", "+        checksum/secret.database: ", true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := workshop(t)
			if test.edit != "" {
				edit(t, filepath.Join(dir, test.edit), "shop@db", "shop2@db", 1)
			}
			output, err := a.run(t, dir, test.inputs)
			if (err != nil) != test.fails || !strings.Contains(output, test.want) {
				t.Errorf("%v\n%s", err, output)
			}
		})
	}
}
