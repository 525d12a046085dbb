package support_test

import (
	"context"
	"database/sql"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	embedded "zhaohui/content"
	"zhaohui/internal/content"
	"zhaohui/internal/store"
	"zhaohui/internal/support"
)

// appeal is the real kind.
func appeal(tb testing.TB) *support.TicketKind {
	tb.Helper()
	kinds, problems := content.ReadTickets(embedded.Files(), "wallet")
	if len(kinds) != 1 {
		tb.Fatal(problems)
	}
	return kinds[0]
}

// picture is a kind as methods to come have it: another form, one approval below the limit, another promise.
func picture(tb testing.TB) *support.TicketKind {
	k := appeal(tb)
	k.ID, k.Class, k.Compared, k.Compares = "picture", "document", "", nil
	k.Asks = []support.Ask{{ID: "paper", Weight: 100, Parts: []support.Part{{ID: "upload", Kind: support.PartText, Max: 40}}}}
	k.Checks = []support.Check{{ID: "face", Must: true}}
	k.Approvals = support.Approvals{Usual: 1, Above: 2, Yuan: 5000, Flags: []string{"unusual"}}
	return k
}

// recoveries stands for the part of the portal that runs cases: it keeps what is proved in the transaction that it is given.
type recoveries struct {
	mu    sync.Mutex
	about map[string]support.About
	fail  error
}

func (r *recoveries) in(ctx context.Context, tx *sql.Tx) support.Cases { return casesIn{r, ctx, tx} }

func (r *recoveries) set(caseID string, a support.About) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.about[caseID] = a
}

type casesIn struct {
	*recoveries
	ctx context.Context
	tx  *sql.Tx
}

func (c casesIn) About(caseID string) (support.About, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.fail != nil {
		return support.About{}, c.fail
	}
	about, ok := c.about[caseID]
	if !ok {
		about.Yuan = 1 // 0 would be unknown, and so above every limit
	}
	return about, nil
}

func (c casesIn) Await(string, time.Time, bool) error { return nil }

func (c casesIn) Prove(caseID string, g support.Grant) error {
	for _, p := range g.Proofs {
		if _, err := c.tx.ExecContext(c.ctx, `INSERT INTO test_proof (case_id, ticket, class, by_whom, hold, veto)
			VALUES ($1, $2, $3, $4, $5, $6)`,
			caseID, g.Ticket, p.Class, strings.Join(p.By, " "), int64(g.Hold/time.Hour), map[bool]int{true: 1}[g.Veto]); err != nil {
			return err
		}
	}
	return c.Tell(caseID, support.Notice{Number: g.Number, State: support.TicketApproved}) // by the case's own letter
}

// Tell keeps what was told in the transaction too.
func (c casesIn) Tell(caseID string, n support.Notice) error {
	_, err := c.tx.ExecContext(c.ctx, `INSERT INTO test_told (case_id, number, state, until) VALUES ($1, $2, $3, $4)`, caseID, n.Number,
		string(n.State), n.Until.UnixMilli())
	return err
}

// bureau is a queue with what tests look at.
type bureau struct {
	*door
	*support.Tickets
	cases *recoveries
}

func newBureau(t *testing.T, d *door) *bureau {
	d.exec(`CREATE TABLE test_proof (case_id TEXT, ticket TEXT, class TEXT, by_whom TEXT, hold BIGINT, veto BIGINT)`)
	d.exec(`CREATE TABLE test_told (case_id TEXT, number TEXT, state TEXT, until BIGINT)`)
	b := &bureau{door: d, cases: &recoveries{about: map[string]support.About{}}}
	b.Tickets = b.process()
	return b
}

// process is one more process on the same database.
func (b *bureau) process() *support.Tickets {
	return support.NewTickets(support.TicketDeps{Store: store.NewTickets(b.db, b.cases.in, b.trail.Append), Box: b.keys.Box("tickets"),
		Index: b.keys.Index("tickets"), Kinds: []*support.TicketKind{appeal(b.t), picture(b.t)}, Calendar: deskCalendar(b.t),
		Pictures: cleaner{}, Now: b.now})
}

