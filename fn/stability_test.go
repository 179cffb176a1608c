package fn_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The seed of the design, literally.
func TestSeed(t *testing.T) {
	const spec = "secrets: [agents-github-token-env]"
	objects := func(token string) []string {
		return []string{
			secret("agents-github-token-env", "GITHUB_TOKEN: "+token),
			configMap("unrelated", "k: v"),
			deployment("agents", "secretRef: {name: agents-github-token-env}"),
			deployment("agents-controllers", "secretRef: {name: agents-github-token-env}", "configMapRef: {name: unrelated}"),
			deployment("bystander", "configMapRef: {name: unrelated}"),
		}
	}
	off := run(t, spec, objects("one")...).succeeded()
	if output, _, _ := strings.Cut(off.output, "results:"); output != off.input {
		t.Error("the function is not off by default")
	}
	on := run(t, "enabled: true\n"+spec, objects("one")...).succeeded()
	want := map[string]string{"checksum/secret.agents-github-token-env": on.checksum("agents")}
	for _, user := range []string{"agents", "agents-controllers"} {
		if diff := cmp.Diff(want, on.annotations(user)); diff != "" {
			t.Errorf("annotations of %s (-want +got):\n%s", user, diff)
		}
	}
	if len(on.annotations("bystander")) > 0 {
		t.Error("a workload that does not use the Secret is annotated")
	}
	changed := run(t, "enabled: true\n"+spec, objects("two")...).succeeded()
	if diff := changedLines(on.output, changed.output); !slices.Equal(diff, []string{
		"stringData", "checksum/secret.agents-github-token-env", "checksum/secret.agents-github-token-env",
	}) {
		t.Errorf("a change of the Secret changed the lines %q", diff)
	}
}

func changedLines(before, after string) []string {
	old, current := strings.Split(before, "\n"), strings.Split(after, "\n")
	if len(old) != len(current) {
		return []string{"the number of lines"}
	}
	var changed []string
	for i := range old {
		if old[i] != current[i] {
			key, _, _ := strings.Cut(strings.TrimSpace(current[i]), ":")
			changed = append(changed, key)
		}
	}
	return changed
}

