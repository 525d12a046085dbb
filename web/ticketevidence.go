package web

import (
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"zhaohui/internal/recovery"
	"zhaohui/internal/support"
	"zhaohui/templates"
	"zhaohui/templates/ui"
)

// besides says what on record a question is compared with. What no question names stands below.
var besides = map[string][]recovery.KnownWhat{
	"first-device": {recovery.KnownDevice},
	"phones":       {recovery.KnownPhone},
	"registered":   {recovery.KnownOldest},
	"top-ups":      {recovery.KnownTopUp},
	"usual-use":    {recovery.KnownUse},
	"mail-prefix":  {recovery.KnownMailbox},
}

// ticketEvidence is what the customer gave beside what is on record, as the kind lays it out.
func (s *Site) ticketEvidence(v *visit, sight *support.TicketSight) templ.Component {
	view := templates.TicketEvidenceView{W: v.words, Lang: s.Words.Words(sight.Ticket.Detail.Lang).Tag()}
	if sight.Away {
		view.Away = v.words.T("ticket.evidence.away")
	}
	beside := map[recovery.KnownWhat]bool{}
	for _, ask := range sight.Kind.Asks {
		given := templates.TicketGiven{ID: ask.ID, Label: askName(v, ask.ID), Pictures: s.ticketPictures(v, sight, ask)}
		for _, e := range sight.Evidence { // the oldest first
			if e.Ask != ask.ID || pictures(ask) {
				continue
			}
			if len(given.Entries) > 0 { // one that was left out is nothing to compare with
				given.Earlier = append(given.Earlier, templates.TicketEarlier{When: v.words.T("ticket.evidence.earlier"),
					Entries: given.Entries})
			}
			given.Entries = entryTexts(v, ask, e)
		}
		for _, what := range besides[ask.ID] {
			beside[what] = true
			given.Records = append(given.Records, s.recordTexts(v, sight.Records, what)...)
		}
		view.Given = append(view.Given, given)
	}
	for _, what := range []recovery.KnownWhat{recovery.KnownName, recovery.KnownOldest, recovery.KnownPhone, recovery.KnownMailbox,
		recovery.KnownDevice, recovery.KnownCard} {
		if texts := s.recordTexts(v, sight.Records, what); !beside[what] && len(texts) > 0 {
			view.Records = append(view.Records, ui.Fact{Term: v.words.T("ticket.record." + string(what)),
				Text: inOneLine(v, texts)})
		}
	}
	return templates.TicketEvidence(sight.Kind.ID, view)
}

// entryTexts are the entries of an answer, each on a line.
func entryTexts(v *visit, ask support.Ask, e support.Evidence) []templates.TicketLine {
	all := []templates.TicketLine{}
	for _, entry := range e.Entries {
		var parts []string
		for _, p := range ask.Parts {
			if value := entry[p.ID]; value != "" {
				parts = append(parts, partText(v, p.ID, value))
			}
		}
		all = append(all, lineOf(v, parts))
	}
	return all
}

// recordTexts are the records of a kind, in words.
func (s *Site) recordTexts(v *visit, records []recovery.Known, what recovery.KnownWhat) []templates.TicketLine {
	var all []templates.TicketLine
	for _, r := range records {
		if r.What != what {
			continue
		}
		parts := []string{r.Text}
		day := r.Since.In(s.Zone).Format("2006-01-02")
		switch what {
		case recovery.KnownOldest:
			parts = []string{v.words.T("ticket.record.oldest-text", "Date", day)}
		case recovery.KnownTopUp:
			parts = []string{day, v.words.T("ticket.record.yuan", "Yuan", yuan(r.Fen))}
		case recovery.KnownUse:
			parts = append(parts, v.words.T("ticket.record.times", "n", r.Times))
		case recovery.KnownPhone, recovery.KnownMailbox, recovery.KnownDevice:
			parts = append(parts, v.words.T("ticket.record.since", "Date", day))
		}
		if !r.Until.IsZero() {
			parts = append(parts, v.words.T("ticket.record.until", "Date", r.Until.In(s.Zone).Format("2006-01-02")))
		}
		if r.Note != "" {
			parts = append(parts, troubleName(v, r.Note))
		}
		all = append(all, lineOf(v, parts))
	}
	return all
}

// lineOf is a line whose first part says what it is.
func lineOf(v *visit, parts []string) templates.TicketLine {
	if len(parts) == 0 {
		return templates.TicketLine{}
	}
	return templates.TicketLine{Text: parts[0], Note: strings.Join(parts[1:], v.words.T("say.dot"))}
}

// inOneLine are lines as one text, each once.
func inOneLine(v *visit, lines []templates.TicketLine) string {
	var all []string
	for _, line := range lines {
		text := line.Text
		if line.Note != "" {
			text += v.words.T("say.dot") + line.Note
		}
		if !slices.Contains(all, text) {
			all = append(all, text)
		}
	}
	return strings.Join(all, v.words.T("say.pause"))
}

// yuan is an amount as people write it.
func yuan(fen int64) string {
	text := strconv.FormatInt(fen/100, 10)
	if rest := fen % 100; rest != 0 {
		text += "." + strconv.FormatInt(100+rest, 10)[1:]
	}
	return text
}
