package ui

import (
	"context"
	"io"
	"strings"
	"unicode"

	"github.com/a-h/templ"

	"zhaohui/internal/i18n"
)

// Text prints a text; on a page in another language, Chinese labels in it are
// marked as Chinese, so that a screen reader speaks them and fonts match.
func Text(w i18n.Words, s string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, out io.Writer) error {
		_, err := io.WriteString(out, marked(w, s))
		return err
	})
}

func marked(w i18n.Words, s string) string {
	if w.Code() == i18n.Default || !hasHan(s) {
		return templ.EscapeString(s)
	}
	var b strings.Builder
	runes := []rune(s)
	for i := 0; i < len(runes); {
		j := i + 1
		for j < len(runes) && chinese(runes[j]) == chinese(runes[i]) {
			j++
		}
		part := templ.EscapeString(string(runes[i:j]))
		if chinese(runes[i]) {
			part = `<span lang="zh-CN">` + part + `</span>`
		}
		b.WriteString(part)
		i = j
	}
	return b.String()
}

func hasHan(s string) bool { return strings.IndexFunc(s, chinese) >= 0 }

func chinese(r rune) bool { return unicode.Is(unicode.Han, r) }

// gloss cuts "设置 Settings" into the label on the phone and its meaning.
func gloss(w i18n.Words, s string) (label, meaning string) {
	if w.Code() == i18n.Default || !hasHan(s) {
		return s, ""
	}
	last := strings.LastIndexFunc(s, chinese)
	cut := last + len(string([]rune(s[last:])[0]))
	return s[:cut], strings.TrimSpace(s[cut:])
}
