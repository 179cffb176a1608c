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
			fmt.Fprintln(stderr, "error:", err)
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
	var configFile string
	stream := &cobra.Command{
		Use:   "annotate -c FILE",
		Short: "Annotate a stream of manifests",
		Args:  cobra.NoArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return annotateStream(c, configFile) },
	}
	stream.Flags().StringVarP(&configFile, "config", "c", "", "the file that holds the functionConfig")
	root.AddCommand(
		stream,
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
	if configFile == "" {
		return errors.New("give the file that holds the functionConfig: annotate -c FILE")
	}
	file, err := os.ReadFile(configFile) //nolint:gosec // the user names it
	if err != nil {
		return fmt.Errorf("cannot read the functionConfig: %w", err)
	}
	functionConfig, err := manifest.ReadConfig(file)
	if err != nil {
		return fmt.Errorf("cannot read the functionConfig in %s: %w", configFile, err)
	}
	input, err := read(c.InOrStdin())
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
