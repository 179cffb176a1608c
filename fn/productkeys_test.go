package fn_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/proompteng/checksum-annotator/fn"
)

// variables returns a Deployment that reads some keys of the Secret s into variables.
func variables(name string, keys ...string) string {
	object := "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: " + name + "\nspec:\n  template:\n    spec:\n      containers:\n      - name: c\n        env:\n"
	for _, key := range keys {
		object += "        - {name: V_" + key + ", valueFrom: {secretKeyRef: {name: s, key: " + key + "}}}\n"
	}
	return object
}

const sealedKeys = `apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata: {name: s}
spec:
  encryptedData:
    user: AgUser
    password: AgPassword
    unused: AgUnused
  template:
    type: Opaque
    data:
      dsn: "{{ .user }}:{{ .password }}@db"
      greeting: hello
`

const externalKeys = `apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: s}
spec:
  secretStoreRef: {name: store}
  data:
  - {secretKey: user, remoteRef: {key: shop, property: remote-user}}
  - {secretKey: password, remoteRef: {key: shop, property: remote-password}}
  dataFrom:
  - extract: {key: shop-extra}
`

const templatedKeys = externalKeys + `  target:
    template:
      mergePolicy: Merge
      data:
        dsn: "{{ .user }}:{{ .password }}@db"
`

const templatedFrom = externalKeys + `  target:
    template:
      templateFrom:
      - literal: "user: {{ .password }}"
`

const classKeys = `apiVersion: secrets-store.csi.x-k8s.io/v1
kind: SecretProviderClass
metadata: {name: c}
spec:
  provider: vault
  parameters: {role: shop}
  secretObjects:
  - secretName: s
    type: Opaque
    data:
    - {key: user, objectName: remote-user}
    - {key: password, objectName: remote-password}
`

const bitwardenKeys = `apiVersion: k8s.bitwarden.com/v1
kind: BitwardenSecret
metadata: {name: b}
spec:
  secretName: s
  organizationId: shop
  map:
  - {bwSecretId: remote-user, secretKeyName: user}
  - {bwSecretId: remote-password, secretKeyName: password}
`

const sopsKeys = `apiVersion: isindir.github.com/v1alpha3
kind: SopsSecret
metadata: {name: x}
spec:
  secretTemplates:
  - name: s
    data: {user: remote-user}
    stringData: {password: remote-password}
`

const infisicalKeys = `apiVersion: secrets.infisical.com/v1alpha1
kind: InfisicalSecret
metadata: {name: i}
spec:
  hostAPI: https://infisical.example.test
  managedSecretReference:
    secretName: s
    secretNamespace: default
    template:
      data: {user: remote-user, password: remote-password}
`

// keyTests are changes of a producer, and which of the users of its keys they restart:
// those of user, of password, of what is named last, and of all.
var keyTests = []struct {
	name, producer, third, before, after string
	restarted                            []string
}{
	{"SealedSecret, the one", sealedKeys, "password", "AgUser", "AgChanged", []string{"all", "user"}},
	{"SealedSecret, the other", sealedKeys, "password", "AgPassword", "AgChanged", []string{"all", "password", "third"}},
	{"SealedSecret, a key that none reads", sealedKeys, "password", "AgUnused", "AgChanged", []string{"all"}},
	{"SealedSecret, a key added", sealedKeys, "password", "user: AgUser", "user: AgUser\n    added: AgAdded", []string{"all"}},
	{"SealedSecret, a template", sealedKeys, "dsn", "}}@db", "}}@other", []string{"all", "third"}},
	{"SealedSecret, what a template is made of", sealedKeys, "dsn", "AgUser", "AgChanged", []string{"all", "third", "user"}},
	{"SealedSecret, what a template could be made of", sealedKeys, "greeting", "AgUnused", "AgChanged", []string{"all", "third"}},
	{"SealedSecret, a template of the same key", strings.Replace(sealedKeys, "greeting: hello", "user: '{{ .password }}'", 1), "other", "AgPassword", "AgChanged", []string{"all", "password", "third", "user"}},
	{"SealedSecret, the first template", strings.Replace(sealedKeys, "      dsn: \"{{ .user }}:{{ .password }}@db\"\n      greeting: hello\n", "      greeting: hello\n", 1), "dsn", "    data:\n      greeting: hello\n", "", []string{"all", "third"}},
	{"SealedSecret, the type", sealedKeys, "greeting", "Opaque", "other", []string{"all", "password", "third", "user"}},
	{"SealedSecret, a key of unknown origin", sealedKeys, "unknown", "AgUser", "AgChanged", []string{"all", "third", "user"}},
	{"ExternalSecret, the one", externalKeys, "password", "remote-user", "changed", []string{"all", "user"}},
	{"ExternalSecret, dataFrom", externalKeys, "unknown", "shop-extra", "changed", []string{"all", "password", "third", "user"}},
	{"ExternalSecret, a key that can come from dataFrom", externalKeys, "unknown", "remote-user", "changed", []string{"all", "third", "user"}},
	{"ExternalSecret, the store", externalKeys, "unknown", "name: store", "name: changed", []string{"all", "password", "third", "user"}},
	{"ExternalSecret, what a template is made of", templatedKeys, "dsn", "remote-user", "changed", []string{"all", "third", "user"}},
	{"ExternalSecret, a template", templatedKeys, "dsn", "}}@db", "}}@other", []string{"all", "third"}},
	{"ExternalSecret, templates from elsewhere", templatedFrom, "dsn", "remote-password", "changed", []string{"all", "password", "third", "user"}},
	{"SecretProviderClass, the one", classKeys, "password", "remote-user", "changed", []string{"all", "user"}},
	{"SecretProviderClass, parameters", classKeys, "password", "role: shop", "role: changed", []string{"all", "password", "third", "user"}},
	{"BitwardenSecret, the one", bitwardenKeys, "password", "remote-user", "changed", []string{"all", "user"}},
	{"SopsSecret, the one", sopsKeys, "password", "remote-user", "changed", []string{"all", "user"}},
	{"SopsSecret, the other", sopsKeys, "unknown", "remote-password", "changed", []string{"all", "password", "third"}},
	{"InfisicalSecret, the one", infisicalKeys, "password", "remote-user", "changed", []string{"all", "user"}},
}

