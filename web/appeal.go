package web

import (
	"errors"
	"slices"

	"zhaohui/internal/problem"
	"zhaohui/internal/recovery"
	"zhaohui/internal/support"
	"zhaohui/templates"
)

// filing is somebody at their appeal: the browser runs the case, and what was written so far is read.
type filing struct {
	*Site
	visit *visit
	sight recovery.Sight
	kind  *support.TicketKind
	form  *support.Form // nil before it is begun
}

// filed hands the appeal of the browser's case to a page. Whoever runs no such case, or only looks at it with its number, is
// led to where they can go on.
func (s *Site) filed(v *visit, page func(*filing) error) error {
	ctx := v.Request().Context()
	sight, err := s.look(v)
	if errors.Is(err, problem.NotFound) || err == nil && sight.ID != v.Param("ref") {
		return v.see(v.to("/case", ""))
	}
	if err != nil {
		return err
	}
	early := []string{recovery.StepSafety, recovery.StepAccount}
	if sight.Role == recovery.Guest || slices.Contains(early, sight.Place.ID) {
		return v.see(v.to(s.casePath(sight), ""))
	}
	kind, ok := s.Tickets.Kind(appealKind)
	if !ok {
		return problem.NotFound
	}
	f := &filing{Site: s, visit: v, sight: sight, kind: kind}
	ticket, err := s.Tickets.OfCase(ctx, sight.ID, kind.ID)
	if err == nil {
		f.form, err = s.Tickets.Form(ctx, sight.ID, ticket.ID)
	}
	if err != nil && !errors.Is(err, problem.NotFound) {
		return err
	}
	if f.form == nil && sight.Place.Method != recovery.ByAppeal { // it begins where the case says so, and nowhere else
		return v.see(v.to(s.casePath(sight), ""))
	}
	return page(f)
}

// begun is filed for pages that there are only once the appeal is begun.
func (s *Site) begun(v *visit, page func(*filing) error) error {
	return s.filed(v, func(f *filing) error {
		if f.form == nil {
			return v.see(v.to(appealPath(f.sight.ID), ""))
		}
		return page(f)
	})
}

// writing is begun while it is the customer's turn; else the page says how it stands.
func (s *Site) writing(v *visit, page func(*filing) error) error {
	return s.begun(v, func(f *filing) error {
		if !f.turn() {
			return v.see(v.to(appealPath(f.sight.ID), ""))
		}
		return page(f)
	})
}

// opened says that an agent began it, and that the customer has not written anything: they are told what it is first.
func (f *filing) opened() bool {
	if f.form == nil {
		return false
	}
	t := f.form.Ticket
	return t.State == support.TicketDraft && t.Detail.Opener != "" && len(f.form.Answers) == 0
}

// turn says whether it is the customer who has to do something.
func (f *filing) turn() bool {
	return f.form != nil && (f.form.Ticket.State == support.TicketDraft || f.form.Ticket.State == support.TicketAsked)
}

// asks are the questions that can be answered now.
func (f *filing) asks() []support.Ask {
	var list []support.Ask
	for _, a := range f.kind.Asks {
		if f.form == nil || f.form.Ticket.MayAnswer(a.ID) {
			list = append(list, a)
		}
	}
	return list
}

// seen says whether a question was answered, or left out on purpose; one that was asked once more, since then.
func (f *filing) seen(ask string) bool {
	if round := f.form.Ticket.Waiting(); round != nil && len(round.Asks) > 0 {
		return f.form.Fresh[ask]
	}
	_, ok := f.form.Answers[ask]
	return ok
}

// next is the first question after another that nobody looked at yet, "" if there is none left.
func (f *filing) next(after string) string {
	asks := f.asks()
	from := slices.IndexFunc(asks, func(a support.Ask) bool { return a.ID == after }) + 1
	for i := range asks {
		if a := asks[(from+i)%len(asks)]; a.ID != after && !f.seen(a.ID) {
			return a.ID
		}
	}
	return ""
}

// goOn is where the customer writes on.
func (f *filing) goOn(after string) string {
	if next := f.next(after); next != "" {
		return f.visit.to(appealPath(f.sight.ID, next), "")
	}
	return f.visit.to(appealPath(f.sight.ID, "check"), "")
}

// showAppeal says what an appeal is, leads on with one that is being written, or says how it stands.
func (s *Site) showAppeal(v *visit) error {
	return s.filed(v, func(f *filing) error {
		switch {
		case f.form == nil || f.opened():
			return s.fresh(v, 200, templates.AppealStart(f.startView()))
		case f.form.Ticket.State == support.TicketDraft && len(f.form.Answers) == 0:
			return v.see(f.goOn(""))
		case f.form.Ticket.State == support.TicketDraft:
			return v.see(v.to(appealPath(f.sight.ID, "check"), ""))
		}
		return s.fresh(v, 200, templates.AppealStatus(f.statusView()))
	})
}

// submitAppeal begins an appeal, or opens a refused one once more.
func (s *Site) submitAppeal(v *visit) error {
	return s.filed(v, func(f *filing) error {
		form, err := v.form("do")
		if err != nil {
			return err
		}
		ctx := v.Request().Context()
		switch do := form.Get("do"); {
		case do == "begin" && f.form == nil:
			_, _, err = s.Tickets.Begin(ctx, support.NewTicket{Kind: f.kind.ID, Case: f.sight.ID,
				Key: s.appealKey(f.sight.ID), Lang: v.words.Code(), Network: recovery.NetworkOf(v.RealIP())})
		case do == "begin" && f.opened():
			return v.see(f.goOn(""))
		case do == "reopen" && f.form != nil:
			_, err = s.Tickets.Reopen(ctx, f.sight.ID, f.form.Ticket.ID)
		case do != "begin" && do != "reopen":
			err = problem.Invalid{Fields: map[string]string{"do": "unknown"}}
		}
		if err != nil {
			return err
		}
		return v.see(v.to(appealPath(f.sight.ID), ""))
	})
}
