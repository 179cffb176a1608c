package examples

import (
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/proompteng/checksum-annotator/fn"
	engine "github.com/proompteng/checksum-annotator/fn/manifest"
)

var (
	oracleBuilds = flag.Int("builds", 0, "how many random kustomizations to build; 0 for 100, or 1,000 in CI")
	oracleSeed   = flag.Uint64("seed", 1, "the first of the random kustomizations")
)

// A random kustomization is built without the function and with it. The second
// output has to be the first with the annotations that the final references, the
// final data and the history of names call for, and with nothing else.
//
// To build one again: go test ./examples -run TestOracle -seed SEED -builds 1
func TestOracle(t *testing.T) {
	o := &oracle{function: quietFunction(t), kustomizes: kustomizes(t)}
	start := time.Now()
	t.Run("build", func(t *testing.T) {
		for i := range uint64(builds()) {
			t.Run(fmt.Sprintf("seed=%d", *oracleSeed+i), func(t *testing.T) {
				t.Parallel()
				o.test(t, *oracleSeed+i)
			})
		}
	})
	fmt.Printf("%v in %v\n", &o.tally, time.Since(start).Round(time.Second)) // "make oracle" shows it
	if builds() >= 100 {
		o.checkUse(t)
	}
}

func builds() int {
	switch {
	case *oracleBuilds > 0:
		return *oracleBuilds
	case os.Getenv("CI") == "true":
		return 1000
	}
	return 100
}

