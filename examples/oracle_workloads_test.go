package examples

import (
	"fmt"
	"slices"
	"strings"
)

// A way is one to reference a source: an entry of a list in a pod spec.
type way struct{ kind, list, text string }

var ways = []way{
	{"Secret", "env", "{name: E$n, valueFrom: {secretKeyRef: {name: $name, key: mark}}}"},
	{"Secret", "envFrom", "{secretRef: {name: $name}}"},
	{"Secret", "initEnv", "{name: E$n, valueFrom: {secretKeyRef: {name: $name, key: mark}}}"},
	{"Secret", "initEnvFrom", "{secretRef: {name: $name}}"},
	{"Secret", "volumes", "{name: v$n, secret: {secretName: $name}}"},
	{"Secret", "projected", "{secret: {name: $name}}"},
	{"ConfigMap", "env", "{name: E$n, valueFrom: {configMapKeyRef: {name: $name, key: mark}}}"},
	{"ConfigMap", "envFrom", "{configMapRef: {name: $name}}"},
	{"ConfigMap", "initEnv", "{name: E$n, valueFrom: {configMapKeyRef: {name: $name, key: mark}}}"},
	{"ConfigMap", "initEnvFrom", "{configMapRef: {name: $name}}"},
	{"ConfigMap", "volumes", "{name: v$n, configMap: {name: $name}}"},
	{"ConfigMap", "projected", "{configMap: {name: $name}}"},
}

// keptWays are those in which kustomize keeps the name as it is written.
var keptWays = []way{
	{"Secret", "volumes", "{name: v$n, azureFile: {shareName: s, secretName: $name}}"},
	{"Secret", "volumes", "{name: v$n, cephfs: {monitors: [m], secretRef: {name: $name}}}"},
	{"Secret", "volumes", "{name: v$n, cinder: {volumeID: i, secretRef: {name: $name}}}"},
	{"Secret", "volumes", "{name: v$n, csi: {driver: d, nodePublishSecretRef: {name: $name}}}"},
	{"Secret", "volumes", "{name: v$n, flexVolume: {driver: d, secretRef: {name: $name}}}"},
	{"Secret", "volumes", "{name: v$n, iscsi: {targetPortal: t, iqn: q, lun: 0, secretRef: {name: $name}}}"},
	{"Secret", "volumes", "{name: v$n, rbd: {image: i, monitors: [m], secretRef: {name: $name}}}"},
	{"Secret", "volumes", "{name: v$n, scaleIO: {gateway: g, system: s, secretRef: {name: $name}}}"},
	{"Secret", "volumes", "{name: v$n, storageos: {volumeName: n, secretRef: {name: $name}}}"},
}

func (c *chooser) workload(visible []thing) manifest {
	id := identity{fmt.Sprintf("w%d", c.next()), c.maybe(15, namespaces)}
	workload := thing{kind: pick(c, workloadKinds), ids: []identity{id}}
	template := "{metadata: {labels: {app: w}" + c.maybe(50, []string{", annotations: {team: t}"}) + "}, spec: " + c.podSpec(visible) + "}"
	return manifest{workload, header(workload, "") + nest(templatePath(workload.kind), template)}
}

// templatePath returns the fields that lead to the pod template of a kind.
func templatePath(kind string) []string {
	if kind == "CronJob" {
		return []string{"spec", "jobTemplate", "spec", "template"}
	}
	return []string{"spec", "template"}
}

// nest returns a value behind a path of fields, as YAML.
func nest(path []string, value string) string {
	for _, field := range slices.Backward(path[1:]) {
		value = "{" + field + ": " + value + "}"
	}
	return path[0] + ": " + value + "\n"
}

func (c *chooser) podSpec(visible []thing) string {
	lists := map[string][]string{}
	for range 1 + c.IntN(4) {
		way, text := c.reference(visible)
		lists[way.list] = append(lists[way.list], text)
	}
	entries := func(name string) string { return "[" + strings.Join(lists[name], ", ") + "]" }
	if len(lists["projected"]) > 0 {
		lists["volumes"] = append(lists["volumes"], "{name: p, projected: {sources: "+entries("projected")+"}}")
	}
	return "{containers: [{name: c, image: i, env: " + entries("env") + ", envFrom: " + entries("envFrom") + "}], " +
		"initContainers: [{name: ic, image: i, env: " + entries("initEnv") + ", envFrom: " + entries("initEnvFrom") + "}], " +
		"volumes: " + entries("volumes") + c.pullSecrets(visible) + "}"
}

// pullSecrets returns a reference that does not count.
func (c *chooser) pullSecrets(visible []thing) string {
	if c.chance(80) {
		return ""
	}
	return ", imagePullSecrets: [{name: " + c.referenceName("Secret", visible) + "}]"
}

func (c *chooser) reference(visible []thing) (way, string) {
	way := pick(c, ways)
	if c.chance(20) {
		way = pick(c, keptWays)
	}
	name := c.referenceName(way.kind, visible)
	c.written = append(c.written, reference{way.kind, name})
	return way, strings.NewReplacer("$name", name, "$n", fmt.Sprint(c.next())).Replace(way.text)
}

// referenceName returns a name that a source has or had, or another. Few of them
// are ambiguous, because kustomize refuses most of those.
func (c *chooser) referenceName(kind string, visible []thing) string {
	known := slices.DeleteFunc(sources(visible), func(t thing) bool { return t.kind != kind })
	for {
		name := c.maybe(20, prefixes) + pick(c, append(sourceNames, "absent")) + c.maybe(20, suffixes)
		if len(known) > 0 && c.chance(80) {
			name = pick(c, pick(c, known).ids).name
		}
		if !ambiguous(known, name) || c.chance(3) {
			return name
		}
	}
}
