package config_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/resid"

	"github.com/proompteng/checksum-annotator/config"
)

func TestSelectorMatches(t *testing.T) {
	deployment := config.Object{
		Group:       "apps",
		Version:     "v1",
		Kind:        "Deployment",
		Names:       []string{"agents"},
		Namespaces:  []string{"default"},
		Labels:      func() map[string]string { return map[string]string{"app": "agents", "tier": "backend"} },
		Annotations: func() map[string]string { return map[string]string{"example.com/owner": "platform"} },
	}
	tests := []struct {
		name     string
		selector string
		want     bool
	}{
		{"nothing given", `{}`, true},
		{"empty patterns", `{group: "", name: "", labelSelector: ""}`, true},

		{"the group", `{group: apps}`, true},
		{"another group", `{group: batch}`, false},
		{"the version", `{version: v1}`, true},
		{"another version", `{version: v1beta1}`, false},
		{"the kind", `{kind: Deployment}`, true},
		{"another kind", `{kind: StatefulSet}`, false},
		{"the name", `{name: agents}`, true},
		{"another name", `{name: jangar}`, false},
		{"the namespace", `{namespace: default}`, true},
		{"another namespace", `{namespace: agents}`, false},

		{"a part of the group", `{group: app}`, false},
		{"the start of the version", `{version: v}`, false},
		{"the start of the kind", `{kind: Deploy}`, false},
		{"the end of the name", `{name: gents}`, false},
		{"the middle of the namespace", `{namespace: fault}`, false},
		{"other letters", `{kind: deployment}`, false},

		{"an alternative", `{kind: Deployment|StatefulSet}`, true},
		{"an alternative that is a start", `{kind: Deploy|StatefulSet}`, false},
		{"an alternative that is an end", `{name: jangar|gents}`, false},
		{"an alternative that is empty", `{name: jangar|}`, false},
		{"an optional part", `{name: "agents(-controllers)?"}`, true},
		{"a wildcard", `{name: ag.*}`, true},
		{"a class", `{name: "[a-z]+"}`, true},
		{"anchors", `{name: ^agents$}`, true},
		{"an anchor in an alternative", `{name: ^agen|jangar$}`, false},
		{"letters of either case", `{kind: "(?i)deployment"}`, true},

		{"a label", `{labelSelector: app=agents}`, true},
		{"another value of a label", `{labelSelector: app=jangar}`, false},
		{"a label that is not there", `{labelSelector: version}`, false},
		{"no such label", `{labelSelector: "!version"}`, true},
		{"a set of values", `{labelSelector: "app in (agents, jangar),tier!=frontend"}`, true},
		{"one of two labels", `{labelSelector: "app=agents,tier=frontend"}`, false},
		{"an annotation", `{annotationSelector: example.com/owner=platform}`, true},
		{"another value of an annotation", `{annotationSelector: example.com/owner=data}`, false},
		{"a label among the annotations", `{annotationSelector: app=agents}`, false},
		{"an annotation among the labels", `{labelSelector: example.com/owner}`, false},

		{
			"every field",
			`{group: apps, version: v1, kind: Deployment, name: agents, namespace: default, labelSelector: app=agents, annotationSelector: example.com/owner}`,
			true,
		},
		{"all but the group", `{group: batch, kind: Deployment, name: agents}`, false},
		{"all but the name", `{kind: Deployment, name: jangar, namespace: default}`, false},
		{"all but the label", `{kind: Deployment, name: agents, labelSelector: app=jangar}`, false},
		{"all but the annotation", `{kind: Deployment, labelSelector: app=agents, annotationSelector: example.com/team}`, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := loadSelector(t, parse(t, test.selector)).Matches(deployment); got != test.want {
				t.Errorf("%s matches: %t, want %t", test.selector, got, test.want)
			}
		})
	}
}

func TestSelectorMatchesAnyNameThatAnObjectHasOrHad(t *testing.T) {
	renamed := config.Object{
		Version:    "v1",
		Kind:       "Pod",
		Names:      []string{"prod-agents", "agents"},
		Namespaces: []string{"prod", "default"},
	}
	tests := []struct {
		selector string
		want     bool
	}{
		{`{}`, true},
		{`{name: agents}`, true},
		{`{name: prod-agents}`, true},
		{`{name: prod}`, false},
		{`{namespace: prod}`, true},
		{`{namespace: default}`, true},
		{`{namespace: staging}`, false},
		{`{name: prod-agents, namespace: default}`, true},
		{`{name: agents, namespace: staging}`, false},
		{`{group: .+}`, false}, // the core group is empty
		{`{group: .*}`, true},
	}
	for _, test := range tests {
		t.Run(test.selector, func(t *testing.T) {
			if got := loadSelector(t, parse(t, test.selector)).Matches(renamed); got != test.want {
				t.Errorf("matches: %t, want %t", got, test.want)
			}
		})
	}
}

func TestSelectorReadsLabelsOnlyWhenTheyMatter(t *testing.T) {
	var read []string
	object := config.Object{
		Kind:        "Deployment",
		Names:       []string{"agents"},
		Namespaces:  []string{"default"},
		Labels:      func() map[string]string { read = append(read, "labels"); return nil },
		Annotations: func() map[string]string { read = append(read, "annotations"); return nil },
	}
	tests := []struct {
		name     string
		selector string
		want     []string
	}{
		{"not asked for", `{kind: Deployment}`, nil},
		{"decided before", `{kind: StatefulSet, labelSelector: "!app", annotationSelector: "!app"}`, nil},
		{"labels", `{labelSelector: "!app"}`, []string{"labels"}},
		{"annotations", `{annotationSelector: "!app"}`, []string{"annotations"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			read = nil
			loadSelector(t, parse(t, test.selector)).Matches(object)
			if !slices.Equal(read, test.want) {
				t.Errorf("read %q, want %q", read, test.want)
			}
		})
	}
}

