package web

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"time"

	"zhaohui/internal/recovery"
	"zhaohui/internal/support"
	"zhaohui/templates"
	"zhaohui/templates/ui"
)

// standing says how an appeal stands, to the browser that runs the case or to who came with number and key.
type standing struct {
	*Site
	visit  *visit
	ticket *support.Ticket
	kind   *support.TicketKind
	own    *filing // nil for who came with number and key: they see it and change nothing
	fate   recovery.State
}

func (st *standing) t(key string, pairs ...any) string { return st.visit.words.T(key, pairs...) }

func (st *standing) clock(at time.Time) string { return st.clockTime(st.visit, at) }

// from is the first full minute at which something can be done, as the letters say it.
func (st *standing) from(at time.Time) string { return st.clock(fullMinute(at)) }

// by is a moment up to which something happens.
func (st *standing) by(at time.Time) string { return st.until(st.visit, at) }

func (f *filing) statusView() templates.AppealStatusView {
	st := &standing{Site: f.Site, visit: f.visit, ticket: f.form.Ticket, kind: f.kind, own: f,
		fate: f.sight.Place.State}
	view := st.view(f.path())
	if key := f.keyOf(f.form.Ticket); key != "" && f.sight.Role == recovery.Owner { // it can take the case along
		view.Key, view.KeyText = showKey(key), f.t("appeal.status.keep", "Address", f.absolute(f.visit.to("/appeal", "")))
	}
	view.Beside = f.beside()
	view.Call, view.CallText = f.callLink(), f.callText()
	view.Refresh = ui.Link{Text: f.t("appeal.status.refresh"), URL: f.to()}
	return view
}

// view is the page; path is its own address.
func (st *standing) view(path string) templates.AppealStatusView {
	t := st.ticket
	view := templates.AppealStatusView{State: string(t.State), Number: support.ShowTicketNumber(t.Number),
		Never:  st.neverNote(st.visit),
		People: st.ownContacts(st.visit.words.Code()), PastTitle: st.t("appeal.past.title"), Past: st.past(),
		AsOf: st.t("live.wait.as-of", "Time", st.Now().In(st.Zone).Format("15:04:05"))}
	switch t.State {
	case support.TicketAsked:
		st.asked(&view)
	case support.TicketApproved:
		if !st.over(&view) {
			st.approved(&view)
		}
	case support.TicketRefused:
		st.refused(&view)
	case support.TicketClosed:
		st.say(&view, "closed")
	default:
		st.waiting(&view)
	}
	view.Page = st.unlisted(st.visit, joined(view.Title), path)
	return view
}

// say sets title and lead.
func (st *standing) say(view *templates.AppealStatusView, state string, pairs ...any) {
	heading := slices.Clone(pairs)
	for i, p := range heading {
		if text, ok := p.(string); ok && st.visit.base() == "" { // 11 月 24 日 stays together
			heading[i] = strings.ReplaceAll(text, " ", "\u00a0")
		}
	}
	view.Title, view.Lead = title(st.t("appeal.status."+state+"-title", heading...)),
		[]string{st.t("appeal.status."+state+"-lead", pairs...)}
}

func (st *standing) fact(view *templates.AppealStatusView, key, text string) {
	view.Facts = append(view.Facts, ui.Fact{Term: st.t("appeal.fact." + key), Text: text})
}

// list is numbered lines under what happens next; the test of the words reads their count here.
//
//nolint:unparam // three at the moment
func (st *standing) list(key string, n int, pairs ...any) *templates.LiveList {
	return numbered(st.visit, "appeal.sent", key, n, pairs...)
}

// waiting is while people look at it. A promise that is broken is said to be.
func (st *standing) waiting(view *templates.AppealStatusView) {
	st.say(view, "open", "Time", st.by(st.ticket.Promised))
	if st.ticket.Overdue(st.Now()) {
		st.say(view, "late", "Time", st.by(st.ticket.Promised))
	}
	st.fact(view, "who", st.t("appeal.fact.who-us"))
	st.fact(view, "promised", st.by(st.ticket.Promised))
	st.fact(view, "score", fmt.Sprintf("%d%%", st.ticket.Score))
	view.Next = st.list("appeal.sent", 3)
}

