package fn_test

import (
	"strings"
	"testing"
)

const asGenerator = `apiVersion: config.kubernetes.io/v1
kind: ResourceList
items:
- apiVersion: checksum.proompteng.ai/v1alpha1
  kind: ChecksumAnnotator
  metadata:
    annotations:
      config.kubernetes.io/function: |
        exec:
          path: checksum-annotator
      config.kubernetes.io/local-config: 'true'
      config.kubernetes.io/index: '0'
    name: checksums
  spec:
    enabled: true
    secrets:
    - source
functionConfig:
  apiVersion: checksum.proompteng.ai/v1alpha1
  kind: ChecksumAnnotator
  metadata:
    name: checksums
  spec:
    enabled: true
    secrets:
    - source
`

// What kustomize sends to generators (5.4.3 and 5.8.2).
func TestAGeneratorIsTold(t *testing.T) {
	runOn(t, asGenerator).failed().told("error: ChecksumAnnotator checksums: the input holds no objects but this configuration, as for a generator:" +
		" list it under transformers:, not under generators:")
}

func TestAConfigurationBesideOthersIsNoGenerator(t *testing.T) {
	for name, input := range map[string]string{
		"another object":                 strings.Replace(asGenerator, "functionConfig:", "- {apiVersion: v1, kind: Secret, metadata: {name: source}, stringData: {a: b}}\nfunctionConfig:", 1),
		"another configuration":          strings.Replace(asGenerator, "    name: checksums", "    name: others", 1),
		"a package of the configuration": strings.Replace(asGenerator, "config.kubernetes.io/index: '0'", "config.kubernetes.io/path: checksums.yaml", 1),
		"nothing":                        asGenerator[:strings.Index(asGenerator, "items:")] + "items: []\n" + asGenerator[strings.Index(asGenerator, "functionConfig:"):],
	} {
		t.Run(name, func(t *testing.T) { runOn(t, input).succeeded() })
	}
}

func TestCheckTellsOfAConfigurationThatIsRendered(t *testing.T) {
	const rendered = "apiVersion: checksum.proompteng.ai/v1alpha1\nkind: ChecksumAnnotator\nmetadata: {name: checksums}\nspec: {enabled: true, secrets: [source]}\n"
	const want = "warning: ChecksumAnnotator checksums: it is among the objects that are rendered, as if it were one:" +
		" kustomize calls the function where its configuration is listed under transformers:, and not under resources:"
	user, source := deployment("user", "secretRef: {name: source}"), secret("source", "k: v")
	for object, told := range map[string]bool{
		rendered: true,
		annotated("config.kubernetes.io/local-config", "true", rendered): false,
		annotated("config.kubernetes.io/path", "a.yaml", rendered):       false,
	} {
		lines := strings.Join(checked(t, "enabled: true, secrets: [source]", user, source, object).Results.Lines(), "\n")
		if strings.Contains(lines, want) != told {
			t.Errorf("check tells\n%s\nof\n%s", lines, object)
		}
	}
}
