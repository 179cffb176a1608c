package fn_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// theSecret is in many an input below, and must be in no message.
const theSecret = "hunter2hunter2"

func TestBadInput(t *testing.T) {
	const spec = "enabled: true\nsecrets: [source]\nconfigMaps: [source]\nonMissing: Skip"
	user := deployment("user", "secretRef: {name: source}")
	from := func(file, object string) string {
		return annotated("internal.config.kubernetes.io/index", "2", annotated("internal.config.kubernetes.io/path", file, object))
	}
	tests := []struct {
		name  string
		items []string
		want  []string
	}{
		{"an item without a kind", []string{from("a.yaml", "apiVersion: v1\nmetadata: {name: x}\n")}, []string{"error: kind: an item needs a kind (a.yaml, document 3)"}},
		{"an item without a name", []string{from("a.yaml", "apiVersion: v1\nkind: Secret\nmetadata: {namespace: x}\n")}, []string{"error: metadata.name: a Secret needs a name (a.yaml, document 3)"}},
		{"an item without metadata", []string{"apiVersion: v1\nkind: Secret\n"}, []string{"error: metadata.name: items[0]: a Secret needs a name"}},
		{"an item whose kind is a list", []string{"apiVersion: v1\nkind: [Secret]\nmetadata: {name: x}\n"}, []string{"error: kind: items[0]: expected a string, found a list"}},
		{"an item whose name is a number", []string{"apiVersion: v1\nkind: Secret\nmetadata: {name: 17}\n"}, []string{"error: metadata.name: items[0]: expected a string, found a number"}},
		{"an item that is a string", []string{theSecret}, []string{"error: items[0]: expected a mapping, found a string"}},
		{"several items at once", []string{"kind: A\n", "kind: B\n"}, []string{"error: metadata.name: items[0]: a A needs a name", "error: metadata.name: items[1]: a B needs a name"}},
		{
			"a Secret whose data is no base64",
			[]string{from("s.yaml", "apiVersion: v1\nkind: Secret\nmetadata: {name: source}\ndata: {password: '"+theSecret+"!'}\n"), user},
			[]string{"error: Secret source: data.password: expected base64, found something else (plain text belongs into stringData) (s.yaml, document 3)"},
		},
		{
			"a Secret whose data is a list",
			[]string{from("s.yaml", "apiVersion: v1\nkind: Secret\nmetadata: {name: source}\ndata: ["+theSecret+"]\n"), user},
			[]string{"error: Secret source: data: expected a mapping, found a list (s.yaml, document 3)"},
		},
		{
			"a Secret whose data is a string",
			[]string{"apiVersion: v1\nkind: Secret\nmetadata: {name: source}\ndata: " + theSecret + "\n", user},
			[]string{"error: Secret source: data: expected a mapping, found a string"},
		},
		{
			"a Secret with a mapping for a value",
			[]string{"apiVersion: v1\nkind: Secret\nmetadata: {name: source}\nstringData: {a: {b: " + theSecret + "}}\n", user},
			[]string{"error: Secret source: stringData.a: expected a string, found a mapping"},
		},
		{
			"a ConfigMap with a number for a value",
			[]string{"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: source}\ndata: {port: 8080}\n", user},
			[]string{"error: ConfigMap source: data.port: expected a string, found a number"},
		},
		{
			"a ConfigMap that gives a key twice",
			[]string{"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: source}\ndata: {a: x, a: y}\n", user},
			[]string{"error: ConfigMap source: data.a: the field is given twice"},
		},
		{
			"a ConfigMap with several numbers, of which the first by name is told",
			[]string{"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: source}\ndata: {f: 1, c: 1, e: 1, b: 1, d: 1, a: 1}\n", user},
			[]string{"error: ConfigMap source: data.a: expected a string, found a number"},
		},
		{
			"two bad sources at once",
			[]string{"apiVersion: v1\nkind: Secret\nmetadata: {name: source}\ndata: x\n", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: source}\ndata: x\n", user},
			[]string{"error: Secret source: data: expected a mapping, found a string", "error: ConfigMap source: data: expected a mapping, found a string"},
		},
		{
			"a pod template whose containers are a string",
			[]string{from("d.yaml", workload("apps/v1", "Deployment", "containers: nginx"))},
			[]string{"error: Deployment user: spec.template.spec.containers: expected a list, found a string (d.yaml, document 3)"},
		},
		{
			"a pod template in block style that uses no source and whose containers are a mapping",
			[]string{"apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: user\nspec:\n  template:\n    spec:\n      containers:\n        name: c\n"},
			[]string{"error: Deployment user: spec.template.spec.containers: expected a list, found a mapping"},
		},
		{
			"a pod template in block style that uses no source and whose containers are names",
			[]string{"apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: user\nspec:\n  template:\n    spec:\n      containers:\n      - nginx\n"},
			[]string{"error: Deployment user: spec.template.spec.containers[0]: expected a mapping, found a string"},
		},
		{
			"a pod template in block style that uses no source and whose containers are a string",
			[]string{"apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: user\nspec:\n  template:\n    spec:\n      containers: nginx\n"},
			[]string{"error: Deployment user: spec.template.spec.containers: expected a list, found a string"},
		},
		{
			"a pod template whose env is a mapping",
			[]string{workload("apps/v1", "Deployment", "containers: [{name: a}, {name: b, env: {A: b}}]")},
			[]string{"error: Deployment user: spec.template.spec.containers[1].env: expected a list, found a mapping"},
		},
		{
			"a reference whose name is a number",
			[]string{workload("apps/v1", "Deployment", "volumes: [{name: v, secret: {secretName: 17}}, {name: w, configMap: {name: source}}]")},
			[]string{"error: Deployment user: spec.template.spec.volumes[0].secret.secretName: expected a string, found a number"},
		},
		{
			"a pod template that is a list",
			[]string{"apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: user}\nspec: {template: [x]}\n"},
			[]string{"error: Deployment user: spec.template: expected a mapping, found a list"},
		},
		{
			"annotations that are a list",
			[]string{secret("source", "k: v"), strings.Replace(user, "labels: {app: user}", "annotations: [a]", 1)},
			[]string{"error: Deployment user: spec.template.metadata.annotations: expected a mapping, found a list"},
		},
		{
			"a List with a bad item",
			[]string{"apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Secret, metadata: {name: source}, data: {a: '" + theSecret + "?'}}\n"},
			[]string{"error: Secret source: items[0].data.a: expected base64, found something else (plain text belongs into stringData)"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			outcome := run(t, spec, test.items...).failed()
			if diff := cmp.Diff(test.want, outcome.results.Lines()); diff != "" {
				t.Errorf("errors (-want +got):\n%s", diff)
			}
			for _, result := range outcome.results {
				if strings.Contains(result.Line(), theSecret) {
					t.Errorf("a message holds the secret: %s", result.Line())
				}
			}
		})
	}
}

