package manifest

import "math"

// A document can be many times as long as its text once its aliases are followed, or have
// no end. What is read through them is bounded in proportion to the text, as kubectl has it.
const (
	maxGrowth = 10      // times the text
	freeBytes = 1 << 16 // besides
)

// endless is the size of what contains itself.
const endless = math.MaxInt64

// checkAliases tells whether aliases make too much of a value.
func (v *Value) checkAliases() *Error {
	t := v.tree
	if len(t.aliases) == 0 {
		return nil
	}
	if t.sizes == nil {
		t.sizes = make([]int64, len(t.nodes))
	}
	size := t.size(v.node)
	limit := int64(len(t.text))*maxGrowth + freeBytes - t.spent
	if size <= limit {
		t.spent += size
		return nil
	}
	at := v
	for _, n := range t.aliases {
		if n >= v.node && t.sizes[n] > limit {
			at = v.child(n)
			break
		}
	}
	message := "its aliases stand for too much"
	if size == endless {
		message = "an alias stands for something that contains it"
	}
	return &Error{Message: message, at: at}
}

// size returns how many bytes the scalars of a node have, and all that is below it, with
// its aliases followed.
func (t *tree) size(n ref) int64 {
	const entered = -1
	switch known := t.sizes[n]; {
	case known == entered:
		return endless
	case known > 0:
		return known
	}
	t.sizes[n] = entered
	at := &t.nodes[n]
	size := int64(1)
	switch {
	case at.kind == alias:
		size = t.size(at.first)
	case at.kind == scalar && t.foreign:
		size += int64(len(t.texts[n]))
	case at.kind == scalar:
		size += int64(at.end - at.start)
	default:
		for child := at.first; child != none && size < endless; child = t.nodes[child].next {
			if more := t.size(child); more < endless-size {
				size += more
			} else {
				size = endless
			}
		}
	}
	t.sizes[n] = size
	return size
}
