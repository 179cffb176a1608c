package config_test

import (
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/proompteng/checksum-annotator/config"
)

// A validCase is a functionConfig that loads.
type validCase struct {
	name   string
	config string
	want   config.Spec
}

// An invalidCase is a functionConfig that does not load.
type invalidCase struct {
	name   string
	config string
	want   []string // the errors
	// schemaAccepts is the reason why the JSON Schema finds nothing wrong with
	// the functionConfig; it is empty where the schema refuses it too.
	schemaAccepts string
}

// What a JSON Schema cannot say.
const (
	sameIdentity = "uniqueItems compares whole entries, not what they name"
	labelSyntax  = "there is no format for label selectors"
)

const checksum = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

// What the error messages ask for.
const (
	aConfig = "write a functionConfig of apiVersion: checksum.proompteng.ai/v1alpha1, kind: ChecksumAnnotator" +
		" with spec.enabled, spec.secrets and spec.configMaps, or a v1 ConfigMap with the same fields in data" +
		" (kpt fn eval … -- enabled=true secrets=a,b configMaps=c)"
	anEntry           = "must be a name (in quotes, where it looks like something else) or a mapping"
	aString           = "must be a string (in quotes, where it looks like something else)"
	aChecksum         = "must be 64 hexadecimal digits, as sha256sum prints them"
	anOnMissing       = `supported values: "HashName", "Fail", "Skip"`
	aKind             = "must be the kind of an object, like RayCluster"
	aPath             = "must be the fields that lead to a pod template, like spec.template" + inAPath + "; or else give annotations"
	anAnnotationsPath = "must be the fields that lead to a mapping, like spec.podMetadata.annotations" + inAPath
	aFurtherPath      = "must be the fields that lead there, like spec.secrets[]" + inAPath
	inAPath           = ", with [] behind a list and * for each value of a mapping"
	aProducer         = "must be the kind of an object, like ExternalSecret"
	aProductPath      = "must be the fields that lead to it, like spec.target.name, with [] behind a list"
	aProductName      = aProductPath + "; or a template of such paths in braces, like {metadata.name}-app"
	aContentPath      = aProductPath + ", and {} or [field] behind what holds something for each key"
	aDemand           = "must demand a label, like key, key=value or key in (a,b): this matches every object without labels"
	aSpecField        = "there is no such field; there are annotationPrefix, configMaps, enabled, keyScope, onMissing, podTemplates, producers, salt, saltEnv, scope, secrets, workloads"
	anEntryField      = "there is no such field; there are allowEmpty, checksum, keys, labelSelector, name, namespace, onMissing, scope, workloads"
	aSelectorField    = "there is no such field; there are annotationSelector, group, kind, labelSelector, name, namespace, version"
	aPodTemplateField = "there is no such field; there are annotations, configMaps, containers, group, kind, path, podSpecs, secrets"
	anObjectField     = "there is no such field; there are apiVersion, kind, metadata, spec"
	aConfigMapField   = "there is no such field; there are apiVersion, kind, metadata, data, immutable"
	dataFields        = "there are annotationPrefix, configMaps, enabled, keyScope, onMissing, salt, saltEnv, scope, secrets"
	noField           = "a field has a name that none can have, and that is not shown because it may be a value (is a space missing behind a colon?); there are "
	aNameAlone        = "must be a name, without a slash: an entry with a namespace is {name: NAME, namespace: NAMESPACE}, or in a ConfigMap NAMESPACE/NAME"
	aWholeName        = "must be a whole name: for several objects, an entry of a ChecksumAnnotator has a labelSelector in the place of the name"
	aSubdomain        = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.'," +
		" and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is" +
		` '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`
	aLabel = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-'," +
		" and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc'," +
		" regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
	aKey = "a valid config key must consist of alphanumeric characters, '-', '_' or '.'" +
		" (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"
)

