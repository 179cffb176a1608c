package examples

import (
	"path/filepath"
	"strings"
	"testing"
)

// What the table of troubles in the documentation quotes is what kustomize and the function say.
func TestTroublesAreWhatTheDocumentationSays(t *testing.T) {
	_, table, _ := strings.Cut(read(t, "../README.md"), "\n## When something is wrong\n")
	table, _, _ = strings.Cut(table, "\n## ")
	const all = "--enable-alpha-plugins --enable-exec"
	const config, path = "rollout-checksums.yaml", "path: ../../bin/checksum-annotator"
	tests := []struct {
		quoted      string // with … for what differs
		file        string // to change
		old, change string
		options     string
		builds      bool
	}{
		{"external plugins disabled; unable to load external plugin 'ChecksumAnnotator'", config, "", "", "", false},
		{"unable to find plugin root", config, "config.kubernetes.io/function", "example.com/none", all, false},
		{"security; file … is not in or below", "kustomization.yaml", config, "../plain-files/" + config, all, false},
		{"couldn't execute function: fork/exec …: no such file or directory", config, path, "path: ./checksum-annotator", all, false},
		{"may not add resource with an already registered id", "kustomization.yaml", "- " + config, "- " + config + "\n- again.yaml", all, false},
		{"is not in the input", config, "- database", "- databases", all, true},
		{"is not in the input", "secret.yaml", "name: database", "name: database\n  annotations: {config.kubernetes.io/local-config: 'true'}", all, true},
	}
	for _, command := range installedKustomizes(t) {
		for _, test := range tests {
			t.Run(command.name+"/"+test.quoted, func(t *testing.T) {
				if !strings.Contains(table, "`"+test.quoted+"`") {
					t.Error("the documentation does not quote it")
				}
				dir := filepath.Join(workshop(t), "examples", "quickstart")
				edit(t, filepath.Join(dir, test.file), test.old, test.change, 1)
				if strings.Contains(test.change, "again.yaml") {
					writeFile(t, filepath.Join(dir, "again.yaml"), read(t, filepath.Join(dir, config)))
				}
				_, stderr, err := command.run(append(strings.Fields(test.options), dir)...)
				if (err == nil) != test.builds {
					t.Errorf("%v", err)
				}
				rest := stderr
				for _, part := range strings.Split(test.quoted, "…") {
					_, after, found := strings.Cut(rest, part)
					if !found {
						t.Errorf("it says:\n%s", stderr)
					}
					rest = after
				}
			})
		}
	}
}

// The way around the load restriction that the table names.
func TestConfigurationInAFolderOfItsOwn(t *testing.T) {
	for _, kustomize := range kustomizes(t) {
		dir := filepath.Join(workshop(t), "examples")
		config := read(t, "quickstart/rollout-checksums.yaml")
		writeFile(t, filepath.Join(dir, "shared", "rollout-checksums.yaml"), config)
		writeFile(t, filepath.Join(dir, "shared", "kustomization.yaml"), "resources: [rollout-checksums.yaml]\n")
		edit(t, filepath.Join(dir, "quickstart", "kustomization.yaml"), "- rollout-checksums.yaml", "- ../shared", 1)
		wantExpected(t, kustomize, dir, "quickstart")
	}
}

func TestMissingImageIsTheTroubleThatTheDocumentationNames(t *testing.T) {
	program(t, "docker")
	const quoted = "couldn't execute function: exit status 125"
	if !strings.Contains(read(t, "../README.md"), "`"+quoted+"`") {
		t.Error("the documentation does not quote it")
	}
	for _, kustomize := range kustomizes(t) {
		dir := filepath.Join(workshop(t), "examples", "quickstart")
		edit(t, filepath.Join(dir, "rollout-checksums.yaml"), "exec:\n        path: ../../bin/checksum-annotator", "container:\n        image: localhost:1/absent:none", 1)
		wantBuildError(t, kustomize, dir, quoted)
	}
}
