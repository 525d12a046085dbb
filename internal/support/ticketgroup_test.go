package support_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"zhaohui/internal/problem"
	"zhaohui/internal/support"
)

// A stranger who knows a sign-in name writes as many appeals as they can: the owner's, from another network, is begun and sent
// all the same. From one network a day has an end.
// An agent's tickets are counted by agent: whoever sits at the desk cannot flood the queue.
func TestP2_anAgentOpensOnlySoManyTicketsADay(t *testing.T) {
	onBoth(t, func(t *testing.T, d *door) {
		b := newBureau(t, d)
		begin := func(caseID, agent string) error {
			_, _, err := b.Begin(t.Context(), support.NewTicket{Kind: "appeal", Case: caseID, Key: "key", Lang: "zh", Agent: agent})
			return err
		}
		for i := range 100 {
			b.must(begin(fmt.Sprint("case", i), "lin"))
		}
		b.is(begin("one more", "lin"), problem.KindThrottled, "one more of the agent")
		b.must(begin("one more", "zhu"))
		d.advance(24*time.Hour + time.Second)
		b.must(begin("the next day", "lin"))
	})
}

func TestP2_aStrangerCannotUseUpTheOwnersAppeal(t *testing.T) {
	onBoth(t, func(t *testing.T, d *door) {
		b, ctx := newBureau(t, d), t.Context()
		k, _ := b.Kind("appeal")
		begin := func(caseID, network string) (*support.Ticket, error) {
			ticket, _, err := b.Begin(ctx, support.NewTicket{Kind: "appeal", Case: caseID, Key: "key", Lang: "zh", Network: network})
			return ticket, err
		}
		for i := range k.Begun {
			_, err := begin(fmt.Sprint("stranger", i), "203.0.113.0/24")
			b.must(err)
		}
		_, err := begin("one more", "203.0.113.0/24")
		b.is(err, problem.KindThrottled, "one more of the network")
		_, err = begin("stranger0", "203.0.113.0/24")
		b.must(err) // their own goes on
		owner, err := begin("owner", "192.0.2.0/24")
		b.must(err)
		_, err = b.Save(ctx, "owner", owner.ID, "registered", map[string]string{"month": "2019-03"})
		b.must(err)
		_, err = b.Send(ctx, "owner", owner.ID)
		b.must(err)
		d.advance(24*time.Hour + time.Second)
		_, err = begin("the next day", "203.0.113.0/24")
		b.must(err)
	})
}

// What waits for one account is one group with one flag, for those too that were sent before, and needs two people.
func TestP2_appealsOfOneAccountAreOneGroup(t *testing.T) {
	onBoth(t, func(t *testing.T, d *door) {
		b, ctx, anna := newBureau(t, d), t.Context(), reviewer("anna")
		all := []string{"c1", "c2", "c3"}
		for _, id := range all {
			b.cases.set(id, support.About{Yuan: 1, Others: slices.DeleteFunc(slices.Clone(all), func(o string) bool { return o == id })})
		}
		first, other, second := b.sent("appeal", "c1"), b.sent("appeal", "elsewhere"), b.sent("appeal", "c2")
		_, _, err := b.Begin(ctx, support.NewTicket{Kind: "appeal", Case: "c3", Key: "key", Lang: "zh"}) // never sent: nobody's business
		b.must(err)
		see := func(t0 *support.Ticket, several bool, beside ...string) {
			t.Helper()
			got, err := b.Ticket(ctx, t0.ID)
			b.must(err)
			if !slices.Equal(got.Detail.Beside, beside) || slices.Contains(got.Detail.Flags, support.FlagSeveral) != several {
				t.Errorf("%s: beside %v, flags %v", got.Case, got.Detail.Beside, got.Detail.Flags)
			}
		}
		see(first, true, second.Number)
		see(second, true, first.Number)
		see(other, false)
		b.take(anna, second.ID)
		_, err = b.Refuse(ctx, anna, second.ID, refusal(b.judged(second, "")))
		b.must(err)
		b.take(anna, first.ID)
		see(first, true) // it stays a reason for care
	})
}

