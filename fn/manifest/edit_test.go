package manifest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/proompteng/checksum-annotator/fn/manifest"
)

type texts = map[string]string

// A change is what is done to the annotations of the pod template at a path.
type change struct {
	set    texts
	remove []string
}

const key, value = "checksum/secret.a", "9f86d081"

var (
	setOne    = change{set: texts{key: value}}
	removeOne = change{remove: []string{key}}
)

func (c change) at(item *manifest.Item, template *manifest.Value) manifest.Edit {
	return manifest.Edit{Item: item, Base: template, Path: []string{"metadata", "annotations"}, Set: c.set, Remove: c.remove}
}

// edited returns the outputs, by the way of reading, of a change to the pod template
// at spec.template of the first item.
func edited(t *testing.T, input string, c change) map[string]string {
	t.Helper()
	outputs := map[string]string{}
	for way, read := range ways {
		list, err := read([]byte(input))
		if err != nil {
			t.Fatalf("%v\n%s", err, input)
		}
		first := items(t, list)[0]
		outputs[way] = write(t, list, []manifest.Edit{c.at(first, at(t, first, "spec", "template"))})
	}
	return outputs
}

// deployment returns a Deployment with a pod template, of which the YAML that
// follows "template:" is given.
func deployment(template string) string {
	return "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, annotations: {team: a}}\nspec:\n  replicas: 2\n  template:" +
		strings.ReplaceAll(template, "\n", "\n    ") + "\n  paused: true\n"
}

const bystander = `
apiVersion: v1
kind: ConfigMap
metadata:
  name: bystander
  annotations: {checksum/secret.a: mine}
data:
  script: |
    #!/bin/sh
      echo "😀"
  number: "0644"
`

