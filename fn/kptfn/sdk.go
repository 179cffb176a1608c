package kptfn

import (
	"fmt"
	"strings"

	sdk "github.com/kptdev/krm-functions-sdk/go/fn"

	"github.com/proompteng/checksum-annotator/fn"
)

// Process runs the function on a ResourceList of the kpt functions SDK: it annotates
// the items and adds to the results. It returns false when one of the results is an
// error, and has then changed no item. It is an SDK ResourceListProcessorFunc.
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
	functionConfig := ""
	if list.FunctionConfig != nil && !list.FunctionConfig.IsEmpty() {
		functionConfig = list.FunctionConfig.String()
	}
	items := make([]string, len(list.Items))
	for i, item := range list.Items {
		items[i] = item.String()
	}
	return resourceList(functionConfig, items)
}

// resourceList returns the text of a ResourceList of YAML objects.
func resourceList(functionConfig string, items []string) []byte {
	var text strings.Builder
	text.WriteString("apiVersion: config.kubernetes.io/v1\nkind: ResourceList\n")
	if functionConfig != "" {
		text.WriteString("functionConfig:\n  " + indented(functionConfig))
	}
	if len(items) == 0 {
		text.WriteString("items: []\n")
		return []byte(text.String())
	}
	text.WriteString("items:\n")
	for _, item := range items {
		text.WriteString("- " + indented(item))
	}
	return []byte(text.String())
}

// indented returns the YAML of an object with its lines but the first indented by two
// columns. Empty lines at its end stay: they can be part of its last value.
func indented(object string) string {
	return strings.ReplaceAll(strings.TrimSuffix(object, "\n"), "\n", "\n  ") + "\n"
}
