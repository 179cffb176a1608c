package fn_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/proompteng/checksum-annotator/fn"
)

// checked returns what Check finds in a stream, with the given spec.
func checked(t *testing.T, spec string, objects ...string) fn.Checked {
	t.Helper()
	return fn.Check([]byte(strings.Join(objects, "---\n")), checkConfig(t, spec))
}

func checkConfig(t *testing.T, spec string) any {
	t.Helper()
	return parse(t, "apiVersion: checksum.proompteng.ai/v1alpha1\nkind: ChecksumAnnotator\nmetadata: {name: test}\nspec: {"+spec+"}\n")
}

const (
	noneAnnotated = "error: ChecksumAnnotator test: no selected workload has a checksum: the function has not run" +
		" (kustomize skips a program without --enable-exec, and says nothing), or no workload that spec.workloads selects by its final name uses what is on the allowlist"
	disabled  = "warning: ChecksumAnnotator test: spec.enabled: the function is disabled: there should be no checksums"
	lacks     = "error: Deployment d: the pod template has no annotation checksum/configmap.cm, although ConfigMap cm is on the allowlist"
	outOfDate = "error: Deployment d: the annotation checksum/configmap.cm of the pod template is out of date: it is the checksum of nothing that the workload uses now"
	notAsked  = "error: Deployment d: the pod template has the annotation checksum/configmap.cm, which the configuration does not ask for"
)

func TestCheck(t *testing.T) {
	sum := func(data string) string {
		return run(t, "{enabled: true, configMaps: [cm]}", configMap("cm", data), deployment("d", "configMapRef: {name: cm}")).checksum("d")
	}
	annotation := func(key, value, object string) string {
		return strings.Replace(object, "      labels:", "      annotations: {"+key+": '"+value+"'}\n      labels:", 1)
	}
	with := func(value, object string) string { return annotation("checksum/configmap.cm", value, object) }
	uses := func(name string) string { return deployment("d", "configMapRef: {name: "+name+"}") }
	labelled := func(name, data string) string {
		return strings.Replace(configMap(name, data), "metadata: {", "metadata: {labels: {l: ''}, ", 1)
	}
	ofName := run(t, "{enabled: true, configMaps: [cm]}", uses("cm")).checksum("d")
	other := func(object string) string { return strings.Replace(object, "name: d\n", "name: e\n", 1) }
	operators := strings.Repeat("0a", 32)
	tests := []struct {
		name, spec string
		objects    []string
		want       []string
	}{
		{"annotated", "enabled: true, configMaps: [cm]", []string{configMap("cm", "a: '1'"), with(sum("a: '1'"), uses("cm"))}, nil},
		{"not annotated", "enabled: true, configMaps: [cm]", []string{configMap("cm", "a: '1'"), uses("cm")}, []string{lacks, noneAnnotated}},
		{"the source changed since", "enabled: true, configMaps: [cm]", []string{configMap("cm", "a: '2'"), with(sum("a: '1'"), uses("cm"))}, []string{outOfDate}},
		{"renamed by kustomize", "enabled: true, configMaps: [cm]", []string{configMap("p-cm-h4sh", "a: '1'"), with(sum("a: '1'"), uses("p-cm-h4sh"))}, nil},
		{"renamed and changed", "enabled: true, configMaps: [cm]", []string{configMap("p-cm-h4sh", "a: '2'"), with(sum("a: '1'"), uses("p-cm-h4sh"))}, []string{outOfDate}},
		{"renamed and not annotated", "enabled: true, configMaps: [cm]", []string{configMap("p-cm-h4sh", "a: '1'"), uses("p-cm-h4sh")}, []string{
			"warning: Deployment d: the pod template has no checksum of ConfigMap p-cm-h4sh, which may be what spec.configMaps[0] means", noneAnnotated}},
		{"renamed, and one of two is not annotated", "enabled: true, configMaps: [cm]", []string{configMap("p-cm", "a: '1'"), with(sum("a: '1'"), uses("p-cm")), other(uses("p-cm"))},
			[]string{"error: Deployment e: the pod template has no checksum of ConfigMap p-cm, as others have for ConfigMap cm"}},
		{"an empty annotation", "enabled: true, configMaps: [cm]", []string{configMap("p-cm", "a: '1'"), with("", uses("p-cm"))}, []string{outOfDate}},
		{"selected by a name that it had", "enabled: true, workloads: [{name: web}], configMaps: [cm]", []string{configMap("p-cm", "a: '1'"), with(sum("a: '1'"), uses("p-cm"))}, nil},
		{"another configuration's workload", "enabled: true, workloads: [{name: web}], configMaps: [cm]",
			[]string{configMap("cm", "a: '1'"), with(sum("a: '1'"), uses("cm")), annotation("checksum/configmap.x", "1", other(uses("x")))}, nil},
		{"renamed, and it has to be in the input", "enabled: true, onMissing: Fail, configMaps: [cm]", []string{configMap("p-cm", "a: '1'"), with(sum("a: '1'"), uses("p-cm"))}, nil},
		{"the checksum of something else that is there", "enabled: true, configMaps: [cm]", []string{configMap("p-cm", "a: '1'"), configMap("o", "a: '2'"), with(sum("a: '2'"), uses("p-cm"))}, []string{outOfDate}},
		{"some keys", "enabled: true, configMaps: [{name: cm, keys: [a]}]", []string{configMap("p-cm", "a: '1', b: '2'"), with(sum("a: '1'"), uses("p-cm"))}, nil},
		{"some keys, which it lacks, and an empty annotation", "enabled: true, configMaps: [{name: cm, keys: [z]}]", []string{configMap("p-cm", "a: '1'"), with("", uses("p-cm"))}, []string{outOfDate}},
		{"the operator's checksum", "enabled: true, configMaps: [{name: cm, checksum: " + operators + "}]", []string{with(operators, uses("cm"))}, nil},
		{"not the operator's checksum", "enabled: true, configMaps: [{name: cm, checksum: " + operators + "}]", []string{configMap("cm", "a: '1'"), with(sum("a: '1'"), uses("cm"))}, []string{outOfDate}},
		{"the digest of a name", "enabled: true, configMaps: [cm]", []string{with(ofName, uses("cm"))}, nil},
		{"the digest of a name, but it is in the input", "enabled: true, configMaps: [{name: cm, onMissing: Fail}]", []string{configMap("cm", "a: '1'"), with(ofName, uses("cm"))}, []string{outOfDate}},
		{"the digest of a name, but it came into the input", "enabled: true, configMaps: [cm]", []string{configMap("cm", "a: '1'"), with(ofName, uses("cm"))}, []string{outOfDate}},
		{"an entry that nothing has to have", "enabled: true, configMaps: [{name: cm, onMissing: Skip}]", []string{deployment("d")}, nil},
		{"one of two entries", "enabled: true, secrets: [s], configMaps: [cm]", []string{configMap("cm", "a: '1'"), with(sum("a: '1'"), uses("cm"))},
			[]string{"warning: ChecksumAnnotator test: spec.secrets[0]: no selected workload has a checksum of Secret s"}},
		{"an annotation for no entry", "enabled: true, secrets: [{name: s, onMissing: Skip}]", []string{configMap("cm", "a: '1'"), with(sum("a: '1'"), uses("cm"))}, []string{notAsked}},
		{"disabled", "enabled: false, configMaps: [cm]", []string{uses("cm")}, []string{disabled}},
		{"disabled, and annotated", "enabled: false, configMaps: [cm]", []string{with(sum("a: '1'"), uses("cm"))}, []string{disabled, notAsked}},
		{"a workload that is not selected", "enabled: true, workloads: [{name: other}], configMaps: [{name: cm, onMissing: Skip}]", []string{with("1", uses("cm"))}, nil},
		{"someone else's annotation", "enabled: true, configMaps: [{name: cm, onMissing: Skip}]", []string{annotation("checksum/config", "1", deployment("d"))}, nil},
		{"every source", "enabled: true, scope: All, configMaps: [cm]", []string{configMap("p-cm", "a: '1'"), with(sum("a: '1'"), deployment("d"))}, nil},
		{"every source, changed", "enabled: true, scope: All, configMaps: [cm]", []string{configMap("p-cm", "a: '2'"), with(sum("a: '1'"), deployment("d"))}, []string{outOfDate}},
		{"labels", "enabled: true, configMaps: [{labelSelector: l}]", []string{labelled("cm-h4sh", "a: '1'"), with(sum("a: '1'"), uses("cm-h4sh"))}, nil},
		{"labels, and not annotated", "enabled: true, configMaps: [{labelSelector: l}]", []string{labelled("cm", "a: '1'"), uses("cm")},
			[]string{"error: Deployment d: the pod template has no annotation checksum/configmap.cm, although ConfigMap with the labels l is on the allowlist", noneAnnotated}},
		{"a source that cannot be read", "enabled: true, configMaps: [cm]", []string{configMap("cm", "a: 1"), with(operators, uses("cm"))},
			[]string{"error: ConfigMap cm: data.a: expected a string, found a number"}},
		{"no configuration", "enabled: yes please", []string{uses("cm")}, []string{`error: ChecksumAnnotator test: spec.enabled: Invalid value: must be true or false, not a string`}},
		{"no objects", "enabled: true", nil, []string{"error: the input holds no objects"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := checked(t, test.spec, test.objects...).Results.Lines()
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("results (-want +got):\n%s", diff)
			}
		})
	}
}

