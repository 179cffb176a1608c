package e2e

import (
	"slices"
	"testing"
)

// An edit replaces a text that is in a file once.
type edit struct{ old, with string }

// A change is one that a person makes to the files of a shop: it rolls out the
// workloads that it should, and no others.
type change struct {
	name           string
	manifests      []edit
	functionConfig []edit
	rolls          []string
}

var changes = []change{
	{
		name:      "a secret that two workloads use",
		manifests: []edit{{"uri: not-a-secret-uri", "uri: another-uri"}},
		rolls:     []string{"Deployment/api", "StatefulSet/orders"},
	},
	{
		name:      "a secret that an init container uses",
		manifests: []edit{{"token: not-a-secret-token", "token: another-token"}},
		rolls:     []string{"DaemonSet/agent"},
	},
	{
		name:      "a config map",
		manifests: []edit{{"language: de", "language: fr"}},
		rolls:     []string{"DaemonSet/agent", "Deployment/web"},
	},
	{
		name:      "a key more",
		manifests: []edit{{"user: not-a-secret-user", "user: not-a-secret-user\n  password: not-a-secret-password"}},
		rolls:     []string{"Deployment/api", "StatefulSet/orders"},
	},
	{
		name: "metadata",
		manifests: []edit{
			{"  name: queue\nstringData", "  name: queue\n  labels:\n    team: shop\n  annotations:\n    example.com/note: new\nstringData"},
		},
	},
	{
		name: "order, quotes, comments and base64",
		manifests: []edit{
			{"  currency: EUR\n  language: fr", "  # of the customers\n  language: \"fr\"\n  currency: 'EUR'"},
			{"stringData:\n  token: another-token", "data:\n  token: YW5vdGhlci10b2tlbg=="},
		},
	},
	{
		name:      "a secret that is allowlisted and that nobody uses",
		manifests: []edit{{"not-a-secret-either", "another"}},
	},
	{
		name:      "a secret that is used and not allowlisted",
		manifests: []edit{{"not-a-secret-as-well", "another"}},
	},
	{
		name:           "an entry more in the allowlist",
		functionConfig: []edit{{"  - unused", "  - unused\n  - not-allowlisted"}},
		rolls:          []string{"Deployment/worker"},
	},
	{
		name:           "keyScope: Used",
		functionConfig: []edit{{"  enabled: true", "  enabled: true\n  keyScope: Used"}},
		rolls:          []string{"DaemonSet/agent", "Deployment/api"},
	},
	{
		name:      "a key that one of two users reads",
		manifests: []edit{{"user: not-a-secret-user", "user: another-user"}},
		rolls:     []string{"StatefulSet/orders"},
	},
	{
		name:      "a key that the other user does not read",
		manifests: []edit{{`language: "fr"`, `language: "it"`}},
		rolls:     []string{"Deployment/web"},
	},
	{
		name:           "disabling",
		functionConfig: []edit{{"enabled: true", "enabled: false"}},
		rolls:          []string{"DaemonSet/agent", "Deployment/api", "Deployment/web", "Deployment/worker", "StatefulSet/orders"},
	},
	{
		name:      "a secret while the function is disabled",
		manifests: []edit{{"uri: another-uri", "uri: a-third-uri"}},
	},
}

func TestAChangeRollsOutThoseThatUseIt(t *testing.T) {
	n := newNamespace(t, "rollout")
	manifests, functionConfig := read(t, "testdata/shop.yaml"), read(t, "testdata/rollout-checksums.yaml")
	n.apply(annotate(t, manifests, functionConfig))
	for _, change := range changes {
		t.Run(change.name, func(t *testing.T) {
			n := namespace{t, n.name}
			before := n.revisions()
			for _, edit := range change.manifests {
				manifests = replace(t, manifests, edit.old, edit.with)
			}
			for _, edit := range change.functionConfig {
				functionConfig = replace(t, functionConfig, edit.old, edit.with)
			}
			n.apply(annotate(t, manifests, functionConfig))
			if rolled := n.rolledSince(before); !slices.Equal(rolled, change.rolls) {
				t.Errorf("rolled out: %q, want %q", rolled, change.rolls)
			}
		})
	}
}

func TestUndoingARolloutBringsItsChecksumBack(t *testing.T) {
	n := newNamespace(t, "undo")
	manifests, functionConfig := read(t, "testdata/shop.yaml"), read(t, "testdata/rollout-checksums.yaml")
	n.apply(annotate(t, manifests, functionConfig))
	first, revisions := n.checksums(), n.revisions()
	n.apply(annotate(t, replace(t, manifests, "uri: not-a-secret-uri", "uri: another-uri"), functionConfig))
	second := n.checksums()

	for workload, checksum := range first {
		if second[workload] == checksum {
			t.Errorf("%s: the checksum did not change with the Secret", workload)
		}
		n.kubectl("", "rollout", "undo", workload)
	}
	n.rolledOut()
	for workload, checksum := range n.checksums() {
		if checksum != first[workload] {
			t.Errorf("%s: checksum %s after the undo, want %s", workload, checksum, first[workload])
		}
	}
	if rolled := n.rolledSince(revisions); rolled != nil {
		t.Errorf("the undo did not bring the revisions of %q back", rolled)
	}
}

// checksums returns those of the Secret database in the workloads that use it.
func (n namespace) checksums() map[string]string {
	n.t.Helper()
	checksums := map[string]string{}
	for _, workload := range []string{"deployment/api", "statefulset/orders"} {
		checksums[workload] = n.annotations(workload)["checksum/secret.database"]
	}
	return checksums
}
