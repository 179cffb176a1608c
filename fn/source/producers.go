package source

import (
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/proompteng/checksum-annotator/config"
	"github.com/proompteng/checksum-annotator/fn/digest"
	"github.com/proompteng/checksum-annotator/fn/manifest"
)

// A producer is a kind of object that a controller makes Secrets or ConfigMaps of.
// Paths are in the notation of config.Producer.
type producer struct {
	group, kind string
	produces    config.Kind
	// names are where the product's name may stand; the first that is there counts, and
	// then the object's own name, unless the first is a template. If the first leads
	// through a list, each element makes a product.
	names []productName
	// namespace is the path of the product's namespace, where that can differ from the
	// object's own.
	namespace string
	// cluster tells that the object has no namespace, and its products have any.
	cluster bool
	// ifPresent is a field without which there is no product, and unless are fields with
	// one of which there is none.
	ifPresent string
	unless    []string
	// productKind is the path of the product's kind, where that can be another than the
	// Secret that it is if nothing stands there.
	productKind string
	// policy is the path of a creationPolicy of the External Secrets Operator.
	policy string
	// content are the paths of what decides the product's data and type.
	content []string
	// mixed are those of them that hold templates, which make keys of other ones.
	mixed []string
	// mounted tells that the product is what a pod gets that mounts the object itself.
	mounted bool
}

