package fn_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	reflects   = "reflector.v1.k8s.emberstack.com/reflects"
	replicates = "replicator.v1.mittwald.de/replicate-from"

	noData = "it holds no data: it is probably filled in the cluster, and changes of that will not be seen"
)

func TestSourcesThatAreFilledInTheClusterAreToldOf(t *testing.T) {
	bare := func(kind, fields string) string {
		return "apiVersion: v1\nkind: " + kind + "\nmetadata: {name: s}\n" + fields + "\n"
	}
	trusted := strings.Replace(configMap("s", ""), "name: s", "name: s, labels: {config.openshift.io/inject-trusted-cabundle: 'true'}", 1)
	const service = "service.beta.openshift.io/inject-cabundle"
	tests := []struct{ name, object, unseen string }{
		{"no field of data", bare("Secret", ""), noData},
		{"empty data", bare("Secret", "data: {}"), noData},
		{"null for data", bare("Secret", "data:\nstringData: null"), noData},
		{"no data of a ConfigMap", bare("ConfigMap", "data: {}\nbinaryData: {}"), noData},
		{"no binaryData alone", bare("ConfigMap", "binaryData:"), noData},
		{"the keys that the type wants", bare("Secret", "type: kubernetes.io/tls\ndata: {tls.crt: '', tls.key: ''}"), noData},
		{"the keys that the type wants, as text", bare("Secret", "type: kubernetes.io/tls\nstringData: {tls.crt: '', tls.key: ''}"), noData},
		{"a certificate", bare("Secret", "type: kubernetes.io/tls\ndata: {tls.crt: YQ==, tls.key: ''}"), ""},
		{"an empty value", bare("Secret", "data: {password: ''}"), ""},
		{"an empty value of a ConfigMap", bare("ConfigMap", "data: {FEATURES: ''}"), ""},
		{"a token", bare("Secret", "type: kubernetes.io/service-account-token\ndata: {extra: YQ==}"), "Kubernetes fills it in the cluster, and changes of that will not be seen"},
		{"trusted certificates", trusted, "OpenShift's network operator fills it in the cluster, and changes of that will not be seen"},
		{"trusted certificates, not wanted", strings.Replace(trusted, "'true'", "'false'", 1), noData},
		{"certificates of services", annotated(service, "true", configMap("s", "k: v")), "OpenShift's service CA operator fills it in the cluster, and changes of that will not be seen"},
		{"certificates of services, not wanted", annotated(service, "false", configMap("s", "k: v")), ""},
		{"a mirror of what is not there", annotated(reflects, "certs/wildcard", secret("s", "")), "it is a copy of Secret certs/wildcard, and changes of that will not be seen: it is not in the input"},
		{"a mirror of what is not there, with data", annotated(replicates, "certs/wildcard", secret("s", "k: v")), "it is a copy of Secret certs/wildcard, and changes of that will not be seen: it is not in the input"},
		{"a mirror of nothing", annotated(reflects, "", secret("s", "")), noData},
		{"a mirror of something without a namespace", annotated(reflects, "wildcard", secret("s", "")), noData},
		{"a producer that says nothing", "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {name: s}\nspec: {}\n",
			"it has none of the fields that decide the content of the Secret s, so changes of it will not be seen"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			kind := "Secret"
			list, key := "secrets", "secret"
			if strings.Contains(test.object, "kind: ConfigMap") {
				kind, list, key = "ConfigMap", "configMaps", "configmap"
			}
			if strings.Contains(test.object, "kind: ExternalSecret") {
				kind = "ExternalSecret"
			}
			user := deployment("user", key+"Ref: {name: s}")
			if key == "configmap" {
				user = deployment("user", "configMapRef: {name: s}")
			}
			done := "info: Deployment user: set checksum/" + key + ".s"
			spec := func(entry string) string { return "enabled: true\n" + list + ": [{name: s" + entry + "}]" }
			if test.unseen == "" {
				run(t, spec(", onMissing: Fail"), test.object, user).succeeded().told(done)
				return
			}
			warning := "warning: " + kind + " s: " + test.unseen
			annotated := run(t, spec(""), test.object, user).succeeded().told(warning, done)
			run(t, spec(", onMissing: Skip"), test.object, user).succeeded().told(warning, done)
			run(t, spec(", onMissing: Fail, allowEmpty: true"), test.object, user).succeeded().told(done)
			run(t, spec(", checksum: "+operators), test.object, user).succeeded()
			failure := "error: " + kind + " s: " + test.unseen + ": give spec." + list + "[0] a checksum, or allowEmpty: true if that is meant"
			run(t, spec(", onMissing: Fail"), test.object, user).failed().told(failure)

			rendered := strings.Replace(user, "      labels:", "      annotations: {checksum/"+key+".s: '"+annotated.checksum("user")+"'}\n      labels:", 1)
			for entry, want := range map[string][]string{"": {warning}, ", onMissing: Fail": {failure}, ", allowEmpty: true": nil} {
				found := checked(t, "enabled: true, "+list+": [{name: s"+entry+"}]", test.object, rendered)
				if diff := cmp.Diff(want, found.Results.Lines()); diff != "" {
					t.Errorf("check with %q (-want +got):\n%s", entry, diff)
				}
			}
		})
	}
}

