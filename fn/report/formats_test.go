package report_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"github.com/proompteng/checksum-annotator/fn/internal/fielddiff"
	"github.com/proompteng/checksum-annotator/fn/propagation"
	"github.com/proompteng/checksum-annotator/fn/report"
)

// hostile are texts that mean something in one of the formats. Each has the mark.
const mark = "EVIL"

var hostile = []string{
	"EVIL\nnext line | `", "\x1b[31mEVIL\x1b[0m\x07", "EVIL`|`<img src=x onerror=alert(1)>", "`` EVIL ``", "EVIL\\|\\",
	"</script><script>alert('EVIL')</script>", "<!-- EVIL", "\"]; click EVIL href \"javascript:alert(1)\"", "EVIL#quot;\"--> end",
	"[EVIL](https://example.com) @someone #1 https://EVIL.example", "::error::EVIL", "##[error]EVIL", "\u202eEVIL\u2028\u2029",
	"*EVIL* _x_ ~~y~~ $z$", "&lt;EVIL&#60;", "{{EVIL}}", "${EVIL}", "EVIL\x00\xff\xfe", "%%{init: EVIL}%%",
}

// reports returns an impact and an audit that have a text wherever one can stand.
func reports(text string) (report.Impact, report.Audit) {
	ref := func(kind string) report.ResourceRef {
		return report.ResourceRef{APIVersion: text, Kind: kind, Namespace: text, Name: text}
	}
	texts := []string{text, text}
	impact := report.Impact{Notes: []string{"a note with " + text}}
	for _, outcome := range []report.Outcome{report.Stale, report.Refreshed, report.Restarts, report.Reloads, report.NextPods, report.Added, report.Removed} {
		w := report.WorkloadImpact{Workload: ref(text), Outcome: outcome, TemplateChanged: true, Fields: []fielddiff.Field{{Path: text, Kind: fielddiff.Changed}}}
		for _, way := range []propagation.Way{propagation.ByChecksum, propagation.ByName, propagation.ByChart, propagation.ByController, propagation.ByFile, propagation.ByNextPods, propagation.NotAtAll} {
			w.Sources = append(w.Sources, report.SourceChange{
				Source: ref("Secret"), Was: text, Kind: fielddiff.Changed, Way: way, By: text, Forms: []string{"env"},
				Keys: report.KeyChanges{Added: texts, Removed: texts, Changed: texts},
			})
		}
		impact.Workloads = append(impact.Workloads, w)
	}
	made := ref(text)
	audit := report.Audit{
		Workloads: []report.WorkloadAudit{{Workload: ref(text), Uses: []report.SourceUse{
			{Source: ref("Secret"), MadeOf: &made, Forms: []string{"env"}, Keys: texts, Way: propagation.NotAtAll},
			{Source: ref("ConfigMap"), Forms: []string{"file"}, Way: propagation.ByChart, By: text},
			{Source: ref("ConfigMap"), Forms: []string{"file"}, Way: propagation.NotAtAll, Problem: text},
			{Source: ref("ConfigMap"), Forms: []string{"file"}, Way: propagation.NotAtAll, Unseen: text},
			{Source: ref("ConfigMap"), Forms: []string{"file"}, Way: propagation.NotAtAll, Missing: true},
		}}},
		Unread: []report.UnreadSource{{Source: ref("Secret"), MadeOf: &made}},
	}
	return impact, audit
}

// eachHostile calls check with both reports of each hostile text, in a format.
func eachHostile(t *testing.T, format func(report.Impact) string, other func(report.Audit) string, check func(t *testing.T, output string)) {
	t.Helper()
	for i, text := range hostile {
		impact, audit := reports(text)
		t.Run(fmt.Sprint("impact ", i), func(t *testing.T) { check(t, format(impact)) })
		t.Run(fmt.Sprint("audit ", i), func(t *testing.T) { check(t, other(audit)) })
	}
}

func checkPrintable(t *testing.T, output string) {
	t.Helper()
	for _, c := range output {
		if c != '\n' && (!unicode.IsPrint(c) || c == unicode.ReplacementChar) {
			t.Errorf("the output has the character %q", c)
		}
	}
	for _, line := range strings.Split(output, "\n") {
		if strings.HasPrefix(line, "next line") || strings.HasPrefix(line, "::") || strings.Contains(line, "##[") {
			t.Errorf("the output has the line %q", line)
		}
	}
	if !strings.Contains(output, mark) {
		t.Error("the output lacks the text")
	}
}