// Whatever kustomize selects with a pattern, a Selector selects too, and nothing
// else.
func TestSelectorAgreesWithKustomize(t *testing.T) {
	const rounds = 2_000
	random := rand.New(rand.NewPCG(1, 2))
	matches := 0
	for range rounds {
		kustomize := types.Selector{ResId: resid.ResId{
			Gvk:       resid.Gvk{Group: randomPattern(random), Version: randomPattern(random), Kind: randomPattern(random)},
			Name:      randomPattern(random),
			Namespace: randomPattern(random),
		}}
		object := config.Object{
			Group:      randomText(random),
			Version:    randomText(random),
			Kind:       randomText(random),
			Names:      []string{randomText(random), randomText(random)},
			Namespaces: []string{randomText(random), randomText(random)},
		}
		selector := loadSelector(t, map[string]any{
			"group":     kustomize.Group,
			"version":   kustomize.Version,
			"kind":      kustomize.Kind,
			"name":      kustomize.Name,
			"namespace": kustomize.Namespace,
		})
		want := kustomizeSelects(t, kustomize, object)
		if got := selector.Matches(object); got != want {
			t.Fatalf("%+v matches %+v: %t, kustomize says %t", kustomize.ResId, object, got, want)
		}
		if want {
			matches++
		}
	}
	if matches < rounds/10 || matches > rounds*9/10 {
		t.Errorf("%d of %d random objects matched: too one-sided to tell much", matches, rounds)
	}
}

// loadSelector returns the selector of a functionConfig.
func loadSelector(t *testing.T, selector any) config.Selector {
	t.Helper()
	spec, errs := config.Load(map[string]any{
		"apiVersion": config.APIVersion,
		"kind":       config.KindName,
		"spec":       map[string]any{"workloads": []any{selector}},
	})
	if len(errs) > 0 {
		t.Fatalf("cannot load selector %v: %v", selector, errs)
	}
	return spec.Workloads[0]
}

// kustomizeSelects tells what kustomize does, as in its resmap.ResMap.Select.
func kustomizeSelects(t *testing.T, selector types.Selector, object config.Object) bool {
	t.Helper()
	compiled, err := types.NewSelectorRegex(&selector)
	if err != nil {
		t.Fatalf("kustomize refuses selector %v: %v", selector, err)
	}
	return slices.ContainsFunc(object.Namespaces, compiled.MatchNamespace) &&
		slices.ContainsFunc(object.Names, compiled.MatchName) &&
		compiled.MatchGvk(resid.Gvk{Group: object.Group, Version: object.Version, Kind: object.Kind})
}

// randomText returns a short text of few letters, so that patterns often match.
func randomText(random *rand.Rand) string {
	text := make([]byte, random.IntN(4))
	for i := range text {
		text[i] = "ab-"[random.IntN(3)]
	}
	return string(text)
}

// randomPattern returns a regular expression, or none.
func randomPattern(random *rand.Rand) string {
	if random.IntN(3) == 0 {
		return ""
	}
	return randomExpression(random, 3)
}

func randomExpression(random *rand.Rand, depth int) string {
	if depth == 0 {
		return []string{"a", "b", "-", ".", "[ab]", "[^a]", ".*", ""}[random.IntN(8)]
	}
	left, right := randomExpression(random, depth-1), randomExpression(random, depth-1)
	switch random.IntN(8) {
	case 0, 1:
		return left + "|" + right
	case 2:
		return "(" + left + "|" + right + ")"
	case 3:
		return fmt.Sprintf("(?:%s)%c", left, "*+?"[random.IntN(3)])
	case 4:
		return "^" + left
	case 5:
		return left + "$"
	case 6:
		return "(?i)" + left
	default:
		return left + right
	}
}

func TestSourcesSelectByLabels(t *testing.T) {
	tests := []struct {
		selector string
		labels   map[string]string
		want     bool
		key      string
	}{
		{"a", map[string]string{"a": ""}, true, "a"},
		{"a", map[string]string{"b": ""}, false, "a"},
		{"a", nil, false, "a"},
		{"!b, example.com/a=1", map[string]string{"example.com/a": "1"}, true, "example.com/a"},
		{"!b, example.com/a=1", map[string]string{"example.com/a": "1", "b": ""}, false, "example.com/a"},
		{"c in (1,2)", map[string]string{"c": "2"}, true, "c"},
		{"c > 3", map[string]string{"c": "4"}, true, "c"},
	}
	for _, test := range tests {
		spec, errs := config.Load(parse(t, own("secrets: [{labelSelector: "+strconv.Quote(test.selector)+"}]")))
		if len(errs) > 0 {
			t.Fatal(errs)
		}
		source := spec.Secrets[0]
		if got := source.Selects(test.labels); got != test.want {
			t.Errorf("%q selects %v: %t", test.selector, test.labels, got)
		}
		if diff := cmp.Diff([]string{test.key}, source.LabelKeys()); diff != "" {
			t.Errorf("keys of %q (-want +got):\n%s", test.selector, diff)
		}
	}
	if (config.Source{}).Selects(nil) || (config.Source{}).LabelKeys() != nil {
		t.Error("an entry without a label selector selects")
	}
}
