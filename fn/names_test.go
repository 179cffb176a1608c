package fn_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func keysOf(annotations map[string]string) []string {
	var keys []string
	for key := range annotations {
		keys = append(keys, key)
	}
	return keys
}

func TestNamespaces(t *testing.T) {
	user := deployment("user", "secretRef: {name: s}")
	source := secret("s", "k: v")
	tests := []struct {
		name        string
		entries     string
		items       []string
		annotations []string
		results     []string
	}{
		{"the same", "s", []string{in("a", source), in("a", user)}, []string{"checksum/secret.s"}, []string{"info: Deployment a/user: set checksum/secret.s"}},
		{"another", "s", []string{in("b", source), in("a", user)}, nil, []string{
			"warning: Deployment a/user: not annotated with the checksum of Secret s: spec.secrets[0] allows it in any namespace, but the input has it only as Secret b/s",
		}},
		{"the source's is not set", "s", []string{source, in("a", user)}, []string{"checksum/secret.s"}, []string{"info: Deployment a/user: set checksum/secret.s"}},
		{"the workload's is not set", "s", []string{in("a", source), user}, []string{"checksum/secret.s"}, []string{"info: Deployment user: set checksum/secret.s"}},
		{"the workload's is not set, and several fit", "s", []string{in("a", source), in("b", source), user}, nil, []string{
			"warning: Deployment user: not annotated with the checksum of Secret s: it may mean Secret a/s or Secret b/s",
		}},
		{"the entry's, equal", "{name: s, namespace: a}", []string{in("a", source), in("a", user)}, []string{"checksum/secret.s"}, []string{"info: Deployment a/user: set checksum/secret.s"}},
		{"the entry's, for objects without one", "{name: s, namespace: a}", []string{source, user}, []string{"checksum/secret.s"}, []string{"info: Deployment user: set checksum/secret.s"}},
		{"the entry's, another", "{name: s, namespace: b}", []string{in("a", source), in("b", source), in("a", user)}, nil, []string{
			"warning: ChecksumAnnotator test: spec.secrets[0]: no selected workload uses Secret b/s",
		}},
		{"the entry's, where the source is elsewhere", "{name: s, namespace: b, onMissing: Skip}", []string{in("a", source), in("a", user)}, nil, []string{
			"info: ChecksumAnnotator test: spec.secrets[0]: Secret b/s is not in the input and has no checksum: no workload is annotated with it",
		}},
		{"not set and default are the same", "s", []string{in("default", source), user}, []string{"checksum/secret.s"}, []string{"info: Deployment user: set checksum/secret.s"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			outcome := run(t, "enabled: true\nsecrets: ["+test.entries+"]", test.items...).succeeded().told(test.results...)
			if diff := cmp.Diff(test.annotations, keysOf(outcome.annotations("user"))); diff != "" {
				t.Errorf("annotations (-want +got):\n%s", diff)
			}
		})
	}
}

func TestOneNameInTwoNamespaces(t *testing.T) {
	user := func(name string) string { return deployment(name, "secretRef: {name: s}") }
	outcome := run(t, "enabled: true\nsecrets: [s]",
		in("a", secret("s", "k: a")), in("b", secret("s", "k: b")), in("a", user("one")), in("b", user("two")), in("b", user("three")),
	).succeeded()
	one, two, three := outcome.checksum("one"), outcome.checksum("two"), outcome.checksum("three")
	if one == two || two != three {
		t.Errorf("the checksums are %s, %s and %s", one, two, three)
	}
}

