package fn_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Short producers, with what they make as their name.

func sealed(name, encrypted string) string {
	return "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: " + name + "}\nspec: {encryptedData: {" + encrypted + "}}\n"
}

func external(name, target string) string {
	return "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {name: " + name + "}\nspec:\n" +
		"  secretStoreRef: {name: store}\n  target: {" + target + "}\n  dataFrom: [{extract: {key: " + name + "}}]\n"
}

func providerClass(name string, secretObjects ...string) string {
	object := "apiVersion: secrets-store.csi.x-k8s.io/v1\nkind: SecretProviderClass\nmetadata: {name: " + name + "}\nspec:\n" +
		"  provider: vault\n  parameters: {role: shop}\n  secretObjects:\n"
	for _, secretObject := range secretObjects {
		object += "  - {" + secretObject + "}\n"
	}
	return object
}

// replaced replaces a text in an object, in which it stands once.
func replaced(t testing.TB, object, before, after string) string {
	t.Helper()
	if strings.Count(object, before) != 1 {
		t.Fatalf("%q does not stand once in\n%s", before, object)
	}
	return strings.Replace(object, before, after, 1)
}

// restarted returns the workloads whose annotations differ.
func restarted(before, after outcome, workloads ...string) (names []string) {
	before.t.Helper()
	for _, name := range workloads {
		if !maps.Equal(before.annotations(name), after.annotations(name)) {
			names = append(names, name)
		}
	}
	return names
}

func TestAProductRestartsItsOwnUsers(t *testing.T) {
	tests := []struct {
		name, sample, before, after string
		restarted                   []string
	}{
		{"the second template", "sopssecret", "bm90LWEtbG9naW4=", "b3RoZXI=", []string{"login"}},
		{"the first template", "sopssecret", "bm90LWEtc2VjcmV0", "b3RoZXI=", []string{"cache"}},
		{"the type of one", "sopssecret", "type: kubernetes.io/dockerconfigjson", "type: Opaque", []string{"login"}},
		{"the block of sops", "sopssecret", "bm90LWEtbWFj", "b3RoZXI=", nil},
		{"one of the secretObjects", "secretproviderclass", "objectName: invoicing-db-password\n      key", "objectName: other\n      key", []string{"db", "files"}},
		{"the parameters of all", "secretproviderclass", "keyvaultName: kv-shop-prod", "keyvaultName: other", []string{"db", "tls", "files"}},
		{"the template of one", "infisicalsecret", "@db/catalog", "@db/other", []string{"catalog"}},
		{"the template of the ConfigMap", "infisicalsecret", "{{ .FEATURES.Value }}", "{{ .OTHER.Value }}", []string{"settings"}},
		{"what all are read from", "infisicalsecret", "envSlug: prod", "envSlug: other", []string{"catalog", "batch", "settings"}},
		{"the key of the ConfigMap", "bundle", "key: ca-bundle.crt", "key: other", []string{"trust"}},
		{"the key of the Secret", "bundle", "key: ca-bundle.pem", "key: other", []string{"secret-trust"}},
		{"the sources of both", "bundle", "name: corp-roots", "name: other", []string{"trust", "secret-trust"}},
	}
	workloads := map[string]string{
		"cache":        in("shop", deployment("cache", "secretRef: {name: cache-credentials}")),
		"login":        in("shop", deployment("login", "secretRef: {name: registry-login}")),
		"db":           in("shop", deployment("db", "secretRef: {name: invoicing-db}")),
		"tls":          in("shop", deployment("tls", "secretRef: {name: invoicing-tls}")),
		"files":        in("shop", mounting("files", "invoicing")),
		"catalog":      in("shop", deployment("catalog", "secretRef: {name: catalog-secrets}")),
		"batch":        in("batch", deployment("batch", "secretRef: {name: catalog-secrets}")),
		"settings":     in("shop", deployment("settings", "configMapRef: {name: catalog-settings}")),
		"trust":        in("shop", deployment("trust", "configMapRef: {name: corp-trust}")),
		"secret-trust": in("billing", deployment("secret-trust", "secretRef: {name: corp-trust}")),
	}
	const spec = `enabled: true
onMissing: Skip
secrets: [cache-credentials, registry-login, invoicing, invoicing-db, invoicing-tls, catalog-secrets, corp-trust]
configMaps: [catalog-settings, corp-trust]`
	for _, test := range tests {
		t.Run(test.sample+": "+test.name, func(t *testing.T) {
			names := slices.Sorted(maps.Keys(workloads))
			var objects []string
			for _, name := range names {
				objects = append(objects, workloads[name])
			}
			sample := producer(t, test.sample)
			before := run(t, spec, append(objects, sample)...).succeeded()
			after := run(t, spec, append(objects, replaced(t, sample, test.before, test.after))...).succeeded()
			slices.Sort(test.restarted)
			if diff := cmp.Diff(test.restarted, restarted(before, after, names...)); diff != "" {
				t.Errorf("restarted (-want +got):\n%s", diff)
			}
		})
	}
}

