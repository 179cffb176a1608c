package e2e

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/proompteng/checksum-annotator/.e2e/cluster"
)

// syncTimeout is what Argo CD may take from a commit to pods.
const syncTimeout = 3 * time.Minute

// What makes kustomize call the function, where it may run programs.
const (
	kustomization = `apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources:
- shop.yaml
transformers:
- rollout-checksums.yaml
`
	executed = `metadata:
  name: rollout-checksums
  annotations:
    config.kubernetes.io/function: |
      exec:
        path: checksum-annotator
`
)

// optionsWithoutExec are settings that lack --enable-exec.
const optionsWithoutExec = `{"data": {"kustomize.buildOptions": "--enable-alpha-plugins"}}`

func TestArgoCD(t *testing.T) {
	plugins := startArgoCD(t)
	t.Run("kustomize calls the function", func(t *testing.T) {
		a := newApplication(t, "argocd-exec", "")
		manifests, functionConfig := read(t, "testdata/shop.yaml"), read(t, "testdata/rollout-checksums.yaml")
		functionConfig = replace(t, functionConfig, "metadata:\n  name: rollout-checksums\n", executed)
		a.write("kustomization.yaml", kustomization)
		a.write("rollout-checksums.yaml", functionConfig)
		a.write("shop.yaml", manifests)
		a.commit()
		a.synced()
		a.rollsOutUsersOfTheSecretAlone(manifests)
		a.doesNotDrift()

		t.Run("an error stands whole in the condition, and nothing is synced", func(t *testing.T) {
			a := a.in(t)
			before := a.revisions()
			a.write("rollout-checksums.yaml", replace(t, functionConfig, "  - settings", "  - setings\n  onMissing: Fail"))
			a.commit()
			a.comparisonError("error: ChecksumAnnotator rollout-checksums: spec.configMaps[0]: ConfigMap setings is not in the input")
			if rolled := a.rolledSince(before); rolled != nil {
				t.Errorf("rolled out: %q, want none", rolled)
			}
			a.write("rollout-checksums.yaml", functionConfig)
			a.commit()
			a.synced()
		})

		t.Run("without the option, checksums are dropped silently and pods restart", func(t *testing.T) {
			a := a.in(t)
			before := a.revisions()
			if _, err := plane.Kubectl("", "--namespace", cluster.ArgoCDNamespace,
				"patch", "configmap", "argocd-cm", "--patch", optionsWithoutExec); err != nil {
				t.Fatal(err)
			}
			// Argo CD takes its time to notice.
			err := plane.Await(syncTimeout, func() error {
				a.synced()
				if annotations := a.annotations("deployment/api"); len(annotations) != 0 {
					return fmt.Errorf("annotations: %q, want none", annotations)
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			want := []string{"DaemonSet/agent", "Deployment/api", "Deployment/web", "StatefulSet/orders"}
			if rolled := a.rolledSince(before); !slices.Equal(rolled, want) {
				t.Errorf("rolled out: %q, want %q", rolled, want)
			}
		})
	})

	t.Run("a plugin calls the function", func(t *testing.T) {
		startPlugin(t, plugins)
		a := newApplication(t, "argocd-plugin", "    plugin:\n      name: checksum-annotator\n")
		manifests := read(t, "testdata/shop.yaml")
		a.write("kustomization.yaml", "resources:\n- shop.yaml\n")
		a.write("rollout-checksums.yaml", read(t, "testdata/rollout-checksums.yaml"))
		a.write("shop.yaml", manifests)
		a.commit()
		a.synced()
		a.rollsOutUsersOfTheSecretAlone(manifests)
		a.doesNotDrift()
	})
}

// startArgoCD starts Argo CD, with the function and kustomize where it looks for
// programs, and returns the folder that plugins listen in.
func startArgoCD(t *testing.T) (plugins string) {
	t.Helper()
	kustomize, err := filepath.Abs("../bin/tools/kustomize-5.8.2")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(kustomize, filepath.Join(tools(), "kustomize")); err != nil {
		t.Fatal(err)
	}
	plugins = filepath.Join(plane.Dir, "plugins")
	if err := errors.Join(os.Mkdir(plugins, 0o700), plane.StartArgoCD(tools(), plugins)); err != nil {
		t.Fatal(err)
	}
	return plugins
}

// tools is the folder of the programs that are on the path of Argo CD.
func tools() string { return filepath.Dir(function) }

// startPlugin starts the plugin of the example.
func startPlugin(t *testing.T, plugins string) {
	t.Helper()
	configuration := filepath.Join(plane.Dir, "plugin")
	err := errors.Join(
		os.Mkdir(configuration, 0o700),
		os.WriteFile(filepath.Join(configuration, "plugin.yaml"), []byte(read(t, "../examples/argocd/cmp/plugin.yaml")), 0o600),
		plane.RunPlugin(configuration, tools(), plugins),
	)
	if err != nil {
		t.Fatal(err)
	}
}

// An application is one of Argo CD, with the Git repository that it is rendered from and
// the namespace that it is synced to.
type application struct {
	namespace

	repository string
}

// newApplication makes one of an empty repository. The last argument is further YAML of
// its source.
func newApplication(t *testing.T, name, source string) application {
	t.Helper()
	a := application{newNamespace(t, name), t.TempDir()}
	a.git("init", "--quiet", "--initial-branch=main")
	a.git("commit", "--quiet", "--allow-empty", "--message=begin")
	manifest := fmt.Sprintf(`apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: %[1]s
  namespace: argocd
spec:
  project: default
  source:
    repoURL: file://%[2]s
    targetRevision: main
    path: .
%[3]s  destination:
    server: %[4]s
    namespace: %[1]s
  syncPolicy:
    automated:
      prune: true
      selfHeal: true
`, name, a.repository, source, plane.URL)
	if _, err := plane.Kubectl(manifest, "apply", "-f", "-"); err != nil {
		t.Fatal(err)
	}
	return a
}

// in is the application in a test of a test.
func (a application) in(t *testing.T) application {
	a.t = t
	return a
}

func (a application) git(args ...string) string {
	a.t.Helper()
	command := exec.Command("git", args...)
	command.Dir = a.repository
	command.Env = append(os.Environ(),
		"GIT_CONFIG_GLOBAL=/dev/null", "GIT_AUTHOR_NAME=e2e", "GIT_AUTHOR_EMAIL=e2e@shop.example",
		"GIT_COMMITTER_NAME=e2e", "GIT_COMMITTER_EMAIL=e2e@shop.example")
	output, err := command.CombinedOutput()
	if err != nil {
		a.t.Fatalf("git %q: %v: %s", args, err, output)
	}
	return strings.TrimSpace(string(output))
}

func (a application) write(name, text string) {
	a.t.Helper()
	if err := os.WriteFile(filepath.Join(a.repository, name), []byte(text), 0o600); err != nil {
		a.t.Fatal(err)
	}
}

func (a application) commit() {
	a.t.Helper()
	a.git("add", ".")
	a.git("commit", "--quiet", "--message=change")
}

// A status is what is read of that of an Application.
type status struct {
	Sync       struct{ Status, Revision string }
	Health     struct{ Status string }
	Conditions []struct{ Type, Message string }
	// OperationState is of the last sync.
	OperationState struct {
		Phase      string
		StartedAt  string
		SyncResult struct{ Revision string }
	}
}

// refresh lets Argo CD compare anew, and returns what it finds.
func (a application) refresh() (status, error) {
	resource := "application/" + a.name
	if _, err := plane.Kubectl("", "--namespace", cluster.ArgoCDNamespace, "annotate", "--overwrite", resource, "argocd.argoproj.io/refresh=hard"); err != nil {
		return status{}, err
	}
	var object struct {
		Metadata struct{ Annotations map[string]string }
		Status   status
	}
	err := plane.Await(syncTimeout, func() error {
		output, err := plane.Kubectl("", "--namespace", cluster.ArgoCDNamespace, "get", resource, "--output", "json")
		if err != nil {
			return err
		}
		object.Metadata.Annotations = nil
		object.Status = status{}
		if err := json.Unmarshal([]byte(output), &object); err != nil {
			return err
		}
		if _, waiting := object.Metadata.Annotations["argocd.argoproj.io/refresh"]; waiting {
			return fmt.Errorf("%s is not refreshed", resource)
		}
		return nil
	})
	return object.Status, err
}

// synced waits until the last commit is in the cluster and its pods are ready.
func (a application) synced() {
	a.t.Helper()
	head := a.git("rev-parse", "HEAD")
	err := plane.Await(syncTimeout, func() error {
		status, err := a.refresh()
		if err != nil {
			return err
		}
		last := status.OperationState
		if status.Sync.Status != "Synced" || status.Sync.Revision != head || status.Health.Status != "Healthy" ||
			last.Phase != "Succeeded" || len(status.Conditions) > 0 {
			return fmt.Errorf("commit %s is not there: %+v", head, status)
		}
		return nil
	})
	if err != nil {
		a.t.Fatal(err)
	}
	a.rolledOut()
}

// comparisonError waits until the Application says that it cannot be rendered, and why.
func (a application) comparisonError(want string) {
	a.t.Helper()
	err := plane.Await(syncTimeout, func() error {
		status, err := a.refresh()
		if err != nil {
			return err
		}
		for _, condition := range status.Conditions {
			if condition.Type == "ComparisonError" && strings.Contains(condition.Message, want) {
				return nil
			}
		}
		return fmt.Errorf("no condition says %q: %+v", want, status.Conditions)
	})
	if err != nil {
		a.t.Fatal(err)
	}
}

// rollsOutUsersOfTheSecretAlone commits a change of a Secret of the shop, and takes it
// back in another commit.
func (a application) rollsOutUsersOfTheSecretAlone(manifests string) {
	a.t.Helper()
	before := a.revisions()
	a.write("shop.yaml", replace(a.t, manifests, "uri: not-a-secret-uri", "uri: another-uri"))
	a.commit()
	a.synced()
	want := []string{"Deployment/api", "StatefulSet/orders"}
	if rolled := a.rolledSince(before); !slices.Equal(rolled, want) {
		a.t.Errorf("rolled out: %q, want %q", rolled, want)
	}
	a.write("shop.yaml", manifests)
	a.commit()
	a.synced()
}

// doesNotDrift lets Argo CD render anew: it has nothing to heal.
func (a application) doesNotDrift() {
	a.t.Helper()
	var seen [2]status
	for i := range seen {
		status, err := a.refresh()
		if err != nil {
			a.t.Fatal(err)
		}
		if status.Sync.Status != "Synced" {
			a.t.Errorf("the Application is %s, want Synced", status.Sync.Status)
		}
		seen[i] = status
	}
	if seen[0].OperationState.StartedAt != seen[1].OperationState.StartedAt {
		a.t.Error("the Application was synced without a change")
	}
}
