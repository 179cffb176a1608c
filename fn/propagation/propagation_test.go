package propagation_test

import (
	"strings"
	"testing"

	"github.com/proompteng/checksum-annotator/config"
	"github.com/proompteng/checksum-annotator/fn/propagation"
	"github.com/proompteng/checksum-annotator/fn/workload"
)

type annotations = map[string]string

func TestControllersAreAskedByTheirAnnotations(t *testing.T) {
	const (
		auto, search   = "reloader.stakater.com/auto", "reloader.stakater.com/search"
		secretAuto     = "secret.reloader.stakater.com/auto"
		configMapAuto  = "configmap.reloader.stakater.com/auto"
		secretNamed    = "secret.reloader.stakater.com/reload"
		configMapNamed = "configmap.reloader.stakater.com/reload"
		secretExclude  = "secrets.exclude.reloader.stakater.com/reload"
		wave           = "wave.pusher.com/update-on-config-change"
		waveSecrets    = "wave.pusher.com/extra-secrets"
	)
	env := propagation.Place{Path: "spec.template.spec.containers[0].env[0].valueFrom.secretKeyRef", Form: workload.Env}
	initEnv := propagation.Place{Path: "spec.template.spec.initContainers[0].env[0].valueFrom.secretKeyRef", Form: workload.Env}
	file := propagation.Place{Path: "spec.template.spec.volumes[0].secret", Form: workload.File}
	driver := propagation.Place{Path: "spec.template.spec.volumes[0].azureFile", Form: workload.Driver}
	for name, test := range map[string]struct {
		workload, pods, source annotations
		place                  propagation.Place
		kind                   string // Deployment where it is not given
		want                   string
	}{
		"nothing":                                           {place: env},
		"Reloader: auto":                                    {workload: annotations{auto: "true"}, place: env, want: "Reloader"},
		"Reloader: auto, as Go reads booleans":              {workload: annotations{auto: "True"}, place: env, want: "Reloader"},
		"Reloader: not auto":                                {workload: annotations{auto: "false"}, place: env},
		"Reloader: auto for files":                          {workload: annotations{auto: "true"}, place: file, want: "Reloader"},
		"Reloader: auto for what a driver reads":            {workload: annotations{auto: "true"}, place: driver},
		"Reloader: auto for Secrets":                        {workload: annotations{secretAuto: "true"}, place: env, want: "Reloader"},
		"Reloader: auto for ConfigMaps":                     {workload: annotations{configMapAuto: "true"}, place: env},
		"Reloader: auto for a kind and not all":             {workload: annotations{auto: "false", secretAuto: "true"}, place: env, want: "Reloader"},
		"Reloader: auto on the pods":                        {pods: annotations{auto: "true"}, place: env, want: "Reloader"},
		"Reloader: auto on the pods, other on the workload": {workload: annotations{auto: "false"}, pods: annotations{auto: "true"}, place: env},
		"Reloader: auto of another kind on the workload":    {workload: annotations{configMapAuto: "true"}, pods: annotations{auto: "true"}, place: env, want: "Reloader"},
		"Reloader: named":                                   {workload: annotations{secretNamed: "a, db"}, place: env, want: "Reloader"},
		"Reloader: named, though not referenced":            {workload: annotations{secretNamed: "db"}, place: driver, want: "Reloader"},
		"Reloader: named by an expression":                  {workload: annotations{secretNamed: "d.*"}, place: env, want: "Reloader"},
		"Reloader: named by a part":                         {workload: annotations{secretNamed: "d"}, place: env},
		"Reloader: named by what is none":                   {workload: annotations{secretNamed: "["}, place: env},
		"Reloader: named as the other kind":                 {workload: annotations{configMapNamed: "db"}, place: env},
		"Reloader: search and match":                        {workload: annotations{search: "true"}, source: annotations{"reloader.stakater.com/match": "true"}, place: env, want: "Reloader"},
		"Reloader: search without match":                    {workload: annotations{search: "true"}, place: env},
		"Reloader: match without search":                    {source: annotations{"reloader.stakater.com/match": "true"}, place: env},
		"Reloader: ignored":                                 {workload: annotations{auto: "true"}, source: annotations{"reloader.stakater.com/ignore": "true"}, place: env},
		"Reloader: named and ignored":                       {workload: annotations{secretNamed: "db"}, source: annotations{"reloader.stakater.com/ignore": "true"}, place: env},
		"Reloader: excluded":                                {workload: annotations{auto: "true", secretExclude: "x,db"}, place: env},
		"Reloader: another excluded":                        {workload: annotations{auto: "true", secretExclude: "dbs"}, place: env, want: "Reloader"},
		"Reloader: a kind that it does not know":            {workload: annotations{auto: "true"}, place: env, kind: "ReplicaSet"},
		"Wave":                                              {workload: annotations{wave: "true"}, place: env, want: "Wave"},
		"Wave: files":                                       {workload: annotations{wave: "true"}, place: file, want: "Wave"},
		"Wave: not enabled":                                 {workload: annotations{wave: "True"}, place: env},
		"Wave: on the pods":                                 {pods: annotations{wave: "true"}, place: env},
		"Wave: variables of init containers":                {workload: annotations{wave: "true"}, place: initEnv},
		"Wave: what a driver reads":                         {workload: annotations{wave: "true"}, place: driver},
		"Wave: extra":                                       {workload: annotations{wave: "true", waveSecrets: "x,db"}, place: driver, want: "Wave"},
		"Wave: extra of the namespace":                      {workload: annotations{wave: "true", waveSecrets: "shop/db"}, place: driver, want: "Wave"},
		"Wave: extra of another namespace":                  {workload: annotations{wave: "true", waveSecrets: "other/db"}, place: driver},
		"Wave: extra, not enabled":                          {workload: annotations{waveSecrets: "db"}, place: env},
	} {
		t.Run(name, func(t *testing.T) {
			reading := propagation.Reading{
				Group: "apps", Kind: "Deployment", Namespace: "shop", Annotations: test.workload, PodAnnotations: test.pods,
				Source: propagation.Source{Kind: config.Secret, Namespace: "shop", Name: "db", Annotations: test.source},
				Places: []propagation.Place{test.place},
			}
			if test.kind != "" {
				reading.Kind = test.kind
			}
			if got := reading.Controller(); got != test.want {
				t.Errorf("want %q, got %q", test.want, got)
			}
		})
	}
}