var validConfigs = []validCase{
	{
		name:   "without a spec",
		config: "apiVersion: checksum.proompteng.ai/v1alpha1\nkind: ChecksumAnnotator",
		want: config.Spec{
			Enabled:          false,
			Scope:            config.Referenced,
			KeyScope:         config.AllKeys,
			OnMissing:        config.HashName,
			AnnotationPrefix: "checksum",
			Path:             "spec",
		},
	},
	{
		name:   "null as the spec",
		config: own(`null`),
		want:   defaults("spec"),
	},
	{
		name:   "null as metadata",
		config: "{apiVersion: checksum.proompteng.ai/v1alpha1, kind: ChecksumAnnotator, metadata: null}",
		want:   defaults("spec"),
	},
	{
		name:   "an empty spec",
		config: own(`{}`),
		want:   defaults("spec"),
	},
	{
		name: "null in every field",
		config: own(`
enabled: null
secrets: null
configMaps: null
workloads: null
scope: null
keyScope: null
onMissing: null
annotationPrefix: null
salt: null
saltEnv: null
podTemplates: null
producers: null
`),
		want: defaults("spec"),
	},
	{
		name: "empty lists and strings",
		config: own(`
secrets: []
configMaps: []
workloads: []
salt: ""
saltEnv: ""
podTemplates: []
producers: []
`),
		want: defaults("spec"),
	},
	{
		name: "metadata",
		config: `
apiVersion: checksum.proompteng.ai/v1alpha1
kind: ChecksumAnnotator
metadata:
  name: rollout-checksums
  annotations:
    config.kubernetes.io/function: "exec: {path: checksum-annotator}"
`,
		want: defaults("spec"),
	},
	{
		name: "names as allowlists",
		config: own(`
enabled: true
secrets:
- agents-github-token-env
- registry.example.com
configMaps:
- agents-runtime-config
`),
		want: with("spec", func(s *config.Spec) {
			s.Enabled = true
			s.Secrets = []config.Source{
				{Kind: config.Secret, Name: "agents-github-token-env", OnMissing: config.HashName, Scope: config.Referenced, Path: "spec.secrets[0]"},
				{Kind: config.Secret, Name: "registry.example.com", OnMissing: config.HashName, Scope: config.Referenced, Path: "spec.secrets[1]"},
			}
			s.ConfigMaps = []config.Source{
				{Kind: config.ConfigMap, Name: "agents-runtime-config", OnMissing: config.HashName, Scope: config.Referenced, Path: "spec.configMaps[0]"},
			}
		}),
	},
	{
		name: "objects as entries",
		config: own(`
secrets:
- name: jangar-db-app
  namespace: agents
  keys: [uri, .pgpass, TLS_KEY]
  checksum: ` + checksum + `
  onMissing: Fail
configMaps:
- name: agents-runtime-config
`),
		want: with("spec", func(s *config.Spec) {
			s.Secrets = []config.Source{{
				Kind:      config.Secret,
				Name:      "jangar-db-app",
				Namespace: "agents",
				Keys:      []string{"uri", ".pgpass", "TLS_KEY"},
				Checksum:  checksum,
				OnMissing: config.Fail,
				Scope:     config.Referenced,
				Path:      "spec.secrets[0]",
			}}
			s.ConfigMaps = []config.Source{
				{Kind: config.ConfigMap, Name: "agents-runtime-config", OnMissing: config.HashName, Scope: config.Referenced, Path: "spec.configMaps[0]"},
			}
		}),
	},
	{
		name:   "null and empty text in the optional fields of an entry",
		config: own(`secrets: [{name: a, namespace: null, keys: null, checksum: null, onMissing: null}, {name: b, namespace: "", keys: [], checksum: "", onMissing: ""}]`),
		want: with("spec", func(s *config.Spec) {
			s.Secrets = []config.Source{
				{Kind: config.Secret, Name: "a", OnMissing: config.HashName, Scope: config.Referenced, Path: "spec.secrets[0]"},
				{Kind: config.Secret, Name: "b", OnMissing: config.HashName, Scope: config.Referenced, Path: "spec.secrets[1]"},
			}
		}),
	},
	{
		name: "onMissing of an entry overrides that of the spec",
		config: own(`
onMissing: Skip
secrets: [a, {name: b, onMissing: HashName}]
configMaps: [{name: a, onMissing: Fail}, {name: b}]
`),
		want: with("spec", func(s *config.Spec) {
			s.OnMissing = config.Skip
			s.Secrets = []config.Source{
				{Kind: config.Secret, Name: "a", OnMissing: config.Skip, Scope: config.Referenced, Path: "spec.secrets[0]"},
				{Kind: config.Secret, Name: "b", OnMissing: config.HashName, Scope: config.Referenced, Path: "spec.secrets[1]"},
			}
			s.ConfigMaps = []config.Source{
				{Kind: config.ConfigMap, Name: "a", OnMissing: config.Fail, Scope: config.Referenced, Path: "spec.configMaps[0]"},
				{Kind: config.ConfigMap, Name: "b", OnMissing: config.Skip, Scope: config.Referenced, Path: "spec.configMaps[1]"},
			}
		}),
	},
	{
		name: "scope and workloads of an entry",
		config: own(`
scope: All
secrets: [a, {name: b, scope: Referenced, workloads: [{kind: Deployment}]}]
configMaps: [{name: a, scope: All, allowEmpty: true}, {name: b, scope: "", workloads: []}]
`),
		want: with("spec", func(s *config.Spec) {
			s.Scope = config.All
			s.Secrets = []config.Source{
				{Kind: config.Secret, Name: "a", OnMissing: config.HashName, Scope: config.All, Path: "spec.secrets[0]"},
				{Kind: config.Secret, Name: "b", OnMissing: config.HashName, Scope: config.Referenced, Workloads: []config.Selector{{Kind: "Deployment"}}, Path: "spec.secrets[1]"},
			}
			s.ConfigMaps = []config.Source{
				{Kind: config.ConfigMap, Name: "a", OnMissing: config.HashName, AllowEmpty: true, Scope: config.All, Path: "spec.configMaps[0]"},
				{Kind: config.ConfigMap, Name: "b", OnMissing: config.HashName, Scope: config.All, Path: "spec.configMaps[1]"},
			}
		}),
	},
	{
		name:   "one name in several namespaces, and in both lists",
		config: own(`{secrets: [a, {name: a, namespace: x}, {name: a, namespace: y}], configMaps: [a]}`),
		want: with("spec", func(s *config.Spec) {
			s.Secrets = []config.Source{
				{Kind: config.Secret, Name: "a", OnMissing: config.HashName, Scope: config.Referenced, Path: "spec.secrets[0]"},
				{Kind: config.Secret, Name: "a", Namespace: "x", OnMissing: config.HashName, Scope: config.Referenced, Path: "spec.secrets[1]"},
				{Kind: config.Secret, Name: "a", Namespace: "y", OnMissing: config.HashName, Scope: config.Referenced, Path: "spec.secrets[2]"},
			}
			s.ConfigMaps = []config.Source{
				{Kind: config.ConfigMap, Name: "a", OnMissing: config.HashName, Scope: config.Referenced, Path: "spec.configMaps[0]"},
			}
		}),
	},
	{
		name:   "a checksum as it was written",
		config: own(`secrets: [{name: a, checksum: ` + strings.ToUpper(checksum) + `}, {name: b, checksum: "` + strings.Repeat("1", 64) + `"}]`),
		want: with("spec", func(s *config.Spec) {
			s.Secrets = []config.Source{
				{Kind: config.Secret, Name: "a", Checksum: strings.ToUpper(checksum), OnMissing: config.HashName, Scope: config.Referenced, Path: "spec.secrets[0]"},
				{Kind: config.Secret, Name: "b", Checksum: strings.Repeat("1", 64), OnMissing: config.HashName, Scope: config.Referenced, Path: "spec.secrets[1]"},
			}
		}),
	},
	{
		name:   "the longest names",
		config: own(`secrets: [{name: ` + strings.Repeat("n", 253) + `, namespace: ` + strings.Repeat("s", 63) + `, keys: [` + strings.Repeat("k", 253) + `]}]`),
		want: with("spec", func(s *config.Spec) {
			s.Secrets = []config.Source{{
				Kind:      config.Secret,
				Name:      strings.Repeat("n", 253),
				Namespace: strings.Repeat("s", 63),
				Keys:      []string{strings.Repeat("k", 253)},
				OnMissing: config.HashName,
				Scope:     config.Referenced,
				Path:      "spec.secrets[0]",
			}}
		}),
	},
	{
		name: "selectors",
		config: own(`
workloads:
- group: apps
  version: v1
  kind: Deployment|StatefulSet
  name: agents(-controllers)?
  namespace: agents
  labelSelector: app in (agents, jangar),!canary
  annotationSelector: example.com/checksums=true
- kind: DaemonSet
- {}
- {group: null, version: null, kind: null, name: null, namespace: null, labelSelector: null, annotationSelector: ""}
`),
		want: with("spec", func(s *config.Spec) {
			s.Workloads = []config.Selector{
				{
					Group:              "apps",
					Version:            "v1",
					Kind:               "Deployment|StatefulSet",
					Name:               "agents(-controllers)?",
					Namespace:          "agents",
					LabelSelector:      "app in (agents, jangar),!canary",
					AnnotationSelector: "example.com/checksums=true",
				},
				{Kind: "DaemonSet"},
				{},
				{},
			}
		}),
	},
	{
		name:   "scope",
		config: own(`{scope: All, keyScope: All, onMissing: Fail}`),
		want: with("spec", func(s *config.Spec) {
			s.Scope = config.All
			s.OnMissing = config.Fail
		}),
	},
	{
		name:   "an annotation prefix",
		config: own(`annotationPrefix: checksum.example.com`),
		want:   with("spec", func(s *config.Spec) { s.AnnotationPrefix = "checksum.example.com" }),
	},
	{
		name: "pod templates",
		config: own(`
podTemplates:
- {group: ray.io, kind: RayCluster, path: spec.headGroupSpec.template}
- {group: ray.io, kind: RayCluster, path: "spec.workerGroupSpecs[].template"}
- {kind: PodTemplate, path: template}
- {group: "", kind: Other, path: "pod_templates[]"}
- {group: null, kind: Third, path: template}
`),
		want: with("spec", func(s *config.Spec) {
			s.PodTemplates = []config.PodTemplate{
				{Group: "ray.io", Kind: "RayCluster", Path: "spec.headGroupSpec.template"},
				{Group: "ray.io", Kind: "RayCluster", Path: "spec.workerGroupSpecs[].template"},
				{Kind: "PodTemplate", Path: "template"},
				{Kind: "Other", Path: "pod_templates[]"},
				{Kind: "Third", Path: "template"},
			}
		}),
	},
	{
		name: "annotations and what pods read",
		config: own(`
podTemplates:
- {kind: A, annotations: spec.podMetadata.annotations, podSpecs: [spec], containers: [spec.agent, "spec.sidecars[]"], secrets: ["spec.secrets[]", spec.tls], configMaps: ["spec.configMaps[]"]}
- {kind: A, annotations: "spec.pools.*.annotations", path: "", podSpecs: ["spec.pools.*"], containers: null, secrets: []}
- {kind: A, annotations: annotations, path: null, configMaps: ["*"]}
- {kind: A, path: "spec.pools.*.template", annotations: "", secrets: ["spec.pools.*.secret"]}
`),
		want: with("spec", func(s *config.Spec) {
			s.PodTemplates = []config.PodTemplate{
				{
					Kind: "A", Annotations: "spec.podMetadata.annotations",
					PodSpecs: []string{"spec"}, Containers: []string{"spec.agent", "spec.sidecars[]"},
					Secrets: []string{"spec.secrets[]", "spec.tls"}, ConfigMaps: []string{"spec.configMaps[]"},
				},
				{Kind: "A", Annotations: "spec.pools.*.annotations", PodSpecs: []string{"spec.pools.*"}, Secrets: []string{}},
				{Kind: "A", Annotations: "annotations", ConfigMaps: []string{"*"}},
				{Kind: "A", Path: "spec.pools.*.template", Secrets: []string{"spec.pools.*.secret"}},
			}
		}),
	},
}

