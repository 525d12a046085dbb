package support_test

import (
	"testing"
	"time"

	"zhaohui/internal/problem"
	"zhaohui/internal/recovery"
	"zhaohui/internal/support"
)

func TestTickets_thePromiseStandsStillWhileTheCustomerIsAsked(t *testing.T) {
	onBoth(t, func(t *testing.T, d *door) {
		b, ctx, anna := newBureau(t, d), t.Context(), reviewer("anna")
		ticket := b.sent("appeal", "c1") // Friday noon, 72 h: Wednesday noon
		d.advance(4 * time.Hour)
		for range 3 {
			b.take(anna, ticket.ID)
			_, err := b.AskMore(ctx, anna, ticket.ID, []string{"places"}, nil)
			b.must(err)
			_, err = b.Claim(ctx, reviewer("berta"), ticket.ID)
			b.is(err, problem.KindConflict, "claim what waits for the customer")
			_, err = b.Save(ctx, "c1", ticket.ID, "registered", map[string]string{"month": "2018-01"})
			b.is(err, problem.KindConflict, "answer what was not asked")
			_, err = b.Save(ctx, "c1", ticket.ID, "places", map[string]string{"place": "成都"})
			b.must(err)
			d.advance(5 * 24 * time.Hour) // five days on the clock: some of them a weekend
			ticket, err = b.Send(ctx, "c1", ticket.ID)
			b.must(err)
			if rest := deskCalendar(t).Between(d.now(), ticket.Due, support.CountsDays); rest != 68*time.Hour {
				t.Errorf("%s are left", rest)
			}
		}
		b.take(anna, ticket.ID)
		_, err := b.AskMore(ctx, anna, ticket.ID, []string{"places"}, nil)
		b.is(err, problem.KindInvalid, "ask a fourth time")
		// Who does not answer is not refused: the ticket goes back to people.
		ticket = b.sent("appeal", "c2")
		b.take(anna, ticket.ID)
		_, err = b.AskMore(ctx, anna, ticket.ID, nil, []string{"carrier-proof"})
		b.must(err)
		d.advance(7 * 24 * time.Hour)
		done, _, err := b.Tend(ctx, 10)
		b.must(err)
		ticket, err = b.Ticket(ctx, ticket.ID)
		b.must(err)
		if done.Back != 1 || ticket.State != support.TicketOpen || !ticket.Detail.Rounds[0].Silent || b.count("ticket-refused") != 0 {
			t.Errorf("%+v: %s", done, ticket.State)
		}
	})
}

func TestP1_evidenceIsShownForAReasonAndTheViewIsRecorded(t *testing.T) {
	onBoth(t, func(t *testing.T, d *door) {
		b, ctx, anna := newBureau(t, d), t.Context(), reviewer("anna")
		ticket := b.sent("appeal", "c1")
		_, _, err := b.View(ctx, anna, ticket.ID, "decide")
		b.is(err, problem.KindConflict, "view without a claim")
		_, err = b.Claim(ctx, anna, ticket.ID)
		b.must(err)
		_, _, err = b.View(ctx, anna, ticket.ID, "curious")
		b.is(err, problem.KindInvalid, "view for no reason of the list")
		_, _, err = b.View(ctx, &support.Agent{ID: "x", Roles: []support.Role{support.RoleAgent}}, ticket.ID, "decide")
		b.is(err, problem.KindDenied, "view by who may not")
		if n := b.count("evidence-viewed"); n != 0 {
			t.Errorf("%d views are recorded that were none", n)
		}
		_, all, err := b.View(ctx, anna, ticket.ID, "decide")
		b.must(err)
		if len(all) != 1 || all[0].Entries[0]["month"] != "2019-03" {
			t.Errorf("evidence %+v", all)
		}
		_, _, err = b.View(ctx, &support.Agent{ID: "audra", Roles: []support.Role{support.RoleAuditor}}, ticket.ID, "audit")
		b.must(err)
		events := b.events()
		for i, want := range []string{"agent:anna decide", "agent:audra audit"} {
			e := events[len(events)-2+i]
			if got := e.Actor + " " + e.Data["reason"]; e.Kind != "evidence-viewed" || got != want || e.Case != "c1" {
				t.Errorf("the trail has %+v", e)
			}
		}
	})
}

func TestP3_evidenceIsErasedThirtyDaysAfterClosing(t *testing.T) {
	onBoth(t, func(t *testing.T, d *door) {
		b, ctx, anna := newBureau(t, d), t.Context(), reviewer("anna")
		draft, _, err := b.Begin(ctx, support.NewTicket{Kind: "appeal", Case: "c0", Key: "k"})
		b.must(err)
		_, err = b.Save(ctx, "c0", draft.ID, "places", map[string]string{"place": "杭州"})
		b.must(err)
		ticket := b.sent("appeal", "c1")
		b.take(anna, ticket.ID)
		_, err = b.Refuse(ctx, anna, ticket.ID, refusal(b.judged(ticket, "")))
		b.must(err)
		day := 24 * time.Hour
		for _, step := range []struct {
			after time.Duration
			want  support.Tended
		}{
			{6 * day, support.Tended{}},
			{day, support.Tended{Forgotten: 1}},
			{22 * day, support.Tended{}},
			{day, support.Tended{Closed: 1}},
			{29 * day, support.Tended{}},
			{day, support.Tended{Erased: 1, Answers: 1}},
			{1000 * day, support.Tended{}},
		} {
			d.advance(step.after)
			done, more, err := b.Tend(ctx, 10)
			b.must(err)
			if done != step.want || more {
				t.Errorf("after %s more: %+v, want %+v", step.after, done, step.want)
			}
		}
		_, err = b.Ticket(ctx, draft.ID)
		b.is(err, problem.KindNotFound, "a draft that was never sent")
		_, _, err = b.View(ctx, &support.Agent{ID: "l", Roles: []support.Role{support.RoleLead}}, ticket.ID, "complaint")
		b.is(err, problem.KindExpired, "view what is erased")
		var n int
		b.must(b.db.SQL().QueryRow(`SELECT COUNT(*) FROM ticket_evidence`).Scan(&n))
		if n != 0 {
			t.Errorf("%d answers are left", n)
		}
		if again := b.sent("appeal", "c1"); again.ID == ticket.ID {
			t.Error("a closed ticket stands in the way of a new one")
		}
	})
}

// The history that a customer reads names nobody.
func TestTickets_theHistoryNamesNobody(t *testing.T) {
	ticket := &support.Ticket{State: support.TicketOpen, Sent: start, Detail: support.Detail{
		Rounds: []support.Round{{At: start.Add(time.Hour), By: "anna", Answered: start.Add(2 * time.Hour)}}}}
	for i, want := range []string{"ticket-sent", "ticket-asked", "ticket-answered"} {
		if got := ticket.History()[i]; got.Kind != want || !got.At.Equal(start.Add(time.Duration(i)*time.Hour)) || !isBare(got) {
			t.Errorf("%d: %+v", i, got)
		}
	}
}

func isBare(e recovery.Event) bool { return e.Actor == "" && len(e.Data)+len(e.Person) == 0 }
