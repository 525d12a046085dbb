package web_test

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"zhaohui/internal/audit"
	"zhaohui/internal/picture"
	"zhaohui/internal/problem"
	"zhaohui/internal/recovery"
	"zhaohui/internal/store"
	"zhaohui/internal/support"
)

// rulings stands for the part of the portal that runs cases.
type rulings struct {
	mu     sync.Mutex
	about  map[string]support.About
	proved []support.Grant
	away   bool  // the account system
	fail   error // of what is proved
}

func (r *rulings) in(context.Context, *sql.Tx) support.Cases { return r }

func (r *rulings) About(caseID string) (support.About, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	about, ok := r.about[caseID]
	if !ok {
		about.Yuan = 1 // 0 would be unknown, and so above every limit
	}
	return about, nil
}

func (r *rulings) Await(string, time.Time, bool) error { return nil }

func (r *rulings) Prove(_ string, g support.Grant) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.fail == nil {
		r.proved = append(r.proved, g)
	}
	return r.fail
}

func (r *rulings) Tell(string, support.Notice) error { return nil }

// OnRecord is what the account system knows, masked.
func (r *rulings) OnRecord(context.Context, string) ([]recovery.Known, error) {
	if r.away {
		return nil, problem.Unavailable
	}
	return []recovery.Known{{What: recovery.KnownName, Text: "周**"}, {What: recovery.KnownPhone, Text: "199****0101", Since: today.AddDate(-2, 0, 0)},
		{What: recovery.KnownTopUp, Fen: 20050, Since: today.AddDate(0, -1, 0)}}, nil
}

// recording is a kind of ticket as methods to come have it: nobody made a view for it, and nobody gave it words.
func recording() *support.TicketKind {
	k := *realContent().Tickets["wallet"][0]
	k.ID, k.Class, k.Compared, k.Compares = "recording", "staff", "", nil
	k.Asks = []support.Ask{{ID: "voice", Weight: 100, Parts: []support.Part{{ID: "length", Kind: support.PartText, Max: 40}}}}
	k.Checks = []support.Check{{ID: "same-voice", Must: true}}
	k.Approvals = support.Approvals{Usual: 1, Above: 2, Yuan: 5000, Flags: []string{"unusual"}}
	return &k
}

// queueOn is a queue over a database.
func queueOn(db *store.DB, r *rulings, now func() time.Time) *support.Tickets {
	box := liveKeys.Box("records")
	trail := store.NewAudit(db, audit.NewChain(liveKeys.Hash("audit")), box)
	return support.NewTickets(support.TicketDeps{Store: store.NewTickets(db, r.in, trail.Append), Box: box, Index: liveKeys.Index("tickets"),
		Kinds: []*support.TicketKind{realContent().Tickets["wallet"][0], recording()}, Calendar: realContent().Calendar,
		Records: r, Pictures: picture.NewCleaner(1, 8), Now: now})
}

// bureau is a portal whose desk judges.
type bureau struct {
	*portal
	rulings *rulings
	queue   *support.Tickets
	t       *testing.T
}

func newBureau(t *testing.T) *bureau {
	t.Helper()
	p := newDesk(t, plainSite)
	return &bureau{portal: p, rulings: p.rulings, queue: p.config.Tickets, t: t}
}

// sent is a ticket that waits for people.
func (b *bureau) sent(kind, caseID string) *support.Ticket {
	b.t.Helper()
	ctx := b.t.Context()
	t, _, err := b.queue.Begin(ctx, support.NewTicket{Kind: kind, Case: caseID, Key: "key of " + caseID, Lang: "zh"})
	b.must(err)
	ask, typed := "registered", map[string]string{"month": "2019-03"}
	if kind == "recording" {
		ask, typed = "voice", map[string]string{"length": "二十秒"}
	}
	_, err = b.queue.Save(ctx, caseID, t.ID, ask, typed)
	b.must(err)
	t, err = b.queue.Send(ctx, caseID, t.ID)
	b.must(err)
	return t
}

func (b *bureau) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

// now is the ticket as it stands.
func (b *bureau) now(t *support.Ticket) *support.Ticket {
	b.t.Helper()
	fresh, err := b.queue.Ticket(b.t.Context(), t.ID)
	b.must(err)
	return fresh
}

// trail are the events of a kind: who, and for what reason.
func (b *bureau) trail(kind string) []string {
	b.t.Helper()
	trail := store.NewAudit(b.live.db, audit.NewChain(liveKeys.Hash("audit")), liveKeys.Box("records"))
	entries, err := trail.Entries(b.t.Context(), 0, 1000)
	b.must(err)
	var all []string
	for _, e := range entries {
		if e.Kind == kind {
			all = append(all, strings.TrimSpace(e.Actor+" "+e.Data["reason"]))
		}
	}
	return all
}

func ticketPage(t *support.Ticket) string { return "/agent/tickets/" + t.ID }

// does presses a button of a ticket's page and is led on.
func (a *staff) does(t *testing.T, ticket *support.Ticket, do string, where string, pairs ...string) {
	t.Helper()
	a.leads(t, a.b.post(ticketPage(ticket), values(append([]string{"do", do}, pairs...)...)), where)
}

// all are the answers of a whole checklist.
func all(answer string, more ...string) []string {
	pairs := slices.Clone(more)
	for _, c := range realContent().Tickets["wallet"][0].Checks {
		pairs = append(pairs, "check-"+c.ID, answer)
	}
	return pairs
}

// claims takes a ticket.
func (a *staff) claims(t *testing.T, ticket *support.Ticket) {
	t.Helper()
	a.does(t, ticket, "claim", ticketPage(ticket)+"?said=claimed")
}

// takes claims a ticket and opens what the customer wrote.
func (a *staff) takes(t *testing.T, ticket *support.Ticket) {
	t.Helper()
	a.claims(t, ticket)
	a.leads(t, a.b.post(ticketPage(ticket)+"/view", values("why", "decide")), ticketPage(ticket)+"?said=opened")
}

// decides goes by the page that asks once more, with what it carries.
func (a *staff) decides(t *testing.T, ticket *support.Ticket, do, said string, pairs ...string) {
	t.Helper()
	asked := a.b.post(ticketPage(ticket), values(append([]string{"do", do}, pairs...)...))
	if asked.status != 303 || !strings.HasPrefix(asked.location(), ticketPage(ticket)+"/decide?") {
		t.Fatalf("%s: %d %s %s", do, asked.status, asked.location(), mistakesOn(t, asked))
	}
	page := parsed(t, a.b.get(asked.location()).body)
	forms := page.where(func(d document) bool { return d.Data == "form" && d.attr("data-form") == "confirm" })
	if len(forms) != 1 {
		t.Fatalf("%s: nothing asks once more", do)
	}
	sure := values("do", forms[0].all("button")[0].attr("value"))
	for _, input := range forms[0].all("input") {
		sure.Set(input.attr("name"), input.attr("value"))
	}
	a.leads(t, a.b.post(forms[0].attr("action"), sure), "/agent/tickets?of="+strings.ToLower(ticket.Number)+"&said="+said)
}

// refusal is a no with its way on.
func refusal() []string {
	return all("cannot-tell", "reason", "too-little", "remedy-answer-more", "yes", "paper-identity-card", "yes")
}
