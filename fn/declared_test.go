package fn_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// custom returns a custom resource of a kind that only the configuration knows.
func custom(metadata, spec string) string {
	return "apiVersion: example.com/v1\nkind: Vaultish\nmetadata: {" + metadata + "}\nspec: {" + spec + "}\n"
}

// declare returns a configuration that declares the kind.
func declare(fields string) string {
	return "enabled: true\nonMissing: Skip\nsecrets: [s, t, madeup, app-o.x.credentials, x-d-u, x-d-v]\nconfigMaps: [s]\nproducers: [{group: example.com, kind: Vaultish, " + fields + "}]"
}

func TestDeclaredProducers(t *testing.T) {
	user := deployment("user", "secretRef: {name: s}", "secretRef: {name: t}", "configMapRef: {name: s}",
		"secretRef: {name: madeup}", "secretRef: {name: app-o.x.credentials}", "secretRef: {name: x-d-u}", "secretRef: {name: x-d-v}")
	tests := []struct {
		name, fields, object string
		want                 map[string]string // canonical JSON by key
	}{
		{
			"by its own name", "content: [spec.path]", custom("name: s", "path: a, every: 1m"),
			map[string]string{"secret.s": `{"spec.path":"a"}`},
		},
		{
			"by a name in it", "name: spec.to.name, content: [spec.path]", custom("name: x", "path: a, to: {name: s}"),
			map[string]string{"secret.s": `{"spec.path":"a"}`},
		},
		{
			"by its own name, where it has no other", "name: spec.to.name, content: [spec.path]", custom("name: s", "path: a, to: {}"),
			map[string]string{"secret.s": `{"spec.path":"a"}`},
		},
		{
			"as a ConfigMap", "produces: ConfigMap, content: [spec.path]", custom("name: s", "path: a"),
			map[string]string{"configmap.s": `{"spec.path":"a"}`},
		},
		{
			"several of a list", "name: 'spec.targets[].name', content: ['spec.targets[].path', spec.path]",
			custom("name: x", "path: a, targets: [{name: s, path: b}, {name: t}, {path: c}]"),
			map[string]string{"secret.s": `{"spec.path":"a","spec.targets[].path":"b"}`, "secret.t": `{"spec.path":"a"}`},
		},
		{
			"several of a list in a list", "name: 'spec.groups[].targets[].name', content: ['spec.groups[].targets[].path', 'spec.groups[].all']",
			custom("name: x", "groups: [{all: 1, targets: [{name: s, path: b}]}, {all: 2, targets: [{name: t, path: c}]}]"),
			map[string]string{
				"secret.s": `{"spec.groups[].all":[1,2],"spec.groups[].targets[].path":"b"}`,
				"secret.t": `{"spec.groups[].all":[1,2],"spec.groups[].targets[].path":"c"}`,
			},
		},
		{
			"several of a list of names", "name: 'spec.names[]', content: [spec.path]", custom("name: x", "path: a, names: [s, t]"),
			map[string]string{"secret.s": `{"spec.path":"a"}`, "secret.t": `{"spec.path":"a"}`},
		},
		{
			"a list that holds none", "name: 'spec.targets[].name', content: [spec.path]", custom("name: s", "path: a, targets: []"), nil,
		},
		{
			"by a name made of its own", "name: '{metadata.name}-s', content: [spec.path]",
			custom("name: x", "path: a"), nil,
		},
		{
			"by a name made of nothing else", "name: '{metadata.name}', content: [spec.path]",
			custom("name: s", "path: a"), map[string]string{"secret.s": `{"spec.path":"a"}`},
		},
		{
			"by a name made of several, next to each other", "name: '{spec.one}{spec.two}', content: [spec.path]",
			custom("name: x", "path: a, one: made, two: up"), map[string]string{"secret.madeup": `{"spec.path":"a"}`},
		},
		{
			"by a name with text on both sides", "name: 'app-{spec.one}.{metadata.name}.credentials', content: [spec.path]",
			custom("name: x", "path: a, one: o"), map[string]string{"secret.app-o.x.credentials": `{"spec.path":"a"}`},
		},
		{
			"by a name of which a part is not there", "name: '{metadata.name}-{spec.one}', content: [spec.path]",
			custom("name: s", "path: a"), nil,
		},
		{
			"several of a list, with names made of several", "name: '{metadata.name}-{spec.users[].db}-{spec.users[].name}', content: ['spec.users[].path']",
			custom("name: x", "users: [{name: u, db: d, path: a}, {name: v, db: d}, {name: w, path: b}]"),
			map[string]string{"secret.x-d-u": `{"spec.users[].path":"a"}`, "secret.x-d-v": `{}`},
		},
		{
			"content by key", "content: ['spec.data{}']", custom("name: s", "data: {a: 1, b: [x, {}]}"),
			map[string]string{"secret.s": `{"spec.data":{"a":1,"b":["x",{}]}}`},
		},
		{
			"content by a key in it", "content: ['spec.data[key]']", custom("name: s", "data: [{key: b, from: x}, {key: a, from: y}]"),
			map[string]string{"secret.s": `{"spec.data":{"a":{"from":"y","key":"a"},"b":{"from":"x","key":"b"}}}`},
		},
		{
			"content of a list", "content: ['spec.parts[].path']", custom("name: s", "parts: [{path: a}, {path: b}]"),
			map[string]string{"secret.s": `{"spec.parts[].path":["a","b"]}`},
		},
		{
			"content that is not there", "content: [spec.path, 'spec.data{}', 'spec.list[key]', 'spec.parts[].path']", custom("name: s", "list: , data: {}"),
			map[string]string{"secret.s": `{}`},
		},
		{
			"content beside the spec", "content: [kind, metadata.labels]", custom("name: s, labels: {a: b}", ""),
			map[string]string{"secret.s": `{"kind":"Vaultish","metadata.labels":{"a":"b"}}`},
		},
		{
			"content whose keys are no strings", "content: [spec.params]", custom("name: s", "params: {1: {true: [x, y]}, a: 1.50}"),
			map[string]string{"secret.s": `{"spec.params":{"1":{"true":["x","y"]},"a":1.5}}`},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			outcome := run(t, declare(test.fields), test.object, user).succeeded()
			want := map[string]string{}
			for key, canonical := range test.want {
				want["checksum/"+key] = sha256Of(canonical)
			}
			if diff := cmp.Diff(want, outcome.annotations("user")); diff != "" {
				t.Errorf("annotations (-want +got):\n%s\n%q", diff, outcome.results.Lines())
			}
		})
	}
}

