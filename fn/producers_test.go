package fn_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

// A product is what a controller makes of an object in testdata/producers, which was
// written for the operator's CustomResourceDefinition.
type product struct {
	sample    string
	kind      string // of the product, as the allowlist spells it
	name      string
	namespace string // of a workload that can use it
	mounted   bool   // by a CSI driver
	// element is the index of what describes the product, in the list that holds it.
	element int
	// identity are the fields that tell which product it is.
	identity []string
	// content are the fields that count, in the notation of config.Producer.
	content []string
	// ordered are the lists whose order counts.
	ordered []string
}

var externalSecretOrder = []string{"spec.dataFrom", "spec.target.template.templateFrom"}

// products are what restarts, and what does not: a change of any field of a sample that
// is neither content nor identity leaves the checksum as it is.
var products = []product{
	{
		sample: "sealedsecret", kind: "secrets", name: "orders-db", namespace: "shop",
		content: []string{"spec.encryptedData{}", "spec.template.data{}", "spec.template.type"},
	},
	{
		sample: "sealedsecret-blob", kind: "secrets", name: "legacy", namespace: "shop",
		content: []string{"spec.encryptedData{}", "spec.data"},
	},
	{
		sample: "externalsecret", kind: "secrets", name: "payments-credentials", namespace: "shop",
		identity: []string{"spec.target.name"},
		content:  externalSecretContent("spec"),
		ordered:  externalSecretOrder,
	},
	{
		sample: "externalsecret-v1beta1", kind: "secrets", name: "smtp", namespace: "shop",
		content: externalSecretContent("spec"),
	},
	{
		sample: "externalsecret-configmap", kind: "configMaps", name: "public-endpoints-map", namespace: "shop",
		identity: []string{"spec.target.name", "spec.target.manifest.kind"},
		content:  append(externalSecretContent("spec"), "spec.target.manifest"),
	},
	{
		sample: "clusterexternalsecret", kind: "secrets", name: "registry-pull", namespace: "shop",
		identity: []string{"spec.externalSecretSpec.target.name"},
		content:  externalSecretContent("spec.externalSecretSpec"),
	},
	{
		sample: "clusterexternalsecret-configmap", kind: "configMaps", name: "public-endpoints-map", namespace: "shop",
		identity: []string{"spec.externalSecretSpec.target.name", "spec.externalSecretSpec.target.manifest.kind"},
		content:  append(externalSecretContent("spec.externalSecretSpec"), "spec.externalSecretSpec.target.manifest"),
	},
	{
		sample: "sopssecret", kind: "secrets", name: "cache-credentials", namespace: "shop", element: 0,
		identity: []string{"spec.secretTemplates[0].name"},
		content:  []string{"spec.secretTemplates[].data{}", "spec.secretTemplates[].stringData{}", "spec.secretTemplates[].type"},
	},
	{
		sample: "sopssecret", kind: "secrets", name: "registry-login", namespace: "shop", element: 1,
		identity: []string{"spec.secretTemplates[1].name"},
		content:  []string{"spec.secretTemplates[].data{}", "spec.secretTemplates[].stringData{}", "spec.secretTemplates[].type"},
	},
	{
		sample: "vaultstaticsecret", kind: "secrets", name: "search-config", namespace: "shop",
		identity: []string{"spec.destination.name"},
		content: []string{
			"spec.vaultAuthRef", "spec.namespace", "spec.mount", "spec.type", "spec.path", "spec.version",
			"spec.destination.type", "spec.destination.transformation",
		},
	},
	{
		sample: "vaultdynamicsecret", kind: "secrets", name: "reports-db-creds", namespace: "shop",
		identity: []string{"spec.destination.name"},
		content: []string{
			"spec.vaultAuthRef", "spec.namespace", "spec.mount", "spec.path", "spec.params", "spec.requestHTTPMethod",
			"spec.allowStaticCreds", "spec.destination.type", "spec.destination.transformation",
		},
	},
	{
		sample: "vaultpkisecret", kind: "secrets", name: "gateway-tls", namespace: "shop",
		identity: []string{"spec.destination.name"},
		content: []string{
			"spec.vaultAuthRef", "spec.namespace", "spec.mount", "spec.role", "spec.issuerRef", "spec.commonName", "spec.altNames",
			"spec.ipSans", "spec.uriSans", "spec.otherSans", "spec.userIDs", "spec.excludeCNFromSans", "spec.format",
			"spec.privateKeyFormat", "spec.ttl", "spec.notAfter", "spec.destination.type", "spec.destination.transformation",
		},
		ordered: []string{"spec.altNames"},
	},
	{
		sample: "onepassworditem", kind: "secrets", name: "stripe-api", namespace: "shop",
		content: []string{"spec.itemPath", "type"},
	},
	{
		sample: "certificate", kind: "secrets", name: "storefront-tls", namespace: "shop",
		identity: []string{"spec.secretName"},
		content:  certificateContent,
		ordered:  []string{"spec.dnsNames", "spec.usages", "spec.additionalOutputFormats"},
	},
	{
		sample: "certificate-literal", kind: "secrets", name: "directory-tls", namespace: "shop",
		identity: []string{"spec.secretName"},
		content:  certificateContent,
	},
	{
		sample: "cluster", kind: "secrets", name: "orders-db-app", namespace: "shop",
		content: []string{"spec.bootstrap.initdb.database", "spec.bootstrap.initdb.owner"},
	},
	{
		sample: "cluster-recovery", kind: "secrets", name: "orders-db-restored-app", namespace: "shop",
		content: []string{"spec.bootstrap.recovery.database", "spec.bootstrap.recovery.owner"},
	},
	{
		sample: "cluster-basebackup", kind: "secrets", name: "orders-db-clone-app", namespace: "shop",
		content: []string{"spec.bootstrap.pg_basebackup.database", "spec.bootstrap.pg_basebackup.owner"},
	},
	{
		sample: "cluster", kind: "secrets", name: "orders-db-server", namespace: "shop",
		content: []string{
			"spec.certificates.serverAltDNSNames", "spec.managed.services.disabledDefaultServices", "spec.managed.services.additional",
		},
		ordered: []string{"spec.certificates.serverAltDNSNames"},
	},
	{
		sample: "postgrescluster", kind: "secrets", name: "hippo-pguser-catalog", namespace: "shop", element: 0,
		identity: []string{"spec.users[0].name"},
		content:  []string{"spec.users[].databases", "spec.users[].password", "spec.port", "spec.proxy.pgBouncer.port"},
		ordered:  []string{"spec.users[0].databases"},
	},
	{
		sample: "postgrescluster-plain", kind: "secrets", name: "rhino-pguser-rhino", namespace: "shop",
		content: []string{"spec.port", "spec.proxy.pgBouncer.port"},
	},
	{
		sample: "kafkauser", kind: "secrets", name: "orders-events", namespace: "shop",
		content: []string{"spec.authentication"},
	},
	{
		sample: "secretproviderclass", kind: "secrets", name: "invoicing-db", namespace: "shop", element: 0,
		identity: []string{"spec.secretObjects[0].secretName"},
		content:  []string{"spec.provider", "spec.parameters", "spec.secretObjects[].data[key]", "spec.secretObjects[].type"},
	},
	{
		sample: "secretproviderclass", kind: "secrets", name: "invoicing-tls", namespace: "shop", element: 1,
		identity: []string{"spec.secretObjects[1].secretName"},
		content:  []string{"spec.provider", "spec.parameters", "spec.secretObjects[].data[key]", "spec.secretObjects[].type"},
	},
	{
		sample: "secretproviderclass", kind: "secrets", name: "invoicing", namespace: "shop", mounted: true,
		content: []string{"spec.provider", "spec.parameters"},
	},
	{
		sample: "bitwardensecret", kind: "secrets", name: "crm-credentials", namespace: "shop",
		identity: []string{"spec.secretName"},
		content:  []string{"spec.organizationId", "spec.authToken", "spec.map[secretKeyName]", "spec.onlyMappedSecrets", "spec.useSecretNames"},
	},
	{
		sample: "dopplersecret", kind: "secrets", name: "notifier-secrets", namespace: "shop",
		identity: []string{"spec.managedSecret.name", "spec.managedSecret.namespace"},
		content:  dopplerContent,
		ordered:  []string{"spec.secrets"},
	},
	{
		sample: "dopplersecret-identity", kind: "secrets", name: "mailer-secrets", namespace: "shop",
		identity: []string{"spec.managedSecret.name"},
		content:  dopplerContent,
	},
	{
		sample: "bundle", kind: "configMaps", name: "corp-trust", namespace: "shop",
		content: []string{"spec.sources", "spec.target.additionalFormats", "spec.target.configMap.key"},
		ordered: []string{"spec.sources"},
	},
	{
		sample: "bundle", kind: "secrets", name: "corp-trust", namespace: "shop",
		content: []string{"spec.sources", "spec.target.additionalFormats", "spec.target.secret.key"},
		ordered: []string{"spec.sources"},
	},
	{
		sample: "infisicalsecret", kind: "secrets", name: "catalog-secrets", namespace: "shop", element: 0,
		identity: []string{"spec.managedKubeSecretReferences[0].secretName", "spec.managedKubeSecretReferences[0].secretNamespace"},
		content:  infisicalContent("spec.managedKubeSecretReferences[]", "spec.managedKubeSecretReferences[].secretType"),
	},
	{
		sample: "infisicalsecret", kind: "secrets", name: "catalog-secrets", namespace: "batch", element: 1,
		identity: []string{"spec.managedKubeSecretReferences[1].secretName", "spec.managedKubeSecretReferences[1].secretNamespace"},
		content:  infisicalContent("spec.managedKubeSecretReferences[]", "spec.managedKubeSecretReferences[].secretType"),
	},
	{
		sample: "infisicalsecret", kind: "configMaps", name: "catalog-settings", namespace: "shop", element: 0,
		identity: []string{"spec.managedKubeConfigMapReferences[0].configMapName", "spec.managedKubeConfigMapReferences[0].configMapNamespace"},
		content:  infisicalContent("spec.managedKubeConfigMapReferences[]"),
	},
	{
		sample: "infisicalsecret-single", kind: "secrets", name: "ads-secrets", namespace: "shop",
		identity: []string{"spec.managedSecretReference.secretName", "spec.managedSecretReference.secretNamespace"},
		content:  infisicalContent("spec.managedSecretReference", "spec.managedSecretReference.secretType"),
	},
}

