package fn

import (
	"github.com/proompteng/checksum-annotator/fn/manifest"
	"github.com/proompteng/checksum-annotator/fn/report"
	"github.com/proompteng/checksum-annotator/fn/workload"
)

// AnnotateWhole is Annotate without the short way of reading.
func AnnotateWhole(input []byte) (*manifest.Output, report.Results) {
	list, err := manifest.ReadResourceListWhole(input, workload.Shape())
	return annotate(input, list, err)
}

// AnnotateStreamWhole is AnnotateStream without the short way of reading.
func AnnotateStreamWhole(input []byte, functionConfig any) (*manifest.Output, report.Results) {
	list, err := asStream(manifest.ReadStreamWhole(input, workload.Shape()))
	return annotateStream(input, functionConfig, list, err)
}

// PartsOf is partsOf.
var PartsOf = partsOf
