package config

import (
	"regexp"
	"slices"
	"strings"
	"sync"

	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/selection"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// The fields of a path: plainField is one that leads to a single value, fieldOrList to one or
// to those of a list, and templateField also to those of a mapping.
const (
	plainField    = `[A-Za-z_][A-Za-z0-9_-]*`
	fieldOrList   = plainField + `(\[\])?`
	templateField = `(` + fieldOrList + `|\*)`
	listPath      = fieldOrList + `(\.` + fieldOrList + `)*`
)

// Formats are compiled when they are needed, since a run takes little longer than
// that.
var (
	checksumFormat = format(`^[0-9A-Fa-f]{64}$`)
	pathFormat     = format(`^` + listPath + `$`)
	contentFormat  = format(`^` + listPath + `(\{\}|\[` + plainField + `\])?$`)
	templateFormat = format(`^` + templateField + `(\.` + templateField + `)*$`)
	mappingFormat  = format(`^(` + templateField + `\.)*` + plainField + `$`)
	nameFormat     = format(`^(` + listPath + `|[a-z0-9.-]*(\{` + listPath + `\}[a-z0-9.-]*)+)$`)
	kindFormat     = format(`^[A-Za-z][A-Za-z0-9]*$`)
	envFormat      = format(`^[A-Za-z_][A-Za-z0-9_]*$`)
	// typeFormat is that of the apiVersion and the kind of any object.
	typeFormat = format(`^[A-Za-z0-9.-]+(/[A-Za-z0-9]+)?$`)
	// objectFormat is that of names of objects, which can stand behind a namespace.
	objectFormat = format(`^([a-z0-9-]+/)?[a-z0-9.-]+$`)
	// fieldFormat is that of the fields of a functionConfig, whether there are such or not.
	fieldFormat = format(`^[A-Za-z]+([._-][A-Za-z]+)*$`)
)

// pathDetail says what the path of a field is.
const pathDetail = "must be the fields that lead to it, like spec.target.name, with [] behind a list"

func format(expression string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) })
}

// validate checks s, compiles its selectors and reads its salt.
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
	errs = append(errs, s.readSalt(path)...)
	errs = append(errs, validatePodTemplates(path.Child("podTemplates"), s.PodTemplates)...)
	return append(errs, validateProducers(path.Child("producers"), s.Producers)...)
}

func validateSources(path *field.Path, sources []Source) (errs field.ErrorList) {
	seen := map[[3]string]bool{}
	for i := range sources {
		source, entry := &sources[i], path.Index(i)
		errs = append(errs, source.validate(entry)...)
		id := [3]string{source.Namespace, source.Name, source.LabelSelector}
		if seen[id] && (source.Name != "" || source.LabelSelector != "") {
			errs = append(errs, field.Duplicate(entry, strings.TrimPrefix(source.Namespace+"/"+source.Name+source.LabelSelector, "/")))
		}
		seen[id] = true
	}
	return errs
}

