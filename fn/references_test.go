package fn_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// methods are the ways in which a pod spec references a Secret or ConfigMap
// named "source".
var methods = []struct{ name, kind, podSpec string }{
	{"env", "Secret", "containers: [{name: c, env: [{name: A, value: x}, {name: B, valueFrom: {secretKeyRef: {name: source, key: k}}}]}]"},
	{"env", "ConfigMap", "containers: [{name: c, env: [{name: B, valueFrom: {configMapKeyRef: {name: source, key: k}}}]}]"},
	{"envFrom", "Secret", "containers: [{name: a}, {name: c, envFrom: [{prefix: X, secretRef: {name: source}}]}]"},
	{"envFrom", "ConfigMap", "containers: [{name: c, envFrom: [{configMapRef: {name: source}}]}]"},
	{"init env", "Secret", "containers: []\ninitContainers: [{name: c, env: [{name: B, valueFrom: {secretKeyRef: {name: source, key: k}}}]}]"},
	{"init env", "ConfigMap", "initContainers: [{name: c, env: [{name: B, valueFrom: {configMapKeyRef: {name: source, key: k}}}]}]"},
	{"init envFrom", "Secret", "initContainers: [{name: c, envFrom: [{secretRef: {name: source}}]}]"},
	{"init envFrom", "ConfigMap", "initContainers: [{name: c, envFrom: [{configMapRef: {name: source}}]}]"},
	{"optional", "Secret", "containers: [{name: c, envFrom: [{secretRef: {name: source, optional: true}}]}]"},
	{"optional", "ConfigMap", "containers: [{name: c, env: [{name: B, valueFrom: {configMapKeyRef: {name: source, key: k, optional: true}}}]}]"},
	{"volume", "Secret", "volumes: [{name: a, emptyDir: {}}, {name: v, secret: {secretName: source}}]"},
	{"volume", "ConfigMap", "volumes: [{name: v, configMap: {name: source}}]"},
	{"volume items", "Secret", "volumes: [{name: v, secret: {secretName: source, items: [{key: k, path: p}]}}]"},
	{"volume items", "ConfigMap", "volumes: [{name: v, configMap: {name: source, items: [{key: k, path: p}]}}]"},
	{"projected", "Secret", "volumes: [{name: v, projected: {sources: [{serviceAccountToken: {path: t}}, {configMap: {name: other}}, {secret: {name: source}}]}}]"},
	{"projected", "ConfigMap", "volumes: [{name: v, projected: {sources: [{secret: {name: other}}, {configMap: {name: source}}]}}]"},
	{"azureFile", "Secret", "volumes: [{name: v, azureFile: {secretName: source, shareName: s}}]"},
	{"cephfs", "Secret", "volumes: [{name: v, cephfs: {monitors: [m], secretRef: {name: source}}}]"},
	{"cinder", "Secret", "volumes: [{name: v, cinder: {volumeID: i, secretRef: {name: source}}}]"},
	{"csi", "Secret", "volumes: [{name: v, csi: {driver: d, nodePublishSecretRef: {name: source}}}]"},
	{"flexVolume", "Secret", "volumes: [{name: v, flexVolume: {driver: d, secretRef: {name: source}}}]"},
	{"iscsi", "Secret", "volumes: [{name: v, iscsi: {targetPortal: t, secretRef: {name: source}}}]"},
	{"rbd", "Secret", "volumes: [{name: v, rbd: {image: i, secretRef: {name: source}}}]"},
	{"scaleIO", "Secret", "volumes: [{name: v, scaleIO: {system: s, secretRef: {name: source}}}]"},
	{"storageos", "Secret", "volumes: [{name: v, storageos: {volumeName: n, secretRef: {name: source}}}]"},
}

// kinds are the workload kinds: those that are annotated, and those that want a
// selector for it.
var kinds = []struct {
	apiVersion, kind string
	byDefault        bool
}{
	{"apps/v1", "Deployment", true},
	{"apps/v1", "StatefulSet", true},
	{"apps/v1", "DaemonSet", true},
	{"argoproj.io/v1alpha1", "Rollout", true},
	{"apps.openshift.io/v1", "DeploymentConfig", true},
	{"serving.knative.dev/v1", "Service", true},
	{"apps/v1", "ReplicaSet", false},
	{"v1", "ReplicationController", false},
	{"batch/v1", "CronJob", false},
}

// workload returns an object of a kind with a pod spec.
func workload(apiVersion, kind, podSpec string) string {
	template := "template:\n  spec:\n" + indented(podSpec, "    ")
	if kind == "CronJob" {
		template = "jobTemplate:\n  spec:\n" + indented(template, "    ")
	}
	return fmt.Sprintf("apiVersion: %s\nkind: %s\nmetadata: {name: user}\nspec:\n%s", apiVersion, kind, indented(template, "  "))
}

