package manifest_test

import (
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/proompteng/checksum-annotator/fn/manifest"
)

func TestReadTakesOneResourceList(t *testing.T) {
	tests := map[string]struct {
		input string
		want  []string
	}{
		"one item":                   {header + "items:\n- {kind: Service, metadata: {name: a}}\n", []string{"a"}},
		"items in their order":       {header + "items:\n- {kind: A, metadata: {name: z}}\n- {kind: A, metadata: {name: a}}\n", []string{"z", "a"}},
		"items empty":                {header + "items: []\n", nil},
		"items null":                 {header + "items:\n", nil},
		"items absent":               {header, nil},
		"items first":                {"items:\n- {kind: A, metadata: {name: a}}\n" + header, []string{"a"}},
		"a document start":           {"---\n" + header, nil},
		"a document end":             {header + "...\n", nil},
		"a comment before":           {"# hello\n" + header + "items: [{kind: A, metadata: {name: a}}]\n", []string{"a"}},
		"a comment document before":  {"# hello\n---\n" + header + "items: [{kind: A, metadata: {name: a}}]\n", []string{"a"}},
		"comment documents before":   {"---\n# hello\n---\n# world\n---\n" + header + "items: [{kind: A, metadata: {name: a}}]\n", []string{"a"}},
		"an empty document after":    {header + "items: [{kind: A, metadata: {name: a}}]\n---\n", []string{"a"}},
		"a comment document after":   {header + "items: [{kind: A, metadata: {name: a}}]\n---\n# bye\n", []string{"a"}},
		"a YAML directive":           {"%YAML 1.1\n---\n" + header, nil},
		"a byte order mark":          {"\ufeff" + header + "items: [{kind: A, metadata: {name: a}}]\n", []string{"a"}},
		"CR LF":                      {strings.ReplaceAll(header+"items:\n- kind: A\n  metadata:\n    name: a\n", "\n", "\r\n"), []string{"a"}},
		"JSON":                       {`{"apiVersion": "config.kubernetes.io/v1", "kind": "ResourceList", "items": [{"kind": "A", "metadata": {"name": "a"}}]}`, []string{"a"}},
		"JSON on several lines":      {"{\n\t\"kind\": \"ResourceList\",\n\t\"items\": [\n\t\t{\"kind\": \"A\", \"metadata\": {\"name\": \"a\"}}\n\t]\n}\n", []string{"a"}},
		"no apiVersion":              {"kind: ResourceList\nitems: [{kind: A, metadata: {name: a}}]\n", []string{"a"}},
		"the former apiVersion":      {"apiVersion: config.kubernetes.io/v1alpha1\nkind: ResourceList\nitems: [{kind: A, metadata: {name: a}}]\n", []string{"a"}},
		"results null":               {header + "results: null\n", nil},
		"items anchored and aliased": {header + "items:\n- &a {kind: A, metadata: {name: a}}\n- *a\n", []string{"a", "a"}},
	}
	for name, test := range tests {
		for way, read := range ways {
			t.Run(name+" "+way, func(t *testing.T) {
				list, err := read([]byte(test.input))
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(test.want, names(items(t, list))); diff != "" {
					t.Errorf("-want +got:\n%s", diff)
				}
			})
		}
	}
}

