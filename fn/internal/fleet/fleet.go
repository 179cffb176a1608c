// Package fleet makes ResourceLists of any size that look like a platform's
// manifests, for benchmarks and tests.
package fleet

import (
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"strings"
)

const namespaces = 40

// A Fleet is a number of resources: of five, the first is a Deployment, then come a
// Secret, a Deployment, a ConfigMap and a Service. The Deployments use the Secret and
// the ConfigMap.
type Fleet struct {
	Resources int
	// Allowed is how many of the ConfigMaps and Secrets are allowlisted, spread
	// evenly.
	Allowed int
	// EveryFeature switches on what is off by default: keys in use, a salt, sources by
	// label, selected workloads, and declared kinds. One of three teams then has a
	// SealedSecret instead of a Secret.
	EveryFeature bool
	// Definitions is how many CustomResourceDefinitions there are beside, each as large as
	// those of big operators.
	Definitions int
	// Seed makes other fleets of the same shape.
	Seed uint64
}

// ResourceList returns the fleet in the block style in which kpt sends a package,
// with its comments. Equal fleets give equal bytes.
func (f Fleet) ResourceList() []byte {
	var list strings.Builder
	random := rand.New(rand.NewPCG(f.Seed, uint64(f.Resources)))
	list.WriteString("apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n")
	for i := range f.Resources {
		team := i / 5
		switch i % 5 {
		case 0:
			writeDeployment(&list, i, team, "api", random)
		case 1:
			if f.EveryFeature && team%3 == 0 {
				writeSealedSecret(&list, i, team, random)
			} else {
				writeSecret(&list, i, team, random)
			}
		case 2:
			writeDeployment(&list, i, team, "worker", random)
		case 3:
			writeConfigMap(&list, i, team, random)
		case 4:
			writeService(&list, i, team)
		}
	}
	for i := range f.Definitions {
		writeDefinition(&list, i)
	}
	f.writeFunctionConfig(&list)
	return []byte(list.String())
}

func (f Fleet) writeFunctionConfig(list *strings.Builder) {
	list.WriteString(`functionConfig:
  apiVersion: checksum.proompteng.ai/v1alpha1
  kind: ChecksumAnnotator
  metadata:
    name: rollout-checksums
  spec:
    enabled: true
`)
	if f.EveryFeature {
		list.WriteString(`    keyScope: Used
    salt: not-a-secret-pepper
    workloads:
    - kind: Deployment|StatefulSet
      name: team-.*
    podTemplates:
    - group: ray.io
      kind: RayCluster
      path: spec.workerGroupSpecs[].template
    producers:
    - group: example.com
      kind: Credentials
      name: spec.target.name
      content: [spec.fields]
`)
	}
	teams := (f.Resources + 4) / 5
	for _, allowlist := range []struct {
		field, name string
		count       int
	}{
		{"secrets", "team-%05d-credentials", f.Allowed / 2},
		{"configMaps", "team-%05d-settings", f.Allowed - f.Allowed/2},
	} {
		fmt.Fprintf(list, "    %s:\n", allowlist.field)
		if f.EveryFeature {
			list.WriteString("    - labelSelector: example.com/rollout=true\n      onMissing: Skip\n")
		}
		for i := range allowlist.count {
			team := i * teams / allowlist.count
			fmt.Fprintf(list, "    - name: "+allowlist.name+"\n      namespace: %s\n", team, namespace(team))
		}
	}
}

func namespace(team int) string {
	return fmt.Sprintf("namespace-%02d", team%namespaces)
}

// writeHead writes the lines that every object begins with.
func writeHead(list *strings.Builder, index, team int, apiVersion, kind, suffix string) {
	fmt.Fprintf(list, `- apiVersion: %[1]s
  kind: %[2]s
  metadata:
    name: team-%05[3]d-%[4]s
    namespace: %[5]s
    labels:
      app.kubernetes.io/part-of: team-%05[3]d
    annotations:
      config.kubernetes.io/index: '%[6]d'
      config.kubernetes.io/path: 'team-%05[3]d.yaml'
      internal.config.kubernetes.io/index: '%[6]d'
      internal.config.kubernetes.io/path: 'team-%05[3]d.yaml'
      internal.config.kubernetes.io/seqindent: 'compact'
      internal.config.kubernetes.io/annotations-migration-resource-id: '%[7]d'
      internal.config.kubernetes.io/id: '%[8]d'
      config.k8s.io/id: '%[8]d'
`, apiVersion, kind, team, suffix, namespace(team), index%5, index, index+1)
}

