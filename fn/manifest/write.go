package manifest

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/proompteng/checksum-annotator/fn/internal/parallel"
)

// An Output is what is written in the place of an input.
type Output struct {
	input   []byte
	splices []splice // sorted
}

// WriteTo writes the output.
func (o *Output) WriteTo(w io.Writer) (int64, error) {
	buffered := bufio.NewWriterSize(w, 1<<16)
	written, at := 0, 0
	for _, s := range append(o.splices, splice{len(o.input), len(o.input), ""}) {
		n, err := buffered.Write(o.input[at:s.start])
		written += n
		if err == nil {
			n, err = buffered.WriteString(s.with)
			written += n
		}
		if err != nil {
			return int64(written), err
		}
		at = s.end
	}
	return int64(written), buffered.Flush()
}

// Bytes returns the output.
func (o *Output) Bytes() []byte {
	return spliced(o.input, o.splices)
}

// Unchanged returns the output that is the input.
func Unchanged(input []byte) *Output {
	return &Output{input: input}
}

// Write returns the input with the edits made, and with the results, if it is a
// ResourceList, added to those that it had. Everything else stays as it is, byte for
// byte, but in an object whose text does not lend itself to the edit: that is encoded
// anew.
func (l *List) Write(edits []Edit, results []any) (*Output, error) {
	if len(l.top) == 0 {
		results = nil
	}
	rewrites := map[*region]*rewrite{}
	var all []*rewrite
	touch := func(r *region) *rewrite {
		if rewrites[r] == nil {
			rewrites[r] = &rewrite{region: r}
			all = append(all, rewrites[r])
		}
		return rewrites[r]
	}
	for _, edit := range edits {
		r := touch(edit.Item.region)
		r.edits = append(r.edits, edit)
	}
	var added []splice
	if len(results) > 0 {
		field, err := l.field("results")
		switch {
		case err != nil:
			return nil, err
		case field.node == none && !slices.Contains(l.regions, l.top[0]):
			lines, err := resultLines(results, 0)
			if err != nil {
				return nil, err
			}
			newline := newlineOf(l.input)
			text := newline + "results:" + newline + strings.ReplaceAll(lines, "\n", newline)
			if bytes.HasSuffix(l.input, []byte("\n")) {
				text = text[len(newline):]
			} else {
				text = strings.TrimSuffix(text, newline)
			}
			added = append(added, splice{len(l.input), len(l.input), text})
		case field.node == none:
			touch(l.top[0]).results = results
		default:
			for _, r := range l.top {
				if r.content.tree == field.tree {
					touch(r).results = results
				}
			}
		}
	}
	parallel.Each(all, func(r *rewrite) bool {
		r.run()
		return r.err == nil
	})
	output := &Output{input: l.input}
	for _, r := range all {
		if r.err != nil {
			return nil, r.err
		}
		for _, s := range r.splices {
			output.splices = append(output.splices, splice{s.start + r.region.start, s.end + r.region.start, s.with})
		}
	}
	output.splices = append(output.splices, added...)
	if !sorted(output.splices) {
		return nil, errUnwritable
	}
	return output, nil
}

// errUnwritable says that there is no output that is proven to be right.
var errUnwritable = errors.New("cannot write the output: more than the annotations would change")

// A rewrite finds the splices of a region.
type rewrite struct {
	region  *region
	edits   []Edit
	results []any

	splices []splice
	err     error
}

func (r *rewrite) run() {
	t := r.region.content.tree
	ways := map[ref][]*way{}
	for _, edit := range r.edits {
		root := edit.Base
		for root.parent != nil {
			root = root.parent
		}
		ways[root.node] = append(ways[root.node], wayOf(edit))
	}
	var ok bool
	if !t.foreign {
		if ok, r.err = r.inPlace(t, ways); ok || r.err != nil {
			return
		}
		if ok, r.err = r.objectsAnew(t, ways); ok || r.err != nil {
			return
		}
	}
	if ok, r.err = r.anew(t, ways); !ok && r.err == nil {
		r.err = errUnwritable
	}
}

