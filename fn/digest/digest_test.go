package digest_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/proompteng/checksum-annotator/fn/digest"
)

type (
	texts = map[string]string
	bins  = map[string][]byte
)

func secret(data texts) digest.Content {
	values := bins{}
	for key, value := range data {
		values[key] = []byte(value)
	}
	return digest.Secret(values)
}

func configMap(data texts) digest.Content {
	return digest.ConfigMap(data, nil)
}

func sha256Of(text string) digest.Digest {
	hash := sha256.Sum256([]byte(text))
	return digest.Digest(hex.EncodeToString(hash[:]))
}

func TestSumIsTheHashOfTheCanonicalJSON(t *testing.T) {
	tests := map[string]struct {
		content   digest.Content
		canonical string
	}{
		"no content":         {digest.Content{}, `{"binaryData":{},"data":{}}`},
		"empty Secret":       {digest.Secret(nil), `{"binaryData":{},"data":{}}`},
		"empty ConfigMap":    {digest.ConfigMap(nil, nil), `{"binaryData":{},"data":{}}`},
		"one Secret key":     {secret(texts{"uri": "postgres://db"}), `{"binaryData":{},"data":{"uri":"cG9zdGdyZXM6Ly9kYg=="}}`},
		"empty Secret value": {secret(texts{"uri": ""}), `{"binaryData":{},"data":{"uri":""}}`},
		"Secret bytes that are no text": {
			digest.Secret(bins{"k": {0xff, 0xfe, 0x00, 0xfb}}), `{"binaryData":{},"data":{"k":"//4A+w=="}}`,
		},
		"one ConfigMap key":     {configMap(texts{"mode": "fast"}), `{"binaryData":{},"data":{"mode":"fast"}}`},
		"empty ConfigMap value": {configMap(texts{"mode": ""}), `{"binaryData":{},"data":{"mode":""}}`},
		"binary data of a ConfigMap": {
			digest.ConfigMap(nil, bins{"logo": {0x00, 0x01, 0x02}}), `{"binaryData":{"logo":"AAEC"},"data":{}}`,
		},
		"text and binary data": {
			digest.ConfigMap(texts{"b": "1", "a": "2"}, bins{"d": []byte("x"), "c": nil}),
			`{"binaryData":{"c":"","d":"eA=="},"data":{"a":"2","b":"1"}}`,
		},
		"keys in the order of ASCII": {
			configMap(texts{"a": "", "B": "", "b": "", "_": "", ".a": "", "-a": "", "1": "", "10": "", "2": "", "a.b": "", "a-b": "", "a_b": "", "ab": ""}),
			`{"binaryData":{},"data":{"-a":"",".a":"","1":"","10":"","2":"","B":"","_":"","a":"","a-b":"","a.b":"","a_b":"","ab":"","b":""}}`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(sha256Of(test.canonical), test.content.Sum("")); diff != "" {
				t.Errorf("not the hash of %s (-want +got):\n%s", test.canonical, diff)
			}
		})
	}
}

