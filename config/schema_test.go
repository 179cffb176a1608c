package config_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"

	"github.com/proompteng/checksum-annotator/config"
)

// A document is the Go type of a whole ChecksumAnnotator.
type document struct {
	APIVersion string         `json:"apiVersion"`
	Kind       string         `json:"kind"`
	Metadata   map[string]any `json:"metadata"`
	Spec       config.Spec    `json:"spec"`
}

func TestSchemaHasTheFieldsOfTheTypes(t *testing.T) {
	want, got := fields{}, fields{}
	want.ofType("", reflect.TypeFor[document]())
	readSchema(t).fields(got, "")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("fields by path (-types.go +schema.json):\n%s", diff)
	}
}

func TestFullConfigHasTheFieldsOfTheTypes(t *testing.T) {
	types, full := fields{}, fields{}
	types.ofType("", reflect.TypeFor[document]())
	full.ofValue("", parse(t, readFile(t, "testdata/full.yaml")))
	want, got := slices.Sorted(maps.Keys(types)), slices.Sorted(maps.Keys(full))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("fields (-types.go +testdata/full.yaml):\n%s", diff)
	}
}

func TestSchemaListsTheValuesThatLoadAccepts(t *testing.T) {
	configs := map[string]string{
		"spec.scope":                  `scope: VALUE`,
		"spec.keyScope":               `keyScope: VALUE`,
		"spec.onMissing":              `onMissing: VALUE`,
		"spec.producers[].produces":   `producers: [{kind: A, content: [spec.a], produces: VALUE}]`,
		"spec.secrets[].onMissing":    `secrets: [{name: a, onMissing: VALUE}]`,
		"spec.configMaps[].onMissing": `configMaps: [{name: a, onMissing: VALUE}]`,
		"spec.secrets[].scope":        `secrets: [{name: a, scope: VALUE}]`,
		"spec.configMaps[].scope":     `configMaps: [{name: a, scope: VALUE}]`,
	}
	enums := map[string][]string{}
	readSchema(t).enums(enums, "")
	if diff := cmp.Diff(slices.Sorted(maps.Keys(configs)), slices.Sorted(maps.Keys(enums))); diff != "" {
		t.Fatalf("fields with a choice (-this test +schema.json):\n%s", diff)
	}
	for path, listed := range enums {
		t.Run(path, func(t *testing.T) {
			accepts := func(value string) bool {
				_, errs := config.Load(parse(t, own(strings.ReplaceAll(configs[path], "VALUE", value))))
				return len(errs) == 0
			}
			for _, value := range slices.Concat(listed, namedByLoad(t, configs[path])) {
				if got, want := slices.Contains(listed, value), accepts(value); got != want {
					t.Errorf("schema.json has %s: %t, Load accepts it: %t", value, got, want)
				}
			}
		})
	}
}

func TestSchemaHasTheDefaultsOfLoad(t *testing.T) {
	spec := readSchema(t).Properties["spec"]
	want := map[string]any{}
	for name, property := range spec.Properties {
		want[name] = property.Default
	}
	loaded, errs := config.Load(parse(t, own(`{}`)))
	requireErrors(t, errs)
	if diff := cmp.Diff(want, asJSON(t, loaded)); diff != "" {
		t.Errorf("defaults (-schema.json +Load):\n%s", diff)
	}
}

