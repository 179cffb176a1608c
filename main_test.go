package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/proompteng/checksum-annotator/config"
	"github.com/proompteng/checksum-annotator/fn/manifest"
	"github.com/proompteng/checksum-annotator/fn/report"
)

func start(t *testing.T, stdin string, args ...string) (exitCode int, stdout, stderr string) {
	t.Helper()
	var out, err bytes.Buffer
	exitCode = run(args, strings.NewReader(stdin), &out, &err)
	return exitCode, out.String(), err.String()
}

const list = `apiVersion: config.kubernetes.io/v1
kind: ResourceList
functionConfig:
  apiVersion: v1
  kind: ConfigMap
  metadata:
    name: function-input
  data:
    enabled: "true"
    secrets: SECRETS
items:
- apiVersion: apps/v1
  kind: Deployment
  metadata:
    name: shop
  spec:
    template:
      spec:
        containers:
        - name: shop
          envFrom:
          - secretRef:
              name: token
`

func TestStreamsAndExitCode(t *testing.T) {
	t.Run("a warning", func(t *testing.T) {
		code, stdout, stderr := start(t, strings.Replace(list, "SECRETS", "token", 1))
		if code != 0 || !strings.Contains(stdout, "checksum/secret.token: ") || !strings.Contains(stdout, "severity: warning") {
			t.Errorf("exit code %d, output:\n%s", code, stdout)
		}
		const want = "warning: ConfigMap function-input: data.secrets[0]: Secret token is not in the input and has no checksum:" +
			" workloads that use it are annotated with the digest of its name, and changes of it will not be seen\n"
		if stderr != want {
			t.Errorf("standard error is %q", stderr)
		}
	})
	t.Run("an error", func(t *testing.T) {
		code, stdout, stderr := start(t, strings.Replace(list, "SECRETS", "to_ken", 1))
		if code != 1 || strings.Contains(stdout, "checksum/") || !strings.Contains(stdout, "name: shop") || !strings.Contains(stdout, "severity: error") {
			t.Errorf("exit code %d, output:\n%s", code, stdout)
		}
		if !strings.HasPrefix(stderr, "error: ConfigMap function-input: data.secrets[0].name: Invalid value: a lowercase") || strings.Count(stderr, "\n") != 1 {
			t.Errorf("standard error is %q", stderr)
		}
	})
	for name, input := range map[string]string{"no input": "", "a plain stream": tokenSecret + "---\n" + tokenUser, "an object": tokenUser, "no YAML": "a: [\n"} {
		t.Run(name, func(t *testing.T) {
			code, stdout, stderr := start(t, input)
			if code != 1 || stdout != "" || (name != "no YAML" && !strings.Contains(stderr, "kpt fn eval")) {
				t.Errorf("exit code %d, output %q, standard error %q", code, stdout, stderr)
			}
		})
	}
}

func TestAnnotateAStream(t *testing.T) {
	dir := t.TempDir()
	file := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	good := file("good.yaml", "apiVersion: checksum.proompteng.ai/v1alpha1\nkind: ChecksumAnnotator\nspec: {enabled: true, secrets: [token]}\n")
	bad := file("bad.yaml", "apiVersion: checksum.proompteng.ai/v1alpha1\nkind: ChecksumAnnotator\nspec: {enable: true}\n")
	odd := file("odd.yaml", "a: [\n")
	const stream = `---
# Source: shop/templates/deployment.yaml
apiVersion: apps/v1
kind: Deployment
metadata:
  name:   shop   # aligned
spec:
  template:
    metadata:
      labels: {app: shop}
    spec:
      containers:
        - name: shop
          envFrom: [{secretRef: {name: token}}]
---
# Source: shop/templates/empty.yaml
---
apiVersion: v1
kind: Secret
metadata: {name: token}
stringData: {token: abc}
`
	t.Run("annotates and keeps the rest", func(t *testing.T) {
		code, stdout, stderr := start(t, stream, "annotate", "-c", good)
		want := strings.Replace(stream, "    metadata:\n      labels", "    metadata:\n      annotations:\n"+
			"        checksum/secret.token: 4f9303a6bb87e0eaba52b17045f2214356ab00502d6733e5f84b714220154cc7\n      labels", 1)
		if code != 0 || stdout != want || stderr != "" {
			t.Errorf("exit code %d, standard error %q, output:\n%s", code, stderr, stdout)
		}
		if again, output, _ := start(t, stdout, "annotate", "-c", good); again != 0 || output != stdout {
			t.Errorf("a second run changed the output:\n%s", output)
		}
	})
	for _, test := range []struct {
		name, stdin string
		args        []string
		want        string
	}{
		{"no configuration", stream, nil, "error: give the file that holds the functionConfig: annotate -c FILE\n"},
		{"no such file", stream, []string{"-c", filepath.Join(dir, "none")}, "error: cannot read the functionConfig: open " + filepath.Join(dir, "none") + ": no such file or directory\n"},
		{"a file that is no YAML", stream, []string{"-c", odd}, "error: cannot read the functionConfig in " + odd + ": the input is not YAML: line 1: did not find expected node content\n"},
		{"a bad configuration", stream, []string{"-c", bad}, "error: spec.enable: there is no such field; there are annotationPrefix, configMaps, enabled, keyScope, onMissing, podTemplates, producers, salt, saltEnv, scope, secrets, workloads\n"},
		{"nothing", "", []string{"-c", good}, "error: the input holds no objects\n"},
		{"comments", "# none\n---\n# here\n", []string{"-c", good}, "error: the input holds no objects\n"},
		{"a ResourceList", list, []string{"-c", good}, "error: the input is a ResourceList: that is for the function, without a command\n"},
		{"an object without a name", "apiVersion: v1\nkind: Secret\n", []string{"-c", good}, "error: metadata.name: document 1: a Secret needs a name\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			code, stdout, stderr := start(t, test.stdin, append([]string{"annotate"}, test.args...)...)
			if code != 1 || stdout != "" || stderr != test.want {
				t.Errorf("exit code %d, output %q, standard error %q", code, stdout, stderr)
			}
		})
	}
}

