package fn_test

import (
	"fmt"
	"testing"
)

// Each of many namespaces can have objects of the same names.
func TestManyNamespacesWithTheSameNames(t *testing.T) {
	const namespaces = 100
	makers := map[string]string{
		"Secrets":                 secret("db", "a: b"),
		"SealedSecrets":           sealed("db", "a: b"),
		"SecretProviderClasses":   providerClass("db", "secretName: db"),
		"ExternalSecrets by name": external("other", "name: db"),
	}
	for name, maker := range makers {
		t.Run(name, func(t *testing.T) {
			var all []string
			for i := range namespaces {
				namespace := fmt.Sprintf("ns-%d", i)
				all = append(all, in(namespace, maker), in(namespace, deployment(fmt.Sprintf("user-%d", i), "secretRef: {name: db}")))
			}
			got := run(t, "enabled: true\nsecrets: [db]", all...)
			if changed := len(got.results); got.results.Failed() || changed != namespaces {
				t.Errorf("%d workloads of %d are annotated: %q", changed, namespaces, got.results.Lines())
			}
		})
	}
}
