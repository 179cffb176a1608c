package examples

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/proompteng/checksum-annotator/fn"
	engine "github.com/proompteng/checksum-annotator/fn/manifest"
	patches "github.com/proompteng/checksum-annotator/fn/patch"
)

const patchedSecrets = `apiVersion: v1
kind: Secret
metadata: {name: db}
stringData: {mark: not-a-secret-1}
---
apiVersion: v1
kind: Secret
metadata: {name: other}
stringData: {mark: not-a-secret-2}
`

// using returns a pod template that uses the Secret db.
func using(metadata string) string {
	return "{" + metadata + "spec: {containers: [{name: c, image: i, envFrom: [{secretRef: {name: db}}]}]}}"
}

// With every client that runs no functions, the patches do what the function does: to every kind of
// workload, with and without a schema, and to nothing else.
func TestClientsApplyPatches(t *testing.T) {
	tests := []struct{ name, files string }{
		{"Deployment", "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: api}\nspec: {template: " + using("") + "}\n"},
		{"StatefulSet with labels", "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: api}\nspec: {template: " + using("metadata: {labels: {a: b}}, ") + "}\n"},
		{"DaemonSet with annotations", "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: api}\nspec: {template: " + using("metadata: {annotations: {a: b}}, ") + "}\n"},
		{"with nothing in annotations", "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: api}\nspec: {template: " + using("metadata: {annotations: {}}, ") + "}\n"},
		{"with null", "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: api}\nspec: {template: " + using("metadata: {creationTimestamp: null, annotations: null}, ") + "}\n"},
		{"CronJob", "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: api}\nspec: {schedule: '* * * * *', jobTemplate: {spec: {template: " + using("") + "}}}\n"},
		{"Rollout", "apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: {name: api}\nspec: {template: " + using("") + "}\n"},
		{"Knative Service beside a Service", "apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: {name: api}\nspec: {template: " + using("") + "}\n" +
			"---\napiVersion: v1\nkind: Service\nmetadata: {name: api}\nspec: {ports: [{port: 80}]}\n"},
		{"DeploymentConfig", "apiVersion: apps.openshift.io/v1\nkind: DeploymentConfig\nmetadata: {name: api}\nspec: {triggers: [], template: " + using("") + "}\n"},
		{"custom kind", "apiVersion: example.com/v1\nkind: Machine\nmetadata: {name: api}\nspec: {parts: [{a: b}], template: " + using("") + "}\n"},
		{"templates in a list", "apiVersion: example.com/v1\nkind: Fleet\nmetadata: {name: api}\nspec:\n  head: {template: " + using("") + "}\n  parts:\n  - {size: 0.50, template: " +
			using("") + "}\n  - {template: " + using("metadata: {labels: {a: b}}, ") + "}\n  - {template: " + using("metadata: {annotations: {a: b}}, ") + "}\n"},
		{"annotations elsewhere", "apiVersion: example.com/v1\nkind: Cluster\nmetadata: {name: api}\nspec: {secrets: [db]}\n" +
			"---\napiVersion: example.com/v1\nkind: Cluster\nmetadata: {name: labelled}\nspec: {secrets: [db], pods: {labels: {a: b}}}\n"},
		{"annotations elsewhere in a list", "apiVersion: example.com/v1\nkind: Ring\nmetadata: {name: api}\nspec:\n  nodes:\n  - {secret: db}\n  - {secret: db, pods: {labels: {a: b}}}\n" +
			"  - {secret: db, pods: {annotations: {a: b}}}\n"},
		{"dots in the name", "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a.b}\nspec: {template: " + using("") + "}\n" +
			"---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a-b}\nspec: {template: {spec: {containers: []}}}\n"},
		{"one name in several groups", "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: api}\nspec: {template: " + using("") + "}\n" +
			"---\napiVersion: example.com/v1\nkind: Deployment\nmetadata: {name: api}\nspec: {template: " + using("") + "}\n"},
		{"one name in several namespaces", patchedSecretsIn("east") + "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: api, namespace: east}\nspec: {template: " + using("") + "}\n" +
			"---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: api}\nspec: {template: {spec: {containers: []}}}\n"},
		{"List", "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: apps/v1, kind: Deployment, metadata: {name: api}, spec: {template: " + using("") + "}}\n"},
	}
	for _, client := range patchClients(t) {
		for _, test := range tests {
			t.Run(client.name+"/"+test.name, func(t *testing.T) {
				p := newPatching(t, map[string]string{
					"kustomization.yaml": "resources: [all.yaml]\n",
					"all.yaml":           patchedSecrets + "---\n" + test.files,
				})
				p.compare(client)
			})
		}
	}
}

func patchedSecretsIn(namespace string) string {
	return "apiVersion: v1\nkind: Secret\nmetadata: {name: db, namespace: " + namespace + "}\nstringData: {mark: not-a-secret-3}\n"
}