func TestReadRefusesWhatIsNoResourceList(t *testing.T) {
	tests := map[string]struct {
		input, want string
	}{
		"empty":                         {"", "it is empty"},
		"white space":                   {" \n\n", "it is empty"},
		"a comment":                     {"# hello\n", "it is empty"},
		"empty documents":               {"---\n---\n", "it is empty"},
		"null":                          {"null\n", "it is empty"},
		"several documents":             {header + "---\n" + header, "it has several documents"},
		"several objects":               {"kind: A\n---\nkind: B\n", "it has several documents"},
		"documents that make one list":  {"apiVersion: config.kubernetes.io/v1\n---\nkind: ResourceList\nitems:\n- kind: A\n  metadata:\n    name: a\n", "it has several documents"},
		"another object after the list": {header + "---\nkind: A\n", "it has several documents"},
		"another kind":                  {"apiVersion: v1\nkind: Secret\nmetadata: {name: a}\n", `it is of kind "Secret"`},
		"a v1 List":                     {"apiVersion: v1\nkind: List\nitems: []\n", `it is of kind "List"`},
		"no kind":                       {"apiVersion: v1\n", `it is of kind ""`},
		"kind null":                     {"kind:\n", `it is of kind ""`},
		"kind in other case":            {"kind: resourcelist\n", `it is of kind "resourcelist"`},
		"kind not a string":             {"kind: 1\n", "kind: expected a string, found a number"},
		"kind a list":                   {"kind: [ResourceList]\n", "kind: expected a string, found a list"},
		"kind twice":                    {header + "kind: ResourceList\n", "kind: the field is given twice: is a line --- missing between two documents?"},
		"a string":                      {"hello\n", "expected a mapping, found a string"},
		"a number":                      {"1\n", "expected a mapping, found a number"},
		"a list":                        {"- kind: ResourceList\n", "expected a mapping, found a list"},
		"items a mapping":               {header + "items: {kind: A}\n", "items: expected a list, found a mapping"},
		"items a string":                {header + "items: none\n", "items: expected a list, found a string"},
		"items a number":                {header + "items: 1\n", "items: expected a list, found a number"},
		"results a mapping":             {header + "results: {message: m}\n", "results: expected a list, found a mapping"},
		"results twice":                 {header + "results: []\nresults: []\n", "results: the field is given twice"},
	}
	for name, test := range tests {
		for way, read := range ways {
			t.Run(name+" "+way, func(t *testing.T) {
				_, err := read([]byte(test.input))
				if !errors.Is(err, manifest.ErrNoResourceList) {
					t.Fatalf("got the error %v, want ErrNoResourceList", err)
				}
				if diff := cmp.Diff("the input is no ResourceList: "+test.want, err.Error()); diff != "" {
					t.Errorf("-want +got:\n%s", diff)
				}
			})
		}
	}
}

