package support_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"zhaohui/internal/problem"
	"zhaohui/internal/support"
)

// S16: nothing is left. Two people agree, one of them saw papers and person together; the case gets staff and document,
// with a hold of 72 hours and a veto, and the ticket sets nothing else.
func TestP1_S16_twoDifferentPeopleApproveAnAppeal(t *testing.T) {
	onBoth(t, func(t *testing.T, d *door) {
		b, ctx, anna, berta, carl := newBureau(t, d), t.Context(), reviewer("anna"), reviewer("berta"), reviewer("carl")
		b.cases.set("c1", support.About{Helpers: []string{"carl"}, Flags: []string{"nothing-proved"}})
		ticket := b.sent("appeal", "c1")
		_, err := b.Claim(ctx, carl, ticket.ID)
		b.is(err, problem.KindDenied, "claim by who helped")
		b.take(anna, ticket.ID)
		for what, j := range map[string]support.Judgement{
			"no answers":      {},
			"a mismatch":      {Checks: changed(b.judged(ticket, "").Checks, "same-person", support.CheckMismatch)},
			"a made-up value": {Checks: changed(b.judged(ticket, "").Checks, "places", "maybe")},
			"a made-up check": {Checks: changed(b.judged(ticket, "").Checks, "mood", support.CheckMatch)},
			"a made-up way":   b.judged(ticket, "letter"),
		} {
			_, err := b.Approve(ctx, anna, ticket.ID, j)
			b.is(err, problem.KindInvalid, "approve with "+what)
		}
		ticket, err = b.Approve(ctx, anna, ticket.ID, b.judged(ticket, "video"))
		b.must(err)
		if ticket.State != support.TicketOpen || len(b.proofs("c1")) != 0 {
			t.Fatalf("one person is enough: %s, %v", ticket.State, b.proofs("c1"))
		}
		_, err = b.Claim(ctx, anna, ticket.ID)
		b.is(err, problem.KindDenied, "approve twice")
		b.take(berta, ticket.ID)
		b.cases.set("c1", support.About{Helpers: []string{"carl", "berta"}}) // she joined the case meanwhile
		_, err = b.Approve(ctx, berta, ticket.ID, b.judged(ticket, ""))
		b.is(err, problem.KindDenied, "approve by who helps meanwhile")
		_, err = b.Release(ctx, berta, ticket.ID)
		b.must(err)
		dora := reviewer("dora")
		b.take(dora, ticket.ID)
		ticket, err = b.Approve(ctx, dora, ticket.ID, b.judged(ticket, ""))
		b.must(err)
		want := []string{"document by anna", "staff by anna dora"}
		if got := b.proofs("c1"); ticket.State != support.TicketApproved || !slices.Equal(got, want) {
			t.Errorf("%s: %v", ticket.State, got)
		}
		_, err = b.Claim(ctx, reviewer("e"), ticket.ID)
		b.is(err, problem.KindConflict, "claim what is decided")
		if got := b.count("ticket-agreed"); got != 2 || b.count("ticket-approved") != 1 {
			t.Errorf("the trail: %v", kinds(b.events()))
		}
		if _, err := b.trail.Verify(ctx, nil); err != nil {
			t.Error(err)
		}
	})
}

func changed(checks map[string]string, id, to string) map[string]string {
	checks[id] = to
	return checks
}

