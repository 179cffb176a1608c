package propagation

import "slices"

// A controller replaces pods when what they read changes in the cluster.
type controller struct {
	name  string
	kinds []groupKind // of workloads that it looks at
	// restarts tells whether annotations ask it to for a change of a source.
	restarts func(Reading) bool
}

type groupKind struct{ group, kind string }

var controllers = []controller{
	{
		name: "Reloader",
		kinds: []groupKind{
			{"apps", "Deployment"}, {"apps", "StatefulSet"}, {"apps", "DaemonSet"},
			{"argoproj.io", "Rollout"}, {"apps.openshift.io", "DeploymentConfig"},
			{"batch", "CronJob"}, {"batch", "Job"},
		},
		restarts: reloaderRestarts,
	},
	{
		name:     "Wave",
		kinds:    []groupKind{{"apps", "Deployment"}, {"apps", "StatefulSet"}, {"apps", "DaemonSet"}},
		restarts: waveRestarts,
	},
}

// Controller returns the name of the controller that annotations ask to replace the pods
// when the source changes, or nothing.
func (r Reading) Controller() string {
	for _, c := range controllers {
		if slices.Contains(c.kinds, groupKind{r.Group, r.Kind}) && c.restarts(r) {
			return c.name
		}
	}
	return ""
}
