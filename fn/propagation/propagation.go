// Package propagation knows how a change of a Secret or ConfigMap reaches the pods of a
// workload that reads it.
package propagation

import (
	"slices"

	"github.com/proompteng/checksum-annotator/config"
	"github.com/proompteng/checksum-annotator/fn/workload"
)

// A Way is how a change reaches pods.
type Way string

// The ways. All but the last three replace the pods.
const (
	ByChecksum   Way = "checksum"   // an annotation of the function changes with it
	ByName       Way = "name"       // the name of the source changes with it
	ByChart      Way = "chart"      // another annotation of the pod template changes with it
	ByController Way = "controller" // a controller in the cluster replaces the pods
	ByFile       Way = "file"       // the kubelet refreshes files; the program has to look
	ByNextPods   Way = "next pods"  // pods that start later read it; nothing replaces the others
	NotAtAll     Way = "not at all"
)

// A Reading is how the pods of a workload read a source.
type Reading struct {
	Group, Kind, Namespace string            // of the workload
	Annotations            map[string]string // of the workload
	PodAnnotations         map[string]string
	Source                 Source
	Places                 []Place
}

// A Source is a Secret or a ConfigMap.
type Source struct {
	Kind            config.Kind
	Namespace, Name string
	Annotations     map[string]string // none where it is not known
}

// A Place is where a pod template reads a source.
type Place struct {
	Path string
	Form workload.Form
}

// Files tells whether all that reads the source are files that the kubelet refreshes.
func (r Reading) Files() bool {
	return len(r.Places) > 0 && !slices.ContainsFunc(r.Places, func(p Place) bool { return p.Form != workload.File })
}