// builtinProducers are taken from the operators' CustomResourceDefinitions at the
// versions given, and from what their controllers do with them. When or how often the
// controller reads, whom it restarts, and the metadata of the product are not content.
// What says with whose credentials it reads is, since that can decide what it finds.
var builtinProducers = slices.Concat([]producer{
	{ // sealedsecrets.bitnami.com, Sealed Secrets v0.36.6. The name in spec.template does not count.
		group: "bitnami.com", kind: "SealedSecret", produces: config.Secret,
		content: []string{"spec.encryptedData{}", "spec.data", "spec.template.data{}", "spec.template.type"},
		mixed:   []string{"spec.template.data"},
	},
	{ // sopssecrets.isindir.github.com (v1alpha2, v1alpha3). The block sops changes with each encryption.
		group: "isindir.github.com", kind: "SopsSecret", produces: config.Secret,
		names:   []productName{"spec.secretTemplates[].name"},
		content: []string{"spec.secretTemplates[].data{}", "spec.secretTemplates[].stringData{}", "spec.secretTemplates[].type"},
	},
	{ // vaultstaticsecrets.secrets.hashicorp.com, Vault Secrets Operator v1.4.1
		group: "secrets.hashicorp.com", kind: "VaultStaticSecret", produces: config.Secret,
		names: []productName{"spec.destination.name"},
		content: []string{"spec.vaultAuthRef", "spec.namespace", "spec.mount", "spec.type", "spec.path", "spec.version",
			"spec.destination.type", "spec.destination.transformation"},
	},
	{ // vaultdynamicsecrets.secrets.hashicorp.com, Vault Secrets Operator v1.4.1
		group: "secrets.hashicorp.com", kind: "VaultDynamicSecret", produces: config.Secret,
		names: []productName{"spec.destination.name"},
		content: []string{"spec.vaultAuthRef", "spec.namespace", "spec.mount", "spec.path", "spec.params",
			"spec.requestHTTPMethod", "spec.allowStaticCreds", "spec.destination.type", "spec.destination.transformation"},
	},
	{ // vaultpkisecrets.secrets.hashicorp.com, Vault Secrets Operator v1.4.1
		group: "secrets.hashicorp.com", kind: "VaultPKISecret", produces: config.Secret,
		names: []productName{"spec.destination.name"},
		content: []string{"spec.vaultAuthRef", "spec.namespace", "spec.mount", "spec.role", "spec.issuerRef", "spec.commonName",
			"spec.altNames", "spec.ipSans", "spec.uriSans", "spec.otherSans", "spec.userIDs", "spec.excludeCNFromSans",
			"spec.format", "spec.privateKeyFormat", "spec.ttl", "spec.notAfter", "spec.destination.type", "spec.destination.transformation"},
	},
	{ // onepassworditems.onepassword.com, 1Password Connect Kubernetes Operator v1.12.0. The type is no part of the spec.
		group: "onepassword.com", kind: "OnePasswordItem", produces: config.Secret,
		content: []string{"spec.itemPath", "type"},
	},
	{ // certificates.cert-manager.io, cert-manager v1.21.1
		group: "cert-manager.io", kind: "Certificate", produces: config.Secret,
		names: []productName{"spec.secretName"},
		content: []string{"spec.issuerRef", "spec.commonName", "spec.subject", "spec.literalSubject", "spec.dnsNames",
			"spec.ipAddresses", "spec.uris", "spec.emailAddresses", "spec.otherNames", "spec.isCA", "spec.usages",
			"spec.encodeUsagesInRequest", "spec.nameConstraints", "spec.duration", "spec.privateKey.algorithm",
			"spec.privateKey.size", "spec.privateKey.encoding", "spec.signatureAlgorithm", "spec.keystores",
			"spec.additionalOutputFormats"},
	},
	{ // secretproviderclasses.secrets-store.csi.x-k8s.io, Secrets Store CSI Driver v1.6.0
		group: "secrets-store.csi.x-k8s.io", kind: "SecretProviderClass", produces: config.Secret,
		names:   []productName{"spec.secretObjects[].secretName"},
		content: []string{"spec.provider", "spec.parameters", "spec.secretObjects[].data[key]", "spec.secretObjects[].type"},
	},
	{ // likewise, as the files that a pod mounts
		group: "secrets-store.csi.x-k8s.io", kind: "SecretProviderClass", produces: config.Secret, mounted: true,
		content: []string{"spec.provider", "spec.parameters"},
	},
	{ // clusters.postgresql.cnpg.io, CloudNativePG v1.30.0. Of the other Secrets nothing in it decides.
		group: "postgresql.cnpg.io", kind: "Cluster", produces: config.Secret,
		names:  []productName{"{metadata.name}-app"},
		unless: []string{"spec.bootstrap.initdb.secret.name", "spec.bootstrap.recovery.secret.name", "spec.bootstrap.pg_basebackup.secret.name"},
		content: []string{"spec.bootstrap.initdb.database", "spec.bootstrap.initdb.owner", "spec.bootstrap.recovery.database",
			"spec.bootstrap.recovery.owner", "spec.bootstrap.pg_basebackup.database", "spec.bootstrap.pg_basebackup.owner"},
	},
	{ // likewise, the certificate of its servers
		group: "postgresql.cnpg.io", kind: "Cluster", produces: config.Secret,
		names:   []productName{"{metadata.name}-server"},
		unless:  []string{"spec.certificates.serverTLSSecret"},
		content: []string{"spec.certificates.serverAltDNSNames", "spec.managed.services.disabledDefaultServices", "spec.managed.services.additional"},
	},
	{ // postgresclusters.postgres-operator.crunchydata.com, Crunchy Postgres for Kubernetes v6.0.3
		group: "postgres-operator.crunchydata.com", kind: "PostgresCluster", produces: config.Secret,
		names:   []productName{"{metadata.name}-pguser-{spec.users[].name}"},
		content: []string{"spec.users[].databases", "spec.users[].password", "spec.port", "spec.proxy.pgBouncer.port"},
	},
	{ // likewise, without users: one of the cluster's name
		group: "postgres-operator.crunchydata.com", kind: "PostgresCluster", produces: config.Secret,
		names:   []productName{"{metadata.name}-pguser-{metadata.name}"},
		unless:  []string{"spec.users"},
		content: []string{"spec.port", "spec.proxy.pgBouncer.port"},
	},
	{ // kafkausers.kafka.strimzi.io, Strimzi 1.2.0. Whom it authorizes is no part of the Secret.
		group: "kafka.strimzi.io", kind: "KafkaUser", produces: config.Secret,
		ifPresent: "spec.authentication",
		content:   []string{"spec.authentication"},
	},
	{ // bitwardensecrets.k8s.bitwarden.com, Bitwarden Secrets Manager Kubernetes Operator v2.0.0
		group: "k8s.bitwarden.com", kind: "BitwardenSecret", produces: config.Secret,
		names: []productName{"spec.secretName"},
		content: []string{"spec.organizationId", "spec.authToken", "spec.map[secretKeyName]", "spec.onlyMappedSecrets",
			"spec.useSecretNames"},
	},
	{ // dopplersecrets.secrets.doppler.com, Doppler Kubernetes Operator v1.7.1
		group: "secrets.doppler.com", kind: "DopplerSecret", produces: config.Secret,
		names: []productName{"spec.managedSecret.name"}, namespace: "spec.managedSecret.namespace",
		content: []string{"spec.tokenSecret", "spec.identity", "spec.host", "spec.project", "spec.config", "spec.secrets",
			"spec.processors", "spec.nameTransformer", "spec.format", "spec.managedSecret.type"},
	},
	{ // bundles.trust.cert-manager.io, trust-manager v0.24.0
		group: "trust.cert-manager.io", kind: "Bundle", produces: config.ConfigMap, cluster: true,
		ifPresent: "spec.target.configMap",
		content:   []string{"spec.sources", "spec.target.additionalFormats", "spec.target.configMap.key"},
	},
	{ // likewise
		group: "trust.cert-manager.io", kind: "Bundle", produces: config.Secret, cluster: true,
		ifPresent: "spec.target.secret",
		content:   []string{"spec.sources", "spec.target.additionalFormats", "spec.target.secret.key"},
	},
},
	// externalsecrets.external-secrets.io (v1, v1beta1), External Secrets Operator v2.9.0
	externalSecretProducers(producer{kind: "ExternalSecret", names: []productName{"spec.target.name"}}, "spec"),
	// clusterexternalsecrets.external-secrets.io, External Secrets Operator v2.9.0
	externalSecretProducers(producer{
		kind: "ClusterExternalSecret", cluster: true,
		names: []productName{"spec.externalSecretSpec.target.name", "spec.externalSecretName"},
	}, "spec.externalSecretSpec"),
	// infisicalsecrets.secrets.infisical.com, Infisical Kubernetes Operator v0.11.5
	infisicalProducers(),
)