func TestCheckAStream(t *testing.T) {
	config := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(config, []byte("apiVersion: checksum.proompteng.ai/v1alpha1\nkind: ChecksumAnnotator\nmetadata: {name: a}\nspec: {enabled: true, configMaps: [settings]}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	const stream = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: shop
spec:
  template:
    spec:
      containers:
      - name: shop
        envFrom:
        - configMapRef:
            name: settings
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
data:
  color: blue
`
	t.Run("as it is", func(t *testing.T) {
		code, stdout, stderr := start(t, stream, "check", "-c", config)
		want := "error: Deployment shop: the pod template has no annotation checksum/configmap.settings, although ConfigMap settings is on the allowlist\n" +
			"error: ChecksumAnnotator a: no selected workload has a checksum: the function has not run" +
			" (kustomize skips a program without --enable-exec, and says nothing), or no workload that spec.workloads selects by its final name uses what is on the allowlist\n"
		if code != 1 || stdout != "WORKLOAD         SOURCE              STATUS\nDeployment shop  ConfigMap settings  missing\n" || stderr != want {
			t.Errorf("exit code %d, output %q, standard error:\n%s", code, stdout, stderr)
		}
	})
	t.Run("as JSON", func(t *testing.T) {
		_, annotated, _ := start(t, stream, "annotate", "-c", config)
		code, stdout, stderr := start(t, annotated, "check", "-c", config, "-o", "json")
		var found report.Check
		if err := json.Unmarshal([]byte(stdout), &found); err != nil || code != 0 || stderr != "" {
			t.Fatalf("exit code %d, %v, standard error %q, output:\n%s", code, err, stderr, stdout)
		}
		want := report.Check{Checksums: []report.CheckedChecksum{{
			Workload:   report.ResourceRef{APIVersion: "apps/v1", Kind: "Deployment", Name: "shop"},
			Annotation: "checksum/configmap.settings",
			Source:     &report.ResourceRef{APIVersion: "v1", Kind: "ConfigMap", Name: "settings"},
			Status:     report.UpToDate,
		}}}
		if diff := cmp.Diff(want, found); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	})
	t.Run("annotated", func(t *testing.T) {
		_, annotated, _ := start(t, stream, "annotate", "-c", config)
		code, stdout, stderr := start(t, annotated, "check", "-c", config)
		if code != 0 || stdout != "WORKLOAD         SOURCE              STATUS\nDeployment shop  ConfigMap settings  up to date\n" || stderr != "" {
			t.Errorf("exit code %d, output %q, standard error:\n%s", code, stdout, stderr)
		}
	})
	t.Run("without a configuration", func(t *testing.T) {
		code, stdout, stderr := start(t, stream, "check")
		if code != 1 || stdout != "" || stderr != "error: give the file that holds the functionConfig: check -c FILE\n" {
			t.Errorf("exit code %d, output %q, standard error:\n%s", code, stdout, stderr)
		}
	})
}

// writeFiles writes files into a new folder, which becomes the working directory.
func writeFiles(t *testing.T, contents map[string]string) {
	t.Helper()
	t.Chdir(t.TempDir())
	for path, content := range contents {
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

const (
	tokenConfig = "apiVersion: checksum.proompteng.ai/v1alpha1\nkind: ChecksumAnnotator\nmetadata: {name: a}\nspec: {enabled: true, secrets: [token]}\n"
	tokenSecret = "apiVersion: v1\nkind: Secret\nmetadata: {name: token}\nstringData: {token: abc}\n"
	tokenUser   = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: shop
spec:
  template:
    spec:
      containers:
      - name: shop
        envFrom:
        - secretRef:
            name: token
`
	tokenLine = "        checksum/secret.token: 4f9303a6bb87e0eaba52b17045f2214356ab00502d6733e5f84b714220154cc7\n"
)

func TestCommandsReadFilesAndFolders(t *testing.T) {
	writeFiles(t, map[string]string{
		"config.yaml": tokenConfig, "shop/config.yaml": tokenConfig,
		"shop/deployment.yaml": tokenUser, "shop/secret.yaml": tokenSecret, "shop/values.yaml": "a: b\n",
	})
	annotated := strings.Replace(tokenUser, "    spec:\n", "    metadata:\n      annotations:\n"+tokenLine+"    spec:\n", 1)
	both := annotated + "---\n" + tokenSecret
	for _, test := range []struct {
		name, stdin string
		args        []string
		code        int
		want        string
		stderr      string
	}{
		{"files", "", []string{"annotate", "-c", "config.yaml", "shop/deployment.yaml", "shop/secret.yaml"}, 0, both, ""},
		{"a folder, without the functionConfig in it", "", []string{"annotate", "-c", "shop/config.yaml", "shop"}, 0, both, ""},
		{"a file and standard input", tokenSecret, []string{"annotate", "-c", "config.yaml", "shop/deployment.yaml", "-"}, 0, both, ""},
		{"the functionConfig from standard input", tokenConfig, []string{"annotate", "-c", "-", "shop/deployment.yaml", "shop/secret.yaml"}, 0, both, ""},
		{"both from standard input", tokenConfig, []string{"annotate", "-c", "-"}, 1, "", "error: the functionConfig comes from standard input, so give the manifests as files: annotate -c - FILE\n"},
		{"both from standard input by its name", tokenConfig, []string{"check", "-c", "-", "-"}, 1, "", "error: the functionConfig comes from standard input, so give the manifests as files: check -c - FILE\n"},
		{
			"what is done", "", []string{"annotate", "-v", "-c", "shop/config.yaml", "shop"}, 0, both,
			"info: shop/config.yaml: skipped: it is the functionConfig\ninfo: shop/values.yaml: skipped: it holds no resource\n" +
				"info: Deployment shop: set checksum/secret.token (shop/deployment.yaml, document 1)\n",
		},
		{
			"check of what is not annotated", "", []string{"check", "-c", "shop/config.yaml", "shop"}, 1, "WORKLOAD         SOURCE        STATUS\nDeployment shop  Secret token  missing\n",
			"error: Deployment shop: the pod template has no annotation checksum/secret.token",
		},
		{"checksum", "", []string{"checksum", "shop"}, 0, "Secret//token 4f9303a6bb87e0eaba52b17045f2214356ab00502d6733e5f84b714220154cc7\n", ""},
		{"check of what is annotated", both, []string{"check", "-c", "config.yaml", "-"}, 0, "WORKLOAD         SOURCE        STATUS\nDeployment shop  Secret token  up to date\n", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			code, stdout, stderr := start(t, test.stdin, test.args...)
			if code != test.code || stdout != test.want || !strings.HasPrefix(stderr, test.stderr) || (test.stderr == "" && stderr != "") {
				t.Errorf("exit code %d, standard error %q, output:\n%s", code, stderr, stdout)
			}
		})
	}
}

func TestErrorsNameTheFile(t *testing.T) {
	writeFiles(t, map[string]string{
		"config.yaml": tokenConfig,
		"a.yaml":      tokenSecret + "---\n" + strings.Replace(tokenSecret, "stringData: {token: abc}", "data: {token: '!'}", 1),
		"b.yaml":      "a: [\n",
	})
	for _, test := range []struct {
		args []string
		want string
	}{
		{[]string{"annotate", "-c", "config.yaml", "a.yaml"}, "(a.yaml, document 2)"},
		{[]string{"checksum", "a.yaml"}, "error: a.yaml: Secret token: data.token: expected base64"},
		{[]string{"check", "-c", "config.yaml", "b.yaml"}, "error: b.yaml: the input is not YAML: line 1: "},
	} {
		code, stdout, stderr := start(t, "", test.args...)
		if code != 1 || stdout != "" || !strings.Contains(stderr, test.want) {
			t.Errorf("%v: exit code %d, output %q, standard error %q", test.args, code, stdout, stderr)
		}
	}
}

func TestTheFunctionTellsWhatItDidWhereItIsAsked(t *testing.T) {
	const want = "\ninfo: Deployment shop: set checksum/secret.token\n"
	input := strings.Replace(list, "SECRETS", "token", 1)
	if _, _, stderr := start(t, input); strings.Contains(stderr, want) {
		t.Errorf("without being asked, it tells %q", stderr)
	}
	if code, _, stderr := start(t, input, "--verbose"); code != 0 || !strings.HasSuffix(stderr, want) {
		t.Errorf("with the flag: exit code %d, %q", code, stderr)
	}
	for value, verbose := range map[string]bool{"true": true, "1": true, "false": false, "": false, "no": false} {
		t.Setenv("CHECKSUM_ANNOTATOR_VERBOSE", value)
		if code, _, stderr := start(t, input); code != 0 || strings.HasSuffix(stderr, want) != verbose {
			t.Errorf("with %q in the environment: exit code %d, %q", value, code, stderr)
		}
	}
}

func TestOutputThatCannotBeWrittenIsAnError(t *testing.T) {
	for _, args := range [][]string{
		nil, {"--help"}, {"help", "check"}, {"checksum", "--help"}, {"version"}, {"--version"}, {"schema"}, {"completion", "bash"},
	} {
		var stderr bytes.Buffer
		code := run(args, strings.NewReader(strings.Replace(list, "SECRETS", "to_ken", 1)), brokenPipe{}, &stderr)
		if code != 1 || !strings.HasSuffix(stderr.String(), "error: cannot write standard output: broken pipe\n") {
			t.Errorf("%v: exit code %d, standard error %q", args, code, stderr.String())
		}
	}
}

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

func TestSchema(t *testing.T) {
	code, stdout, stderr := start(t, "", "schema")
	if code != 0 || stdout != string(config.Schema) || stderr != "" {
		t.Errorf("exit code %d, standard error %q, output:\n%s", code, stderr, stdout)
	}
}

const sourceList = `apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: Secret
  metadata: {name: db, namespace: agents}
  data: {uri: bm90LWEtc2VjcmV0LTE=, user: bm90LWEtc2VjcmV0LTI=}
- apiVersion: v1
  kind: ConfigMap
  metadata: {name: "1e3"}
  data: {LOG: info}
- apiVersion: v1
  kind: Service
  metadata: {name: db, namespace: agents}
`

// The SHA-256 of their canonical JSON, as sha256sum prints it.
const (
	ofDatabase    = "01c97149e09f9268ba8d81dc79825b936a83f63b8f12cf482a5d55f6b836e85c"
	ofDatabaseURI = "9220984230b8a69aa7c706162acb3fa5ff945d7edf93ccca67f5a9256401fc96"
	ofSettings    = "67f1bc2ea9125d0a261e3799955ea26a4d7e074bde4a8e44f2851b9465a998c0"
)

func TestChecksumsOfStandardInput(t *testing.T) {
	code, stdout, stderr := start(t, sourceList, "checksum")
	want := "Secret/agents/db " + ofDatabase + "\nConfigMap//1e3 " + ofSettings + "\n"
	if code != 0 || stdout != want || stderr != "" {
		t.Errorf("exit code %d, standard error %q, output:\n%s", code, stderr, stdout)
	}
}

func TestChecksumsAsFunctionConfig(t *testing.T) {
	code, stdout, stderr := start(t, sourceList, "checksum", "-o", "yaml", "--pin")
	if code != 0 || stderr != "" {
		t.Fatalf("exit code %d, standard error %q", code, stderr)
	}
	functionConfig, err := manifest.ReadConfig([]byte(stdout))
	if err != nil {
		t.Fatal(err)
	}
	spec, errs := config.Load(functionConfig)
	if len(errs) > 0 || !spec.Enabled || len(spec.Sources()) != 2 {
		t.Fatalf("%v in\n%s", errs, stdout)
	}
	for i, want := range []string{"Secret agents db " + ofDatabase, "ConfigMap  1e3 " + ofSettings} {
		source := spec.Sources()[i]
		if got := strings.Join([]string{string(source.Kind), source.Namespace, source.Name, source.Checksum}, " "); got != want {
			t.Errorf("an entry is %q, not %q", got, want)
		}
	}
	code, stdout, _ = start(t, sourceList, "checksum", "-o", "yaml")
	if code != 0 || strings.Contains(stdout, "checksum:") || !strings.Contains(stdout, "- name: db\n    namespace: agents\n") {
		t.Errorf("exit code %d, and with names only:\n%s", code, stdout)
	}
}

func TestChecksumsOfFiles(t *testing.T) {
	dir := t.TempDir()
	database, other := filepath.Join(dir, "db.json"), filepath.Join(dir, "other.yaml")
	const json = `{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "db"}, "stringData": {"uri": "not-a-secret-1", "user": "not-a-secret-2"}}`
	for path, content := range map[string]string{database: json, other: "---\n" + sourceList} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Run("all keys", func(t *testing.T) {
		code, stdout, _ := start(t, "", "checksum", database, other)
		want := "Secret//db " + ofDatabase + "\nSecret/agents/db " + ofDatabase + "\nConfigMap//1e3 " + ofSettings + "\n"
		if code != 0 || stdout != want {
			t.Errorf("exit code %d, output:\n%s", code, stdout)
		}
	})
	t.Run("some keys", func(t *testing.T) {
		if code, stdout, _ := start(t, "", "checksum", "--keys", "uri", database); code != 0 || stdout != "Secret//db "+ofDatabaseURI+"\n" {
			t.Errorf("exit code %d, output:\n%s", code, stdout)
		}
	})
	t.Run("a salt", func(t *testing.T) {
		_, plain, _ := start(t, "", "checksum", database)
		code, salted, stderr := start(t, "", "checksum", "--salt", "not-a-secret-pepper", database)
		if code != 0 || salted == plain || strings.Contains(salted+stderr, "pepper") {
			t.Errorf("exit code %d, output:\n%s", code, salted)
		}
	})
	t.Run("a salt in a file", func(t *testing.T) {
		_, want, _ := start(t, "", "checksum", "--salt", "not-a-secret-pepper", database)
		for _, end := range []string{"", "\n", "\r\n"} {
			salt := filepath.Join(dir, "salt")
			if err := os.WriteFile(salt, []byte("not-a-secret-pepper"+end), 0o600); err != nil {
				t.Fatal(err)
			}
			if code, salted, _ := start(t, "", "checksum", "--salt-file", salt, database); code != 0 || salted != want {
				t.Errorf("exit code %d, output:\n%s", code, salted)
			}
		}
	})
	t.Run("a key that is missing", func(t *testing.T) {
		code, stdout, stderr := start(t, "", "checksum", "--keys=user,LOG", database, other)
		want := "error: " + database + ": Secret db: it has no key LOG\n" +
			"error: " + other + ": Secret agents/db: it has no key LOG\n" +
			"error: " + other + ": ConfigMap 1e3: it has no key user\n"
		if code != 1 || stdout != "" || stderr != want {
			t.Errorf("exit code %d, output %q, standard error:\n%s", code, stdout, stderr)
		}
	})
}

func TestChecksumsThatCannotBeTaken(t *testing.T) {
	for _, test := range []struct {
		name, stdin string
		args        []string
		want        string
	}{
		{"nothing", "", nil, "error: the input holds no objects\n"},
		{"no source", "apiVersion: v1\nkind: Service\nmetadata: {name: a}\n", nil, "error: the input holds no Secret and no ConfigMap\n"},
		{"no base64", "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: {k: hunter2!}\n", nil,
			"error: Secret a: data.k: expected base64, found something else (plain text belongs into stringData)\n"},
		{"no YAML", "a: 'hunter2", nil, "error: the input is not YAML: found unexpected end of stream\n"},
		{"no file", "", []string{"/none"}, "error: cannot read /none: no such file or directory\n"},
		{"no key", sourceList, []string{"--keys", ""}, "error: a key is empty: give the keys that count, or leave --keys out\n"},
		{"an empty key", sourceList, []string{"--keys", "a,,b"}, "error: a key is empty: give the keys that count, or leave --keys out\n"},
		{"pinned lines", sourceList, []string{"--pin"}, "error: --pin is for -o yaml: the lines have the checksums anyway\n"},
		{"no file for the salt", sourceList, []string{"--salt-file", "/none"}, "error: cannot read the salt: open /none: no such file or directory\n"},
		{"an empty file for the salt", sourceList, []string{"--salt-file", os.DevNull}, "error: the salt in /dev/null is empty\n"},
		{
			"two salts", sourceList, []string{"--salt-file", "/none", "--salt", "x"},
			"error: if any flags in the group [salt salt-file] are set none of the others can be; [salt salt-file] were all set\n",
		},
		{"an empty salt", sourceList, []string{"--salt", ""}, "error: the salt is empty: give one, or leave --salt out\n"},
		{"an unknown option", sourceList, []string{"--salty"}, "error: unknown flag: --salty; did you mean --salt?\n"},
		{"another format", sourceList, []string{"-o", "json"}, "error: invalid argument \"json\" for \"-o, --output\" flag: must be yaml; see checksum-annotator checksum --help\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			code, stdout, stderr := start(t, test.stdin, append([]string{"checksum"}, test.args...)...)
			if code != 1 || stdout != "" || stderr != test.want {
				t.Errorf("exit code %d, output %q, standard error %q", code, stdout, stderr)
			}
		})
	}
}