func TestEditChangesNothingButTheAnnotations(t *testing.T) {
	tests := map[string]struct {
		before string
		change change
		after  string
	}{
		"no metadata": {
			"\nspec: {containers: []}", setOne,
			"\nmetadata: {annotations: {checksum/secret.a: 9f86d081}}\nspec: {containers: []}",
		},
		"nothing else": {
			" {}", setOne,
			" {metadata: {annotations: {checksum/secret.a: 9f86d081}}}",
		},
		"null metadata": {
			"\nmetadata: null\nspec: {}", setOne,
			"\nmetadata: {annotations: {checksum/secret.a: 9f86d081}}\nspec: {}",
		},
		"metadata with no value": {
			"\nmetadata:\nspec: {}", setOne,
			"\nmetadata: {annotations: {checksum/secret.a: 9f86d081}}\nspec: {}",
		},
		"null metadata with a comment": {
			"\nmetadata: # none\nspec: {}", setOne,
			"\nmetadata: {annotations: {checksum/secret.a: 9f86d081}}\nspec: {}",
		},
		"empty metadata": {
			"\nmetadata: {}\nspec: {}", setOne,
			"\nmetadata: {annotations: {checksum/secret.a: 9f86d081}}\nspec: {}",
		},
		"no annotations": {
			"\nmetadata:\n  labels: {app: web}\nspec: {}", setOne,
			"\nmetadata: {labels: {app: web}, annotations: {checksum/secret.a: 9f86d081}}\nspec: {}",
		},
		"null annotations": {
			"\nmetadata:\n  annotations: null\n  labels: {app: web}", setOne,
			"\nmetadata: {labels: {app: web}, annotations: {checksum/secret.a: 9f86d081}}",
		},
		"annotations with no value": {
			"\nmetadata:\n  annotations:\n  labels: {app: web}", setOne,
			"\nmetadata: {labels: {app: web}, annotations: {checksum/secret.a: 9f86d081}}",
		},
		"null annotations with a comment": {
			"\nmetadata:\n  annotations: ~ # none yet\n  labels: {app: web}", setOne,
			"\nmetadata: {labels: {app: web}, annotations: {checksum/secret.a: 9f86d081}}",
		},
		"empty annotations": {
			"\nmetadata:\n  annotations: {}\n  labels: {app: web}", setOne,
			"\nmetadata: {labels: {app: web}, annotations: {checksum/secret.a: 9f86d081}}",
		},
		"empty annotations with a comment": {
			"\nmetadata:\n  annotations: {} # none yet\n  labels: {app: web}", setOne,
			"\nmetadata: {labels: {app: web}, annotations: {checksum/secret.a: 9f86d081}}",
		},
		"flow style": {
			"\nmetadata: {annotations: {team: a}, labels: {app: web}}", setOne,
			"\nmetadata: {annotations: {team: a, checksum/secret.a: 9f86d081}, labels: {app: web}}",
		},
		"flow style, empty": {
			" {metadata: {annotations: {}}, spec: {}}", setOne,
			" {metadata: {annotations: {checksum/secret.a: 9f86d081}}, spec: {}}",
		},
		"flow style, no value": {
			" {metadata: {annotations: }, spec: {}}", setOne,
			" {metadata: {annotations: {checksum/secret.a: 9f86d081}}, spec: {}}",
		},
		"flow style on several lines": {
			"\nmetadata: {\n  annotations: {\n    team: a,\n    mode: b },\n  labels: {app: web}}", setOne,
			"\nmetadata: {annotations: {team: a, mode: b, checksum/secret.a: 9f86d081}, labels: {app: web}}",
		},
		"flow style with comments": {
			"\nmetadata: { # one\n  annotations: { # two\n    team: a, # three\n    mode: b # four\n  }, # five\n  labels: {app: web}}", setOne,
			"\nmetadata: {annotations: {team: a, mode: b, checksum/secret.a: 9f86d081}, labels: {app: web}}",
		},
		"JSON": {
			` {"metadata": {"annotations": {"team": "a"}}, "spec": {}}`, setOne,
			" {metadata: {annotations: {team: a, checksum/secret.a: 9f86d081}}, spec: {}}",
		},
		"comments": {
			"\n# pods\nmetadata: # one\n  # head\n  annotations: # two\n    # of a\n    team: a # three\n    # of b\n    mode: b # four\n  # labels\n  labels: {app: web} # five", setOne,
			"\nmetadata: {annotations: {team: a, mode: b, checksum/secret.a: 9f86d081}, labels: {app: web}}",
		},
		"beside someone else's": {
			"\nmetadata:\n  annotations:\n    checksum/config: x\n    sidecar.istio.io/inject: \"true\"", setOne,
			"\nmetadata: {annotations: {checksum/config: x, sidecar.istio.io/inject: \"true\", checksum/secret.a: 9f86d081}}",
		},
		"beside text of every style": {
			"\nmetadata:\n  annotations:\n    a: |\n      x\n       y\n    b: 'it''s'\n    c: \"\\u00e9\\n\"\n    d: plain\n      text\n    e: |+\n      x\n\n    f: \"0644\"", setOne,
			"\nmetadata: {annotations: {a: \"x\\n y\\n\", b: \"it's\", c: \"é\\n\", d: plain text, e: \"x\\n\\n\", f: \"0644\", checksum/secret.a: 9f86d081}}",
		},
		"another value": {
			"\nmetadata:\n  annotations:\n    team: a\n    checksum/secret.a: old\n    mode: b", setOne,
			"\nmetadata: {annotations: {team: a, checksum/secret.a: 9f86d081, mode: b}}",
		},
		"another value for a quoted key": {
			"\nmetadata:\n  annotations:\n    \"checksum/secret.a\": 'old'", setOne,
			"\nmetadata: {annotations: {checksum/secret.a: 9f86d081}}",
		},
		"another value for a null": {
			"\nmetadata:\n  annotations:\n    checksum/secret.a:\n    team: a", setOne,
			"\nmetadata: {annotations: {checksum/secret.a: 9f86d081, team: a}}",
		},
		"another value for a block": {
			"\nmetadata:\n  annotations:\n    checksum/secret.a: |\n      old\n    team: a", setOne,
			"\nmetadata: {annotations: {checksum/secret.a: 9f86d081, team: a}}",
		},
		"another value for a number": {
			"\nmetadata:\n  annotations: {checksum/secret.a: 12}", setOne,
			"\nmetadata: {annotations: {checksum/secret.a: 9f86d081}}",
		},
		"another value for a mapping": {
			"\nmetadata:\n  annotations: {checksum/secret.a: {b: c}}", setOne,
			"\nmetadata: {annotations: {checksum/secret.a: 9f86d081}}",
		},
		"the same value": {
			"\nmetadata:\n  annotations: {checksum/secret.a: 9f86d081}", setOne,
			"\nmetadata: {annotations: {checksum/secret.a: 9f86d081}}",
		},
		"several values": {
			"\nspec: {}", change{set: texts{"checksum/secret.b": "2", "checksum/configmap.a": "3", key: "1"}},
			"\nspec: {}\nmetadata: {annotations: {checksum/secret.a: '1', checksum/secret.b: '2', checksum/configmap.a: '3'}}",
		},
		"values that look like something else": {
			"\nspec: {}", change{set: texts{"a": "0123", "b": "1e10", "c": "true", "d": "2026-02-01", "e": "", "f": "null", "g": "0x1f", "h": "1_0", "i": "yes", "j": "~"}},
			"\nspec: {}\nmetadata: {annotations: {a: '0123', b: '1e10', c: 'true', d: '2026-02-01', e: '', f: 'null', g: '0x1f', h: '1_0', i: 'yes', j: '~'}}",
		},
		"one of several removed": {
			"\nmetadata:\n  annotations:\n    team: a\n    checksum/secret.a: old\n    mode: b", removeOne,
			"\nmetadata: {annotations: {team: a, mode: b}}",
		},
		"the first removed": {
			"\nmetadata:\n  annotations:\n    checksum/secret.a: old # gone\n    # of b\n    mode: b", removeOne,
			"\nmetadata: {annotations: {mode: b}}",
		},
		"removed from flow style": {
			"\nmetadata: {annotations: {team: a, checksum/secret.a: old}}", removeOne,
			"\nmetadata: {annotations: {team: a}}",
		},
		"the last removed, labels stay": {
			"\nmetadata:\n  labels: {app: web}\n  annotations:\n    checksum/secret.a: old\nspec: {}", removeOne,
			"\nmetadata: {labels: {app: web}}\nspec: {}",
		},
		"the last removed, nothing stays": {
			"\nmetadata:\n  annotations:\n    checksum/secret.a: old\nspec: {}", removeOne,
			"\nspec: {}",
		},
		"the last removed, empty labels stay": {
			"\nmetadata:\n  labels: {}\n  annotations: {checksum/secret.a: old}\nspec: {}", removeOne,
			"\nmetadata: {labels: {}}\nspec: {}",
		},
		"the last removed, null labels stay": {
			"\nmetadata:\n  labels:\n  annotations: {checksum/secret.a: old}\nspec: {}", removeOne,
			"\nmetadata: {labels: null}\nspec: {}",
		},
		"all of several removed": {
			"\nmetadata:\n  annotations: {checksum/secret.a: '1', checksum/secret.b: '2'}\nspec: {}",
			change{remove: []string{key, "checksum/secret.b"}},
			"\nspec: {}",
		},
		"one set and one removed": {
			"\nmetadata:\n  annotations: {checksum/secret.b: old}",
			change{texts{key: value}, []string{"checksum/secret.b"}},
			"\nmetadata: {annotations: {checksum/secret.a: 9f86d081}}",
		},
		"similar keys stay": {
			"\nmetadata:\n  annotations: {checksum/secret.a: '1', checksum/secret.ab: '2', checksum/Secret.a: '3', secret.a: '4'}", removeOne,
			"\nmetadata: {annotations: {checksum/secret.ab: '2', checksum/Secret.a: '3', secret.a: '4'}}",
		},
		"wide indentation": {
			"\n        metadata:\n                annotations:\n                        team:   a\n        spec:\n                containers:\n                -   name: x", setOne,
			"\nmetadata: {annotations: {team: a, checksum/secret.a: 9f86d081}}\nspec: {containers: [{name: x}]}",
		},
		"template with every style below": {
			"\nspec:\n  containers:\n  - name: x\n    args:\n    - |\n      a\n        b\n    - \"c\\td\"\n    - 'e'\n    env:\n      - {name: A, value: \"1\"}\n      -   name: B\n          value: '😀'\n    resources: {limits: {cpu: 100m, memory: 1Gi}}\n    ports: [{containerPort: 80}]\n    securityContext: {runAsUser: 0o17, fsGroup: 0644}", setOne,
			"\nmetadata: {annotations: {checksum/secret.a: 9f86d081}}\nspec:\n  containers:\n  - name: x\n    args: [\"a\\n  b\\n\", \"c\\td\", e]\n    env: [{name: A, value: \"1\"}, {name: B, value: 😀}]\n    resources: {limits: {cpu: 100m, memory: 1Gi}}\n    ports: [{containerPort: 80}]\n    securityContext: {runAsUser: 15, fsGroup: 420}",
		},
		"a flow template that holds a field with no value": {
			" {spec: {volumes: [{name: tmp, emptyDir: {medium: }}], hostname: }}", setOne,
			" {metadata: {annotations: {checksum/secret.a: 9f86d081}}, spec: {volumes: [{name: tmp, emptyDir: {medium: null}}], hostname: null}}",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			want := object(t, listOf(deployment(test.after), bystander))
			for way, output := range edited(t, listOf(deployment(test.before), bystander), test.change) {
				if diff := cmp.Diff(want, object(t, output)); diff != "" {
					t.Errorf("%s (-want +got):\n%s\n%s", way, diff, output)
				}
			}
		})
	}
}

