package web

import (
	"slices"

	"github.com/a-h/templ"

	"zhaohui/internal/guide"
	"zhaohui/templates"
	"zhaohui/templates/ui"
)

// showQuestion asks what is worth asking next; when nothing is, it goes on to the result.
func (s *Site) showQuestion(v *visit) error {
	p, err := s.platform(v)
	if err != nil {
		return err
	}
	answers := v.answers(p)
	recommendation := answers.Recommend()
	question := recommendation.Next
	again, ok := p.Question(v.QueryParam("ask"))
	// Change one answer, keep the others; after a stop only that one.
	if ok && !again.Row && (recommendation.Stop == "" || len(again.Stop) > 0) {
		question = &again
	}
	if question == nil {
		return v.see(v.to(resultPath(p.ID), answers.Query()))
	}
	key := choosePath(p.ID) + "?" + question.ID + "&" + answers.Query()
	return s.cached(v, key, func() templ.Component { return templates.Question(s.questionView(v, p, answers, *question)) })
}

func (s *Site) questionView(v *visit, p *guide.Platform, answers guide.Answers, q guide.Question) templates.QuestionView {
	lang := v.words.Code()
	t := p.Texts[lang].Questions[q.ID]
	query := answers.Query()
	if answers.Value(q.ID) != "" {
		query = join("ask="+q.ID, query)
	}
	view := templates.QuestionView{Page: s.frame(v, unbroken(t.Text), t.Why, choosePath(p.ID), query),
		Platform: p.ID, ID: q.ID, Text: title(t.Text), Why: t.Why, Picture: q.Picture, Action: v.to(choosePath(p.ID), "")}
	view.NoIndex = query != ""
	asked := 0
	for _, a := range answers.All() {
		if known, _ := p.Question(a.Question); !known.Row && a.Question != q.ID {
			asked++
		}
		if a.Question != q.ID {
			view.Hidden = append(view.Hidden, templates.Field{Name: a.Question, Value: a.Value})
		}
	}
	view.Number, view.AtMost = asked+1, max(0, guide.MaxScreens-asked-1)
	for _, value := range q.Values {
		text := t.Values[value]
		view.Values = append(view.Values, templates.AnswerRow{Value: value, Text: text.Text, Hint: text.Hint,
			Chosen: answers.Value(q.ID) == value, Unsure: value == "unsure"})
	}
	if len(q.Stop) > 0 {
		view.Rows = s.rowQuestions(v, p, answers)
		view.RowsText = v.words.T("question.rows", "Rows", list(v, rowNames(v, p)))
		view.Hidden = withoutRows(p, view.Hidden)
	}
	view.Said = s.said(v, p, answers, q.ID)
	view.Back = s.back(v, p, answers, q.ID)
	if contacts := s.platformContacts(p, lang); len(contacts) > 0 {
		view.Contact = contacts[0]
	}
	view.ShareURL = v.to("/share"+choosePath(p.ID), answers.WithoutSafety().Query())
	return view
}

// rowQuestions are the questions that stand on the first screen and are never asked alone.
func (s *Site) rowQuestions(v *visit, p *guide.Platform, answers guide.Answers) []templates.RowQuestion {
	var rows []templates.RowQuestion
	for _, q := range p.Questions {
		if !q.Row {
			continue
		}
		t := p.Texts[v.words.Code()].Questions[q.ID]
		row := templates.RowQuestion{ID: q.ID, Text: unbroken(t.Text)}
		for _, value := range q.Values {
			said := answers.Value(q.ID)
			chosen := said == value || said == "" && q.Usual == value
			if q.Usual == value {
				value = "" // the usual case leaves no trace in the address
			}
			row.Values = append(row.Values, templates.AnswerRow{Value: value, Text: t.Values[orUsual(value, q)].Text,
				Chosen: chosen})
		}
		rows = append(rows, row)
	}
	return rows
}

// rowNames are what the folded questions are about.
func rowNames(v *visit, p *guide.Platform) []string {
	var names []string
	for _, q := range p.Questions {
		if q.Row {
			names = append(names, p.Texts[v.words.Code()].Questions[q.ID].Row)
		}
	}
	return names
}

func orUsual(value string, q guide.Question) string {
	if value == "" {
		return q.Usual
	}
	return value
}

// withoutRows leaves out the answers that the first screen asks itself.
func withoutRows(p *guide.Platform, fields []templates.Field) []templates.Field {
	var kept []templates.Field
	for _, f := range fields {
		if q, _ := p.Question(f.Name); !q.Row {
			kept = append(kept, f)
		}
	}
	return kept
}

// said lists the answers so far, each with the way to change it alone.
func (s *Site) said(v *visit, p *guide.Platform, answers guide.Answers, except string) []ui.Said {
	t := p.Texts[v.words.Code()]
	list := []ui.Said{{Question: v.words.T("say.which-platform"), Answer: t.Name, ChangeURL: v.to("/", ""),
		ChangeLabel: v.words.T("say.which-platform")}}
	for _, a := range answers.All() {
		if a.Question == except {
			continue
		}
		question := a.Question
		if q, _ := p.Question(a.Question); q.Row {
			question = p.Safety().ID // rows stand on the first screen
		}
		list = append(list, ui.Said{Question: t.Questions[a.Question].Short, Answer: t.Questions[a.Question].Values[a.Value].Text,
			ChangeURL:   v.to(choosePath(p.ID), join("ask="+question, answers.Query())),
			ChangeLabel: t.Questions[a.Question].Short})
	}
	return list
}

// back is the page before: the last question that was asked before this one, or the platform.
func (s *Site) back(v *visit, p *guide.Platform, answers guide.Answers, question string) string {
	all := answers.All()
	at := func(id string) int {
		return slices.IndexFunc(p.Questions, func(q guide.Question) bool { return q.ID == id })
	}
	if question != "" {
		all = slices.DeleteFunc(all, func(a guide.Answer) bool { return at(a.Question) >= at(question) })
	}
	for i := len(all) - 1; i >= 0; i-- {
		if q, _ := p.Question(all[i].Question); !q.Row {
			return v.to(choosePath(p.ID), join("ask="+all[i].Question, answers.Query()))
		}
	}
	return v.to(platformPath(p.ID), "")
}

// join puts two queries together.
func join(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "&" + b
}