var validConfigMaps = []validCase{
	{
		name:   "without data",
		config: "{apiVersion: v1, kind: ConfigMap}",
		want:   defaults("data"),
	},
	{
		name:   "empty data",
		config: configMap(`{}`),
		want:   defaults("data"),
	},
	{
		name:   "null in every field",
		config: configMap(`{enabled: null, secrets: null, configMaps: null, scope: null, onMissing: null, annotationPrefix: null}`),
		want:   defaults("data"),
	},
	{
		name:   "empty lists",
		config: configMap(`{secrets: "", configMaps: ", ,", salt: ""}`),
		want:   defaults("data"),
	},
	{
		name: "other fields of a ConfigMap",
		config: `
apiVersion: v1
kind: ConfigMap
metadata:
  name: function-input
immutable: true
data:
  enabled: "true"
`,
		want: with("data", func(s *config.Spec) { s.Enabled = true }),
	},
	{
		name:   "every scalar",
		config: configMap(`{enabled: "true", scope: All, keyScope: All, onMissing: Skip, annotationPrefix: example.com}`),
		want: with("data", func(s *config.Spec) {
			s.Enabled = true
			s.Scope = config.All
			s.OnMissing = config.Skip
			s.AnnotationPrefix = "example.com"
		}),
	},
	{
		name:   "disabled",
		config: configMap(`{enabled: "false", secrets: a}`),
		want: with("data", func(s *config.Spec) {
			s.Secrets = []config.Source{
				{Kind: config.Secret, Name: "a", OnMissing: config.HashName, Scope: config.Referenced, Path: "data.secrets[0]"},
			}
		}),
	},
	{
		name: "lists separated by commas and newlines",
		config: configMap(`
secrets: a,agents/b , c
configMaps: |
  agents/a

  b,agents/c,
onMissing: Fail
`),
		want: with("data", func(s *config.Spec) {
			s.OnMissing = config.Fail
			s.Secrets = []config.Source{
				{Kind: config.Secret, Name: "a", OnMissing: config.Fail, Scope: config.Referenced, Path: "data.secrets[0]"},
				{Kind: config.Secret, Name: "b", Namespace: "agents", OnMissing: config.Fail, Scope: config.Referenced, Path: "data.secrets[1]"},
				{Kind: config.Secret, Name: "c", OnMissing: config.Fail, Scope: config.Referenced, Path: "data.secrets[2]"},
			}
			s.ConfigMaps = []config.Source{
				{Kind: config.ConfigMap, Name: "a", Namespace: "agents", OnMissing: config.Fail, Scope: config.Referenced, Path: "data.configMaps[0]"},
				{Kind: config.ConfigMap, Name: "b", OnMissing: config.Fail, Scope: config.Referenced, Path: "data.configMaps[1]"},
				{Kind: config.ConfigMap, Name: "c", Namespace: "agents", OnMissing: config.Fail, Scope: config.Referenced, Path: "data.configMaps[2]"},
			}
		}),
	},
	{
		name:   "lines with carriage returns",
		config: configMap(`secrets: "a\r\nagents/b\r\n"`),
		want: with("data", func(s *config.Spec) {
			s.Secrets = []config.Source{
				{Kind: config.Secret, Name: "a", OnMissing: config.HashName, Scope: config.Referenced, Path: "data.secrets[0]"},
				{Kind: config.Secret, Name: "b", Namespace: "agents", OnMissing: config.HashName, Scope: config.Referenced, Path: "data.secrets[1]"},
			}
		}),
	},
}