// Each input has a pod template at spec.template of its first item, and each
// output means what is written out here.
func TestEditLeavesTheMeaningOfAliasesAndMergeKeys(t *testing.T) {
	tests := map[string]struct {
		before []string
		change change
		after  []string
	}{
		"aliased annotations": {
			[]string{`
kind: D
metadata: {name: a, annotations: &x {team: a}}
spec:
  template: {metadata: {annotations: *x }}
`}, setOne, []string{`
kind: D
metadata: {name: a, annotations: {team: a}}
spec: {template: {metadata: {annotations: {team: a, checksum/secret.a: 9f86d081}}}}
`},
		},
		"aliased annotations, the last one removed": {
			[]string{`
kind: D
metadata: {name: a, annotations: &x {checksum/secret.a: old}}
spec:
  template: {metadata: {annotations: *x }, spec: {}}
`}, removeOne, []string{`
kind: D
metadata: {name: a, annotations: {checksum/secret.a: old}}
spec: {template: {spec: {}}}
`},
		},
		"aliased null": {
			[]string{`
kind: D
metadata: {name: a, annotations: &x null}
spec:
  template: {metadata: {annotations: *x , labels: *x }}
`}, setOne, []string{`
kind: D
metadata: {name: a, annotations: null}
spec: {template: {metadata: {annotations: {checksum/secret.a: 9f86d081}, labels: null}}}
`},
		},
		"aliased metadata": {
			[]string{`
kind: D
metadata: &m
  name: a
  labels: {app: a}
spec:
  template:
    metadata: *m # the same
    spec: {}
`}, setOne, []string{`
kind: D
metadata: {name: a, labels: {app: a}}
spec: {template: {metadata: {name: a, labels: {app: a}, annotations: {checksum/secret.a: 9f86d081}}, spec: {}}}
`},
		},
		"aliased template": {
			[]string{`
kind: D
metadata: {name: a}
x: &t
  metadata: {annotations: {team: a}}
  spec: {}
spec:
  template: *t
  other: *t
`}, setOne, []string{`
kind: D
metadata: {name: a}
x: {metadata: {annotations: {team: a}}, spec: {}}
spec:
  template: {metadata: {annotations: {team: a, checksum/secret.a: 9f86d081}}, spec: {}}
  other: {metadata: {annotations: {team: a}}, spec: {}}
`},
		},
		"aliased spec": {
			[]string{`
kind: D
metadata: {name: a}
x: &s {template: {spec: {}}}
spec: *s
`}, setOne, []string{`
kind: D
metadata: {name: a}
x: {template: {spec: {}}}
spec: {template: {metadata: {annotations: {checksum/secret.a: 9f86d081}}, spec: {}}}
`},
		},
		"anchored annotations, used elsewhere": {
			[]string{`
kind: D
metadata: {name: a}
spec:
  template:
    metadata:
      annotations: &x {team: a}
      labels: *x
again: *x
`}, setOne, []string{`
kind: D
metadata: {name: a}
spec: {template: {metadata: {annotations: {team: a, checksum/secret.a: 9f86d081}, labels: {team: a}}}}
again: {team: a}
`},
		},
		"anchored annotations, all removed, used elsewhere": {
			[]string{`
kind: D
metadata: {name: a}
spec:
  template:
    metadata:
      annotations: &x {checksum/secret.a: old}
again: [*x , *x ]
`}, removeOne, []string{`
kind: D
metadata: {name: a}
spec: {template: {}}
again: [{checksum/secret.a: old}, {checksum/secret.a: old}]
`},
		},
		"anchored null, used elsewhere": {
			[]string{`
kind: D
metadata: {name: a}
spec:
  template:
    metadata:
      annotations: &x
      labels: *x
`}, setOne, []string{`
kind: D
metadata: {name: a}
spec: {template: {metadata: {annotations: {checksum/secret.a: 9f86d081}, labels: null}}}
`},
		},
		"anchored metadata and template, used elsewhere": {
			[]string{`
kind: D
metadata: {name: a}
spec:
  template: &t
    metadata: &m
      annotations: &x {team: a}
    spec: {}
again: {t: *t , m: *m , x: *x , m2: *m , t2: *t }
`}, setOne, []string{`
kind: D
metadata: {name: a}
spec: {template: {metadata: {annotations: {team: a, checksum/secret.a: 9f86d081}}, spec: {}}}
again:
  t: {metadata: {annotations: {team: a}}, spec: {}}
  m: {annotations: {team: a}}
  x: {team: a}
  m2: {annotations: {team: a}}
  t2: {metadata: {annotations: {team: a}}, spec: {}}
`},
		},
		"anchored annotations, used in the next item": {
			[]string{`
kind: D
metadata: {name: a}
spec: {template: {metadata: {annotations: &x {team: a}}}}
`, `
kind: D
metadata: {name: b, annotations: *x }
spec: {template: {metadata: {annotations: {<<: *x , mode: b}}}}
`}, setOne, []string{`
kind: D
metadata: {name: a}
spec: {template: {metadata: {annotations: {team: a, checksum/secret.a: 9f86d081}}}}
`, `
kind: D
metadata: {name: b, annotations: {team: a}}
spec: {template: {metadata: {annotations: {team: a, mode: b}}}}
`},
		},
		"anchored value that changes, used elsewhere": {
			[]string{`
kind: D
metadata: {name: a}
spec: {template: {metadata: {annotations: {checksum/secret.a: &v old, team: *v }}}}
again: *v
`}, setOne, []string{`
kind: D
metadata: {name: a}
spec: {template: {metadata: {annotations: {checksum/secret.a: 9f86d081, team: old}}}}
again: old
`},
		},
		"anchored value that is removed, used elsewhere": {
			[]string{`
kind: D
metadata: {name: a}
spec: {template: {metadata: {annotations: {checksum/secret.a: &v old, team: *v }}}}
again: *v
`}, removeOne, []string{`
kind: D
metadata: {name: a}
spec: {template: {metadata: {annotations: {team: old}}}}
again: old
`},
		},
		"anchored key that is removed, used elsewhere": {
			[]string{`
kind: D
metadata: {name: a}
spec: {template: {metadata: {annotations: {&k checksum/secret.a: old, team: *k }}}}
`}, removeOne, []string{`
kind: D
metadata: {name: a}
spec: {template: {metadata: {annotations: {team: checksum/secret.a}}}}
`},
		},
		"aliased value that changes": {
			[]string{`
kind: D
metadata: {name: a, labels: {v: &v old}}
spec: {template: {metadata: {annotations: {checksum/secret.a: *v , team: *v }}}}
`}, setOne, []string{`
kind: D
metadata: {name: a, labels: {v: old}}
spec: {template: {metadata: {annotations: {checksum/secret.a: 9f86d081, team: old}}}}
`},
		},
		"an anchor in a value that is a mapping and changes": {
			[]string{`
kind: D
metadata: {name: a}
spec: {template: {metadata: {annotations: {checksum/secret.a: {b: &v c}}}}}
again: *v
`}, setOne, []string{`
kind: D
metadata: {name: a}
spec: {template: {metadata: {annotations: {checksum/secret.a: 9f86d081}}}}
again: c
`},
		},
		"merge key in annotations, set": {
			[]string{`
kind: D
metadata: {name: a, annotations: &x {team: a}}
spec: {template: {metadata: {annotations: {<<: *x , mode: b}}}}
`}, setOne, []string{`
kind: D
metadata: {name: a, annotations: {team: a}}
spec: {template: {metadata: {annotations: {team: a, mode: b, checksum/secret.a: 9f86d081}}}}
`},
		},
		"merge key in annotations, set what it brings": {
			[]string{`
kind: D
metadata: {name: a, annotations: &x {team: a, checksum/secret.a: old}}
spec: {template: {metadata: {annotations: {<<: *x }}}}
`}, setOne, []string{`
kind: D
metadata: {name: a, annotations: {team: a, checksum/secret.a: old}}
spec: {template: {metadata: {annotations: {team: a, checksum/secret.a: 9f86d081}}}}
`},
		},
		"merge key in annotations, remove what it brings": {
			[]string{`
kind: D
metadata: {name: a, annotations: &x {team: a, checksum/secret.a: old}}
spec:
  template:
    metadata:
      annotations:
        <<: *x
        team: b
`}, removeOne, []string{`
kind: D
metadata: {name: a, annotations: {team: a, checksum/secret.a: old}}
spec: {template: {metadata: {annotations: {team: b}}}}
`},
		},
		"merge key in annotations, remove all that it brings": {
			[]string{`
kind: D
metadata: {name: a, annotations: &x {checksum/secret.a: old}}
spec:
  template:
    metadata:
      annotations:
        <<: *x
    spec: {}
`}, removeOne, []string{`
kind: D
metadata: {name: a, annotations: {checksum/secret.a: old}}
spec: {template: {spec: {}}}
`},
		},
		"merge key in annotations, remove an override": {
			[]string{`
kind: D
metadata: {name: a, annotations: &x {checksum/secret.a: old, team: a}}
spec: {template: {metadata: {annotations: {<<: *x , checksum/secret.a: mine}}}}
`}, removeOne, []string{`
kind: D
metadata: {name: a, annotations: {checksum/secret.a: old, team: a}}
spec: {template: {metadata: {annotations: {team: a}}}}
`},
		},
		"list of merges, remove what all bring": {
			[]string{`
kind: D
metadata: {name: a, annotations: &x {checksum/secret.a: '1', team: a}, labels: &y {checksum/secret.a: '2', team: b, mode: c}}
spec: {template: {metadata: {annotations: {<<: [*x , *y ]}}}}
`}, removeOne, []string{`
kind: D
metadata: {name: a, annotations: {checksum/secret.a: '1', team: a}, labels: {checksum/secret.a: '2', team: b, mode: c}}
spec: {template: {metadata: {annotations: {team: a, mode: c}}}}
`},
		},
		"merge key of a merge key, remove what it brings": {
			[]string{`
kind: D
metadata: {name: a, annotations: &x {checksum/secret.a: '1', team: a}, labels: &y {<<: *x , mode: c}}
spec: {template: {metadata: {annotations: {<<: *y }}}}
`}, removeOne, []string{`
kind: D
metadata: {name: a, annotations: {checksum/secret.a: '1', team: a}, labels: {checksum/secret.a: '1', team: a, mode: c}}
spec: {template: {metadata: {annotations: {team: a, mode: c}}}}
`},
		},
		"an anchor in a merge key that is written out": {
			[]string{`
kind: D
metadata: {name: a}
spec: {template: {metadata: {annotations: {<<: &x {checksum/secret.a: old, team: &v a}, mode: b}}}}
again: [*x , *v , *x ]
`}, removeOne, []string{`
kind: D
metadata: {name: a}
spec: {template: {metadata: {annotations: {team: a, mode: b}}}}
again: [{checksum/secret.a: old, team: a}, a, {checksum/secret.a: old, team: a}]
`},
		},
		"merge key in metadata": {
			[]string{`
kind: D
metadata: {name: a}
x: &x
  labels: {app: a}
  annotations: {team: a}
spec:
  template:
    metadata:
      <<: *x
      namespace: n
`}, setOne, []string{`
kind: D
metadata: {name: a}
x: {labels: {app: a}, annotations: {team: a}}
spec: {template: {metadata: {namespace: n, labels: {app: a}, annotations: {team: a, checksum/secret.a: 9f86d081}}}}
`},
		},
		"merge key in metadata, the last one removed": {
			[]string{`
kind: D
metadata: {name: a}
x: &x {annotations: {checksum/secret.a: old}}
spec: {template: {metadata: {<<: *x , namespace: n}}}
`}, removeOne, []string{`
kind: D
metadata: {name: a}
x: {annotations: {checksum/secret.a: old}}
spec: {template: {metadata: {namespace: n}}}
`},
		},
		"merge key in metadata, nothing stays": {
			[]string{`
kind: D
metadata: {name: a}
x: &x {annotations: {checksum/secret.a: old}}
spec: {template: {metadata: {<<: *x }, spec: {}}}
`}, removeOne, []string{`
kind: D
metadata: {name: a}
x: {annotations: {checksum/secret.a: old}}
spec: {template: {spec: {}}}
`},
		},
		"merge key in metadata, a null and flow style stay": {
			[]string{`
kind: D
metadata: {name: a}
x: &x
  labels:
  annotations: {checksum/secret.a: old}
spec: {template: {metadata: {<<: *x }}}
`}, removeOne, []string{`
kind: D
metadata: {name: a}
x: {labels: null, annotations: {checksum/secret.a: old}}
spec: {template: {metadata: {labels: null}}}
`},
		},
		"merge key in the template": {
			[]string{`
kind: D
metadata: {name: a}
x: &x {metadata: {annotations: {team: a}}, spec: {a: b}}
spec: {template: {<<: *x , spec: {c: d}}}
again: *x
`}, setOne, []string{`
kind: D
metadata: {name: a}
x: {metadata: {annotations: {team: a}}, spec: {a: b}}
spec: {template: {metadata: {annotations: {team: a, checksum/secret.a: 9f86d081}}, spec: {c: d}}}
again: {metadata: {annotations: {team: a}}, spec: {a: b}}
`},
		},
		"merge key that brings the template": {
			[]string{`
kind: D
metadata: {name: a}
x: &x {template: {spec: {a: b}}, replicas: 1}
spec:
  <<: *x
  paused: true
`}, setOne, []string{`
kind: D
metadata: {name: a}
x: {template: {spec: {a: b}}, replicas: 1}
spec: {template: {metadata: {annotations: {checksum/secret.a: 9f86d081}}, spec: {a: b}}, replicas: 1, paused: true}
`},
		},
		"merge key that uses the template": {
			[]string{`
kind: D
metadata: {name: a}
spec: {template: &t {metadata: {annotations: {team: a}}, spec: {a: b}}}
again: {<<: *t , c: d}
more: {<<: [*t ]}
`}, setOne, []string{`
kind: D
metadata: {name: a}
spec: {template: {metadata: {annotations: {team: a, checksum/secret.a: 9f86d081}}, spec: {a: b}}}
again: {metadata: {annotations: {team: a}}, spec: {a: b}, c: d}
more: {metadata: {annotations: {team: a}}, spec: {a: b}}
`},
		},
		"an anchored template that holds a null, used in flow style": {
			[]string{`
kind: D
metadata: {name: a}
spec:
  template: &t
    metadata:
      labels:
    spec: {a: b}
again: {<<: [*t , *t ]}
`}, setOne, []string{`
kind: D
metadata: {name: a}
spec: {template: {metadata: {labels: null, annotations: {checksum/secret.a: 9f86d081}}, spec: {a: b}}}
again: {metadata: {labels: null}, spec: {a: b}}
`},
		},
		"an anchor's name that is used again": {
			[]string{`
kind: D
metadata: {name: a}
x: &x first
t: &t {metadata: {annotations: {team: *x }}, spec: {a: *x }}
y: &x second
spec: {template: *t }
`}, setOne, []string{`
kind: D
metadata: {name: a}
x: first
t: {metadata: {annotations: {team: first}}, spec: {a: first}}
y: second
spec: {template: {metadata: {annotations: {team: first, checksum/secret.a: 9f86d081}}, spec: {a: first}}}
`},
		},
		"the same anchors in two items": {
			[]string{`
kind: D
metadata: {name: a, labels: &l {app: a}}
spec: {template: {metadata: {labels: *l }}}
`, `
kind: D
metadata: {name: b, labels: &l {app: b}}
spec: {template: {metadata: {labels: *l }}}
`}, setOne, []string{`
kind: D
metadata: {name: a, labels: {app: a}}
spec: {template: {metadata: {labels: {app: a}, annotations: {checksum/secret.a: 9f86d081}}}}
`, `
kind: D
metadata: {name: b, labels: {app: b}}
spec: {template: {metadata: {labels: {app: b}}}}
`},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			want := object(t, listOf(test.after...))
			for way, output := range edited(t, listOf(test.before...), test.change) {
				if diff := cmp.Diff(want, object(t, output)); diff != "" {
					t.Errorf("%s (-want +got):\n%s\n%s", way, diff, output)
				}
			}
		})
	}
}

