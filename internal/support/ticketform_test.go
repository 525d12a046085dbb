package support_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"zhaohui/internal/problem"
	"zhaohui/internal/support"
)

func TestL15_theFormIsSavedAsItGoesAndPromisesBeforeItIsSent(t *testing.T) {
	onBoth(t, func(t *testing.T, d *door) {
		b, ctx := newBureau(t, d), t.Context()
		n := support.NewTicket{Kind: "appeal", Case: "c1", Key: "resume", Lang: "zh"}
		ticket, begun, err := b.Begin(ctx, n)
		b.must(err)
		again, twice, err := b.process().Begin(ctx, n)
		b.must(err)
		if !begun || twice || again.ID != ticket.ID {
			t.Errorf("the second beginning gives %s, new %t", again.ID, twice)
		}
		_, err = b.Send(ctx, "c1", ticket.ID)
		b.is(err, problem.KindInvalid, "send nothing")
		for ask, typed := range map[string]map[string]string{
			"registered": {"month": "2019-03"}, "places": {"place": "杭州西湖边"}, "first-device": {"model": "华为 P40"},
			"usual-use": {"use": "买菜、坐地铁"}, "phones": {"phone": "13800138000"},
		} {
			_, err := b.Save(ctx, "c1", ticket.ID, ask, typed)
			b.must(err)
		}
		_, err = b.Save(ctx, "c1", ticket.ID, "places", map[string]string{"place": "密码 123456"})
		b.is(err, problem.KindInvalid, "a code in a text")
		_, err = b.Save(ctx, "c2", ticket.ID, "places", map[string]string{"place": "x"})
		b.is(err, problem.KindNotFound, "another case's form")
		_, err = b.Save(ctx, "c1", ticket.ID, "nothing", nil)
		b.is(err, problem.KindNotFound, "no such question")
		form, err := b.process().Form(ctx, "c1", ticket.ID)
		b.must(err)
		if form.Score != 66 || form.Within != 48*time.Hour || !form.Due.Equal(at(t, "2026-11-24 12:00")) ||
			form.Answers["places"][0]["place"] != "杭州西湖边" {
			t.Errorf("the form says %d %%, %s, %s, %v", form.Score, form.Within, form.Due.In(china), form.Answers)
		}
		_, err = b.Save(ctx, "c1", ticket.ID, "usual-use", nil) // taken back
		b.must(err)
		slots, err := b.Slots(ctx)
		b.must(err)
		_, err = b.Call(ctx, "c1", ticket.ID, slots[0])
		b.must(err)
		ticket, err = b.Send(ctx, "c1", ticket.ID)
		b.must(err)
		if ticket.Score != 55 || !ticket.Promised.Equal(at(t, "2026-11-24 12:00")) || ticket.Detail.Need != 2 ||
			!ticket.Slot.Equal(slots[0]) {
			t.Errorf("sent %+v", ticket)
		}
		_, err = b.Send(ctx, "c1", ticket.ID)
		b.is(err, problem.KindConflict, "send twice")
		_, err = b.Save(ctx, "c1", ticket.ID, "places", map[string]string{"place": "x"})
		b.is(err, problem.KindConflict, "change what was sent")
		b.sealed(ticket.ID, "西湖", "13800138000", "2019-03", "resume")
		want := []string{"ticket-begun", "ticket-call", "ticket-sent"}
		if got := kinds(b.events()); !slices.Equal(got, want) {
			t.Errorf("the trail has %v", got)
		}
	})
}

// sealed says that nothing of a ticket's answers stands in clear in the database or the trail.
func (b *bureau) sealed(id string, secrets ...string) {
	b.t.Helper()
	found := ""
	b.must(b.db.SQL().QueryRow(`SELECT detail || key_sum || number FROM ticket WHERE id = $1`, id).Scan(&found))
	rows, err := b.db.SQL().Query(`SELECT sealed FROM ticket_evidence WHERE ticket_id = $1`, id)
	b.must(err)
	defer rows.Close()
	for rows.Next() {
		var raw []byte
		b.must(rows.Scan(&raw))
		found += string(raw)
	}
	for _, e := range b.events() {
		found += fmt.Sprint(e.Data)
	}
	for _, secret := range secrets {
		if strings.Contains(found, secret) {
			b.t.Errorf("%q stands in the database", secret)
		}
	}
}

// The number alone tells nothing, and neither number nor key can be guessed.
func TestR4_theStatusNeedsNumberAndKey(t *testing.T) {
	onBoth(t, func(t *testing.T, d *door) {
		b, ctx := newBureau(t, d), t.Context()
		ticket := b.sent("appeal", "c1")
		if _, err := b.Find(ctx, ticket.Number, "key of c1", "192.0.2.1"); err != nil {
			t.Error(err)
		}
		var checked, throttled atomic.Int64
		var wait sync.WaitGroup
		for i := range 50 {
			wait.Go(func() {
				_, err := b.Find(ctx, ticket.Number, fmt.Sprint("guess ", i), "192.0.2.7")
				switch problem.KindOf(err) {
				case problem.KindNotFound:
					checked.Add(1)
				case problem.KindThrottled:
					throttled.Add(1)
				default:
					t.Error(err)
				}
			})
		}
		wait.Wait()
		if checked.Load() != 5 || throttled.Load() != 45 {
			t.Errorf("%d guesses were looked at", checked.Load())
		}
		_, err := b.Find(ctx, ticket.Number, "key of c1", "192.0.2.1")
		b.is(err, problem.KindThrottled, "even the right key waits")
		d.advance(15 * time.Minute)
		_, err = b.Find(ctx, ticket.Number, "key of c1", "192.0.2.1")
		b.must(err)
		_, err = b.Find(ctx, "2222-2222", "key of c1", "192.0.2.1")
		b.is(err, problem.KindNotFound, "no number")
	})
}

func TestTickets_aCallIsPromisedToNoMoreThanCanBeMade(t *testing.T) {
	onBoth(t, func(t *testing.T, d *door) {
		b, ctx := newBureau(t, d), t.Context()
		slots, err := b.Slots(ctx)
		b.must(err)
		tickets := make([]*support.Ticket, 10)
		for i := range tickets {
			tickets[i] = b.sent("appeal", fmt.Sprint("c", i))
		}
		var got atomic.Int64
		var wait sync.WaitGroup
		for _, ticket := range tickets {
			wait.Go(func() {
				if _, err := b.Call(ctx, ticket.Case, ticket.ID, slots[3]); err == nil {
					got.Add(1)
				} else if !errors.Is(err, problem.Conflict) {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		left, err := b.Slots(ctx)
		b.must(err)
		if got.Load() != 2 || len(left) != len(slots)-1 || slices.ContainsFunc(left, slots[3].Equal) {
			t.Errorf("%d calls at once, %d of %d slots left", got.Load(), len(left), len(slots))
		}
		for _, ticket := range tickets {
			_, err = b.Call(ctx, ticket.Case, ticket.ID, time.Time{})
			b.must(err)
		}
		if left, err = b.Slots(ctx); err != nil || len(left) != len(slots) {
			t.Errorf("%d of %d slots after all were given back, %v", len(left), len(slots), err)
		}
		_, err = b.Call(ctx, tickets[0].Case, tickets[0].ID, slots[0].Add(time.Minute))
		b.is(err, problem.KindInvalid, "a call that is not offered")
	})
}
