package fn_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// labelled gives an object labels.
func labelled(labels, object string) string {
	return strings.Replace(object, "metadata: {", "metadata: {labels: {"+labels+"}, ", 1)
}

func (o outcome) keys(workload string) []string {
	o.t.Helper()
	return slices.Sorted(maps.Keys(o.annotations(workload)))
}

func TestLabelSelectorsSelect(t *testing.T) {
	a, b, c := secret("a", "k: '1'"), secret("b", "k: '2'"), secret("c", "k: '3'")
	user := deployment("user", "secretRef: {name: a}", "secretRef: {name: b}", "secretRef: {name: c}")
	web := func(object string) string { return labelled("tier: web, team: shop", object) }
	db := func(object string) string { return labelled("tier: db", object) }
	key := func(names ...string) (keys []string) {
		for _, name := range names {
			keys = append(keys, "checksum/secret."+name)
		}
		return keys
	}
	tests := []struct {
		name, entries string
		items         []string
		want          []string
	}{
		{"a label", "{labelSelector: tier}", []string{web(a), db(b), c}, key("a", "b")},
		{"a label's value", "{labelSelector: tier=web}", []string{web(a), db(b), c}, key("a")},
		{"several values", "{labelSelector: 'tier in (web, db)'}", []string{web(a), db(b), labelled("tier: other", c)}, key("a", "b")},
		{"several labels", "{labelSelector: 'tier,team=shop'}", []string{web(a), db(b), c}, key("a")},
		{"the absence of one", "{labelSelector: 'tier,!team'}", []string{web(a), db(b), c}, key("b")},
		{"the absence of one first", "{labelSelector: '!team,tier'}", []string{web(a), db(b), c}, key("b")},
		{"a label with a prefix", "{labelSelector: example.com/tier=web}", []string{labelled("example.com/tier: web", a), web(b), c}, key("a")},
		{"several of them", "{labelSelector: tier=web}, {labelSelector: tier=db}", []string{web(a), db(b), c}, key("a", "b")},
		{"and a name beside them", "{labelSelector: tier=web}, c", []string{web(a), db(b), c}, key("a", "c")},
		{"not a ConfigMap", "{labelSelector: tier=web}", []string{web(configMap("a", "k: v")), web(b), c}, key("b")},
		{"of one namespace", "{labelSelector: tier, namespace: x}", []string{in("x", web(a)), in("y", web(b)), web(c), in("x", user)}, key("a", "c")},
		{"not one for the clients alone", "{labelSelector: tier}", []string{annotated("config.kubernetes.io/local-config", "true", web(a)), db(b), c}, key("b")},
		{"not one without a name", "{labelSelector: tier}", []string{strings.Replace(web(a), "name: a", "generateName: a-", 1), db(b), c}, key("b")},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if !strings.Contains(strings.Join(test.items, ""), "Deployment") {
				test.items = append(test.items, user)
			}
			outcome := run(t, "enabled: true\nsecrets: ["+test.entries+"]", test.items...).succeeded()
			if diff := cmp.Diff(test.want, outcome.keys("user")); diff != "" {
				t.Errorf("annotations (-want +got):\n%s\n%q", diff, outcome.results.Lines())
			}
		})
	}
}

func TestASelectedObjectCountsAsANamedOne(t *testing.T) {
	object := labelled("tier: web", configMap("cm", "a: x, b: z"))
	user := deployment("user", "configMapRef: {name: cm}")
	for _, fields := range []string{"", ", keys: [a]", ", namespace: default"} {
		named := run(t, "enabled: true\nconfigMaps: [{name: cm"+fields+"}]", object, user).succeeded()
		selected := run(t, "enabled: true\nconfigMaps: [{labelSelector: tier=web"+fields+"}]", object, user).succeeded().told(
			"info: Deployment user: set checksum/configmap.cm")
		if diff := cmp.Diff(named.annotations("user"), selected.annotations("user")); diff != "" {
			t.Errorf("%q: annotations (-named +selected):\n%s", fields, diff)
		}
	}
	run(t, "enabled: true\nconfigMaps: [{labelSelector: tier=web, keys: [c]}]", object, user).failed().told(
		"error: ConfigMap cm: it has no key c, which spec.configMaps[0].keys names")
	run(t, "enabled: true\nconfigMaps: [{labelSelector: tier=web}]", object, deployment("idle")).succeeded().told(
		"warning: ChecksumAnnotator test: spec.configMaps[0]: no selected workload uses ConfigMap with the labels tier=web")
}

