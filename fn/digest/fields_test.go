package digest_test

import (
	"math"
	"math/rand"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/proompteng/checksum-annotator/fn/digest"
)

type generic = map[string]any

func TestFieldsAreHashedAsCanonicalJSON(t *testing.T) {
	tests := map[string]struct {
		fields    digest.Fields
		canonical string
	}{
		"none":    {digest.Fields{}, `{}`},
		"scalars": {digest.Fields{Whole: generic{"b": true, "a": nil, "c": "x\n"}}, `{"a":null,"b":true,"c":"x\n"}`},
		"nested":  {digest.Fields{Whole: generic{"a": []any{generic{"z": 1, "y": []any{}}, generic{}}}}, `{"a":[{"y":[],"z":1},{}]}`},
		"keyed":   {digest.Fields{Whole: generic{"t": "T"}, Keyed: map[string]map[string]any{"d": {"k": "v"}}}, `{"d":{"k":"v"},"t":"T"}`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(sha256Of(test.canonical), test.fields.Sum("")); diff != "" {
				t.Errorf("Sum (-want +got):\n%s", diff)
			}
		})
	}
}

func TestNumbersAreThoseOfECMAScript(t *testing.T) {
	for canonical, number := range map[string]any{
		"0":                     math.Copysign(0, -1),
		"1":                     1.0,
		"-5":                    -5,
		"7":                     uint64(7),
		"9007199254740992":      int64(1) << 53,
		"4.5":                   4.50,
		"0.002":                 2e-3,
		"0.000001":              1e-6,
		"1e-7":                  1e-7,
		"1e+30":                 1e30,
		"1e+21":                 1e21,
		"100000000000000000000": 1e20,
		"1e-27":                 0.000000000000000000000000001,
		"5e-324":                math.SmallestNonzeroFloat64,
		`"NaN"`:                 math.NaN(),
		`"+Inf"`:                math.Inf(1),
	} {
		got := digest.Fields{Whole: generic{"n": number}}.Sum("")
		if want := sha256Of(`{"n":` + canonical + `}`); got != want {
			t.Errorf("%v is not written as %s", number, canonical)
		}
	}
}

// Go's JSON encoder writes numbers as ECMAScript does.
func TestNumbersAgreeWithEncodingJSON(t *testing.T) {
	random := rand.New(rand.NewSource(1))
	for range 2000 {
		number := math.Float64frombits(random.Uint64())
		if math.IsNaN(number) || math.IsInf(number, 0) {
			continue
		}
		got := digest.Fields{Whole: generic{"n": number}}.Sum("")
		if want := sha256Of(`{"n":` + strings.TrimSpace(encodeJSON(t, number)) + `}`); got != want {
			t.Fatalf("%v is not written as encoding/json writes it", number)
		}
	}
}

func TestOnlyKeepsWhatDecidesAboutTheKeys(t *testing.T) {
	fields := digest.Fields{
		Whole: generic{"type": "Opaque"},
		Keyed: map[string]map[string]any{"sealed": {"a": "1", "b": "2"}, "template": {"c": "3"}},
	}
	tests := map[string]struct {
		keys      []string
		canonical string
	}{
		"one key":         {[]string{"a"}, `{"sealed":{"a":"1"},"type":"Opaque"}`},
		"keys of several": {[]string{"c", "b"}, `{"sealed":{"b":"2"},"template":{"c":"3"},"type":"Opaque"}`},
		"no keys":         {nil, `{"type":"Opaque"}`},
		"a key of whose origin nothing is told": {
			[]string{"a", "d"}, `{"sealed":{"a":"1","b":"2"},"template":{"c":"3"},"type":"Opaque"}`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(sha256Of(test.canonical), fields.Only(test.keys).Sum("")); diff != "" {
				t.Errorf("Sum (-want +got):\n%s", diff)
			}
		})
	}
}

func TestWhatATemplateSaysDependsOnAll(t *testing.T) {
	const all = `{"sealed":{"a":"1","b":"2"},"template":{"b":"{{ .a }}","c":"{{ .b }}"}}`
	fields := digest.Fields{
		Keyed: map[string]map[string]any{"sealed": {"a": "1", "b": "2"}, "template": {"b": "{{ .a }}", "c": "{{ .b }}"}},
		Mixed: []string{"template", "templateFrom"},
	}
	for key, canonical := range map[string]string{"a": `{"sealed":{"a":"1"}}`, "b": all, "c": all} {
		if diff := cmp.Diff(sha256Of(canonical), fields.Only([]string{key}).Sum("")); diff != "" {
			t.Errorf("Sum of %s (-want +got):\n%s", key, diff)
		}
	}
	fields.Whole = generic{"templateFrom": "a: {{ .b }}"}
	if fields.Only([]string{"a"}).Sum("") != fields.Sum("") {
		t.Error("templates of unknown keys do not mix all")
	}
}

func TestSaltedDigestsAreHMACs(t *testing.T) {
	// Test case 2 of RFC 4231.
	const want = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
	if got := digest.OfName("what do ya want for nothing?", "Jefe"); got != want {
		t.Errorf("the HMAC is %s, not %s", got, want)
	}
	content := configMap(texts{"a": "1"})
	if content.Sum("s") == content.Sum("") || content.Sum("s") == content.Sum("t") {
		t.Error("the salt does not decide the digest")
	}
	fields := digest.Fields{Whole: generic{"a": "1"}}
	if fields.Sum("s") == fields.Sum("") {
		t.Error("the salt does not count for fields")
	}
}

func TestFieldsOfBothCount(t *testing.T) {
	a := digest.Fields{Whole: map[string]any{"store": "x"}, Keyed: map[string]map[string]any{"data": {"k": "1"}, "only": {"o": "2"}}}
	b := digest.Fields{Whole: map[string]any{"store": "y", "more": true}, Keyed: map[string]map[string]any{"data": {"k": "3", "l": "4"}}, Mixed: []string{"data"}}
	want := digest.Fields{
		Whole: map[string]any{"store": []any{"x", "y"}, "more": true},
		Keyed: map[string]map[string]any{"data": {"k": []any{"1", "3"}, "l": "4"}, "only": {"o": "2"}},
		Mixed: []string{"data"},
	}
	if diff := cmp.Diff(want, a.With(b)); diff != "" {
		t.Errorf("both (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]any{"store": "x"}, a.Whole); diff != "" {
		t.Errorf("the first one changed (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(b.Keyed["data"], digest.Fields{}.With(b).Keyed["data"]); diff != "" {
		t.Errorf("beside none (-want +got):\n%s", diff)
	}
}

func TestDataBesideFieldsCountForEveryKey(t *testing.T) {
	fields := digest.Fields{Keyed: map[string]map[string]any{"from": {"k": "1"}}}
	with := func(value string) digest.Fields {
		return fields.WithData(digest.ConfigMap(map[string]string{"own": value}, nil))
	}
	if with("a").Only([]string{"k"}).Sum("") == with("b").Only([]string{"k"}).Sum("") {
		t.Error("they do not count")
	}
	if fields.WithData(digest.ConfigMap(nil, nil)).Sum("") != fields.Sum("") {
		t.Error("no data count")
	}
}
