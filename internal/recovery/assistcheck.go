package recovery

import (
	"context"
	"fmt"
	"slices"

	"zhaohui/internal/problem"
	"zhaohui/internal/wallet"
)

// The scripted check: the agent asks what an owner knows. What was said is typed in where the portal can compare it; for the
// rest a masked record stands beside the question, opened with a reason that is kept in the trail (requirement P1).

// ByAgent is the method that a check's proof is kept under.
const ByAgent = "agent"

// The answers of a question that the agent compares.
const (
	AnswerMatch    = "match"
	AnswerMismatch = "mismatch"
	AnswerUnclear  = "unclear"
)

// AssistReasons are why records may be opened, a closed list.
var AssistReasons = []string{"check", "complaint"}

// secretIdentity is what the check rests on beside a number: the same that the page for name and ID number does.
const secretIdentity = "secret:identity"

// Said is a check as the agent filled it in.
type Said struct {
	Answers map[string]string // question → one of the three answers, or what the customer said
	Number  string            // id of the number that was called back, "" if none was
	Reached bool              // and the customer was reached there
}

// OpenRecords shows the masked records of the check, each one written into the trail with the reason.
func (s *Assistance) OpenRecords(ctx context.Context, caseID, agent, reason string) error {
	return s.wrap("open records", s.change(ctx, caseID, agent, func(t *Turn, a *Assist) error {
		if !slices.Contains(AssistReasons, reason) {
			return problem.Invalid{Fields: map[string]string{"reason": "required"}}
		}
		if len(t.counting()) == 0 {
			return problem.Denied
		}
		a.Opened = reason
		for _, q := range s.rules.Questions {
			if q.Compare.byPortal() {
				continue
			}
			if err := t.recordBy(agent, "record-viewed", map[string]string{"record": string(q.Compare), "reason": reason}); err != nil {
				return err
			}
		}
		return nil
	}))
}

// ShowNumber shows a number in full, so that it can be called back.
func (s *Assistance) ShowNumber(ctx context.Context, caseID, agent, number string) error {
	return s.wrap("show a number", s.change(ctx, caseID, agent, func(t *Turn, a *Assist) error {
		if len(t.counting()) == 0 {
			return problem.Denied
		}
		if _, err := s.callBack(t, number); err != nil {
			return err
		}
		if !slices.Contains(a.Numbers, number) {
			a.Numbers = append(a.Numbers, number)
		}
		return t.recordBy(agent, "record-viewed", map[string]string{"record": "number", "reason": "call-back", "number": number})
	}))
}

func (s *Assistance) callBack(t *Turn, id string) (wallet.Address, error) {
	for _, n := range t.Account.Addresses {
		if n.ID == id && s.rules.callable(n, t.Now) {
			return n, nil
		}
	}
	return wallet.Address{}, problem.Invalid{Fields: map[string]string{"number": "not-offered"}}
}

// Check takes a filled-in check: it is counted, then compared. Passed, it waits for the customer to take it over.
func (s *Assistance) Check(ctx context.Context, caseID, agent string, said Said) (Checked, error) {
	t, err := s.turn(ctx, caseID, agent)
	if err != nil {
		return Checked{}, fmt.Errorf("check: %w", err)
	}
	if len(t.counting()) == 0 || t.Case.Facts.Vouched != nil || t.Case.Facts.Verdict != nil {
		return Checked{}, fmt.Errorf("check: %w", problem.Denied)
	}
	if err := s.filledIn(t, said); err != nil {
		return Checked{}, fmt.Errorf("check: %w", err)
	}
	if err := s.s.store.Do(ctx, func(tx Tx) error { return tx.Take(t.Now, s.rules.checks(t.Case)) }); err != nil {
		return Checked{}, fmt.Errorf("count a check: %w", err)
	}
	answers, err := s.compared(ctx, t, said)
	if err != nil {
		return Checked{}, fmt.Errorf("check: %w", err)
	}
	var done Checked
	err = s.change(ctx, caseID, agent, func(t *Turn, a *Assist) error {
		var proof Proof
		if done, proof, err = s.worth(t, said, answers); err != nil {
			return err
		}
		a.Check = &done
		kind := "assist-check-failed"
		if done.Passed {
			t.Case.Facts.Vouched, kind = &proof, "assist-check-passed"
		}
		return t.recordBy(agent, kind, map[string]string{"match": fmt.Sprint(done.Match), "mismatch": fmt.Sprint(done.Mismatch),
			"unclear": fmt.Sprint(done.Unclear), "number": said.Number, "reached": fmt.Sprint(said.Reached), "class": string(done.Counted)})
	})
	return done, s.wrap("check", err)
}