func TestReadRefusesItemsThatAreGivenTwice(t *testing.T) {
	defer func() {
		if problem := recover(); problem != nil {
			t.Fatalf("panic: %v", problem)
		}
	}()
	_, err := readResourceList([]byte(header + "items: []\nitems: []\n"))
	if diff := cmp.Diff("the input is no ResourceList: items: the field is given twice", errorText(err)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestReadRefusesWhatIsNotYAML(t *testing.T) {
	tests := map[string]string{
		"open list":                     header + "items: [\n",
		"open quote":                    header + "items: \"\n",
		"first line indented":           "  " + header + "items:\n- kind: A\n  metadata:\n    name: a\n",
		"a value in the first column":   header + "items:\n- kind: A\n  metadata:\n    name: a\n  spec:\n{a: b}\n",
		"an anchor in the first column": header + "items:\n- kind: A\n  metadata:\n    name: a\n  spec:\n&a # x\n  b: c\n",
		"wrong indent":                  header + "  items: []\n",
		"tab as indent":                 header + "metadata:\n\tname: a\n",
		"unknown anchor":                header + "items: *nowhere\n",
		"control":                       header + "items: \x01\n",
		"not UTF-8":                     header + "items: \xff\n",
		"second document":               header + "---\n]\n",
		"document comment":              "# hello\n---\n]\n",
	}
	for name, input := range tests {
		for way, read := range ways {
			t.Run(name+" "+way, func(t *testing.T) {
				_, err := read([]byte(input))
				if err == nil || !strings.HasPrefix(err.Error(), "the input is not YAML: ") {
					t.Errorf("got the error %v", err)
				}
				if errors.Is(err, manifest.ErrNoResourceList) {
					t.Error("the error is ErrNoResourceList, whose message shows the right call")
				}
			})
		}
	}
}

// A stack overflow cannot be recovered from, so another process has to meet it.
func TestReadRefusesAnAnchorThatContainsItself(t *testing.T) {
	const variable = "READ_AN_ANCHOR_THAT_CONTAINS_ITSELF"
	input := header + "items:\n- &a\n  kind: A\n  <<: {<<: *a}\n"
	if os.Getenv(variable) != "" {
		list, err := readResourceList([]byte(input))
		if err == nil {
			if _, problems := list.Items(words); len(problems) == 0 {
				t.Error("got neither an error nor a problem")
			}
		}
		return
	}
	command := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
	command.Env = append(os.Environ(), variable+"=1")
	if output, err := command.CombinedOutput(); err != nil {
		t.Errorf("%v\n%.300s", err, output)
	}
}

func TestItemsSayWhatIsWrongWithThem(t *testing.T) {
	tests := map[string]struct {
		item, want string
	}{
		"null":                         {"null", "kind: an item needs a kind"},
		"empty":                        {"{}", "kind: an item needs a kind"},
		"a string":                     {"hello", "expected a mapping, found a string"},
		"a number":                     {"1", "expected a mapping, found a number"},
		"a boolean":                    {"true", "expected a mapping, found a boolean"},
		"a list":                       {"[]", "expected a mapping, found a list"},
		"no kind":                      {"{apiVersion: v1, metadata: {name: a}}", "kind: an item needs a kind"},
		"kind null":                    {"{kind: null, metadata: {name: a}}", "kind: an item needs a kind"},
		"kind empty":                   {"{kind: '', metadata: {name: a}}", "kind: an item needs a kind"},
		"kind a number":                {"{kind: 1, metadata: {name: a}}", "kind: expected a string, found a number"},
		"kind a list":                  {"{kind: [Thing], metadata: {name: a}}", "kind: expected a string, found a list"},
		"kind a mapping":               {"{kind: {a: b}, metadata: {name: a}}", "kind: expected a string, found a mapping"},
		"kind twice":                   {"{kind: Thing, kind: Thing, metadata: {name: a}}", "kind: the field is given twice: is a line --- missing between two documents?"},
		"apiVersion a number":          {"{apiVersion: 1, kind: Thing, metadata: {name: a}}", "apiVersion: expected a string, found a number"},
		"no metadata":                  {"{kind: Thing}", "metadata.name: a Thing needs a name"},
		"metadata null":                {"{kind: Thing, metadata: null}", "metadata.name: a Thing needs a name"},
		"metadata a string":            {"{kind: Thing, metadata: a}", "metadata: expected a mapping, found a string"},
		"metadata a list":              {"{kind: Thing, metadata: [a]}", "metadata: expected a mapping, found a list"},
		"metadata twice":               {"{kind: Thing, metadata: {name: a}, metadata: {name: a}}", "metadata: the field is given twice"},
		"no name":                      {"{kind: Thing, metadata: {namespace: n}}", "metadata.name: a Thing needs a name"},
		"name null":                    {"{kind: Thing, metadata: {name: null}}", "metadata.name: a Thing needs a name"},
		"name empty":                   {"{kind: Thing, metadata: {name: ''}}", "metadata.name: a Thing needs a name"},
		"name a number":                {"{kind: Thing, metadata: {name: 12}}", "metadata.name: expected a string, found a number"},
		"name a boolean":               {"{kind: Thing, metadata: {name: true}}", "metadata.name: expected a string, found a boolean"},
		"name a mapping":               {"{kind: Thing, metadata: {name: {a: b}}}", "metadata.name: expected a string, found a mapping"},
		"name twice":                   {"{kind: Thing, metadata: {name: a, name: b}}", "metadata.name: the field is given twice"},
		"namespace a number":           {"{kind: Thing, metadata: {name: a, namespace: 1}}", "metadata.namespace: expected a string, found a number"},
		"generateName empty":           {"{kind: Thing, metadata: {generateName: ''}}", "metadata.name: a Thing needs a name"},
		"generateName a number":        {"{kind: Thing, metadata: {generateName: 1}}", "metadata.name: a Thing needs a name"},
		"List without a list of items": {"{apiVersion: v1, kind: List, items: a}", "metadata.name: a List needs a name"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			for _, text := range []string{test.item, blockStyle(t, test.item)} {
				list := read(t, listOf("{kind: A, metadata: {name: before}}", text, "{kind: A, metadata: {name: after}}"))
				if _, problems := list.Items(nil); len(problems) != 1 {
					t.Errorf("without words, got the problems %v, want one\n%s", problems, text)
				}
				found, problems := list.Items(words)
				if diff := cmp.Diff([]string{"before", "after"}, names(found)); diff != "" {
					t.Errorf("the other items (-want +got):\n%s\n%s", diff, text)
				}
				if len(problems) != 1 {
					t.Fatalf("got the problems %v, want one\n%s", problems, text)
				}
				if diff := cmp.Diff(test.want, problems[0].Error()); diff != "" {
					t.Errorf("-want +got:\n%s\n%s", diff, text)
				}
				if problems[0].Item == nil || problems[0].Item.Position != 1 {
					t.Errorf("the problem is told of %+v, want the item at 1\n%s", problems[0].Item, text)
				}
			}
		})
	}
}

func TestItemsTellEveryProblem(t *testing.T) {
	list := read(t, listOf("1", "{kind: A, metadata: {name: a}}", "{kind: Thing}", "{kind: 1}"))
	_, problems := list.Items(words)
	var got []string
	for _, problem := range problems {
		got = append(got, problem.Item.String()+": "+problem.Error())
	}
	want := []string{
		"items[0]: expected a mapping, found a number",
		"items[2]: metadata.name: a Thing needs a name",
		"items[3]: kind: expected a string, found a number",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// An identity that was read before the problem, and the file, help to find it.
func TestProblemsNameTheItemAsFarAsItIsKnown(t *testing.T) {
	list := read(t, listOf(`
apiVersion: v1
kind: Secret
metadata:
  namespace: prod
  name: 1
  annotations:
    config.kubernetes.io/path: a.yaml
    config.kubernetes.io/index: "3"
`))
	_, problems := list.Items(words)
	if len(problems) != 1 {
		t.Fatalf("got the problems %v, want one", problems)
	}
	item := problems[0].Item
	got := []string{item.APIVersion, item.Kind, item.Namespace, item.Name, item.File.Path, item.File.Index}
	if diff := cmp.Diff([]string{"v1", "Secret", "prod", "", "a.yaml", "3"}, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestFunctionConfig(t *testing.T) {
	type object = map[string]any
	tests := map[string]struct {
		fields string
		want   any
	}{
		"absent":                        {"", nil},
		"null":                          {"functionConfig: null\n", nil},
		"empty":                         {"functionConfig: {}\n", object{}},
		"scalars":                       {"functionConfig: {a: x, b: 1, c: true, d: null, e: 1.5, f: '1'}\n", object{"a": "x", "b": 1, "c": true, "d": nil, "e": 1.5, "f": "1"}},
		"nested":                        {"functionConfig:\n  spec:\n    secrets:\n    - a\n    - {name: b}\n", object{"spec": object{"secrets": []any{"a", object{"name": "b"}}}}},
		"aliases":                       {"functionConfig:\n  a: &a [x]\n  b: *a\n", object{"a": []any{"x"}, "b": []any{"x"}}},
		"merge":                         {"functionConfig:\n  a: &a {x: 1, y: 2}\n  b: {<<: *a, x: 3}\n", object{"a": object{"x": 1, "y": 2}, "b": object{"x": 3, "y": 2}}},
		"no object":                     {"functionConfig: hello\n", "hello"},
		"a name that looks like a date": {"functionConfig: {name: 2026-02-01}\n", object{"name": "2026-02-01"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := read(t, header+test.fields).FunctionConfig()
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestFunctionConfigErrors(t *testing.T) {
	tests := map[string]string{
		"given twice":        "functionConfig: {}\nfunctionConfig: {}\n",
		"a field twice":      "functionConfig: {a: 1, a: 2}\n",
		"wrong explicitly":   "functionConfig: {a: !!int x}\n",
		"merge of no map":    "functionConfig: {<<: x}\n",
		"contains itself":    "functionConfig: &a {a: *a}\n",
		"a mapping as a key": "functionConfig: {{a: b}: c}\n",
	}
	for name, fields := range tests {
		t.Run(name, func(t *testing.T) {
			list, err := readResourceList([]byte(header + fields))
			if err == nil {
				_, err = list.FunctionConfig()
			}
			if err == nil {
				t.Error("got no error")
			}
		})
	}
}

// The word stands in each input where a value could stand.
func TestErrorsNeverQuoteValues(t *testing.T) {
	const secret = "hunter2"
	tests := map[string]string{
		"a value that begins with a star":            listOf(configMap("data: {password: *hunter2 }\n")),
		"a value that begins with an ampersand":      listOf(configMap("data: {password: &hunter2 *x}\n")),
		"a value that begins with !":                 listOf(configMap("data: {password: !hunter2 }\n")),
		"a value that begins with ! and has another": listOf(configMap("data: {password: !h!hunter2 }\n")),
		"a value that begins with @":                 listOf(configMap("data: {password: @hunter2}\n")),
		"a value that begins with %":                 listOf(configMap("data: {password: %hunter2}\n")),
		"a value that begins with a backquote":       listOf(configMap("data: {password: `hunter2`}\n")),
		"a value with a colon":                       listOf(configMap("data:\n  password: hunter2: x\n")),
		"a value with an open quote":                 listOf(configMap("data: {password: \"hunter2}\n")),
		"a value with an unknown escape":             listOf(configMap("data: {password: \"hunter2\\q\"}\n")),
		"a value without indentation":                listOf(configMap("data:\n  password: |\n hunter2\n")),
		"a value of the wrong tag":                   listOf(configMap("data: {password: !!int hunter2}\n")),
		"a value of the wrong tag with backquotes":   header + "functionConfig: {spec: {salt: !!int \"a`hunter2`hunter2\"}}\n",
		"a salt of the wrong tag":                    header + "functionConfig: {spec: {salt: !!int hunter2}}\n",
		"a salt in a mapping as a key":               header + "functionConfig: {{salt: hunter2}: x}\n",
		"a salt in a list as a key":                  header + "functionConfig: {[hunter2]: x}\n",
		"a merge of no mapping":                      header + "functionConfig: {<<: hunter2}\n",
		"a mapping for a string":                     listOf(configMap("data: {password: {x: hunter2}}\n")),
		"a list for a string":                        listOf(configMap("data: {password: [hunter2]}\n")),
		"a string for a mapping":                     listOf(configMap("data: hunter2\n")),
		"a list for a mapping":                       listOf(configMap("data: [hunter2]\n")),
		"a value twice":                              listOf(configMap("data: {password: hunter2, password: hunter2}\n")),
		"items that are text":                        header + "items: hunter2\n",
		"an item that is text":                       listOf("hunter2"),
		"a text":                                     "hunter2",
	}
	for name, input := range tests {
		t.Run(name, func(t *testing.T) {
			for _, err := range errorsOf(input) {
				if strings.Contains(err.Error(), secret) {
					t.Errorf("the error quotes a value: %v", err)
				}
			}
		})
	}
}

// errorsOf returns the errors of looking at all that there is in an input.
func errorsOf(input string) []error {
	list, err := readResourceList([]byte(input))
	if err != nil {
		return []error{err}
	}
	var errs []error
	add := func(err error) {
		if err != nil {
			errs = append(errs, err)
		}
	}
	_, err = list.FunctionConfig()
	add(err)
	found, problems := list.Items(words)
	for _, problem := range problems {
		add(problem)
	}
	for _, item := range found {
		data, err := item.Root().At("data")
		add(err)
		if err != nil {
			continue
		}
		_, err = data.At("password", "x", "y")
		add(err)
		_, err = data.Text()
		add(err)
		_, err = data.Texts()
		add(err)
		_, err = data.Elements()
		add(err)
		entries, err := data.Entries()
		add(err)
		for _, entry := range entries {
			_, err = entry.Elements()
			add(err)
		}
	}
	return errs
}

func TestItemsFindsObjectsByWords(t *testing.T) {
	input := listOf(
		"apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\ndata:\n  a: aWJlcmlh\n",
		"apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  uses: db-replica\n",
		"apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: api\nspec:\n  uses: \"db\"\n",
		"apiVersion: v1\nkind: Service\nmetadata: {name: web.db}\n",
		"apiVersion: v1\nkind: Secret\nmetadata:\n  name: other\n",
		"apiVersion: v1\nkind: A\nmetadata:\n  name: escaped\nuses: \"d\\x62\"\n",
		"apiVersion: v1\nkind: A\nmetadata:\n  name: aliased\nx: &x [key]\nuses: *x\n",
		"apiVersion: v1\nkind: A\nmetadata:\n  name: key-holder\nkey: {a: [b]}\n",
	)
	tests := map[string]struct {
		words []string
		want  []string
	}{
		"a name":          {[]string{"db"}, []string{"db", "api", "escaped"}},
		"a kind":          {[]string{"Deployment"}, []string{"web", "api"}},
		"several words":   {[]string{"db", "Service"}, []string{"db", "api", "web.db", "escaped"}},
		"a name with -":   {[]string{"db-replica"}, []string{"web"}},
		"a name with .":   {[]string{"web.db"}, []string{"web.db"}},
		"a key":           {[]string{"key"}, []string{"aliased", "key-holder"}},
		"no word":         {nil, nil},
		"empty word":      {[]string{""}, nil},
		"a word not used": {[]string{"iberia"}, nil},
		"a part of one":   {[]string{"d"}, nil},
	}
	for name, test := range tests {
		for way, read := range ways {
			t.Run(name+" "+way, func(t *testing.T) {
				list, err := read([]byte(input))
				if err != nil {
					t.Fatal(err)
				}
				found, problems := list.Items(test.words)
				if len(problems) > 0 {
					t.Errorf("got the problems %v", problems)
				}
				if diff := cmp.Diff(test.want, names(found)); diff != "" {
					t.Errorf("-want +got:\n%s", diff)
				}
			})
		}
	}
}

func TestItemsFindsObjectsThatAreOutOfShape(t *testing.T) {
	tests := map[string]struct {
		fields string
		want   bool
	}{
		"as expected":                 {"spec:\n  shapedMapping:\n    a: b\n  shapedList:\n  - a: b\n", false},
		"absent":                      {"spec: {}\n", false},
		"null":                        {"spec:\n  shapedMapping:\n  shapedList:\n", false},
		"empty":                       {"spec:\n  shapedMapping: {}\n  shapedList: []\n", false},
		"null in a list":              {"spec:\n  shapedList:\n  -\n  - null\n  - a: b\n", false},
		"a string for a mapping":      {"spec:\n  shapedMapping: a\n", true},
		"a list for a mapping":        {"spec:\n  shapedMapping:\n  - a\n", true},
		"a string for a list":         {"spec:\n  shapedList: a\n", true},
		"a mapping for a list":        {"spec:\n  shapedList:\n    a: b\n", true},
		"a string in a list":          {"spec:\n  shapedList:\n  - a: b\n  - a\n", true},
		"a list in a list":            {"spec:\n  shapedList:\n  - - a\n", true},
		"a block for a mapping":       {"spec:\n  shapedMapping: |\n    a: b\n", true},
		"a mapping in flow style":     {"spec: {shapedMapping: {a: b}, shapedList: [{a: b}]}\n", false},
		"a string in flow style":      {"spec: {shapedMapping: a}\n", true},
		"a list's string, flow style": {"spec:\n  shapedList: [a]\n", true},
		"a quoted key":                {"spec:\n  \"shapedMapping\": a\n", true},
		"an alias of a string":        {"x: &x a\nspec:\n  shapedMapping: *x\n", true},
		"an alias of a mapping":       {"x: &x {a: b}\nspec:\n  shapedMapping: *x\n", false},
		"another field":               {"spec:\n  shapedmapping: a\n  List: b\n", false},
		"deep":                        {"a:\n- b:\n  - c:\n      shapedMapping: 1\n", true},
	}
	for name, test := range tests {
		for way, read := range ways {
			t.Run(name+" "+way, func(t *testing.T) {
				list, err := read([]byte(listOf("apiVersion: v1\nkind: A\nmetadata:\n  name: a\n" + test.fields)))
				if err != nil {
					t.Fatal(err)
				}
				found, problems := list.Items(nil)
				if len(problems) > 0 {
					t.Errorf("got the problems %v", problems)
				}
				if got := len(found) > 0; got != test.want {
					t.Errorf("found: %v, want %v", got, test.want)
				}
			})
		}
	}
}

func TestWordsOfFormerCallsStayWanted(t *testing.T) {
	for way, read := range ways {
		list, err := read([]byte(listOf("kind: A\nmetadata:\n  name: a\n", "kind: A\nmetadata:\n  name: b\n", "kind: A\nmetadata:\n  name: c\n", "kind: A\nmetadata:\n  name: d\n")))
		if err != nil {
			t.Fatal(err)
		}
		for _, word := range []string{"c", "a", "d"} {
			list.Items([]string{word})
		}
		found, _ := list.Items(nil)
		if diff := cmp.Diff([]string{"a", "c", "d"}, names(found)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", way, diff)
		}
		for i, position := range []int{0, 2, 3} {
			if found[i].Position != position {
				t.Errorf("%s: %v is at %d, want %d", way, found[i], found[i].Position, position)
			}
		}
	}
}
