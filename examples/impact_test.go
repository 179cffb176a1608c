package examples

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/proompteng/checksum-annotator/fn"
	engine "github.com/proompteng/checksum-annotator/fn/manifest"
	"github.com/proompteng/checksum-annotator/fn/report"
	"github.com/proompteng/checksum-annotator/fn/workload"
)

// In these tests the renders are the judge: "impact" has to name exactly those workloads
// whose pod templates differ in them, or that only one has, and beside them only such as
// read something that differs.

// Random kustomizations are built with the function, changed, and built again.
func TestImpactNamesWhatKustomizeChanges(t *testing.T) {
	o := &oracle{function: quietFunction(t)}
	compared, restarted, stale := 0, 0, 0
	for seed := range uint64(60) {
		s := o.scenario(seed)
		before, err := buildWithLibrary(filepath.Join(write(t, s.files), "with"))
		if err != nil {
			continue // the function or kustomize refuses it
		}
		changed := changeSome(s.files, rand.New(rand.NewPCG(seed, 1)))
		after, err := buildWithLibrary(filepath.Join(write(t, changed), "with"))
		if err != nil {
			continue
		}
		compared++
		impact := impactOf(t, before, after, nil)
		restarted += impact.Count(report.Restarts)
		stale += impact.Count(report.Stale, report.Refreshed)
		if checkImpact(t, before, after, impact, true); t.Failed() {
			t.Fatalf("seed %d:\n%s\n--- before\n%s\n--- after\n%s", seed, impact.Table(report.Terminal{}), before, after)
		}
	}
	if compared < 30 || restarted < 10 || stale < 5 {
		t.Errorf("most builds should be of use: %d compared, %d restarts, %d stale", compared, restarted, stale)
	}
}

var changeable = regexp.MustCompile(`\bmark[=:] ?mark\d+\b|not-a-secret-\d+\b|image: i\b|app: w\}`)

// changeSome returns the files with some values changed.
func changeSome(files map[string]string, random *rand.Rand) map[string]string {
	changed := map[string]string{}
	for _, name := range slices.Sorted(mapsKeys(files)) {
		changed[name] = changeable.ReplaceAllStringFunc(files[name], func(text string) string {
			if random.IntN(8) > 0 {
				return text
			}
			if before, isLabel := strings.CutSuffix(text, "}"); isLabel {
				return before + "x}"
			}
			return text + "x"
		})
	}
	return changed
}

func mapsKeys[V any](m map[string]V) func(func(string) bool) {
	return func(yield func(string) bool) {
		for key := range m {
			if !yield(key) {
				return
			}
		}
	}
}

func impactOf(t *testing.T, before, after string, functionConfig any) report.Impact {
	t.Helper()
	impact, results := fn.Impact(listsOf(t, before), listsOf(t, after), functionConfig)
	if results.Failed() {
		t.Fatalf("impact fails: %q\n--- before\n%s\n--- after\n%s", results.Lines(), before, after)
	}
	return impact
}

func listsOf(t *testing.T, stream string) engine.Lists {
	t.Helper()
	list, err := engine.ReadStream([]byte(stream), workload.Shape())
	if err != nil {
		t.Fatal(err)
	}
	return engine.Lists{list}
}