func TestOnlyFilesAreRefreshed(t *testing.T) {
	for _, test := range []struct {
		forms []workload.Form
		want  bool
	}{
		{nil, false},
		{[]workload.Form{workload.File}, true},
		{[]workload.Form{workload.File, workload.File}, true},
		{[]workload.Form{workload.File, workload.Env}, false},
		{[]workload.Form{workload.SubPath}, false},
		{[]workload.Form{workload.Init}, false},
		{[]workload.Form{workload.Driver}, false},
	} {
		var reading propagation.Reading
		for _, form := range test.forms {
			reading.Places = append(reading.Places, propagation.Place{Form: form})
		}
		if got := reading.Files(); got != test.want {
			t.Errorf("%v: want %t, got %t", test.forms, test.want, got)
		}
	}
}

func TestChecksumsAreToldFromThoseOfCharts(t *testing.T) {
	sha256, sha1, md5 := strings.Repeat("0a", 32), strings.Repeat("0a", 20), strings.Repeat("0a", 16)
	for _, test := range []struct {
		key, value                        string
		ours, chartSecret, chartConfigMap bool
	}{
		{"checksum/secret.db", sha256, true, false, false},
		{"example.com/configmap.app", sha256, true, false, false},
		{"checksum/secret.db", "on", false, false, false},
		{"checksum/secret.db", md5, false, true, false},
		{"checksum/config", sha256, false, false, true},
		{"checksum/configmap", sha256, false, false, true},
		{"checksum/cm", sha1, false, false, true},
		{"checksum/secret", sha256, false, true, false},
		{"checksum/secret-config", sha256, false, true, true},
		{"checksum/all", sha256, false, true, true},
		{"example.com/config-hash", md5, false, false, true},
		{"checksum/config", "enabled", false, false, false},
		{"checksum/config", sha256[1:], false, false, false},
		{"checksum/config", strings.ToUpper(sha256), false, false, false},
		{"example.com/commit", sha1, false, false, false},
		{"rollme", sha256, false, false, false},
	} {
		if got := propagation.IsChecksum(test.key, test.value); got != test.ours {
			t.Errorf("%s: %s: ours: want %t, got %t", test.key, test.value, test.ours, got)
		}
		if got := propagation.IsChartChecksum(test.key, test.value, config.Secret); got != test.chartSecret {
			t.Errorf("%s: %s: a chart's of a Secret: want %t, got %t", test.key, test.value, test.chartSecret, got)
		}
		if got := propagation.IsChartChecksum(test.key, test.value, config.ConfigMap); got != test.chartConfigMap {
			t.Errorf("%s: %s: a chart's of a ConfigMap: want %t, got %t", test.key, test.value, test.chartConfigMap, got)
		}
	}
}

func TestAChecksumIsOfWhatItsKeyNames(t *testing.T) {
	long := strings.Repeat("a", 70)
	for _, test := range []struct {
		key  string
		of   propagation.Source
		want propagation.Match
	}{
		{"checksum/secret.db", propagation.Source{Kind: config.Secret, Name: "db"}, propagation.FullMatch},
		{"other/secret.db", propagation.Source{Kind: config.Secret, Name: "db"}, propagation.FullMatch},
		{"checksum/configmap.db", propagation.Source{Kind: config.Secret, Name: "db"}, propagation.NoMatch},
		{"checksum/secret.shop_db", propagation.Source{Kind: config.Secret, Namespace: "shop", Name: "db"}, propagation.FullMatch},
		{"checksum/secret.other_db", propagation.Source{Kind: config.Secret, Namespace: "shop", Name: "db"}, propagation.NoMatch},
		{"checksum/secret.db", propagation.Source{Kind: config.Secret, Name: "dev-db-2"}, propagation.PartMatch},
		{"checksum/secret.db", propagation.Source{Kind: config.Secret, Name: "dbs"}, propagation.NoMatch},
		{"checksum/secret.db", propagation.Source{Kind: config.Secret, Name: "xdb"}, propagation.NoMatch},
		{"checksum/secret.dev-db", propagation.Source{Kind: config.Secret, Name: "db"}, propagation.NoMatch},
		{"checksum/secret.", propagation.Source{Kind: config.Secret, Name: "db"}, propagation.NoMatch},
		{"checksum/secret." + long[:45] + "_5c89c4f6d5", propagation.Source{Kind: config.Secret, Name: long}, propagation.NoMatch},
	} {
		if got := propagation.MatchOf(test.key, test.of); got != test.want {
			t.Errorf("%s of %+v: want %d, got %d", test.key, test.of, test.want, got)
		}
	}
}
