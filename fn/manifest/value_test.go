package manifest_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/proompteng/checksum-annotator/fn/manifest"
)

func TestAtFindsWhatStandsAtAPath(t *testing.T) {
	tests := map[string]struct {
		fields string
		path   string
		want   string
	}{
		"a field":                            {"a: x\n", "a", "x"},
		"a field in a field":                 {"a: {b: {c: x}}\n", "a.b.c", "x"},
		"quoted key":                         {"\"a\": x\n", "a", "x"},
		"alias":                              {"x: &x {b: y}\na: *x\n", "a.b", "y"},
		"alias of a scalar":                  {"x: &x y\na: {b: *x }\n", "a.b", "y"},
		"alias as a key":                     {"x: &x b\na: {*x : y}\n", "a.b", "y"},
		"aliases on the way":                 {"x: &x y\nz: &z {b: *x }\na: *z\n", "a.b", "y"},
		"merge key":                          {"x: &x {b: y}\na: {<<: *x }\n", "a.b", "y"},
		"merge key, own first":               {"x: &x {b: y}\na: {b: own, <<: *x }\n", "a.b", "own"},
		"merge key, own last":                {"x: &x {b: y}\na: {<<: *x , b: own}\n", "a.b", "own"},
		"merge key, own null":                {"x: &x {b: y}\na: {<<: *x , b: null}\n", "a.b", ""},
		"list of merges":                     {"x: &x {b: y}\nz: &z {c: v}\na: {<<: [*x , *z ]}\n", "a.c", "v"},
		"first of merges wins":               {"x: &x {b: y}\nz: &z {b: v}\na: {<<: [*x , *z ]}\n", "a.b", "y"},
		"inline merge":                       {"a: {<<: {b: y}}\n", "a.b", "y"},
		"merge in a merge":                   {"x: &x {b: y}\nz: &z {<<: *x , c: v}\na: {<<: *z }\n", "a.b", "y"},
		"merge, override below":              {"x: &x {b: y}\nz: &z {<<: *x , b: v}\na: {<<: *z }\n", "a.b", "v"},
		"merge of an aliased list of merges": {"x: &x {b: y}\nl: &l [*x ]\na: {<<: *l }\n", "a.b", "y"},
		"merge is not deep":                  {"x: &x {b: {c: y}}\na: {<<: *x , b: {d: v}}\n", "a.b.c", ""},
		"a quoted << is an ordinary field":   {"a: {\"<<\": {b: y}}\n", "a.<<.b", "y"},
		"a quoted << brings nothing":         {"a: {\"<<\": {b: y}}\n", "a.b", ""},
		"anchor that is given twice":         {"x: &x first\ny: *x\nz: &x second\na: *x\n", "a", "second"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			value := at(t, item(t, configMap(test.fields)), strings.Split(test.path, ".")...)
			got, err := value.Text()
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if diff := cmp.Diff(test.path, value.Path()); diff != "" {
				t.Errorf("path (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAtFindsNothingWhereNothingStands(t *testing.T) {
	tests := map[string]string{
		"absent":                "",
		"null":                  "a: null\n",
		"empty":                 "a:\n",
		"tilde":                 "a: ~\n",
		"absent below":          "a: {}\n",
		"null below":            "a: {b: null}\n",
		"alias of null":         "x: &x null\na: *x\n",
		"alias of null below":   "x: &x null\na: {b: *x }\n",
		"merge of other fields": "x: &x {c: y}\na: {<<: *x }\n",
		"merge of null":         "x: &x {b: null}\na: {<<: *x }\n",
	}
	for name, fields := range tests {
		t.Run(name, func(t *testing.T) {
			value := at(t, item(t, configMap(fields)), "a", "b", "c")
			if value.Exists() {
				t.Error("the value exists")
			}
			if got := value.Path(); got != "a.b.c" {
				t.Errorf("the path is %q", got)
			}
			if text, err := value.Text(); text != "" || err != nil {
				t.Errorf("Text() = %q, %v", text, err)
			}
			if texts, err := value.Texts(); len(texts) != 0 || err != nil {
				t.Errorf("Texts() = %q, %v", texts, err)
			}
			if elements, err := value.Elements(); len(elements) != 0 || err != nil {
				t.Errorf("Elements() = %v, %v", elements, err)
			}
			if entries, err := value.Entries(); len(entries) != 0 || err != nil {
				t.Errorf("Entries() = %v, %v", entries, err)
			}
		})
	}
}

func TestExists(t *testing.T) {
	tests := map[string]bool{
		"": false, "a:\n": false, "a: null\n": false, "a: !!null x\n": false,
		"a: ''\n": true, "a: 'null'\n": true, "a: 0\n": true, "a: false\n": true, "a: {}\n": true, "a: []\n": true,
	}
	for fields, want := range tests {
		if got := at(t, item(t, configMap(fields)), "a").Exists(); got != want {
			t.Errorf("%q: Exists() = %v, want %v", fields, got, want)
		}
	}
}

func TestAtNamesTheFieldThatIsWrong(t *testing.T) {
	tests := map[string]struct {
		fields, want string
	}{
		"a string on the way":  {"a: x\n", "a: expected a mapping, found a string"},
		"a number on the way":  {"a: {b: 1}\n", "a.b: expected a mapping, found a number"},
		"a boolean on the way": {"a: {b: true}\n", "a.b: expected a mapping, found a boolean"},
		"a list on the way":    {"a: {b: []}\n", "a.b: expected a mapping, found a list"},
		"an empty string":      {"a: ''\n", "a: expected a mapping, found a string"},
		"an alias":             {"x: &x y\na: *x\n", "a: expected a mapping, found a string"},
		"a field twice":        {"a: {b: {}, b: {}}\n", "a.b: the field is given twice"},
		"a field twice, same":  {"a: {}\na: {}\n", "a: the field is given twice"},
		"a field twice, quote": {"a: {}\n'a': {}\n", "a: the field is given twice"},
		"twice in a merge":     {"x: &x {b: {}, b: {}}\na: {<<: *x }\n", "a.b: the field is given twice"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := item(t, configMap(test.fields)).Root().At("a", "b", "c")
			if diff := cmp.Diff(test.want, errorText(err)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestAFieldGivenTwiceElsewhereDoesNotMatter(t *testing.T) {
	value := at(t, item(t, configMap("x: 1\nx: 2\na: y\n")), "a")
	if text, err := value.Text(); text != "y" || err != nil {
		t.Errorf("Text() = %q, %v", text, err)
	}
}

func TestElementsAreThoseOfAList(t *testing.T) {
	tests := map[string]struct {
		fields string
		want   []string
	}{
		"block":          {"a:\n- x\n- y\n", []string{"a[0]=x", "a[1]=y"}},
		"flow":           {"a: [x, y]\n", []string{"a[0]=x", "a[1]=y"}},
		"empty":          {"a: []\n", nil},
		"null":           {"a: null\n", nil},
		"null element":   {"a: [null, y]\n", []string{"a[0]=", "a[1]=y"}},
		"alias":          {"x: &x [y]\na: *x\n", []string{"a[0]=y"}},
		"alias elements": {"x: &x y\na: [*x , *x ]\n", []string{"a[0]=y", "a[1]=y"}},
		"merged":         {"x: &x {a: [y]}\n<<: *x\n", []string{"a[0]=y"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			elements, err := at(t, item(t, configMap(test.fields)), "a").Elements()
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, element := range elements {
				text, err := element.Text()
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, element.Path()+"="+text)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestPathLeadsThroughLists(t *testing.T) {
	value := at(t, item(t, configMap("spec: {containers: [{}, {env: [{}, {}, {name: x}]}]}\n")), "spec", "containers")
	value = element(t, value, 1)
	value, err := value.At("env")
	if err != nil {
		t.Fatal(err)
	}
	value = element(t, value, 2)
	if value, err = value.At("name"); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff("spec.containers[1].env[2].name", value.Path()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func element(t *testing.T, list *manifest.Value, index int) *manifest.Value {
	t.Helper()
	elements, err := list.Elements()
	if err != nil {
		t.Fatal(err)
	}
	return elements[index]
}

func TestEntriesAreThoseOfAMapping(t *testing.T) {
	tests := map[string]struct {
		fields string
		want   map[string]string
	}{
		"block":           {"a:\n  b: x\n  c: y\n", map[string]string{"a.b": "x", "a.c": "y"}},
		"empty":           {"a: {}\n", map[string]string{}},
		"other keys":      {"a: {1: x, true: y, tls.crt: z}\n", map[string]string{"a.1": "x", "a.true": "y", "a.tls.crt": "z"}},
		"merge":           {"x: &x {b: x, c: y}\na: {<<: *x , c: own, d: z}\n", map[string]string{"a.b": "x", "a.c": "own", "a.d": "z"}},
		"list of merges":  {"x: &x {b: x}\ny: &y {b: y, c: y}\na: {<<: [*x , *y ]}\n", map[string]string{"a.b": "x", "a.c": "y"}},
		"alias":           {"x: &x {b: x}\na: *x\n", map[string]string{"a.b": "x"}},
		"quoted merge":    {"a: {'<<': x}\n", map[string]string{"a.<<": "x"}},
		"only a merge":    {"x: &x {b: x}\na: {<<: *x }\n", map[string]string{"a.b": "x"}},
		"merge of a null": {"x: &x {b: null}\na: {<<: *x }\n", map[string]string{"a.b": ""}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			entries, err := at(t, item(t, configMap(test.fields)), "a").Entries()
			if err != nil {
				t.Fatal(err)
			}
			got := map[string]string{}
			for field, entry := range entries {
				text, err := entry.Text()
				if err != nil {
					t.Fatal(err)
				}
				got[entry.Path()] = text
				if entry.Path() != "a."+field {
					t.Errorf("the entry of %q has the path %q", field, entry.Path())
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestTextIsAString(t *testing.T) {
	tests := map[string]string{
		"x":                     "x",
		"''":                    "",
		"null":                  "",
		"'null'":                "null",
		"'12'":                  "12",
		"\"true\"":              "true",
		"!!str 12":              "12",
		"2026-02-01":            "2026-02-01",
		"2026-02-01T10:20:30Z":  "2026-02-01T10:20:30Z",
		"2026-02-01 10:20:30.5": "2026-02-01 10:20:30.5",
		"12:30:00":              "12:30:00",
		"1.2.3":                 "1.2.3",
		"12a":                   "12a",
		"<<":                    "<<",
		"=":                     "=",
		"\"a\\tb\\n😀\"":         "a\tb\n😀",
		"'it''s'":               "it's",
		"|\n  a\n   b\n":        "a\n b\n",
		"|-\n  a\n  b\n":        "a\nb",
		"|+\n  a\n\n":           "a\n\n",
		">\n  a\n  b\n\n  c\n":  "a b\nc\n",
		"a\n  b":                "a b",
	}
	for text, want := range tests {
		t.Run(text, func(t *testing.T) {
			got, err := at(t, item(t, configMap("a: "+text)), "a").Text()
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestTextRefusesWhatIsNoString(t *testing.T) {
	tests := map[string]string{
		"12": "a number", "-1": "a number", "1.5": "a number", "1e3": "a number", "0x1f": "a number", "0o17": "a number",
		"0644": "a number", ".inf": "a number", ".nan": "a number", "1_000": "a number",
		"true": "a boolean", "False": "a boolean",
		"[]": "a list", "[x]": "a list", "{}": "a mapping", "{x: y}": "a mapping",
	}
	for text, found := range tests {
		t.Run(text, func(t *testing.T) {
			value := at(t, item(t, configMap("a: {b: "+text+"}\n")), "a")
			_, err := at(t, item(t, configMap("a: {b: "+text+"}\n")), "a", "b").Text()
			if diff := cmp.Diff("a.b: expected a string, found "+found, errorText(err)); diff != "" {
				t.Errorf("Text (-want +got):\n%s", diff)
			}
			_, err = value.Texts()
			if diff := cmp.Diff("a.b: expected a string, found "+found, errorText(err)); diff != "" {
				t.Errorf("Texts (-want +got):\n%s", diff)
			}
		})
	}
}

func TestTexts(t *testing.T) {
	tests := map[string]struct {
		fields string
		want   map[string]string
	}{
		"absent":      {"", map[string]string{}},
		"null":        {"a: null\n", map[string]string{}},
		"empty":       {"a: {}\n", map[string]string{}},
		"strings":     {"a: {b: x, c: ''}\n", map[string]string{"b": "x", "c": ""}},
		"a null":      {"a: {b: null, c: x}\n", map[string]string{"b": "", "c": "x"}},
		"a date":      {"a: {b: 2026-02-01}\n", map[string]string{"b": "2026-02-01"}},
		"merge":       {"x: &x {b: x, c: y}\na: {<<: *x , b: own}\n", map[string]string{"b": "own", "c": "y"}},
		"merged null": {"x: &x {b: x}\na: {<<: *x , b: null}\n", map[string]string{"b": ""}},
		"alias":       {"x: &x y\na: {b: *x }\n", map[string]string{"b": "y"}},
		"a block":     {"a:\n  b: |\n    one\n    two\n", map[string]string{"b": "one\ntwo\n"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := at(t, item(t, configMap(test.fields)), "a").Texts()
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(len(test.want), len(got)); diff != "" || len(got) > 0 && cmp.Diff(test.want, got) != "" {
				t.Errorf("-want +got:\n%s", cmp.Diff(test.want, got))
			}
		})
	}
}

func TestWrongTypesAreToldWithTheirPath(t *testing.T) {
	elements := func(v *manifest.Value) error { _, err := v.Elements(); return err }
	entries := func(v *manifest.Value) error { _, err := v.Entries(); return err }
	texts := func(v *manifest.Value) error { _, err := v.Texts(); return err }
	tests := map[string]struct {
		fields string
		look   func(*manifest.Value) error
		want   string
	}{
		"a mapping for a list":     {"a: {b: {}}\n", elements, "a.b: expected a list, found a mapping"},
		"a string for a list":      {"a: {b: x}\n", elements, "a.b: expected a list, found a string"},
		"a number for a list":      {"a: {b: 1}\n", elements, "a.b: expected a list, found a number"},
		"a list for a mapping":     {"a: {b: [x]}\n", entries, "a.b: expected a mapping, found a list"},
		"a string for a mapping":   {"a: {b: x}\n", entries, "a.b: expected a mapping, found a string"},
		"a boolean for a mapping":  {"a: {b: true}\n", texts, "a.b: expected a mapping, found a boolean"},
		"a list for texts":         {"a: {b: [x]}\n", texts, "a.b: expected a mapping, found a list"},
		"a key twice":              {"a: {b: {c: x, c: y}}\n", entries, "a.b.c: the field is given twice"},
		"a key twice in texts":     {"a: {b: {c: x, c: x}}\n", texts, "a.b.c: the field is given twice"},
		"a key twice, merged":      {"x: &x {c: x, c: y}\na: {b: {<<: *x }}\n", entries, "a.b.c: the field is given twice"},
		"a number in texts":        {"a: {b: {c: 1}}\n", texts, "a.b.c: expected a string, found a number"},
		"a merged number in texts": {"x: &x {c: 1}\na: {b: {<<: *x }}\n", texts, "a.b.c: expected a string, found a number"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			err := test.look(at(t, item(t, configMap(test.fields)), "a", "b"))
			if diff := cmp.Diff(test.want, errorText(err)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestErrorfTellsThePath(t *testing.T) {
	value := at(t, item(t, configMap("a: {b: x}\n")), "a", "b")
	if diff := cmp.Diff("a.b: expected 2 of them", value.Errorf("expected %d of them", 2).Error()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