// externalSecretProducers are those of a kind with the spec of an ExternalSecret, whose
// target is a Secret, or what its manifest says.
func externalSecretProducers(row producer, spec string) []producer {
	row.group, row.produces = "external-secrets.io", config.Secret
	row.productKind, row.policy = spec+".target.manifest.kind", spec+".target.creationPolicy"
	row.content = under(spec, "secretStoreRef", "data[secretKey]", "dataFrom", "target.template.type", "target.template.engineVersion",
		"target.template.mergePolicy", "target.template.data{}", "target.template.templateFrom")
	row.mixed = under(spec, "target.template.data", "target.template.templateFrom")
	other := row
	other.produces = config.ConfigMap
	other.content = append(slices.Clone(row.content), spec+".target.manifest")
	return []producer{row, other}
}

// infisicalProducers are those of an InfisicalSecret, which names its products in three
// places.
func infisicalProducers() []producer {
	row := func(produces config.Kind, reference, name, namespace string, content ...string) producer {
		return producer{
			group: "secrets.infisical.com", kind: "InfisicalSecret", produces: produces,
			names: []productName{productName(reference + "." + name)}, namespace: reference + "." + namespace, ifPresent: strings.TrimSuffix(reference, "[]"),
			content: slices.Concat([]string{"spec.hostAPI", "spec.authentication", "spec.tokenSecretReference"},
				under(reference, "template.includeAllSecrets", "template.data{}"), under(reference, content...)),
		}
	}
	return []producer{
		row(config.Secret, "spec.managedSecretReference", "secretName", "secretNamespace", "secretType"),
		row(config.Secret, "spec.managedKubeSecretReferences[]", "secretName", "secretNamespace", "secretType"),
		row(config.ConfigMap, "spec.managedKubeConfigMapReferences[]", "configMapName", "configMapNamespace"),
	}
}

func under(path string, fields ...string) []string {
	var paths []string
	for _, field := range fields {
		paths = append(paths, path+"."+field)
	}
	return paths
}