func TestResealing(t *testing.T) {
	user := in("shop", deployment("user", "secretRef: {name: orders-db}"))
	sample := producer(t, "sealedsecret")
	before := run(t, "enabled: true\nsecrets: [orders-db]", sample, user).succeeded().checksum("user")
	resealed := strings.ReplaceAll(sample, "AgAnotAsecret", "AgBotherRandom")
	if run(t, "enabled: true\nsecrets: [orders-db]", resealed, user).succeeded().checksum("user") == before {
		t.Error("other ciphertexts have the same checksum")
	}
	labelled := replaced(t, sample, "      annotations:\n", "        added: label\n      annotations:\n")
	if run(t, "enabled: true\nsecrets: [orders-db]", labelled, user).succeeded().checksum("user") != before {
		t.Error("a label for the Secret changed the checksum")
	}
}

// The name in the template of a SealedSecret does not count.
func TestSealedSecretMakesASecretOfItsOwnName(t *testing.T) {
	object := sealed("s", "k: AgA=") + "  template: {metadata: {name: other, namespace: elsewhere}}\n"
	object = strings.Replace(object, "spec: {encryptedData: {k: AgA=}}\n", "spec:\n  encryptedData: {k: AgA=}\n", 1)
	run(t, "enabled: true\nsecrets: [s, {name: other, onMissing: Skip}]", in("a", object), in("a", deployment("user", "secretRef: {name: s}", "secretRef: {name: other}"))).
		succeeded().told(
		"info: ChecksumAnnotator test: spec.secrets[1]: Secret other is not in the input and has no checksum: no workload is annotated with it",
		"info: Deployment a/user: set checksum/secret.s")
}

func TestASecretWinsOverItsProducer(t *testing.T) {
	const spec = "enabled: true\nsecrets: [s]"
	own, made := secret("s", "k: v"), sealed("s", "k: AgA=")
	user := deployment("user", "secretRef: {name: s}")
	want := run(t, spec, own, user).succeeded().checksum("user")
	wantMade := run(t, spec, made, user).succeeded().checksum("user")
	local := annotated("config.kubernetes.io/local-config", "true", own)
	tests := []struct {
		name  string
		items []string
		want  string
	}{
		{"before it", []string{own, made, user}, want},
		{"behind it", []string{user, made, own}, want},
		{"in the same namespace", []string{in("a", made), in("a", own), in("a", user)}, want},
		{"without a namespace", []string{in("a", made), own, in("a", user)}, want},
		{"over one without a namespace", []string{made, in("a", own), in("a", user)}, want},
		{"not in another namespace", []string{in("a", made), in("b", own), in("a", user)}, wantMade},
		{"not if it is for the clients alone", []string{made, local, user}, wantMade},
		{"not if it is for the clients alone, in the same namespace", []string{in("a", local), in("a", made), in("a", user)}, wantMade},
		{"over several producers", []string{external("s", ""), made, own, user}, want},
		{"over a cluster's producer", []string{replaced(t, producer(t, "clusterexternalsecret"), "name: registry-pull\n", "name: s\n"), in("a", own), in("a", user)}, want},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			outcome := run(t, spec, test.items...).succeeded()
			if got := outcome.checksum("user"); got != test.want {
				t.Errorf("the checksum is %s, not %s; results: %q", got, test.want, outcome.results.Lines())
			}
		})
	}
	t.Run("a ConfigMap does not win", func(t *testing.T) {
		if got := run(t, spec, configMap("s", "k: v"), made, user).succeeded().checksum("user"); got != wantMade {
			t.Error("the checksum is not the producer's")
		}
	})
	t.Run("a Secret in one namespace leaves the others to a cluster's producer", func(t *testing.T) {
		everywhere := replaced(t, producer(t, "clusterexternalsecret"), "name: registry-pull\n", "name: s\n")
		outcome := run(t, spec, everywhere, in("a", own), in("a", user), in("b", deployment("other", "secretRef: {name: s}"))).succeeded()
		if outcome.checksum("user") != want || outcome.checksum("other") == want {
			t.Error("each has not its own")
		}
	})
}

