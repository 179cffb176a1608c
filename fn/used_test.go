package fn_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// podOf returns a Deployment with a pod spec in flow style.
func podOf(name, podSpec string) string {
	return "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: " + name + "}\nspec: {template: {spec: {" + podSpec + "}}}\n"
}

func env(kind string, keys ...string) string {
	var list []string
	for _, key := range keys {
		list = append(list, fmt.Sprintf("{name: V, valueFrom: {%sKeyRef: {name: source, key: %s}}}", kind, key))
	}
	return "env: [" + strings.Join(list, ", ") + "]"
}

func TestUsedKeysAreThoseOfEachWorkload(t *testing.T) {
	const all = "a b c"
	tests := []struct{ name, secretSpec, used string }{
		{"a variable", "containers: [{name: c, " + env("secret", "a") + "}]", "a"},
		{"variables of several containers", "containers: [{name: c, " + env("secret", "a") + "}, {name: d, " + env("secret", "c") + "}]", "a c"},
		{"an init container's", "initContainers: [{name: c, " + env("secret", "b") + "}]", "b"},
		{"an init container's and a container's", "initContainers: [{name: c, " + env("secret", "b") + "}], containers: [{name: c, " + env("secret", "a", "b") + "}]", "a b"},
		{"an optional one", "containers: [{name: c, env: [{name: V, valueFrom: {secretKeyRef: {name: source, key: a, optional: true}}}]}]", "a"},
		{"all variables", "containers: [{name: c, envFrom: [{prefix: P_, secretRef: {name: source}}]}]", all},
		{"all variables of an init container", "initContainers: [{name: c, envFrom: [{secretRef: {name: source}}]}], containers: [{name: c, " + env("secret", "a") + "}]", all},
		{"a volume", "volumes: [{name: v, secret: {secretName: source}}]", all},
		{"a volume with items", "volumes: [{name: v, secret: {secretName: source, items: [{key: b, path: p}, {key: c, path: q}]}}]", "b c"},
		{"a volume with no items", "volumes: [{name: v, secret: {secretName: source, items: []}}]", all},
		{"a volume with null as items", "volumes: [{name: v, secret: {secretName: source, items: }}]", all},
		{"a projected volume", "volumes: [{name: v, projected: {sources: [{secret: {name: source}}]}}]", all},
		{"a projected volume with items", "volumes: [{name: v, projected: {sources: [{secret: {name: source, items: [{key: b, path: p}]}}]}}]", "b"},
		{"a projected volume that projects it twice", "volumes: [{name: v, projected: {sources: [{secret: {name: source, items: [{key: b, path: p}]}}, {secret: {name: source, items: [{key: a, path: q}]}}]}}]", "a b"},
		{"items and a variable", "containers: [{name: c, " + env("secret", "a") + "}], volumes: [{name: v, secret: {secretName: source, items: [{key: b, path: p}]}}]", "a b"},
		{"a driver's", "containers: [{name: c, " + env("secret", "a") + "}], volumes: [{name: v, csi: {driver: d, nodePublishSecretRef: {name: source}}}]", all},
		{"a key that the source lacks", "containers: [{name: c, " + env("secret", "missing") + "}]", ""},
		{"that and another", "containers: [{name: c, " + env("secret", "missing", "a") + "}]", "a"},
	}
	values := map[string]string{"a": "1", "b": "2", "c": "3"}
	canonical := func(secret bool, keys string) string {
		var members []string
		for _, key := range strings.Fields(keys) {
			value := values[key]
			if secret {
				value = map[string]string{"1": "MQ==", "2": "Mg==", "3": "Mw=="}[value]
			}
			members = append(members, fmt.Sprintf("%q:%q", key, value))
		}
		return sha256Of(`{"binaryData":{},"data":{` + strings.Join(members, ",") + `}}`)
	}
	const spec = "enabled: true\nkeyScope: Used\nsecrets: [source]\nconfigMaps: [source]"
	for _, test := range tests {
		t.Run("Secret, "+test.name, func(t *testing.T) {
			outcome := run(t, spec, secret("source", "a: '1', b: '2', c: '3'"), podOf("user", test.secretSpec)).succeeded()
			if got := outcome.checksum("user"); got != canonical(true, test.used) {
				t.Errorf("the checksum is not that of %q", test.used)
			}
		})
		if strings.Contains(test.secretSpec, "csi") {
			continue
		}
		t.Run("ConfigMap, "+test.name, func(t *testing.T) {
			podSpec := strings.NewReplacer("secretKeyRef", "configMapKeyRef", "secretRef", "configMapRef", "secretName", "name", "secret:", "configMap:").Replace(test.secretSpec)
			outcome := run(t, spec, configMap("source", "a: '1', b: '2', c: '3'"), podOf("user", podSpec)).succeeded()
			if got := outcome.checksum("user"); got != canonical(false, test.used) {
				t.Errorf("the checksum is not that of %q", test.used)
			}
		})
	}
}