func TestInputThatIsNoResourceList(t *testing.T) {
	const hint = "; this is a KRM function: call it from kustomize (transformers:) or kpt" +
		" (kpt fn eval DIR --exec checksum-annotator -- enabled=true secrets=NAME), or give it plain manifests with checksum-annotator annotate -c FILE"
	tests := []struct{ name, input, want string }{
		{"nothing", "", "error: the input is no ResourceList: it is empty" + hint},
		{"comments", "# nothing\n---\n# here\n", "error: the input is no ResourceList: it is empty" + hint},
		{"another kind", configMap("a", "k: v"), `error: the input is no ResourceList: it is of kind "ConfigMap"` + hint},
		{"a stream", configMap("a", "k: v") + "---\n" + configMap("b", "k: v"), "error: the input is no ResourceList: it has several documents" + hint},
		{"a list", "- a\n- b\n", "error: the input is no ResourceList: expected a mapping, found a list" + hint},
		{"items that are a mapping", "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems: {a: b}\n", "error: the input is no ResourceList: items: expected a list, found a mapping" + hint},
		{"no YAML", "kind: ResourceList\nitems: [" + theSecret + "\n", "error: the input is not YAML: line 1: did not find expected ',' or ']'"},
		{"binary", "\x00\x01\xff" + theSecret, "error: the input is not YAML: control characters are not allowed"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			outcome := runOn(t, test.input)
			if diff := cmp.Diff([]string{test.want}, outcome.results.Lines()); diff != "" {
				t.Errorf("errors (-want +got):\n%s", diff)
			}
			if outcome.output != "" {
				t.Errorf("there is an output:\n%s", outcome.output)
			}
		})
	}
}

