package fn_test

import (
	"strings"
	"testing"
)

// server returns an object of a kind that only the configuration knows.
func server(name, spec string) string {
	return "apiVersion: example.com/v1\nkind: Server\nmetadata: {name: " + name + "}\nspec:\n" + indented(spec, "  ")
}

// declareServer returns a configuration that declares the kind.
func declareServer(fields string) string {
	return "enabled: true\nsecrets: [a, b]\npodTemplates: [{group: example.com, kind: Server, " + fields + "}]"
}

func TestAnnotationsOutsideOfPodTemplates(t *testing.T) {
	sources := []string{secret("a", "k: v1, l: w2"), secret("b", "k: v3")}
	const declared = "annotations: spec.pod.annotations, secrets: ['spec.secrets[]'], containers: [spec]"
	object := server("user", "secrets: [a]\nenv: [{name: V, valueFrom: {secretKeyRef: {name: b, key: k}}}]")
	set := run(t, declareServer(declared), append(sources, object)...).succeeded().told(
		"info: Server user: set checksum/secret.a, checksum/secret.b")
	annotations := at(parse(t, set.output)["items"].([]any)[2], "spec", "pod", "annotations")
	if len(annotations.(map[string]any)) != 2 {
		t.Errorf("the annotations are %v", annotations)
	}

	t.Run("are removed when the function is disabled", func(t *testing.T) {
		input, _, _ := strings.Cut(strings.Replace(set.output, "enabled: true", "enabled: false", 1), "results:\n")
		disabled := runOn(t, input)
		if pod := at(parse(t, disabled.output)["items"].([]any)[2], "spec", "pod"); pod != nil {
			t.Errorf("%v is left", pod)
		}
	})
	t.Run("are those of each element", func(t *testing.T) {
		outcome := run(t, declareServer("annotations: 'spec.pools[].annotations', secrets: ['spec.pools[].secret']"),
			append(sources, server("user", "pools: [{secret: a}, {secret: b}, {secret: c}, {annotations: {x: y}}]"))...).succeeded()
		for i, want := range []string{"checksum/secret.a", "checksum/secret.b", "", ""} {
			pool := at(parse(t, outcome.output)["items"].([]any)[2], "spec", "pools").([]any)[i]
			if want != "" && at(pool, "annotations", want) == nil || want == "" && i == 2 && at(pool, "annotations") != nil {
				t.Errorf("the pool %d is %v", i, pool)
			}
		}
	})
	t.Run("with scope All, are not made for what is not there", func(t *testing.T) {
		outcome := run(t, declareServer("annotations: spec.worker.annotations, secrets: [spec.worker.secret]")+"\nscope: All",
			append(sources, server("one", "size: 1"), server("two", "worker: {size: 1}"))...).succeeded()
		objects := parse(t, outcome.output)["items"].([]any)
		if at(objects[2], "spec", "worker") != nil || at(objects[3], "spec", "worker", "annotations") == nil {
			t.Errorf("the objects are %v", objects[2:])
		}
	})
	t.Run("count the keys that references name", func(t *testing.T) {
		spec := declareServer("annotations: spec.annotations, secrets: [spec.auth]") + "\nkeyScope: Used"
		user := server("user", "auth: {name: a, key: k}")
		before := run(t, spec, secret("a", "k: v1, l: w2"), sources[1], user).succeeded()
		for data, changes := range map[string]bool{"k: v1, l: w3": false, "k: v2, l: w2": true} {
			after := run(t, spec, secret("a", data), sources[1], user).succeeded()
			of := func(o outcome) any {
				return at(parse(t, o.output)["items"].([]any)[2], "spec", "annotations", "checksum/secret.a")
			}
			if of(before) == nil || (of(before) != of(after)) != changes {
				t.Errorf("%s: %v, %v", data, of(before), of(after))
			}
		}
	})
}

func TestPathsThatLeadNowhereAreToldOnce(t *testing.T) {
	const unused = "warning: ChecksumAnnotator test: spec.secrets[1]: no selected workload uses Secret b"
	const unusedBoth = "warning: ChecksumAnnotator test: no selected workload uses Secret a, Secret b"
	const set = "info: Server one: set checksum/secret.a"
	sources := []string{secret("a", "k: v1"), secret("b", "k: v3")}
	objects := []string{server("one", "secret: a\nlist: []\nworker: {size: 1}"), server("two", "size: 1")}
	for fields, want := range map[string][]string{
		"annotations: spec.x.annotations, secrets: [spec.secret]":                                              {unused, set},
		"annotations: spec.x.annotations, secrets: [spec.secret, spec.secretRef], podSpecs: [spec.worker.pod]": {"warning: ChecksumAnnotator test: spec.podTemplates[0].podSpecs[0]: no Server has anything at spec.worker.pod", "warning: ChecksumAnnotator test: spec.podTemplates[0].secrets[1]: no Server has anything at spec.secretRef", unused, set},
		"annotations: spec.agents.pod.annotations, secrets: [spec.agents.secret]":                              {"warning: ChecksumAnnotator test: spec.podTemplates[0].annotations: no Server has anything at spec.agents", unusedBoth},
		"path: spec": {"warning: ChecksumAnnotator test: spec.podTemplates[0].path: no Server has a pod template at spec", unusedBoth},
	} {
		t.Run(fields, func(t *testing.T) {
			run(t, declareServer(fields), append(sources, objects...)...).succeeded().told(want...)
		})
	}
}
