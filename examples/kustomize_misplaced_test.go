package examples

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// What a newcomer sees who lists the functionConfig in another field than transformers.
func TestConfigurationInAnotherField(t *testing.T) {
	const source = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: s\nstringData: {a: b}\n"
	for _, command := range installedKustomizes(t) {
		build := func(field string) (stdout, stderr string, err error) {
			kustomization := "resources: [deployment.yaml, secret.yaml]\n" + field + ": [config.yaml]\n"
			if field == "resources" {
				kustomization = "resources: [deployment.yaml, secret.yaml, config.yaml]\n"
			}
			dir := write(t, map[string]string{
				"kustomization.yaml": kustomization,
				"deployment.yaml":    deployment(nil, []string{"s"}),
				"secret.yaml":        source,
				"config.yaml":        transformer(t, "s", ""),
			})
			return command.run("--enable-alpha-plugins", "--enable-exec", dir)
		}
		t.Run(command.name+"/generators", func(t *testing.T) {
			if _, stderr, err := build("generators"); err == nil || !strings.Contains(stderr, "list it under transformers:, not under generators:") {
				t.Errorf("%v, %s", err, stderr)
			}
		})
		t.Run(command.name+"/validators", func(t *testing.T) {
			if _, stderr, err := build("validators"); err == nil || !strings.Contains(stderr, "validator shouldn't modify the resource map") {
				t.Errorf("%v, %s", err, stderr)
			}
		})
		t.Run(command.name+"/resources", func(t *testing.T) {
			rendered, _, err := build("resources")
			if err != nil || strings.Contains(rendered, "checksum/secret.s") {
				t.Fatalf("%v\n%s", err, rendered)
			}
			dir := write(t, map[string]string{"config.yaml": transformer(t, "s", "")})
			check := exec.Command(absolute(t, functionPath), "check", "-c", filepath.Join(dir, "config.yaml"))
			check.Stdin = strings.NewReader(rendered)
			_, stderr, err := capture(check)
			if err == nil || !strings.Contains(stderr, "under transformers:, and not under resources:") {
				t.Errorf("%v, %s", err, stderr)
			}
		})
	}
}

// The environment of kustomize is that of a program that it calls.
func TestTheFunctionReadsTheEnvironmentOfKustomize(t *testing.T) {
	config := strings.Replace(transformer(t, "s", ""), "  enabled: true\n", "  enabled: true\n  saltEnv: CHECKSUM_ANNOTATOR_TEST_SALT\n", 1)
	dir := write(t, map[string]string{
		"kustomization.yaml": "resources: [deployment.yaml, secret.yaml]\ntransformers: [config.yaml]\n",
		"deployment.yaml":    deployment(nil, []string{"s"}),
		"secret.yaml":        "apiVersion: v1\nkind: Secret\nmetadata:\n  name: s\nstringData: {a: b}\n",
		"config.yaml":        config,
	})
	for _, command := range installedKustomizes(t) {
		t.Run(command.name, func(t *testing.T) {
			run := func() (string, string, error) { return command.run("--enable-alpha-plugins", "--enable-exec", dir) }
			if _, stderr, err := run(); err == nil || !strings.Contains(stderr, "spec.saltEnv: Required value: the environment of the function has no variable CHECKSUM_ANNOTATOR_TEST_SALT") {
				t.Errorf("without the variable: %v, %s", err, stderr)
			}
			t.Setenv("CHECKSUM_ANNOTATOR_TEST_SALT", "hunter2")
			t.Setenv("CHECKSUM_ANNOTATOR_VERBOSE", "true")
			stdout, stderr, err := run()
			if err != nil || !strings.Contains(stdout, "checksum/secret.s: ") || stderr != "info: Deployment d: set checksum/secret.s\n" {
				t.Errorf("%v, %s\n%s", err, stderr, stdout)
			}
		})
	}
}
