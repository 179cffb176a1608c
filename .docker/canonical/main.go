// Canonical rewrites an image of a "docker save", from standard input to standard
// output, so that equal content gives an equal digest: without the times and the
// machine of its build, which engines write into images.
package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

func main() {
	if err := run(os.Args[1], os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "error: cannot make the image canonical:", err)
		os.Exit(1)
	}
}

// run writes the image out under a tag.
func run(tag string, saved io.Reader, output io.Writer) error {
	reference, err := name.NewTag(tag)
	if err != nil {
		return err
	}
	archive, err := io.ReadAll(saved)
	if err != nil {
		return err
	}
	open := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(archive)), nil }
	built, err := tarball.Image(open, nil)
	if err != nil {
		return err
	}
	image, err := canonical(built)
	if err != nil {
		return err
	}
	return tarball.Write(reference, image, output)
}

// canonical returns the image with the time zero of Unix for all times, and only what
// decides how it runs.
func canonical(image v1.Image) (v1.Image, error) {
	image, err := mutate.Time(image, time.Unix(0, 0).UTC())
	if err != nil {
		return nil, err
	}
	file, err := image.ConfigFile()
	if err != nil {
		return nil, err
	}
	return mutate.ConfigFile(image, &v1.ConfigFile{
		Architecture: file.Architecture,
		OS:           file.OS,
		Created:      file.Created,
		RootFS:       file.RootFS,
		Config: v1.Config{
			User:       file.Config.User,
			Env:        file.Config.Env,
			Entrypoint: file.Config.Entrypoint,
			Labels:     file.Config.Labels,
		},
	})
}