func TestTwoProducersOfOneSecretAreAnError(t *testing.T) {
	user := deployment("user", "secretRef: {name: s}")
	at := func(path, object string) string { return annotated("config.kubernetes.io/path", path, object) }
	tests := []struct {
		name  string
		items []string
		want  []string // the errors; nothing is one
	}{
		{
			"two kinds", []string{sealed("s", "k: AgA="), external("e", "name: s"), user},
			[]string{"error: ExternalSecret e: SealedSecret s (item 0) and ExternalSecret e (item 1) both make the Secret s: remove one"},
		},
		{
			"two kinds, in files", []string{at("sealed.yaml", in("a", sealed("s", "k: AgA="))), at("external.yaml", in("a", external("e", "name: s"))), in("a", user)},
			[]string{"error: ExternalSecret a/e: SealedSecret a/s (sealed.yaml) and ExternalSecret a/e (external.yaml) both make the Secret s: remove one (external.yaml, document 1)"},
		},
		{
			"the same twice", []string{sealed("s", "k: AgA="), user, sealed("s", "k: AgB=")},
			[]string{"error: SealedSecret s: SealedSecret s (item 0) and SealedSecret s (item 2) both make the Secret s: remove one"},
		},
		{
			"one object that makes it twice", []string{providerClass("c", "secretName: s, type: Opaque, data: [{key: a, objectName: a}]", "secretName: s, type: Opaque, data: [{key: b, objectName: b}]"), user},
			[]string{"error: SecretProviderClass c: SecretProviderClass c makes the Secret s twice"},
		},
		{"in different namespaces", []string{in("a", sealed("s", "k: AgA=")), in("b", external("s", "")), in("a", user)}, nil},
		{"of which nothing is allowed", []string{sealed("other", "k: AgA="), external("e", "name: other"), sealed("s", "k: AgA="), user}, nil},
		{"of which one makes a ConfigMap", []string{sealed("s", "k: AgA="), external("e", "name: s, manifest: {apiVersion: v1, kind: ConfigMap}"), user}, nil},
		{"of which one makes something else", []string{sealed("s", "k: AgA="), external("e", "name: s, manifest: {apiVersion: example.com/v1, kind: Settings}"), user}, nil},
		{"of which one makes nothing", []string{sealed("s", "k: AgA="), external("e", "name: s, creationPolicy: None"), user}, nil},
		{"of which one adds to what the other makes", []string{external("e", "name: s, creationPolicy: Merge"), sealed("s", "k: AgA="), user}, nil},
		{"of which one is for the clients alone", []string{sealed("s", "k: AgA="), annotated("config.kubernetes.io/local-config", "true", external("e", "name: s")), user}, nil},
		{"of which one is mounted by that name", []string{sealed("s", "k: AgA="), providerClass("s"), user}, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			outcome := run(t, "enabled: true\nsecrets: [s]", test.items...)
			if test.want == nil {
				outcome.succeeded()
				want := run(t, "enabled: true\nsecrets: [s]", sealed("s", "k: AgA="), user).checksum("user")
				if got := outcome.checksum("user"); got != want {
					t.Errorf("the checksum is %s, not %s", got, want)
				}
				return
			}
			if diff := cmp.Diff(test.want, outcome.failed().results.Lines()); diff != "" {
				t.Errorf("errors (-want +got):\n%s", diff)
			}
		})
	}
}

