package source

import (
	"regexp"
	"strings"
	"sync"

	"github.com/proompteng/checksum-annotator/fn/manifest"
)

// HoldsVars tells whether the content of an object holds text in the form of kustomize's
// vars, $(NAME), in a build of kustomize, which resolves vars after all functions. Which
// vars there are, and where they count, is not in the input. A script is not taken for
// one that holds vars: it has text of this form for its shell.
func (o *Object) HoldsVars() bool {
	if !o.Item.InKustomizeBuild() {
		return false
	}
	for _, value := range o.counting() {
		if value.HasText(holdsVar) {
			return true
		}
	}
	return false
}

// varForm is the form of vars, with the names that people give them (kustomize api,
// filters/refvar). Of two dollar signs, neither begins a var.
var varForm = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(^|[^$])(\$\$)*\$\([A-Za-z_][A-Za-z0-9_.-]*\)`)
})

func holdsVar(text string) bool {
	return strings.Contains(text, "$(") && !strings.HasPrefix(text, "#!") && varForm().MatchString(text)
}

// counting returns the values in Item that decide the content.
func (o *Object) counting() (all []*manifest.Value) {
	paths, at := dataFields, place{root: o.Item.Root()}
	if o.producer != nil {
		paths, at = o.producer.content, o.place
	}
	for _, content := range paths {
		path, _, _ := cutKeyed(content)
		values, _ := at.follow(path) // which read has done without an error
		all = append(all, values...)
	}
	return all
}