func externalSecretContent(spec string) []string {
	return []string{
		spec + ".secretStoreRef", spec + ".data[secretKey]", spec + ".dataFrom",
		spec + ".target.template.type", spec + ".target.template.engineVersion", spec + ".target.template.mergePolicy",
		spec + ".target.template.data{}", spec + ".target.template.templateFrom",
	}
}

var certificateContent = []string{
	"spec.issuerRef", "spec.commonName", "spec.subject", "spec.literalSubject", "spec.dnsNames", "spec.ipAddresses", "spec.uris",
	"spec.emailAddresses", "spec.otherNames", "spec.isCA", "spec.usages", "spec.encodeUsagesInRequest", "spec.nameConstraints",
	"spec.duration", "spec.privateKey.algorithm", "spec.privateKey.size", "spec.privateKey.encoding", "spec.signatureAlgorithm",
	"spec.keystores", "spec.additionalOutputFormats",
}

var dopplerContent = []string{
	"spec.tokenSecret", "spec.identity", "spec.host", "spec.project", "spec.config", "spec.secrets", "spec.processors",
	"spec.nameTransformer", "spec.format", "spec.managedSecret.type",
}

func infisicalContent(reference string, content ...string) []string {
	return append(content, "spec.hostAPI", "spec.authentication", "spec.tokenSecretReference",
		reference+".template.includeAllSecrets", reference+".template.data{}")
}

