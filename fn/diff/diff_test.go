package diff_test

import (
	"strings"
	"testing"

	"github.com/proompteng/checksum-annotator/fn/diff"
)

const sum = "4f9303a6bb87e0eaba52b17045f2214356ab00502d6733e5f84b714220154cc7"

func TestDiffOfAnnotationsShowsNothingElse(t *testing.T) {
	tests := []struct{ name, before, after, want string }{
		{"block", "a: hush\nspec:\n  b: hush\n", "a: hush\nspec:\n  metadata:\n    annotations:\n      checksum/secret.db: " + sum + "\n  b: hush\n",
			"@@ -3 +3,3 @@\n+  metadata:\n+    annotations:\n+      checksum/secret.db: " + sum + "\n"},
		{"changed", "checksum/secret.db: old-hush\nb: hush\n", "checksum/secret.db: " + sum + "\nb: hush\n",
			"@@ -1 +1 @@\n- … \n+checksum/secret.db: " + sum + "\n"},
		{"one line", `{"data": "hush", "metadata": {}}` + "\n", `{"data": "hush", "metadata": {"annotations": {"checksum/configmap.a": "` + sum + `"}}}` + "\n",
			"@@ -1 +1 @@\n- … \n+ … \"checksum/configmap.a\": \"" + sum + "\"\n"},
		{"printed anew", "a: &x hush\nb: *x\n", "a: hush\nb: hush\n", "- … \n- … \n+ … \n+ … \n"},
	}
	for _, test := range tests {
		got, err := diff.OfAnnotations("x.yaml", []byte(test.before), []byte(test.after))
		if err != nil || !strings.HasPrefix(got, "--- a/x.yaml\n+++ b/x.yaml\n@@ ") || !strings.HasSuffix(got, test.want) {
			t.Errorf("%s: %v, got:\n%s", test.name, err, got)
		}
		if strings.Contains(got, "hush") {
			t.Errorf("%s: it shows data:\n%s", test.name, got)
		}
	}
}

func TestDiffOfATextHasContext(t *testing.T) {
	got, err := diff.Of("x.yaml", "a\nb\nc\n", "a\nB\nc\n")
	if want := "--- a/x.yaml\n+++ b/x.yaml\n@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n"; err != nil || got != want {
		t.Errorf("%v, got:\n%s", err, got)
	}
}