// validate checks s, and compiles its selector.
func (s *Source) validate(path *field.Path) (errs field.ErrorList) {
	switch {
	case s.LabelSelector != "":
		errs = append(errs, s.validateSelector(path)...)
	case s.Name == "":
		errs = append(errs, field.Required(path.Child("name"), "the name of the object, or else a labelSelector"))
	default:
		errs = append(errs, invalid(path.Child("name"), s.Name, isObjectName)...)
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
	if s.Scope != "" {
		errs = append(errs, oneOf(path.Child("scope"), s.Scope, Referenced, All)...)
	}
	for i := range s.Workloads {
		errs = append(errs, s.Workloads[i].compile(path.Child("workloads").Index(i))...)
	}
	return errs
}

// isObjectName returns what is wrong with the name in an entry. Its hints are for those who
// expect it to take more than a name.
func isObjectName(name string) []string {
	switch {
	case strings.Contains(name, "/"):
		return []string{"must be a name, without a slash: an entry with a namespace is {name: NAME, namespace: NAMESPACE}, or in a ConfigMap NAMESPACE/NAME"}
	case strings.ContainsAny(name, "*?"):
		return []string{"must be a whole name: for several objects, an entry of a " + KindName + " has a labelSelector in the place of the name"}
	}
	return validation.IsDNS1123Subdomain(name)
}

// validateSelector checks that a label selector stands by itself and cannot mean every
// object by accident.
func (s *Source) validateSelector(path *field.Path) (errs field.ErrorList) {
	if s.Name != "" {
		errs = append(errs, field.Forbidden(path.Child("labelSelector"), "an entry has either a name or a labelSelector"))
	}
	if s.Checksum != "" {
		errs = append(errs, field.Forbidden(path.Child("checksum"), "it is that of one object, which the entry has to name"))
	}
	selectorPath := path.Child("labelSelector")
	parsed := parseLabels(selectorPath, s.LabelSelector, &errs)
	if parsed == nil {
		return errs
	}
	if requirements, _ := parsed.Requirements(); !slices.ContainsFunc(requirements, demands) {
		return append(errs, field.Invalid(selectorPath, s.LabelSelector,
			"must demand a label, like key, key=value or key in (a,b): this matches every object without labels"))
	}
	s.labels = parsed
	return errs
}

// demands tells whether only objects that have the label meet a requirement.
func demands(requirement labels.Requirement) bool {
	excluding := []selection.Operator{selection.NotEquals, selection.NotIn, selection.DoesNotExist}
	return !slices.Contains(excluding, requirement.Operator())
}

func validateProducers(path *field.Path, producers []Producer) (errs field.ErrorList) {
	seen := map[[4]string]bool{}
	for i := range producers {
		producer, entry := &producers[i], path.Index(i)
		if producer.Produces == "" {
			producer.Produces = Secret
		}
		errs = append(errs, producer.validate(entry)...)
		id := [4]string{producer.Group, producer.Kind, string(producer.Produces), producer.Name}
		if seen[id] && producer.Kind != "" {
			errs = append(errs, field.Duplicate(entry, strings.TrimSpace(producer.Kind+" "+producer.Name)))
		}
		seen[id] = true
	}
	return errs
}

func (p Producer) validate(path *field.Path) (errs field.ErrorList) {
	if p.Group != "" {
		errs = append(errs, invalid(path.Child("group"), p.Group, validation.IsDNS1123Subdomain)...)
	}
	errs = append(errs, formatted(path.Child("kind"), p.Kind, kindFormat(), "must be the kind of an object, like ExternalSecret")...)
	errs = append(errs, oneOf(path.Child("produces"), p.Produces, Secret, ConfigMap)...)
	if p.Name != "" {
		errs = append(errs, validateProductName(path.Child("name"), p.Name)...)
	}
	if p.Namespace != "" {
		errs = append(errs, formatted(path.Child("namespace"), p.Namespace, pathFormat(), pathDetail)...)
	}
	if len(p.Content) == 0 {
		errs = append(errs, field.Required(path.Child("content"), "the fields that decide the data of what is produced, like spec.data"))
	}
	for i, content := range p.Content {
		errs = append(errs, formatted(path.Child("content").Index(i), content, contentFormat(),
			pathDetail+", and {} or [field] behind what holds something for each key")...)
	}
	return errs
}

// NamePaths returns the paths in the name of a producer: those in the braces of a template,
// or the one that it is.
func NamePaths(name string) []string {
	parts := strings.Split(name, "{")
	if len(parts) == 1 {
		return parts
	}
	for i, part := range parts[1:] {
		parts[1+i], _, _ = strings.Cut(part, "}")
	}
	return parts[1:]
}

// validateProductName checks a path, or a template whose paths lead through one list.
func validateProductName(path *field.Path, name string) field.ErrorList {
	errs := formatted(path, name, nameFormat(), pathDetail+"; or a template of such paths in braces, like {metadata.name}-app")
	if len(errs) > 0 {
		return errs
	}
	lists := map[string]bool{}
	for _, part := range NamePaths(name) {
		if end := strings.LastIndex(part, "[]"); end >= 0 {
			lists[part[:end]] = true
		}
	}
	if len(lists) > 1 {
		return field.ErrorList{field.Invalid(path, name, "must lead through one list, since each element of it makes a product")}
	}
	return nil
}

func validatePodTemplates(path *field.Path, templates []PodTemplate) (errs field.ErrorList) {
	seen := map[[3]string]bool{}
	for i, template := range templates {
		entry := path.Index(i)
		errs = append(errs, template.validate(entry)...)
		place := template.Path + template.Annotations
		id := [3]string{template.Group, template.Kind, place}
		if seen[id] && template.Kind != "" {
			errs = append(errs, field.Duplicate(entry, template.Kind+" "+place))
		}
		seen[id] = true
	}
	return errs
}

func (t PodTemplate) validate(path *field.Path) (errs field.ErrorList) {
	const detail = ", with [] behind a list and * for each value of a mapping"
	if t.Group != "" {
		errs = append(errs, invalid(path.Child("group"), t.Group, validation.IsDNS1123Subdomain)...)
	}
	errs = append(errs, formatted(path.Child("kind"), t.Kind, kindFormat(), "must be the kind of an object, like RayCluster")...)
	further := []struct {
		name  string
		paths []string
	}{{"podSpecs", t.PodSpecs}, {"containers", t.Containers}, {"secrets", t.Secrets}, {"configMaps", t.ConfigMaps}}
	count := 0
	for _, field := range further {
		count += len(field.paths)
		for i, value := range field.paths {
			errs = append(errs, formatted(path.Child(field.name).Index(i), value, templateFormat(), "must be the fields that lead there, like spec.secrets[]"+detail)...)
		}
	}
	if t.Annotations == "" {
		return append(errs, formatted(path.Child("path"), t.Path, templateFormat(),
			"must be the fields that lead to a pod template, like spec.template"+detail+"; or else give annotations")...)
	}
	errs = append(errs, formatted(path.Child("annotations"), t.Annotations, mappingFormat(),
		"must be the fields that lead to a mapping, like spec.podMetadata.annotations"+detail)...)
	switch {
	case t.Path != "":
		errs = append(errs, field.Forbidden(path.Child("annotations"), "a pod template at path has its own annotations: give one of the two"))
	case count == 0:
		errs = append(errs, field.Required(path.Child("podSpecs"), "what the pods read is at podSpecs, containers, secrets or configMaps"))
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