func TestNamespacesOfDeclaredProducers(t *testing.T) {
	items := []string{in("a", deployment("a", "secretRef: {name: s}")), in("b", deployment("b", "secretRef: {name: s}"))}
	for name, test := range map[string]struct{ fields, object, want string }{
		"its own":                     {"content: [spec.path]", custom("name: s, namespace: a", "path: x, ns: b"), "a"},
		"that of a field":             {"namespace: spec.ns, content: [spec.path]", custom("name: s, namespace: a", "path: x, ns: b"), "b"},
		"its own without the field":   {"namespace: spec.ns, content: [spec.path]", custom("name: s, namespace: a", "path: x"), "a"},
		"that of a field of its list": {"name: 'spec.to[].name', namespace: 'spec.to[].ns', content: [spec.path]", custom("name: x, namespace: a", "to: [{name: t, ns: a}, {name: s, ns: b}]"), "b"},
	} {
		t.Run(name, func(t *testing.T) {
			outcome := run(t, declare(test.fields), append(items, test.object)...).succeeded()
			for _, namespace := range []string{"a", "b"} {
				if got := len(outcome.annotations(namespace)) == 1; got != (namespace == test.want) {
					t.Errorf("in %s it is annotated: %v", namespace, got)
				}
			}
		})
	}
}

