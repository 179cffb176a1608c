package fn

import (
	"github.com/proompteng/checksum-annotator/config"
	"github.com/proompteng/checksum-annotator/fn/manifest"
	"github.com/proompteng/checksum-annotator/fn/report"
)

// isGenerator tells whether kustomize has called the function as a generator: with nothing
// in the input but a copy of the functionConfig. (As a validator, it calls it with the
// same input as a transformer.)
func isGenerator(list *manifest.List, functionConfig any) bool {
	ref := naming(functionConfig).ResourceRef
	if ref == nil || list.Len() != 1 {
		return false
	}
	items, _ := list.Items([]string{ref.Kind})
	return len(items) == 1 && items[0].IsLocalConfig() && items[0].File.Path == "" && refersTo(ref, items[0])
}

// tellUncalled warns of a functionConfig among objects that are rendered. kustomize leaves
// it there where it has not called the function.
func (m *messages) tellUncalled(lists manifest.Lists) {
	items, _ := lists.Items([]string{config.KindName})
	for _, item := range items {
		if item.Kind == config.KindName && item.APIVersion == config.APIVersion && item.File.Path == "" && !item.IsLocalConfig() {
			m.Add(report.New(report.Warning, "it is among the objects that are rendered, as if it were one:"+
				" kustomize calls the function where its configuration is listed under transformers:, and not under resources:").On(item))
		}
	}
}

func refersTo(ref *report.ResourceRef, item *manifest.Item) bool {
	return *ref == *report.Ref(item.APIVersion, item.Kind, item.Namespace, item.Name)
}
