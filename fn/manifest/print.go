package manifest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// This file writes values in flow style, which can stand wherever a value can. It is for
// what has no text of its own in the place where it is needed.

// print returns a node with edits made, by ways that have come to a depth, and with
// aliases and merge keys written out.
func (t *tree) print(n ref, ways []*way, depth int, quoted bool) string {
	var text strings.Builder
	p := printer{tree: t, to: &text, quoted: quoted}
	p.node(n, ways, depth)
	return text.String()
}

// A printer writes nodes.
type printer struct {
	*tree
	to     *strings.Builder
	quoted bool // as JSON wants it
	// results are added to those of the node that is written first.
	results string
	// named are the nodes that have been written under their names, by these; nil where
	// aliases are written out.
	named map[string]ref
}

// reference writes an alias as one, where what it stands for has been written, or the name
// of a node that stays what it is. It tells whether that is all.
func (p *printer) reference(n ref, changes bool) bool {
	if p.named == nil || changes {
		return false
	}
	target := p.resolve(n)
	name := p.labels[target]
	switch {
	case name == "":
	case p.nodes[n].kind != alias:
		p.named[name] = n
		p.to.WriteString("&" + name + " ")
	case p.named[name] == target:
		p.to.WriteString("*" + name + " ")
		return true
	}
	return false
}

func (p *printer) node(n ref, ways []*way, depth int) {
	if p.reference(n, len(ways) > 0) {
		return
	}
	n = p.resolve(n)
	if tag, tagged := p.tags[n]; tagged {
		p.to.WriteString(tag + " ")
	}
	switch p.nodes[n].kind {
	case mapping:
		p.mapping(n, ways, depth)
	case sequence:
		p.to.WriteByte('[')
		groups := groupsOf(ways, depth)
		i := 0
		for child := p.nodes[n].first; child != none; child = p.nodes[child].next {
			if i > 0 {
				p.to.WriteString(", ")
			}
			p.node(child, groups[step{index: i, element: true}], depth+1)
			i++
		}
		p.to.WriteByte(']')
	default:
		p.scalar(n)
	}
}

// text returns a node as the printer writes it.
func (p *printer) text(n ref, ways []*way, depth int) string {
	var text strings.Builder
	inner := printer{tree: p.tree, to: &text, quoted: p.quoted, named: p.named}
	inner.node(n, ways, depth)
	return text.String()
}

// groupsOf returns ways by the step that they take at a depth.
func groupsOf(ways []*way, depth int) map[step][]*way {
	groups := map[step][]*way{}
	for _, w := range ways {
		if depth < len(w.steps) {
			groups[w.steps[depth]] = append(groups[w.steps[depth]], w)
		}
	}
	return groups
}

func (p *printer) scalar(n ref) {
	text := p.tree.scalar(n)
	switch {
	case p.isNull(n) && text == "":
		p.to.WriteString("null")
	case p.typeOf(n) == isString || p.typeOf(n) == isDate && p.quoted:
		p.to.WriteString(printText(text, p.quoted))
	case p.nodes[n].style != plain:
		p.to.WriteString(printText(text, true))
	default:
		p.to.WriteString(text)
	}
}