func TestUsedKeysOfOneKindAreNotThoseOfTheOther(t *testing.T) {
	outcomeOf := func(secretValue, mapValue string) outcome {
		return run(t, "enabled: true\nkeyScope: Used\nsecrets: [source]\nconfigMaps: [source]",
			secret("source", "a: x, b: "+secretValue), configMap("source", "a: "+mapValue+", b: x"),
			podOf("user", "containers: [{name: c, "+env("secret", "a")+"}, {name: d, "+env("configMap", "b")+"}]")).succeeded()
	}
	if got := restarted(outcomeOf("x", "x"), outcomeOf("y", "y"), "user"); got != nil {
		t.Error("keys that it does not use restart the workload")
	}
}

func TestUsedKeysAndKeysAreBothNeeded(t *testing.T) {
	const spec = "enabled: true\nkeyScope: Used\nsecrets: [{name: source, keys: [a, b]}]"
	outcomeOf := func(data string) outcome {
		return run(t, spec, secret("source", data), podOf("one", "containers: [{name: c, "+env("secret", "b", "c")+"}]"),
			podOf("all", "containers: [{name: c, envFrom: [{secretRef: {name: source}}]}]"), podOf("none", "containers: [{name: c, "+env("secret", "c")+"}]")).succeeded()
	}
	before := outcomeOf("a: '1', b: '2', c: '3'")
	for data, want := range map[string][]string{
		"a: x, b: '2', c: '3'":   {"all"},
		"a: '1', b: x, c: '3'":   {"all", "one"},
		"a: '1', b: '2', c: x":   nil,
		"a: '1', b: '2'":         nil,
		"d: x, a: '1', b: '2'":   nil,
		"c: '3', b: '2', a: '1'": nil,
	} {
		if diff := cmp.Diff(want, restarted(before, outcomeOf(data), "all", "none", "one")); diff != "" {
			t.Errorf("%s: restarted (-want +got):\n%s", data, diff)
		}
	}
	if before.checksum("none") != run(t, "enabled: true\nsecrets: [source]", secret("source", ""), deployment("user", "secretRef: {name: source}")).checksum("user") {
		t.Error("where no key counts, the checksum is not that of nothing")
	}
	run(t, spec, secret("source", "a: '1'"), podOf("one", "containers: [{name: c, "+env("secret", "a")+"}]")).failed().told(
		"error: Secret source: it has no key b, which spec.secrets[0].keys names")
}

// One object, which a workload calls by two names, in two ways that kustomize treats
// differently.
func TestUsedKeysOfOneObjectWithTwoNames(t *testing.T) {
	object := func(data string) string {
		return annotated("internal.config.kubernetes.io/previousNames", "source", configMap("p-source", data))
	}
	user := podOf("user", "containers: [{name: c, "+env("configMap", "a")+"}], volumes: [{name: v, configMap: {name: p-source, items: [{key: b, path: p}]}}]")
	outcomeOf := func(data string) outcome {
		return run(t, "enabled: true\nkeyScope: Used\nconfigMaps: [source]", object(data), user).succeeded().told("info: Deployment user: set checksum/configmap.source")
	}
	before := outcomeOf("a: x, b: x, c: x")
	for data, want := range map[string][]string{"a: z, b: x, c: x": {"user"}, "a: x, b: z, c: x": {"user"}, "a: x, b: x, c: z": nil} {
		if diff := cmp.Diff(want, restarted(before, outcomeOf(data), "user")); diff != "" {
			t.Errorf("%s: restarted (-want +got):\n%s", data, diff)
		}
	}
}

func TestUsedKeysWithScopeAll(t *testing.T) {
	outcomeOf := func(data string) outcome {
		return run(t, "enabled: true\nkeyScope: Used\nscope: All\nsecrets: [source]", secret("source", data),
			podOf("user", "containers: [{name: c, "+env("secret", "a")+"}]"), podOf("idle", "containers: [{name: c}]")).succeeded()
	}
	before := outcomeOf("a: x, b: x")
	for data, want := range map[string][]string{"a: z, b: x": {"idle", "user"}, "a: x, b: z": {"idle"}} {
		if diff := cmp.Diff(want, restarted(before, outcomeOf(data), "idle", "user")); diff != "" {
			t.Errorf("%s: restarted (-want +got):\n%s", data, diff)
		}
	}
}

