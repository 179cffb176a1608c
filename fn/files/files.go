// Package files reads the manifests that a command is given: files, folders and
// standard input.
package files

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"sync"

	"golang.org/x/term"

	"github.com/proompteng/checksum-annotator/fn/manifest"
)

// Stdin is the name that stands for standard input.
const Stdin = "-"

// ErrTerminal says that standard input is a terminal, where nobody types manifests.
var ErrTerminal = errors.New("standard input is a terminal")

// A File is a file of manifests, or standard input.
type File struct {
	Path    string      // empty for standard input
	Mode    fs.FileMode // of the file
	Content []byte
	List    *manifest.List // what Content holds
}

// A Reader reads files.
type Reader struct {
	Stdin io.Reader
	Shape *manifest.Shape // of the objects
	// Except is a file that does not count where it is found in a folder: that of the
	// functionConfig, which may well stand there.
	Except string
	// ResourceLists tells that the items of a ResourceList count as the objects of a file.
	ResourceLists bool
	// Skipped, which may be nil, is told which files of folders do not count, and why.
	Skipped func(path, reason string)
}

// Read returns the files that names stand for, each once, in the order of the names:
// a file, a folder, or "-" for standard input, which no names stand for as well. It is an
// error if no file holds an object; the errors are all that there are.
//
// A folder stands for the manifests in it and in the folders below, in the order of
// their paths: the files .yaml, .yml and .json that hold resources, which have apiVersion
// and kind. Hidden folders, kustomization files and the templates of Helm charts do not
// count. A file that is named counts whatever it holds.
func (r Reader) Read(names []string) ([]File, error) {
	if len(names) == 0 {
		names = []string{Stdin}
	}
	read := reading{Reader: r, seen: map[string]bool{}}
	for _, name := range names {
		read.name(name)
	}
	if len(read.errs) > 0 {
		return nil, errors.Join(read.errs...)
	}
	for _, file := range read.files {
		if !file.empty() {
			return read.files, nil
		}
	}
	return nil, manifest.ErrNoObjects
}

// ReadAll reads a stream to its end; of a file it knows the size beforehand. A terminal
// is ErrTerminal.
func ReadAll(stream io.Reader) ([]byte, error) {
	var content bytes.Buffer
	if file, ok := stream.(*os.File); ok {
		if term.IsTerminal(int(file.Fd())) {
			return nil, ErrTerminal
		}
		if info, err := file.Stat(); err == nil && info.Mode().IsRegular() {
			content.Grow(int(info.Size()) + bytes.MinRead)
		}
	}
	if _, err := content.ReadFrom(stream); err != nil {
		return nil, fmt.Errorf("cannot read standard input: %w", err)
	}
	return content.Bytes(), nil
}

// A reading is a call of Read.
type reading struct {
	Reader
	seen  map[string]bool // paths
	files []File
	errs  []error
}

// name reads what a name stands for.
func (r *reading) name(name string) {
	path := filepath.Clean(name)
	if r.seen[path] {
		return
	}
	r.seen[path] = true
	if name == Stdin {
		content, err := ReadAll(r.Stdin)
		r.add(File{Content: content}, err)
		return
	}
	switch info, err := os.Stat(name); {
	case name == "":
		r.fail(errors.New("the name of a file is empty"))
	case err != nil:
		r.fail(unread(name, err))
	case info.IsDir():
		r.folder(name)
	default:
		r.add(load(path))
	}
}

// add adds a file that is named, with its objects.
func (r *reading) add(file File, err error) {
	if err == nil {
		err = r.parse(&file)
	}
	if err != nil {
		r.fail(err)
		return
	}
	r.files = append(r.files, file)
}

func (r *reading) fail(err error) {
	r.errs = append(r.errs, err)
}

// load returns a file without its objects.
func load(path string) (File, error) {
	content, err := os.ReadFile(path) //nolint:gosec // the user names it
	if err != nil {
		return File{}, unread(path, err)
	}
	info, err := os.Stat(path)
	if err != nil {
		return File{}, unread(path, err)
	}
	return File{Path: path, Mode: info.Mode(), Content: content}, nil
}

// unread tells that a file cannot be read, without the name of the system call.
func unread(path string, err error) error {
	var of *fs.PathError
	if errors.As(err, &of) {
		err = of.Err
	}
	return fmt.Errorf("cannot read %s: %w", path, err)
}

// parse reads the objects of a file.
func (r *reading) parse(file *File) error {
	read := manifest.ReadStream
	if r.ResourceLists {
		read = manifest.ReadAny
	}
	list, err := read(file.Content, r.Shape)
	if err == nil {
		err = list.CheckStream()
	}
	if errors.Is(err, manifest.ErrNoObjects) {
		err = nil
	}
	if err != nil {
		return file.explain(err)
	}
	list.SetPath(file.Path)
	file.List = list
	return nil
}

// explain returns an error that names the file.
func (f *File) explain(err error) error {
	if helmAction().Match(f.Content) {
		err = fmt.Errorf("%w (a template of a Helm chart has to be rendered first, with helm template)", err)
	}
	if f.Path == "" {
		return err
	}
	return fmt.Errorf("%s: %w", f.Path, err)
}

// helmAction finds what only templates of Helm charts have.
var helmAction = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`\{\{-?\s*(include|template|toYaml|(if|with|range)\b.*\.Values|\.(Values|Release|Chart|Capabilities))\b`)
})

// isTemplate tells whether the file has what templates have.
func (f *File) isTemplate() bool {
	return bytes.Contains(f.Content, []byte("{{"))
}

func (f *File) empty() bool {
	return errors.Is(f.List.CheckStream(), manifest.ErrNoObjects)
}
