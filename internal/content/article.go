package content

import (
	"path"
	"slices"

	"zhaohui/internal/guide"
	"zhaohui/internal/help"
)

type articleFile struct {
	Topic      string
	Platforms  []string
	Rows       []string
	Replaces   []string
	Confidence string
	Checked    date
	Sources    []string
	Kind       string
	Act        []struct {
		Platform, Channel string
		Answers           map[string]string
	}
	Related []string
}

type articleFront struct {
	Title, Short, Answer string
	Words, Act           []string
}

func (l *loader) article(slugName string) *help.Article {
	dir := path.Join("help", slugName)
	name := path.Join(dir, "article.yaml")
	var file articleFile
	node, ok := l.decode(name, &file)
	if !ok {
		return nil
	}
	l.checkTrust(name, node, file.Confidence, file.Checked)
	a := &help.Article{Slug: slugName, Topic: file.Topic, Platforms: file.Platforms, Rows: file.Rows, Replaces: file.Replaces,
		Confidence: file.Confidence, Checked: file.Checked.Time, Kind: file.Kind, Related: file.Related, Texts: map[string]help.Text{}}
	for _, s := range l.sourcesOf(name, lineOf(node, "sources"), file.Sources) {
		a.Sources = append(a.Sources, help.Source(s))
	}
	for _, act := range file.Act {
		a.Acts = append(a.Acts, help.Act{Platform: act.Platform, Channel: act.Channel, Answers: act.Answers})
	}
	switch {
	case !slices.Contains(help.Topics, a.Topic):
		l.report(name, lineOf(node, "topic"), "topic must be one of %v", help.Topics)
	case a.Kind != "howto" && a.Kind != "faq":
		l.report(name, lineOf(node, "kind"), "kind must be howto or faq")
	case len(a.Acts) == 0 || len(a.Acts) > 2:
		l.report(name, lineOf(node, "act"), "an article ends in one or two acts")
	}
	for _, lang := range l.languages {
		a.Texts[lang] = l.articleText(dir, lang, a)
	}
	return a
}

func (l *loader) articleText(dir, lang string, a *help.Article) help.Text {
	file := path.Join(dir, lang+".md")
	var front articleFront
	doc, ok := l.document(file, &front)
	if !ok {
		return help.Text{}
	}
	t := help.Text{Title: front.Title, Short: front.Short, Answer: front.Answer, Words: front.Words, Acts: front.Act}
	if t.Title == "" || t.Short == "" || t.Answer == "" || len(t.Words) == 0 {
		l.report(file, 2, "title, short, answer and words are needed")
	}
	if len(t.Acts) != len(a.Acts) {
		l.report(file, 2, "%d texts under act, %d acts in article.yaml", len(t.Acts), len(a.Acts))
	}
	at := place{file: file, line: doc.introAt, lang: lang}
	t.HTML = l.markdown(at, doc.intro)
	for _, s := range doc.sections {
		body := s.body
		for part := range s.parts {
			l.report(file, s.partAt[part], "### %s: an article has one level of headings", part)
		}
		at.line = s.line
		htmlBody := l.markdown(at, body)
		t.HTML += "\n" + l.markdown(at, "## "+s.title) + "\n" + htmlBody
		t.Sections = append(t.Sections, help.Section{Title: s.title, Text: l.keep(guide.Plain(htmlBody))})
	}
	return t
}

type stopFile struct {
	Dials            []string
	Contacts, Freeze bool
}

type stopFront struct {
	Title, Short, Lead, Done string
	Signs                    []string
	SignsTitle               string `yaml:"signs-title"`
}

func (l *loader) stop(id string) *Stop {
	dir := path.Join("stops", id)
	var file stopFile
	if _, ok := l.decode(path.Join(dir, "stop.yaml"), &file); !ok {
		return nil
	}
	s := &Stop{ID: id, Dials: file.Dials, Contacts: file.Contacts, Freeze: file.Freeze, Texts: map[string]StopText{}}
	for _, lang := range l.languages {
		name := path.Join(dir, lang+".md")
		var front stopFront
		doc, ok := l.document(name, &front)
		if !ok {
			continue
		}
		t := StopText{Title: front.Title, Short: front.Short, Lead: front.Lead, SignsTitle: front.SignsTitle, Signs: front.Signs, Done: front.Done}
		if t.Title == "" || t.Short == "" || t.Lead == "" || t.Done == "" || len(doc.sections) == 0 {
			l.report(name, 2, "title, short, lead, done and at least one section are needed")
		}
		for _, section := range doc.sections {
			t.Stations = append(t.Stations, Station{Title: section.title, HTML: l.inline(place{file: name, line: section.line, lang: lang}, section.body)})
		}
		s.Texts[lang] = t
	}
	return s
}

func (l *loader) page(slugName string) map[string]Page {
	page := map[string]Page{}
	for _, lang := range l.languages {
		name := path.Join("pages", slugName, lang+".md")
		var front struct{ Title, Lead string }
		doc, ok := l.document(name, &front)
		if !ok {
			continue
		}
		source := doc.intro
		for _, s := range doc.sections {
			source += "\n## " + s.title + "\n" + s.body
		}
		page[lang] = Page{Title: front.Title, Lead: front.Lead, HTML: l.markdown(place{file: name, line: doc.introAt, lang: lang}, source)}
	}
	return page
}

func (l *loader) synonyms() [][]string {
	var file struct{ Groups [][]string }
	l.decode("help/synonyms.yaml", &file)
	return file.Groups
}

// answersOf checks the answers that an article prefills.
func (l *loader) answersOf(file string, p *guide.Platform, answers map[string]string) {
	for question, value := range answers {
		q, ok := p.Question(question)
		switch {
		case question == p.Safety().ID:
			l.report(file, 1, "an article never answers the safety question for the reader (requirement G4)")
		case !ok:
			l.report(file, 1, "act: %s has no question %s", p.ID, question)
		case !slices.Contains(q.Values, value):
			l.report(file, 1, "act: question %s has no value %s", question, value)
		}
	}
}
