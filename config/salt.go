package config

import (
	"os"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// SaltOf returns the salt that a file or an environment variable holds: its text without
// the line end at its end, which editors and echo write.
func SaltOf(text string) string {
	return strings.TrimSuffix(strings.TrimSuffix(text, "\n"), "\r")
}

// readSalt takes the salt from the environment, if it is to be there. That it is not is an
// error: without the salt all checksums would be others, and all workloads restart.
func (s *Spec) readSalt(path *field.Path) field.ErrorList {
	path = path.Child("saltEnv")
	switch {
	case s.SaltEnv == "":
		return nil
	case s.Salt != "":
		return field.ErrorList{field.Forbidden(path, "there is a salt already")}
	case !envFormat().MatchString(s.SaltEnv):
		return field.ErrorList{field.Invalid(path, s.SaltEnv, "must be the name of an environment variable, like CHECKSUM_SALT")}
	case !s.Enabled:
		return nil
	}
	if s.Salt = SaltOf(os.Getenv(s.SaltEnv)); s.Salt == "" {
		return field.ErrorList{field.Required(path, "the environment of the function has no variable "+s.SaltEnv+", or an empty one")}
	}
	return nil
}
