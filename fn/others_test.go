package fn_test

import (
	"fmt"
	"strings"
	"testing"
)

// digestOfNobody has the form of a digest.
var digestOfNobody = strings.Repeat("0123456789abcdef", 4)

// withTemplateAnnotation gives the pod template of a Deployment an annotation.
func withTemplateAnnotation(key, value, object string) string {
	return strings.Replace(object, "      labels:", fmt.Sprintf("      annotations:\n        %s: '%s'\n      labels:", key, value), 1)
}

const othersStay = "warning: ChecksumAnnotator test: spec.annotationPrefix: no entry gives these annotations, and they stay: %s;" +
	" if another program sets them, use another annotationPrefix; if they are left from an earlier run, remove them"

func TestOnlyAnnotationsOfAnEarlierRunAreRemoved(t *testing.T) {
	const (
		path       = "config.kubernetes.io/path"
		kustomize  = "kustomize.config.k8s.io/id"
		removed    = "info: Deployment user: removed checksum/secret.envs (a.yaml, document 1)"
		referenced = "checksum/secret.other"
	)
	stays := func(key string) string { return fmt.Sprintf(othersStay, key+" of Deployment user") }
	user := func(key, value string) string {
		return withTemplateAnnotation(key, value, deployment("user", "secretRef: {name: other}"))
	}
	file := func(object string) string { return annotated(path, "a.yaml", object) }
	inBuild := func(object string) string { return annotated(kustomize, "kind: Deployment", object) }
	tests := map[string]struct {
		spec, user string
		told       []string
	}{
		"in a stream":                              {"", user("checksum/secret.envs", digestOfNobody), []string{stays("checksum/secret.envs")}},
		"for something that is used":               {"", user(referenced, digestOfNobody), []string{stays(referenced)}},
		"in a file":                                {"", file(user("checksum/secret.envs", digestOfNobody)), []string{removed}},
		"in a file, with another value":            {"", file(user("checksum/secret.envs", "7")), []string{stays("checksum/secret.envs")}},
		"in a file, of no object's name":           {"", file(user("checksum/secret.envVars", digestOfNobody)), []string{stays("checksum/secret.envVars")}},
		"in kustomize":                             {"", inBuild(user("checksum/secret.envs", digestOfNobody)), []string{stays("checksum/secret.envs")}},
		"in kustomize, after a function":           {"", file(inBuild(user("checksum/secret.envs", digestOfNobody))), []string{stays("checksum/secret.envs")}},
		"in kustomize, set by a function":          {"", file(inBuild(user(referenced, digestOfNobody))), nil},
		"in kustomize, by none":                    {"", inBuild(user(referenced, digestOfNobody)), []string{stays(referenced)}},
		"of another prefix":                        {"annotationPrefix: mine", user("checksum/secret.envs", digestOfNobody), nil},
		"of another form":                          {"", user("checksum/config", digestOfNobody), nil},
		"of a workload that is not selected":       {"workloads: [{name: other}]", user("checksum/secret.envs", digestOfNobody), nil},
		"in a Job, which is never annotated":       {"", strings.Replace(user("checksum/secret.envs", digestOfNobody), "apps/v1\nkind: Deployment", "batch/v1\nkind: Job", 1), nil},
		"in a file of a workload not selected":     {"workloads: [{name: other}]", file(user("checksum/secret.envs", digestOfNobody)), nil},
		"with scope All, set by a function":        {"scope: All", file(inBuild(user(referenced, digestOfNobody))), nil},
		"of a name in another namespace, in files": {"", file(user("checksum/configmap.a_b", digestOfNobody)), []string{"info: Deployment user: removed checksum/configmap.a_b (a.yaml, document 1)"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			outcome := run(t, "enabled: true\nconfigMaps: [{name: unused, onMissing: Skip}]\n"+test.spec, test.user, deployment("other")).succeeded()
			want := append([]string{"info: ChecksumAnnotator test: spec.configMaps[0]: ConfigMap unused is not in the input and has no checksum: no workload is annotated with it"}, test.told...)
			outcome.told(want...)
			changed := items(t, outcome.input) != items(t, outcome.output)
			if removes := len(test.told) > 0 && strings.Contains(test.told[0], "removed"); changed != removes {
				t.Errorf("the items changed: %v, and an annotation is to be removed: %v", changed, removes)
			}
		})
	}
}

func TestOthersAnnotationsAreToldAtOnce(t *testing.T) {
	var objects, names []string
	for i := range 7 {
		name := fmt.Sprintf("user%d", i)
		objects = append(objects, withTemplateAnnotation("checksum/secret.envs", digestOfNobody, deployment(name, "secretRef: {name: s}")))
		if i < 5 {
			names = append(names, "checksum/secret.envs of Deployment "+name)
		}
	}
	run(t, "enabled: true\nsecrets: [s]\nworkloads: [{kind: Deployment}]", append(objects, secret("s", "k: v"))...).succeeded()
	outcome := run(t, "enabled: true\nsecrets: [{name: s, checksum: "+digestOfNobody+"}]", objects...).succeeded()
	want := fmt.Sprintf(othersStay, strings.Join(names, ", ")+" and 2 more")
	if got := outcome.results.Lines(); len(got) != 1 || got[0] != want {
		t.Errorf("it tells %q", got)
	}
}

func TestTheSecondOfTwoFunctionsKeepsWhatTheFirstSet(t *testing.T) {
	objects := []string{secret("a", "k: v"), secret("b", "k: w"), deployment("user", "secretRef: {name: a}", "secretRef: {name: b}")}
	first := run(t, "enabled: true\nsecrets: [a]", objects...).succeeded()
	input, _, _ := strings.Cut(strings.Replace(first.output, "secrets: [a]", "secrets: [b]", 1), "results:")
	second := runOn(t, input).succeeded()
	want := run(t, "enabled: true\nsecrets: [a, b]", objects...).succeeded().annotations("user")
	got := second.annotations("user")
	if len(got) != 2 || got["checksum/secret.a"] != want["checksum/secret.a"] || got["checksum/secret.b"] != want["checksum/secret.b"] {
		t.Errorf("annotations are %v, and should be %v", got, want)
	}
}
