package examples

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// patch returns a patch that changes data, references, names, or that deletes a
// source; or none, if there is nothing that it could change.
func (c *chooser) patch(visible []thing) []patch {
	patches := []func(thing, []thing) patch{c.mergeData, c.addData, c.mergeReferences, c.addReferences, c.renaming, c.deletion}
	kind := c.IntN(len(patches))
	if kind >= 4 && c.chance(50) {
		kind = c.IntN(4) // the last are rare
	}
	targets := sources(visible)
	if kind == 2 || kind == 3 {
		targets = workloads(visible)
	}
	if len(targets) == 0 {
		return nil
	}
	target := pick(c, targets)
	if len(withIdentity(visible, target.kind, target.id())) > 1 {
		return nil // kustomize would not know which
	}
	return []patch{patches[kind](target, visible)}
}

// strategic returns a strategic merge patch; kustomize finds its target by any
// identity, this one by its current one.
func strategic(target thing, fields string) string {
	return "patch: |-\n    " + strings.ReplaceAll(strings.TrimSpace(header(target, "")+fields), "\n", "\n    ")
}

// operation returns a JSON patch of all that have the name of target, or had it
// at first.
func operation(target thing, op, path, value string) string {
	return fmt.Sprintf("patch: '[{\"op\": %q, \"path\": %q, \"value\": %s}]'\n  target: {kind: %s, name: %s}",
		op, path, value, target.kind, regexp.QuoteMeta(target.id().name))
}

// changed returns what kustomize does to the history of those that a JSON patch
// changes: it notes their name, changed or not.
func changed(target thing, rename func(identity) identity) func([]thing) []thing {
	return func(things []thing) []thing {
		for i, thing := range things {
			name := target.id().name
			if thing.kind == target.kind && (thing.id().name == name || thing.ids[0].name == name) {
				things[i] = thing.becomes(rename(thing.id()))
			}
		}
		return things
	}
}

func unchanged(id identity) identity { return id }

func (c *chooser) mergeData(target thing, _ []thing) patch {
	field := map[string]string{"Secret": "stringData", "ConfigMap": "data"}[target.kind]
	return patch{text: strategic(target, fmt.Sprintf("%s: {patched: not-a-secret-%d}", field, c.next()))}
}

func (c *chooser) addData(target thing, _ []thing) patch {
	return patch{operation(target, "add", "/data/patched", `"cGF0Y2hlZA=="`), changed(target, unchanged)}
}

func (c *chooser) mergeReferences(target thing, visible []thing) patch {
	var references []string
	for len(references) < 2 {
		if way, text := c.reference(visible); way.list == "envFrom" {
			references = append(references, text)
		}
	}
	spec := "{spec: {containers: [{name: c, envFrom: [" + strings.Join(references, ", ") + "]}]}}"
	return patch{text: strategic(target, nest(templatePath(target.kind), spec))}
}

func (c *chooser) addReferences(target thing, visible []thing) patch {
	way, text := c.reference(visible)
	for way.list != "volumes" {
		way, text = c.reference(visible)
	}
	path := "/" + strings.Join(templatePath(target.kind), "/") + "/spec/volumes"
	value := regexp.MustCompile(`[A-Za-z$][\w-]*`).ReplaceAllString(text, `"$0"`) // YAML to JSON
	return patch{operation(target, "add", path, "["+value+"]"), changed(target, unchanged)}
}

func (c *chooser) renaming(target thing, _ []thing) patch {
	name := fmt.Sprintf("renamed%d", c.next())
	return patch{
		operation(target, "replace", "/metadata/name", fmt.Sprintf("%q", name)),
		changed(target, func(id identity) identity { return identity{name, id.namespace} }),
	}
}

func (c *chooser) deletion(target thing, _ []thing) patch {
	return patch{strategic(target, "$patch: delete"), func(things []thing) []thing {
		return slices.DeleteFunc(things, func(t thing) bool { return t.kind == target.kind && t.had(target.id()) })
	}}
}
