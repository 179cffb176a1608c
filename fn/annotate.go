// Package fn is the function: it reads a ResourceList, and annotates the pod
// templates of workloads with checksums of the Secrets and ConfigMaps that they
// use, as the functionConfig says.
//
// The packages below it each do one part of this: manifest reads and writes,
// source finds what checksums are taken of, digest takes them, workload finds pod
// templates and their references, annotation decides what to change, and report
// tells about it. config, beside it, is the functionConfig.
package fn

import (
	"errors"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/proompteng/checksum-annotator/config"
	"github.com/proompteng/checksum-annotator/fn/annotation"
	"github.com/proompteng/checksum-annotator/fn/internal/parallel"
	"github.com/proompteng/checksum-annotator/fn/manifest"
	"github.com/proompteng/checksum-annotator/fn/report"
	"github.com/proompteng/checksum-annotator/fn/source"
	"github.com/proompteng/checksum-annotator/fn/workload"
)

// Annotate runs the function on a ResourceList (KRM Functions Specification v1)
// and returns the ResourceList to pass on, and the results that it adds to it.
//
// If one of the results is an error, no item has changed. Input that cannot be
// read at all is returned as it is.
func Annotate(input []byte) (*manifest.Output, report.Results) {
	list, err := manifest.ReadResourceList(input, workload.Shape())
	return annotate(input, list, err)
}

// AnnotateStream runs the function on a stream of objects, with a functionConfig
// that is given as a generic value (manifest.ReadConfig). It does as Annotate does,
// but that a stream has no place for results.
func AnnotateStream(input []byte, functionConfig any) (*manifest.Output, report.Results) {
	list, err := asStream(manifest.ReadStream(input, workload.Shape()))
	return annotateStream(input, functionConfig, list, err)
}

// asStream returns what was read, if it is a stream of objects.
func asStream(list *manifest.List, err error) (*manifest.List, error) {
	if err == nil {
		err = list.CheckStream()
	}
	return list, err
}

func annotateStream(input []byte, functionConfig any, list *manifest.List, err error) (*manifest.Output, report.Results) {
	if err != nil {
		return manifest.Unchanged(input), report.Results{unreadable(err)}
	}
	edits, results := decide(list, functionConfig)
	return write(input, list, edits, results)
}

func annotate(input []byte, list *manifest.List, err error) (*manifest.Output, report.Results) {
	if err != nil {
		return manifest.Unchanged(input), report.Results{unreadable(err)}
	}
	functionConfig, err := list.FunctionConfig()
	if err != nil {
		return write(input, list, nil, report.Results{report.New(report.Error, "%v", err)})
	}
	edits, results := decide(list, functionConfig)
	return write(input, list, edits, results)
}

func write(input []byte, list *manifest.List, edits []manifest.Edit, results report.Results) (*manifest.Output, report.Results) {
	output, err := list.Write(edits, values(results))
	if err != nil {
		return manifest.Unchanged(input), append(results, report.New(report.Error, "%v", err))
	}
	return output, results
}

// decide returns everything that is to be done, and does nothing. If there is an
// error, nothing is to be done.
func decide(list *manifest.List, functionConfig any) ([]manifest.Edit, report.Results) {
	plan := plan{}
	configured := plan.load(functionConfig)
	items, problems := plan.gather(list)
	for _, problem := range problems {
		plan.fail(problem.Item, problem)
	}
	if !configured || len(problems) > 0 || !plan.findSources(items) {
		return nil, plan.results
	}
	for _, seen := range parallel.Map(items, plan.look) {
		plan.visit(seen)
	}
	if plan.results.Failed() {
		return nil, plan.results
	}
	plan.reportUnused()
	return plan.edits, append(plan.results, plan.changed...)
}

// load reads the functionConfig, and reports what is wrong with it.
func (p *plan) load(functionConfig any) bool {
	p.config = about(functionConfig)
	spec, errs := config.Load(functionConfig)
	for _, err := range errs {
		p.tell(report.Error, err.Field, "%s", problem(err))
	}
	p.spec = spec
	p.prefix = annotation.Prefix(spec.AnnotationPrefix)
	p.workloads = workload.NewFinder(spec.PodTemplates, spec.Workloads)
	var allowlist []config.Source
	if spec.Enabled {
		allowlist = spec.Sources()
	}
	p.finder = source.NewFinder(allowlist, spec)
	return len(errs) == 0
}

// problem returns what an error says about a field. That something is forbidden would
// sound like a matter of permissions.
func problem(err *field.Error) string {
	if err.Type == field.ErrorTypeForbidden {
		return err.Detail
	}
	return err.ErrorBody()
}

// about returns a result that names the functionConfig, and the file that it came from
// if the client says so.
func about(functionConfig any) report.Result {
	object, _ := functionConfig.(map[string]any)
	metadata, _ := object["metadata"].(map[string]any)
	annotations, _ := metadata["annotations"].(map[string]any)
	apiVersion, _ := object["apiVersion"].(string)
	kind, _ := object["kind"].(string)
	name, _ := metadata["name"].(string)
	var result report.Result
	if apiVersion != "" && kind != "" && name != "" {
		result.ResourceRef = &report.ResourceRef{APIVersion: apiVersion, Kind: kind, Name: name}
	}
	return result.In(manifest.FileOf(func(key string) string {
		value, _ := annotations[key].(string)
		return value
	}))
}

func unreadable(err error) report.Result {
	if errors.Is(err, manifest.ErrNoResourceList) {
		return report.New(report.Error, "%v; this is a KRM function: call it from kustomize (transformers:)"+
			" or kpt (kpt fn eval DIR --exec checksum-annotator -- enabled=true secrets=NAME),"+
			" or give it plain manifests with checksum-annotator annotate -c FILE", err)
	}
	return report.New(report.Error, "%v", err)
}

func values(results report.Results) []any {
	list := make([]any, len(results))
	for i, result := range results {
		list[i] = result
	}
	return list
}