// The flag is data: where the kind names it, it needs two people.
func TestP1_severalAppealsNeedTwoPeople(t *testing.T) {
	k := appeal(t)
	if !slices.Contains(k.Approvals.Flags, support.FlagSeveral) {
		t.Errorf("the risk limit does not name it: %v", k.Approvals.Flags)
	}
}

// Whoever is asked for more, refused or approved is told, with the number and until when, in the transaction that does it.
func TestP2_theCustomerIsToldWhatPeopleDecided(t *testing.T) {
	onBoth(t, func(t *testing.T, d *door) {
		b, ctx, anna, berta := newBureau(t, d), t.Context(), reviewer("anna"), reviewer("berta")
		told := func(want ...string) {
			t.Helper()
			rows, err := b.db.SQL().Query(`SELECT case_id || ' ' || state || ' ' || number, until FROM test_told`)
			b.must(err)
			defer rows.Close()
			var got []string
			for rows.Next() {
				var line string
				var until int64
				b.must(rows.Scan(&line, &until))
				if until > 0 {
					line += time.UnixMilli(until).Sub(d.now().Truncate(time.Millisecond)).String()
				}
				got = append(got, line)
			}
			if !slices.Equal(got, want) {
				t.Errorf("told %q, not %q", got, want)
			}
			d.exec(`DELETE FROM test_told`)
		}
		ticket := b.sent("appeal", "c1")
		number := " " + support.ShowTicketNumber(ticket.Number)
		b.take(anna, ticket.ID)
		told()
		_, err := b.AskMore(ctx, anna, ticket.ID, []string{"places"}, nil)
		b.must(err)
		told("c1 asked" + number + "168h0m0s")
		_, err = b.Save(ctx, "c1", ticket.ID, "places", map[string]string{"place": "杭州西湖边"})
		b.must(err)
		_, err = b.Send(ctx, "c1", ticket.ID)
		b.must(err)
		b.take(anna, ticket.ID)
		_, err = b.Refuse(ctx, anna, ticket.ID, refusal(b.judged(ticket, "")))
		b.must(err)
		told("c1 refused" + number + "720h0m0s")
		_, err = b.Reopen(ctx, "c1", ticket.ID)
		b.must(err)
		_, err = b.Send(ctx, "c1", ticket.ID)
		b.must(err)
		b.take(berta, ticket.ID)
		_, err = b.Refuse(ctx, berta, ticket.ID, refusal(b.judged(ticket, "")))
		b.must(err)
		told("c1 refused" + number) // nothing is left to do there
		yes := b.sent("picture", "c2")
		b.take(anna, yes.ID)
		_, err = b.Approve(ctx, anna, yes.ID, b.judged(yes, ""))
		b.must(err)
		told("c2 approved " + support.ShowTicketNumber(yes.Number))
		lost := b.sent("picture", "c3")
		b.take(anna, lost.ID)
		d.exec(`ALTER TABLE test_told RENAME TO gone`)
		if _, err = b.Approve(ctx, anna, lost.ID, b.judged(lost, "")); err == nil || len(b.proofs("c3")) > 0 {
			t.Errorf("decided although nobody could be told: %v", err)
		}
	})
}

// A customer who does not answer is no reason for silence: the trail says what is promised now.
func TestL15_theTrailSaysWhatIsPromisedAfterNoAnswer(t *testing.T) {
	onBoth(t, func(t *testing.T, d *door) {
		b, ctx, anna := newBureau(t, d), t.Context(), reviewer("anna")
		ticket := b.sent("appeal", "c1")
		b.take(anna, ticket.ID)
		_, err := b.AskMore(ctx, anna, ticket.ID, []string{"places"}, nil)
		b.must(err)
		d.advance(8 * 24 * time.Hour)
		_, _, err = b.Tend(ctx, 10)
		b.must(err)
		ticket, err = b.Ticket(ctx, ticket.ID)
		b.must(err)
		for _, e := range b.events() {
			if e.Kind == "ticket-unanswered" && e.Data["promised"] != ticket.Promised.UTC().Format(time.RFC3339) {
				t.Errorf("%v, promised %s", e.Data, ticket.Promised)
			}
		}
		if b.count("ticket-unanswered") != 1 {
			t.Error("not in the trail")
		}
	})
}
