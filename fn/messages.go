package fn

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/proompteng/checksum-annotator/config"
	"github.com/proompteng/checksum-annotator/fn/manifest"
	"github.com/proompteng/checksum-annotator/fn/report"
	"github.com/proompteng/checksum-annotator/fn/usage"
	"github.com/proompteng/checksum-annotator/fn/workload"
)

// messages are what is told about a functionConfig and about items.
type messages struct {
	report.Results
	config report.Result // names the functionConfig
}

// load reads a functionConfig, and tells what is wrong with it.
func load(functionConfig any) (config.Spec, *messages) {
	told := &messages{config: naming(functionConfig)}
	spec, errs := config.Load(functionConfig)
	for _, err := range errs {
		told.at(report.Error, err.Field, "%s", problem(err))
	}
	return spec, told
}

// naming returns a result that names the functionConfig, and the file that it came from
// if the client says so.
func naming(functionConfig any) report.Result {
	object, _ := functionConfig.(map[string]any)
	metadata, _ := object["metadata"].(map[string]any)
	annotations, _ := metadata["annotations"].(map[string]any)
	apiVersion, _ := object["apiVersion"].(string)
	kind, _ := object["kind"].(string)
	name, _ := metadata["name"].(string)
	var result report.Result
	if apiVersion != "" && kind != "" && name != "" {
		result.ResourceRef = report.Ref(apiVersion, kind, "", name)
	}
	return result.In(manifest.FileOf(func(key string) string {
		value, _ := annotations[key].(string)
		return value
	}))
}

// problem returns what an error says about a field. That something is forbidden would
// sound like a matter of permissions.
func problem(err *field.Error) string {
	if err.Type == field.ErrorTypeForbidden {
		return err.Detail
	}
	return err.ErrorBody()
}

// at adds a result about a field of the functionConfig.
func (m *messages) at(severity report.Severity, path, format string, args ...any) {
	result := report.New(severity, format, args...).At(path)
	result.ResourceRef, result.File = m.config.ResourceRef, m.config.File
	m.Add(result)
}

// problems adds what is wrong with items.
func (m *messages) problems(graph *usage.Graph) {
	for _, problem := range graph.Problems {
		m.Add(failure(problem.Item, problem.Err))
	}
}

// failure returns an error about an item.
func failure(item *manifest.Item, err error) report.Result {
	message, path := err.Error(), ""
	var problem *manifest.Error
	if errors.As(err, &problem) {
		message, path = problem.Message, problem.Path
	}
	result := report.New(report.Error, "%s", message).At(path).On(item)
	if result.ResourceRef == nil && result.File == nil {
		result.Message = item.String() + ": " + result.Message
	}
	return result
}

// others tells about annotations that have the form of the function's own and are none.
func (m *messages) others(spec config.Spec, annotations []string) {
	if len(annotations) > 0 {
		m.at(report.Warning, spec.Path+".annotationPrefix", "no entry gives these annotations, and they stay: %s;"+
			" if another program sets them, use another annotationPrefix; if they are left from an earlier run, remove them",
			listed(annotations))
	}
}

// settings tells which paths of spec.podTemplates lead nowhere in every object of their
// kind: they are misspelt, or there for objects that the input does not have.
func (m *messages) settings(graph *usage.Graph) {
	led := map[workload.Setting]bool{}
	for _, w := range graph.Workloads {
		for setting, somewhere := range w.Led {
			led[setting] = led[setting] || somewhere
		}
	}
	settings := slices.SortedFunc(maps.Keys(led), func(a, b workload.Setting) int { return cmp.Compare(a.Field, b.Field) })
	for _, setting := range settings {
		if !led[setting] {
			m.at(report.Warning, setting.Field, "no %s has %s", setting.Kind, setting.What())
		}
	}
}

// listed joins what a message lists, but not more of it than can be read.
func listed(all []string) string {
	const most = 5
	if len(all) <= most {
		return strings.Join(all, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(all[:most], ", "), len(all)-most)
}