// Nobody decides what they did not open, and a look ends with the claim under which it began.
func TestP1_whoDecidesOpenedWhatTheCustomerGave(t *testing.T) {
	onBoth(t, func(t *testing.T, d *door) {
		b, ctx, anna := newBureau(t, d), t.Context(), reviewer("anna")
		ticket := b.sent("picture", "c1")
		blind := func(when string) {
			t.Helper()
			_, yes := b.Approve(ctx, anna, ticket.ID, b.judged(ticket, ""))
			_, no := b.Refuse(ctx, anna, ticket.ID, refusal(b.judged(ticket, "")))
			_, more := b.AskMore(ctx, anna, ticket.ID, nil, []string{"passport"})
			for what, err := range map[string]error{"approve ": yes, "refuse ": no, "ask for more ": more} {
				b.is(err, problem.KindInvalid, what+when)
				if err != nil && !strings.Contains(err.Error(), "evidence=required") {
					t.Error(err)
				}
			}
		}
		claim := func() {
			t.Helper()
			_, err := b.Claim(ctx, anna, ticket.ID)
			b.must(err)
		}
		claim()
		blind("what nobody opened")
		b.opens(&support.Agent{ID: "lee", Roles: []support.Role{support.RoleLead}}, ticket.ID)
		blind("what somebody else opened")
		b.opens(anna, ticket.ID)
		_, err := b.Release(ctx, anna, ticket.ID)
		b.must(err)
		claim()
		blind("what was opened before it was given back")
		b.opens(anna, ticket.ID)
		d.advance(16 * time.Minute)
		claim()
		blind("what was opened before the claim ended")
		if len(b.proofs("c1")) != 0 || b.count("ticket-agreed")+b.count("ticket-refused")+b.count("ticket-asked") != 0 {
			t.Errorf("%v", kinds(b.events()))
		}
		b.opens(anna, ticket.ID)
		_, err = b.Approve(ctx, anna, ticket.ID, b.judged(ticket, ""))
		b.must(err)
	})
}

// moneyCase is what is known of a case when its ticket is sent, and when it is claimed.
type moneyCase struct {
	before, later support.About
	proved        bool // by one person
}

// money is what the ticket says of it: the worst of both.
func (c moneyCase) money() string {
	yuan := []int64{c.before.Yuan, c.later.Yuan}
	switch {
	case max(yuan[0], yuan[1]) >= 5000:
		return support.MoneyAbove
	case min(yuan[0], yuan[1]) == 0:
		return support.MoneyUnknown
	}
	return support.MoneyBelow
}

// What the risk limit says is data, and what once raised it stays. What nobody knows counts as above it.
func TestP1_aboveTheRiskLimitOneIsNotEnough(t *testing.T) {
	onBoth(t, func(t *testing.T, d *door) {
		b, ctx := newBureau(t, d), t.Context()
		for name, c := range map[string]moneyCase{
			"below":         {before: support.About{Yuan: 1}, later: support.About{Yuan: 1}, proved: true},
			"unknown":       {before: support.About{}, later: support.About{Yuan: 1}},
			"unknown later": {before: support.About{Yuan: 1}},
			"just below":    {before: support.About{Yuan: 4999}, later: support.About{Yuan: 1}, proved: true},
			"much money":    {before: support.About{Yuan: 5000}, later: support.About{Yuan: 1}},
			"a flag":        {before: support.About{Yuan: 1, Flags: []string{"unusual"}}, later: support.About{Yuan: 1}},
			"another flag":  {before: support.About{Yuan: 1, Flags: []string{"sunny"}}, later: support.About{Yuan: 1}, proved: true},
			"risky later":   {before: support.About{Yuan: 1}, later: support.About{Yuan: 9000}},
			"risky at once": {before: support.About{Yuan: 9000}, later: support.About{Yuan: 1}},
		} {
			b.cases.set(name, c.before)
			ticket := b.sent("picture", name)
			b.cases.set(name, c.later)
			b.take(reviewer("anna"), ticket.ID)
			if got, err := b.Ticket(ctx, ticket.ID); err != nil || got.Detail.Money != c.money() {
				t.Errorf("%s: the ticket says %q, %v", name, got.Detail.Money, err)
			}
			_, err := b.Approve(ctx, reviewer("anna"), ticket.ID, b.judged(ticket, ""))
			b.must(err)
			if got := b.proofs(name); (len(got) == 1) != c.proved {
				t.Errorf("%s: %v", name, got)
			}
		}
	})
}

// If the case cannot take the proof, nothing is decided and nothing is in the trail.
func TestP1_aDecisionIsWholeOrNot(t *testing.T) {
	onBoth(t, func(t *testing.T, d *door) {
		b, ctx := newBureau(t, d), t.Context()
		b.cases.set("c1", support.About{Yuan: 1})
		ticket := b.sent("picture", "c1")
		b.take(reviewer("anna"), ticket.ID)
		before := len(b.events())
		d.exec(`ALTER TABLE test_proof RENAME TO gone`)
		if _, err := b.Approve(ctx, reviewer("anna"), ticket.ID, b.judged(ticket, "")); err == nil {
			t.Error("approved")
		}
		got, err := b.Ticket(ctx, ticket.ID)
		b.must(err)
		if got.State != support.TicketOpen || len(got.Detail.Approvals) != 0 || len(b.events()) != before {
			t.Errorf("%s with %d approvals, %v", got.State, len(got.Detail.Approvals), kinds(b.events()))
		}
	})
}

