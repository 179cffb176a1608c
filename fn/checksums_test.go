package fn_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/proompteng/checksum-annotator/fn"
	"github.com/proompteng/checksum-annotator/fn/manifest"
)

// The files are what kubectl printed of objects in a cluster (Kubernetes 1.34): get
// secret,configmap -o yaml and -o json, and get secret NAME -o yaml
// --show-managed-fields. The checksums are those that the same kubectl, jq and sha256sum
// gave, as the README says.
func TestChecksumsOfWhatKubectlPrints(t *testing.T) {
	const (
		empty    = "Secret/agents/empty f11eb61678e9d4645cb617df544ee787e59f4ad9a605b0c6f61a6ca4d7a06dee\n"
		database = "Secret/agents/jangar-db-app df7b6fff4f7b2428a15ce76098f1837ae613ce11a1def86988d8867ecad89b7d\n"
		settings = "ConfigMap/agents/agents-runtime-config 26825fffc85e31c0aeaba415ca22901b3a015d3eab46db7a9e3cbe1e3be2af0d\n"
	)
	for file, want := range map[string]string{
		"list.yaml":   empty + database + settings,
		"list.json":   empty + database + settings,
		"secret.yaml": database,
	} {
		t.Run(file, func(t *testing.T) {
			checksums, errs := fn.TakeChecksums(readLists(t, readFile(t, "testdata/kubectl/"+file)), nil, "")
			if errs != nil {
				t.Fatal(errs)
			}
			if diff := cmp.Diff(want, checksums.Lines()); diff != "" {
				t.Errorf("checksums (-want +got):\n%s", diff)
			}
		})
	}
}

func readLists(t *testing.T, streams ...string) manifest.Lists {
	t.Helper()
	var lists manifest.Lists
	for _, stream := range streams {
		list, err := manifest.ReadStream([]byte(stream), manifest.NewShape(nil, nil))
		if err != nil {
			t.Fatal(err)
		}
		lists = append(lists, list)
	}
	return lists
}

func TestAFunctionConfigNamesEachObjectAlone(t *testing.T) {
	checksums, errs := fn.TakeChecksums(readLists(t, secret("a", "k: v")+"---\n"+secret("a", "k: w")+"---\n"+in("x", secret("a", "k: v"))+
		"---\n"+strings.Replace(configMap("b", "k: v"), "name:", "generateName:", 1)), nil, "")
	if errs != nil {
		t.Fatal(errs)
	}
	const want = "the input has two objects Secret a\na ConfigMap has no name, which an entry of a functionConfig needs"
	if _, err := checksums.FunctionConfig(false); err == nil || err.Error() != want {
		t.Errorf("the error is %v", err)
	}
	if _, err := checksums[1:3].FunctionConfig(false); err != nil {
		t.Error(err)
	}
}
