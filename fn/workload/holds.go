package workload

import (
	"fmt"
	"slices"

	"github.com/proompteng/checksum-annotator/fn/manifest"
)

// A Hold is a field of a workload because of which a change of a template does not replace
// its pods.
type Hold struct {
	// Path is the field, and Why what it does, for messages.
	Path, Why string
	// ForNow tells that it is meant to end.
	ForNow bool
}

// A holdField is a field that holds pods back if it has certain values.
type holdField struct {
	group, kind string
	path        string
	holds       func(value any) bool
	why         string
	forNow      bool
}

// Why pods stay.
const (
	paused     = "nothing is rolled out until it goes on"
	partition  = "pods below the partition stay as they are"
	onDelete   = "pods are replaced only when somebody deletes them"
	neverRolls = "pods are not replaced"
	inPlace    = "an update in place changes the annotations of running pods, and restarts none"
	elsewhere  = "pods come from the template of the workload that this field names, and not from its own"
	revision   = "Knative refuses a changed template that keeps the name of its revision: leave the name out, or exclude this workload"
)

// holdFields are such fields, from the API types of Kubernetes and OpenShift and the
// definitions (CRDs) that operators.go names.
var holdFields = []holdField{
	{"apps", "Deployment", "spec.paused", is(true), paused, true},
	{"apps", "StatefulSet", "spec.updateStrategy.type", is("OnDelete"), onDelete, false},
	{"apps", "StatefulSet", "spec.updateStrategy.rollingUpdate.partition", isNot(0), partition, true},
	{"apps", "DaemonSet", "spec.updateStrategy.type", is("OnDelete"), onDelete, false},
	{"argoproj.io", "Rollout", "spec.paused", is(true), paused, true},
	{"argoproj.io", "Rollout", "spec.workloadRef", isMapping, elsewhere, false},
	{"apps.openshift.io", "DeploymentConfig", "spec.paused", is(true), paused, true},
	{"apps.openshift.io", "DeploymentConfig", "spec.triggers", lacksConfigChange, "no trigger of type ConfigChange rolls out a changed template", false},
	{"serving.knative.dev", "Service", "spec.template.metadata.name", isNot(""), revision, false},
	{"serving.knative.dev", "Configuration", "spec.template.metadata.name", isNot(""), revision, false},
	{"apps.kruise.io", "CloneSet", "spec.updateStrategy.paused", is(true), paused, true},
	{"apps.kruise.io", "CloneSet", "spec.updateStrategy.type", is("InPlaceIfPossible", "InPlaceOnly"), inPlace, false},
	{"apps.kruise.io", "CloneSet", "spec.updateStrategy.type", is("OnDelete"), onDelete, false},
	{"apps.kruise.io", "CloneSet", "spec.updateStrategy.rollingUpdate.paused", is(true), paused, true},
	{"apps.kruise.io", "CloneSet", "spec.updateStrategy.rollingUpdate.podUpdatePolicy", is("InPlaceIfPossible", "InPlaceOnly"), inPlace, false},
	{"apps.kruise.io", "StatefulSet", "spec.updateStrategy.rollingUpdate.paused", is(true), paused, true},
	{"apps.kruise.io", "StatefulSet", "spec.updateStrategy.rollingUpdate.podUpdatePolicy", is("InPlaceIfPossible", "InPlaceOnly"), inPlace, false},
	{"apps.kruise.io", "StatefulSet", "spec.updateStrategy.type", is("OnDelete"), onDelete, false},
	{"apps.kruise.io", "DaemonSet", "spec.updateStrategy.rollingUpdate.paused", is(true), paused, true},
	{"apps.kruise.io", "DaemonSet", "spec.updateStrategy.rollingUpdate.rollingUpdateType", is("InPlaceIfPossible"), inPlace, false},
	{"apps.kruise.io", "DaemonSet", "spec.updateStrategy.type", is("OnDelete"), onDelete, false},
	{"k8s.mariadb.com", "MariaDB", "spec.updateStrategy.type", is("OnDelete"), onDelete, false},
	{"k8s.mariadb.com", "MariaDB", "spec.updateStrategy.type", is("Never"), neverRolls, false},
	{"opentelemetry.io", "OpenTelemetryCollector", "spec.mode", is("sidecar"), "a sidecar runs in the pods of others, which stay as they are", false},
	{"ray.io", "RayService", "spec.upgradeStrategy.type", is("None"), neverRolls, false},
}

func is(values ...any) func(any) bool {
	return func(value any) bool { return slices.Contains(values, value) }
}

func isNot(none any) func(any) bool {
	return func(value any) bool { return fmt.Sprint(value) != fmt.Sprint(none) }
}

func isMapping(value any) bool {
	_, is := value.(map[string]any)
	return is
}

// lacksConfigChange tells whether triggers of a DeploymentConfig are given, and none of them
// is that of a changed template. Without the field, there is one.
func lacksConfigChange(value any) bool {
	triggers, isList := value.([]any)
	return isList && !slices.ContainsFunc(triggers, func(trigger any) bool {
		fields, _ := trigger.(map[string]any)
		return fields["type"] == "ConfigChange"
	})
}

// holdsOf returns what holds the pods of an item back.
func holdsOf(fields []*holdField, item *manifest.Item) (holds []Hold) {
	for _, field := range fields {
		values, err := item.Root().Follow(field.path)
		if err != nil || len(values) == 0 {
			continue // what is malformed is refused anyway
		}
		if value, err := values[0].Generic(); err == nil && field.holds(value) {
			holds = append(holds, Hold{field.path, field.why, field.forNow})
		}
	}
	return holds
}
