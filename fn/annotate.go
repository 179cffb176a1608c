package fn

import (
	"errors"

	"github.com/proompteng/checksum-annotator/fn/internal/parallel"
	"github.com/proompteng/checksum-annotator/fn/manifest"
	"github.com/proompteng/checksum-annotator/fn/report"
	"github.com/proompteng/checksum-annotator/fn/usage"
	"github.com/proompteng/checksum-annotator/fn/workload"
)

// Annotate runs the function on a ResourceList (KRM Functions Specification v1)
// and returns the ResourceList to pass on, and the results that it adds to it.
//
// If one of the results is an error, no item has changed. Of input that cannot be read at
// all there is no output: what reads it may take it for what the function made.
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

// AnnotateLists runs the function on the objects of several inputs, as AnnotateStream does
// on those of one, and returns an output for each. If one of the results is an error,
// there are none.
func AnnotateLists(lists manifest.Lists, functionConfig any) ([]*manifest.Output, report.Results) {
	edits, results := decide(lists, functionConfig)
	if results.Failed() {
		return nil, results
	}
	outputs, err := lists.Write(edits)
	if err != nil {
		return nil, append(results, report.New(report.Error, "%v", err))
	}
	return outputs, results
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
	outputs, results := AnnotateLists(manifest.Lists{list}, functionConfig)
	if results.Failed() {
		return manifest.Unchanged(input), results
	}
	return outputs[0], results
}

func annotate(input []byte, list *manifest.List, err error) (*manifest.Output, report.Results) {
	if err != nil {
		return manifest.Unchanged(nil), report.Results{unreadable(err)}
	}
	functionConfig, err := list.FunctionConfig()
	if err != nil {
		return write(input, list, nil, report.Results{report.New(report.Error, "%v", err)})
	}
	if isGenerator(list, functionConfig) {
		told := &messages{config: naming(functionConfig)}
		told.at(report.Error, "", "the input holds no objects but this configuration, as for a generator: list it under transformers:, not under generators:")
		return write(input, list, nil, told.Results)
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
func decide(input usage.Input, functionConfig any) ([]manifest.Edit, report.Results) {
	// Read who reads what.
	spec, told := load(functionConfig)
	graph := usage.Build(input, spec, usage.Options{Words: []string{spec.AnnotationPrefix}})
	told.problems(graph)
	if told.Failed() {
		return nil, told.Results
	}
	told.sources(spec, graph)

	// Decide about each workload.
	decide := func(w *usage.Workload) decision { return decideWorkload(spec, w) }
	var edits []manifest.Edit
	var changed report.Results // what the edits will have done
	var others []string
	for _, decision := range parallel.Map(graph.Workloads, decide) {
		edits = append(edits, decision.edits...)
		told.Results = append(told.Results, decision.results...)
		changed = append(changed, decision.changed...)
		others = append(others, decision.others...)
	}
	if told.Failed() {
		return nil, told.Results
	}
	told.settings(graph)
	told.others(spec, others)
	told.unused(graph)
	return edits, append(told.Results, changed...)
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