func TestEveryReferenceOfEveryKind(t *testing.T) {
	for _, kind := range kinds {
		for _, method := range methods {
			for _, source := range []string{"Secret", "ConfigMap"} {
				t.Run(fmt.Sprintf("%s %s of %s, %s allowed", kind.kind, method.name, method.kind, source), func(t *testing.T) {
					spec := "enabled: true\nsecrets: [source]"
					object := secret("source", "k: v")
					if source == "ConfigMap" {
						spec, object = "enabled: true\nconfigMaps: [source]", configMap("source", "k: v")
					}
					if !kind.byDefault {
						spec += "\nworkloads: [{kind: " + kind.kind + "}]"
					}
					outcome := run(t, spec, object, workload(kind.apiVersion, kind.kind, method.podSpec)).succeeded()
					var keys []string
					for key := range outcome.annotations("user") {
						keys = append(keys, key)
					}
					var want []string
					if source == method.kind {
						want = []string{"checksum/" + strings.ToLower(source) + ".source"}
					}
					if diff := cmp.Diff(want, keys); diff != "" {
						t.Errorf("annotations (-want +got):\n%s", diff)
					}
				})
			}
		}
	}
}

func TestKindsThatAreNotAnnotated(t *testing.T) {
	const podSpec = "containers: [{name: c, envFrom: [{secretRef: {name: source}}]}]"
	tests := []struct {
		name, spec, item string
		results          []string
	}{
		{
			"a ReplicaSet that no selector names", "workloads: [{name: user}]", workload("apps/v1", "ReplicaSet", podSpec),
			[]string{"warning: ChecksumAnnotator test: spec.secrets[0]: no selected workload uses Secret source"},
		},
		{
			"a CronJob that no selector names", "", workload("batch/v1", "CronJob", podSpec),
			[]string{"warning: ChecksumAnnotator test: spec.secrets[0]: no selected workload uses Secret source"},
		},
		{
			"a Job, even when it is selected", "workloads: [{kind: Job}]", workload("batch/v1", "Job", podSpec),
			[]string{"info: Job user: not annotated with checksum/secret.source: a change would not replace the pods of a Job"},
		},
		{
			"a Pod", "", "apiVersion: v1\nkind: Pod\nmetadata: {name: user}\nspec:\n" + indented(podSpec, "  "),
			[]string{"info: Pod user: not annotated with checksum/secret.source: a change would not replace the pods of a Pod"},
		},
		{
			"a kind of another group", "", workload("example.com/v1", "Deployment", podSpec),
			[]string{unknownUser("Deployment user (Secret source)")},
		},
		{
			"an object for the clients only", "", annotated("config.kubernetes.io/local-config", "true", workload("apps/v1", "Deployment", podSpec)),
			[]string{"warning: ChecksumAnnotator test: spec.secrets[0]: no selected workload uses Secret source"},
		},
		{
			"a pull secret", "", workload("apps/v1", "Deployment", "imagePullSecrets: [{name: source}]\ncontainers: [{name: c}]"),
			[]string{"warning: ChecksumAnnotator test: spec.secrets[0]: no selected workload uses Secret source"},
		},
		{
			"a Rollout that refers to a Deployment", "", "apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: {name: user}\nspec: {workloadRef: {name: x}}\n",
			[]string{"warning: ChecksumAnnotator test: spec.secrets[0]: no selected workload uses Secret source"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			outcome := run(t, "enabled: true\nsecrets: [source]\n"+test.spec, secret("source", "k: v"), test.item).succeeded().told(test.results...)
			if items(t, outcome.input) != items(t, outcome.output) {
				t.Errorf("items changed:\n%s", outcome.output)
			}
		})
	}
}

