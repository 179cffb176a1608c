package examples

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// A verdict is what the function should do to a build: the output with all
// annotations, or an error.
type verdict struct {
	output    []object
	checksums int
	problems  []string // of which the function should tell one, and fail
	warnings  []string // of which it should tell each
	outdated  bool     // a checksum is not of what the workload gets in the end
	doubtful  bool     // perhaps, and nobody can tell
}

// A final is a Secret or ConfigMap in the output, with its history.
type final struct {
	object
	history thing
	entry   *allowed
}

// A trial judges one build. It sees what kustomize makes without the function,
// the history of names, and the configuration, and nothing of the function.
type trial struct {
	verdict
	sources []*final
	locals  []thing // that kustomize has dropped
	entries []*allowed
	matched map[*allowed]bool
}

// judgeBuild returns what should become of an output of kustomize.
func judgeBuild(output []object, history []thing, p policy) (verdict, error) {
	t := trial{verdict: verdict{output: output}, entries: p.entries, matched: map[*allowed]bool{}}
	for _, o := range output {
		if kind := o.text("kind"); kind == "Secret" || kind == "ConfigMap" {
			past, err := pastOf(o, history)
			if err != nil {
				return verdict{}, err
			}
			t.sources = append(t.sources, &final{object: o, history: past})
		}
	}
	t.locals = slices.DeleteFunc(slices.Clone(history), func(past thing) bool { return !past.local })
	for _, entry := range t.entries {
		t.allow(entry)
	}
	for _, o := range output {
		t.visit(o, p)
	}
	return t.verdict, nil
}

// visit annotates an object, if it is a workload that is to be annotated.
func (t *trial) visit(o object, p policy) {
	kind := o.text("kind")
	path := templatePath(kind)
	switch {
	case o.at(path...) == nil:
	case p.annotates(kind):
		values := t.checksumsOf(o, path)
		t.checksums += len(values)
		insert(o, append(path, "metadata", "annotations"), values)
	}
}

var hashSuffix = regexp.MustCompile(`^-[a-z0-9]{10}$`)

// endsAs tells whether a thing has a kind and a name in the end.
func (t thing) endsAs(ref reference) bool {
	rest, starts := strings.CutPrefix(ref.name, t.id().name)
	return t.kind == ref.kind && starts && (rest == "" || hashSuffix.MatchString(rest))
}

// pastOf returns the history of an object, of which there has to be one.
func pastOf(o object, history []thing) (thing, error) {
	var found []thing
	for _, past := range history {
		ends := past.endsAs(reference{o.text("kind"), o.text("metadata", "name")})
		if ends && past.mark == mark(o) && past.id().namespace == o.text("metadata", "namespace") {
			found = append(found, past)
		}
	}
	if len(found) != 1 {
		return thing{}, fmt.Errorf("the model has %d histories of %v", len(found), o)
	}
	return found[0], nil
}

// allow finds the objects of an entry: those that have or had its name, in its
// namespace; if there is none, those that have no namespace yet.
func (t *trial) allow(entry *allowed) {
	var in, unset []*final
	for _, source := range t.sources {
		switch {
		case source.text("kind") != entry.kind || !source.history.named(entry.name):
		case entry.namespace == "" || source.text("metadata", "namespace") == entry.namespace:
			in = append(in, source)
		case source.text("metadata", "namespace") == "":
			unset = append(unset, source)
		}
	}
	if len(in) == 0 {
		in = unset
	}
	for _, source := range in {
		t.matched[entry] = true
		if source.entry != nil {
			t.problems = append(t.problems, "both mean")
		}
		source.entry = entry
		if entry.checksum == "" && !hasKeys(source.object, entry.keys) {
			t.problems = append(t.problems, "has no key")
		}
	}
}

