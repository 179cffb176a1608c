package fn_test

import (
	"fmt"
	"testing"

	"github.com/proompteng/checksum-annotator/fn"
	"github.com/proompteng/checksum-annotator/fn/internal/fleet"
)

func BenchmarkAnnotate(b *testing.B) {
	for _, size := range []fleet.Fleet{{Resources: 10_000, Allowed: 20}, {Resources: 10_000, Allowed: 4_000}} {
		b.Run(fmt.Sprintf("%d of %d", size.Allowed, size.Resources), func(b *testing.B) {
			input := size.ResourceList()
			b.SetBytes(int64(len(input)))
			b.ReportAllocs()
			for b.Loop() {
				if _, results := fn.Annotate(input); results.Failed() {
					b.Fatal(results.Lines())
				}
			}
		})
	}
}
