// Package diff shows what changes in a file, as a unified diff.
package diff

import (
	"fmt"
	"regexp"
	"strings"
	"sync"

	"github.com/aymanbagabas/go-udiff"
)

const contextLines = 3

// Of returns the changes of a text.
func Of(path, before, after string) (string, error) {
	return unified(path, before, after, contextLines)
}

// OfAnnotations returns the changes of manifests that get annotations. It shows no other line,
// and of a line that holds more than an annotation only that: what stands beside it may be
// the data of a Secret.
func OfAnnotations(path string, before, after []byte) (string, error) {
	text, err := unified(path, string(before), string(after), 0)
	if err != nil {
		return "", err
	}
	var shown strings.Builder
	for i, line := range strings.SplitAfter(text, "\n") {
		isChange := i > 1 && line != "" && (line[0] == '+' || line[0] == '-')
		switch {
		case !isChange, annotationLine().MatchString(line[1:]):
			shown.WriteString(line)
		default:
			shown.WriteString(line[:1] + " … " + strings.Join(annotationText().FindAllString(line, -1), " … ") + "\n")
		}
	}
	return shown.String(), nil
}

// unified returns the changes of a text with some lines around each.
func unified(path, before, after string, around int) (string, error) {
	text, err := udiff.ToUnified("a/"+path, "b/"+path, before, udiff.Lines(before, after), around)
	if err != nil {
		return "", fmt.Errorf("cannot compare what is in %s: %w", path, err)
	}
	return text, nil
}

// These are not made where the program starts, which most runs do for something else.
var (
	// annotationLine is a line that holds an annotation of the function, or a field above it.
	annotationLine = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^[ -]*(("?(metadata|annotations)"?:)|` + annotation + `)[ {},]*\r?\n?$`)
	})
	annotationText = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(annotation) })
)

const annotation = `"?[a-z0-9.-]+/(secret|configmap)\.[A-Za-z0-9._-]+"?: ?("[0-9a-f]{64}"|'[0-9a-f]{64}'|[0-9a-f]{64})`
