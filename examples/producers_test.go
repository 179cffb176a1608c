package examples

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What kustomize does to the objects that controllers make Secrets of: it renames them,
// but neither the references to them nor the names in their specs, unless a
// configuration says so.

const sealedSecret = `apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata:
  name: s
spec:
  encryptedData: {mark: AgA=}
`

const externalSecret = `apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: s
spec:
  secretStoreRef: {name: store}
  dataFrom: [{extract: {key: shop}}]
`

const onePasswordItem = `apiVersion: onepassword.com/v1
kind: OnePasswordItem
metadata:
  name: s
spec:
  itemPath: vaults/shop/items/s
`

const bundle = `apiVersion: trust.cert-manager.io/v1alpha1
kind: Bundle
metadata:
  name: s
spec:
  sources: [{useDefaultCAs: true}]
  target: {secret: {key: ca.pem}}
`

// nameReference returns a configuration that makes kustomize rename references to a kind.
func nameReference(group, kind string) string {
	return fmt.Sprintf(`nameReference:
- group: %s
  kind: %s
  fieldSpecs:
  - {kind: Deployment, path: spec/template/spec/containers/envFrom/secretRef/name}
`, group, kind)
}

func secretReference(t *testing.T, workload object) string {
	t.Helper()
	containers, _ := workload.at("spec", "template", "spec", "containers").([]any)
	from, _ := containers[0].(map[string]any)["envFrom"].([]any)
	return object(from[0].(map[string]any)).text("secretRef", "name")
}

func TestProducersUnderKustomize(t *testing.T) {
	const everything = "namePrefix: p-\nnameSuffix: -s\nnamespace: prod\n"
	kinds := []struct {
		kind, group, object string
		settings            []string
	}{
		{"SealedSecret", "bitnami.com", sealedSecret, []string{"", "namePrefix: p-\n", "nameSuffix: -s\n", "namespace: prod\n", everything}},
		{"ExternalSecret", "external-secrets.io", externalSecret, []string{everything}},
		{"OnePasswordItem", "onepassword.com", onePasswordItem, []string{everything}},
		{"Bundle", "trust.cert-manager.io", bundle, []string{everything}},
	}
	for i, kustomize := range kustomizes(t) {
		for _, kind := range kinds {
			for _, settings := range kind.settings {
				if i > 0 && settings != everything {
					continue // the versions differ in nothing of this, and a run takes its time
				}
				for _, configured := range []bool{false, true} {
					t.Run(fmt.Sprintf("%s/%s/%sconfigured=%v", kustomize.name, kind.kind, strings.ReplaceAll(settings, "\n", ","), configured), func(t *testing.T) {
						testProducer(t, kustomize, settings, configured, kind.group, kind.kind, kind.object)
					})
				}
			}
		}
	}
}

func testProducer(t *testing.T, kustomize kustomize, settings string, configured bool, group, kind, source string) {
	name := "s"
	if strings.Contains(settings, "namePrefix") {
		name = "p-" + name
	}
	if strings.Contains(settings, "nameSuffix") {
		name += "-s"
	}
	kustomization := settings + "resources: [source.yaml, deployment.yaml]\ntransformers: [t.yaml, r.yaml]\n"
	if configured {
		kustomization += "configurations: [references.yaml]\n"
	}
	output, err := kustomize.build(write(t, map[string]string{
		"kustomization.yaml": kustomization,
		"source.yaml":        source,
		"deployment.yaml":    deployment(nil, []string{"s"}),
		"references.yaml":    nameReference(group, kind),
		"t.yaml":             namedTransformer(t, "by-original-name", "original", "s", ""),
		"r.yaml":             namedTransformer(t, "by-final-name", "final", name, ""),
	}))
	if err != nil {
		t.Fatal(err)
	}
	all := objects(t, output)
	find(t, all, kind, name) // kustomize has renamed the object
	workload := workloadOf(t, all)
	wantReference := "s"
	if configured {
		wantReference = name
	}
	if got := secretReference(t, workload); got != wantReference {
		t.Errorf("kustomize made the reference %s, not %s", got, wantReference)
	}
	// It is annotated either way: whether the reference will be renamed cannot be seen.
	annotations := checksums(workload)
	original, final := annotations["original/secret.s"], annotations["final/secret."+name]
	if len(annotations) != 2 || original == "" || original != final {
		t.Errorf("annotations are %v", annotations)
	}
}

// workloadOf returns the one Deployment.
func workloadOf(t *testing.T, all []object) object {
	t.Helper()
	for _, candidate := range all {
		if candidate.text("kind") == "Deployment" {
			return candidate
		}
	}
	t.Fatal("there is no Deployment in the output")
	return nil
}

