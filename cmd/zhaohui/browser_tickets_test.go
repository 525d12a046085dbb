package main

import (
	"strings"
	"testing"

	"zhaohui/internal/support"
)

// appealed is a ticket of somebody who has nothing left, as the desk finds it. What they do to write it is proved elsewhere.
func (s *liveSite) appealed(desk *support.Tickets, account string) *support.Ticket {
	s.t.Helper()
	b := openScreen(s.t, s)
	b.visit("/p/wallet/appeal/safety")
	b.press(`button[value="none"]`)
	b.fill(map[string]string{"account": account})
	ctx, id := s.t.Context(), strings.Split(b.path(), "/")[2]
	ticket, _, err := desk.Begin(ctx, support.NewTicket{Kind: "appeal", Case: id, Key: "key", Lang: "zh"})
	for ask, typed := range map[string]map[string]string{"registered": {"month": "2019-03"}, "places": {"place": "杭州西湖区"}} {
		if err == nil {
			_, err = desk.Save(ctx, id, ticket.ID, ask, typed)
		}
	}
	if err == nil {
		ticket, err = desk.Send(ctx, id, ticket.ID)
	}
	if err != nil {
		s.t.Fatal(err)
	}
	return ticket
}

// judge answers the whole checklist.
func (b screen) judge(answer string) {
	b.t.Helper()
	kind := demoContent().content.Tickets["wallet"][0]
	for _, c := range kind.Checks {
		b.touch(`input[name="check-` + c.ID + `"][value="` + answer + `"]`)
	}
}

// claimed waits until a key has claimed the ticket: nothing else waits for the page that a key leads to.
func (b screen) claimed(page string) {
	b.t.Helper()
	b.comes(`location.pathname === "` + page + `" && location.search === "?said=claimed" && document.readyState === "complete"`)
}

// opens gives the reason for which the evidence is looked at.
func (b screen) opens(why string) {
	b.t.Helper()
	b.touch(`[data-form="open"] input[value="` + why + `"]`)
	b.press(`[data-form="open"] .btn`)
}

// TestBrowserTickets_reviewerLeadAndAuditor: a reviewer takes the next appeal by one key, opens it for a reason, agrees, and may
// not agree twice; the lead is the second one, sees that one agreed but not how, and it is approved; the auditor looks it over.
// Another appeal is refused with its way on.
func TestBrowserTickets_reviewerLeadAndAuditor(t *testing.T) {
	t.Parallel()
	s := openLiveSite(t)
	desk := s.tickets()
	first, second := s.appealed(desk, "nothing@demo.example"), s.appealed(desk, "all@demo.example")
	reviewer, lead, auditor := signInAgent(t, s, "reviewer"), signInAgent(t, s, "lead"), signInAgent(t, s, "auditor")
	page := "/agent/tickets/" + first.ID

	reviewer.visit("/agent/tickets")
	if reviewer.shown("[data-ticket]") != 2 || reviewer.text(".count") != "2" {
		t.Errorf("the queue shows %d, the menu %s", reviewer.shown("[data-ticket]"), reviewer.text(".count"))
	}
	reviewer.visit(page)
	reviewer.press(`[data-form="claim"] .btn`)
	reviewer.at(page)
	if strings.Contains(reviewer.text("main"), "2019-03") || reviewer.has(`[data-form="judge"]`) {
		t.Fatal("it is open before anybody said why")
	}
	reviewer.opens("decide")
	if got := reviewer.text(`[data-ask="registered"]`); !strings.Contains(got, "2019-03") || !strings.Contains(got, "最早的记录") {
		t.Errorf("beside each other stand %q", got)
	}
	reviewer.judge("match")
	reviewer.touch(`input[name="compared"][value="video"]`)
	reviewer.press(`[data-form="judge"] button[value="approve"]`)
	reviewer.at(page + "/decide")
	reviewer.press(`[data-form="confirm"] .btn`)
	reviewer.at("/agent/tickets")
	reviewer.visit(page)
	if !strings.Contains(reviewer.text("[data-stand]"), "您已经同意过了") || reviewer.has(`[data-form="claim"]`) {
		t.Error("the reviewer may agree twice")
	}

	lead.visit(page)
	lead.keys("g")
	lead.claimed(page)
	lead.opens("decide")
	if text := lead.text("main"); !strings.Contains(text, "周正") || lead.has(`[data-ticket="judged"]`) || lead.has(`[name^="check-"]:checked`) {
		t.Error("the second one is not told that one agreed, or is told how")
	}
	lead.judge("match")
	lead.press(`[data-form="judge"] button[value="approve"]`)
	lead.press(`[data-form="confirm"] .btn`)
	if got := lead.text(".news"); !strings.Contains(got, "通过了") {
		t.Errorf("the lead is told %q", got)
	}
	lead.keys("n")
	lead.claimed("/agent/tickets/" + second.ID)
	lead.opens("decide")
	lead.judge("cannot-tell")
	lead.do("open every fold", openFolds)
	for _, chosen := range []string{`name="reason"][value="too-little"`, `name="remedy-answer-more"`, `name="paper-passport"`} {
		lead.touch(`input[` + chosen + `]`)
	}
	lead.press(`[data-form="judge"] button[value="refuse"]`)
	lead.press(`[data-form="confirm"] .btn`)
	if got, err := desk.Ticket(t.Context(), second.ID); err != nil || got.State != support.TicketRefused {
		t.Errorf("%+v, %v", got, err)
	}

	auditor.visit("/agent/tickets?show=approved")
	auditor.press(`[data-ticket] .btn`)
	auditor.at(page)
	if auditor.has(`[data-form="claim"]`) || auditor.has(`[data-form="judge"]`) || !strings.Contains(auditor.text(`[data-ticket="judged"]`), "周正") {
		t.Error("the auditor may judge, or does not see how it was judged")
	}
	auditor.opens("audit")
	if !strings.Contains(auditor.text(`[data-ask="registered"]`), "2019-03") {
		t.Error("the auditor does not see what was opened")
	}
}