// inPlace makes the edits where they are in the text. It tells whether that is right.
func (r *rewrite) inPlace(t *tree, ways map[ref][]*way) (bool, error) {
	e := newEditor(t)
	for _, root := range t.roots {
		if len(ways[root]) > 0 && !e.apply(none, root, ways[root], 0) {
			return false, nil
		}
	}
	return r.finish(e, ways)
}

// objectsAnew writes the objects of the edits anew. It tells whether that is right.
func (r *rewrite) objectsAnew(t *tree, ways map[ref][]*way) (bool, error) {
	e := newEditor(t)
	objects := map[*Item][]*way{}
	for _, edit := range r.edits {
		objects[edit.Item] = append(objects[edit.Item], wayOf(edit))
	}
	for item, ways := range objects {
		depth := 0
		for v := item.root; v.parent != nil; v = v.parent {
			depth++
		}
		n := item.root.node
		e.forget(n)
		quoted := e.nodes[n].style == flow && e.isQuoted(n)
		e.replace(n, e.print(n, ways, depth, quoted))
	}
	return r.finish(e, ways)
}

func (r *rewrite) finish(e *editor, ways map[ref][]*way) (bool, error) {
	if len(r.results) > 0 {
		if ok, err := e.addResults(e.roots[0], r.results); !ok || err != nil {
			return false, err
		}
	}
	if !e.share() || !sorted(e.splices) {
		return false, nil
	}
	r.splices = e.splices
	return r.proves(spliced(e.text, e.splices), ways), nil
}

// proves tells whether a text is that of the region with the edits made.
func (r *rewrite) proves(text []byte, ways map[ref][]*way) bool {
	reader := readers.Get().(*reader)
	defer readers.Put(reader)
	t := reader.read(text)
	if t == nil {
		var err error
		if t, err = readByLibrary(text); err != nil {
			return false
		}
	}
	return check(r.region.content.tree, t, ways, len(r.results))
}

// anew writes the whole region anew but for its directives.
func (r *rewrite) anew(t *tree, ways map[ref][]*way) (bool, error) {
	if len(t.roots) != 1 {
		return false, nil
	}
	added, err := resultsJSON(r.results)
	if err != nil {
		return false, err
	}
	var text strings.Builder
	head := headEnd(t.text)
	text.Write(t.text[:head])
	if r.region.inList {
		text.WriteString("- ")
		p := printer{tree: t, to: &text, named: map[string]ref{}}
		p.node(t.nodes[t.roots[0]].first, ways[t.roots[0]], 1)
	} else {
		p := printer{tree: t, to: &text, results: added, named: map[string]ref{}}
		p.node(t.roots[0], ways[t.roots[0]], 0)
	}
	text.WriteByte('\n')
	r.splices = []splice{{head, len(t.text), text.String()[head:]}}
	return r.proves([]byte(text.String()), ways), nil
}

// headEnd returns where the directives and the marker of a document end.
func headEnd(text []byte) int {
	at := skipIdle(text, 0)
	for at < len(text) && text[at] == '%' {
		at = skipIdle(text, nextLine(text, at))
	}
	line := text[:endOfLine(text, at)]
	switch {
	case !isMarker(line[at:], "---"):
		return 0
	case endsAt(line, at+len("---")):
		return nextLine(text, at)
	}
	return at + len("--- ")
}

// addResults adds results to a ResourceList.
func (e *editor) addResults(root ref, results []any) (bool, error) {
	own, _ := e.field(root, "results")
	if own.value == none {
		return e.newResults(root, results)
	}
	if _, anchored := e.anchors[own.value]; anchored {
		e.changed = append(e.changed, own.value)
	}
	value := &e.nodes[own.value]
	switch {
	case value.kind == alias && !e.isVoid(own.value) && !e.isEmptyList(own.value):
		flowing, err := resultsJSON(results)
		before := e.print(own.value, nil, 0, false)
		return e.replace(own.value, strings.TrimSuffix(before, "]")+", "+flowing+"]"), err
	case value.kind == sequence && value.style == flow && value.first != none:
		flowing, err := resultsJSON(results)
		end := int(value.end) - 1
		return e.splice(end, end, ", "+flowing), err
	case value.kind == sequence && value.style != flow:
		return e.appendResults(own.value, results)
	case e.nodes[root].style == flow || value.start > place(endOfLine(e.text, int(e.nodes[own.key].end))):
		flowing, err := resultsJSON(results)
		return e.replace(own.value, "["+flowing+"]"), err
	}
	start, end := e.span(own.value)
	if !endsAt(e.text[:endOfLine(e.text, end)], end) {
		return false, nil
	}
	if value.kind == alias {
		e.expands[own.value] = true
	}
	for start > 0 && start < end && e.text[start-1] == ' ' {
		start--
	}
	lines, err := resultLines(results, 0)
	return e.splice(start, end, "") && e.insertLines(own.key, 0, strings.Split(strings.TrimSuffix(lines, "\n"), "\n")), err
}

