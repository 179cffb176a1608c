// Checksum-annotator is a KRM function that makes pods follow the Secrets and
// ConfigMaps that they use: it annotates pod templates with checksums.
package main

import (
	"bytes"
	"cmp"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/term"

	"github.com/proompteng/checksum-annotator/config"
	"github.com/proompteng/checksum-annotator/fn"
	"github.com/proompteng/checksum-annotator/fn/diff"
	"github.com/proompteng/checksum-annotator/fn/digest"
	"github.com/proompteng/checksum-annotator/fn/files"
	"github.com/proompteng/checksum-annotator/fn/manifest"
	"github.com/proompteng/checksum-annotator/fn/nearest"
	"github.com/proompteng/checksum-annotator/fn/patch"
	"github.com/proompteng/checksum-annotator/fn/printable"
	"github.com/proompteng/checksum-annotator/fn/report"
	"github.com/proompteng/checksum-annotator/fn/workload"
)

// program is the name of the command.
const program = "checksum-annotator"

// verboseVariable is the environment variable that stands for --verbose where a client
// calls the function.
const verboseVariable = "CHECKSUM_ANNOTATOR_VERBOSE"

// version is set by the linker; without it, it is that of the Go module.
var version string

//go:embed config/manual.txt
var manual string

// errFailed says that what went wrong has been told already.
var errFailed = errors.New("the function failed")

func main() {
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run is the program: arguments and streams in, exit code out.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	output := &checkedWriter{Writer: stdout}
	command := newCommand()
	command.SetArgs(args)
	command.SetIn(stdin)
	command.SetOut(output)
	command.SetErr(stderr)
	err := command.Execute()
	if output.err != nil { // which the help does not return
		err = fmt.Errorf("cannot write standard output: %w", output.err)
	}
	if err == nil {
		return 0
	}
	if !errors.Is(err, errFailed) {
		for _, err := range split(err) {
			fmt.Fprintln(stderr, printable.Line("error: "+err.Error()))
		}
	}
	return 1
}

// A checkedWriter keeps the first error.
type checkedWriter struct {
	io.Writer
	err error
}

func (w *checkedWriter) Write(text []byte) (int, error) {
	n, err := w.Writer.Write(text)
	if err != nil && w.err == nil {
		w.err = err
	}
	return n, err
}

// split returns the errors that errors.Join has joined.
func split(err error) (all []error) {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok || err.Error() != errors.Join(joined.Unwrap()...).Error() {
		return []error{err}
	}
	for _, err := range joined.Unwrap() {
		all = append(all, split(err)...)
	}
	return all
}

