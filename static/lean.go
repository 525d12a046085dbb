package static

import "regexp"

var (
	comments   = regexp.MustCompile(`(?s)/\*.*?\*/`)
	lineBreaks = regexp.MustCompile(`\s*\n\s*`)
)

// lean takes comments and line breaks out of a style sheet: it is written to
// be read, and sent to be small. A sheet that needs a line break inside a
// string or a value over two lines must not be written so.
func lean(css []byte) []byte {
	css = comments.ReplaceAll(css, nil)
	return lineBreaks.ReplaceAll(css, nil)
}