var invalidConfigs = []invalidCase{
	{
		name:   "no apiVersion",
		config: "kind: ChecksumAnnotator",
		want:   []string{`apiVersion: Unsupported value: supported values: "checksum.proompteng.ai/v1alpha1"`},
	},
	{
		name:   "another apiVersion",
		config: "{apiVersion: checksum.proompteng.ai/v2, kind: ChecksumAnnotator}",
		want:   []string{`apiVersion: Unsupported value: supported values: "checksum.proompteng.ai/v1alpha1"`},
	},
	{
		name:   "a number as apiVersion",
		config: "{apiVersion: 1, kind: ChecksumAnnotator}",
		want:   []string{`apiVersion: Unsupported value: supported values: "checksum.proompteng.ai/v1alpha1"`},
	},
	{
		name: "unknown fields beside the spec",
		config: `
apiVersion: checksum.proompteng.ai/v1alpha1
kind: ChecksumAnnotator
Spec: {}
data: {}
secrets: [a]
`,
		want: []string{
			"Spec: Forbidden: " + anObjectField,
			"data: Forbidden: " + anObjectField,
			"secrets: Forbidden: " + anObjectField,
		},
	},
	{
		name:   "unknown fields in the spec",
		config: own(`{Enabled: true, secret: [a], config-maps: null}`),
		want: []string{
			"spec.Enabled: Forbidden: " + aSpecField,
			"spec.config-maps: Forbidden: " + aSpecField,
			"spec.secret: Forbidden: " + aSpecField,
		},
	},
	{
		name:   "unknown fields in an entry",
		config: own(`{secrets: [a, {name: b, key: uri}], configMaps: [{name: a, kind: ConfigMap, path: x}]}`),
		want: []string{
			"spec.configMaps[0].kind: Forbidden: " + anEntryField,
			"spec.configMaps[0].path: Forbidden: " + anEntryField,
			"spec.secrets[1].key: Forbidden: " + anEntryField,
		},
	},
	{
		name:   "an unknown field in a selector",
		config: own(`workloads: [{kind: Deployment, labels: a=b}]`),
		want:   []string{"spec.workloads[0].labels: Forbidden: " + aSelectorField},
	},
	{
		name:   "an unknown field in a pod template",
		config: own(`podTemplates: [{kind: A, path: spec.template, version: v1}]`),
		want:   []string{"spec.podTemplates[0].version: Forbidden: " + aPodTemplateField},
	},
	{
		name:   "a list as the spec",
		config: own(`[enabled]`),
		want:   []string{"spec: Invalid value: must be a mapping, not a list"},
	},
	{
		name:   "text as the spec",
		config: own(`enabled`),
		want:   []string{`spec: Invalid value: must be a mapping, not a string`},
	},
	{
		name:   "other types than a boolean",
		config: own(`enabled: "true"`),
		want:   []string{`spec.enabled: Invalid value: must be true or false, not a string`},
	},
	{
		name:   "numbers",
		config: own(`{enabled: 1, secrets: 1, scope: 1, onMissing: 1.5, annotationPrefix: 18446744073709551615}`),
		want: []string{
			"spec.annotationPrefix: Invalid value: " + aString + ", not a number",
			"spec.enabled: Invalid value: must be true or false, not a number",
			"spec.onMissing: Invalid value: " + aString + ", not a number",
			"spec.scope: Invalid value: " + aString + ", not a number",
			"spec.secrets: Invalid value: must be a list, not a number",
		},
	},
	{
		name:   "no lists",
		config: own(`{secrets: a, configMaps: {name: a}, workloads: {kind: Deployment}, podTemplates: true, producers: a}`),
		want: []string{
			"spec.configMaps: Invalid value: must be a list, not a mapping",
			"spec.podTemplates: Invalid value: must be a list, not a boolean",
			`spec.producers: Invalid value: must be a list, not a string`,
			`spec.secrets: Invalid value: must be a list, not a string`,
			"spec.workloads: Invalid value: must be a list, not a mapping",
		},
	},
	{
		name:   "lists and mappings as text",
		config: own(`{scope: [All], keyScope: {All: true}, onMissing: false}`),
		want: []string{
			"spec.keyScope: Invalid value: " + aString + ", not a mapping",
			"spec.onMissing: Invalid value: " + aString + ", not a boolean",
			"spec.scope: Invalid value: " + aString + ", not a list",
		},
	},
	{
		name:   "a wrong type in the same name twice",
		config: own(`{secrets: [a, {name: a, namespace: 5}], podTemplates: [{kind: 5, path: spec.template}, {kind: true, path: spec.template}]}`),
		want: []string{
			"spec.podTemplates[0].kind: Invalid value: " + aString + ", not a number",
			"spec.podTemplates[1].kind: Invalid value: " + aString + ", not a boolean",
			"spec.secrets[1].namespace: Invalid value: " + aString + ", not a number",
		},
	},
	{
		name:   "no mapping as metadata",
		config: "{apiVersion: checksum.proompteng.ai/v1alpha1, kind: ChecksumAnnotator, metadata: rollout-checksums}",
		want:   []string{"metadata: Invalid value: must be a mapping, not a string"},
	},
	{
		name:   "a number as an entry",
		config: own(`secrets: [5]`),
		want: []string{
			"spec.secrets[0]: Invalid value: " + anEntry + ", not a number",
		},
	},
	{
		name:   "a list as an entry",
		config: own(`secrets: [[a]]`),
		want: []string{
			"spec.secrets[0]: Invalid value: " + anEntry + ", not a list",
		},
	},
	{
		name:   "wrong types in an entry",
		config: own(`secrets: [{name: a, namespace: 5, keys: uri, checksum: 1111111111111111111111111111111111111111111111111111111111111111, onMissing: [Fail]}]`),
		want: []string{
			"spec.secrets[0].checksum: Invalid value: " + aString + ", not a number",
			`spec.secrets[0].keys: Invalid value: must be a list, not a string`,
			"spec.secrets[0].namespace: Invalid value: " + aString + ", not a number",
			"spec.secrets[0].onMissing: Invalid value: " + aString + ", not a list",
		},
	},
	{
		name:   "wrong types in a selector",
		config: own(`workloads: [{group: 1, kind: [Deployment], labelSelector: {app: agents}}, Deployment]`),
		want: []string{
			"spec.workloads[0].group: Invalid value: " + aString + ", not a number",
			"spec.workloads[0].kind: Invalid value: " + aString + ", not a list",
			"spec.workloads[0].labelSelector: Invalid value: " + aString + ", not a mapping",
			`spec.workloads[1]: Invalid value: must be a mapping, not a string`,
		},
	},
	{
		name:   "wrong types in a pod template",
		config: own(`podTemplates: [{group: 5, kind: A, path: spec.template}]`),
		want:   []string{"spec.podTemplates[0].group: Invalid value: " + aString + ", not a number"},
	},
	{
		name:   "null as an entry",
		config: own(`{secrets: [a, null], configMaps: [null]}`),
		want: []string{
			"spec.configMaps[0]: Invalid value: " + anEntry + ", not null",
			"spec.secrets[1]: Invalid value: " + anEntry + ", not null",
		},
	},
	{
		name:   "null as a key",
		config: own(`secrets: [{name: a, keys: [uri, null]}]`),
		want: []string{
			"spec.secrets[0].keys[1]: Invalid value: " + aString + ", not null",
		},
	},
	{
		name:   "null as a selector",
		config: own(`workloads: [null]`),
		want:   []string{"spec.workloads[0]: Invalid value: must be a mapping, not null"},
	},
	{
		name:   "null as a pod template",
		config: own(`podTemplates: [null]`),
		want: []string{
			"spec.podTemplates[0]: Invalid value: must be a mapping, not null",
		},
	},
	{
		name:   "entries without a name",
		config: own(`{secrets: [{}, {name: ""}, {name: null}, "", {namespace: agents}]}`),
		want: []string{
			"spec.secrets[0].name: Required value: the name of the object, or else a labelSelector",
			"spec.secrets[1].name: Required value: the name of the object, or else a labelSelector",
			"spec.secrets[2].name: Required value: the name of the object, or else a labelSelector",
			"spec.secrets[3].name: Required value: the name of the object, or else a labelSelector",
			"spec.secrets[4].name: Required value: the name of the object, or else a labelSelector",
		},
	},
	{
		name:   "the same name twice",
		config: own(`{secrets: [a, b, a], configMaps: [a, {name: a}, {name: a, namespace: ""}]}`),
		want: []string{
			`spec.secrets[2]: Duplicate value: "a"`,
			`spec.configMaps[1]: Duplicate value: "a"`,
			`spec.configMaps[2]: Duplicate value: "a"`,
		},
		schemaAccepts: sameIdentity,
	},
	{
		name:          "the same name in a namespace twice",
		config:        own(`secrets: [{name: a, namespace: agents}, {name: a, namespace: agents, keys: [uri]}]`),
		want:          []string{`spec.secrets[1]: Duplicate value: "agents/a"`},
		schemaAccepts: sameIdentity,
	},
	{
		name:   "the same key twice",
		config: own(`secrets: [{name: a, keys: [uri, password, uri]}]`),
		want:   []string{`spec.secrets[0].keys[2]: Duplicate value: "uri"`},
	},
	{
		name:          "the same pod template twice",
		config:        own(`podTemplates: [{kind: A, path: spec.template}, {group: "", kind: A, path: spec.template}]`),
		want:          []string{`spec.podTemplates[1]: Duplicate value`},
		schemaAccepts: sameIdentity,
	},
	{
		name:   "names that no object can have",
		config: own(`{secrets: [Agents, agents_db, agents/db, {name: -a}], configMaps: ["a b", a..b]}`),
		want: []string{
			`spec.secrets[0].name: Invalid value: ` + aSubdomain,
			`spec.secrets[1].name: Invalid value: ` + aSubdomain,
			`spec.secrets[2].name: Invalid value: ` + aNameAlone,
			`spec.secrets[3].name: Invalid value: ` + aSubdomain,
			`spec.configMaps[0].name: Invalid value: ` + aSubdomain,
			`spec.configMaps[1].name: Invalid value: ` + aSubdomain,
		},
	},
	{
		name:   "names with patterns",
		config: own(`{secrets: ["db-*"], configMaps: [{name: "db-?"}]}`),
		want: []string{
			`spec.secrets[0].name: Invalid value: ` + aWholeName,
			`spec.configMaps[0].name: Invalid value: ` + aWholeName,
		},
	},
	{
		name:   "values in the places of fields",
		config: `{apiVersion: checksum.proompteng.ai/v1alpha1, kind: ChecksumAnnotator, spec: {salt:hunter2, secrets: [{name: a, keys:hunter2}]}}`,
		want: []string{
			"spec: Forbidden: " + noField + strings.TrimPrefix(aSpecField, "there is no such field; there are "),
			"spec.secrets[0]: Forbidden: " + noField + strings.TrimPrefix(anEntryField, "there is no such field; there are "),
		},
	},
	{
		name:   "values in the places of names",
		config: own(`{secrets: [a=hunter2, {name: a, namespace: "b:hunter2", keys: ["c=hunter2", "c=hunter2"]}, a=hunter2]}`),
		want: []string{
			"spec.secrets[0].name: Invalid value: " + aSubdomain,
			"spec.secrets[1].namespace: Invalid value: " + aLabel,
			"spec.secrets[1].keys[0]: Invalid value: " + aKey,
			"spec.secrets[1].keys[1]: Invalid value: " + aKey,
			"spec.secrets[1].keys[1]: Duplicate value",
			"spec.secrets[2].name: Invalid value: " + aSubdomain,
			"spec.secrets[2]: Duplicate value",
		},
	},
	{
		name:   "a name with a line break",
		config: own(`secrets: ["a\n"]`),
		want:   []string{`spec.secrets[0].name: Invalid value: ` + aSubdomain},
	},
	{
		name:   "a name that is too long",
		config: own(`secrets: [` + strings.Repeat("n", 254) + `]`),
		want:   []string{`spec.secrets[0].name: Invalid value: must be no more than 253 characters`},
	},
	{
		name:   "namespaces that cannot be",
		config: own(`secrets: [{name: a, namespace: a.b}, {name: a, namespace: Agents}]`),
		want: []string{
			`spec.secrets[0].namespace: Invalid value: must not contain dots`,
			`spec.secrets[1].namespace: Invalid value: ` + aLabel,
		},
	},
	{
		name:   "a namespace that is too long",
		config: own(`secrets: [{name: a, namespace: ` + strings.Repeat("s", 64) + `}]`),
		want:   []string{`spec.secrets[0].namespace: Invalid value: must be no more than 63 characters`},
	},
	{
		name:   "keys that cannot be",
		config: own(`secrets: [{name: a, keys: ["", tls/key, "."]}, {name: b, keys: [..]}, {name: c, keys: [..data]}]`),
		want: []string{
			`spec.secrets[0].keys[0]: Invalid value: ` + aKey,
			`spec.secrets[0].keys[1]: Invalid value: ` + aKey,
			`spec.secrets[0].keys[2]: Invalid value: must not be '.'`,
			`spec.secrets[1].keys[0]: Invalid value: must not be '..'`,
			`spec.secrets[2].keys[0]: Invalid value: must not start with '..'`,
		},
	},
	{
		name:   "a key that is too long",
		config: own(`secrets: [{name: a, keys: [` + strings.Repeat("k", 254) + `]}]`),
		want:   []string{`spec.secrets[0].keys[0]: Invalid value: must be no more than 253 characters`},
	},
	{
		name:   "a checksum that is too short",
		config: own(`secrets: [{name: a, checksum: abc}]`),
		want:   []string{`spec.secrets[0].checksum: Invalid value: ` + aChecksum},
	},
	{
		name:   "a checksum that is too long",
		config: own(`secrets: [{name: a, checksum: ` + checksum + `0}]`),
		want:   []string{`spec.secrets[0].checksum: Invalid value: ` + aChecksum},
	},
	{
		name:   "a checksum that is not hexadecimal",
		config: own(`secrets: [{name: a, checksum: ` + strings.Repeat("g", 64) + `}]`),
		want:   []string{`spec.secrets[0].checksum: Invalid value: ` + aChecksum},
	},
	{
		name:   "a checksum with its algorithm",
		config: own(`secrets: [{name: a, checksum: "sha256:` + checksum + `"}]`),
		want:   []string{`spec.secrets[0].checksum: Invalid value: ` + aChecksum},
	},
	{
		name:   "regular expressions that do not compile",
		config: own(`workloads: [{group: "[", version: "*", kind: "(", name: "a{2,1}", namespace: "a)|(b"}]`),
		want: []string{
			"spec.workloads[0].group: Invalid value: must be a regular expression: missing closing ]",
			"spec.workloads[0].version: Invalid value: must be a regular expression: missing argument to repetition operator",
			"spec.workloads[0].kind: Invalid value: must be a regular expression: missing closing )",
			"spec.workloads[0].name: Invalid value: must be a regular expression: invalid repeat count",
			"spec.workloads[0].namespace: Invalid value: must be a regular expression: unexpected )",
		},
	},
	{
		name:          "a regular expression with an open quotation",
		config:        own(`workloads: [{name: '\Qagents'}]`),
		want:          []string{"spec.workloads[0].name: Invalid value: must be a regular expression: missing closing )"},
		schemaAccepts: "the quotation is closed by the end of the expression",
	},
	{
		name:          "a label selector that does not parse",
		config:        own(`workloads: [{labelSelector: "app in (agents"}]`),
		want:          []string{`spec.workloads[0].labelSelector: Invalid value: must be a label selector, like key=value, key in (a,b) or !key`},
		schemaAccepts: labelSyntax,
	},
	{
		name:          "an annotation selector that does not parse",
		config:        own(`workloads: [{annotationSelector: "=="}]`),
		want:          []string{`spec.workloads[0].annotationSelector: Invalid value: must be a label selector, like key=value, key in (a,b) or !key`},
		schemaAccepts: labelSyntax,
	},
	{
		name:   "scopes that there are not",
		config: own(`{scope: referenced, keyScope: None}`),
		want: []string{
			`spec.scope: Unsupported value: supported values: "Referenced", "All"`,
			`spec.keyScope: Unsupported value: supported values: "All", "Used"`,
		},
	},
	{
		name:   "empty text as a choice",
		config: own(`{scope: "", keyScope: "", onMissing: ""}`),
		want: []string{
			`spec.scope: Unsupported value: supported values: "Referenced", "All"`,
			`spec.keyScope: Unsupported value: supported values: "All", "Used"`,
			`spec.onMissing: Unsupported value: ` + anOnMissing,
		},
	},
	{
		name:   "settings of an entry that there are not",
		config: own(`{secrets: [{name: a, scope: all, allowEmpty: "yes", workloads: {kind: Deployment}}, {name: b, workloads: [{kind: "("}, {nam: x}]}]}`),
		want: []string{
			`spec.secrets[0].allowEmpty: Invalid value: must be true or false, not a string`,
			"spec.secrets[0].workloads: Invalid value: must be a list, not a mapping",
			"spec.secrets[1].workloads[1].nam: Forbidden: " + aSelectorField,
			`spec.secrets[0].scope: Unsupported value: supported values: "Referenced", "All"`,
			"spec.secrets[1].workloads[0].kind: Invalid value: must be a regular expression: missing closing )",
		},
	},
	{
		name:   "onMissing that there is not",
		config: own(`{onMissing: Ignore, secrets: [{name: a, onMissing: fail}]}`),
		want: []string{
			`spec.secrets[0].onMissing: Unsupported value: ` + anOnMissing,
			`spec.onMissing: Unsupported value: ` + anOnMissing,
		},
	},
	{
		name:   "an annotation prefix with a slash",
		config: own(`annotationPrefix: checksum/secret`),
		want:   []string{`spec.annotationPrefix: Invalid value: ` + aSubdomain},
	},
	{
		name:   "an empty annotation prefix",
		config: own(`annotationPrefix: ""`),
		want:   []string{`spec.annotationPrefix: Invalid value: ` + aSubdomain},
	},
	{
		name:   "an annotation prefix that is too long",
		config: own(`annotationPrefix: ` + strings.Repeat("p", 254)),
		want:   []string{`spec.annotationPrefix: Invalid value: must be no more than 253 characters`},
	},
	{
		name:   "pod templates without kind and path",
		config: own(`podTemplates: [{}, {}]`),
		want: []string{
			"spec.podTemplates[0].kind: Required value: " + aKind,
			"spec.podTemplates[0].path: Required value: " + aPath,
			"spec.podTemplates[1].kind: Required value: " + aKind,
			"spec.podTemplates[1].path: Required value: " + aPath,
		},
	},
	{
		name:   "a pod template with null for kind and path",
		config: own(`podTemplates: [{kind: null, path: null}]`),
		want: []string{
			"spec.podTemplates[0].kind: Required value: " + aKind,
			"spec.podTemplates[0].path: Required value: " + aPath,
		},
	},
	{
		name:   "a pod template that cannot be",
		config: own(`podTemplates: [{group: Ray, kind: ray-cluster, path: "spec..template"}, {kind: A, path: "workers[0].template"}, {kind: A, path: /spec/template}]`),
		want: []string{
			`spec.podTemplates[0].group: Invalid value: ` + aSubdomain,
			`spec.podTemplates[0].kind: Invalid value: ` + aKind,
			`spec.podTemplates[0].path: Invalid value: ` + aPath,
			`spec.podTemplates[1].path: Invalid value: ` + aPath,
			`spec.podTemplates[2].path: Invalid value: ` + aPath,
		},
	},
	{
		name: "annotations of pods that cannot be",
		config: own(`podTemplates:
- {kind: A, annotations: "spec.pods[]", secrets: [spec..a]}
- {kind: A, annotations: "spec.pods.*", podSpecs: ["*[]", "a*"], containers: [""], configMaps: ["{}"]}
`),
		want: []string{
			`spec.podTemplates[0].secrets[0]: Invalid value: ` + aFurtherPath,
			`spec.podTemplates[0].annotations: Invalid value: ` + anAnnotationsPath,
			`spec.podTemplates[1].podSpecs[0]: Invalid value: ` + aFurtherPath,
			`spec.podTemplates[1].podSpecs[1]: Invalid value: ` + aFurtherPath,
			`spec.podTemplates[1].containers[0]: Required value: ` + aFurtherPath,
			`spec.podTemplates[1].configMaps[0]: Invalid value: ` + aFurtherPath,
			`spec.podTemplates[1].annotations: Invalid value: ` + anAnnotationsPath,
		},
	},
	{
		name:   "annotations of pods that read nothing",
		config: own(`podTemplates: [{kind: A, annotations: a}, {kind: B, annotations: a, secrets: [], podSpecs: null}]`),
		want: []string{
			"spec.podTemplates[0].podSpecs: Required value: what the pods read is at podSpecs, containers, secrets or configMaps",
			"spec.podTemplates[1].podSpecs: Required value: what the pods read is at podSpecs, containers, secrets or configMaps",
		},
	},
	{
		name:   "annotations beside a pod template",
		config: own(`podTemplates: [{kind: A, annotations: a, path: b, secrets: [c]}]`),
		want:   []string{"spec.podTemplates[0].annotations: Forbidden: a pod template at path has its own annotations: give one of the two"},
	},
	{
		name:          "the same annotations twice",
		config:        own(`podTemplates: [{kind: A, annotations: a, secrets: [b]}, {kind: A, annotations: a, secrets: [c]}]`),
		want:          []string{`spec.podTemplates[1]: Duplicate value`},
		schemaAccepts: sameIdentity,
	},
	{
		name:   "a producer that cannot be",
		config: own(`producers: [{}, {group: A, kind: a-b, produces: Pod, name: "a[0]", namespace: "a{}", content: [a, "a{}.b", "[k]", 1]}, {kind: A, content: [""]}]`),
		want: []string{
			"spec.producers[1].content[3]: Invalid value: " + aString + ", not a number",
			"spec.producers[0].kind: Required value: " + aProducer,
			"spec.producers[0].content: Required value: the fields that decide the data of what is produced, like spec.data",
			`spec.producers[1].group: Invalid value: ` + aSubdomain,
			`spec.producers[1].kind: Invalid value: ` + aProducer,
			`spec.producers[1].produces: Unsupported value: supported values: "Secret", "ConfigMap"`,
			`spec.producers[1].name: Invalid value: ` + aProductName,
			`spec.producers[1].namespace: Invalid value: ` + aProductPath,
			`spec.producers[1].content[1]: Invalid value: ` + aContentPath,
			`spec.producers[1].content[2]: Invalid value: ` + aContentPath,
			"spec.producers[2].content[0]: Required value: " + aContentPath,
		},
	},
	{
		name: "a name made of names that cannot be",
		config: own(`producers: [{kind: A, name: "{}", content: [a]}, {kind: A, name: "{a}{", content: [a]}, {kind: A, name: "{a} b", content: [a]},` +
			` {kind: A, name: "A-{a}", content: [a]}, {kind: A, name: "{a.{b}}", content: [a]}, {kind: A, name: "a-b}", content: [a]}, {kind: A, name: "{a}-{b[0]}", content: [a]}]`),
		want: []string{
			`spec.producers[0].name: Invalid value: ` + aProductName,
			`spec.producers[1].name: Invalid value: ` + aProductName,
			`spec.producers[2].name: Invalid value: ` + aProductName,
			`spec.producers[3].name: Invalid value: ` + aProductName,
			`spec.producers[4].name: Invalid value: ` + aProductName,
			`spec.producers[5].name: Invalid value: ` + aProductName,
			`spec.producers[6].name: Invalid value: ` + aProductName,
		},
	},
	{
		name:   "a name made of names in several lists",
		config: own(`producers: [{kind: A, name: "{spec.a[].name}-{spec.b[].name}", content: [a]}, {kind: A, name: "{spec.a[].name}-{spec.a[].b[].name}", content: [a]}, {kind: A, name: "{spec.a[].name}-{spec.a[].kind}", content: [a]}]`),
		want: []string{
			`spec.producers[0].name: Invalid value: must lead through one list, since each element of it makes a product`,
			`spec.producers[1].name: Invalid value: must lead through one list, since each element of it makes a product`,
		},
		schemaAccepts: "a pattern cannot compare the lists",
	},
	{
		name:          "producers that are the same",
		config:        own(`producers: [{kind: A, name: spec.a, content: [spec.b]}, {kind: A, name: spec.a, content: [spec.c]}, {kind: A, name: spec.a, produces: ConfigMap, content: [spec.c]}]`),
		want:          []string{`spec.producers[1]: Duplicate value`},
		schemaAccepts: sameIdentity,
	},
	{
		name:   "a label selector that is no entry by itself",
		config: own(`secrets: [{name: a, labelSelector: b}, {labelSelector: b, checksum: ` + checksum + `}, {labelSelector: ""}, {labelSelector: 1}]`),
		want: []string{
			"spec.secrets[3].labelSelector: Invalid value: " + aString + ", not a number",
			"spec.secrets[0].labelSelector: Forbidden: an entry has either a name or a labelSelector",
			"spec.secrets[1].checksum: Forbidden: it is that of one object, which the entry has to name",
			"spec.secrets[2].name: Required value: the name of the object, or else a labelSelector",
			"spec.secrets[3].name: Required value: the name of the object, or else a labelSelector",
		},
	},
	{
		name:   "a label selector that means everything",
		config: own(`secrets: [{labelSelector: " "}, {labelSelector: "!a"}, {labelSelector: "a!=b,c notin (d)"}, {labelSelector: ","}]`),
		want: []string{
			`spec.secrets[0].labelSelector: Invalid value: ` + aDemand,
			`spec.secrets[1].labelSelector: Invalid value: ` + aDemand,
			`spec.secrets[2].labelSelector: Invalid value: ` + aDemand,
			`spec.secrets[3].labelSelector: Invalid value: must be a label selector, like key=value, key in (a,b) or !key`,
		},
		schemaAccepts: labelSyntax,
	},
	{
		name:          "label selectors that are the same",
		config:        own(`configMaps: [{labelSelector: a}, {labelSelector: a, namespace: b}, {labelSelector: a, keys: [c]}]`),
		want:          []string{`spec.configMaps[2]: Duplicate value: "a"`},
		schemaAccepts: sameIdentity,
	},
}

