package fn

import (
	"fmt"

	"github.com/proompteng/checksum-annotator/config"
	"github.com/proompteng/checksum-annotator/fn/annotation"
	"github.com/proompteng/checksum-annotator/fn/digest"
	"github.com/proompteng/checksum-annotator/fn/report"
	"github.com/proompteng/checksum-annotator/fn/source"
	"github.com/proompteng/checksum-annotator/fn/workload"
)

// explain says how an annotation can have come to a value that is not due for any of the
// entries that it may be for, and what the source is, if that can be told.
func (c *check) explain(template checkedTemplate, entries []*source.Entry, value string) (problem string, of *report.ResourceRef) {
	if !annotation.IsDigest(value) {
		return "its value is no checksum", nil
	}
	for _, entry := range entries {
		objects := c.candidates(template, entry)
		if meant := c.meant(template, entry); len(meant) > 0 {
			objects = meant
		}
		if problem, object := c.explainFor(template, entry, objects, value); problem != "" {
			return problem, sourceRef(object)
		}
	}
	if other := c.objectOf(value); other != nil {
		return fmt.Sprintf("it is the checksum of %s", sourceRef(other)), nil
	}
	if object := c.only(template, entries); object != nil {
		return fmt.Sprintf("the content of %s is not what the function saw: something changed it afterwards"+
			" (a later kustomization or patch, vars or name references of kustomize in it, an edit); list the function in the outermost kustomization,"+
			" use replacements in place of vars, or run annotate or patch on what is rendered", sourceRef(object)), sourceRef(object)
	}
	return "it is the checksum of nothing that the workload uses now", nil
}

// explainFor explains a value by the settings of an entry, and objects that it may mean.
func (c *check) explainFor(template checkedTemplate, entry *source.Entry, objects []*source.Object, value string) (string, *source.Object) {
	for _, object := range objects {
		switch {
		case entry.Checksum != "" && value == entry.Checksum:
			return fmt.Sprintf("it is the checksum that %s gives, but %s is in the input with another content: remove the checksum of the entry", entry.Path, sourceRef(object)), object
		case entry.Checksum != "":
			return fmt.Sprintf("it is not the checksum that %s gives", entry.Path), object
		case c.isDigestOfName(entry.Name, value) || c.isDigestOfName(object.Name, value):
			return fmt.Sprintf("it is the digest of a name, but %s is in the input, and changes of it are not seen:"+
				" the function ran where it did not see it; list it in the outermost kustomization", sourceRef(object)), object
		case c.graph.Otherwise(object, entry.Keys, template.KeysOf(object), value):
			return fmt.Sprintf("it is a checksum of %s, but another configuration made it: with other keys, another keyScope or without the salt", sourceRef(object)), object
		}
	}
	return "", nil
}

// isDigestOfName tells whether a value is the digest of a name, with the salt or without.
func (c *check) isDigestOfName(name, value string) bool {
	for _, salt := range []digest.Salt{"", digest.Salt(c.spec.Salt)} {
		if value == string(digest.OfName(name, salt)) {
			return true
		}
	}
	return false
}

// objectOf returns the object of the input, whatever uses it, that has a digest.
func (c *check) objectOf(value string) *source.Object {
	if c.byDigest == nil {
		c.byDigest = map[string]*source.Object{}
		for _, kind := range []config.Kind{config.ConfigMap, config.Secret} {
			for _, object := range c.graph.Sources.OfKind(kind) {
				sum, _ := c.graph.Digest(object, nil, workload.Keys{All: true}) // none of what cannot be read
				c.byDigest[string(sum)] = object
			}
		}
	}
	return c.byDigest[value]
}

// only returns the one object that entries can mean for a pod template, if it is one.
func (c *check) only(template checkedTemplate, entries []*source.Entry) *source.Object {
	found := map[*source.Object]bool{}
	for _, entry := range entries {
		objects := c.meant(template, entry)
		if len(objects) == 0 && entry.Name == "" {
			objects = c.candidates(template, entry)
		}
		for _, object := range objects {
			found[object] = true
		}
	}
	if len(found) == 1 {
		for object := range found {
			return object
		}
	}
	return nil
}