// mapping writes a mapping with what is merged into it.
func (p *printer) mapping(n ref, ways []*way, depth int) {
	var set map[string]string
	var remove []string
	if len(ways) > 0 && depth == len(ways[0].steps) {
		set, remove, ways = ways[0].set, ways[0].remove, nil
	}
	results := p.results
	p.results = ""
	groups := groupsOf(ways, depth)
	added := maps.Clone(set)
	var entries []string
	add := func(key, value string) { entries = append(entries, key+": "+value) }
	seen := map[string]bool{}
	for _, source := range p.sourcesOf(n) {
		own := map[string]bool{}
		p.entries(source, func(key, value ref) bool {
			k := p.resolve(key)
			if p.nodes[k].kind != scalar {
				add("? "+p.text(k, nil, 0)+" ", p.text(value, nil, 0))
				return true
			}
			field := p.tree.scalar(k)
			if p.isMergeKey(key) || seen[field] || slices.Contains(remove, field) {
				return true
			}
			own[field] = true
			if checksum, changes := set[field]; changes {
				if _, first := added[field]; first {
					delete(added, field)
					add(p.text(k, nil, 0), printText(checksum, p.quoted))
				}
				return true
			}
			group := groups[step{field: field}]
			delete(groups, step{field: field})
			switch {
			case results != "" && field == "results":
				add(field, "["+strings.Join(append(p.elements(value), results), ", ")+"]")
				results = ""
			case len(group) > 0 && depth >= group[0].made && p.emptied(n, group[0], depth):
			case len(group) > 0 && p.isVoid(value) && len(group[0].set) > 0:
				add(p.text(k, nil, 0), (&editor{tree: p.tree}).made(group[0], depth+1, p.quoted))
			default:
				add(p.text(k, nil, 0), p.text(value, group, depth+1))
			}
			return true
		})
		maps.Copy(seen, own)
	}
	made := p.madeFields(ways, groups, depth)
	if results != "" {
		add(p.printKey("results", p.quoted), "["+results+"]")
	}
	for _, key := range slices.Sorted(maps.Keys(added)) {
		made = append(made, p.printKey(key, p.quoted)+": "+printText(added[key], p.quoted))
	}
	entries = append(made, entries...) // the new ones first, as in a text
	p.to.WriteString("{" + strings.Join(entries, ", ") + "}")
}

// madeFields writes the fields that edits make in a mapping: those of the groups that are
// left.
func (p *printer) madeFields(ways []*way, groups map[step][]*way, depth int) []string {
	var made []string
	for _, w := range ways {
		if group := groups[w.steps[depth]]; len(group) > 0 && len(w.set) > 0 {
			delete(groups, w.steps[depth])
			made = append(made, p.printKey(w.steps[depth].field, p.quoted)+": "+(&editor{tree: p.tree}).made(w, depth+1, p.quoted))
		}
	}
	return made
}

// elements returns the elements of a list, each as text.
func (p *printer) elements(n ref) []string {
	var elements []string
	if n = p.resolve(n); p.nodes[n].kind == sequence {
		for _, child := range p.children(n) {
			elements = append(elements, p.text(child, nil, 0))
		}
	}
	return elements
}

// printMerged writes what the value of a merge key brings, without some fields.
func (t *tree) printMerged(value ref, without []string) string {
	var entries []string
	seen := map[string]bool{}
	for _, merged := range t.mergedBy(value) {
		for _, source := range t.sourcesOf(merged) {
			t.entries(source, func(key, value ref) bool {
				k := t.resolve(key)
				if t.nodes[k].kind != scalar || t.isMergeKey(key) {
					return true
				}
				if field := t.scalar(k); !seen[field] && !slices.Contains(without, field) {
					seen[field] = true
					entries = append(entries, t.print(k, nil, 0, false)+": "+t.print(value, nil, 0, false))
				}
				return true
			})
		}
	}
	return "{" + strings.Join(entries, ", ") + "}"
}

func (t *tree) printKey(key string, quoted bool) string {
	return printText(key, quoted)
}

// printText returns a string as a scalar: in double quotes where it is to be, or where it
// would be something else without.
func printText(text string, quoted bool) string {
	if !quoted && isPlainText(text) {
		return text
	}
	var quotedText strings.Builder
	quotedText.WriteByte('"')
	for _, c := range text {
		switch {
		case c == '"' || c == '\\':
			quotedText.WriteString(`\` + string(c))
		case c == '\n':
			quotedText.WriteString(`\n`)
		case c == '\t':
			quotedText.WriteString(`\t`)
		case c < ' ' || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029 || c == 0xfeff || c == 0xfffe || c == 0xffff:
			fmt.Fprintf(&quotedText, `\u%04x`, c)
		default:
			quotedText.WriteRune(c)
		}
	}
	quotedText.WriteByte('"')
	return quotedText.String()
}

// isPlainText tells whether a string can stand without quotes wherever a value can.
func isPlainText(text string) bool {
	if text == "" || typeOfPlain([]byte(text)) != isString || isOldBoolean(text) {
		return false
	}
	for i, c := range []byte(text) {
		if !keyBytes[c] && (c != ' ' || i == len(text)-1) {
			return false
		}
	}
	return text[0] != '-' && text[0] != ' ' && text[0] != '.'
}
