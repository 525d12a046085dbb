package support_test

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"zhaohui/internal/problem"
	"zhaohui/internal/support"
)

func TestTickets_ofAHundredWhoClaimOneGetsIt(t *testing.T) {
	onBoth(t, func(t *testing.T, d *door) {
		b := newBureau(t, d)
		ticket := b.sent("appeal", "c1")
		desks := []*support.Tickets{b.Tickets, b.process()}
		var got, lost atomic.Int64
		var wait sync.WaitGroup
		for i := range 100 {
			wait.Go(func() {
				_, err := desks[i%2].Claim(t.Context(), reviewer(fmt.Sprint("r", i)), ticket.ID)
				switch {
				case err == nil:
					got.Add(1)
				case errors.Is(err, problem.Conflict):
					lost.Add(1)
				default:
					t.Error(err)
				}
			})
		}
		wait.Wait()
		if got.Load() != 1 || lost.Load() != 99 || b.count("ticket-claimed") != 1 {
			t.Errorf("%d got it, %d did not, the trail has %d", got.Load(), lost.Load(), b.count("ticket-claimed"))
		}
	})
}

func TestTickets_aClaimEndsByItselfAndIsRenewedByWork(t *testing.T) {
	onBoth(t, func(t *testing.T, d *door) {
		b, ctx, anna, berta := newBureau(t, d), t.Context(), reviewer("anna"), reviewer("berta")
		ticket := b.sent("appeal", "c1")
		_, err := b.Claim(ctx, &support.Agent{ID: "x", Roles: []support.Role{support.RoleAgent}}, ticket.ID)
		b.is(err, problem.KindDenied, "claim without the right")
		_, err = b.Claim(ctx, anna, ticket.ID)
		b.must(err)
		for range 4 { // an hour of work
			d.advance(14 * time.Minute)
			_, err = b.Renew(ctx, anna, ticket.ID)
			b.must(err)
		}
		_, err = b.Claim(ctx, berta, ticket.ID)
		b.is(err, problem.KindConflict, "claim what another has")
		d.advance(15 * time.Minute)
		_, err = b.Renew(ctx, anna, ticket.ID)
		b.is(err, problem.KindConflict, "renew what is lost")
		_, err = b.Claim(ctx, berta, ticket.ID)
		b.must(err)
		_, err = b.Approve(ctx, anna, ticket.ID, b.judged(ticket, ""))
		b.is(err, problem.KindConflict, "decide what another has by now")
		_, err = b.Refuse(ctx, anna, ticket.ID, refusal(b.judged(ticket, "")))
		b.is(err, problem.KindConflict, "refuse what another has by now")
		_, err = b.Release(ctx, berta, ticket.ID)
		b.must(err)
		_, err = b.Claim(ctx, anna, ticket.ID)
		b.must(err)
	})
}

// Queue, claim and decision know no kind: two kinds stand in one queue by the time they are due.
func TestTickets_oneQueueForEveryKind(t *testing.T) {
	onBoth(t, func(t *testing.T, d *door) {
		b, ctx, anna := newBureau(t, d), t.Context(), reviewer("anna")
		slow := b.sent("appeal", "c1")    // 72 h
		quick := b.sent("picture", "c2")  // 24 h
		second := b.sent("picture", "c3") // 24 h
		list := func(f support.QueueFilter) []string {
			t.Helper()
			var numbers []string
			for after := ""; ; {
				page, next, err := b.Queue(ctx, f, after, 1)
				b.must(err)
				for _, ticket := range page {
					numbers = append(numbers, ticket.Case)
				}
				if after = next; after == "" {
					return numbers
				}
			}
		}
		b.cases.set("c3", support.About{Flags: []string{"unusual"}})
		b.take(anna, second.ID)
		_, err := b.Approve(ctx, anna, second.ID, b.judged(second, ""))
		b.must(err)
		_, err = b.Claim(ctx, anna, slow.ID)
		b.must(err)
		all := list(support.QueueFilter{})
		if len(all) != 3 || all[2] != "c1" {
			t.Errorf("the queue is %v", all)
		}
		for want, f := range map[string]support.QueueFilter{
			"[c1]": {Claimed: "anna"}, "[c3]": {Second: true}, "[]": {Overdue: true},
		} {
			if got := fmt.Sprint(list(f)); got != want {
				t.Errorf("%+v: %s, want %s", f, got, want)
			}
		}
		if got := list(support.QueueFilter{Kind: "picture"}); len(got) != 2 || got[0] != all[0] {
			t.Errorf("pictures: %v", got)
		}
		if got := list(support.QueueFilter{State: support.TicketClaimed}); !slices.Equal(got, []string{"c1"}) {
			t.Errorf("claimed: %v", got)
		}
		counts, err := b.Counts(ctx, "anna")
		b.must(err)
		if counts != (support.QueueCounts{Open: 3, Mine: 1, Second: 1}) {
			t.Errorf("counts %+v", counts)
		}
		d.advance(quick.Due.Sub(start) + time.Minute)
		if got := list(support.QueueFilter{Overdue: true}); len(got) != 2 {
			t.Errorf("overdue: %v", got)
		}
		_, _, err = b.Queue(ctx, support.QueueFilter{State: "draft"}, "", 10)
		b.is(err, problem.KindInvalid, "drafts are nobody's business")
		_, _, err = b.Queue(ctx, support.QueueFilter{}, "x", 10)
		b.is(err, problem.KindInvalid, "no place")
	})
}
