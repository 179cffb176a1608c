package examples

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The image that CI pulls for each build stays small.
const maxCompressedImage = 6_000_000

// A processOutput is all that a caller of a program learns.
type processOutput struct {
	Stdout, Stderr string
	ExitCode       int
}

func outputOf(t *testing.T, input, name string, args ...string) processOutput {
	t.Helper()
	command := exec.Command(name, args...)
	command.Stdin = strings.NewReader(input)
	stdout, stderr, err := capture(command)
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return processOutput{stdout, stderr, command.ProcessState.ExitCode()}
}

// resourceList returns a list of a Secret and a Deployment that uses it.
func resourceList(checksum string) string {
	return fmt.Sprintf(`apiVersion: config.kubernetes.io/v1
kind: ResourceList
functionConfig:
  apiVersion: checksum.proompteng.ai/v1alpha1
  kind: ChecksumAnnotator
  metadata:
    name: rollout-checksums
  spec:
    enabled: true
    secrets:
    - database
    - name: mail
      checksum: %s
items:
- apiVersion: v1
  kind: Secret
  metadata:
    name: database
  stringData:
    uri: not-a-secret-uri
- apiVersion: apps/v1
  kind: Deployment
  metadata:
    name: shop
  spec:
    template:
      spec:
        containers:
        - name: shop
          envFrom:
          - secretRef:
              name: database
          - secretRef:
              name: mail
`, checksum)
}

// The least rights that Docker can give, and users whom the image does not know.
func TestImageDoesWhatTheProgramDoes(t *testing.T) {
	needImage(t)
	inputs := map[string]string{
		"success":  resourceList(strings.Repeat("ab", 32)),
		"failure":  resourceList("bad"),
		"no input": "",
	}
	for _, user := range []string{"nobody", fmt.Sprintf("%d:%d", os.Getuid(), os.Getgid()), "12345:12345"} {
		for name, input := range inputs {
			t.Run(user+"/"+name, func(t *testing.T) {
				got := outputOf(t, input, "docker", "run", "--rm", "-i", "--network", "none", "--user", user,
					"--read-only", "--cap-drop", "ALL", "--security-opt=no-new-privileges", image)
				if diff := cmp.Diff(outputOf(t, input, functionPath), got); diff != "" {
					t.Errorf("(-program +image):\n%s", diff)
				}
				if succeeded := strings.Contains(got.Stdout, "checksum/secret.database:"); succeeded != (name == "success") {
					t.Errorf("annotated is %v:\n%s%s", succeeded, got.Stdout, got.Stderr)
				}
			})
		}
	}
}

func TestImageIsSmall(t *testing.T) {
	needImage(t)
	var compressed bytes.Buffer
	writer := gzip.NewWriter(&compressed)
	save(t, writer)
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	if compressed.Len() > maxCompressedImage {
		t.Errorf("the image has %d bytes, compressed", compressed.Len())
	}
	t.Logf("%d bytes", compressed.Len())
}

func save(t *testing.T, to io.Writer) {
	t.Helper()
	command := exec.Command("docker", "save", image)
	command.Stdout, command.Stderr = to, os.Stderr
	if err := command.Run(); err != nil {
		t.Fatal(err)
	}
}

func TestImageSaysWhatItIs(t *testing.T) {
	needImage(t)
	output, err := exec.Command("docker", "image", "inspect", "--format", "{{json .Config}}", image).Output()
	if err != nil {
		t.Fatal(err)
	}
	var config struct {
		Labels     map[string]string
		Entrypoint []string
		Cmd        []string
		User       string
	}
	if err := json.Unmarshal(output, &config); err != nil {
		t.Fatal(err)
	}
	for _, label := range []string{"title", "description", "licenses", "source", "version"} {
		if config.Labels["org.opencontainers.image."+label] == "" {
			t.Errorf("the image has no label %s", label)
		}
	}
	if len(config.Entrypoint) != 1 || !path.IsAbs(config.Entrypoint[0]) || len(config.Cmd) > 0 {
		t.Errorf("the image starts %q with %q", config.Entrypoint, config.Cmd)
	}
	if config.User != "nobody" {
		t.Errorf("the image runs as %q", config.User)
	}
}
