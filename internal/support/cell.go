package support

import (
	"strings"
	"unicode/utf8"
)

// Cell is a text as it goes into a cell of a file for spreadsheets: some words in there come from customers, and the program
// that opens the file must calculate none of them. The wide marks are those that some programs read as the narrow ones.
func Cell(text string) string {
	if first, _ := utf8.DecodeRuneInString(text); text != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", first) {
		return "'" + text
	}
	return text
}