// A key that is not there yet is no error where the data come to be in the cluster.
func TestKeysOfWhatIsFilledInTheCluster(t *testing.T) {
	user := deployment("user", "secretRef: {name: s}")
	run(t, "enabled: true\nsecrets: [{name: s, keys: [ca.crt], allowEmpty: true}]", secret("s", ""), user).succeeded().
		told("info: Deployment user: set checksum/secret.s")
	run(t, "enabled: true\nsecrets: [{name: s, keys: [ca.crt]}]", secret("s", ""), user).succeeded().
		told("warning: Secret s: "+noData, "info: Deployment user: set checksum/secret.s")
}

// Check knows what is filled in the cluster by the checksum, where its name has changed.
func TestCheckTellsOfRenamedSourcesThatAreFilledInTheCluster(t *testing.T) {
	sum := run(t, "enabled: true\nsecrets: [s]", secret("s", ""), deployment("user", "secretRef: {name: s}")).checksum("user")
	user := strings.Replace(deployment("p-user", "secretRef: {name: p-s}"), "      labels:", "      annotations: {checksum/secret.s: '"+sum+"'}\n      labels:", 1)
	found := checked(t, "enabled: true, secrets: [s]", secret("p-s", ""), user)
	if diff := cmp.Diff([]string{"warning: Secret p-s: " + noData}, found.Results.Lines()); diff != "" {
		t.Errorf("results (-want +got):\n%s", diff)
	}
}

func TestCopiesFollowTheirOriginal(t *testing.T) {
	user := in("shop", deployment("user", "secretRef: {name: s}"))
	sum := func(t *testing.T, spec string, items ...string) string {
		t.Helper()
		return run(t, "enabled: true\nonMissing: Fail\n"+spec, append(items, user)...).succeeded().checksum("user")
	}
	reflected := annotated(reflects, "certs/wildcard", in("shop", secret("s", "")))
	replicated := func(data string) string {
		return annotated(replicates, "certs/wildcard", in("shop", secret("s", data)))
	}
	original := func(data string) string { return in("certs", secret("wildcard", data)) }
	plain := func(data string) string { return in("shop", secret("s", data)) }
	const entry = "secrets: [s]"
	was := func(names, object string) string {
		return annotated("internal.config.kubernetes.io/previousNames", names, object)
	}
	tests := []struct {
		name, got, want string
	}{
		{"a mirror", sum(t, entry, reflected, original("a: b")), sum(t, entry, plain("a: b"))},
		{"a mirror with data, which are replaced", sum(t, entry, strings.Replace(reflected, "stringData: {}", "stringData: {x: y}", 1), original("a: b")), sum(t, entry, plain("a: b"))},
		{"a replica", sum(t, entry, replicated(""), original("a: b")), sum(t, entry, plain("a: b"))},
		{"a replica with data, which stay", sum(t, entry, replicated("x: y, a: c"), original("a: b")), sum(t, entry, plain("a: b, x: y"))},
		{"of one without a namespace", sum(t, entry, reflected, secret("wildcard", "a: b")), sum(t, entry, plain("a: b"))},
		{"of the nearer one", sum(t, entry, reflected, secret("wildcard", "a: c"), original("a: b")), sum(t, entry, plain("a: b"))},
		{"not of one for the clients alone", sum(t, entry, reflected, annotated("config.kubernetes.io/local-config", "true", original("a: c")), secret("wildcard", "a: b")), sum(t, entry, plain("a: b"))},
		{"of one that had the name", sum(t, entry, reflected, was("wildcard", in("certs", secret("p-wildcard", "a: b")))), sum(t, entry, plain("a: b"))},
		{"with keys", sum(t, "secrets: [{name: s, keys: [a]}]", reflected, original("a: b, c: d")), sum(t, entry, plain("a: b"))},
		{
			"of what a controller makes",
			sum(t, entry, reflected, in("certs", sealed("wildcard", "k: AgA="))),
			run(t, "enabled: true\nsecrets: [s]", in("shop", sealed("s", "k: AgA=")), user).checksum("user"),
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if test.got != test.want {
				t.Errorf("the checksum is %s, not %s", test.got, test.want)
			}
		})
	}
	t.Run("a replica of what a controller makes, with data", func(t *testing.T) {
		made := in("certs", sealed("wildcard", "k: AgA="))
		if sum(t, entry, replicated("x: y"), made) == sum(t, entry, replicated("x: z"), made) {
			t.Error("its own data do not count")
		}
		if sum(t, entry, replicated("x: y"), made) == sum(t, entry, replicated("x: y"), in("certs", sealed("wildcard", "k: AgB="))) {
			t.Error("the original does not count")
		}
	})
	t.Run("a ConfigMap", func(t *testing.T) {
		reader := in("shop", deployment("user", "configMapRef: {name: s}"))
		copied := annotated(reflects, "certs/wildcard", in("shop", configMap("s", "")))
		got := run(t, "enabled: true\nconfigMaps: [s]", copied, in("certs", configMap("wildcard", "a: b")), original("a: c"), reader).succeeded().checksum("user")
		want := run(t, "enabled: true\nconfigMaps: [s]", in("shop", configMap("s", "a: b")), reader).succeeded().checksum("user")
		if got != want {
			t.Errorf("the checksum is %s, not %s", got, want)
		}
	})
	t.Run("an empty original", func(t *testing.T) {
		run(t, "enabled: true\nsecrets: [s]", reflected, original(""), user).succeeded().told(
			"warning: Secret shop/s: "+noData, "info: Deployment shop/user: set checksum/secret.s")
	})
	t.Run("an original that cannot be read", func(t *testing.T) {
		run(t, "enabled: true\nsecrets: [s]", reflected, "apiVersion: v1\nkind: Secret\nmetadata: {name: wildcard, namespace: certs}\ndata: {k: no base64}\n", user).failed().told(
			"error: Secret certs/wildcard: data.k: expected base64, found something else (plain text belongs into stringData)")
	})
}