// A patch selects by the names that objects had at first, as well: one base in two ways.
func TestPatchesOfOneBaseInTwoWays(t *testing.T) {
	const base = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: api}\nspec: {template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: i, envFrom: [{secretRef: {name: db}}]}]}}}\n---\n" + patchedSecrets
	for _, layers := range []string{
		"resources: [../base, ../canary]\n",
		"resources: [../canary, ../base]\n",
		"resources: [../base, ../east]\n",
		"resources: [../base, ../east, ../canary]\nnameSuffix: -x\n",
	} {
		for _, client := range patchClients(t) {
			t.Run(client.name+"/"+layers, func(t *testing.T) {
				p := newPatching(t, map[string]string{
					"kustomization.yaml":        layers,
					"base/kustomization.yaml":   "resources: [all.yaml]\n",
					"base/all.yaml":             base,
					"canary/kustomization.yaml": "resources: [../base]\nnamePrefix: canary-\n",
					"east/kustomization.yaml":   "resources: [../base]\nnamespace: east\n",
				})
				p.spec = "{enabled: true, secrets: [db, {name: canary-db, namespace: default}, db-x, canary-db-x]}"
				p.compare(client)
			})
		}
	}
}

// A patching is a kustomization in the folder "top", with patches or without.
type patching struct {
	*testing.T
	files map[string]string
	spec  string
}

func newPatching(t *testing.T, files map[string]string) *patching {
	t.Helper()
	return &patching{t, files, `{enabled: true, secrets: [db],
    workloads: [{kind: CronJob}, {kind: .*}],
    podTemplates: [
      {group: example.com, kind: Machine, path: spec.template}, {group: example.com, kind: Deployment, path: spec.template},
      {group: example.com, kind: Fleet, path: spec.head.template}, {group: example.com, kind: Fleet, path: "spec.parts[].template"},
      {group: example.com, kind: Cluster, annotations: spec.pods.annotations, secrets: ["spec.secrets[]"]},
      {group: example.com, kind: Ring, annotations: "spec.nodes[].pods.annotations", secrets: ["spec.nodes[].secret"]}]}`}
}

// render builds the kustomization, with patches if there are any.
func (p *patching) render(client kustomize, patches string) string {
	p.Helper()
	files := map[string]string{}
	for name, content := range p.files {
		if name == "kustomization.yaml" || name == "all.yaml" {
			name = "top/" + name
		}
		files[name] = content
	}
	if patches != "" {
		files["top/kustomization.yaml"] += "transformers: [checksums.yaml]\n"
		files["top/checksums.yaml"] = patches
	}
	output, err := client.build(filepath.Join(write(p.T, files), "top"))
	if err != nil {
		p.Fatalf("%v\n%s", err, patches)
	}
	return output
}

// patches returns those for a render.
func (p *patching) patches(render string) string {
	p.Helper()
	made, results := fn.Patch(stream(p.T, render), p.config())
	if results.Failed() {
		p.Fatalf("%q", results.Lines())
	}
	text, err := patches.Transformers.Write(made)
	if err != nil {
		p.Fatal(err)
	}
	return text
}

func (p *patching) config() any {
	p.Helper()
	config, err := engine.ReadConfig([]byte("apiVersion: checksum.proompteng.ai/v1alpha1\nkind: ChecksumAnnotator\nmetadata: {name: test}\nspec: " + p.spec))
	if err != nil {
		p.Fatal(err)
	}
	return config
}

// compare tells where the output of a client with patches is not that of the function, and
// where patches that are applied change when they are renewed.
func (p *patching) compare(client kustomize) {
	p.Helper()
	plain := p.render(client, "")
	want, results := fn.AnnotateStream([]byte(plain), p.config())
	if results.Failed() || string(want.Bytes()) == plain {
		p.Fatalf("the function does nothing: %q", results.Lines())
	}
	text := p.patches(plain)
	got := p.render(client, text)
	if diff := cmp.Diff(byName(objects(p.T, string(want.Bytes()))), byName(objects(p.T, got))); diff != "" {
		p.Errorf("(-with the function +with patches):\n%s\n%s", diff, text)
	}
	if diff := cmp.Diff(text, p.patches(got)); diff != "" {
		p.Errorf("renewed (-before +after):\n%s", diff)
	}
}

// A mapping that comes later is not lost: the build fails, and works with an empty file, of
// which the patches are made anew.
func TestPatchOfAListDoesNotReplaceWhatComesLater(t *testing.T) {
	fleet := "apiVersion: example.com/v1\nkind: Fleet\nmetadata: {name: api}\nspec:\n  parts:\n  - {template: " + using("metadata: {labels: {a: b}}, ") + "}\n"
	for _, client := range patchClients(t) {
		p := newPatching(t, map[string]string{"kustomization.yaml": "resources: [all.yaml]\n", "all.yaml": patchedSecrets + "---\n" + fleet})
		text := p.patches(p.render(client, ""))
		p.files["all.yaml"] = strings.Replace(p.files["all.yaml"], "{labels: {a: b}}", "{labels: {a: b}, annotations: {c: d}}", 1)
		dir := write(t, map[string]string{
			"kustomization.yaml": "resources: [all.yaml]\ntransformers: [checksums.yaml]\n",
			"all.yaml":           p.files["all.yaml"], "checksums.yaml": text,
		})
		if _, err := client.build(dir); err == nil || !strings.Contains(err.Error(), "spec/parts/0/template/metadata/annotations") {
			t.Errorf("%s: %v", client.name, err)
		}
		edit(t, filepath.Join(dir, "checksums.yaml"), text, "", 1)
		if _, err := client.build(dir); err != nil {
			t.Errorf("%s: with an empty file: %v", client.name, err)
		}
		p.compare(client)
	}
}
