package examples

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// plainFiles writes as many Deployments as given, which use one Secret, and a configuration,
// into a new folder. The files are larger than a kilobyte.
func plainFiles(t *testing.T, count int) (dir string, before map[string]string) {
	t.Helper()
	before = map[string]string{}
	for i := range count {
		before[fmt.Sprintf("manifests/%04d.yaml", i)] = deployment(nil, []string{"db"}) + strings.Repeat("# not a word\n", 100)
	}
	files := map[string]string{"manifests/secret.yaml": "apiVersion: v1\nkind: Secret\nmetadata: {name: db}\nstringData: {a: not-a-secret}\n", "config.yaml": transformer(t, "db", "")}
	for name, content := range before {
		files[name] = content
	}
	return write(t, files), before
}

func annotateInPlace(dir string) *exec.Cmd {
	return exec.Command(functionPath, "annotate", "-c", filepath.Join(dir, "config.yaml"), "--in-place", filepath.Join(dir, "manifests"))
}

// checkWhole tells which files are neither as they were nor annotated, and which are left
// over. It returns how many are annotated.
func checkWhole(t *testing.T, dir string, before map[string]string) (annotated int) {
	t.Helper()
	for name, content := range before {
		got := read(t, filepath.Join(dir, name))
		if got == content {
			continue
		}
		added := addedLines(t, content, got)
		if len(added) != 2 || added[0] != "annotations:" || !strings.HasPrefix(added[1], "checksum/secret.db: ") {
			t.Errorf("%s is neither as it was nor annotated:\n%s", name, got)
		}
		annotated++
	}
	if left, err := filepath.Glob(filepath.Join(dir, "manifests", ".*")); err != nil || len(left) > 0 {
		t.Errorf("files are left: %v, %v", left, err)
	}
	return annotated
}

func TestFullDiskLeavesFilesAsTheyWere(t *testing.T) {
	dir, before := plainFiles(t, 3)
	command := annotateInPlace(dir)
	// A limit fails as a full disk does: in the middle of a file.
	limited := exec.Command("sh", append([]string{"-c", `ulimit -f 1 && exec "$0" "$@"`}, command.Args...)...)
	stdout, stderr, err := capture(limited)
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 1 || stdout != "" || !strings.Contains(stderr, "error: nothing is changed: cannot write ") {
		t.Errorf("%v, output %q, standard error %q", err, stdout, stderr)
	}
	if annotated := checkWhole(t, dir, before); annotated > 0 {
		t.Errorf("%d files are annotated", annotated)
	}
}

func TestReadOnlyFileLeavesFilesAsTheyWere(t *testing.T) {
	dir, before := plainFiles(t, 3)
	if err := os.Chmod(filepath.Join(dir, "manifests", "0002.yaml"), 0o400); err != nil {
		t.Fatal(err)
	}
	stdout, stderr, err := capture(annotateInPlace(dir))
	if err == nil || stdout != "" || !strings.Contains(stderr, "0002.yaml: it is read-only") {
		t.Errorf("%v, output %q, standard error %q", err, stdout, stderr)
	}
	if annotated := checkWhole(t, dir, before); annotated > 0 {
		t.Errorf("%d files are annotated", annotated)
	}
}

// Wherever the signal meets the program: it ends with an error, or it has done everything.
func TestTerminatedInTheMiddleLeavesWholeFiles(t *testing.T) {
	dir, before := plainFiles(t, 500)
	command := annotateInPlace(dir)
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	pattern := filepath.Join(dir, "manifests", ".*")
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	var err error
	for running := true; running; {
		select {
		case err = <-ended:
			running = false
		default:
			if found, _ := filepath.Glob(pattern); len(found) > 0 { // it is writing
				_ = command.Process.Signal(syscall.SIGTERM) // it may have ended
				err, running = <-ended, false
			}
		}
	}
	if annotated := checkWhole(t, dir, before); (err == nil) != (annotated == len(before)) {
		t.Errorf("%d of %d files are annotated: %v", annotated, len(before), err)
	}
}
