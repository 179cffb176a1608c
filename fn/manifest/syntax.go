package manifest

import (
	"errors"
	"regexp"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"
)

// The YAML library quotes the text in some of its errors, and the text may be secret. So
// an error is told in words of this package, unless it begins with one of those of the
// library that quote nothing.
var (
	quoting = []struct{ beginning, instead string }{
		{"unknown anchor", "an alias has no anchor"},
		{"anchor ", "an anchor stands for something that contains it"},
		{"mapping key ", duplicateKey},
		{"invalid map key", collectionAsKey},
		{"cannot decode", "a value is not what its tag says"},
		{"cannot unmarshal", "a value is not what its tag says"},
	}
	constant = []string{
		"did not find ", "found ", "could not find ", "mapping keys are ", "mapping values are ", "block ",
		"control characters ", "invalid ", "incomplete ", "unexpected ", "!!binary value ", "document contains ", "map merge ",
	}
)

const (
	duplicateKey    = "a key is given twice"
	collectionAsKey = "a mapping or a list stands where a key should be"
)

// lineOf finds where an error of the library says that it is.
var lineOf = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^line \d+: `) })

// withoutText returns an error of the YAML library without what it quotes of the text.
func withoutText(err error) error {
	var typed *yaml.TypeError
	messages := []string{strings.TrimPrefix(err.Error(), "yaml: ")}
	if errors.As(err, &typed) {
		messages = typed.Errors
	}
	told := make([]string, len(messages))
	for i, message := range messages {
		line := lineOf().FindString(message)
		told[i] = line + rephrased(message[len(line):])
	}
	return errors.New(strings.Join(told, ", "))
}

func rephrased(message string) string {
	for _, known := range quoting {
		if strings.HasPrefix(message, known.beginning) {
			return known.instead
		}
	}
	for _, beginning := range constant {
		if strings.HasPrefix(message, beginning) {
			return message
		}
	}
	return "it cannot be parsed"
}