// Two elements of lists may hold something for one key: both count.
func TestOneKeyInSeveralPlaces(t *testing.T) {
	user := deployment("user", "secretRef: {name: s}")
	for name, test := range map[string]struct{ content, before, after string }{
		"of mappings":           {"spec.parts[].data{}", "parts: [{data: {k: a}}, {data: {k: b}}]", "parts: [{data: {k: c}}, {data: {k: b}}]"},
		"of lists":              {"spec.parts[].data[key]", "parts: [{data: [{key: k, v: a}]}, {data: [{key: k, v: b}]}]", "parts: [{data: [{key: k, v: c}]}, {data: [{key: k, v: b}]}]"},
		"of one list":           {"spec.data[key]", "data: [{key: k, v: a}, {key: k, v: b}]", "data: [{key: k, v: c}, {key: k, v: b}]"},
		"of one list, in order": {"spec.data[key]", "data: [{key: k, v: a}, {key: k, v: b}]", "data: [{key: k, v: b}, {key: k, v: a}]"},
		"without a key":         {"spec.data[key]", "data: [{v: a}, {v: b}]", "data: [{v: c}, {v: b}]"},
	} {
		t.Run(name, func(t *testing.T) {
			before := run(t, declare("content: ['"+test.content+"']"), custom("name: s", test.before), user).succeeded().checksum("user")
			if run(t, declare("content: ['"+test.content+"']"), custom("name: s", test.after), user).succeeded().checksum("user") == before {
				t.Error("a change of the first did not change the checksum")
			}
		})
	}
}

func TestKeysOfDeclaredProducers(t *testing.T) {
	before := custom("name: s", "data: {a: 1, b: 1}, list: [{key: c, v: 1}], all: 1")
	outcomeOf := func(object string) outcome {
		return run(t, declare("content: ['spec.data{}', 'spec.list[key]', spec.all]")+"\nkeyScope: Used", object,
			variables("a", "a"), variables("b", "b"), variables("c", "c"), variables("d", "d")).succeeded()
	}
	for change, want := range map[string][]string{
		"a: 1": {"a", "d"}, "b: 1": {"b", "d"}, "v: 1": {"c", "d"}, "all: 1": {"a", "b", "c", "d"},
	} {
		after := replaced(t, before, change, change[:3]+"2")
		if change == "all: 1" {
			after = replaced(t, before, change, "all: 2")
		}
		if diff := cmp.Diff(want, restarted(outcomeOf(before), outcomeOf(after), "a", "b", "c", "d")); diff != "" {
			t.Errorf("%s: restarted (-want +got):\n%s", change, diff)
		}
	}
}

func TestADeclaredProducerReplacesTheBuiltinOne(t *testing.T) {
	const declared = "enabled: true\nsecrets: [s]\nproducers: [{group: bitnami.com, kind: SealedSecret, content: [spec.template.type]}]"
	user := deployment("user", "secretRef: {name: s}")
	one := run(t, declared, sealed("s", "k: AgA="), user).succeeded().checksum("user")
	if run(t, declared, sealed("s", "k: AgB="), user).succeeded().checksum("user") != one {
		t.Error("the content is still that of the builtin producer")
	}
	if one != sha256Of("{}") {
		t.Error("the content is not that of the declared producer")
	}
	t.Run("of all its rows", func(t *testing.T) {
		outcome := run(t, "enabled: true\nonMissing: Skip\nsecrets: [corp-trust]\nconfigMaps: [corp-trust]\n"+
			"producers: [{group: trust.cert-manager.io, kind: Bundle, produces: ConfigMap, content: [spec.sources]}]",
			producer(t, "bundle"), deployment("user", "configMapRef: {name: corp-trust}", "secretRef: {name: corp-trust}")).succeeded()
		if diff := cmp.Diff([]string{"checksum/configmap.corp-trust"}, outcome.keys("user")); diff != "" {
			t.Errorf("annotations (-want +got):\n%s", diff)
		}
	})
	t.Run("not one of another group", func(t *testing.T) {
		outcome := run(t, "enabled: true\nsecrets: [s]\nproducers: [{group: example.com, kind: SealedSecret, content: [spec.x]}]", sealed("s", "k: AgA="), user).succeeded()
		if outcome.checksum("user") != sha256Of(`{"spec.encryptedData":{"k":"AgA="}}`) {
			t.Error("the content is not that of the builtin producer")
		}
	})
	t.Run("by several rows", func(t *testing.T) {
		outcome := run(t, "enabled: true\nsecrets: [s, t]\nproducers:\n- {group: example.com, kind: Vaultish, name: spec.a, content: [spec.x]}\n"+
			"- {group: example.com, kind: Vaultish, name: spec.b, content: [spec.x]}", custom("name: x", "a: s, b: t"), deployment("user", "secretRef: {name: s}", "secretRef: {name: t}")).succeeded()
		if got := slices.Sorted(maps.Keys(outcome.annotations("user"))); len(got) != 2 {
			t.Errorf("annotations are %q", got)
		}
	})
}