// filledIn looks whether every answer is one that can be.
func (s *Assistance) filledIn(t *Turn, said Said) error {
	wrong := map[string]string{}
	for _, q := range s.rules.Questions {
		answer := said.Answers[q.ID]
		switch {
		case q.Compare.byPortal():
			if len(answer) > 200 {
				wrong[q.ID] = "format"
			}
		case !slices.Contains([]string{AnswerMatch, AnswerMismatch, AnswerUnclear}, answer):
			wrong[q.ID] = "required"
		case answer != AnswerUnclear && t.Case.Facts.Assist.Opened == "":
			wrong[q.ID] = "not-opened" // nobody can have compared it
		}
	}
	if said.Number != "" {
		if _, err := s.callBack(t, said.Number); err != nil {
			wrong["number"] = "not-offered"
		}
	}
	if len(wrong) > 0 {
		return problem.Invalid{Fields: wrong}
	}
	return nil
}

// compared are the answers to all questions, those that the portal compares among them.
func (s *Assistance) compared(ctx context.Context, t *Turn, said Said) ([]string, error) {
	var answers []string
	for _, q := range s.rules.Questions {
		answer := said.Answers[q.ID]
		if q.Compare.byPortal() {
			var err error
			if answer, err = q.Compare.portal(ctx, t, answer); err != nil {
				return nil, err
			}
		}
		answers = append(answers, answer)
	}
	return answers, nil
}

// worth counts the answers and says what they prove.
func (s *Assistance) worth(t *Turn, said Said, answers []string) (Checked, Proof, error) {
	c := Checked{At: t.Now}
	for _, answer := range answers {
		switch answer {
		case AnswerMatch:
			c.Match++
		case AnswerMismatch:
			c.Mismatch++
		default:
			c.Unclear++
		}
	}
	if c.Match < s.rules.Matches || c.Mismatch > s.rules.Mismatches {
		return c, Proof{}, nil
	}
	f := t.Case.Facts
	p := Proof{Method: ByAgent, Class: s.rules.Asked, Rests: []string{secretIdentity}, At: t.Now, Own: t.Case.aging(f.Own, t.Now), Holder: f.Holder}
	if said.Number != "" && said.Reached {
		n, err := s.callBack(t, said.Number)
		if err != nil {
			return c, p, err
		}
		p.Class, p.Rests, c.Called = s.rules.CalledBack, append(p.Rests, RestsOnPhone(n.To)), true
	}
	c.Passed, c.Counted = true, p.Class
	return c, p, nil
}

// Accept is the customer's press by which a passed check becomes a proof of the case. It gives the browser a new token, as any
// gain of rights does (requirement W4). Nothing happens if there is none.
func (s *Assistance) Accept(ctx context.Context, key Key, client Client) (fresh string, err error) {
	a, err := s.s.attempt(ctx, key, client)
	if err != nil {
		return "", err
	}
	if a.role != Owner {
		return "", fmt.Errorf("take over a check: %w", problem.Denied)
	}
	press := pressKey(client, "accept", key.Case)
	if a.Case.late(key.Token, a.Now) { // a second press
		return s.s.regained(a.Case, key, a.Now, press), nil
	}
	a.by = s.s.pressed(press)
	stale, err := s.s.change(ctx, a, func(t *Turn) error {
		fresh = ""
		if p := t.Case.Facts.Vouched; p == nil || p.Holder != t.Case.Facts.Holder { // the case moved since: who was asked is elsewhere
			t.Case.Facts.Vouched = nil
			return nil
		}
		fresh, err = t.vouched()
		return err
	})
	if err != nil || !stale {
		return fresh, s.wrap("take over a check", err)
	}
	c, err := s.s.store.Case(ctx, key.Case) // its own twin may have been first
	if err != nil {
		return "", s.wrap("take over a check", err)
	}
	return s.s.regained(c, key, a.Now, press), nil
}

// vouched makes a passed check a proof. What is being done goes on, unless it has become needless.
func (t *Turn) vouched() (fresh string, err error) {
	f := &t.Case.Facts
	p := *f.Vouched
	f.Vouched = nil
	f.Proofs = append(slices.DeleteFunc(f.Proofs, func(old Proof) bool { return old.Method == p.Method }), p)
	if err := t.record("proof-passed", map[string]string{"method": p.Method, "class": string(p.Class)}); err != nil {
		return "", err
	}
	if err := t.announce(); err != nil {
		return "", err
	}
	if t.Policy.Judge(t.proofs(t.Case.aging(f.Own, t.Now)), t.situation()).Enough {
		f.Doing, f.Late, t.doing = nil, nil, nil
	}
	if f.Doing == nil {
		if err := t.judge(); err != nil {
			return "", err
		}
	}
	return t.renew(), nil
}
