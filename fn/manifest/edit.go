package manifest

import (
	"bytes"
	"cmp"
	"maps"
	"slices"
	"strings"
)

// An Edit changes the entries of a mapping of strings, such as the annotations of a
// pod template.
type Edit struct {
	Item *Item
	// Base is a mapping that exists, and Path are the fields that lead from it to the
	// mapping that changes. Each of them has to be a mapping, or absent: it is made
	// where it is needed, and removed where the edit leaves it empty.
	Base *Value
	Path []string

	Set    map[string]string
	Remove []string
}

// A way leads from an object to the mapping that an edit changes.
type way struct {
	steps  []step
	made   int // steps from here on are made and removed as need be
	set    map[string]string
	remove []string
}

// A step leads to a field, or to the element at an index.
type step struct {
	field   string
	index   int
	element bool
}

// wayOf returns the way of an edit from its object.
func wayOf(edit Edit) *way {
	w := &way{set: edit.Set, remove: edit.Remove}
	for v := edit.Base; v.parent != nil; v = v.parent {
		w.steps = append(w.steps, step{v.field, v.index, v.field == ""})
	}
	slices.Reverse(w.steps)
	w.made = len(w.steps)
	for _, field := range edit.Path {
		w.steps = append(w.steps, step{field: field})
	}
	return w
}

// byStep returns ways in groups that take the same step at a depth.
func byStep(ways []*way, depth int) [][]*way {
	var groups [][]*way
	places := map[step]int{}
	for _, w := range ways {
		s := w.steps[depth]
		if _, known := places[s]; !known {
			places[s] = len(groups)
			groups = append(groups, nil)
		}
		groups[places[s]] = append(groups[places[s]], w)
	}
	return groups
}

// A splice replaces a part of a text.
type splice struct {
	start, end int
	with       string
}

// sorted sorts splices, and tells whether no two of them overlap.
func sorted(splices []splice) bool {
	slices.SortStableFunc(splices, func(a, b splice) int {
		return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(a.end, b.end))
	})
	at := 0
	for _, s := range splices {
		if s.start < at {
			return false
		}
		at = s.end
	}
	return true
}

// spliced returns a text with splices made, which are sorted.
func spliced(text []byte, splices []splice) []byte {
	size := len(text)
	for _, s := range splices {
		size += len(s.with) - (s.end - s.start)
	}
	result := make([]byte, 0, size)
	at := 0
	for _, s := range splices {
		result = append(append(result, text[at:s.start]...), s.with...)
		at = s.end
	}
	return append(result, text[at:]...)
}

// An editor finds the splices that make edits to a text that the reader has read. It may
// find wrong ones where the text is out of the ordinary; the result has to be checked.
type editor struct {
	*tree
	newline string
	splices []splice
	changed []ref        // nodes with an anchor that do not stay what they were
	expands map[ref]bool // aliases that are written out
}

func newEditor(t *tree) *editor {
	return &editor{tree: t, newline: newlineOf(t.text), expands: map[ref]bool{}}
}

// newlineOf returns how the first line of a text ends, and so all that are added to it.
func newlineOf(text []byte) string {
	if end := bytes.IndexByte(text, '\n'); end > 0 && text[end-1] == '\r' {
		return "\r\n"
	}
	return "\n"
}

func (e *editor) splice(start, end int, with string) bool {
	e.splices = append(e.splices, splice{start, end, with})
	return true
}

// apply edits a node, which stands behind a key unless that is none, with ways that have
// come to a depth.
func (e *editor) apply(key, n ref, ways []*way, depth int) bool {
	if e.nodes[n].kind == alias {
		return e.replace(n, e.print(n, ways, depth, false))
	}
	if _, anchored := e.anchors[n]; anchored {
		e.changed = append(e.changed, n)
	}
	if depth == len(ways[0].steps) {
		return e.nodes[n].kind == mapping && e.setEntries(key, n, ways[0])
	}
	if e.nodes[n].kind == sequence {
		children := e.children(n)
		for _, group := range byStep(ways, depth) {
			if !e.apply(none, children[group[0].steps[depth].index], group, depth+1) {
				return false
			}
		}
		return true
	}
	for _, group := range byStep(ways, depth) {
		if !e.follow(key, n, group, depth) {
			return false
		}
	}
	return true
}

