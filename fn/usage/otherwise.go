package usage

import (
	"github.com/proompteng/checksum-annotator/fn/digest"
	"github.com/proompteng/checksum-annotator/fn/source"
	"github.com/proompteng/checksum-annotator/fn/workload"
)

// Otherwise tells whether a digest is that of an object under other settings than those of
// the configuration: without the salt, of other keys of an entry, or in the other key scope.
func (g *Graph) Otherwise(object *source.Object, keys []string, used workload.Keys, sum string) bool {
	for _, counting := range [][]string{nil, keys} {
		content, err := g.sources.Content(object, counting)
		if err != nil {
			continue
		}
		for _, content := range []source.Content{content, content.Unsalted()} {
			if isSum(sum)(content.Sum()) || !used.All && isSum(sum)(content.SumOf(used.Named)) {
				return true
			}
		}
	}
	return false
}

func isSum(sum string) func(digest.Digest, error) bool {
	return func(taken digest.Digest, err error) bool { return err == nil && string(taken) == sum }
}