func TestInstallCopiesTheProgram(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	installed := filepath.Join(dir, "checksum-annotator")
	if err := os.WriteFile(installed, []byte("an earlier version"), 0o400); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if code, stdout, stderr := start(t, "", "install", dir); code != 0 || stdout != "" || stderr != "" {
			t.Fatalf("exit code %d, output %q, standard error %q", code, stdout, stderr)
		}
		if got, err := os.ReadFile(installed); err != nil || !bytes.Equal(got, want) {
			t.Errorf("what was installed is not the program: %v", err)
		}
		if info, err := os.Stat(installed); err != nil || info.Mode() != 0o755 {
			t.Errorf("the mode is %v: %v", info.Mode(), err)
		}
	}
	checkNames(t, dir, "checksum-annotator")
}

func TestInstallThatFailsLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	file, taken := filepath.Join(dir, "file"), filepath.Join(dir, "taken")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(taken, "checksum-annotator"), 0o750); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name   string
		args   []string
		prefix string
		suffix string
	}{
		{"no folder", nil, "error: give the folder to install the program into: install DIR", ""},
		{"an empty name", []string{""}, "error: give the folder to install the program into: install DIR", ""},
		{"two folders", []string{dir, dir}, "error: give the folder to install the program into: install DIR", ""},
		{"a folder that is missing", []string{dir + "/none"}, "error: cannot install the program into " + dir + "/none: ", ": no such file or directory"},
		{"a file", []string{file}, "error: cannot install the program into " + file + ": ", ": not a directory"},
		{"a folder of that name in it", []string{taken}, "error: cannot install the program into " + taken + ": rename ", ": file exists"},
	} {
		t.Run(test.name, func(t *testing.T) {
			code, stdout, stderr := start(t, "", append([]string{"install"}, test.args...)...)
			if code != 1 || stdout != "" || !strings.HasPrefix(stderr, test.prefix) || !strings.HasSuffix(stderr, test.suffix+"\n") {
				t.Errorf("exit code %d, output %q, standard error %q", code, stdout, stderr)
			}
		})
	}
	checkNames(t, dir, "file", "taken")
	checkNames(t, taken, "checksum-annotator")
}