// follow edits what a step from a mapping leads to.
func (e *editor) follow(key, n ref, ways []*way, depth int) bool {
	w := ways[0]
	s := w.steps[depth]
	own, _ := e.field(n, s.field)
	inherited := e.inherited(n, s.field)
	switch {
	case depth >= w.made && e.emptied(n, w, depth):
		return e.removeEntries(n, []string{s.field})
	case own.value != none && !e.isVoid(own.value):
		return e.apply(own.key, own.value, ways, depth+1)
	case own.value != none:
		return len(w.set) == 0 || e.fill(key, n, own, w, depth+1)
	case inherited != none:
		entry := e.printKey(s.field, e.isQuoted(n)) + ": " + e.print(inherited, ways, depth+1, e.isQuoted(n))
		return e.insert(key, n, entry, []string{entry})
	case len(w.set) == 0:
		return true
	}
	entry := e.printKey(s.field, e.isQuoted(n)) + ": " + e.made(w, depth+1, e.isQuoted(n))
	return e.insert(key, n, entry, e.madeLines(w, depth, e.indentation(key, n)))
}

// isVoid tells whether a value is null or an empty mapping.
func (t *tree) isVoid(n ref) bool {
	n = t.resolve(n)
	return t.isNull(n) || (t.nodes[n].kind == mapping && t.nodes[n].first == none)
}

// inherited returns the value of a field that a merge key brings.
func (t *tree) inherited(n ref, field string) ref {
	if !t.merges(n) {
		return none
	}
	for _, source := range t.sourcesOf(n)[1:] {
		if found, _ := t.field(source, field); found.value != none {
			return found.value
		}
	}
	return none
}

// emptied tells whether an edit leaves nothing of the field that its step at a depth
// leads to.
func (t *tree) emptied(n ref, w *way, depth int) bool {
	value, _ := (&Value{tree: t}).lookup(n, w.steps[depth].field)
	if value == none || len(w.set) > 0 {
		return false
	}
	value = t.resolve(value)
	if t.nodes[value].kind != mapping {
		return false
	}
	fields := t.fieldsOf(value)
	if depth+1 < len(w.steps) {
		return len(fields) == 1 && fields[0] == w.steps[depth+1].field && t.emptied(value, w, depth+1)
	}
	return len(fields) > 0 && !slices.ContainsFunc(fields, func(field string) bool { return !slices.Contains(w.remove, field) })
}

// fieldsOf returns the fields of a mapping in their order, each once, merged ones last.
func (t *tree) fieldsOf(n ref) []string {
	var fields []string
	seen := map[string]bool{}
	for _, source := range t.sourcesOf(n) {
		t.entries(source, func(key, _ ref) bool {
			if key = t.resolve(key); t.nodes[key].kind == scalar && !t.isMergeKey(key) {
				if field := t.scalar(key); !seen[field] {
					seen[field] = true
					fields = append(fields, field)
				}
			}
			return true
		})
	}
	return fields
}

// fill makes the mapping that a way goes on to in the place of a null or an empty one.
func (e *editor) fill(holder, n ref, own entry, w *way, depth int) bool {
	value := own.value
	if _, anchored := e.anchors[value]; anchored {
		e.changed = append(e.changed, value)
	}
	start, end := e.span(value)
	if e.nodes[n].style == flow {
		return e.replace(value, e.made(w, depth, e.isQuoted(n)))
	}
	if line := endOfLine(e.text, int(e.nodes[own.key].end)); start > line || !endsAt(e.text[:line], end) {
		return e.replace(value, e.made(w, depth, false))
	}
	if e.nodes[value].kind == alias {
		e.expands[value] = true
	}
	for start > 0 && start < end && e.text[start-1] == ' ' {
		start--
	}
	indent, ok := e.column(own.key)
	if !ok {
		return false
	}
	width := e.indentation(holder, n)
	return e.splice(start, end, "") && e.insertLines(own.key, indent+width, e.madeLines(w, depth, width))
}

// setEntries edits the entries of a mapping that has some.
func (e *editor) setEntries(holder, n ref, w *way) bool {
	added := maps.Clone(w.set)
	removed := slices.Clone(w.remove)
	kept := 0
	seen := map[string]bool{}
	var again []ref // keys whose entries are superfluous
	ok := true
	e.entries(n, func(key, value ref) bool {
		field := e.scalar(e.resolve(key))
		checksum, set := w.set[field]
		switch {
		case e.isMergeKey(key):
			kept++
		case set && seen[field]:
			again = append(again, key)
		case set:
			delete(added, field)
			ok = e.setValue(value, checksum)
			kept++
		case !slices.Contains(w.remove, field):
			kept++
		}
		seen[field] = true
		return ok
	})
	if !ok {
		return false
	}
	if kept == 0 {
		return e.replace(n, e.print(n, []*way{w}, len(w.steps), e.isQuoted(n)))
	}
	if !e.removeEntries(n, removed, again...) || len(added) == 0 {
		return ok
	}
	var flowing []string
	for _, key := range slices.Sorted(maps.Keys(added)) {
		flowing = append(flowing, e.printKey(key, e.isQuoted(n))+": "+printText(added[key], e.isQuoted(n)))
	}
	return e.insert(holder, n, strings.Join(flowing, ", "), entryLines(added, ""))
}

