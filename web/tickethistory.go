package web

import (
	"slices"
	"time"

	"zhaohui/internal/support"
	"zhaohui/templates"
	"zhaohui/templates/ui"
)

// ticketHistory tells what was done with a ticket, and by whom, the oldest first.
func (s *Site) ticketHistory(v *visit, t *support.Ticket, names map[string]string) []templates.TicketMoment {
	type moment struct {
		at         time.Time
		word, note string
		who        string
	}
	moments := []moment{{t.Sent, "sent", "", ""}, {t.Detail.Reopened, "reopened", "", ""}, {t.Closed, "closed", "", ""},
		{t.Erased, "erased", "", ""}}
	for _, r := range t.Detail.Rounds {
		if r.By == "" {
			continue
		}
		note := inWords(v, r.Asks, askName) + s.wanted(v, r)
		if r.Silent {
			note += v.words.T("say.comma") + v.words.T("ticket.past.silent")
		}
		moments = append(moments, moment{r.At, "asked", note, r.By},
			moment{r.Answered, "answered", "", ""})
	}
	for _, a := range t.Detail.Approvals {
		moments = append(moments, moment{a.At, "agreed", "", a.Agent})
	}
	for _, r := range t.Detail.Refusals {
		moments = append(moments, moment{r.At, "refused", reasonName(v, r.Reason), r.Agent})
	}
	if len(t.Detail.Approvals) > 0 && len(t.Detail.Approvals) >= t.Detail.Need {
		moments = append(moments, moment{t.Decided, "approved", "", ""})
	}
	moments = slices.DeleteFunc(moments, func(m moment) bool { return m.at.IsZero() })
	slices.SortStableFunc(moments, func(a, b moment) int { return a.at.Compare(b.at) })
	var all []templates.TicketMoment
	for _, m := range moments {
		text := v.words.T("ticket.past." + m.word)
		if m.who != "" {
			text = names[m.who] + v.words.T("say.dot") + text
		}
		all = append(all, templates.TicketMoment{At: s.past(v, m.at), Text: text, Note: m.note})
	}
	return all
}

// wanted are the papers that a customer was asked for.
func (s *Site) wanted(v *visit, r support.Round) string {
	papers := inWords(v, r.Papers, paperName)
	if papers != "" && len(r.Asks) > 0 {
		return v.words.T("say.pause") + papers
	}
	return papers
}

// ticketJudged are the judgements in full, for who looks them over.
func (s *Site) ticketJudged(v *visit, t *support.Ticket, names map[string]string) []templates.TicketJudged {
	var all []templates.TicketJudged
	add := func(who, word string, at time.Time, checks map[string]string, more ...ui.Fact) {
		dot := v.words.T("say.dot")
		j := templates.TicketJudged{Who: names[who] + dot + v.words.T("ticket.past."+word) + dot + s.past(v, at),
			Facts: s.checkFacts(v, t.Kind, checks)}
		for _, fact := range more {
			if fact.Text != "" {
				j.Facts = append(j.Facts, fact)
			}
		}
		all = append(all, j)
	}
	fact := func(word, text string) ui.Fact { return ui.Fact{Term: v.words.T("ticket.judge." + word), Text: text} }
	for _, a := range t.Detail.Approvals {
		add(a.Agent, "agreed", a.At, a.Checks, fact("compared", comparedText(v, a.Compared)))
	}
	for _, r := range t.Detail.Refusals {
		add(r.Agent, "refused", r.At, r.Checks, fact("reason", reasonName(v, r.Reason)),
			fact("remedies", inWords(v, r.Remedies, remedyName)), fact("papers", inWords(v, r.Papers, paperName)))
	}
	return all
}

func comparedText(v *visit, compared string) string {
	if compared == "" {
		return v.words.T("ticket.compare.not")
	}
	return compareName(v, compared)
}

// checkFacts are the answers to a kind's checklist.
func (s *Site) checkFacts(v *visit, kind string, checks map[string]string) []ui.Fact {
	var facts []ui.Fact
	if k, ok := s.Tickets.Kind(kind); ok {
		for _, c := range k.Checks {
			if answer := checks[c.ID]; answer != "" {
				facts = append(facts, ui.Fact{Term: checkName(v, c.ID), Text: answerName(v, answer)})
			}
		}
	}
	return facts
}