// producersOf returns the built-in producers and those of a configuration, by kind.
// One that the configuration declares takes the place of the built-in ones of its
// group and kind.
func producersOf(declared []config.Producer) map[string][]producer {
	byKind := map[string][]producer{}
	for _, p := range builtinProducers {
		if !slices.ContainsFunc(declared, func(d config.Producer) bool { return d.Group == p.group && d.Kind == p.kind }) {
			byKind[p.kind] = append(byKind[p.kind], p)
		}
	}
	for _, d := range declared {
		p := producer{group: d.Group, kind: d.Kind, produces: d.Produces, namespace: d.Namespace, content: d.Content}
		if d.Name != "" {
			p.names = []productName{productName(d.Name)}
		}
		byKind[p.kind] = append(byKind[p.kind], p)
	}
	return byKind
}

// A place is an object that a controller makes something of, or an element of a list in
// it.
type place struct {
	root, element *manifest.Value
	list          string // the path of the list, with its []
}

// follow returns the values at a path. One that leads through the list leads to the
// element.
func (p place) follow(path string) ([]*manifest.Value, error) {
	if path == p.list && p.list != "" {
		return []*manifest.Value{p.element}, nil
	}
	if rest, within := strings.CutPrefix(path, p.list+"."); within && p.list != "" {
		return p.element.Follow(rest)
	}
	return p.root.Follow(path)
}

// text returns the text at the first of some paths that is there, without the space
// around it.
func (p place) text(paths ...string) (string, error) {
	for _, path := range paths {
		found, err := p.follow(path)
		if err != nil {
			return "", err
		}
		for _, value := range found {
			text, err := value.Text()
			if text = strings.TrimSpace(text); text != "" || err != nil {
				return text, err
			}
		}
	}
	return "", nil
}

// products returns what a controller makes of an item, if it is of p's kind.
func (p *producer) products(item *manifest.Item) ([]*Object, error) {
	if item.Kind != p.kind || item.Group() != p.group {
		return nil, nil
	}
	if made, err := p.makes(item.Root()); !made || err != nil {
		return nil, err
	}
	places, err := p.places(item.Root())
	if err != nil {
		return nil, err
	}
	var found []*Object
	for _, place := range places {
		product, err := p.product(item, place)
		if err != nil {
			return nil, err
		}
		if product != nil {
			found = append(found, product)
		}
	}
	return found, nil
}

// makes tells whether there is a product of p's kind at all.
func (p *producer) makes(root *manifest.Value) (bool, error) {
	required, err := root.Follow(p.ifPresent)
	if err != nil || len(required) == 0 {
		return false, err
	}
	for _, path := range p.unless {
		if excluding, err := root.Follow(path); err != nil || len(excluding) > 0 {
			return false, err
		}
	}
	if policy, err := p.creationPolicy(root); policy == "None" || err != nil {
		return false, err
	}
	if p.productKind == "" {
		return true, nil
	}
	kind, err := place{root: root}.text(p.productKind)
	return kind == string(p.produces) || (kind == "" && p.produces == config.Secret), err
}

func (p *producer) creationPolicy(root *manifest.Value) (string, error) {
	if p.policy == "" {
		return "", nil
	}
	return place{root: root}.text(p.policy)
}

// places returns where the products are described.
func (p *producer) places(root *manifest.Value) ([]place, error) {
	list, isList := p.list()
	if !isList {
		return []place{{root: root}}, nil
	}
	elements, err := root.Follow(list)
	var places []place
	for _, element := range elements {
		places = append(places, place{root, element, list})
	}
	return places, err
}

// list returns the path of the list whose elements make a product each.
func (p *producer) list() (path string, isList bool) {
	if len(p.names) == 0 {
		return "", false
	}
	return p.names[0].list()
}

// isNamedAfterItem tells whether a product without another name has that of its object.
func (p *producer) isNamedAfterItem() bool {
	if len(p.names) == 0 {
		return true
	}
	_, isList := p.list()
	return !isList && !p.names[0].isTemplate()
}

// product returns the one that is described at a place, or nil where none is. The name
// of the object itself changes as kustomize renames the object; one in its spec does not.
func (p *producer) product(item *manifest.Item, at place) (*Object, error) {
	source, name, err := p.name(item, at)
	followsItem := name == "" && p.isNamedAfterItem()
	if followsItem {
		name = item.Name
	}
	if err != nil || len(validation.IsDNS1123Subdomain(name)) > 0 { // nobody can make it; SOPS may have encrypted the name
		return nil, err
	}
	rank, err := p.rankOf(item.Root())
	if err != nil {
		return nil, err
	}
	namespace, err := p.namespaceOf(item, at)
	if err != nil {
		return nil, err
	}
	former, err := formerNames(item, at, source)
	return &Object{
		Item: item, Kind: p.produces, Namespace: namespace, Name: name, formerNames: former,
		producer: p, place: at, followsItem: followsItem, rank: rank,
	}, err
}

