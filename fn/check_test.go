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
	disabled   = "error: ChecksumAnnotator test: spec.enabled: the function is disabled, and no workload gets a checksum: set enabled: true"
	lacks      = "error: Deployment d: the pod template has no annotation checksum/configmap.cm, although ConfigMap cm is on the allowlist"
	isOutdated = "error: Deployment d: the annotation checksum/configmap.cm of the pod template is out of date: "
	outOfDate  = isOutdated + "it is the checksum of nothing that the workload uses now"
	noChecksum = isOutdated + "its value is no checksum"
	emptyList  = "error: ChecksumAnnotator test: spec: the allowlist is empty, and no workload gets a checksum: list names under secrets or configMaps"
	notAsked   = "error: Deployment d: the pod template has the annotation checksum/configmap.cm, which the configuration does not ask for"
)

// What Check says of values whose origin it can tell.
func contentChanged(source string) string {
	return isOutdated + "the content of " + source + " is not what the function saw: something changed it afterwards" +
		" (a later kustomization or patch, vars or name references of kustomize in it, an edit); list the function in the outermost kustomization," +
		" use replacements in place of vars, or run annotate or patch on what is rendered"
}

func ofAName(source string) string {
	return isOutdated + "it is the digest of a name, but " + source + " is in the input, and changes of it are not seen:" +
		" the function ran where it did not see it; list it in the outermost kustomization"
}

