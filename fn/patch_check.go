package fn

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/proompteng/checksum-annotator/fn/patch"
	"github.com/proompteng/checksum-annotator/fn/report"
	"github.com/proompteng/checksum-annotator/fn/usage"
)

// CheckPatch tells whether a file holds the patches that Patch returns now. It returns what
// the file should hold; if one of the results is an error, the file differs from it, or it
// cannot be told.
func CheckPatch(input usage.Input, functionConfig any, file []byte) (due string, results report.Results) {
	patcher, told := newPatcher(input, functionConfig)
	if told.Failed() {
		return "", told
	}
	patches, told := patcher.patches()
	if told.Failed() {
		return "", told
	}
	kept, err := patch.FileOf(file)
	if err != nil {
		return "", append(told, report.New(report.Error, "%v", err))
	}
	old, err := kept.Read(file)
	if err != nil {
		return "", append(told, report.New(report.Error, "%v", err))
	}
	due, err = kept.Write(patches)
	if err != nil {
		return "", append(told, report.New(report.Error, "%v", err))
	}
	if due == string(file) {
		if kept == patch.Transformers && !patcher.applied() {
			patcher.told.Add(report.New(report.Warning, "the patches are not applied to the input: list their file in the field transformers of the outermost kustomization"))
		}
		return due, patcher.told.Results
	}
	return due, append(told, patcher.compare(old, patches)...)
}

// compare tells what is wrong with patches that are not those that are due.
func (p *patcher) compare(old, due []patch.Patch) report.Results {
	var results report.Results
	texts := textsOf(old)
	for _, w := range p.workloads {
		text, found := texts[patch.TargetOf(w.Item)]
		for _, template := range w.due {
			switch {
			case len(template.values) == 0:
			case !found:
				results.Add(report.New(report.Error, "it has no patch, although it uses %s", sourcesOf(template.dueAnnotations)).On(w.Item))
			default:
				results = append(results, compareText(w, text, template.dueAnnotations)...)
			}
		}
	}
	current := textsOf(due)
	for _, patch := range old {
		if _, found := current[patch.Target]; !found {
			results.Add(report.New(report.Error, "the patch for %s is not due any more", patch.Target))
		}
	}
	if !results.Failed() {
		results.Add(report.New(report.Error, "the patches are not written as they would be now"))
	}
	return results
}

func compareText(w *patchedWorkload, text string, due dueAnnotations) (results report.Results) {
	for _, key := range slices.Sorted(maps.Keys(due.values)) {
		if !patch.Sets(text, key, due.values[key]) {
			results.Add(report.New(report.Error, "its patch is out of date: %s is not the checksum of %s", key, due.origins[key]).On(w.Item))
		}
	}
	return results
}

// textsOf returns the texts of the patches for each target.
func textsOf(patches []patch.Patch) map[patch.Target]string {
	texts := map[patch.Target]string{}
	for _, patch := range patches {
		texts[patch.Target] += patch.Text
	}
	return texts
}

func sourcesOf(due dueAnnotations) string {
	var names []string
	for _, key := range slices.Sorted(maps.Keys(due.origins)) {
		names = append(names, fmt.Sprint(due.origins[key]))
	}
	return strings.Join(names, ", ")
}

// applied tells whether one of the pod templates has an annotation that is due, or nothing is due.
func (p *patcher) applied() bool {
	anyDue := false
	for _, w := range p.workloads {
		for _, template := range w.due {
			present, _, _ := template.Annotations() // what is wrong with them has been told
			for key, value := range template.values {
				if present[key] == value {
					return true
				}
				anyDue = true
			}
		}
	}
	return !anyDue
}
