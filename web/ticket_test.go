package web_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"zhaohui/internal/support"
)

// P1: what a customer wrote is shown for a reason alone, to who has the ticket, and the trail has who looked and why.
func TestP1_evidenceIsShownOnlyAfterAReason(t *testing.T) {
	b := newBureau(t)
	ticket, anna, other := b.sent("appeal", "c1"), b.hire(t, "anna", support.RoleReviewer), b.hire(t, "berta", support.RoleReviewer)
	secrets := []string{"2019-03", "199****0101", "周**", "200.50"}
	closed := func(what string, got answer) {
		t.Helper()
		for _, secret := range secrets {
			if got.status >= 500 || strings.Contains(got.body, secret) {
				t.Errorf("%s: %d shows %q", what, got.status, secret)
			}
		}
	}
	closed("before a claim", anna.b.get(ticketPage(ticket)))
	closed("open without a claim", anna.b.post(ticketPage(ticket)+"/view", values("why", "decide")))
	anna.claims(t, ticket)
	closed("before a reason", anna.b.get(ticketPage(ticket)))
	for _, why := range []string{"", "curious"} {
		got := anna.b.post(ticketPage(ticket)+"/view", values("why", why))
		if got.status != 422 || !strings.Contains(mistakesOn(t, got), "为什么") {
			t.Errorf("for %q: %d %s", why, got.status, mistakesOn(t, got))
		}
		closed("for no reason", got)
	}
	if n := len(b.trail("evidence-viewed")); n != 0 {
		t.Fatalf("%d views are recorded that were none", n)
	}
	anna.leads(t, anna.b.post(ticketPage(ticket)+"/view", values("why", "decide")), ticketPage(ticket)+"?said=opened")
	page := anna.b.get(ticketPage(ticket))
	for _, secret := range secrets {
		if !strings.Contains(page.body, secret) {
			t.Errorf("the page does not show %q", secret)
		}
	}
	if page.header.Get("Cache-Control") != "no-store" {
		t.Error("the page may be kept")
	}
	want := "agent:" + anna.id + " decide"
	if got := b.trail("evidence-viewed"); !slices.Equal(got, []string{want}) || !slices.Equal(b.trail("record-viewed"), []string{want}) {
		t.Errorf("the trail has %v and %v", got, b.trail("record-viewed"))
	}
	closed("to somebody else", other.b.get(ticketPage(ticket)))
	b.clock.advance(16 * time.Minute)
	anna.comes(t, anna.b)
	closed("once the claim is over", anna.b.get(ticketPage(ticket)))
	anna.claims(t, ticket)
	closed("with a new claim", anna.b.get(ticketPage(ticket)))
	if log := b.log.String(); strings.Contains(log, "2019-03") {
		t.Error("the log has what the customer wrote")
	}
}

// An auditor sees what a reviewer sees, for a reason, and decides nothing.
func TestP1_anAuditorLooksAndDecidesNothing(t *testing.T) {
	b := newBureau(t)
	ticket, audra := b.sent("appeal", "c1"), b.hire(t, "audra", support.RoleAuditor)
	page := audra.b.get(ticketPage(ticket))
	if page.status != 200 || strings.Contains(page.body, `data-form="judge"`) || strings.Contains(page.body, `value="claim"`) {
		t.Errorf("%d, or the page offers to judge", page.status)
	}
	audra.leads(t, audra.b.post(ticketPage(ticket)+"/view", values("why", "audit")), ticketPage(ticket)+"?said=opened")
	if !strings.Contains(audra.b.get(ticketPage(ticket)).body, "2019-03") {
		t.Error("the auditor does not see what was opened")
	}
	if got := b.trail("evidence-viewed"); !slices.Equal(got, []string{"agent:" + audra.id + " audit"}) {
		t.Errorf("the trail has %v", got)
	}
	for _, do := range []string{"claim", "approve", "refuse", "ask"} {
		if got := audra.b.post(ticketPage(ticket), values(append(all("match"), "do", do)...)); got.status != 403 {
			t.Errorf("%s: %d", do, got.status)
		}
	}
	if b.now(ticket).Claim.Agent != "" {
		t.Error("an auditor has a ticket")
	}
	b.clock.advance(15 * time.Minute)
	audra.comes(t, audra.b)
	if strings.Contains(audra.b.get(ticketPage(ticket)).body, "2019-03") {
		t.Error("a look lasts for ever")
	}
}

