package examples

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/proompteng/checksum-annotator/fn"
	"github.com/proompteng/checksum-annotator/fn/report"
)

// The page that "audit -o html" prints is opened in a browser: with 500 workloads, with
// hostile names, with a keyboard, in light and in dark.
func TestPageInABrowser(t *testing.T) {
	b := startBrowser(t)
	audit, results := fn.Audit(listsOf(t, manyWorkloads(500)), nil)
	if results.Failed() {
		t.Fatal(results.Lines())
	}
	b.open(t, audit.HTML())

	const (
		shown  = `document.querySelectorAll("li:not([hidden]) > button").length`
		drawn  = `document.querySelectorAll("path:not([hidden])").length`
		active = `document.activeElement.textContent`
	)
	b.check(t, "sources and workloads are shown", shown, "1001")
	b.check(t, "a line leads from each use", drawn, "1000")
	b.check(t, "lines begin at sources and end at workloads", `(() => {
		const [x1, y1] = document.querySelector("path").getAttribute("d").slice(1).split(/[ C]/).map(Number);
		return x1 > 0 && y1 > 0;
	})()`, "true")

	t.Run("filters", func(t *testing.T) {
		b.eval(t, `gaps.click()`)
		b.check(t, "those of what reaches pods are hidden", drawn, "750")
		b.eval(t, `const n = document.getElementById("namespace"); n.value = "/team-3"; n.dispatchEvent(new Event("change"))`)
		b.check(t, "and those of other namespaces", `[...document.querySelectorAll("#readers li:not([hidden])")].every(item => item.textContent.includes("team-3/"))`, "true")
		b.eval(t, `document.getElementById("find").value = "app-013"; document.getElementById("find").dispatchEvent(new Event("input"))`)
		b.check(t, "and other names", `document.querySelectorAll("#readers li:not([hidden])").length`, "1")
		b.press(t, "Escape")
		b.check(t, "all are shown again", shown, "1001")
	})
	t.Run("keyboard", func(t *testing.T) {
		b.eval(t, `document.querySelector("#readers button").focus()`)
		b.check(t, "the neighbours are lit", `document.querySelectorAll("button.on").length`, "3")
		b.check(t, "and told of", `document.querySelectorAll("#details li").length`, "2")
		b.press(t, "ArrowDown")
		b.check(t, "down is the next one", active, "Deploymentteam-0/app-010")
		b.press(t, "ArrowLeft")
		b.check(t, "left is what it reads", active, "Secretshared")
		b.press(t, "Enter")
		b.check(t, "what is chosen is shown with its neighbours alone", shown, "501")
		b.check(t, "and has an address", `location.hash.startsWith("#s")`, "true")
		b.press(t, "Escape")
		b.check(t, "all are shown again", shown, "1001")
	})
	t.Run("mouse", func(t *testing.T) {
		b.call(t, "Input.dispatchMouseEvent", map[string]any{"type": "mouseMoved", "x": 60, "y": 230})
		b.check(t, "hovering lights what is near", `main.classList.contains("lit") && document.querySelectorAll("button.on").length > 1`, "true")
		b.call(t, "Input.dispatchMouseEvent", map[string]any{"type": "mouseMoved", "x": 1, "y": 1})
	})
	t.Run("colours", func(t *testing.T) {
		background := `getComputedStyle(document.body).backgroundColor`
		for scheme, want := range map[string]string{"light": "rgb(255, 255, 255)", "dark": "rgb(13, 17, 23)"} {
			b.call(t, "Emulation.setEmulatedMedia", map[string]any{"features": []any{map[string]any{"name": "prefers-color-scheme", "value": scheme}}})
			b.check(t, scheme, background, want)
		}
	})
	t.Run("narrow", func(t *testing.T) {
		b.call(t, "Emulation.setDeviceMetricsOverride", map[string]any{"width": 480, "height": 800, "deviceScaleFactor": 1, "mobile": false})
		b.check(t, "nothing is wider than the window", `document.documentElement.scrollWidth <= 480`, "true")
	})
	t.Run("hostile names", func(t *testing.T) {
		const name = `</script><img src=x onerror="document.title='EVIL'"><b>bold`
		hostile := report.Audit{Workloads: []report.WorkloadAudit{{
			Workload: report.ResourceRef{Kind: "Deployment", Namespace: name, Name: name},
			Uses:     []report.SourceUse{{Source: report.ResourceRef{Kind: "Secret", Name: name}, Keys: []string{name}, Way: "not at all"}},
		}}}
		b.open(t, hostile.HTML())
		b.check(t, "they are text", `document.querySelector("#readers button").textContent.endsWith("<b>bold") && !document.querySelector("img, b")`, "true")
		b.check(t, "and do nothing", `document.title`, "What workloads read")
	})
	t.Run("the network", func(t *testing.T) {
		b.check(t, "nothing is fetched", `performance.getEntriesByType("resource").length`, "0")
	})
}

