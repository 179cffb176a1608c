// Build prints what Flux's kustomize-controller applies of a folder: it calls the code that
// the controller calls.
package main

import (
	"fmt"
	"os"

	"github.com/fluxcd/pkg/kustomize"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "give the root of the repository and the folder in it: build ROOT DIR")
		os.Exit(1)
	}
	if err := build(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func build(root, dir string) error {
	const allowRemoteBases = false
	objects, err := kustomize.SecureBuild(root, dir, allowRemoteBases)
	if err != nil {
		return err
	}
	output, err := objects.AsYaml()
	if err != nil {
		return err
	}
	_, err = os.Stdout.Write(output)
	return err
}