// These digests were taken with sha256sum. They pin the form for good: another
// digest of the same content restarts the workloads of every user.
func TestSumStaysWhatItWas(t *testing.T) {
	tests := map[string]struct {
		content digest.Content
		want    digest.Digest
	}{
		"empty":     {digest.Content{}, "f11eb61678e9d4645cb617df544ee787e59f4ad9a605b0c6f61a6ca4d7a06dee"},
		"Secret":    {secret(texts{"password": "s3cr3t", "user": "admin"}), "b87e9c55cf6e430886d07853af0d0f2254d3add1de802ffe226396a192908d69"},
		"ConfigMap": {digest.ConfigMap(texts{"a": "x\ny"}, bins{"b": {0xff}}), "c40e06d6042751efe85ee54fead1e5df31e59788e985448fb4a9292cab0e6e57"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, test.content.Sum("")); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestOfNameIsTheHashOfTheBytesOfTheName(t *testing.T) {
	tests := map[string]digest.Digest{
		"":    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		"abc": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", // FIPS 180-4, example
	}
	for name, want := range tests {
		if got := digest.OfName(name, ""); got != want {
			t.Errorf("OfName(%q) = %s, want %s", name, got, want)
		}
	}
}

func TestDifferentContentsHaveDifferentSums(t *testing.T) {
	contents := map[string]digest.Content{
		"Secret, empty":                         secret(nil),
		"Secret, a value":                       secret(texts{"a": "bc"}),
		"Secret, another value":                 secret(texts{"a": "bd"}),
		"Secret, value in other case":           secret(texts{"a": "BC"}),
		"Secret, value with a line break":       secret(texts{"a": "bc\n"}),
		"Secret, value with CR LF":              secret(texts{"a": "bc\r\n"}),
		"Secret, value with a zero byte":        secret(texts{"a": "bc\x00"}),
		"Secret, value with a space":            secret(texts{"a": "bc "}),
		"Secret, empty value":                   secret(texts{"a": ""}),
		"Secret, empty key":                     secret(texts{"": "a"}),
		"Secret, another key":                   secret(texts{"b": "bc"}),
		"Secret, key and value cut elsewhere":   secret(texts{"ab": "c"}),
		"Secret, one key more":                  secret(texts{"a": "bc", "d": ""}),
		"Secret, two keys":                      secret(texts{"a": "bc", "d": "e"}),
		"Secret, two keys, values swapped":      secret(texts{"a": "e", "d": "bc"}),
		"Secret, two keys as one value":         secret(texts{"a": "bc,d:e"}),
		"Secret, two keys joined with ;":        secret(texts{"a": "bc;d=e"}),
		"Secret, two keys in quotes":            secret(texts{"a": `bc","d":"e`}),
		"Secret, bytes":                         digest.Secret(bins{"a": {0x80}}),
		"Secret, other bytes":                   digest.Secret(bins{"a": {0x81}}),
		"Secret, the replacement character":     secret(texts{"a": "\uFFFD"}),
		"ConfigMap, a value":                    configMap(texts{"a": "bc"}),
		"ConfigMap, another value":              configMap(texts{"a": "bd"}),
		"ConfigMap, key and value cut":          configMap(texts{"ab": "c"}),
		"ConfigMap, empty value":                configMap(texts{"c": ""}),
		"ConfigMap, two keys":                   configMap(texts{"a": "bc", "d": "e"}),
		"ConfigMap, two keys in quotes":         configMap(texts{"a": `bc","d":"e`}),
		"ConfigMap, value that looks escaped":   configMap(texts{"a": `\n`}),
		"ConfigMap, value with a line break":    configMap(texts{"a": "\n"}),
		"ConfigMap, composed character":         configMap(texts{"a": "\u00e9"}),
		"ConfigMap, decomposed character":       configMap(texts{"a": "e\u0301"}),
		"ConfigMap, binary data":                digest.ConfigMap(nil, bins{"a": []byte("bc")}),
		"ConfigMap, base64 as text":             configMap(texts{"x": base64.StdEncoding.EncodeToString([]byte("bc"))}),
		"ConfigMap, the same as binary":         digest.ConfigMap(nil, bins{"x": []byte("bc")}),
		"ConfigMap, empty binary value":         digest.ConfigMap(nil, bins{"c": nil}),
		"ConfigMap, text and binary":            digest.ConfigMap(texts{"a": "bc"}, bins{"d": []byte("e")}),
		"ConfigMap, text and binary, exchanged": digest.ConfigMap(texts{"d": "e"}, bins{"a": []byte("bc")}),
	}
	names := map[digest.Digest]string{}
	for name, content := range contents {
		if other, taken := names[content.Sum("")]; taken {
			t.Errorf("%q and %q have the same sum", name, other)
		}
		names[content.Sum("")] = name
	}
}

func TestEqualContentsHaveEqualSums(t *testing.T) {
	all := secret(texts{"a": "1", "b": "2"})
	only := func(keys ...string) digest.Content {
		part, _ := all.Only(keys)
		return part
	}
	tests := map[string][2]digest.Content{
		"nil and empty maps":                {digest.ConfigMap(nil, nil), digest.ConfigMap(texts{}, bins{})},
		"empty Secret and ConfigMap":        {digest.Secret(nil), digest.ConfigMap(nil, nil)},
		"nil and empty value":               {digest.Secret(bins{"a": nil}), digest.Secret(bins{"a": {}})},
		"all keys and no choice of keys":    {all, only("a", "b")},
		"the same keys in another order":    {only("a", "b"), only("b", "a")},
		"a key that is named twice":         {only("a", "b"), only("a", "b", "a")},
		"a part and what has no other keys": {only("a"), secret(texts{"a": "1"})},
		"no keys and no content":            {only(), digest.Content{}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test[0].Sum(""), test[1].Sum("")); diff != "" {
				t.Errorf("the sums differ:\n%s", diff)
			}
		})
	}
}

