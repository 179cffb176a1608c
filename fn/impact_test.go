package fn_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/api/hasher"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/proompteng/checksum-annotator/fn"
	"github.com/proompteng/checksum-annotator/fn/manifest"
	"github.com/proompteng/checksum-annotator/fn/report"
	shapes "github.com/proompteng/checksum-annotator/fn/workload"
)

// The objects of a render, each with a mark where tests put in something else.
const (
	aConfigMap = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: app}\ndata: {level: info, color: blue}\n"
	aSecret    = "apiVersion: v1\nkind: Secret\nmetadata: {name: db}\nstringData: {uri: u, other: o}\n"
	aReader    = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: 1\n  template:\n    metadata:\n      annotations: {}\n    spec:\n      containers:\n" +
		"      - name: web\n        image: web:1\n        envFrom: [{configMapRef: {name: app}}]\n        env: [{name: URI, valueFrom: {secretKeyRef: {name: db, key: uri}}}]\n"
	aFileReader = "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: files}\nspec: {template: {spec: {containers: [{name: c, volumeMounts: [{name: v, mountPath: /v}]}], volumes: [{name: v, configMap: {name: app}}]}}}\n"
	aCronJob    = "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: nightly}\nspec: {jobTemplate: {spec: {template: {spec: {containers: [{name: c, envFrom: [{configMapRef: {name: app}}]}]}}}}}\n"
)

// withAnnotations returns aReader with annotations of its pods.
func withAnnotations(annotations string) string {
	return strings.Replace(aReader, "annotations: {}", "annotations: {"+annotations+"}", 1)
}

func stream(objects ...string) string { return strings.Join(objects, "---\n") }

func inputOf(t *testing.T, input string) manifest.Lists {
	t.Helper()
	if input == "" {
		return nil
	}
	list, err := manifest.ReadStream([]byte(input), shapes.Shape())
	if err != nil {
		t.Fatal(err)
	}
	return manifest.Lists{list}
}

// impactOf returns the impact, and a line for each workload in it.
func impactOf(t *testing.T, before, after string) (report.Impact, []string) {
	t.Helper()
	impact, results := fn.Impact(inputOf(t, before), inputOf(t, after), nil)
	if results.Failed() {
		t.Fatal(results.Lines())
	}
	var lines []string
	for _, w := range impact.Workloads {
		line := fmt.Sprintf("%s %s", w.Workload.Name, w.Outcome)
		for _, s := range w.Sources {
			line += fmt.Sprintf("; %s %s %v %s", s.Source.Name, s.Kind, slices.Concat(s.Keys.Added, s.Keys.Removed, s.Keys.Changed), s.Way)
		}
		for _, field := range w.Fields {
			line += fmt.Sprintf("; %s %s", field.Path, field.Kind)
		}
		lines = append(lines, line)
	}
	return impact, lines
}

