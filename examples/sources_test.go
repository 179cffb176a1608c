package examples

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A revision changes a file of an example. Without old, the file gets the new content.
type revision struct{ file, old, new string }

// A sourceCase is a change of an example, and the workloads that restart because of it.
type sourceCase struct {
	name     string
	setup    []revision // what is different before the change, too
	change   revision
	restarts []string
}

// checkRestarts builds an example before and after each change.
func checkRestarts(t *testing.T, example string, cases []sourceCase) {
	t.Helper()
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			dir := filepath.Join(workshop(t), "examples", example)
			apply(t, dir, test.setup...)
			before := mustBuild(t, dir)
			apply(t, dir, test.change)
			after := mustBuild(t, dir)
			if before == after {
				t.Error("the change is not in the output")
			}
			if diff := cmp.Diff(test.restarts, restarted(t, before, after)); diff != "" {
				t.Errorf("restarts (-want +got):\n%s", diff)
			}
		})
	}
}

func apply(t *testing.T, dir string, edits ...revision) {
	t.Helper()
	for _, e := range edits {
		path := filepath.Join(dir, e.file)
		if e.old != "" {
			edit(t, path, e.old, e.new, 1)
		} else if err := os.WriteFile(path, []byte(e.new), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func mustBuild(t *testing.T, dir string) string {
	t.Helper()
	output, err := buildWithLibrary(dir)
	if err != nil {
		t.Fatal(err)
	}
	return output
}

// restarted returns the names of the Deployments whose pod templates differ, each of
// which has to have checksums.
func restarted(t *testing.T, before, after string) []string {
	t.Helper()
	var names []string
	current := objects(t, after)
	for _, old := range objects(t, before) {
		if old.text("kind") != "Deployment" {
			continue
		}
		name := old.text("metadata", "name")
		workload := find(t, current, "Deployment", name)
		if len(checksums(workload)) == 0 {
			t.Errorf("%s has no checksums", name)
		}
		if !cmp.Equal(old.at("spec", "template"), workload.at("spec", "template")) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

var allKeys = revision{"rollout-checksums.yaml", "keyScope: Used", "keyScope: All"}

func TestSealedSecretRestarts(t *testing.T) {
	const file = "sealed-secret.yaml"
	sealed := "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata:\n"
	merged := revision{file: file, new: read(t, "sealed-secrets/testdata/merged.yaml")}
	resealed := revision{file: file, new: read(t, "sealed-secrets/testdata/resealed.yaml")}
	templateData := revision{file, "  template:\n", "  template:\n    data:\n      smtp.conf: 'password={{ index . \"smtp-password\" }}'\n"}
	everybody := []string{"mailer", "shop"}

	checkRestarts(t, "sealed-secrets", []sourceCase{
		{"one value", nil, merged, []string{"mailer"}},
		{"one value, where all keys count", []revision{allKeys}, merged, everybody},
		{"one value, where the entry has the other key", []revision{allKeys, {"rollout-checksums.yaml",
			"- shop-credentials ", "- {name: shop-credentials, keys: [database-url]} "}}, merged, nil},
		{"all values sealed again", []revision{merged}, resealed, everybody},
		{"a label", nil, revision{file, sealed, sealed + "  labels: {team: shop}\n"}, nil},
		{"an annotation", nil, revision{file, sealed, sealed + "  annotations: {team: shop}\n"}, nil},
		{"a label of the Secret", nil, revision{file, "  template:\n    metadata:\n", "  template:\n    metadata:\n      labels: {team: shop}\n"}, nil},
		{"an annotation of the Secret", nil, revision{file, "  template:\n    metadata:\n", "  template:\n    metadata:\n      annotations: {team: shop}\n"}, nil},
		{"the type", nil, revision{file, "  template:\n", "  template:\n    type: shop.example/credentials\n"}, everybody},
		{"data of the template that one reads", []revision{templateData, {"deployments.yaml", "key: smtp-password", "key: smtp.conf"}},
			revision{file, "password={{", "password = {{"}, []string{"mailer"}},
		{"data of the template, where all keys count", []revision{allKeys}, templateData, everybody},
	})
}

// The documentation says that merging changes the key that was given, and sealing again all.
func TestSealedSecretsAreAsKubesealMadeThem(t *testing.T) {
	original := read(t, "sealed-secrets/sealed-secret.yaml")
	merged, resealed := read(t, "sealed-secrets/testdata/merged.yaml"), read(t, "sealed-secrets/testdata/resealed.yaml")
	if got := changedLines(original, merged); !cmp.Equal(got, []string{"smtp-password"}) {
		t.Errorf("merging changed the lines %q", got)
	}
	if got := changedLines(merged, resealed); !cmp.Equal(got, []string{"database-url", "smtp-password"}) {
		t.Errorf("sealing again changed the lines %q", got)
	}
}

func TestSealedSecretWithItsKeysInAnotherOrder(t *testing.T) {
	var lines []string
	for _, line := range strings.Split(read(t, "sealed-secrets/sealed-secret.yaml"), "\n") {
		if key, _, _ := strings.Cut(strings.TrimSpace(line), ":"); key == "smtp-password" {
			lines = slices.Insert(lines, len(lines)-1, line)
			continue
		}
		lines = append(lines, line)
	}
	dir := filepath.Join(workshop(t), "examples/sealed-secrets")
	apply(t, dir, revision{file: "sealed-secret.yaml", new: strings.Join(lines, "\n")})
	if got := restarted(t, read(t, "sealed-secrets/expected.yaml"), mustBuild(t, dir)); len(got) > 0 {
		t.Errorf("restarts of %q", got)
	}
}

func TestSealedSecretIsSelectedByItsOwnLabels(t *testing.T) {
	const label = "labels: {checksum.proompteng.ai/rollout: \"true\"}\n"
	bySelector := revision{"rollout-checksums.yaml", "- shop-credentials ", "- labelSelector: checksum.proompteng.ai/rollout=true "}

	dir := filepath.Join(workshop(t), "examples/sealed-secrets")
	apply(t, dir, bySelector, revision{"sealed-secret.yaml", "  template:\n    metadata:\n", "  template:\n    metadata:\n      " + label})
	if output, err := buildWithLibrary(dir); err == nil {
		t.Errorf("the labels of the Secret count:\n%s", output)
	}
	apply(t, dir, revision{"sealed-secret.yaml", "metadata:\n", "metadata:\n  " + label})
	if got := restarted(t, read(t, "sealed-secrets/expected.yaml"), mustBuild(t, dir)); len(got) > 0 {
		t.Errorf("the checksums of %q are others than by name", got)
	}
}

func TestExternalSecretRestarts(t *testing.T) {
	const (
		file    = "external-secret.yaml"
		ones    = "11111111111111111111111111111111"
		twos    = "22222222222222222222222222222222"
		refresh = "  refreshInterval: 1h\n"
		target  = "    name: database-credentials\n"
	)
	data := strings.SplitAfter(read(t, "external-secrets/"+file), "  - secretKey: ")
	username, password := "  - secretKey: "+strings.TrimSuffix(data[1], "  - secretKey: "), "  - secretKey: "+data[2]
	shop := []string{"shop"}
	// The Deployment mailer reads the password alone, of the Secret that shop takes all of.
	shared := []revision{
		{"rollout-checksums.yaml", "enabled: true\n", "enabled: true\n  keyScope: Used\n"},
		{"deployments.yaml", "name: smtp-credentials", "name: database-credentials"},
	}

	checkRestarts(t, "external-secrets", []sourceCase{
		{"a key", nil, revision{file, "key: shop-database\n", "key: shop-database-eu\n"}, shop},
		{"a property", nil, revision{file, "property: username\n", "property: user\n"}, shop},
		{"a version", nil, revision{file, ones, twos}, shop},
		{"the store", nil, revision{file, "name: shop-vault\n", "name: shop-vault-eu\n"}, shop},
		{"more data", nil, revision{file, refresh, refresh + "  dataFrom:\n  - extract: {key: shop-database-options}\n"}, shop},
		{"data of the template", nil, revision{file, target, target + "    template:\n      data: {url: 'postgres://{{ .username }}@db'}\n"}, shop},
		{"the type", nil, revision{file, target, target + "    template:\n      type: kubernetes.io/basic-auth\n"}, shop},
		{"the interval", nil, revision{file, refresh, "  refreshInterval: 5m\n"}, nil},
		{"the policy", nil, revision{file, refresh, refresh + "  refreshPolicy: OnChange\n"}, nil},
		{"a label", nil, revision{file, "metadata:\n", "metadata:\n  labels: {team: shop}\n"}, nil},
		{"an annotation", nil, revision{file, "metadata:\n", "metadata:\n  annotations: {team: shop}\n"}, nil},
		{"the order", nil, revision{file, username + password, password + username}, nil},
		{"a key that one of two reads", shared, revision{file, ones, twos}, shop},
		{"a key that both read", shared, revision{file, password, strings.Replace(password, ones, twos, 1)}, []string{"mailer", "shop"}},

		{"a version of a mounted object", nil, revision{"secret-provider-class.yaml", ones, twos}, []string{"payments"}},
		{"a label of a mounted object", nil, revision{"secret-provider-class.yaml", "metadata:\n", "metadata:\n  labels: {team: shop}\n"}, nil},

		{"a version, of a declared kind", nil, revision{"azure-key-vault-secret.yaml", ones, twos}, []string{"mailer"}},
		{"the key of the Secret, of a declared kind", nil, revision{"azure-key-vault-secret.yaml", "dataKey: password", "dataKey: smtp-password"}, []string{"mailer"}},
		{"a label, of a declared kind", nil, revision{"azure-key-vault-secret.yaml", "metadata:\n", "metadata:\n  labels: {team: shop}\n"}, nil},
	})
}

// The documentation gives the configuration that kustomize needs for the name in a volume.
func TestExternalSecretsWithAPrefix(t *testing.T) {
	var references string
	for _, block := range blocks(t, "external-secrets/README.md", "yaml") {
		if strings.HasPrefix(block, "nameReference:") {
			references = block
		}
	}
	for _, kustomize := range kustomizes(t) {
		t.Run(kustomize.name, func(t *testing.T) {
			dir := filepath.Join(workshop(t), "examples/external-secrets")
			apply(t, dir, revision{"kustomization.yaml", "resources:", "namePrefix: eu-\nresources:"})
			if got := mountedClass(t, dir, kustomize); got != "payment-keys" {
				t.Errorf("without the configuration, the pod mounts %s", got)
			}
			apply(t, dir, revision{"kustomization.yaml", "namePrefix:", "configurations: [references.yaml]\nnamePrefix:"},
				revision{file: "references.yaml", new: references + "\n"})
			if got := mountedClass(t, dir, kustomize); got != "eu-payment-keys" {
				t.Errorf("with the configuration, the pod mounts %s", got)
			}
		})
	}
}

// mountedClass returns the name of the SecretProviderClass that the pods mount. It checks
// that a prefix changes no checksum.
func mountedClass(t *testing.T, dir string, kustomize kustomize) string {
	t.Helper()
	output, err := kustomize.build(dir)
	if err != nil {
		t.Fatal(err)
	}
	plain := objects(t, read(t, "external-secrets/expected.yaml"))
	for _, name := range []string{"mailer", "payments", "shop"} {
		want, got := checksums(find(t, plain, "Deployment", name)), checksums(find(t, objects(t, output), "Deployment", "eu-"+name))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	volumes, _ := find(t, objects(t, output), "Deployment", "eu-payments").at("spec", "template", "spec", "volumes").([]any)
	return object(volumes[0].(map[string]any)).text("csi", "volumeAttributes", "secretProviderClass")
}

func TestSharedConfigMapRestarts(t *testing.T) {
	const file = "configmap.yaml"
	hour := revision{file, `REPORT_HOUR: "6"`, `REPORT_HOUR: "7"`}
	currency := revision{file, "CURRENCY: EUR", "CURRENCY: USD"}
	pool := revision{file, "pool.size=10", "pool.size=20"}
	everybody := []string{"reports", "web", "worker"}
	keys := revision{"rollout-checksums.yaml", "- settings", "- {name: settings, keys: [CURRENCY, worker.properties]}"}
	byLabel := revision{"kustomization.yaml", "rollout-checksums", "by-label"}
	names := revision{"workloads.yaml", "envFrom:\n        - configMapRef:\n            name: settings\n",
		"env:\n        - {name: HOUR, valueFrom: {configMapKeyRef: {name: settings, key: REPORT_HOUR}}}\n"}

	checkRestarts(t, "shared-configmap", []sourceCase{
		{"a key that one takes with all", nil, hour, []string{"reports"}},
		{"a key that one names", nil, currency, []string{"reports", "web"}},
		{"a file that one mounts", nil, pool, []string{"reports", "worker"}},
		{"each names its keys", []revision{names}, currency, []string{"web"}},
		{"all keys count", []revision{allKeys}, hour, everybody},
		{"a key that does not count", []revision{keys}, hour, nil},
		{"a key that counts and is used", []revision{keys}, currency, []string{"reports", "web"}},
		{"by label", []revision{byLabel}, hour, []string{"reports"}},
		{"a label", nil, revision{file, "  labels:\n", "  labels:\n    team: shop\n"}, nil},
		{"from used keys to all", nil, allKeys, []string{"web", "worker"}},
	})
}
