package fn_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"
)

// annotatedWith returns the keys that workloads have, as "a: cm s, b: s".
func annotatedWith(t *testing.T, o outcome, names ...string) string {
	t.Helper()
	var all []string
	for _, name := range names {
		if keys := o.keys(name); len(keys) > 0 {
			all = append(all, name+": "+strings.Join(keys, " "))
		}
	}
	return strings.NewReplacer("checksum/secret.", "", "checksum/configmap.", "").Replace(strings.Join(all, ", "))
}

func TestWorkloadsAndScopeOfAnEntry(t *testing.T) {
	labelled := strings.Replace(deployment("b", "secretRef: {name: s}"), "  name: b\n", "  name: b\n  labels: {tier: web}\n  annotations: {note: x}\n", 1)
	items := []string{
		secret("s", "k: v"), secret("t", "k: v"), configMap("cm", "k: v"),
		deployment("a", "secretRef: {name: s}", "configMapRef: {name: cm}"),
		labelled,
		deployment("c"),
	}
	tests := []struct{ name, spec, want string }{
		{"all that reference it, without either", "secrets: [s]", "a: s, b: s"},
		{"those that are selected and reference it", "secrets: [{name: s, workloads: [{name: a}]}]", "a: s"},
		{"those that one of several selectors selects", "secrets: [{name: s, workloads: [{name: a}, {labelSelector: tier=web}]}]", "a: s, b: s"},
		{"those without an annotation", "secrets: [{name: s, workloads: [{annotationSelector: '!note'}]}]", "a: s"},
		{"none that does not reference it", "secrets: [{name: s, workloads: [{name: c}]}]", ""},
		{"none where nothing is selected", "secrets: [{name: s, workloads: [{kind: StatefulSet}]}]", ""},
		{"of those that the spec selects", "workloads: [{name: a|c}]\nsecrets: [{name: s, workloads: [{name: b|c}]}]", ""},
		{"each entry by itself", "secrets: [{name: s, workloads: [{name: b}]}]\nconfigMaps: [{name: cm, workloads: [{name: a}]}]", "a: cm, b: s"},
		{"whatever the templates show", "secrets: [{name: t, scope: All, workloads: [{name: a|c}]}]", "a: t, c: t"},
		{"whatever the templates show, for all", "secrets: [{name: t, scope: All}, s]", "a: s t, b: s t, c: t"},
		{"only those that reference it, with scope All for the rest", "scope: All\nsecrets: [t, {name: s, scope: Referenced}]", "a: s t, b: s t, c: t"},
		{"selected ones, with scope All for all", "scope: All\nsecrets: [t, {name: s, workloads: [{name: c}]}]", "a: t, b: t, c: s t"},
		{"one that they reference as well", "secrets: [{name: s, scope: All, workloads: [{name: a|c}]}]", "a: s, c: s"},
		{"by labels", "secrets: [{labelSelector: l, scope: All, workloads: [{name: c}]}]", "c: l"},
		{"what is not in the input", "secrets: [{name: x, scope: All, workloads: [{name: c}]}]", "c: x"},
		{"with a checksum", "secrets: [{name: x, checksum: " + operators + ", scope: All, workloads: [{name: c}]}]", "c: x"},
		{"of another namespace", "secrets: [{name: x, namespace: other, scope: All, workloads: [{name: c}]}]", "c: x"},
	}
	l := strings.Replace(secret("l", "k: v"), "name: l", "name: l, labels: {l: x}", 1)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			outcome := run(t, "enabled: true\n"+test.spec, append(items, l)...).succeeded()
			if got := annotatedWith(t, outcome, "a", "b", "c"); got != test.want {
				t.Errorf("annotated are %q, not %q; results: %q", got, test.want, outcome.results.Lines())
			}
			if test.want == "" {
				return
			}
			var rendered []string
			for _, item := range parse(t, outcome.output)["items"].([]any) {
				text, err := yaml.Marshal(item)
				if err != nil {
					t.Fatal(err)
				}
				rendered = append(rendered, string(text))
			}
			found := checked(t, "enabled: true, "+strings.ReplaceAll(test.spec, "\n", ", "), rendered...)
			if found.Results.Failed() || len(found.Checksums) != strings.Count(strings.ReplaceAll(test.want, ": ", " "), " ")-strings.Count(test.want, ", ") {
				t.Errorf("check found %d checksums, and says %q", len(found.Checksums), found.Results.Lines())
			}
		})
	}
}

