package examples

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"sigs.k8s.io/yaml"
)

// A configManagementPlugin is what the example uses of Argo CD's type of that name.
type configManagementPlugin struct {
	metav1.TypeMeta
	Metadata metav1.ObjectMeta
	Spec     struct {
		Generate struct{ Command, Args []string }
	}
}

// decode reads an object as strictly as the API server does.
func decode(t *testing.T, manifest string) runtime.Object {
	t.Helper()
	scheme := runtime.NewScheme()
	if err := errors.Join(corev1.AddToScheme(scheme), appsv1.AddToScheme(scheme)); err != nil {
		t.Fatal(err)
	}
	decoded, _, err := serializer.NewCodecFactory(scheme, serializer.EnableStrict).UniversalDeserializer().Decode([]byte(manifest), nil, nil)
	if err != nil {
		t.Fatalf("%v in\n%s", err, manifest)
	}
	return decoded
}

func readPlugin(t *testing.T) configManagementPlugin {
	t.Helper()
	var plugin configManagementPlugin
	if err := yaml.UnmarshalStrict([]byte(read(t, "argocd/cmp/plugin.yaml")), &plugin); err != nil {
		t.Fatal(err)
	}
	return plugin
}

func named[T any](t *testing.T, list []T, name string, nameOf func(T) string) T {
	t.Helper()
	i := slices.IndexFunc(list, func(element T) bool { return nameOf(element) == name })
	if i < 0 {
		t.Fatalf("there is no %s", name)
	}
	return list[i]
}

func containerName(c corev1.Container) string { return c.Name }
func mountPath(m corev1.VolumeMount) string   { return m.MountPath }

// installProgram puts a folder on $PATH that has the program from "install".
func installProgram(t *testing.T) {
	t.Helper()
	dir := t.TempDir()
	if output, err := exec.Command(functionPath, "install", dir).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, output)
	}
	t.Setenv("PATH", dir+string(filepath.ListSeparator)+os.Getenv("PATH"))
}

// buildOptions returns what Argo CD puts behind "kustomize build DIR".
func buildOptions(t *testing.T) []string {
	t.Helper()
	settings, _ := decode(t, read(t, "argocd/repo-server/argocd-cm-patch.yaml")).(*corev1.ConfigMap)
	return strings.Fields(settings.Data["kustomize.buildOptions"])
}

// output runs a command, of which nothing may be said on standard error.
func output(t *testing.T, command *exec.Cmd) string {
	t.Helper()
	stdout, stderr, err := capture(command)
	if err != nil || stderr != "" {
		t.Fatalf("%s: %v: %s", command, err, stderr)
	}
	return stdout
}

func TestArgoCDProgramIsFoundOnThePath(t *testing.T) {
	t.Run("not there", func(t *testing.T) {
		t.Setenv("PATH", t.TempDir())
		if output, err := buildWithLibrary("argocd/shop"); err == nil {
			t.Errorf("the build does without the program:\n%s", output)
		}
	})
	installProgram(t)
	for _, kustomize := range kustomizes(t) {
		output, err := kustomize.build("argocd/shop")
		if err != nil {
			t.Fatalf("kustomize %s: %v", kustomize.name, err)
		}
		golden(t, "argocd/shop/expected.yaml", output)
	}
}

func TestArgoCDBuildOptionsAreNeeded(t *testing.T) {
	path := tool(t, "kustomize-5.8.2")
	if path == "" {
		t.Skip("NOT TESTED: a tool is missing")
	}
	installProgram(t)
	build := append([]string{"build", "argocd/shop"}, buildOptions(t)...)
	if got := output(t, exec.Command(path, build...)); got != read(t, "argocd/shop/expected.yaml") {
		t.Errorf("the build gave\n%s", got)
	}
	build = slices.DeleteFunc(build, func(option string) bool { return option == "--enable-exec" })
	if got := output(t, exec.Command(path, build...)); strings.Contains(got, "checksum/") {
		t.Errorf("the documentation says that --enable-exec is needed, but without it there is\n%s", got)
	}
}