// An ExternalSecret that adds to a Secret stands for it, where nothing else does.
func TestAnExternalSecretThatMergesCountsAlone(t *testing.T) {
	user := deployment("user", "secretRef: {name: s}")
	run(t, "enabled: true\nsecrets: [s]", external("e", "name: s, creationPolicy: Merge"), user).succeeded().told("info: Deployment user: set checksum/secret.s")
	run(t, "enabled: true\nsecrets: [{name: s, onMissing: Skip}]", external("e", "name: s, creationPolicy: None"), user).succeeded().told(
		"info: ChecksumAnnotator test: spec.secrets[0]: Secret s is not in the input and has no checksum: no workload is annotated with it")
}

// A name that SOPS has encrypted is not known.
func TestEncryptedNamesAreNoNames(t *testing.T) {
	sample := replaced(t, producer(t, "sopssecret-suffix"), "metadata:\n", "metadata:\n  labels: {team: shop}\n")
	run(t, "enabled: true\nscope: All\nsecrets: [{labelSelector: team, onMissing: Fail}]", sample, in("shop", deployment("user"))).failed().told(
		"error: ChecksumAnnotator test: spec.secrets[0]: the input has no Secret with the labels team")
}

// What is no name of an object makes no annotation either.
func TestWhatIsNoNameMakesNothing(t *testing.T) {
	for _, name := range []string{"Upper", "a b", "a_b", "a/b", "-a", "a\\nb", "\\u202e", strings.Repeat("a", 254)} {
		labelled := strings.Replace(external("e", `name: "`+name+`"`), "metadata: {", "metadata: {labels: {team: shop}, ", 1)
		outcome := run(t, "enabled: true\nscope: All\nsecrets: [{labelSelector: team, onMissing: Skip}]", labelled, deployment("user")).succeeded()
		if keys := outcome.keys("user"); len(keys) > 0 {
			t.Errorf("%q makes the annotations %q", name, keys)
		}
	}
	longName := "apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: {name: " + strings.Repeat("a", 250) + ", labels: {team: shop}}\n"
	if keys := run(t, "enabled: true\nscope: All\nsecrets: [{labelSelector: team, onMissing: Skip}]", longName, deployment("user")).succeeded().keys("user"); len(keys) > 0 {
		t.Errorf("a name that is too long makes the annotations %q", keys)
	}
}

// The driver trims the names of secretObjects.
func TestSpaceAroundAName(t *testing.T) {
	run(t, "enabled: true\nsecrets: [s]", providerClass("c", "secretName: ' s ', type: Opaque, data: [{key: a, objectName: a}]"), deployment("user", "secretRef: {name: s}")).
		succeeded().told("info: Deployment user: set checksum/secret.s")
}