func TestCheckKnowsTheWorkloadsOfAnEntry(t *testing.T) {
	s := secret("s", "k: v")
	a, b := deployment("a", "secretRef: {name: s}"), deployment("b", "secretRef: {name: s}")
	sum := run(t, "enabled: true\nsecrets: [s]", s, a).checksum("a")
	with := func(object string) string {
		return strings.Replace(object, "      labels:", "      annotations: {checksum/secret.s: '"+sum+"'}\n      labels:", 1)
	}
	renamed := func(object string) string { return strings.Replace(object, "  name: ", "  name: p-", 1) }
	stateful := func(object string) string { return strings.Replace(object, "kind: Deployment", "kind: StatefulSet", 1) }
	for name, test := range map[string]struct {
		entry   string
		objects []string
		want    []string
	}{
		"one of them has it":               {"workloads: [{name: a}]", []string{s, with(a), b}, nil},
		"under another name by now":        {"workloads: [{name: a}]", []string{s, renamed(with(a)), renamed(b)}, []string{}},
		"the other one lacks it":           {"workloads: [{name: a|b}]", []string{s, with(a), b}, []string{"error: Deployment b: the pod template has no annotation checksum/secret.s, although Secret s is on the allowlist"}},
		"one of another kind has it":       {"workloads: [{kind: Deployment}]", []string{s, with(a), stateful(with(b))}, []string{"error: StatefulSet b: the pod template has the annotation checksum/secret.s, which the configuration does not ask for"}},
		"one that does not reference it":   {"scope: All, workloads: [{name: c}]", []string{s, with(deployment("c"))}, nil},
		"one that should, without a trace": {"scope: All, workloads: [{name: c|d}]", []string{s, with(deployment("c")), deployment("d")}, []string{"error: Deployment d: the pod template has no annotation checksum/secret.s, although Secret s is on the allowlist"}},
	} {
		t.Run(name, func(t *testing.T) {
			found := checked(t, "enabled: true, secrets: [{name: s, "+test.entry+"}]", test.objects...)
			if diff := cmp.Diff(slices.Concat([]string{}, test.want), slices.Concat([]string{}, found.Results.Lines())); diff != "" {
				t.Errorf("results (-want +got):\n%s", diff)
			}
		})
	}
}

// Pods and Jobs are told of where they reference a source, not where every one counts.
func TestStaticWorkloadsAndTheScopeOfAnEntry(t *testing.T) {
	pod := "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{envFrom: [{secretRef: {name: s}}]}]}\n"
	run(t, "enabled: true\nscope: All\nsecrets: [{name: s, scope: Referenced}, t]", secret("s", "k: v"), secret("t", "k: v"), pod).succeeded().told(
		"info: Pod p: not annotated with checksum/secret.s: a change would not replace the pods of a Pod")
}

// A workload opts out by an annotation of its own.
func TestOptingOutByAnnotation(t *testing.T) {
	out := annotated("checksum.proompteng.ai/ignore", "true", deployment("out", "secretRef: {name: s}"))
	outcome := run(t, "enabled: true\nsecrets: [s]\nworkloads: [{annotationSelector: '!checksum.proompteng.ai/ignore'}]",
		secret("s", "k: v"), deployment("in", "secretRef: {name: s}"), out).succeeded()
	if got := annotatedWith(t, outcome, "in", "out"); got != "in: s" {
		t.Errorf("annotated are %q", got)
	}
}
