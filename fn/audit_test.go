package fn_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/proompteng/checksum-annotator/fn"
	"github.com/proompteng/checksum-annotator/fn/digest"
	"github.com/proompteng/checksum-annotator/fn/manifest"
	"github.com/proompteng/checksum-annotator/fn/report"
)

func auditOf(t *testing.T, input string, functionConfig any) report.Audit {
	t.Helper()
	audit, results := fn.Audit(inputOf(t, input), functionConfig)
	if results.Failed() {
		t.Fatal(results.Lines())
	}
	return audit
}

// usesIn returns a line for each use.
func usesIn(audit report.Audit) (lines []string) {
	for _, w := range audit.Workloads {
		for _, use := range w.Uses {
			line := fmt.Sprintf("%s %s %v", w.Workload.Name, use.Source.Name, use.Forms)
			if len(use.Keys) > 0 {
				line += fmt.Sprint(" ", use.Keys)
			}
			if use.Missing {
				line += " missing"
			}
			if use.Optional {
				line += " optional"
			}
			if use.MadeOf != nil {
				line += " of " + use.MadeOf.Kind
			}
			if use.Problem != "" {
				line += " ambiguous"
			}
			if use.Unseen != "" {
				line += " unseen"
			}
			lines = append(lines, strings.TrimSpace(line+" "+string(use.Way)+" "+use.By))
		}
	}
	return lines
}

