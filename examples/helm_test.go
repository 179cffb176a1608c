package examples

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A helm is an installed Helm, with the options that make it call the function.
type helm struct {
	name         string
	path         string
	postRenderer []string
	environment  []string
}

// helms returns those of Helm 3 and 4 that are installed, apart from the user's
// plugins and clusters.
func helms(t *testing.T) []helm {
	t.Helper()
	var found []helm
	for _, candidate := range []helm{
		{name: "helm3", path: tool(t, "helm-3.15.4"), postRenderer: []string{"checksum-annotator", "annotate"}},
		{name: "helm4", path: tool(t, "helm-4.2.1"), postRenderer: []string{"checksum-annotator"}, environment: []string{"HELM_PLUGINS=" + absolute(t, "helm-post-renderer/plugins")}},
	} {
		if candidate.path != "" {
			candidate.environment = append(helmHome(t), candidate.environment...)
			found = append(found, candidate)
		}
	}
	if len(found) == 0 {
		t.Skip("NOT TESTED: no Helm is installed")
	}
	return found
}

func helmNamed(t *testing.T, name string) helm {
	t.Helper()
	for _, helm := range helms(t) {
		if helm.name == name {
			return helm
		}
	}
	t.Skipf("NOT TESTED: %s is not installed", name)
	return helm{}
}

// helmHome returns an environment in which the function is on the search path, and
// Helm knows of no plugin and no cluster.
func helmHome(t *testing.T) []string {
	t.Helper()
	home := t.TempDir()
	return []string{
		"PATH=" + absolute(t, filepath.Dir(functionPath)) + string(filepath.ListSeparator) + os.Getenv("PATH"),
		"HELM_DATA_HOME=" + home, "HELM_CONFIG_HOME=" + home, "HELM_CACHE_HOME=" + home,
		"HELM_PLUGINS=" + filepath.Join(home, "plugins"), "KUBECONFIG=" + filepath.Join(home, "none"),
	}
}

// with returns the options for the function with a configuration.
func (h helm) with(config string) []string {
	options := []string{"--post-renderer", h.postRenderer[0]}
	for _, argument := range append(slices.Clone(h.postRenderer[1:]), "--config="+config) {
		options = append(options, "--post-renderer-args", argument)
	}
	return options
}

func (h helm) run(arguments ...string) (stdout, stderr string, err error) {
	command := exec.Command(h.path, arguments...)
	command.Env = append(os.Environ(), h.environment...)
	return capture(command)
}

// render returns the manifests of a release "shop", CRDs and hooks among them.
func (h helm) render(t *testing.T, chart string, options ...string) string {
	t.Helper()
	stdout, stderr, err := h.run(append([]string{"template", "shop", chart, "--include-crds"}, options...)...)
	if err != nil {
		t.Fatalf("%s: %v\n%s", h.name, err, stderr)
	}
	return stdout
}

const (
	shopChart     = "helm-post-renderer/chart"
	shopChecksums = "helm-post-renderer/rollout-checksums.yaml"
)

func TestHelmReleaseGainsChecksumsAndNothingElse(t *testing.T) {
	want := []string{
		"annotations", "checksum/configmap.shop-settings", "checksum/secret.payment-api", "checksum/secret.shop-database", // the Deployment
		"checksum/secret.shop-database", // the StatefulSet
	}
	for _, helm := range helms(t) {
		rendered := helm.render(t, shopChart, helm.with(shopChecksums)...)
		golden(t, "helm-post-renderer/rendered-"+helm.name+".yaml", rendered)
		var got []string
		for _, line := range addedLines(t, helm.render(t, shopChart), rendered) {
			key, _, _ := strings.Cut(line, ":")
			got = append(got, key)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: added lines (-want +got):\n%s", helm.name, diff)
		}
		for _, kind := range []string{"CustomResourceDefinition", "Job", "Pod"} {
			if !strings.Contains(rendered, "\nkind: "+kind+"\n") {
				t.Errorf("%s rendered no %s", helm.name, kind)
			}
		}
	}
}

