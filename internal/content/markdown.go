package content

import (
	"errors"
	"io/fs"
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// place is where a piece of Markdown stands: it decides what its links mean.
type place struct {
	file              string
	line              int
	platform, channel string // "" outside of channels
	lang              string
}

// base is the prefix of addresses in a language.
func base(lang string) string {
	if lang == mainLanguage || lang == "" {
		return ""
	}
	return "/" + lang
}

// newMarkdown makes the one converter of a loader: a new one for each of the thousands of pieces cost more than the
// pieces.
func newMarkdown(l *loader) goldmark.Markdown {
	return goldmark.New(
		goldmark.WithExtensions(extension.Table, extension.NewCJK(extension.WithEastAsianLineBreaks())),
		goldmark.WithParserOptions(parser.WithASTTransformers(util.Prioritized(&links{loader: l}, 100))),
	)
}

// markdown turns Markdown into HTML: no raw HTML, links only where design allows (requirement G2).
func (l *loader) markdown(at place, source string) string {
	if source == "" {
		return ""
	}
	if line := strings.TrimRight(strings.TrimLeft(source, "\n"), " \n"); isPlain(line) {
		return "<p>" + line + "</p>"
	}
	l.at = at
	var out strings.Builder
	l.out.Reset(&out)
	if err := errors.Join(l.converter.Convert([]byte(source), &l.out), l.out.Flush()); err != nil {
		l.report(at.file, at.line, "%v", err)
	}
	result := l.keep(strings.TrimSpace(out.String()))
	if strings.Contains(result, "**") {
		l.report(at.file, at.line, "** stays visible: put the mark outside of quotes or add a word")
	}
	return result
}

// isPlain says of a text that Markdown makes a paragraph of it as it stands: one line without any mark, as many items of
// lists are. It spares them the converter.
func isPlain(text string) bool {
	return text != "" && !strings.ContainsAny(text[:1], " #+-=~0123456789") && !strings.ContainsFunc(text, func(r rune) bool {
		return r < ' ' || strings.ContainsRune("\\`*_[]<>&\"|", r)
	})
}

// inline is markdown without the paragraph around it.
func (l *loader) inline(at place, source string) string {
	out := l.markdown(at, source)
	if strings.Count(out, "<p>") == 1 && strings.HasPrefix(out, "<p>") {
		out = strings.TrimSuffix(strings.TrimPrefix(out, "<p>"), "</p>")
	}
	return out
}

type links struct{ loader *loader }

// Transform rewrites the destinations that content is written with into addresses.
func (t *links) Transform(doc *ast.Document, source text.Reader, _ parser.Context) {
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if link, ok := n.(*ast.Link); ok && entering {
			t.checkNumber(link, source.Source())
			link.Destination = []byte(t.loader.address(t.loader.at, string(link.Destination)))
		}
		if auto, ok := n.(*ast.AutoLink); ok && entering {
			t.loader.report(t.loader.at.file, t.loader.at.line, "link <%s>: write [text](address), so that it is checked (requirement G2)", auto.URL(source.Source()))
		}
		if _, ok := n.(*ast.Image); ok && entering {
			t.loader.report(t.loader.at.file, t.loader.at.line, "pictures are drawn from data, not linked")
		}
		return ast.WalkContinue, nil
	})
}

// checkNumber refuses a link that shows one number and dials another.
func (t *links) checkNumber(link *ast.Link, source []byte) {
	number, ok := strings.CutPrefix(string(link.Destination), "tel:")
	var shown strings.Builder
	for child := link.FirstChild(); child != nil; child = child.NextSibling() {
		if words, ok := child.(*ast.Text); ok {
			shown.Write(words.Value(source))
		}
	}
	if ok && telephone.MatchString(shown.String()) && strings.ReplaceAll(shown.String(), "-", "") != strings.ReplaceAll(number, "-", "") {
		t.loader.report(t.loader.at.file, t.loader.at.line, "the link shows %s but dials %s", shown.String(), number)
	}
}