func TestStability(t *testing.T) {
	const spec = "enabled: true\nsecrets: [a, b]\nconfigMaps: [c]"
	objects := []string{
		annotated("config.kubernetes.io/index", "0", secret("a", "k: v")),
		annotated("config.kubernetes.io/index", "1", secret("b", "k: v")),
		annotated("config.kubernetes.io/index", "2", configMap("c", "k: v")),
		deployment("user", "secretRef: {name: a}", "secretRef: {name: b}", "configMapRef: {name: c}"),
	}
	want := run(t, spec, objects...).succeeded().annotations("user")
	if len(want) != 3 {
		t.Fatalf("annotations are %q", want)
	}
	t.Run("an object inserted first", func(t *testing.T) {
		shifted := []string{configMap("new", "k: v")}
		for _, object := range objects {
			shifted = append(shifted, strings.NewReplacer("index: '0'", "index: '1'", "index: '1'", "index: '2'", "index: '2'", "index: '3'").Replace(object))
		}
		if diff := cmp.Diff(want, run(t, spec, shifted...).succeeded().annotations("user")); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("another order", func(t *testing.T) {
		reversed := slices.Clone(objects)
		slices.Reverse(reversed)
		if diff := cmp.Diff(want, run(t, spec, reversed...).succeeded().annotations("user")); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("its own output after a change", func(t *testing.T) {
		output := run(t, spec, objects...).succeeded().output
		output, _, _ = strings.Cut(output, "results:\n")
		i := strings.Index(output, "name: b}")
		changed := output[:i] + strings.Replace(output[i:], "k: v", "k: other", 1)
		got := runOn(t, changed).succeeded().annotations("user")
		if got["checksum/secret.b"] == want["checksum/secret.b"] {
			t.Error("the change is not seen")
		}
		maps.DeleteFunc(got, func(key, _ string) bool { return key == "checksum/secret.b" })
		for key, value := range got {
			if want[key] != value {
				t.Errorf("%s changed too", key)
			}
		}
	})
	t.Run("results that were there stay", func(t *testing.T) {
		first := run(t, spec, objects...).succeeded()
		second := runOn(t, first.output).succeeded()
		if second.output != first.output {
			t.Errorf("the second run changed something:\n%s", cmp.Diff(first.output, second.output))
		}
	})
}

// What kustomize's name reference transformer would do, without kustomize; that
// these are its rules is tested against kustomize itself in examples.
func TestNamesUnderKustomize(t *testing.T) {
	build := func(key, value, object string) string {
		return annotated("internal.config.kubernetes.io/"+key, value, object)
	}
	cm := func(name, previous, prefixes, suffixes string) string {
		object := configMap(name, "mark: "+name)
		if previous != "" {
			object = build("previousNames", previous, object)
		}
		if prefixes != "" {
			object = build("prefixes", prefixes, object)
		}
		if suffixes != "" {
			object = build("suffixes", suffixes, object)
		}
		return object
	}
	user := func(reference string) string { return deployment("user", "configMapRef: {name: "+reference+"}") }
	generated := func(object string) string { return build("needsHashSuffix", "enabled", object) }
	tests := []struct {
		name    string
		entries string
		items   []string
		want    string // the object that the reference means
	}{
		{"a name that the object had", "cfg", []string{cm("dev-base-cfg", "cfg,base-cfg,base-cfg", "base-,dev-", ""), user("cfg")}, "dev-base-cfg"},
		{"a name that the object had in between", "cfg", []string{cm("dev-base-cfg", "cfg,base-cfg", "base-,dev-", ""), user("base-cfg")}, "dev-base-cfg"},
		{"an entry with the present name", "dev-cfg", []string{cm("dev-cfg", "cfg", "dev-", ""), user("cfg")}, "dev-cfg"},
		{"a reference with the present name", "cfg", []string{cm("dev-cfg", "cfg", "dev-", ""), user("dev-cfg")}, "dev-cfg"},
		{"a previous name before a present one", "cm, b-cm", []string{configMap("x", ""), cm("b-cm", "old", "b-", ""), user("old")}, "b-cm"},
		{"generated, with a hash to come", "cm", []string{generated(cm("cm", "", "", "")), user("cm")}, "cm"},
		{"generated against a present name", "{name: b-cm}", []string{cm("b-cm", "cm", "b-", ""), generated(cm("cm", "", "", "")), build("prefixes", "b-", user("cm"))}, "b-cm"},
		{"told apart by prefix", "cm", []string{cm("e-cm", "cm", "e-", ""), cm("w-cm", "cm", "w-", ""), build("prefixes", "w-", user("cm"))}, "w-cm"},
		{"told apart by suffix", "cm", []string{cm("cm-e", "cm", "", "-e"), cm("cm-w", "cm", "", "-w"), build("suffixes", "-e", user("cm"))}, "cm-e"},
		{"told apart by the end of the list", "cm", []string{cm("z-e-cm", "cm", "e-,z-", ""), cm("z-w-cm", "cm", "w-,z-", ""), build("prefixes", "a-,e-,z-", user("cm"))}, "z-e-cm"},
		{"an empty list only fits an empty one", "cm", []string{cm("e-cm", "cm", "e-", ""), cm("cm-s", "cm", "", ""), user("cm")}, "cm-s"},
		{"several fit", "cm", []string{cm("e-cm", "cm", "e-", ""), cm("w-cm", "cm", "w-", ""), build("prefixes", "x-", user("cm"))}, ""},
		{"another namespace", "cm", []string{in("a", cm("e-cm", "cm", "e-", "")), in("b", user("cm"))}, ""},
		{"a namespace that kustomize takes for another", "cm", []string{in("a", cm("e-cm", "cm", "e-", "")), user("cm")}, ""},
		{"not set and default, which kustomize takes for the same", "cm", []string{in("default", cm("e-cm", "cm", "e-", "")), user("cm")}, "e-cm"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			outcome := run(t, "enabled: true\nonMissing: Skip\nconfigMaps: ["+test.entries+"]", test.items...)
			annotations := outcome.succeeded().annotations("user")
			if test.want == "" {
				if len(annotations) > 0 {
					t.Errorf("annotations are %q", annotations)
				}
				return
			}
			if got, want := outcome.checksum("user"), checksumOf(t, configMap("source", "mark: "+test.want)); got != want {
				t.Errorf("the reference means another object: %v", outcome.results)
			}
		})
	}
}
