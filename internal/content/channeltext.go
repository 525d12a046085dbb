package content

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"zhaohui/internal/guide"
)

type channelFront struct {
	Title, Name, Headline, Summary string
	Have, Risks                    []string
	Because                        map[string]string
	Ifnot                          string
	Happens                        []string
	Asks                           []guide.Ask
	Labels                         map[string]string
}

var branchLink = regexp.MustCompile(`^\[([^\]]+)\]\(#([a-z0-9-]+)\)[：:]?\s*(.*)$`)

// channelText reads a channel in one language and checks that it says everything the data promises.
func (l *loader) channelText(dir, lang string, p *guide.Platform, c *guide.Channel) guide.ChannelText {
	file := path.Join(dir, lang+".md")
	var front channelFront
	doc, ok := l.document(file, &front)
	if !ok {
		return guide.ChannelText{Steps: map[string]guide.StepText{}}
	}
	at := place{file: file, line: doc.introAt, platform: p.ID, channel: c.ID, lang: lang}
	t := guide.ChannelText{Title: front.Title, Name: front.Name, Headline: front.Headline, Summary: front.Summary, Have: front.Have,
		Risks: front.Risks, Because: front.Because, IfNot: front.Ifnot, Happens: front.Happens, Asks: front.Asks,
		Labels: front.Labels, IntroHTML: l.markdown(at, doc.intro), Steps: map[string]guide.StepText{}}
	for _, field := range []struct{ name, value string }{{"title", t.Title}, {"name", t.Name}, {"headline", t.Headline}, {"summary", t.Summary}, {"ifnot", t.IfNot}} {
		if field.value == "" {
			l.report(file, 2, "%s is missing", field.name)
		}
	}
	for key := range t.Because {
		question, value, _ := strings.Cut(key, "=")
		i := slices.IndexFunc(p.Questions, func(q guide.Question) bool { return q.ID == question })
		if i < 0 || !slices.Contains(p.Questions[i].Values, value) {
			l.report(file, 2, "because: %q is no answer of this platform", key)
		}
	}
	for _, s := range doc.sections {
		t.Steps[s.id] = l.stepText(at, s, c)
	}
	for _, step := range c.AllSteps() {
		if _, ok := t.Steps[step.ID]; !ok {
			l.report(file, 1, "step %s has no section (## … {#%s})", step.ID, step.ID)
		}
		for _, label := range labels(step) {
			if lang != mainLanguage && t.Labels[label] == "" && p.Texts[lang].Labels[label] == "" {
				l.report(file, t.Steps[step.ID].Line, "step %s: the label %s has no meaning under labels", step.ID, label)
			}
		}
	}
	l.checkAsks(file, c, t)
	return t
}

// labels are the words of the app that a reader of another language must understand in a step.
func labels(step *guide.Step) []string {
	all := slices.Clone(step.Path)
	if s := step.Screen; s != nil && s.Tap != "" && s.Tap != "frame" && han.MatchString(s.Tap) {
		all = append(all, s.Tap)
	}
	return slices.DeleteFunc(all, func(label string) bool { return !han.MatchString(label) })
}

var han = regexp.MustCompile(`\p{Han}`)

func (l *loader) stepText(at place, s section, c *guide.Channel) guide.StepText {
	at.line = s.line
	i := slices.IndexFunc(c.AllSteps(), func(step *guide.Step) bool { return step.ID == s.id })
	if i < 0 {
		l.report(at.file, s.line, "section %q belongs to no step of channel.yaml", s.title)
		return guide.StepText{}
	}
	step := c.AllSteps()[i]
	t := guide.StepText{Title: s.title, Line: s.line, HTML: l.markdown(at, s.body), SeeHTML: l.markdown(at, s.parts["see"])}
	for _, it := range items(s.parts["else"], s.partAt["else"]) {
		at.line = it.line
		if m := branchLink.FindStringSubmatch(it.text); m != nil {
			l.address(at, "#"+m[2])
			t.Else = append(t.Else, guide.ElseText{Text: guide.Plain(l.inline(at, m[1])), Step: strings.Clone(m[2]), HTML: l.inline(at, m[3])})
			continue
		}
		t.Else = append(t.Else, guide.ElseText{HTML: l.inline(at, it.text)})
	}
	for _, it := range items(s.parts["list"], s.partAt["list"]) {
		at.line = it.line
		t.List = append(t.List, l.inline(at, it.text))
	}
	for part := range s.parts {
		if !slices.Contains([]string{"see", "else", "list"}, part) {
			l.report(at.file, s.partAt[part], "### %s is not known: see, else or list", part)
		}
	}
	switch {
	case t.HTML == "":
		l.report(at.file, s.line, "step %s says nothing", s.id)
	case step.Screen != nil && (t.SeeHTML == "" || len(t.Else) == 0):
		l.report(at.file, s.line, "step %s needs ### see and ### else", s.id)
	case step.Checklist != (len(t.List) > 0):
		l.report(at.file, s.line, "step %s: checklist and ### list go together", s.id)
	}
	if zh, ok := c.Texts[mainLanguage].Steps[s.id]; ok && at.lang != mainLanguage && len(zh.List) != len(t.List) {
		l.report(at.file, s.line, "step %s: %d items to tick, %d in zh.md", s.id, len(t.List), len(zh.List))
	}
	if len(t.List) > 30 {
		l.report(at.file, s.line, "step %s: at most 30 items to tick", s.id)
	}
	l.note(textAt{file: at.file, lang: at.lang, text: t.Plain(), line: s.line, step: at.platform + "/" + at.channel + "/" + s.id})
	return t
}
