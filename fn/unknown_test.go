package fn_test

import (
	"fmt"
	"testing"
)

func unknownUser(users string) string {
	return "warning: " + aboutConfig + "not annotated, since it is not known where the annotations of their pods stand, although they use what is on the allowlist: " +
		users + "; declare their kind in podTemplates, or leave them out by workloads"
}

// engine returns an object of a kind that is not known.
func engine(name, spec string) string {
	return fmt.Sprintf("apiVersion: example.com/v1\nkind: Engine\nmetadata: {name: %s}\nspec:\n%s", name, indented(spec, "  "))
}

// An object of any kind uses a source where it has the fields of a container or of a pod
// spec.
func TestUsesByKindsThatAreNotKnownAreTold(t *testing.T) {
	const spec = "enabled: true\nsecrets: [{name: s, onMissing: Skip}]\nconfigMaps: [{name: c, onMissing: Skip}]"
	sources := []string{secret("s", "k: v"), configMap("c", "k: v"), deployment("d", "secretRef: {name: s}", "configMapRef: {name: c}")}
	for name, object := range map[string]string{
		"env":              "worker: {env: [{name: A, valueFrom: {secretKeyRef: {name: s, key: k}}}]}",
		"env of a list":    "templates: [{container: {env: [{name: A, valueFrom: {configMapKeyRef: {name: c, key: k}}}]}}]",
		"envFrom":          "podTemplate: {spec: {containers: [{envFrom: [{secretRef: {name: s}}]}]}}",
		"a volume":         "volumes: [{name: v, secret: {secretName: s}}]",
		"another volume":   "volumes: [{name: v, configMap: {name: c}}]",
		"projected":        "volumes: [{name: v, projected: {sources: [{configMap: {name: c}}]}}]",
		"a driver":         "volumes: [{name: v, csi: {driver: d, nodePublishSecretRef: {name: s}}}]",
		"init containers":  "initContainers: [{envFrom: [{secretRef: {name: s}}]}]",
		"beside malformed": "env: 1\nvolumes: [{name: v, secret: {secretName: s}}]\nother: {env: [a], envFrom: {}}",
		"by an alias":      "one: &a {envFrom: [{secretRef: {name: s}}]}\ntwo: *a",
	} {
		t.Run(name, func(t *testing.T) {
			outcome := run(t, spec, append(sources, engine("e", object))...).succeeded()
			used := "Secret s"
			if outcome.results.Lines()[0] == unknownUser("Engine e (ConfigMap c)") {
				used = "ConfigMap c"
			}
			outcome.told(unknownUser("Engine e ("+used+")"), "info: Deployment d: set checksum/configmap.c, checksum/secret.s")
		})
	}
}

