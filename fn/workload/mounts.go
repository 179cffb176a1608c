package workload

import (
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/proompteng/checksum-annotator/fn/manifest"
)

const containerMounts = "containers[].volumeMounts[]"

// mountsPaths are the fields of a pod spec whose elements mount volumes.
var mountsPaths = []string{containerMounts, "initContainers[].volumeMounts[]"}

// mountedKeys returns the keys of a source that a pod consumes by a volume that has a file
// for each: those that mounts name in subPath, and all where one mounts the whole volume.
// Of a volume that nothing mounts, all count as well, since something may be injected that
// does.
func mountedKeys(podSpec, volume *manifest.Value) (Keys, error) {
	name, err := volume.TextAt("name")
	if err != nil {
		return Keys{All: true}, err
	}
	var keys Keys
	for _, path := range mountsPaths {
		mounts, err := podSpec.Follow(path)
		if err != nil {
			return Keys{All: true}, err
		}
		for _, mount := range mounts {
			mounted, err := mount.TextAt("name")
			if err != nil {
				return Keys{All: true}, err
			}
			if mounted != name {
				continue
			}
			key, err := mount.TextAt("subPath")
			if err != nil || len(validation.IsConfigMapKey(key)) > 0 { // empty, or a path that may mean more
				return Keys{All: true}, err
			}
			keys = keys.With(Keys{Named: []string{key}})
		}
	}
	if len(keys.Named) == 0 {
		keys.All = true
	}
	return keys, nil
}