// Names in the spec of a producer are not changed, so they and the references to them
// stay those of the allowlist.
func TestNamesInProducersUnderKustomize(t *testing.T) {
	sources := map[string]string{
		"ExternalSecret": strings.Replace(externalSecret, "spec:\n", "spec:\n  target: {name: made}\n", 1),
		"Certificate":    "apiVersion: cert-manager.io/v1\nkind: Certificate\nmetadata:\n  name: s\nspec:\n  secretName: made\n  issuerRef: {name: ca}\n",
		"SopsSecret":     "apiVersion: isindir.github.com/v1alpha3\nkind: SopsSecret\nmetadata:\n  name: s\nspec:\n  secretTemplates: [{name: made, stringData: {mark: 'ENC[AES256_GCM,data:bm90LWEtc2VjcmV0]'}}]\n",
	}
	for _, kustomize := range kustomizes(t) {
		for kind, source := range sources {
			t.Run(kustomize.name+"/"+kind, func(t *testing.T) {
				output, err := kustomize.build(write(t, map[string]string{
					"kustomization.yaml": "namePrefix: p-\nnamespace: prod\nresources: [source.yaml, deployment.yaml]\ntransformers: [t.yaml]\n",
					"source.yaml":        source,
					"deployment.yaml":    deployment(nil, []string{"made"}),
					"t.yaml":             transformer(t, "made, {name: p-made, onMissing: Skip}, {name: s, onMissing: Skip}", ""),
				}))
				if err != nil {
					t.Fatal(err)
				}
				all := objects(t, output)
				made := fmt.Sprint(find(t, all, kind, "p-s").at("spec"))
				if !strings.Contains(made, ":made") || strings.Contains(made, "p-made") {
					t.Errorf("kustomize changed the name of the Secret: %s", made)
				}
				workload := workloadOf(t, all)
				if got := secretReference(t, workload); got != "made" {
					t.Errorf("kustomize made the reference %s", got)
				}
				if annotations := checksums(workload); len(annotations) != 1 || annotations["checksum/secret.made"] == "" {
					t.Errorf("annotations are %v", annotations)
				}
			})
		}
	}
}

// A Secret for kustomize alone makes kustomize rename references to the SealedSecret
// that is renamed in the same way.
func TestASecretForKustomizeAloneBesideItsProducer(t *testing.T) {
	stub := "apiVersion: v1\nkind: Secret\nmetadata:\n  name: s\n  annotations: {config.kubernetes.io/local-config: 'true'}\n"
	for _, kustomize := range kustomizes(t) {
		output, err := kustomize.build(write(t, map[string]string{
			"kustomization.yaml": "namePrefix: p-\nresources: [source.yaml, stub.yaml, deployment.yaml]\ntransformers: [t.yaml]\n",
			"source.yaml":        sealedSecret,
			"stub.yaml":          stub,
			"deployment.yaml":    deployment(nil, []string{"s"}),
			"t.yaml":             transformer(t, "s", ""),
		}))
		if err != nil {
			t.Fatal(err)
		}
		all := objects(t, output)
		find(t, all, "SealedSecret", "p-s")
		workload := workloadOf(t, all)
		if got := secretReference(t, workload); got != "p-s" {
			t.Errorf("kustomize %s made the reference %s", kustomize.name, got)
		}
		if diff := cmp.Diff(1, len(checksums(workload))); diff != "" {
			t.Errorf("kustomize %s: annotations (-want +got):\n%s\n%s", kustomize.name, diff, output)
		}
	}
}

// A pod's volume names a SecretProviderClass in a field that kustomize does not rename.
func TestMountsUnderKustomize(t *testing.T) {
	const class = "apiVersion: secrets-store.csi.x-k8s.io/v1\nkind: SecretProviderClass\nmetadata:\n  name: s\nspec: {provider: vault, parameters: {role: shop}}\n"
	const mounting = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: d\nspec:\n  template:\n    spec:\n      containers: [{name: c, image: i}]\n" +
		"      volumes: [{name: v, csi: {driver: secrets-store.csi.k8s.io, volumeAttributes: {secretProviderClass: s}}}]\n"
	const references = "nameReference:\n- group: secrets-store.csi.x-k8s.io\n  kind: SecretProviderClass\n  fieldSpecs:\n" +
		"  - {kind: Deployment, path: spec/template/spec/volumes/csi/volumeAttributes/secretProviderClass}\n"
	for _, kustomize := range kustomizes(t) {
		for configurations, want := range map[string]string{"": "secretProviderClass: s\n", "configurations: [references.yaml]\n": "secretProviderClass: p-s\n"} {
			output, err := kustomize.build(write(t, map[string]string{
				"kustomization.yaml": "namePrefix: p-\nresources: [class.yaml, deployment.yaml]\ntransformers: [t.yaml]\n" + configurations,
				"class.yaml":         class,
				"deployment.yaml":    mounting,
				"references.yaml":    references,
				"t.yaml":             transformer(t, "s", ""),
			}))
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(output, want) {
				t.Errorf("kustomize %s did not make it %s:\n%s", kustomize.name, strings.TrimSpace(want), output)
			}
			if annotations := checksums(workloadOf(t, objects(t, output))); len(annotations) != 1 || annotations["checksum/secret.s"] == "" {
				t.Errorf("kustomize %s: annotations are %v", kustomize.name, annotations)
			}
		}
	}
}