// checkImpact compares an impact with two renders, whose configuration counts all keys or
// only some.
func checkImpact(t *testing.T, before, after string, impact report.Impact, allKeys bool) {
	t.Helper()
	was, is := templates(t, before), templates(t, after)
	var want, got []string
	for name, template := range is {
		if old, found := was[name]; !found || !reflect.DeepEqual(old, template) {
			want = append(want, name)
		}
	}
	for name := range was {
		if _, found := is[name]; !found {
			want = append(want, name)
		}
	}
	var others []string
	for _, w := range impact.Workloads {
		if !slices.Contains(workloadKinds, w.Workload.Kind) {
			continue // a custom resource, whose pods are made of more than a template
		}
		if w.TemplateChanged || w.Outcome == report.Added || w.Outcome == report.Removed {
			got = append(got, w.Workload.String())
			if w.TemplateChanged && len(w.Sources)+len(w.Fields) == 0 {
				t.Errorf("there is no reason for %s", w.Workload)
			}
		} else {
			others = append(others, w.Workload.String())
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("templates that differ (-want +got):\n%s", diff)
	}
	checkReaders(t, objects(t, before), objects(t, after), others, got, allKeys)
}

// templates returns the pod templates of a render, by the workload.
func templates(t *testing.T, render string) map[string]any {
	t.Helper()
	found := map[string]any{}
	for _, o := range objects(t, render) {
		if template := o.at(templatePath(o.text("kind"))...); template != nil && slices.Contains(workloadKinds, o.text("kind")) {
			found[nameOf(o)] = template
		}
	}
	return found
}

func nameOf(o object) string {
	ref := report.ResourceRef{Kind: o.text("kind"), Namespace: o.text("metadata", "namespace"), Name: o.text("metadata", "name")}
	return ref.String()
}

// checkReaders tests that workloads are told of that keep their templates and read
// something that differs, and no others.
func checkReaders(t *testing.T, before, after []object, told, changed []string, allKeys bool) {
	t.Helper()
	data := map[string]any{}
	for _, o := range before {
		data[nameOf(o)] = []any{o.at("data"), o.at("binaryData"), o.at("stringData")}
	}
	differing := map[string]bool{} // by kind and name, and with the namespace
	for _, o := range after {
		kind := o.text("kind")
		old, found := data[nameOf(o)]
		if now := []any{o.at("data"), o.at("binaryData"), o.at("stringData")}; found && (kind == "Secret" || kind == "ConfigMap") && !reflect.DeepEqual(old, any(now)) {
			differing[kind+" "+o.text("metadata", "name")] = true
			differing[nameOf(o)+" exactly"] = true
		}
	}
	for _, o := range after {
		name, template := nameOf(o), o.at(templatePath(o.text("kind"))...)
		if template == nil || slices.Contains(changed, name) || !slices.Contains(workloadKinds, o.text("kind")) {
			continue
		}
		may, must := false, false
		for _, ref := range referencesIn(template) {
			exact := report.ResourceRef{Kind: ref.kind, Namespace: o.text("metadata", "namespace"), Name: ref.name}
			may = may || differing[ref.kind+" "+ref.name]
			must = must || allKeys && differing[exact.String()+" exactly"] && readsAll(template, ref)
		}
		if is := slices.Contains(told, name); must && !is || is && !may {
			t.Errorf("%s: told of: %t, but it reads something that differs: %t", name, is, may)
		}
	}
}

// readsAll tells whether a template reads more of a source than a key.
func readsAll(template any, ref reference) bool {
	text, err := yaml.Marshal(template)
	return err == nil && regexp.MustCompile(`(configMapRef|secretRef|secret|configMap):\n\s+(name|secretName): `+ref.name+`\n`).Match(text)
}

// The renders of the examples are changed here and there, as they are and, without the
// annotations, with a functionConfig.
func TestImpactNamesWhatChangesInTheExamples(t *testing.T) {
	configs := map[string]any{"annotated": nil}
	compared := 0
	for _, path := range expectedOutputs(t) {
		configs["with the functionConfig"] = nil
		text := ""
		if file := filepath.Join(filepath.Dir(path), "rollout-checksums.yaml"); exists(file) {
			text = read(t, file)
			functionConfig, err := engine.ReadConfig([]byte(text))
			if err != nil {
				t.Fatal(err)
			}
			configs["with the functionConfig"] = functionConfig
		}
		for name, functionConfig := range configs {
			t.Run(path+" "+name, func(t *testing.T) {
				for seed := range uint64(20) {
					before := read(t, path)
					after := changeRender(t, before, rand.New(rand.NewPCG(seed, 2)))
					impact := impactOf(t, before, after, functionConfig)
					if functionConfig != nil {
						before, after = annotate(t, before, functionConfig), annotate(t, after, functionConfig)
					}
					checkImpact(t, before, after, impact, functionConfig == nil || !strings.Contains(text, "keys:"))
					compared += len(impact.Workloads)
				}
			})
		}
	}
	if compared < 50 {
		t.Errorf("only %d workloads changed", compared)
	}
}

func exists(path string) bool {
	matches, err := filepath.Glob(path)
	return err == nil && len(matches) == 1
}

func annotate(t *testing.T, render string, functionConfig any) string {
	t.Helper()
	output, results := fn.AnnotateStream([]byte(render), functionConfig)
	if results.Failed() {
		t.Fatal(results.Lines())
	}
	return string(output.Bytes())
}

// changeRender changes some data and some images in a render.
func changeRender(t *testing.T, render string, random *rand.Rand) string {
	t.Helper()
	var changed []string
	for _, o := range objects(t, render) {
		kind := o.text("kind")
		for _, field := range []string{"data", "stringData"} {
			if values, ok := o.at(field).(map[string]any); ok && (kind == "Secret" || kind == "ConfigMap") && random.IntN(3) == 0 {
				values["changed"] = "Y2hhbmdlZA=="
			}
		}
		if containers, ok := o.at(append(templatePath(kind), "spec", "containers")...).([]any); ok && random.IntN(4) == 0 {
			container, _ := containers[0].(map[string]any)
			container["image"] = fmt.Sprint(container["image"], "-changed")
		}
		text, err := yaml.Marshal(o)
		if err != nil {
			t.Fatal(err)
		}
		changed = append(changed, string(text))
	}
	return strings.Join(changed, "---\n")
}

// What an audit prints closes the gaps of the same render.
func TestAuditsOfExamplesAreClosedByTheirFunctionConfigs(t *testing.T) {
	gaps := 0
	check := func(t *testing.T, render string) {
		t.Helper()
		audit, results := fn.Audit(listsOf(t, render), nil)
		if results.Failed() {
			t.Fatal(results.Lines())
		}
		gaps += audit.Gaps()
		functionConfig, err := engine.ReadConfig([]byte(audit.FunctionConfig()))
		if err != nil {
			t.Fatal(err)
		}
		_, results = fn.AnnotateStream([]byte(render), functionConfig)
		if lines := strings.Join(results.AllLines(), "\n"); strings.Contains(lines, "no selected workload uses") || strings.Contains(lines, "not in the input") {
			t.Errorf("an entry is of no use:\n%s\n%s", lines, audit.FunctionConfig())
		}
		closed, results := fn.Audit(listsOf(t, render), functionConfig)
		if results.Failed() || closed.Gaps() > 0 {
			t.Errorf("gaps are left: %q\n%s\n%s", results.Lines(), audit.FunctionConfig(), closed.Table(report.Terminal{}))
		}
	}
	for _, path := range expectedOutputs(t) {
		t.Run(path, func(t *testing.T) {
			check(t, regexp.MustCompile(`(?m)^ +checksum/.*\n`).ReplaceAllString(read(t, path), ""))
		})
	}
	o := &oracle{function: quietFunction(t)}
	for seed := range uint64(60) {
		if render, err := buildWithLibrary(filepath.Join(write(t, o.scenario(seed).files), "without")); err == nil {
			t.Run(fmt.Sprintf("seed=%d", seed), func(t *testing.T) { check(t, render) })
		}
	}
	if gaps < 50 {
		t.Errorf("there are only %d gaps", gaps)
	}
}
