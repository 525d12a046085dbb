package web_test

import (
	"strings"
	"testing"

	"zhaohui/internal/problem"
	"zhaohui/internal/support"
)

// P2: a yes that the case cannot take is no yes, and the page says what can be done instead.
func TestP2_aYesThatLeadsNowhereSaysWhatToDo(t *testing.T) {
	b := newBureau(t)
	anna := b.hire(t, "anna", support.RoleReviewer)
	for _, c := range []struct {
		name   string
		fail   error
		status int
		says   string
	}{
		{"c1", problem.Invalid{Fields: map[string]string{"account": "unknown"}}, 422, "没有这样的账号"},
		{"c2", problem.Invalid{Fields: map[string]string{"compared": "required"}}, 422, "拿证件和本人核对"},
		{"c3", problem.Expired, 410, "已经结束"},
	} {
		ticket := b.sent("recording", c.name)
		anna.takes(t, ticket)
		b.rulings.fail = c.fail
		got := anna.b.post(ticketPage(ticket), values("do", "approve", "check-same-voice", "match", "sure", "yes"))
		if got.status != c.status || !strings.Contains(mistakesOn(t, got), c.says) {
			t.Errorf("%v: %d %q", c.fail, got.status, mistakesOn(t, got))
		}
		if !strings.Contains(got.body, `value="release"`) || b.now(ticket).State != support.TicketOpen || len(b.now(ticket).Detail.Approvals) > 0 {
			t.Errorf("%v: it is approved, or the ticket is gone", c.fail)
		}
	}
}

// P2: appeals for one account are shown together, in the queue and on the page.
func TestP2_appealsOfOneAccountAreShownTogether(t *testing.T) {
	b := newBureau(t)
	anna := b.hire(t, "anna", support.RoleReviewer)
	b.rulings.about["c2"] = support.About{Others: []string{"c1"}}
	first, second := b.sent("appeal", "c1"), b.sent("appeal", "c2")
	for _, ticket := range []*support.Ticket{first, second} {
		other := map[*support.Ticket]*support.Ticket{first: second, second: first}[ticket]
		page := parsed(t, anna.b.get(ticketPage(ticket)).body).text()
		if !strings.Contains(page, support.ShowTicketNumber(other.Number)) || !strings.Contains(page, "最多一份是本人的") {
			t.Error("a ticket does not say which others wait")
		}
	}
	if n := strings.Count(anna.b.get("/agent/tickets").body, "同一个账号另有 1 件"); n != 2 {
		t.Errorf("the queue says it %d times", n)
	}
}

// P1: the page says on which side of the risk limit an account lies, so that it is clear why one person is enough or two are
// needed; how much it has is nobody's business here. Where the limit is 0 every ticket needs two, and nothing is said.
func TestP1_theTicketSaysOnWhichSideOfTheLimit(t *testing.T) {
	b := newBureau(t)
	anna := b.hire(t, "anna", support.RoleReviewer)
	for caseID, c := range map[string]struct {
		yuan int64
		says string
	}{"c1": {4321, "不到 5000 元"}, "c2": {54321, "5000 元或更多"}, "c3": {0, "钱包没说，按 5000 元或更多算"}} {
		b.rulings.about[caseID] = support.About{Yuan: c.yuan}
		text := parsed(t, anna.b.get(ticketPage(b.sent("recording", caseID))).body).text()
		if !strings.Contains(text, c.says) || strings.Contains(text, "4321") {
			t.Errorf("%d yuan: the page does not say %q, or says too much", c.yuan, c.says)
		}
	}
	if text := parsed(t, anna.b.get(ticketPage(b.sent("appeal", "c4"))).body).text(); strings.Contains(text, "能动的钱") {
		t.Error("a limit of 0 is no side")
	}
}
