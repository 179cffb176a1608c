// Package kptfn is the function for programs that are built with the kpt functions
// SDK and embed other functions. The command does not need it.
package kptfn

import (
	"fmt"
	"strings"

	sdk "github.com/kptdev/krm-functions-sdk/go/fn"

	"github.com/proompteng/checksum-annotator/fn"
)

// Process runs the function on a ResourceList: it annotates the items and adds to
// the results. It returns false when one of the results is an error, and has then
// changed no item. It can be used as an SDK ResourceListProcessorFunc.
func Process(list *sdk.ResourceList) (bool, error) {
	output, results := fn.Annotate(encode(list))
	annotated, err := sdk.ParseResourceList(output.Bytes())
	if err != nil {
		return false, fmt.Errorf("cannot read the annotated ResourceList: %w", err)
	}
	list.Items = annotated.Items
	list.Results = append(list.Results, annotated.Results...)
	return !results.Failed(), nil
}

// encode writes a list out in its order, which the SDK's ToYAML does not keep.
func encode(list *sdk.ResourceList) []byte {
	var text strings.Builder
	text.WriteString("apiVersion: config.kubernetes.io/v1\nkind: ResourceList\n")
	if list.FunctionConfig != nil && !list.FunctionConfig.IsEmpty() {
		text.WriteString("functionConfig:\n  " + indented(list.FunctionConfig))
	}
	text.WriteString("items:\n")
	for _, item := range list.Items {
		text.WriteString("- " + indented(item))
	}
	return []byte(text.String())
}

// indented returns the YAML of an object, its lines but the first indented by two
// columns.
func indented(object *sdk.KubeObject) string {
	return strings.ReplaceAll(strings.TrimRight(object.String(), "\n"), "\n", "\n  ") + "\n"
}
