package manifest

import (
	"slices"
	"strings"
)

// The annotations that kustomize keeps on objects while it builds, until it has
// fixed the references to their names (kustomize api, internal/utils).
const (
	previousNamesAnnotation      = "internal.config.kubernetes.io/previousNames"
	previousNamespacesAnnotation = "internal.config.kubernetes.io/previousNamespaces"
	prefixesAnnotation           = "internal.config.kubernetes.io/prefixes"
	suffixesAnnotation           = "internal.config.kubernetes.io/suffixes"
	needsHashSuffixAnnotation    = "internal.config.kubernetes.io/needsHashSuffix"
	localConfigAnnotation        = "config.kubernetes.io/local-config"
)

// buildAnnotation is on every object that kustomize gives to a function (kustomize api,
// internal/plugins/utils), and on none that it prints.
const buildAnnotation = "kustomize.config.k8s.io/id"

// InKustomizeBuild tells whether the object comes from a build of kustomize, which will
// go on with it.
func (i *Item) InKustomizeBuild() bool {
	_, found := i.annotation(buildAnnotation)
	return found
}

// AfterFunction tells whether another function of the same kustomize build has had the
// object before: kustomize itself knows no files of objects, but functions get them.
func (i *Item) AfterFunction() bool {
	return i.InKustomizeBuild() && i.File.Path != ""
}

// IsWrittenBack tells whether the client writes the object back into the file that it was
// read from, so that what is in it can be the function's own work.
func (i *Item) IsWrittenBack() bool {
	return i.kept && !i.InKustomizeBuild()
}

// What kustomize reads is an object of this version, in a file of one of these names.
const (
	kustomizationGroup   = "kustomize.config.k8s.io"
	kustomizationVersion = kustomizationGroup + "/v1beta1"
)

var kustomizationFiles = []string{"kustomization.yaml", "kustomization.yml", "Kustomization"}

// PreviousNames returns the names that the object had, oldest first.
func (i *Item) PreviousNames() []string {
	return i.annotationList(previousNamesAnnotation)
}

// PreviousNamespaces returns the namespaces that the object had with its
// previous names; one that was not set is called "default".
func (i *Item) PreviousNamespaces() []string {
	return i.annotationList(previousNamespacesAnnotation)
}

// NamePrefixes returns the prefixes that the name was given, innermost first.
func (i *Item) NamePrefixes() []string {
	return i.annotationList(prefixesAnnotation)
}

// NameSuffixes returns the suffixes that the name was given, innermost first.
func (i *Item) NameSuffixes() []string {
	return i.annotationList(suffixesAnnotation)
}

// AwaitsHashSuffix tells whether kustomize is going to append a hash to the
// name, and so to fix the references to it.
func (i *Item) AwaitsHashSuffix() bool {
	value, _ := i.annotation(needsHashSuffixAnnotation)
	return value == "enabled"
}

// IsLocalConfig tells whether the object is for the clients only, and never
// reaches a cluster.
func (i *Item) IsLocalConfig() bool {
	value, found := i.annotation(localConfigAnnotation)
	return found && value != "false"
}

// HadName tells whether the object is known to kustomize by a name that it is
// going to replace in references.
func (i *Item) HadName(name string) bool {
	return slices.Contains(i.PreviousNames(), name) || (i.AwaitsHashSuffix() && i.Name == name)
}

func (i *Item) annotationList(key string) []string {
	value, _ := i.annotation(key)
	if value == "" {
		return nil
	}
	return strings.Split(value, ",")
}
