package kptfn_test

import (
	"testing"

	sdk "github.com/kptdev/krm-functions-sdk/go/fn"
	"sigs.k8s.io/kustomize/kyaml/fn/framework"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/proompteng/checksum-annotator/fn/kptfn"
)

const functionConfig = `apiVersion: checksum.proompteng.ai/v1alpha1
kind: ChecksumAnnotator
metadata:
  name: test
spec:
  enabled: true
`

// objects are such as end in ways that a list can spoil.
var objects = []string{
	"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  k: |+\n    text\n\n\n",
	"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: b\ndata:\n  k: |2-\n      text\n    more\n",
	"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c\ndata:\n  k: |+\n    last\n\n",
}

func TestItemsKeepTheirData(t *testing.T) {
	nodes := &framework.ResourceList{FunctionConfig: yaml.MustParse(functionConfig)}
	list := &sdk.ResourceList{FunctionConfig: parsed(t, functionConfig)}
	for _, object := range objects {
		nodes.Items = append(nodes.Items, yaml.MustParse(object))
		list.Items = append(list.Items, parsed(t, object))
	}
	if err := kptfn.ProcessNodes(nodes); err != nil {
		t.Fatal(err)
	}
	if success, err := kptfn.Process(list); !success || err != nil {
		t.Fatal(success, err)
	}
	for i, object := range objects {
		want := yaml.MustParse(object).MustString()
		if got := nodes.Items[i].MustString(); got != want {
			t.Errorf("with the framework, %q became %q", want, got)
		}
		if got := list.Items[i].String(); got != want {
			t.Errorf("with the SDK, %q became %q", want, got)
		}
	}
}

func TestThereMayBeNoItems(t *testing.T) {
	if err := kptfn.ProcessNodes(&framework.ResourceList{FunctionConfig: yaml.MustParse(functionConfig)}); err != nil {
		t.Error(err)
	}
	if success, err := kptfn.Process(&sdk.ResourceList{FunctionConfig: parsed(t, functionConfig)}); !success || err != nil {
		t.Error(success, err)
	}
}

func parsed(t *testing.T, object string) *sdk.KubeObject {
	t.Helper()
	found, err := sdk.ParseKubeObject([]byte(object))
	if err != nil {
		t.Fatal(err)
	}
	return found
}
