package source

import (
	"fmt"
	"strings"

	"github.com/proompteng/checksum-annotator/config"
	"github.com/proompteng/checksum-annotator/fn/digest"
	"github.com/proompteng/checksum-annotator/fn/manifest"
)

// A copier is a controller that fills a Secret or ConfigMap with the data of another one
// of its kind, which an annotation names as namespace/name.
type copier struct {
	annotation string
	// keepsData tells that the keys which only the copy has stay there.
	keepsData bool
}

var copiers = []copier{
	{"reflector.v1.k8s.emberstack.com/reflects", false}, // Reflector v10.0
	{"replicator.v1.mittwald.de/replicate-from", true},  // kubernetes-replicator v2.12.4
}

// A filler is a controller that fills a Secret or ConfigMap with what it knows itself,
// where a label or an annotation asks for it.
type filler struct {
	name              string
	label, annotation string // whose value is "true"
}

var fillers = []filler{
	{name: "OpenShift's network operator", label: "config.openshift.io/inject-trusted-cabundle"},        // OpenShift 4
	{name: "OpenShift's service CA operator", annotation: "service.beta.openshift.io/inject-cabundle"},  // OpenShift 4
	{name: "OpenShift's service CA operator", annotation: "service.alpha.openshift.io/inject-cabundle"}, // OpenShift 3
}

// Types of Secrets that the API server accepts with certain keys alone, or a controller
// fills (core/v1 SecretType).
const (
	tlsType     = "kubernetes.io/tls"
	accountType = "kubernetes.io/service-account-token"
)

// An original is what a copy is made of.
type original struct {
	copier          copier
	namespace, name string
	object          *Object // nil where the input does not hold it
	problem         string  // why not
}

// originalOf returns what an item says it is a copy of, or nil.
func originalOf(item *manifest.Item) *original {
	for _, copier := range copiers {
		namespace, name, named := strings.Cut(item.Annotation(copier.annotation), "/")
		if named && name != "" {
			return &original{copier: copier, namespace: namespace, name: name}
		}
	}
	return nil
}

// findOriginal finds what a Secret or ConfigMap is a copy of. A copy of a copy is not
// followed, since nobody says in which order they are filled.
func (x *Index) findOriginal(copied *Object) {
	from := originalOf(copied.Item)
	if from == nil {
		return
	}
	copied.original = from
	id := objectName{copied.Kind, from.name}
	mayBe := func(o *Object) bool { return o != copied && o.rank != mounted && x.reachesCluster(o) }
	for _, candidates := range [][]*Object{x.objects.covering(id, from.namespace), x.products.covering(id, from.namespace)} {
		found, err := one(closest(filter(candidates, mayBe), from.namespace))
		switch {
		case err != nil:
			from.problem = err.Error()
		case found == nil:
			continue
		case found.producer == nil && originalOf(found.Item) != nil:
			from.problem = "it is a copy itself"
		default:
			from.object = found
		}
		return
	}
	from.problem = "it is not in the input"
}

// readCopy returns the content of a copy.
func (o *Object) readCopy(data digest.Content) (hashable, error) {
	all, err := o.original.object.read()
	if err != nil {
		return nil, &EntryError{o.original.object.Item, err}
	}
	if !o.original.copier.keepsData {
		return all, nil
	}
	switch all := all.(type) {
	case digest.Content:
		return data.With(all), nil
	case digest.Fields:
		return all.WithData(data), nil
	}
	return all, nil
}

// unseen says why changes of the content of an object are not seen, if they are not,
// because it comes to be in the cluster.
func (o *Object) unseen(all hashable) string {
	fields, made := all.(digest.Fields)
	data, held := all.(digest.Content)
	switch {
	case made && fields.Empty():
		return fmt.Sprintf("it has none of the fields that decide the content of the %s %s, so changes of it will not be seen", o.Kind, o.Name)
	case made:
		return ""
	case o.original != nil && o.original.object == nil:
		return fmt.Sprintf("it is a copy of %s %s/%s, and changes of that will not be seen: %s", o.Kind, o.original.namespace, o.original.name, o.original.problem)
	case o.fillerName() != "":
		return o.fillerName() + " fills it in the cluster, and changes of that will not be seen"
	case held && (data.Empty() || o.isUnfilledTLS(data)):
		return "it holds no data: it is probably filled in the cluster, and changes of that will not be seen"
	}
	return ""
}

// fillerName returns who fills an object, if it asks for that.
func (o *Object) fillerName() string {
	for _, filler := range fillers {
		if o.Item.Label(filler.label) == "true" || o.Item.Annotation(filler.annotation) == "true" {
			return filler.name
		}
	}
	if o.secretType() == accountType {
		return "Kubernetes"
	}
	return ""
}

// isUnfilledTLS tells whether an object is a Secret whose keys are there only because its
// type wants them.
func (o *Object) isUnfilledTLS(data digest.Content) bool {
	return o.secretType() == tlsType && data.Blank()
}

func (o *Object) secretType() string {
	if o.Kind != config.Secret || o.producer != nil {
		return ""
	}
	text, err := o.Item.Root().TextAt("type")
	if err != nil {
		return ""
	}
	return text
}
