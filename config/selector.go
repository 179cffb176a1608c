package config

import (
	"errors"
	"regexp"
	"regexp/syntax"
	"slices"

	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// Selector selects objects as a kustomize selector does: an object is selected
// when every field that is given matches it. The first five are regular
// expressions that have to match as a whole, the others label selectors.
type Selector struct {
	Group              string `json:"group"`
	Version            string `json:"version"`
	Kind               string `json:"kind"`
	Name               string `json:"name"`
	Namespace          string `json:"namespace"`
	LabelSelector      string `json:"labelSelector"`
	AnnotationSelector string `json:"annotationSelector"`

	group, version, kind, name, namespace pattern
	labels, annotations                   labels.Selector
}

// Object is what a selector looks at.
type Object struct {
	Group, Version, Kind string
	// Names and Namespaces are those that the object has and had: as in
	// kustomize, one match is enough.
	Names, Namespaces []string
	// Labels and Annotations are asked for only when they matter.
	Labels, Annotations func() map[string]string
}

// Matches tells whether s, which came from Load, selects o.
func (s Selector) Matches(o Object) bool {
	return s.group.matches(o.Group) &&
		s.version.matches(o.Version) &&
		s.kind.matches(o.Kind) &&
		slices.ContainsFunc(o.Names, s.name.matches) &&
		slices.ContainsFunc(o.Namespaces, s.namespace.matches) &&
		(s.LabelSelector == "" || s.labels.Matches(labels.Set(o.Labels()))) &&
		(s.AnnotationSelector == "" || s.annotations.Matches(labels.Set(o.Annotations())))
}

// AnyName returns s without what it demands of names and namespaces, which clients
// change.
func (s Selector) AnyName() Selector {
	s.Name, s.Namespace = "", ""
	s.name, s.namespace = pattern{}, pattern{}
	return s
}

// compile makes s ready for Matches.
func (s *Selector) compile(path *field.Path) (errs field.ErrorList) {
	s.group = compilePattern(path.Child("group"), s.Group, &errs)
	s.version = compilePattern(path.Child("version"), s.Version, &errs)
	s.kind = compilePattern(path.Child("kind"), s.Kind, &errs)
	s.name = compilePattern(path.Child("name"), s.Name, &errs)
	s.namespace = compilePattern(path.Child("namespace"), s.Namespace, &errs)
	s.labels = parseLabels(path.Child("labelSelector"), s.LabelSelector, &errs)
	s.annotations = parseLabels(path.Child("annotationSelector"), s.AnnotationSelector, &errs)
	return errs
}

// A pattern is an anchored regular expression; without one it matches all.
type pattern struct{ *regexp.Regexp }

func (p pattern) matches(s string) bool {
	return p.Regexp == nil || p.MatchString(s)
}

func compilePattern(path *field.Path, expression string, errs *field.ErrorList) pattern {
	if expression == "" {
		return pattern{}
	}
	_, err := regexp.Compile(expression)
	var anchored *regexp.Regexp
	if err == nil { // which is not enough: `\Qa` swallows what follows it
		anchored, err = regexp.Compile("^(?:" + expression + ")$")
	}
	if err != nil {
		detail := "must be a regular expression"
		var problem *syntax.Error
		if errors.As(err, &problem) {
			detail += ": " + problem.Code.String() // and not what it quotes
		}
		*errs = append(*errs, field.Invalid(path, expression, detail))
		return pattern{}
	}
	return pattern{anchored}
}

func parseLabels(path *field.Path, selector string, errs *field.ErrorList) labels.Selector {
	parsed, err := labels.Parse(selector)
	if err != nil {
		*errs = append(*errs, field.Invalid(path, selector, "must be a label selector, like key=value, key in (a,b) or !key"))
	}
	return parsed
}
