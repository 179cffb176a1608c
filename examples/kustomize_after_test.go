package examples

import (
	"os/exec"
	"strings"
	"testing"
)

// What kustomize changes in a source after all transformers, the function does not see;
// check and the function say so. What it changes before them, it does.
func TestWhatKustomizeDoesAfterTheFunction(t *testing.T) {
	const (
		warning   = "there is text of the form $(NAME) in ConfigMap app"
		outOfDate = "is out of date: the content of ConfigMap app is not what the function saw"
		vars      = "configurations: [configuration.yaml]\nvars:\n- {name: LEVEL, objref: {apiVersion: v1, kind: ConfigMap, name: params}, fieldref: {fieldpath: data.level}}\n"
	)
	params := func(level string) string {
		return "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: params}\ndata: {level: " + level + "}\n"
	}
	tests := map[string]struct {
		settings, configuration, level string // the level as the ConfigMap app has it
		warns, misses                  bool
	}{
		"vars":         {vars, "varReference: [{path: data, kind: ConfigMap}]", "$(LEVEL)", true, true},
		"replacements": {"replacements:\n- source: {kind: ConfigMap, name: params, fieldPath: data.level}\n  targets: [{select: {name: app}, fieldPaths: [data.level]}]\n", "", "none", false, false},
		"name references in data": {
			"configurations: [configuration.yaml]\nconfigMapGenerator: [{name: generated, literals: [a=LEVEL]}]\n",
			"nameReference: [{kind: ConfigMap, version: v1, fieldSpecs: [{path: data/level, kind: ConfigMap}]}]", "generated", false, true,
		},
		"labels, sorting and annotations": {"buildMetadata: [managedByLabel, originAnnotations, transformerAnnotations]\nsortOptions: {order: legacy}\n", "", "none", false, false},
	}
	for _, command := range installedKustomizes(t) {
		for name, test := range tests {
			t.Run(command.name+"/"+name, func(t *testing.T) {
				dir := write(t, map[string]string{
					"kustomization.yaml": "resources: [all.yaml, params.yaml]\ntransformers: [function.yaml]\n" + test.settings,
					"params.yaml":        params("info"),
					"all.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: app}\ndata: {level: " + test.level + "}\n---\n" +
						deployment([]string{"app"}, nil),
					"configuration.yaml": test.configuration,
					"function.yaml":      transformer(t, "", "app"),
				})
				rendered, stderr, err := command.run("--enable-alpha-plugins", "--enable-exec", dir)
				if err != nil {
					t.Fatalf("%v: %s", err, stderr)
				}
				if got := strings.Contains(stderr, warning); got != test.warns {
					t.Errorf("it warns: %v, and should: %v; standard error:\n%s", got, test.warns, stderr)
				}
				check := exec.Command(absolute(t, functionPath), "check", "-c", dir+"/function.yaml")
				check.Stdin = strings.NewReader(rendered)
				_, stderr, err = capture(check)
				if got := strings.Contains(stderr, outOfDate); got != test.misses || (err != nil) != test.misses {
					t.Errorf("check finds it out of date: %v, and should: %v; %v, standard error:\n%s", got, test.misses, err, stderr)
				}
			})
		}
	}
}
