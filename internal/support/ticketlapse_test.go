package support_test

import (
	"slices"
	"testing"
	"time"

	"zhaohui/internal/problem"
	"zhaohui/internal/support"
)

func lead(id string) *support.Agent {
	return &support.Agent{ID: id, Name: id, Roles: []support.Role{support.RoleLead}}
}

// Who answers for the desk may look without a claim; what they saw before one, or under one that is over, decides nothing.
func TestP1_aLeadsLookBeginsAnewWithEachClaimAndEndsWithIt(t *testing.T) {
	onBoth(t, func(t *testing.T, d *door) {
		b, ctx, lee := newBureau(t, d), t.Context(), lead("lee")
		sees := func(id string) bool {
			t.Helper()
			sight, err := b.Look(ctx, lee, id)
			b.must(err)
			return sight.Opening != nil
		}
		early := b.sent("appeal", "c0")
		b.opens(lee, early.ID)
		_, err := b.Claim(ctx, lee, early.ID)
		b.must(err)
		_, err = b.Approve(ctx, lee, early.ID, b.judged(early, ""))
		b.is(err, problem.KindInvalid, "decide with a look of before the claim")
		for name, end := range map[string]func(*support.Ticket) error{
			"given back": func(t *support.Ticket) error {
				_, err := b.Release(ctx, lee, t.ID)
				return err
			},
			"sent back": func(t *support.Ticket) error {
				_, err := b.AskMore(ctx, lee, t.ID, []string{"places"}, nil)
				return err
			},
			"agreed to": func(t *support.Ticket) error {
				_, err := b.Approve(ctx, lee, t.ID, b.judged(t, ""))
				return err
			},
			"refused": func(t *support.Ticket) error {
				_, err := b.Refuse(ctx, lee, t.ID, refusal(b.judged(t, "")))
				return err
			},
		} {
			ticket := b.sent("appeal", name)
			b.take(lee, ticket.ID)
			b.must(end(ticket))
			after, err := b.Ticket(ctx, ticket.ID)
			b.must(err)
			if sees(ticket.ID) || after.Claim != (support.Claim{}) {
				t.Errorf("%s: it is open still, or claimed: %+v", name, after.Claim)
			}
		}
	})
}

// A claim holds what waits for people, and a look is worth nothing beside somebody else's claim or once all is erased.
func TestP1_aLookNeedsItsClaimAndSomethingToSee(t *testing.T) {
	later := start.Add(time.Minute)
	ticket := support.Ticket{State: support.TicketOpen, Claim: support.Claim{Agent: "anna", Until: later}}
	for _, who := range []string{"anna", "berta", "lee"} {
		ticket.Detail.Opened = append(ticket.Detail.Opened, support.Opening{Agent: who, Until: later})
	}
	if ticket.Opening(reviewer("anna"), start) == nil || ticket.Opening(lead("lee"), start) == nil {
		t.Error("a look does not last")
	}
	if ticket.Opening(reviewer("berta"), start) != nil {
		t.Error("a look lasts beside somebody else's claim")
	}
	if ticket.Erased = start; ticket.Opening(lead("lee"), start) != nil {
		t.Error("what is erased is open")
	}
	for _, state := range []support.TicketState{support.TicketDraft, support.TicketAsked, support.TicketApproved, support.TicketRefused,
		support.TicketClosed} {
		if ticket.State = state; ticket.Holds("anna", start) {
			t.Errorf("somebody holds what is %s", state)
		}
	}
}

// Where a check has to match, "cannot tell" is no match.
func TestP1_whoCannotTellCannotApprove(t *testing.T) {
	k, must := appeal(t), 0
	for _, c := range k.Checks {
		for _, answer := range []string{support.CheckMismatch, support.CheckUnclear} {
			j := yes(k, "")
			j.Checks[c.ID] = answer
			if err := k.Approvable(j); (err != nil) != c.Must {
				t.Errorf("%s is %s: %v", c.ID, answer, err)
			}
		}
		if c.Must {
			must++
		}
	}
	if must == 0 {
		t.Error("no check has to match")
	}
}

// What the customer did not send is nobody's business, and a number leads only those in who may see tickets.
func TestP1_aFormThatWasNotSentIsNobodysBusiness(t *testing.T) {
	onBoth(t, func(t *testing.T, d *door) {
		b, ctx, lee := newBureau(t, d), t.Context(), lead("lee")
		draft, sent := b.draft("c1"), b.sent("appeal", "c2")
		_, _, err := b.View(ctx, lee, draft.ID, "complaint")
		b.is(err, problem.KindNotFound, "open a draft")
		_, err = b.Look(ctx, lee, draft.ID)
		b.is(err, problem.KindNotFound, "look at a draft")
		_, err = b.Number(ctx, lee, draft.Number)
		b.is(err, problem.KindNotFound, "find a draft")
		id, err := b.Number(ctx, lee, support.ShowTicketNumber(sent.Number))
		if b.must(err); id != sent.ID {
			t.Errorf("the number leads to %q", id)
		}
		_, err = b.Number(ctx, &support.Agent{ID: "x", Roles: []support.Role{support.RoleAgent}}, sent.Number)
		b.is(err, problem.KindNotFound, "find without the right")
		if b.count("evidence-viewed") != 0 {
			t.Error("a view is recorded that was none")
		}
	})
}

