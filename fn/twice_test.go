package fn_test

import (
	"strings"
	"testing"
)

// Clients take the last one of two annotations, and charts have such.
func TestAnnotationsThatAreGivenTwiceAreTold(t *testing.T) {
	user := func(annotations string) string {
		return strings.Replace(deployment("user", "secretRef: {name: s}"), "      labels:", "      annotations:\n"+indented(annotations, "        ")+"      labels:", 1)
	}
	source := secret("s", "k: v")
	sum := run(t, "enabled: true\nsecrets: [s]", source, deployment("user", "secretRef: {name: s}")).checksum("user")
	const set = "info: Deployment user: set checksum/secret.s"
	twice := func(keys string) string {
		return "warning: Deployment user: its pod template has annotations twice, of which the last one counts: " + keys
	}
	for name, test := range map[string]struct {
		annotations string
		told        []string
	}{
		"others":                    {"a: '1'\nb: x\na: '2'", []string{twice("a"), set}},
		"several":                   {"a: '1'\na: '2'\nb: x\nb: x", []string{twice("a, b"), set}},
		"in flow style":             {"{a: '1', a: '2'}", []string{twice("a"), set}},
		"ours, the last one right":  {"checksum/secret.s: x\nchecksum/secret.s: '" + sum + "'", []string{twice("checksum/secret.s")}},
		"ours, the last one not":    {"checksum/secret.s: '" + sum + "'\nchecksum/secret.s: x", []string{twice("checksum/secret.s"), set}},
		"ours, and beside another":  {"checksum/secret.s: x\na: b\nchecksum/secret.s: y", []string{twice("checksum/secret.s"), set}},
		"by a merge key, not twice": {"<<: &m {a: '1'}\na: '2'", []string{set}},
	} {
		t.Run(name, func(t *testing.T) {
			list := "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nfunctionConfig:\n  apiVersion: checksum.proompteng.ai/v1alpha1\n" +
				"  kind: ChecksumAnnotator\n  metadata: {name: test}\n  spec: {enabled: true, secrets: [s]}\n" + itemList(source, user(test.annotations))
			outcome := runOn(t, list).told(test.told...)
			again := runOn(t, outcome.output)
			for _, result := range again.results {
				if strings.HasPrefix(result.Line(), set) {
					t.Errorf("a second run changes it again:\n%s", again.output)
				}
			}
			if last := outcome.output[strings.LastIndex(outcome.output, "checksum/secret.s: "):]; !strings.Contains(strings.SplitN(last, "\n", 2)[0], sum) {
				t.Errorf("the last annotation is not the checksum:\n%s", outcome.output)
			}
		})
	}
	t.Run("are removed, both of them, when the function is disabled", func(t *testing.T) {
		outcome := run(t, "enabled: false", user("checksum/secret.s: x\na: b\nchecksum/secret.s: y")).told(
			twice("checksum/secret.s"), "info: Deployment user: removed checksum/secret.s")
		if items, _, _ := strings.Cut(outcome.output, "results:"); strings.Contains(items, "checksum/secret.s") || !strings.Contains(items, "a: b") {
			t.Errorf("the output is\n%s", outcome.output)
		}
	})
}
