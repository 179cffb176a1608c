package e2e

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

func TestServerSideApplyLeavesTheAnnotationsOfOthers(t *testing.T) {
	n := newNamespace(t, "server-side")
	manifests, functionConfig := read(t, "testdata/shop.yaml"), read(t, "testdata/rollout-checksums.yaml")
	shop := []string{"--server-side", "--field-manager", "shop"}
	n.apply(annotate(t, manifests, functionConfig), shop...)
	n.kubectl(`apiVersion: apps/v1
kind: Deployment
metadata:
  name: api
spec:
  template:
    metadata:
      annotations:
        checksum/config: of-another
        example.com/owner: platform
`, "apply", "--server-side", "--field-manager", "platform", "-f", "-")

	checksum := n.annotations("deployment/api")["checksum/secret.database"]
	n.apply(annotate(t, replace(t, manifests, "uri: not-a-secret-uri", "uri: another-uri"), functionConfig), shop...)
	annotations := n.annotations("deployment/api")
	if annotations["checksum/secret.database"] == checksum {
		t.Error("the checksum did not change with the Secret")
	}
	delete(annotations, "checksum/secret.database")
	of := map[string]string{"checksum/config": "of-another", "example.com/owner": "platform"}
	if !maps.Equal(annotations, of) {
		t.Errorf("annotations of others: %q, want %q", annotations, of)
	}

	n.apply(annotate(t, manifests, replace(t, functionConfig, "enabled: true", "enabled: false")), shop...)
	if annotations := n.annotations("deployment/api"); !maps.Equal(annotations, of) {
		t.Errorf("annotations with the function disabled: %q, want %q", annotations, of)
	}
}

// The limits of the API: 253 characters for the name of an object, and for the part of
// an annotation's key before the slash; 63 for a namespace, and for the part behind it.
func TestNamesAtTheLimitsAreAccepted(t *testing.T) {
	long := strings.Repeat("a", 63)
	name := strings.Join([]string{long, long, long, strings.Repeat("b", 61)}, ".")
	for _, test := range []struct {
		namespace, name string
		entry, spec     string
	}{
		{"limit-" + strings.Repeat("n", 57), name, name, ""},
		{"limit-prefix", "database", "database", "annotationPrefix: " + name},
		{"limit-fits", strings.Repeat("f", 56), strings.Repeat("f", 56), ""},
		{"limit-cut", strings.Repeat("c", 57), strings.Repeat("c", 57), ""},
		{"limit-dots", "a.b-c.d", "a.b-c.d", ""},
		{"limit-scope", name, "{name: " + name + ", namespace: " + strings.Repeat("o", 63) + "}", "scope: All"},
	} {
		t.Run(test.namespace, func(t *testing.T) {
			n := newNamespace(t, test.namespace)
			functionConfig := fmt.Sprintf(`apiVersion: checksum.proompteng.ai/v1alpha1
kind: ChecksumAnnotator
metadata:
  name: rollout-checksums
spec:
  enabled: true
  onMissing: HashName
  secrets:
  - %s
  %s
`, test.entry, test.spec)
			manifest := fmt.Sprintf(`apiVersion: v1
kind: Secret
metadata:
  name: %[1]s
stringData:
  uri: not-a-secret
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: shop
spec:
  selector:
    matchLabels:
      app: shop
  template:
    metadata:
      labels:
        app: shop
    spec:
      terminationGracePeriodSeconds: 0
      containers:
      - name: shop
        image: shop:1.0
        envFrom:
        - secretRef:
            name: %[1]s
`, test.name)
			n.apply(annotate(t, manifest, functionConfig))
			if keys := slices.Collect(maps.Keys(n.annotations("deployment/shop"))); len(keys) != 1 {
				t.Errorf("annotations: %q, want one", keys)
			}
		})
	}
}