func TestSumIsTheSameEachTime(t *testing.T) {
	data := texts{}
	for i := range 100 {
		data[fmt.Sprint("key", i)] = fmt.Sprint(i)
	}
	want := secret(data).Sum("")
	for range 20 {
		if got := secret(data).Sum(""); got != want {
			t.Fatalf("got %s, then %s", want, got)
		}
	}
}

func TestOnlyTellsWhichKeysAreMissing(t *testing.T) {
	content := digest.ConfigMap(texts{"a": "1", "b": "2", "both": "3"}, bins{"c": []byte("4"), "both": []byte("5")})
	tests := map[string]struct {
		keys      []string
		canonical string
		missing   []string
	}{
		"no key":            {nil, `{"binaryData":{},"data":{}}`, nil},
		"text":              {[]string{"a"}, `{"binaryData":{},"data":{"a":"1"}}`, nil},
		"binary":            {[]string{"c"}, `{"binaryData":{"c":"NA=="},"data":{}}`, nil},
		"both maps":         {[]string{"c", "a"}, `{"binaryData":{"c":"NA=="},"data":{"a":"1"}}`, nil},
		"one key of both":   {[]string{"both"}, `{"binaryData":{"both":"NQ=="},"data":{"both":"3"}}`, nil},
		"a key that lacks":  {[]string{"a", "z"}, `{"binaryData":{},"data":{"a":"1"}}`, []string{"z"}},
		"keys that lack":    {[]string{"z", "b", "y"}, `{"binaryData":{},"data":{"b":"2"}}`, []string{"z", "y"}},
		"case matters":      {[]string{"A"}, `{"binaryData":{},"data":{}}`, []string{"A"}},
		"no part of a name": {[]string{"bot"}, `{"binaryData":{},"data":{}}`, []string{"bot"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			part, missing := content.Only(test.keys)
			if diff := cmp.Diff(test.missing, missing); diff != "" {
				t.Errorf("missing (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(sha256Of(test.canonical), part.Sum("")); diff != "" {
				t.Errorf("not the hash of %s (-want +got):\n%s", test.canonical, diff)
			}
		})
	}
}

func TestOnlyLeavesTheContentAsItIs(t *testing.T) {
	content := digest.ConfigMap(texts{"a": "1", "b": "2"}, bins{"c": []byte("3")})
	before := content.Sum("")
	part, _ := content.Only([]string{"a"})
	if part.Sum("") == before {
		t.Error("the part has the sum of the whole")
	}
	if content.Sum("") != before {
		t.Error("the sum of the whole has changed")
	}
}

// The expected strings are RFC 8785, section 3.2.2.2, written out.
func TestStringsAreEscapedAsRFC8785Says(t *testing.T) {
	tests := map[string]string{
		"\b": `\b`, "\t": `\t`, "\n": `\n`, "\f": `\f`, "\r": `\r`, `"`: `\"`, `\`: `\\`,
		"\x00": `\u0000`, "\x01": `\u0001`, "\x02": `\u0002`, "\x03": `\u0003`,
		"\x04": `\u0004`, "\x05": `\u0005`, "\x06": `\u0006`, "\x07": `\u0007`,
		"\x0b": `\u000b`, "\x0e": `\u000e`, "\x0f": `\u000f`,
		"\x10": `\u0010`, "\x11": `\u0011`, "\x12": `\u0012`, "\x13": `\u0013`,
		"\x14": `\u0014`, "\x15": `\u0015`, "\x16": `\u0016`, "\x17": `\u0017`,
		"\x18": `\u0018`, "\x19": `\u0019`, "\x1a": `\u001a`, "\x1b": `\u001b`,
		"\x1c": `\u001c`, "\x1d": `\u001d`, "\x1e": `\u001e`, "\x1f": `\u001f`,
		"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"/": `€$\u000f\nA'B\"\\\\\"/`, // the RFC's example
	}
	for _, plain := range []string{" ", "/", "'", "<", ">", "&", "\x7f", "\u0080", "é", "\u2028", "\u2029", "\ufeff", "\ufffd", "\uffff", "😀", "\U0010ffff"} {
		tests[plain] = plain
	}
	for text, escaped := range tests {
		t.Run(fmt.Sprintf("%q", text), func(t *testing.T) {
			value := sha256Of(`{"binaryData":{},"data":{"k":"` + escaped + `"}}`)
			if diff := cmp.Diff(value, configMap(texts{"k": text}).Sum("")); diff != "" {
				t.Errorf("as a value (-want +got):\n%s", diff)
			}
			key := sha256Of(`{"binaryData":{},"data":{"` + escaped + `":"v"}}`)
			if diff := cmp.Diff(key, configMap(texts{text: "v"}).Sum("")); diff != "" {
				t.Errorf("as a key (-want +got):\n%s", diff)
			}
		})
	}
}

func TestKeysAreInTheOrderOfTheirUTF16CodeUnits(t *testing.T) {
	tests := map[string][]string{
		// U+10000 and above begin with a surrogate, which is less than U+E000.
		"above U+FFFF before U+E000":   {"\ud7ff", "\U00010000", "\U0010ffff", "\ue000", "\uffff"},
		"emoji before a full-width A":  {"a", "😀", "\uff21"},
		"second code unit decides":     {"\U0001f600", "\U0001f601", "\U0001f601a"},
		"a prefix first":               {"", "a", "a\x00", "aa", "a😀", "a\uff21"},
		"the example of the RFC":       {"\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"},
		"control characters and ASCII": {"\x00", "\x1f", " ", "0", "A", "a", "~", "\x7f"},
	}
	for name, keys := range tests {
		t.Run(name, func(t *testing.T) {
			data, members := texts{}, []string{}
			for _, key := range keys {
				data[key] = "v"
				members = append(members, quoted(t, key)+`:"v"`)
			}
			canonical := `{"binaryData":{},"data":{` + strings.Join(members, ",") + `}}`
			if diff := cmp.Diff(sha256Of(canonical), configMap(data).Sum("")); diff != "" {
				t.Errorf("not the hash of %s (-want +got):\n%s", canonical, diff)
			}
		})
	}
}

// encoding/json agrees with RFC 8785 where HTML is not escaped, U+2028 and
// U+2029 do not occur, and the order of bytes is that of UTF-16 code units.
func TestSumAgreesWithEncodingJSON(t *testing.T) {
	random := rand.New(rand.NewSource(1))
	for range 2000 {
		data, binary := texts{}, bins{}
		for range random.Intn(6) {
			data[randomText(random, 0xd7ff)] = randomText(random, 0x10ffff)
		}
		for range random.Intn(4) {
			binary[randomText(random, 0xd7ff)] = randomBytes(random, 20)
		}
		canonical := encodeJSON(t, map[string]any{"data": data, "binaryData": binary})
		if got := digest.ConfigMap(data, binary).Sum(""); got != sha256Of(canonical) {
			t.Fatalf("Sum() = %s is not the hash of %s", got, canonical)
		}
	}
}

// The alphabet is that of the canonical form, to meet contents that run together
// in a form that does not escape.
func TestRandomContentsCollideOnlyIfEqual(t *testing.T) {
	alphabet := []string{"a", "b", `"`, `\`, ",", ":", "{", "}", "\n", "n"}
	random := rand.New(rand.NewSource(2))
	word := func() string {
		var text strings.Builder
		for range random.Intn(4) {
			text.WriteString(alphabet[random.Intn(len(alphabet))])
		}
		return text.String()
	}
	seen := map[digest.Digest]string{}
	for range 20000 {
		data, binary := texts{}, bins{}
		for range random.Intn(3) {
			data[word()] = word()
		}
		for range random.Intn(2) {
			binary[word()] = []byte(word())
		}
		content := fmt.Sprintf("%q %q", data, binary)
		sum := digest.ConfigMap(data, binary).Sum("")
		if other, found := seen[sum]; found && other != content {
			t.Fatalf("%s and %s have the same sum", content, other)
		}
		seen[sum] = content
	}
}

func randomText(random *rand.Rand, last rune) string {
	var text strings.Builder
	for range random.Intn(8) {
		highest := []rune{0x7f, 0x7ff, 0xffff, 0x10ffff}[random.Intn(4)]
		r := random.Int31n(min(highest, last) + 1)
		if (r < 0xd800 || r > 0xdfff) && r != 0x2028 && r != 0x2029 {
			text.WriteRune(r)
		}
	}
	return text.String()
}

func randomBytes(random *rand.Rand, most int) []byte {
	value := make([]byte, random.Intn(most+1))
	random.Read(value)
	return value
}

func encodeJSON(t *testing.T, value any) string {
	t.Helper()
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSuffix(buffer.String(), "\n")
}

func quoted(t *testing.T, text string) string {
	t.Helper()
	return encodeJSON(t, text)
}

func TestContentOverAnother(t *testing.T) {
	one := digest.ConfigMap(map[string]string{"a": "1", "b": "2"}, map[string][]byte{"x": {1}})
	over := digest.ConfigMap(map[string]string{"b": "3"}, map[string][]byte{"y": {2}})
	want := digest.ConfigMap(map[string]string{"a": "1", "b": "3"}, map[string][]byte{"x": {1}, "y": {2}})
	if one.With(over).Sum("") != want.Sum("") {
		t.Error("it is not merged over the first")
	}
	if one.Sum("") != digest.ConfigMap(map[string]string{"a": "1", "b": "2"}, map[string][]byte{"x": {1}}).Sum("") {
		t.Error("the first has changed")
	}
}

func TestEmptyAndBlankContent(t *testing.T) {
	for name, test := range map[string]struct {
		content      digest.Content
		empty, blank bool
	}{
		"nothing":               {digest.Secret(nil), true, true},
		"no keys":               {digest.ConfigMap(map[string]string{}, map[string][]byte{}), true, true},
		"an empty value":        {digest.Secret(map[string][]byte{"a": {}}), false, true},
		"an empty text":         {digest.ConfigMap(map[string]string{"a": ""}, nil), false, true},
		"a value":               {digest.Secret(map[string][]byte{"a": {}, "b": {0}}), false, false},
		"a text":                {digest.ConfigMap(map[string]string{"a": "x"}, nil), false, false},
		"a binary value":        {digest.ConfigMap(nil, map[string][]byte{"a": {0}}), false, false},
		"an empty binary value": {digest.ConfigMap(nil, map[string][]byte{"a": nil}), false, true},
	} {
		t.Run(name, func(t *testing.T) {
			if test.content.Empty() != test.empty || test.content.Blank() != test.blank {
				t.Errorf("it is empty: %v, and blank: %v", test.content.Empty(), test.content.Blank())
			}
		})
	}
}
