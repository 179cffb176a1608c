package examples

import (
	"fmt"
	"slices"
	"strings"
)

// An allowed is an entry of the allowlist.
type allowed struct {
	kind, name, namespace string
	keys                  []string
	checksum, onMissing   string
}

func (a *allowed) String() string {
	fields := []string{"name: " + a.name, "onMissing: " + a.onMissing}
	if a.namespace != "" {
		fields = append(fields, "namespace: "+a.namespace)
	}
	if len(a.keys) > 0 {
		fields = append(fields, "keys: ["+strings.Join(a.keys, ", ")+"]")
	}
	if a.checksum != "" {
		fields = append(fields, fmt.Sprintf("checksum: %q", a.checksum))
	}
	return "{" + strings.Join(fields, ", ") + "}"
}

// A policy is a configuration of the function.
type policy struct {
	entries []*allowed
	kinds   []string // of the workloads that it selects; none for the default
}

// annotates tells whether the function annotates workloads of a kind.
func (p policy) annotates(kind string) bool {
	switch kind {
	case "Deployment", "StatefulSet", "DaemonSet", "Rollout":
		return len(p.kinds) == 0 || slices.Contains(p.kinds, kind)
	case "ReplicaSet", "CronJob":
		return slices.Contains(p.kinds, kind)
	}
	return false
}

// demands tells whether an entry wants an annotation even where nothing in the input has
// its name, as after kustomize has renamed everything.
func (p policy) demands() bool {
	return slices.ContainsFunc(p.entries, func(a *allowed) bool { return a.onMissing != "Skip" || a.checksum != "" })
}

// config returns the functionConfig that calls the function at a path.
func (p policy) config(path string) string {
	lists := map[string][]string{}
	for _, entry := range p.entries {
		lists[entry.kind] = append(lists[entry.kind], entry.String())
	}
	for _, kind := range p.kinds {
		lists["kinds"] = append(lists["kinds"], "{kind: "+kind+"}")
	}
	return fmt.Sprintf(`apiVersion: checksum.proompteng.ai/v1alpha1
kind: ChecksumAnnotator
metadata:
  name: rollout-checksums
  annotations:
    config.kubernetes.io/function: |
      exec:
        path: %s
spec:
  enabled: true
  secrets: [%s]
  configMaps: [%s]
  workloads: [%s]
`, path, strings.Join(lists["Secret"], ", "), strings.Join(lists["ConfigMap"], ", "), strings.Join(lists["kinds"], ", "))
}

// policy returns a configuration for things with the given histories.
func (c *chooser) policy(things []thing) policy {
	var p policy
	for range 2 + c.IntN(8) {
		entry := c.entry(sources(things))
		if !slices.ContainsFunc(p.entries, func(other *allowed) bool { return c.clash(entry, other, things) }) {
			p.entries = append(p.entries, entry)
		}
	}
	if c.chance(30) {
		p.kinds = slices.Compact(slices.Sorted(slices.Values([]string{pick(c, workloadKinds), pick(c, workloadKinds), "CronJob", "Deployment"})))
	}
	return p
}

func (c *chooser) entry(things []thing) *allowed {
	entry := c.named(things)
	if c.chance(20) {
		entry.keys = []string{"mark"}
		if c.chance(10) {
			entry.keys = []string{"mark", "key1"}
		}
	}
	if c.chance(5) {
		entry.checksum = strings.Repeat(fmt.Sprintf("%08x", c.Uint32()), 8)
	}
	if c.chance(15) {
		entry.onMissing = "HashName"
	}
	return entry
}

// named returns an entry for a thing, for a name that some workload writes, or for
// another.
func (c *chooser) named(things []thing) *allowed {
	switch {
	case len(things) > 0 && c.chance(60):
		thing := pick(c, things)
		namespace := ""
		if c.chance(30) {
			namespace = thing.id().namespace
		}
		return &allowed{kind: thing.kind, name: pick(c, thing.ids).name, namespace: namespace, onMissing: "Skip"}
	case len(c.written) > 0 && c.chance(80):
		written := pick(c, c.written)
		return &allowed{kind: written.kind, name: written.name, namespace: c.maybe(10, namespaces), onMissing: "Skip"}
	}
	return &allowed{kind: pick(c, sourceKinds), name: pick(c, append(sourceNames, "absent")), namespace: c.maybe(20, namespaces), onMissing: "Skip"}
}

// clash tells whether two entries cannot stand together: they are one, or they mean
// one object. Some of the latter are let through, because the function should find
// them.
func (c *chooser) clash(one, other *allowed, things []thing) bool {
	if one.kind != other.kind {
		return false
	}
	if one.name == other.name && one.namespace == other.namespace {
		return true
	}
	both := func(t thing) bool { return t.kind == one.kind && t.named(one.name) && t.named(other.name) }
	return slices.ContainsFunc(things, both) && c.chance(90)
}
