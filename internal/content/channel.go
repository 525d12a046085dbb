package content

import (
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"zhaohui/internal/guide"
)

type channelFile struct {
	Rows       []string
	Replaces   []string
	Confidence string
	Checked    date
	Sources    []string
	Minutes    []int
	Wait       int
	Hours      string
	Human      bool
	Aside      bool
	Situation  bool
	Older      bool
	When       []clause
	Needs      []clause
	Lead       []clause
	Steps      []stepFile
	Branches   []struct {
		ID, From, To string
		Steps        []stepFile
	}
	Live *struct {
		Methods, With []string
		Second        []clause
	}
}

type stepFile struct {
	ID        string
	Path      []string
	Screen    *screenFile
	Checklist bool
	line      int
}

func (s *stepFile) UnmarshalYAML(node *yaml.Node) error {
	type plain stepFile
	if err := strict(node, "id", "path", "screen", "checklist"); err != nil {
		return err
	}
	err := node.Decode((*plain)(s))
	s.line = node.Line
	return err
}

type screenFile struct {
	Kind, Title, Right, Text, URL, Tap string
	Rows, Buttons, Tabs                []string
	line                               int
}

func (s *screenFile) UnmarshalYAML(node *yaml.Node) error {
	type plain screenFile
	if err := strict(node, "kind", "title", "right", "text", "url", "tap", "rows", "buttons", "tabs"); err != nil {
		return err
	}
	err := node.Decode((*plain)(s))
	s.line = node.Line
	return err
}

// strict refuses unknown keys below a custom decoder, where yaml's own check does not reach.
func strict(node *yaml.Node, known ...string) error {
	var unknown []string
	for i := 0; i+1 < len(node.Content); i += 2 {
		if key := node.Content[i]; !slices.Contains(known, key.Value) {
			unknown = append(unknown, lineText(key.Line, "field "+key.Value+" is not known here"))
		}
	}
	if len(unknown) > 0 {
		return &yaml.TypeError{Errors: unknown}
	}
	return nil
}

func (l *loader) channel(platformDir, id string, p *guide.Platform, every []clause) *guide.Channel {
	dir := path.Join(platformDir, "channels", id)
	name := path.Join(dir, "channel.yaml")
	var file channelFile
	node, ok := l.decode(name, &file)
	if !ok {
		return nil
	}
	order := func(question string) int {
		return slices.IndexFunc(p.Questions, func(q guide.Question) bool { return q.ID == question })
	}
	c := &guide.Channel{ID: id, Rows: file.Rows, Replaces: file.Replaces, Confidence: guide.Confidence(file.Confidence),
		Checked: file.Checked.Time, WaitHours: file.Wait, Hours: file.Hours, Human: file.Human, Aside: file.Aside, Situation: file.Situation, Older: file.Older,
		When:  clauses(l.known(name, node, "when", p, file.When), order),
		Needs: clauses(with(l.known(name, node, "needs", p, file.Needs), every), order),
		Lead:  clauses(l.known(name, node, "lead", p, file.Lead), order),
		Texts: map[string]guide.ChannelText{}}
	if !slug.MatchString(id) || slices.Contains([]string{"choose", "result"}, id) {
		l.report(name, 1, "channel id %q: lower-case letters, digits and dashes; choose and result are reserved", id)
	}
	c.Sources = l.sourcesOf(name, lineOf(node, "sources"), file.Sources)
	l.checkTrust(name, node, file.Confidence, file.Checked)
	if len(file.Minutes) == 2 && file.Minutes[0] <= file.Minutes[1] && file.Minutes[0] >= 0 {
		c.Minutes = [2]int{file.Minutes[0], file.Minutes[1]}
	} else {
		l.report(name, lineOf(node, "minutes"), "minutes: needs two numbers, from and to")
	}
	c.Steps = l.steps(name, p, c, file.Steps)
	for _, b := range file.Branches {
		c.Branches = append(c.Branches, guide.Branch{ID: b.ID, From: b.From, To: b.To, Steps: l.steps(name, p, c, b.Steps)})
	}
	if file.Live != nil {
		second := clauses(l.known(name, node, "live", p, file.Live.Second), order)
		c.Live = &guide.Live{Methods: file.Live.Methods, With: file.Live.With, Second: len(second)}
		c.Needs = append(c.Needs, second...)
	}
	for _, lang := range l.languages {
		c.Texts[lang] = l.channelText(dir, lang, p, c)
	}
	if c.Live != nil {
		l.checkLive(name, node, p, c)
	} else {
		l.checkWalk(name, node, c)
	}
	return c
}

