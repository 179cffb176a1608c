package examples

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

// The steps of the workflow are run as GitHub does, on the two trees of the example; but
// those that install the program and that send the comment.
func TestPullRequestWorkflow(t *testing.T) {
	var workflow struct {
		Jobs map[string]struct {
			Steps []struct{ Name, Run string }
		}
	}
	if err := yaml.Unmarshal([]byte(read(t, "pull-request/impact.yaml")), &workflow); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("pull-request")); err != nil {
		t.Fatal(err)
	}
	summary := filepath.Join(dir, "summary.md")
	environment := append(os.Environ(), "PATH="+commandPath(t), "GITHUB_STEP_SUMMARY="+summary)
	ran := 0
	for _, step := range workflow.Jobs["impact"].Steps {
		switch step.Name {
		case "", "install": // what GitHub has, and what the test has
			continue
		case "comment":
			file, _, _ := strings.Cut(step.Run[strings.Index(step.Run, "--body-file ")+len("--body-file "):], " ")
			if comment := read(t, filepath.Join(dir, strings.TrimSpace(file))); !strings.Contains(comment, "#### Not restarted") || comment != read(t, summary) {
				t.Errorf("the comment is\n%s", comment)
			}
			continue
		}
		ran++
		command := exec.Command("bash", "-e", "-o", "pipefail", "-c", step.Run)
		command.Dir, command.Env = dir, environment
		output, err := command.CombinedOutput()
		if failed := err != nil; failed != (step.Name == "fail") {
			t.Errorf("step %s: %v\n%s", step.Name, err, output)
		}
		if step.Name == "fail" && !strings.Contains(string(output), "error: 1 workload that a changed source does not reach") {
			t.Errorf("step %s prints\n%s", step.Name, output)
		}
	}
	if ran != 3 {
		t.Errorf("%d steps were run", ran)
	}
}
