package workload

import (
	"slices"
	"strings"

	"github.com/proompteng/checksum-annotator/config"
	"github.com/proompteng/checksum-annotator/fn/manifest"
)

// A Reference is the use of a Secret or ConfigMap by a pod template.
type Reference struct {
	Kind config.Kind
	Name string // as the pod template writes it
	// Renamed tells whether kustomize replaces the name when the object that it
	// means is renamed. It leaves all but the common references as they are.
	Renamed bool
	// Mount tells that the name is that of a SecretProviderClass, which a CSI driver
	// makes files of.
	Mount bool
}

// Keys are the keys of a source that a pod template consumes.
type Keys struct {
	All   bool
	Named []string // sorted, each once; there are none if All is set
}

// With returns the keys of both.
func (k Keys) With(other Keys) Keys {
	if k.All || other.All {
		return Keys{All: true}
	}
	named := slices.Concat(k.Named, other.Named)
	slices.Sort(named)
	return Keys{Named: slices.Compact(named)}
}

// A referenceField is a field of a pod spec that holds the name of a source.
type referenceField struct {
	kind config.Kind
	// path leads to what holds the name, and name and keys from there to the name and
	// to the keys that are consumed; without keys, or where there are none, it is all.
	path, name, keys string
	renamed, mount   bool
}

// referenceFields are the fields of the core/v1 PodSpec that make a pod read a
// Secret or a ConfigMap, in the notation of manifest.Value.Follow. Those that kustomize renames
// are in its name reference configuration (kustomize api, builtinpluginconsts).
// Pull secrets are not among them, because running pods do not read them.
var referenceFields = []referenceField{
	{config.Secret, "containers[].env[].valueFrom.secretKeyRef", "name", "key", true, false},
	{config.Secret, "containers[].envFrom[].secretRef", "name", "", true, false},
	{config.Secret, "initContainers[].env[].valueFrom.secretKeyRef", "name", "key", true, false},
	{config.Secret, "initContainers[].envFrom[].secretRef", "name", "", true, false},
	{config.Secret, "volumes[].secret", "secretName", "items[].key", true, false},
	{config.Secret, "volumes[].projected.sources[].secret", "name", "items[].key", true, false},
	{config.Secret, "volumes[].azureFile", "secretName", "", false, false},
	{config.Secret, "volumes[].cephfs.secretRef", "name", "", false, false},
	{config.Secret, "volumes[].cinder.secretRef", "name", "", false, false},
	{config.Secret, "volumes[].csi.nodePublishSecretRef", "name", "", false, false},
	{config.Secret, "volumes[].csi.volumeAttributes", "secretProviderClass", "", true, true},
	{config.Secret, "volumes[].flexVolume.secretRef", "name", "", false, false},
	{config.Secret, "volumes[].iscsi.secretRef", "name", "", false, false},
	{config.Secret, "volumes[].rbd.secretRef", "name", "", false, false},
	{config.Secret, "volumes[].scaleIO.secretRef", "name", "", false, false},
	{config.Secret, "volumes[].storageos.secretRef", "name", "", false, false},
	{config.ConfigMap, "containers[].env[].valueFrom.configMapKeyRef", "name", "key", true, false},
	{config.ConfigMap, "containers[].envFrom[].configMapRef", "name", "", true, false},
	{config.ConfigMap, "initContainers[].env[].valueFrom.configMapKeyRef", "name", "key", true, false},
	{config.ConfigMap, "initContainers[].envFrom[].configMapRef", "name", "", true, false},
	{config.ConfigMap, "volumes[].configMap", "name", "items[].key", true, false},
	{config.ConfigMap, "volumes[].projected.sources[].configMap", "name", "items[].key", true, false},
}

// Shape returns what a pod template has to look like for its references to be read.
func Shape() *manifest.Shape {
	var lists, mappings []string
	for _, reference := range referenceFields {
		for _, field := range strings.Split(reference.path, ".") {
			if list, isList := strings.CutSuffix(field, "[]"); isList {
				lists = append(lists, list)
			} else {
				mappings = append(mappings, field)
			}
		}
	}
	return manifest.NewShape(lists, append(mappings, "spec", "template", "jobTemplate"))
}

// places returns the places at which the field stands in a pod spec and holds a name.
func (f *referenceField) places(podSpec *manifest.Value) ([]Place, error) {
	holders, err := podSpec.Follow(f.path)
	if err != nil {
		return nil, err
	}
	var places []Place
	for _, holder := range holders {
		name, err := holder.TextAt(f.name)
		if err != nil {
			return nil, err
		}
		if name != "" {
			places = append(places, Place{Reference{f.kind, name, f.renamed, f.mount}, f, holder})
		}
	}
	return places, nil
}

// A Place is where a pod template makes a reference.
type Place struct {
	Reference
	field  *referenceField
	holder *manifest.Value // of the name
}

// Keys returns the keys that are consumed at the place.
func (p Place) Keys() (Keys, error) {
	if p.field.keys == "" {
		return Keys{All: true}, nil
	}
	found, err := p.holder.Follow(p.field.keys)
	if err != nil || len(found) == 0 {
		return Keys{All: true}, err
	}
	var keys Keys
	for _, value := range found {
		key, err := value.Text()
		if err != nil {
			return Keys{}, err
		}
		keys = keys.With(Keys{Named: []string{key}})
	}
	return keys, nil
}
