package content

import (
	"iter"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"zhaohui/internal/guide"
)

// lint looks at the content as a whole, once everything is read.
func (l *loader) lint(c *Content) {
	proved := l.prove(c)
	defer proved()
	if l.checked {
		return
	}
	l.lintPunctuation()
	l.lintSentences()
	l.lintScreens()
	l.lintLinks(c)
	l.lintArticles(c)
	l.lintReplaced(c)
	for _, p := range c.Platforms {
		l.lintReach(c, p)
		l.lintLive(p)
		l.lintLadder(p)
		for _, q := range p.Questions {
			for _, stop := range q.Stop {
				if _, ok := c.Stops[stop]; !ok {
					l.report(path.Join("platforms", p.ID, "questions.yaml"), 1, "stop %s has no folder under stops", stop)
				}
			}
		}
	}
}

var halfWidth = regexp.MustCompile(`[\p{Han}、。，：；？！（）《》][”’]?[,:;?!()]|[,:;?!()][“‘]?\p{Han}|\p{Han}\.(\s|$)`)

// mayHalve spares most texts the expression: it needs a half-width mark with a character beside it that is not ASCII.
func mayHalve(text string) bool {
	for i := range len(text) {
		switch text[i] {
		case ',', ':', ';', '?', '!', '(', ')', '.':
			if i > 0 && text[i-1] >= utf8.RuneSelf || i+1 < len(text) && text[i+1] >= utf8.RuneSelf {
				return true
			}
		}
	}
	return false
}

var swallowed = regexp.MustCompile(`[a-z,.;:?!]\|[A-Za-z]`)

// lintPunctuation refuses half-width punctuation beside Chinese (targets of links are not text), and break marks that
// would join two words of a language that parts them with spaces.
func (l *loader) lintPunctuation() {
	for _, t := range l.texts {
		if t.step != "" {
			continue
		}
		text := t.text
		if strings.Contains(text, "](") {
			text = linkTarget.ReplaceAllString(text, "]")
		}
		if found := swallowed.FindString(text); found != "" {
			l.report(t.file, t.line, "a break mark without a space joins two words: %q", found)
		}
		if !mayHalve(text) {
			continue
		}
		if found := halfWidth.FindString(text); found != "" {
			l.report(t.file, t.line, "half-width punctuation beside Chinese: %q", found)
		}
	}
}

// sentences cuts a text after its sentences; a half-width mark ends one only before a blank.
func sentences(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		from := 0
		for i, r := range text {
			switch r {
			case '。', '！', '？', '\n':
			case '.', '!', '?':
				if !strings.HasPrefix(text[i+1:], " ") {
					continue
				}
			default:
				continue
			}
			if !yield(strings.TrimSpace(text[from:i])) {
				return
			}
			from = i + utf8.RuneLen(r)
		}
		yield(strings.TrimSpace(text[from:]))
	}
}

// lintSentences finds a sentence that stands in two steps of a platform: one of the steps says too little.
func (l *loader) lintSentences() {
	first := map[string]textAt{}
	for _, t := range l.texts {
		if t.step == "" {
			continue
		}
		platform, _, _ := strings.Cut(t.step, "/")
		seen := map[string]bool{}
		for sentence := range sentences(t.text) {
			if least := map[bool]int{true: 8, false: 24}[t.lang == mainLanguage]; width(sentence) < least || seen[sentence] {
				continue
			}
			seen[sentence] = true
			key := platform + t.lang + sentence
			if before, ok := first[key]; ok {
				l.report(t.file, t.line, "the sentence %q stands in %s too (%s:%d)", sentence, before.step, before.file, before.line)
				continue
			}
			first[key] = t
		}
	}
}

// lintScreens finds a sketch that equals another step's of the same platform.
func (l *loader) lintScreens() {
	first := map[string]screenAt{}
	for _, s := range l.screens {
		platform, _, _ := strings.Cut(s.channel, "/")
		if before, ok := first[platform+s.drawn]; ok {
			l.report(s.file, s.line, "step %s draws the same screen as %s of %s", s.step, before.step, before.channel)
			continue
		}
		first[platform+s.drawn] = s
	}
}

var telephone = regexp.MustCompile(`^\+?[0-9-]{3,18}$`)

