package kptfn_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"sigs.k8s.io/kustomize/kyaml/fn/framework"
	"sigs.k8s.io/kustomize/kyaml/kio"

	"github.com/proompteng/checksum-annotator/fn/kptfn"
)

func ExampleProcessNodes() {
	processor := framework.ResourceListProcessorFunc(kptfn.ProcessNodes)
	var output bytes.Buffer
	err := framework.Execute(processor, &kio.ByteReadWriter{
		Reader: strings.NewReader(input),
		Writer: &output,
	})
	fmt.Println(err)
	for _, line := range strings.Split(output.String(), "\n") {
		if strings.Contains(line, "checksum/") {
			fmt.Println(strings.TrimSpace(line))
		}
	}
	// Output:
	// <nil>
	// checksum/secret.token: 4f9303a6bb87e0eaba52b17045f2214356ab00502d6733e5f84b714220154cc7
	// - message: set checksum/secret.token
}

// readNodes reads a ResourceList as kyaml's framework does.
func readNodes(t *testing.T, text string) *framework.ResourceList {
	t.Helper()
	reader := &kio.ByteReadWriter{Reader: strings.NewReader(text)}
	items, err := reader.Read()
	if err != nil {
		t.Fatal(err)
	}
	return &framework.ResourceList{Items: items, FunctionConfig: reader.FunctionConfig}
}

func TestProcessNodesAnnotatesInPlace(t *testing.T) {
	list := readNodes(t, input)
	list.Results = framework.Results{{Message: "earlier", Severity: framework.Info}}
	secret, deployment := list.Items[0], list.Items[1]
	before := secret.MustString()
	if err := kptfn.ProcessNodes(list); err != nil {
		t.Fatal(err)
	}
	if got := deployment.MustString(); !strings.Contains(got, "checksum/secret.token: 4f9303a6") {
		t.Errorf("not annotated:\n%s", got)
	}
	if got := secret.MustString(); got != before {
		t.Errorf("the Secret changed:\n%s", got)
	}
	if len(list.Results) != 2 || list.Results[0].Message != "earlier" || list.Results[1].ResourceRef.Name != "shop" {
		t.Errorf("results are %v", list.Results)
	}
}

func TestProcessNodesReportsFailure(t *testing.T) {
	list := readNodes(t, strings.Replace(input, "secrets: token", "secrets: to_ken", 1))
	before := list.Items[1].MustString()
	err := kptfn.ProcessNodes(list)
	var failures framework.Results
	if !errors.As(err, &failures) || failures.ExitCode() != 1 || failures[0].Field.Path != "data.secrets[0].name" {
		t.Errorf("the error is %v", err)
	}
	if list.Items[1].MustString() != before {
		t.Error("an item changed")
	}
}

func TestProcessNodesWithoutConfiguration(t *testing.T) {
	list := readNodes(t, input)
	list.FunctionConfig = nil
	if err := kptfn.ProcessNodes(list); err == nil || !strings.Contains(err.Error(), "functionConfig") {
		t.Errorf("the error is %v", err)
	}
}

func TestTheCommandLinksNoFramework(t *testing.T) {
	list := exec.Command("go", "list", "-deps", "github.com/proompteng/checksum-annotator")
	list.Stderr = os.Stderr
	output, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, forbidden := range []string{"krm-functions-sdk", "kyaml/fn/framework", "fn/kptfn"} {
		if strings.Contains(string(output), forbidden) {
			t.Errorf("the command links %s", forbidden)
		}
	}
	if !strings.Contains(string(output), "checksum-annotator/fn/manifest") {
		t.Errorf("go list printed %q", output)
	}
}