// checksumsOf returns the annotations of a workload: the checksums of what it
// references.
func (t *trial) checksumsOf(workload object, path []string) map[string]any {
	values, origins := map[string]any{}, map[string]any{}
	add := func(entry *allowed, value string, origin any) {
		key := "checksum/" + strings.ToLower(entry.kind) + "." + entry.name
		if other, taken := origins[key]; taken && other != origin {
			t.problems = append(t.problems, "both have the annotation")
		}
		values[key], origins[key] = value, origin
	}
	for _, ref := range referencesIn(workload.at(append(path, "spec")...)) {
		found, without := t.means(workload, ref), t.without(workload, ref)
		switch {
		case len(found) > 1:
			if slices.ContainsFunc(found, func(f *final) bool { return f.entry != nil }) {
				t.warnings = append(t.warnings, fmt.Sprintf("not annotated with the checksum of %s %s: it may mean", ref.kind, ref.name))
			}
		case len(found) == 1 && found[0].entry == nil:
		case len(found) == 1 && found[0].entry.checksum != "":
			add(found[0].entry, found[0].entry.checksum, found[0].entry)
			if !holdsName(ref.name, found[0].entry) || t.mayMeanAbsent(workload, path, found[0].entry) {
				t.doubtful = true
			} else {
				t.outdated = true
			}
		case len(found) == 1:
			seen := beforeVars(found[0].object)
			add(found[0].entry, sum(seen, found[0].entry.keys), found[0])
			if !maps.Equal(seen.texts("data"), found[0].texts("data")) {
				t.warnings = append(t.warnings, "there is text of the form $(NAME) in ")
				t.outdated = t.outdated || sum(found[0].object, found[0].entry.keys) != sum(seen, found[0].entry.keys)
			}
		default:
			for _, entry := range without {
				add(entry, entry.instead(), entry)
			}
		}
	}
	return values
}

// mayMeanAbsent tells whether a workload references something that is not in the output,
// by a name that can be made of that of an entry: a given checksum may be for that.
func (t *trial) mayMeanAbsent(workload object, path []string, entry *allowed) bool {
	return slices.ContainsFunc(referencesIn(workload.at(append(path, "spec")...)), func(ref reference) bool {
		return ref.kind == entry.kind && holdsName(ref.name, entry) && len(t.means(workload, ref)) == 0
	})
}

// holdsName tells whether kustomize can have made a name of that of an entry without a patch
// that gives another one.
func holdsName(name string, entry *allowed) bool {
	return strings.Contains("-"+name+"-", "-"+entry.name+"-")
}

// means returns the objects that a final reference may mean: the one in the
// namespace of the workload; if there is none, those whose namespace, or the
// workload's, somebody else will set.
func (t *trial) means(workload object, ref reference) []*final {
	var same, unset []*final
	for _, source := range t.sources {
		switch {
		case source.text("kind") != ref.kind || source.text("metadata", "name") != ref.name:
		case source.namespace() == workload.namespace():
			same = append(same, source)
		case source.text("metadata", "namespace") == "" || workload.text("metadata", "namespace") == "":
			unset = append(unset, source)
		}
	}
	if len(same) > 0 {
		return same
	}
	return unset
}

// without returns the entries of a name that say what counts instead of an object: of
// the final name, or of any name of an object that is for kustomize only.
func (t *trial) without(workload object, ref reference) []*allowed {
	var found []*allowed
	for _, entry := range t.entries {
		unset := entry.namespace == "" || workload.text("metadata", "namespace") == ""
		named := entry.name == ref.name || slices.ContainsFunc(t.locals, func(past thing) bool { return past.endsAs(ref) && past.named(entry.name) })
		if entry.kind == ref.kind && named && (unset || entry.namespace == workload.namespace()) &&
			(entry.checksum != "" || !t.matched[entry] && entry.onMissing == "HashName") {
			found = append(found, entry)
		}
	}
	return found
}

func (a *allowed) instead() string {
	if a.checksum != "" {
		return a.checksum
	}
	return hexSum([]byte(a.name))
}
