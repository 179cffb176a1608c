package fn_test

import (
	"fmt"
	"testing"
)

// aboutConfig begins what is told about the functionConfig.
const aboutConfig = "ChecksumAnnotator test: "

func TestWhatHoldsForSeveralEntriesIsToldOnce(t *testing.T) {
	user := deployment("user", "secretRef: {name: a}", "secretRef: {name: b}", "configMapRef: {name: c}")
	set := func(keys string) string { return "info: Deployment user: set " + keys }
	const present = "warning: " + aboutConfig + "no selected workload uses Secret x, ConfigMap y"
	tests := map[string]struct {
		spec  string
		items []string
		told  []string
	}{
		"absent, one": {"secrets: [a]", []string{user}, []string{
			"warning: " + aboutConfig + "spec.secrets[0]: Secret a is not in the input and has no checksum: workloads that use it are annotated with the digest of its name, and changes of it will not be seen",
			set("checksum/secret.a"),
		}},
		"absent, several": {"secrets: [a, b]\nconfigMaps: [c]", []string{user}, []string{
			"warning: " + aboutConfig + "Secret a, Secret b, ConfigMap c are not in the input and have no checksum: workloads that use them are annotated with the digests of their names, and changes of them will not be seen",
			set("checksum/configmap.c, checksum/secret.a, checksum/secret.b"),
		}},
		"absent and skipped, several": {"onMissing: Skip\nsecrets: [a, b]", []string{user}, []string{
			"info: " + aboutConfig + "Secret a, Secret b are not in the input and have no checksum: no workload is annotated with them",
		}},
		"absent, and not allowed to be": {"onMissing: Fail\nsecrets: [a, b]", []string{user}, []string{
			"error: " + aboutConfig + "spec.secrets[0]: Secret a is not in the input and has no checksum: correct the name, render it with what uses it, give the entry a checksum, or let onMissing be HashName or Skip",
			"error: " + aboutConfig + "spec.secrets[1]: Secret b is not in the input and has no checksum: correct the name, render it with what uses it, give the entry a checksum, or let onMissing be HashName or Skip",
		}},
		"unused, one": {"secrets: [x]", []string{secret("x", "k: v"), user}, []string{
			"warning: " + aboutConfig + "spec.secrets[0]: no selected workload uses Secret x",
		}},
		"unused, several": {"secrets: [x]\nconfigMaps: [y]", []string{secret("x", "k: v"), configMap("y", "k: v"), user}, []string{present}},
		"unused, and of workloads that are not selected": {
			"secrets: [a]\nworkloads: [{name: y, kind: Deployment}]", []string{secret("a", "k: v"), user, deployment("y")},
			[]string{"warning: " + aboutConfig + "spec.secrets[0]: no selected workload uses Secret a"},
		},
		"unused, with checksums": {"secrets: [{name: x, checksum: " + digestOfNobody + "}]", []string{user}, []string{
			"info: " + aboutConfig + "spec.secrets[0]: no selected workload uses Secret x",
		}},
		"unused and absent": {"secrets: [x]\nconfigMaps: [y]", []string{user}, []string{
			"warning: " + aboutConfig + "Secret x, ConfigMap y are not in the input, and no selected workload uses them",
		}},
		"used, and ambiguous": {"secrets: [a]", []string{in("p", secret("a", "k: v")), in("q", secret("a", "k: v")), user}, []string{
			"warning: Deployment user: not annotated with the checksum of Secret a: it may mean Secret p/a or Secret q/a",
		}},
		"used by a Job": {"secrets: [a]", []string{secret("a", "k: v"), fmt.Sprintf("apiVersion: batch/v1\nkind: Job%s", user[len("apiVersion: apps/v1\nkind: Deployment"):])}, []string{
			"info: Job user: not annotated with checksum/secret.a: a change would not replace the pods of a Job",
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			outcome := run(t, "enabled: true\n"+test.spec, test.items...)
			if !outcome.results.Failed() {
				outcome.succeeded()
			}
			outcome.told(test.told...)
		})
	}
}

func TestNamesThatResembleAreSuggested(t *testing.T) {
	const (
		absent = "warning: " + aboutConfig + "spec.secrets[0]: Secret %s%s is not in the input, and no selected workload uses it"
		failed = "error: " + aboutConfig + "spec.secrets[0]: Secret %s is not in the input and has no checksum%s: correct the name, render it with what uses it, give the entry a checksum, or let onMissing be HashName or Skip"
	)
	tests := []struct {
		name, entry, remark string
		items               []string
	}{
		{"letters exchanged", "shop-dtaabase", " (do you mean shop-database?)", []string{secret("shop-database", "k: v")}},
		{"a letter too few", "shop-databse", " (do you mean shop-database?)", []string{secret("shop-database", "k: v")}},
		{"a letter too many", "shop-dataabase", " (do you mean shop-database?)", []string{secret("shop-database", "k: v")}},
		{"two letters", "shop-dtabse", " (do you mean shop-database?)", []string{secret("shop-database", "k: v")}},
		{"the nearest one", "database", " (do you mean databases?)", []string{secret("databasssw", "k: v"), secret("databases", "k: v")}},
		{"before a prefix", "db", " (do you mean dev-db?)", []string{secret("dev-db", "k: v"), secret("dev-db-2", "k: v")}},
		{"before a hash", "db", " (do you mean db-5m2h8k9t4d?)", []string{secret("db-5m2h8k9t4d", "k: v")}},
		{"one that a controller makes", "shop-dtaabase", " (do you mean shop-database?)", []string{"apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: shop-database}\nspec: {encryptedData: {k: v}}\n"}},
		{"the other kind", "settings", " (there is a ConfigMap of this name)", []string{configMap("settings", "k: v")}},
		{"nothing alike", "db", "", []string{secret("cache", "k: v")}},
		{"short names", "db", "", []string{secret("dx", "k: v")}},
		{"a part of a word", "db", "", []string{secret("mydb", "k: v"), secret("dbx-y", "k: v")}},
		{"of the other kind alone", "settings", "", []string{configMap("settingz", "k: v")}},
		{"nothing at all", "db", "", []string{deployment("user")}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			run(t, "enabled: true\nsecrets: ["+test.entry+"]", test.items...).succeeded().told(fmt.Sprintf(absent, test.entry, test.remark))
			run(t, "enabled: true\nonMissing: Fail\nsecrets: ["+test.entry+"]", test.items...).failed().told(fmt.Sprintf(failed, test.entry, test.remark))
		})
	}
}

func TestAnEmptyAllowlistIsTold(t *testing.T) {
	const told = "warning: " + aboutConfig + "spec: the allowlist is empty: no workload is annotated; list names under secrets or configMaps"
	run(t, "enabled: true", deployment("user")).succeeded().told(told)
	run(t, "enabled: true\nsecrets: []\nconfigMaps: []").succeeded().told(told)
	run(t, "enabled: false", deployment("user")).succeeded().told()
	const unset = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems: []\n" +
		"functionConfig: {apiVersion: v1, kind: ConfigMap, metadata: {name: f}, data: {enabled: 'true', secrets: ''}}\n"
	runOn(t, unset).succeeded().told("warning: ConfigMap f: data: the allowlist is empty: no workload is annotated; list names under secrets or configMaps")
}