func TestHelmReleaseFollowsItsSources(t *testing.T) {
	for _, helm := range helms(t) {
		options := helm.with(shopChecksums)
		before := helm.render(t, shopChart, options...)
		for set, want := range map[string][]string{
			"database.password=not-a-secret-1": nil,
			"database.password=not-a-secret-2": {"password", "checksum/secret.shop-database", "checksum/secret.shop-database"},
			"settings.currency=SEK":            {"currency", "checksum/configmap.shop-settings"},
		} {
			after := helm.render(t, shopChart, append(options, "--set", set)...)
			if diff := cmp.Diff(want, changedLines(before, after)); diff != "" {
				t.Errorf("%s, %s: changed lines (-want +got):\n%s", helm.name, set, diff)
			}
		}
	}
}

// What the README says of the usual way: the text of the template has the version of
// the chart in it, the data have not.
func TestHelmChartVersionIsNoReasonToRestart(t *testing.T) {
	for _, helm := range helms(t) {
		chart := changedChart(t, "templates/deployment.yaml", "    metadata:\n", `    metadata:
      annotations:
        checksum/config: {{ include (print $.Template.BasePath "/secret.yaml") . | sha256sum }}
`)
		before := helm.render(t, chart, helm.with(shopChecksums)...)
		edit(t, filepath.Join(chart, "Chart.yaml"), "version: 0.1.0", "version: 0.1.1", 1)
		changed := changedLines(before, helm.render(t, chart, helm.with(shopChecksums)...))
		slices.Sort(changed)
		if diff := cmp.Diff([]string{"checksum/config", "helm.sh/chart"}, slices.Compact(changed)); diff != "" {
			t.Errorf("%s: changed lines (-want +got):\n%s", helm.name, diff)
		}
	}
}

// changedChart returns a copy of the chart with one change.
func changedChart(t *testing.T, file, old, replacement string) string {
	t.Helper()
	chart := t.TempDir()
	if err := os.CopyFS(chart, os.DirFS(shopChart)); err != nil {
		t.Fatal(err)
	}
	edit(t, filepath.Join(chart, file), old, replacement, 1)
	return chart
}

func changedConfig(t *testing.T, old, replacement string) string {
	t.Helper()
	path := filepath.Join(write(t, map[string]string{"config.yaml": read(t, shopChecksums)}), "config.yaml")
	edit(t, path, old, replacement, 1)
	return path
}

// Where namespaces agree, or are not set, everything is annotated as without them.
func TestHelmChartThatSetsNamespaces(t *testing.T) {
	const inRelease = "metadata:\n  namespace: {{ .Release.Namespace }}\n"
	tests := []struct{ name, file, entry string }{
		{"none, but in the entry", "", "{name: shop-database, namespace: prod}"},
		{"in the Secret", "secret.yaml", "shop-database"},
		{"in the Secret and the entry", "secret.yaml", "{name: shop-database, namespace: prod}"},
		{"in a workload", "deployment.yaml", "shop-database"},
		{"in a workload and the entry", "deployment.yaml", "{name: shop-database, namespace: prod}"},
	}
	for _, helm := range helms(t) {
		want := objects(t, helm.render(t, shopChart, helm.with(shopChecksums)...))
		for _, test := range tests {
			chart := shopChart
			if test.file != "" {
				chart = changedChart(t, "templates/"+test.file, "metadata:\n", inRelease)
			}
			config := changedConfig(t, "- shop-database", "- "+test.entry)
			got := objects(t, helm.render(t, chart, append(helm.with(config), "--namespace", "prod")...))
			for kind, name := range map[string]string{"Deployment": "shop-web", "StatefulSet": "shop-orders"} {
				if diff := cmp.Diff(checksums(find(t, want, kind, name)), checksums(find(t, got, kind, name))); diff != "" {
					t.Errorf("%s, %s: %s (-want +got):\n%s", helm.name, test.name, kind, diff)
				}
			}
		}
	}
}

