package examples

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/proompteng/checksum-annotator/fn"
	engine "github.com/proompteng/checksum-annotator/fn/manifest"
	patches "github.com/proompteng/checksum-annotator/fn/patch"
	"github.com/proompteng/checksum-annotator/fn/workload"
)

// A random kustomization with the function, and the same with the patches that "patch" makes
// of what it renders to without, have one output: with each client that applies patches.
// The allowlist has final names, which are those that patch knows.
func TestCommittedPatchesDoWhatTheFunctionDoes(t *testing.T) {
	o := &oracle{function: quietFunction(t), kustomizes: kustomizes(t)}
	clients := patchClients(t)
	var tally patchTally
	t.Run("build", func(t *testing.T) {
		for i := range uint64(patchBuilds()) {
			t.Run(fmt.Sprintf("seed=%d", *oracleSeed+i), func(t *testing.T) {
				t.Parallel()
				seed := *oracleSeed + i
				s := o.scenario(seed)
				c := committed{oracle: o, T: t, scenario: s, seed: seed, dir: write(t, s.files), patchTally: &tally}
				if !c.prepare() {
					return
				}
				tally.builds.Add(1)
				tally.checksums.Add(int64(strings.Count(c.want, "checksum/")))
				for _, client := range clients {
					c.compare(client)
				}
				if t.Failed() {
					t.Logf("in the folder %s:\n%s\n==> patches\n%s", c.dir, c.scenario, read(t, filepath.Join(c.dir, "patched", "checksums.yaml")))
				}
			})
		}
	})
	fmt.Printf("%d builds with patches, %d checksums, %d comparisons, %d with a client that renders otherwise\n",
		tally.builds.Load(), tally.checksums.Load(), tally.comparisons.Load(), tally.skipped.Load())
	if tally.builds.Load() < int64(patchBuilds()/2) || tally.checksums.Load() < int64(patchBuilds()) || tally.skipped.Load() > tally.comparisons.Load()/4 {
		t.Error("most builds should be of use")
	}
}

// patchBuilds returns how many random kustomizations to build: fewer than in the other test,
// since each is built with several clients.
func patchBuilds() int {
	if *oracleBuilds == 0 && os.Getenv("CI") != "true" {
		return 20
	}
	return builds()
}

// fluxBuild is the tool that builds with the code of Flux.
const fluxBuild = "flux-build-1.41.0"

// patchClients returns the clients that apply patches and run no functions.
func patchClients(t *testing.T) []kustomize {
	t.Helper()
	clients := []kustomize{{"library", buildWithLibrary}}
	if path := tool(t, "kustomize-5.4.3"); path != "" {
		clients = append(clients, kustomize{"5.4.3", func(dir string) (string, error) { return buildPlainly(path, "build", dir) }})
	}
	if path, err := exec.LookPath("kubectl"); err == nil {
		clients = append(clients, kustomize{"kubectl", func(dir string) (string, error) { return buildPlainly(path, "kustomize", dir) }})
	}
	if path := tool(t, fluxBuild); path != "" {
		clients = append(clients, kustomize{"flux", func(dir string) (string, error) { return buildPlainly(path, filepath.Dir(dir), dir) }})
	}
	return clients
}

func buildPlainly(path string, args ...string) (string, error) {
	stdout, stderr, err := capture(exec.Command(path, args...))
	if err != nil {
		return "", fmt.Errorf("%w: %s", err, stderr)
	}
	return stdout, nil
}

// A committed is a scenario, with the patches for it.
type committed struct {
	*oracle
	*testing.T
	scenario
	seed   uint64
	dir    string
	config any
	plain  string // the render without checksums
	want   string // and with those of the function
	*patchTally
}

// A patchTally counts what was compared, so that a test of nothing is noticed.
type patchTally struct {
	builds, checksums, comparisons, skipped atomic.Int64
}

// prepare renders the scenario with and without the function, and writes the patches into
// the folder "patched". It returns false where there is nothing to compare.
func (c *committed) prepare() bool {
	var err error
	c.plain, err = c.build(c.kustomizes[0], filepath.Join(c.dir, "without"))
	if err != nil {
		return false
	}
	p := c.finalPolicy(objects(c.T, c.plain))
	if len(p.entries) == 0 {
		return false
	}
	config := p.config(c.function)
	if c.config, err = engine.ReadConfig([]byte(config)); err != nil {
		c.Fatal(err)
	}
	writeFile(c.T, filepath.Join(c.dir, "with/checksums.yaml"), config)
	c.want, err = c.build(c.kustomizes[0], filepath.Join(c.dir, "with"))
	if err != nil {
		c.Fatalf("%v: %s\n%s", err, read(c.T, filepath.Join(c.dir, "with", "stderr")), c.scenario)
	}
	for path, content := range c.files {
		if name, inOutermost := strings.CutPrefix(path, "with/"); inOutermost {
			writeFile(c.T, filepath.Join(c.dir, "patched", name), content)
		}
	}
	writeFile(c.T, filepath.Join(c.dir, "patched/checksums.yaml"), c.patches(c.plain))
	return true
}

