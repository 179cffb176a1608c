package fn

import (
	"github.com/proompteng/checksum-annotator/fn/manifest"
)

// An identity tells objects of one render apart.
type identity struct{ group, kind, namespace, name string }

func identityOf(item *manifest.Item) identity {
	return identity{item.Group(), item.Kind, item.Namespace, item.Name}
}

// A pairOf is an object in two renders; it is nil in the one that does not have it.
type pairOf[T any] struct{ before, after *T }

type pairs[T any] []pairOf[T]

// pair returns the objects of two renders, those of one identity together, in the order of
// the later render; then those that it does not have.
func pair[T any](before, after []*T, identify func(*T) identity) pairs[T] {
	known := map[identity][]*T{}
	for _, object := range before {
		id := identify(object)
		known[id] = append(known[id], object)
	}
	var all pairs[T]
	paired := map[*T]bool{}
	for _, object := range after {
		found := pairOf[T]{after: object}
		id := identify(object)
		if len(known[id]) > 0 {
			found.before, known[id] = known[id][0], known[id][1:]
			paired[found.before] = true
		}
		all = append(all, found)
	}
	for _, object := range before {
		if !paired[object] {
			all = append(all, pairOf[T]{before: object})
		}
	}
	return all
}

// related tells whether both renders have one of the objects.
func (p pairs[T]) related() bool {
	for _, pair := range p {
		if pair.before != nil && pair.after != nil {
			return true
		}
	}
	return false
}
