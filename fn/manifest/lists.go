package manifest

// Lists are the objects of several inputs, which are looked at together and written back
// one by one.
type Lists []*List

// Items returns those of each list, in their order; see List.Items.
func (l Lists) Items(words []string) ([]*Item, []*Error) {
	var items []*Item
	var problems []*Error
	for _, list := range l {
		found, wrong := list.Items(words)
		items = append(items, found...)
		problems = append(problems, wrong...)
	}
	return items, problems
}

// Write returns the text of each list with the edits to its items; see List.Write.
func (l Lists) Write(edits []Edit) ([]*Output, error) {
	owner := map[*region]int{}
	for i, list := range l {
		for _, r := range list.regions {
			owner[r] = i
		}
	}
	own := make([][]Edit, len(l))
	for _, edit := range edits {
		i := owner[edit.Item.region]
		own[i] = append(own[i], edit)
	}
	outputs := make([]*Output, len(l))
	for i, list := range l {
		var err error
		if outputs[i], err = list.Write(own[i], nil); err != nil {
			return nil, err
		}
	}
	return outputs, nil
}

// SetPath tells the file that the objects were read from: each Item's File then names it,
// whatever annotations say.
func (l *List) SetPath(path string) {
	l.path = path
}

// Keep tells that the objects are written back into the files that they were read from;
// see Item.IsWrittenBack.
func (l Lists) Keep() {
	for _, list := range l {
		list.kept = true
	}
}

// Len returns how many items the list has, each list among them counted as one.
func (l *List) Len() int {
	return l.count()
}

// HasResources tells whether a document is a resource: a mapping with apiVersion and kind.
func (l *List) HasResources() bool {
	for _, r := range l.regions {
		if r.content == nil && (!r.normal || l.read(r, true) != nil) {
			continue
		}
		for _, object := range r.content.objects {
			apiVersion, errVersion := object.TextAt("apiVersion")
			kind, errKind := object.TextAt("kind")
			if errVersion == nil && errKind == nil && apiVersion != "" && kind != "" {
				return true
			}
		}
	}
	return false
}