func TestAuditTellsHowChangesReachPods(t *testing.T) {
	a := strings.Repeat("a", 64)
	sum := string(digest.ConfigMap(map[string]string{"level": "info", "color": "blue"}, nil).Sum(""))
	db := "web db [env] [uri] not at all"
	for name, test := range map[string]struct {
		objects []string
		want    []string
	}{
		"nothing": {[]string{aConfigMap}, nil},
		"not at all, and what the input lacks": {[]string{aConfigMap, aReader}, []string{
			"web app [envFrom] not at all", "web db [env] [uri] missing not at all",
		}},
		"by a checksum of its name": {[]string{aConfigMap, aSecret, withAnnotations("checksum/configmap.app: " + a)}, []string{
			db, "web app [envFrom] checksum checksum/configmap.app",
		}},
		"by a checksum of its value": {[]string{aConfigMap, aSecret, withAnnotations("example.com/configmap.other: " + sum)}, []string{
			db, "web app [envFrom] checksum example.com/configmap.other",
		}},
		"by the digest of a name": {[]string{aConfigMap, aSecret, withAnnotations("checksum/configmap.app: " + string(digest.OfName("app", "")))}, []string{
			"web app [envFrom] not at all", db,
		}},
		"by a checksum of something else": {[]string{aConfigMap, aSecret, withAnnotations("checksum/configmap.other: " + a)}, []string{
			"web app [envFrom] not at all", db,
		}},
		"by chart": {[]string{aConfigMap, aSecret, withAnnotations("checksum/config: " + a)}, []string{
			db, "web app [envFrom] chart checksum/config",
		}},
		"by file": {[]string{aConfigMap, aFileReader}, []string{"files app [file] file"}},
		"by a file in subPath": {[]string{aConfigMap, strings.Replace(aFileReader, "mountPath: /v", "mountPath: /v, subPath: level", 1)}, []string{
			"files app [subPath] [level] not at all",
		}},
		"by the next pods": {[]string{aConfigMap, aCronJob}, []string{"nightly app [envFrom] next pods"}},
		"by controller": {[]string{aConfigMap, aSecret, strings.Replace(aReader, "{name: web}", "{name: web, annotations: {reloader.stakater.com/auto: 'true'}}", 1)}, []string{
			"web app [envFrom] controller Reloader", "web db [env] [uri] controller Reloader",
		}},
		"by what stands for it": {
			[]string{"apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: db}\nspec: {encryptedData: {uri: AgB}}\n", aConfigMap, withAnnotations("checksum/configmap.app: " + a)},
			[]string{"web db [env] [uri] of SealedSecret not at all", "web app [envFrom] checksum checksum/configmap.app"},
		},
		"what pods start without": {
			[]string{strings.Replace(aCronJob, "{name: app}", "{name: app, optional: true}", 1)},
			[]string{"nightly app [envFrom] missing optional next pods"},
		},
		"what is filled in the cluster": {
			[]string{"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: app}\n", strings.Replace(aFileReader, "mountPath: /v", "mountPath: /v, subPath: level", 1)},
			[]string{"files app [subPath] [level] unseen not at all"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			audit := auditOf(t, stream(test.objects...), nil)
			if diff := cmp.Diff(test.want, usesIn(audit)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			checkClosed(t, stream(test.objects...), audit)
		})
	}
}

// checkClosed tests that the functionConfig of an audit closes its gaps, and allows
// nothing that no workload reads.
func checkClosed(t *testing.T, input string, audit report.Audit) {
	t.Helper()
	text := audit.FunctionConfig()
	functionConfig, err := manifest.ReadConfig([]byte(text))
	if err != nil {
		t.Fatalf("%v:\n%s", err, text)
	}
	_, results := fn.AnnotateLists(inputOf(t, input), functionConfig)
	for _, line := range results.AllLines() {
		if results.Failed() || strings.Contains(line, "no selected workload uses") || strings.Contains(line, "not in the input") {
			t.Errorf("the functionConfig gives %q:\n%s", line, text)
		}
	}
	if closed := auditOf(t, input, functionConfig); closed.Gaps() > 0 {
		t.Errorf("gaps are left: %q\n%s", usesIn(closed), text)
	}
}

func TestAnAuditsFunctionConfigTellsItsReasons(t *testing.T) {
	elsewhere := strings.Replace(aConfigMap, "{name: app}", "{name: app, namespace: elsewhere}", 1)
	here := func(object string) string {
		return strings.Replace(object, "metadata: {name: ", "metadata: {namespace: here, name: ", 1)
	}
	numbered := func(object string) string { return strings.ReplaceAll(object, "name: db", `name: "123"`) }
	input := stream(here(aConfigMap), elsewhere, here(numbered(aSecret)), here(numbered(aReader)),
		here(strings.Replace(aFileReader, "configMap: {name: app}", "secret: {secretName: gone}", 1)))
	audit := auditOf(t, input, nil)
	want := `apiVersion: checksum.proompteng.ai/v1alpha1
kind: ChecksumAnnotator
metadata:
  name: rollout-checksums
spec:
  enabled: true
  secrets:
  # Deployment here/web reads it (env: uri)
  - "123"
  configMaps:
  # Deployment here/web reads it (envFrom)
  - name: app
    namespace: here
`
	if diff := cmp.Diff(want, audit.FunctionConfig()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	checkClosed(t, input, audit)
}

func TestAnAuditListsSourcesThatNoWorkloadReads(t *testing.T) {
	audit := auditOf(t, stream(aConfigMap, aSecret, aCronJob), nil)
	if len(audit.Unread) != 1 || audit.Unread[0].Source.Name != "db" {
		t.Errorf("unread are %+v", audit.Unread)
	}
}

func TestReportsNeverHoldValues(t *testing.T) {
	const value = "s3cr3t"
	secret := "apiVersion: v1\nkind: Secret\nmetadata: {name: db}\nstringData: {uri: " + value + "-%d, other: " + value + "}\n"
	configMap := "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: app}\ndata: {level: " + value + "-%d}\n"
	before := stream(fmt.Sprintf(secret, 1), fmt.Sprintf(configMap, 1), aReader, aFileReader, aCronJob)
	after := stream(fmt.Sprintf(secret, 2), fmt.Sprintf(configMap, 2), aReader, aFileReader, aCronJob)
	impact, _ := impactOf(t, before, after)
	audit := auditOf(t, before, nil)
	for name, output := range map[string]string{
		"impact table": impact.Table(report.Terminal{}), "impact json": impact.JSON(), "impact markdown": impact.Markdown(),
		"impact mermaid": impact.Mermaid(), "impact html": impact.HTML(),
		"audit table": audit.Table(report.Terminal{}), "audit json": audit.JSON(), "audit markdown": audit.Markdown(),
		"audit mermaid": audit.Mermaid(), "audit html": audit.HTML(), "audit config": audit.FunctionConfig(),
	} {
		if strings.Contains(output, value) || strings.Contains(output, "czNjcjN0") {
			t.Errorf("%s has a value", name)
		}
		if !strings.Contains(output, "app") {
			t.Errorf("%s lacks what it is about", name)
		}
	}
}
