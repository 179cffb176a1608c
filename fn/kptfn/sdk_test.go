package kptfn_test

import (
	"fmt"
	"strings"
	"testing"

	sdk "github.com/kptdev/krm-functions-sdk/go/fn"

	"github.com/proompteng/checksum-annotator/fn/kptfn"
)

const input = `apiVersion: config.kubernetes.io/v1
kind: ResourceList
functionConfig:
  apiVersion: v1
  kind: ConfigMap
  metadata:
    name: function-input
  data:
    enabled: "true"
    secrets: token
items:
- apiVersion: v1
  kind: Secret
  metadata:
    name: token
  stringData:
    token: abc
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
              name: token
`

func ExampleProcess() {
	list, err := sdk.ParseResourceList([]byte(input))
	if err != nil {
		fmt.Println(err)
		return
	}
	success, err := kptfn.Process(list)
	fmt.Println(success, err)
	deployment := list.Items[1]
	annotations, _, _ := deployment.NestedStringMap("spec", "template", "metadata", "annotations")
	fmt.Println(annotations["checksum/secret.token"])
	fmt.Println(list.Results[0].Message)
	// Output:
	// true <nil>
	// 4f9303a6bb87e0eaba52b17045f2214356ab00502d6733e5f84b714220154cc7
	// set checksum/secret.token
}

func TestProcessKeepsTheOrderAndTheResults(t *testing.T) {
	list, err := sdk.ParseResourceList([]byte(input))
	if err != nil {
		t.Fatal(err)
	}
	list.Results = sdk.Results{sdk.GeneralResult("earlier", sdk.Info)}
	if success, err := kptfn.Process(list); !success || err != nil {
		t.Fatal(success, err)
	}
	if list.Items[0].GetKind() != "Secret" || list.Items[1].GetKind() != "Deployment" {
		t.Error("the order of the items changed")
	}
	if len(list.Results) != 2 || list.Results[0].Message != "earlier" {
		t.Errorf("results are %v", list.Results)
	}
}

func TestProcessReportsFailure(t *testing.T) {
	list, err := sdk.ParseResourceList([]byte(strings.Replace(input, "secrets: token", "secrets: to_ken", 1)))
	if err != nil {
		t.Fatal(err)
	}
	before := list.Items.String()
	success, err := kptfn.Process(list)
	if success || err != nil || len(list.Results) != 1 || list.Results[0].Severity != sdk.Error {
		t.Errorf("success %v, error %v, results %v", success, err, list.Results)
	}
	if list.Items.String() != before {
		t.Error("items changed")
	}
}

func TestProcessRunsInTheSDK(t *testing.T) {
	output, err := sdk.Run(sdk.ResourceListProcessorFunc(kptfn.Process), []byte(input))
	if err != nil || !strings.Contains(string(output), "checksum/secret.token: ") {
		t.Errorf("%v\n%s", err, output)
	}
}
