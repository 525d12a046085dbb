package main

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// comes waits for something on a page that reloads itself meanwhile.
func (b screen) comes(expression string) {
	b.t.Helper()
	var err error
	for range 5 { // a page that goes away ends the wait on it
		_, err = chromedp.Run(b.ctx, chromedp.Poll[bool](expression, chromedp.WithPollingTimeout(15*time.Second)))
		if err == nil || !strings.Contains(err.Error(), "(-32000)") {
			break
		}
	}
	if err != nil {
		b.t.Fatalf("waited for %s on %s: %v; it says %s", expression, b.address(), err, b.text("main"))
	}
}

// TestBrowserAssist_AgentAndCustomer: a customer is stuck and reads the code out; both see the same two words; the agent's
// advice and the link to the mailbox appear on the customer's page by themselves; the agent checks, the customer takes the
// check over and goes on to a new password.
func TestBrowserAssist_AgentAndCustomer(t *testing.T) {
	t.Parallel()
	s := openLiveSite(t)
	phone, agent := openScreen(t, s), signInAgent(t, s, "agent")
	c := newCustomer(t, s, phone, all, "mail")
	c.begin("sms")
	c.until("next")
	if phone.shown(`[data-assist="banner"]`) != 0 {
		t.Fatal("the page speaks of help before anybody helps")
	}
	agent.visit("/agent/cases")
	agent.fillIn("#resume", phone.text(".big"))
	agent.press(`form[data-form="assist-door"] .btn`)
	ref := phone.caseID()
	agent.at("/agent/cases/" + ref)
	phone.visit("/p/wallet/sms/next")
	word := agent.text(`[data-assist="word"] [data-word]`)
	if word == "" || phone.text(`[data-assist="banner"] [data-word]`) != word {
		t.Fatalf("the agent says %q, the customer sees %q", word, phone.text(`[data-assist="banner"]`))
	}

	agent.touch(`[data-form="suggest"] input[value="mail"]`)
	agent.press(`[data-form="suggest"] .btn`)
	phone.comes(`!!document.querySelector('[data-form="assist-suggested"]')`) // by itself
	phone.press(`[data-form="assist-suggested"] .btn`)
	if phone.step() != "mail-code" {
		t.Fatalf("the advice leads to %s", phone.address())
	}
	agent.comes(`document.querySelector('[data-assist="state"]').textContent.includes('邮')`)

	agent.touch(`[data-form="open"] input[value="check"]`)
	agent.press(`[data-form="open"] .btn`)
	agent.fillIn("#answer-mailbox", c.account.Email)
	agent.fillIn("#answer-card-end", c.account.Cards[0].Last4)
	agent.fillIn("#answer-phone", local(c.account.Phone))
	for question, answer := range map[string]string{"name": "match", "banks": "match", "age": "unclear"} {
		agent.touch(`input[name="answer-` + question + `"][value="` + answer + `"]`)
	}
	agent.press(`[data-form="check"] .btn:not(.xs)`)
	if got := agent.text("[data-checked]"); !strings.Contains(got, "等客户") {
		t.Fatalf("%s: the check: %q; %s", agent.address(), got, agent.text(".sum"))
	}
	phone.comes(`!!document.querySelector('[data-form="assist-accept"]')`)
	phone.press(`[data-form="assist-accept"] .btn`)
	phone.comes(`!!document.querySelector('[data-step="hold"], [data-wait="hold"], [data-step="mail-code"]')`)
	agent.comes(`document.querySelector('[data-assist="state"]').textContent.includes('知道的事')`)

	phone.press(`[data-form="assist-end"] .btn`)
	if phone.shown(`[data-assist="banner"]`) != 0 {
		t.Error("the customer ended the help and still sees it")
	}
	agent.comes(`location.pathname === '/agent/cases'`)
}

// TestBrowserAssist_AgentOpensATicket: a customer has nothing left; the agent opens a ticket, the customer's page turns to it by
// itself, and the agent sees that it was sent.
func TestBrowserAssist_AgentOpensATicket(t *testing.T) {
	t.Parallel()
	s := openLiveSite(t)
	customer, agent := openScreen(t, s), signInAgent(t, s, "agent")
	c := newCustomer(t, s, customer, "nothing@demo.example", "sms")
	c.begin("sms")
	c.answer("account")
	agent.visit("/agent/cases")
	agent.fillIn("#resume", customer.text(".big"))
	agent.press(`form[data-form="assist-door"] .btn`)
	customer.visit(customer.address())
	agent.press(`[data-form="ticket"] .btn`)
	if !strings.Contains(agent.text(`[data-assist="state"]`), "客户在写") {
		t.Fatalf("the agent sees %q", agent.text(`[data-assist="state"]`))
	}
	customer.comes(`!!document.querySelector('[data-appeal="start"]') && document.body.textContent.includes('客服已经替您开好')`)
	customer.press(`[data-appeal="start"] [data-step="appeal"] .btn`)
	customer.fillIn("#model", "红米手机")
	customer.press(`[data-step] .btn`)
	customer.visit("/case/" + customer.caseID() + "/appeal/check")
	customer.press(`form[data-step="check"] .btn`)
	agent.comes(`document.querySelector('[data-assist="state"]').textContent.includes('没人领')`)
}

// TestA1_AxeFindsNothingWhileAnAgentHelps looks at the pages of both, in both languages.
func TestA1_AxeFindsNothingWhileAnAgentHelps(t *testing.T) {
	t.Parallel()
	s := openLiveSite(t)
	customer, agent := openScreen(t, s), signInAgent(t, s, "agent")
	c := newCustomer(t, s, customer, all, "mail")
	c.begin("sms")
	c.until("next")
	ref := customer.caseID()
	agent.visit("/agent/cases")
	agent.fillIn("#resume", customer.text(".big"))
	agent.press(`form[data-form="assist-door"] .btn`)
	agent.touch(`[data-form="suggest"] input[value="mail"]`)
	agent.press(`[data-form="suggest"] .btn`)
	both := []dress{{"", false, []sight{{"light", phone}, {"dark", desk}}}, {"/en", false, []sight{{"light", desk}, {"dark", phone}}}}
	see := func(b screen, path, name string) {
		for _, d := range both {
			b.visit(d.prefix + path)
			b.fits(d, name)
			b.axeIn(d, name)
		}
		b.size(1280, 900)
		b.media("screen", "light")
	}
	see(customer, "/p/wallet/sms/next", "a step while an agent helps")
	see(agent, "/agent/cases", "the number of a case")
	see(agent, "/agent/cases/"+ref, "a case with closed records")
	agent.visit("/agent/cases/" + ref)
	agent.touch(`[data-form="open"] input[value="check"]`)
	agent.press(`[data-form="open"] .btn`)
	see(agent, "/agent/cases/"+ref, "a case with open records")
	agent.visit("/agent/cases/" + ref)
	agent.press(`[data-form="check"] .btn:not(.xs)`)
	if agent.shown(".sum") != 1 {
		t.Errorf("an empty check: %s", agent.address())
	}
	agent.axeIn(both[0], "an empty check")
}
