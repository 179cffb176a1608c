// Package e2e applies what the function annotates to a real control plane, and looks
// at what that rolls out.
package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/proompteng/checksum-annotator/.e2e/cluster"
)

// programs is where "make e2e-tools" leaves the programs of the control plane.
const programs = "../bin/e2e"

// The control plane of all tests, and the function. Each test has a namespace of its own.
var (
	plane    *cluster.Cluster
	function string
)

func TestMain(m *testing.M) {
	code, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		code = 1
	}
	os.Exit(code)
}

func run(m *testing.M) (code int, err error) {
	folder, err := filepath.Abs(programs)
	if err != nil {
		return 0, err
	}
	if _, err := os.Stat(filepath.Join(folder, "kube-apiserver")); err != nil {
		return 0, fmt.Errorf("the control plane is not built, run make e2e-tools: %w", err)
	}
	dir, err := os.MkdirTemp("", "checksum-annotator-e2e-")
	if err != nil {
		return 0, err
	}
	defer func() {
		if code == 0 && err == nil {
			err = os.RemoveAll(dir)
		} else {
			fmt.Fprintln(os.Stderr, "the logs of the servers are in", dir)
		}
	}()
	function = filepath.Join(dir, "bin", "checksum-annotator")
	build := exec.Command("go", "build", "-o", function, ".")
	build.Dir, build.Env = "..", append(os.Environ(), "CGO_ENABLED=0")
	if output, err := build.CombinedOutput(); err != nil {
		return 0, fmt.Errorf("cannot build the function: %w\n%s", err, output)
	}
	plane, err = cluster.Start(folder, dir)
	if err != nil {
		return 0, fmt.Errorf("cannot start the control plane: %w", err)
	}
	defer plane.Stop()
	return m.Run(), nil
}