func newCommand() *cobra.Command {
	root := &cobra.Command{
		Use:           program,
		Short:         "Annotate pod templates with checksums of the Secrets and ConfigMaps that they use",
		Args:          unknownCommand,
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	showVersion := root.Flags().Bool("version", false, "print the version")
	root.PersistentFlags().BoolP("verbose", "v", isTrue(os.Getenv(verboseVariable)), "tell on standard error what is done")
	root.RunE = func(c *cobra.Command, _ []string) error {
		if *showVersion {
			return printVersion(c, nil)
		}
		return annotate(c)
	}
	usual := root.HelpFunc()
	root.SetHelpFunc(func(c *cobra.Command, args []string) {
		if c == root {
			_ = write(c, strings.NewReader(manual)) // run knows of an error
			return
		}
		usual(c, args)
	})
	root.SetFlagErrorFunc(unknownFlag)
	root.AddCommand(
		newAnnotateCommand(),
		newPatchCommand(),
		newCheckCommand(),
		newImpactCommand(),
		newAuditCommand(),
		newChecksumCommand(),
		newInstallCommand(),
		newSchemaCommand(),
		newVersionCommand(),
	)
	return root
}

// isTrue tells whether a text says yes.
func isTrue(text string) bool {
	value, err := strconv.ParseBool(text)
	return err == nil && value
}

// unknownCommand tells what to do instead of calling a command that there is not.
func unknownCommand(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	arg := args[0]
	var names []string
	for _, command := range c.Commands() {
		names = append(names, command.Name())
	}
	words := strings.Fields(arg)
	switch _, err := os.Stat(arg); {
	case len(words) > 1 && slices.Contains(names, words[0]):
		return fmt.Errorf("%q is one argument: give its words one by one, as in --post-renderer-args %s --post-renderer-args --config=FILE", arg, words[0])
	case arg == files.Stdin, err == nil, strings.ContainsAny(arg, `/\`), slices.Contains([]string{".yaml", ".yml", ".json"}, filepath.Ext(arg)):
		return fmt.Errorf("say what to do with %s: %s annotate -c FILE %[1]s", arg, program)
	}
	hint := fmt.Sprintf("see %s --help", program)
	if name := nearest.To(arg, names); name != "" {
		hint = fmt.Sprintf("did you mean %s?", name)
	}
	return fmt.Errorf("there is no command %s; %s", printable.Name(arg), hint)
}

// unknownFlag tells what is wrong with a flag, and which one may be meant.
func unknownFlag(c *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	if errors.As(err, &unknown) {
		var names []string
		c.Flags().VisitAll(func(flag *pflag.Flag) { names = append(names, flag.Name) })
		if name := nearest.To(unknown.GetSpecifiedName(), names); name != "" {
			return fmt.Errorf("%w; did you mean --%s?", err, name)
		}
	}
	return fmt.Errorf("%w; see %s --help", err, c.CommandPath())
}

func newAnnotateCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "annotate -c FILE [FILE | FOLDER | -]...",
		Short: "Annotate manifests, and print them or write them back",
		Long: `Do what the function does, to plain manifests: a stream of YAML documents or JSON
on standard input, or files, or the manifests in folders. They are printed as one
stream, byte for byte but for the annotations. After an error nothing is printed.

With --in-place, the files that change are written instead, and their names are
printed. Each is as it was or as it should be at any time. --diff shows what would
change, and --check tells by the exit code whether anything would.`,
		Example: `  kustomize build DIR | checksum-annotator annotate -c rollout-checksums.yaml | kubectl apply -f -
  checksum-annotator annotate -c rollout-checksums.yaml --in-place manifests/`,
	}
	configFile := addConfigFlag(command)
	inPlace := command.Flags().Bool("in-place", false, "write the files that change")
	showDiff := command.Flags().Bool("diff", false, "show what would change, and write nothing")
	check := command.Flags().Bool("check", false, "fail if anything would change, and write nothing")
	command.MarkFlagsMutuallyExclusive("in-place", "diff")
	command.MarkFlagsMutuallyExclusive("in-place", "check")
	command.RunE = func(c *cobra.Command, names []string) error {
		if *inPlace && fromStdin(names) {
			return errors.New("standard input cannot be written: give files or folders with --in-place")
		}
		input, err := readInput(c, *configFile, names)
		if err != nil {
			return err
		}
		lists := input.lists()
		if *inPlace || *showDiff || *check {
			lists.Keep()
		}
		outputs, results := fn.AnnotateLists(lists, input.functionConfig)
		if err := tell(c, results); err != nil {
			// What reads from standard output may be a cluster, where manifests without
			// their checksums would restart pods.
			return err
		}
		switch {
		case *inPlace:
			return writeBack(c, input.changes(outputs))
		case *showDiff || *check:
			return showChanges(c, input.changes(outputs), *showDiff, *check)
		}
		return write(c, files.Stream(outputs))
	}
	return command
}

// writeBack writes the files that change, and prints their names.
func writeBack(c *cobra.Command, changed []changedFile) error {
	ctx, stop := signal.NotifyContext(c.Context(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var changes []files.Change
	var names strings.Builder
	for _, file := range changed {
		changes = append(changes, files.Change{Path: file.Path, Content: file.annotated})
		fmt.Fprintln(&names, file.Path)
	}
	if err := files.Update(ctx, changes); err != nil {
		return err
	}
	return write(c, strings.NewReader(names.String()))
}

// showChanges prints how files would change, or their names. If that is not to be, it is an
// error.
func showChanges(c *cobra.Command, changed []changedFile, showDiff, check bool) error {
	var text strings.Builder
	for _, file := range changed {
		name := cmp.Or(file.Path, "standard input")
		if !showDiff {
			fmt.Fprintln(&text, name)
			continue
		}
		diff, err := diff.OfAnnotations(name, file.Content, file.annotated)
		if err != nil {
			return err
		}
		text.WriteString(diff)
	}
	if err := write(c, strings.NewReader(text.String())); err != nil {
		return err
	}
	if check && len(changed) > 0 {
		return fmt.Errorf("files that are not annotated as they should be: %d; write them with %s --in-place", len(changed), c.CommandPath())
	}
	return nil
}

// A changedFile is a file that the annotations change.
type changedFile struct {
	files.File
	annotated []byte
}

func newPatchCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "patch -c FILE [FILE | FOLDER | -]...",
		Short: "Print patches that set the annotations in clients that run no functions",
		Long: `Print the annotations that are due as patches that kustomize applies by itself: its
built-in PatchTransformer, one for each workload. Commit them in a file that the
field transformers of the outermost kustomization lists. Flux, kubectl apply -k and
every other client that builds with kustomize then sets the annotations.

The manifests are what kustomize builds; names in the functionConfig are those that
it prints. To renew the patches, do the same again: the file may be in use then.
The same input gives the same bytes.`,
		Example: `  kustomize build DIR | checksum-annotator patch -c rollout-checksums.yaml -o DIR/checksum-patches.yaml
  helm template shop ./chart | checksum-annotator patch -c rollout-checksums.yaml --for helmrelease
  kustomize build DIR | checksum-annotator check -c rollout-checksums.yaml --patch DIR/checksum-patches.yaml`,
	}
	configFile := addConfigFlag(command)
	kind := &choice{value: "kustomization", of: []string{"kustomization", "helmrelease"}}
	command.Flags().Var(kind, "for", "kustomization: PatchTransformers; helmrelease: the postRenderers of a Flux HelmRelease")
	output := command.Flags().StringP("output", "o", "", "the file to write, when it is whole, instead of standard output")
	command.RunE = func(c *cobra.Command, names []string) error {
		input, err := readInput(c, *configFile, names)
		if err != nil {
			return err
		}
		patches, results := fn.Patch(input.lists(), input.functionConfig)
		if err := tell(c, results); err != nil {
			return err
		}
		file := patch.Transformers
		if kind.value == "helmrelease" {
			file = patch.HelmRelease
		}
		text, err := file.Write(patches)
		switch {
		case err != nil:
			return err
		case *output != "":
			return writeFile(*output, text)
		}
		return write(c, strings.NewReader(text))
	}
	return command
}

// writeFile writes a new file, or one that is there if it is to hold something else.
func writeFile(path, text string) error {
	old, err := os.ReadFile(path) //nolint:gosec // the user names it
	switch {
	case errors.Is(err, fs.ErrNotExist):
		err = files.Replace(path, []byte(text), 0o644)
	case err == nil && string(old) != text:
		err = files.Update(context.Background(), []files.Change{{Path: path, Content: []byte(text)}})
	}
	if err != nil {
		return fmt.Errorf("cannot write %s: %w", path, err)
	}
	return nil
}

func newCheckCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "check -c FILE [FILE | FOLDER | -]...",
		Short: "Check that rendered manifests have the annotations that are due",
		Long: `Tell whether manifests, as they are rendered, have the annotations that the
functionConfig asks for, and whether these are up to date. The exit code is 1 where
they are not. Clients that skip the function leave no other trace of that.

With --patch, tell whether a committed file of patches is what patch prints now, and
show how it differs.`,
		Example: `  kustomize build --enable-alpha-plugins --enable-exec DIR | checksum-annotator check -c DIR/rollout-checksums.yaml
  kustomize build DIR | checksum-annotator check -c rollout-checksums.yaml --patch DIR/checksum-patches.yaml`,
	}
	configFile := addConfigFlag(command)
	output := addOutputFlag(command, "how to print which workload has which source (default table)", "table", "json")
	patchFile := command.Flags().String("patch", "", "check the patches in this file instead: that they are those that patch prints")
	_ = command.MarkFlagFilename("patch", "yaml", "yml") // the flag is there
	command.MarkFlagsMutuallyExclusive("patch", "output")
	command.RunE = func(c *cobra.Command, names []string) error {
		input, err := readInput(c, *configFile, names)
		if err != nil {
			return err
		}
		if *patchFile != "" {
			return checkPatch(c, input, *patchFile)
		}
		checked := fn.CheckLists(input.lists(), input.functionConfig)
		var text string
		if *output == "json" {
			text = checked.JSON()
		} else {
			text = checked.Table(report.Terminal{Colour: wantsColour(c.OutOrStdout())})
		}
		if err := write(c, strings.NewReader(text)); err != nil {
			return err
		}
		return tell(c, checked.Results)
	}
	return command
}

// checkPatch checks a file of patches, and prints how it should change.
func checkPatch(c *cobra.Command, input input, path string) error {
	content, err := os.ReadFile(path) //nolint:gosec // the user names it
	if err != nil {
		return fmt.Errorf("cannot read the patches: %w", err)
	}
	content = bytes.ReplaceAll(content, []byte("\r\n"), []byte("\n")) // as git may write them
	due, results := fn.CheckPatch(input.lists(), input.functionConfig, content)
	if due != "" && due != string(content) {
		text, err := diff.Of(path, string(content), due)
		if err == nil {
			err = write(c, strings.NewReader(text))
		}
		if err != nil {
			return err
		}
	}
	if err := tell(c, results); err != nil {
		return err
	}
	return write(c, strings.NewReader("the patches are up to date\n"))
}

func newImpactCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "impact OLD NEW",
		Short: "Tell which workloads a change restarts, and which it should and does not",
		Long: `Compare two renders of the same manifests, each a file, a folder or - for standard
input. Each workload whose pods will be replaced is told, with every reason; and first
those that read a Secret or ConfigMap that changed and will not restart. With -c, both
renders are annotated beforehand, in memory. No value is printed.`,
		Example: `  checksum-annotator impact before.yaml after.yaml
  kustomize build DIR | checksum-annotator impact before.yaml - --fail-on stale`,
		Args: cobra.ExactArgs(2),
	}
	flags := command.Flags()
	configFile := addConfigFlag(command)
	output := addOutputFlag(command, "how to print it (default table)", reportFormats...)
	failOn := &choice{of: []string{"stale"}}
	flags.Var(failOn, "fail-on", "stale: exit with 1 where a workload reads a changed source and does not restart")
	maxRestarts := flags.Int("max-restarts", 0, "exit with 1 where more workloads than this restart")
	command.RunE = func(c *cobra.Command, names []string) error {
		limited := c.Flags().Changed("max-restarts")
		if limited && *maxRestarts < 0 {
			return errors.New("--max-restarts is a number of workloads: 0 or more")
		}
		lists, functionConfig, err := readTwo(c, *configFile, names)
		if err != nil {
			return err
		}
		impact, results := fn.Impact(lists[0], lists[1], functionConfig)
		if err := tell(c, results); err != nil {
			return err
		}
		if err := printReport(c, *output, impact); err != nil {
			return err
		}
		stale, replaced := impact.Count(report.Stale), impact.Replaced()
		var errs []error
		if failOn.value != "" && stale > 0 {
			errs = append(errs, fmt.Errorf("%s that a changed source does not reach", report.Plural(stale, "workload")))
		}
		if limited && replaced > *maxRestarts {
			errs = append(errs, fmt.Errorf("%s, and --max-restarts is %d", report.Plural(replaced, "restart"), *maxRestarts))
		}
		return errors.Join(errs...)
	}
	return command
}

func newAuditCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "audit [FILE | FOLDER | -]...",
		Short: "Tell what each workload reads, and how a change of it reaches the pods",
		Long: `Tell for each workload which Secrets and ConfigMaps it reads, how and which keys, and
how a change of them reaches its pods: by checksum, by name, by chart, by controller, by
file, or not at all. With -o config, print the functionConfig that closes the gaps. With
-c, the manifests are annotated beforehand, in memory. No value is printed.`,
		Example: `  kustomize build DIR | checksum-annotator audit
  helm template shop ./chart | checksum-annotator audit -o config > rollout-checksums.yaml`,
	}
	configFile := addConfigFlag(command)
	output := addOutputFlag(command, "how to print it (default table)", append(slices.Clone(reportFormats), "config")...)
	strict := command.Flags().Bool("strict", false, "exit with 1 where a change of something in the input reaches pods not at all")
	command.RunE = func(c *cobra.Command, names []string) error {
		input, err := readOptional(c, *configFile, names)
		if err != nil {
			return err
		}
		audit, results := fn.Audit(input.lists(), input.functionConfig)
		if err := tell(c, results); err != nil {
			return err
		}
		if *output == "config" {
			err = write(c, strings.NewReader(audit.FunctionConfig()))
		} else {
			err = printReport(c, *output, audit)
		}
		if gaps := audit.Gaps(); err == nil && *strict && gaps > 0 {
			err = fmt.Errorf("%s of which a change does not reach the pods", report.Plural(gaps, "use"))
		}
		return err
	}
	return command
}

// reportFormats are those of impact and audit.
var reportFormats = []string{"table", "json", "markdown", "mermaid", "html"}

// A printableReport has all of them.
type printableReport interface {
	Table(report.Terminal) string
	JSON() string
	Markdown() string
	Mermaid() string
	HTML() string
}

func printReport(c *cobra.Command, format string, of printableReport) error {
	var text string
	switch format {
	case "json":
		text = of.JSON()
	case "markdown":
		text = of.Markdown()
	case "mermaid":
		text = of.Mermaid()
	case "html":
		text = of.HTML()
	default:
		text = of.Table(report.Terminal{Colour: wantsColour(c.OutOrStdout())})
	}
	return write(c, strings.NewReader(text))
}

// wantsColour tells whether something is printed on a terminal whose user has not asked
// for no colours (no-color.org).
func wantsColour(output io.Writer) bool {
	if checked, ok := output.(*checkedWriter); ok {
		output = checked.Writer
	}
	file, ok := output.(*os.File)
	return ok && term.IsTerminal(int(file.Fd())) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}

func newChecksumCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "checksum [FILE | FOLDER | -]...",
		Short: "Print the checksums of Secrets and ConfigMaps",
		Long: `Print a line "kind/namespace/name checksum" for each Secret and ConfigMap, or a
functionConfig that allows them. Their data is never printed.`,
		Example: `  kubectl get secret,configmap -n shop -o yaml | checksum-annotator checksum
  kustomize build DIR | checksum-annotator checksum -o yaml > rollout-checksums.yaml
  kubectl get secret -n shop token -o yaml | checksum-annotator checksum -o yaml --pin`,
	}
	flags := command.Flags()
	output := addOutputFlag(command, "print a functionConfig that allows them", "yaml")
	pinned := flags.Bool("pin", false, "give the functionConfig their checksums, for objects that are not in the input of the function")
	keys := flags.StringSlice("keys", nil, "the only keys that count")
	salt := addSaltFlags(command)
	command.RunE = func(c *cobra.Command, names []string) error {
		salt, err := salt()
		switch {
		case err != nil:
			return err
		case c.Flags().Changed("keys") && (len(*keys) == 0 || slices.Contains(*keys, "")):
			return errors.New("a key is empty: give the keys that count, or leave --keys out")
		case *pinned && *output == "":
			return errors.New("--pin is for -o yaml: the lines have the checksums anyway")
		}
		input, err := readManifests(c, "", names)
		if err != nil {
			return err
		}
		checksums, errs := fn.TakeChecksums(input.lists(), *keys, salt)
		switch {
		case len(errs) > 0:
			return errors.Join(errs...)
		case len(checksums) == 0:
			return errors.New("the input holds no Secret and no ConfigMap")
		case *output == "":
			return write(c, strings.NewReader(checksums.Lines()))
		}
		functionConfig, err := checksums.FunctionConfig(*pinned)
		if err != nil {
			return err
		}
		return write(c, bytes.NewReader(functionConfig))
	}
	return command
}

func newInstallCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "install DIR",
		Short: "Copy the program into a folder",
		Long: `Copy this program into DIR as checksum-annotator, mode 0755, as an init container
does whose image has neither a shell nor cp. One that is there already is replaced.`,
		Example: "  checksum-annotator install /plugins",
		RunE:    install,
	}
}

// install copies the running program into a folder.
func install(_ *cobra.Command, args []string) error {
	if len(args) != 1 || args[0] == "" {
		return errors.New("give the folder to install the program into: install DIR")
	}
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("cannot find the program: %w", err)
	}
	content, err := os.ReadFile(self) //nolint:gosec // the system names it
	if err != nil {
		return fmt.Errorf("cannot read the program: %w", err)
	}
	if err := files.Replace(filepath.Join(args[0], program), content, 0o755); err != nil {
		return fmt.Errorf("cannot install the program into %s: %w", args[0], err)
	}
	return nil
}

func newSchemaCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "schema",
		Short:   "Print the JSON Schema of the functionConfig",
		Long:    "Print the JSON Schema of the functionConfig, for editors.",
		Example: "  checksum-annotator schema > checksum-annotator.schema.json",
		Args:    cobra.NoArgs,
		RunE:    func(c *cobra.Command, _ []string) error { return write(c, bytes.NewReader(config.Schema)) },
	}
}

func newVersionCommand() *cobra.Command {
	return &cobra.Command{Use: "version", Short: "Print the version", Args: cobra.NoArgs, RunE: printVersion}
}

func printVersion(c *cobra.Command, _ []string) error {
	return write(c, strings.NewReader(currentVersion()+"\n"))
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

// annotate is the KRM function, from standard input to standard output.
func annotate(c *cobra.Command) error {
	input, err := files.ReadAll(c.InOrStdin())
	if errors.Is(err, files.ErrTerminal) {
		return fmt.Errorf("%w: this is a KRM function, see %s --help", err, program)
	}
	if err != nil {
		return err
	}
	output, results := fn.Annotate(input)
	failed := tell(c, results)
	if err := write(c, output); err != nil {
		return err
	}
	return failed
}

// addConfigFlag adds the flag for the file that holds the functionConfig.
func addConfigFlag(command *cobra.Command) *string {
	file := command.Flags().StringP("config", "c", "", "the file that holds the functionConfig; - is standard input")
	_ = command.MarkFlagFilename("config", "yaml", "yml", "json") // the flag is there
	return file
}

// addOutputFlag adds the flag -o for one of some formats, or none.
func addOutputFlag(command *cobra.Command, usage string, formats ...string) *string {
	format := &choice{of: formats}
	command.Flags().VarP(format, "output", "o", strings.Join(formats, "|")+": "+usage)
	_ = command.RegisterFlagCompletionFunc("output", cobra.FixedCompletions(formats, cobra.ShellCompDirectiveNoFileComp)) // the flag is there
	return &format.value
}

// A choice is the value of a flag that is one of some words.
type choice struct {
	value string
	of    []string
}

func (c *choice) String() string { return c.value }
func (c *choice) Type() string   { return "format" }

func (c *choice) Set(value string) error {
	if !slices.Contains(c.of, value) {
		return fmt.Errorf("must be %s", strings.Join(c.of, " or "))
	}
	c.value = value
	return nil
}

// addSaltFlags adds the flags for a salt, and returns what reads it.
func addSaltFlags(command *cobra.Command) func() (digest.Salt, error) {
	text := command.Flags().String("salt", "", "print the HMAC-SHA256 with this salt; others can see it in the list of processes")
	file := command.Flags().String("salt-file", "", "print the HMAC-SHA256 with the salt in this file, without the line end at its end")
	command.MarkFlagsMutuallyExclusive("salt", "salt-file")
	return func() (digest.Salt, error) {
		switch {
		case command.Flags().Changed("salt") && *text == "":
			return "", errors.New("the salt is empty: give one, or leave --salt out")
		case !command.Flags().Changed("salt-file"):
			return digest.Salt(*text), nil
		}
		content, err := os.ReadFile(*file)
		if err != nil {
			return "", fmt.Errorf("cannot read the salt: %w", err)
		}
		salt := config.SaltOf(string(content))
		if salt == "" {
			return "", fmt.Errorf("the salt in %s is empty", *file)
		}
		return digest.Salt(salt), nil
	}
}

// An input is what a command reads.
type input struct {
	functionConfig any
	files          []files.File
}

// lists returns the objects of the files.
func (i input) lists() manifest.Lists {
	lists := make(manifest.Lists, len(i.files))
	for j, file := range i.files {
		lists[j] = file.List
	}
	return lists
}

// changes returns the files whose outputs differ from them.
func (i input) changes(outputs []*manifest.Output) []changedFile {
	var changed []changedFile
	for j, output := range outputs {
		if annotated := output.Bytes(); !bytes.Equal(annotated, i.files[j].Content) {
			changed = append(changed, changedFile{i.files[j], annotated})
		}
	}
	return changed
}

// fromStdin tells whether manifests of such names come, or partly come, from standard input.
func fromStdin(names []string) bool {
	return len(names) == 0 || slices.Contains(names, files.Stdin)
}

// readInput reads the functionConfig in a file, and manifests.
func readInput(c *cobra.Command, configFile string, names []string) (input, error) {
	if configFile == "" {
		return input{}, fmt.Errorf("give the file that holds the functionConfig: %s -c FILE", c.Name())
	}
	if configFile == files.Stdin && fromStdin(names) {
		return input{}, fmt.Errorf("the functionConfig comes from standard input, so give the manifests as files: %s -c - FILE", c.Name())
	}
	functionConfig, err := readConfig(c, configFile)
	if err != nil {
		return input{}, err
	}
	read, err := readManifests(c, configFile, names)
	read.functionConfig = functionConfig
	return read, err
}

// readRender reads manifests, or ResourceLists, as impact and audit take them.
func readRender(c *cobra.Command, configFile string, names []string) (input, error) {
	reader := newReader(c, configFile)
	reader.ResourceLists = true
	return readWith(c, reader, names)
}

// readOptional reads a render, and the functionConfig in a file if there is one.
func readOptional(c *cobra.Command, configFile string, names []string) (input, error) {
	if configFile == files.Stdin && fromStdin(names) {
		return input{}, errors.New("the functionConfig comes from standard input, so give the manifests as files")
	}
	read, err := readRender(c, configFile, names)
	if err == nil && configFile != "" {
		read.functionConfig, err = readConfig(c, configFile)
	}
	return read, err
}

// readTwo reads two inputs, of which one may be empty, and the functionConfig in a file if
// there is one.
func readTwo(c *cobra.Command, configFile string, names []string) (lists [2]manifest.Lists, functionConfig any, err error) {
	of := append([]string{configFile}, names...)
	if first := slices.Index(of, files.Stdin); first >= 0 && slices.Contains(of[first+1:], files.Stdin) {
		return lists, nil, errors.New("only one of OLD, NEW and the functionConfig can be standard input")
	}
	if configFile != "" {
		if functionConfig, err = readConfig(c, configFile); err != nil {
			return lists, nil, err
		}
	}
	for i, name := range names {
		read, err := readRender(c, configFile, []string{name})
		if err != nil && !errors.Is(err, manifest.ErrNoObjects) {
			return lists, nil, err
		}
		lists[i] = read.lists()
	}
	if len(lists[0])+len(lists[1]) == 0 {
		return lists, nil, manifest.ErrNoObjects
	}
	return lists, functionConfig, nil
}

func readConfig(c *cobra.Command, path string) (any, error) {
	var content []byte
	var err error
	if path == files.Stdin {
		content, err = files.ReadAll(c.InOrStdin())
	} else {
		content, err = os.ReadFile(path) //nolint:gosec // the user names it
	}
	if err != nil {
		return nil, fmt.Errorf("cannot read the functionConfig: %w", err)
	}
	functionConfig, err := manifest.ReadConfig(content)
	if err != nil {
		return nil, fmt.Errorf("cannot read the functionConfig in %s: %w", path, err)
	}
	return functionConfig, nil
}

// readManifests reads files, folders and standard input. The file of the functionConfig
// does not count where it stands in a folder.
func readManifests(c *cobra.Command, configFile string, names []string) (input, error) {
	return readWith(c, newReader(c, configFile), names)
}

func newReader(c *cobra.Command, configFile string) files.Reader {
	reader := files.Reader{Stdin: c.InOrStdin(), Shape: workload.Shape(), Except: configFile}
	if isVerbose(c) {
		reader.Skipped = func(path, reason string) {
			fmt.Fprintln(c.ErrOrStderr(), printable.Line(fmt.Sprintf("info: %s: skipped: %s", path, reason)))
		}
	}
	return reader
}

func readWith(c *cobra.Command, reader files.Reader, names []string) (input, error) {
	read, err := reader.Read(names)
	if errors.Is(err, files.ErrTerminal) {
		call := c.CommandPath()
		if reader.Except != "" {
			call += " -c " + reader.Except
		}
		err = fmt.Errorf("%w: give files or folders, %s FILE, or pipe manifests into it, kustomize build DIR | %[2]s", files.ErrTerminal, call)
	}
	return input{files: read}, err
}

func isVerbose(c *cobra.Command) bool {
	verbose, err := c.Flags().GetBool("verbose")
	return err == nil && verbose
}

// tell writes a line for each result that matters to standard error, for each at all if
// the command is to be verbose. It returns an error if one of them is one.
func tell(c *cobra.Command, results report.Results) error {
	lines := results.Lines()
	if isVerbose(c) {
		lines = results.AllLines()
	}
	for _, line := range lines {
		fmt.Fprintln(c.ErrOrStderr(), line)
	}
	if results.Failed() {
		return errFailed
	}
	return nil
}

func write(c *cobra.Command, output io.WriterTo) error {
	_, err := output.WriteTo(c.OutOrStdout())
	return err
}