// quietFunction returns the path of a program that runs the function, and leaves
// its standard error in a file of the folder that kustomize builds.
func quietFunction(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "function")
	if err := os.WriteFile(path, []byte("#!/bin/sh\nexec '"+absolute(t, functionPath)+"' 2>stderr\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

type oracle struct {
	function   string
	kustomizes []kustomize
	library    sync.Mutex // kyaml's schema is global
	tally      tally
}

// A tally counts what was tested, so that a test of nothing is noticed.
type tally struct {
	builds, refused, annotated, checksums, errors, warned, outdated atomic.Int64
}

func (n *tally) String() string {
	return fmt.Sprintf("%d builds (%d refused by kustomize, %d with checksums, %d in which the function had to fail, %d to warn, %d with an outdated checksum), %d checksums",
		n.builds.Load(), n.refused.Load(), n.annotated.Load(), n.errors.Load(), n.warned.Load(), n.outdated.Load(), n.checksums.Load())
}

func (o *oracle) checkUse(t *testing.T) {
	t.Helper()
	builds := o.tally.builds.Load()
	if o.tally.refused.Load() > builds/4 || o.tally.annotated.Load() < builds/2 || o.tally.errors.Load() == 0 {
		t.Errorf("most builds should be of use: %v", &o.tally)
	}
}

// A scenario is a random kustomization.
type scenario struct {
	files   map[string]string
	history []thing
	policy  policy
}

// scenario returns the kustomization of a seed, in the folder "with", and the same
// without the function, in the folder "without".
func (o *oracle) scenario(seed uint64) scenario {
	c := &chooser{Rand: rand.New(rand.NewPCG(seed, 0))}
	outermost := c.layer(pick(c, []int{0, 1, 1, 2, 2, 3}))
	vars := c.addVars(outermost)
	history := outermost.apply(nil)
	s := scenario{files: map[string]string{}, history: history, policy: c.policy(history)}
	outermost.settings = "configurations: [rollout.yaml, vars.yaml]\n" + vars
	outermost.dir = "without"
	outermost.render(s.files)
	outermost.settings += "transformers: [checksums.yaml]\n"
	outermost.dir = "with"
	outermost.render(s.files)
	s.files["with/checksums.yaml"] = s.policy.config(o.function)
	for _, dir := range []string{"with/", "without/"} {
		s.files[dir+"rollout.yaml"], s.files[dir+"vars.yaml"] = rolloutReferences(), varReferences
	}
	return s
}

// rolloutReferences tells kustomize which references of a Rollout to rename.
func rolloutReferences() string {
	var text strings.Builder
	for _, kind := range [][3]string{{"ConfigMap", "configMap", "name"}, {"Secret", "secret", "secretName"}} {
		fmt.Fprintf(&text, "- kind: %s\n  version: v1\n  fieldSpecs:\n", kind[0])
		for _, path := range []string{
			"volumes/" + kind[1] + "/" + kind[2],
			"volumes/projected/sources/" + kind[1] + "/name",
			"containers/env/valueFrom/" + kind[1] + "KeyRef/name",
			"containers/envFrom/" + kind[1] + "Ref/name",
			"initContainers/env/valueFrom/" + kind[1] + "KeyRef/name",
			"initContainers/envFrom/" + kind[1] + "Ref/name",
		} {
			fmt.Fprintf(&text, "  - {path: spec/template/spec/%s, kind: Rollout}\n", path)
		}
	}
	return "nameReference:\n" + text.String()
}

func (o *oracle) test(t *testing.T, seed uint64) {
	s := o.scenario(seed)
	dir := write(t, s.files)
	for _, kustomize := range o.kustomizes {
		if kustomize.name == "library" || seed%50 == 0 {
			o.compare(t, kustomize, dir, s)
		}
	}
	if t.Failed() {
		t.Logf("seed %d, in the folder %s:\n%s", seed, dir, s)
	}
}

func (o *oracle) compare(t *testing.T, kustomize kustomize, dir string, s scenario) {
	t.Helper()
	o.tally.builds.Add(1)
	plain, err := o.build(kustomize, filepath.Join(dir, "without"))
	if err != nil {
		o.tally.refused.Add(1)
		return
	}
	want, err := judgeBuild(objects(t, plain), s.history, s.policy)
	if err != nil {
		t.Errorf("kustomize %s: %v\n%s", kustomize.name, err, plain)
		return
	}
	output, err := o.build(kustomize, filepath.Join(dir, "with"))
	told := read(t, filepath.Join(dir, "with", "stderr"))
	switch {
	case len(want.problems) > 0:
		o.tally.errors.Add(1)
		if err == nil || !slices.ContainsFunc(want.problems, func(problem string) bool { return strings.Contains(told, problem) }) {
			t.Errorf("kustomize %s: the function should fail with one of %q: %v, %s\n%s", kustomize.name, want.problems, err, told, plain)
		}
		return
	case err != nil:
		t.Errorf("kustomize %s: the function should not fail: %v, %s\n%s", kustomize.name, err, told, plain)
		return
	}
	for _, warning := range want.warnings {
		if !strings.Contains(told, warning) {
			t.Errorf("kustomize %s: the function should warn: %s...\n%s", kustomize.name, warning, told)
		}
	}
	if diff := cmp.Diff(want.output, objects(t, output)); diff != "" {
		t.Errorf("kustomize %s (-want +got):\n%s\n%s\n%s", kustomize.name, diff, told, output)
	}
	if want.checksums > 0 {
		checkChecks(t, s, want, plain, output)
	}
	o.tally.count(want)
}

// checkChecks asks the command "check" about a build without the function and one with
// it: where there is something to annotate, it sees the difference, and where a
// given checksum hides a source, or kustomize has resolved vars after the function, that.
func checkChecks(t *testing.T, s scenario, want verdict, plain, annotated string) {
	t.Helper()
	functionConfig, err := engine.ReadConfig([]byte(s.files["with/checksums.yaml"]))
	if err != nil {
		t.Fatal(err)
	}
	if results := fn.Check([]byte(annotated), functionConfig).Results; results.Failed() != want.outdated && !want.doubtful {
		t.Errorf("check should fail: %v; it finds in what is annotated: %q\n%s", want.outdated, results.Lines(), annotated)
	}
	if s.policy.demands() && !fn.Check([]byte(plain), functionConfig).Results.Failed() {
		t.Errorf("check finds nothing in what is not annotated:\n%s", plain)
	}
}

func (n *tally) count(v verdict) {
	n.checksums.Add(int64(v.checksums))
	if v.checksums > 0 {
		n.annotated.Add(1)
	}
	if len(v.warnings) > 0 {
		n.warned.Add(1)
	}
	if v.outdated {
		n.outdated.Add(1)
	}
}

func (o *oracle) build(kustomize kustomize, dir string) (string, error) {
	if kustomize.name == "library" {
		o.library.Lock()
		defer o.library.Unlock()
	}
	return kustomize.build(dir)
}

func (s scenario) String() string {
	var text strings.Builder
	for _, name := range slices.Sorted(maps.Keys(s.files)) {
		fmt.Fprintf(&text, "==> %s\n%s\n", name, s.files[name])
	}
	return text.String()
}