func TestSchemaAgreesWithLoad(t *testing.T) {
	compiled := compileSchema(t)
	valid := append(slices.Clone(validConfigs), validCase{name: "every field", config: readFile(t, "testdata/full.yaml")})
	for _, test := range valid {
		t.Run(test.name, func(t *testing.T) {
			if err := compiled.Validate(asJSON(t, parse(t, test.config))); err != nil {
				t.Errorf("Load accepts the functionConfig, the schema does not: %v", err)
			}
		})
	}
	for _, test := range invalidConfigs {
		t.Run(test.name, func(t *testing.T) {
			functionConfig := parse(t, test.config)
			err := compiled.Validate(asJSON(t, functionConfig))
			if test.schemaAccepts != "" {
				if err != nil {
					t.Errorf("the schema refuses the functionConfig, although %s: %v", test.schemaAccepts, err)
				}
				return
			}
			var invalid *jsonschema.ValidationError
			if !errors.As(err, &invalid) {
				t.Fatalf("the schema does not refuse the functionConfig: %v", err)
			}
			found := complaints(invalid)
			_, errs := config.Load(functionConfig)
			for _, want := range errs {
				near := func(path string) bool {
					return path == want.Field || path == parent(want.Field) || parent(path) == want.Field
				}
				if !slices.ContainsFunc(found, near) {
					t.Errorf("the schema does not see %q, it complains about %q", want, found)
				}
			}
		})
	}
}

func TestSchemaRefusesOtherKinds(t *testing.T) {
	compiled := compileSchema(t)
	for _, text := range []string{
		`null`,
		`[]`,
		`{}`,
		`{apiVersion: checksum.proompteng.ai/v1alpha1}`,
		`{apiVersion: checksum.proompteng.ai/v1alpha1, kind: Deployment}`,
		`{apiVersion: v1, kind: ConfigMap, data: {enabled: "true"}}`,
	} {
		t.Run(text, func(t *testing.T) {
			if err := compiled.Validate(asJSON(t, parse(t, text))); err == nil {
				t.Error("got no error, want one")
			}
		})
	}
}

// fields are the JSON types of fields and list elements by path, such as
// "spec.secrets[].name". An object that allows other fields than those is open.
type fields map[string]string

// ofType adds what a Go type encodes.
func (f fields) ofType(path string, t reflect.Type) {
	switch t.Kind() {
	case reflect.Bool:
		f[path] = "boolean"
	case reflect.String:
		f[path] = "string"
	case reflect.Map:
		f[path] = "open object"
	case reflect.Slice:
		f[path] = "array"
		f.ofType(path+"[]", t.Elem())
	case reflect.Struct:
		f[path] = "object"
		if t == reflect.TypeFor[config.Source]() {
			f[path] = "object or string" // a name alone
		}
		for field := range t.Fields() {
			if name := field.Tag.Get("json"); field.IsExported() && name != "-" {
				f.ofType(join(path, name), field.Type)
			}
		}
	case reflect.Interface: // the elements of a list that is not read yet
	default:
		f[path] = t.String()
	}
}

// ofValue adds what a parsed document holds, without the types.
func (f fields) ofValue(path string, value any) {
	if !strings.HasPrefix(path, "metadata.") { // its fields are not ours
		f[path] = "there"
	}
	switch value := value.(type) {
	case map[string]any:
		for name, element := range value {
			f.ofValue(join(path, name), element)
		}
	case []any:
		for _, element := range value {
			f.ofValue(path+"[]", element)
		}
	}
}

func join(path, name string) string {
	return strings.TrimPrefix(path+"."+name, ".")
}

// A schema is the part of JSON Schema that these tests look at.
type schema struct {
	Ref                  string `json:"$ref"`
	Type                 any
	Const                any
	Enum                 []any
	AnyOf                []*schema
	Properties           map[string]*schema
	AdditionalProperties any
	Items                *schema
	Default              any
	Definitions          map[string]*schema
}

// readSchema returns the schema of the program, its references followed.
func readSchema(t *testing.T) *schema {
	t.Helper()
	root := &schema{}
	if err := json.Unmarshal(config.Schema, root); err != nil {
		t.Fatal(err)
	}
	root.resolve(t, root.Definitions)
	return root
}

func (s *schema) resolve(t *testing.T, definitions map[string]*schema) {
	t.Helper()
	for s.Ref != "" {
		target, ok := definitions[strings.TrimPrefix(s.Ref, "#/definitions/")]
		if !ok {
			t.Fatalf("there is no %s", s.Ref)
		}
		written := s.Default // it stands beside the reference
		*s = *target
		s.Default = written
	}
	for _, child := range s.AnyOf {
		child.resolve(t, definitions)
	}
	for _, child := range s.Properties {
		child.resolve(t, definitions)
	}
	if s.Items != nil {
		s.Items.resolve(t, definitions)
	}
}

