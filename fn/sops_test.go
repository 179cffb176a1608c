package fn_test

import (
	"strings"
	"testing"
)

const (
	ciphertext      = "ENC[AES256_GCM,data:Zk3mYh1=,iv:0pZqk9Jx2pD0vJ1hJY0m3bq5bq4mL6n7=,tag:1pM8zS==,type:str]"
	otherCiphertext = "ENC[AES256_GCM,data:Qk3mYh1=,iv:1pZqk9Jx2pD0vJ1hJY0m3bq5bq4mL6n7=,tag:2pM8zS==,type:str]"
)

// sops returns an object as SOPS leaves it, with the block that it adds.
func sops(object string, lastModified string) string {
	return object + `sops:
  age: [{recipient: age1qqqq, enc: "-----BEGIN AGE ENCRYPTED FILE-----"}]
  lastmodified: "` + lastModified + `"
  mac: ENC[AES256_GCM,data:` + lastModified + `,iv:0pZqk=,tag:1pM8=,type:str]
  encrypted_regex: ^(data|stringData)$
  version: 3.8.1
`
}

func TestCiphertextsCountAsText(t *testing.T) {
	object := func(kind, data string) string {
		return "apiVersion: v1\nkind: " + kind + "\nmetadata: {name: source}\n" + data + "\n"
	}
	encrypted := func(kind, data string) string { return sops(object(kind, data), "2024-01-01T00:00:00Z") }
	tests := []struct{ name, a, b string }{
		{"data of a Secret", encrypted("Secret", "data: {k: '"+ciphertext+"'}"), object("Secret", "stringData: {k: '"+ciphertext+"'}")},
		{"stringData of a Secret", encrypted("Secret", "stringData: {k: '"+ciphertext+"'}"), object("Secret", "stringData: {k: '"+ciphertext+"'}")},
		{"some of the data of a Secret", encrypted("Secret", "data: {k: '"+ciphertext+"', l: bA==}"), object("Secret", "data: {l: bA==}\nstringData: {k: '"+ciphertext+"'}")},
		{"data of a ConfigMap", encrypted("ConfigMap", "data: {k: '"+ciphertext+"'}"), object("ConfigMap", "data: {k: '"+ciphertext+"'}")},
		{"binaryData of a ConfigMap", encrypted("ConfigMap", "binaryData: {k: '"+ciphertext+"', l: bA==}"), encrypted("ConfigMap", "binaryData:\n  l: bA==\n  k: "+ciphertext)},
		{"with another block sops", encrypted("Secret", "data: {k: '"+ciphertext+"'}"), sops(object("Secret", "data: {k: '"+ciphertext+"'}"), "2025-01-01T00:00:00Z")},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if a, b := checksumOf(t, test.a), checksumOf(t, test.b); a != b {
				t.Errorf("they have the checksums %s and %s", a, b)
			}
			if a, b := checksumOf(t, test.a), checksumOf(t, strings.ReplaceAll(test.a, ciphertext, otherCiphertext)); a == b {
				t.Error("another ciphertext has the same checksum")
			}
		})
	}
}

func TestWhatIsNotEncryptedIsBase64(t *testing.T) {
	user := deployment("user", "secretRef: {name: source}")
	for name, test := range map[string]struct{ object, problem string }{
		"a value that SOPS left": {
			sops("apiVersion: v1\nkind: Secret\nmetadata: {name: source}\ndata: {k: not base64}\n", "2024-01-01T00:00:00Z"),
			"expected base64, found something else (plain text belongs into stringData)",
		},
		"a ciphertext without the block": {
			"apiVersion: v1\nkind: Secret\nmetadata: {name: source}\ndata: {k: '" + ciphertext + "'}\n",
			"expected base64, found what SOPS has encrypted, in an object that has lost the field sops",
		},
		"an empty block": {
			"apiVersion: v1\nkind: Secret\nmetadata: {name: source}\ndata: {k: '" + ciphertext + "'}\nsops:\n",
			"expected base64, found what SOPS has encrypted, in an object that has lost the field sops",
		},
	} {
		t.Run(name, func(t *testing.T) {
			run(t, "enabled: true\nsecrets: [source]", test.object, user).failed().told("error: Secret source: data.k: " + test.problem)
		})
	}
	t.Run("binaryData", func(t *testing.T) {
		run(t, "enabled: true\nconfigMaps: [source]",
			"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: source}\nbinaryData: {k: not base64}\n", deployment("user", "configMapRef: {name: source}")).
			failed().told("error: ConfigMap source: binaryData.k: expected base64, found something else (text belongs into data)")
	})
}

// A producer that SOPS has encrypted counts with its ciphertexts, and without the block.
func TestEncryptedProducers(t *testing.T) {
	external := "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {name: source}\n" +
		"spec: {data: [{secretKey: k, remoteRef: {key: '" + ciphertext + "'}}]}\n"
	first := checksumOf(t, sops(external, "2024-01-01T00:00:00Z"))
	if again := checksumOf(t, sops(external, "2025-01-01T00:00:00Z")); first != again {
		t.Error("another block sops has another checksum")
	}
	if other := checksumOf(t, sops(strings.ReplaceAll(external, ciphertext, otherCiphertext), "2024-01-01T00:00:00Z")); first == other {
		t.Error("another ciphertext has the same checksum")
	}
}
