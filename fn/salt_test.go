package fn_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/proompteng/checksum-annotator/fn"
)

const theSalt = "not-a-real-salt"

func hmacOf(text string) string {
	mac := hmac.New(sha256.New, []byte(theSalt))
	mac.Write([]byte(text))
	return hex.EncodeToString(mac.Sum(nil))
}

func TestSaltedChecksumsAreHMACs(t *testing.T) {
	items := []string{
		secret("s", "a: '1', b: '2'"), configMap("c", "k: v"), sealed("made", "k: AgA="),
		deployment("user", "secretRef: {name: s}", "configMapRef: {name: c}", "secretRef: {name: made}", "secretRef: {name: missing}", "secretRef: {name: given}"),
		podOf("some", "containers: [{name: c, env: [{name: V, valueFrom: {secretKeyRef: {name: s, key: b}}}]}]"),
	}
	const spec = "enabled: true\nkeyScope: Used\nsecrets: [s, made, missing, {name: given, checksum: " + operators + "}]\nconfigMaps: [c]\nsalt: " + theSalt
	outcome := run(t, spec, items...).succeeded()
	for workload, want := range map[string]map[string]string{
		"user": {
			"checksum/secret.s":       hmacOf(`{"binaryData":{},"data":{"a":"MQ==","b":"Mg=="}}`),
			"checksum/configmap.c":    hmacOf(`{"binaryData":{},"data":{"k":"v"}}`),
			"checksum/secret.made":    hmacOf(`{"spec.encryptedData":{"k":"AgA="}}`),
			"checksum/secret.missing": hmacOf("missing"),
			"checksum/secret.given":   operators,
		},
		"some": {"checksum/secret.s": hmacOf(`{"binaryData":{},"data":{"b":"Mg=="}}`)},
	} {
		if diff := cmp.Diff(want, outcome.annotations(workload)); diff != "" {
			t.Errorf("annotations of %s (-want +got):\n%s", workload, diff)
		}
	}
}

func TestAnEmptySaltIsNone(t *testing.T) {
	items := []string{secret("s", "k: v"), deployment("user", "secretRef: {name: s}")}
	none := run(t, "enabled: true\nsecrets: [s]", items...).succeeded()
	for _, salt := range []string{`""`, "null", ""} {
		if run(t, "enabled: true\nsecrets: [s]\nsalt: "+salt, items...).succeeded().checksum("user") != none.checksum("user") {
			t.Errorf("salt: %s is one", salt)
		}
	}
}

func TestTheSaltOfAConfigMap(t *testing.T) {
	list := "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nfunctionConfig:\n  apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: test}\n" +
		"  data: {enabled: 'true', secrets: s, salt: " + theSalt + "}\n" + itemList(secret("s", "k: v"), deployment("user", "secretRef: {name: s}"))
	if got := runOn(t, list).succeeded().checksum("user"); got != hmacOf(`{"binaryData":{},"data":{"k":"dg=="}}`) {
		t.Errorf("the checksum is %s", got)
	}
}

// The salt stays in the functionConfig, which a function passes on as it is.
func TestTheSaltIsToldNowhere(t *testing.T) {
	user := deployment("user", "secretRef: {name: s}", "secretRef: {name: gone}")
	for name, spec := range map[string]string{
		"success":             "secrets: [s, gone]\nsalt: " + theSalt,
		"an error":            "secrets: [{name: s, keys: [none]}]\nsalt: " + theSalt,
		"other errors of it":  "secrets: [s]\nscope: x\nsalt: " + theSalt,
		"a list of salts":     "secrets: [s]\nsalt: [" + theSalt + "]",
		"a mapping of salts":  "secrets: [s]\nsalt: {" + theSalt + ": " + theSalt + "}",
		"a salt in the wrong": "secrets: [s]\nsalts: " + theSalt,
		"a spec in the wrong": "salt: " + theSalt + "\nsecrets: {salt: " + theSalt + "}",
	} {
		t.Run(name, func(t *testing.T) {
			input := inListOf("enabled: true\n"+spec, secret("s", "k: v"), user)
			output, results := fn.Annotate([]byte(input))
			if got, had := strings.Count(string(output.Bytes()), theSalt), strings.Count(input, theSalt); got != had {
				t.Errorf("the output has the salt %d times, the input %d times:\n%s", got, had, output.Bytes())
			}
			for _, line := range results.Lines() {
				if strings.Contains(line, theSalt) {
					t.Errorf("a result tells the salt: %s", line)
				}
			}
			if len(results) == 0 {
				t.Error("there are no results")
			}
		})
	}
	streamed := run(t, "enabled: true\nsecrets: [s, gone]\nsalt: "+theSalt, secret("s", "k: v"), user).succeeded()
	if values := slices.Collect(maps.Values(streamed.annotations("user"))); slices.Contains(values, theSalt) {
		t.Error("an annotation is the salt")
	}
}