// known reports the questions and values of a rule that the platform does not have, each where it stands, and leaves
// them out: one slip of the pen must not bury itself under everything that follows from it.
func (l *loader) known(file string, node *yaml.Node, key string, p *guide.Platform, in []clause) []clause {
	var out []clause
	for i, line := range in {
		kept := clause{}
		for question, values := range line {
			at := slices.IndexFunc(p.Questions, func(q guide.Question) bool { return q.ID == question })
			if at < 0 {
				l.report(file, lineOfItem(node, key, i), "%s: no question asks %q", key, question)
				continue
			}
			kept[question] = slices.DeleteFunc(slices.Clone(values), func(value string) bool {
				unknown := !slices.Contains(p.Questions[at].Values, value)
				if unknown {
					l.report(file, lineOfItem(node, key, i), "%s: question %s has no value %q", key, question, value)
				}
				return unknown
			})
		}
		if len(kept) > 0 {
			out = append(out, kept)
		}
	}
	return out
}

// with adds the lines that every channel has, unless the channel names their question itself.
func with(needs, every []clause) []clause {
	all := slices.Clone(needs)
	for _, line := range every {
		names := func(own clause) bool {
			for question := range line {
				if _, ok := own[question]; ok {
					return true
				}
			}
			return false
		}
		if !slices.ContainsFunc(needs, names) {
			all = append(all, line)
		}
	}
	return all
}

func (l *loader) sourcesOf(file string, line int, ids []string) []guide.Source {
	var sources []guide.Source
	for _, id := range ids {
		s, ok := l.sources[id]
		if !ok {
			l.report(file, line, "source %q is not in sources.yaml", id)
			continue
		}
		sources = append(sources, s)
	}
	if len(ids) == 0 {
		l.report(file, line, "no source (requirement G3)")
	}
	return sources
}

// checkTrust proves requirement G3: a confidence and a date of the last check; 90 days later it warns.
func (l *loader) checkTrust(file string, node *yaml.Node, confidence string, checked date) {
	if !slices.Contains([]string{"official", "reported", "unconfirmed"}, confidence) {
		l.report(file, lineOf(node, "confidence"), "confidence must be official, reported or unconfirmed")
	}
	if checked.IsZero() {
		l.report(file, lineOf(node, "checked"), "checked: the date of the last check is missing")
	} else if checked.After(l.now) {
		l.report(file, lineOf(node, "checked"), "checked: %s is still to come", checked.Format("2006-01-02"))
	} else if days := int(l.now.Sub(checked.Time).Hours() / 24); days > Overdue {
		l.warn(file, lineOf(node, "checked"), "checked %d days ago: look whether it still holds", days)
	}
}

// Overdue is after how many days a fact may have changed (requirement G3).
const Overdue = 90

func (l *loader) steps(file string, p *guide.Platform, c *guide.Channel, in []stepFile) []guide.Step {
	var steps []guide.Step
	for _, s := range in {
		step := guide.Step{ID: s.ID, Path: s.Path, Checklist: s.Checklist}
		if s.Screen != nil {
			step.Screen = l.screen(file, p, c, s)
		}
		if step.Screen == nil && !step.Checklist {
			l.report(file, s.line, "step %s has neither a screen nor a checklist", s.ID)
		}
		if !slug.MatchString(s.ID) || slices.Contains([]string{"print", "done"}, s.ID) {
			l.report(file, s.line, "step id %q: lower-case letters, digits and dashes; print and done are reserved", s.ID)
		}
		steps = append(steps, step)
	}
	return steps
}