// P1: two different people approve, and the second one is not told how the first one answered.
func TestP1_twoPeopleApproveAndTheSecondJudgesAlone(t *testing.T) {
	b := newBureau(t)
	ticket, anna, berta := b.sent("appeal", "c1"), b.hire(t, "anna", support.RoleReviewer), b.hire(t, "berta", support.RoleReviewer)
	anna.takes(t, ticket)
	anna.decides(t, ticket, "approve", "agreed", all("match", "compared", "video")...)
	if got := b.now(ticket); got.State != support.TicketOpen || len(b.rulings.proved) != 0 {
		t.Fatalf("one person is enough: %s", got.State)
	}
	if page := anna.b.get(ticketPage(ticket)); !strings.Contains(page.body, "您已经同意过了") || strings.Contains(page.body, `value="claim"`) {
		t.Error("who agreed is offered the ticket again")
	}
	if got := anna.b.post(ticketPage(ticket), values("do", "claim")); got.status != 403 || !strings.Contains(mistakesOn(t, got), "别人") {
		t.Errorf("who agreed claims it again: %d %s", got.status, mistakesOn(t, got))
	}
	berta.takes(t, ticket)
	page := parsed(t, berta.b.get(ticketPage(ticket)).body)
	if text := page.text(); !strings.Contains(text, anna.shown) || strings.Contains(text, "各人怎么判断的") {
		t.Error("the page does not say that one agreed, or says how")
	}
	for _, input := range page.all("input") {
		if strings.HasPrefix(input.attr("name"), "check-") && input.has("checked") {
			t.Errorf("%s is filled in with what the other one said", input.attr("name"))
		}
	}
	berta.decides(t, ticket, "approve", "approved", all("match")...)
	if b.now(ticket).State != support.TicketApproved || len(b.rulings.proved) != 1 {
		t.Fatalf("%s, %v", b.now(ticket).State, b.rulings.proved)
	}
	grant := b.rulings.proved[0]
	if grant.Hold != 72*time.Hour || !grant.Veto || len(grant.Proofs) != 2 || !slices.Equal(grant.Proofs[0].By, []string{anna.id, berta.id}) ||
		!slices.Equal(grant.Proofs[1].By, []string{anna.id}) {
		t.Errorf("%+v", grant)
	}
	lead := b.hire(t, "lead", support.RoleLead)
	if text := parsed(t, lead.b.get(ticketPage(ticket)).body).text(); !strings.Contains(text, "各人怎么判断的") || !strings.Contains(text, "视频里比过") {
		t.Error("who answers for it cannot see how it was judged")
	}
}

// P1: nobody decides a case they helped with, even if they joined it after they claimed the ticket.
func TestP1_whoHelpedMayNotJudge(t *testing.T) {
	b := newBureau(t)
	carl, anna := b.hire(t, "carl", support.RoleReviewer, support.RoleAgent), b.hire(t, "anna", support.RoleReviewer, support.RoleAgent)
	b.rulings.about["c1"] = support.About{Helpers: []string{carl.id}}
	ticket := b.sent("appeal", "c1")
	page := carl.b.get(ticketPage(ticket))
	if !strings.Contains(page.body, "您帮过这位客户") || strings.Contains(page.body, `value="claim"`) {
		t.Error("the page does not say that they may not judge")
	}
	if strings.Contains(carl.b.get("/agent/tickets").body, `value="claim"`) {
		t.Error("the queue offers it to who helped")
	}
	carl.leads(t, carl.b.post("/agent/tickets/next", nil), "/agent/tickets?said=none")
	if got := carl.b.post(ticketPage(ticket), values("do", "claim")); got.status != 403 {
		t.Errorf("%d", got.status)
	}
	anna.takes(t, ticket)
	b.rulings.about["c1"] = support.About{Helpers: []string{carl.id, anna.id}}
	got := anna.b.post(ticketPage(ticket), values(all("match", "do", "approve", "sure", "yes")...))
	if got.status != 403 || len(b.now(ticket).Detail.Approvals) != 0 {
		t.Errorf("who helps meanwhile approves: %d", got.status)
	}
}