func TestContentThatCannotBeRead(t *testing.T) {
	user := deployment("user", "secretRef: {name: s}")
	for name, test := range map[string]struct{ fields, spec, want string }{
		"a scalar for a list":               {"content: ['spec.data[key]']", "data: " + theSecret, "spec.data: expected a list, found a string"},
		"a scalar for a list on the way":    {"content: ['spec.data[].x']", "data: " + theSecret, "spec.data: expected a list, found a string"},
		"a mapping for a list":              {"content: ['spec.data[key]']", "data: {a: b}", "spec.data: expected a list, found a mapping"},
		"a list for a mapping":              {"content: ['spec.data{}']", "data: [a]", "spec.data: expected a mapping, found a list"},
		"a scalar for a mapping on the way": {"content: [spec.data.x]", "data: " + theSecret, "spec.data: expected a mapping, found a string"},
		"a scalar for an element":           {"content: ['spec.data[key]']", "data: [{key: a}, " + theSecret + "]", "spec.data[1]: expected a mapping, found a string"},
		"a key that is no string":           {"content: ['spec.data[key]']", "data: [{key: [" + theSecret + "]}]", "spec.data[0].key: expected a string, found a list"},
		"a key given twice":                 {"content: ['spec.data{}']", "data: {a: b, a: c}", "spec.data.a: the field is given twice"},
		"keys of several types":             {"content: [spec.data]", "data: {1: a, 1.0: b}", "spec.data: a key is given twice"},
		"fields given twice":                {"content: [spec.data]", "data: {x: {10: a, '10': b}}", "spec.data: a key is given twice"},
		"a name that is no string":          {"name: spec.name, content: [spec.x]", "name: [s]", "spec.name: expected a string, found a list"},
		"a namespace that is no string":     {"namespace: spec.ns, content: [spec.x]", "ns: 5", "spec.ns: expected a string, found a number"},
		"a list that is none":               {"name: 'spec.to[].name', content: [spec.x]", "to: {name: s}", "spec.to: expected a list, found a mapping"},
	} {
		t.Run(name, func(t *testing.T) {
			outcome := run(t, declare(test.fields), custom("name: s", test.spec), user)
			if !strings.HasPrefix(outcome.output, outcome.input) {
				t.Errorf("more than results changed:\n%s", outcome.output)
			}
			if diff := cmp.Diff([]string{"error: Vaultish s: " + test.want}, outcome.results.Lines()); diff != "" {
				t.Errorf("errors (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAProducerThatSaysNothingIsToldOf(t *testing.T) {
	run(t, "enabled: true\nsecrets: [db]\nproducers: [{group: example.com, kind: Credentials, content: [spec.pth]}]",
		"apiVersion: example.com/v1\nkind: Credentials\nmetadata: {name: db}\nspec: {path: a}\n", deployment("user", "secretRef: {name: db}")).
		succeeded().told(
		"warning: Credentials db: it has none of the fields that decide the content of the Secret db, so changes of it will not be seen",
		"info: Deployment user: set checksum/secret.db")
}