func TestNamespacesOfProducts(t *testing.T) {
	doppler := func(namespace string) string {
		return in("operator", "apiVersion: secrets.doppler.com/v1alpha1\nkind: DopplerSecret\nmetadata: {name: d}\nspec: {project: p, managedSecret: {name: s"+namespace+"}}\n")
	}
	infisical := in("operator", "apiVersion: secrets.infisical.com/v1alpha1\nkind: InfisicalSecret\nmetadata: {name: i}\n"+
		"spec: {managedKubeSecretReferences: [{secretName: s, secretNamespace: a}]}\n")
	everywhere := replaced(t, producer(t, "clusterexternalsecret"), "name: registry-pull\n", "name: s\n")
	bundle := replaced(t, producer(t, "bundle"), "name: corp-trust\n", "name: s\n")
	tests := []struct {
		name     string
		producer string
		has      []string // the namespaces of the workloads that have it
	}{
		{"that of a field", doppler(", namespace: a"), []string{"a"}},
		{"the object's own without the field", doppler(""), []string{"operator"}},
		{"that of a field of a list", infisical, []string{"a"}},
		{"all", everywhere, []string{"a", "b", "operator"}},
		{"all, whatever kustomize has set", in("b", everywhere), []string{"a", "b", "operator"}},
		{"all those of a Bundle", bundle, []string{"a", "b", "operator"}},
		{"all those of a Bundle, whatever kustomize has set", in("b", bundle), []string{"a", "b", "operator"}},
		{"the object's own", in("a", sealed("s", "k: AgA=")), []string{"a"}},
		{"any, where it is not set", sealed("s", "k: AgA="), []string{"a", "b", "operator"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			items := []string{test.producer}
			for _, namespace := range []string{"a", "b", "operator"} {
				items = append(items, in(namespace, deployment(namespace, "secretRef: {name: s}")))
			}
			outcome := run(t, "enabled: true\nsecrets: [s]", items...).succeeded()
			var has []string
			for _, namespace := range []string{"a", "b", "operator"} {
				if len(outcome.annotations(namespace)) > 0 {
					has = append(has, namespace)
				}
			}
			if diff := cmp.Diff(test.has, has); diff != "" {
				t.Errorf("annotated (-want +got):\n%s", diff)
			}
		})
	}
	t.Run("the nearer one", func(t *testing.T) {
		other := in("a", external("e", "name: s"))
		both := run(t, "enabled: true\nsecrets: [s]", everywhere, other, in("a", deployment("a", "secretRef: {name: s}")), in("b", deployment("b", "secretRef: {name: s}"))).succeeded()
		alone := run(t, "enabled: true\nsecrets: [s]", other, in("a", deployment("a", "secretRef: {name: s}"))).succeeded()
		if both.checksum("a") != alone.checksum("a") || both.checksum("b") == both.checksum("a") {
			t.Error("it is not the nearer one that counts")
		}
	})
	t.Run("the entry's", func(t *testing.T) {
		user := in("a", deployment("user", "secretRef: {name: s}"))
		run(t, "enabled: true\nsecrets: [{name: s, namespace: a}]", everywhere, user).succeeded().told("info: Deployment a/user: set checksum/secret.s")
		run(t, "enabled: true\nsecrets: [{name: s, namespace: a}]", doppler(", namespace: a"), user).succeeded().told("info: Deployment a/user: set checksum/secret.s")
	})
}

func TestDefaultNamesOfClusterExternalSecrets(t *testing.T) {
	sample := producer(t, "clusterexternalsecret")
	unnamed := replaced(t, sample, "      name: registry-pull\n", "")
	for name, object := range map[string]string{
		"registry-pull":    sample,
		"registry-pull-es": unnamed,
		"registry":         replaced(t, unnamed, "spec:\n  externalSecretName: registry-pull-es\n", "spec:\n"),
	} {
		run(t, "enabled: true\nonMissing: Fail\nsecrets: ["+name+"]", object, deployment("user", "secretRef: {name: "+name+"}")).
			succeeded().told("info: Deployment user: set checksum/secret." + name)
	}
}