func TestSelectedWorkloads(t *testing.T) {
	items := []string{
		secret("source", "k: v"),
		deployment("agents", "secretRef: {name: source}"),
		deployment("agents-controllers", "secretRef: {name: source}"),
		deployment("agents-ui", "secretRef: {name: source}"),
		strings.Replace(deployment("other", "secretRef: {name: source}"), "  name: other\n", "  name: other\n  labels: {tier: db}\n", 1),
		annotated("internal.config.kubernetes.io/previousNames", "was,is", deployment("renamed", "secretRef: {name: source}")),
	}
	tests := []struct {
		workloads string
		want      []string
	}{
		{"[{kind: Deployment, name: 'agents(-controllers)?'}]", []string{"agents", "agents-controllers"}},
		{"[{name: agents|other}]", []string{"agents", "other"}},
		{"[{labelSelector: tier=db}, {name: agents-ui}]", []string{"agents-ui", "other"}},
		{"[{name: was}]", []string{"renamed"}},
		{"[{name: is}]", nil},
		{"[{namespace: default, name: agents}]", []string{"agents"}},
		{"[{kind: StatefulSet}]", nil},
		{"[{annotationSelector: 'internal.config.kubernetes.io/previousNames'}]", []string{"renamed"}},
	}
	for _, test := range tests {
		t.Run(test.workloads, func(t *testing.T) {
			outcome := run(t, "enabled: true\nsecrets: [source]\nworkloads: "+test.workloads, items...).succeeded()
			var got []string
			for _, name := range []string{"agents", "agents-controllers", "agents-ui", "other", "renamed"} {
				if len(outcome.annotations(name)) > 0 {
					got = append(got, name)
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("annotated workloads (-want +got):\n%s", diff)
			}
		})
	}
}

func TestDeclaredPodTemplates(t *testing.T) {
	const cluster = `apiVersion: ray.io/v1
kind: RayCluster
metadata: {name: ray}
spec:
  headGroupSpec:
    template: {spec: {containers: [{name: c, envFrom: [{secretRef: {name: source}}]}]}}
  workerGroupSpecs:
  - template: {spec: {containers: [{name: c}]}}
  - template: {spec: {containers: [{name: c, envFrom: [{secretRef: {name: source}}]}]}}
`
	const spec = `enabled: true
secrets: [source]
podTemplates:
- {group: ray.io, kind: RayCluster, path: spec.headGroupSpec.template}
- {group: ray.io, kind: RayCluster, path: 'spec.workerGroupSpecs[].template'}
`
	outcome := run(t, spec, secret("source", "k: v"), cluster).succeeded().told("info: RayCluster ray: set checksum/secret.source")
	if got := strings.Count(outcome.output, "checksum/secret.source:"); got != 2 {
		t.Errorf("%d pod templates are annotated, not 2:\n%s", got, outcome.output)
	}

	t.Run("a path that leads nowhere is told", func(t *testing.T) {
		run(t, "enabled: true\nsecrets: [source]\npodTemplates: [{group: ray.io, kind: RayCluster, path: spec.template}]",
			secret("source", "k: v"), cluster).succeeded().told(
			"warning: ChecksumAnnotator test: spec.podTemplates[0].path: no RayCluster has a pod template at spec.template",
			"warning: ChecksumAnnotator test: spec.secrets[0]: no selected workload uses Secret source")
	})
	t.Run("a kind that rolls out on demand is demanded", func(t *testing.T) {
		cronJob := workload("batch/v1", "CronJob", "containers: [{name: c, envFrom: [{secretRef: {name: source}}]}]")
		outcome := run(t, "enabled: true\nsecrets: [source]\npodTemplates: [{group: batch, kind: CronJob, path: spec.jobTemplate.spec.template}]",
			secret("source", "k: v"), cronJob).succeeded()
		if len(outcome.annotations("user")) != 1 {
			t.Errorf("it is not annotated:\n%s", outcome.output)
		}
	})
}

// What stands in the place of annotations beforehand.
func TestTemplatesInEveryForm(t *testing.T) {
	const checksum = "checksum/secret.source"
	tests := []struct {
		name, metadata string // of the pod template
		want           []string
	}{
		{"no metadata", "", []string{checksum}},
		{"null metadata", "metadata:", []string{checksum}},
		{"null annotations", "metadata: {annotations: }", []string{checksum}},
		{"empty annotations", "metadata: {annotations: {}}", []string{checksum}},
		{"annotations in flow style", "metadata: {annotations: {a: b, c: d}}", []string{"a", "c", checksum}},
		{"annotations as an alias", "metadata: {labels: &l {a: b}, annotations: *l}", []string{"a", checksum}},
		{"the key with an old value", "metadata: {annotations: {checksum/secret.source: old}}", []string{checksum}},
		{"the key with a number", "metadata: {annotations: {checksum/secret.source: 17}}", []string{checksum}},
		{"a key that no longer applies", "metadata: {annotations: {checksum/secret.gone: " + digestOfNobody + ", checksum/configmap.gone: " + digestOfNobody + "}}", []string{checksum}},
		{"annotations of others", "metadata: {annotations: {checksum/config: x, checksum/secrets.a: v, other/secret.a: z}}", []string{"checksum/config", checksum, "checksum/secrets.a", "other/secret.a"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			item := "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: user, annotations: {config.kubernetes.io/path: a.yaml}}\nspec:\n  template:\n    spec: {containers: [{name: c, envFrom: [{secretRef: {name: source}}]}]}\n"
			if test.metadata != "" {
				item += "    " + test.metadata + "\n"
			}
			outcome := run(t, "enabled: true\nsecrets: [source]", secret("source", "k: v"), item).succeeded()
			annotations := outcome.annotations("user")
			for _, key := range test.want {
				if _, found := annotations[key]; !found {
					t.Errorf("the annotation %s is missing", key)
				}
			}
			if len(annotations) != len(test.want) {
				t.Errorf("annotations are %q", annotations)
			}
		})
	}
}
