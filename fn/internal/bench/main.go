// Bench measures the function as its users run it: whole processes, from start to
// exit, on ResourceLists in files. It prints the median time and the peak memory of
// several runs, beside other programs that read and write the same bytes.
//
// It has to be started at the top of the repository.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"log"
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
	generate := flag.String("generate", "", "write an input of RESOURCES,ALLOWED,EVERYFEATURE,DEFINITIONS,SEED to standard output, and nothing else")
	flag.Parse()
	if *generate != "" {
		var input fleet.Fleet
		if _, err := fmt.Sscanf(*generate, "%d,%d,%t,%d,%d", &input.Resources, &input.Allowed, &input.EveryFeature, &input.Definitions, &input.Seed); err != nil {
			log.Fatal(err)
		}
		_, _ = os.Stdout.Write(input.ResourceList())
		return
	}
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		log.Fatal(err)
	}
	err = bench(dir, *runs)
	_ = os.RemoveAll(dir)
	if err != nil {
		log.Fatal(err)
	}
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
	fmt.Println("| resources | allowed | every feature | input | program | time | of kyaml's | of sha256sum's | peak memory | of the input |")
	fmt.Println("|---:|---:|:---|---:|:---|---:|---:|---:|---:|---:|")
	inputs := []fleet.Fleet{
		{Resources: 2, Allowed: 2},
		{Resources: 100, Allowed: 20},
		{Resources: 1_000, Allowed: 20},
		{Resources: 10_000, Allowed: 20},
		{Resources: 10_000, Allowed: 4_000},
		{Resources: 10_000, Allowed: 20, EveryFeature: true},
		{Resources: 10_000, Allowed: 4_000, EveryFeature: true},
		{Resources: 100_000, Allowed: 20},
	}
	for _, input := range inputs {
		if err := benchOne(dir, runs, input, slices.DeleteFunc(slices.Clone(programs), func(p program) bool {
			return p.name == kyaml && input.Resources > largestForKyaml
		})); err != nil {
			return err
		}
	}
	before := filepath.Join(dir, "before.yaml")
	reports := fleet.Fleet{Resources: 5_000, Allowed: 20, Definitions: 10}
	if _, err := writeInput(before, reports); err != nil {
		return err
	}
	reports.Seed = 1 // everything changes
	return benchOne(dir, runs, reports, []program{
		{"audit", programs[0].path, []string{"audit"}}, {"impact", programs[0].path, []string{"impact", before, "-"}},
	})
}

// benchOne prints the rows of an input.
func benchOne(dir string, runs int, input fleet.Fleet, programs []program) error {
	path := filepath.Join(dir, "input.yaml")
	size, err := writeInput(path, input)
	if err != nil {
		return err
	}
	measured, err := measure(programs, path, runs)
	if err != nil {
		return err
	}
	for _, program := range programs {
		m := measured[program.name]
		fmt.Printf("| %d | %d | %t | %.1f MB | %s | %.1f ms | %s | %s | %.1f MB | %.1f |\n",
			input.Resources, input.Allowed, input.EveryFeature, size/1e6, program.name, float64(m.time.Microseconds())/1e3,
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
func writeInput(path string, input fleet.Fleet) (float64, error) {
	self, err := os.Executable()
	if err != nil {
		return 0, fmt.Errorf("cannot write an input: %w", err)
	}
	file, err := os.Create(path)
	if err != nil {
		return 0, fmt.Errorf("cannot write an input: %w", err)
	}
	defer file.Close()
	command := exec.Command(self, "-generate", fmt.Sprintf("%d,%d,%t,%d,%d", input.Resources, input.Allowed, input.EveryFeature, input.Definitions, input.Seed))
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
func measure(programs []program, input string, runs int) (map[string]measurement, error) {
	all := map[string][]measurement{}
	for range runs {
		for _, program := range programs {
			one, err := runOnce(program, input)
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

func runOnce(program program, input string) (measurement, error) {
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
	if err := command.Run(); err != nil {
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