func (p product) String() string {
	return fmt.Sprintf("%s as %s %s in %s", p.sample, p.kind, p.name, p.namespace)
}

func producer(t testing.TB, sample string) string {
	return readFile(t, filepath.Join("testdata/producers", sample+".yaml"))
}

// user returns a Deployment that uses the product.
func (p product) user() string {
	reference := map[string]string{"secrets": "secretRef", "configMaps": "configMapRef"}[p.kind]
	user := deployment("user", reference+": {name: "+p.name+"}")
	if p.mounted {
		user = mounting("user", p.name)
	}
	return in(p.namespace, user)
}

// mounting returns a Deployment that mounts a SecretProviderClass.
func mounting(name, class string) string {
	return "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: " + name + "\nspec:\n  template:\n    spec:\n      volumes:\n" +
		"      - {name: v, csi: {driver: secrets-store.csi.k8s.io, readOnly: true, volumeAttributes: {secretProviderClass: " + class + "}}}\n"
}

// checksum returns the one that the product has, if it is made of the given object.
func (p product) checksum(t *testing.T, object any) string {
	t.Helper()
	text, err := yaml.Marshal(object)
	if err != nil {
		t.Fatal(err)
	}
	return run(t, "enabled: true\nonMissing: Fail\n"+p.kind+": [{name: "+p.name+", allowEmpty: true}]", string(text), p.user()).checksum("user")
}