func madeOtherwise(source string) string {
	return isOutdated + "it is a checksum of " + source + ", but another configuration made it: with other keys, another keyScope or without the salt"
}

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
	pinned := func(name string) string {
		return isOutdated + "it is the checksum that spec.configMaps[0] gives, but ConfigMap " + name + " is in the input with another content: remove the checksum of the entry"
	}
	tests := []struct {
		name, spec string
		objects    []string
		want       []string
	}{
		{"annotated", "enabled: true, configMaps: [cm]", []string{configMap("cm", "a: '1'"), with(sum("a: '1'"), uses("cm"))}, nil},
		{"not annotated", "enabled: true, configMaps: [cm]", []string{configMap("cm", "a: '1'"), uses("cm")}, []string{lacks, noneAnnotated}},
		{"the source changed since", "enabled: true, configMaps: [cm]", []string{configMap("cm", "a: '2'"), with(sum("a: '1'"), uses("cm"))}, []string{contentChanged("ConfigMap cm")}},
		{"renamed by kustomize", "enabled: true, configMaps: [cm]", []string{configMap("p-cm-h4sh", "a: '1'"), with(sum("a: '1'"), uses("p-cm-h4sh"))}, nil},
		{"renamed and changed", "enabled: true, configMaps: [cm]", []string{configMap("p-cm-h4sh", "a: '2'"), with(sum("a: '1'"), uses("p-cm-h4sh"))}, []string{contentChanged("ConfigMap p-cm-h4sh")}},
		{"renamed and not annotated", "enabled: true, configMaps: [cm]", []string{configMap("p-cm-h4sh", "a: '1'"), uses("p-cm-h4sh")}, []string{
			"warning: Deployment d: the pod template has no checksum of ConfigMap p-cm-h4sh, which may be what spec.configMaps[0] means", noneAnnotated}},
		{"renamed, and one of two is not annotated", "enabled: true, configMaps: [cm]", []string{configMap("p-cm", "a: '1'"), with(sum("a: '1'"), uses("p-cm")), other(uses("p-cm"))},
			[]string{"error: Deployment e: the pod template has no checksum of ConfigMap p-cm, as others have for ConfigMap cm"}},
		{"of equal content with another one, which is used too", "enabled: true, configMaps: [cm]",
			[]string{configMap("cm", "a: '1'"), configMap("o", "a: '1'"), with(sum("a: '1'"), deployment("d", "configMapRef: {name: cm}", "configMapRef: {name: o}")), other(uses("o"))}, nil},
		{"an empty annotation", "enabled: true, configMaps: [cm]", []string{configMap("p-cm", "a: '1'"), with("", uses("p-cm"))}, []string{noChecksum}},
		{"selected by a name that it had", "enabled: true, workloads: [{name: web}], configMaps: [cm]", []string{configMap("p-cm", "a: '1'"), with(sum("a: '1'"), uses("p-cm"))}, nil},
		{"another configuration's workload", "enabled: true, workloads: [{name: web}], configMaps: [cm]",
			[]string{configMap("cm", "a: '1'"), with(sum("a: '1'"), uses("cm")), annotation("checksum/configmap.x", "1", other(uses("x")))}, nil},
		{"in no namespace, and renamed in that of the entry", "enabled: true, configMaps: [{name: cm, namespace: west}]",
			[]string{configMap("cm", "a: '1'"), uses("cm"), in("west", configMap("p-cm", "a: '2'")), in("west", other(with(sum("a: '2'"), uses("p-cm"))))}, nil},
		{"in no namespace, and another one in that of the entry", "enabled: true, configMaps: [{name: cm, namespace: west}]",
			[]string{configMap("cm", "a: '1'"), uses("cm"), in("west", configMap("settings", "a: '2'"))},
			[]string{strings.Replace(lacks, "ConfigMap cm", "ConfigMap west/cm", 1), noneAnnotated}},
		{"renamed, and it has to be in the input", "enabled: true, onMissing: Fail, configMaps: [cm]", []string{configMap("p-cm", "a: '1'"), with(sum("a: '1'"), uses("p-cm"))}, nil},
		{"the checksum of something else that is there", "enabled: true, configMaps: [cm]", []string{configMap("p-cm", "a: '1'"), configMap("o", "a: '2'"), with(sum("a: '2'"), uses("p-cm"))}, []string{isOutdated + "it is the checksum of ConfigMap o"}},
		{"some keys", "enabled: true, configMaps: [{name: cm, keys: [a]}]", []string{configMap("p-cm", "a: '1', b: '2'"), with(sum("a: '1'"), uses("p-cm"))}, nil},
		{"some keys, which it lacks, and an empty annotation", "enabled: true, configMaps: [{name: cm, keys: [z]}]", []string{configMap("p-cm", "a: '1'"), with("", uses("p-cm"))}, []string{noChecksum}},
		{"the operator's checksum", "enabled: true, configMaps: [{name: cm, checksum: " + operators + "}]", []string{with(operators, uses("cm"))}, nil},
		{"not the operator's checksum", "enabled: true, configMaps: [{name: cm, checksum: " + operators + "}]", []string{configMap("cm", "a: '1'"), with(sum("a: '1'"), uses("cm"))}, []string{isOutdated + "it is not the checksum that spec.configMaps[0] gives"}},
		{"the digest of a name", "enabled: true, configMaps: [cm]", []string{with(ofName, uses("cm"))}, nil},
		{"the digest of a name, but it is in the input", "enabled: true, configMaps: [{name: cm, onMissing: Fail}]", []string{configMap("cm", "a: '1'"), with(ofName, uses("cm"))}, []string{ofAName("ConfigMap cm")}},
		{"the digest of a name, but it came into the input", "enabled: true, configMaps: [cm]", []string{configMap("cm", "a: '1'"), with(ofName, uses("cm"))}, []string{ofAName("ConfigMap cm")}},
		{"the digest of a name, but it is in the input, renamed", "enabled: true, configMaps: [cm]", []string{configMap("p-cm-h4sh", "a: '1'"), with(ofName, uses("p-cm-h4sh"))}, []string{ofAName("ConfigMap p-cm-h4sh")}},
		{"the digest of a name, beside one that is made of it", "enabled: true, configMaps: [cm]",
			[]string{configMap("cm-more", "a: '1'"), with(ofName, deployment("d", "configMapRef: {name: cm}", "configMapRef: {name: cm-more}"))}, nil},
		{"the digest of a name, renamed by hand", "enabled: true, configMaps: [cm]", []string{with(ofName, uses("p-cm"))}, nil},
		{"the digest of a name, with scope All", "enabled: true, scope: All, configMaps: [cm]", []string{configMap("cm-more", "a: '1'"), with(ofName, uses("cm-more"))}, nil},
		{"the digest of a name, with scope All, but it is in the input", "enabled: true, scope: All, configMaps: [cm]", []string{configMap("cm", "a: '1'"), with(ofName, uses("x"))}, []string{ofAName("ConfigMap cm")}},
		{"the digest of a name, without the salt", "enabled: true, salt: s, configMaps: [cm]", []string{configMap("cm", "a: '1'"), with(ofName, uses("cm"))}, []string{ofAName("ConfigMap cm")}},
		{"the operator's checksum, and the same in the input", "enabled: true, configMaps: [{name: cm, checksum: " + sum("a: '1'") + "}]", []string{configMap("cm", "a: '1'"), with(sum("a: '1'"), uses("cm"))}, nil},
		{"the operator's checksum, but another one in the input", "enabled: true, configMaps: [{name: cm, checksum: " + operators + "}]", []string{configMap("cm", "a: '1'"), with(operators, uses("cm"))}, []string{pinned("cm")}},
		{"the operator's checksum, but another one in the input, renamed", "enabled: true, configMaps: [{name: cm, checksum: " + operators + "}]", []string{configMap("cm-h4sh", "a: '1'"), with(operators, uses("cm-h4sh"))}, []string{pinned("cm-h4sh")}},
		{"the operator's checksum, but another one in the input, with scope All", "enabled: true, scope: All, configMaps: [{name: cm, checksum: " + operators + "}]", []string{configMap("cm", "a: '1'"), with(operators, uses("x"))}, []string{pinned("cm")}},
		{"made without the keys", "enabled: true, configMaps: [{name: cm, keys: [a]}]", []string{configMap("cm", "a: '1', b: '2'"), with(sum("a: '1', b: '2'"), uses("cm"))}, []string{madeOtherwise("ConfigMap cm")}},
		{"made without the salt", "enabled: true, salt: s, configMaps: [cm]", []string{configMap("p-cm", "a: '1'"), with(sum("a: '1'"), uses("p-cm"))}, []string{madeOtherwise("ConfigMap p-cm")}},
		{"of an object that is not used", "enabled: true, configMaps: [cm]", []string{configMap("cm", "a: '1'"), configMap("o", "a: '2'"), with(sum("a: '2'"), uses("cm"))}, []string{isOutdated + "it is the checksum of ConfigMap o"}},
		{"of labels, changed", "enabled: true, configMaps: [{labelSelector: l}]", []string{labelled("cm", "a: '2'"), with(sum("a: '1'"), uses("cm"))}, []string{contentChanged("ConfigMap cm")}},
		{"of what is not used any more", "enabled: true, configMaps: [cm]", []string{configMap("x", "a: '2'"), with(sum("a: '1'"), uses("x"))}, []string{outOfDate}},
		{"an empty allowlist", "enabled: true", []string{uses("cm")}, []string{emptyList}},
		{"an empty allowlist, and annotated", "enabled: true, secrets: []", []string{with(sum("a: '1'"), uses("cm"))}, []string{emptyList, notAsked}},
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

func TestCheckTellsOtherKeyScopesFromChanges(t *testing.T) {
	user := strings.Replace(deployment("d"), "envFrom:", "env: [{name: A, valueFrom: {configMapKeyRef: {name: cm, key: a}}}]", 1)
	source := configMap("cm", "a: '1', b: '2'")
	for made, checks := range map[string]string{"Used": "All", "All": "Used"} {
		sum := run(t, "{enabled: true, keyScope: "+made+", configMaps: [cm]}", source, user).checksum("d")
		annotated := withTemplateAnnotation("checksum/configmap.cm", sum, user)
		got := checked(t, "enabled: true, keyScope: "+checks+", configMaps: [cm]", source, annotated).Results.Lines()
		if diff := cmp.Diff([]string{madeOtherwise("ConfigMap cm")}, got); diff != "" {
			t.Errorf("made with keyScope %s (-want +got):\n%s", made, diff)
		}
	}
}

func TestCheckListsWhatEachWorkloadHas(t *testing.T) {
	objects := []string{
		in("shop", secret("p-db-h4sh", "k: v")), in("shop", configMap("flags", "k: v")), in("shop", configMap("p-more", "k: v")),
		in("shop", deployment("one", "secretRef: {name: p-db-h4sh}", "configMapRef: {name: flags}", "configMapRef: {name: p-more}")),
		in("shop", deployment("two", "secretRef: {name: p-db-h4sh}", "configMapRef: {name: flags}")),
	}
	sum := run(t, "enabled: true\nsecrets: [p-db-h4sh]", objects...).checksum("two")
	objects[3] = strings.Replace(withTemplateAnnotation("checksum/secret.db", sum, objects[3]),
		"annotations:\n", "annotations:\n        checksum/secret.old: "+sum+"\n", 1)
	objects[4] = withTemplateAnnotation("checksum/configmap.flags", digestOfNobody, objects[4])
	got := checked(t, "enabled: true, secrets: [db], configMaps: [flags, more]", objects...)
	var rows []string
	for _, row := range got.Checksums {
		rows = append(rows, fmt.Sprintf("%s %s: %v: %s (%v)", row.Workload, row.Annotation, row.Source, row.Status, row.Problem != ""))
	}
	want := []string{
		"Deployment shop/one checksum/configmap.flags: ConfigMap shop/flags: missing (false)",
		"Deployment shop/one checksum/configmap.more: ConfigMap shop/p-more: may be missing (false)",
		"Deployment shop/one checksum/secret.db: Secret shop/p-db-h4sh: up to date (false)",
		"Deployment shop/one checksum/secret.old: <nil>: not due (true)",
		"Deployment shop/two checksum/configmap.flags: ConfigMap shop/flags: out of date (true)",
		"Deployment shop/two checksum/secret.db: Secret shop/p-db-h4sh: missing (false)",
	}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
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
	if lines := got.Results.Lines(); len(got.Checksums) != sources*workloads || len(lines) > 0 {
		t.Errorf("it found %d checksums, and %q", len(got.Checksums), lines)
	}
}

func TestNamesThatKustomizeCanHaveExtended(t *testing.T) {
	if diff := cmp.Diff([]string{"a", "a-b", "a-b-c.d", "b", "b-c.d", "c.d"}, fn.PartsOf("a-b-c.d")); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if got := fn.PartsOf(strings.Repeat("a-", 10_000) + "a"); len(got) > 0 {
		t.Errorf("of what is too long for a name it takes %d names", len(got))
	}
}
