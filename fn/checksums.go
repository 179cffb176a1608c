package fn

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/proompteng/checksum-annotator/config"
	"github.com/proompteng/checksum-annotator/fn/digest"
	"github.com/proompteng/checksum-annotator/fn/manifest"
	"github.com/proompteng/checksum-annotator/fn/printable"
	"github.com/proompteng/checksum-annotator/fn/source"
)

// A Checksum is that of a Secret or a ConfigMap.
type Checksum struct {
	Kind            config.Kind
	Namespace, Name string // the namespace is empty where the object has none
	Checksum        digest.Digest
}

// Checksums are those of several objects.
type Checksums []Checksum

// Lines returns a line "kind/namespace/name checksum" for each.
func (c Checksums) Lines() string {
	var lines strings.Builder
	for _, sum := range c {
		line := fmt.Sprintf("%s/%s/%s %s", sum.Kind, printable.Name(sum.Namespace), printable.Name(sum.Name), sum.Checksum)
		lines.WriteString(printable.Line(line) + "\n")
	}
	return lines.String()
}

// FunctionConfig returns the YAML of a functionConfig that allows the objects. If they are
// pinned, it has their checksums, which then count whatever the input of the function has;
// that is for objects that it does not have. It is an error if an entry cannot name one of
// them alone.
func (c Checksums) FunctionConfig(pinned bool) ([]byte, error) {
	if err := c.checkNames(); err != nil {
		return nil, err
	}
	type entry struct {
		Name      string `yaml:"name"`
		Namespace string `yaml:"namespace,omitempty"`
		Checksum  string `yaml:"checksum,omitempty"`
	}
	var object struct {
		APIVersion string            `yaml:"apiVersion"`
		Kind       string            `yaml:"kind"`
		Metadata   map[string]string `yaml:"metadata"`
		Spec       struct {
			Enabled    bool    `yaml:"enabled"`
			Secrets    []entry `yaml:"secrets,omitempty"`
			ConfigMaps []entry `yaml:"configMaps,omitempty"`
		} `yaml:"spec"`
	}
	object.APIVersion, object.Kind = config.APIVersion, config.KindName
	object.Metadata = map[string]string{"name": "rollout-checksums"}
	object.Spec.Enabled = true
	for _, sum := range c {
		list := &object.Spec.Secrets
		if sum.Kind == config.ConfigMap {
			list = &object.Spec.ConfigMaps
		}
		added := entry{Name: sum.Name, Namespace: sum.Namespace}
		if pinned {
			added.Checksum = string(sum.Checksum)
		}
		*list = append(*list, added)
	}
	var text bytes.Buffer
	encoder := yaml.NewEncoder(&text)
	encoder.SetIndent(2)
	encoder.CompactSeqIndent()
	if err := errors.Join(encoder.Encode(object), encoder.Close()); err != nil {
		return nil, fmt.Errorf("cannot encode the functionConfig: %w", err)
	}
	return text.Bytes(), nil
}

// checkNames tells what is wrong with the names of the objects.
func (c Checksums) checkNames() error {
	type identity struct {
		kind            config.Kind
		namespace, name string
	}
	seen := map[identity]bool{}
	var errs []error
	for _, sum := range c {
		id := identity{sum.Kind, sum.Namespace, sum.Name}
		switch {
		case sum.Name == "":
			errs = append(errs, fmt.Errorf("a %s has no name, which an entry of a functionConfig needs", sum.Kind))
		case seen[id]:
			errs = append(errs, fmt.Errorf("the input has two objects %s %s", sum.Kind, strings.TrimPrefix(printable.Name(sum.Namespace)+"/"+printable.Name(sum.Name), "/")))
		}
		seen[id] = true
	}
	return errors.Join(errs...)
}

// TakeChecksums returns those of the Secrets and ConfigMaps in inputs, lists of objects among
// them, in their order. If keys are given, only those count, and each object must have
// them. The errors are all that there are; they name the file of the object, if it has
// one, and never quote data.
func TakeChecksums(lists manifest.Lists, keys []string, salt digest.Salt) (Checksums, []error) {
	items, problems := lists.Items([]string{string(config.Secret), string(config.ConfigMap)})
	var errs []error
	fail := func(item *manifest.Item, err error) {
		err = fmt.Errorf("%s: %w", item, err)
		if item.File.Path != "" {
			err = fmt.Errorf("%s: %w", item.File.Path, err)
		}
		errs = append(errs, err)
	}
	for _, problem := range problems {
		fail(problem.Item, problem)
	}
	var found Checksums
	for _, item := range items {
		kind, isSource := source.KindOf(item)
		if !isSource {
			continue
		}
		sum, err := source.Checksum(item, keys, salt)
		if err != nil {
			fail(item, err)
			continue
		}
		found = append(found, Checksum{kind, item.Namespace, item.Name, sum})
	}
	return found, errs
}