func TestEditsOfSeveralTemplates(t *testing.T) {
	tests := map[string]struct {
		before, after []string
	}{
		"in two items": {
			[]string{deployment(" {spec: {}}"), deployment("\nmetadata:\nspec: {}")},
			[]string{deployment(" {metadata: {annotations: {n: '0'}}, spec: {}}"), deployment(" {metadata: {annotations: {n: '1'}}, spec: {}}")},
		},
		"that share annotations": {
			[]string{deployment(" {metadata: {annotations: &x {team: a}}}"), deployment(" {metadata: {annotations: *x }}"), deployment(" {metadata: {annotations: {<<: *x }}}")},
			[]string{deployment(" {metadata: {annotations: {team: a, n: '0'}}}"), deployment(" {metadata: {annotations: {team: a, n: '1'}}}"), deployment(" {metadata: {annotations: {team: a, n: '2'}}}")},
		},
		"that share a template": {
			[]string{deployment(" &x {spec: {}}"), deployment(" *x"), deployment(" {<<: *x }")},
			[]string{deployment(" {metadata: {annotations: {n: '0'}}, spec: {}}"), deployment(" {metadata: {annotations: {n: '1'}}, spec: {}}"), deployment(" {metadata: {annotations: {n: '2'}}, spec: {}}")},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			want := object(t, listOf(test.after...))
			for _, backwards := range []bool{false, true} {
				list := read(t, listOf(test.before...))
				var edits []manifest.Edit
				for i, item := range items(t, list) {
					edit := change{set: texts{"n": fmt.Sprint(i)}}.at(item, at(t, item, "spec", "template"))
					if backwards {
						edits = append([]manifest.Edit{edit}, edits...)
					} else {
						edits = append(edits, edit)
					}
				}
				output := write(t, list, edits)
				if diff := cmp.Diff(want, object(t, output)); diff != "" {
					t.Errorf("backwards %v (-want +got):\n%s\n%s", backwards, diff, output)
				}
			}
		})
	}
}