func TestCheckOfUsedKeysThatDoNotCount(t *testing.T) {
	const spec = "enabled: true, keyScope: Used, secrets: [{name: db, keys: [a]}]"
	user := func(secret string) string {
		return strings.Replace(deployment("d"), "envFrom:", "env: [{name: B, valueFrom: {secretKeyRef: {name: "+secret+", key: b}}}]", 1)
	}
	sum := run(t, "{"+spec+"}", sealed("db", "a: x, b: y"), user("db")).checksum("d")
	annotated := strings.Replace(user("p-db"), "      labels:", "      annotations: {checksum/secret.db: '"+sum+"'}\n      labels:", 1)
	if got := checked(t, spec, sealed("p-db", "a: x, b: y"), annotated).Results.Lines(); len(got) > 0 {
		t.Errorf("results are %q", got)
	}
}

// What kustomize has renamed is found by its content: the limit is many times what that
// takes.
func TestCheckOfManyRenamedSources(t *testing.T) {
	const sources, workloads = 20, 50
	var objects, names []string
	for i := range sources {
		names = append(names, fmt.Sprintf("s%d", i))
		objects = append(objects, secret(names[i], "k: "+names[i]))
	}
	for i := range workloads {
		objects = append(objects, deployment(fmt.Sprintf("d%d", i)))
	}
	spec := "enabled: true, scope: All, secrets: [" + strings.Join(names, ", ") + "]"
	output, results := fn.AnnotateStream([]byte(strings.Join(objects, "---\n")), checkConfig(t, spec))
	if results.Failed() {
		t.Fatal(results.Lines())
	}
	renamed := strings.ReplaceAll(string(output.Bytes()), "metadata: {name: s", "metadata: {name: p-s")
	got := fn.Check([]byte(renamed), checkConfig(t, spec))
	if lines := got.Results.Lines(); got.Checksums != sources*workloads || len(lines) > 0 {
		t.Errorf("it found %d checksums, and %q", got.Checksums, lines)
	}
}