// Each pod template of an item has the keys that it uses itself.
func TestUsedKeysOfSeveralPodTemplates(t *testing.T) {
	cluster := "apiVersion: ray.io/v1\nkind: RayCluster\nmetadata: {name: user}\nspec:\n  workers:\n" +
		"  - template:\n      spec: {containers: [{name: c, " + env("secret", "a") + "}]}\n" +
		"  - template:\n      spec: {containers: [{name: c, " + env("secret", "b") + "}]}\n" +
		"  - template:\n      spec: {containers: [{name: c}]}\n"
	checksums := func(data string) (found [3]any) {
		outcome := run(t, "enabled: true\nkeyScope: Used\nsecrets: [source]\npodTemplates: [{group: ray.io, kind: RayCluster, path: \"spec.workers[].template\"}]",
			secret("source", data), cluster).succeeded().told("info: RayCluster user: set checksum/secret.source")
		for i, worker := range at(parse(t, outcome.output)["items"].([]any)[1], "spec", "workers").([]any) {
			found[i] = at(worker, "template", "metadata", "annotations", "checksum/secret.source")
		}
		return found
	}
	before, after := checksums("a: x, b: x"), checksums("a: x, b: z")
	if before[0] != after[0] || before[1] == after[1] || before[0] == nil || before[0] == before[1] || before[2] != nil {
		t.Errorf("the checksums are %v and %v", before, after)
	}
}

func TestMalformedKeys(t *testing.T) {
	for podSpec, want := range map[string]string{
		"containers: [{name: c, env: [{name: V, valueFrom: {secretKeyRef: {name: source, key: [a]}}}]}]":                      "spec.template.spec.containers[0].env[0].valueFrom.secretKeyRef.key: expected a string, found a list",
		"containers: [{name: c, env: [{name: V, valueFrom: {secretKeyRef: {name: source, key: 1}}}]}]":                        "spec.template.spec.containers[0].env[0].valueFrom.secretKeyRef.key: expected a string, found a number",
		"volumes: [{name: v, secret: {secretName: source, items: {key: a}}}]":                                                 "spec.template.spec.volumes[0].secret.items: expected a list, found a mapping",
		"volumes: [{name: v, secret: {secretName: source, items: [a]}}]":                                                      "spec.template.spec.volumes[0].secret.items[0]: expected a mapping, found a string",
		"volumes: [{name: v, projected: {sources: [{secret: {name: source, items: [{key: a, path: p}, {key: true}]}}]}}]":     "spec.template.spec.volumes[0].projected.sources[0].secret.items[1].key: expected a string, found a boolean",
		"containers: [{name: c, env: [{name: V, valueFrom: {secretKeyRef: {name: source, key: a}}}]}], initContainers: [1]":   "spec.template.spec.initContainers[0]: expected a mapping, found a number",
		"containers: [{name: c, env: [{name: V, valueFrom: {secretKeyRef: {name: source, key: a, key: b}}}]}], volumes: null": "spec.template.spec.containers[0].env[0].valueFrom.secretKeyRef.key: the field is given twice",
	} {
		for _, scope := range []string{"Referenced", "All"} {
			run(t, "enabled: true\nkeyScope: Used\nscope: "+scope+"\nsecrets: [source]", secret("source", "a: x"), podOf("user", podSpec)).failed().told(
				"error: Deployment user: " + want)
		}
	}
}

// A change of the key scope, or of what is used, changes the annotations that are there.
func TestUsedKeysReplaceTheChecksumThatIsThere(t *testing.T) {
	items := []string{secret("source", "a: x, b: z"), podOf("user", "containers: [{name: c, "+env("secret", "a")+"}]")}
	all := run(t, "enabled: true\nsecrets: [source]", items...).succeeded()
	input, _, _ := strings.Cut(strings.Replace(all.output, "enabled: true\n", "enabled: true\n    keyScope: Used\n", 1), "results:\n")
	used := runOn(t, input).succeeded().told("info: Deployment user: set checksum/secret.source")
	if used.checksum("user") != run(t, "enabled: true\nkeyScope: Used\nsecrets: [source]", items...).checksum("user") || used.checksum("user") == all.checksum("user") {
		t.Error("the checksum is another one than without an earlier run")
	}
	input, _, _ = strings.Cut(used.output, "results:\n")
	runOn(t, input).succeeded().told()
}
