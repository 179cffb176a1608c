package usage_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/proompteng/checksum-annotator/config"
	"github.com/proompteng/checksum-annotator/fn/manifest"
	"github.com/proompteng/checksum-annotator/fn/usage"
	"github.com/proompteng/checksum-annotator/fn/workload"
)

const input = `apiVersion: v1
kind: ConfigMap
metadata: {name: allowed}
data: {a: "1", b: "2"}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: other}
data: {a: "3"}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    spec:
      containers:
      - env:
        - {name: A, valueFrom: {configMapKeyRef: {name: allowed, key: a}}}
        - {name: B, valueFrom: {configMapKeyRef: {name: allowed, key: b}}}
        - {name: C, valueFrom: {configMapKeyRef: {name: other, key: a}}}
        - {name: D, valueFrom: {secretKeyRef: {name: absent, key: d}}}
        - {name: E, valueFrom: {secretKeyRef: {name: outside, key: e}}}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: nightly}
spec: {jobTemplate: {spec: {template: {spec: {containers: [{envFrom: [{configMapRef: {name: other}}]}]}}}}}
`

const functionConfig = `apiVersion: checksum.proompteng.ai/v1alpha1
kind: ChecksumAnnotator
metadata: {name: checksums}
spec: {enabled: true, secrets: [outside], configMaps: [allowed], %s}
`

func build(t *testing.T, input, settings string, options usage.Options) *usage.Graph {
	t.Helper()
	functionConfig, err := manifest.ReadConfig(fmt.Appendf(nil, functionConfig, settings))
	if err != nil {
		t.Fatal(err)
	}
	spec, errs := config.Load(functionConfig)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	list, err := manifest.ReadStream([]byte(input), workload.Shape())
	if err != nil {
		t.Fatal(err)
	}
	return usage.Build(list, spec, options)
}

// uses returns a line for each use of the workloads of a graph.
func uses(graph *usage.Graph) (lines []string) {
	for _, w := range graph.Workloads {
		for _, template := range w.PodTemplates {
			for _, use := range template.Uses {
				line := fmt.Sprintf("%s: %s, places: %d, keys: %v", w.Item, use.Subject(), len(use.Places), use.Keys)
				if use.Object == nil {
					line += ", absent"
				}
				if use.Entry != nil {
					line += ", allowed"
				}
				if use.Digest != "" {
					line += ", with digest"
				}
				lines = append(lines, line)
			}
		}
	}
	return lines
}

func TestUsesAreListedOnceForEachName(t *testing.T) {
	want := []string{
		"Deployment web: Secret absent, places: 1, keys: {false [d]}, absent",
		"Deployment web: Secret outside, places: 1, keys: {false [e]}, absent, allowed, with digest",
		"Deployment web: ConfigMap allowed, places: 2, keys: {false [a b]}, allowed, with digest",
		"Deployment web: ConfigMap other, places: 1, keys: {false [a]}",
	}
	everything := append(want, "CronJob nightly: ConfigMap other, places: 1, keys: {true []}")
	got := uses(build(t, input, "", usage.Options{Everything: true}))
	if diff := cmp.Diff(everything, got); diff != "" {
		t.Errorf("uses of everything (-want +got):\n%s", diff)
	}
	// What the allowlist does not name is not looked for, nor are keys that do not count.
	want = []string{
		"Deployment web: Secret absent, places: 1, keys: {true []}, absent",
		"Deployment web: Secret outside, places: 1, keys: {true []}, absent, allowed, with digest",
		"Deployment web: ConfigMap allowed, places: 2, keys: {true []}, allowed, with digest",
		"Deployment web: ConfigMap other, places: 1, keys: {true []}, absent",
	}
	got = uses(build(t, input, "", usage.Options{}))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("uses of what is selected (-want +got):\n%s", diff)
	}
}

func TestDigestIsThatOfTheUse(t *testing.T) {
	for _, settings := range []string{"", "keyScope: Used", "scope: All", "salt: s", "scope: All, keyScope: Used, salt: s"} {
		t.Run(settings, func(t *testing.T) {
			graph := build(t, input, settings, usage.Options{Everything: true})
			compared := 0
			for _, w := range graph.Workloads {
				for _, template := range w.PodTemplates {
					for _, use := range template.Counting {
						if use.Object == nil {
							continue
						}
						got, err := graph.Digest(use.Object, use.Entry.Keys, template.KeysOf(use.Object))
						if got != use.Digest || err != nil {
							t.Errorf("%s: the digest of %s is %s, %v, and that of its use %s", w.Item, use.Object, got, err, use.Digest)
						}
						compared++
					}
				}
			}
			if compared == 0 {
				t.Error("there are no uses that count")
			}
		})
	}
}

func TestProblemsLeaveNothingDecided(t *testing.T) {
	broken := build(t, input+"---\napiVersion: v1\nkind: Secret\nmetadata: {name: outside}\ndata: {a: '?'}\n", "", usage.Options{})
	if len(broken.Problems) != 1 || len(broken.Workloads) > 0 {
		t.Errorf("with a Secret that cannot be read, there are %d workloads and the problems %v", len(broken.Workloads), broken.Problems)
	}
}