func writeDeployment(list *strings.Builder, index, team int, role string, random *rand.Rand) {
	writeHead(list, index, team, "apps/v1", "Deployment", role)
	fmt.Fprintf(list, `  spec:
    replicas: %[1]d # reviewed each quarter
    selector:
      matchLabels:
        app: team-%05[2]d-%[3]s
    template:
      metadata:
        labels:
          app: team-%05[2]d-%[3]s
      spec:
        containers:
        # The main container.
        - name: %[3]s
          image: registry.example/team-%05[2]d/%[3]s:1.%[4]d.0
          args: ["serve", "--port=8080"]
          env:
          - name: DATABASE_URI
            valueFrom:
              secretKeyRef:
                name: team-%05[2]d-credentials
                key: uri
          - name: LOG_LEVEL
            value: "info"
          envFrom:
          - configMapRef:
              name: team-%05[2]d-settings
          resources:
            requests: {cpu: %[5]dm, memory: 128Mi}
          volumeMounts:
          - name: credentials
            mountPath: /etc/credentials
        volumes:
        - name: credentials
          secret:
            secretName: team-%05[2]d-credentials
`, 1+random.IntN(5), team, role, random.IntN(100), 100+random.IntN(900))
}

func writeConfigMap(list *strings.Builder, index, team int, random *rand.Rand) {
	writeHead(list, index, team, "v1", "ConfigMap", "settings")
	list.WriteString("  data:\n    settings.ini: |\n      # Settings of the team.\n")
	for line := range 20 {
		fmt.Fprintf(list, "      option-%02d = %08x\n", line, random.Uint32())
	}
	list.WriteString("    REGION: \"eu-1\"\n")
}

func writeSecret(list *strings.Builder, index, team int, random *rand.Rand) {
	writeHead(list, index, team, "v1", "Secret", "credentials")
	list.WriteString("  type: Opaque\n  data:\n")
	for _, key := range []string{"uri", "username", "password"} {
		value := fmt.Sprintf("%s-%016x", key, random.Uint64())
		fmt.Fprintf(list, "    %s: %s\n", key, base64.StdEncoding.EncodeToString([]byte(value)))
	}
}

func writeSealedSecret(list *strings.Builder, index, team int, random *rand.Rand) {
	writeHead(list, index, team, "bitnami.com/v1alpha1", "SealedSecret", "credentials")
	list.WriteString("  spec:\n    encryptedData:\n")
	for _, key := range []string{"uri", "username", "password"} {
		fmt.Fprintf(list, "      %s: AgB%0600x\n", key, random.Uint64())
	}
	list.WriteString("    template:\n      type: Opaque\n")
}

// writeDefinition writes a CustomResourceDefinition of half a megabyte, which speaks of
// Secrets and Deployments.
func writeDefinition(list *strings.Builder, index int) {
	fmt.Fprintf(list, `- apiVersion: apiextensions.k8s.io/v1
  kind: CustomResourceDefinition
  metadata:
    name: kind%[1]ds.example.com
  spec:
    group: example.com
    names:
      kind: Kind%[1]d
      plural: kind%[1]ds
    scope: Namespaced
    versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
`, index)
	for field := range 1_800 {
		fmt.Fprintf(list, `            field%04[1]d:
              description: |-
                The field %04[1]d of the Deployment, which may refer to a Secret or a ConfigMap
                in the namespace of the object, and defaults to what the operator thinks best.
              maxLength: 253
              type: string
`, field)
	}
}

func writeService(list *strings.Builder, index, team int) {
	writeHead(list, index, team, "v1", "Service", "api")
	fmt.Fprintf(list, `  spec:
    selector:
      app: team-%05d-api
    ports:
    - name: http
      port: 80
      targetPort: 8080
`, team)
}
