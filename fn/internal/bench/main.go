// Bench measures the function as its users run it: whole processes, from start to
// exit, on ResourceLists in files. It prints the median time and the peak memory of
// several runs, beside other programs that read and write the same bytes.
//
// It has to be started at the top of the repository.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"log"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"github.com/proompteng/checksum-annotator/fn/internal/fleet"
)

func main() {
	log.SetFlags(0)
	runs := flag.Int("runs", 7, "runs of each program on each input")
	growth := flag.Bool("growth", false, "tell instead how time and memory grow with inputs that can cost more than their size")
	generate := flag.String("generate", "", "write the input of this name to standard output, and nothing else")
	flag.Parse()
	if *generate != "" {
		text, err := find(slices.Concat(inputs(), growing(), reports()), *generate).text()
		if err != nil {
			log.Fatal(err)
		}
		_, _ = os.Stdout.Write(text)
		return
	}
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		log.Fatal(err)
	}
	if *growth {
		err = benchGrowth(dir, *runs)
	} else {
		err = bench(dir, *runs)
	}
	_ = os.RemoveAll(dir)
	if err != nil {
		log.Fatal(err)
	}
}

// An input has a name, and whether kyaml can read it in a machine's memory.
type input struct {
	name    string
	text    func() ([]byte, error)
	byKyaml bool
}

func find(all []input, name string) input {
	return all[slices.IndexFunc(all, func(i input) bool { return i.name == name })]
}

// inputs are those that programs are compared on.
func inputs() []input {
	var list []input
	for _, f := range []fleet.Fleet{
		{Resources: 2, Allowed: 2},
		{Resources: 100, Allowed: 20},
		{Resources: 1_000, Allowed: 20},
		{Resources: 10_000, Allowed: 20},
		{Resources: 10_000, Allowed: 20, EveryFeature: true},
		{Resources: 10_000, Allowed: 4_000},
		{Resources: 10_000, Allowed: 4_000, EveryFeature: true},
		{Resources: 100_000, Allowed: 20},
	} {
		name := fmt.Sprintf("%d resources, %d allowed", f.Resources, f.Allowed)
		if f.EveryFeature {
			name += ", every feature"
		}
		list = append(list, input{name, func() ([]byte, error) { return f.ResourceList(), nil }, f.Resources <= largestForKyaml})
	}
	for _, spelling := range fleet.Spellings[1:] {
		list = append(list, input{"10000 resources, 4000 allowed, " + spelling, func() ([]byte, error) {
			return fleet.Spell(fleet.Fleet{Resources: 10_000, Allowed: 4_000}.ResourceList(), spelling)
		}, true})
	}
	for _, spelling := range []string{"block", "JSON", "CRLF"} {
		list = append(list, input{"200000 tiny objects, " + spelling, func() ([]byte, error) {
			return fleet.Spell(fleet.Tiny(200_000), spelling)
		}, false})
	}
	return append(list, input{"a Secret with a value of 50 MB", func() ([]byte, error) { return fleet.Large(50_000_000), nil }, false})
}

// growing are the inputs that can cost more than their size, in several sizes.
func growing() []input {
	var list []input
	for _, name := range slices.Sorted(maps.Keys(fleet.Shapes)) {
		for _, times := range []int{1, 2, 4, 8} {
			list = append(list, input{fmt.Sprintf("%d× %s", times, name), func() ([]byte, error) { return fleet.Shapes[name](1_000 * times), nil }, false})
		}
	}
	return list
}

// benchGrowth prints how time and memory grow. Inputs can be refused.
func benchGrowth(dir string, runs int) error {
	programs, err := build(dir)
	if err != nil {
		return err
	}
	fmt.Println("| input | size | time | peak memory |")
	fmt.Println("|:---|---:|---:|---:|")
	for _, input := range growing() {
		path := filepath.Join(dir, "input.yaml")
		size, err := writeInput(path, input.name)
		if err != nil {
			return err
		}
		measured, err := measure(programs[:1], path, runs, true)
		if err != nil {
			return err
		}
		m := measured[programs[0].name]
		fmt.Printf("| %s | %.2f MB | %.1f ms | %.1f MB |\n", input.name, size/1e6, float64(m.time.Microseconds())/1e3, float64(m.memory)/1e6)
	}
	return nil
}

const (
	kyaml     = "kyaml read and write"
	sha256sum = "sha256sum"
	// largestForKyaml is how many resources it can read in a machine's memory.
	largestForKyaml = 10_000
)

// A program, the path of its executable, and its arguments.
type program struct {
	name, path string
	args       []string
}

func bench(dir string, runs int) error {
	programs, err := build(dir)
	if err != nil {
		return err
	}
	fmt.Println("| input | size | program | time | of kyaml's | of sha256sum's | peak memory | of the input |")
	fmt.Println("|:---|---:|:---|---:|---:|---:|---:|---:|")
	for _, input := range inputs() {
		if err := benchOne(dir, runs, input, slices.DeleteFunc(slices.Clone(programs), func(p program) bool {
			return p.name == kyaml && !input.byKyaml
		})); err != nil {
			return err
		}
	}
	before := filepath.Join(dir, "before.yaml")
	reports := reports()
	if _, err := writeInput(before, reports[0].name); err != nil {
		return err
	}
	return benchOne(dir, runs, reports[1], []program{
		{"audit", programs[0].path, []string{"audit"}}, {"impact", programs[0].path, []string{"impact", before, "-"}},
	})
}

