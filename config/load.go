package config

import (
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// usage is what to write where no usable functionConfig was given.
const usage = "write a functionConfig of apiVersion: " + APIVersion + ", kind: " + KindName +
	" with spec.enabled, spec.secrets and spec.configMaps, or a v1 ConfigMap with the same fields in data" +
	" (kpt fn eval … -- enabled=true secrets=a,b configMaps=c)"

// Load returns the configuration that a functionConfig holds, with defaults
// filled in.
//
// The functionConfig is given as the generic value of its YAML: maps, lists and
// scalars, or nil where there is none. It is a ChecksumAnnotator, or a v1
// ConfigMap whose data are the scalars and lists of names of a spec.
//
// The errors are all that can be found: first about what cannot be read, then
// about what is not valid. The order is always the same.
func Load(functionConfig any) (Spec, field.ErrorList) {
	object, ok := functionConfig.(map[string]any)
	if !ok {
		return Spec{}, field.ErrorList{field.Required(field.NewPath("functionConfig"), usage)}
	}
	var spec Spec
	var errs field.ErrorList
	switch {
	case object["kind"] == KindName:
		spec, errs = loadOwnKind(object)
	case object["kind"] == string(ConfigMap) && object["apiVersion"] == "v1":
		spec, errs = loadConfigMap(object)
	default:
		found := fmt.Sprintf("apiVersion: %s, kind: %s", identifying(object["apiVersion"]), identifying(object["kind"]))
		return Spec{}, field.ErrorList{field.Invalid(field.NewPath("functionConfig"), found, usage)}
	}
	if len(errs) > 0 {
		return Spec{}, withoutValues(errs)
	}
	return spec, nil
}

// withoutValues takes out of errors what is no valid name: it may be a secret that stands
// in a wrong place. The path of the field tells where it is.
func withoutValues(errs field.ErrorList) field.ErrorList {
	for _, err := range errs {
		if text, ok := err.BadValue.(string); !ok || err.Type != field.ErrorTypeDuplicate || !objectFormat().MatchString(text) {
			err.BadValue = field.OmitValueType{}
		}
	}
	return errs
}

// identifying returns the text of apiVersion or kind, or what there is in its place.
func identifying(value any) string {
	text, ok := value.(string)
	switch {
	case !ok:
		return "(" + typeName(value) + ")"
	case text != "" && !typeFormat().MatchString(text):
		return "(something else)"
	}
	return text
}

func loadOwnKind(object map[string]any) (Spec, field.ErrorList) {
	var errs field.ErrorList
	if object["apiVersion"] != APIVersion {
		errs = append(errs, field.NotSupported(field.NewPath("apiVersion"), object["apiVersion"], []string{APIVersion}))
	}
	errs = append(errs, unknownFields(object, "apiVersion", "kind", "metadata", "spec")...)
	errs = append(errs, checkMetadata(object)...)
	spec, specErrs := loadSpec(field.NewPath("spec"), object["spec"])
	return spec, append(errs, specErrs...)
}

// unknownFields reports the fields of an object but for those that are known.
func unknownFields(object map[string]any, known ...string) (errs field.ErrorList) {
	for _, name := range sortedKeys(object) {
		if !slices.Contains(known, name) {
			errs = append(errs, unknownField(nil, name, known))
		}
	}
	return errs
}

// checkMetadata reports metadata that are no mapping. What they say is nothing
// to this package.
func checkMetadata(object map[string]any) field.ErrorList {
	var metadata map[string]any
	return decode(field.NewPath("metadata"), object["metadata"], &metadata)
}

func loadSpec(path *field.Path, value any) (Spec, field.ErrorList) {
	spec := Spec{
		Scope:            Referenced,
		KeyScope:         AllKeys,
		OnMissing:        HashName,
		AnnotationPrefix: DefaultAnnotationPrefix,
	}
	errs := decode(path, value, &spec)
	errs = append(errs, withoutFollowing(spec.validate(path), errs)...)
	spec.complete(path)
	return spec, errs
}

// withoutFollowing returns those of errs that do not follow from a value that
// could not be read: that it is missing, say, or the same as another.
func withoutFollowing(errs, unread field.ErrorList) field.ErrorList {
	return slices.DeleteFunc(errs, func(err *field.Error) bool {
		return slices.ContainsFunc(unread, func(cause *field.Error) bool {
			return cause.Type == field.ErrorTypeTypeInvalid &&
				(within(err.Field, cause.Field) || err.Type == field.ErrorTypeDuplicate && within(cause.Field, err.Field))
		})
	})
}

// within tells whether a field path is outer or leads on from it.
func within(path, outer string) bool {
	rest, ok := strings.CutPrefix(path, outer)
	return ok && (rest == "" || rest[0] == '.' || rest[0] == '[')
}

// complete fills in what follows from elsewhere in the spec.
func (s *Spec) complete(path *field.Path) {
	s.Path = path.String()
	for kind, list := range map[Kind][]Source{Secret: s.Secrets, ConfigMap: s.ConfigMaps} {
		for i := range list {
			list[i].Kind = kind
			list[i].Path = path.Child(listField(kind)).Index(i).String()
			if list[i].OnMissing == "" {
				list[i].OnMissing = s.OnMissing
			}
			if list[i].Scope == "" {
				list[i].Scope = s.Scope
			}
		}
	}
}

// listField is the name of the allowlist of a kind.
func listField(kind Kind) string {
	if kind == Secret {
		return "secrets"
	}
	return "configMaps"
}