var invalidConfigMaps = []invalidCase{
	{
		name:   "unknown fields beside data",
		config: "{apiVersion: v1, kind: ConfigMap, binaryData: {enabled: dHJ1ZQ==}, spec: {enabled: true}}",
		want: []string{
			"binaryData: Forbidden: " + aConfigMapField,
			"spec: Forbidden: " + aConfigMapField,
		},
	},
	{
		name:   "unknown fields in data",
		config: configMap(`{Enabled: "true", spec.enabled: "true"}`),
		want: []string{
			"data.Enabled: Forbidden: there is no such field; " + dataFields,
			"data.spec.enabled: Forbidden: there is no such field; " + dataFields,
		},
	},
	{
		name:   "values in the places of fields and names of data",
		config: configMap(`{secrets: "db,salt=hunter2", "hunter2!": "x", "salt:hunter2": 5, enabled: hunter2, scope: hunter2}`),
		want: []string{
			"data: Invalid value: " + aString + ", not a number",
			`data.enabled: Unsupported value: supported values: "true", "false"`,
			"data: Forbidden: " + noField + strings.TrimPrefix(dataFields, "there are "),
			"data.secrets[1].name: Invalid value: " + aSubdomain,
			`data.scope: Unsupported value: supported values: "Referenced", "All"`,
		},
	},
	{
		name:   "a value in the place of a field of the object",
		config: "{apiVersion: v1, kind: ConfigMap, salt:hunter2, data: {}}",
		want:   []string{"functionConfig: Forbidden: " + noField + "apiVersion, kind, metadata, data, immutable"},
	},
	{
		name:   "a list as data",
		config: configMap(`[enabled]`),
		want:   []string{"data: Invalid value: must be a mapping, not a list"},
	},
	{
		name:   "data that are no strings",
		config: configMap(`{enabled: true, secrets: [a], configMaps: {a: b}, annotationPrefix: 5}`),
		want: []string{
			"data.annotationPrefix: Invalid value: " + aString + ", not a number",
			"data.configMaps: Invalid value: " + aString + ", not a mapping",
			"data.enabled: Invalid value: " + aString + ", not a boolean",
			"data.secrets: Invalid value: " + aString + ", not a list",
		},
	},
	{
		name:   "neither true nor false",
		config: configMap(`enabled: "yes"`),
		want:   []string{`data.enabled: Unsupported value: supported values: "true", "false"`},
	},
	{
		name:   "entries that cannot be",
		config: configMap(`{secrets: "Agents,a/b/c,agents/,/a", configMaps: "a.b/c"}`),
		want: []string{
			`data.secrets[0].name: Invalid value: ` + aSubdomain,
			`data.secrets[1].name: Invalid value: ` + aNameAlone,
			"data.secrets[2].name: Required value: the name of the object, or else a labelSelector",
			`data.secrets[3].name: Invalid value: ` + aNameAlone,
			`data.configMaps[0].namespace: Invalid value: must not contain dots`,
		},
	},
	{
		name:   "the same entry twice",
		config: configMap(`{secrets: "a,b,a", configMaps: "agents/a\nagents/a"}`),
		want: []string{
			`data.secrets[2]: Duplicate value: "a"`,
			`data.configMaps[1]: Duplicate value: "agents/a"`,
		},
	},
	{
		name:   "choices that there are not",
		config: configMap(`{scope: all, keyScope: "", onMissing: fail, annotationPrefix: a/b}`),
		want: []string{
			`data.scope: Unsupported value: supported values: "Referenced", "All"`,
			`data.keyScope: Unsupported value: supported values: "All", "Used"`,
			`data.onMissing: Unsupported value: ` + anOnMissing,
			`data.annotationPrefix: Invalid value: ` + aSubdomain,
		},
	},
	{
		name:   "metadata that are no mapping",
		config: "{apiVersion: v1, kind: ConfigMap, metadata: [a]}",
		want:   []string{"metadata: Invalid value: must be a mapping, not a list"},
	},
	{
		name:   "fields that strings cannot carry",
		config: configMap(`{workloads: "kind=Deployment", producers: a, podTemplates: a, scope: all, enabled: ""}`),
		want: []string{
			`data.enabled: Unsupported value: supported values: "true", "false"`,
			"data.podTemplates: Forbidden: a ConfigMap cannot carry this field: write a ChecksumAnnotator",
			"data.producers: Forbidden: a ConfigMap cannot carry this field: write a ChecksumAnnotator",
			"data.workloads: Forbidden: a ConfigMap cannot carry this field: write a ChecksumAnnotator",
			`data.scope: Unsupported value: supported values: "Referenced", "All"`,
		},
	},
}

