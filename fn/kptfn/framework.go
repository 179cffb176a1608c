package kptfn

import (
	"fmt"

	"sigs.k8s.io/kustomize/kyaml/fn/framework"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/proompteng/checksum-annotator/fn"
	"github.com/proompteng/checksum-annotator/fn/report"
)

// ProcessNodes runs the function on a ResourceList of kyaml's framework: it annotates
// the items in place and adds to the results. When some of those are errors it returns
// these, as framework.Results, and has changed no item. It is a
// framework.ResourceListProcessorFunc.
func ProcessNodes(list *framework.ResourceList) error {
	input, err := encodeNodes(list)
	if err != nil {
		return err
	}
	output, results := fn.Annotate(input)
	var failures framework.Results
	for _, result := range results {
		converted := frameworkResult(result)
		list.Results = append(list.Results, converted)
		if result.Severity == report.Error {
			failures = append(failures, converted)
		}
	}
	if len(failures) > 0 {
		return failures
	}
	return replaceNodes(list.Items, output.Bytes())
}

func encodeNodes(list *framework.ResourceList) ([]byte, error) {
	functionConfig, err := list.FunctionConfig.String()
	if err != nil {
		return nil, fmt.Errorf("cannot encode the functionConfig: %w", err)
	}
	items := make([]string, len(list.Items))
	for i, item := range list.Items {
		if items[i], err = item.String(); err != nil {
			return nil, fmt.Errorf("cannot encode item %d: %w", i, err)
		}
	}
	return resourceList(functionConfig, items), nil
}

// replaceNodes gives the items the content of those in the text of a ResourceList.
func replaceNodes(items []*yaml.RNode, text []byte) error {
	annotated, err := yaml.Parse(string(text))
	if err != nil {
		return fmt.Errorf("cannot read the annotated ResourceList: %w", err)
	}
	elements, err := annotated.Pipe(yaml.Lookup("items"))
	if err != nil {
		return fmt.Errorf("cannot read the annotated ResourceList: %w", err)
	}
	for i, element := range elements.Content() {
		items[i].SetYNode(element)
	}
	return nil
}

func frameworkResult(result report.Result) *framework.Result {
	converted := &framework.Result{Message: result.Message, Severity: framework.Severity(result.Severity)}
	if ref := result.ResourceRef; ref != nil {
		converted.ResourceRef = &yaml.ResourceIdentifier{
			TypeMeta: yaml.TypeMeta{APIVersion: ref.APIVersion, Kind: ref.Kind},
			NameMeta: yaml.NameMeta{Namespace: ref.Namespace, Name: ref.Name},
		}
	}
	if result.Field != nil {
		converted.Field = &framework.Field{Path: result.Field.Path}
	}
	if result.File != nil {
		converted.File = &framework.File{Path: result.File.Path, Index: result.File.Index}
	}
	return converted
}
