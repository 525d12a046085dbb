package content

import (
	"maps"
	"path"
	"slices"
	"strings"

	"zhaohui/internal/guide"
)

type platformFile struct {
	Kind     string
	Order    int
	Hosts    []string
	Contacts []struct{ ID, Tel string }
	App      struct {
		Title string
		Tabs  []string
	}
	Prefer []string
	Last   string
	Every  []clause
}

type questionFile struct {
	ID      string
	Row     bool
	Usual   string
	Values  []string
	Stop    []string
	Ask     []clause
	Picture string
}

type platformTextFile struct {
	Name, Hint, Intro string
	Contacts          map[string]guide.ContactText
	Warning, Freeze   guide.Note
	Labels            map[string]string
	Questions         map[string]guide.QuestionText
}

func (l *loader) readSources() map[string]guide.Source {
	var file map[string]struct{ Title, Publisher, Date, Kind string }
	l.decode("sources.yaml", &file)
	sources := map[string]guide.Source{}
	for id, s := range file {
		sources[id] = guide.Source{ID: id, Title: s.Title, Publisher: s.Publisher, Date: s.Date, Kind: s.Kind}
	}
	return sources
}

func (l *loader) platform(id string) *guide.Platform {
	dir := path.Join("platforms", id)
	var file platformFile
	node, ok := l.decode(path.Join(dir, "platform.yaml"), &file)
	if !ok {
		return nil
	}
	if file.Kind != "guided" && file.Kind != "live" || !slug.MatchString(id) {
		l.report(path.Join(dir, "platform.yaml"), lineOf(node, "kind"), "kind must be guided or live, and the folder's name a slug")
	}
	p := &guide.Platform{ID: id, Live: file.Kind == "live", Order: file.Order, Hosts: file.Hosts, Last: file.Last,
		App: guide.App{Title: file.App.Title}, Texts: map[string]guide.PlatformText{}}
	for _, contact := range file.Contacts {
		p.Contacts = append(p.Contacts, guide.Contact{ID: contact.ID, Tel: contact.Tel})
	}
	for _, tab := range file.App.Tabs {
		p.App.Tabs = append(p.App.Tabs, l.row(path.Join(dir, "platform.yaml"), lineOf(node, "app", "tabs"), tab))
	}
	l.questions(dir, p)
	for _, lang := range l.languages {
		p.Texts[lang] = l.platformText(dir, lang, p)
	}
	l.channels(dir, p, file, lineOf(node, "prefer"))
	if err := p.Build(); err != nil {
		l.report(path.Join(dir, "platform.yaml"), 1, "%v", err)
		return nil
	}
	return p
}

func (l *loader) questions(dir string, p *guide.Platform) {
	var file []questionFile
	l.decode(path.Join(dir, "questions.yaml"), &file)
	order := func(id string) int {
		return slices.IndexFunc(file, func(q questionFile) bool { return q.ID == id })
	}
	for _, q := range file {
		for _, value := range q.Values {
			if !slug.MatchString(value) || !slug.MatchString(q.ID) {
				l.report(path.Join(dir, "questions.yaml"), 1, "%s=%s: ids and values are lower-case letters, digits and dashes", q.ID, value)
			}
		}
		p.Questions = append(p.Questions, guide.Question{ID: q.ID, Row: q.Row, Usual: q.Usual, Values: q.Values,
			Stop: q.Stop, Ask: clauses(q.Ask, order), Picture: q.Picture})
	}
}

func (l *loader) platformText(dir, lang string, p *guide.Platform) guide.PlatformText {
	name := path.Join(dir, lang+".yaml")
	var file platformTextFile
	node, ok := l.decode(name, &file)
	if !ok {
		return guide.PlatformText{}
	}
	if p.Live { // the operator's own product, under its own name
		file.Name = strings.ReplaceAll(file.Name, "{operator}", l.op.Product(lang))
	}
	text := guide.PlatformText{Name: file.Name, Hint: file.Hint, Intro: file.Intro, Contacts: file.Contacts,
		Warning: file.Warning, Freeze: file.Freeze, Labels: file.Labels, Questions: file.Questions}
	text.Freeze.Text = l.markdown(place{file: name, line: lineOf(node, "freeze", "text"), platform: p.ID, lang: lang}, file.Freeze.Text)
	for _, field := range []struct{ name, value string }{{"name", text.Name}, {"hint", text.Hint}, {"intro", text.Intro},
		{"warning", text.Warning.Text}, {"freeze", text.Freeze.Text}} {
		if field.value == "" {
			l.report(name, lineOf(node, field.name), "%s is missing", field.name)
		}
	}
	for _, q := range p.Questions {
		qt, ok := file.Questions[q.ID]
		if !ok {
			l.report(name, lineOf(node, "questions"), "question %s has no text", q.ID)
			continue
		}
		if lang == mainLanguage && width(strings.ReplaceAll(qt.Text, "|", "")) >= 20 {
			l.report(name, lineOf(node, "questions", q.ID), "the question has 20 characters or more (requirement A6)")
		}
		if qt.Short == "" || qt.Why == "" || q.Row && qt.Row == "" {
			l.report(name, lineOf(node, "questions", q.ID), "question %s needs short and why, and row if it stands on the first screen", q.ID)
		}
		for _, v := range q.Values {
			if qt.Values[v].Text == "" || qt.Values[v].Said == "" {
				l.report(name, lineOf(node, "questions", q.ID, "values"), "answer %s=%s needs text and said", q.ID, v)
			}
		}
		for v := range qt.Values {
			if !slices.Contains(q.Values, v) {
				l.report(name, lineOf(node, "questions", q.ID, "values", v), "answer %s=%s is not in questions.yaml", q.ID, v)
			}
		}
	}
	return text
}

// channels reads the channels in the order of preference; those that stand in no order are asides.
func (l *loader) channels(dir string, p *guide.Platform, file platformFile, preferLine int) {
	folders := l.folders(path.Join(dir, "channels"))
	for _, id := range file.Prefer {
		if !slices.Contains(folders, id) {
			l.report(path.Join(dir, "platform.yaml"), preferLine, "prefer names %s, which has no folder under channels", id)
			continue
		}
		if c := l.channel(dir, id, p, file.Every); c != nil {
			if c.Aside {
				l.report(path.Join(dir, "channels", id, "channel.yaml"), 1, "an aside is not ranked: take it out of prefer")
			}
			p.Channels = append(p.Channels, c)
		}
	}
	for _, id := range folders {
		if slices.Contains(file.Prefer, id) {
			continue
		}
		if c := l.channel(dir, id, p, nil); c != nil {
			if !c.Aside {
				l.report(path.Join(dir, "platform.yaml"), preferLine, "channel %s is missing in prefer", id)
			}
			p.Channels = append(p.Channels, c)
		}
	}
}

func sortedBy[V any](m map[string]V, order func(string) int) []string {
	keys := slices.Collect(maps.Keys(m))
	slices.SortFunc(keys, func(a, b string) int { return order(a) - order(b) })
	return keys
}