func TestLoad(t *testing.T) {
	t.Run("ChecksumAnnotator", func(t *testing.T) { testLoad(t, validConfigs) })
	t.Run("ConfigMap", func(t *testing.T) { testLoad(t, validConfigMaps) })
}

func testLoad(t *testing.T, tests []validCase) {
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			functionConfig := parse(t, test.config)
			spec, errs := config.Load(functionConfig)
			requireErrors(t, errs)
			requireSpec(t, spec, test.want)
			if diff := cmp.Diff(parse(t, test.config), functionConfig); diff != "" {
				t.Errorf("Load changed the functionConfig (-before +after):\n%s", diff)
			}
		})
	}
}

func TestLoadReportsErrors(t *testing.T) {
	t.Run("ChecksumAnnotator", func(t *testing.T) { testLoadReportsErrors(t, invalidConfigs) })
	t.Run("ConfigMap", func(t *testing.T) { testLoadReportsErrors(t, invalidConfigMaps) })
}

func testLoadReportsErrors(t *testing.T, tests []invalidCase) {
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			spec, errs := config.Load(parse(t, test.config))
			requireErrors(t, errs, test.want...)
			requireSpec(t, spec, config.Spec{})
		})
	}
}

func TestLoadAsksForAFunctionConfig(t *testing.T) {
	tests := []struct {
		name   string
		config string
		want   string
	}{
		{"none", ``, "functionConfig: Required value: " + aConfig},
		{"null", `null`, "functionConfig: Required value: " + aConfig},
		{"text", `enabled`, "functionConfig: Required value: " + aConfig},
		{"a list", `[{kind: ChecksumAnnotator}]`, "functionConfig: Required value: " + aConfig},
		{
			"no kind", `{apiVersion: checksum.proompteng.ai/v1alpha1, spec: {}}`,
			`functionConfig: Invalid value: "apiVersion: checksum.proompteng.ai/v1alpha1, kind: (null)": ` + aConfig,
		},
		{
			"no ConfigMap of Kubernetes", `{kind: ConfigMap, apiVersion: 1}`,
			`functionConfig: Invalid value: "apiVersion: (a number), kind: ConfigMap": ` + aConfig,
		},
		{
			"another kind", `{apiVersion: apps/v1, kind: Deployment}`,
			`functionConfig: Invalid value: "apiVersion: apps/v1, kind: Deployment": ` + aConfig,
		},
		{
			"the kind in other letters", `{apiVersion: checksum.proompteng.ai/v1alpha1, kind: checksumAnnotator}`,
			`functionConfig: Invalid value: "apiVersion: checksum.proompteng.ai/v1alpha1, kind: checksumAnnotator": ` + aConfig,
		},
		{
			"a ConfigMap of another group", `{apiVersion: example.com/v1, kind: ConfigMap}`,
			`functionConfig: Invalid value: "apiVersion: example.com/v1, kind: ConfigMap": ` + aConfig,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			spec, errs := config.Load(parse(t, test.config))
			requireErrors(t, errs, test.want)
			requireSpec(t, spec, config.Spec{})
		})
	}
}

