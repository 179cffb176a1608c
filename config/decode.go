package config

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// decode copies the generic value of a YAML document into target, a pointer. It
// follows encoding/json, with three differences that people who write
// configuration by hand need: it reports every error instead of the first, with
// its field path; a field that target does not know is an error; and names are
// case-sensitive. Null leaves target as it is.
func decode(path *field.Path, value, target any) field.ErrorList {
	return decodeInto(path, value, reflect.ValueOf(target).Elem())
}

func decodeInto(path *field.Path, value any, target reflect.Value) field.ErrorList {
	if value == nil {
		return nil
	}
	switch target.Kind() {
	case reflect.Struct:
		return decodeStruct(path, value, target)
	case reflect.Map:
		return decodeMap(path, value, target)
	case reflect.Slice:
		return decodeSlice(path, value, target)
	case reflect.Interface:
		target.Set(reflect.ValueOf(value))
		return nil
	default:
		return decodeScalar(path, value, target)
	}
}

func decodeStruct(path *field.Path, value any, target reflect.Value) (errs field.ErrorList) {
	if name, short := value.(string); short && target.Type() == reflect.TypeFor[Source]() {
		target.Set(reflect.ValueOf(Source{Name: name}))
		return nil
	}
	object, ok := value.(map[string]any)
	if !ok {
		return wrongType(path, value, expectedType(target))
	}
	fields := structFields(target.Type())
	for _, name := range sortedKeys(object) {
		index, known := fields[name]
		if !known {
			errs = append(errs, unknownField(path, name, sortedKeys(fields)))
			continue
		}
		errs = append(errs, decodeInto(path.Child(name), object[name], target.Field(index))...)
	}
	return errs
}

func decodeMap(path *field.Path, value any, target reflect.Value) (errs field.ErrorList) {
	object, ok := value.(map[string]any)
	if !ok {
		return wrongType(path, value, expectedType(target))
	}
	target.Set(reflect.MakeMap(target.Type()))
	for _, name := range sortedKeys(object) {
		if object[name] == nil {
			continue
		}
		element := reflect.New(target.Type().Elem()).Elem()
		elementPath := path
		if fieldFormat().MatchString(name) {
			elementPath = path.Child(name)
		}
		if elementErrs := decodeInto(elementPath, object[name], element); len(elementErrs) > 0 {
			errs = append(errs, elementErrs...)
			continue
		}
		target.SetMapIndex(reflect.ValueOf(name), element)
	}
	return errs
}

func decodeSlice(path *field.Path, value any, target reflect.Value) (errs field.ErrorList) {
	list, ok := value.([]any)
	if !ok {
		return wrongType(path, value, expectedType(target))
	}
	target.Set(reflect.MakeSlice(target.Type(), len(list), len(list)))
	for i, element := range list {
		if element == nil {
			errs = append(errs, wrongType(path.Index(i), element, expectedType(target.Index(i)))...)
			continue
		}
		errs = append(errs, decodeInto(path.Index(i), element, target.Index(i))...)
	}
	return errs
}

func decodeScalar(path *field.Path, value any, target reflect.Value) field.ErrorList {
	scalar := reflect.ValueOf(value)
	if scalar.Kind() != target.Kind() {
		return wrongType(path, value, expectedType(target))
	}
	target.Set(scalar.Convert(target.Type()))
	return nil
}

// structFields returns the index of each field of a struct by its JSON name.
func structFields(structType reflect.Type) map[string]int {
	fields := map[string]int{}
	for i := range structType.NumField() {
		if name := structType.Field(i).Tag.Get("json"); name != "" && name != "-" {
			fields[name] = i
		}
	}
	return fields
}

// unknownField returns an error about a field of what stands at a path. The name of the
// field is shown only if it could be one: in "salt:VALUE" it is a value.
func unknownField(path *field.Path, name string, known []string) *field.Error {
	there := "there are " + strings.Join(known, ", ")
	if fieldFormat().MatchString(name) {
		return field.Forbidden(path.Child(name), "there is no such field; "+there)
	}
	if path == nil {
		path = field.NewPath("functionConfig")
	}
	return field.Forbidden(path, "a field has a name that none can have, and that is not shown because it may be a value"+
		" (is a space missing behind a colon?); "+there)
}

func wrongType(path *field.Path, value any, expected string) field.ErrorList {
	return field.ErrorList{field.TypeInvalid(path, field.OmitValueType{}, "must be "+expected+", not "+typeName(value))}
}

func expectedType(target reflect.Value) string {
	switch {
	case target.Type() == reflect.TypeFor[Source]():
		return "a name (in quotes, where it looks like something else) or a mapping"
	case target.Kind() == reflect.Bool:
		return "true or false"
	case target.Kind() == reflect.String:
		return "a string (in quotes, where it looks like something else)"
	case target.Kind() == reflect.Slice:
		return "a list"
	default:
		return "a mapping"
	}
}

func typeName(value any) string {
	switch value.(type) {
	case nil:
		return "null"
	case string:
		return "a string"
	case bool:
		return "a boolean"
	case []any:
		return "a list"
	case map[string]any:
		return "a mapping"
	case map[any]any:
		return "a mapping with a key that is no string"
	case int, int64, uint64, float64:
		return "a number"
	case time.Time:
		return "a date"
	default:
		return fmt.Sprintf("a %T", value)
	}
}

func sortedKeys[V any](m map[string]V) []string {
	return slices.Sorted(maps.Keys(m))
}
