package fn_test

import "testing"

// A CloudNativePG Cluster makes Secrets whose names are made of its own.
func TestSecretsOfClusters(t *testing.T) {
	cluster := func(name, spec string) string {
		return "apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: {name: " + name + "}\nspec: {" + spec + "}\n"
	}
	user := deployment("user", "secretRef: {name: jangar-db-app}")
	const bootstrap = "bootstrap: {initdb: {database: jangar, owner: jangar}}"
	const done = "info: Deployment user: set checksum/secret.jangar-db-app"
	const absent = "warning: ChecksumAnnotator test: spec.secrets[0]: Secret jangar-db-app is not in the input and has no checksum:" +
		" workloads that use it are annotated with the digest of its name, and changes of it will not be seen"
	tests := []struct {
		name  string
		items []string
		want  []string
	}{
		{"of its database", []string{cluster("jangar-db", bootstrap), user}, []string{done}},
		{"of the database that it has by default", []string{cluster("jangar-db", "instances: 1"), user}, []string{
			"warning: Cluster jangar-db: it has none of the fields that decide the content of the Secret jangar-db-app, so changes of it will not be seen", done}},
		{"that somebody else makes", []string{cluster("jangar-db", "bootstrap: {initdb: {database: jangar, secret: {name: mine}}}"), user}, []string{absent, done}},
		{"of another cluster", []string{cluster("jangar", bootstrap), user}, []string{absent, done}},
		{"of another group", []string{"apiVersion: cluster.x-k8s.io/v1beta1\nkind: Cluster\nmetadata: {name: jangar-db}\n", user}, []string{absent, done}},
		{"in its namespace", []string{in("a", cluster("jangar-db", bootstrap)), in("b", user)}, []string{
			"warning: Deployment b/user: not annotated with the checksum of Secret jangar-db-app: spec.secrets[0] allows it in any namespace, but the input has it only as Cluster a/jangar-db"}},
		{"which the input has itself", []string{cluster("jangar-db", "instances: 1"), secret("jangar-db-app", "k: v"), user}, []string{done}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			run(t, "enabled: true\nsecrets: [jangar-db-app]", test.items...).succeeded().told(test.want...)
		})
	}
	t.Run("by the name that kustomize makes of the cluster's", func(t *testing.T) {
		renamed := annotated("internal.config.kubernetes.io/previousNames", "jangar-db", cluster("p-jangar-db", bootstrap))
		reader := deployment("user", "secretRef: {name: p-jangar-db-app}")
		for _, name := range []string{"jangar-db-app", "p-jangar-db-app"} {
			run(t, "enabled: true\nsecrets: ["+name+"]", renamed, reader).succeeded().told("info: Deployment user: set checksum/secret." + name)
		}
		run(t, "enabled: true\nsecrets: [jangar-db-app]", renamed, user).succeeded().told(
			"warning: Deployment user: not annotated with the checksum of Secret jangar-db-app: spec.secrets[0] allows it in any namespace, but the input has it only as Cluster p-jangar-db")
	})
	t.Run("two that make one", func(t *testing.T) {
		run(t, "enabled: true\nsecrets: [a-pguser-b-pguser-c]",
			"apiVersion: postgres-operator.crunchydata.com/v1beta1\nkind: PostgresCluster\nmetadata: {name: a}\nspec: {users: [{name: b-pguser-c}]}\n",
			"apiVersion: postgres-operator.crunchydata.com/v1beta1\nkind: PostgresCluster\nmetadata: {name: a-pguser-b}\nspec: {users: [{name: c}]}\n").failed().told(
			"error: PostgresCluster a-pguser-b: PostgresCluster a (item 0) and PostgresCluster a-pguser-b (item 1) both make the Secret a-pguser-b-pguser-c: remove one")
	})
}
