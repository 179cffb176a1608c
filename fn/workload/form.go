package workload

import (
	"slices"
	"strings"
)

// A Form is how pods get to see what a reference means.
type Form string

// The forms. Only that of File follows a change while the pods run.
const (
	Env     Form = "env"     // an environment variable
	EnvFrom Form = "envFrom" // all environment variables of a container
	File    Form = "file"    // files that the kubelet refreshes
	SubPath Form = "subPath" // a file that stays as it was when the container started
	Init    Form = "init"    // files of init containers alone, which run once
	Driver  Form = "driver"  // what a volume driver reads when it mounts the volume
	Custom  Form = "custom"  // what the controller of a custom resource makes of it
)

// Form returns how the pods see what the reference means.
func (p Place) Form() (Form, error) {
	switch path := "." + p.field.path; {
	case strings.Contains(path, ".env[]."):
		return Env, nil
	case strings.Contains(path, ".envFrom[]."):
		return EnvFrom, nil
	case p.volume == nil:
		return Custom, nil
	case !slices.Contains(refreshedVolumes, p.field.path):
		return Driver, nil
	}
	return p.fileForm()
}

// refreshedVolumes are the references of volumes whose files the kubelet refreshes
// (Kubernetes documentation, "Mounted ConfigMaps are updated automatically").
var refreshedVolumes = []string{
	"volumes[].secret", "volumes[].projected.sources[].secret",
	"volumes[].configMap", "volumes[].projected.sources[].configMap",
}

// fileForm returns how the volume is mounted: the form that is refreshed least, if there
// are several.
func (p Place) fileForm() (Form, error) {
	name, err := p.volume.TextAt("name")
	if err != nil {
		return "", err
	}
	mounted := map[string]bool{} // by the path of the mounts
	for _, path := range mountsPaths {
		mounts, err := p.podSpec.Follow(path)
		if err != nil {
			return "", err
		}
		for _, mount := range mounts {
			fields := map[string]string{}
			for _, field := range []string{"name", "subPath", "subPathExpr"} {
				if fields[field], err = mount.TextAt(field); err != nil {
					return "", err
				}
			}
			if fields["name"] != name {
				continue
			}
			mounted[path] = true
			if path == containerMounts && fields["subPath"]+fields["subPathExpr"] != "" {
				return SubPath, nil
			}
		}
	}
	if len(mounted) > 0 && !mounted[containerMounts] {
		return Init, nil
	}
	return File, nil
}

// Path returns the path of what holds the name, in the workload.
func (p Place) Path() string {
	return p.holder.Path()
}

// Optional tells whether pods start where there is no such source.
func (p Place) Optional() bool {
	if !p.holder.IsMapping() {
		return false
	}
	optional, err := p.holder.At("optional")
	if err != nil {
		return false
	}
	value, err := optional.Generic()
	return err == nil && value == true
}