// appendResults adds results behind the elements of a list in blocks.
func (e *editor) appendResults(list ref, results []any) (bool, error) {
	indent, ok := e.column(list)
	_, end := e.span(list)
	lines, err := resultLines(results, indent)
	at := nextLine(e.text, end-1)
	if at == len(e.text) && e.text[at-1] != '\n' {
		lines = "\n" + strings.TrimSuffix(lines, "\n")
	}
	return ok && e.splice(at, at, strings.ReplaceAll(lines, "\n", e.newline)), err
}

func (t *tree) isEmptyList(n ref) bool {
	n = t.resolve(n)
	return t.nodes[n].kind == sequence && t.nodes[n].first == none
}

// newResults adds the field of results to a ResourceList.
func (e *editor) newResults(root ref, results []any) (bool, error) {
	if inherited := e.inherited(root, "results"); inherited != none && !e.isVoid(inherited) && !e.isEmptyList(inherited) {
		flowing, err := resultsJSON(results)
		flowing = strings.TrimSuffix(e.print(inherited, nil, 0, false)[1:], "]") + ", " + flowing
		return e.insert(none, root, "results: ["+flowing+"]", []string{"results: [" + flowing + "]"}), err
	}
	if e.nodes[root].style == flow {
		flowing, err := resultsJSON(results)
		entries := e.children(root)
		_, end := e.span(entries[len(entries)-1])
		return e.splice(end, end, ", "+e.printKey("results", e.isQuoted(root))+": ["+flowing+"]"), err
	}
	lines, err := resultLines(results, 0)
	text := "results:\n" + lines
	if indent, ok := e.column(e.nodes[root].first); !ok || indent > 0 {
		return false, err
	}
	if !bytes.HasSuffix(e.text, []byte("\n")) {
		text = "\n" + strings.TrimSuffix(text, "\n")
	}
	return e.splice(len(e.text), len(e.text), strings.ReplaceAll(text, "\n", e.newline)), err
}

// resultLines returns results as the entries of a list in block style.
func resultLines(results []any, indent int) (string, error) {
	const together = 256 // by one encoder, which is costly to make
	chunks := slices.Collect(slices.Chunk(results, together))
	type encoded struct {
		text []byte
		err  error
	}
	var errs []error
	prefix := strings.Repeat(" ", indent)
	var lines strings.Builder
	for _, e := range parallel.Map(chunks, func(chunk []any) encoded {
		text, err := encode(chunk)
		return encoded{text, err}
	}) {
		errs = append(errs, e.err)
		for line := range bytes.Lines(e.text) {
			lines.WriteString(prefix)
			lines.Write(line)
		}
	}
	return lines.String(), errors.Join(errs...)
}

// resultsJSON returns results as the elements of a JSON array.
func resultsJSON(results []any) (string, error) {
	if len(results) == 0 {
		return "", nil
	}
	text, err := encode(results)
	if err != nil {
		return "", err
	}
	t, err := readByLibrary(text)
	if err != nil {
		return "", err
	}
	list := t.print(t.roots[0], nil, 0, true)
	return list[1 : len(list)-1], nil
}

func encode(value any) ([]byte, error) {
	var output bytes.Buffer
	encoder := yaml.NewEncoder(&output)
	encoder.SetIndent(2)
	encoder.CompactSeqIndent()
	if err := errors.Join(encoder.Encode(value), encoder.Close()); err != nil {
		return nil, fmt.Errorf("cannot write a result: %w", err)
	}
	return output.Bytes(), nil
}