func checkNames(t *testing.T, dir string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	if !slices.Equal(names, want) {
		t.Errorf("%s holds %q, not %q", dir, names, want)
	}
}

func TestVersion(t *testing.T) {
	for _, arg := range []string{"version", "--version"} {
		code, stdout, stderr := start(t, "", arg)
		if code != 0 || len(strings.Fields(stdout)) != 1 || stderr != "" {
			t.Errorf("%s: exit code %d, output %q, standard error %q", arg, code, stdout, stderr)
		}
	}
}

func TestHelpIsTheManual(t *testing.T) {
	for _, args := range [][]string{{"--help"}, {"-h"}, {"help"}} {
		code, stdout, stderr := start(t, "", args...)
		if code != 0 || stdout != manual || stderr != "" {
			t.Errorf("%v: exit code %d, standard error %q, output:\n%s", args, code, stderr, stdout)
		}
	}
	if !strings.Contains(manual, "\n  completion ") {
		t.Error("the manual does not tell of completion")
	}
	for _, command := range newCommand().Commands() {
		if !command.Hidden && !strings.Contains(manual, "\n  "+command.Name()+" ") {
			t.Errorf("the manual does not tell of the command %s", command.Name())
		}
	}
	for _, field := range []string{
		"enabled", "secrets", "configMaps", "workloads", "scope", "keyScope", "onMissing", "annotationPrefix", "salt",
		"podTemplates", "producers", "produces", "content",
		"name", "namespace", "keys", "checksum", "labelSelector", "annotationSelector", "group", "kind", "path",
	} {
		if !strings.Contains(manual, field) {
			t.Errorf("the manual does not tell of the field %s", field)
		}
	}
	for i, line := range strings.Split(manual, "\n") {
		if len(line) > 80 {
			t.Errorf("line %d of the manual is too long for a terminal", i+1)
		}
	}
}

func TestHelpOfEachCommand(t *testing.T) {
	for _, command := range newCommand().Commands() {
		name := command.Name()
		for _, args := range [][]string{{"help", name}, {name, "--help"}} {
			code, stdout, stderr := start(t, "", args...)
			if code != 0 || stderr != "" || !strings.Contains(stdout, "Usage:\n  checksum-annotator "+command.Use) {
				t.Errorf("%v: exit code %d, standard error %q, output:\n%s", args, code, stderr, stdout)
			}
			if name != "version" && !strings.Contains(stdout, "Examples:\n") {
				t.Errorf("the help for %s has no examples", name)
			}
		}
	}
}

