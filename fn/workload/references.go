package workload

import (
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
}

// A field of a pod spec that holds the name of a Secret or ConfigMap.
type referenceField struct {
	kind    config.Kind
	path    string
	renamed bool
}

// referenceFields are the fields of the core/v1 PodSpec that make a pod read a
// Secret or a ConfigMap, in the notation of follow. Those that kustomize renames
// are in its name reference configuration (kustomize api, builtinpluginconsts).
// Pull secrets are not among them, because running pods do not read them.
var referenceFields = []referenceField{
	{config.Secret, "containers[].env[].valueFrom.secretKeyRef.name", true},
	{config.Secret, "containers[].envFrom[].secretRef.name", true},
	{config.Secret, "initContainers[].env[].valueFrom.secretKeyRef.name", true},
	{config.Secret, "initContainers[].envFrom[].secretRef.name", true},
	{config.Secret, "volumes[].secret.secretName", true},
	{config.Secret, "volumes[].projected.sources[].secret.name", true},
	{config.Secret, "volumes[].azureFile.secretName", false},
	{config.Secret, "volumes[].cephfs.secretRef.name", false},
	{config.Secret, "volumes[].cinder.secretRef.name", false},
	{config.Secret, "volumes[].csi.nodePublishSecretRef.name", false},
	{config.Secret, "volumes[].flexVolume.secretRef.name", false},
	{config.Secret, "volumes[].iscsi.secretRef.name", false},
	{config.Secret, "volumes[].rbd.secretRef.name", false},
	{config.Secret, "volumes[].scaleIO.secretRef.name", false},
	{config.Secret, "volumes[].storageos.secretRef.name", false},
	{config.ConfigMap, "containers[].env[].valueFrom.configMapKeyRef.name", true},
	{config.ConfigMap, "containers[].envFrom[].configMapRef.name", true},
	{config.ConfigMap, "initContainers[].env[].valueFrom.configMapKeyRef.name", true},
	{config.ConfigMap, "initContainers[].envFrom[].configMapRef.name", true},
	{config.ConfigMap, "volumes[].configMap.name", true},
	{config.ConfigMap, "volumes[].projected.sources[].configMap.name", true},
}

// Shape returns what a pod template has to look like for its references to be read.
func Shape() *manifest.Shape {
	var lists, mappings []string
	for _, reference := range referenceFields {
		fields := strings.Split(reference.path, ".")
		for _, field := range fields[:len(fields)-1] {
			if list, isList := strings.CutSuffix(field, "[]"); isList {
				lists = append(lists, list)
			} else {
				mappings = append(mappings, field)
			}
		}
	}
	return manifest.NewShape(lists, append(mappings, "spec", "template", "jobTemplate"))
}

// References returns the references that a pod template makes, each once, in the
// order of the table of fields.
func References(template *manifest.Value) ([]Reference, error) {
	spec, err := template.At("spec")
	if err != nil {
		return nil, err
	}
	var references []Reference
	seen := map[Reference]bool{}
	for _, field := range referenceFields {
		names, err := follow(spec, field.path)
		if err != nil {
			return nil, err
		}
		for _, value := range names {
			name, err := value.Text()
			if err != nil {
				return nil, err
			}
			reference := Reference{field.kind, name, field.renamed}
			if name != "" && !seen[reference] {
				seen[reference] = true
				references = append(references, reference)
			}
		}
	}
	return references, nil
}
