// Package content reads what is kept under content/ into the domain's types and says, with file and line, what in
// it cannot work. It is the only package that knows YAML and Markdown; it decides nothing about people or pages.
package content

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/yuin/goldmark"

	"zhaohui/internal/alert"
	"zhaohui/internal/guide"
	"zhaohui/internal/help"
	"zhaohui/internal/recovery"
	"zhaohui/internal/support"
)

// Content is everything the portal says, in all languages.
type Content struct {
	Platforms []*guide.Platform
	Help      *help.Library
	Stops     map[string]*Stop
	Pages     map[string]map[string]Page // slug → language → page
	Synonyms  [][]string
	Operator  Operator
	Home      Home
	Rules     map[string]Rules                 // of live platforms, by id; proved by Load
	Assist    map[string]*recovery.AssistRules // what holds while an agent helps there, by id; missing where none can
	Tickets   map[string][]*support.TicketKind // of live platforms, by id
	Calendar  *support.Calendar                // when the desk works
	Alerts    *alert.Rules                     // when people are told that something goes wrong

	files fs.FS
}

// Stop is a page that ends a path because something is wrong right now (requirement G4).
type Stop struct {
	ID       string
	Dials    []string // numbers to dial, in order
	Contacts bool     // adds the platform's own official lines
	Freeze   bool     // adds the platform's way to freeze
	Texts    map[string]StopText
}

// StopText is a stop in one language.
type StopText struct {
	Title, Short, Lead, SignsTitle, Done string
	Signs                                []string
	Stations                             []Station
}

// Station is one thing to do, in order.
type Station struct{ Title, HTML string }

// Home is what the first page names.
type Home struct {
	Topics []string // slugs of articles, in order
	Lines  []string // official numbers that texts may name, beside the platforms' own and the stops'
}

// Page is a page of prose: how to know that this portal is genuine, privacy.
type Page struct{ Title, Lead, HTML string }

// Problem is something in the content that cannot work (or, as a warning, may soon not).
type Problem struct {
	File    string
	Line    int
	Text    string
	Warning bool
}

func (p Problem) Error() string {
	kind := ""
	if p.Warning {
		kind = "warning: "
	}
	return fmt.Sprintf("content/%s:%d: %s%s", p.File, max(p.Line, 1), kind, p.Text)
}

// Problems is a list of problems as one error.
type Problems []Problem

func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.Error()
	}
	return strings.Join(lines, "\n")
}

// Errors leaves the warnings out.
func (ps Problems) Errors() Problems {
	return slices.DeleteFunc(slices.Clone(ps), func(p Problem) bool { return p.Warning })
}

// Load reads all content and checks it. The problems include warnings; content with errors must not be served.
// A language counts as present if it has a words file. Dates are judged against now.
func Load(files fs.FS, now time.Time) (*Content, Problems) {
	return load(&loader{files: files, now: now})
}

// LoadChecked reads content of which Load said before that it may be served, as what is embedded was when the program was
// built, with another operator perhaps. It leaves out the look at the content as a whole and the proof of the policies,
// which take as long as reading; what can have changed since, the operator and the dates, it checks.
func LoadChecked(files fs.FS, now time.Time) (*Content, Problems) {
	return load(&loader{files: files, now: now, checked: true})
}

// keep copies a text that outlives reading to where the others are. Left between what is thrown away after reading, many
// small texts would hold twice their memory.
func (l *loader) keep(text string) string {
	if text == "" || len(text) > block/8 {
		return text
	}
	if l.kept.Len()+len(text) > l.kept.Cap() {
		l.kept.Reset()
		l.kept.Grow(block)
	}
	from := l.kept.Len()
	l.kept.WriteString(text)
	return l.kept.String()[from:] // a part of the block, which no later text moves
}

const block = 32 << 10