// manyWorkloads returns a render with workloads that each read a ConfigMap of their own,
// some as files, and a Secret of their namespace.
func manyWorkloads(count int) string {
	var render strings.Builder
	for i := range count {
		namespace, how := fmt.Sprintf("team-%d", i%10), "envFrom: [{configMapRef: {name: app-%03d}}, {secretRef: {name: shared}}]}]"
		if i%2 == 0 {
			how = "envFrom: [{secretRef: {name: shared}}], volumeMounts: [{name: v, mountPath: /v}]}], volumes: [{name: v, configMap: {name: app-%03d}}]"
		}
		fmt.Fprintf(&render, "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: app-%03d, namespace: %s}\ndata: {a: b}\n", i, namespace)
		fmt.Fprintf(&render, "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: app-%03d, namespace: %s}\nspec: {template: {spec: {containers: [{name: c, "+how+"}}}\n", i, namespace, i)
	}
	render.WriteString("---\napiVersion: v1\nkind: Secret\nmetadata: {name: shared}\nstringData: {a: b}\n")
	return render.String()
}

// A browser is a headless Chromium that is told what to do by its DevTools protocol, over
// pipes.
type browser struct {
	to      *os.File
	from    *bufio.Reader
	session string
	calls   int
	dir     string
}

func startBrowser(t *testing.T) *browser {
	t.Helper()
	path := program(t, "chromium")
	in, to, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	from, out, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	command := exec.Command(path, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--window-size=1100,900",
		"--user-data-dir="+filepath.Join(dir, "profile"), "--remote-debugging-pipe")
	command.ExtraFiles = []*os.File{in, out} // 3 and 4, as the option says
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = command.Process.Kill()
		_ = command.Wait()
		_, _ = to.Close(), from.Close()
	})
	_, _ = in.Close(), out.Close()
	return &browser{to: to, from: bufio.NewReader(from), dir: dir}
}

// call calls a method, and returns its result.
func (b *browser) call(t *testing.T, method string, params map[string]any) map[string]any {
	t.Helper()
	b.calls++
	request := map[string]any{"id": b.calls, "method": method, "params": params}
	if b.session != "" {
		request["sessionId"] = b.session
	}
	text, err := json.Marshal(request)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.to.Write(append(text, 0)); err != nil {
		t.Fatal(err)
	}
	for {
		text, err := b.from.ReadBytes(0)
		if err != nil {
			t.Fatalf("the browser is gone: %v", err)
		}
		var answer struct {
			ID     int
			Result map[string]any
			Error  any
		}
		if err := json.Unmarshal(text[:len(text)-1], &answer); err != nil {
			t.Fatal(err)
		}
		if answer.ID != b.calls {
			continue // an event
		}
		if answer.Error != nil {
			t.Fatalf("%s: %v", method, answer.Error)
		}
		return answer.Result
	}
}

// open opens a page in a new tab, when it is loaded.
func (b *browser) open(t *testing.T, page string) {
	t.Helper()
	path := filepath.Join(b.dir, "page.html")
	if err := os.WriteFile(path, []byte(page), 0o600); err != nil {
		t.Fatal(err)
	}
	b.session = ""
	target, _ := b.call(t, "Target.createTarget", map[string]any{"url": "about:blank"})["targetId"].(string)
	b.session, _ = b.call(t, "Target.attachToTarget", map[string]any{"targetId": target, "flatten": true})["sessionId"].(string)
	b.call(t, "Page.navigate", map[string]any{"url": "file://" + path})
	b.eval(t, `new Promise(done => document.readyState === "complete" ? done() : addEventListener("load", done))`)
}

// eval returns the value of an expression in the page.
func (b *browser) eval(t *testing.T, expression string) any {
	t.Helper()
	answer := b.call(t, "Runtime.evaluate", map[string]any{"expression": expression, "returnByValue": true, "awaitPromise": true})
	if answer["exceptionDetails"] != nil {
		t.Fatalf("%s: %v", expression, answer["exceptionDetails"])
	}
	result, _ := answer["result"].(map[string]any)
	return result["value"]
}

func (b *browser) check(t *testing.T, what, expression, want string) {
	t.Helper()
	if got := fmt.Sprint(b.eval(t, expression)); got != want {
		t.Errorf("%s: want %s, got %s", what, want, got)
	}
}

// press presses a key.
func (b *browser) press(t *testing.T, key string) {
	t.Helper()
	params := map[string]any{"type": "keyDown", "key": key, "code": key}
	if key == "Enter" {
		params["text"] = "\r"
	}
	b.call(t, "Input.dispatchKeyEvent", params)
	params["type"] = "keyUp"
	b.call(t, "Input.dispatchKeyEvent", params)
}
