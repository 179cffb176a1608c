package fn_test

import "testing"

func TestTextThatMayBeVarsOfKustomizeIsTold(t *testing.T) {
	const (
		build = "kustomize.config.k8s.io/id"
		told  = "warning: " + aboutConfig + "there is text of the form $(NAME) in %: if these are vars of kustomize, it resolves them after the function," +
			" and changes of their values will not be seen; use replacements, or run annotate or patch on what kustomize renders"
		spec = "enabled: true\nsecrets: [s]\nconfigMaps: [c, d]\nonMissing: Skip"
	)
	user := annotated(build, "x", deployment("user", "secretRef: {name: s}", "configMapRef: {name: c}", "configMapRef: {name: d}"))
	inBuild := func(object string) string { return annotated(build, "x", object) }
	external := "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {name: s}\nspec: {secretStoreRef: {name: %}, data: [{secretKey: k, remoteRef: {key: x}}], refreshInterval: $(R)}\n"
	tests := map[string]struct {
		objects []string
		told    string
	}{
		"a value":                         {[]string{inBuild(configMap("c", "a: 'level=$(LOG_LEVEL)'"))}, "ConfigMap c"},
		"nothing but one":                 {[]string{inBuild(configMap("c", "a: '$(kfp-app.name)'"))}, "ConfigMap c"},
		"several":                         {[]string{inBuild(configMap("c", "a: $(A)")), inBuild(configMap("d", "a: $(A)"))}, "ConfigMap c, ConfigMap d"},
		"text of a Secret":                {[]string{inBuild(secret("s", "a: $(A)"))}, "Secret s"},
		"a producer":                      {[]string{inBuild(replaced(t, external, "%", "$(A)"))}, "ExternalSecret s"},
		"a producer, where it counts not": {[]string{inBuild(replaced(t, external, "%", "a"))}, ""},
		"no build of kustomize":           {[]string{configMap("c", "a: $(A)")}, ""},
		"two dollar signs":                {[]string{inBuild(configMap("c", "a: 'x$$(A)'"))}, ""},
		"three dollar signs":              {[]string{inBuild(configMap("c", "a: 'x$$$(A)'"))}, "ConfigMap c"},
		"a command":                       {[]string{inBuild(configMap("c", "a: 'x=$(cat /etc/x)'"))}, ""},
		"a script":                        {[]string{inBuild(configMap("c", `a: "#!/bin/sh\necho $(date)"`))}, ""},
		"a shell's variable":              {[]string{inBuild(configMap("c", "a: '${A} $A ()'"))}, ""},
		"the name of a key":               {[]string{inBuild(configMap("c", "'$(A)': a"))}, ""},
		"another place of the object":     {[]string{annotated("note", "$(A)", inBuild(configMap("c", "a: b")))}, ""},
		"an object that nobody uses":      {[]string{inBuild(configMap("other", "a: $(A)"))}, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			outcome := run(t, spec, append(test.objects, user)...).succeeded()
			var want []string
			if test.told != "" {
				want = []string{replaced(t, told, "%", test.told)}
			}
			if got := outcome.results.Lines(); len(got) != len(want) || len(want) > 0 && got[0] != want[0] {
				t.Errorf("it tells %q, and should %q", got, want)
			}
		})
	}
	t.Run("a given checksum", func(t *testing.T) {
		outcome := run(t, "enabled: true\nconfigMaps: [{name: c, checksum: "+digestOfNobody+"}]", inBuild(configMap("c", "a: $(A)")), user)
		if got := outcome.results.Lines(); len(got) != 1 {
			t.Errorf("it tells %q", got)
		}
	})
}
