// Package parallel spreads work over the cores that there are.
package parallel

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// maxWorkers bounds the workers, since memory grows with them.
const maxWorkers = 8

// Each calls f with every element, from several goroutines where that pays, and
// tells whether all calls returned true. After one that did not, others may be left
// out.
func Each[T any](elements []T, f func(T) bool) bool {
	const batch = 64
	workers := min(runtime.GOMAXPROCS(0), maxWorkers, (len(elements)+batch-1)/batch)
	var next atomic.Int64
	var failed atomic.Bool
	work := func() {
		for !failed.Load() {
			start := int(next.Add(batch)) - batch
			if start >= len(elements) {
				return
			}
			for _, element := range elements[start:min(start+batch, len(elements))] {
				if !f(element) {
					failed.Store(true)
					return
				}
			}
		}
	}
	if workers <= 1 {
		work()
		return !failed.Load()
	}
	var group sync.WaitGroup
	for range workers {
		group.Go(work)
	}
	group.Wait()
	return !failed.Load()
}

// Map returns what f returns for every element, in their order.
func Map[T, R any](elements []T, f func(T) R) []R {
	results := make([]R, len(elements))
	indices := make([]int, len(elements))
	for i := range indices {
		indices[i] = i
	}
	Each(indices, func(i int) bool {
		results[i] = f(elements[i])
		return true
	})
	return results
}
