package manifest

// A Step leads from a value to one in it: a field of a mapping, or the index of an element
// of a list, where the field is empty.
type Step struct {
	Field string
	Index int
}

// Steps returns the steps that lead to v in the object.
func (v *Value) Steps() []Step {
	if v.isTop() {
		return nil
	}
	return append(v.parent.Steps(), Step{v.field, v.index})
}
