package report

import (
	_ "embed"
	"encoding/json"
	"strings"
)

// page is the page without the chart that it shows. It is a script that sets texts, and
// never markup, so that nothing in a name means anything to a browser.
//
//go:embed page.html
var page string

// chartMark is where the chart stands in the page.
const chartMark = "{{chart}}"

// HTML returns the impact as one page, which needs no network.
func (i Impact) HTML() string { return i.chart().html() }

// HTML returns the audit as one page, which needs no network.
func (a Audit) HTML() string { return a.chart().html() }

func (c chart) html() string {
	data, _ := json.Marshal(c) // texts and numbers; markup is escaped
	before, after, _ := strings.Cut(page, chartMark)
	return before + string(data) + after
}