// The annotations that one template removes stay where an alias brings them.
func TestEditsThatRemoveWhatTemplatesShare(t *testing.T) {
	list := read(t, listOf(`
kind: D
metadata: {name: a}
spec: {template: {metadata: {annotations: &x {checksum/secret.a: old, team: a}}}}
`, `
kind: D
metadata: {name: b}
spec: {template: {metadata: {annotations: {mode: b, <<: *x }}}}
`, `
kind: D
metadata: {name: c, annotations: *x }
`))
	var edits []manifest.Edit
	for _, item := range items(t, list)[:2] {
		edits = append(edits, removeOne.at(item, at(t, item, "spec", "template")))
	}
	output := write(t, list, edits)
	want := listOf(
		"{kind: D, metadata: {name: a}, spec: {template: {metadata: {annotations: {team: a}}}}}",
		"{kind: D, metadata: {name: b}, spec: {template: {metadata: {annotations: {team: a, mode: b}}}}}",
		"{kind: D, metadata: {name: c, annotations: {checksum/secret.a: old, team: a}}}",
	)
	if diff := cmp.Diff(object(t, want), object(t, output)); diff != "" {
		t.Errorf("-want +got:\n%s\n%s", diff, output)
	}
}

func TestEditReachesTemplatesAnywhere(t *testing.T) {
	t.Run("the item itself", func(t *testing.T) {
		list := read(t, listOf("{kind: Pod, metadata: {name: a, labels: {app: a}}, spec: {}}", bystander))
		output := write(t, list, []manifest.Edit{setOne.at(items(t, list)[0], items(t, list)[0].Root())})
		want := listOf("{kind: Pod, metadata: {name: a, labels: {app: a}, annotations: {checksum/secret.a: 9f86d081}}, spec: {}}", bystander)
		if diff := cmp.Diff(object(t, want), object(t, output)); diff != "" {
			t.Errorf("-want +got:\n%s\n%s", diff, output)
		}
	})
	t.Run("an aliased item itself", func(t *testing.T) {
		list := read(t, header+"items:\n- &a {kind: Pod, metadata: {name: a}}\n- *a\n")
		output := write(t, list, []manifest.Edit{setOne.at(items(t, list)[1], items(t, list)[1].Root())})
		want := listOf("{kind: Pod, metadata: {name: a}}", "{kind: Pod, metadata: {name: a, annotations: {checksum/secret.a: 9f86d081}}}")
		if diff := cmp.Diff(object(t, want), object(t, output)); diff != "" {
			t.Errorf("-want +got:\n%s\n%s", diff, output)
		}
	})
	t.Run("in a list of templates", func(t *testing.T) {
		list := read(t, listOf("{kind: Cluster, metadata: {name: a}, spec: {groups: [{template: {}}, &g {template: {x: y}}], again: *g }}"))
		group := element(t, at(t, items(t, list)[0], "spec", "groups"), 1)
		template, err := group.At("template")
		if err != nil {
			t.Fatal(err)
		}
		output := write(t, list, []manifest.Edit{setOne.at(items(t, list)[0], template)})
		want := listOf("{kind: Cluster, metadata: {name: a}, spec: {groups: [{template: {}}, {template: {x: y, metadata: {annotations: {checksum/secret.a: 9f86d081}}}}], again: {template: {x: y}}}}")
		if diff := cmp.Diff(object(t, want), object(t, output)); diff != "" {
			t.Errorf("-want +got:\n%s\n%s", diff, output)
		}
	})
	t.Run("in an item of a List", func(t *testing.T) {
		list := read(t, listOf("{apiVersion: v1, kind: List, items: [{kind: D, metadata: {name: a}}, {kind: D, metadata: {name: b}, spec: {template: {}}}]}"))
		output := write(t, list, []manifest.Edit{setOne.at(items(t, list)[1], at(t, items(t, list)[1], "spec", "template"))})
		want := listOf("{apiVersion: v1, kind: List, items: [{kind: D, metadata: {name: a}}, {kind: D, metadata: {name: b}, spec: {template: {metadata: {annotations: {checksum/secret.a: 9f86d081}}}}}]}")
		if diff := cmp.Diff(object(t, want), object(t, output)); diff != "" {
			t.Errorf("-want +got:\n%s\n%s", diff, output)
		}
	})
}