// setValue replaces a value by a checksum.
func (e *editor) setValue(n ref, checksum string) bool {
	if e.nodes[n].kind == scalar && e.typeOf(n) == isString && e.scalar(n) == checksum {
		return true
	}
	e.forget(n)
	return e.replace(n, printText(checksum, e.nodes[n].style == double))
}

// forget notes the anchors of a node, and below it, whose text goes away.
func (e *editor) forget(n ref) {
	if len(e.anchors) == 0 {
		return
	}
	if _, anchored := e.anchors[n]; anchored {
		e.changed = append(e.changed, n)
	}
	if e.nodes[n].kind == alias {
		e.expands[n] = true
		return
	}
	for child := e.nodes[n].first; e.nodes[n].kind != scalar && child != none; child = e.nodes[child].next {
		e.forget(child)
	}
}

// removeEntries removes fields of a mapping, and further entries by their keys.
func (e *editor) removeEntries(n ref, fields []string, again ...ref) bool {
	if len(fields) == 0 && len(again) == 0 {
		return true
	}
	if e.merges(n) && !e.rewriteMerges(n, fields) {
		return false
	}
	gone := map[string]bool{}
	for _, field := range fields {
		gone[field] = true
	}
	var run []entry // of entries that go, one behind the other
	last := none    // the value of the one before that stays
	ok, stays := true, false
	end := func(next ref) {
		if len(run) > 0 && ok {
			ok = e.removeRun(n, last, next, run)
		}
		run = nil
	}
	e.entries(n, func(key, value ref) bool {
		k := e.resolve(key)
		if (e.nodes[k].kind == scalar && !e.isMergeKey(key) && gone[e.scalar(k)]) || slices.Contains(again, key) {
			e.forget(key)
			e.forget(value)
			run = append(run, entry{key, value})
			return true
		}
		end(key)
		last, stays = value, true
		return true
	})
	if !stays && len(run) > 0 {
		return e.replace(n, "{}")
	}
	end(none)
	return ok
}

// removeRun removes entries of a mapping between one that stays and the next one.
func (e *editor) removeRun(n, last, next ref, run []entry) bool {
	_, end := e.span(run[len(run)-1].value)
	end = max(end, int(e.nodes[run[len(run)-1].key].end))
	if e.nodes[n].style == flow {
		if next != none {
			return e.splice(e.lead(run[0].key), e.lead(next), "")
		}
		_, start := e.span(last)
		return e.splice(start, end, "")
	}
	start := e.lead(run[0].key)
	lineStart := bytes.LastIndexByte(e.text[:start], '\n') + 1
	if skipSpaces(e.text[:start], lineStart) < start {
		return next != none && e.splice(start, e.lead(next), "")
	}
	for i, r := range run {
		start := bytes.LastIndexByte(e.text[:e.lead(r.key)], '\n') + 1
		_, end := e.span(run[i].value)
		end = max(end, int(e.nodes[r.key].end)+1)
		if !endsAt(e.text[:endOfLine(e.text, end)], end) {
			return false
		}
		next := nextLine(e.text, end)
		if next == len(e.text) && e.text[next-1] != '\n' && start > 0 {
			start -= len("\n")
			if start > 0 && e.text[start-1] == '\r' {
				start--
			}
		}
		e.splice(start, next, "")
	}
	return true
}

// rewriteMerges writes out what merge keys bring to a mapping, without some fields, if
// they bring these.
func (e *editor) rewriteMerges(n ref, without []string) bool {
	ok := true
	e.entries(n, func(key, value ref) bool {
		if !e.isMergeKey(key) {
			return true
		}
		brings := func(source ref) bool {
			return slices.ContainsFunc(e.fieldsOf(source), func(field string) bool { return slices.Contains(without, field) })
		}
		if slices.ContainsFunc(e.mergedBy(value), brings) {
			e.forget(value)
			ok = e.replace(value, e.printMerged(value, without))
		}
		return ok
	})
	return ok
}

// insert adds an entry as the first one of a mapping: in flow style, or in lines.
func (e *editor) insert(holder, n ref, flowing string, lines []string) bool {
	first := e.nodes[n].first
	if first == none {
		return e.replace(n, "{"+flowing+"}")
	}
	at := e.lead(first)
	if e.nodes[n].style == flow {
		return e.splice(at, at, flowing+", ")
	}
	indent, ok := e.column(first)
	if !ok {
		return false
	}
	if holder != none && at > endOfLine(e.text, int(e.nodes[holder].start)) {
		return e.insertLines(holder, indent, lines)
	}
	margin := e.newline + strings.Repeat(" ", indent)
	return e.splice(at, at, strings.Join(lines, margin)+margin)
}

