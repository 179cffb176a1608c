package workload

import "github.com/proompteng/checksum-annotator/config"

// rollout says when a kind's controller replaces pods whose template changed.
type rollout int

const (
	onChange rollout = iota // at once
	onDemand                // when something else happens: annotated if a selector names the kind
	never                   // never, or the template cannot change
)

// A builtinKind is a kind of workload that the program knows: what the configuration
// would declare, and when pods are replaced.
type builtinKind struct {
	rollout rollout
	config.PodTemplate
}

// builtinKinds are the kinds that the program knows, each as its API or its published
// definition (CRD) has it.
var builtinKinds = []builtinKind{
	{onChange, config.PodTemplate{Group: "apps", Kind: "Deployment", Path: "spec.template"}},
	{onChange, config.PodTemplate{Group: "apps", Kind: "StatefulSet", Path: "spec.template"}},
	{onChange, config.PodTemplate{Group: "apps", Kind: "DaemonSet", Path: "spec.template"}},
	{onChange, config.PodTemplate{Group: "argoproj.io", Kind: "Rollout", Path: "spec.template"}},
	{onChange, config.PodTemplate{Group: "apps.openshift.io", Kind: "DeploymentConfig", Path: "spec.template"}},
	{onChange, config.PodTemplate{Group: "serving.knative.dev", Kind: "Service", Path: "spec.template"}},
	{onDemand, config.PodTemplate{Group: "apps", Kind: "ReplicaSet", Path: "spec.template"}},
	{onDemand, config.PodTemplate{Group: "", Kind: "ReplicationController", Path: "spec.template"}},
	{onDemand, config.PodTemplate{Group: "batch", Kind: "CronJob", Path: "spec.jobTemplate.spec.template"}},
	{never, config.PodTemplate{Group: "batch", Kind: "Job", Path: "spec.template"}},
	{never, config.PodTemplate{Group: "", Kind: "Pod", Path: ""}},
}

// builtinTables are the tables of such kinds.
var builtinTables = [][]builtinKind{builtinKinds, operatorKinds}
