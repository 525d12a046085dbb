package support_test

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"testing"
	"time"

	"zhaohui/internal/problem"
	"zhaohui/internal/store"
	"zhaohui/internal/support"
)

// waiting remembers until when cases are kept alive.
type waiting struct {
	support.Cases
	cases map[string]wait
}

// wait is until when a case lives, and whether it is the customer who has to do something.
type wait struct {
	until  time.Time
	theirs bool
}

func (w waiting) Await(caseID string, until time.Time, theirs bool) error {
	w.cases[caseID] = wait{until, theirs}
	return nil
}

// apart is a bureau that knows only some kinds, cleans pictures in a way of its own, and remembers what cases wait for.
func apart(t *testing.T, d *door, pictures support.PictureCleaner, kinds ...*support.TicketKind) (*bureau, map[string]wait) {
	b, cases := newBureau(t, d), map[string]wait{}
	in := func(ctx context.Context, tx *sql.Tx) support.Cases { return waiting{b.cases.in(ctx, tx), cases} }
	b.Tickets = support.NewTickets(support.TicketDeps{Store: store.NewTickets(b.db, in, b.trail.Append), Box: b.keys.Box("tickets"),
		Index: b.keys.Index("tickets"), Kinds: kinds, Calendar: deskCalendar(t), Pictures: pictures, Now: b.now})
	return b, cases
}

// R14: a case lives as long as somebody can do something with its ticket: to the end of a draft, two weeks past a promise, to the
// end of an answer, to the end of a refusal's second chance, and no longer. Only while people decide does the customer's clock
// stand still.
func TestR14_aCaseLivesAsLongAsItsTicketNeedsIt(t *testing.T) {
	onBoth(t, func(t *testing.T, d *door) {
		b, cases := apart(t, d, cleaner{}, appeal(t))
		ctx, anna, day := t.Context(), reviewer("anna"), 24*time.Hour
		lives := func(what string, want time.Time, theirs bool) {
			t.Helper()
			if got := cases["c1"]; !got.until.Equal(want) || got.theirs != theirs {
				t.Errorf("%s: until %s (theirs: %t), want %s (%t)", what, got.until, got.theirs, want, theirs)
			}
		}
		forgotten := b.draft("c0")
		if !cases["c0"].until.Equal(forgotten.Due) || !cases["c0"].theirs || !forgotten.Due.Equal(d.now().Add(7*day)) {
			t.Errorf("a draft lives until %s, its case until %s", forgotten.Due, cases["c0"].until)
		}
		ticket := b.sent("appeal", "c1")
		lives("sent", ticket.Due.Add(14*day), false)
		b.take(anna, ticket.ID)
		_, err := b.AskMore(ctx, anna, ticket.ID, []string{"places"}, nil)
		b.must(err)
		lives("asked", d.now().Add(7*day), true)
		ticket, err = b.Send(ctx, "c1", ticket.ID)
		b.must(err)
		lives("answered", ticket.Due.Add(14*day), false)
		b.take(anna, ticket.ID)
		_, err = b.Refuse(ctx, anna, ticket.ID, refusal(b.judged(ticket, "")))
		b.must(err)
		lives("refused", d.now().Add(30*day), true)
		d.advance(30 * day)
		_, _, err = b.Tend(ctx, 10)
		b.must(err)
		lives("closed", time.Time{}, false)
		if left := cases["c0"]; left != (wait{}) {
			t.Errorf("the case of a forgotten draft lives until %s", left.until)
		}
	})
}

// A forgotten draft gives its call to somebody else.
func TestL15_aForgottenDraftFreesItsCall(t *testing.T) {
	onBoth(t, func(t *testing.T, d *door) {
		b, ctx := newBureau(t, d), t.Context()
		taken := func() int { return b.rows(`SELECT COALESCE(SUM(taken), 0) FROM ticket_slot`) }
		draft := b.draft("c1")
		slots, err := b.Slots(ctx)
		b.must(err)
		_, err = b.Call(ctx, "c1", draft.ID, slots[len(slots)-1])
		b.must(err)
		if taken() != 1 {
			t.Fatalf("%d calls", taken())
		}
		d.advance(8 * 24 * time.Hour)
		_, _, err = b.Tend(ctx, 10)
		b.must(err)
		if taken() != 0 {
			t.Error("a call is promised to a draft that is gone")
		}
	})
}

// P3: what a kind gathered that the content has no more is erased all the same, a month after it was closed.
func TestP3_evidenceOfAKindThatIsGoneIsErasedToo(t *testing.T) {
	onBoth(t, func(t *testing.T, d *door) {
		b, ctx, anna := newBureau(t, d), t.Context(), reviewer("anna")
		ticket := b.sent("picture", "c1")
		b.take(anna, ticket.ID)
		_, err := b.Refuse(ctx, anna, ticket.ID, refusal(b.judged(ticket, "")))
		b.must(err)
		later := support.NewTickets(support.TicketDeps{Store: store.NewTickets(b.db, b.cases.in, b.trail.Append),
			Box: b.keys.Box("tickets"), Index: b.keys.Index("tickets"), Kinds: []*support.TicketKind{appeal(t)},
			Calendar: deskCalendar(t), Now: b.now})
		d.advance(31 * 24 * time.Hour)
		if done, _, err := later.Tend(ctx, 10); err != nil || done.Closed != 1 {
			t.Errorf("%+v, %v", done, err)
		}
		d.advance(30 * 24 * time.Hour)
		if done, _, err := later.Tend(ctx, 10); err != nil || done.Erased != 1 || b.rows(`SELECT COUNT(*) FROM ticket_evidence`) != 0 {
			t.Errorf("%+v, %v", done, err)
		}
	})
}