// proofs are what was proved in a case: class by whom, with the hold.
func (b *bureau) proofs(caseID string) []string {
	b.t.Helper()
	rows, err := b.db.SQL().Query(`SELECT class || ' by ' || by_whom FROM test_proof
		WHERE case_id = $1 AND hold = 72 AND veto = 1 ORDER BY class`, caseID)
	b.must(err)
	defer rows.Close()
	var list []string
	for rows.Next() {
		var one string
		b.must(rows.Scan(&one))
		list = append(list, one)
	}
	return list
}

func reviewer(id string) *support.Agent {
	return &support.Agent{ID: id, Name: id, Roles: []support.Role{support.RoleReviewer}}
}

// sent is a ticket that waits for people.
func (b *bureau) sent(kind, caseID string) *support.Ticket {
	b.t.Helper()
	ctx := b.t.Context()
	t, _, err := b.Begin(ctx, support.NewTicket{Kind: kind, Case: caseID, Key: "key of " + caseID, Lang: "zh"})
	b.must(err)
	switch kind {
	case "picture":
		_, err = b.Save(ctx, caseID, t.ID, "paper", map[string]string{"upload": "u1"})
	default:
		_, err = b.Save(ctx, caseID, t.ID, "registered", map[string]string{"month": "2019-03"})
	}
	b.must(err)
	t, err = b.Send(ctx, caseID, t.ID)
	b.must(err)
	return t
}

func yes(k *support.TicketKind, compared string) support.Judgement {
	j := support.Judgement{Checks: map[string]string{}, Compared: compared}
	for _, c := range k.Checks {
		j.Checks[c.ID] = support.CheckMatch
	}
	return j
}

func (b *bureau) judged(t *support.Ticket, compared string) support.Judgement {
	k, _ := b.Kind(t.Kind)
	return yes(k, compared)
}

func refusal(j support.Judgement) support.Refusing {
	return support.Refusing{Judgement: j, Reason: "too-little", Remedies: []string{"answer-more"}, Papers: []string{"identity-card"}}
}

// take claims a ticket and opens what the customer gave, as everybody does who decides.
func (b *bureau) take(agent *support.Agent, id string) {
	b.t.Helper()
	_, err := b.Claim(b.t.Context(), agent, id)
	b.must(err)
	b.opens(agent, id)
}

func (b *bureau) opens(agent *support.Agent, id string) {
	b.t.Helper()
	_, _, err := b.View(b.t.Context(), agent, id, "decide")
	b.must(err)
}

// All that a decision can do to a case is to prove something; nothing here can carry or set a password.
func TestP1_anApprovalCannotSetAPassword(t *testing.T) {
	cases := reflect.TypeFor[support.Cases]()
	if cases.NumMethod() != 4 || cases.Method(0).Name != "About" || cases.Method(1).Name != "Await" || cases.Method(2).Name != "Prove" ||
		cases.Method(3).Name != "Tell" {
		t.Errorf("decisions can do more to a case than to prove: %v", cases)
	}
	for _, typ := range []reflect.Type{cases, reflect.TypeFor[*support.Tickets](), reflect.TypeFor[support.TicketTx]()} {
		for i := range typ.NumMethod() {
			name := strings.ToLower(typ.Method(i).Name)
			for _, bad := range []string{"password", "reset", "apply", "secret"} {
				if strings.Contains(name, bad) {
					t.Errorf("%v.%s", typ, typ.Method(i).Name)
				}
			}
		}
	}
	var fields []string
	for _, typ := range []reflect.Type{reflect.TypeFor[support.Grant](), reflect.TypeFor[support.Granted]()} {
		for i := range typ.NumField() {
			fields = append(fields, typ.Field(i).Name)
		}
	}
	if got := strings.Join(fields, " "); got != "Ticket Number Kind At Proofs Hold Veto Class By" {
		t.Errorf("a grant carries %s", got)
	}
}