// YAML reads these as what JSON does not have.
func TestLoadNamesWhatItCannotRead(t *testing.T) {
	tests := []struct {
		name   string
		config string
		want   string
	}{
		{"a date", own(`secrets: [2026-01-31]`), `spec.secrets[0]: Invalid value: ` + anEntry + ", not a date"},
		{"a number as a field", own(`{1: 2}`), "spec: Invalid value: must be a mapping, not a mapping with a key that is no string"},
		{"a number as a field of an entry", own(`secrets: [{1: 2}]`), "spec.secrets[0]: Invalid value: " + anEntry + ", not a mapping with a key that is no string"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, errs := config.Load(parse(t, test.config))
			requireErrors(t, errs, test.want)
		})
	}
}

func TestLoadReportsAllErrorsAtOnce(t *testing.T) {
	_, errs := config.Load(parse(t, `
apiVersion: checksum.proompteng.ai/v1
kind: ChecksumAnnotator
status: {}
spec:
  enabled: "yes"
  secrets:
  - Agents
  - name: a
    keys: [uri, uri]
    checksum: abc
  - name: a
    namespaces: [b]
  configMaps: agents-runtime-config
  workloads:
  - kind: (
    labelSelector: "=="
  scope: Everything
  annotationPrefix: a/b
  salt: pepper
  podTemplates:
  - kind: A
`))
	requireErrors(t, errs,
		`apiVersion: Unsupported value: supported values: "checksum.proompteng.ai/v1alpha1"`,
		"status: Forbidden: "+anObjectField,
		`spec.configMaps: Invalid value: must be a list, not a string`,
		`spec.enabled: Invalid value: must be true or false, not a string`,
		"spec.secrets[2].namespaces: Forbidden: "+anEntryField,
		`spec.secrets[0].name: Invalid value: `+aSubdomain,
		`spec.secrets[1].keys[1]: Duplicate value: "uri"`,
		`spec.secrets[1].checksum: Invalid value: `+aChecksum,
		`spec.secrets[2]: Duplicate value: "a"`,
		"spec.workloads[0].kind: Invalid value: must be a regular expression: missing closing )",
		`spec.workloads[0].labelSelector: Invalid value: must be a label selector, like key=value, key in (a,b) or !key`,
		`spec.scope: Unsupported value: supported values: "Referenced", "All"`,
		`spec.annotationPrefix: Invalid value: `+aSubdomain,
		"spec.podTemplates[0].path: Required value: "+aPath,
	)
}

func TestLoadNeverShowsASalt(t *testing.T) {
	tests := []struct {
		name   string
		config string
	}{
		{"text beside an error", own(`{salt: hunter2, scope: all}`)},
		{"a list", own(`salt: [hunter2]`)},
		{"a mapping", own(`salt: {value: hunter2}`)},
		{"a mapping with numbers as keys", own(`salt: {1: hunter2}`)},
		{"in other letters", own(`Salt: hunter2`)},
		{"in an entry", own(`secrets: [{name: a, salt: hunter2}]`)},
		{"outside the spec", "{apiVersion: checksum.proompteng.ai/v1alpha1, kind: ChecksumAnnotator, salt: hunter2}"},
		{"beside a number as a field", own(`{1: 2, salt: hunter2}`)},
		{"in text instead of a spec", own(`"salt: hunter2"`)},
		{"beside a number in a ConfigMap", configMap(`{1: 2, salt: hunter2}`)},
		{"in a list instead of a spec", own(`[{salt: hunter2}]`)},
		{"in a ConfigMap beside an error", configMap(`{salt: hunter2, scope: all}`)},
		{"in a list in a ConfigMap", configMap(`salt: [hunter2]`)},
		{"in the binaryData of a ConfigMap", "{apiVersion: v1, kind: ConfigMap, binaryData: {salt: hunter2}}"},
		{"in another kind", "{apiVersion: v1, kind: Secret, stringData: {salt: hunter2}}"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			requireNoLeak(t, parse(t, test.config), "hunter2")
		})
	}
	for _, number := range []any{424242, int64(424242), uint64(424242), 424242.5} {
		t.Run(fmt.Sprintf("%T", number), func(t *testing.T) {
			functionConfig := parse(t, own(`{}`)).(map[string]any)
			functionConfig["spec"] = map[string]any{"salt": number}
			requireNoLeak(t, functionConfig, "424242")
		})
	}
}