func load(l *loader) (*Content, Problems) {
	files := l.files
	l.converter = newMarkdown(l)
	c := &Content{files: files, Stops: map[string]*Stop{}, Pages: map[string]map[string]Page{}}
	l.languages = l.codes()
	if len(l.languages) == 0 {
		return c, Problems{{File: "words", Text: "no language: words/zh.toml is missing"}}
	}
	l.sources = l.readSources()
	l.op = l.operator()
	c.Operator = l.op
	var platforms []*guide.Platform
	var articles []*help.Article
	l.beside(l.platformParts(&platforms), func(part *loader) {
		for _, slug := range part.folders("help") {
			if a := part.article(slug); a != nil {
				articles = append(articles, a)
			}
		}
	})
	c.Platforms = slices.DeleteFunc(platforms, func(p *guide.Platform) bool { return p == nil })
	slices.SortFunc(c.Platforms, func(a, b *guide.Platform) int { return cmp.Compare(a.Order, b.Order) })
	c.Help = help.NewLibrary(articles)
	for _, id := range l.folders("stops") {
		if s := l.stop(id); s != nil {
			c.Stops[id] = s
		}
	}
	for _, slug := range l.folders("pages") {
		c.Pages[slug] = l.page(slug)
	}
	c.Assist = l.assists(c.Platforms)
	c.Synonyms = l.synonyms()
	l.decode("home.yaml", &c.Home)
	c.Calendar, c.Tickets = l.calendar(), map[string][]*support.TicketKind{}
	c.Alerts = l.alerts()
	for _, p := range c.Platforms {
		if p.Live {
			c.Tickets[p.ID] = l.tickets(p.ID)
		}
	}
	l.lint(c)
	slices.SortStableFunc(l.problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
	return c, l.problems
}

// platformParts reads each platform into a place of its own; nil where it could not be read.
func (l *loader) platformParts(into *[]*guide.Platform) []func(*loader) {
	ids := l.folders("platforms")
	*into = make([]*guide.Platform, len(ids))
	var parts []func(*loader)
	for i, id := range ids {
		parts = append(parts, func(part *loader) { (*into)[i] = part.platform(id) })
	}
	return parts
}

// beside reads parts at the same time, as reading is most of what a start costs. Each has a loader of its own; what they
// noted is added in order.
func (l *loader) beside(parts []func(*loader), more ...func(*loader)) {
	var all []*loader
	var reading sync.WaitGroup
	for _, read := range append(parts, more...) {
		part := &loader{files: l.files, now: l.now, checked: l.checked, languages: l.languages, sources: l.sources, op: l.op}
		part.converter = newMarkdown(part)
		all = append(all, part)
		reading.Go(func() { read(part) })
	}
	reading.Wait()
	for _, part := range all {
		l.problems, l.texts = append(l.problems, part.problems...), append(l.texts, part.texts...)
		l.links, l.screens = append(l.links, part.links...), append(l.screens, part.screens...)
	}
}

// Languages lists the codes of the languages that the content is kept in, the default first.
func (c *Content) Languages() []string { return (&loader{files: c.files}).codes() }

// Platform finds a platform by id.
func (c *Content) Platform(id string) (*guide.Platform, bool) {
	for _, p := range c.Platforms {
		if p.ID == id {
			return p, true
		}
	}
	return nil, false
}

// loader collects problems while it reads, so that all are reported at once.
type loader struct {
	files     fs.FS
	now       time.Time
	checked   bool // nothing is kept for checks on the content as a whole
	languages []string
	sources   map[string]guide.Source
	op        Operator
	problems  Problems
	texts     []textAt // every text with its place, for the checks on language
	links     []linkAt
	screens   []screenAt
	converter goldmark.Markdown
	kept      strings.Builder // the block that texts are kept in
	out       bufio.Writer    // of the converter, which would make one for each piece
	at        place           // of the piece that is being converted
}

type textAt struct {
	file, lang, text string
	line             int
	step             string // "platform/channel/step" for the sentences of a step
}

type linkAt struct {
	file     string
	line     int
	platform string // platform whose channel it stands in, "" in articles
	channel  string
	target   string
}

// note keeps a text for the checks on language. Outside of steps they have nothing to say of plain ASCII without a break
// mark.
func (l *loader) note(t textAt) {
	if l.checked {
		return
	}
	if t.step != "" || strings.ContainsFunc(t.text, func(r rune) bool { return r >= utf8.RuneSelf || r == '|' }) {
		l.texts = append(l.texts, t)
	}
}

func (l *loader) report(file string, line int, format string, args ...any) {
	l.problems = append(l.problems, Problem{File: file, Line: line, Text: fmt.Sprintf(format, args...)})
}

func (l *loader) warn(file string, line int, format string, args ...any) {
	l.problems = append(l.problems, Problem{File: file, Line: line, Text: fmt.Sprintf(format, args...), Warning: true})
}

// mainLanguage is the one that content is written in first; its addresses have no prefix.
const mainLanguage = "zh"

// codes are the languages: the default first, as the words files name them.
func (l *loader) codes() []string {
	names, _ := fs.Glob(l.files, "words/*.toml")
	var codes []string
	for _, name := range names {
		codes = append(codes, strings.TrimSuffix(path.Base(name), ".toml"))
	}
	slices.SortFunc(codes, func(a, b string) int {
		if (a == mainLanguage) != (b == mainLanguage) {
			return map[bool]int{true: -1, false: 1}[a == mainLanguage]
		}
		return strings.Compare(a, b)
	})
	return codes
}

func (l *loader) exists(name string) bool {
	_, err := fs.Stat(l.files, name)
	return err == nil
}

func (l *loader) folders(dir string) []string {
	entries, err := fs.ReadDir(l.files, dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		l.report(dir, 0, "%v", err)
	}
	var names []string
	for _, e := range entries {
		if e.IsDir() {
			names = append(names, e.Name())
		}
	}
	return names
}
