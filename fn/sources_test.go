package fn_test

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"
)

const operators = "9F86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

func TestOperatorsChecksumIsUsedAsItIs(t *testing.T) {
	user := deployment("user", "secretRef: {name: db}")
	spec := "enabled: true\nsecrets: [{name: db, checksum: " + operators + "}]"
	outcome := run(t, spec, user).succeeded().told("info: Deployment user: set checksum/secret.db")
	if got := outcome.checksum("user"); got != operators {
		t.Errorf("the checksum is %s", got)
	}

	t.Run("even when the source is in the input", func(t *testing.T) {
		outcome := run(t, spec, user, secret("db", "k: v")).succeeded().told(
			"warning: ChecksumAnnotator test: spec.secrets[0]: Secret db is in the input, but its content does not count, because the entry has a checksum",
			"info: Deployment user: set checksum/secret.db")
		if got := outcome.checksum("user"); got != operators {
			t.Errorf("the checksum is %s", got)
		}
	})
	t.Run("even when the source's content is not valid", func(t *testing.T) {
		run(t, spec, user, "apiVersion: v1\nkind: Secret\nmetadata: {name: db}\ndata: {a: '***'}\n").succeeded()
	})
	t.Run("for a workload in another namespace than the source in the input", func(t *testing.T) {
		outcome := run(t, spec, in("a", user), in("b", secret("db", "k: v"))).succeeded()
		if got := outcome.checksum("user"); got != operators {
			t.Errorf("the checksum is %s", got)
		}
	})
}

func TestMissingSource(t *testing.T) {
	user := deployment("user", "secretRef: {name: db}")
	hash := sha256.Sum256([]byte("db"))
	nameHash := hex.EncodeToString(hash[:])
	const warning = "warning: ChecksumAnnotator test: spec.secrets[0]: Secret db is not in the input and has no checksum:" +
		" workloads that use it are annotated with the digest of its name, and changes of it will not be seen"
	const failure = "error: ChecksumAnnotator test: spec.secrets[0]: Secret db is not in the input and has no checksum: correct the name, render it with what uses it, give the entry a checksum, or let onMissing be HashName or Skip"
	const note = "info: ChecksumAnnotator test: spec.secrets[0]: Secret db is not in the input and has no checksum: no workload is annotated with it"
	const set = "info: Deployment user: set checksum/secret.db"

	for _, spec := range []string{"secrets: [db]", "onMissing: HashName\nsecrets: [db]", "onMissing: Fail\nsecrets: [{name: db, onMissing: HashName}]"} {
		outcome := run(t, "enabled: true\n"+spec, user).succeeded().told(warning, set)
		if got := outcome.checksum("user"); got != nameHash {
			t.Errorf("%s: the checksum is %s", spec, got)
		}
	}
	for _, spec := range []string{"onMissing: Fail\nsecrets: [db]", "secrets: [{name: db, onMissing: Fail}]"} {
		run(t, "enabled: true\n"+spec, user).failed().told(failure)
	}
	for _, spec := range []string{"onMissing: Skip\nsecrets: [db]", "secrets: [{name: db, onMissing: Skip}]"} {
		outcome := run(t, "enabled: true\n"+spec, user).succeeded().told(note)
		if len(outcome.annotations("user")) > 0 {
			t.Errorf("%s: it is annotated", spec)
		}
	}
	t.Run("a missing source takes its old annotation away", func(t *testing.T) {
		old := annotated("config.kubernetes.io/path", "user.yaml", withTemplateAnnotation("checksum/secret.db", digestOfNobody, user))
		run(t, "enabled: true\nonMissing: Skip\nsecrets: [db]", old).succeeded().told(note, "info: Deployment user: removed checksum/secret.db (user.yaml, document 1)")
	})
}

func TestDisabled(t *testing.T) {
	const spec = "secrets: [a, missing]\nconfigMaps: [b]"
	objects := []string{secret("a", "k: v"), configMap("b", "k: v"), deployment("user", "secretRef: {name: a}", "configMapRef: {name: b}")}
	enabled := run(t, "enabled: true\n"+spec, objects...).succeeded()
	if got := len(enabled.annotations("user")); got != 2 {
		t.Fatalf("there are %d annotations", got)
	}
	for _, disabled := range []string{"enabled: false\n" + spec, spec} {
		input := strings.Replace(enabled.output, "enabled: true\n", "enabled: false\n", 1)
		input, _, _ = strings.Cut(input, "results:\n")
		outcome := runOn(t, input).succeeded().told(
			"info: ChecksumAnnotator test: spec.enabled: the function is disabled: it sets no checksums and removes those that it has set",
			"info: Deployment user: removed checksum/configmap.b, checksum/secret.a")
		if items(t, outcome.output) != items(t, enabled.input) {
			t.Errorf("%s: the items are not what they were:\n%s", disabled, outcome.output)
		}
		run(t, disabled, objects...).succeeded().told(
			"info: ChecksumAnnotator test: spec.enabled: the function is disabled: it sets no checksums and removes those that it has set")
	}
	t.Run("without an allowlist there is nothing to tell", func(t *testing.T) {
		run(t, "enabled: false", objects...).succeeded().told()
	})
	t.Run("sources do not matter", func(t *testing.T) {
		run(t, "onMissing: Fail\nsecrets: [missing]\nconfigMaps: [b]", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\ndata: [x]\n").succeeded()
	})
}

func TestWorkloadsThatAreNotSelectedKeepTheirAnnotations(t *testing.T) {
	old := strings.Replace(deployment("user", "secretRef: {name: a}"), "labels:", "annotations: {checksum/secret.a: x}\n      labels:", 1)
	run(t, "enabled: true\nsecrets: [a]\nworkloads: [{name: other}]", secret("a", "k: v"), old).succeeded().told(
		"warning: ChecksumAnnotator test: spec.workloads[0]: it matches no workload of the input",
		"warning: ChecksumAnnotator test: spec.secrets[0]: no selected workload uses Secret a")
}
