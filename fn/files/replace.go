package files

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Replace writes a file, which gets its name when it is whole: what has that name already
// may be in use, and after an error it is as it was.
func Replace(path string, content []byte, mode fs.FileMode) error {
	written, err := stage(path, content, mode)
	if err != nil {
		return err
	}
	defer os.Remove(written.temporary)
	return written.rename()
}

// A Change is a file that is there, with what it is to hold.
type Change struct {
	Path    string
	Content []byte
}

// Update changes files, and keeps their modes. A symbolic link stays, and the file that it
// leads to changes. At any time, and after an error, each file is as it was or as it is to
// be. Everything is written before the first file changes, so that one that cannot be
// written keeps all of them as they were. Once ctx is done, no further file changes.
func Update(ctx context.Context, changes []Change) error {
	var all []staged
	defer func() {
		for _, s := range all {
			_ = os.Remove(s.temporary) // those that have not got their names
		}
	}()
	for _, change := range changes {
		written, err := change.stage()
		if err != nil {
			return fmt.Errorf("nothing is changed: cannot write %s: %w", change.Path, err)
		}
		all = append(all, written)
		if ctx.Err() != nil {
			return errors.New("interrupted: nothing is changed")
		}
	}
	for i, written := range all {
		if ctx.Err() != nil {
			return fmt.Errorf("interrupted: %d of %d files are changed", i, len(all))
		}
		if err := written.rename(); err != nil {
			return fmt.Errorf("%d of %d files are changed: cannot write %s: %w", i, len(all), changes[i].Path, err)
		}
	}
	return nil
}

func (c Change) stage() (none staged, err error) {
	path, err := filepath.EvalSymlinks(c.Path)
	if err != nil {
		return none, err
	}
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return none, err
	case info.Mode().Perm()&0o222 == 0: // a rename would not mind
		return none, errors.New("it is read-only")
	}
	written, err := stage(path, c.Content, info.Mode().Perm())
	if err == nil {
		keepOwner(written.temporary, info)
	}
	return written, err
}

// A staged file is written, and has not got its name.
type staged struct{ temporary, path string }

// stage writes a file beside the one whose name it is to get, down to the disk.
func stage(path string, content []byte, mode fs.FileMode) (none staged, err error) {
	file, err := os.CreateTemp(filepath.Dir(path), ".checksum-annotator-*")
	if err != nil {
		return none, err
	}
	_, err = file.Write(content)
	if err := errors.Join(err, file.Chmod(mode), file.Sync(), file.Close()); err != nil {
		_ = os.Remove(file.Name()) // the error before counts
		return none, err
	}
	return staged{file.Name(), path}, nil
}

func (s staged) rename() error {
	return os.Rename(s.temporary, s.path)
}
