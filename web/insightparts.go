package web

import (
	"strconv"

	"zhaohui/internal/insight"
	"zhaohui/templates"
	"zhaohui/templates/ui"
)

// table is a section with its file.
func (n *numbers) table(id string, head ...string) templates.InsightSection {
	s := templates.InsightSection{ID: id, Title: n.t("insight." + id + ".title"), Lead: n.has("insight."+id+".lead", ""),
		CSV: ui.Link{Text: n.t("insight.csv"), URL: n.visit.to("/agent/insight/"+id+".csv", n.filter.query())}}
	for _, key := range head {
		s.Head = append(s.Head, n.t("insight.head."+key))
	}
	return s
}

// whole says instead of a chart and a table without rows that there is nothing yet.
func (n *numbers) whole(s templates.InsightSection) templates.InsightSection {
	if len(s.Rows) == 0 {
		s.Empty = n.t("insight.none")
	}
	return s
}

// row is a name and its numbers.
func (n *numbers) row(name string, cells ...insight.Number) []string {
	row := []string{name}
	for _, cell := range cells {
		row = append(row, n.say(cell))
	}
	return row
}

// legend says what colours are: a tone, a word of the tables' heads, and so on.
func (n *numbers) legend(pairs ...any) []templates.InsightLegend {
	var all []templates.InsightLegend
	for i := 0; i+1 < len(pairs); i += 2 {
		all = append(all, templates.InsightLegend{Tone: pairs[i].(int), Text: n.t("insight.head." + pairs[i+1].(string))})
	}
	return all
}

// longest is the length that bars are drawn against, 0 if there is nothing to draw. A few alone do not fill the width.
func longest(all ...insight.Number) (most int64) {
	for _, one := range all {
		most = max(most, one.Size())
	}
	if most > 0 {
		most = max(most, 2*insight.Few)
	}
	return most
}

// bar draws numbers one after the other, against the longest there is.
func (n *numbers) bar(name string, most int64, parts ...insight.Number) templates.InsightBar {
	b := templates.InsightBar{Name: name}
	from := 0.0
	for i, part := range parts {
		if part == 0 {
			continue
		}
		size := perCent(part.Size(), most)
		b.Parts = append(b.Parts, templates.InsightPart{From: decimal(from), Size: decimal(size), Tone: i + 1,
			Few: part == insight.AFew})
		from += size
	}
	if len(parts) == 1 {
		b.Value = n.say(parts[0])
	}
	return b
}

// column draws numbers side by side.
func column(name string, most int64, parts ...insight.Number) templates.InsightColumn {
	c := templates.InsightColumn{Name: name}
	for i, part := range parts {
		size := perCent(part.Size(), most)
		c.Parts = append(c.Parts, templates.InsightPart{From: decimal(100 - size), Size: decimal(size), Tone: i + 1,
			Few: part == insight.AFew})
	}
	return c
}

func perCent(n, of int64) float64 {
	if of == 0 {
		return 0
	}
	return 100 * float64(n) / float64(of)
}

func decimal(f float64) string { return strconv.FormatFloat(f, 'f', 1, 64) }