// rankOf returns the rank of p's products.
func (p *producer) rankOf(root *manifest.Value) (rank, error) {
	if p.mounted {
		return mounted, nil
	}
	policy, err := p.creationPolicy(root)
	if policy == "Merge" {
		return addedTo, err
	}
	return made, err
}

// namespaceOf returns the namespace of a product, or nothing where it is any.
func (p *producer) namespaceOf(item *manifest.Item, at place) (string, error) {
	if p.cluster {
		return "", nil
	}
	if p.namespace != "" {
		if namespace, err := at.text(p.namespace); namespace != "" || err != nil {
			return namespace, err
		}
	}
	return item.Namespace, nil
}

// read returns what decides the content of a product at a place.
func (p *producer) read(at place) (digest.Fields, error) {
	fields := digest.Fields{Whole: map[string]any{}, Keyed: map[string]map[string]any{}, Mixed: p.mixed}
	for _, content := range p.content {
		path, keyField, keyed := cutKeyed(content)
		values, err := at.follow(path)
		if err != nil {
			return digest.Fields{}, err
		}
		if keyed {
			fields.Keyed[path], err = byKey(values, keyField)
		} else if len(values) > 0 {
			fields.Whole[path], err = generic(values, strings.Contains(strings.TrimPrefix(path, at.list), "[]"))
		}
		if err != nil {
			return digest.Fields{}, err
		}
	}
	maps.DeleteFunc(fields.Keyed, func(_ string, values map[string]any) bool { return len(values) == 0 })
	return fields, nil
}

// cutKeyed returns a content path without the end that tells that its field holds
// something for each key: {} for a mapping, and [field] for a list whose elements have
// their key in that field.
func cutKeyed(content string) (path, keyField string, keyed bool) {
	if path, keyed = strings.CutSuffix(content, "{}"); keyed {
		return path, "", true
	}
	if start := strings.LastIndex(content, "["); start >= 0 && strings.HasSuffix(content, "]") && !strings.HasSuffix(content, "[]") {
		return content[:start], content[start+1 : len(content)-1], true
	}
	return content, "", false
}

// byKey returns what fields hold for each key.
func byKey(values []*manifest.Value, keyField string) (map[string]any, error) {
	found := map[string]any{}
	for _, value := range values {
		var err error
		if keyField == "" {
			err = addEntries(found, value)
		} else {
			err = addElements(found, value, keyField)
		}
		if err != nil {
			return nil, err
		}
	}
	return found, nil
}

func addEntries(found map[string]any, mapping *manifest.Value) error {
	entries, err := mapping.Entries()
	if err != nil {
		return err
	}
	for _, key := range slices.Sorted(maps.Keys(entries)) { // for the same error each time
		content, err := entries[key].Generic()
		if err != nil {
			return err
		}
		add(found, key, content)
	}
	return nil
}

func addElements(found map[string]any, list *manifest.Value, keyField string) error {
	elements, err := list.Elements()
	if err != nil {
		return err
	}
	for _, element := range elements {
		key, err := element.TextAt(keyField)
		if err != nil {
			return err
		}
		content, err := element.Generic()
		if err != nil {
			return err
		}
		add(found, key, content)
	}
	return nil
}

// add adds what is held for a key, behind what another place holds for it.
func add(found map[string]any, key string, content any) {
	if earlier, twice := found[key]; twice {
		content = []any{earlier, content}
	}
	found[key] = content
}

// generic returns the values that a path leads to: one, or through a list several.
func generic(values []*manifest.Value, several bool) (any, error) {
	var all []any
	for _, value := range values {
		content, err := value.Generic()
		if err != nil {
			return nil, err
		}
		all = append(all, content)
	}
	if several {
		return all, nil
	}
	return all[0], nil
}
