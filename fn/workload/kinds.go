package workload

// rollout says when a kind's controller replaces pods whose template changed.
type rollout int

const (
	onChange rollout = iota // at once
	onDemand                // when something else happens: annotated if a selector names the kind
	never                   // never, or the template cannot change
)

// A kind of workload, and the path of its pod template.
type kind struct {
	group, name, path string
	rollout           rollout
	declared          bool // by the configuration
}

var builtinKinds = []kind{
	{"apps", "Deployment", "spec.template", onChange, false},
	{"apps", "StatefulSet", "spec.template", onChange, false},
	{"apps", "DaemonSet", "spec.template", onChange, false},
	{"argoproj.io", "Rollout", "spec.template", onChange, false},
	{"apps.openshift.io", "DeploymentConfig", "spec.template", onChange, false},
	{"serving.knative.dev", "Service", "spec.template", onChange, false},
	{"apps", "ReplicaSet", "spec.template", onDemand, false},
	{"", "ReplicationController", "spec.template", onDemand, false},
	{"batch", "CronJob", "spec.jobTemplate.spec.template", onDemand, false},
	{"batch", "Job", "spec.template", never, false},
	{"", "Pod", "", never, false},
}
