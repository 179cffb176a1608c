package fn_test

import "testing"

func TestWhatKubectlReadsOtherwiseIsToldOf(t *testing.T) {
	user := deployment("user", "secretRef: {name: s}", "configMapRef: {name: s}")
	const told = " s: kubectl and other readers of YAML 1.1 read it otherwise than it is hashed: put into quotes "
	bare := func(kind, fields string) string {
		return "apiVersion: v1\nkind: " + kind + "\nmetadata: {name: s, labels: {on: off}}\n" + fields + "\n"
	}
	for name, test := range map[string]struct{ object, want string }{
		"a value":                 {bare("ConfigMap", "data: {A: yes}"), "ConfigMap" + told + "the value of data.A"},
		"a name":                  {bare("ConfigMap", "data: {on: x}"), "ConfigMap" + told + "the name of data.on"},
		"a number for a name":     {bare("ConfigMap", "data: {010: x, 1.0: z}"), "ConfigMap" + told + "the name of data.010, the name of data.1.0"},
		"a name of binary data":   {bare("ConfigMap", "binaryData: {y: eA==}"), "ConfigMap" + told + "the name of binaryData.y"},
		"a name in a Secret":      {bare("Secret", "data: {n: eA==}"), "Secret" + told + "the name of data.n"},
		"a value of stringData":   {bare("Secret", "stringData: {k: off}"), "Secret" + told + "the value of stringData.k"},
		"a value in a producer":   {"apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: s}\nspec: {encryptedData: {k: AgA=}, template: {data: {on: yes}, metadata: {labels: {no: off}}}}\n", "SealedSecret" + told + "the name of spec.template.data.on, the value of spec.template.data.on"},
		"nothing that is quoted":  {bare("ConfigMap", "data: {'on': \"yes\", a: !!str no, \"010\": '1'}"), ""},
		"nothing beside the data": {bare("ConfigMap", "data: {a: b}\nimmutable: true\nextra: {on: yes}"), ""},
	} {
		t.Run(name, func(t *testing.T) {
			var want []string
			if test.want != "" {
				want = []string{"warning: " + test.want}
			}
			outcome := run(t, "enabled: true\nsecrets: [{name: s, onMissing: Skip}]\nconfigMaps: [{name: s, onMissing: Skip}]", test.object, user).succeeded()
			if got := outcome.results.Lines(); len(got) != len(want) || (len(got) > 0 && got[0] != want[0]) {
				t.Errorf("it says %q, not %q", got, want)
			}
		})
	}
}