func TestANameWinsOverASelector(t *testing.T) {
	items := []string{labelled("tier: web", configMap("cm", "a: x, b: z")), labelled("tier: web", configMap("other", "a: z")), deployment("user", "configMapRef: {name: cm}", "configMapRef: {name: other}")}
	for _, entries := range []string{"{labelSelector: tier=web, keys: [a]}, {name: cm, keys: [b]}", "{name: cm, keys: [b]}, {labelSelector: tier=web, keys: [a]}"} {
		outcome := run(t, "enabled: true\nconfigMaps: ["+entries+"]", items...).succeeded()
		named := run(t, "enabled: true\nconfigMaps: [{name: cm, keys: [b]}]", items...).succeeded()
		if outcome.annotations("user")["checksum/configmap.cm"] != named.annotations("user")["checksum/configmap.cm"] {
			t.Errorf("%s: the checksum is not that of the entry with the name", entries)
		}
		if diff := cmp.Diff([]string{"checksum/configmap.cm", "checksum/configmap.other"}, outcome.keys("user")); diff != "" {
			t.Errorf("%s: annotations (-want +got):\n%s", entries, diff)
		}
	}
	checksum := run(t, "enabled: true\nconfigMaps: [{labelSelector: tier=web}, {name: cm, checksum: "+operators+"}]", items...).succeeded()
	if got := checksum.annotations("user")["checksum/configmap.cm"]; got != operators {
		t.Errorf("the operator's checksum is %s", got)
	}
}

func TestTwoSelectorsForOneObjectAreAnError(t *testing.T) {
	run(t, "enabled: true\nsecrets: [{labelSelector: tier=web}, {labelSelector: team}]", labelled("tier: web, team: shop", secret("s", "k: v")), deployment("user", "secretRef: {name: s}")).
		failed().told("error: Secret s: spec.secrets[0] and spec.secrets[1] both mean Secret s: remove one, or tell them apart by namespace")
	run(t, "enabled: true\nsecrets: [{labelSelector: tier=web, namespace: a}, {labelSelector: tier=web, namespace: b}]",
		in("a", labelled("tier: web", secret("s", "k: v"))), in("b", labelled("tier: web", secret("s", "k: w")))).succeeded()
	run(t, "enabled: true\nsecrets: [{labelSelector: tier=web}]", labelled("tier: web", secret("s", "k: v")), labelled("tier: web", secret("s", "k: w"))).
		failed().told("error: Secret s: the input has two objects Secret s: item 0 and item 1")
}

func TestASelectorOfNothing(t *testing.T) {
	user := deployment("user", "secretRef: {name: s}")
	const said = ": ChecksumAnnotator test: spec.secrets[0]: the input has no Secret with the labels tier=web"
	for onMissing, severity := range map[string]string{"": "warning", ", onMissing: HashName": "warning", ", onMissing: Skip": "info"} {
		outcome := run(t, "enabled: true\nsecrets: [{labelSelector: tier=web"+onMissing+"}]", secret("s", "k: v"), user).succeeded().told(severity + said)
		if len(outcome.annotations("user")) > 0 {
			t.Error("it is annotated with nothing's checksum")
		}
	}
	run(t, "enabled: true\nsecrets: [{labelSelector: tier=web, onMissing: Fail}]", user).failed().told("error" + said)
	run(t, "enabled: true\nonMissing: Fail\nsecrets: [{labelSelector: tier=web, namespace: a}]", user).failed().told("error" + said + " in namespace a")
}

