package ui

import (
	"context"
	"io"
	"regexp"
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

// counted is a number before its unit, "26 日", and dated what follows a month or a day in a date. A time of day has no unit.
var (
	counted = regexp.MustCompile(`(^|[^:\d])(\d+) (\p{Han})`)
	dated   = regexp.MustCompile(`([月日]) (\d)`)
)

// together keeps a number and its unit on one line, and all of a date.
func together(part string) string {
	return dated.ReplaceAllString(counted.ReplaceAllString(part, "$1$2\u00a0$3"), "$1\u00a0$2")
}

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
			if between != "" {
				part = together(part)
			}
			parts[i] = marked(w, part)
		}
		_, err := io.WriteString(out, strings.Join(parts, between))
		return err
	})
}