// More is asked for out of the lists alone, and opened again, a ticket may be asked about as often as before.
func TestP2_whatIsAskedForStandsOnTheLists(t *testing.T) {
	k := appeal(t)
	for name, ask := range map[string]struct{ asks, papers []string }{
		"nothing": {}, "an unknown question": {asks: []string{"mood"}}, "a question twice": {asks: []string{"places", "places"}},
		"an unknown paper": {papers: []string{"letter"}}, "a paper twice": {papers: []string{"passport", "passport"}},
	} {
		if err := k.Askable(&support.Ticket{}, ask.asks, ask.papers); problem.KindOf(err) != problem.KindInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	round := support.Round{At: start, By: "anna"}
	ticket := support.Ticket{Detail: support.Detail{Rounds: slices.Repeat([]support.Round{round}, k.More.Times)}}
	if err := k.Askable(&ticket, []string{"places"}, nil); problem.KindOf(err) != problem.KindInvalid {
		t.Errorf("once more than may be: %v", err)
	}
	ticket.Detail.Reopened = start.Add(time.Hour)
	if err := k.Askable(&ticket, []string{"places"}, nil); err != nil {
		t.Errorf("opened again, nothing may be asked: %v", err)
	}
}

// A promise that runs again is the one that the customer reads; a decision gives its call to somebody else.
func TestL15_anAnswerMovesThePromiseAndADecisionFreesTheCall(t *testing.T) {
	onBoth(t, func(t *testing.T, d *door) {
		b, ctx, anna := newBureau(t, d), t.Context(), reviewer("anna")
		ticket := b.sent("appeal", "c1")
		b.take(anna, ticket.ID)
		_, err := b.AskMore(ctx, anna, ticket.ID, []string{"places"}, nil)
		b.must(err)
		d.advance(3 * 24 * time.Hour)
		again, err := b.Send(ctx, "c1", ticket.ID)
		b.must(err)
		if !again.Promised.Equal(again.Due) || !again.Promised.After(ticket.Promised) {
			t.Errorf("promised until %s, due %s, at first %s", again.Promised, again.Due, ticket.Promised)
		}
		slots, err := b.Slots(ctx)
		b.must(err)
		call := slots[len(slots)-1]
		full := func() bool {
			t.Helper()
			slots, err := b.Slots(ctx)
			b.must(err)
			return !slices.ContainsFunc(slots, call.Equal)
		}
		end := map[string]func(id string) error{
			"approved": func(id string) error {
				_, err := b.Approve(ctx, anna, id, b.judged(&support.Ticket{Kind: "picture"}, ""))
				return err
			},
			"refused": func(id string) error {
				r := refusal(b.judged(&support.Ticket{Kind: "picture"}, ""))
				_, err := b.Refuse(ctx, anna, id, r)
				return err
			},
		}
		for name, decide := range end {
			one, two := b.sent("picture", name+" 1"), b.sent("picture", name+" 2")
			for _, ticket := range []*support.Ticket{one, two} {
				_, err = b.Call(ctx, ticket.Case, ticket.ID, call)
				b.must(err)
			}
			if !full() {
				t.Fatal("two calls at once do not fill it")
			}
			b.take(anna, one.ID)
			if b.must(decide(one.ID)); full() {
				t.Errorf("%s: its call is not free", name)
			}
			_, err = b.Call(ctx, two.Case, two.ID, time.Time{})
			b.must(err)
		}
	})
}

// Whoever comes back to what is erased is told so, and the key opens nothing any more.
func TestP3_whatIsErasedIsShownToNobody(t *testing.T) {
	onBoth(t, func(t *testing.T, d *door) {
		b, ctx, anna := newBureau(t, d), t.Context(), reviewer("anna")
		ticket := b.sent("appeal", "c1")
		b.take(anna, ticket.ID)
		_, err := b.Refuse(ctx, anna, ticket.ID, refusal(b.judged(ticket, "")))
		b.must(err)
		for range 2 { // closed, then erased
			d.advance(30 * 24 * time.Hour)
			_, _, err = b.Tend(ctx, 10)
			b.must(err)
		}
		_, err = b.Form(ctx, "c1", ticket.ID)
		b.is(err, problem.KindExpired, "read a form that is erased")
		ticket, err = b.Ticket(ctx, ticket.ID)
		b.must(err)
		if ticket.Key != "" || b.Opens(ticket, "key of c1") {
			t.Error("the key of an erased ticket still opens it")
		}
	})
}