func TestTablesShowNamesAsTextAlone(t *testing.T) {
	plain := report.Terminal{}
	eachHostile(t, func(i report.Impact) string { return i.Table(plain) }, func(a report.Audit) string { return a.Table(plain) }, checkPrintable)
}

func TestFunctionConfigsShowNamesInCommentsAlone(t *testing.T) {
	none := func(report.Impact) string { return mark }
	eachHostile(t, none, report.Audit.FunctionConfig, func(t *testing.T, output string) {
		checkPrintable(t, output)
		for _, line := range strings.Split(output, "\n") {
			if strings.Contains(line, mark) && output != mark && !strings.HasPrefix(strings.TrimSpace(line), "#") {
				t.Errorf("the output has the line %q", line)
			}
		}
	})
}

func TestMarkdownShowsNamesAsCodeAlone(t *testing.T) {
	code := regexp.MustCompile("`[^`\n]*`")
	eachHostile(t, report.Impact.Markdown, report.Audit.Markdown, func(t *testing.T, output string) {
		checkPrintable(t, output)
		for _, line := range strings.Split(output, "\n") {
			outside := code.ReplaceAllString(line, "")
			if strings.HasPrefix(line, "> ") {
				outside = regexp.MustCompile(`&#\d+;|`+mark).ReplaceAllString(outside, "")
			}
			for _, allowed := range []string{"<br>", "<details><summary>", "</summary>", "</details>"} {
				outside = strings.ReplaceAll(outside, allowed, "")
			}
			if strings.ContainsAny(outside, "`<&@[\\$~") || strings.Contains(outside, mark) {
				t.Errorf("the output has, outside of code, %q", outside)
			}
			if cells := strings.Count(line, "|"); strings.HasPrefix(line, "| ") && cells != strings.Count(outside, "|") {
				t.Errorf("a name ends a cell: %q", line)
			}
		}
	})
}

func TestMermaidShowsNamesInLabelsAlone(t *testing.T) {
	line := regexp.MustCompile(`^(flowchart LR|  end|  (subgraph )?[nsw]\d+\[L\]|    [sw]\d+\[L\]|  s\d+ -- L --> w\d+|  linkStyle \d+ [a-z0-9:#,-]+|)$`)
	label := regexp.MustCompile(`"([A-Za-z0-9 ./_-]|#\d+;)*"`)
	eachHostile(t, report.Impact.Mermaid, report.Audit.Mermaid, func(t *testing.T, output string) {
		checkPrintable(t, output)
		for _, text := range strings.Split(output, "\n") {
			if shape := label.ReplaceAllString(text, "L"); !line.MatchString(shape) {
				t.Errorf("the output has the line %q", text)
			}
		}
	})
}

func TestPagesShowNamesAsDataAlone(t *testing.T) {
	const start, end = `<script type="application/json" id="chart">`, `</script>`
	empty, _, _ := strings.Cut(report.Impact{}.HTML(), start)
	eachHostile(t, report.Impact.HTML, report.Audit.HTML, func(t *testing.T, output string) {
		before, rest, found := strings.Cut(output, start)
		data, _, closed := strings.Cut(rest, end)
		if !found || !closed || before != empty {
			t.Fatal("the page is not the one without data")
		}
		if strings.ContainsAny(data, "<>&\u2028\u2029") {
			t.Errorf("the data have markup: %s", data)
		}
		var chart map[string]any
		if err := json.Unmarshal([]byte(data), &chart); err != nil {
			t.Errorf("the data are no JSON: %v", err)
		}
		if strings.Contains(strings.Replace(output, data, "", 1), mark) {
			t.Error("the page has the text outside of the data")
		}
	})
}

func TestDiagramsAreLimited(t *testing.T) {
	var audit report.Audit
	for i := range 100 {
		audit.Workloads = append(audit.Workloads, report.WorkloadAudit{
			Workload: report.ResourceRef{Kind: "Deployment", Name: fmt.Sprint("d", i)},
			Uses:     []report.SourceUse{{Source: report.ResourceRef{Kind: "Secret", Name: fmt.Sprint("s", i)}, Way: propagation.NotAtAll}},
		})
	}
	diagram := audit.Mermaid()
	if lines := strings.Count(diagram, "-->"); lines != 60 || !strings.Contains(diagram, "40 more are left out") {
		t.Errorf("the diagram has %d lines:\n%s", lines, diagram)
	}
}