func TestP2_aRefusalShowsReasonRemedyAndPapersAndIsOpenedAgainOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, d *door) {
		b, ctx, anna, berta := newBureau(t, d), t.Context(), reviewer("anna"), reviewer("berta")
		ticket := b.sent("appeal", "c1")
		b.take(anna, ticket.ID)
		whole := refusal(b.judged(ticket, ""))
		for what, spoil := range map[string]func(*support.Refusing){
			"no reason": func(r *support.Refusing) { r.Reason = "" }, "another reason": func(r *support.Refusing) { r.Reason = "mood" },
			"no remedy": func(r *support.Refusing) { r.Remedies = nil }, "no paper": func(r *support.Refusing) { r.Papers = nil },
			"one twice": func(r *support.Refusing) { r.Papers = []string{"passport", "passport"} },
			"no checks": func(r *support.Refusing) { r.Judgement = support.Judgement{} },
		} {
			r := whole
			spoil(&r)
			_, err := b.Refuse(ctx, anna, ticket.ID, r)
			b.is(err, problem.KindInvalid, "refuse with "+what)
		}
		_, err := b.Refuse(ctx, anna, ticket.ID, whole)
		b.must(err)
		found, err := b.Find(ctx, support.ShowTicketNumber(ticket.Number), "key of c1", "192.0.2.1")
		b.must(err)
		if r := found.Detail.Refusals[0]; found.State != support.TicketRefused || r.Reason != "too-little" ||
			len(r.Remedies)+len(r.Papers) != 2 {
			t.Errorf("the customer is told %+v", found)
		}
		_, err = b.Reopen(ctx, "c1", ticket.ID)
		b.must(err)
		_, err = b.Save(ctx, "c1", ticket.ID, "usual-use", map[string]string{"use": "坐地铁"})
		b.must(err)
		ticket, err = b.Send(ctx, "c1", ticket.ID)
		b.must(err)
		if ticket.State != support.TicketOpen || ticket.Score != 26 || !ticket.Due.Equal(at(t, "2026-11-25 12:00")) {
			t.Errorf("opened again: %s %d %s", ticket.State, ticket.Score, ticket.Due.In(china))
		}
		_, err = b.Claim(ctx, anna, ticket.ID)
		b.is(err, problem.KindDenied, "who refused judges again")
		b.take(berta, ticket.ID)
		_, err = b.Refuse(ctx, berta, ticket.ID, whole)
		b.must(err)
		_, err = b.Reopen(ctx, "c1", ticket.ID)
		b.is(err, problem.KindConflict, "open again twice")
	})
}

// Opened again, a ticket begins anew: what was agreed before the refusal counts nothing, and as many people are needed.
func TestP1_whatIsOpenedAgainNeedsAsManyPeople(t *testing.T) {
	onBoth(t, func(t *testing.T, d *door) {
		b, ctx := newBureau(t, d), t.Context()
		ticket := b.sent("appeal", "c1")
		agree := func(who string) support.TicketState {
			t.Helper()
			b.take(reviewer(who), ticket.ID)
			got, err := b.Approve(ctx, reviewer(who), ticket.ID, b.judged(ticket, ""))
			b.must(err)
			return got.State
		}
		agree("anna")
		b.take(reviewer("berta"), ticket.ID)
		_, err := b.Refuse(ctx, reviewer("berta"), ticket.ID, refusal(b.judged(ticket, "")))
		b.must(err)
		_, err = b.Reopen(ctx, "c1", ticket.ID)
		b.must(err)
		_, err = b.Send(ctx, "c1", ticket.ID)
		b.must(err)
		if first, second := agree("carl"), agree("dora"); first != support.TicketOpen || second != support.TicketApproved {
			t.Errorf("after one: %s, after two: %s", first, second)
		}
		if got := b.proofs("c1"); !slices.Equal(got, []string{"staff by carl dora"}) {
			t.Errorf("proved %v", got)
		}
	})
}