// Argo CD writes what an Application overrides into kustomization.yaml with these commands.
func TestArgoCDOverridesOfAnApplicationCount(t *testing.T) {
	path := tool(t, "kustomize-5.8.2")
	if path == "" {
		t.Skip("NOT TESTED: a tool is missing")
	}
	installProgram(t)
	dir := filepath.Join(workshop(t), "examples/argocd/shop")
	for _, edit := range [][]string{
		{"set", "nameprefix", "--", "blue-"},
		{"set", "namesuffix", "--", "-eu"},
		{"set", "namespace", "--", "blue"},
		{"set", "image", "registry.example/shop:1.1"},
		{"add", "label", "team:shop"},
		{"add", "annotation", "team:shop"},
	} {
		command := exec.Command(path, append([]string{"edit"}, edit...)...)
		command.Dir = dir
		if output, err := command.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v: %s", command, err, output)
		}
	}
	got, err := exec.Command(path, append([]string{"build", dir}, buildOptions(t)...)...).Output()
	if err != nil {
		t.Fatal(err)
	}
	plain := find(t, objects(t, read(t, "argocd/shop/expected.yaml")), "Deployment", "shop")
	annotations := checksums(find(t, objects(t, string(got)), "Deployment", "blue-shop-eu"))
	for key, want := range checksums(plain) {
		if annotations[key] != want {
			t.Errorf("%s is %q, not %q", key, annotations[key], want)
		}
	}
}

// The patches are applied to the names of Argo CD's own manifests.
func TestArgoCDPatchesFitTheRepoServer(t *testing.T) {
	for _, components := range [][]string{{"repo-server"}, {"cmp"}, {"repo-server", "cmp"}} {
		for _, kustomize := range kustomizes(t) {
			t.Run(strings.Join(components, "+")+"/"+kustomize.name, func(t *testing.T) {
				dir := filepath.Join(workshop(t), "examples/argocd/testdata")
				kustomization := fmt.Sprintf("namespace: argocd\nresources: [argocd.yaml]\ncomponents: [../%s]\n", strings.Join(components, ", ../"))
				if err := os.WriteFile(filepath.Join(dir, "kustomization.yaml"), []byte(kustomization), 0o600); err != nil {
					t.Fatal(err)
				}
				built, err := kustomize.build(dir)
				if err != nil {
					t.Fatal(err)
				}
				deployment, configMaps := decodeArgoCD(t, built)
				checkPod(t, deployment.Spec.Template.Spec, configMaps)
				for _, component := range components {
					container := map[string]string{"repo-server": "argocd-repo-server", "cmp": "checksum-annotator"}[component]
					checkProgramIsMounted(t, deployment.Spec.Template.Spec, container)
				}
				_, optionsSet := configMaps["argocd-cm"].Data["kustomize.buildOptions"]
				if optionsSet != slices.Contains(components, "repo-server") {
					t.Errorf("the build options are %v", configMaps["argocd-cm"].Data)
				}
			})
		}
	}
}

func decodeArgoCD(t *testing.T, built string) (deployment *appsv1.Deployment, configMaps map[string]*corev1.ConfigMap) {
	t.Helper()
	configMaps = map[string]*corev1.ConfigMap{}
	for _, document := range strings.Split(built, "\n---\n") {
		switch decoded := decode(t, document).(type) {
		case *appsv1.Deployment:
			deployment = decoded
		case *corev1.ConfigMap:
			configMaps[decoded.Name] = decoded
		default:
			t.Errorf("there is a %T", decoded)
		}
	}
	return deployment, configMaps
}

// checkPod checks what the API server checks beyond the types, and what keeps the
// containers as locked up as those of Argo CD.
func checkPod(t *testing.T, pod corev1.PodSpec, configMaps map[string]*corev1.ConfigMap) {
	t.Helper()
	volumes, names := map[string]bool{}, map[string]bool{}
	for _, volume := range pod.Volumes {
		volumes[volume.Name] = true
		if source := volume.ConfigMap; source != nil {
			if held := configMaps[source.Name]; held == nil || held.Data["plugin.yaml"] != read(t, "argocd/cmp/plugin.yaml") {
				t.Errorf("the volume %s does not hold plugin.yaml", volume.Name)
			}
		}
	}
	for _, container := range slices.Concat(pod.InitContainers, pod.Containers) {
		if names[container.Name] {
			t.Errorf("two containers have the name %s", container.Name)
		}
		names[container.Name] = true
		paths := map[string]bool{}
		for _, mount := range container.VolumeMounts {
			if !volumes[mount.Name] || paths[mount.MountPath] {
				t.Errorf("%s cannot mount %s at %s", container.Name, mount.Name, mount.MountPath)
			}
			paths[mount.MountPath] = true
		}
	}
	if pod.Containers[0].Name != "argocd-repo-server" {
		t.Errorf("the first container is %s", pod.Containers[0].Name)
	}
	own := named(t, pod.Containers, "argocd-repo-server", containerName)
	for _, container := range slices.Concat(pod.InitContainers, pod.Containers) {
		if !strings.Contains(container.Name, "checksum-annotator") {
			continue
		}
		want := own.SecurityContext.DeepCopy()
		want.RunAsUser = new(int64(999))
		if got := container.SecurityContext; got == nil || got.String() != want.String() {
			t.Errorf("%s runs with %v, not with %v", container.Name, got, want)
		}
		if container.Name == "checksum-annotator" && container.Image != own.Image {
			t.Errorf("the sidecar has the image %s, the repo-server %s", container.Image, own.Image)
		}
	}
}