func TestEveryProducer(t *testing.T) {
	for _, p := range products {
		t.Run(p.String(), func(t *testing.T) {
			kind := strings.ToLower(strings.TrimSuffix(p.kind, "s"))
			outcome := run(t, "enabled: true\n"+p.kind+": ["+p.name+"]", producer(t, p.sample), p.user()).succeeded().told(
				"info: Deployment " + p.namespace + "/user: set checksum/" + kind + "." + p.name)
			if want := digestOf(t, p.fields(parse(t, producer(t, p.sample)))); outcome.checksum("user") != want {
				t.Errorf("the checksum is %s, not %s", outcome.checksum("user"), want)
			}
		})
	}
}

// fields returns the content as it is to be hashed: by path, and what holds something
// for each key by that.
func (p product) fields(object map[string]any) map[string]any {
	fields := map[string]any{}
	for _, content := range p.content {
		path, keyField := content, ""
		if start := strings.LastIndexAny(content, "[{"); strings.HasSuffix(content, "}") || strings.HasSuffix(content, "]") {
			path, keyField = content[:start], strings.Trim(content[start:], "[]{}")
		}
		value := p.lookup(object, path)
		if list, isList := value.([]any); isList && keyField != "" {
			byKey := map[string]any{}
			for _, element := range list {
				byKey[at(element, keyField).(string)] = element
			}
			value = byKey
		}
		if mapping, isMapping := value.(map[string]any); value != nil && (!isMapping || len(mapping) > 0) {
			fields[path] = value
		}
	}
	return fields
}

func (p product) lookup(value any, path string) any {
	for _, field := range strings.Split(path, ".") {
		name, isList := strings.CutSuffix(field, "[]")
		if value = at(value, name); !isList {
			continue
		}
		list, _ := value.([]any)
		if p.element >= len(list) {
			return nil
		}
		value = list[p.element]
	}
	return value
}

// digestOf returns the SHA-256 of canonical JSON: encoding/json sorts the names.
func digestOf(t *testing.T, value any) string {
	t.Helper()
	var canonical bytes.Buffer
	encoder := json.NewEncoder(&canonical)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		t.Fatal(err)
	}
	return sha256Of(strings.TrimSuffix(canonical.String(), "\n"))
}

func sha256Of(text string) string {
	hash := sha256.Sum256([]byte(text))
	return hex.EncodeToString(hash[:])
}