func TestBadFunctionConfig(t *testing.T) {
	list := func(functionConfig string) string {
		return "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\n" + functionConfig + "items:\n- {apiVersion: v1, kind: Secret, metadata: {name: a}, stringData: {k: v}}\n"
	}
	const usage = "write a functionConfig of apiVersion: checksum.proompteng.ai/v1alpha1, kind: ChecksumAnnotator with spec.enabled," +
		" spec.secrets and spec.configMaps, or a v1 ConfigMap with the same fields in data (kpt fn eval … -- enabled=true secrets=a,b configMaps=c)"
	tests := []struct {
		name, functionConfig string
		want                 []string
	}{
		{"none", "", []string{"error: functionConfig: Required value: " + usage}},
		{"null", "functionConfig:\n", []string{"error: functionConfig: Required value: " + usage}},
		{
			"another kind", "functionConfig: {apiVersion: v1, kind: Secret, metadata: {name: f}}\n",
			[]string{`error: Secret f: functionConfig: Invalid value: "apiVersion: v1, kind: Secret": ` + usage},
		},
		{
			"a field given twice", "functionConfig: {apiVersion: v1, kind: ConfigMap, data: {enabled: 'true', enabled: 'false'}}\n",
			[]string{`error: functionConfig: line 3, column 75: a key is given twice`},
		},
		{
			"many errors at once",
			"functionConfig:\n  apiVersion: checksum.proompteng.ai/v1alpha1\n  kind: ChecksumAnnotator\n  metadata: {name: f}\n  spec: {enable: true, secrets: [A_B, {name: a, checksum: abc}], scope: Everything}\n",
			[]string{
				"error: ChecksumAnnotator f: spec.enable: there is no such field; there are annotationPrefix, configMaps, enabled, keyScope, onMissing, podTemplates, producers, salt, saltEnv, scope, secrets, workloads",
				"error: ChecksumAnnotator f: spec.secrets[0].name: Invalid value: a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
				`error: ChecksumAnnotator f: spec.secrets[1].checksum: Invalid value: must be 64 hexadecimal digits, as sha256sum prints them`,
				`error: ChecksumAnnotator f: spec.scope: Unsupported value: supported values: "Referenced", "All"`,
			},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			outcome := runOn(t, list(test.functionConfig)).failed()
			if diff := cmp.Diff(test.want, outcome.results.Lines()); diff != "" {
				t.Errorf("errors (-want +got):\n%s", diff)
			}
		})
	}
}

func TestFunctionConfigAsConfigMap(t *testing.T) {
	input := `apiVersion: config.kubernetes.io/v1
kind: ResourceList
functionConfig:
  apiVersion: v1
  kind: ConfigMap
  metadata: {name: function-input}
  data: {enabled: "true", secrets: "a,ns1/b"}
`
	input += itemList(
		in("ns1", secret("a", "k: v")), in("ns1", secret("b", "k: v")), in("ns2", secret("b", "k: v")),
		in("ns1", deployment("one", "secretRef: {name: a}", "secretRef: {name: b}")), in("ns2", deployment("two", "secretRef: {name: b}")),
	)
	outcome := runOn(t, input).succeeded().told("info: Deployment ns1/one: set checksum/secret.a, checksum/secret.b")
	if len(outcome.annotations("two")) > 0 {
		t.Error("a Deployment of another namespace is annotated")
	}
}

func TestErrorsOfTheFunctionConfigNameItsFile(t *testing.T) {
	outcome := runOn(t, `apiVersion: config.kubernetes.io/v1
kind: ResourceList
functionConfig:
  apiVersion: checksum.proompteng.ai/v1alpha1
  kind: ChecksumAnnotator
  metadata:
    name: f
    annotations:
      internal.config.kubernetes.io/path: checksums.yaml
      internal.config.kubernetes.io/index: '1'
  spec: {enabled: 1}
items: []
`).failed()
	outcome.told("error: ChecksumAnnotator f: spec.enabled: Invalid value: must be true or false, not a number (checksums.yaml, document 2)")
}

func TestItemsThatAreNoneOfOurBusiness(t *testing.T) {
	odd := []string{
		"apiVersion: batch/v1\nkind: Job\nmetadata: {generateName: x-}\n",
		"apiVersion: v1\nkind: ConfigMapList\nitems: []\n",
		"apiVersion: v1\nkind: List\nitems: []\n",
		"apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [a.yaml]\n",
		"metadata: {annotations: {config.kubernetes.io/path: kustomization.yaml}}\nresources: [a.yaml]\n",
		"kind: Component\nmetadata: {annotations: {internal.config.kubernetes.io/path: base/kustomization.yml}}\n",
		"apiVersion: kustomize.config.k8s.io/v1beta1\nmetadata: {annotations: {config.kubernetes.io/path: a/b/Kustomization}}\n",
		"apiVersion: kpt.dev/v1\nkind: Kptfile\nmetadata: {name: x}\n",
		"apiVersion: example.com/v1\nkind: Secret\nmetadata: {name: source}\ndata: [no, secret]\n",
		"apiVersion: v1\nkind: Secret\nmetadata: {name: unlisted}\ndata: {a: '***'}\n",
		"apiVersion: example.com/v1\nkind: Odd\nmetadata: {name: x, annotations: {a: [1], b: 2}}\nspec: &a {x: 1, x: 2}\n",
	}
	outcome := run(t, "enabled: true\nsecrets: [{name: source, onMissing: Skip}]", odd...).succeeded()
	if got, _, _ := strings.Cut(outcome.output, "results:"); got != outcome.input {
		t.Errorf("the items changed:\n%s", cmp.Diff(outcome.input, got))
	}
}

func TestAListIsLookedInto(t *testing.T) {
	list := "apiVersion: v1\nkind: List\n" + itemList(secret("source", "k: v"), deployment("user", "secretRef: {name: source}"))
	outcome := run(t, "enabled: true\nsecrets: [source]", list)
	if outcome.results.Failed() || !strings.Contains(outcome.output, "checksum/secret.source: ") {
		t.Errorf("%v\n%s", outcome.results, outcome.output)
	}
}