func TestImpactTellsWhatRestartsAndWhatShould(t *testing.T) {
	a, b := strings.Repeat("a", 64), strings.Repeat("b", 64)
	replaced := func(text, old, replacement string) string {
		if !strings.Contains(text, old) {
			t.Fatalf("%q is not in %q", old, text)
		}
		return strings.ReplaceAll(text, old, replacement)
	}
	debug := replaced(aConfigMap, "level: info", "level: debug")
	elsewhere := func(object string) string {
		return replaced(object, "metadata: {name: ", "metadata: {namespace: x, name: ")
	}
	reloaded := replaced(aReader, "{name: web}", "{name: web, annotations: {reloader.stakater.com/auto: 'true'}}")
	for name, test := range map[string]struct {
		before, after []string
		want          []string
	}{
		"nothing": {[]string{aConfigMap, aReader}, []string{aConfigMap, aReader}, nil},
		"a source that no annotation follows": {
			[]string{aConfigMap, aReader}, []string{debug, aReader},
			[]string{"web stale; app changed [level] not at all"},
		},
		"keys that come and go": {
			[]string{aConfigMap, aReader}, []string{replaced(aConfigMap, "color", "colour"), aReader},
			[]string{"web stale; app changed [colour color] not at all"},
		},
		"a key that is not read": {
			[]string{aSecret, aReader}, []string{replaced(aSecret, "other: o", "other: p"), aReader}, nil,
		},
		"a key that is read": {
			[]string{aSecret, aReader}, []string{replaced(aSecret, "uri: u", "uri: v"), aReader},
			[]string{"web stale; db changed [uri] not at all"},
		},
		"a checksum that follows": {
			[]string{aConfigMap, withAnnotations("checksum/configmap.app: " + a)}, []string{debug, withAnnotations("checksum/configmap.app: " + b)},
			[]string{"web restart; app changed [level] checksum"},
		},
		"a checksum that does not follow": {
			[]string{aConfigMap, withAnnotations("checksum/configmap.app: " + a)}, []string{debug, withAnnotations("checksum/configmap.app: " + a)},
			[]string{"web stale; app changed [level] not at all"},
		},
		"a chart's checksum that follows": {
			[]string{aConfigMap, withAnnotations("checksum/config: " + a)}, []string{debug, withAnnotations("checksum/config: " + b)},
			[]string{"web restart; app changed [level] chart"},
		},
		"a checksum of something else": {
			[]string{aConfigMap, withAnnotations("checksum/secret.other: " + a)}, []string{aConfigMap, withAnnotations("checksum/secret.other: " + b)},
			[]string{"web restart; metadata.annotations[checksum/secret.other] changed"},
		},
		"an image": {
			[]string{aReader}, []string{replaced(aReader, "web:1", "web:2")},
			[]string{"web restart; containers[web].image changed"},
		},
		"an image, and a source that would not by itself": {
			[]string{aConfigMap, aReader}, []string{debug, replaced(aReader, "web:1", "web:2")},
			[]string{"web restart; app changed [level] not at all; containers[web].image changed"},
		},
		"a controller": {
			[]string{aConfigMap, reloaded}, []string{debug, reloaded},
			[]string{"web controller; app changed [level] controller"},
		},
		"files": {
			[]string{aConfigMap, aFileReader}, []string{debug, aFileReader},
			[]string{"files file; app changed [level] file"},
		},
		"a job of tomorrow": {
			[]string{aConfigMap, aCronJob}, []string{debug, aCronJob},
			[]string{"nightly next pods; app changed [level] next pods"},
		},
		"those that need attention first": {
			[]string{aConfigMap, aFileReader, aReader, aCronJob}, []string{debug, aFileReader, aReader, aCronJob},
			[]string{"web stale; app changed [level] not at all", "files file; app changed [level] file", "nightly next pods; app changed [level] next pods"},
		},
		"workloads that come and go": {
			[]string{aReader, aCronJob}, []string{aCronJob, aFileReader},
			[]string{"files added", "web removed"},
		},
		"a source that comes": {
			[]string{aReader}, []string{aReader, aConfigMap},
			[]string{"web stale; app added [] not at all"},
		},
		"a source that goes": {
			[]string{aReader, aConfigMap}, []string{aReader},
			[]string{"web stale; app removed [] not at all"},
		},
		"the form of a source": {
			[]string{aSecret, aReader}, []string{"kind: Secret\napiVersion: v1\nmetadata: {labels: {a: b}, name: db}\ndata: {other: bw==, uri: dQ==}\n", aReader}, nil,
		},
		"the first render of all": {nil, []string{aReader}, []string{"web added"}},
		"the last one":            {[]string{aReader}, nil, []string{"web removed"}},
		"another namespace of the same name": {
			[]string{aConfigMap, aReader, elsewhere(aConfigMap), elsewhere(aReader)},
			[]string{aConfigMap, aReader, elsewhere(debug), elsewhere(aReader)},
			[]string{"web stale; app changed [level] not at all"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, got := impactOf(t, stream(test.before...), stream(test.after...))
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestAHashInTheNameIsOneChange(t *testing.T) {
	render := func(level string) (name, text string) {
		configMap := "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: %s}\ndata: {level: " + level + "}\n"
		node, err := yaml.Parse(fmt.Sprintf(configMap, "app"))
		if err != nil {
			t.Fatal(err)
		}
		hash, err := (&hasher.Hasher{}).Hash(node)
		if err != nil {
			t.Fatal(err)
		}
		name = "app-" + hash
		return name, stream(fmt.Sprintf(configMap, name), strings.ReplaceAll(aReader, "{name: app}", "{name: "+name+"}"))
	}
	oldName, before := render("info")
	newName, after := render("debug")
	impact, got := impactOf(t, before, after)
	want := []string{"web restart; " + newName + " changed [level] name"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("(-want +got):\n%s", diff)
	}
	if was := impact.Workloads[0].Sources[0].Was; was != oldName {
		t.Errorf("the earlier name is %q", was)
	}
}

func TestChangesThatRestartNothingAreCounted(t *testing.T) {
	labelled := strings.Replace(aConfigMap, "{name: app}", "{name: app, labels: {a: b}}", 1)
	scaled := strings.Replace(aReader, "replicas: 1", "replicas: 2", 1)
	for name, test := range map[string]struct {
		before, after string
		want          report.QuietChanges
	}{
		"none":               {stream(aConfigMap, aReader), stream(aConfigMap, aReader), report.QuietChanges{}},
		"labels of a source": {stream(aConfigMap, aReader), stream(labelled, aReader), report.QuietChanges{Metadata: 1}},
		"replicas":           {stream(aConfigMap, aReader), stream(aConfigMap, scaled), report.QuietChanges{Workloads: 1}},
		"order":              {stream(aConfigMap, aSecret, aReader), stream(aSecret, aConfigMap, aReader), report.QuietChanges{Moved: 1}},
		"formatting":         {stream(aConfigMap, aReader), stream(strings.Replace(aConfigMap, "info", "'info'", 1), aReader), report.QuietChanges{Formatting: 1}},
		"a source that nothing reads": {
			stream(aConfigMap, aCronJob), stream(aConfigMap, aCronJob, aSecret), report.QuietChanges{Unread: 1},
		},
		"a key that nothing reads": {
			stream(aSecret, aReader), stream(strings.Replace(aSecret, "other: o", "other: p", 1), aReader), report.QuietChanges{Unread: 1},
		},
		"a source of a new workload": {aCronJob, stream(aCronJob, aSecret, aReader), report.QuietChanges{}},
	} {
		t.Run(name, func(t *testing.T) {
			impact, _ := impactOf(t, test.before, test.after)
			if diff := cmp.Diff(test.want, impact.Quiet); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestImpactSaysWhatMakesItDoubtful(t *testing.T) {
	a, b := strings.Repeat("a", 64), strings.Repeat("b", 64)
	for name, test := range map[string]struct {
		before, after string
		want          string // a part of the note, or none
	}{
		"no checksums":          {aReader, aReader, "neither input has checksums"},
		"none in the later one": {withAnnotations("checksum/configmap.app: " + a), aReader, "did the function run?"},
		"none in the other one": {aReader, withAnnotations("checksum/configmap.app: " + a), "is replaced once"},
		"another prefix":        {withAnnotations("one/configmap.app: " + a), withAnnotations("two/configmap.app: " + a), "the prefix one in OLD and two in NEW"},
		"another salt":          {stream(aConfigMap, withAnnotations("checksum/configmap.app: "+a)), stream(aConfigMap, withAnnotations("checksum/configmap.app: "+b)), "another salt"},
		"in a part":             {stream(aFileReader, withAnnotations("checksum/configmap.app: "+a)), stream(aFileReader, withAnnotations("checksum/configmap.app: "+a)), "1 of 2 pod templates"},
		"all":                   {withAnnotations("checksum/configmap.app: " + a), withAnnotations("checksum/configmap.app: " + a), ""},
	} {
		t.Run(name, func(t *testing.T) {
			impact, _ := impactOf(t, test.before, test.after)
			got := strings.Join(impact.Notes, "\n")
			if !strings.Contains(got, test.want) || (test.want == "") != (got == "") {
				t.Errorf("want %q, got %q", test.want, got)
			}
		})
	}
}

func TestUnrelatedInputsAreNoImpact(t *testing.T) {
	_, results := fn.Impact(inputOf(t, stream(aConfigMap, aReader)), inputOf(t, stream(aSecret, aFileReader)), nil)
	if !results.Failed() || !strings.Contains(results.Lines()[0], "in common") {
		t.Errorf("the results are %q", results.Lines())
	}
}

func TestKeysThatAreNotToCountAreNotStale(t *testing.T) {
	reader := strings.Replace(aReader, "valueFrom: {secretKeyRef: {name: db, key: uri}}", "value: x", 1)
	color := strings.Replace(aConfigMap, "color: blue", "color: red", 1)
	level := strings.Replace(aConfigMap, "level: info", "level: debug", 1)
	configured := functionConfig(t, "{enabled: true, configMaps: [{name: app, keys: [level]}]}")
	for name, test := range map[string]struct {
		after string
		want  report.Outcome // or none
	}{"another key": {color, ""}, "the key": {level, report.Restarts}} {
		t.Run(name, func(t *testing.T) {
			impact, results := fn.Impact(inputOf(t, stream(aConfigMap, reader)), inputOf(t, stream(test.after, reader)), configured)
			if results.Failed() {
				t.Fatal(results.Lines())
			}
			if test.want == "" && (len(impact.Workloads) > 0 || impact.Quiet.Unread != 1) || test.want != "" && impact.Count(test.want) != 1 {
				t.Errorf("the impact is\n%s", impact.Table(report.Terminal{}))
			}
		})
	}
}

func TestImpactAnnotatesWhatIsNotAnnotated(t *testing.T) {
	configured := functionConfig(t, "{enabled: true, configMaps: [app]}")
	debug := strings.Replace(aConfigMap, "level: info", "level: debug", 1)
	impact, results := fn.Impact(inputOf(t, stream(aConfigMap, aReader)), inputOf(t, stream(debug, aReader)), configured)
	if results.Failed() || len(impact.Workloads) != 1 || impact.Workloads[0].Outcome != report.Restarts || impact.Workloads[0].Sources[0].Way != "checksum" {
		t.Errorf("the impact is %+v, with the results %q", impact, results.Lines())
	}
	_, results = fn.Impact(inputOf(t, aReader), inputOf(t, aReader), functionConfig(t, "{enabled: maybe}"))
	if !results.Failed() {
		t.Error("a broken functionConfig is no error")
	}
}