func checkProgramIsMounted(t *testing.T, pod corev1.PodSpec, container string) {
	t.Helper()
	from := named(t, pod.InitContainers, "install-checksum-annotator", containerName).VolumeMounts[0]
	to := named(t, named(t, pod.Containers, container, containerName).VolumeMounts, "/usr/local/bin/checksum-annotator", mountPath)
	if to.Name != from.Name || to.SubPath != "checksum-annotator" || !to.ReadOnly {
		t.Errorf("%s mounts %v", container, to)
	}
}

// What the kubelet does with the patch, as far as Docker can: the init container installs
// the program into an empty volume, and the other one mounts it beside kustomize.
func TestArgoCDInitContainer(t *testing.T) {
	needImage(t)
	kustomize := tool(t, "kustomize-5.8.2")
	if kustomize == "" {
		t.Skip("NOT TESTED: a tool is missing")
	}
	patch, _ := decode(t, read(t, "argocd/repo-server/repo-server-patch.yaml")).(*appsv1.Deployment)
	pod := patch.Spec.Template.Spec
	install := pod.InitContainers[0]
	if install.Image != image {
		t.Fatalf("the init container has the image %s", install.Image)
	}
	locked := []string{"run", "--rm", "--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges",
		"--network", "none", "--user", fmt.Sprint(*install.SecurityContext.RunAsUser)}
	docker := func(args ...string) *exec.Cmd { return exec.Command("docker", slices.Concat(locked, args)...) }

	volume := t.TempDir()
	mount := []string{"--volume", volume + ":" + install.VolumeMounts[0].MountPath, install.Image}
	want := "error: cannot install the program into " + install.Args[1] + ": "
	if said, err := docker(slices.Concat(mount, install.Args)...).CombinedOutput(); err == nil || !strings.HasPrefix(string(said), want) ||
		!strings.HasSuffix(string(said), ": permission denied\n") {
		t.Errorf("where the container has no right to write: %v: %s", err, said)
	}
	if err := os.Chmod(volume, 0o777); err != nil { // as the kubelet makes it
		t.Fatal(err)
	}
	for range 2 {
		if said := output(t, docker(slices.Concat(mount, install.Args)...)); said != "" {
			t.Errorf("the init container printed %s", said)
		}
	}

	tools := pod.Containers[0].VolumeMounts[0]
	args := []string{"--volume", absolute(t, "argocd/shop") + ":/app:ro", "--volume", filepath.Join(volume, tools.SubPath) + ":" + tools.MountPath + ":ro",
		"--volume", kustomize + ":/usr/local/bin/kustomize:ro"}
	for _, library := range libraries(t, kustomize) {
		args = append(args, "--volume", library+":"+library+":ro")
	}
	args = append(args, "--entrypoint", "kustomize", image, "build", "/app")
	if got := output(t, docker(append(args, buildOptions(t)...)...)); got != read(t, "argocd/shop/expected.yaml") {
		t.Errorf("kustomize in the container gave\n%s", got)
	}
}

// libraries returns the shared libraries of a program: the image has none.
func libraries(t *testing.T, path string) []string {
	t.Helper()
	listed, err := exec.Command(program(t, "ldd"), path).CombinedOutput()
	if err != nil && !strings.Contains(string(listed), "not a dynamic executable") {
		t.Fatalf("%v: %s", err, listed)
	}
	var found []string
	for _, match := range regexp.MustCompile(`(?m)(/\S+) \(0x`).FindAllStringSubmatch(string(listed), -1) {
		found = append(found, match[1])
	}
	return found
}

// generate runs the command of the plugin as Argo CD does, in the folder of an application.
func generate(t *testing.T, path, dir string) (stdout, stderr string, err error) {
	t.Helper()
	plugin := readPlugin(t).Spec.Generate
	command := exec.Command(plugin.Command[0], slices.Concat(plugin.Command[1:], plugin.Args)...)
	command.Dir = dir
	command.Env = append(os.Environ(), "PATH="+path, "ARGOCD_APP_NAME=shop", "ARGOCD_APP_NAMESPACE=shop",
		"KUBE_VERSION=1.34.0", "KUBE_API_VERSIONS=v1,apps/v1,apps/v1/Deployment")
	return capture(command)
}

