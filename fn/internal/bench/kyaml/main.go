// Kyaml reads a ResourceList with kyaml and writes it again: what a KRM function
// that is built in the usual way does before it does anything.
package main

import (
	"log"
	"os"

	"sigs.k8s.io/kustomize/kyaml/kio"
)

func main() {
	readWriter := &kio.ByteReadWriter{Reader: os.Stdin, Writer: os.Stdout, KeepReaderAnnotations: true}
	items, err := readWriter.Read()
	if err != nil {
		log.Fatal(err)
	}
	if err := readWriter.Write(items); err != nil {
		log.Fatal(err)
	}
}