// The items themselves can be anchored and aliased at the top of the ResourceList.
func TestEditLeavesTheMeaningOfAliasesOfTheItems(t *testing.T) {
	tests := map[string]struct {
		before, after string
	}{
		"items are anchored": {
			"items: &i [{kind: D, metadata: {name: a}, spec: {template: {}}}]\nx: *i\n",
			"items: [{kind: D, metadata: {name: a}, spec: {template: {metadata: {annotations: {checksum/secret.a: 9f86d081}}}}}]\n" +
				"x: [{kind: D, metadata: {name: a}, spec: {template: {}}}]\n",
		},
		"items are an alias": {
			"x: &i [{kind: D, metadata: {name: a}, spec: {template: {}}}]\nitems: *i\n",
			"x: [{kind: D, metadata: {name: a}, spec: {template: {}}}]\n" +
				"items: [{kind: D, metadata: {name: a}, spec: {template: {metadata: {annotations: {checksum/secret.a: 9f86d081}}}}}]\n",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			for way, output := range edited(t, header+test.before, setOne) {
				if diff := cmp.Diff(object(t, header+test.after), object(t, output)); diff != "" {
					t.Errorf("%s (-want +got):\n%s\n%s", way, diff, output)
				}
			}
		})
	}
}

// What is not of the edit stays as it is, byte for byte.
func TestEditChangesNoOtherByte(t *testing.T) {
	tests := map[string]struct {
		before string
		change change
		after  string
	}{
		"no metadata": {
			"\nspec:\n  containers: []  # none", setOne,
			"\nmetadata:\n  annotations:\n    checksum/secret.a: 9f86d081\nspec:\n  containers: []  # none",
		},
		"null metadata": {
			"\nmetadata: null # none\nspec: {}", setOne,
			"\nmetadata: # none\n  annotations:\n    checksum/secret.a: 9f86d081\nspec: {}",
		},
		"metadata with no value": {
			"\nmetadata:\nspec: {}", setOne,
			"\nmetadata:\n  annotations:\n    checksum/secret.a: 9f86d081\nspec: {}",
		},
		"empty metadata": {
			"\nspec: {}\nmetadata: {}", setOne,
			"\nspec: {}\nmetadata:\n  annotations:\n    checksum/secret.a: 9f86d081",
		},
		"no annotations": {
			"\nmetadata:\n\n  # of labels\n  labels:   {app:   web}\n\nspec: {}", setOne,
			"\nmetadata:\n  annotations:\n    checksum/secret.a: 9f86d081\n\n  # of labels\n  labels:   {app:   web}\n\nspec: {}",
		},
		"null annotations": {
			"\nmetadata:\n  annotations: ~ # none yet\n  labels: {app: web}", setOne,
			"\nmetadata:\n  annotations: # none yet\n    checksum/secret.a: 9f86d081\n  labels: {app: web}",
		},
		"annotations with no value": {
			"\nmetadata:\n  labels: {app: web}\n  annotations:", setOne,
			"\nmetadata:\n  labels: {app: web}\n  annotations:\n    checksum/secret.a: 9f86d081",
		},
		"empty annotations": {
			"\nmetadata:\n  annotations: {} # none yet\n  labels: {app: web}", setOne,
			"\nmetadata:\n  annotations: # none yet\n    checksum/secret.a: 9f86d081\n  labels: {app: web}",
		},
		"beside others": {
			"\n# of metadata\nmetadata:   # behind metadata\n  # of annotations\n  annotations:  # behind annotations\n\n    # of team\n    team:   'a'   # behind team\n    text: >-\n      folded\n        text\n  labels: {app: web}", setOne,
			"\n# of metadata\nmetadata:   # behind metadata\n  # of annotations\n  annotations:  # behind annotations\n    checksum/secret.a: 9f86d081\n\n    # of team\n    team:   'a'   # behind team\n    text: >-\n      folded\n        text\n  labels: {app: web}",
		},
		"several": {
			"\nmetadata:\n  annotations:\n    team: a", change{set: texts{"checksum/secret.b": "b", "checksum/configmap.c": "c", key: "a"}},
			"\nmetadata:\n  annotations:\n    checksum/configmap.c: c\n    checksum/secret.a: a\n    checksum/secret.b: b\n    team: a",
		},
		"a checksum that looks like a number": {
			"\nmetadata:\n  annotations:\n    team: a", change{set: texts{"a": "0123456789", "b": "12e34", "c": "12a4"}},
			"\nmetadata:\n  annotations:\n    a: \"0123456789\"\n    b: \"12e34\"\n    c: 12a4\n    team: a",
		},
		"another value": {
			"\nmetadata:\n  annotations:\n    team: a\n    checksum/secret.a:   old   # behind it\n    mode: b", setOne,
			"\nmetadata:\n  annotations:\n    team: a\n    checksum/secret.a:   9f86d081   # behind it\n    mode: b",
		},
		"another value in double quotes": {
			"\nmetadata:\n  annotations:\n    \"checksum/secret.a\": \"old\"", setOne,
			"\nmetadata:\n  annotations:\n    \"checksum/secret.a\": \"9f86d081\"",
		},
		"one removed": {
			"\nmetadata:\n  annotations:\n    # of team\n    team: a\n    checksum/secret.a: old # behind it\n\n    # of mode\n    mode: b", removeOne,
			"\nmetadata:\n  annotations:\n    # of team\n    team: a\n\n    # of mode\n    mode: b",
		},
		"the first removed": {
			"\nmetadata:\n  annotations:\n    checksum/secret.a: old\n    mode:  b", removeOne,
			"\nmetadata:\n  annotations:\n    mode:  b",
		},
		"the last removed, labels stay": {
			"\nmetadata:\n  labels: {app:   web}\n  annotations:\n    checksum/secret.a: old\nspec: {}", removeOne,
			"\nmetadata:\n  labels: {app:   web}\nspec: {}",
		},
		"the last removed, nothing stays": {
			"\nmetadata:\n  annotations:\n    checksum/secret.a: old\nspec: {a:   b}", removeOne,
			"\nspec: {a:   b}",
		},
		"one set and the first removed": {
			"\nmetadata:\n  annotations:\n    checksum/secret.b: old\n    team:   a", change{texts{key: value}, []string{"checksum/secret.b"}},
			"\nmetadata:\n  annotations:\n    checksum/secret.a: 9f86d081\n    team:   a",
		},
		"one set, one changed and one removed": {
			"\nmetadata:\n  annotations:\n    team:   a\n    checksum/secret.b: old\n    checksum/secret.c: old", change{texts{key: value, "checksum/secret.c": "new"}, []string{"checksum/secret.b"}},
			"\nmetadata:\n  annotations:\n    checksum/secret.a: 9f86d081\n    team:   a\n    checksum/secret.c: new",
		},
		"wide indentation": {
			"\n    metadata:\n        annotations:\n            team:   a\n    spec:\n        containers:\n          -   name: x", setOne,
			"\n    metadata:\n        annotations:\n            checksum/secret.a: 9f86d081\n            team:   a\n    spec:\n        containers:\n          -   name: x",
		},
		"annotations in flow style": {
			"\nmetadata:\n  annotations: {team:   a, mode: b}\n  labels: {app: web}", setOne,
			"\nmetadata:\n  annotations: {checksum/secret.a: 9f86d081, team:   a, mode: b}\n  labels: {app: web}",
		},
		"annotations in flow style, another value": {
			"\nmetadata:\n  annotations: {team:   a, checksum/secret.a: old , mode: b}", setOne,
			"\nmetadata:\n  annotations: {team:   a, checksum/secret.a: 9f86d081 , mode: b}",
		},
		"annotations in flow style, one removed": {
			"\nmetadata:\n  annotations: {team:   a, checksum/secret.a: old, mode: b}", removeOne,
			"\nmetadata:\n  annotations: {team:   a, mode: b}",
		},
		"annotations in flow style, the last removed": {
			"\nmetadata:\n  labels: {app:   web}\n  annotations: {checksum/secret.a: old}", removeOne,
			"\nmetadata:\n  labels: {app:   web}",
		},
		"metadata in flow style": {
			"\nmetadata: {labels: {app:   web}}", setOne,
			"\nmetadata: {annotations: {checksum/secret.a: 9f86d081}, labels: {app:   web}}",
		},
		"metadata in flow style, empty annotations": {
			"\nmetadata: {annotations: {}, labels: {app:   web}}", setOne,
			"\nmetadata: {annotations: {checksum/secret.a: 9f86d081}, labels: {app:   web}}",
		},
		"template in flow style": {
			" {spec: {a:   b}}", setOne,
			" {metadata: {annotations: {checksum/secret.a: 9f86d081}}, spec: {a:   b}}",
		},
		"template in JSON": {
			` {"spec": {"a":   "b"}}`, setOne,
			` {"metadata": {"annotations": {"checksum/secret.a": "9f86d081"}}, "spec": {"a":   "b"}}`,
		},
		"flow style on several lines": {
			"\nmetadata: {\n  annotations: {\n    team:   a,\n    mode: b },\n  labels: {app: web}}", setOne,
			"\nmetadata: {\n  annotations: {\n    checksum/secret.a: 9f86d081, team:   a,\n    mode: b },\n  labels: {app: web}}",
		},
		"emoji before": {
			"\nmetadata: {labels: {a: 😀, é: \"ü\"}, annotations: {😀: a}}", setOne,
			"\nmetadata: {labels: {a: 😀, é: \"ü\"}, annotations: {checksum/secret.a: 9f86d081, 😀: a}}",
		},
		"text that the encoder would change": {
			"\nspec:\n  containers:\n    - args: [ \"-c\",'x' ,  y ]\n      a: >\n        folded\n          text\n\n      b: |2\n          text\n        😀\n      c: &c {d:   e}\n      f: {<<: *c , g: }\n      h: 0644   # octal\n", setOne,
			"\nmetadata:\n  annotations:\n    checksum/secret.a: 9f86d081\nspec:\n  containers:\n    - args: [ \"-c\",'x' ,  y ]\n      a: >\n        folded\n          text\n\n      b: |2\n          text\n        😀\n      c: &c {d:   e}\n      f: {<<: *c , g: }\n      h: 0644   # octal\n",
		},
	}
	for name, test := range tests {
		for newline, of := range map[string]string{"LF": "\n", "CR LF": "\r\n"} {
			t.Run(name+" "+newline, func(t *testing.T) {
				before := strings.ReplaceAll(listOf(bystander, deployment(test.before), bystander), "\n", of)
				after := strings.ReplaceAll(listOf(bystander, deployment(test.after), bystander), "\n", of)
				for way, read := range ways {
					list, err := read([]byte(before))
					if err != nil {
						t.Fatal(err)
					}
					web := items(t, list)[1]
					output := write(t, list, []manifest.Edit{test.change.at(web, at(t, web, "spec", "template"))})
					var diff string
					if way == "in parts" {
						diff = cmp.Diff(after, output)
					} else { // the YAML library tells no places
						diff = cmp.Diff(object(t, after), object(t, output))
					}
					if diff != "" {
						t.Errorf("%s (-want +got):\n%s", way, diff)
					}
				}
			})
		}
	}
}