func TestCompletion(t *testing.T) {
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		code, stdout, stderr := start(t, "", "completion", shell)
		if code != 0 || !strings.Contains(stdout, "checksum-annotator") || stderr != "" {
			t.Errorf("%s: exit code %d, standard error %q, output:\n%s", shell, code, stderr, stdout)
		}
	}
	if _, stdout, _ := start(t, "", "__complete", "che"); !strings.HasPrefix(stdout, "check\t") || !strings.Contains(stdout, "\nchecksum\t") {
		t.Errorf("the commands that begin with che are:\n%s", stdout)
	}
}

func TestUnknownArgumentsAreErrors(t *testing.T) {
	for _, test := range []struct {
		args []string
		want string
	}{
		{[]string{"anotate"}, "there is no command anotate; did you mean annotate?"},
		{[]string{"deploy"}, "there is no command deploy; see checksum-annotator --help"},
		{[]string{"::error::\n##vso[x]"}, `there is no command "::error::\n\x23#vso[x]"; see checksum-annotator --help`},
		{[]string{"main.go"}, "say what to do with main.go: checksum-annotator annotate -c FILE main.go"},
		{[]string{"file.yaml"}, "say what to do with file.yaml: checksum-annotator annotate -c FILE file.yaml"},
		{[]string{"manifests/"}, "say what to do with manifests/: checksum-annotator annotate -c FILE manifests/"},
		{[]string{"-"}, "say what to do with -: checksum-annotator annotate -c FILE -"},
		{[]string{"annotate -c file.yaml"}, `"annotate -c file.yaml" is one argument: give its words one by one, as in --post-renderer-args annotate --post-renderer-args --config=FILE`},
		{[]string{"--vresion"}, "unknown flag: --vresion; did you mean --version?"},
		{[]string{"--enabled"}, "unknown flag: --enabled; see checksum-annotator --help"},
		{[]string{"annotate", "--confg", "x"}, "unknown flag: --confg; did you mean --config?"},
		{[]string{"annotate", "-x"}, "unknown shorthand flag: 'x' in -x; see checksum-annotator annotate --help"},
		{[]string{"schema", "x"}, `unknown command "x" for "checksum-annotator schema"`},
	} {
		code, stdout, stderr := start(t, "", test.args...)
		if code != 1 || stdout != "" || stderr != "error: "+test.want+"\n" {
			t.Errorf("%q: exit code %d, output %q, standard error %q", test.args, code, stdout, stderr)
		}
	}
}

// The version of Go is told in one place, go.mod; the builder image follows it.
func TestBuilderImageHasTheGoVersionOfTheModule(t *testing.T) {
	module, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	dockerfile, err := os.ReadFile(filepath.Clean("Dockerfile"))
	if err != nil {
		t.Fatal(err)
	}
	_, version, _ := strings.Cut(string(module), "\ngo ")
	version, _, _ = strings.Cut(version, "\n")
	minor := strings.Join(strings.Split(version, ".")[:2], ".")
	if !strings.Contains(string(dockerfile), "ARG BUILDER=golang:"+minor+"\n") {
		t.Errorf("the Dockerfile does not build with Go %s", minor)
	}
}

func TestAnnotateInPlace(t *testing.T) {
	untouched := map[string]string{
		"shop/secret.yaml":        strings.ReplaceAll(tokenSecret, "\n", "\r\n"),
		"shop/kustomization.yaml": "resources: [deployment.yaml]\n",
		"shop/values.yaml":        "{{ a }}: b\n",
		"shop/escapes.json":       `{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"path": "a\/b"}}`,
		"shop/notes.txt":          tokenUser,
		"config.yaml":             tokenConfig,
	}
	contents := maps.Clone(untouched)
	contents["shop/deployment.yaml"] = strings.ReplaceAll("# a comment \n\n"+tokenUser, "\n", "\r\n")
	writeFiles(t, contents)
	annotated := strings.Replace(contents["shop/deployment.yaml"], "    spec:\r\n",
		"    metadata:\r\n      annotations:\r\n"+strings.TrimSuffix(tokenLine, "\n")+"\r\n    spec:\r\n", 1)

	code, stdout, stderr := start(t, "", "annotate", "-c", "config.yaml", "--check", "shop")
	if code != 1 || stdout != "shop/deployment.yaml\n" || !strings.Contains(stderr, "error: files that are not annotated as they should be: 1") {
		t.Errorf("exit code %d, output %q, standard error %q", code, stdout, stderr)
	}
	code, stdout, stderr = start(t, "", "annotate", "-c", "config.yaml", "--diff", "shop")
	want := "--- a/shop/deployment.yaml\n+++ b/shop/deployment.yaml\n@@ -9 +9,3 @@\n+    metadata:\r\n+      annotations:\r\n+" + strings.TrimSuffix(tokenLine, "\n") + "\r\n"
	if code != 0 || stdout != want || stderr != "" {
		t.Errorf("exit code %d, output %q, standard error %q", code, stdout, stderr)
	}
	for _, changed := range []string{"shop/deployment.yaml\n", ""} { // the second time, nothing
		code, stdout, stderr = start(t, "", "annotate", "-c", "config.yaml", "--in-place", "shop")
		if code != 0 || stdout != changed || stderr != "" {
			t.Errorf("exit code %d, output %q, standard error %q", code, stdout, stderr)
		}
		untouched["shop/deployment.yaml"] = annotated
		for path, want := range untouched {
			if got, err := os.ReadFile(path); err != nil || string(got) != want {
				t.Errorf("%v, %s holds:\n%q\n%q", err, path, got, want)
			}
		}
	}
	if code, stdout, stderr = start(t, "", "annotate", "-c", "config.yaml", "--check", "shop"); code != 0 || stdout != "" || stderr != "" {
		t.Errorf("exit code %d, output %q, standard error %q", code, stdout, stderr)
	}
}

// What stands in a file that is printed may be a fresh render, in which such an annotation
// is somebody else's; in a file that is written back it is of the last run.
func TestAnnotateRemovesNothingOfFilesThatItPrints(t *testing.T) {
	const stale = "        checksum/secret.old: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\n"
	user := strings.Replace(tokenUser, "    spec:\n", "    metadata:\n      annotations:\n"+stale+"    spec:\n", 1)
	writeFiles(t, map[string]string{"config.yaml": tokenConfig, "all.yaml": user + "---\n" + tokenSecret})
	code, stdout, stderr := start(t, "", "annotate", "-c", "config.yaml", "all.yaml")
	if code != 0 || !strings.Contains(stdout, stale) || !strings.Contains(stderr, "checksum/secret.old of Deployment") {
		t.Errorf("printed: exit code %d, output %q, standard error %q", code, stdout, stderr)
	}
	if code, stdout, _ := start(t, "", "annotate", "-c", "config.yaml", "--diff", "all.yaml"); code != 0 || !strings.Contains(stdout, "-"+stale) {
		t.Errorf("to be written: exit code %d, difference %q", code, stdout)
	}
}