func TestTablesAreAlignedAndFitTerminals(t *testing.T) {
	impact := report.Impact{
		Workloads: []report.WorkloadImpact{
			{
				Workload: report.ResourceRef{Kind: "Deployment", Namespace: "shop", Name: "worker"}, Outcome: report.Stale,
				Sources: []report.SourceChange{{
					Source: report.ResourceRef{Kind: "Secret", Namespace: "shop", Name: "database"}, Kind: fielddiff.Changed, Way: propagation.NotAtAll,
					Forms: []string{"env"}, Keys: report.KeyChanges{Changed: []string{"uri", "username", "password", "port", "host", "ca"}},
				}},
			},
			{
				Workload: report.ResourceRef{Kind: "StatefulSet", Namespace: "shop", Name: "queue"}, Outcome: report.Restarts,
				Fields: []fielddiff.Field{{Path: "containers[queue].image", Kind: fielddiff.Changed}},
			},
			{Workload: report.ResourceRef{Kind: "Deployment", Namespace: "shop", Name: "new"}, Outcome: report.Added},
		},
		Quiet: report.QuietChanges{Metadata: 1, Moved: 2},
		Notes: []string{"a note"},
	}
	want := `OUTCOME     WORKLOAD                WHY
NO RESTART  Deployment shop/worker  Secret shop/database: uri, username,
                                      password, port, 2 more changed (read as
                                      env)
restart     StatefulSet shop/queue  containers[queue].image changed
added       Deployment shop/new

workloads: 1 not restarted, although what they read changed, 1 restarted, 1
  added
changes that restart nothing: 1 source in labels or other metadata, 2 objects in
  order
note: a note
`
	if diff := cmp.Diff(want, impact.Table(report.Terminal{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	coloured := impact.Table(report.Terminal{Colour: true})
	if plain := regexp.MustCompile("\x1b\\[[0-9;]*m").ReplaceAllString(coloured, ""); plain != want || plain == coloured {
		t.Errorf("the table with colours is %q", coloured)
	}
}

func TestAnAuditIsATable(t *testing.T) {
	ref := func(kind, namespace, name string) report.ResourceRef {
		return report.ResourceRef{Kind: kind, Namespace: namespace, Name: name}
	}
	sealed := ref("SealedSecret", "shop", "token")
	audit := report.Audit{
		Workloads: []report.WorkloadAudit{{Workload: ref("Deployment", "shop", "web"), Uses: []report.SourceUse{
			{Source: ref("Secret", "shop", "db"), Forms: []string{"env"}, Keys: []string{"uri"}, Way: propagation.NotAtAll},
			{Source: ref("Secret", "shop", "gone"), Forms: []string{"envFrom"}, Way: propagation.NotAtAll, Missing: true},
			{Source: ref("Secret", "shop", "perhaps"), Forms: []string{"envFrom"}, Way: propagation.NotAtAll, Missing: true, Optional: true},
			{Source: ref("ConfigMap", "shop", "page"), Forms: []string{"file"}, Way: propagation.ByFile},
			{Source: ref("Secret", "shop", "token"), MadeOf: &sealed, Forms: []string{"env", "file"}, Way: propagation.ByController, By: "Reloader"},
		}}},
		Unread: []report.UnreadSource{{Source: ref("ConfigMap", "shop", "old")}},
	}
	want := `WORKLOAD, SOURCE                READ AS    A CHANGE REACHES ITS PODS
Deployment shop/web
  Secret db                     env: uri   NOT AT ALL
  Secret gone                   envFrom    not in the input
  Secret perhaps                envFrom    not in the input, optional
  ConfigMap page                file       by file, if the program looks
  Secret token of SealedSecret  env, file  by Reloader

read by no workload:
  ConfigMap shop/old

uses of Secrets and ConfigMaps: 5, not at all: 1, by file alone: 1, not in the
  input: 2, sources that no workload reads: 1
`
	if diff := cmp.Diff(want, audit.Table(report.Terminal{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