// An object that has to be encoded anew leaves the others as they are.
func TestEditThatEncodesAnObjectChangesNoOther(t *testing.T) {
	before := listOf(bystander, "kind: D\nmetadata: {name: a, annotations: &x {team: a}}\nspec:\n  template:\n    metadata: {annotations: *x }\n", bystander)
	list := read(t, before)
	item := items(t, list)[1]
	output := write(t, list, []manifest.Edit{setOne.at(item, at(t, item, "spec", "template"))})
	text := listOf(bystander)
	if !strings.HasPrefix(output, text) || !strings.HasSuffix(output, strings.TrimPrefix(text, header+"items:\n")) {
		t.Errorf("the other objects have changed:\n%s", cmp.Diff(before, output))
	}
}

func TestEditOfAnEncodedObjectKeepsComments(t *testing.T) {
	list := read(t, listOf(`
kind: D
metadata: {name: a, annotations: &x {team: a}}
spec:
  template:
    # of metadata
    metadata: # behind metadata
      # of annotations
      annotations: # behind annotations
        <<: *x
        # of mode
        mode: b # behind mode
        # of the checksum
        checksum/secret.a: &y old # behind the checksum
        other: *y
      labels: {app: web} # behind labels
    spec: {} # behind spec
`))
	item := items(t, list)[0]
	output := write(t, list, []manifest.Edit{setOne.at(item, at(t, item, "spec", "template"))})
	for _, want := range []string{
		"# of metadata\n", "metadata: # behind metadata\n", "# of annotations\n", "annotations: # behind annotations\n",
		"# of mode\n", "mode: b # behind mode\n", "# of the checksum\n", "checksum/secret.a: 9f86d081 # behind the checksum\n",
		"labels: {app: web} # behind labels\n", "spec: {} # behind spec\n",
	} {
		if !strings.Contains(output, want) {
			t.Errorf("the output lacks %q", want)
		}
	}
	if t.Failed() {
		t.Log(output)
	}
}

func TestOutputIsTheSameEachTime(t *testing.T) {
	c := change{set: texts{"checksum/secret.c": "3", "checksum/secret.a": "1", "checksum/secret.b": "2"}}
	for _, template := range []string{" {}", "\nspec: {}", "\nmetadata: {annotations: {a: &a b, c: *a }}"} {
		input := listOf(deployment(template))
		want := edited(t, input, c)
		for range 5 {
			if diff := cmp.Diff(want, edited(t, input, c)); diff != "" {
				t.Errorf("two outputs differ (-first +second):\n%s", diff)
			}
		}
	}
}

