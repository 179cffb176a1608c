package files_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/proompteng/checksum-annotator/fn/files"
)

// contents returns the files in the working directory.
func contents(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(".", func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		found[path] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestUpdateKeepsModesAndLinks(t *testing.T) {
	tree(t, map[string]string{"folder/a.yaml": "old", "b.yaml": "old"})
	for _, err := range []error{os.Chmod("folder/a.yaml", 0o640), os.Chmod("b.yaml", 0o755), os.Symlink("folder/a.yaml", "link.yaml")} {
		if err != nil {
			t.Fatal(err)
		}
	}
	err := files.Update(context.Background(), []files.Change{{Path: "link.yaml", Content: []byte("new a")}, {Path: "b.yaml", Content: []byte("new b")}})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]string{"folder/a.yaml": "new a", "b.yaml": "new b", "link.yaml": "new a"}, contents(t)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if target, err := os.Readlink("link.yaml"); err != nil || target != "folder/a.yaml" {
		t.Errorf("the link leads to %q: %v", target, err)
	}
	for path, want := range map[string]os.FileMode{"folder/a.yaml": 0o640, "b.yaml": 0o755} {
		if info, err := os.Stat(path); err != nil || info.Mode() != want {
			t.Errorf("the mode of %s is %v: %v", path, info.Mode(), err)
		}
	}
}

func TestUpdateOfWhatCannotBeWrittenChangesNothing(t *testing.T) {
	tests := map[string]func() error{
		"it is read-only":            func() error { return os.Chmod("b.yaml", 0o444) },
		"no such file or directory":  func() error { return os.Remove("b.yaml") },
		"too many links":             func() error { return os.Remove("b.yaml") },
		"the folder is not writable": func() error { return os.Chmod(".", 0o555) },
	}
	for want, prepare := range tests {
		t.Run(want, func(t *testing.T) {
			tree(t, map[string]string{"folder/a.yaml": "old", "b.yaml": "old"})
			if err := prepare(); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = os.Chmod(".", 0o755) })
			if want == "too many links" {
				if err := os.Symlink("b.yaml", "b.yaml"); err != nil {
					t.Fatal(err)
				}
			}
			if want == "the folder is not writable" {
				if os.Getuid() == 0 {
					t.Skip("NOT TESTED: root may write everywhere")
				}
				want = "permission denied"
			}
			err := files.Update(context.Background(), []files.Change{{Path: "folder/a.yaml", Content: []byte("new")}, {Path: "b.yaml", Content: []byte("new")}})
			if err == nil || !strings.HasPrefix(err.Error(), "nothing is changed: cannot write b.yaml: ") || !strings.Contains(err.Error(), want) {
				t.Errorf("the error is %v", err)
			}
			if content, err := os.ReadFile("folder/a.yaml"); err != nil || string(content) != "old" {
				t.Errorf("the first file holds %q: %v", content, err)
			}
			if found, err := filepath.Glob("folder/.*"); err != nil || len(found) > 0 {
				t.Errorf("files are left: %v, %v", found, err)
			}
		})
	}
}

// A countdown is a context that is done after it has been asked some times.
type countdown struct {
	context.Context
	left int
}

func (c *countdown) Err() error {
	if c.left == 0 {
		return context.Canceled
	}
	c.left--
	return nil
}

// However far it has come: each file is as it was or as it is to be, and there are no others.
func TestInterruptedUpdateLeavesWholeFiles(t *testing.T) {
	for left := range 5 {
		tree(t, map[string]string{"a.yaml": "old", "b.yaml": "old"})
		err := files.Update(&countdown{context.Background(), left}, []files.Change{{Path: "a.yaml", Content: []byte("new")}, {Path: "b.yaml", Content: []byte("new")}})
		want := map[string]string{"a.yaml": "old", "b.yaml": "old"}
		message := "interrupted: nothing is changed"
		switch left {
		case 2:
			message = "interrupted: 0 of 2 files are changed"
		case 3:
			want["a.yaml"], message = "new", "interrupted: 1 of 2 files are changed"
		case 4:
			want["a.yaml"], want["b.yaml"], message = "new", "new", ""
		}
		if (err == nil) != (message == "") || err != nil && err.Error() != message {
			t.Errorf("%d: the error is %v", left, err)
		}
		if diff := cmp.Diff(want, contents(t)); diff != "" {
			t.Errorf("%d (-want +got):\n%s", left, diff)
		}
	}
}
