package web_test

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"

	"zhaohui/internal/problem"
	"zhaohui/internal/recovery"
	"zhaohui/internal/support"
	"zhaohui/web"
)

func newAssistAppeals(t *testing.T) *portal {
	t.Helper()
	return newAssistPortalWith(t, func(l *living, c *web.Config) { c.Tickets = appealsOf(l, c.Now) })
}

// An agent opens a ticket for whom nothing else works: the customer's page leads to it, says who began it and what it is, and
// they write and send it. Whoever helped does not judge it (requirement P1).
func TestL15_anAgentOpensATicketThatTheCustomerWrites(t *testing.T) {
	p := newAssistAppeals(t)
	one, lin := p.person(t), p.hire(t, "lin", support.RoleAgent)
	one.begin("sms", "all@demo.example")
	path := lin.helps(t, one)
	for range 2 { // pressed twice, it is one
		lin.leads(t, lin.b.post(path, values("do", "ticket")), path+"?said=ticket")
	}
	ticket := p.ticket(t, one)
	number := support.ShowTicketNumber(ticket.Number)
	if a := lin.b.get(path); !strings.Contains(a.body, number+"，客户在写") || strings.Contains(a.body, `data-form="ticket"`) {
		t.Error("the agent is not told of the ticket, or may open another one")
	}
	page := one.open(one.at)
	if want := "/case/" + one.caseID() + "/appeal"; one.at != want || !strings.Contains(page.body, "客服已经替您开好") {
		t.Fatalf("the customer stands at %s and is not told", one.at)
	}
	one.fill("do", "begin")
	if !strings.HasSuffix(one.at, "/appeal/first-device") {
		t.Fatalf("the button leads to %s", one.at)
	}
	one.fill("model", "红米", "since", "2020-03")
	one.open("/case/" + one.caseID() + "/appeal/check")
	one.fill()
	if ticket = p.ticket(t, one); ticket.State != support.TicketOpen {
		t.Fatalf("the ticket is %s", ticket.State)
	}
	if a := lin.b.get(path); !strings.Contains(a.body, number+"，没人领") || !strings.Contains(a.body, "申诉交了，等人来判断") ||
		strings.Contains(a.body, "写一份") {
		t.Error("the agent is not told that it was sent, or that the customer still writes")
	}
	judge := &support.Agent{ID: lin.id, Name: "lin", Roles: []support.Role{support.RoleReviewer}}
	if _, err := p.config.Tickets.Claim(t.Context(), judge, ticket.ID); problem.KindOf(err) != problem.KindDenied {
		t.Errorf("who opened it claims it: %v", err)
	}
	trail := column(t, p.live.db, `SELECT kind || ' ' || actor FROM audit_entry WHERE kind IN ('assist-appeal', 'method-begun', 'ticket-begun', 'ticket-sent') ORDER BY seq`)
	if want := []string{"method-begun customer", "method-begun agent:" + lin.id, "assist-appeal agent:" + lin.id, "ticket-begun agent:" + lin.id, "ticket-sent customer"}; !slices.Equal(trail, want) {
		t.Errorf("the trail says %q", trail)
	}
}

func TestL15_aTicketThatFailedIsOpenedByTheNextPress(t *testing.T) {
	p := newAssistAppeals(t)
	one, lin := p.person(t), p.hire(t, "lin", support.RoleAgent)
	one.begin("sms", "all@demo.example")
	path := lin.helps(t, one)
	change := func(statement string) {
		t.Helper()
		if _, err := p.live.db.SQL().Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	change(`CREATE TRIGGER no_ticket BEFORE INSERT ON ticket BEGIN SELECT RAISE(ABORT, 'no ticket'); END`)
	if a := lin.b.post(path, values("do", "ticket")); a.status != 500 {
		t.Fatalf("a ticket that was not begun answers %d", a.status)
	}
	change(`DROP TRIGGER no_ticket`)
	if a := lin.b.get(path); !strings.Contains(a.body, `data-form="ticket"`) {
		t.Fatal("it cannot be pressed again")
	}
	lin.leads(t, lin.b.post(path, values("do", "ticket")), path+"?said=ticket")
	if facts := p.facts(t, one.caseID()); facts.Doing == nil || facts.Doing.Method != recovery.ByAppeal {
		t.Errorf("the case does %+v", facts.Doing)
	}
	p.ticket(t, one)
}

// What the operator switched off nobody opens, also where the customer stands at it already.
func TestL15_aTicketIsNotOpenedWhereAppealsAreOff(t *testing.T) {
	p := newAssistAppeals(t)
	one, lin := p.person(t), p.hire(t, "lin", support.RoleAgent)
	one.begin("appeal", "all@demo.example")
	path := lin.helps(t, one)
	p.live.service.Switched([]string{"appeal"})
	if a := lin.b.get(path); strings.Contains(a.body, `data-form="ticket"`) {
		t.Error("it is offered")
	}
	if a := lin.b.post(path, values("do", "ticket")); a.status != 422 {
		t.Errorf("it is opened: %d", a.status)
	}
}

// A second screen shows how the appeal stands and not the key, by which a browser can take the case along.
func TestW4_theSecondScreenIsNotShownTheKey(t *testing.T) {
	p := newAppeals(t)
	one := p.person(t)
	one.begin("sms", "all@demo.example")
	one.proveSMS()
	_, link := one.handOff(t)
	one.open(one.at)
	one.fill("method", "appeal")
	page := "/case/" + one.caseID() + "/appeal"
	one.fill("do", "begin")
	one.fill("model", "红米", "since", "2020-03")
	one.open(page + "/check")
	one.fill()
	key := regexp.MustCompile(`\d{3} \d{3} \d{3}`)
	if !key.MatchString(one.open(page).body) {
		t.Fatal("the owner is not shown the key")
	}
	screen := p.browser()
	screen.post(link, sends(t, screen.get(link), link))
	if a := screen.get(page); a.status != 200 || key.MatchString(a.body) || !strings.Contains(a.body, "T-") {
		t.Errorf("the second screen: %d, shown the key: %t", a.status, key.MatchString(a.body))
	}
}

// An agent who no longer helps opens nothing, nor does one where the operator switched appeals off.
func TestL15_aTicketIsOpenedOnlyWhereAnAppealIsOffered(t *testing.T) {
	p := newAssistAppeals(t)
	one, lin := p.person(t), p.hire(t, "lin", support.RoleAgent)
	one.begin("sms", "all@demo.example")
	one.proveSMS()
	one.fill("method", "mail")
	one.proveMail()
	path := lin.helps(t, one)
	one.expect("password")
	if a := lin.b.get(path); strings.Contains(a.body, `data-form="ticket"`) {
		t.Error("it is offered to whom nothing is missing")
	}
	if a := lin.b.post(path, values("do", "ticket")); a.status != 422 {
		t.Errorf("where nothing is missing: %d", a.status)
	}
	one.post("/case/"+one.caseID()+"/assist", values("do", "end"))
	lin.leads(t, lin.b.post(path, values("do", "ticket")), "/agent/cases?said=over")
	if _, err := p.config.Tickets.OfCase(t.Context(), one.caseID(), "appeal"); !errors.Is(err, problem.NotFound) {
		t.Errorf("there is a ticket: %v", err)
	}
}
