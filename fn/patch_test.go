package fn_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/proompteng/checksum-annotator/fn"
	"github.com/proompteng/checksum-annotator/fn/manifest"
	"github.com/proompteng/checksum-annotator/fn/patch"
	"github.com/proompteng/checksum-annotator/fn/report"
	shapes "github.com/proompteng/checksum-annotator/fn/workload"
)

const patchSecret = `apiVersion: v1
kind: Secret
metadata: {name: db, namespace: prod}
stringData: {uri: not-a-secret-1}
`

// user returns a workload that uses the Secret db.
func user(kind, metadata string) string {
	return "apiVersion: apps/v1\nkind: " + kind + "\nmetadata: " + metadata +
		"\nspec: {template: {spec: {containers: [{name: c, envFrom: [{secretRef: {name: db}}]}]}}}\n"
}

// patched returns the text of what Patch makes of a stream.
func patched(t *testing.T, file patch.File, spec string, documents ...string) string {
	t.Helper()
	patches, results := fn.Patch(readStream(t, documents...), functionConfig(t, spec))
	if results.Failed() {
		t.Fatalf("%q", results.Lines())
	}
	text, err := file.Write(patches)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func readStream(t *testing.T, documents ...string) *manifest.List {
	t.Helper()
	list, err := manifest.ReadStream([]byte(strings.Join(documents, "---\n")), shapes.Shape())
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func functionConfig(t *testing.T, spec string) any {
	t.Helper()
	value, err := manifest.ReadConfig([]byte("apiVersion: checksum.proompteng.ai/v1alpha1\nkind: ChecksumAnnotator\nmetadata: {name: test}\nspec: " + spec))
	if err != nil {
		t.Fatal(err)
	}
	return value
}

const allowDB = "{enabled: true, secrets: [db]}"

func TestPatchIsATransformerForEachWorkload(t *testing.T) {
	got := patched(t, patch.Transformers, allowDB, patchSecret,
		user("Deployment", "{name: api.v2, namespace: prod}"),
		user("DaemonSet", "{name: agent}"))
	want := `apiVersion: builtin
kind: PatchTransformer
metadata:
  name: daemonset.apps.default.agent
target:
  group: apps
  kind: DaemonSet
  name: agent
  namespace: default
patch: |
  apiVersion: apps/v1
  kind: DaemonSet
  metadata:
    name: agent
  spec:
    template:
      metadata:
        annotations:
          checksum/secret.db: "9220984230b8a69aa7c706162acb3fa5ff945d7edf93ccca67f5a9256401fc96"
---
apiVersion: builtin
kind: PatchTransformer
metadata:
  name: deployment.apps.prod.api.v2
target:
  group: apps
  kind: Deployment
  name: api\.v2
  namespace: prod
patch: |
  apiVersion: apps/v1
  kind: Deployment
  metadata:
    name: api.v2
  spec:
    template:
      metadata:
        annotations:
          checksum/secret.db: "9220984230b8a69aa7c706162acb3fa5ff945d7edf93ccca67f5a9256401fc96"
`
	header, got, _ := strings.Cut(got, "---\n")
	if !strings.HasPrefix(header, "# ") || !strings.Contains(header, "checksum-annotator patch") {
		t.Errorf("no comment says what made it: %q", header)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestPatchOfAHelmReleaseIsItsPostRenderer(t *testing.T) {
	got := patched(t, patch.HelmRelease, allowDB, patchSecret, user("Deployment", "{name: api}"))
	want := `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata:
  name: any
spec:
  postRenderers:
  - kustomize:
      patches:
      - target:
          group: apps
          kind: Deployment
          name: api
          namespace: default
        patch: |
          apiVersion: apps/v1
`
	if !strings.Contains(got, "first.\n"+want) {
		t.Errorf("got %s", got)
	}
}

func TestPatchOfNothingIsAComment(t *testing.T) {
	for _, spec := range []string{allowDB, "{enabled: false, secrets: [db]}"} {
		got := patched(t, patch.Transformers, spec, patchSecret)
		for line := range strings.Lines(got) {
			if !strings.HasPrefix(line, "# ") {
				t.Errorf("%s: not a comment: %q", spec, line)
			}
		}
	}
}

// What a patch has set is not what makes it: it is made anew.
func TestRenewedPatchForgetsWhatIsNotDue(t *testing.T) {
	const old = "metadata: {annotations: {checksum/secret.db: old, checksum/secret.gone: old}}"
	document := strings.Replace(user("Deployment", "{name: api}"), "{template: {", "{template: {"+old+", ", 1)
	before := patched(t, patch.Transformers, allowDB, patchSecret, user("Deployment", "{name: api}"))
	if diff := cmp.Diff(before, patched(t, patch.Transformers, allowDB, patchSecret, document)); diff != "" {
		t.Errorf("(-without +with the old patch):\n%s", diff)
	}
}

// A target selects what had the name at first, too: the patch of that puts it right.
func TestPatchOfARenamedWorkloadRemovesWhatIsNotItsOwn(t *testing.T) {
	renamed := strings.ReplaceAll(user("Deployment", "{name: canary-api}"), "{name: db}", "{name: other}")
	got := patched(t, patch.Transformers, allowDB, patchSecret, user("Deployment", "{name: api}"), renamed)
	_, second, _ := strings.Cut(got, "name: deployment.apps.default.canary-api\n")
	if !strings.Contains(second, "annotations:\n          checksum/secret.db: null\n") {
		t.Errorf("got %s", got)
	}
}

const rayConfig = "{enabled: true, secrets: [db], podTemplates: [{group: ray.io, kind: RayCluster, path: 'spec.workers[].template'}]}"

// ray returns a workload with pod templates in a list.
func ray(metadata ...string) string {
	document := "apiVersion: ray.io/v1\nkind: RayCluster\nmetadata: {name: ray}\nspec:\n  workers:\n"
	for _, metadata := range metadata {
		document += "  - template: {" + metadata + "spec: {containers: [{name: c, envFrom: [{secretRef: {name: db}}]}]}}\n"
	}
	return document
}

func TestPatchOfATemplateInAListIsAJSONPatch(t *testing.T) {
	const sum = `"9220984230b8a69aa7c706162acb3fa5ff945d7edf93ccca67f5a9256401fc96"`
	tests := []struct{ metadata, applied, want string }{
		{"", "metadata: {annotations: {checksum/secret.db: x}}, ",
			"- op: test\n  path: /spec/workers/0/template/metadata\n  value: null\n" +
				"- op: add\n  path: /spec/workers/0/template/metadata\n  value:\n    annotations:\n      checksum/secret.db: " + sum + "\n"},
		{"metadata: {labels: {a: b}}, ", "metadata: {labels: {a: b}, annotations: {checksum/secret.db: x}}, ",
			"- op: test\n  path: /spec/workers/0/template/metadata/annotations\n  value: null\n" +
				"- op: add\n  path: /spec/workers/0/template/metadata/annotations\n  value:\n    checksum/secret.db: " + sum + "\n"},
		{"metadata: {annotations: {a: b}}, ", "metadata: {annotations: {a: b, checksum/secret.db: x}}, ",
			"- op: add\n  path: /spec/workers/0/template/metadata/annotations/checksum~1secret.db\n  value: " + sum + "\n"},
	}
	for _, test := range tests {
		for _, metadata := range []string{test.metadata, test.applied} {
			got := patched(t, patch.Transformers, rayConfig, patchSecret, ray(metadata))
			_, text, _ := strings.Cut(got, "patch: |\n")
			if diff := cmp.Diff(test.want, strings.ReplaceAll("\n"+text, "\n  ", "\n")[1:]); diff != "" {
				t.Errorf("%q (-want +got):\n%s", metadata, diff)
			}
		}
	}
}

func TestWhatNoPatchCanDoIsAnError(t *testing.T) {
	tests := []struct{ document, want string }{
		{ray("metadata: {}, "), "spec.workers[0].template.metadata: it is empty"},
		{ray("", "metadata: {annotations: {}}, "), "spec.workers[1].template.metadata.annotations: it is empty"},
		{user("Deployment", "{generateName: api-}"), "no patch can select an object without a name"},
	}
	for _, test := range tests {
		patches, results := fn.Patch(readStream(t, patchSecret, test.document), functionConfig(t, rayConfig))
		if len(patches) > 0 || !results.Failed() || !strings.Contains(strings.Join(results.Lines(), "\n"), test.want) {
			t.Errorf("want %q, got %d patches, %q", test.want, len(patches), results.Lines())
		}
	}
}

func TestCheckOfPatches(t *testing.T) {
	api, worker := user("Deployment", "{name: api, namespace: prod}"), user("Deployment", "{name: worker, namespace: prod}")
	changed := strings.Replace(patchSecret, "secret-1", "secret-2", 1)
	for _, file := range []patch.File{patch.Transformers, patch.HelmRelease} {
		kept := patched(t, file, allowDB, patchSecret, api)
		tests := []struct {
			name, file string
			input      []string
			want       string // an error; none if empty
		}{
			{"as they are due", kept, []string{patchSecret, api}, ""},
			{"changed Secret", kept, []string{changed, api}, "error: Deployment prod/api: its patch is out of date: checksum/secret.db is not the checksum of Secret prod/db"},
			{"new workload", kept, []string{patchSecret, api, worker}, "error: Deployment prod/worker: it has no patch, although it uses Secret prod/db"},
			{"old workload", kept, []string{patchSecret, worker}, "error: the patch for Deployment prod/api is not due any more"},
			{"written otherwise", strings.ReplaceAll(kept, "\n---", "\n# hello\n---") + "# end\n", []string{patchSecret, api}, "error: the patches are not written as they would be now"},
			{"empty", "", []string{patchSecret, api}, "error: Deployment prod/api: it has no patch, although it uses Secret prod/db"},
			{"something else", "kind: Secret\n", []string{patchSecret, api}, "error: it holds a Secret: expected a PatchTransformer or a HelmRelease"},
			{"not YAML", "a: [", []string{patchSecret, api}, "error: it is not YAML"},
		}
		for _, test := range tests {
			t.Run(test.name, func(t *testing.T) {
				_, results := fn.CheckPatch(readStream(t, test.input...), functionConfig(t, allowDB), []byte(test.file))
				var errs []string
				for _, line := range results.Lines() {
					if strings.HasPrefix(line, "error") {
						errs = append(errs, line)
					}
				}
				if got := strings.Join(errs, "\n"); got != test.want && (test.want == "" || !strings.Contains(got, test.want)) {
					t.Errorf("want %q, got %q", test.want, got)
				}
				if strings.Contains(strings.Join(results.Lines(), "\n"), "not-a-secret") {
					t.Error("a value is told")
				}
			})
		}
	}
}

func TestCheckWarnsOfPatchesThatAreNotApplied(t *testing.T) {
	api := user("Deployment", "{name: api}")
	kept := patched(t, patch.Transformers, allowDB, patchSecret, api)
	output, results := fn.AnnotateStream([]byte(patchSecret+"---\n"+api), functionConfig(t, allowDB))
	if results.Failed() {
		t.Fatalf("%q", results.Lines())
	}
	for input, want := range map[string]int{patchSecret + "---\n" + api: 1, string(output.Bytes()): 0} {
		_, results := fn.CheckPatch(readStream(t, input), functionConfig(t, allowDB), []byte(kept))
		got := 0
		for _, result := range results {
			if result.Severity == report.Warning && strings.Contains(result.Message, "not applied") {
				got++
			}
		}
		if got != want {
			t.Errorf("want %d warnings, got %q", want, results.Lines())
		}
	}
}