// insertLines adds lines below that of a key.
func (e *editor) insertLines(key ref, indent int, lines []string) bool {
	at := nextLine(e.text, int(e.nodes[key].start))
	margin := strings.Repeat(" ", indent)
	text := margin + strings.Join(lines, e.newline+margin)
	if at == len(e.text) && e.text[at-1] != '\n' {
		return e.splice(at, at, e.newline+text)
	}
	return e.splice(at, at, text+e.newline)
}

// replace replaces the text of a node.
func (e *editor) replace(n ref, with string) bool {
	start, end := e.span(n)
	if e.nodes[n].kind == alias {
		e.expands[n] = true
	}
	if start == end && start > 0 && e.text[start-1] != ' ' {
		with = " " + with
	}
	return with != "" && e.splice(start, end, with)
}

// span returns where the text of a node is, without the blank lines at the end of a
// scalar in blocks.
func (e *editor) span(n ref) (start, end int) {
	start, end = int(e.nodes[n].start), int(e.nodes[n].end)
	if s := e.nodes[n].style; s == literal || s == folded {
		end = start + len(bytes.TrimRight(e.text[start:end], " \r\n"))
	}
	return start, end
}

// lead returns where the text of a node begins, with its anchor.
func (e *editor) lead(n ref) int {
	if a, anchored := e.anchors[n]; anchored {
		return int(a.start)
	}
	return int(e.nodes[n].start)
}

// column returns how far a key is from the beginning of its line, if nothing but dashes
// is before it. It does not look beyond: a line can be long.
func (e *editor) column(key ref) (int, bool) {
	at := e.lead(key)
	start := at
	for start > 0 && (e.text[start-1] == ' ' || e.text[start-1] == '-') {
		start--
	}
	return at - start, start == 0 || e.text[start-1] == '\n'
}

// indentation returns how much a mapping is indented below what holds it.
func (e *editor) indentation(holder, n ref) int {
	const usual = 2
	if holder == none || e.nodes[n].first == none {
		return usual
	}
	outer, _ := e.column(holder)
	inner, _ := e.column(e.nodes[n].first)
	if inner <= outer {
		return usual
	}
	return inner - outer
}

// isQuoted tells whether the keys of a mapping are in double quotes, as those of JSON.
func (e *editor) isQuoted(n ref) bool {
	first := e.nodes[n].first
	if first == none {
		return bytes.HasPrefix(bytes.TrimLeft(e.text, " \t\r\n"), []byte("{"))
	}
	return e.nodes[first].style == double
}

// made returns what a way goes on to, from a depth on, in flow style.
func (e *editor) made(w *way, depth int, quoted bool) string {
	if depth < len(w.steps) {
		return "{" + e.printKey(w.steps[depth].field, quoted) + ": " + e.made(w, depth+1, quoted) + "}"
	}
	var list []string
	for _, key := range slices.Sorted(maps.Keys(w.set)) {
		list = append(list, e.printKey(key, quoted)+": "+printText(w.set[key], quoted))
	}
	return "{" + strings.Join(list, ", ") + "}"
}

// madeLines is made in blocks.
func (e *editor) madeLines(w *way, depth, width int) []string {
	var lines []string
	margin := ""
	for ; depth < len(w.steps); depth++ {
		lines = append(lines, margin+e.printKey(w.steps[depth].field, false)+":")
		margin += strings.Repeat(" ", width)
	}
	return append(lines, entryLines(w.set, margin)...)
}

func entryLines(entries map[string]string, margin string) []string {
	var lines []string
	for _, key := range slices.Sorted(maps.Keys(entries)) {
		lines = append(lines, margin+printText(key, false)+": "+printText(entries[key], false))
	}
	return lines
}

// share gives the first alias of each node that does not stay what it was the node's name
// and former text.
func (e *editor) share() bool {
	if len(e.changed) == 0 {
		return true
	}
	users := map[ref][]ref{}
	for _, n := range e.aliases {
		target := e.resolve(n)
		users[target] = append(users[target], n)
	}
	if !sorted(e.splices) {
		return false
	}
	taken := e.splices
	inside := func(at int) bool {
		i, _ := slices.BinarySearchFunc(taken, at, func(s splice, at int) int { return cmp.Compare(s.end, at+1) })
		return i < len(taken) && taken[i].start <= at
	}
	done := map[ref]bool{}
	for _, n := range e.changed {
		if done[n] {
			continue
		}
		done[n] = true
		for _, user := range users[n] {
			if e.expands[user] || inside(int(e.nodes[user].start)) {
				continue
			}
			a := e.anchors[n]
			name := strings.TrimSpace(string(e.text[a.start:a.end]))
			e.splice(int(e.nodes[user].start), int(e.nodes[user].end), name+" "+e.print(n, nil, 0, false))
			if !inside(int(a.start)) {
				e.splice(int(a.start), int(a.end), "")
			}
			break
		}
	}
	return true
}