// asked is while the customer is asked for more, or opened a refused one once more.
func (st *standing) asked(view *templates.AppealStatusView) {
	round, until := st.ticket.Waiting(), st.by(st.ticket.Due)
	state := "asked"
	if round.By == "" {
		state = "reopened"
	}
	st.say(view, state, "Time", until)
	st.fact(view, "who", st.t("appeal.fact.who-you"))
	st.fact(view, "until", until)
	view.Asked = listed(st.t("appeal.status.asks"), round.Asks,
		func(id string) string { return st.t("appeal.asked." + id) })
	view.Papers = papers(st.visit, round.Papers)
	switch {
	case st.own == nil:
		view.Lead = append(view.Lead, st.t("appeal.status.there"))
	case len(round.Asks) == 0:
		view.Go = ui.Link{Text: st.t("appeal.status.look"), URL: st.own.to("check")}
	default:
		view.Go = ui.Link{Text: st.t("appeal.status.answer"), URL: st.own.goOn("")}
	}
}

// approved is a yes. It sets no password: the owner has time to stop it, and only the case goes on from here.
func (st *standing) approved(view *templates.AppealStatusView) {
	hold := st.ticket.Decided.Add(st.kind.Hold)
	enough := false
	if st.own != nil {
		enough = st.own.sight.Verdict != nil
		if enough {
			hold = st.own.sight.Hold
		}
		view.Go = ui.Link{Text: st.t("appeal.status.go-on"), URL: st.visit.to(st.casePath(st.own.sight), "")}
	}
	switch {
	case !st.Now().Before(hold) && (enough || st.own == nil):
		st.say(view, "ready")
	case enough || st.own == nil:
		st.say(view, "approved", "Time", st.from(hold))
		st.fact(view, "hold", st.from(hold))
	default:
		st.say(view, "half")
	}
	if st.own == nil {
		st.here(view)
	}
	st.fact(view, "staff", st.t("appeal.fact.staff-text", "n", max(1, len(st.ticket.Detail.Approvals))))
	st.fact(view, "veto", st.t("appeal.fact.veto-text"))
	view.Next = st.list("appeal.yes", 3)
}

// refused is a no: why, what helps, which papers, and how to go on (requirement P2).
func (st *standing) refused(view *templates.AppealStatusView) {
	refusals := st.ticket.Detail.Refusals
	last := refusals[len(refusals)-1]
	st.say(view, "refused")
	view.Reason = &ui.Note{Title: st.t("appeal.reason." + last.Reason), Text: st.t("appeal.reason.people")}
	view.Remedies = listed(st.t("appeal.status.remedies"), last.Remedies,
		func(id string) string { return st.t("appeal.remedy." + id) })
	view.Papers = papers(st.visit, last.Papers)
	switch {
	case !st.ticket.Detail.Reopened.IsZero() || !st.Now().Before(st.ticket.Due):
		view.Next = st.list("appeal.no-more", 3)
	case st.own == nil:
		view.Lead = append(view.Lead, st.t("appeal.status.there"))
		view.Next = st.list("appeal.no", 3, "Time", st.by(st.ticket.Due))
	default:
		view.Form = &templates.LiveForm{Action: st.own.to(), Button: st.t("appeal.status.reopen"),
			Hidden: []templates.Field{{Name: "do", Value: "reopen"}}}
		view.Next = st.list("appeal.no", 3, "Time", st.by(st.ticket.Due))
	}
}

// past is what happened, and what comes.
func (st *standing) past() []templates.LiveStation {
	var line []templates.LiveStation
	for _, e := range st.ticket.History() {
		line = append(line, templates.LiveStation{Text: st.t("appeal.past." + e.Kind), Note: st.clock(e.At), State: "done"})
	}
	switch st.ticket.State {
	case support.TicketAsked:
		line = append(line, templates.LiveStation{Text: st.t("appeal.past.you"),
			Note: st.t("appeal.past.until", "Time", st.by(st.ticket.Due)), State: "here"})
	case support.TicketOpen:
		line = append(line, templates.LiveStation{Text: st.t("appeal.past.we"),
			Note: st.t("appeal.past.until", "Time", st.by(st.ticket.Promised)), State: "here"})
	}
	return line
}

// appealKey is what a customer shows with the number of their appeal: nine digits that only this portal can make of the
// case, so that the browser which runs it can show them again. They open the page that says how the appeal stands, no more.
func (s *Site) appealKey(caseID string) string {
	return keyDigits(s.Keys.Index(appealKeys).Sum(caseID))
}

// keyOf is the key of an appeal as it was when it began, "" if the keys of that time are gone.
func (s *Site) keyOf(t *support.Ticket) string {
	for _, text := range s.Keys.Index(appealKeys).All(t.Case) {
		if key := keyDigits(text); s.Tickets.Opens(t, key) {
			return key
		}
	}
	return ""
}

const appealKeys = "appeal-keys"

func keyDigits(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return fmt.Sprintf("%09d", binary.BigEndian.Uint64(sum[:8])%1_000_000_000)
}

// showKey groups a key for reading.
func showKey(key string) string { return key[:3] + " " + key[3:6] + " " + key[6:] }