// A workload in another namespace than the Secret cannot use it.
func TestHelmWorkloadInAnotherNamespace(t *testing.T) {
	for _, helm := range helms(t) {
		chart := changedChart(t, "templates/secret.yaml", "metadata:\n", "metadata:\n  namespace: prod\n")
		edit(t, filepath.Join(chart, "templates/deployment.yaml"), "metadata:\n", "metadata:\n  namespace: elsewhere\n", 1)
		rendered := objects(t, helm.render(t, chart, helm.with(shopChecksums)...))
		got := slices.Sorted(maps.Keys(checksums(find(t, rendered, "Deployment", "shop-web"))))
		if diff := cmp.Diff([]string{"checksum/configmap.shop-settings", "checksum/secret.payment-api"}, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", helm.name, diff)
		}
	}
}

// Of two Secrets of one name, one without a namespace, a workload without a namespace
// uses that one.
func TestHelmCopyOfASecretInAnotherNamespace(t *testing.T) {
	for _, helm := range helms(t) {
		chart := changedChart(t, "templates/secret.yaml", "stringData:\n", "stringData:\n  copy: \"true\"\n")
		edit(t, filepath.Join(chart, "templates/secret.yaml"), "metadata:\n", "metadata:\n  namespace: backup\n", 1)
		template := read(t, filepath.Join(shopChart, "templates/secret.yaml"))
		if err := os.WriteFile(filepath.Join(chart, "templates/own.yaml"), []byte(template), 0o600); err != nil {
			t.Fatal(err)
		}
		want := objects(t, helm.render(t, shopChart, helm.with(shopChecksums)...))
		got := objects(t, helm.render(t, chart, helm.with(shopChecksums)...))
		if diff := cmp.Diff(checksums(find(t, want, "Deployment", "shop-web")), checksums(find(t, got, "Deployment", "shop-web"))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", helm.name, diff)
		}
	}
}

// A Secret that is a hook itself is shown to the function by Helm 4 only.
func TestHelmSecretThatIsAHook(t *testing.T) {
	chart := changedChart(t, "templates/secret.yaml", "metadata:\n", "metadata:\n  annotations:\n    helm.sh/hook: pre-install,pre-upgrade\n")
	for _, helm := range helms(t) {
		rendered, stderr, err := helm.run(append([]string{"template", "shop", chart}, helm.with(shopChecksums)...)...)
		switch helm.name {
		case "helm3":
			if err == nil || !strings.Contains(stderr, "Secret shop-database is not in the input") {
				t.Errorf("helm3: %v\n%s", err, stderr)
			}
		default:
			if err != nil || strings.Count(rendered, "checksum/secret.shop-database: ") != 2 {
				t.Errorf("%s: %v\n%s%s", helm.name, err, stderr, rendered)
			}
		}
	}
}

// What a user sees when the configuration is wrong.
func TestHelmShowsErrors(t *testing.T) {
	function := absolute(t, functionPath)
	readme := read(t, "helm-post-renderer/README.md")
	for _, helm := range helms(t) {
		stdout, stderr, err := helm.run(append([]string{"template", "shop", shopChart}, helm.with("helm-post-renderer/broken-checksums.yaml")...)...)
		if err == nil || stdout != "" {
			t.Errorf("%s: error %v, standard output %q", helm.name, err, stdout)
		}
		seen := strings.ReplaceAll(stderr, function, "checksum-annotator")
		golden(t, "helm-post-renderer/error-"+helm.name+".txt", seen)
		if !strings.Contains(readme, strings.TrimSpace(seen)) {
			t.Errorf("the README does not show what %s shows:\n%s", helm.name, seen)
		}
	}
}