func TestArgoCDPluginGenerates(t *testing.T) {
	path := commandPath(t)
	for _, dir := range []string{"argocd/cmp/shop", "argocd/cmp/chart"} {
		stdout, stderr, err := generate(t, path, dir)
		if err != nil || stderr != "" {
			t.Fatalf("%s: %v: %s", dir, err, stderr)
		}
		golden(t, filepath.Join(dir, "expected.yaml"), stdout)
	}
}

// Newer versions of Argo CD come with Helm 4, which prints some more empty lines.
func TestArgoCDPluginGeneratesWithHelm4(t *testing.T) {
	path := commandPath(t)
	dir := t.TempDir()
	if err := os.Symlink(tool(t, "helm-4.2.1"), filepath.Join(dir, "helm")); err != nil {
		t.Fatal(err)
	}
	stdout, stderr, err := generate(t, dir+string(filepath.ListSeparator)+path, "argocd/cmp/chart")
	want := objects(t, read(t, "argocd/cmp/chart/expected.yaml"))
	if diff := cmp.Diff(want, objects(t, stdout)); err != nil || stderr != "" || diff != "" {
		t.Errorf("%v: %s (-want +got):\n%s", err, stderr, diff)
	}
}

func TestArgoCDPluginKeepsEmptyLinesAtTheEnd(t *testing.T) {
	path := commandPath(t)
	dir := filepath.Join(workshop(t), "examples/argocd/cmp/shop")
	for name, content := range map[string]string{
		"kustomization.yaml": "resources: [../../shop/base, note.yaml]\n",
		"note.yaml":          "apiVersion: shop.example/v1\nkind: Note\nmetadata: {name: note}\nspec:\n  text: |+\n    a\n\n\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	stdout, stderr, err := generate(t, path, dir)
	if err != nil || !strings.HasSuffix(stdout, "\n  text: |+\n    a\n\n\n") {
		t.Errorf("%v: %s, output:\n%s", err, stderr, stdout)
	}
}

// Where anything fails, Argo CD must learn it, and must not get a part of the manifests:
// it would prune the rest. So the function must not even start where a renderer failed.
func TestArgoCDPluginFails(t *testing.T) {
	path := commandPath(t)
	const noObjects = "error: the input holds no objects"
	for _, test := range []struct{ name, app, file, content, want string }{
		{"kustomize", "shop", "kustomization.yaml", "resources: [none.yaml]\n", "none.yaml"},
		{"an empty kustomization", "shop", "kustomization.yaml", "resources: []\n", noObjects},
		{"helm", "chart", "templates/settings.yaml", `{{ fail "no settings" }}`, "no settings"},
		{"the configuration", "shop", "rollout-checksums.yaml", "apiVersion: checksum.proompteng.ai/v1alpha1\nkind: ChecksumAnnotator\nspec: {enable: true}\n", "error: spec.enable: "},
		{"an empty configuration", "chart", "rollout-checksums.yaml", "", "error: "},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := filepath.Join(workshop(t), "examples/argocd/cmp", test.app)
			if err := os.WriteFile(filepath.Join(dir, test.file), []byte(test.content), 0o600); err != nil {
				t.Fatal(err)
			}
			stdout, stderr, err := generate(t, path, dir)
			if err == nil || stdout != "" || !strings.Contains(stderr, test.want) {
				t.Errorf("%v, standard error %q, output:\n%s", err, stderr, stdout)
			}
			if test.want != noObjects && strings.Contains(stderr, noObjects) {
				t.Errorf("the function was run on nothing: %s", stderr)
			}
		})
	}
}

func TestArgoCDApplicationsLeadToTheExamples(t *testing.T) {
	plugin := readPlugin(t)
	for path, file := range map[string]string{"argocd/application.yaml": "kustomization.yaml", "argocd/cmp/application.yaml": "Chart.yaml"} {
		var application object
		if err := yaml.UnmarshalStrict([]byte(read(t, path)), &application); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(filepath.Join("..", application.text("spec", "source", "path"), file)); err != nil {
			t.Errorf("%s: %v", path, err)
		}
		if name := application.at("spec", "source", "plugin", "name"); name != nil && name != plugin.Metadata.Name {
			t.Errorf("%s: there is no plugin %v", path, name)
		}
	}
}