// P2: a refusal names a reason, a remedy and papers, or it is none.
func TestP2_aRefusalNeedsReasonRemedyAndPapers(t *testing.T) {
	b := newBureau(t)
	ticket, anna := b.sent("appeal", "c1"), b.hire(t, "anna", support.RoleReviewer)
	anna.takes(t, ticket)
	for missing, want := range map[string]string{"reason": "选一个原因", "remedy-answer-more": "至少一个办法", "paper-identity-card": "至少一样材料"} {
		form := values(append(refusal(), "do", "refuse")...)
		form.Del(missing)
		got := anna.b.post(ticketPage(ticket), form)
		if got.status != 422 || !strings.Contains(mistakesOn(t, got), want) || !strings.Contains(got.body, "<details open") {
			t.Errorf("without %s: %d %s", missing, got.status, mistakesOn(t, got))
		}
		kept := 0
		for _, input := range parsed(t, got.body).all("input") {
			if input.has("checked") && form.Get(input.attr("name")) == input.attr("value") {
				kept++
			}
		}
		if kept != len(form) { // all but "do", and "not compared", which nobody chose
			t.Errorf("without %s: %d of %d answers are kept", missing, kept, len(form)-1)
		}
	}
	if b.now(ticket).State != support.TicketOpen {
		t.Fatal("it was refused all the same")
	}
	anna.decides(t, ticket, "refuse", "refused", refusal()...)
	got := b.now(ticket)
	if got.State != support.TicketRefused || got.Detail.Refusals[0].Reason != "too-little" || got.Detail.Refusals[0].Remedies[0] != "answer-more" {
		t.Errorf("%s: %+v", got.State, got.Detail.Refusals)
	}
}

// A decision is asked about once more, and what the address says counts for nothing until it is posted.
func TestTicket_aDecisionIsAskedAboutOnceMore(t *testing.T) {
	b := newBureau(t)
	ticket, anna := b.sent("appeal", "c1"), b.hire(t, "anna", support.RoleReviewer)
	anna.takes(t, ticket)
	asked := anna.b.post(ticketPage(ticket), values(all("match", "do", "approve")...))
	for _, prefix := range []string{"", "/en"} {
		if got := anna.b.get(prefix + asked.location()); got.status != 200 || !strings.Contains(got.body, `name="sure"`) {
			t.Errorf("%s: %d", prefix, got.status)
		}
	}
	if len(b.now(ticket).Detail.Approvals) != 0 {
		t.Fatal("the first press decides")
	}
	if got := anna.b.get(ticketPage(ticket) + "/decide?do=approve&check-device=match"); got.status != 303 ||
		got.location() != ticketPage(ticket)+"?check-device=match" {
		t.Errorf("half an address: %d %s", got.status, got.location())
	}
	form := values(all("match", "do", "approve", "sure", "yes")...)
	form.Set("check-same-person", "mismatch")
	if got := anna.b.post(ticketPage(ticket), form); got.status != 422 || !strings.Contains(mistakesOn(t, got), "不能同意") {
		t.Errorf("a changed form: %d %s", got.status, mistakesOn(t, got))
	}
	form.Set("check-mood", "match")
	if got := anna.b.post(ticketPage(ticket), form); got.status != 422 {
		t.Errorf("a made-up field: %d", got.status)
	}
}

// A claim that is over loses nothing that was filled in.
func TestTicket_aLostClaimKeepsWhatWasFilledIn(t *testing.T) {
	b := newBureau(t)
	ticket, anna, berta := b.sent("appeal", "c1"), b.hire(t, "anna", support.RoleReviewer), b.hire(t, "berta", support.RoleReviewer)
	anna.takes(t, ticket)
	if text := parsed(t, anna.b.get(ticketPage(ticket)).body).text(); !strings.Contains(text, "您领着，到") {
		t.Error("the page does not say until when it is theirs")
	}
	b.clock.advance(14 * time.Minute)
	anna.does(t, ticket, "renew", ticketPage(ticket)+"?said=renewed")
	b.clock.advance(14 * time.Minute)
	if got := berta.b.post(ticketPage(ticket), values("do", "claim")); got.status != 303 { // signed out meanwhile
		t.Fatalf("%d", got.status)
	}
	berta.comes(t, berta.b)
	if got := berta.b.post(ticketPage(ticket), values("do", "claim")); got.status != 409 {
		t.Errorf("another one claims it: %d", got.status)
	}
	b.clock.advance(2 * time.Minute)
	anna.comes(t, anna.b)
	got := anna.b.post(ticketPage(ticket), values(all("match", "do", "approve")...))
	if got.status != 409 || !strings.Contains(mistakesOn(t, got), "再领一次") {
		t.Fatalf("%d %s", got.status, mistakesOn(t, got))
	}
	claim := parsed(t, got.body).where(func(d document) bool { return d.Data == "form" && d.attr("data-form") == "claim" })[0]
	form := values("do", "claim")
	for _, input := range claim.all("input") {
		form.Set(input.attr("name"), input.attr("value"))
	}
	back := anna.b.post(ticketPage(ticket), form)
	open := parsed(t, anna.b.get(back.location()).body).where(func(d document) bool { return d.Data == "form" && d.attr("data-form") == "open" })[0]
	form = values("why", "decide")
	for _, input := range open.all("input") {
		if input.attr("type") == "hidden" {
			form.Set(input.attr("name"), input.attr("value"))
		}
	}
	back = anna.b.post(ticketPage(ticket)+"/view", form)
	page := parsed(t, anna.b.get(back.location()).body)
	for _, input := range page.all("input") {
		if strings.HasPrefix(input.attr("name"), "check-") && (input.attr("value") == "match") != input.has("checked") {
			t.Errorf("%s=%s is lost", input.attr("name"), input.attr("value"))
		}
	}
	anna.does(t, ticket, "release", "/agent/tickets?of="+strings.ToLower(ticket.Number)+"&said=released")
	if b.now(ticket).Claim.Agent != "" {
		t.Error("it was not put back")
	}
}

