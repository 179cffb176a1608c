package digest_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/proompteng/checksum-annotator/fn/digest"
)

func TestChangesAreToldByKeys(t *testing.T) {
	secret := func(data map[string]string) digest.Content {
		bytes := map[string][]byte{}
		for key, value := range data {
			bytes[key] = []byte(value)
		}
		return digest.Secret(bytes)
	}
	for name, test := range map[string]struct {
		before, after digest.Content
		want          digest.Changes
	}{
		"none":                    {secret(map[string]string{"a": "1"}), secret(map[string]string{"a": "1"}), digest.Changes{}},
		"each kind":               {secret(map[string]string{"a": "1", "b": "1"}), secret(map[string]string{"b": "2", "c": "1"}), digest.Changes{Added: []string{"c"}, Removed: []string{"a"}, Changed: []string{"b"}}},
		"an empty value and none": {secret(map[string]string{"a": ""}), secret(nil), digest.Changes{Removed: []string{"a"}}},
		"text that becomes binary": {
			digest.ConfigMap(map[string]string{"a": "MQ=="}, nil), digest.ConfigMap(nil, map[string][]byte{"a": []byte("1")}),
			digest.Changes{Changed: []string{"a"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := test.before.ChangesTo(test.after)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if same := test.before.Sum("") == test.after.Sum(""); got.Empty() != same {
				t.Errorf("changes: %+v, but equal digests: %t", got, same)
			}
		})
	}
}

func TestChangesOfFieldsAreToldByTheKeysThatTheyAreFor(t *testing.T) {
	fields := func(store string, keys ...string) digest.Fields {
		keyed := map[string]any{}
		for _, key := range keys {
			keyed[key[:1]] = key[1:]
		}
		return digest.Fields{Whole: map[string]any{"spec.store": store}, Keyed: map[string]map[string]any{"spec.data": keyed}}
	}
	for name, test := range map[string]struct {
		before, after digest.Fields
		want          digest.Changes
	}{
		"none":         {fields("x", "a1"), fields("x", "a1"), digest.Changes{}},
		"a key":        {fields("x", "a1", "b1"), fields("x", "a2", "b1"), digest.Changes{Changed: []string{"a"}}},
		"for all keys": {fields("x", "a1"), fields("y", "a1"), digest.Changes{Rest: true}},
		"nothing more": {fields("x", "a1"), digest.Fields{}, digest.Changes{Removed: []string{"a"}, Rest: true}},
		"no fields":    {digest.Fields{}, digest.Fields{Whole: map[string]any{}}, digest.Changes{}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, test.before.ChangesTo(test.after)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
