// Package config is the functionConfig API: its types, their defaults, how they
// are loaded and validated, and their JSON Schema.
//
// It is the vocabulary of the program, and knows nothing of what is done with a
// configuration. A new field is added in four places that tests keep together:
// the types here, schema.json, the cases in testdata, and the README.
package config

import "k8s.io/apimachinery/pkg/labels"

// The identity of the functionConfig.
const (
	APIVersion = "checksum.proompteng.ai/v1alpha1"
	KindName   = "ChecksumAnnotator"
)

// Kind is the Kubernetes kind of a source of configuration data, in API group
// "" and version v1.
type Kind string

// The kinds that pods take configuration data from.
const (
	Secret    Kind = "Secret"
	ConfigMap Kind = "ConfigMap"
)

// Spec is what a ChecksumAnnotator says, with every default filled in.
type Spec struct {
	// Enabled switches the function on. When it is false, the annotations that
	// the function owns are removed.
	Enabled bool `json:"enabled"`
	// Secrets and ConfigMaps are the allowlist.
	Secrets    []Source `json:"secrets"`
	ConfigMaps []Source `json:"configMaps"`
	// Workloads select the workloads to annotate; an object that matches one of
	// them is selected. Empty selects every workload.
	Workloads []Selector `json:"workloads"`
	// Scope says which sources a selected workload is annotated with.
	Scope Scope `json:"scope"`
	// KeyScope says which keys of a source count.
	KeyScope KeyScope `json:"keyScope"`
	// OnMissing says what to do with a source that is not in the input.
	OnMissing OnMissing `json:"onMissing"`
	// AnnotationPrefix is the part of the annotation keys before the slash.
	AnnotationPrefix string `json:"annotationPrefix"`
	// Salt is the key of the HMAC-SHA256 that checksums are if it is not empty.
	Salt string `json:"salt"`
	// SaltEnv is the environment variable that Load takes Salt from, if it is not empty.
	SaltEnv string `json:"saltEnv"`
	// PodTemplates are further kinds of workloads.
	PodTemplates []PodTemplate `json:"podTemplates"`
	// Producers are further kinds that stand for a Secret or a ConfigMap.
	Producers []Producer `json:"producers"`

	// Path is the field path of the spec, for messages: "spec" or "data".
	Path string `json:"-"`
}

// Source is an entry of the allowlist: a Secret or a ConfigMap that counts, or all
// those with certain labels.
type Source struct {
	// Name is the name in any of the forms that it has had under kustomize.
	Name string `json:"name"`
	// LabelSelector stands in the place of a name: the entry means each object whose
	// labels match it and that no entry names.
	LabelSelector string `json:"labelSelector"`
	// Namespace restricts the entry to one namespace; empty is any.
	Namespace string `json:"namespace"`
	// Keys are the only keys that count; empty is all.
	Keys []string `json:"keys"`
	// Checksum, 64 hexadecimal digits, takes the place of a digest.
	Checksum string `json:"checksum"`
	// OnMissing is Spec.OnMissing for this entry.
	OnMissing OnMissing `json:"onMissing"`
	// AllowEmpty says that it is known and meant that the object gets its data in the
	// cluster, and that changes of them are not seen.
	AllowEmpty bool `json:"allowEmpty"`
	// Workloads select those of the selected workloads that the entry is for; empty is
	// all of them.
	Workloads []Selector `json:"workloads"`
	// Scope is Spec.Scope for this entry.
	Scope Scope `json:"scope"`

	// Kind follows from the list that the entry stands in.
	Kind Kind `json:"-"`
	// Path is the field path of the entry, for messages: "spec.secrets[2]".
	Path string `json:"-"`

	labels labels.Selector
}

// Selects tells whether s, which came from Load, has a label selector and matches the
// given labels.
func (s Source) Selects(of map[string]string) bool {
	return s.labels != nil && s.labels.Matches(labels.Set(of))
}

// LabelKeys returns keys of labels; what s selects has at least one of them. There are
// none where s has no label selector.
func (s Source) LabelKeys() []string {
	if s.labels == nil {
		return nil
	}
	requirements, _ := s.labels.Requirements()
	for _, requirement := range requirements {
		if demands(requirement) {
			return []string{requirement.Key()}
		}
	}
	return nil
}

// Sources returns the entries of both allowlists.
func (s Spec) Sources() []Source {
	return append(append([]Source(nil), s.Secrets...), s.ConfigMaps...)
}

// PodTemplate is a further kind of workload: where its objects hold pod templates, or else
// the annotations of pods and what these pods read.
//
// A field path has fields separated by dots, with [] behind a field that holds a list, and
// * in the place of a field for each value of a mapping: "spec.workerGroups[].template".
// Where the path of the annotations, or of the pod templates, leads to several places, a
// path that begins like it leads to what belongs to each of them.
type PodTemplate struct {
	// Group is the API group; empty is the core group.
	Group string `json:"group"`
	Kind  string `json:"kind"`
	// Path is the path of pod templates, which are what PodTemplateSpec (core/v1) is.
	Path string `json:"path"`
	// Annotations stands in the place of Path: the path of the annotations that pods get.
	Annotations string `json:"annotations"`
	// PodSpecs are the paths of further objects with fields of a PodSpec (containers,
	// initContainers, volumes), Containers those of objects with fields of a Container
	// (env, envFrom).
	PodSpecs   []string `json:"podSpecs"`
	Containers []string `json:"containers"`
	// Secrets and ConfigMaps are the paths of further names of what the pods read, or of
	// references: mappings with a name (or secretName) and perhaps a key (or items).
	Secrets    []string `json:"secrets"`
	ConfigMaps []string `json:"configMaps"`
}

// Producer is a kind of object that a controller makes a Secret or a ConfigMap of.
//
// A field path is that of a PodTemplate, without *. A part of Content can end in {} where the field
// holds something for each key of the product, and in [field] where it holds a list of
// such things, whose key is in a field of theirs. What makes keys of other keys, as
// templates do, must not: such a field counts for every key.
type Producer struct {
	// Group is the API group; empty is the core group.
	Group string `json:"group"`
	Kind  string `json:"kind"`
	// Produces is what the controller makes; the default is a Secret.
	Produces Kind `json:"produces"`
	// Name is the path of the product's name; where nothing stands there, it is the
	// object's own. If it leads through a list, each element makes a product. A name that
	// is made of others is a template, with paths in braces: "{metadata.name}-app". Where
	// something that it needs is not there, there is no product.
	Name string `json:"name"`
	// Namespace is the path of the product's namespace, likewise.
	Namespace string `json:"namespace"`
	// Content are the paths of what decides the data of the product. Those that lead
	// through the list of Name lead to the element of the product.
	Content []string `json:"content"`
}

// Scope says which sources a selected workload is annotated with.
type Scope string

// The scopes.
const (
	Referenced Scope = "Referenced" // those that its pod template references
	All        Scope = "All"        // every one
)

// KeyScope says which keys of a source count.
type KeyScope string

// The key scopes.
const (
	AllKeys  KeyScope = "All"
	UsedKeys KeyScope = "Used"
)

// OnMissing says what to do with a source that is neither in the input nor
// given a checksum.
type OnMissing string

// The ways to deal with a missing source.
const (
	HashName OnMissing = "HashName" // annotate with the digest of its name, and warn
	Fail     OnMissing = "Fail"     // fail
	Skip     OnMissing = "Skip"     // do not annotate
)

// DefaultAnnotationPrefix is the prefix of annotation keys where none is given.
const DefaultAnnotationPrefix = "checksum"
