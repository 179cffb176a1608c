package annotation_test

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"math/rand"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/proompteng/checksum-annotator/config"
	"github.com/proompteng/checksum-annotator/fn/annotation"
)

const prefix = annotation.Prefix("checksum")

// An object is what a key is made for.
type object struct {
	kind            config.Kind
	namespace, name string
}

func (o object) key(p annotation.Prefix) string {
	return p.Key(o.kind, o.namespace, o.name)
}

func TestKeyNamesKindNamespaceAndName(t *testing.T) {
	tests := map[string]struct {
		prefix annotation.Prefix
		object object
		want   string
	}{
		"Secret":                  {"checksum", object{config.Secret, "", "db"}, "checksum/secret.db"},
		"ConfigMap":               {"checksum", object{config.ConfigMap, "", "db"}, "checksum/configmap.db"},
		"Secret, elsewhere":       {"checksum", object{config.Secret, "prod", "db"}, "checksum/secret.prod_db"},
		"ConfigMap, elsewhere":    {"checksum", object{config.ConfigMap, "prod", "db"}, "checksum/configmap.prod_db"},
		"name with dots":          {"checksum", object{config.Secret, "", "a.b-c.d"}, "checksum/secret.a.b-c.d"},
		"name with digits":        {"checksum", object{config.Secret, "1", "0"}, "checksum/secret.1_0"},
		"own prefix":              {"checksum.example.com", object{config.Secret, "", "db"}, "checksum.example.com/secret.db"},
		"own prefix, elsewhere":   {"example.com", object{config.ConfigMap, "prod", "db"}, "example.com/configmap.prod_db"},
		"name that is a kind":     {"checksum", object{config.Secret, "", "configmap"}, "checksum/secret.configmap"},
		"namespace like a prefix": {"checksum", object{config.Secret, "checksum", "secret"}, "checksum/secret.checksum_secret"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, test.object.key(test.prefix)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestKeyIsCutAbove63Characters(t *testing.T) {
	a, n := strings.Repeat("a", 253), strings.Repeat("n", 63)
	tests := map[string]struct {
		object object
		want   string
	}{
		"Secret, 63":              {object{config.Secret, "", a[:56]}, "secret." + a[:56]},
		"Secret, 64":              {object{config.Secret, "", a[:57]}, cut("secret." + a[:57])},
		"ConfigMap, 63":           {object{config.ConfigMap, "", a[:53]}, "configmap." + a[:53]},
		"ConfigMap, 64":           {object{config.ConfigMap, "", a[:54]}, cut("configmap." + a[:54])},
		"Secret elsewhere, 63":    {object{config.Secret, "prod", a[:51]}, "secret.prod_" + a[:51]},
		"Secret elsewhere, 64":    {object{config.Secret, "prod", a[:52]}, cut("secret.prod_" + a[:52])},
		"ConfigMap elsewhere, 63": {object{config.ConfigMap, "prod", a[:48]}, "configmap.prod_" + a[:48]},
		"ConfigMap elsewhere, 64": {object{config.ConfigMap, "prod", a[:49]}, cut("configmap.prod_" + a[:49])},
		"longest name":            {object{config.Secret, "", a}, cut("secret." + a)},
		"longest namespace":       {object{config.Secret, n, "a"}, cut("secret." + n + "_a")},
		"longest of both":         {object{config.ConfigMap, n, a}, cut("configmap." + n + "_" + a)},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff("checksum/"+test.want, test.object.key(prefix)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// The hash was taken with sha256sum.
func TestKeyThatIsCutStaysWhatItWas(t *testing.T) {
	got := prefix.Key(config.Secret, "", "a-name-of-a-secret-that-is-much-longer-than-annotation-keys-may-be")
	want := "checksum/secret.a-name-of-a-secret-that-is-much-longer-than-a_a2bd1c2dea"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func cut(part string) string {
	hash := sha256.Sum256([]byte(part))
	return part[:52] + "_" + hex.EncodeToString(hash[:])[:10]
}

func TestLengthOfThePrefixDoesNotCutTheKey(t *testing.T) {
	long := annotation.Prefix(strings.Repeat("a.", 126) + "a")
	name := strings.Repeat("b", 56)
	if diff := cmp.Diff(string(long)+"/secret."+name, long.Key(config.Secret, "", name)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// The API server takes an annotation key if its lower-case form is a qualified
// name (k8s.io/apimachinery/pkg/api/validation, ValidateAnnotations).
func checkKey(t *testing.T, key string) {
	t.Helper()
	for _, problem := range validation.IsQualifiedName(strings.ToLower(key)) {
		t.Errorf("the API server refuses %q: %s", key, problem)
	}
}

func TestKeysAreValid(t *testing.T) {
	for _, p := range []annotation.Prefix{"checksum", "a", "checksum.proompteng.ai", annotation.Prefix(strings.Repeat("a.", 126) + "a")} {
		for _, kind := range []config.Kind{config.Secret, config.ConfigMap} {
			for _, namespace := range []string{"", "n", "kube-system", strings.Repeat("n", 63)} {
				for _, name := range []string{"a", "0", "a.b", "a-b", "a--b", strings.Repeat("a", 253)} {
					checkKey(t, p.Key(kind, namespace, name))
				}
			}
		}
	}
}

func TestKeysThatAreCutAtAnyCharacterAreValid(t *testing.T) {
	for _, unit := range []string{"a", "a.b", "a-b", "a--b", "a.b-c", "0123456789."} {
		for length := 40; length < 80; length++ {
			name := strings.Repeat(unit, 80)[:length] + "z"
			checkKey(t, prefix.Key(config.Secret, "", name))
			checkKey(t, prefix.Key(config.ConfigMap, "", name))
			checkKey(t, prefix.Key(config.Secret, "prod", name))
		}
	}
}

func TestDifferentObjectsHaveDifferentKeys(t *testing.T) {
	long := strings.Repeat("a", 100)
	objects := []object{
		{config.Secret, "", "a.b"},
		{config.Secret, "", "a-b"},
		{config.Secret, "", "ab"},
		{config.Secret, "a", "b"},
		{config.Secret, "b", "a"},
		{config.Secret, "a", "a-b"},
		{config.Secret, "a-a", "b"},
		{config.Secret, "", "configmap.a"},
		{config.Secret, "", "secret.a"},
		{config.Secret, "", "a"},
		{config.ConfigMap, "", "a.b"},
		{config.ConfigMap, "", "a-b"},
		{config.ConfigMap, "a", "b"},
		{config.ConfigMap, "", "a"},
		{config.Secret, "", long},
		{config.Secret, "", long + "a"},
		{config.Secret, "", long[:99] + "b"},
		{config.Secret, "a", long},
		{config.Secret, "aa", long},
		{config.Secret, long[:50], long[:50]},
		{config.Secret, long[:51], long[:49]},
		{config.ConfigMap, "", long},
	}
	seen := map[string]object{}
	for _, o := range objects {
		if other, taken := seen[o.key(prefix)]; taken {
			t.Errorf("%+v and %+v have the same key %s", o, other, o.key(prefix))
		}
		seen[o.key(prefix)] = o
	}
}

func TestKeysOfRandomObjectsAreValidAndDiffer(t *testing.T) {
	random := rand.New(rand.NewSource(1))
	seen := map[string]object{}
	for range 50000 {
		o := randomObject(random)
		key := o.key(prefix)
		checkKey(t, key)
		if other, taken := seen[key]; taken && other != o {
			t.Fatalf("%+v and %+v have the same key %s", o, other, key)
		}
		seen[key] = o
		if !prefix.Owns(key) {
			t.Fatalf("%s is not owned", key)
		}
	}
}

// randomObject returns valid names that are short, to meet by chance, or about as
// long as a key can be.
func randomObject(random *rand.Rand) object {
	o := object{kind: config.Secret}
	if random.Intn(2) == 0 {
		o.kind = config.ConfigMap
	}
	length := func() int { return []int{random.Intn(4), 35 + random.Intn(25)}[random.Intn(2)] }
	o.name = randomName(random, "ab.-", length())
	if random.Intn(2) == 0 {
		o.namespace = randomName(random, "ab-", length())
	}
	return o
}

// randomName returns a name whose first and last characters are letters, of
// length+1 characters at most.
func randomName(random *rand.Rand, alphabet string, length int) string {
	name := "a"
	for range length {
		next := alphabet[random.Intn(len(alphabet))]
		if next == '.' && strings.HasSuffix(name, "-") || next != 'a' && next != 'b' && strings.HasSuffix(name, ".") {
			next = 'b'
		}
		name += string(next)
	}
	return strings.TrimRight(name, ".-")
}

func TestOwnsWhatBeginsWithAKind(t *testing.T) {
	tests := map[string]bool{
		"checksum/secret.db":           true,
		"checksum/configmap.db":        true,
		"checksum/secret.prod_db":      true,
		"checksum/secret.a.b":          true,
		"checksum/secret.":             true,
		"checksum/config":              false,
		"checksum/config.db":           false,
		"checksum/secret":              false,
		"checksum/secret-db":           false,
		"checksum/secret/db":           false,
		"checksum/secrets.db":          false,
		"checksum/Secret.db":           false,
		"checksum/my-secret.db":        false,
		"checksum/":                    false,
		"checksum":                     false,
		"checksumsecret.db":            false,
		"secret.db":                    false,
		"":                             false,
		"other/secret.db":              false,
		"my.checksum/secret.db":        false,
		"checksum.example/secret.db":   false,
		"CHECKSUM/secret.db":           false,
		" checksum/secret.db":          false,
		"kubectl.kubernetes.io/last":   false,
		"checksum/checksum/secret.foo": false,
	}
	for key, want := range tests {
		if got := prefix.Owns(key); got != want {
			t.Errorf("Owns(%q) = %v, want %v", key, got, want)
		}
	}
}

func TestOwnsNothingOfAnotherPrefix(t *testing.T) {
	prefixes := []annotation.Prefix{"checksum", "checksum.example.com", "example.com", "sum"}
	for _, mine := range prefixes {
		for _, theirs := range prefixes {
			key := theirs.Key(config.Secret, "", "db")
			if got, want := mine.Owns(key), mine == theirs; got != want {
				t.Errorf("%s owns %s: %v, want %v", mine, key, got, want)
			}
		}
	}
}

// Digests.
var (
	one, two    = strings.Repeat("1", 64), strings.Repeat("2", 64)
	three, four = strings.Repeat("3", 64), strings.Repeat("f", 64)
)

func TestCompare(t *testing.T) {
	type annotations = map[string]string
	tests := map[string]struct {
		present, due annotations
		fresh        bool
		want         annotation.Changes
	}{
		"nothing at all": {},
		"nothing due, others present": {
			present: annotations{"checksum/config": "1", "team": "a"},
		},
		"first checksums": {
			due:  annotations{"checksum/secret.a": one, "checksum/configmap.b": two},
			want: annotation.Changes{Set: annotations{"checksum/secret.a": one, "checksum/configmap.b": two}},
		},
		"beside others": {
			present: annotations{"checksum/config": "1", "other/secret.a": "2", "secret.a": "3"},
			due:     annotations{"checksum/secret.a": four},
			want:    annotation.Changes{Set: annotations{"checksum/secret.a": four}},
		},
		"all there": {
			present: annotations{"checksum/secret.a": one, "team": "a"},
			due:     annotations{"checksum/secret.a": one},
		},
		"another value": {
			present: annotations{"checksum/secret.a": one, "checksum/secret.b": two},
			due:     annotations{"checksum/secret.a": three, "checksum/secret.b": two},
			want:    annotation.Changes{Set: annotations{"checksum/secret.a": three}},
		},
		"empty value there": {
			present: annotations{"checksum/secret.a": ""},
			due:     annotations{"checksum/secret.a": one},
			want:    annotation.Changes{Set: annotations{"checksum/secret.a": one}},
		},
		"empty value due": {
			due:  annotations{"checksum/secret.a": ""},
			want: annotation.Changes{Set: annotations{"checksum/secret.a": ""}},
		},
		"no longer due": {
			present: annotations{"checksum/secret.a": one, "checksum/secret.b": two},
			due:     annotations{"checksum/secret.a": one},
			want:    annotation.Changes{Remove: []string{"checksum/secret.b"}},
		},
		"none due any more, in order": {
			present: annotations{"checksum/secret.c": one, "checksum/configmap.b": two, "checksum/secret.a": three, "checksum/config": "4"},
			want:    annotation.Changes{Remove: []string{"checksum/configmap.b", "checksum/secret.a", "checksum/secret.c"}},
		},
		"one for another": {
			present: annotations{"checksum/secret.a": one},
			due:     annotations{"checksum/configmap.a": one},
			want: annotation.Changes{
				Set:    annotations{"checksum/configmap.a": one},
				Remove: []string{"checksum/secret.a"},
			},
		},
		"no longer due, in a fresh render": {
			present: annotations{"checksum/secret.a": one, "checksum/secret.b": two, "checksum/config": one},
			due:     annotations{"checksum/secret.a": three},
			fresh:   true,
			want:    annotation.Changes{Set: annotations{"checksum/secret.a": three}, Others: []string{"checksum/secret.b"}},
		},
		"of a form that is nobody's but somebody else's": {
			present: annotations{
				"checksum/secret.version": "7", "checksum/secret.short": one[1:], "checksum/secret.upper": strings.Repeat("A", 64),
				"checksum/secret.envVars": one, "checksum/secret.empty": "",
			},
			want: annotation.Changes{Others: []string{
				"checksum/secret.empty", "checksum/secret.envVars", "checksum/secret.short", "checksum/secret.upper", "checksum/secret.version",
			}},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			present, due := maps.Clone(test.present), maps.Clone(test.due)
			got := prefix.Compare(test.present, test.due, !test.fresh)
			if diff := cmp.Diff(test.want, got, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if got, want := got.Empty(), len(test.want.Set)+len(test.want.Remove) == 0; got != want {
				t.Errorf("Empty() = %v, want %v", got, want)
			}
			if diff := cmp.Diff([]annotations{present, due}, []annotations{test.present, test.due}); diff != "" {
				t.Errorf("an argument has changed (-before +after):\n%s", diff)
			}
		})
	}
}

func TestChangesMakeOwnedKeysEqualAndLeaveOthers(t *testing.T) {
	random := rand.New(rand.NewSource(2))
	keys := []string{"checksum/secret.a", "checksum/secret.b", "checksum/configmap.a", "checksum/config", "team", "other/secret.a"}
	for range 1000 {
		before, due := map[string]string{}, map[string]string{}
		for _, key := range keys {
			if random.Intn(2) == 0 {
				before[key] = []string{one, two}[random.Intn(2)]
			}
			if random.Intn(2) == 0 && prefix.Owns(key) {
				due[key] = []string{one, two}[random.Intn(2)]
			}
		}
		want := maps.Clone(due)
		for key, value := range before {
			if !prefix.Owns(key) {
				want[key] = value
			}
		}
		after := applied(before, prefix.Compare(before, due, true))
		if diff := cmp.Diff(want, after); diff != "" {
			t.Fatalf("from %v to %v (-want +got):\n%s", before, due, diff)
		}
		if again := prefix.Compare(after, due, true); !again.Empty() {
			t.Fatalf("the second comparison finds changes: %+v", again)
		}
	}
}

func TestClearRemovesWhatIsOwned(t *testing.T) {
	present := map[string]string{"checksum/secret.b": one, "checksum/configmap.a": "x", "checksum/config": two, "other/secret.a": three, "a": four}
	want := annotation.Changes{Remove: []string{"checksum/configmap.a", "checksum/secret.b"}}
	if diff := cmp.Diff(want, prefix.Clear(present)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if got := prefix.Clear(map[string]string{"a": one}); !got.Empty() {
		t.Errorf("of what it does not own, it changes %v", got)
	}
}

func applied(annotations map[string]string, changes annotation.Changes) map[string]string {
	result := maps.Clone(annotations)
	for _, key := range changes.Remove {
		delete(result, key)
	}
	maps.Copy(result, changes.Set)
	return result
}
