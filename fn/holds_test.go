package fn_test

import (
	"strings"
	"testing"
)

// What keeps pods as they are although their annotations change is told, as long as there
// are annotations.
func TestRolloutsThatDoNotHappenAreToldOf(t *testing.T) {
	const (
		revision  = "warning: Service user: spec.template.metadata.name: it has checksums, but Knative refuses a changed template that keeps the name of its revision: leave the name out, or exclude this workload"
		onDelete  = "spec.updateStrategy.type: it has checksums, but pods are replaced only when somebody deletes them"
		inPlace   = "it has checksums, but an update in place changes the annotations of running pods, and restarts none"
		goesOn    = "it has checksums, but nothing is rolled out until it goes on"
		noTrigger = "warning: DeploymentConfig user: spec.triggers: it has checksums, but no trigger of type ConfigChange rolls out a changed template"
	)
	tests := []struct{ apiVersion, kind, fields, want string }{
		{"argoproj.io/v1alpha1", "Rollout", "workloadRef: {apiVersion: apps/v1, kind: Deployment, name: d}", "warning: Rollout user: spec.workloadRef: it has checksums, but pods come from the template of the workload that this field names, and not from its own"},
		{"argoproj.io/v1alpha1", "Rollout", "workloadRef: null", ""},
		{"apps/v1", "Deployment", "paused: true", "info: Deployment user: spec.paused: " + goesOn},
		{"apps/v1", "Deployment", "paused: false", ""},
		{"apps/v1", "StatefulSet", "updateStrategy: {type: OnDelete}", "warning: StatefulSet user: " + onDelete},
		{"apps/v1", "StatefulSet", "updateStrategy: {type: RollingUpdate, rollingUpdate: {partition: 0}}", ""},
		{"apps/v1", "StatefulSet", "updateStrategy: {rollingUpdate: {partition: 2}}", "info: StatefulSet user: spec.updateStrategy.rollingUpdate.partition: it has checksums, but pods below the partition stay as they are"},
		{"apps/v1", "StatefulSet", "updateStrategy: [OnDelete]", ""},
		{"apps/v1", "DaemonSet", "updateStrategy: {type: OnDelete}", "warning: DaemonSet user: " + onDelete},
		{"apps/v1", "DaemonSet", "updateStrategy:", ""},
		{"argoproj.io/v1alpha1", "Rollout", "paused: true", "info: Rollout user: spec.paused: " + goesOn},
		{"apps.openshift.io/v1", "DeploymentConfig", "paused: true", "info: DeploymentConfig user: spec.paused: " + goesOn},
		{"apps.openshift.io/v1", "DeploymentConfig", "triggers: []", noTrigger},
		{"apps.openshift.io/v1", "DeploymentConfig", "triggers: [{type: ImageChange}]", noTrigger},
		{"apps.openshift.io/v1", "DeploymentConfig", "triggers: [{type: ImageChange}, {type: ConfigChange}]", ""},
		{"apps.openshift.io/v1", "DeploymentConfig", "triggers:", ""},
		{"serving.knative.dev/v1", "Service", "named: true", revision},
		{"serving.knative.dev/v1", "Service", "", ""},
		{"serving.knative.dev/v1", "Configuration", "named: true", strings.Replace(revision, "Service", "Configuration", 1)},
		{"apps.kruise.io/v1alpha1", "CloneSet", "updateStrategy: {type: InPlaceIfPossible}", "warning: CloneSet user: spec.updateStrategy.type: " + inPlace},
		{"apps.kruise.io/v1alpha1", "CloneSet", "updateStrategy: {type: InPlaceOnly}", "warning: CloneSet user: spec.updateStrategy.type: " + inPlace},
		{"apps.kruise.io/v1alpha1", "CloneSet", "updateStrategy: {type: ReCreate}", ""},
		{"apps.kruise.io/v1alpha1", "CloneSet", "updateStrategy: {type: OnDelete}", "warning: CloneSet user: " + onDelete},
		{"apps.kruise.io/v1alpha1", "CloneSet", "updateStrategy: {paused: true}", "info: CloneSet user: spec.updateStrategy.paused: " + goesOn},
		{"apps.kruise.io/v1beta1", "CloneSet", "updateStrategy: {rollingUpdate: {podUpdatePolicy: InPlaceOnly}}", "warning: CloneSet user: spec.updateStrategy.rollingUpdate.podUpdatePolicy: " + inPlace},
		{"apps.kruise.io/v1beta1", "CloneSet", "updateStrategy: {rollingUpdate: {paused: true}}", "info: CloneSet user: spec.updateStrategy.rollingUpdate.paused: " + goesOn},
		{"apps.kruise.io/v1beta1", "StatefulSet", "updateStrategy: {rollingUpdate: {podUpdatePolicy: InPlaceIfPossible}}", "warning: StatefulSet user: spec.updateStrategy.rollingUpdate.podUpdatePolicy: " + inPlace},
		{"apps.kruise.io/v1beta1", "StatefulSet", "updateStrategy: {type: OnDelete}", "warning: StatefulSet user: " + onDelete},
		{"apps.kruise.io/v1beta1", "StatefulSet", "updateStrategy: {rollingUpdate: {paused: true}}", "info: StatefulSet user: spec.updateStrategy.rollingUpdate.paused: " + goesOn},
		{"apps.kruise.io/v1alpha1", "DaemonSet", "updateStrategy: {rollingUpdate: {rollingUpdateType: InPlaceIfPossible}}", "warning: DaemonSet user: spec.updateStrategy.rollingUpdate.rollingUpdateType: " + inPlace},
		{"apps.kruise.io/v1alpha1", "DaemonSet", "updateStrategy: {rollingUpdate: {rollingUpdateType: Standard}}", ""},
		{"apps.kruise.io/v1alpha1", "DaemonSet", "updateStrategy: {type: OnDelete}", "warning: DaemonSet user: " + onDelete},
		{"apps.kruise.io/v1alpha1", "DaemonSet", "updateStrategy: {rollingUpdate: {paused: true}}", "info: DaemonSet user: spec.updateStrategy.rollingUpdate.paused: " + goesOn},
		{"k8s.mariadb.com/v1alpha1", "MariaDB", "updateStrategy: {type: OnDelete}", "warning: MariaDB user: " + onDelete},
		{"k8s.mariadb.com/v1alpha1", "MariaDB", "updateStrategy: {type: Never}", "warning: MariaDB user: spec.updateStrategy.type: it has checksums, but pods are not replaced"},
		{"opentelemetry.io/v1beta1", "OpenTelemetryCollector", "mode: sidecar", "warning: OpenTelemetryCollector user: spec.mode: it has checksums, but a sidecar runs in the pods of others, which stay as they are"},
		{"opentelemetry.io/v1beta1", "OpenTelemetryCollector", "mode: daemonset", ""},
		{"ray.io/v1", "RayService", "upgradeStrategy: {type: None}", "warning: RayService user: spec.upgradeStrategy.type: it has checksums, but pods are not replaced"},
		{"ray.io/v1", "RayService", "upgradeStrategy: {type: NewCluster}", ""},
	}
	const uses = "{containers: [{name: c, envFrom: [{secretRef: {name: source}}]}]}"
	for _, test := range tests {
		t.Run(test.apiVersion+" "+test.kind+" "+test.fields, func(t *testing.T) {
			template := "  template: {spec: " + uses + "}\n"
			fields := "  " + test.fields + "\n"
			switch {
			case test.fields == "named: true":
				template, fields = "  template: {metadata: {name: shop-1}, spec: "+uses+"}\n", ""
			case test.kind == "RayService":
				template = "  rayClusterConfig: {headGroupSpec: {template: {spec: " + uses + "}}}\n"
			case test.kind == "MariaDB", test.kind == "OpenTelemetryCollector":
				template = "  envFrom: [{secretRef: {name: source}}]\n"
			}
			object := "apiVersion: " + test.apiVersion + "\nkind: " + test.kind + "\nmetadata: {name: user}\nspec:\n" + fields + template
			set := "info: " + test.kind + " user: set checksum/secret.source"
			want := []string{set}
			if test.want != "" {
				want = []string{test.want, set}
			}
			run(t, "enabled: true\nsecrets: [source]", secret("source", "k: v"), object).succeeded().told(want...)
			run(t, "enabled: true\nsecrets: [{name: other, onMissing: Skip}]", object).succeeded().told(
				"info: ChecksumAnnotator test: spec.secrets[0]: Secret other is not in the input and has no checksum: no workload is annotated with it")
		})
	}
}
