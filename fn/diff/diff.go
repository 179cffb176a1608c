// Package diff shows what changes in a file, as a unified diff.
package diff

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/aymanbagabas/go-udiff"
)

const contextLines = 3

// Of returns the changes of a text.
func Of(path, before, after string) (string, error) {
	text, err := udiff.ToUnified("a/"+path, "b/"+path, before, udiff.Lines(before, after), contextLines)
	if err != nil {
		return "", fmt.Errorf("cannot compare what is in %s: %w", path, err)
	}
	return text, nil
}

// OfAnnotations returns the changes of manifests that get annotations. It shows no other line,
// and of a line that holds more than an annotation only that: what stands beside it may be
// the data of a Secret.
func OfAnnotations(path string, before, after []byte) (string, error) {
	text, err := udiff.ToUnified("a/"+path, "b/"+path, string(before), udiff.Lines(string(before), string(after)), 0)
	if err != nil {
		return "", fmt.Errorf("cannot compare what is in %s: %w", path, err)
	}
	var shown strings.Builder
	for i, line := range strings.SplitAfter(text, "\n") {
		isChange := i > 1 && line != "" && (line[0] == '+' || line[0] == '-')
		switch {
		case !isChange, annotationLine.MatchString(line[1:]):
			shown.WriteString(line)
		default:
			shown.WriteString(line[:1] + " … " + strings.Join(annotationText.FindAllString(line, -1), " … ") + "\n")
		}
	}
	return shown.String(), nil
}

var (
	// annotationLine is a line that holds an annotation of the function, or a field above it.
	annotationLine = regexp.MustCompile(`^[ -]*(("?(metadata|annotations)"?:)|` + annotation + `)[ {},]*\r?\n?$`)
	annotationText = regexp.MustCompile(annotation)
)

const annotation = `"?[a-z0-9.-]+/(secret|configmap)\.[A-Za-z0-9._-]+"?: ?("[0-9a-f]{64}"|'[0-9a-f]{64}'|[0-9a-f]{64})`
