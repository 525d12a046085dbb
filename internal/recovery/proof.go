package recovery

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// prove adds a proof and goes on: it announces the first one, judges all, and begins the channel's own method if that is
// what comes next. It gives the browser a new token.
func (t *Turn) prove(m Method, rests []string, role Role) (fresh string, err error) {
	f := &t.Case.Facts
	p := Proof{Method: m.ID(), Class: t.Policy.Methods[m.ID()].Class, Rests: rests, At: t.Now, Own: t.Case.aging(f.Own, t.Now), Holder: f.Holder}
	f.Proofs = append(slices.DeleteFunc(f.Proofs, func(old Proof) bool { return old.Method == p.Method }), p)
	if err := t.record("proof-passed", map[string]string{"method": p.Method, "class": string(p.Class)}); err != nil {
		return "", err
	}
	if err := t.announce(); err != nil {
		return "", err
	}
	if role == Guest {
		return t.move()
	}
	f.Doing, f.Late, t.doing = nil, nil, nil
	if err := t.judge(); err != nil {
		return "", err
	}
	if role == Companion {
		return "", nil
	}
	return t.renew(), nil
}

// move takes the case to the browser that proved a passed class again. A resume code and one proof are no more than one
// proof: what was proved in the other browser does not count here. The time that a hold has waited does, if the same classes
// are proved again and nothing is more unusual here.
func (t *Turn) move() (fresh string, err error) {
	f := &t.Case.Facts
	f.Holder++
	f.Proofs[len(f.Proofs)-1].Holder = f.Holder
	return t.moved(Session{Hash: f.Return.Hash}) // this browser's: a doubled click brings it once more
}

// moved gives the case to the browser of this turn, which had a session before or none.
func (t *Turn) moved(before Session) (fresh string, err error) {
	f := &t.Case.Facts
	f.Doing, f.Late, f.Return, f.Session, f.Handoffs, f.Verdict, t.doing = nil, nil, nil, before, nil, nil, nil
	here := t.Policy.environment(t.Account, t.Case.Subject, t.Client, t.Now)
	for _, reason := range here.Reasons {
		if !slices.Contains(f.Environment.Reasons, reason) {
			f.Environment.Reasons = append(f.Environment.Reasons, reason)
			f.Hold, f.HeldFor = time.Time{}, nil // what waited there was something else
		}
	}
	f.Environment.Unusual, f.Environment.Known, f.Environment.Client = len(f.Environment.Reasons) > 0, here.Known, here.Client
	if err := t.record("case-moved", map[string]string{"environment": strings.Join(here.Reasons, " ")}); err != nil {
		return "", err
	}
	return t.renew(), t.judge()
}

// judge looks whether the route is enough now, and tells every address if it has to wait.
func (t *Turn) judge() error {
	waits, err := t.weigh()
	if err != nil || !waits {
		return err
	}
	return t.tell(PurposeHold, t.Case.Facts.Hold)
}

// weigh is judge without the letters: whoever asks for it tells of a wait that began. What became enough stays enough
// (requirement R14); as long as it waits, one more proof can shorten the wait.
func (t *Turn) weigh() (waits bool, err error) {
	f := &t.Case.Facts
	if f.Verdict != nil && !t.holding() {
		return false, nil
	}
	v := t.Policy.Judge(t.proofs(t.Case.aging(f.Own, t.Now)), t.situation())
	switch {
	case f.Verdict != nil && !(v.Enough && v.better(*f.Verdict)):
		return false, nil
	case !v.Enough:
		return false, t.ownNext()
	}
	f.Verdict = &v
	data := map[string]string{"classes": classNames(v.Classes), "hold": v.Hold.String(), "environment": strings.Join(f.Environment.Reasons, " ")}
	if err := t.record("route-enough", data); err != nil {
		return false, err
	}
	switch {
	case v.Hold == 0:
		f.Hold = time.Time{}
		return false, nil
	case !f.Hold.IsZero() && slices.Equal(f.HeldFor, v.Classes): // it waits for the same already, or has waited
		return false, nil
	}
	f.Hold, f.HeldFor, f.Ready = t.Now.Add(v.Hold), v.Classes, false
	return true, nil
}

func classNames(classes []Class) string {
	var names []string
	for _, c := range classes {
		names = append(names, string(c))
	}
	return strings.Join(names, " ")
}

// ownNext begins the channel's own method where it waited for a first proof of another class.
func (t *Turn) ownNext() error {
	own := t.s.channels[t.Case.Facts.Channel].Methods
	if len(own) != 1 || len(t.counting()) == 0 || !slices.ContainsFunc(t.offers(), func(o Offer) bool { return o.Method == own[0] }) {
		return nil
	}
	if err := t.begin(own[0]); err != nil {
		return fmt.Errorf("the channel's own method: %w", err)
	}
	return nil
}
