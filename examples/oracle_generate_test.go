package examples

import (
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// The pools are small, so that names meet.
var (
	sourceNames   = []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "x-a", "a-s"}
	prefixes      = []string{"x-", "y-", "z-"}
	suffixes      = []string{"-s", "-t"}
	namespaces    = []string{"east", "west", "default"}
	sourceKinds   = []string{"Secret", "ConfigMap"}
	workloadKinds = []string{"Deployment", "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "CronJob", "Job", "Rollout"}
)

var apiVersions = map[string]string{
	"Secret": "v1", "ConfigMap": "v1",
	"Deployment": "apps/v1", "StatefulSet": "apps/v1", "DaemonSet": "apps/v1", "ReplicaSet": "apps/v1",
	"CronJob": "batch/v1", "Job": "batch/v1", "Rollout": "argoproj.io/v1alpha1",
}

// A chooser makes everything that is random.
type chooser struct {
	*rand.Rand
	count   int      // of what has been made, for names of its own
	layers  []*layer // that a later layer may use once more
	written []reference
}

func (c *chooser) chance(percent int) bool { return c.IntN(100) < percent }

func (c *chooser) next() int {
	c.count++
	return c.count
}

func pick[T any](c *chooser, from []T) T { return from[c.IntN(len(from))] }

// maybe returns one of the values, or none.
func (c *chooser) maybe(percent int, from []string) string {
	if !c.chance(percent) {
		return ""
	}
	return pick(c, from)
}

// layer makes a kustomization over bases; if none are given, it makes them.
func (c *chooser) layer(depth int, bases ...*layer) *layer {
	l := &layer{dir: fmt.Sprintf("layer%d", c.next())}
	if len(bases) == 0 && depth > 0 {
		bases = c.bases(depth - 1)
	}
	for _, base := range bases {
		l.try(nil, func() { l.below = append(l.below, base) })
	}
	c.fill(l, nil)
	if c.chance(25) {
		c.addComponent(l)
	}
	c.change(l, nil)
	c.layers = append(c.layers, l)
	return l
}

// bases makes the layers below one: several, or one in two ways.
func (c *chooser) bases(depth int) []*layer {
	if depth > 0 && c.chance(35) {
		base := c.layer(depth - 1)
		return []*layer{c.layer(depth, base), c.layer(depth, base), c.layer(depth, base)}
	}
	bases := []*layer{c.layer(depth)}
	if c.chance(40) {
		bases = append(bases, c.layer(depth))
	}
	if c.chance(15) {
		bases = append(bases, pick(c, c.layers))
	}
	return bases
}

func (c *chooser) addComponent(l *layer) {
	component := &layer{dir: fmt.Sprintf("component%d", c.next()), component: true}
	inherited := l.apply(nil)
	c.fill(component, inherited)
	c.change(component, inherited)
	l.try(nil, func() { l.components = append(l.components, component) })
}

// try does something to a layer, and undoes it if kustomize could not build it.
func (l *layer) try(inherited []thing, do func()) {
	before := *l
	do()
	if collide(l.apply(inherited)) {
		*l = before
	}
}

// fill gives a layer sources and workloads.
func (c *chooser) fill(l *layer, inherited []thing) {
	l.noHash, l.lists = c.chance(40), c.chance(20)
	for range c.IntN(3) {
		visible := l.apply(inherited)
		l.try(inherited, func() { l.manifests = append(l.manifests, c.source(visible)) })
	}
	for range 1 + c.IntN(2) {
		c.addGenerator(l, inherited)
	}
	for range 1 + c.IntN(2) {
		visible := l.apply(inherited)
		l.try(inherited, func() { l.manifests = append(l.manifests, c.workload(visible)) })
	}
}

// change gives a layer patches and new names.
func (c *chooser) change(l *layer, inherited []thing) {
	if c.chance(40) {
		visible := l.apply(inherited)
		l.try(inherited, func() { l.patches = append(l.patches, c.patch(visible)...) })
	}
	l.try(inherited, func() { l.namespace = c.maybe(30, namespaces) })
	l.try(inherited, func() { l.prefix = c.maybe(45, prefixes) })
	l.try(inherited, func() { l.suffix = c.maybe(25, suffixes) })
}

// newSource returns a source whose name is often new among those that are there.
func (c *chooser) newSource(visible []thing) thing {
	source := thing{kind: pick(c, sourceKinds), mark: fmt.Sprintf("mark%d", c.next())}
	used := func(name string) bool {
		return slices.ContainsFunc(visible, func(t thing) bool { return t.kind == source.kind && t.named(name) })
	}
	name := pick(c, sourceNames)
	for range 5 {
		if used(name) && c.chance(70) {
			name = pick(c, sourceNames)
		}
	}
	source.ids = []identity{{name, c.maybe(15, namespaces)}}
	return source
}

func (c *chooser) source(visible []thing) manifest {
	source := c.newSource(visible)
	data := fmt.Sprintf("data: {mark: %s%s}\n", source.mark, c.maybe(15, []string{", text: '" + asWritten + "'"}))
	if source.kind == "Secret" {
		data = fmt.Sprintf("data: {mark: %s}\n", base64.StdEncoding.EncodeToString([]byte(source.mark)))
		if c.chance(30) {
			data += fmt.Sprintf("stringData: {text: not-a-secret-%d}\n", c.next())
		}
	}
	annotations := ""
	if source.local = c.chance(5); source.local {
		annotations = "annotations: {config.kubernetes.io/local-config: 'true'}"
	}
	return manifest{source, header(source, annotations) + data}
}

// header returns the lines of an object that tell which one it is, with further
// metadata.
func header(t thing, more string) string {
	fields := []string{"name: " + t.id().name}
	if t.id().namespace != "" {
		fields = append(fields, "namespace: "+t.id().namespace)
	}
	if more != "" {
		fields = append(fields, more)
	}
	return fmt.Sprintf("apiVersion: %s\nkind: %s\nmetadata: {%s}\n", apiVersions[t.kind], t.kind, strings.Join(fields, ", "))
}

// addGenerator adds a generator that creates, or changes what is there.
func (c *chooser) addGenerator(l *layer, inherited []thing) {
	visible := l.apply(inherited)
	add := generator{thing: c.newSource(visible), behavior: "create"}
	if known := sources(visible); len(known) > 0 && c.chance(45) {
		add.behavior = pick(c, []string{"merge", "replace"})
		add.thing = pick(c, known)
		add.ids = []identity{pick(c, add.ids)}
	}
	accepting := len(withIdentity(visible, add.kind, add.id()))
	if (add.behavior == "create") != (accepting == 0) || accepting > 1 {
		return // kustomize would refuse it
	}
	add.text = c.generatorText(add)
	l.try(inherited, func() { l.generators = append(l.generators, add) })
}

func (c *chooser) generatorText(g generator) string {
	literals := []string{fmt.Sprintf("key%d=not-a-secret-%d", c.IntN(3), c.next())}
	if g.behavior != "merge" {
		literals = append(literals, "mark="+g.mark)
	}
	fields := []string{"name: " + g.id().name, "behavior: " + g.behavior, "literals: [" + strings.Join(literals, ", ") + "]"}
	if g.id().namespace != "" {
		fields = append(fields, "namespace: "+g.id().namespace)
	}
	if c.chance(10) {
		fields = append(fields, "files: [bytes.bin]")
	}
	if c.chance(30) {
		fields = append(fields, fmt.Sprintf("options: {disableNameSuffixHash: %v}", c.chance(50)))
	}
	return "{" + strings.Join(fields, ", ") + "}"
}

func sources(things []thing) []thing {
	return slices.DeleteFunc(slices.Clone(things), func(t thing) bool { return !t.isSource() })
}

func workloads(things []thing) []thing {
	return slices.DeleteFunc(slices.Clone(things), thing.isSource)
}

// ambiguous tells whether several things in a namespace have or had a name.
func ambiguous(things []thing, name string) bool {
	seen := map[string]bool{}
	for _, thing := range things {
		if namespace := effective(thing.id().namespace); thing.named(name) {
			if seen[namespace] {
				return true
			}
			seen[namespace] = true
		}
	}
	return false
}