// Helm does not show warnings, so that a misspelt name has to be an error.
func TestHelmShowsNoWarnings(t *testing.T) {
	misspelt := changedConfig(t, "- shop-database", "- shop-databse")
	warned := changedConfig(t, "onMissing: Fail", "onMissing: HashName")
	edit(t, warned, "- shop-database", "- shop-databse", 1)
	for _, helm := range helms(t) {
		if _, stderr, err := helm.run(append([]string{"template", "shop", shopChart}, helm.with(misspelt)...)...); err == nil {
			t.Errorf("%s did not fail: %s", helm.name, stderr)
		}
		if _, stderr, err := helm.run(append([]string{"template", "shop", shopChart}, helm.with(warned)...)...); err != nil || stderr != "" {
			t.Errorf("%s: %v, it shows %q: say so in the README", helm.name, err, stderr)
		}
	}
}

// The pipe gives what the post-renderer gives, and changes nothing a second time.
func TestHelmInAPipe(t *testing.T) {
	for _, helm := range helms(t) {
		want := helm.render(t, shopChart, helm.with(shopChecksums)...)
		for _, input := range []string{helm.render(t, shopChart), want} {
			command := exec.Command(functionPath, "annotate", "--config", shopChecksums)
			command.Stdin = strings.NewReader(input)
			got, err := command.Output()
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, string(got)); diff != "" {
				t.Errorf("%s (-post-renderer +pipe):\n%s", helm.name, diff)
			}
		}
	}
}

// Helm 3 writes the files before it calls the post-renderer.
func TestHelmOutputDir(t *testing.T) {
	for _, helm := range helms(t) {
		dir := t.TempDir()
		_, stderr, err := helm.run(append([]string{"template", "shop", shopChart, "--output-dir", dir}, helm.with(shopChecksums)...)...)
		deployment := read(t, filepath.Join(dir, "shop/templates/deployment.yaml"))
		if annotated := strings.Contains(deployment, "checksum/"); annotated != (helm.name == "helm4") || annotated != (err == nil) {
			t.Errorf("%s: %v\n%s\n%s", helm.name, err, stderr, deployment)
		}
	}
}

// Helm 4 needs no cluster to show what it would install; Helm 3 does.
func TestHelmInstallDryRun(t *testing.T) {
	helm := helmNamed(t, "helm4")
	for _, options := range [][]string{nil, {"--hide-secret"}} {
		arguments := append([]string{"install", "shop", shopChart, "--dry-run=client"}, helm.with(shopChecksums)...)
		stdout, stderr, err := helm.run(append(arguments, options...)...)
		if err != nil || strings.Count(stdout, "checksum/secret.shop-database: ") != 2 {
			t.Errorf("%q: %v\n%s%s", options, err, stderr, stdout)
		}
	}
}

func TestHelmPluginInstall(t *testing.T) {
	helm := helmNamed(t, "helm4")
	want := helm.render(t, shopChart, helm.with(shopChecksums)...)
	helm.environment = helmHome(t)
	if _, _, err := helm.run(append([]string{"template", "shop", shopChart}, helm.with(shopChecksums)...)...); err == nil {
		t.Error("the plugin was there before")
	}
	if _, stderr, err := helm.run("plugin", "install", absolute(t, "helm-post-renderer/plugins/checksum-annotator")); err != nil {
		t.Fatalf("%v\n%s", err, stderr)
	}
	if diff := cmp.Diff(want, helm.render(t, shopChart, helm.with(shopChecksums)...)); diff != "" {
		t.Errorf("(-from the folder +installed):\n%s", diff)
	}
}

// Both versions of Helm look for plugins in the same folder. Helm 3 complains of one
// for Helm 4, and goes on.
func TestHelm3BesideThePluginOfHelm4(t *testing.T) {
	helm := helmNamed(t, "helm3")
	want := helm.render(t, shopChart, helm.with(shopChecksums)...)
	helm.environment = append(helm.environment, "HELM_PLUGINS="+absolute(t, "helm-post-renderer/plugins"))
	stdout, stderr, err := helm.run(append([]string{"template", "shop", shopChart, "--include-crds"}, helm.with(shopChecksums)...)...)
	if err != nil || stdout != want || !strings.Contains(stderr, "failed to load plugin") {
		t.Errorf("%v\n%s%s", err, stderr, stdout)
	}
}
