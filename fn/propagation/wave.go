package propagation

import (
	"slices"
	"strings"

	"github.com/proompteng/checksum-annotator/config"
	"github.com/proompteng/checksum-annotator/fn/workload"
)

// The annotations of Wave, all on the workload (github.com/wave-k8s/wave, the continuation
// of github.com/pusher/wave: README, "Quick Start" and "Advanced Features"; what counts as
// a reference is in pkg/core, getChildNamesByType).
const waveEnabled = "wave.pusher.com/update-on-config-change"

// waveExtra are those that list further sources, by NAME or NAMESPACE/NAME.
var waveExtra = map[config.Kind]string{
	config.Secret:    "wave.pusher.com/extra-secrets",
	config.ConfigMap: "wave.pusher.com/extra-configmaps",
}

// waveRestarts tells whether Wave replaces the pods.
func waveRestarts(r Reading) bool {
	if r.Annotations[waveEnabled] != "true" {
		return false
	}
	return slices.ContainsFunc(r.Places, waveSees) ||
		slices.ContainsFunc(strings.Split(r.Annotations[waveExtra[r.Source.Kind]], ","), func(extra string) bool {
			namespace, name, given := strings.Cut(extra, "/")
			if !given {
				namespace, name = r.Namespace, extra
			}
			return name == r.Source.Name && namespace == r.Source.Namespace
		})
}

// volumeForms are those of volumes that hold a Secret or a ConfigMap.
var volumeForms = []workload.Form{workload.File, workload.SubPath, workload.Init}

// waveSees tells whether Wave takes a place for a reference. It does not look at the
// variables of init containers.
func waveSees(p Place) bool {
	if p.Form == workload.Env || p.Form == workload.EnvFrom {
		return !strings.Contains(p.Path, "initContainers[")
	}
	return slices.Contains(volumeForms, p.Form)
}
