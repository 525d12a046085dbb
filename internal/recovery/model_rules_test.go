package recovery_test

import (
	"context"
	"slices"
	"strings"
	"time"

	"pgregory.net/rapid"

	"zhaohui/internal/recovery"
	"zhaohui/internal/wallet"
)

// check compares what there is with the rules.
func (w *world) check(*rapid.T) {
	applying := map[string]int{}
	for id, seen := range w.cases {
		c, err := w.office.cases.Case(context.Background(), id)
		if err != nil {
			w.r.Fatalf("%v", err)
		}
		if seen.ended != "" && seen.ended != c.State {
			w.r.Fatalf("a case that was %s is %s", seen.ended, c.State)
		}
		w.checkProofs(c, seen)
		switch c.State {
		case recovery.Applying:
			applying[seen.account]++
			w.checkDecision(c, seen)
		case recovery.Done, recovery.Stopped, recovery.Replaced, recovery.Expired:
			if seen.ended == "" && c.State == recovery.Done {
				w.checkDecision(c, seen)
				w.checkTold(c, seen)
			}
			seen.ended = c.State
		}
		set := 0
		for key := range w.wallet.resets {
			if strings.Contains(key, " reset:"+id+":") {
				set++
			}
		}
		if set > c.Facts.Decided {
			w.r.Fatalf("%d decisions, %d passwords were set", c.Facts.Decided, set)
		}
	}
	for account, n := range applying {
		if n > 1 {
			w.r.Fatalf("%s has %d open resets", account, n)
		}
	}
	w.right = ""
	w.checkLimits()
}

// checkProofs lets a proof only come from a right answer.
func (w *world) checkProofs(c *recovery.Case, seen *seenCase) {
	for _, p := range c.Facts.Proofs {
		if !p.At.After(seen.lastProofAt) {
			continue
		}
		if w.right != p.Method {
			w.r.Fatalf("a proof by %s out of a right answer to %q", p.Method, w.right)
		}
		if seen.account == nobody {
			w.r.Fatalf("a proof for an account that does not exist")
		}
		seen.lastProofAt = p.At
		if seen.first.IsZero() {
			seen.first = p.At
		}
	}
	if seen.enough.IsZero() {
		if ok, hold := w.worth(c, seen); ok && hold > 0 {
			seen.enough = w.now()
		}
	}
}

// worth is what the proofs of the browser that holds a case are worth, by the words of the requirements.
func (w *world) worth(c *recovery.Case, seen *seenCase) (enough bool, hold time.Duration) {
	s := recovery.Situation{Unusual: c.Facts.Environment.Unusual}
	if seen.account == recent && w.now().Before(start.Add(5*24*time.Hour)) {
		s.Distrusted = []string{"phone"}
	}
	has := func(method string) bool {
		return slices.ContainsFunc(c.Facts.Proofs, func(p recovery.Proof) bool {
			if p.Holder != c.Facts.Holder {
				return false
			}
			if p.Method != "card" {
				return p.Method == method
			}
			own := slices.Contains(p.Rests, recovery.RestsOnCard("own"))
			return own && method == "card, own number" || !own && method == "card, other number"
		})
	}
	enough, hold, _ = oracle(has, s)
	return enough, hold
}

// checkDecision is the bar.
func (w *world) checkDecision(c *recovery.Case, seen *seenCase) {
	enough, hold := w.worth(c, seen)
	if !enough {
		w.r.Fatalf("below the bar: %+v", c.Facts.Proofs)
	}
	if hold > 0 && (seen.enough.IsZero() || w.now().Before(seen.enough.Add(hold))) {
		w.r.Fatalf("decided at %v, enough since %v, to be held for %v", w.now(), seen.enough, hold)
	}
}

// checkTold looks for the letters of a reset: its start not a day before its first proof, and its end.
func (w *world) checkTold(c *recovery.Case, seen *seenCase) {
	account, err := w.real.Account(context.Background(), c.Facts.Account)
	if err != nil {
		w.r.Fatalf("%v", err)
	}
	letters := w.sent("")
	for _, address := range account.Addresses {
		started := slices.ContainsFunc(letters, func(l recovery.Letter) bool {
			of := w.cases[l.Case]
			return l.Purpose == recovery.PurposeStarted && l.To == address.To && of != nil && !of.first.IsZero() &&
				of.first.After(seen.first.Add(-24*time.Hour))
		})
		done := slices.ContainsFunc(letters, func(l recovery.Letter) bool {
			return l.Purpose == recovery.PurposeDone && l.To == address.To && l.Case == c.ID && l.Stop != ""
		})
		if address.Removed.IsZero() && address.Trouble == wallet.None && (!started || !done) {
			w.r.Fatalf("%s was told of the start: %v, of the end: %v", address.To, started, done)
		}
	}
}

// checkLimits counts what was looked at in any stretch of time.
func (w *world) checkLimits() {
	for what, times := range w.tries {
		method, _, _ := strings.Cut(what, " ")
		for _, limit := range w.policy.Methods[method].Tries {
			for i := limit.Max; i < len(times); i++ {
				if times[i].Sub(times[i-limit.Max]) < limit.Within {
					w.r.Fatalf("%s: more than %d tries in %v", what, limit.Max, limit.Within)
				}
			}
		}
	}
	for id, n := range w.codes {
		if n > w.policy.CodeTries {
			w.r.Fatalf("%d tries at the code %s", n, id)
		}
	}
}
