package manifest

import "slices"

// A proof compares a tree with the one of its edited text.
type proof struct {
	old, new *tree
	aliased  map[[2]ref]bool // pairs that aliases led to
	results  int             // how many are added to the roots
}

// check tells whether a tree is another one with edits made, by ways from the roots, and
// with a number of results added.
func check(old, changed *tree, ways map[ref][]*way, results int) bool {
	if len(old.roots) != len(changed.roots) {
		return false
	}
	p := proof{old, changed, map[[2]ref]bool{}, results}
	for i, root := range old.roots {
		if !p.edited(root, changed.roots[i], ways[root], 0) {
			return false
		}
	}
	return true
}

// same tells whether two nodes mean the same, whatever their style, comments and anchors.
func (p *proof) same(n, m ref) bool {
	if p.old.nodes[n].kind == alias || p.new.nodes[m].kind == alias {
		n, m = p.old.resolve(n), p.new.resolve(m)
		pair := [2]ref{n, m}
		if p.aliased[pair] {
			return true
		}
		p.aliased[pair] = true
	}
	a, b := &p.old.nodes[n], &p.new.nodes[m]
	if a.kind != b.kind {
		return false
	}
	if a.kind == scalar {
		return p.sameScalar(n, m)
	}
	if p.old.tags[n] != p.new.tags[m] {
		return false
	}
	if a.kind == mapping && (p.old.merges(n) || p.new.merges(m)) {
		return p.sameFields(p.old.fields(n), p.new.fields(m))
	}
	n, m = a.first, b.first
	for ; n != none && m != none; n, m = p.old.nodes[n].next, p.new.nodes[m].next {
		if !p.same(n, m) {
			return false
		}
	}
	return n == m
}

func (p *proof) sameScalar(n, m ref) bool {
	a, b := &p.old.nodes[n], &p.new.nodes[m]
	if a.style == b.style && a.style <= double && len(p.old.texts)+len(p.new.texts)+len(p.old.tags)+len(p.new.tags) == 0 {
		if string(p.old.text[a.start:a.end]) == string(p.new.text[b.start:b.end]) {
			return true
		}
	}
	kind := p.old.typeOf(n)
	return kind == p.new.typeOf(m) && p.old.tags[n] == p.new.tags[m] && (kind == isNull || p.old.scalar(n) == p.new.scalar(m))
}

// edited tells whether a node is another one with the edits made.
func (p *proof) edited(n, m ref, ways []*way, depth int) bool {
	isRoot := depth == 0 && p.results > 0
	if len(ways) == 0 && !isRoot {
		return p.same(n, m)
	}
	n, m = p.old.resolve(n), p.new.resolve(m)
	if p.old.nodes[n].kind != p.new.nodes[m].kind {
		return false
	}
	if p.old.nodes[n].kind == sequence {
		return p.editedElements(n, m, ways, depth)
	}
	before, after := p.old.fields(n), p.new.fields(m)
	if isRoot {
		if !p.addedResults(before["results"], after["results"]) {
			return false
		}
		delete(before, "results")
		delete(after, "results")
	}
	if len(ways) > 0 && depth == len(ways[0].steps) {
		return p.editedEntries(before, after, ways[0])
	}
	for _, group := range byStep(ways, depth) {
		field := group[0].steps[depth].field
		if !p.editedField(n, before, after, field, group, depth) {
			return false
		}
		delete(before, field)
		delete(after, field)
	}
	return p.sameFields(before, after)
}

// editedField tells whether a field of a mapping is as the edits below it want it.
func (p *proof) editedField(n ref, before, after map[string]ref, field string, group []*way, depth int) bool {
	w := group[0]
	old, isOld := before[field]
	now, isNow := after[field]
	switch {
	case depth >= w.made && p.old.emptied(n, w, depth):
		return !isNow
	case isOld && !p.old.isVoid(old):
		return isNow && p.edited(old, now, group, depth+1)
	case len(w.set) == 0:
		return isOld == isNow && (!isOld || p.same(old, now))
	}
	return isNow && p.made(now, w, depth+1)
}

func (p *proof) editedElements(n, m ref, ways []*way, depth int) bool {
	groups := groupsOf(ways, depth)
	i := 0
	n, m = p.old.nodes[n].first, p.new.nodes[m].first
	for ; n != none && m != none; n, m = p.old.nodes[n].next, p.new.nodes[m].next {
		if !p.edited(n, m, groups[step{index: i, element: true}], depth+1) {
			return false
		}
		i++
	}
	return n == m
}

// editedEntries tells whether the entries of a mapping are as an edit wants them.
func (p *proof) editedEntries(before, after map[string]ref, w *way) bool {
	for key, checksum := range w.set {
		if now, found := after[key]; !found || !p.new.isString(now, checksum) {
			return false
		}
		delete(before, key)
		delete(after, key)
	}
	for _, key := range w.remove {
		delete(before, key)
	}
	return p.sameFields(before, after)
}

// made tells whether a node is what an edit makes where nothing was.
func (p *proof) made(m ref, w *way, depth int) bool {
	m = p.new.resolve(m)
	if p.new.nodes[m].kind != mapping {
		return false
	}
	fields := p.new.fields(m)
	if depth == len(w.steps) {
		return p.editedEntries(map[string]ref{}, fields, w)
	}
	next, found := fields[w.steps[depth].field]
	return found && len(fields) == 1 && p.made(next, w, depth+1)
}

func (p *proof) sameFields(before, after map[string]ref) bool {
	if len(before) != len(after) {
		return false
	}
	for field, n := range before {
		if m, found := after[field]; !found || !p.same(n, m) {
			return false
		}
	}
	return true
}

// addedResults tells whether results have been added behind those that there were.
func (p *proof) addedResults(n, m ref) bool {
	var before []ref
	if n = p.old.resolve(n); p.old.nodes[n].kind == sequence {
		before = p.old.children(n)
	}
	after := p.new.children(p.new.resolve(m))
	if p.new.nodes[p.new.resolve(m)].kind != sequence || len(after) != len(before)+p.results {
		return false
	}
	return !slices.ContainsFunc(before, func(n ref) bool {
		m := after[0]
		after = after[1:]
		return !p.same(n, m)
	})
}

func (t *tree) children(n ref) []ref {
	var children []ref
	for child := t.nodes[n].first; child != none; child = t.nodes[child].next {
		children = append(children, child)
	}
	return children
}

func (t *tree) isString(n ref, text string) bool {
	n = t.resolve(n)
	return t.nodes[n].kind == scalar && t.typeOf(n) == isString && t.is(n, text)
}

// fields returns the values of a mapping by field, the last one of those that are given
// twice.
func (t *tree) fields(n ref) map[string]ref {
	fields := map[string]ref{}
	if !t.merges(n) {
		t.entries(n, func(key, value ref) bool {
			if key = t.resolve(key); t.nodes[key].kind == scalar {
				fields[t.scalar(key)] = value
			}
			return true
		})
		return fields
	}
	for i, source := range t.sourcesOf(n) {
		own := map[string]ref{}
		t.entries(source, func(key, value ref) bool {
			if key = t.resolve(key); t.nodes[key].kind == scalar && !t.isMergeKey(key) {
				own[t.scalar(key)] = value
			}
			return true
		})
		for field, value := range own {
			if _, wins := fields[field]; !wins || i == 0 {
				fields[field] = value
			}
		}
	}
	return fields
}
