package wallet

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Problem is what is wrong at one place of a file of accounts. It never repeats what stands there.
type Problem struct {
	Place string // accounts[3].cards[0].number
	Text  string
}

func (p Problem) String() string { return p.Place + ": " + p.Text }

// Problems is why a file of accounts was refused: everything that is wrong with it.
type Problems []Problem

func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, one := range p {
		lines[i] = one.String()
	}
	return strings.Join(lines, "\n")
}

// file is one reading of a file. Everything that is wrong is collected, so that it can be mended in one go.
type file struct {
	now    time.Time
	wrong  Problems
	warned Problems
}

// node is a value in the file with the place where it stands: nil, bool, string, json.Number, []any or map[string]any.
type node struct {
	f     *file
	place string
	value any
}

// parse reads a whole file; nothing may stand behind its value.
func (f *file) parse(r io.Reader) (node, error) {
	raw, err := io.ReadAll(r)
	if err != nil {
		return node{}, err
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	value, err := f.parseValue(d, "")
	if err == nil {
		if _, err = d.Token(); errors.Is(err, io.EOF) {
			return node{f: f, value: value}, nil
		}
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return node{}, errors.New("not JSON: it ends too early")
	}
	line := 1 + bytes.Count(raw[:d.InputOffset()], []byte("\n"))
	return node{}, fmt.Errorf("not JSON, in line %d or soon after", line) // the error would show some of it
}

// parseValue reads one value. It is by hand because encoding/json silently takes the last of two equal keys.
func (f *file) parseValue(d *json.Decoder, place string) (any, error) {
	token, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch token {
	case json.Delim('{'):
		fields := map[string]any{}
		for d.More() {
			key, err := d.Token()
			if err != nil {
				return nil, err
			}
			name, _ := key.(string)
			at := join(place, name)
			if _, twice := fields[name]; twice {
				f.wrong = append(f.wrong, Problem{at, "stands here twice"})
			}
			if fields[name], err = f.parseValue(d, at); err != nil {
				return nil, err
			}
		}
		_, err = d.Token()
		return fields, err
	case json.Delim('['):
		items := []any{}
		for d.More() {
			item, err := f.parseValue(d, fmt.Sprintf("%s[%d]", place, len(items)))
			if err != nil {
				return nil, err
			}
			items = append(items, item)
		}
		_, err = d.Token()
		return items, err
	}
	return token, nil
}

var keyForm = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)

func join(place, key string) string {
	if !keyForm.MatchString(key) {
		key = "(a key that is none)" // it may be anything, a secret too
	}
	if place == "" {
		return key
	}
	return place + "." + key
}

func (n node) wrong(format string, args ...any) {
	n.f.wrong = append(n.f.wrong, Problem{n.place, fmt.Sprintf(format, args...)})
}

func (n node) warn(format string, args ...any) {
	n.f.warned = append(n.f.warned, Problem{n.place, fmt.Sprintf(format, args...)})
}

// given says whether it stands in the file; null is as if it did not.
func (n node) given() bool { return n.value != nil }

// object says which keys there may be, and refuses all others.
func (n node) object(keys ...string) node {
	fields, ok := n.value.(map[string]any)
	if !ok {
		if n.given() {
			n.wrong("has to be an object")
		}
		return node{n.f, n.place, map[string]any{}}
	}
	for key := range fields {
		if !slices.Contains(keys, key) {
			node{f: n.f, place: join(n.place, key)}.wrong("is not a key that is known here")
		}
	}
	return n
}

// at is the value of a key.
func (n node) at(key string) node {
	fields, _ := n.value.(map[string]any)
	return node{n.f, join(n.place, key), fields[key]}
}

// items are the values of a list; none if it is not given.
func (n node) items() []node {
	list, ok := n.value.([]any)
	if !ok && n.given() {
		n.wrong("has to be a list")
	}
	nodes := make([]node, len(list))
	for i, value := range list {
		nodes[i] = node{n.f, fmt.Sprintf("%s[%d]", n.place, i), value}
	}
	return nodes
}

// text is a text, "" if it is not given.
func (n node) text() string {
	s, ok := n.value.(string)
	if !ok && n.given() {
		n.wrong("has to be a text in quotes")
	}
	if len(s) > 1000 {
		n.wrong("is longer than 1000 bytes")
	}
	return strings.TrimSpace(s)
}

// needed is a text that has to be there.
func (n node) needed() string {
	if !n.given() {
		n.wrong("is missing")
		return ""
	}
	s := n.text()
	if _, isText := n.value.(string); isText && s == "" {
		n.wrong("is empty")
	}
	return s
}

// oneOf is a text out of a list; the first is what it is if not given.
func (n node) oneOf(values ...string) string {
	if !n.given() {
		return values[0]
	}
	s := n.text()
	if _, isText := n.value.(string); isText && !slices.Contains(values, s) {
		n.wrong("has to be one of %q", slices.DeleteFunc(values, func(v string) bool { return v == "" }))
	}
	return s
}

func (n node) yes() bool {
	b, ok := n.value.(bool)
	if !ok && n.given() {
		n.wrong("has to be true or false")
	}
	return b
}

// whole is a whole number, not below zero.
func (n node) whole() int64 {
	number, ok := n.value.(json.Number)
	i, err := number.Int64()
	if n.given() && (!ok || err != nil || i < 0) {
		n.wrong("has to be a whole number, 0 or more")
		return 0
	}
	return i
}

// china is the zone of dates that have none.
var china = time.FixedZone("UTC+8", 8*60*60)

// time is a moment that is over: 2026-01-31 (the beginning of that day in China), RFC 3339, or -3d and -5h, so long ago.
func (n node) time() time.Time {
	s := n.text()
	if s == "" {
		return time.Time{}
	}
	at, ok := n.ago(s)
	if !ok {
		var err error
		if at, err = time.ParseInLocation(time.DateOnly, s, china); err != nil {
			at, err = time.Parse(time.RFC3339, s)
		}
		if err != nil {
			n.wrong("has to be a date such as 2026-01-31, a time such as 2026-01-31T08:00:00+08:00, or -3d or -5h")
			return time.Time{}
		}
	}
	if at.After(n.f.now) {
		n.wrong("is in the future")
	}
	return at.UTC()
}

func (n node) ago(s string) (time.Time, bool) {
	if len(s) < 3 || s[0] != '-' {
		return time.Time{}, false
	}
	count, err := strconv.ParseUint(s[1:len(s)-1], 10, 16)
	switch {
	case err != nil:
		return time.Time{}, false
	case s[len(s)-1] == 'd':
		return n.f.now.AddDate(0, 0, -int(count)), true
	case s[len(s)-1] == 'h':
		return n.f.now.Add(-time.Duration(count) * time.Hour), true
	}
	return time.Time{}, false
}

// neededTime is a moment that has to be there.
func (n node) neededTime() time.Time {
	n.needed()
	if !n.given() {
		return time.Time{}
	}
	return n.time()
}