func TestCopiesThatAreNotFollowed(t *testing.T) {
	user := in("a", deployment("user", "secretRef: {name: s}"))
	copyOf := func(original, name string) string { return annotated(reflects, original, in("a", secret(name, ""))) }
	for name, test := range map[string]struct {
		items []string
		why   string
	}{
		"of itself":            {[]string{copyOf("a/s", "s")}, "a/s, and changes of that will not be seen: it is not in the input"},
		"of each other":        {[]string{copyOf("a/t", "s"), copyOf("a/s", "t")}, "a/t, and changes of that will not be seen: it is a copy itself"},
		"of a copy":            {[]string{copyOf("a/t", "s"), copyOf("a/u", "t"), in("a", secret("u", "k: v"))}, "a/t, and changes of that will not be seen: it is a copy itself"},
		"of another kind":      {[]string{copyOf("a/t", "s"), in("a", configMap("t", "k: v"))}, "a/t, and changes of that will not be seen: it is not in the input"},
		"of another namespace": {[]string{copyOf("b/t", "s"), in("a", secret("t", "k: v"))}, "b/t, and changes of that will not be seen: it is not in the input"},
		"of what had that name too": {[]string{copyOf("b/t", "s"),
			annotated("internal.config.kubernetes.io/previousNames", "t", in("b", secret("p-t", "k: v"))),
			annotated("internal.config.kubernetes.io/previousNames", "t", in("b", secret("q-t", "k: v")))},
			"b/t, and changes of that will not be seen: it may mean Secret b/p-t or Secret b/q-t"},
	} {
		t.Run(name, func(t *testing.T) {
			run(t, "enabled: true\nsecrets: [s]", append(test.items, user)...).succeeded().told(
				"warning: Secret a/s: it is a copy of Secret "+test.why, "info: Deployment a/user: set checksum/secret.s")
		})
	}
}

// Several ExternalSecrets may add to one Secret; each of them counts.
func TestExternalSecretsThatMergeIntoOneSecretCountTogether(t *testing.T) {
	adding := func(name, key string) string {
		return "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {name: " + name + "}\n" +
			"spec: {target: {name: s, creationPolicy: Merge}, data: [{secretKey: " + name + ", remoteRef: {key: " + key + "}}]}\n"
	}
	user := deployment("user", "secretRef: {name: s}")
	sum := func(spec string, items ...string) string {
		t.Helper()
		return run(t, "enabled: true\n"+spec, append(items, user)...).succeeded().checksum("user")
	}
	const all = "secrets: [s]"
	both := sum(all, adding("one", "a"), adding("two", "b"))
	if sum(all, adding("two", "b"), adding("one", "a")) != both {
		t.Error("their order counts")
	}
	for name, items := range map[string][]string{
		"the first":  {adding("one", "x"), adding("two", "b")},
		"the second": {adding("one", "a"), adding("two", "x")},
		"one less":   {adding("one", "a")},
		"one more":   {adding("one", "a"), adding("two", "b"), adding("three", "c")},
	} {
		if sum(all, items...) == both {
			t.Errorf("%s does not count", name)
		}
	}
	const one = "secrets: [{name: s, keys: [one]}]"
	if sum(one, adding("one", "a"), adding("two", "b")) != sum(one, adding("one", "a"), adding("two", "x")) {
		t.Error("the key of another one counts")
	}
	own := secret("s", "k: v")
	if sum(all, own) != sum(all, own, adding("one", "a"), adding("two", "b")) {
		t.Error("they count beside the Secret, which is in the input")
	}
	made := sealed("s", "k: AgA=")
	if sum(all, made) != sum(all, made, adding("one", "a"), adding("two", "b")) {
		t.Error("they count beside what makes the Secret")
	}
}