// The digests of three of them, worked out with jq and sha256sum by hand.
func TestChecksumOfKnownProducers(t *testing.T) {
	for _, test := range []struct{ sample, entries, name, canonical string }{
		{
			"sealedsecret-blob", "secrets", "legacy",
			`{"spec.data":"AgAnotAsecretBlobCiphertext=="}`,
		},
		{
			"externalsecret-v1beta1", "secrets", "smtp",
			`{"spec.dataFrom":[{"extract":{"key":"secret/data/smtp"}}],"spec.secretStoreRef":{"kind":"SecretStore","name":"vault-backend"}}`,
		},
		{
			"certificate-literal", "secrets", "directory-tls",
			`{"spec.issuerRef":{"name":"internal-ca"},"spec.literalSubject":"CN=directory,OU=shop,DC=example,DC=test"}`,
		},
	} {
		user := in("shop", deployment("user", "secretRef: {name: "+test.name+"}"))
		got := run(t, "enabled: true\nsecrets: ["+test.name+"]", producer(t, test.sample), user).succeeded().checksum("user")
		if want := sha256Of(test.canonical); got != want {
			t.Errorf("%s: the checksum is %s, not %s", test.sample, got, want)
		}
	}
}

// Every leaf of every sample is changed, and removed: the checksum changes with those
// that count, and with no others.
func TestWhatRestarts(t *testing.T) {
	for _, p := range products {
		t.Run(p.String(), func(t *testing.T) {
			object := parse(t, producer(t, p.sample))
			before := p.checksum(t, object)
			changed := map[string]bool{}
			for _, leaf := range leaves(object) {
				path := leaf.String()
				if p.identifies(path) {
					continue
				}
				counts := p.counts(path)
				changed[path] = counts
				if after := p.checksum(t, leaf.changedIn(object)); (after != before) != counts {
					t.Errorf("%s: it counts: %v, and yet the checksum changed: %v", path, counts, after != before)
				}
				if removed, ok := leaf.removedFrom(object); ok {
					if after := p.checksum(t, removed); (after != before) != counts {
						t.Errorf("%s: it counts: %v, and yet the checksum changed when it was removed: %v", path, counts, after != before)
					}
				}
			}
			if !slices.Contains(slices.Collect(maps.Values(changed)), true) {
				t.Error("nothing counts")
			}
		})
	}
}

// identifies tells whether a field tells which product it is.
func (p product) identifies(path string) bool {
	return slices.Contains(append(p.identity, "apiVersion", "kind", "metadata.name", "metadata.namespace"), path)
}

// counts tells whether a field is content.
func (p product) counts(path string) bool {
	return slices.ContainsFunc(p.content, func(content string) bool {
		content = strings.ReplaceAll(content, "[]", fmt.Sprintf("[%d]", p.element))
		if start := strings.LastIndexAny(content, "[{"); strings.HasSuffix(content, "}") || strings.HasSuffix(content, "]") {
			content = content[:start]
		}
		rest, found := strings.CutPrefix(path, content)
		return found && (rest == "" || rest[0] == '.' || rest[0] == '[')
	})
}

// The order of fields does not count, nor does that of lists that are not said to be
// ordered.
func TestWhatOrderRestarts(t *testing.T) {
	for _, p := range products {
		t.Run(p.String(), func(t *testing.T) {
			object := parse(t, producer(t, p.sample))
			before := p.checksum(t, object)
			backwards := run(t, "enabled: true\n"+p.kind+": ["+p.name+"]", backwardsJSON(object), p.user()).checksum("user")
			if backwards != before {
				t.Error("the order of fields changed the checksum")
			}
			var found []string
			for _, list := range severalIn(object) {
				path := list.String()
				if slices.Contains(p.ordered, path) {
					found = append(found, path)
				}
				if after := p.checksum(t, list.reversedIn(object)); (after != before) != slices.Contains(p.ordered, path) {
					t.Errorf("%s: when its order changed, the checksum changed: %v", path, after != before)
				}
			}
			if len(found) != len(p.ordered) {
				t.Errorf("the sample has only the lists %v", found)
			}
		})
	}
}

// A place is the fields and indexes that lead to a value.
type place []any