func TestMountedSecretProviderClasses(t *testing.T) {
	const objectS = "secretName: s, type: Opaque, data: [{key: a, objectName: a}]"
	const objectC = "secretName: c, type: Opaque, data: [{key: a, objectName: a}]"
	class := in("a", providerClass("c", objectS))
	mounts := in("a", mounting("user", "c"))
	was := func(names, object string) string {
		return annotated("internal.config.kubernetes.io/previousNames", names, object)
	}
	tests := []struct {
		name, entries string
		items         []string
		keys          []string
	}{
		{"by its own name", "c", []string{class, mounts}, []string{"checksum/secret.c"}},
		{"by a Secret that it makes", "s", []string{class, mounts}, []string{"checksum/secret.s"}},
		{"by both", "c, s", []string{class, mounts}, []string{"checksum/secret.c", "checksum/secret.s"}},
		{"without secretObjects", "c", []string{in("a", providerClass("c")), mounts}, []string{"checksum/secret.c"}},
		{"not in another namespace", "c, s", []string{class, in("b", mounting("user", "c"))}, nil},
		{"of another name", "c, s", []string{class, in("a", mounting("user", "other"))}, nil},
		{"for the user of its Secret alone", "c, s", []string{class, in("a", deployment("user", "secretRef: {name: s}"))}, []string{"checksum/secret.s"}},
		{"not for the user of a Secret of its own name", "c", []string{class, in("a", deployment("user", "secretRef: {name: c}"))}, nil},
		{"that makes a Secret of its own name", "c", []string{in("a", providerClass("c", objectC)), mounts}, []string{"checksum/secret.c"}},
		{"that makes a Secret of its own name, for the user of that", "c", []string{in("a", providerClass("c", objectC)), in("a", deployment("user", "secretRef: {name: c}"))}, []string{"checksum/secret.c"}},
		{"with the Secret in the input, which wins", "s", []string{class, in("a", secret("s", "k: v")), mounts}, nil},
		{"by the name that it had", "c", []string{was("c", in("a", providerClass("p-c"))), mounts}, []string{"checksum/secret.c"}},
		{"with a Secret, by the name that it had", "s", []string{was("c", in("a", providerClass("p-c", objectS))), mounts}, []string{"checksum/secret.s"}},
		{"by an alias in a list of items", "c", []string{class, "apiVersion: apps/v1\nkind: Deployment\nmetadata: {namespace: a, labels: {x: &n c}, name: user}\nspec: {template: {spec: {volumes: [{name: v, csi: {volumeAttributes: {secretProviderClass: *n}}}]}}}\n"}, []string{"checksum/secret.c"}},
		{"with a node's Secret", "n, c", []string{class, in("a", secret("n", "k: v")), replaced(t, mounts, "readOnly: true", "nodePublishSecretRef: {name: n}")}, []string{"checksum/secret.c", "checksum/secret.n"}},
		{"that is for the clients alone", "{name: c, onMissing: Skip}", []string{annotated("config.kubernetes.io/local-config", "true", class), mounts}, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			outcome := run(t, "enabled: true\nsecrets: ["+test.entries+"]", test.items...).succeeded()
			keys := slices.Sorted(maps.Keys(outcome.annotations("user")))
			if diff := cmp.Diff(test.keys, keys); diff != "" {
				t.Errorf("annotations (-want +got):\n%s\n%q", diff, outcome.results.Lines())
			}
		})
	}
	t.Run("that is not in the input", func(t *testing.T) {
		outcome := run(t, "enabled: true\nsecrets: [{name: c, checksum: "+operators+"}]", mounts).succeeded().told("info: Deployment a/user: set checksum/secret.c")
		if got := outcome.checksum("user"); got != operators {
			t.Errorf("the checksum is %s", got)
		}
		run(t, "enabled: true\nsecrets: [c]", mounts, in("a", secret("c", "k: v"))).succeeded().told(
			"warning: ChecksumAnnotator test: spec.secrets[0]: no selected workload uses Secret c")
	})
	t.Run("with scope All", func(t *testing.T) {
		outcome := run(t, "enabled: true\nscope: All\nsecrets: [c, s]", class, in("a", deployment("user")), in("b", deployment("other"))).succeeded()
		if diff := cmp.Diff([]string{"checksum/secret.c", "checksum/secret.s"}, outcome.keys("user")); diff != "" || outcome.keys("other") != nil {
			t.Errorf("annotations (-want +got):\n%s\n%q", diff, outcome.keys("other"))
		}
	})
	t.Run("two of that name", func(t *testing.T) {
		run(t, "enabled: true\nsecrets: [c]", in("a", providerClass("c")), in("b", providerClass("c")), mounting("user", "c")).succeeded().told(
			"warning: Deployment user: not annotated with the checksum of Secret c: it may mean SecretProviderClass a/c or SecretProviderClass b/c")
	})
	t.Run("its own name is that of the files, whichever Secrets it makes", func(t *testing.T) {
		before := run(t, "enabled: true\nsecrets: [c]", class, mounts).checksum("user")
		after := run(t, "enabled: true\nsecrets: [c]", in("a", providerClass("c", objectS, "secretName: t, type: Opaque, data: []")), mounts).checksum("user")
		if before != after {
			t.Error("a Secret more changed the checksum of the files")
		}
	})
}