// fields adds what s describes. That a field may be null is left out.
func (s *schema) fields(found fields, path string) {
	found[path] = strings.Join(slices.Sorted(maps.Keys(s.types())), " or ")
	s.visit(path, func(path string, child *schema) { child.fields(found, path) })
}

// enums adds the values other than null of the fields that have a choice.
func (s *schema) enums(found map[string][]string, path string) {
	for _, value := range s.Enum {
		if text, ok := value.(string); ok {
			found[path] = append(found[path], text)
		}
	}
	s.visit(path, func(path string, child *schema) { child.enums(found, path) })
}

// visit calls do with each field and list element that s describes.
func (s *schema) visit(path string, do func(path string, child *schema)) {
	for _, alternative := range s.AnyOf {
		alternative.visit(path, do)
	}
	for name, child := range s.Properties {
		do(join(path, name), child)
	}
	if s.Items != nil {
		do(path+"[]", s.Items)
	}
}

// types returns the JSON types other than null that s allows.
func (s *schema) types() map[string]bool {
	types := map[string]bool{}
	for _, alternative := range s.AnyOf {
		maps.Copy(types, alternative.types())
	}
	values := s.Enum
	if s.Const != nil {
		values = append(values, s.Const)
	}
	for _, value := range values {
		switch value.(type) {
		case string:
			types["string"] = true
		case nil:
		default:
			types["other"] = true
		}
	}
	names, several := s.Type.([]any)
	if !several && s.Type != nil {
		names = []any{s.Type}
	}
	for _, name := range names {
		switch {
		case name == "null":
		case name == "object" && s.AdditionalProperties != false:
			types["open object"] = true
		default:
			types[name.(string)] = true
		}
	}
	return types
}

func compileSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(config.Schema))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("schema.json", value); err != nil {
		t.Fatal(err)
	}
	compiled, err := compiler.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return compiled
}

// complaints returns the paths of the fields that a schema finds wrong, missing
// or unknown, written as Load does.
func complaints(err *jsonschema.ValidationError) []string {
	var paths []string
	for _, cause := range err.Causes {
		paths = append(paths, complaints(cause)...)
	}
	path := pathOf(err.InstanceLocation)
	switch problem := err.ErrorKind.(type) {
	case *kind.Required:
		for _, name := range problem.Missing {
			paths = append(paths, join(path, name))
		}
	case *kind.AdditionalProperties:
		for _, name := range problem.Properties {
			paths = append(paths, join(path, name))
		}
	default:
		if len(err.Causes) == 0 {
			paths = append(paths, path)
		}
	}
	return paths
}

func pathOf(location []string) string {
	path := ""
	for _, step := range location {
		if _, err := strconv.Atoi(step); err == nil {
			path += "[" + step + "]"
		} else {
			path = join(path, step)
		}
	}
	return path
}

// parent returns the path of what holds a field or a list element. The schema
// complains about it where the name alone stands for an entry, and where two
// elements are the same.
func parent(path string) string {
	return path[:max(0, strings.LastIndexAny(path, ".["))]
}

// namedByLoad returns the values that Load's error message asks for.
func namedByLoad(t *testing.T, spec string) []string {
	t.Helper()
	_, errs := config.Load(parse(t, own(strings.ReplaceAll(spec, "VALUE", "Nonsense"))))
	if len(errs) != 1 {
		t.Fatalf("got errors %q, want one", messages(errs))
	}
	var values []string
	for _, match := range regexp.MustCompile(`"(\w+)"`).FindAllStringSubmatch(errs[0].Detail, -1) {
		values = append(values, match[1])
	}
	return values
}

// asJSON returns what JSON makes of a value.
func asJSON(t *testing.T, value any) any {
	t.Helper()
	encoded, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	decoded, err := jsonschema.UnmarshalJSON(bytes.NewReader(encoded))
	if err != nil {
		t.Fatal(err)
	}
	return decoded
}