// checkWalk looks at the walk as a whole: ids once, branches that start and end somewhere.
func (l *loader) checkWalk(file string, node *yaml.Node, c *guide.Channel) {
	if len(c.Steps) == 0 {
		l.report(file, lineOf(node, "steps"), "a channel needs steps")
	}
	seen := map[string]bool{}
	for _, s := range c.AllSteps() {
		if seen[s.ID] {
			l.report(file, lineOf(node, "steps"), "step id %s stands twice", s.ID)
		}
		seen[s.ID] = true
	}
	for _, b := range c.Branches {
		if !seen[b.From] || b.To != "" && !seen[b.To] || len(b.Steps) == 0 {
			l.report(file, lineOf(node, "branches"), "branch %s: from %q and to %q must be steps, and it needs steps of its own", b.ID, b.From, b.To)
		}
		if slices.ContainsFunc(b.Steps, func(s guide.Step) bool { return s.ID == b.From || s.ID == b.To }) {
			l.report(file, lineOf(node, "branches"), "branch %s leads to itself", b.ID)
		}
	}
	if looping(c) {
		l.report(file, lineOf(node, "branches"), "the branches lead around in a circle")
		c.Branches = nil
	}
	for _, lang := range l.languages {
		for _, s := range c.AllSteps() {
			for _, e := range c.Texts[lang].Steps[s.ID].Else {
				if e.Step != "" && !seen[e.Step] {
					l.report(path.Join(path.Dir(file), lang+".md"), c.Texts[lang].Steps[s.ID].Line, "step %s leads to step %s, which does not exist", s.ID, e.Step)
				}
			}
		}
	}
	for _, b := range c.Branches {
		for _, lang := range l.languages {
			offered := slices.ContainsFunc(c.AllSteps(), func(s *guide.Step) bool {
				return slices.ContainsFunc(c.Texts[lang].Steps[s.ID].Else, func(e guide.ElseText) bool { return len(b.Steps) > 0 && e.Step == b.Steps[0].ID })
			})
			if !offered {
				l.report(path.Join(path.Dir(file), lang+".md"), 1, "no step offers the branch %s under ### else", b.ID)
			}
		}
	}
}

// looping says whether following branches from where they start, or to where they join, ever comes back.
func looping(c *guide.Channel) bool {
	within := func(step string) *guide.Branch {
		for i := range c.Branches {
			if slices.ContainsFunc(c.Branches[i].Steps, func(s guide.Step) bool { return s.ID == step }) {
				return &c.Branches[i]
			}
		}
		return nil
	}
	for i := range c.Branches {
		for _, end := range []func(*guide.Branch) string{func(b *guide.Branch) string { return b.From }, func(b *guide.Branch) string { return b.To }} {
			at := &c.Branches[i]
			for range len(c.Branches) {
				if at = within(end(at)); at == nil {
					break
				}
			}
			if at != nil {
				return true
			}
		}
	}
	return false
}

// row is a sketch's row as it is written: "icon label / note".
func (l *loader) row(file string, line int, text string) guide.Row {
	icon, rest, ok := strings.Cut(text, " ")
	if !ok {
		l.report(file, line, "row %q: needs an icon and a label", text)
		return guide.Row{Label: text}
	}
	label, note, _ := strings.Cut(rest, " / ")
	if !slices.Contains(icons, icon) && icon != "them" {
		l.report(file, line, "row %q: there is no icon %q", text, icon)
	}
	return guide.Row{Icon: icon, Label: strings.TrimSpace(label), Note: strings.TrimSpace(note)}
}
