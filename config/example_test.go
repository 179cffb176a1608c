package config_test

import (
	"fmt"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/proompteng/checksum-annotator/config"
)

func ExampleLoad() {
	const text = `
apiVersion: checksum.proompteng.ai/v1alpha1
kind: ChecksumAnnotator
spec:
  enabled: true
  secrets:
  - agents-github-token-env
  - name: jangar-db-app
    namespace: agents
    onMissing: Fail
  workloads:
  - kind: Deployment
    name: agents(-controllers)?
`
	var functionConfig any
	if err := yaml.Unmarshal([]byte(text), &functionConfig); err != nil {
		fmt.Println(err)
		return
	}
	spec, errs := config.Load(functionConfig)
	if len(errs) > 0 {
		fmt.Println(errs.ToAggregate())
		return
	}
	for _, source := range spec.Sources() {
		fmt.Println(source.Path, source.Kind, source.Name, source.OnMissing)
	}
	fmt.Println(spec.Scope, spec.AnnotationPrefix)
	fmt.Println(spec.Workloads[0].Matches(config.Object{
		Group:      "apps",
		Version:    "v1",
		Kind:       "Deployment",
		Names:      []string{"agents-controllers"},
		Namespaces: []string{"agents"},
	}))
	// Output:
	// spec.secrets[0] Secret agents-github-token-env HashName
	// spec.secrets[1] Secret jangar-db-app Fail
	// Referenced checksum
	// true
}

// The arguments of kpt fn eval arrive as a ConfigMap. All errors are reported,
// each with its field path.
func ExampleLoad_errors() {
	_, errs := config.Load(map[string]any{
		"apiVersion": "v1",
		"kind":       "ConfigMap",
		"data": map[string]any{
			"enabled": "true",
			"secret":  "agents-github-token-env",
			"scope":   "all",
		},
	})
	for _, err := range errs {
		fmt.Println(err)
	}
	// Output:
	// data.secret: Forbidden: there is no such field; there are annotationPrefix, configMaps, enabled, keyScope, onMissing, salt, saltEnv, scope, secrets
	// data.scope: Unsupported value: supported values: "Referenced", "All"
}
