package web_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"zhaohui/internal/support"
)

// monday is a day on which the promise's clock runs: at the weekend it stands still.
var monday = time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)

// One queue for every kind: a kind that nobody made a view or words for is claimed, opened and decided like all others.
func TestTicket_aKindIsDataPlusAView(t *testing.T) {
	b := newBureau(t)
	ticket, anna := b.sent("recording", "c1"), b.hire(t, "anna", support.RoleReviewer)
	list := anna.b.get("/agent/tickets?kind=recording")
	if list.status != 200 || !strings.Contains(list.body, support.ShowTicketNumber(ticket.Number)) {
		t.Fatalf("%d", list.status)
	}
	if other := anna.b.get("/agent/tickets?kind=appeal"); strings.Contains(other.body, support.ShowTicketNumber(ticket.Number)) {
		t.Error("it stands among appeals")
	}
	anna.takes(t, ticket)
	page := anna.b.get(ticketPage(ticket))
	if !strings.Contains(page.body, `data-view="plain"`) || !strings.Contains(page.body, "二十秒") || strings.Contains(page.body, "ticket.") {
		t.Errorf("%d: the plain view is missing, or a word is", page.status)
	}
	anna.decides(t, ticket, "approve", "approved", "check-same-voice", "match")
	appeal := b.sent("appeal", "c2")
	anna.takes(t, appeal)
	if !strings.Contains(anna.b.get(ticketPage(appeal)).body, `data-view="beside"`) {
		t.Error("an appeal does not have its own view")
	}
}

// The queue stands by the time that was promised, page by page, and says in words what is late.
func TestTicket_theQueueStandsByTheTimePromised(t *testing.T) {
	b := newBureau(t)
	b.clock.at = monday
	var first *support.Ticket
	for i := range 31 {
		if sent := b.sent("appeal", fmt.Sprint("c", i)); i == 0 {
			first = sent
		}
		b.clock.advance(time.Second)
	}
	lead := b.hire(t, "lead", support.RoleLead)
	page := parsed(t, lead.b.get("/agent/tickets").body)
	rows := page.with("data-ticket")
	if len(rows) != 30 || rows[0].attr("data-ticket") != support.ShowTicketNumber(first.Number) {
		t.Fatalf("%d rows, the first is not the oldest", len(rows))
	}
	more := ""
	for _, link := range page.links() {
		if strings.Contains(link, "after=") {
			more = link
		}
	}
	if next := parsed(t, lead.b.get(more).body).with("data-ticket"); len(next) != 1 {
		t.Errorf("%d rows on the next page %s", len(next), more)
	}
	if got := lead.b.get("/agent/tickets?after=nonsense&show=second"); got.status != 303 || got.location() != "/agent/tickets?show=second" {
		t.Errorf("an address that was cut off: %d %s", got.status, got.location())
	}
	b.clock.advance(first.Due.Sub(b.clock.now()) - 28*time.Minute)
	lead.comes(t, lead.b)
	if text := parsed(t, lead.b.get("/agent/tickets").body).text(); !strings.Contains(text, "还剩 28 分钟") || !strings.Contains(text, "31 件一小时内到期") {
		t.Error("the queue does not say what is due soon")
	}
	b.clock.advance(30 * time.Minute)
	lead.comes(t, lead.b)
	text := parsed(t, lead.b.get("/agent/tickets?show=overdue").body).text()
	if !strings.Contains(text, "超时 3 分钟") || !strings.Contains(text, "31 件已超时") {
		t.Error("the queue does not say what is late")
	}
}

// "n" claims what is due first and nobody works on.
func TestTicket_theNextIsTheOneDueFirst(t *testing.T) {
	b := newBureau(t)
	b.clock.at = monday
	older := b.sent("appeal", "c1")
	b.clock.advance(time.Minute)
	newer := b.sent("appeal", "c2")
	anna, berta := b.hire(t, "anna", support.RoleReviewer), b.hire(t, "berta", support.RoleReviewer)
	if page := anna.b.get("/agent/tickets"); !strings.Contains(page.body, `data-key="n"`) {
		t.Error("the next one is not one key away")
	}
	anna.leads(t, anna.b.post("/agent/tickets/next", values("kind", "")), ticketPage(older)+"?said=claimed")
	berta.leads(t, berta.b.post("/agent/tickets/next", nil), ticketPage(newer)+"?said=claimed")
	berta.leads(t, berta.b.post("/agent/tickets/next", nil), "/agent/tickets?said=none")
	for _, show := range []string{"mine", "all"} {
		rows := parsed(t, berta.b.get("/agent/tickets?show="+show).body).with("data-ticket")
		if want := map[string]int{"mine": 1, "all": 2}[show]; len(rows) != want {
			t.Errorf("%s: %d rows", show, len(rows))
		}
	}
}

func TestTicket_isFoundByTheNumberThatACustomerReadsOut(t *testing.T) {
	b := newBureau(t)
	ticket, anna := b.sent("appeal", "c1"), b.hire(t, "anna", support.RoleReviewer)
	shown := support.ShowTicketNumber(ticket.Number)
	for _, typed := range []string{shown, strings.ToLower(shown), ticket.Number} {
		anna.leads(t, anna.b.post("/agent/tickets", url.Values{"number": {typed}}), ticketPage(ticket))
	}
	draft, _, err := b.queue.Begin(t.Context(), support.NewTicket{Kind: "appeal", Case: "c9", Key: "k", Lang: "zh"})
	b.must(err)
	for _, typed := range []string{"", "T-7KM3-92QX", draft.Number} {
		if got := anna.b.post("/agent/tickets", url.Values{"number": {typed}}); got.status != 422 || !strings.Contains(mistakesOn(t, got), "没有这个编号") {
			t.Errorf("%q: %d", typed, got.status)
		}
	}
	if got := anna.b.get(ticketPage(draft)); got.status != 404 {
		t.Errorf("a form that was not sent: %d", got.status)
	}
}

// The menu says how many wait, to who may see them.
func TestTicket_theMenuSaysHowManyWait(t *testing.T) {
	b := newBureau(t)
	b.sent("appeal", "c1")
	b.sent("appeal", "c2")
	anna, lin := b.hire(t, "anna", support.RoleReviewer), b.hire(t, "lin", support.RoleAgent)
	count := parsed(t, anna.b.get("/agent").body).class("count")
	if len(count) != 1 || count[0].text() != "2" {
		t.Errorf("%d counts", len(count))
	}
	if strings.Contains(lin.b.get("/agent").body, "/agent/tickets") {
		t.Error("the menu leads an agent to the queue")
	}
}

// W10: an account system that is away does not keep anybody from what the customer wrote.
func TestW10_theEvidenceIsThereWhileTheAccountSystemIsAway(t *testing.T) {
	b := newBureau(t)
	b.rulings.away = true
	ticket, anna := b.sent("appeal", "c1"), b.hire(t, "anna", support.RoleReviewer)
	anna.takes(t, ticket)
	page := anna.b.get(ticketPage(ticket))
	if page.status != 200 || !strings.Contains(page.body, "2019-03") || !strings.Contains(page.body, "账户系统现在没有回应") {
		t.Errorf("%d", page.status)
	}
}