func TestWhatIsNoUseByAPodIsNotTold(t *testing.T) {
	const spec = "enabled: true\nsecrets: [{name: s, onMissing: Skip}]"
	sources := []string{secret("s", "k: v"), deployment("d", "secretRef: {name: s}")}
	for name, object := range map[string]string{
		"another source":       engine("e", "envFrom: [{secretRef: {name: other}}]"),
		"a reference alone":    engine("e", "secretRef: {name: s}\nsecretKeyRef: {name: s}\nsecretName: s"),
		"a TLS secret":         "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: i}\nspec: {tls: [{secretName: s}]}\n",
		"a network policy":     "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: s}\nspec: {podSelector: {matchLabels: {app: s}}}\n",
		"a role":               "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: r}\nrules: [{apiGroups: [''], resources: [secrets], resourceNames: [s], verbs: [get]}]\n",
		"a service account":    "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: a}\nsecrets: [{name: s}]\nimagePullSecrets: [{name: s}]\n",
		"a pod policy":         "apiVersion: policy/v1beta1\nkind: PodSecurityPolicy\nmetadata: {name: s}\nspec: {volumes: [secret, configMap]}\n",
		"a definition":         "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: s}\nspec: {env: {type: array}, volumes: {items: {secret: {secretName: {type: string}}}}}\n",
		"text":                 configMap("s", "env: '[{valueFrom: {secretKeyRef: {name: s}}}]'"),
		"for the clients only": annotated("config.kubernetes.io/local-config", "true", engine("e", "envFrom: [{secretRef: {name: s}}]")),
		"a CronJob":            "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: n}\nspec: {jobTemplate: {spec: {template: {spec: {containers: [{envFrom: [{secretRef: {name: s}}]}]}}}}}\n",
	} {
		t.Run(name, func(t *testing.T) {
			run(t, spec, append(sources, object)...).succeeded().told("info: Deployment d: set checksum/secret.s")
		})
	}
	t.Run("of a kind that selectors leave out", func(t *testing.T) {
		run(t, spec+"\nworkloads: [{kind: Deployment}]", append(sources, engine("e", "envFrom: [{secretRef: {name: s}}]"))...).
			succeeded().told("info: Deployment d: set checksum/secret.s")
	})
	t.Run("that are declared", func(t *testing.T) {
		run(t, spec+"\npodTemplates: [{group: example.com, kind: Engine, path: spec}]", append(sources, engine("e", "spec: {containers: [{envFrom: [{secretRef: {name: s}}]}]}"))...).
			succeeded().told("info: Deployment d: set checksum/secret.s", "info: Engine e: set checksum/secret.s")
	})
}

func TestUsesByKindsThatAreNotKnownAreToldOnce(t *testing.T) {
	run(t, "enabled: true\nsecrets: [s, {name: e, checksum: "+digestOfNobody+"}]", secret("s", "k: v"),
		engine("one", "envFrom: [{secretRef: {name: s}}, {secretRef: {name: e}}]"), engine("two", "envFrom: [{secretRef: {name: e}}]"),
	).succeeded().told(unknownUser("Engine one (Secret s, Secret e), Engine two (Secret e)"))
}

func TestWhatMatchesNothingIsTold(t *testing.T) {
	sources := []string{secret("s", "k: v"), deployment("d", "secretRef: {name: s}"), deployment("plain")}
	const set = "info: Deployment d: set checksum/secret.s"
	selector := func(i int) string {
		return fmt.Sprintf("warning: %sspec.workloads[%d]: it matches no workload of the input", aboutConfig, i)
	}
	for name, test := range map[string]struct {
		spec string
		told []string
	}{
		"a selector that matches":                   {"workloads: [{kind: Deployment}]", nil},
		"one that matches what uses nothing":        {"workloads: [{name: d}, {name: plain}]", nil},
		"a name that no workload has":               {"workloads: [{name: d}, {name: p}]", []string{selector(1)}},
		"a kind that no workload has":               {"workloads: [{kind: Deployments}, {kind: Deployment}]", []string{selector(0)}},
		"what is no workload":                       {"workloads: [{kind: Secret}, {kind: Deployment}]", []string{selector(0)}},
		"labels that no workload has":               {"workloads: [{name: d}, {labelSelector: a=b}]", []string{selector(1)}},
		"a kind of pod templates that is not there": {"podTemplates: [{group: example.com, kind: Engine, path: spec}]", []string{"warning: " + aboutConfig + `spec.podTemplates[0]: the input has no Engine of the group "example.com"`}},
		"a kind of another group":                   {"podTemplates: [{group: app, kind: Deployment, path: spec.template}]", []string{"warning: " + aboutConfig + `spec.podTemplates[0]: the input has no Deployment of the group "app"`}},
		"a kind that is there":                      {"podTemplates: [{group: apps, kind: Deployment, path: spec.template}]", nil},
	} {
		t.Run(name, func(t *testing.T) {
			run(t, "enabled: true\nsecrets: [s]\n"+test.spec, sources...).succeeded().told(append(test.told, set)...)
		})
	}
	t.Run("but not where the function is disabled", func(t *testing.T) {
		run(t, "enabled: false\nworkloads: [{name: p}]\npodTemplates: [{group: a, kind: B, path: c}]", sources...).succeeded().told()
	})
}
