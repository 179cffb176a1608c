package fn_test

import "testing"

// checksumOf returns the checksum that a workload gets for a Secret or ConfigMap
// named "source".
func checksumOf(t *testing.T, object string) string {
	t.Helper()
	user := deployment("user", "secretRef: {name: source}", "configMapRef: {name: source}")
	return run(t, "enabled: true\nonMissing: Skip\nsecrets: [source]\nconfigMaps: [source]", object, user).succeeded().checksum("user")
}

func TestSameContentHasTheSameChecksum(t *testing.T) {
	tests := []struct{ name, a, b string }{
		{
			"labels and annotations",
			"apiVersion: v1\nkind: Secret\nmetadata: {name: source}\ndata: {a: YQ==}\n",
			"apiVersion: v1\nkind: Secret\nmetadata: {name: source, labels: {x: y}, annotations: {x: y}}\ndata: {a: YQ==}\n",
		},
		{
			"type and immutability",
			"apiVersion: v1\nkind: Secret\nmetadata: {name: source}\ndata: {a: YQ==}\n",
			"apiVersion: v1\nkind: Secret\nmetadata: {name: source}\nimmutable: true\ntype: example.com/token\ndata: {a: YQ==}\n",
		},
		{
			"order of keys",
			"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: source}\ndata:\n  a: x\n  b: y\n",
			"data:\n  b: y\n  a: x\nkind: ConfigMap\napiVersion: v1\nmetadata: {name: source}\n",
		},
		{
			"quoting and block style",
			"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: source}\ndata: {a: \"x\\ny\\n\", b: 'true', c: plain}\n",
			"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: source}\ndata:\n  a: |\n    x\n    y\n  b: \"true\"\n  c: 'plain'\n",
		},
		{
			"comments",
			"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: source}\ndata:\n  a: x\n",
			"# head\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: source}\ndata:\n  # comment\n  a: x # comment\n",
		},
		{
			"base64 on several lines",
			"apiVersion: v1\nkind: Secret\nmetadata: {name: source}\ndata: {a: YWJjZGVmZ2hp}\n",
			"apiVersion: v1\nkind: Secret\nmetadata: {name: source}\ndata:\n  a: |\n    YWJjZGVm\n    Z2hp\n",
		},
		{
			"stringData instead of data",
			"apiVersion: v1\nkind: Secret\nmetadata: {name: source}\ndata: {a: YQ==, b: Yg==}\n",
			"apiVersion: v1\nkind: Secret\nmetadata: {name: source}\nstringData: {a: a, b: b}\n",
		},
		{
			"stringData over data",
			"apiVersion: v1\nkind: Secret\nmetadata: {name: source}\ndata: {a: YQ==, b: Yg==}\n",
			"apiVersion: v1\nkind: Secret\nmetadata: {name: source}\ndata: {a: b2xk, b: Yg==}\nstringData: {a: a}\n",
		},
		{
			"no data, null data and empty data",
			"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: source}\ndata:\n",
			"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: source}\ndata: {}\nbinaryData: {}\n",
		},
		{
			"null value and empty value, as for the API server",
			"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: source}\ndata: {a: }\n",
			"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: source}\ndata: {a: ''}\n",
		},
		{
			"a date in quotes and without, as for the API server",
			"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: source}\ndata: {a: 2026-02-01}\n",
			"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: source}\ndata: {a: '2026-02-01'}\n",
		},
		{
			"anchors, aliases and merge keys",
			"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: source}\ndata: {a: x, b: x, c: y}\n",
			"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: source, labels: &l {c: y}}\ndata: {<<: *l, a: &x x, b: *x}\n",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if a, b := checksumOf(t, test.a), checksumOf(t, test.b); a != b {
				t.Errorf("the checksums are %s and %s", a, b)
			}
		})
	}
}

func TestOtherContentHasAnotherChecksum(t *testing.T) {
	tests := []struct{ name, a, b string }{
		{"a value", configMap("source", "a: x"), configMap("source", "a: y")},
		{"a key added", configMap("source", "a: x"), configMap("source", "a: x, b: y")},
		{"a key renamed", configMap("source", "a: x"), configMap("source", "b: x")},
		{"empty and not empty", configMap("source", ""), configMap("source", "a: x")},
		{"empty value and no key", configMap("source", "a: ''"), configMap("source", "")},
		{"the border between key and value", configMap("source", "a: bc"), configMap("source", "ab: c")},
		{"the border between entries", configMap("source", "a: 'x;b=y'"), configMap("source", "a: x, b: y")},
		{"a final newline", configMap("source", `a: "x\n"`), configMap("source", "a: x")},
		{
			"binary data",
			"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: source}\nbinaryData: {a: AAE=}\n",
			"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: source}\nbinaryData: {a: AAI=}\n",
		},
		{
			"data and binaryData",
			"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: source}\ndata: {a: YQ==}\n",
			"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: source}\nbinaryData: {a: YQ==}\n",
		},
		{
			"bytes of a Secret",
			"apiVersion: v1\nkind: Secret\nmetadata: {name: source}\ndata: {a: /w==}\n",
			"apiVersion: v1\nkind: Secret\nmetadata: {name: source}\ndata: {a: /g==}\n",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if a, b := checksumOf(t, test.a), checksumOf(t, test.b); a == b {
				t.Errorf("both checksums are %s", a)
			}
		})
	}
}

// The value of SPEC's example of a source, worked out with
//
//	printf '{"binaryData":{},"data":{"token":"YWJj"}}' | sha256sum
func TestChecksumOfAKnownSecret(t *testing.T) {
	const want = "4f9303a6bb87e0eaba52b17045f2214356ab00502d6733e5f84b714220154cc7"
	if got := checksumOf(t, secret("source", "token: abc")); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestKeysRestrictTheContent(t *testing.T) {
	const spec = "enabled: true\nconfigMaps: [{name: source, keys: [a]}]"
	user := deployment("user", "configMapRef: {name: source}")
	base := run(t, spec, configMap("source", "a: x, b: y"), user).succeeded().checksum("user")
	if other := run(t, spec, configMap("source", "a: x, b: z"), user).succeeded().checksum("user"); other != base {
		t.Error("a key that does not count changed the checksum")
	}
	if other := run(t, spec, configMap("source", "a: z, b: y"), user).succeeded().checksum("user"); other == base {
		t.Error("a key that counts did not change the checksum")
	}
	run(t, spec, configMap("source", "b: y"), user).failed().told(
		"error: ConfigMap source: it has no key a, which spec.configMaps[0].keys names")
}
