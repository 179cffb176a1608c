package report

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/proompteng/checksum-annotator/config"
)

// FunctionConfig returns the YAML of the functionConfig that closes the gaps: it allows
// each source of which a change reaches pods not at all, with the reason as a comment.
// Those that it cannot close are comments alone.
func (a Audit) FunctionConfig() string {
	var out strings.Builder
	fmt.Fprintf(&out, "apiVersion: %s\nkind: %s\nmetadata:\n  name: rollout-checksums\nspec:\n  enabled: true\n", config.APIVersion, config.KindName)
	gaps := a.readers(SourceUse.Gap)
	for _, list := range []struct {
		field string
		kind  config.Kind
	}{{"secrets", config.Secret}, {"configMaps", config.ConfigMap}} {
		writeEntries(&out, list.field, filterKind(gaps, list.kind), a.needsNamespace)
	}
	if len(gaps) == 0 {
		out.WriteString("  # A change of each source in the input reaches the pods that read it.\n")
	}
	a.writeOpen(&out, "not in the input, so that no change of it can be seen: render it with what reads it, or give an entry its checksum",
		func(u SourceUse) bool { return u.Missing && !u.Optional && u.Way == notAtAll })
	a.writeOpen(&out, "in the input, but its content is not: see the reason", func(u SourceUse) bool { return u.Unseen != "" })
	return out.String()
}

// A readSource is a source, and what reads it.
type readSource struct {
	ref     ResourceRef
	readers []string
}

// readers returns the sources of some uses, by namespace, kind and name.
func (a Audit) readers(of func(SourceUse) bool) []*readSource {
	var found []*readSource
	byRef := map[ResourceRef]*readSource{}
	s := style{plainName, plainText}
	for _, w := range a.Workloads {
		for _, use := range w.Uses {
			if !of(use) {
				continue
			}
			source := byRef[use.Source]
			if source == nil {
				source = &readSource{ref: use.Source}
				byRef[use.Source] = source
				found = append(found, source)
			}
			source.readers = append(source.readers, fmt.Sprintf("%s reads it (%s)", s.ref(w.Workload), s.read(use)))
		}
	}
	slices.SortFunc(found, func(a, b *readSource) int { return a.ref.Compare(b.ref) })
	return found
}

func filterKind(sources []*readSource, kind config.Kind) (found []*readSource) {
	for _, source := range sources {
		if source.ref.Kind == string(kind) {
			found = append(found, source)
		}
	}
	return found
}

// writeEntries writes a list of the allowlist.
func writeEntries(out *strings.Builder, field string, sources []*readSource, needsNamespace func(ResourceRef) bool) {
	if len(sources) > 0 {
		fmt.Fprintf(out, "  %s:\n", field)
	}
	written := map[string]bool{}
	for _, source := range sources {
		name, err := entryName(source.ref.Name)
		if err != nil {
			fmt.Fprintf(out, "  # not allowed, since it is no name of an object: %s\n", plainName(source.ref.Name))
			continue
		}
		for _, reader := range source.readers {
			fmt.Fprintf(out, "  # %s\n", reader)
		}
		entry := "  - " + name + "\n"
		if needsNamespace(source.ref) {
			entry = fmt.Sprintf("  - name: %s\n    namespace: %s\n", name, plainName(source.ref.Namespace))
		}
		if !written[entry] {
			out.WriteString(entry)
		}
		written[entry] = true
	}
}

// entryName returns the YAML of the name of an object.
func entryName(name string) (string, error) {
	if problems := validation.IsDNS1123Subdomain(name); len(problems) > 0 {
		return "", fmt.Errorf("%s", problems[0])
	}
	text, err := yaml.Marshal(name)
	return strings.TrimSpace(string(text)), err
}

// needsNamespace tells whether an entry for a source has to say its namespace, since one
// of another namespace that the entry is not for has the same name.
func (a Audit) needsNamespace(ref ResourceRef) bool {
	other := func(source ResourceRef) bool {
		return ref.Namespace != "" && source.Kind == ref.Kind && source.Name == ref.Name && source.Namespace != ref.Namespace
	}
	for _, w := range a.Workloads {
		for _, use := range w.Uses {
			if other(use.Source) && !use.Gap() {
				return true
			}
		}
	}
	return slices.ContainsFunc(a.Unread, func(u UnreadSource) bool { return other(u.Source) })
}

// writeOpen writes comments about what the functionConfig cannot close.
func (a Audit) writeOpen(out *strings.Builder, why string, of func(SourceUse) bool) {
	s := style{plainName, plainText}
	for _, source := range a.readers(of) {
		fmt.Fprintf(out, "# %s: %s\n", s.ref(source.ref), why)
		for _, reader := range source.readers {
			fmt.Fprintf(out, "#   %s\n", reader)
		}
	}
}
