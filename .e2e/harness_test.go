package e2e

import (
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// rolloutTimeout is what a rollout may take, as kubectl reads it.
const rolloutTimeout = "--timeout=120s"

// A namespace is one of the cluster, for one test.
type namespace struct {
	t    *testing.T
	name string
}

// newNamespace makes a namespace that is there until the test ends.
func newNamespace(t *testing.T, name string) namespace {
	t.Helper()
	n := namespace{t, name}
	n.kubectl("", "create", "namespace", name)
	t.Cleanup(func() {
		if _, err := plane.Kubectl("", "delete", "namespace", name, "--wait=false"); err != nil {
			t.Error(err)
		}
	})
	return n
}

func (n namespace) kubectl(stdin string, args ...string) string {
	n.t.Helper()
	output, err := plane.Kubectl(stdin, append([]string{"--namespace", n.name}, args...)...)
	if err != nil {
		n.t.Fatal(err)
	}
	return output
}

// apply applies manifests and waits until all workloads of the namespace are rolled out.
func (n namespace) apply(manifests string, options ...string) {
	n.t.Helper()
	n.kubectl(manifests, append([]string{"apply", "-f", "-"}, options...)...)
	n.rolledOut()
}

func (n namespace) rolledOut() {
	n.t.Helper()
	for _, workload := range strings.Fields(n.kubectl("", "get", "deployments,statefulsets,daemonsets", "--output", "name")) {
		n.kubectl("", "rollout", "status", workload, rolloutTimeout)
	}
}

// revisions returns the name of the newest ReplicaSet or ControllerRevision of each
// workload: another one for each change of a pod template.
func (n namespace) revisions() map[string]string {
	n.t.Helper()
	var list struct {
		Items []struct {
			Metadata struct {
				Name            string
				Annotations     map[string]string
				OwnerReferences []struct{ Kind, Name string }
			}
			Revision int // of a ControllerRevision
		}
	}
	if err := json.Unmarshal([]byte(n.kubectl("", "get", "replicasets,controllerrevisions", "--output", "json")), &list); err != nil {
		n.t.Fatal(err)
	}
	newest, names := map[string]int{}, map[string]string{}
	for _, item := range list.Items {
		number := item.Revision
		if text, isReplicaSet := item.Metadata.Annotations["deployment.kubernetes.io/revision"]; isReplicaSet {
			var err error
			if number, err = strconv.Atoi(text); err != nil {
				n.t.Fatal(err)
			}
		}
		owner := item.Metadata.OwnerReferences[0]
		if workload := owner.Kind + "/" + owner.Name; number > newest[workload] {
			newest[workload], names[workload] = number, item.Metadata.Name
		}
	}
	return names
}

// rolledSince returns the workloads that have another revision than before.
func (n namespace) rolledSince(before map[string]string) []string {
	n.t.Helper()
	var rolled []string
	after := n.revisions()
	for _, workload := range slices.Sorted(maps.Keys(after)) {
		if after[workload] != before[workload] {
			rolled = append(rolled, workload)
		}
	}
	return rolled
}

// annotations returns those of the pod template of a workload.
func (n namespace) annotations(workload string) map[string]string {
	n.t.Helper()
	annotations := map[string]string{}
	output := n.kubectl("", "get", workload, "--output", "jsonpath={.spec.template.metadata.annotations}")
	if output == "" {
		return annotations
	}
	if err := json.Unmarshal([]byte(output), &annotations); err != nil {
		n.t.Fatal(err)
	}
	return annotations
}

// annotate runs the function on a stream of manifests.
func annotate(t *testing.T, manifests, functionConfig string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "rollout-checksums.yaml")
	if err := os.WriteFile(file, []byte(functionConfig), 0o600); err != nil {
		t.Fatal(err)
	}
	command := exec.Command(function, "annotate", "-c", file)
	command.Stdin = strings.NewReader(manifests)
	var stderr strings.Builder
	command.Stderr = &stderr
	output, err := command.Output()
	if err != nil {
		t.Fatalf("annotate: %v: %s", err, stderr.String())
	}
	return string(output)
}

// read returns the text of a file.
func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// replace replaces a text that has to be there, once.
func replace(t *testing.T, text, old, with string) string {
	t.Helper()
	if strings.Count(text, old) != 1 {
		t.Fatalf("%q is there %d times, not once", old, strings.Count(text, old))
	}
	return strings.Replace(text, old, with, 1)
}
