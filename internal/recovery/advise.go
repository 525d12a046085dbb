package recovery

import (
	"slices"
	"time"
)

// Combine says, before a case begins, which of the methods named beside a channel's own would complete it, in their order,
// and how long the first of them would have to wait then. recent: the account's number was changed within the policy's
// days. None complete it if its own do so alone. It supposes a usual network and a card whose number at the bank is another one: what the account has is not known.
func (p *Policy) Combine(own, with []string, recent bool) (completing []string, hold time.Duration) {
	s := Situation{Unusual: recent}
	if recent {
		s.Distrusted = []string{accountNumber}
	}
	for _, alone := range own { // people who compare papers with the person prove two things at once
		if v := p.Judge(p.supposed(alone), s); v.Enough && !p.switchedOff(alone) {
			return nil, v.Hold
		}
	}
	for _, second := range with {
		best := Verdict{}
		for _, first := range own {
			if first == second || p.switchedOff(first) || p.switchedOff(second) || !p.ordered([]string{first, second}, s) {
				continue
			}
			if v := p.Judge(p.supposed(first, second), s); v.Enough && (!best.Enough || v.better(best)) {
				best = v
			}
		}
		if best.Enough {
			if completing == nil {
				hold = best.Hold
			}
			completing = append(completing, second)
		}
	}
	return completing, hold
}

func (p *Policy) switchedOff(method string) bool {
	m, ok := p.Methods[method]
	return !ok || m.Off
}

// supposed are the proofs that methods would give.
func (p *Policy) supposed(methods ...string) []Proof {
	var proofs []Proof
	for _, id := range methods {
		m := p.Methods[id]
		for _, class := range []Class{m.Class, m.Compared} {
			if slices.Contains(Classes, class) {
				proofs = append(proofs, Proof{Method: id, Class: class, Rests: restsOf(class, false), Hold: m.Hold})
			}
		}
	}
	return proofs
}
