// Checksum-annotator is a KRM function that makes pods follow the Secrets and
// ConfigMaps that they use: it annotates pod templates with checksums.
package main

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/proompteng/checksum-annotator/config"
	"github.com/proompteng/checksum-annotator/fn"
	"github.com/proompteng/checksum-annotator/fn/digest"
	"github.com/proompteng/checksum-annotator/fn/manifest"
	"github.com/proompteng/checksum-annotator/fn/report"
)

// version is set by the linker; without it, it is that of the Go module.
var version string

//go:embed config/manual.txt
var manual string

// errFailed says that what went wrong has been told already.
var errFailed = errors.New("the function failed")

// garbageRatio lets a short run collect garbage less often than Go's default of 100:
// in percent of what is alive.
const garbageRatio = 400

func main() {
	debug.SetGCPercent(garbageRatio)
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run is the program: arguments and streams in, exit code out.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	command := newCommand()
	command.SetArgs(args)
	command.SetIn(stdin)
	command.SetOut(stdout)
	command.SetErr(stderr)
	if err := command.Execute(); err != nil {
		if !errors.Is(err, errFailed) {
			for _, line := range strings.Split(err.Error(), "\n") {
				if strings.HasPrefix(line, "unknown ") {
					line += "; see checksum-annotator --help"
				}
				fmt.Fprintln(stderr, "error:", line)
			}
		}
		return 1
	}
	return 0
}

func newCommand() *cobra.Command {
	root := &cobra.Command{
		Use:               "checksum-annotator",
		Short:             "Annotate pod templates with checksums of the Secrets and ConfigMaps that they use",
		Args:              cobra.NoArgs,
		RunE:              annotate,
		SilenceErrors:     true,
		SilenceUsage:      true,
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
	}
	root.SetHelpFunc(func(c *cobra.Command, _ []string) { _ = write(c, strings.NewReader(manual)) })
	root.AddCommand(
		newStreamCommand("annotate", "Annotate a stream of manifests", annotateStream),
		newStreamCommand("check", "Check that a stream of manifests is annotated", check),
		newChecksumCommand(),
		&cobra.Command{
			Use:   "install DIR",
			Short: "Copy the program into a folder",
			RunE:  install,
		},
		&cobra.Command{
			Use:   "schema",
			Short: "Print the JSON Schema of the functionConfig",
			Args:  cobra.NoArgs,
			RunE:  func(c *cobra.Command, _ []string) error { return write(c, bytes.NewReader(config.Schema)) },
		},
		&cobra.Command{
			Use:   "version",
			Short: "Print the version",
			Args:  cobra.NoArgs,
			RunE:  func(c *cobra.Command, _ []string) error { return write(c, strings.NewReader(currentVersion()+"\n")) },
		},
	)
	return root
}

// newStreamCommand returns a command that reads a stream and a functionConfig.
func newStreamCommand(name, short string, run func(c *cobra.Command, configFile string) error) *cobra.Command {
	var configFile string
	command := &cobra.Command{
		Use:   name + " -c FILE",
		Short: short,
		Args:  cobra.NoArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return run(c, configFile) },
	}
	command.Flags().StringVarP(&configFile, "config", "c", "", "the file that holds the functionConfig")
	return command
}

func newChecksumCommand() *cobra.Command {
	var options checksumOptions
	command := &cobra.Command{
		Use:   "checksum [FILE...]",
		Short: "Print the checksums of Secrets and ConfigMaps",
		RunE:  func(c *cobra.Command, files []string) error { return printChecksums(c, files, options) },
	}
	command.Flags().StringVarP(&options.format, "output", "o", "", "yaml: print a functionConfig with them")
	command.Flags().StringSliceVar(&options.keys, "keys", nil, "the only keys that count")
	command.Flags().StringVar(&options.salt, "salt", "", "print the HMAC-SHA256 with it")
	return command
}

// annotate is the KRM function, from standard input to standard output.
func annotate(c *cobra.Command, _ []string) error {
	input, err := read(c.InOrStdin())
	if err != nil {
		return err
	}
	output, results := fn.Annotate(input)
	tell(c, results)
	if err := write(c, output); err != nil {
		return err
	}
	if results.Failed() {
		return errFailed
	}
	return nil
}

// annotateStream is the function for a plain stream. After an error it writes
// nothing: what reads from it may be a cluster, and manifests without their checksums
// would restart pods there.
func annotateStream(c *cobra.Command, configFile string) error {
	functionConfig, input, err := readStream(c, configFile)
	if err != nil {
		return err
	}
	output, results := fn.AnnotateStream(input, functionConfig)
	tell(c, results)
	if results.Failed() {
		return errFailed
	}
	return write(c, output)
}

// install copies the running program into a folder, as an init container does whose
// image has neither a shell nor cp.
func install(_ *cobra.Command, args []string) error {
	if len(args) != 1 {
		return errors.New("give the folder to install the program into: install DIR")
	}
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("cannot find the program: %w", err)
	}
	program, err := os.ReadFile(self) //nolint:gosec // the system names it
	if err != nil {
		return fmt.Errorf("cannot read the program: %w", err)
	}
	if err := replace(filepath.Join(args[0], "checksum-annotator"), program); err != nil {
		return fmt.Errorf("cannot install the program into %s: %w", args[0], err)
	}
	return nil
}

