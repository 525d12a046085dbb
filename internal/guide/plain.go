package guide

import (
	"html"
	"strings"
)

// Plain is the step without markup, for search and checks. It is made when it is asked for, as most never ask.
func (t StepText) Plain() string {
	parts := []string{Plain(t.HTML), Plain(t.SeeHTML)}
	for _, e := range t.Else {
		parts = append(parts, Plain(e.HTML))
	}
	for _, item := range t.List {
		parts = append(parts, Plain(item))
	}
	return strings.Join(parts, "\n")
}

// Plain takes the markup off, and makes one blank of many.
func Plain(markup string) string {
	var text strings.Builder
	for {
		before, tag, found := strings.Cut(markup, "<")
		text.WriteString(before)
		if !found {
			break
		}
		if _, markup, found = strings.Cut(tag, ">"); !found {
			text.WriteString("<" + tag)
			break
		}
		text.WriteByte(' ')
	}
	words := strings.FieldsFunc(html.UnescapeString(text.String()), func(r rune) bool { return r == ' ' || '\t' <= r && r <= '\r' })
	return strings.TrimSpace(strings.Join(words, " "))
}
