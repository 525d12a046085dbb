package support_test

import (
	"fmt"
	"testing"

	"zhaohui/internal/problem"
	"zhaohui/internal/support"
)

// TestL15_theCustomerAnswersOnlyInTheirTurn: all of a draft, nothing while people look, what was asked for, and all again after
// a refusal.
func TestL15_theCustomerAnswersOnlyInTheirTurn(t *testing.T) {
	asked := func(asks ...string) support.Detail { return support.Detail{Rounds: []support.Round{{Asks: asks}}} }
	for _, test := range []struct {
		name           string
		ticket         support.Ticket
		places, phones bool
	}{
		{"a draft", support.Ticket{State: support.TicketDraft}, true, true},
		{"sent", support.Ticket{State: support.TicketOpen}, false, false},
		{"asked for one", support.Ticket{State: support.TicketAsked, Detail: asked("places")}, true, false},
		{"answered", support.Ticket{State: support.TicketOpen, Detail: asked("places")}, false, false},
		{"asked twice", support.Ticket{State: support.TicketAsked, Detail: support.Detail{Rounds: []support.Round{{Asks: []string{"phones"}},
			{Asks: []string{"places"}}}}}, true, false},
		{"opened again", support.Ticket{State: support.TicketAsked, Detail: asked()}, true, true},
		{"refused", support.Ticket{State: support.TicketRefused, Detail: asked("places")}, false, false},
		{"approved", support.Ticket{State: support.TicketApproved}, false, false},
		{"closed", support.Ticket{State: support.TicketClosed}, false, false},
	} {
		if test.ticket.MayAnswer("places") != test.places || test.ticket.MayAnswer("phones") != test.phones {
			t.Errorf("%s: they may answer places %t, phones %t", test.name, !test.places, !test.phones)
		}
	}
}

// TestL15_aCaseFindsItsOwnTicketUntilItIsClosed: of its kind, of its case, by every process.
func TestL15_aCaseFindsItsOwnTicketUntilItIsClosed(t *testing.T) {
	onBoth(t, func(t *testing.T, d *door) {
		b, ctx := newBureau(t, d), t.Context()
		_, err := b.OfCase(ctx, "c1", "appeal")
		b.is(err, problem.KindNotFound, "a case without a ticket")
		one, other := b.sent("appeal", "c1"), b.sent("appeal", "c2")
		for caseID, want := range map[string]string{"c1": one.ID, "c2": other.ID} {
			if got, err := b.process().OfCase(ctx, caseID, "appeal"); err != nil || got.ID != want {
				t.Errorf("%s has %+v, %v; want %s", caseID, got, err, want)
			}
		}
		_, err = b.OfCase(ctx, "c1", "picture")
		b.is(err, problem.KindNotFound, "another kind")
		d.exec(fmt.Sprintf(`UPDATE ticket SET state = 'closed' WHERE id = '%s'`, one.ID))
		_, err = b.OfCase(ctx, "c1", "appeal")
		b.is(err, problem.KindNotFound, "a closed one")
	})
}

// TestR4_aKeyOpensItsOwnTicketOnly: nobody comes in with another ticket's key, a part of it, or none.
func TestR4_aKeyOpensItsOwnTicketOnly(t *testing.T) {
	onBoth(t, func(t *testing.T, d *door) {
		b := newBureau(t, d)
		one, other := b.sent("appeal", "c1"), b.sent("appeal", "c2")
		if !b.Opens(one, "key of c1") || !b.Opens(other, "key of c2") || !b.process().Opens(one, "key of c1") {
			t.Error("a key does not open its own ticket")
		}
		for _, key := range []string{"key of c2", "key of c", "key of c1 ", "", one.Key, one.Number} {
			if b.Opens(one, key) {
				t.Errorf("%q opens it", key)
			}
		}
	})
}