func TestNamesThatLookAlike(t *testing.T) {
	long := strings.Repeat("long-name-", 12)
	user := deployment("user", "secretRef: {name: a.b}", "secretRef: {name: a-b}", "configMapRef: {name: a.b}",
		"secretRef: {name: "+long+"x}", "secretRef: {name: "+long+"y}")
	outcome := run(t, "enabled: true\nsecrets: [a.b, a-b, "+long+"x, "+long+"y]\nconfigMaps: [a.b]",
		secret("a.b", "k: one"), secret("a-b", "k: two"), configMap("a.b", "k: '3'"), secret(long+"x", "k: four"), secret(long+"y", "k: five"), user).succeeded()
	annotations := outcome.annotations("user")
	values := map[string]bool{}
	for key, value := range annotations {
		values[value] = true
		if _, name, _ := strings.Cut(key, "/"); len(name) > 63 {
			t.Errorf("the name part of %s is too long", key)
		}
	}
	if len(annotations) != 5 || len(values) != 5 {
		t.Errorf("annotations are %q", annotations)
	}
}

// A name can be chosen so that its key is that of a longer one.
func TestOneKeyForTwoSourcesIsAnError(t *testing.T) {
	long := strings.Repeat("a", 60)
	namespace, name := strings.Repeat("a", 45), "4793ddc6af"
	run(t, "enabled: true\nscope: All\nsecrets: ["+long+", {name: "+name+", namespace: "+namespace+"}]",
		secret(long, "k: v"), in(namespace, secret(name, "k: w")), in("b", deployment("user"))).failed().told(
		"error: Deployment b/user: Secret " + long + " and Secret " + namespace + "/" + name + " both have the annotation checksum/secret." +
			namespace + "_" + name + ": give each an entry of its own, with the name that it has in the input")
}

func TestAJobThatIsNotAnnotatedCanHaveNoTwoSourcesOfOneKey(t *testing.T) {
	was := func(object string) string {
		return annotated("internal.config.kubernetes.io/previousNames", "cm", object)
	}
	job := strings.NewReplacer("apps/v1", "batch/v1", "kind: Deployment", "kind: Job").
		Replace(deployment("job", "configMapRef: {name: e-cm}", "configMapRef: {name: w-cm}"))
	run(t, "enabled: true\nconfigMaps: [cm]", was(configMap("e-cm", "k: v")), was(configMap("w-cm", "k: w")), job).succeeded().
		told("info: Job job: not annotated with checksum/configmap.cm: a change would not replace the pods of a Job")
}

// kustomize gives references the name of an object for itself alone, and then drops the
// object: so it is as if the object were not in the input, under any of its names.
func TestAReferenceToAnObjectForKustomizeAlone(t *testing.T) {
	local := annotated("config.kubernetes.io/local-config", "true",
		annotated("internal.config.kubernetes.io/previousNames", "cm", configMap("p-cm", "k: v")))
	digests := map[string]string{"cm": sha256Of("cm"), "p-cm": sha256Of("p-cm")}
	for _, written := range []string{"cm", "p-cm"} {
		for _, entry := range []string{"cm", "p-cm"} {
			t.Run("reference "+written+", entry "+entry, func(t *testing.T) {
				user := deployment("user", "configMapRef: {name: "+written+"}")
				got := run(t, "enabled: true\nconfigMaps: ["+entry+"]", local, user).succeeded().annotations("user")
				want := map[string]string{"checksum/configmap." + entry: digests[entry]}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("annotations (-want +got):\n%s", diff)
				}
			})
		}
	}
}

func TestScopeAll(t *testing.T) {
	idle := func(name string) string { return deployment(name, "configMapRef: {name: unrelated}") }
	const spec = `enabled: true
scope: All
secrets:
- here
- {name: elsewhere, namespace: b}
- external
- {name: external-elsewhere, namespace: b, checksum: a123456789012345678901234567890123456789012345678901234567890123}
- {name: skipped, onMissing: Skip}
configMaps:
- only-in-b
`
	outcome := run(t, spec, in("a", secret("here", "k: v")), in("b", secret("elsewhere", "k: v")), in("b", configMap("only-in-b", "k: v")),
		in("a", idle("one")), in("b", idle("two"))).succeeded()
	for name, want := range map[string]map[string]bool{
		"one": {"checksum/secret.here": true, "checksum/secret.b_elsewhere": true, "checksum/secret.external": true, "checksum/secret.b_external-elsewhere": true},
		"two": {"checksum/secret.elsewhere": true, "checksum/secret.external": true, "checksum/secret.external-elsewhere": true, "checksum/configmap.only-in-b": true},
	} {
		got := map[string]bool{}
		for key := range outcome.annotations(name) {
			got[key] = true
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("annotations of %s (-want +got):\n%s", name, diff)
		}
	}
}

