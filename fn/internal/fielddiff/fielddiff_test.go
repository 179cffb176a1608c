package fielddiff_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/proompteng/checksum-annotator/fn/internal/fielddiff"
)

func TestFieldsThatDifferAreNamedByTheirPaths(t *testing.T) {
	for name, test := range map[string]struct {
		before, after string
		want          []fielddiff.Field
	}{
		"nothing":                  {`{a: 1}`, `{a: 1}`, nil},
		"the order of fields":      {`{a: 1, b: 2}`, `{b: 2, a: 1}`, nil},
		"null is absent":           {`{a: 1, b: null}`, `{a: 1}`, nil},
		"a scalar":                 {`{a: {b: 1}}`, `{a: {b: 2}}`, []fielddiff.Field{{"a.b", fielddiff.Changed}}},
		"another type":             {`{a: {b: 1}}`, `{a: [1]}`, []fielddiff.Field{{"a", fielddiff.Changed}}},
		"a number and a string":    {`{a: 1}`, `{a: "1"}`, []fielddiff.Field{{"a", fielddiff.Changed}}},
		"an added field":           {`{}`, `{a: {b: 1}}`, []fielddiff.Field{{"a", fielddiff.Added}}},
		"a removed field":          {`{a: {b: 1}}`, `{a: null}`, []fielddiff.Field{{"a", fielddiff.Removed}}},
		"a key like a path":        {`{labels: {a.b/c: x}}`, `{labels: {a.b/c: y}}`, []fielddiff.Field{{"labels[a.b/c]", fielddiff.Changed}}},
		"an empty key":             {`{a: {"": x}}`, `{a: {"": y}}`, []fielddiff.Field{{"a[]", fielddiff.Changed}}},
		"the element of a name":    {`[{name: web, image: a}, {name: db, image: b}]`, `[{name: db, image: b}, {name: web, image: c}]`, []fielddiff.Field{{"[web].image", fielddiff.Changed}}},
		"an added element":         {`{containers: [{name: web}]}`, `{containers: [{name: proxy}, {name: web}]}`, []fielddiff.Field{{"containers[proxy]", fielddiff.Added}}},
		"the order of elements":    {`{env: [{name: A}, {name: B}]}`, `{env: [{name: B}, {name: A}]}`, []fielddiff.Field{{"env", fielddiff.Moved}}},
		"elements of one name":     {`[{name: a, v: 1}, {name: a, v: 2}]`, `[{name: a, v: 1}, {name: a, v: 3}]`, []fielddiff.Field{{"[1].v", fielddiff.Changed}}},
		"mounts of one volume":     {`[{name: a, mountPath: /x}, {name: a, mountPath: /y}]`, `[{name: a, mountPath: /x, readOnly: true}, {name: a, mountPath: /y}]`, []fielddiff.Field{{"[/x].readOnly", fielddiff.Added}}},
		"ports without names":      {`[{containerPort: 80}]`, `[{containerPort: 81}]`, []fielddiff.Field{{"[80]", fielddiff.Removed}, {"[81]", fielddiff.Added}}},
		"elements without a name":  {`{args: [a, b]}`, `{args: [a, c, d]}`, []fielddiff.Field{{"args[1]", fielddiff.Changed}, {"args[2]", fielddiff.Added}}},
		"a whole value":            {`a`, `b`, []fielddiff.Field{{"", fielddiff.Changed}}},
		"several, in their order":  {`{z: 1, a: 1}`, `{z: 2, a: 2}`, []fielddiff.Field{{"a", fielddiff.Changed}, {"z", fielddiff.Changed}}},
		"names that are none":      {`[{name: {a: b}}]`, `[{name: {a: c}}]`, []fielddiff.Field{{"[0].name.a", fielddiff.Changed}}},
		"an empty list and a full": {`{a: []}`, `{a: [{name: x}]}`, []fielddiff.Field{{"a[x]", fielddiff.Added}}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := fielddiff.Of(value(t, test.before), value(t, test.after)); !cmp.Equal(test.want, got) {
				t.Errorf("(-want +got):\n%s", cmp.Diff(test.want, got))
			}
		})
	}
}

func value(t *testing.T, text string) (parsed any) {
	t.Helper()
	if err := yaml.Unmarshal([]byte(text), &parsed); err != nil {
		t.Fatal(err)
	}
	return parsed
}
