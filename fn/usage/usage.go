// Package usage knows who reads what: the workloads and the sources of an input, and the
// uses between them, resolved as they will be in the cluster, with their digests.
//
// A Graph is built in one call and never changed. It knows nothing of annotations, edits
// or messages: what is missing, ambiguous or wrong is in it as data, and each command
// makes of it what it has to tell.
package usage

import (
	"slices"

	"github.com/proompteng/checksum-annotator/config"
	"github.com/proompteng/checksum-annotator/fn/digest"
	"github.com/proompteng/checksum-annotator/fn/internal/parallel"
	"github.com/proompteng/checksum-annotator/fn/manifest"
	"github.com/proompteng/checksum-annotator/fn/source"
	"github.com/proompteng/checksum-annotator/fn/workload"
)

// An Input is objects, of one list or of several.
type Input interface {
	// Items returns, in their order, the items that hold one of the words, in this call or
	// an earlier one, or that are out of shape; and what is wrong with items that are no
	// objects (manifest.List).
	Items(words []string) ([]*manifest.Item, []*manifest.Error)
}

// Options say what a Graph is built of.
type Options struct {
	// Everything asks for all sources and workloads. Otherwise the Graph has the sources
	// that the allowlist means, and the workloads that are selected and hold one of their
	// names or one of the Words.
	Everything bool
	// Words are further words that make an item matter.
	Words []string
}

// A Graph is the sources and the workloads of an input, and the uses between them.
type Graph struct {
	Sources   *source.Index
	Workloads []*Workload // in the order of the input
	// UnknownUsers are other objects that use what is allowed as pods do.
	UnknownUsers []*UnknownUser
	// Used are those entries that one of the workloads, or an unknown user, uses or may mean
	// to.
	Used map[*source.Entry]bool
	// Problems are what is wrong with items, in whichever case nothing can be decided:
	// there are no workloads in the Graph.
	Problems []Problem

	spec      config.Spec
	sources   *source.Finder // finds nothing where the function is disabled
	workloads *workload.Finder
	options   Options
	input     Input
	// unreferenced are the entries that count for workloads which need not reference them.
	unreferenced []*source.Entry
}

// A Problem is what is wrong with an item.
type Problem struct {
	Item *manifest.Item
	Err  error
}

// Build returns the Graph of an input. Where spec is not enabled, the allowlist is empty.
func Build(input Input, spec config.Spec, options Options) *Graph {
	var allowlist []config.Source
	if spec.Enabled {
		allowlist = spec.Sources()
	}
	g := &Graph{
		spec:      spec,
		sources:   source.NewFinder(allowlist, spec),
		workloads: workload.NewFinder(spec.PodTemplates, spec.Workloads),
		options:   options,
		input:     input,
	}
	items := g.gather(input)
	g.index(items)
	if len(g.Problems) > 0 {
		return g
	}
	for _, found := range parallel.Map(items, g.find) {
		if found.workload != nil {
			g.Workloads = append(g.Workloads, found.workload)
		}
		if found.unknown != nil {
			g.UnknownUsers = append(g.UnknownUsers, found.unknown)
		}
	}
	g.Used = g.usedEntries()
	return g
}

// A finding is what an item is: one of both, or none.
type finding struct {
	workload *Workload
	unknown  *UnknownUser
}

func (g *Graph) find(item *manifest.Item) finding {
	if found := g.workload(item); found != nil {
		return finding{workload: found}
	}
	return finding{unknown: g.unknownUser(item)}
}

// has tells whether a scope is that of the configuration, or of an entry.
func (g *Graph) has(scope config.Scope) bool {
	return g.spec.Scope == scope || slices.ContainsFunc(g.spec.Sources(), func(s config.Source) bool { return s.Scope == scope })
}

// gather returns the items that can matter.
func (g *Graph) gather(input Input) []*manifest.Item {
	words := append(g.workloads.DeclaredKinds(), g.options.Words...)
	if g.options.Everything || g.has(config.All) {
		words = append(words, g.workloads.Kinds()...)
	}
	if g.options.Everything {
		words = append(words, g.sources.Kinds()...)
	}
	items, problems := input.Items(append(words, g.sources.Words()...))
	if !g.options.Everything {
		// Workloads can reference a source by each name that it has had.
		items, problems = input.Items(g.sources.Names(items))
	}
	for _, problem := range problems {
		g.Problems = append(g.Problems, Problem{problem.Item, problem})
	}
	return items
}

// index finds the sources among the items.
func (g *Graph) index(items []*manifest.Item) {
	var errs []*source.EntryError
	g.Sources, errs = g.sources.Index(items)
	for _, err := range errs {
		g.Problems = append(g.Problems, Problem{err.Item, err.Err})
	}
	for _, entry := range g.Sources.Entries() {
		if entry.Scope == config.All {
			g.unreferenced = append(g.unreferenced, entry)
		}
	}
}

// SourceNames returns the names that the Secrets and ConfigMaps of the input have or had,
// whether they are allowed or not.
func (g *Graph) SourceNames() map[config.Kind][]string {
	items, _ := g.input.Items(g.sources.Kinds()) // problems are those of items that do not matter
	return g.sources.AllNames(items)
}

// Digest returns the digest of an object for an entry with the given keys, or with none
// for all; and where the key scope is that of the used keys, of those alone that are
// used. It is an error if the object lacks one of the keys, or cannot be read.
func (g *Graph) Digest(object *source.Object, keys []string, used workload.Keys) (digest.Digest, error) {
	content, err := g.sources.Content(object, keys)
	if err != nil {
		return "", err
	}
	if g.spec.KeyScope == config.UsedKeys && !used.All {
		return content.SumOf(used.Named)
	}
	return content.Sum()
}

// Unseen says why changes of the content of an object are not seen, if they are not
// (source.Object).
func (g *Graph) Unseen(object *source.Object) string {
	content, err := g.sources.Content(object, nil)
	if err != nil {
		return ""
	}
	return content.Unseen
}
