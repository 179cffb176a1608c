package config

import (
	"reflect"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// The fields of a spec that are no strings: lists of names, which the strings of
// a ConfigMap can carry, and structures, which they cannot.
var (
	listFields       = []string{"secrets", "configMaps"}
	structuredFields = []string{"workloads", "podTemplates", "producers"}
)

func loadConfigMap(object map[string]any) (Spec, field.ErrorList) {
	var errs field.ErrorList
	errs = append(errs, unknownFields(object, "apiVersion", "kind", "metadata", "data", "immutable")...)
	errs = append(errs, checkMetadata(object)...)
	path := field.NewPath("data")
	var texts map[string]string
	errs = append(errs, decode(path, object["data"], &texts)...)

	spec := map[string]any{}
	known := sortedKeys(structFields(reflect.TypeFor[Spec]()))
	known = slices.DeleteFunc(known, func(name string) bool { return slices.Contains(structuredFields, name) })
	for _, name := range sortedKeys(texts) {
		text := texts[name]
		switch {
		case name == "enabled" && text != "true" && text != "false":
			errs = append(errs, field.NotSupported(path.Child(name), text, []string{"true", "false"}))
		case name == "enabled":
			spec[name] = text == "true"
		case slices.Contains(listFields, name):
			spec[name] = entries(text)
		case slices.Contains(structuredFields, name):
			errs = append(errs, field.Forbidden(path.Child(name), "a ConfigMap cannot carry this field: write a "+KindName))
		case !slices.Contains(known, name):
			errs = append(errs, unknownField(path, name, known))
		default:
			spec[name] = text
		}
	}
	loaded, specErrs := loadSpec(path, spec)
	return loaded, append(errs, specErrs...)
}

// entries returns the allowlist entries of a text like "a,ns/b": names with or
// without a namespace, separated by commas or newlines.
func entries(text string) []any {
	list := []any{}
	for _, entry := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == '\n' }) {
		entry = strings.TrimSpace(entry)
		if entry == "" {
			continue
		}
		namespace, name, qualified := strings.Cut(entry, "/")
		if qualified && namespace != "" {
			list = append(list, map[string]any{"namespace": namespace, "name": name})
		} else {
			list = append(list, entry)
		}
	}
	return list
}