func TestSelectorsAndProducers(t *testing.T) {
	user := in("shop", deployment("user", "secretRef: {name: invoicing-db}", "secretRef: {name: invoicing-tls}", "secretRef: {name: s}"))
	run(t, "enabled: true\nsecrets: [{labelSelector: tier=web}]", labelled("tier: web", sealed("s", "k: AgA=")), user).succeeded().told(
		"info: Deployment shop/user: set checksum/secret.s")
	run(t, "enabled: true\nsecrets: [{labelSelector: app=invoicing}]", producer(t, "secretproviderclass"), user).succeeded().told(
		"info: Deployment shop/user: set checksum/secret.invoicing-db, checksum/secret.invoicing-tls")
	run(t, "enabled: true\nsecrets: [{labelSelector: app=invoicing}]", producer(t, "secretproviderclass"), in("shop", mounting("user", "invoicing"))).succeeded().told(
		"info: Deployment shop/user: set checksum/secret.invoicing, checksum/secret.invoicing-db, checksum/secret.invoicing-tls")
	t.Run("a Secret without the label wins over a producer that has it", func(t *testing.T) {
		run(t, "enabled: true\nsecrets: [{labelSelector: tier=web}]", labelled("tier: web", sealed("s", "k: AgA=")), secret("s", "k: v"), user).succeeded().told(
			"warning: ChecksumAnnotator test: spec.secrets[0]: the input has no Secret with the labels tier=web")
	})
	t.Run("the labels that the Secret will have do not count", func(t *testing.T) {
		run(t, "enabled: true\nsecrets: [{labelSelector: team=payments}]", producer(t, "externalsecret"), in("shop", deployment("user", "secretRef: {name: payments-credentials}"))).succeeded().told(
			"warning: ChecksumAnnotator test: spec.secrets[0]: the input has no Secret with the labels team=payments")
	})
}

func TestSelectorsAndScopeAll(t *testing.T) {
	outcome := run(t, "enabled: true\nscope: All\nsecrets: [{labelSelector: tier}]\nconfigMaps: [{labelSelector: tier, namespace: b}]",
		in("a", labelled("tier: web", secret("s", "k: v"))), in("b", labelled("tier: web", secret("t", "k: v"))), labelled("tier: db", secret("u", "k: v")),
		in("b", labelled("tier: web", configMap("c", "k: v"))), in("a", deployment("one")), in("b", deployment("two"))).succeeded()
	for workload, want := range map[string][]string{
		"one": {"checksum/configmap.b_c", "checksum/secret.s", "checksum/secret.u"},
		"two": {"checksum/configmap.c", "checksum/secret.t", "checksum/secret.u"},
	} {
		if diff := cmp.Diff(want, outcome.keys(workload)); diff != "" {
			t.Errorf("annotations of %s (-want +got):\n%s", workload, diff)
		}
	}
}

// The key has the name that the object has now, whatever the workload calls it.
func TestSelectorsUnderKustomize(t *testing.T) {
	object := labelled("tier: web", secret("p-s", "k: v"))
	object = annotated("internal.config.kubernetes.io/previousNames", "s", object)
	user := deployment("user", "secretRef: {name: s}")
	run(t, "enabled: true\nsecrets: [{labelSelector: tier}]", object, user).succeeded().told("info: Deployment user: set checksum/secret.p-s")
	hashed := annotated("internal.config.kubernetes.io/needsHashSuffix", "enabled", labelled("tier: web", secret("s", "k: v")))
	run(t, "enabled: true\nsecrets: [{labelSelector: tier}]", hashed, user).succeeded().told("info: Deployment user: set checksum/secret.s")
	moved := strings.Replace(object, "previousNames: 's'", "previousNames: 'r,s'", 1)
	run(t, "enabled: true\nsecrets: [{labelSelector: tier}, {name: r}]", moved, user).succeeded().told(
		"warning: ChecksumAnnotator test: spec.secrets[0]: the input has no Secret with the labels tier",
		"info: Deployment user: set checksum/secret.r")
}

const inStyle = "apiVersion: v1\nkind: Secret\nstringData: {k: v}\nmetadata:\n"

