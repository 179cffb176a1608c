package examples

import (
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A kustomizeCommand is how a user calls kustomize, without flags.
type kustomizeCommand struct {
	name string
	call []string
}

// installedKustomizes returns the commands that are installed, but for kubectl.
func installedKustomizes(t *testing.T) []kustomizeCommand {
	t.Helper()
	var found []kustomizeCommand
	for _, version := range []string{"5.8.2", "5.4.3"} {
		if path := tool(t, "kustomize-"+version); path != "" {
			found = append(found, kustomizeCommand{version, []string{path, "build"}})
		}
	}
	return found
}

// run returns what the command prints, and how it ends.
func (k kustomizeCommand) run(args ...string) (stdout, stderr string, err error) {
	args = append(k.call[1:len(k.call):len(k.call)], args...)
	return capture(exec.Command(k.call[0], args...))
}

// eachCommand tests kubectl as well, where there is one.
func eachCommand(t *testing.T, test func(t *testing.T, command kustomizeCommand)) {
	t.Helper()
	for _, command := range installedKustomizes(t) {
		t.Run(command.name, func(t *testing.T) { test(t, command) })
	}
	t.Run("kubectl", func(t *testing.T) {
		test(t, kustomizeCommand{"kubectl", []string{program(t, "kubectl"), "kustomize"}})
	})
}

// The trap of which the documentation warns: success, no word, and no checksums.
func TestProgramIsSkippedSilentlyWithoutEnableExec(t *testing.T) {
	const example = "kustomize-exec"
	checksums := regexp.MustCompile(`(?m)^ +annotations:\n +checksum/.*\n`)
	expected := read(t, filepath.Join(example, "expected.yaml"))
	want := checksums.ReplaceAllString(expected, "")
	if want == expected {
		t.Fatal("the example has no checksums")
	}
	eachCommand(t, func(t *testing.T, command kustomizeCommand) {
		stdout, stderr, err := command.run("--enable-alpha-plugins", example)
		if err != nil || stderr != "" {
			t.Errorf("it is not silent any more: %v, %q", err, stderr)
		}
		if diff := cmp.Diff(want, stdout); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

func TestBuildFailsWithoutEnableAlphaPlugins(t *testing.T) {
	for _, example := range []string{"kustomize-exec", "kustomize-container"} {
		eachCommand(t, func(t *testing.T, command kustomizeCommand) {
			wantFailure(t, command, "external plugins disabled; unable to load external plugin 'ChecksumAnnotator'", example)
		})
	}
}

func TestKubectlHasNoEnableExec(t *testing.T) {
	kubectl := kustomizeCommand{"kubectl", []string{program(t, "kubectl")}}
	wantFailure(t, kubectl, "unknown flag: --enable-exec", "kustomize", "--enable-exec", "kustomize-exec")
	wantFailure(t, kubectl, "unknown flag: --enable-alpha-plugins", "apply", "--enable-alpha-plugins", "-k", "kustomize-container")
}

// wantFailure tests that a command fails with a message and prints no manifests.
func wantFailure(t *testing.T, command kustomizeCommand, message string, args ...string) {
	t.Helper()
	stdout, stderr, err := command.run(args...)
	var exit *exec.ExitError
	if !errors.As(err, &exit) || stdout != "" || !strings.Contains(stderr, message) {
		t.Errorf("%s %q: %v, %q, %q", command.name, args, err, stdout, stderr)
	}
}

func TestKubectlRunsTheContainer(t *testing.T) {
	needImage(t)
	kubectl := kustomizeCommand{"kubectl", []string{program(t, "kubectl"), "kustomize"}}
	stdout, stderr, err := kubectl.run("--enable-alpha-plugins", "kustomize-container")
	if err != nil {
		t.Fatalf("%v: %s", err, stderr)
	}
	if diff := cmp.Diff(read(t, "kustomize-container/expected.yaml"), stdout); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A user sees the same messages with each kustomize, whichever way it calls the
// function.
func TestFailuresAreShown(t *testing.T) {
	for _, example := range []string{"config", "missing"} {
		dir := filepath.Join("kustomize-exec", "failing", example)
		t.Run(example+"/exec", func(t *testing.T) { testFailure(t, dir, dir) })
		t.Run(example+"/container", func(t *testing.T) {
			needImage(t)
			copied := filepath.Join(workshop(t), "examples", dir)
			edit(t, filepath.Join(copied, "rollout-checksums.yaml"),
				"exec:\n        path: ../../../../bin/checksum-annotator", "container:\n        image: "+image, -1)
			testFailure(t, copied, dir)
		})
	}
}

func testFailure(t *testing.T, dir, expected string) {
	t.Helper()
	for _, command := range installedKustomizes(t) {
		stdout, stderr, err := command.run("--enable-alpha-plugins", "--enable-exec", dir)
		if err == nil || stdout != "" {
			t.Errorf("kustomize %s: %v, %s", command.name, err, stdout)
		}
		golden(t, filepath.Join(expected, "expected.stderr"), fmt.Sprintf("%s%v\n", stderr, err))
	}
}

func TestProgramIsFoundByName(t *testing.T) {
	examples := filepath.Join(workshop(t), "examples")
	edit(t, filepath.Join(examples, "kustomize-exec", "kustomization.yaml"), "by-path", "by-name", -1)
	for _, kustomize := range kustomizes(t) {
		t.Run(kustomize.name, func(t *testing.T) {
			t.Setenv("PATH", t.TempDir())
			wantBuildError(t, kustomize, filepath.Join(examples, "kustomize-exec"),
				`exec: "checksum-annotator": executable file not found in $PATH`)
			findFunctionByName(t)
			wantExpected(t, kustomize, examples, "kustomize-exec")
		})
	}
}

// The last block of the documentation runs the image by "args".
func TestProgramWithArguments(t *testing.T) {
	needImage(t)
	examples := filepath.Join(workshop(t), "examples")
	configs := blocks(t, "kustomize-exec/README.md", "yaml")
	edit(t, filepath.Join(examples, "kustomize-exec", "by-path.yaml"), read(t, "kustomize-exec/by-path.yaml"), configs[len(configs)-1], -1)
	for _, kustomize := range kustomizes(t) {
		t.Run(kustomize.name, func(t *testing.T) {
			if kustomize.name == "5.4.3" {
				wantBuildError(t, kustomize, filepath.Join(examples, "kustomize-exec"), `unknown field "args"`)
				return
			}
			wantExpected(t, kustomize, examples, "kustomize-exec")
		})
	}
}

// A relative path counts from the kustomization that lists the transformer, which is
// a component, or the one that lists a folder of transformers.
func TestWhereARelativePathCounts(t *testing.T) {
	const overlay = "kustomize-component/overlays/production"
	for _, test := range []struct {
		field      string
		path, miss string
	}{
		{"components", "../../../bin/checksum-annotator", "../../../../bin/checksum-annotator"},
		{"transformers", "../../../../bin/checksum-annotator", "../../../bin/checksum-annotator"},
	} {
		examples := filepath.Join(workshop(t), "examples")
		edit(t, filepath.Join(examples, overlay, "kustomization.yaml"), "components:", test.field+":", -1)
		if test.field == "transformers" {
			shareAsTransformer(t, filepath.Join(examples, "kustomize-component", "checksums"))
		}
		config := filepath.Join(examples, "kustomize-component", "checksums", "rollout-checksums.yaml")
		edit(t, config, "path: checksum-annotator", "path: "+test.path, -1)
		for _, kustomize := range kustomizes(t) {
			wantExpected(t, kustomize, examples, overlay)
		}
		edit(t, config, test.path, test.miss, -1)
		for _, kustomize := range kustomizes(t) {
			wantBuildError(t, kustomize, filepath.Join(examples, overlay), "no such file or directory")
		}
	}
}

// shareAsTransformer makes the component a kustomization, as its README says.
func shareAsTransformer(t *testing.T, dir string) {
	t.Helper()
	path := filepath.Join(dir, "kustomization.yaml")
	edit(t, path, read(t, path), "resources:\n- rollout-checksums.yaml\n", -1)
}

// What the table in the documentation of kustomize-component says.
func TestWhatAFunctionInAComponentSees(t *testing.T) {
	const patches = "patches: [{patch: '{apiVersion: v1, kind: ConfigMap, metadata: {name: cm}, data: {mark: patched}}'}]\n"
	const labels = "labels: [{pairs: {tier: web}}]\n"
	const replacements = "replacements: [{source: {kind: Deployment, fieldPath: metadata.name}, targets: [{select: {kind: ConfigMap}, fieldPaths: [data.mark]}]}]\n"
	tests := []struct {
		name, settings string
		entry          string // of the allowlist
		sees           bool
	}{
		{"resources", "components: [checksums]\n", "cm", true},
		{"generators", "components: [checksums]\nconfigMapGenerator: [{name: cm, behavior: merge, literals: [mark=merged]}]\n", "cm", true},
		{"component before", "components: [patching, checksums]\n", "cm", true},
		{"component behind", "components: [checksums, patching]\n", "cm", false},
		{"patches", "components: [checksums]\n" + patches, "cm", false},
		{"replacements", "components: [checksums]\n" + replacements, "cm", false},
		{"prefix", "components: [checksums]\nnamePrefix: p-\n", "p-cm", false},
		{"suffix", "components: [checksums]\nnameSuffix: -s\n", "cm-s", false},
		{"labels", "components: [checksums]\n" + labels, "cm", false},
		{"name without prefix", "components: [checksums]\nnamePrefix: p-\n", "cm", true},
		{"transformer: patches", "transformers: [shared]\n" + patches, "cm", true},
		{"transformer: replacements", "transformers: [shared]\n" + replacements, "cm", true},
		{"transformer: prefix", "transformers: [shared]\nnamePrefix: p-\n", "p-cm", true},
		{"transformer: labels", "transformers: [shared]\n" + labels, "cm", true},
	}
	for _, kustomize := range kustomizes(t) {
		for _, test := range tests {
			t.Run(kustomize.name+"/"+test.name, func(t *testing.T) {
				config := transformer(t, "", test.entry)
				if strings.Contains(test.settings, labels) {
					config += "  workloads: [{labelSelector: tier=web}]\n"
				}
				output, err := kustomize.build(write(t, map[string]string{
					"kustomization.yaml":           "resources: [base]\n" + test.settings,
					"base/kustomization.yaml":      "resources: [deployment.yaml]\nconfigMapGenerator: [{name: cm, literals: [mark=base]}]\n",
					"base/deployment.yaml":         deployment([]string{"cm"}, nil),
					"checksums/kustomization.yaml": "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\ntransformers: [t.yaml]\n",
					"checksums/t.yaml":             config,
					"patching/kustomization.yaml":  "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n" + patches,
					"shared/kustomization.yaml":    "resources: [t.yaml]\n",
					"shared/t.yaml":                config,
				}))
				if err != nil {
					t.Fatal(err)
				}
				if got := hasFinalChecksum(t, output, test.entry); got != test.sees {
					t.Errorf("the checksum is that of the final data: %v\n%s", got, output)
				}
			})
		}
	}
}

// hasFinalChecksum tells whether the one Deployment has the checksum of the one
// ConfigMap.
func hasFinalChecksum(t *testing.T, output, entry string) bool {
	t.Helper()
	var got, want string
	for _, o := range objects(t, output) {
		switch o.text("kind") {
		case "Deployment":
			got = checksums(o)["checksum/configmap."+entry]
		case "ConfigMap":
			want = string(content(o).Sum(""))
		}
	}
	return got == want
}

func TestOverlaysRollOutByThemselves(t *testing.T) {
	examples := filepath.Join(workshop(t), "examples")
	dir := filepath.Join(examples, "kustomize-overlays")
	edit(t, filepath.Join(dir, "west", "kustomization.yaml"), "CURRENCY=USD", "CURRENCY=CAD", -1)
	before := objects(t, read(t, "kustomize-overlays/expected.yaml"))
	for _, kustomize := range kustomizes(t) {
		output, err := kustomize.build(dir)
		if err != nil {
			t.Fatal(err)
		}
		after := objects(t, output)
		for name, want := range map[string][]string{"east-shop": nil, "west-shop": {"checksum/configmap.settings"}} {
			got := changedKeys(checksums(find(t, before, "Deployment", name)), checksums(find(t, after, "Deployment", name)))
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("kustomize %s, changed of %s (-want +got):\n%s", kustomize.name, name, diff)
			}
		}
	}
}

func changedKeys(before, after map[string]string) []string {
	var changed []string
	for key, value := range after {
		if before[key] != value {
			changed = append(changed, key)
		}
	}
	return changed
}

func wantExpected(t *testing.T, kustomize kustomize, examples, example string) {
	t.Helper()
	output, err := kustomize.build(filepath.Join(examples, example))
	if err != nil {
		t.Fatalf("kustomize %s: %v", kustomize.name, err)
	}
	if diff := cmp.Diff(read(t, filepath.Join(example, "expected.yaml")), output); diff != "" {
		t.Errorf("kustomize %s (-want +got):\n%s", kustomize.name, diff)
	}
}

func wantBuildError(t *testing.T, kustomize kustomize, dir, message string) {
	t.Helper()
	_, err := kustomize.build(dir)
	if err == nil || !strings.Contains(err.Error(), message) {
		t.Errorf("kustomize %s: %v", kustomize.name, err)
	}
}