func TestEditReachesAnyPathFromItsBase(t *testing.T) {
	tests := map[string]struct {
		before string
		path   []string
		change change
		after  string
	}{
		"absent":                   {"{version: v1}", []string{"podMetadata", "annotations"}, setOne, "{version: v1, podMetadata: {annotations: {checksum/secret.a: 9f86d081}}}"},
		"null":                     {"{podMetadata: null}", []string{"podMetadata", "annotations"}, setOne, "{podMetadata: {annotations: {checksum/secret.a: 9f86d081}}}"},
		"beside labels":            {"{podMetadata: {labels: {app: web}}}", []string{"podMetadata", "annotations"}, setOne, "{podMetadata: {labels: {app: web}, annotations: {checksum/secret.a: 9f86d081}}}"},
		"one field":                {"{version: v1}", []string{"podAnnotations"}, setOne, "{version: v1, podAnnotations: {checksum/secret.a: 9f86d081}}"},
		"one field that is there":  {"{podAnnotations: {team: a}}", []string{"podAnnotations"}, setOne, "{podAnnotations: {team: a, checksum/secret.a: 9f86d081}}"},
		"three fields":             {"{version: v1}", []string{"pod", "metadata", "annotations"}, setOne, "{version: v1, pod: {metadata: {annotations: {checksum/secret.a: 9f86d081}}}}"},
		"three, some there":        {"{pod: {spec: {}}}", []string{"pod", "metadata", "annotations"}, setOne, "{pod: {spec: {}, metadata: {annotations: {checksum/secret.a: 9f86d081}}}}"},
		"three, all there":         {"{pod: {metadata: {annotations: {team: a}}}}", []string{"pod", "metadata", "annotations"}, setOne, "{pod: {metadata: {annotations: {team: a, checksum/secret.a: 9f86d081}}}}"},
		"the last of one field":    {"{version: v1, podAnnotations: {checksum/secret.a: old}}", []string{"podAnnotations"}, removeOne, "{version: v1}"},
		"the last of three fields": {"{version: v1, pod: {metadata: {annotations: {checksum/secret.a: old}}}}", []string{"pod", "metadata", "annotations"}, removeOne, "{version: v1}"},
		"the last, labels stay":    {"{pod: {labels: {}, annotations: {checksum/secret.a: old}}}", []string{"pod", "annotations"}, removeOne, "{pod: {labels: {}}}"},
		"nothing but the base":     {"{pod: {annotations: {checksum/secret.a: old}}}", []string{"pod", "annotations"}, removeOne, "{}"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			head := "kind: Prometheus\nmetadata: {name: a}\n"
			want := object(t, listOf(head+"spec: "+test.after))
			for _, before := range []string{"spec: " + test.before, blockStyle(t, "spec: "+test.before)} {
				for way, read := range ways {
					list, err := read([]byte(listOf(head + before)))
					if err != nil {
						t.Fatal(err)
					}
					first := items(t, list)[0]
					edit := manifest.Edit{Item: first, Base: at(t, first, "spec"), Path: test.path, Set: test.change.set, Remove: test.change.remove}
					output := write(t, list, []manifest.Edit{edit})
					if diff := cmp.Diff(want, object(t, output)); diff != "" {
						t.Errorf("%s (-want +got):\n%s\n%s", way, diff, output)
					}
				}
			}
		})
	}
}

// What stands on the way to the annotations, down to nothing, is kept byte for byte, and
// what is missing is made in the style of what there is.
func TestEditKeepsTheBytesOnAnyPath(t *testing.T) {
	const set, head = "checksum/secret.a: 9f86d081", "kind: Prometheus\nmetadata: {name: a}\n"
	tests := map[string]struct {
		before, after string
		path          []string
	}{
		"one field":             {"spec:\n    b:   1 # one\n", "spec:\n    a:\n        " + set + "\n    b:   1 # one\n", []string{"a"}},
		"one field in flow":     {"spec: {b:   1}\n", "spec: {a: {" + set + "}, b:   1}\n", []string{"a"}},
		"one field, there":      {"spec:\n  a:\n    x:   y\n", "spec:\n  a:\n    " + set + "\n    x:   y\n", []string{"a"}},
		"one field, empty":      {"spec:\n  a: {}\n  b:   1\n", "spec:\n  a:\n    " + set + "\n  b:   1\n", []string{"a"}},
		"three fields":          {"spec:\n  b:   1\n", "spec:\n  p:\n    m:\n      a:\n        " + set + "\n  b:   1\n", []string{"p", "m", "a"}},
		"three fields in flow":  {"spec: {b:   1}\n", "spec: {p: {m: {a: {" + set + "}}}, b:   1}\n", []string{"p", "m", "a"}},
		"three, one there":      {"spec:\n  p:\n     b:   1\n", "spec:\n  p:\n     m:\n        a:\n           " + set + "\n     b:   1\n", []string{"p", "m", "a"}},
		"three, one in flow":    {"spec:\n  p: {b:   1}\n", "spec:\n  p: {m: {a: {" + set + "}}, b:   1}\n", []string{"p", "m", "a"}},
		"three, one empty":      {"spec:\n  p: {}\n  b:   1\n", "spec:\n  p:\n    m:\n      a:\n        " + set + "\n  b:   1\n", []string{"p", "m", "a"}},
		"three, one null":       {"spec:\n  p:\n  b:   1\n", "spec:\n  p:\n    m:\n      a:\n        " + set + "\n  b:   1\n", []string{"p", "m", "a"}},
		"four, two there":       {"spec:\n  p:\n    q:\n      b:   1\n", "spec:\n  p:\n    q:\n      m:\n        a:\n          " + set + "\n      b:   1\n", []string{"p", "q", "m", "a"}},
		"four, one there":       {"spec:\n  p:\n    b:   1\n", "spec:\n  p:\n    q:\n      m:\n        a:\n          " + set + "\n    b:   1\n", []string{"p", "q", "m", "a"}},
		"three, two empty":      {"spec:\n  p:\n    m: {}\n  b:   1\n", "spec:\n  p:\n    m:\n      a:\n        " + set + "\n  b:   1\n", []string{"p", "m", "a"}},
		"three, in JSON":        {"spec: {\"b\":   1}\n", "spec: {\"p\": {\"m\": {\"a\": {\"checksum/secret.a\": \"9f86d081\"}}}, \"b\":   1}\n", []string{"p", "m", "a"}},
		"two, in flow, empty":   {"spec: {p: {}, b:   1}\n", "spec: {p: {a: {" + set + "}}, b:   1}\n", []string{"p", "a"}},
		"three, in flow, empty": {"spec: {p: {}, b:   1}\n", "spec: {p: {m: {a: {" + set + "}}}, b:   1}\n", []string{"p", "m", "a"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			list, err := manifest.ReadStream([]byte(head+test.before), shape)
			if err != nil {
				t.Fatal(err)
			}
			first := items(t, list)[0]
			output := write(t, list, []manifest.Edit{{Item: first, Base: at(t, first, "spec"), Path: test.path, Set: setOne.set}})
			if diff := cmp.Diff(head+test.after, output); diff != "" {
				t.Errorf("output (-want +got):\n%s", diff)
			}
		})
	}
}
