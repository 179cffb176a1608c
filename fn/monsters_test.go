package fn_test

import (
	"fmt"
	"strings"
)

// monsters are objects whose text invites mistakes.
var monsters = map[string]string{
	"lines of other documents in a block scalar": `apiVersion: v1
kind: ConfigMap
metadata:
  name: source
data:
  a: |
    - apiVersion: v1
    ---
    items:
    - x
  b: >-
    ---
    ...
    %YAML 1.2
`,
	"an indentation indicator":                         "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: source\ndata:\n  a: |2\n      x\n    - y\n  b: |+\n    z\n\n\n",
	"an empty block scalar":                            "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: source\ndata:\n  a: |\n  b: >\n\n  c: |-\n    x\n",
	"leading spaces in a block scalar":                 "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: source\ndata:\n  a: |\n      \n    x\n  b: y\n",
	"a quoted scalar that goes on at the first column": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: source\ndata:\n  a: \"x\n- y\n---z\n  w\"\n",
	"a plain scalar on several lines":                  "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: source\n  labels:\n    a: x\n      y\n     z\ndata: {}\n",
	"a flow collection on several lines":               "apiVersion: v1\nkind: ConfigMap\nmetadata: {\nname: source,\n  labels: {\n\"a\": b }\n}\n",
	"a name behind an escape":                          "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: \"s\\x6furce\"\ndata:\n  a: b\n",
	"a name folded by an escape":                       "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: \"sou\\\n    rce\"\ndata:\n  a: b\n",
	"a name in a folded scalar":                        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: >-\n    source\ndata:\n  a: b\n",
	"a name as an alias":                               "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  labels: {x: &n source}\n  name: *n\ndata:\n  a: b\n",
	"an alias of another document":                     "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: *elsewhere\n",
	"merge keys":                                       "apiVersion: v1\nkind: ConfigMap\nmetadata: &m\n  name: source\n  labels: {a: b}\ndata:\n  <<: [{a: x}, {b: y}]\n  c: z\n",
	"tags":                                             "apiVersion: !!str v1\nkind: !k ConfigMap\nmetadata: !!map\n  name: !!str source\ndata:\n  a: !!binary eA==\n",
	"emoji and other scripts":                          "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: source\ndata:\n  \"😀\": \"🎉 \\U0001F600\"\n  ключ: значение # 注释\n",
	"a NUL":                                            "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: source\ndata:\n  a: x\x00y\n",
	"a byte order mark":                                "\ufeffapiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: source\n",
	"Unicode line ends":                                "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: source\ndata:\n  a: x\u2028  b\n  c: y\u0085z\n",
	"no UTF-8":                                         "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: source\ndata:\n  a: \xff\xfe\n",
	"tabs":                                             "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: source\ndata:\n  a:\tx\n  b: \"\ty\"\n  c: |\n    \tz\n\t\n",
	"CRLF":                                             "apiVersion: v1\r\nkind: ConfigMap\r\nmetadata:\r\n  name: source\r\ndata:\r\n  a: |\r\n    x\r\n",
	"a line of a megabyte":                             "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: source\ndata:\n  a: " + strings.Repeat("x", 1<<20) + "\n",
	"9,000 levels of flow":                             "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: source\ndata: " + strings.Repeat("[", 9_000) + strings.Repeat("]", 9_000) + "\n",
	"10,000 levels of blocks":                          "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: source\ndata:\n  " + strings.Repeat("- ", 10_000) + "x\n",
	"an alias bomb":                                    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: source\n" + bomb() + "data: *a9\n",
	"an alias of itself":                               "apiVersion: v1\nkind: ConfigMap\nmetadata: &m\n  name: source\n  labels: *m\n",
	"comments everywhere":                              "# a\napiVersion: v1 # b\n# c\nkind: ConfigMap\n    # d\nmetadata: # e\n# f\n  # g\n  name: source # h\ndata:\n  # i\n  a: x#y # j\n# k\n",
	"the fields twice":                                 "apiVersion: v1\nkind: ConfigMap\nkind: Secret\nmetadata:\n  name: source\nmetadata:\n  name: other\n",
	"a name twice":                                     "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: source\n  name: other\n",
	"quoted fields":                                    "\"apiVersion\": v1\n'kind': ConfigMap\n\"metadata\":\n  \"name\": source\n",
	"a name in a deeper place":                         "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  labels:\n    name: source\n",
	"explicit keys":                                    "? apiVersion\n: v1\nkind: ConfigMap\nmetadata:\n  name: source\n",
	"a value that looks like a key":                    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: source\ndata:\n  a: b: c\n",
	"bad indentation":                                  "apiVersion: v1\nkind: ConfigMap\nmetadata:\n    name: source\n  labels: {}\n",
	"a list where a mapping was":                       "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: source\n- x\n",
	"a name that is a number":                          "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: 017\n",
	"a name that is null":                              "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ~\n",
	"a namespace that is a boolean":                    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: source\n  namespace: true\n",
	"a kind that is a list":                            "apiVersion: v1\nkind:\n- ConfigMap\nmetadata:\n  name: source\n",
	"a List":                                           "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: ConfigMap\n  metadata:\n    name: source\n  data: {a: b}\n- kind: Secret\n",
	"no final newline in a block scalar":               "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: source\ndata:\n  a: |\n    x",
	"a directive":                                      "%YAML 1.1\n---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: source\n",
	"a document end":                                   "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: source\n...\n",
	"JSON":                                             `{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "user"}, "spec": {"template": {"spec": {"containers": [{"name": "c", "envFrom": [{"configMapRef": {"name": "source"}}]}]}}}}` + "\n",
	"annotations as an anchor":                         "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: user\nspec:\n  template:\n    metadata:\n      annotations: &a\n        x: y\n      labels: *a\n    spec:\n      containers:\n      - envFrom:\n        - configMapRef:\n            name: source\n",
	"a pod template as an alias":                       "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: user\nother: &t\n  spec:\n    containers:\n    - envFrom:\n      - configMapRef:\n          name: source\nspec:\n  template: *t\n",
	"annotations by a merge key":                       "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: user\nspec:\n  template:\n    metadata:\n      annotations:\n        <<: {checksum/secret.gone: x, y: z}\n    spec:\n      containers:\n      - envFrom:\n        - configMapRef:\n            name: source\n",
	"an annotation on two lines":                       "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: user\nspec:\n  template:\n    metadata:\n      annotations:\n        checksum/configmap.source: x\n          y\n        checksum/secret.gone: |\n          z\n    spec:\n      containers:\n      - envFrom:\n        - configMapRef:\n            name: source\n",
	"a template in one line":                           "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: user\nspec:\n  template: {metadata: {annotations: {a: b, checksum/secret.gone: x}}, spec: {containers: [{envFrom: [{configMapRef: {name: source}}]}]}}\n",
	"a template in a list":                             "apiVersion: ray.io/v1\nkind: RayCluster\nmetadata:\n  name: user\nspec:\n  workers:\n  - template:\n      spec:\n        containers:\n        - envFrom:\n          - configMapRef:\n              name: source\n",
}

func bomb() string {
	var levels strings.Builder
	levels.WriteString("a0: &a0 [x, x, x, x, x, x, x, x, x]\n")
	for level := 1; level < 10; level++ {
		fmt.Fprintf(&levels, "a%d: &a%d [", level, level)
		for range 9 {
			fmt.Fprintf(&levels, "*a%d, ", level-1)
		}
		levels.WriteString("x]\n")
	}
	return levels.String()
}