// address turns a link of the content into an address of a page.
func (l *loader) address(at place, target string) string {
	l.links = append(l.links, linkAt{file: at.file, line: at.line, platform: at.platform, channel: at.channel, target: target})
	scheme, rest, _ := strings.Cut(target, ":")
	switch {
	case strings.HasPrefix(target, "#"):
		return base(at.lang) + "/p/" + at.platform + "/" + at.channel + "/" + target[1:]
	case scheme == "channel" && strings.Contains(rest, "/"):
		return base(at.lang) + "/p/" + rest
	case scheme == "channel":
		return base(at.lang) + "/p/" + at.platform + "/" + rest
	case scheme == "help":
		return base(at.lang) + "/help/" + rest
	case scheme == "https":
		return base(at.lang) + "/leave?to=" + url.QueryEscape(target)
	case scheme == "page":
		return base(at.lang) + "/" + rest
	case scheme == "hotline" && l.op.Hotline != "":
		return "tel:" + strings.ReplaceAll(l.op.Hotline, "-", "")
	case scheme == "hotline": // the page that says how the operator is really reached
		return base(at.lang) + "/genuine"
	}
	return target
}

// document is a Markdown file cut into its parts.
type document struct {
	front    string
	intro    string
	introAt  int
	sections []section
}

// section is a "## " heading with what follows, cut at its "### " headings.
type section struct {
	title, id string
	line      int
	body      string
	parts     map[string]string
	partAt    map[string]int
}

var anchor = regexp.MustCompile(`^(.*?)\s*\{#([a-z0-9-]+)\}\s*$`)

// document reads a Markdown file: front matter into `into`, the rest cut at its headings. The bodies are parts of the file's
// one text and keep it alive, so what outlives reading must not be made of them; titles and ids are copies.
func (l *loader) document(file string, into any) (document, bool) {
	raw, err := fs.ReadFile(l.files, file)
	if err != nil {
		l.report(file, 0, "is missing")
		return document{}, false
	}
	rest, n := strings.ReplaceAll(string(raw), "\r\n", "\n"), 0
	var doc document
	next := func() (line string) {
		line, rest, _ = strings.Cut(rest, "\n")
		n++
		return line
	}
	if strings.HasPrefix(rest, "---\n") {
		next()
		for begin := rest; rest != "" && next() != "---"; {
			doc.front = begin[:len(begin)-len(rest)]
		}
	}
	if _, ok := l.decodeBytes(file, 1, []byte(doc.front), into); !ok {
		return doc, false
	}
	var current *section
	lang, part, begin := langOf(file), "", rest
	doc.introAt = n + 1
	end := func(left int) { // ends what began at begin, with so much of the file left
		switch text := begin[:len(begin)-left]; {
		case current == nil:
			doc.intro = text
		case part != "":
			current.parts[part] = text
		default:
			current.body = text
		}
		begin = rest
	}
	for rest != "" {
		left := len(rest)
		line := next()
		l.note(textAt{file: file, lang: lang, text: line, line: n})
		switch {
		case strings.HasPrefix(line, "## "):
			end(left)
			title, id := strings.TrimSpace(line[3:]), ""
			if m := anchor.FindStringSubmatch(title); m != nil {
				title, id = m[1], m[2]
			}
			doc.sections = append(doc.sections, section{title: strings.Clone(title), id: strings.Clone(id), line: n,
				parts: map[string]string{}, partAt: map[string]int{}})
			current, part = &doc.sections[len(doc.sections)-1], ""
		case strings.HasPrefix(line, "### ") && current != nil:
			end(left)
			part = strings.TrimSpace(line[4:])
			current.parts[part], current.partAt[part] = "", n
		}
	}
	end(0)
	return doc, true
}

// item is one entry of a list, with the line it begins on.
type item struct {
	text string
	line int
}

// items reads the entries of a list; lines that go on are joined.
func items(source string, first int) []item {
	var list []item
	for i, line := range strings.Split(source, "\n") {
		switch {
		case strings.HasPrefix(line, "- "):
			list = append(list, item{strings.TrimSpace(line[2:]), first + i + 1})
		case strings.TrimSpace(line) != "" && len(list) > 0:
			list[len(list)-1].text += " " + strings.TrimSpace(line)
		}
	}
	return list
}

var linkTarget = regexp.MustCompile(`\]\([^)]*\)`)

// width counts characters.
func width(s string) int { return utf8.RuneCountInString(s) }
