package source

import (
	"strings"

	"github.com/proompteng/checksum-annotator/config"
	"github.com/proompteng/checksum-annotator/fn/manifest"
)

// A productName says where the name of a product stands in an object: at a path, or, as a
// template, at several paths in braces with text around them ("{metadata.name}-app").
type productName string

const ownName = "metadata.name"

// isTemplate tells whether a name is made of others.
func (n productName) isTemplate() bool {
	return strings.Contains(string(n), "{")
}

// paths returns the paths of a name.
func (n productName) paths() []string {
	return config.NamePaths(string(n))
}

// list returns the path of the list that a name leads through, if it does.
func (n productName) list() (path string, isList bool) {
	for _, path := range n.paths() {
		if end := strings.LastIndex(path, "[]"); end >= 0 {
			return path[:end+len("[]")], true
		}
	}
	return "", false
}

// at returns the name that stands at a place, or nothing where a part of it is not there.
// In a template, own is the object's own name.
func (n productName) at(place place, own string) (string, error) {
	if !n.isTemplate() {
		return place.text(string(n))
	}
	text, rest, _ := strings.Cut(string(n), "{")
	for {
		path, after, _ := strings.Cut(rest, "}")
		part, err := own, error(nil)
		if path != ownName {
			part, err = place.text(path)
		}
		if err != nil || part == "" {
			return "", err
		}
		literal, next, more := strings.Cut(after, "{")
		text += part + literal
		if rest = next; !more {
			return text, nil
		}
	}
}

// name returns the name of the product at a place: the first of p's names that is there.
// It returns nothing where there is none.
func (p *producer) name(item *manifest.Item, at place) (name productName, text string, err error) {
	for _, name := range p.names {
		text, err := name.at(at, item.Name)
		if text != "" || err != nil {
			return name, text, err
		}
	}
	return "", "", nil
}

// formerNames returns the names that a product had with the previous names of its object,
// if its name is made of that.
func formerNames(item *manifest.Item, at place, name productName) ([]string, error) {
	if !name.isTemplate() {
		return nil, nil
	}
	var former []string
	for _, previous := range item.PreviousNames() {
		text, err := name.at(at, previous)
		if err != nil {
			return nil, err
		}
		former = append(former, text)
	}
	return former, nil
}
