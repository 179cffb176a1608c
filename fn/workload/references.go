package workload

import (
	"slices"
	"strings"
	"sync"

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

// A referenceField is a field that holds the name of a source.
type referenceField struct {
	kind config.Kind
	// path leads to what holds the name, and name from there to the name. Without name,
	// what stands there is the name.
	path, name string
	// keys lead from the holder to the keys that are consumed, by several paths of which
	// one is there; without keys, or where there are none, it is all.
	keys           []string
	renamed, mount bool
}

// How references name keys.
var (
	allKeys   []string
	oneKey    = []string{"key"}
	listed    = []string{"items[].key"}
	eitherKey = []string{"key", "items[].key"}
)

// podSpecFields are the fields of the core/v1 PodSpec that make a pod read a
// Secret or a ConfigMap, in the notation of manifest.Value.Follow. Those that kustomize renames
// are in its name reference configuration (kustomize api, builtinpluginconsts).
// Pull secrets are not among them, because running pods do not read them.
var podSpecFields = []referenceField{
	{config.Secret, "containers[].env[].valueFrom.secretKeyRef", "name", oneKey, true, false},
	{config.Secret, "containers[].envFrom[].secretRef", "name", allKeys, true, false},
	{config.Secret, "initContainers[].env[].valueFrom.secretKeyRef", "name", oneKey, true, false},
	{config.Secret, "initContainers[].envFrom[].secretRef", "name", allKeys, true, false},
	{config.Secret, "volumes[].secret", "secretName", listed, true, false},
	{config.Secret, "volumes[].projected.sources[].secret", "name", listed, true, false},
	{config.Secret, "volumes[].azureFile", "secretName", allKeys, false, false},
	{config.Secret, "volumes[].cephfs.secretRef", "name", allKeys, false, false},
	{config.Secret, "volumes[].cinder.secretRef", "name", allKeys, false, false},
	{config.Secret, "volumes[].csi.nodePublishSecretRef", "name", allKeys, false, false},
	{config.Secret, "volumes[].csi.volumeAttributes", "secretProviderClass", allKeys, true, true},
	{config.Secret, "volumes[].flexVolume.secretRef", "name", allKeys, false, false},
	{config.Secret, "volumes[].iscsi.secretRef", "name", allKeys, false, false},
	{config.Secret, "volumes[].rbd.secretRef", "name", allKeys, false, false},
	{config.Secret, "volumes[].scaleIO.secretRef", "name", allKeys, false, false},
	{config.Secret, "volumes[].storageos.secretRef", "name", allKeys, false, false},
	{config.ConfigMap, "containers[].env[].valueFrom.configMapKeyRef", "name", oneKey, true, false},
	{config.ConfigMap, "containers[].envFrom[].configMapRef", "name", allKeys, true, false},
	{config.ConfigMap, "initContainers[].env[].valueFrom.configMapKeyRef", "name", oneKey, true, false},
	{config.ConfigMap, "initContainers[].envFrom[].configMapRef", "name", allKeys, true, false},
	{config.ConfigMap, "volumes[].configMap", "name", listed, true, false},
	{config.ConfigMap, "volumes[].projected.sources[].configMap", "name", listed, true, false},
}

// containerFields are those of the core/v1 Container.
var containerFields = []referenceField{
	{config.Secret, "env[].valueFrom.secretKeyRef", "name", oneKey, true, false},
	{config.Secret, "envFrom[].secretRef", "name", allKeys, true, false},
	{config.ConfigMap, "env[].valueFrom.configMapKeyRef", "name", oneKey, true, false},
	{config.ConfigMap, "envFrom[].configMapRef", "name", allKeys, true, false},
}

// namedFields are the forms of a value that operators have for the name of a source: the
// name alone, or a reference that holds it in one of two fields.
func namedFields(kind config.Kind) [3]referenceField {
	return [3]referenceField{
		{kind, "", "", allKeys, true, false},
		{kind, "", "name", eitherKey, true, false},
		{kind, "", "secretName", eitherKey, true, false},
	}
}

var (
	secretFields    = namedFields(config.Secret)
	configMapFields = namedFields(config.ConfigMap)
)

// Shape returns what a pod template has to look like for its references to be read.
func Shape() *manifest.Shape {
	var lists, mappings []string
	for _, reference := range podSpecFields {
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

// A Place is where a pod template makes a reference.
type Place struct {
	Reference
	field  *referenceField
	holder *manifest.Value // of the name
	// volume is the volume that the reference is in, if the whole pod spec is known; with
	// podSpec, which mounts it.
	volume, podSpec *manifest.Value
}

// templateReferences returns the references in the spec of a pod template.
func templateReferences(podSpec *manifest.Value) ([]Place, error) {
	// Once, and not before its turn in the table: the first fault is told.
	volumes := sync.OnceValues(func() ([]*manifest.Value, error) { return podSpec.Follow("volumes[]") })
	var all []Place
	for i := range podSpecFields {
		field := &podSpecFields[i]
		path, inVolume := strings.CutPrefix(field.path, "volumes[].")
		if !inVolume {
			places, err := field.places(podSpec, field.path)
			if err != nil {
				return nil, err
			}
			all = append(all, places...)
			continue
		}
		volumes, err := volumes()
		if err != nil {
			return nil, err
		}
		for _, volume := range volumes {
			places, err := field.places(volume, path)
			if err != nil {
				return nil, err
			}
			for _, place := range places {
				place.volume, place.podSpec = volume, podSpec
				all = append(all, place)
			}
		}
	}
	return all, nil
}

// podSpecReferences returns the references in an object that has fields of a pod spec. Its
// volumes may be mounted from elsewhere.
func podSpecReferences(object *manifest.Value) ([]Place, error) {
	return placesIn(object, podSpecFields)
}

// containerReferences returns the references in an object that has fields of a container.
func containerReferences(object *manifest.Value) ([]Place, error) {
	return placesIn(object, containerFields)
}

func placesIn(object *manifest.Value, fields []referenceField) ([]Place, error) {
	var all []Place
	for i := range fields {
		places, err := fields[i].places(object, fields[i].path)
		if err != nil {
			return nil, err
		}
		all = append(all, places...)
	}
	return all, nil
}

func namedSecrets(value *manifest.Value) ([]Place, error) {
	return named(value, &secretFields)
}

func namedConfigMaps(value *manifest.Value) ([]Place, error) {
	return named(value, &configMapFields)
}

// named returns the reference that a value is, in one of several forms.
func named(value *manifest.Value, forms *[3]referenceField) ([]Place, error) {
	if !value.IsMapping() {
		return forms[0].places(value, "")
	}
	for i := range forms[1:] {
		if places, err := forms[1+i].places(value, ""); len(places) > 0 || err != nil {
			return places, err
		}
	}
	return nil, nil
}

// places returns the places at which the field stands and holds a name, where path leads
// from value to what holds it.
func (f *referenceField) places(value *manifest.Value, path string) ([]Place, error) {
	holders, err := value.Follow(path)
	if err != nil {
		return nil, err
	}
	var places []Place
	for _, holder := range holders {
		name, err := f.nameIn(holder)
		if err != nil {
			return nil, err
		}
		if name != "" {
			places = append(places, Place{Reference: Reference{f.kind, name, f.renamed, f.mount}, field: f, holder: holder})
		}
	}
	return places, nil
}

func (f *referenceField) nameIn(holder *manifest.Value) (string, error) {
	if f.name == "" {
		return holder.Text()
	}
	return holder.TextAt(f.name)
}

// Keys returns the keys that are consumed at the place.
func (p Place) Keys() (Keys, error) {
	for _, path := range p.field.keys {
		found, err := p.holder.Follow(path)
		if err != nil {
			return Keys{All: true}, err
		}
		if len(found) > 0 {
			return textsOf(found)
		}
	}
	if p.volume == nil || len(p.field.keys) == 0 {
		return Keys{All: true}, nil
	}
	return mountedKeys(p.podSpec, p.volume)
}

// textsOf returns the keys that values are.
func textsOf(values []*manifest.Value) (Keys, error) {
	var keys Keys
	for _, value := range values {
		key, err := value.Text()
		if err != nil {
			return Keys{All: true}, err
		}
		keys = keys.With(Keys{Named: []string{key}})
	}
	return keys, nil
}