// P1: where a kind names it, several appeals for one account need two people, those that were sent before, too.
func TestP1_severalForOneAccountNeedTwoPeople(t *testing.T) {
	onBoth(t, func(t *testing.T, d *door) {
		k := picture(t)
		k.Approvals.Flags = append(k.Approvals.Flags, support.FlagSeveral)
		b, _ := apart(t, d, cleaner{}, k)
		b.cases.set("c1", support.About{Yuan: 1})
		b.cases.set("c2", support.About{Yuan: 1, Others: []string{"c1"}})
		b.cases.set("c3", support.About{Yuan: 1})
		need := map[string]int{}
		for _, id := range []string{"c1", "c2", "c3"} {
			b.sent("picture", id)
		}
		for _, id := range []string{"c1", "c2", "c3"} {
			ticket, err := b.OfCase(t.Context(), id, "picture")
			b.must(err)
			need[id] = ticket.Detail.Need
		}
		if need["c1"] != 2 || need["c2"] != 2 || need["c3"] != 1 {
			t.Errorf("people who have to agree: %v", need)
		}
	})
}

// Nobody finds a form by its number that was not sent, and one network may try so many numbers and no more.
func TestR4_aNumberIsFoundOnceItIsSentAndANetworkTriesSoMany(t *testing.T) {
	onBoth(t, func(t *testing.T, d *door) {
		b, ctx := newBureau(t, d), t.Context()
		draft := b.draft("c1")
		_, err := b.Find(ctx, draft.Number, "key of c1", "192.0.2.1")
		b.is(err, problem.KindNotFound, "find a draft")
		var tickets []*support.Ticket
		for i := range 11 {
			tickets = append(tickets, b.sent("appeal", fmt.Sprint("many", i)))
		}
		for i := range 50 {
			_, err := b.Find(ctx, tickets[i/5].Number, "guess", "203.0.113.0/24")
			b.is(err, problem.KindNotFound, fmt.Sprint("guess ", i))
		}
		_, err = b.Find(ctx, tickets[10].Number, "guess", "203.0.113.0/24")
		b.is(err, problem.KindThrottled, "guess once more from this network")
		_, err = b.Find(ctx, tickets[10].Number, "key of many10", "198.51.100.0/24")
		b.must(err)
	})
}

// A refusal is opened again while its time lasts, also before anybody tended it; what is decided promises no call.
func TestP2_aRefusalIsOpenedAgainInTimeAlone(t *testing.T) {
	onBoth(t, func(t *testing.T, d *door) {
		b, ctx, anna := newBureau(t, d), t.Context(), reviewer("anna")
		ticket := b.sent("appeal", "c1")
		_, err := b.Reopen(ctx, "c1", ticket.ID)
		b.is(err, problem.KindConflict, "open again what waits")
		b.take(anna, ticket.ID)
		_, err = b.Refuse(ctx, anna, ticket.ID, refusal(b.judged(ticket, "")))
		b.must(err)
		slots, err := b.Slots(ctx)
		b.must(err)
		_, err = b.Call(ctx, "c1", ticket.ID, slots[0])
		b.is(err, problem.KindConflict, "be called about what is decided")
		d.advance(30 * 24 * time.Hour)
		_, err = b.Reopen(ctx, "c1", ticket.ID)
		b.is(err, problem.KindExpired, "open again too late")
	})
}

// busy is a cleaner in whose time something else happens.
type busy struct {
	times     int
	meanwhile func()
}

func (c *busy) Clean(ctx context.Context, raw []byte) ([]byte, int, int, error) {
	if c.times++; c.meanwhile != nil {
		do := c.meanwhile
		c.meanwhile = nil
		do()
	}
	return cleaner{}.Clean(ctx, raw)
}

// W7: of two windows that bring the last picture at once, one does; and where there is no room, nothing is cleaned.
func TestW7_twoWindowsAtOnceBringNoFifthPicture(t *testing.T) {
	onBoth(t, func(t *testing.T, d *door) {
		c := &busy{}
		b, _ := apart(t, d, c, appeal(t))
		ticket := b.draft("c1")
		for _, raw := range []string{"1", "2", "3"} {
			b.add(ticket, raw)
		}
		c.meanwhile = func() { b.add(ticket, "the other window's") }
		b.is(b.AddPicture(t.Context(), paper(ticket, "4")), problem.KindInvalid, "add what another window took the room of")
		cleaned := c.times
		b.is(b.AddPicture(t.Context(), paper(ticket, "5")), problem.KindInvalid, "add a fifth")
		if n := len(b.papers(ticket)); n != 4 || c.times != cleaned || b.rows(`SELECT COUNT(*) FROM ticket_picture`) != 4 {
			t.Errorf("%d pictures, %d cleaned in vain", n, c.times-cleaned)
		}
	})
}