func (l *loader) lintArticles(c *Content) {
	for _, slug := range c.Home.Topics {
		if _, ok := c.Help.Article(slug); !ok {
			l.report("home.yaml", 1, "topics: no article %s", slug)
		}
	}
	for _, a := range c.Help.Articles {
		file := path.Join("help", a.Slug, "article.yaml")
		for _, id := range a.Platforms {
			if _, ok := c.Platform(id); !ok {
				l.report(file, 1, "platforms: no platform %s", id)
			}
		}
		for _, slug := range a.Related {
			if _, ok := c.Help.Article(slug); !ok {
				l.report(file, 1, "related: no article %s", slug)
			}
		}
		for _, act := range a.Acts {
			p, ok := c.Platform(act.Platform)
			if !ok {
				l.report(file, 1, "act: no platform %s", act.Platform)
				continue
			}
			if _, ok := p.Channel(act.Channel); act.Channel != "" && !ok {
				l.report(file, 1, "act: %s has no channel %s", act.Platform, act.Channel)
			}
			l.answersOf(file, p, act.Answers)
		}
	}
}

// lintReach finds channels that no situation can reach, and asides that nothing links to.
func (l *loader) lintReach(c *Content, p *guide.Platform) {
	for _, channel := range p.Channels {
		file := path.Join("platforms", p.ID, "channels", channel.ID, "channel.yaml")
		if !channel.Aside {
			if !reachable(p, channel) {
				l.report(file, 1, "no situation can reach this channel")
			}
			continue
		}
		linked := slices.ContainsFunc(l.links, func(link linkAt) bool {
			return link.platform == p.ID && link.target == "channel:"+channel.ID || link.target == "channel:"+p.ID+"/"+channel.ID
		})
		for _, a := range c.Help.Articles {
			for _, act := range a.Acts {
				linked = linked || act.Platform == p.ID && act.Channel == channel.ID
			}
		}
		if !linked {
			l.report(file, 1, "nothing links to this aside")
		}
	}
}

// reachable looks for answers that make a channel possible, by satisfying its lines one term at a time.
func reachable(p *guide.Platform, channel *guide.Channel) bool {
	lines := slices.Concat(channel.When, channel.Needs)
	var try func(int, guide.Answers) bool
	try = func(i int, a guide.Answers) bool {
		if i == len(lines) {
			return slices.ContainsFunc(a.Recommend().Possible(), func(r guide.Ranked) bool { return r.ID == channel.ID })
		}
		for _, term := range lines[i] {
			for _, value := range term.Values {
				if said := a.Value(term.Question); said != "" && said != value {
					continue
				}
				if try(i+1, a.With(term.Question, value)) {
					return true
				}
			}
		}
		return false
	}
	return try(0, p.None())
}

// lintLadder proves for every combination of who, what and where, with nothing else known and with everything
// else denied, that something is left to do and that the ladder ends at a person.
func (l *loader) lintLadder(p *guide.Platform) {
	file := path.Join("platforms", p.ID, "platform.yaml")
	var usual, rest []guide.Question
	for _, q := range p.Questions {
		switch {
		case len(q.Stop) > 0:
		case q.Usual != "":
			usual = append(usual, q)
		default:
			rest = append(rest, q)
		}
	}
	denied := p.None()
	for _, q := range rest {
		denied = denied.With(q.ID, "no").With(q.ID, "none").With(q.ID, "refuse").With(q.ID, "suspended").With(q.ID, "new")
	}
	people := slices.IndexFunc(p.Channels, func(c *guide.Channel) bool { return c.Human })
	for i, c := range p.Channels {
		if c.Confidence == guide.Unconfirmed && !c.Aside && i < people {
			l.report(file, 1, "prefer: unconfirmed %s stands before every person, so it could come first", c.ID)
		}
	}
	dead := map[string]bool{}
	check := func(a guide.Answers) {
		if !a.LeavesPerson() && !dead[a.Query()] {
			dead[a.Query()] = true
			l.report(file, 1, "the ladder ends at no person for %s", a.Query())
		}
	}
	var each func(int, guide.Answers, guide.Answers)
	each = func(i int, a, denied guide.Answers) {
		if i == len(usual) {
			check(a)
			check(denied)
			return
		}
		each(i+1, a, denied)
		for _, v := range usual[i].Values {
			each(i+1, a.With(usual[i].ID, v), denied.With(usual[i].ID, v))
		}
	}
	each(0, p.None(), denied)
}