// labelStyles are a Secret s with the label tier=web.
var labelStyles = map[string]string{
	"block":                 inStyle + "  name: s\n  labels:\n    tier: web\n",
	"quotes":                inStyle + "  name: s\n  labels:\n    'tier': \"web\"\n",
	"flow":                  inStyle + "  name: s\n  labels: {tier: web}\n",
	"JSON":                  inStyle + "  {\"name\": \"s\", \"labels\": {\"tier\":\"web\"}}\n",
	"escapes":               inStyle + "  name: s\n  labels: {\"ti\\x65r\": \"w\\u0065b\"}\n",
	"an escaped line":       inStyle + "  name: s\n  labels: {tier: \"we\\\n    b\"}\n",
	"an explicit key":       inStyle + "  name: s\n  labels:\n    ? tier\n    : web\n",
	"an alias":              inStyle + "  annotations: &l {tier: web}\n  name: s\n  labels: *l\n",
	"aliases of both":       inStyle + "  annotations: {a: &k tier, b: &v web}\n  name: s\n  labels: {*k : *v }\n",
	"a merge key":           inStyle + "  annotations: &l {tier: web}\n  name: s\n  labels:\n    <<: *l\n    a: b\n",
	"a folded value":        inStyle + "  name: s\n  labels:\n    tier: >-\n      web\n",
	"a tag":                 inStyle + "  name: s\n  labels: {tier: !!str web}\n",
	"comments":              inStyle + "  name: s # s\n  labels: # l\n    # t\n    tier: web # w\n",
	"beside another's name": inStyle + "  name: s\n  labels: {tier.web: x, tier: web, xtier: y}\n",
}

func TestTheStyleOfLabelsDoesNotMatter(t *testing.T) {
	user := deployment("user", "secretRef: {name: s}")
	for name, object := range labelStyles {
		t.Run(name, func(t *testing.T) {
			run(t, "enabled: true\nsecrets: [{labelSelector: tier=web}]", object, user).succeeded().told("info: Deployment user: set checksum/secret.s")
		})
	}
	t.Run("an alias of another item", func(t *testing.T) {
		run(t, "enabled: true\nsecrets: [{labelSelector: tier=web}]",
			labelled("&k tier: &v web", configMap("x", "k: v")), labelled("*k : *v ", secret("s", "k: v")), user).succeeded().told("info: Deployment user: set checksum/secret.s")
	})
	t.Run("another place", func(t *testing.T) {
		object := "apiVersion: v1\nkind: Secret\nstringData: {tier: web}\nmetadata: {name: s, annotations: {tier: web}, labels: {xtier: web, tier: webx}}\n"
		run(t, "enabled: true\nsecrets: [{labelSelector: tier=web}]", object, user).succeeded().told(
			"warning: ChecksumAnnotator test: spec.secrets[0]: the input has no Secret with the labels tier=web")
	})
}

func TestALabelComesAndGoes(t *testing.T) {
	const spec = "enabled: true\nsecrets: [{labelSelector: tier=web, onMissing: Skip}]"
	without, with := secret("s", "k: v"), labelled("tier: web", secret("s", "k: v"))
	user := annotated("config.kubernetes.io/path", "user.yaml", deployment("user", "secretRef: {name: s}"))
	if run(t, spec, without, user).succeeded().keys("user") != nil {
		t.Fatal("it is annotated without the label")
	}
	annotated := run(t, spec, with, user).succeeded().told("info: Deployment user: set checksum/secret.s (user.yaml, document 1)")
	input, _, _ := strings.Cut(strings.Replace(annotated.output, "labels: {tier: web}, ", "", 1), "results:\n")
	removed := runOn(t, input).succeeded().told(
		"info: ChecksumAnnotator test: spec.secrets[0]: the input has no Secret with the labels tier=web",
		"info: Deployment user: removed checksum/secret.s (user.yaml, document 1)")
	if items(t, removed.output) != items(t, run(t, spec, without, user).output) {
		t.Errorf("the items are not what they were:\n%s", removed.output)
	}
}

func TestScopeAllTellsSelectedNamesakesApart(t *testing.T) {
	one, other := labelled("l: ''", secret("db", "k: '1'")), labelled("l: ''", secret("db", "k: '2'"))
	const spec = "enabled: true\nscope: All\nsecrets: [{labelSelector: l}]"
	want := run(t, spec, in("shop", other), in("shop", deployment("user"))).checksum("user")
	if got := run(t, spec, one, in("shop", other), in("shop", deployment("user"))).succeeded().checksum("user"); got != want {
		t.Errorf("the Secret of the workload's namespace did not win: %s, not %s", got, want)
	}
	run(t, spec, in("a", one), in("b", other), deployment("user")).succeeded().told(
		"warning: Deployment user: not annotated with the checksum of Secret db: it may mean Secret a/db or Secret b/db")
}