// What the last run has left in a file goes when it is due no more.
func TestAnnotateInPlaceRemovesItsOwn(t *testing.T) {
	writeFiles(t, map[string]string{"config.yaml": tokenConfig, "all.yaml": tokenUser + "---\n" + tokenSecret})
	if code, _, stderr := start(t, "", "annotate", "-c", "config.yaml", "--in-place", "all.yaml"); code != 0 {
		t.Fatal(stderr)
	}
	writeConfig := strings.Replace(tokenConfig, "enabled: true", "enabled: false", 1)
	if err := os.WriteFile("config.yaml", []byte(writeConfig), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, stderr := start(t, "", "annotate", "-c", "config.yaml", "--in-place", "all.yaml"); code != 0 {
		t.Fatal(stderr)
	}
	if got, err := os.ReadFile("all.yaml"); err != nil || string(got) != tokenUser+"---\n"+tokenSecret {
		t.Errorf("%v, it holds:\n%s", err, got)
	}
}

func TestAnnotateInPlaceThatFailsWritesNothing(t *testing.T) {
	writeFiles(t, map[string]string{"config.yaml": tokenConfig, "all.yaml": tokenUser + "---\n" + tokenSecret, "bad.yaml": "a: [\n"})
	for _, args := range [][]string{{"all.yaml", "bad.yaml"}, {"-"}, nil, {"absent.yaml", "all.yaml"}, {"--diff", "all.yaml"}} {
		code, stdout, stderr := start(t, tokenUser, append([]string{"annotate", "-c", "config.yaml", "--in-place"}, args...)...)
		if code != 1 || stdout != "" || !strings.HasPrefix(stderr, "error: ") {
			t.Errorf("%v: exit code %d, output %q, standard error %q", args, code, stdout, stderr)
		}
	}
	if got, err := os.ReadFile("all.yaml"); err != nil || string(got) != tokenUser+"---\n"+tokenSecret {
		t.Errorf("%v, it holds:\n%s", err, got)
	}
}

func TestPatch(t *testing.T) {
	writeFiles(t, map[string]string{"config.yaml": tokenConfig, "all.yaml": tokenUser + "---\n" + tokenSecret})
	code, printed, stderr := start(t, tokenUser+"---\n"+tokenSecret, "patch", "-c", "config.yaml")
	if code != 0 || stderr != "" || strings.Count(printed, "kind: PatchTransformer\n") != 1 || !strings.HasPrefix(printed, "# ") {
		t.Fatalf("exit code %d, standard error %q, output:\n%s", code, stderr, printed)
	}
	for range 2 { // a new file, and one that is there
		code, stdout, stderr := start(t, "", "patch", "-c", "config.yaml", "-o", "patches.yaml", "all.yaml")
		if got, err := os.ReadFile("patches.yaml"); code != 0 || stdout != "" || stderr != "" || err != nil || string(got) != printed {
			t.Errorf("exit code %d, output %q, standard error %q, %v, the file holds:\n%s", code, stdout, stderr, err, got)
		}
	}
	code, printed, stderr = start(t, "", "patch", "-c", "config.yaml", "--for", "helmrelease", "all.yaml")
	if code != 0 || stderr != "" || !strings.Contains(printed, "\nkind: HelmRelease\n") {
		t.Errorf("exit code %d, standard error %q, output:\n%s", code, stderr, printed)
	}
	code, printed, stderr = start(t, "", "patch", "-c", "config.yaml", "--for", "flux", "all.yaml")
	if code != 1 || printed != "" || !strings.Contains(stderr, "must be kustomization or helmrelease") {
		t.Errorf("exit code %d, standard error %q, output:\n%s", code, stderr, printed)
	}
}

func TestPatchThatFailsKeepsTheFile(t *testing.T) {
	writeFiles(t, map[string]string{"config.yaml": tokenConfig + "  more: 1\n", "all.yaml": tokenUser, "patches.yaml": "# kept\n"})
	code, stdout, stderr := start(t, "", "patch", "-c", "config.yaml", "-o", "patches.yaml", "all.yaml")
	if got, err := os.ReadFile("patches.yaml"); code != 1 || stdout != "" || stderr == "" || err != nil || string(got) != "# kept\n" {
		t.Errorf("exit code %d, output %q, standard error %q, %v, the file holds:\n%s", code, stdout, stderr, err, got)
	}
}

func TestCheckOfPatchesShowsTheDifference(t *testing.T) {
	writeFiles(t, map[string]string{"config.yaml": tokenConfig, "all.yaml": tokenUser + "---\n" + tokenSecret})
	if code, _, stderr := start(t, "", "patch", "-c", "config.yaml", "-o", "patches.yaml", "all.yaml"); code != 0 {
		t.Fatal(stderr)
	}
	code, stdout, stderr := start(t, "", "check", "-c", "config.yaml", "--patch", "patches.yaml", "all.yaml")
	if code != 0 || stdout != "the patches are up to date\n" || !strings.Contains(stderr, "warning: the patches are not applied to the input") {
		t.Errorf("exit code %d, output %q, standard error %q", code, stdout, stderr)
	}
	patches, err := os.ReadFile("patches.yaml")
	if err == nil {
		err = os.WriteFile("crlf.yaml", bytes.ReplaceAll(patches, []byte("\n"), []byte("\r\n")), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	if code, stdout, _ := start(t, "", "check", "-c", "config.yaml", "--patch", "crlf.yaml", "all.yaml"); code != 0 {
		t.Errorf("with the line ends of Windows: exit code %d, output:\n%s", code, stdout)
	}
	if code, _, stderr := start(t, "", "check", "-c", "config.yaml", "--patch", "patches.yaml", "-o", "json", "all.yaml"); code != 1 || !strings.Contains(stderr, "none of the others can be") {
		t.Errorf("two ways to print: exit code %d, standard error %q", code, stderr)
	}
	changed := tokenUser + "---\n" + strings.Replace(tokenSecret, "abc", "abcd", 1)
	code, stdout, stderr = start(t, changed, "check", "-c", "config.yaml", "--patch", "patches.yaml")
	if code != 1 || !strings.Contains(stdout, "\n-          "+strings.TrimSpace(strings.Replace(tokenLine, ": ", `: "`, 1))+`"`+"\n+          checksum/secret.token: ") {
		t.Errorf("exit code %d, output:\n%s", code, stdout)
	}
	if stderr != "error: Deployment shop: its patch is out of date: checksum/secret.token is not the checksum of Secret token\n" {
		t.Errorf("standard error is %q", stderr)
	}
	code, _, stderr = start(t, changed, "check", "-c", "config.yaml", "--patch", "absent.yaml")
	if code != 1 || !strings.HasPrefix(stderr, "error: cannot read the patches: open absent.yaml: ") {
		t.Errorf("exit code %d, standard error %q", code, stderr)
	}
}

// A value is no part of any message, wherever somebody has put it: each word of a
// configuration and of an input is replaced by one, in forms that YAML takes for values,
// keys, aliases, tags or nothing at all.
func TestNoValueIsTold(t *testing.T) {
	const value, sign = "hunter2=Kj8%xQ", "unter2"
	forms := []string{
		"%s", `"%s"`, "'%s'", `"%s`, "%s: x", `"%s": x`, "{%s}", `{{x"%s}}`, "[%s", "!%s x", "!!%s x", "*%s", "&%s x", "@%s", "x:%s", "{x:%[1]s, x:%[1]s}", "|%s", "\x01%s",
	}
	word := regexp.MustCompile(`"[^"]*"|[A-Za-z0-9./=_-]{2,}`)
	// mutants calls f with a text that has the value in the place of each word, but of
	// those that name an object.
	mutants := func(text string, f func(text string)) {
		names := regexp.MustCompile(`\b(kind|apiVersion|metadata|name|namespace|generateName):.*`).FindAllStringIndex(text, -1)
		for _, at := range word.FindAllStringIndex(text, -1) {
			if slices.ContainsFunc(names, func(name []int) bool { return name[0] <= at[0] && at[1] <= name[1] }) {
				continue
			}
			for _, form := range forms {
				f(text[:at[0]] + fmt.Sprintf(form, value) + text[at[1]:])
			}
		}
	}
	const spec = `  enabled: true
  secrets:
  - token
  - labelSelector: app in (a, b)
    keys: [uri]
    onMissing: Skip
  configMaps:
  - labelSelector: app=a
    workloads: [{labelSelector: a=b}]
  workloads:
  - group: apps
    labelSelector: a=b,!c
    annotationSelector: a=b
  - version: v1
  scope: Referenced
  keyScope: Used
  onMissing: HashName
  annotationPrefix: checksum
  salt: pepper
  podTemplates:
  - {path: spec.template, group: example.com}
  producers:
  - {content: [spec.a, 'spec.b{}'], group: example.com, produces: Secret}
`
	const items = `apiVersion: v1
kind: Secret
metadata: {name: token}
type: Opaque
data:
  uri: YWJj
  "password": "ZGVm"
stringData: {token: abc, other: "def"}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: token}
data:
  color: blue
binaryData: {logo: YWJj}
---
apiVersion: isindir.github.com/v1alpha3
kind: SopsSecret
metadata: {name: x}
spec:
  secretTemplates:
  - name: sops
    stringData: {password: abc}
---
apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata: {name: sealed}
spec:
  encryptedData: {password: AgA=}
  template: {data: {file: "a {{ .password }}"}}
---
` + tokenUser
	const own = "apiVersion: checksum.proompteng.ai/v1alpha1\nkind: ChecksumAnnotator\nmetadata: {name: a}\nspec:\n"
	const asConfigMap = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  enabled: \"true\"\n  secrets: \"token,sealed\"\n  configMaps: |\n    token\n    sops\n  scope: All\n  salt: pepper\n"
	const all = own + "  {enabled: true, keyScope: Used, secrets: [token, sops, sealed], configMaps: [token]}\n"

	check := func(text, stdout, stderr string) {
		_, results, _ := strings.Cut(stdout, "\nresults:")
		if strings.Contains(stderr, sign) || strings.Contains(results, sign) {
			t.Errorf("the value is told: %s%s\nof the input\n%s", stderr, results, text)
		}
	}
	writeFiles(t, nil)
	for _, config := range []string{own + spec, asConfigMap} {
		mutants(config, func(config string) {
			_, stdout, stderr := start(t, resourceList(config, items), "--verbose")
			check(config, stdout, stderr)
			if err := os.WriteFile("config.yaml", []byte(config), 0o600); err != nil {
				t.Fatal(err)
			}
			_, _, stderr = start(t, items, "annotate", "-v", "-c", "config.yaml")
			check(config, "", stderr)
		})
	}
	if err := os.WriteFile("config.yaml", []byte(all), 0o600); err != nil {
		t.Fatal(err)
	}
	mutants(items, func(items string) {
		_, stdout, stderr := start(t, resourceList(all, items), "--verbose")
		check(items, stdout, stderr)
		for _, args := range [][]string{{"annotate", "-v", "-c", "config.yaml"}, {"check", "-v", "-c", "config.yaml"}, {"checksum"}} {
			_, stdout, stderr = start(t, items, args...)
			if args[0] == "annotate" {
				stdout = ""
			}
			check(items, "\nresults:"+stdout, stderr)
		}
	})
}

// Names, keys and paths can hold what terminals and CI systems take for commands.
func TestNothingThatIsPrintedIsACommand(t *testing.T) {
	const command = `\r::error::a\n##vso[task.complete]\x1b[1A\u202e\u200b##[error]`
	const secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: \"token" + command + "\"}\n"
	writeFiles(t, map[string]string{
		"config.yaml":             tokenConfig,
		"\r::error::\x1b[2K.yaml": secret + "data: {a: '!'}\n",
		"one.yaml":                secret + "stringData: {\"k" + command + "\": x}\n",
	})
	broken := secret + "data: {\"k" + command + "\": \"!\"}\n"
	user := strings.Replace(tokenUser, "name: shop\nspec", "name: \"shop"+command+"\"\nspec", 1)
	for _, test := range []struct {
		name, stdin string
		args        []string
		code        int
		want        string
	}{
		{"a line of checksum", "", []string{"checksum", "one.yaml"}, 0, `Secret//"token\r::error::a\n\x23#vso[task.complete]\x1b[1A\u202e\u200b\x23#[error]" `},
		{"a name and a key", broken, []string{"checksum"}, 1, `error: Secret "token\r::error::a\n\x23#vso[task.complete]\x1b[1A\u202e\u200b\x23#[error]": data.(no valid key): `},
		{"the name of a file", "", []string{"checksum", "\r::error::\x1b[2K.yaml"}, 1, `error: \r::error::\x1b[2K.yaml: Secret "token`},
		{"a folder", "", []string{"annotate", "-c", "config.yaml", "\n::error::\x1b"}, 1, `error: cannot read \n::error::\x1b: no such file or directory`},
		{"a workload", tokenSecret + "---\n" + user, []string{"annotate", "-v", "-c", "config.yaml"}, 0, `info: Deployment "shop\r::error::a\n\x23#vso[task.complete]`},
		{"a functionConfig", "", []string{"annotate", "-c", "\n::error::"}, 1, `error: cannot read the functionConfig: open \n::error::: no such`},
		{"a result of the function", resourceList(tokenConfig, tokenSecret+"---\n"+user), []string{"-v"}, 0, `info: Deployment "shop\r::error::a`},
	} {
		t.Run(test.name, func(t *testing.T) {
			code, stdout, stderr := start(t, test.stdin, test.args...)
			told := stderr
			if test.args[0] == "checksum" {
				told += stdout
			}
			if _, results, found := strings.Cut(stdout, "\nresults:"); found {
				told += results
			}
			if code != test.code || !strings.Contains(told, test.want) {
				t.Errorf("exit code %d, told %q", code, told)
			}
			for _, forbidden := range []string{"\r", "\x1b", "\u202e", "\u200b", "##", "\n::"} {
				if strings.Contains(told, forbidden) {
					t.Errorf("%q is told in %q", forbidden, told)
				}
			}
		})
	}
}

// resourceList returns a ResourceList with a functionConfig and a stream of items.
func resourceList(functionConfig, stream string) string {
	list := "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nfunctionConfig:\n  " + strings.ReplaceAll(functionConfig, "\n", "\n  ") + "\nitems:\n"
	for _, item := range strings.Split(stream, "---\n") {
		list += "- " + strings.ReplaceAll(strings.TrimSuffix(item, "\n"), "\n", "\n  ") + "\n"
	}
	return list
}

const (
	impactBefore = `apiVersion: v1
kind: Secret
metadata: {name: token}
stringData: {token: one}
---
` + tokenUser
	impactAfter = `apiVersion: v1
kind: Secret
metadata: {name: token}
stringData: {token: two}
---
` + tokenUser
)

func TestImpactOfFiles(t *testing.T) {
	writeFiles(t, map[string]string{"old.yaml": impactBefore, "new/new.yaml": impactAfter, "config.yaml": tokenConfig, "empty.yaml": ""})
	for name, test := range map[string]struct {
		stdin          string
		args           []string
		code           int
		stdout, stderr string // parts
	}{
		"a file and a folder":       {"", []string{"old.yaml", "new"}, 0, "NO RESTART  Deployment", ""},
		"a ResourceList":            {resourceList("apiVersion: v1\nkind: Other\n", impactAfter), []string{"old.yaml", "-"}, 0, "NO RESTART", ""},
		"an annotated ResourceList": {resourceList("apiVersion: v1\nkind: Other\n", impactAfter), []string{"-c", "config.yaml", "old.yaml", "-"}, 0, "restart", ""},
		"a ResourceList in JSON":    {`{"apiVersion":"config.kubernetes.io/v1","kind":"ResourceList","items":[{"apiVersion":"v1","kind":"Secret","metadata":{"name":"token"},"data":{"token":"eA=="}}]}`, []string{"old.yaml", "-"}, 0, "removed", ""},
		"standard input":            {impactAfter, []string{"old.yaml", "-"}, 0, "NO RESTART", ""},
		"annotated":                 {"", []string{"-c", "config.yaml", "old.yaml", "new"}, 0, "restart  Deployment", ""},
		"stale, as asked":           {"", []string{"--fail-on", "stale", "old.yaml", "new"}, 1, "NO RESTART", "error: 1 workload that a changed source does not reach\n"},
		"not stale":                 {"", []string{"--fail-on=stale", "-c", "config.yaml", "old.yaml", "new"}, 0, "restart", ""},
		"too many restarts":         {"", []string{"--max-restarts", "0", "-c", "config.yaml", "old.yaml", "new"}, 1, "restart", "error: 1 restart, and --max-restarts is 0\n"},
		"not too many":              {"", []string{"--max-restarts", "1", "-c", "config.yaml", "old.yaml", "new"}, 0, "restart", ""},
		"JSON":                      {"", []string{"-o", "json", "old.yaml", "new"}, 0, `"outcome": "stale"`, ""},
		"Markdown":                  {"", []string{"-o", "markdown", "old.yaml", "new"}, 0, "#### Not restarted", ""},
		"Mermaid":                   {"", []string{"-o", "mermaid", "old.yaml", "new"}, 0, "flowchart LR", ""},
		"HTML":                      {"", []string{"-o", "html", "old.yaml", "new"}, 0, "<!DOCTYPE html>", ""},
		"nothing before":            {"", []string{"empty.yaml", "new"}, 0, "added", ""},
		"nothing at all":            {"", []string{"empty.yaml", "empty.yaml"}, 1, "", "holds no objects"},
		"another format":            {"", []string{"-o", "config", "old.yaml", "new"}, 1, "", "must be table or json"},
		"one input":                 {"", []string{"old.yaml"}, 1, "", "error: "},
		"standard input twice":      {"", []string{"-", "-"}, 1, "", "only one of OLD, NEW and the functionConfig can be standard input"},
		"standard input and config": {impactAfter, []string{"-c", "-", "old.yaml", "-"}, 1, "", "can be standard input"},
		"a configuration of input":  {tokenConfig, []string{"-c", "-", "old.yaml", "new"}, 0, "restart", ""},
		"a negative limit":          {"", []string{"--max-restarts", "-2", "old.yaml", "new"}, 1, "", "--max-restarts"},
	} {
		t.Run(name, func(t *testing.T) {
			code, stdout, stderr := start(t, test.stdin, append([]string{"impact"}, test.args...)...)
			if code != test.code || !strings.Contains(stdout, test.stdout) || !strings.Contains(stderr, test.stderr) || (test.stderr == "") != (stderr == "") {
				t.Errorf("exit code %d, standard error %q, output:\n%s", code, stderr, stdout)
			}
		})
	}
}

func TestAuditOfFiles(t *testing.T) {
	writeFiles(t, map[string]string{"render.yaml": impactBefore, "config.yaml": tokenConfig})
	for name, test := range map[string]struct {
		args           []string
		code           int
		stdout, stderr string // parts
	}{
		"standard input":      {nil, 0, "NOT AT ALL", ""},
		"strict":              {[]string{"--strict", "render.yaml"}, 1, "NOT AT ALL", "error: 1 use of which a change does not reach the pods\n"},
		"strict, and nothing": {[]string{"--strict", "-c", "config.yaml", "render.yaml"}, 0, "by checksum", ""},
		"a functionConfig":    {[]string{"-o", "config", "render.yaml"}, 0, "  - token\n", ""},
		"JSON":                {[]string{"-o", "json", "render.yaml"}, 0, `"reaches": "not at all"`, ""},
		"Markdown":            {[]string{"-o", "markdown", "render.yaml"}, 0, "| workload | reads |", ""},
		"no input":            {[]string{"absent.yaml"}, 1, "", "cannot read absent.yaml"},
	} {
		t.Run(name, func(t *testing.T) {
			code, stdout, stderr := start(t, impactBefore, append([]string{"audit"}, test.args...)...)
			if code != test.code || !strings.Contains(stdout, test.stdout) || !strings.Contains(stderr, test.stderr) || (test.stderr == "") != (stderr == "") {
				t.Errorf("exit code %d, standard error %q, output:\n%s", code, stderr, stdout)
			}
		})
	}
	_, functionConfig, _ := start(t, impactBefore, "audit", "-o", "config")
	writeFiles(t, map[string]string{"printed.yaml": functionConfig}) // in a folder of its own
	if code, _, stderr := start(t, impactBefore, "audit", "--strict", "-c", "printed.yaml"); code != 0 {
		t.Errorf("the functionConfig that is printed does not close the gaps: %s", stderr)
	}
}