func TestUsedKeysOfProducts(t *testing.T) {
	for _, test := range keyTests {
		t.Run(test.name, func(t *testing.T) {
			outcomeOf := func(producer string) outcome {
				return run(t, "enabled: true\nkeyScope: Used\nsecrets: [s]", producer, deployment("all", "secretRef: {name: s}"),
					variables("user", "user"), variables("password", "password"), variables("third", test.third)).succeeded()
			}
			before, after := outcomeOf(test.producer), outcomeOf(replaced(t, test.producer, test.before, test.after))
			got := restarted(before, after, "all", "password", "third", "user")
			if diff := cmp.Diff(test.restarted, got); diff != "" {
				t.Errorf("restarted (-want +got):\n%s", diff)
			}
		})
	}
}

// The keys of an entry restrict the content as the keys in use do.
func TestKeysOfProducts(t *testing.T) {
	for _, test := range keyTests {
		t.Run(test.name, func(t *testing.T) {
			for name, keys := range map[string]string{"all": "", "user": "keys: [user]", "password": "keys: [password]", "third": "keys: [" + test.third + "]"} {
				checksum := func(producer string) string {
					return run(t, "enabled: true\nsecrets: [{name: s, "+keys+"}]", producer, deployment("d", "secretRef: {name: s}")).succeeded().checksum("d")
				}
				changed := checksum(test.producer) != checksum(replaced(t, test.producer, test.before, test.after))
				want := false
				for _, restarted := range test.restarted {
					want = want || restarted == name
				}
				if changed != want {
					t.Errorf("the checksum for %s keys changed: %v", name, changed)
				}
			}
		})
	}
}

// The keys of an entry and those in use count only if they are both.
func TestKeysAndUsedKeysOfProducts(t *testing.T) {
	for name, producer := range map[string]string{"SealedSecret": sealedKeys, "ExternalSecret": externalKeys} {
		t.Run(name, func(t *testing.T) {
			outcomeOf := func(producer string) outcome {
				return run(t, "enabled: true\nkeyScope: Used\nsecrets: [{name: s, keys: [user]}]", producer,
					variables("user", "user"), variables("password", "password"), deployment("all", "secretRef: {name: s}"),
					variables("both", "password", "user")).succeeded()
			}
			for _, change := range []struct {
				before    string
				restarted []string
			}{
				{map[string]string{"SealedSecret": "AgUser", "ExternalSecret": "remote-user"}[name], []string{"all", "both", "user"}},
				{map[string]string{"SealedSecret": "AgPassword", "ExternalSecret": "remote-password"}[name], nil},
			} {
				before, after := outcomeOf(producer), outcomeOf(replaced(t, producer, change.before, "changed"))
				if diff := cmp.Diff(change.restarted, restarted(before, after, "all", "both", "password", "user")); diff != "" {
					t.Errorf("%s changed: restarted (-want +got):\n%s", change.before, diff)
				}
			}
		})
	}
}

func TestSaltOfProducts(t *testing.T) {
	const spec = "enabled: true\nkeyScope: Used\nsecrets: [s]\n"
	items := []string{sealedKeys, variables("user", "user"), deployment("all", "secretRef: {name: s}")}
	plain, salted := run(t, spec, items...).succeeded(), run(t, spec+"salt: pepper", items...).succeeded()
	if diff := cmp.Diff([]string{"all", "user"}, restarted(plain, salted, "all", "user")); diff != "" {
		t.Errorf("restarted by the salt (-want +got):\n%s", diff)
	}
}

// A misspelt key cannot be told from one that a controller adds, so all counts, and a
// warning tells of it.
func TestKeysThatAProducerDoesNotTellOf(t *testing.T) {
	reads := strings.Replace(variables("user", "uri"), "    spec:\n", "    metadata:\n      labels: {}\n    spec:\n", 1)
	spec := "enabled: true\nkeyScope: Used\nsecrets: [{name: s, keys: [url]}]"
	before := run(t, spec, sealed("s", "uri: AgA="), reads).succeeded()
	before.told("warning: SealedSecret s: it does not tell where its key url comes from, which spec.secrets[0].keys names: all of it counts",
		"info: Deployment user: set checksum/secret.s")
	if run(t, spec, sealed("s", "uri: AgB="), reads).checksum("user") == before.checksum("user") {
		t.Error("a change is not seen")
	}
	config := parse(t, "apiVersion: checksum.proompteng.ai/v1alpha1\nkind: ChecksumAnnotator\nspec: {enabled: true, keyScope: Used, secrets: [{name: s, keys: [url]}]}")
	annotatedStream := strings.Replace(reads, "      labels:", "      annotations: {checksum/secret.s: "+before.checksum("user")+"}\n      labels:", 1)
	if checked := fn.Check([]byte(sealed("s", "uri: AgA=")+"---\n"+annotatedStream), config); checked.Results.Failed() {
		t.Errorf("check finds %q", checked.Results.Lines())
	}
}
