package fn

import (
	"github.com/proompteng/checksum-annotator/config"
	"github.com/proompteng/checksum-annotator/fn/internal/parallel"
	"github.com/proompteng/checksum-annotator/fn/manifest"
	"github.com/proompteng/checksum-annotator/fn/propagation"
	"github.com/proompteng/checksum-annotator/fn/report"
	"github.com/proompteng/checksum-annotator/fn/source"
	"github.com/proompteng/checksum-annotator/fn/usage"
	"github.com/proompteng/checksum-annotator/fn/workload"
)

// A render is manifests as they go to a cluster, with everything that they read.
type render struct {
	*usage.Graph
	allowlist []config.Source // of the functionConfig, if there is one
	workloads []*rendered
}

// A rendered workload has all that its pod templates read.
type rendered struct {
	*usage.Workload
	templates []*renderedTemplate
}

// A renderedTemplate is a pod template with its annotations and what it reads.
type renderedTemplate struct {
	*usage.PodTemplate
	annotations map[string]string
	readings    []reading
	err         error
}

// A reading is a use, as it counts for how a change of it reaches the pods.
type reading struct {
	*usage.Use
	how      propagation.Reading
	optional bool // at every place
}

// readRender returns the render that inputs are, or with a functionConfig the one that the
// function makes of them. The results are errors alone.
func readRender(lists manifest.Lists, functionConfig any) (*render, report.Results) {
	spec := config.Spec{}
	if functionConfig != nil {
		outputs, results := AnnotateLists(lists, functionConfig)
		if results.Failed() {
			return nil, results
		}
		annotated, err := readAgain(outputs)
		if err != nil {
			return nil, report.Results{report.New(report.Error, "%v", err)}
		}
		lists = annotated
		spec, _ = config.Load(functionConfig) // the function has accepted it
	}
	// The digests are those of the keys that are read, without a salt: they are compared,
	// and never shown.
	graph := usage.Build(lists, config.Spec{
		Scope: config.Referenced, KeyScope: config.UsedKeys,
		PodTemplates: spec.PodTemplates, Producers: spec.Producers,
	}, usage.Options{Everything: true})
	var told messages
	told.problems(graph)
	r := &render{Graph: graph, allowlist: spec.Sources()}
	r.workloads = parallel.Map(graph.Workloads, r.workload)
	for _, w := range r.workloads {
		if err := w.err(); err != nil {
			told.Add(failure(w.Item, err))
		}
	}
	return r, told.Results
}

// readAgain returns the objects of what the function has written.
func readAgain(outputs []*manifest.Output) (manifest.Lists, error) {
	var lists manifest.Lists
	for _, output := range outputs {
		list, err := manifest.ReadAny(output.Bytes(), workload.Shape())
		if err != nil {
			return nil, err
		}
		lists = append(lists, list)
	}
	return lists, nil
}

func (r *render) workload(w *usage.Workload) *rendered {
	found := &rendered{Workload: w}
	for _, template := range w.PodTemplates {
		found.templates = append(found.templates, r.template(w, template))
	}
	return found
}

func (r *render) template(of *usage.Workload, t *usage.PodTemplate) *renderedTemplate {
	found := &renderedTemplate{PodTemplate: t, err: t.Err}
	if found.err != nil {
		return found
	}
	if found.annotations, _, found.err = t.Annotations(); found.err != nil {
		return found
	}
	for _, use := range t.Uses {
		reading, err := newReading(of, found.annotations, use)
		if err != nil {
			found.err = err
			return found
		}
		found.readings = append(found.readings, reading)
	}
	return found
}

func newReading(of *usage.Workload, podAnnotations map[string]string, use *usage.Use) (reading, error) {
	found := reading{Use: use, optional: true, how: propagation.Reading{
		Group: of.Item.Group(), Kind: of.Item.Kind, Namespace: of.Item.Namespace,
		Annotations: of.Item.Annotations(), PodAnnotations: podAnnotations,
		Source: propagation.Source{Kind: use.Reference.Kind, Namespace: of.Item.Namespace, Name: use.Reference.Name},
	}}
	if object := use.Object; object != nil {
		found.how.Source = propagation.Source{Kind: object.Kind, Namespace: object.Namespace, Name: object.Name}
		if _, itself := source.KindOf(object.Item); itself {
			found.how.Source.Annotations = object.Item.Annotations()
		}
	}
	for _, place := range use.Places {
		form, err := place.Form()
		if err != nil {
			return reading{}, err
		}
		found.how.Places = append(found.how.Places, propagation.Place{Path: place.Path(), Form: form})
		found.optional = found.optional && place.Optional()
	}
	return found, nil
}

// err returns what is wrong with a workload.
func (w *rendered) err() error {
	if w.Err != nil {
		return w.Err
	}
	for _, template := range w.templates {
		if template.err != nil {
			return template.err
		}
	}
	return nil
}

// rollsOut tells whether a controller replaces the pods as soon as a template changes.
func (w *rendered) rollsOut() bool {
	return w.Rolls && w.Selection == workload.Selected
}

// entryOf returns the entry of the functionConfig that allows a source by its name, if one
// does.
func (r *render) entryOf(of reading) *config.Source {
	for i, entry := range r.allowlist {
		name, _ := of.name()
		inNamespace := entry.Namespace == "" || of.how.Source.Namespace == "" || entry.Namespace == of.how.Source.Namespace
		if entry.Kind == of.how.Source.Kind && inNamespace && (entry.Name == name || entry.Name == of.how.Source.Name) {
			return &r.allowlist[i]
		}
	}
	return nil
}

// forms returns how the pods see the source, each way once.
func (r reading) forms() []string {
	forms := []string{}
	seen := map[workload.Form]bool{}
	for _, place := range r.how.Places {
		if !seen[place.Form] {
			seen[place.Form] = true
			forms = append(forms, string(place.Form))
		}
	}
	return forms
}

// name returns what the source is called by without a hash that kustomize appends, and
// whether there is one.
func (r reading) name() (name string, hashed bool) {
	if r.Object == nil {
		return r.how.Source.Name, false
	}
	return r.Object.NameWithoutHash()
}

// ref returns the reference of the source.
func (r reading) ref() report.ResourceRef {
	return refToSource(r.how.Source.Kind, r.how.Source.Namespace, r.how.Source.Name)
}

// refToSource returns the reference of a Secret or ConfigMap.
func refToSource(kind config.Kind, namespace, name string) report.ResourceRef {
	return report.ResourceRef{APIVersion: "v1", Kind: string(kind), Namespace: namespace, Name: name}
}

// refTo returns the reference of an item.
func refTo(item *manifest.Item) report.ResourceRef {
	return report.ResourceRef{APIVersion: item.APIVersion, Kind: item.Kind, Namespace: item.Namespace, Name: item.Name}
}
