package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
)

// row is one line of the table.
type row struct {
	measure          string
	value, must, aim float64
	more             bool // more is better
	format           string
	from             string // what the value is made of
}

func (r row) reached(goal float64) bool {
	if r.more {
		return r.value >= goal
	}
	return r.value <= goal
}

func (r row) verdict() string {
	switch {
	case r.reached(r.aim):
		return "aim"
	case r.reached(r.must):
		return "must"
	}
	return "**missed**"
}

func table(rows []row) string {
	var b strings.Builder
	b.WriteString("| measure | now | must | aim | reached | made of |\n|---|---|---|---|---|---|\n")
	for _, r := range rows {
		number := func(n float64) string { return fmt.Sprintf(r.format, n) }
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s |\n", r.measure, number(r.value), short(number(r.must)), short(number(r.aim)), r.verdict(), r.from)
	}
	return b.String()
}

// short takes zeros off the end of a goal: 8.0 KB is 8 KB.
func short(number string) string {
	for _, unit := range []string{" KB", "×", ""} {
		if text, ok := strings.CutSuffix(number, unit); ok && strings.Contains(text, ".") {
			return strings.TrimSuffix(strings.TrimRight(text, "0"), ".") + unit
		}
	}
	return number
}

const begin, end = "<!-- figures: written by the command below, not by hand -->", "<!-- end of figures -->"

// write replaces what stands between the markers and leaves the rest, which is written by hand, as it is.
func write(file, figures string) error {
	raw, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	text := string(raw)
	if text == "" {
		text = "# Speed and size\n\n" + begin + "\n" + end + "\n"
	}
	before, rest, ok := strings.Cut(text, begin)
	_, after, closed := strings.Cut(rest, end)
	if !ok || !closed {
		return fmt.Errorf("%s has no markers for the figures", file)
	}
	return os.WriteFile(file, []byte(before+begin+"\n"+figures+end+after), 0o644)
}
