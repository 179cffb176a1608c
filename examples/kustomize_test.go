package examples

import (
	"encoding/base64"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/proompteng/checksum-annotator/fn/digest"
)

// In these tests kustomize itself is the judge: the function has foretold the
// outcome rightly when the final Deployment is annotated exactly with the final
// data of those objects that its final references mean. The data of each object
// has a key "mark", which tells which one it was before kustomize renamed it.

// transformer returns a functionConfig that allows the given names.
func transformer(t *testing.T, secrets, configMaps string) string {
	t.Helper()
	return namedTransformer(t, "rollout-checksums", "checksum", secrets, configMaps)
}

func namedTransformer(t *testing.T, name, prefix, secrets, configMaps string) string {
	t.Helper()
	return fmt.Sprintf(`apiVersion: checksum.proompteng.ai/v1alpha1
kind: ChecksumAnnotator
metadata:
  name: %s
  annotations:
    config.kubernetes.io/function: |
      exec:
        path: %s
spec:
  enabled: true
  annotationPrefix: %s
  secrets: [%s]
  configMaps: [%s]
`, name, absolute(t, functionPath), prefix, secrets, configMaps)
}

// deployment returns a Deployment "d" that references the given ConfigMaps and
// Secrets by envFrom.
func deployment(configMaps, secrets []string) string {
	var refs strings.Builder
	for _, configMap := range configMaps {
		fmt.Fprintf(&refs, "        - configMapRef: {name: %s}\n", configMap)
	}
	for _, secret := range secrets {
		fmt.Fprintf(&refs, "        - secretRef: {name: %s}\n", secret)
	}
	return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: d
spec:
  selector: {matchLabels: {app: a}}
  template:
    metadata:
      labels: {app: a}
    spec:
      containers:
      - name: c
        image: i
        envFrom:
` + refs.String()
}

func configMap(name, mark string) string {
	return fmt.Sprintf("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: %s\ndata:\n  mark: %s\n", name, mark)
}

// judge checks every Deployment of a build. Entries are the allowlisted names by
// kind and mark, as in "ConfigMap base": "cfg".
func judge(t *testing.T, output string, entries map[string]string) {
	t.Helper()
	all := objects(t, output)
	for _, workload := range all {
		if workload.text("kind") != "Deployment" {
			continue
		}
		want := map[string]string{}
		for _, source := range referenced(all, workload) {
			if entry, ok := entries[source.text("kind")+" "+mark(source)]; ok {
				want["checksum/"+strings.ToLower(source.text("kind"))+"."+entry] = string(content(source).Sum(""))
			}
		}
		if diff := cmp.Diff(want, checksums(workload)); diff != "" {
			t.Errorf("annotations of %s (-want +got):\n%s\n%s", workload.text("metadata", "name"), diff, output)
		}
	}
}

// referenced returns the objects that the envFrom of a Deployment means.
func referenced(all []object, workload object) []object {
	var found []object
	containers, _ := workload.at("spec", "template", "spec", "containers").([]any)
	for _, container := range containers {
		list, _ := container.(map[string]any)["envFrom"].([]any)
		for _, from := range list {
			reference := object(from.(map[string]any))
			for _, source := range all {
				kind := map[string]string{"ConfigMap": "configMapRef", "Secret": "secretRef"}[source.text("kind")]
				if kind != "" && source.text("metadata", "name") == reference.text(kind, "name") && source.namespace() == workload.namespace() {
					found = append(found, source)
				}
			}
		}
	}
	return found
}

func mark(source object) string {
	mark := source.texts("data")["mark"]
	if source.text("kind") == "Secret" {
		decoded, _ := base64.StdEncoding.DecodeString(mark)
		return string(decoded)
	}
	return mark
}

// content returns what the digest of a rendered object is taken of. The data of
// a rendered Secret are base64, just as in the canonical form.
func content(source object) digest.Content {
	return digest.ConfigMap(source.texts("data"), nil)
}

func TestEveryWayOfRenaming(t *testing.T) {
	for _, kustomize := range kustomizes(t) {
		for _, prefix := range []string{"", "namePrefix: p-\n"} {
			for _, suffix := range []string{"", "nameSuffix: -s\n"} {
				for _, namespace := range []string{"", "namespace: prod\n"} {
					for _, hash := range []bool{false, true} {
						settings := prefix + suffix + namespace
						name := fmt.Sprintf("%s/%shash=%v", kustomize.name, strings.ReplaceAll(settings, "\n", ","), hash)
						t.Run(name, func(t *testing.T) {
							testRenaming(t, kustomize, settings, hash)
						})
					}
				}
			}
		}
	}
}

func testRenaming(t *testing.T, kustomize kustomize, settings string, hash bool) {
	options := fmt.Sprintf("generatorOptions: {disableNameSuffixHash: %v}\n", !hash)
	output, err := kustomize.build(write(t, map[string]string{
		"base/kustomization.yaml": options + `resources: [deployment.yaml]
configMapGenerator:
- {name: base-cfg, literals: [mark=base]}
secretGenerator:
- {name: base-token, literals: [mark=base]}
- {name: unlisted, literals: [mark=unlisted]}
`,
		"base/deployment.yaml": deployment([]string{"base-cfg", "outer-cfg"}, []string{"base-token", "outer-token", "unlisted"}),
		"kustomization.yaml": settings + options + `resources: [base]
configMapGenerator:
- {name: outer-cfg, literals: [mark=outer]}
secretGenerator:
- {name: outer-token, literals: [mark=outer]}
transformers: [rollout-checksums.yaml]
`,
		"rollout-checksums.yaml": transformer(t, "base-token, outer-token", "base-cfg, outer-cfg"),
	}))
	if err != nil {
		t.Fatal(err)
	}
	// With a prefix or suffix, the Deployment of the base does not reach the
	// objects that only the outer layer has; the judge knows that.
	judge(t, output, map[string]string{
		"ConfigMap base": "base-cfg", "ConfigMap outer": "outer-cfg", "Secret base": "base-token", "Secret outer": "outer-token",
	})
	if strings.Count(output, "checksum/") < 2 {
		t.Errorf("the objects of the base are not annotated:\n%s", output)
	}
}

func TestWhatAReferenceMeans(t *testing.T) {
	cfg := func(references ...string) string { return deployment(references, nil) }
	tests := []struct {
		name       string
		files      map[string]string
		configMaps string            // the allowlist
		entries    map[string]string // the entry by kind and mark
	}{
		{
			name: "an object that had the name is preferred to one that has it",
			files: map[string]string{
				"base/kustomization.yaml": "namePrefix: b-\nresources: [cm.yaml]\n",
				"base/cm.yaml":            configMap("cm", "base"),
				"kustomization.yaml":      "resources: [base, plain.yaml, deployment.yaml]\ntransformers: [t.yaml]\n",
				"plain.yaml":              configMap("cm", "plain"),
				"deployment.yaml":         cfg("cm"),
			},
			configMaps: "b-cm",
			entries:    map[string]string{"ConfigMap base": "b-cm"},
		},
		{
			name: "an object that has the name gives way to one that had it",
			files: map[string]string{
				"base/kustomization.yaml": "namePrefix: b-\nresources: [cm.yaml]\n",
				"base/cm.yaml":            configMap("cm", "base"),
				"kustomization.yaml":      "resources: [base, plain.yaml, deployment.yaml]\ntransformers: [t.yaml]\n",
				"plain.yaml":              configMap("cm", "plain"),
				"deployment.yaml":         cfg("cm", "b-cm"),
			},
			configMaps: "{name: cm}",
			entries:    map[string]string{"ConfigMap base": "cm", "ConfigMap plain": "cm"},
		},
		{
			name: "one base used twice",
			files: map[string]string{
				"base/kustomization.yaml": "resources: [deployment.yaml]\nconfigMapGenerator:\n- {name: cm, literals: [mark=base]}\n",
				"base/deployment.yaml":    cfg("cm"),
				"east/kustomization.yaml": "namePrefix: east-\nresources: [../base]\nconfigMapGenerator:\n- {name: cm, behavior: replace, literals: [mark=east]}\n",
				"west/kustomization.yaml": "namePrefix: west-\nresources: [../base]\nconfigMapGenerator:\n- {name: cm, behavior: merge, literals: [mark=west, more=1]}\n",
				"kustomization.yaml":      "resources: [east, west]\ntransformers: [t.yaml]\n",
			},
			configMaps: "cm",
			entries:    map[string]string{"ConfigMap east": "cm", "ConfigMap west": "cm"},
		},
		{
			name: "one base used twice, one of them allowed",
			files: map[string]string{
				"base/kustomization.yaml": "resources: [deployment.yaml]\nconfigMapGenerator:\n- {name: cm, literals: [mark=base]}\n",
				"base/deployment.yaml":    cfg("cm"),
				"east/kustomization.yaml": "namePrefix: east-\nresources: [../base]\nconfigMapGenerator:\n- {name: cm, behavior: replace, literals: [mark=east]}\n",
				"west/kustomization.yaml": "nameSuffix: -west\nresources: [../base]\nconfigMapGenerator:\n- {name: cm, behavior: replace, literals: [mark=west]}\n",
				"kustomization.yaml":      "namespace: prod\nresources: [east, west]\ntransformers: [t.yaml]\n",
			},
			configMaps: "cm-west",
			entries:    map[string]string{"ConfigMap west": "cm-west"},
		},
		{
			name: "a component that generates, merges and patches",
			files: map[string]string{
				"base/kustomization.yaml":      "resources: [deployment.yaml]\nconfigMapGenerator:\n- {name: cm, literals: [mark=base, a=1]}\n",
				"base/deployment.yaml":         cfg("cm"),
				"component/kustomization.yaml": "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nconfigMapGenerator:\n- {name: cm, behavior: merge, literals: [a=2]}\n- {name: extra, literals: [mark=extra]}\npatches:\n- patch: |\n    apiVersion: apps/v1\n    kind: Deployment\n    metadata: {name: d}\n    spec: {template: {spec: {containers: [{name: c, envFrom: [{configMapRef: {name: cm}}, {configMapRef: {name: extra}}]}]}}}\n",
				"kustomization.yaml":           "namePrefix: p-\nresources: [base]\ncomponents: [component]\ntransformers: [t.yaml]\n",
			},
			configMaps: "cm, extra",
			entries:    map[string]string{"ConfigMap base": "cm", "ConfigMap extra": "extra"},
		},
		{
			name: "the same name in two namespaces",
			files: map[string]string{
				"base/kustomization.yaml": "resources: [cm.yaml, deployment.yaml]\n",
				"base/cm.yaml":            configMap("cm", "base"),
				"base/deployment.yaml":    cfg("cm"),
				"east/kustomization.yaml": "namespace: east\nresources: [../base]\n",
				"west/kustomization.yaml": "namespace: west\nresources: [../base]\npatches:\n- patch: '[{\"op\": \"replace\", \"path\": \"/data/mark\", \"value\": \"west\"}]'\n  target: {kind: ConfigMap}\n",
				"kustomization.yaml":      "resources: [east, west]\ntransformers: [t.yaml]\n",
			},
			configMaps: "{name: cm, namespace: west}",
			entries:    map[string]string{"ConfigMap west": "cm"},
		},
		{
			name: "replaced data count as they end up",
			files: map[string]string{
				"cm.yaml":            configMap("cm", "base"),
				"deployment.yaml":    cfg("cm"),
				"kustomization.yaml": "namePrefix: p-\nresources: [cm.yaml, deployment.yaml]\nreplacements:\n- source: {kind: Deployment, fieldPath: metadata.name}\n  targets:\n  - {select: {kind: ConfigMap}, fieldPaths: [data.workload], options: {create: true}}\ntransformers: [t.yaml]\n",
			},
			configMaps: "cm",
			entries:    map[string]string{"ConfigMap base": "cm"},
		},
		{
			name: "an object for kustomize only never reaches the cluster",
			files: map[string]string{
				"cm.yaml":            strings.Replace(configMap("cm", "local"), "name: cm\n", "name: cm\n  annotations: {config.kubernetes.io/local-config: 'true'}\n", 1) + "---\n" + configMap("real", "real"),
				"deployment.yaml":    cfg("cm", "real"),
				"kustomization.yaml": "namePrefix: p-\nresources: [cm.yaml, deployment.yaml]\ntransformers: [t.yaml]\n",
			},
			configMaps: "{name: cm, onMissing: Skip}, real",
			entries:    map[string]string{"ConfigMap real": "real"},
		},
	}
	for _, kustomize := range kustomizes(t) {
		for _, test := range tests {
			t.Run(kustomize.name+"/"+test.name, func(t *testing.T) {
				test.files["t.yaml"] = transformer(t, "", test.configMaps)
				output, err := kustomize.build(write(t, test.files))
				if err != nil {
					t.Fatal(err)
				}
				judge(t, output, test.entries)
				if !strings.Contains(output, "checksum/") {
					t.Errorf("nothing is annotated:\n%s", output)
				}
			})
		}
	}
}

// For each way to reference a Secret, kustomize renames the reference, or else it
// keeps the name that is written and does not mean the renamed Secret.
func TestWhichReferencesKustomizeRenames(t *testing.T) {
	references := map[string]string{
		"env":        "containers: [{name: c, env: [{name: A, valueFrom: {secretKeyRef: {name: env, key: k}}}]}]",
		"envfrom":    "containers: [{name: c, envFrom: [{secretRef: {name: envfrom}}]}]",
		"initenv":    "initContainers: [{name: c, env: [{name: A, valueFrom: {secretKeyRef: {name: initenv, key: k}}}]}]",
		"initfrom":   "initContainers: [{name: c, envFrom: [{secretRef: {name: initfrom}}]}]",
		"volume":     "volumes: [{name: v, secret: {secretName: volume}}]",
		"projected":  "volumes: [{name: v, projected: {sources: [{secret: {name: projected}}]}}]",
		"azurefile":  "volumes: [{name: v, azureFile: {shareName: s, secretName: azurefile}}]",
		"cephfs":     "volumes: [{name: v, cephfs: {monitors: [m], secretRef: {name: cephfs}}}]",
		"cinder":     "volumes: [{name: v, cinder: {volumeID: i, secretRef: {name: cinder}}}]",
		"csi":        "volumes: [{name: v, csi: {driver: d, nodePublishSecretRef: {name: csi}}}]",
		"flexvolume": "volumes: [{name: v, flexVolume: {driver: d, secretRef: {name: flexvolume}}}]",
		"iscsi":      "volumes: [{name: v, iscsi: {targetPortal: t, iqn: q, lun: 0, secretRef: {name: iscsi}}}]",
		"rbd":        "volumes: [{name: v, rbd: {image: i, monitors: [m], secretRef: {name: rbd}}}]",
		"scaleio":    "volumes: [{name: v, scaleIO: {gateway: g, system: s, secretRef: {name: scaleio}}}]",
		"storageos":  "volumes: [{name: v, storageos: {volumeName: n, secretRef: {name: storageos}}}]",
	}
	var secrets, workloads strings.Builder
	for name, podSpec := range references {
		fmt.Fprintf(&secrets, "- {name: %s, literals: [mark=%s], options: {disableNameSuffixHash: true}}\n", name, name)
		fmt.Fprintf(&workloads, "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: %s}\nspec: {template: {spec: {%s}}}\n", name, podSpec)
	}
	names := slices.Sorted(maps.Keys(references))
	for _, kustomize := range kustomizes(t) {
		output, err := kustomize.build(write(t, map[string]string{
			"kustomization.yaml":      "resources: [base, workloads.yaml]\ntransformers: [t.yaml]\n",
			"workloads.yaml":          workloads.String(),
			"base/kustomization.yaml": "namePrefix: p-\nsecretGenerator:\n" + secrets.String(),
			"t.yaml":                  transformer(t, strings.Join(names, ", "), ""),
		}))
		if err != nil {
			t.Fatal(err)
		}
		renamed := 0
		for _, name := range names {
			workload := find(t, objects(t, output), "Deployment", name)
			text, err := yaml.Marshal(workload.at("spec"))
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(string(text), ": p-"+name) {
				renamed++
			}
			if got := len(checksums(workload)) == 1; got != strings.Contains(string(text), ": p-"+name) {
				t.Errorf("kustomize %s: annotated is %v:\n%s", kustomize.name, got, text)
			}
		}
		if renamed == 0 || renamed == len(names) {
			t.Errorf("kustomize %s renamed %d references", kustomize.name, renamed)
		}
	}
}

// Two functions in one build each keep to their own prefix.
func TestTwoFunctionsInOneBuild(t *testing.T) {
	for _, kustomize := range kustomizes(t) {
		output, err := kustomize.build(write(t, map[string]string{
			"kustomization.yaml": "namePrefix: p-\nresources: [deployment.yaml]\nconfigMapGenerator:\n- {name: one, literals: [mark=1]}\n- {name: two, literals: [mark=2]}\ntransformers: [one.yaml, two.yaml]\n",
			"deployment.yaml":    deployment([]string{"one", "two"}, nil),
			"one.yaml":           namedTransformer(t, "one", "one.example", "", "one"),
			"two.yaml":           namedTransformer(t, "two", "two.example", "", "two"),
		}))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for key := range checksums(find(t, objects(t, output), "Deployment", "p-d")) {
			got = append(got, key)
		}
		slices.Sort(got)
		if diff := cmp.Diff([]string{"one.example/configmap.one", "two.example/configmap.two"}, got); diff != "" {
			t.Errorf("kustomize %s (-want +got):\n%s", kustomize.name, diff)
		}
	}
}

// A failing function fails the build.
func TestErrorFailsTheBuild(t *testing.T) {
	for _, kustomize := range kustomizes(t) {
		_, err := kustomize.build(write(t, map[string]string{
			"kustomization.yaml": "resources: [deployment.yaml]\ntransformers: [t.yaml]\n",
			"deployment.yaml":    deployment([]string{"cm"}, nil),
			"t.yaml":             transformer(t, "", "{name: cm, onMissing: Fail}"),
		}))
		if err == nil {
			t.Errorf("kustomize %s did not fail", kustomize.name)
		}
	}
}
