package config

import (
	"regexp"
	"strings"
	"sync"

	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// Formats are compiled when they are needed, since a run takes little longer than
// that.
var (
	checksumFormat = format(`^[0-9A-Fa-f]{64}$`)
	pathFormat     = format(`^[A-Za-z_][A-Za-z0-9_-]*(\[\])?(\.[A-Za-z_][A-Za-z0-9_-]*(\[\])?)*$`)
	kindFormat     = format(`^[A-Za-z][A-Za-z0-9]*$`)
)

func format(expression string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) })
}

// validate checks s, and compiles its selectors.
func (s *Spec) validate(path *field.Path) (errs field.ErrorList) {
	errs = append(errs, validateSources(path.Child("secrets"), s.Secrets)...)
	errs = append(errs, validateSources(path.Child("configMaps"), s.ConfigMaps)...)
	for i := range s.Workloads {
		errs = append(errs, s.Workloads[i].compile(path.Child("workloads").Index(i))...)
	}
	errs = append(errs, oneOf(path.Child("scope"), s.Scope, Referenced, All)...)
	errs = append(errs, oneOf(path.Child("keyScope"), s.KeyScope, AllKeys, UsedKeys)...)
	errs = append(errs, oneOf(path.Child("onMissing"), s.OnMissing, HashName, Fail, Skip)...)
	errs = append(errs, invalid(path.Child("annotationPrefix"), s.AnnotationPrefix, validation.IsDNS1123Subdomain)...)
	errs = append(errs, validatePodTemplates(path.Child("podTemplates"), s.PodTemplates)...)
	return append(errs, s.unsupported(path)...)
}

// unsupported reports the fields that are part of the API and not yet of the
// program, so that nobody takes them to work.
func (s *Spec) unsupported(path *field.Path) (errs field.ErrorList) {
	const detail = "is not supported by this version"
	if s.KeyScope == UsedKeys {
		errs = append(errs, field.Forbidden(path.Child("keyScope"), string(UsedKeys)+" "+detail))
	}
	if s.Salt != "" {
		errs = append(errs, field.Forbidden(path.Child("salt"), detail))
	}
	if len(s.Producers) > 0 {
		errs = append(errs, field.Forbidden(path.Child("producers"), detail))
	}
	return errs
}

func validateSources(path *field.Path, sources []Source) (errs field.ErrorList) {
	seen := map[[2]string]bool{}
	for i, source := range sources {
		entry := path.Index(i)
		errs = append(errs, source.validate(entry)...)
		id := [2]string{source.Namespace, source.Name}
		if seen[id] && source.Name != "" {
			errs = append(errs, field.Duplicate(entry, strings.TrimPrefix(source.Namespace+"/"+source.Name, "/")))
		}
		seen[id] = true
	}
	return errs
}

func (s Source) validate(path *field.Path) (errs field.ErrorList) {
	if s.Name == "" {
		errs = append(errs, field.Required(path.Child("name"), "the name of the object"))
	} else {
		errs = append(errs, invalid(path.Child("name"), s.Name, validation.IsDNS1123Subdomain)...)
	}
	if s.Namespace != "" {
		errs = append(errs, invalid(path.Child("namespace"), s.Namespace, validation.IsDNS1123Label)...)
	}
	seen := map[string]bool{}
	for i, key := range s.Keys {
		errs = append(errs, invalid(path.Child("keys").Index(i), key, validation.IsConfigMapKey)...)
		if seen[key] {
			errs = append(errs, field.Duplicate(path.Child("keys").Index(i), key))
		}
		seen[key] = true
	}
	if s.Checksum != "" && !checksumFormat().MatchString(s.Checksum) {
		errs = append(errs, field.Invalid(path.Child("checksum"), s.Checksum, "must be 64 hexadecimal digits, as sha256sum prints them"))
	}
	if s.OnMissing != "" {
		errs = append(errs, oneOf(path.Child("onMissing"), s.OnMissing, HashName, Fail, Skip)...)
	}
	return errs
}

func validatePodTemplates(path *field.Path, templates []PodTemplate) (errs field.ErrorList) {
	seen := map[PodTemplate]bool{}
	for i, template := range templates {
		entry := path.Index(i)
		if template.Group != "" {
			errs = append(errs, invalid(entry.Child("group"), template.Group, validation.IsDNS1123Subdomain)...)
		}
		errs = append(errs, formatted(entry.Child("kind"), template.Kind, kindFormat(), "must be the kind of an object, like RayCluster")...)
		errs = append(errs, formatted(entry.Child("path"), template.Path, pathFormat(),
			"must be the fields that lead to a pod template, like spec.template, with [] behind a list")...)
		if seen[template] && template.Kind != "" {
			errs = append(errs, field.Duplicate(entry, template.Kind+" "+template.Path))
		}
		seen[template] = true
	}
	return errs
}

func invalid(path *field.Path, value string, validate func(string) []string) (errs field.ErrorList) {
	for _, problem := range validate(value) {
		errs = append(errs, field.Invalid(path, value, problem))
	}
	return errs
}

func formatted(path *field.Path, value string, format *regexp.Regexp, detail string) field.ErrorList {
	switch {
	case value == "":
		return field.ErrorList{field.Required(path, detail)}
	case !format.MatchString(value):
		return field.ErrorList{field.Invalid(path, value, detail)}
	}
	return nil
}

func oneOf[T ~string](path *field.Path, value T, supported ...T) field.ErrorList {
	for _, other := range supported {
		if value == other {
			return nil
		}
	}
	return field.ErrorList{field.NotSupported(path, value, supported)}
}
