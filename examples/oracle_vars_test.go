package examples

import "maps"

// What a source holds that has a var of kustomize in its data, as it is written and as
// kustomize makes it, and where kustomize looks for vars beside its own places.
const (
	asWritten     = "level=$(LEVEL)"
	asResolved    = "level=debug"
	varReferences = "varReference:\n- {path: data/text, kind: ConfigMap}\n- {path: data/text, kind: Secret}\n"
)

// addVars adds the object that has the value of the var, and returns the lines of a
// kustomization that define it.
func (c *chooser) addVars(l *layer) string {
	values := thing{kind: "ConfigMap", mark: "vars", ids: []identity{{name: "values-of-vars"}}}
	l.manifests = append(l.manifests, manifest{values, header(values, "") + "data: {mark: vars, level: debug}\n"})
	return "vars: [{name: LEVEL, objref: {apiVersion: v1, kind: ConfigMap, name: values-of-vars}, fieldref: {fieldpath: data.level}}]\n"
}

// beforeVars returns an object as it was before kustomize resolved vars.
func beforeVars(o object) object {
	data := o.texts("data")
	if data["text"] != asResolved {
		return o
	}
	values := map[string]any{}
	for key, value := range data {
		values[key] = value
	}
	values["text"] = asWritten
	before := maps.Clone(o)
	before["data"] = values
	return before
}