// To look at a picture is work: the claim goes on.
func TestTickets_lookingAtAPictureRenewsTheClaim(t *testing.T) {
	onBoth(t, func(t *testing.T, d *door) {
		b, ctx, anna := newBureau(t, d), t.Context(), reviewer("anna")
		ticket := b.draft("c1")
		id := b.add(ticket, "one")
		_, err := b.Send(ctx, "c1", ticket.ID)
		b.must(err)
		b.take(anna, ticket.ID)
		for range 3 {
			d.advance(14 * time.Minute)
			_, err = b.ViewPicture(ctx, anna, ticket.ID, id)
			b.must(err)
		}
	})
}

// P1, P2, P3, R4: each limit that the data of a kind may not pass.
func TestP1_eachWeakRuleOfAKindIsRefused(t *testing.T) {
	day := 24 * time.Hour
	for what, weaken := range map[string]func(*support.TicketKind){
		"papers give a phone":            func(k *support.TicketKind) { k.Compared = "phone" },
		"no way to compare papers":       func(k *support.TicketKind) { k.Compares = nil },
		"eleven wrong keys":              func(k *support.TicketKind) { k.Statuses = 11 },
		"no try at a key":                func(k *support.TicketKind) { k.Statuses = 0 },
		"a hundred and one of a network": func(k *support.TicketKind) { k.Begun = 101 },
		"four of a network":              func(k *support.TicketKind) { k.Begun = 4 },
		"asked six times":                func(k *support.TicketKind) { k.More.Times = 6 },
		"an hour to answer":              func(k *support.TicketKind) { k.More.Wait = time.Hour },
		"a draft of an hour":             func(k *support.TicketKind) { k.Draft = time.Hour },
		"a draft of a year":              func(k *support.TicketKind) { k.Draft = 365 * day },
		"a risk limit without flags":     func(k *support.TicketKind) { k.Approvals.Flags = nil },
		"a risk limit below nothing":     func(k *support.TicketKind) { k.Approvals.Yuan = -1 },
		"fewer above the limit":          func(k *support.TicketKind) { k.Approvals.Usual, k.Approvals.Above = 3, 2 },
		"nobody agrees":                  func(k *support.TicketKind) { k.Approvals.Usual = 0 },
		"steps that go up":               func(k *support.TicketKind) { k.Promise.Steps[0].From, k.Promise.Steps[1].From = 50, 80 },
		"the whole waits longest":        func(k *support.TicketKind) { k.Promise.Steps[0].Within = 72 * time.Hour },
		"no promise for a bare form":     func(k *support.TicketKind) { k.Promise.Steps[2].From = 10 },
		"five pictures":                  func(k *support.TicketKind) { k.Asks[len(k.Asks)-1].Many = 5 },
		"a hold of 71 hours":             func(k *support.TicketKind) { k.Hold = 71 * time.Hour },
		"kept for 181 days":              func(k *support.TicketKind) { k.Keep = 181 * day },
		"reasons that are no list":       func(k *support.TicketKind) { k.Views = nil },
		"one reason twice":               func(k *support.TicketKind) { k.Views = slices.Repeat([]string{"decide"}, 2) },
	} {
		k := appeal(t)
		if weaken(k); len(k.Check()) == 0 {
			t.Errorf("%s is accepted", what)
		}
	}
}

// W9: what a customer wrote belongs to its own row: put into another ticket's it opens for nobody. A mailbox's name carries no
// card's number.
func TestW9_anAnswerOpensInItsOwnRowAlone(t *testing.T) {
	onBoth(t, func(t *testing.T, d *door) {
		b, ctx := newBureau(t, d), t.Context()
		one, other := b.draft("c1"), b.draft("c2")
		d.exec(fmt.Sprintf(`UPDATE ticket_evidence SET sealed = (SELECT e.sealed FROM ticket_evidence e WHERE e.ticket_id = '%s')
			WHERE ticket_id = '%s'`, other.ID, one.ID))
		if form, err := b.Form(ctx, "c1", one.ID); err == nil {
			t.Errorf("another ticket's answer is read: %+v", form.Answers)
		}
		_, err := b.Form(ctx, "c2", other.ID)
		b.must(err)
	})
	ask := support.Ask{ID: "mail", Parts: []support.Part{{ID: "prefix", Kind: support.PartPrefix}}}
	for typed, good := range map[string]bool{"xiaoyu.lin": true, "lin19900101": true, "6222020200112233445": false,
		"a622202020011223@mail.example": false} {
		if _, wrong := ask.Parse(map[string]string{"prefix": typed}, start); (len(wrong) == 0) != good {
			t.Errorf("%s: %v", typed, wrong)
		}
	}
}
