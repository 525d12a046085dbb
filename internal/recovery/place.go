package recovery

import (
	"slices"
	"time"
)

// The steps of every case, beside those of the methods. The ids are slugs of addresses.
const (
	StepSafety   = "safety"
	StepAccount  = "account"
	StepFirst    = "first"    // which proof to begin with
	StepNext     = "next"     // which proof would complete it
	StepHold     = "hold"     // time has to pass
	StepPassword = "password" // choose the new one
	StepSetting  = "setting"  // the wallet is being told
	StepDone     = "done"
	StepEnded    = "ended" // stopped, expired or replaced
)

// Place is where a case stands: computed from its facts, never stored (design.md, rule 2).
type Place struct {
	Step
	Method string // whose step it is, "" for a step of every case
	State  State
}

// place computes the current step.
func (t *Turn) place() Place {
	c := t.Case
	p := Place{State: c.State}
	switch {
	case c.State == Done:
		p.ID = StepDone
		return p
	case c.State == Applying:
		p.Step = Step{ID: StepSetting, Wait: &Wait{Who: "wallet", From: c.Acted, Until: c.Acted}}
		return p
	case c.State != Open:
		p.ID = StepEnded
		return p
	}
	p.Step, p.Method = t.openStep()
	if !t.Now.Before(c.deadline(t.Policy.Case, p.Step)) {
		return Place{Step: Step{ID: StepEnded}, State: Expired}
	}
	return p
}

func (t *Turn) openStep() (Step, string) {
	f := t.Case.Facts
	switch {
	case !f.Safe:
		return Step{ID: StepSafety}, ""
	case !f.Named:
		return Step{ID: StepAccount, Fields: []Field{{Name: "account", Kind: FieldAccount}}}, ""
	case t.holding() && t.doing != nil && t.s.method(t.doing.Method) != nil: // one more proof, so as not to wait
		m := t.s.method(t.doing.Method)
		return m.Step(t), m.ID()
	case t.holding():
		return Step{ID: StepHold, Wait: &Wait{Who: "time", From: f.Hold.Add(-f.Verdict.Hold), Until: f.Hold}}, ""
	case f.Verdict != nil:
		return Step{ID: StepPassword, Fields: []Field{{Name: "new_password", Kind: FieldPassword}, {Name: "new_password_again", Kind: FieldPassword}}}, ""
	case t.doing != nil:
		if m := t.s.method(t.doing.Method); m != nil {
			return m.Step(t), m.ID()
		}
	}
	if len(t.counting()) == 0 {
		return Step{ID: StepFirst, Fields: []Field{t.methodField(t.firsts())}}, ""
	}
	return Step{ID: StepNext, Fields: []Field{t.methodField(t.offers())}}, ""
}

// holding says that the route is enough and time has to pass.
func (t *Turn) holding() bool { return t.Case.Facts.Verdict != nil && t.Now.Before(t.Case.Facts.Hold) }

// choices are the methods that a person can turn to now.
func (t *Turn) choices() []Offer {
	if len(t.counting()) == 0 {
		return t.firsts()
	}
	return t.offers()
}

func (t *Turn) methodField(offers []Offer) Field {
	f := Field{Name: "method", Kind: FieldChoice}
	for _, o := range offers {
		f.Options = append(f.Options, Option{Value: o.Method})
	}
	return f
}

// Offer is a method that can be done next.
type Offer struct {
	Method    string
	Own       bool          // the channel's own
	Completes bool          // it alone would make the route enough
	Hold      time.Duration // what would have to be waited then
	Limited   time.Duration
}

// firsts are the methods that a case can begin with: the same for every account, as nothing was proved yet (requirement
// R15). What was passed and is distrusted would count no more a second time.
func (t *Turn) firsts() []Offer {
	channel, passed := t.s.channels[t.Case.Facts.Channel], t.proofs(t.own())
	var list []Offer
	for _, id := range append(slices.Clone(channel.Methods), channel.With...) {
		if t.s.method(id) == nil || t.Policy.Methods[id].Later || t.Case.Facts.Failed[id] != "" ||
			slices.ContainsFunc(passed, func(p Proof) bool { return p.Method == id }) ||
			slices.ContainsFunc(list, func(o Offer) bool { return o.Method == id }) {
			continue
		}
		list = append(list, Offer{Method: id, Own: slices.Contains(channel.Methods, id)})
	}
	return list
}

// offers are the methods that would bring this account nearer to enough, the channel's own first, then those that complete
// it, then in the channel's order.
func (t *Turn) offers() []Offer {
	if t.Account == nil {
		return nil
	}
	channel := t.s.channels[t.Case.Facts.Channel]
	order := append(slices.Clone(channel.Methods), channel.With...)
	for _, m := range t.s.methods {
		if !slices.Contains(order, m.ID()) {
			order = append(order, m.ID())
		}
	}
	proofs, situation := t.proofs(t.own()), t.situation()
	now := t.Policy.Judge(proofs, situation)
	var list []Offer
	for _, id := range order {
		m := t.s.method(id)
		if m == nil || t.Case.Facts.Failed[id] != "" || slices.ContainsFunc(list, func(o Offer) bool { return o.Method == id }) {
			continue
		}
		best, found := Verdict{}, false
		for _, prospect := range m.Prospects(t.Account, t.Policy) {
			prospect.Class, prospect.Method, prospect.Hold = t.Policy.Methods[id].Class, id, t.Policy.Methods[id].Hold
			then := situation
			then.Appeal = then.Appeal || id == ByAppeal
			v := t.Policy.Judge(append(slices.Clone(proofs), prospect), then)
			if v.better(now) && (!found || v.better(best)) {
				best, found = v, true
			}
		}
		if found {
			list = append(list, Offer{Method: id, Own: slices.Contains(channel.Methods, id), Completes: best.Enough, Hold: best.Hold, Limited: best.Limited})
		}
	}
	slices.SortStableFunc(list, func(a, b Offer) int {
		return rank(b) - rank(a)
	})
	return list
}

func rank(o Offer) int {
	switch {
	case o.Own:
		return 3
	case o.Completes && o.Hold == 0:
		return 2
	case o.Completes:
		return 1
	}
	return 0
}