// reports are inputs of audit and impact, between which everything changes.
func reports() []input {
	var list []input
	for seed, name := range []string{"5000 resources, large definitions", "the same, all changed"} {
		list = append(list, input{name, func() ([]byte, error) {
			return fleet.Fleet{Resources: 5_000, Allowed: 20, Definitions: 10, Seed: uint64(seed)}.ResourceList(), nil
		}, false})
	}
	return list
}

// benchOne prints the rows of an input.
func benchOne(dir string, runs int, input input, programs []program) error {
	path := filepath.Join(dir, "input.yaml")
	size, err := writeInput(path, input.name)
	if err != nil {
		return err
	}
	measured, err := measure(programs, path, runs, false)
	if err != nil {
		return err
	}
	for _, program := range programs {
		m := measured[program.name]
		fmt.Printf("| %s | %.1f MB | %s | %.1f ms | %s | %s | %.1f MB | %.1f |\n",
			input.name, size/1e6, program.name, float64(m.time.Microseconds())/1e3,
			ratio(m, measured[kyaml]), ratio(m, measured[sha256sum]), float64(m.memory)/1e6, float64(m.memory)/size)
	}
	return nil
}

// ratio returns the time of a measurement as a part of another.
func ratio(m, of measurement) string {
	if of.time == 0 {
		return ""
	}
	return fmt.Sprintf("%.3f", float64(m.time)/float64(of.time))
}

// writeInput writes an input and returns its size in bytes. Another process does it:
// the peak memory of a process is never told to be less than that of its parent.
func writeInput(path, name string) (float64, error) {
	self, err := os.Executable()
	if err != nil {
		return 0, fmt.Errorf("cannot write an input: %w", err)
	}
	file, err := os.Create(path)
	if err != nil {
		return 0, fmt.Errorf("cannot write an input: %w", err)
	}
	defer file.Close()
	command := exec.Command(self, "-generate", name)
	command.Stdout, command.Stderr = file, os.Stderr
	if err := command.Run(); err != nil {
		return 0, fmt.Errorf("cannot write an input: %w", err)
	}
	info, err := file.Stat()
	if err != nil {
		return 0, fmt.Errorf("cannot write an input: %w", err)
	}
	return float64(info.Size()), nil
}

// build builds the programs to compare; sha256sum is the system's.
func build(dir string) ([]program, error) {
	programs := []program{
		{name: "checksum-annotator", path: "."},
		{name: kyaml, path: "./fn/internal/bench/kyaml"},
		{name: "copy", path: "./fn/internal/bench/copy"},
	}
	for i := range programs {
		path := filepath.Join(dir, filepath.Base(programs[i].name))
		command := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", path, programs[i].path)
		command.Env = append(os.Environ(), "CGO_ENABLED=0")
		if output, err := command.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("cannot build %s: %w: %s", programs[i].name, err, output)
		}
		programs[i].path = path
	}
	if path, err := exec.LookPath(sha256sum); err == nil {
		programs = append(programs, program{name: sha256sum, path: path})
	}
	return programs, nil
}

// A measurement is the median of several runs.
type measurement struct {
	time   time.Duration
	memory int64 // bytes
}

// measure runs the programs in turns, so that a noisy moment hits all of them.
func measure(programs []program, input string, runs int, refused bool) (map[string]measurement, error) {
	all := map[string][]measurement{}
	for range runs {
		for _, program := range programs {
			one, err := runOnce(program, input, refused)
			if err != nil {
				return nil, err
			}
			all[program.name] = append(all[program.name], one)
		}
	}
	medians := map[string]measurement{}
	for name, list := range all {
		medians[name] = measurement{
			time:   median(list, func(m measurement) time.Duration { return m.time }),
			memory: median(list, func(m measurement) int64 { return m.memory }),
		}
	}
	return medians, nil
}

func runOnce(program program, input string, refused bool) (measurement, error) {
	stdin, err := os.Open(input)
	if err != nil {
		return measurement{}, fmt.Errorf("cannot read an input: %w", err)
	}
	defer stdin.Close()
	output, err := os.Create(input + ".out")
	if err != nil {
		return measurement{}, fmt.Errorf("cannot write an output: %w", err)
	}
	defer output.Close()
	command := exec.Command(program.path, program.args...)
	var stderr bytes.Buffer
	command.Stdin, command.Stdout, command.Stderr = stdin, output, &stderr
	start := time.Now()
	var exit *exec.ExitError
	if err := command.Run(); err != nil && (!refused || !errors.As(err, &exit)) {
		return measurement{}, fmt.Errorf("%s: %w: %s", program.name, err, stderr.String())
	}
	elapsed := time.Since(start)
	usage, ok := command.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		return measurement{}, fmt.Errorf("%s: the system tells no memory use", program.name)
	}
	return measurement{elapsed, usage.Maxrss * 1024}, nil
}

func median[T time.Duration | int64](list []measurement, of func(measurement) T) T {
	values := make([]T, len(list))
	for i, m := range list {
		values[i] = of(m)
	}
	slices.Sort(values)
	return values[len(values)/2]
}