func (p place) String() string {
	var path strings.Builder
	for _, step := range p {
		switch step := step.(type) {
		case int:
			fmt.Fprintf(&path, "[%d]", step)
		case string:
			path.WriteString("." + step)
		}
	}
	return strings.TrimPrefix(path.String(), ".")
}

func (p place) then(step any) place {
	return append(slices.Clone(p), step)
}

// walk visits every value in an object.
func walk(value any, at place, visit func(place, any)) {
	visit(at, value)
	switch value := value.(type) {
	case map[string]any:
		for _, field := range slices.Sorted(maps.Keys(value)) {
			walk(value[field], at.then(field), visit)
		}
	case []any:
		for i, element := range value {
			walk(element, at.then(i), visit)
		}
	}
}

// leaves returns the places of scalars, and of lists and mappings that are empty.
func leaves(object any) (found []place) {
	walk(object, nil, func(at place, value any) {
		list, isList := value.([]any)
		mapping, isMapping := value.(map[string]any)
		if len(list)+len(mapping) == 0 || (!isList && !isMapping) {
			found = append(found, at)
		}
	})
	return found
}

// severalIn returns the places of lists of several elements.
func severalIn(object any) (found []place) {
	walk(object, nil, func(at place, value any) {
		if list, isList := value.([]any); isList && len(list) > 1 {
			found = append(found, at)
		}
	})
	return found
}

// edited returns a copy of an object in which edit has been called with what holds p.
func (p place) edited(object any, edit func(holder, step any)) any {
	text, err := json.Marshal(object)
	if err != nil {
		panic(err)
	}
	var edited any
	if err := json.Unmarshal(text, &edited); err != nil {
		panic(err)
	}
	holder := edited
	for _, step := range p[:len(p)-1] {
		holder = child(holder, step)
	}
	edit(holder, p[len(p)-1])
	return edited
}

func child(holder, step any) any {
	if index, isIndex := step.(int); isIndex {
		return holder.([]any)[index]
	}
	return holder.(map[string]any)[step.(string)]
}

func set(holder, step, value any) {
	if index, isIndex := step.(int); isIndex {
		holder.([]any)[index] = value
		return
	}
	holder.(map[string]any)[step.(string)] = value
}

func (p place) changedIn(object any) any {
	return p.edited(object, func(holder, step any) {
		switch value := child(holder, step).(type) {
		case string:
			set(holder, step, value+"-changed")
		case bool:
			set(holder, step, !value)
		case float64:
			set(holder, step, value+1)
		case map[string]any:
			value["changed"] = "changed"
		case []any:
			set(holder, step, []any{"changed"})
		default:
			set(holder, step, "changed")
		}
	})
}

// removedFrom returns a copy of an object without a field. An empty one may say no more
// than an absent one.
func (p place) removedFrom(object any) (any, bool) {
	value := object
	for _, step := range p {
		value = child(value, step)
	}
	mapping, isMapping := value.(map[string]any)
	if _, isField := p[len(p)-1].(string); !isField || (isMapping && len(mapping) == 0) {
		return nil, false
	}
	return p.edited(object, func(holder, step any) { delete(holder.(map[string]any), step.(string)) }), true
}

func (p place) reversedIn(object any) any {
	return p.edited(object, func(holder, step any) { slices.Reverse(child(holder, step).([]any)) })
}

// backwardsJSON returns JSON whose fields are in the reverse of their order.
func backwardsJSON(value any) string {
	mapping, isMapping := value.(map[string]any)
	list, isList := value.([]any)
	var parts []string
	switch {
	case isMapping:
		for _, field := range slices.Sorted(maps.Keys(mapping)) {
			parts = append(parts, fmt.Sprintf("%q: %s", field, backwardsJSON(mapping[field])))
		}
		slices.Reverse(parts)
		return "{" + strings.Join(parts, ", ") + "}"
	case isList:
		for _, element := range list {
			parts = append(parts, backwardsJSON(element))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	text, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return string(text)
}