func TestAmbiguousEntries(t *testing.T) {
	was := func(names, object string) string {
		return annotated("internal.config.kubernetes.io/previousNames", names, object)
	}
	user := deployment("user", "configMapRef: {name: east-cm}", "configMapRef: {name: west-cm}")
	tests := []struct {
		name, spec string
		items      []string
		results    []string
	}{
		{
			"two entries for one object", "configMaps: [cm, {name: cm, namespace: a}]",
			[]string{in("a", configMap("cm", "k: v"))},
			[]string{
				"error: ConfigMap a/cm: spec.configMaps[0] and spec.configMaps[1] both mean ConfigMap a/cm: remove one, or tell them apart by namespace",
			},
		},
		{
			"two names of one object", "configMaps: [cm, p-cm]",
			[]string{was("cm", configMap("p-cm", "k: v"))},
			[]string{
				"error: ConfigMap p-cm: spec.configMaps[0] and spec.configMaps[1] both mean ConfigMap p-cm: remove one, or tell them apart by namespace",
			},
		},
		{
			"two objects of one name", "configMaps: [cm]",
			[]string{
				annotated("config.kubernetes.io/path", "a.yaml", configMap("cm", "k: v")),
				annotated("config.kubernetes.io/path", "b.yaml", configMap("cm", "k: w")),
			},
			[]string{"error: ConfigMap cm: the input has two objects ConfigMap cm: a.yaml and b.yaml (b.yaml, document 1)"},
		},
		{
			"two objects of one name, in files of one name in two packages", "configMaps: [cm]",
			[]string{
				annotated("config.kubernetes.io/path", "cm.yaml", annotated("internal.config.kubernetes.io/package-path", "/p/a", configMap("cm", "k: v"))),
				annotated("config.kubernetes.io/path", "cm.yaml", annotated("internal.config.kubernetes.io/package-path", "/p/b", configMap("cm", "k: w"))),
			},
			[]string{"error: ConfigMap cm: the input has two objects ConfigMap cm: /p/a/cm.yaml and /p/b/cm.yaml (cm.yaml, document 1)"},
		},
		{
			"one entry for two objects that a workload uses", "configMaps: [cm]",
			[]string{was("cm", configMap("east-cm", "k: v")), was("cm", configMap("west-cm", "k: w")), user},
			[]string{
				"error: Deployment user: ConfigMap east-cm and ConfigMap west-cm both have the annotation checksum/configmap.cm: give each an entry of its own, with the name that it has in the input",
			},
		},
		{
			"two entries for one object that is not in the input", "secrets: [{name: s, onMissing: Skip}, {name: s, namespace: a, checksum: a123456789012345678901234567890123456789012345678901234567890123}]",
			[]string{in("a", deployment("user", "secretRef: {name: s}"))},
			nil,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			outcome := run(t, "enabled: true\n"+test.spec, test.items...)
			if test.results == nil {
				outcome.succeeded()
				return
			}
			if test.name == "one entry for two objects that a workload uses" {
				outcome.failed()
				if got := outcome.results.Lines(); len(got) != 1 || got[0] != test.results[0] {
					t.Errorf("results are %q", got)
				}
				return
			}
			outcome.failed()
			if diff := cmp.Diff(test.results, outcome.results.Lines()); diff != "" {
				t.Errorf("errors (-want +got):\n%s", diff)
			}
		})
	}
}

func TestUnrelatedTwinsAreNoError(t *testing.T) {
	run(t, "enabled: true\nconfigMaps: [other]", configMap("cm", "k: v"), configMap("cm", "k: w"), configMap("other", "k: v")).succeeded()
}
