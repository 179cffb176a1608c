package fn_test

import (
	"runtime"
	"testing"

	"github.com/proompteng/checksum-annotator/fn"
	"github.com/proompteng/checksum-annotator/fn/internal/fleet"
)

// Work grows with the input and not faster: what is allocated stands for it, since that is
// the same in each run, as time is not.
func TestWorkGrowsWithTheInput(t *testing.T) {
	const parts, times, tolerated = 500, 8, 2
	for name, shape := range fleet.Shapes {
		t.Run(name, func(t *testing.T) {
			small, large := shape(parts), shape(parts*times)
			grown := float64(len(large)) / float64(len(small))
			before, after := allocated(small), allocated(large)
			if after > before*grown*tolerated {
				t.Errorf("an input %.1f times as large takes %.1f times as much", grown, after/before)
			}
		})
	}
}

// allocated returns how many bytes a run allocates.
func allocated(input []byte) float64 {
	fn.Annotate(input) // what is made once is made
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	fn.Annotate(input)
	runtime.ReadMemStats(&after)
	return float64(after.TotalAlloc - before.TotalAlloc)
}
