package message

import (
	"html"
	"strings"
)

// htmlOf is the same letter for mail programs that show HTML: paragraphs, links that can be pressed, the code in bold.
// It has no pictures and asks nothing of any host.
func htmlOf(o Outgoing) string {
	var b strings.Builder
	b.WriteString(`<!doctype html><html lang="` + html.EscapeString(o.Lang) + `"><head><meta charset="utf-8"><title>` +
		html.EscapeString(o.Subject) + "</title></head><body>\n")
	for paragraph := range strings.SplitSeq(o.Text, "\n\n") {
		lines := strings.Split(paragraph, "\n")
		for i, line := range lines {
			lines[i] = htmlLine(line)
		}
		b.WriteString("<p>" + strings.Join(lines, "<br>\n") + "</p>\n")
	}
	b.WriteString("</body></html>\n")
	return b.String()
}

func htmlLine(line string) string {
	text := html.EscapeString(line)
	switch {
	case strings.HasPrefix(line, "https://") || strings.HasPrefix(line, "http://"):
		return `<a href="` + text + `">` + text + `</a>`
	case len(line) == 6 && strings.Trim(line, "0123456789") == "":
		return "<strong>" + text + "</strong>"
	}
	return text
}