func TestLoadOfEveryField(t *testing.T) {
	t.Setenv("CHECKSUM_ANNOTATOR_TEST_SALT", "not-a-secret-pepper")
	spec, errs := config.Load(parse(t, readFile(t, "testdata/full.yaml")))
	requireErrors(t, errs)
	allFields := config.Selector{
		Group:              "apps",
		Version:            "v1",
		Kind:               "Deployment|StatefulSet",
		Name:               "agents(-controllers)?",
		Namespace:          "agents",
		LabelSelector:      "app in (agents, jangar)",
		AnnotationSelector: "!example.com/no-checksums",
	}
	requireSpec(t, spec, config.Spec{
		Enabled: true,
		Secrets: []config.Source{
			{
				Kind:      config.Secret,
				Name:      "agents-github-token-env",
				OnMissing: config.Skip,
				Scope:     config.All,
				Path:      "spec.secrets[0]",
			},
			{
				Kind:       config.Secret,
				Name:       "jangar-db-app",
				Namespace:  "agents",
				Keys:       []string{"uri"},
				Checksum:   checksum,
				OnMissing:  config.Fail,
				AllowEmpty: true,
				Scope:      config.Referenced,
				Workloads:  []config.Selector{allFields},
				Path:       "spec.secrets[1]",
			},
			{
				Kind:          config.Secret,
				LabelSelector: "example.com/rollout",
				OnMissing:     config.Skip,
				Scope:         config.All,
				Path:          "spec.secrets[2]",
			},
		},
		ConfigMaps: []config.Source{
			{
				Kind:      config.ConfigMap,
				Name:      "agents-runtime-config",
				OnMissing: config.Skip,
				Scope:     config.All,
				Path:      "spec.configMaps[0]",
			},
			{
				Kind:       config.ConfigMap,
				Name:       "agents-features",
				Namespace:  "agents",
				Keys:       []string{"flags.yaml", "LOG_LEVEL"},
				OnMissing:  config.Skip,
				AllowEmpty: true,
				Scope:      config.All,
				Workloads:  []config.Selector{allFields},
				Path:       "spec.configMaps[1]",
			},
			{
				Kind:          config.ConfigMap,
				LabelSelector: "example.com/restart-on-change in (always, yes)",
				Namespace:     "agents",
				OnMissing:     config.Skip,
				Scope:         config.All,
				Path:          "spec.configMaps[2]",
			},
		},
		Workloads:        []config.Selector{allFields},
		Scope:            config.All,
		KeyScope:         config.UsedKeys,
		OnMissing:        config.Skip,
		AnnotationPrefix: "checksum.example.com",
		Salt:             "not-a-secret-pepper",
		SaltEnv:          "CHECKSUM_ANNOTATOR_TEST_SALT",
		PodTemplates: []config.PodTemplate{
			{Group: "ray.io", Kind: "RayCluster", Path: "spec.workerGroupSpecs[].template"},
			{
				Group: "helm.toolkit.fluxcd.io", Kind: "HelmRelease", Annotations: "spec.values.*.podAnnotations",
				PodSpecs:   []string{"spec.values.*"},
				Containers: []string{"spec.values.*", "spec.values.*.extraContainers[]"},
				Secrets:    []string{"spec.values.*.existingSecret"},
				ConfigMaps: []string{"spec.values.*.existingConfigMap"},
			},
		},
		Producers: []config.Producer{{
			Group:     "example.com",
			Kind:      "Credentials",
			Produces:  config.Secret,
			Name:      "spec.outputs[].name",
			Namespace: "spec.targetNamespace",
			Content:   []string{"spec.backend", "spec.outputs[].entries{}"},
		}},
		Path: "spec",
	})
}

// A new field of the spec is either carried by a ConfigMap or refused with the
// advice to write a ChecksumAnnotator, and never unknown.
func TestAConfigMapKnowsEveryFieldOfTheSpec(t *testing.T) {
	for structField := range reflect.TypeFor[config.Spec]().Fields() {
		name := structField.Tag.Get("json")
		if name == "-" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			_, errs := config.Load(parse(t, configMap(name+`: ""`)))
			refused := "data." + name + ": Forbidden: a ConfigMap cannot carry this field: write a ChecksumAnnotator"
			unknown := "data." + name + ": Forbidden: " + aSpecField
			if isStructured(structField.Type) {
				requireErrors(t, errs, refused)
			} else if got := messages(errs); slices.Contains(got, refused) || slices.Contains(got, unknown) {
				t.Errorf("got errors %q, want the field to be read", got)
			}
		})
	}
}

func TestSourcesAreThoseOfBothAllowlists(t *testing.T) {
	secrets := make([]config.Source, 1, 3)
	secrets[0] = config.Source{Kind: config.Secret, Name: "a"}
	spec := config.Spec{
		Secrets:    secrets,
		ConfigMaps: []config.Source{{Kind: config.ConfigMap, Name: "b"}},
	}
	want := []config.Source{{Kind: config.Secret, Name: "a"}, {Kind: config.ConfigMap, Name: "b"}}
	if diff := cmp.Diff(want, spec.Sources(), cmpopts.IgnoreUnexported(config.Source{})); diff != "" {
		t.Errorf("sources (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]config.Source{{}, {}}, secrets[1:3], cmpopts.IgnoreUnexported(config.Source{})); diff != "" {
		t.Errorf("Sources wrote into the list of secrets (-want +got):\n%s", diff)
	}
}

// own returns a ChecksumAnnotator with the given spec.
func own(spec string) string {
	return "apiVersion: checksum.proompteng.ai/v1alpha1\nkind: ChecksumAnnotator\nspec:" + indented(spec)
}

// configMap returns a ConfigMap with the given data.
func configMap(data string) string {
	return "apiVersion: v1\nkind: ConfigMap\ndata:" + indented(data)
}

func indented(text string) string {
	return strings.ReplaceAll("\n"+strings.TrimSpace(text), "\n", "\n  ") + "\n"
}

// defaults returns what an empty functionConfig means, whose fields stand at path.
func defaults(path string) config.Spec {
	return config.Spec{
		Scope:            config.Referenced,
		KeyScope:         config.AllKeys,
		OnMissing:        config.HashName,
		AnnotationPrefix: "checksum",
		Path:             path,
	}
}

// with returns the defaults with a change.
func with(path string, change func(*config.Spec)) config.Spec {
	spec := defaults(path)
	change(&spec)
	return spec
}

func parse(t *testing.T, text string) any {
	t.Helper()
	var value any
	if err := yaml.Unmarshal([]byte(text), &value); err != nil {
		t.Fatalf("cannot parse %s: %v", text, err)
	}
	return value
}

func readFile(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func requireErrors(t *testing.T, errs field.ErrorList, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, messages(errs), cmpopts.EquateEmpty()); diff != "" {
		t.Fatalf("errors (-want +got):\n%s", diff)
	}
}

func messages(errs field.ErrorList) []string {
	var list []string
	for _, err := range errs {
		list = append(list, err.Error())
	}
	return list
}

func requireSpec(t *testing.T, got, want config.Spec) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(config.Selector{}, config.Source{}), cmpopts.EquateEmpty()); diff != "" {
		t.Fatalf("spec (-want +got):\n%s", diff)
	}
}

// requireNoLeak fails unless Load fails and tells nothing of secret.
func requireNoLeak(t *testing.T, functionConfig any, secret string) {
	t.Helper()
	_, errs := config.Load(functionConfig)
	if len(errs) == 0 {
		t.Fatal("got no error, want one")
	}
	for _, err := range errs {
		if all := fmt.Sprintf("%v %#v", err, *err); strings.Contains(all, secret) {
			t.Errorf("an error shows the salt: %s", all)
		}
	}
}

// isStructured tells whether values of a type are more than a scalar or a list
// of names.
func isStructured(t reflect.Type) bool {
	return t.Kind() == reflect.Slice && t.Elem() != reflect.TypeFor[config.Source]()
}

func TestLoadTakesTheSaltFromTheEnvironment(t *testing.T) {
	const variable = "CHECKSUM_ANNOTATOR_TEST_SALT"
	unset := "saltEnv: Required value: the environment of the function has no variable " + variable + ", or an empty one"
	for _, test := range []struct {
		name, value, config string
		salt                string
		errs                []string
	}{
		{"the value", "hunter2", own("{enabled: true, saltEnv: " + variable + "}"), "hunter2", nil},
		{"without a line end", "hunter2\n", own("{enabled: true, saltEnv: " + variable + "}"), "hunter2", nil},
		{"in a ConfigMap", "hunter2", configMap(`{enabled: "true", saltEnv: ` + variable + "}"), "hunter2", nil},
		{"not set", "", own("{enabled: true, saltEnv: " + variable + "}"), "", []string{"spec." + unset}},
		{"only a line end", "\n", configMap(`{enabled: "true", saltEnv: ` + variable + "}"), "", []string{"data." + unset}},
		{"not needed", "", own("{saltEnv: " + variable + "}"), "", nil},
		{"beside another", "hunter2", own("{enabled: true, salt: hunter3, saltEnv: " + variable + "}"), "", []string{"spec.saltEnv: Forbidden: there is a salt already"}},
		{"of no name", "hunter2", own("{enabled: true, saltEnv: hunter-2}"), "", []string{"spec.saltEnv: Invalid value: must be the name of an environment variable, like CHECKSUM_SALT"}},
		{"that nobody asks for", "hunter2", own("enabled: true"), "", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Setenv(variable, test.value)
			spec, errs := config.Load(parse(t, test.config))
			requireErrors(t, errs, test.errs...)
			if spec.Salt != test.salt {
				t.Errorf("the salt is %q", spec.Salt)
			}
		})
	}
}