// patches returns what patch makes of a render.
func (c *committed) patches(render string) string {
	made, results := fn.Patch(stream(c.T, render), c.config)
	if results.Failed() {
		c.Fatalf("%q\n%s\n%s", results.Lines(), c.scenario, render)
	}
	text, err := patches.Transformers.Write(made)
	if err != nil {
		c.Fatal(err)
	}
	return text
}

// stream returns the objects of a stream.
func stream(t *testing.T, text string) *engine.List {
	t.Helper()
	list, err := engine.ReadStream([]byte(text), workload.Shape())
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// isAnnotations tells whether a path of a comparison leads to annotations of which one side
// has none and the other an empty mapping. Taking back a key that the patch for another
// object has set can leave that; the API server stores both alike.
func isAnnotations(path cmp.Path) bool {
	key, isField := path.Last().(cmp.MapIndex)
	if !isField || key.Key().String() != "annotations" {
		return false
	}
	before, after := key.Values()
	return (!before.IsValid() || isEmpty(before)) && (!after.IsValid() || isEmpty(after))
}

func isEmpty(value reflect.Value) bool {
	annotations, isMapping := value.Interface().(map[string]any)
	return isMapping && len(annotations) == 0
}

func (c *committed) compare(client kustomize) {
	c.comparisons.Add(1)
	output, err := c.build(client, filepath.Join(c.dir, "patched"))
	if err != nil {
		c.Errorf("%s: %v", client.name, err)
		return
	}
	diff := cmp.Diff(byName(objects(c.T, c.want)), byName(objects(c.T, output)), cmp.FilterPath(isAnnotations, cmp.Ignore()))
	if diff != "" && c.rendersOtherwise(client) {
		c.skipped.Add(1)
		return
	}
	if diff != "" {
		c.Errorf("%s (-with the function +with the patches):\n%s", client.name, diff)
	}
	if diff := cmp.Diff(read(c.T, filepath.Join(c.dir, "patched", "checksums.yaml")), c.patches(output)); diff != "" {
		c.Errorf("%s: patches that are applied change when they are renewed (-before +after):\n%s", client.name, diff)
	}
}

// rendersOtherwise tells whether a client makes something else of the scenario without any
// checksums, as old versions do of a generator that merges into a Secret with stringData.
func (c *committed) rendersOtherwise(client kustomize) bool {
	output, err := c.build(client, filepath.Join(c.dir, "without"))
	return err == nil && !cmp.Equal(byName(objects(c.T, c.plain)), byName(objects(c.T, output)))
}

// byName returns objects by what identifies them: clients order them in different ways.
func byName(all []object) map[string]object {
	named := map[string]object{}
	for _, o := range all {
		named[strings.Join([]string{o.text("apiVersion"), o.text("kind"), o.text("metadata", "namespace"), o.text("metadata", "name")}, " ")] = o
	}
	return named
}

// finalPolicy returns a configuration with entries for objects by the names that they have
// in the end: those that nothing else has had, and that no hash will be added to. A var in the
// data is resolved in what patch reads, and not yet where the function runs.
func (c *committed) finalPolicy(output []object) policy {
	chooser := &chooser{Rand: rand.New(rand.NewPCG(c.seed, 1))}
	p := policy{kinds: c.policy.kinds}
	for _, o := range output {
		kind, name := o.text("kind"), o.text("metadata", "name")
		if (kind != "Secret" && kind != "ConfigMap") || chooser.chance(20) {
			continue
		}
		past, err := pastOf(o, c.history)
		if err != nil {
			c.Fatal(err)
		}
		other := func(t thing) bool {
			return t.kind == kind && t.named(name) && (t.mark != past.mark || t.id() != past.id())
		}
		if past.id().name != name || o.texts("data")["text"] == asResolved || slices.ContainsFunc(c.history, other) {
			continue
		}
		entry := &allowed{kind: kind, name: name, onMissing: "Skip"}
		if chooser.chance(30) {
			entry.namespace = o.text("metadata", "namespace")
		}
		p.entries = append(p.entries, entry)
	}
	return p
}