// replace gives a program its name when it is whole: one of that name may be in use.
func replace(path string, program []byte) error {
	file, err := os.CreateTemp(filepath.Dir(path), ".checksum-annotator-*")
	if err != nil {
		return err
	}
	defer os.Remove(file.Name())
	_, err = file.Write(program)
	if err := errors.Join(err, file.Chmod(0o755), file.Close()); err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}

// check tells whether a stream has the annotations that the function sets.
func check(c *cobra.Command, configFile string) error {
	functionConfig, input, err := readStream(c, configFile)
	if err != nil {
		return err
	}
	checked := fn.Check(input, functionConfig)
	tell(c, checked.Results)
	if checked.Results.Failed() {
		return errFailed
	}
	return write(c, strings.NewReader(fmt.Sprintf("workloads with checksums: %d, checksums: %d\n", checked.Workloads, checked.Checksums)))
}

// readStream reads the functionConfig in a file, and standard input.
func readStream(c *cobra.Command, configFile string) (functionConfig any, input []byte, err error) {
	if configFile == "" {
		return nil, nil, fmt.Errorf("give the file that holds the functionConfig: %s -c FILE", c.Name())
	}
	file, err := os.ReadFile(configFile) //nolint:gosec // the user names it
	if err != nil {
		return nil, nil, fmt.Errorf("cannot read the functionConfig: %w", err)
	}
	functionConfig, err = manifest.ReadConfig(file)
	if err != nil {
		return nil, nil, fmt.Errorf("cannot read the functionConfig in %s: %w", configFile, err)
	}
	input, err = read(c.InOrStdin())
	return functionConfig, input, err
}

type checksumOptions struct {
	format, salt string
	keys         []string
}

// printChecksums prints a line for each Secret and ConfigMap in files or standard input,
// or the functionConfig that allows them and has their checksums.
func printChecksums(c *cobra.Command, files []string, options checksumOptions) error {
	if options.format != "" && options.format != "yaml" {
		return fmt.Errorf("cannot print %q: --output is yaml or is not given", options.format)
	}
	if options.salt == "" && c.Flags().Changed("salt") {
		return errors.New("the salt is empty: give one, or leave --salt out")
	}
	var all fn.Checksums
	var errs []error
	for _, input := range inputs(c, files) {
		stream, err := input.read()
		if err != nil {
			errs = append(errs, err)
			continue
		}
		found, problems := fn.TakeChecksums(stream, options.keys, digest.Salt(options.salt))
		for _, problem := range problems {
			errs = append(errs, fmt.Errorf("%s: %w", input.name, problem))
		}
		all = append(all, found...)
	}
	if len(errs) > 0 {
		return errors.Join(errs...)
	}
	if len(all) == 0 {
		return errors.New("the input holds no Secret and no ConfigMap")
	}
	if options.format == "yaml" {
		functionConfig, err := all.FunctionConfig()
		if err != nil {
			return err
		}
		return write(c, bytes.NewReader(functionConfig))
	}
	return write(c, strings.NewReader(all.Lines()))
}

// An input is where objects are read from.
type input struct {
	name string
	read func() ([]byte, error)
}

// inputs returns files, or else standard input.
func inputs(c *cobra.Command, files []string) []input {
	if len(files) == 0 {
		return []input{{"standard input", func() ([]byte, error) { return read(c.InOrStdin()) }}}
	}
	var all []input
	for _, file := range files {
		all = append(all, input{file, func() ([]byte, error) { return os.ReadFile(file) }}) //nolint:gosec // the user names it
	}
	return all
}

// tell writes a line for each warning and error to standard error.
func tell(c *cobra.Command, results report.Results) {
	for _, line := range results.Lines() {
		fmt.Fprintln(c.ErrOrStderr(), line)
	}
}

// read reads all of standard input; of a file it knows the size beforehand.
func read(stdin io.Reader) ([]byte, error) {
	var input bytes.Buffer
	if file, ok := stdin.(*os.File); ok {
		if term.IsTerminal(int(file.Fd())) {
			return nil, errors.New("standard input is a terminal: this is a KRM function, see checksum-annotator --help")
		}
		if info, err := file.Stat(); err == nil && info.Mode().IsRegular() {
			input.Grow(int(info.Size()) + bytes.MinRead)
		}
	}
	if _, err := input.ReadFrom(stdin); err != nil {
		return nil, fmt.Errorf("cannot read standard input: %w", err)
	}
	return input.Bytes(), nil
}

func write(c *cobra.Command, output io.WriterTo) error {
	if _, err := output.WriteTo(c.OutOrStdout()); err != nil {
		return fmt.Errorf("cannot write standard output: %w", err)
	}
	return nil
}

func currentVersion() string {
	if version != "" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}