// Nobody decides what they did not look at.
func TestTicket_whoDidNotLookCannotDecide(t *testing.T) {
	b := newBureau(t)
	ticket, anna := b.sent("appeal", "c1"), b.hire(t, "anna", support.RoleReviewer)
	anna.claims(t, ticket)
	if strings.Contains(anna.b.get(ticketPage(ticket)).body, `data-form="judge"`) {
		t.Error("the page offers to judge what is closed")
	}
	for _, sure := range []string{"", "yes"} {
		got := anna.b.post(ticketPage(ticket), values(all("match", "do", "approve", "sure", sure)...))
		if got.status != 422 || !strings.Contains(mistakesOn(t, got), "先打开") || len(b.now(ticket).Detail.Approvals) != 0 {
			t.Errorf("sure=%q: %d %s", sure, got.status, mistakesOn(t, got))
		}
	}
}

// Asking for more goes to the customer with the questions and papers, and comes to an end.
func TestTicket_moreIsAskedForAtMostThreeTimes(t *testing.T) {
	b := newBureau(t)
	ticket, anna := b.sent("appeal", "c1"), b.hire(t, "anna", support.RoleReviewer)
	for range 3 {
		anna.takes(t, ticket)
		if got := anna.b.post(ticketPage(ticket), values("do", "ask")); got.status != 422 || !strings.Contains(mistakesOn(t, got), "要重答的题") {
			t.Errorf("for nothing: %d %s", got.status, mistakesOn(t, got))
		}
		anna.decides(t, ticket, "ask", "asked", "ask-places", "yes", "want-bank-proof", "yes")
		if text := parsed(t, anna.b.get("/agent/tickets?show=asked").body).text(); !strings.Contains(text, "登录过的地方") {
			t.Error("the queue does not say what the customer was asked for")
		}
		if _, err := b.queue.Send(t.Context(), "c1", ticket.ID); err != nil {
			t.Fatal(err)
		}
	}
	anna.takes(t, ticket)
	if strings.Contains(anna.b.get(ticketPage(ticket)).body, `value="ask"`) {
		t.Error("more can be asked for without end")
	}
}

// P2: the desk does not promise either what a case that ended cannot keep.
func TestP2_anApprovedTicketSaysWhenItsCaseIsOver(t *testing.T) {
	b := newBureau(t)
	one := b.person(t)
	one.begin("sms", "nothing@demo.example")
	ticket, anna, berta := b.sent("appeal", one.caseID()), b.hire(t, "anna", support.RoleReviewer), b.hire(t, "berta", support.RoleReviewer)
	for _, agent := range []*staff{anna, berta} {
		agent.takes(t, ticket)
		agent.decides(t, ticket, "approve", map[bool]string{true: "agreed", false: "approved"}[agent == anna], all("match", "compared", "video")...)
	}
	contains(t, anna.b.get(ticketPage(ticket)), "等过 72 小时")
	one.post("/case/"+one.caseID(), values("do", "cancel"))
	if page := anna.b.get(ticketPage(ticket)); !strings.Contains(page.body, "找回也已经结束") || strings.Contains(page.body, "等过 72 小时") {
		t.Error("the desk still promises a password")
	}
}
