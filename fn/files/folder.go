package files

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

var (
	// extensions are those of manifests.
	extensions = []string{".yaml", ".yml", ".json"}
	// kustomizations are names of files that tell kustomize what to do.
	kustomizations = []string{"kustomization.yaml", "kustomization.yml"}
)

// The marks of a Helm chart: the file in its root, and the folder below.
const (
	chartFile       = "Chart.yaml"
	templatesFolder = "templates"
)

// folder reads the manifests in a folder.
func (r *reading) folder(root string) {
	before, failed := len(r.files), len(r.errs)
	charts := map[string]bool{} // the folders that are in charts
	// A link to a folder is followed where it is named.
	err := filepath.WalkDir(root+string(filepath.Separator), func(path string, entry fs.DirEntry, err error) error {
		path = filepath.Clean(path)
		if err != nil {
			return err
		}
		if entry.IsDir() {
			return enter(path, path == filepath.Clean(root), charts)
		}
		if slices.Contains(extensions, filepath.Ext(path)) && !r.seen[path] {
			r.seen[path] = true
			r.found(path, charts[filepath.Dir(path)])
		}
		return nil
	})
	if err != nil {
		r.fail(unread(root, err))
	}
	if len(r.files) == before && len(r.errs) == failed {
		r.fail(fmt.Errorf("%s: the folder holds no manifests: no file %s with apiVersion and kind", root, strings.Join(extensions, ", ")))
	}
}

// enter decides about a folder, and finds out whether it is in a chart.
func enter(path string, isRoot bool, charts map[string]bool) error {
	parent := filepath.Dir(path)
	charts[path] = hasChart(path) || charts[parent]
	switch name := filepath.Base(path); {
	case isRoot:
		return nil
	case strings.HasPrefix(name, "."), name == templatesFolder && hasChart(parent):
		return fs.SkipDir
	}
	return nil
}

func hasChart(folder string) bool {
	_, err := os.Stat(filepath.Join(folder, chartFile))
	return err == nil
}

// found reads a file of a folder, if it counts.
func (r *reading) found(path string, inChart bool) {
	if slices.Contains(kustomizations, filepath.Base(path)) {
		r.skip(path, "it is a kustomization file")
		return
	}
	if r.isExcept(path) {
		r.skip(path, "it is the functionConfig")
		return
	}
	file, err := load(path)
	if err != nil {
		r.fail(err)
		return
	}
	err = r.parse(&file)
	switch {
	case err != nil && inChart && file.isTemplate():
		r.skip(path, "it is a template of a Helm chart")
	case err != nil && !bytes.Contains(file.Content, []byte("apiVersion")):
		r.skip(path, "it holds no resource")
	case err != nil:
		r.fail(err)
	case !file.List.HasResources():
		r.skip(path, "it holds no resource")
	default:
		r.files = append(r.files, file)
	}
}

// isExcept tells whether a file is the one that does not count, by whichever path.
func (r *reading) isExcept(path string) bool {
	if r.Except == "" {
		return false
	}
	except, err := os.Stat(r.Except)
	if err != nil {
		return false
	}
	info, err := os.Stat(path)
	return err == nil && os.SameFile(info, except)
}

func (r *reading) skip(path, reason string) {
	if r.Skipped != nil {
		r.Skipped(path, reason)
	}
}
