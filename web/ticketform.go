package web

import (
	"net/url"

	"zhaohui/internal/problem"
	"zhaohui/internal/support"
	"zhaohui/templates"
)

// decision is what a judge filled in: a yes, a no, or more questions. It travels as a form, and as an address to the page that
// asks once more: it has ids of lists and nothing personal.
type decision struct {
	do               string
	judgement        support.Judgement
	reason           string
	remedies, papers []string
	asks, wants      []string
}

// What can be decided.
const (
	doApprove = "approve"
	doRefuse  = "refuse"
	doAsk     = "ask"
)

func checkField(check string) string { return "check-" + check }

// decisionFields are the fields of a kind's form.
func decisionFields(k *support.TicketKind) []string {
	names := []string{"do", "sure", "compared", "reason"}
	for _, c := range k.Checks {
		names = append(names, checkField(c.ID))
	}
	for _, id := range k.Refusals.Remedies {
		names = append(names, "remedy-"+id)
	}
	for _, id := range k.Refusals.Papers {
		names = append(names, "paper-"+id, "want-"+id)
	}
	for _, a := range k.Asks {
		names = append(names, "ask-"+a.ID)
	}
	return names
}

// readDecision is what was filled in; what the kind does not have is left out.
func readDecision(k *support.TicketKind, form url.Values) decision {
	d := decision{do: form.Get("do"), reason: form.Get("reason"),
		judgement: support.Judgement{Checks: map[string]string{}, Compared: form.Get("compared")}}
	for _, c := range k.Checks {
		if answer := form.Get(checkField(c.ID)); answer != "" {
			d.judgement.Checks[c.ID] = answer
		}
	}
	d.remedies = ticked(form, "remedy-", k.Refusals.Remedies)
	d.papers = ticked(form, "paper-", k.Refusals.Papers)
	d.wants = ticked(form, "want-", k.Refusals.Papers)
	for _, a := range k.Asks {
		d.asks = append(d.asks, ticked(form, "ask-", []string{a.ID})...)
	}
	return d
}

func ticked(form url.Values, prefix string, list []string) []string {
	var all []string
	for _, id := range list {
		if form.Get(prefix+id) == "yes" {
			all = append(all, id)
		}
	}
	return all
}

// values is the decision as it was filled in.
func (d decision) values() url.Values {
	form := url.Values{}
	put := func(name, value string) {
		if value != "" {
			form.Set(name, value)
		}
	}
	for check, answer := range d.judgement.Checks {
		put(checkField(check), answer)
	}
	put("compared", d.judgement.Compared)
	put("reason", d.reason)
	for prefix, list := range map[string][]string{"remedy-": d.remedies, "paper-": d.papers, "ask-": d.asks, "want-": d.wants} {
		for _, id := range list {
			put(prefix+id, "yes")
		}
	}
	return form
}

// fields are the same as hidden fields, in an order that does not change.
func (d decision) fields(k *support.TicketKind) []templates.Field {
	var all []templates.Field
	form := d.values()
	for _, name := range decisionFields(k) {
		if value := form.Get(name); value != "" {
			all = append(all, templates.Field{Name: name, Value: value})
		}
	}
	return all
}

// empty says that nothing was filled in.
func (d decision) empty() bool { return len(d.values()) == 0 }

func (d decision) refusing() support.Refusing {
	return support.Refusing{Judgement: d.judgement, Reason: d.reason, Remedies: d.remedies, Papers: d.papers}
}

// check says what the decision lacks: the same that the queue would.
func (d decision) check(k *support.TicketKind, t *support.Ticket) error {
	switch d.do {
	case doApprove:
		return k.Approvable(d.judgement)
	case doRefuse:
		return k.Refusable(d.refusing())
	case doAsk:
		return k.Askable(t, d.asks, d.wants)
	}
	return problem.Invalid{Fields: map[string]string{"form": "unknown-value"}}
}
