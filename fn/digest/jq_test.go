package digest_test

import (
	"bytes"
	"encoding/json"
	"math/rand"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/proompteng/checksum-annotator/fn/digest"
)

// jqProgram is the one that operators are told to use.
const jqProgram = `{data: (.data // {}), binaryData: (.binaryData // {})}`

const keyCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._"

func TestSumIsWhatJQComputesForASecret(t *testing.T) {
	needJQ(t)
	random := rand.New(rand.NewSource(3))
	for range 40 {
		data := bins{}
		for range random.Intn(6) {
			data[randomKey(random)] = randomBytes(random, 200)
		}
		checkWithJQ(t, map[string]any{"apiVersion": "v1", "kind": "Secret", "type": "Opaque", "data": data}, digest.Secret(data))
	}
}

func TestSumIsWhatJQComputesForAConfigMap(t *testing.T) {
	needJQ(t)
	random := rand.New(rand.NewSource(4))
	for range 40 {
		data, binary := texts{}, bins{}
		for range random.Intn(4) {
			data[randomKey(random)] = withoutDelete(randomText(random, 0x10ffff))
		}
		for range random.Intn(3) {
			binary[randomKey(random)] = randomBytes(random, 200)
		}
		checkWithJQ(t, map[string]any{"apiVersion": "v1", "kind": "ConfigMap", "data": data, "binaryData": binary}, digest.ConfigMap(data, binary))
	}
}

func TestSumIsWhatJQComputesWithoutData(t *testing.T) {
	needJQ(t)
	for _, data := range []any{nil, bins{}} {
		checkWithJQ(t, map[string]any{"kind": "Secret", "data": data}, digest.Secret(nil))
	}
	checkWithJQ(t, map[string]any{"kind": "Secret"}, digest.Secret(nil))
	checkWithJQ(t, map[string]any{"kind": "ConfigMap"}, digest.ConfigMap(nil, nil))
}

func needJQ(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("jq"); err == nil {
		return
	}
	if os.Getenv("CI") == "true" {
		t.Fatal("jq is not installed")
	}
	t.Skip("jq is not installed: not tested that an operator gets the same checksums with jq and sha256sum")
}

func checkWithJQ(t *testing.T, object map[string]any, content digest.Content) {
	t.Helper()
	input, err := json.MarshalIndent(object, "", "    ")
	if err != nil {
		t.Fatal(err)
	}
	command := exec.Command("jq", "-cjS", jqProgram)
	command.Stdin = bytes.NewReader(input)
	output, err := command.Output()
	if err != nil {
		t.Fatalf("jq: %v", err)
	}
	if got := content.Sum(""); got != sha256Of(string(output)) {
		t.Fatalf("Sum() = %s is not the hash of what jq prints: %s", got, output)
	}
}

func randomKey(random *rand.Rand) string {
	key := make([]byte, 1+random.Intn(12))
	for i := range key {
		key[i] = keyCharacters[random.Intn(len(keyCharacters))]
	}
	return string(key)
}

// withoutDelete removes U+007F, which jq escapes and RFC 8785 does not.
func withoutDelete(text string) string {
	return strings.ReplaceAll(text, "\x7f", "")
}