// TestBrowserTickets_withoutScript: a whole judgement by forms alone.
func TestBrowserTickets_withoutScript(t *testing.T) {
	t.Parallel()
	s := openLiveSite(t)
	desk := s.tickets()
	ticket := s.appealed(desk, "nothing@demo.example")
	b := signInAgent(t, s, "reviewer")
	b.withoutScript()
	b.visit("/agent/tickets")
	b.press(`[data-form="next"] .btn`)
	b.at("/agent/tickets/" + ticket.ID)
	b.opens("decide")
	b.judge("match")
	b.press(`[data-form="judge"] button[value="approve"]`)
	b.press(`[data-form="confirm"] .btn`)
	if got, err := desk.Ticket(t.Context(), ticket.ID); err != nil || len(got.Detail.Approvals) != 1 {
		t.Errorf("%+v, %v", got, err)
	}
}

// TestA1_AxeFindsNothingInTheQueue looks at every page of the reviewers, in both languages.
func TestA1_AxeFindsNothingInTheQueue(t *testing.T) {
	t.Parallel()
	s := openLiveSite(t)
	first := s.appealed(s.tickets(), "nothing@demo.example")
	b, page := signInAgent(t, s, "reviewer"), "/agent/tickets/"+first.ID
	both := []dress{{"", false, []sight{{"light", phone}, {"dark", desk}}}, {"/en", false, []sight{{"light", desk}, {"dark", phone}}}}
	see := func(path, name string) {
		for _, d := range both {
			b.visit(d.prefix + path)
			b.do("open every fold", openFolds)
			b.fits(d, name)
			b.axeIn(d, name)
		}
		b.size(1280, 900)
		b.media("screen", "light")
	}
	see("/agent/tickets", "the queue")
	see("/agent/tickets?show=mine", "an empty part of the queue")
	see(page, "a ticket that nobody has")
	b.visit(page)
	b.press(`[data-form="claim"] .btn`)
	see(page, "a ticket that is closed")
	b.visit(page)
	b.press(`[data-form="open"] .btn`)
	b.axeIn(both[0], "no reason given")
	b.visit(page)
	b.opens("decide")
	see(page, "a ticket that is open")
	b.visit(page)
	b.press(`[data-form="judge"] button[value="approve"]`)
	b.axeIn(both[0], "an empty checklist")
	b.judge("match")
	b.press(`[data-form="judge"] button[value="approve"]`)
	b.axeIn(both[0], "asked once more")
}
