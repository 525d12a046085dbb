package ui

import (
	"context"
	"io"
	"strings"

	"github.com/a-h/templ"

	"zhaohui/internal/i18n"
)

// Title is a title cut at its break marks: the only places where a Chinese
// line may break.
type Title []string

// Cut makes a Title of a text with break marks ("|").
func Cut(marked string) Title { return strings.Split(marked, "|") }

// String is the title as plain text.
func (t Title) String() string { return strings.Join(t, "") }

// Broken prints a title with its break marks; languages that put spaces
// between words need none.
func Broken(w i18n.Words, t Title) templ.Component {
	between := ""
	if w.Code() == i18n.Default {
		between = "<wbr>"
	}
	return templ.ComponentFunc(func(_ context.Context, out io.Writer) error {
		parts := make([]string, len(t))
		for i, part := range t {
			parts[i] = marked(w, part)
		}
		_, err := io.WriteString(out, strings.Join(parts, between))
		return err
	})
}
