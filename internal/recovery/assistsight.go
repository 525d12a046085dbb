package recovery

import (
	"context"
	"fmt"
	"time"

	"zhaohui/internal/throttle"
	"zhaohui/internal/wallet"
)

// AssistSight is what an agent sees of a case they help in: how it stands, never who it is about.
type AssistSight struct {
	Case, Channel, Lang string
	Version             int64
	Step, Method        string // where the customer stands
	State               State
	Over                Over
	Tries               int // left at the step, -1 if it takes none
	Passed              []Class
	Needed              int
	Enough              bool
	Offers              []Offer
	Locked              map[string]time.Time
	Deadline, Hold      time.Time
	Started             time.Time
	Word                map[string]string
	Until               time.Time // of the help
	Suggested           string
	MaySend             bool // the link to the mailbox
	MayAppeal           bool // people may decide
	MayCheck            bool // something was proved, so that the records may be opened
	Opened              bool
	Check               *Checked
	Waiting             bool // the check was passed; the customer has to take it over
	Questions           []AssistItem
	Numbers             []CallNumber
}

// AssistItem is a question of the check.
type AssistItem struct {
	ID      string
	Ask     map[string]string
	Portal  bool     // what was said is typed, and the portal compares
	Records []string // what stands on record, masked; only once it was opened
	Kind    Record
}

// CallNumber is a number on record that may be called back.
type CallNumber struct {
	ID, Masked string
	Full       string // only once it was asked for with a reason
	Since      time.Time
}

// Look shows an agent how a case stands; problem.NotFound if they do not help in it, or no longer.
func (s *Assistance) Look(ctx context.Context, caseID, agent string) (AssistSight, error) {
	t, err := s.turn(ctx, caseID, agent)
	if err != nil {
		return AssistSight{}, fmt.Errorf("look at a case: %w", err)
	}
	c, f := t.Case, t.Case.Facts
	a := &attempt{Turn: t, role: Owner, place: t.placeOf(Owner)}
	v := AssistSight{Case: c.ID, Channel: f.Channel, Lang: f.Lang, Version: c.Version, Step: a.place.ID, Method: a.place.Method, State: a.place.State,
		Tries: -1, Locked: f.Locked, Hold: f.Hold, Started: c.Started, Enough: f.Verdict != nil, Word: f.Assist.Word,
		Until: s.rules.until(f.Assist), Suggested: f.Assist.Suggested, Opened: f.Assist.Opened != "", Check: f.Assist.Check, Waiting: f.Vouched != nil}
	for _, p := range t.counting() {
		v.Passed = append(v.Passed, p.Class)
	}
	if a.place.State != Open {
		return v, nil
	}
	if err := s.missing(ctx, a, &v); err != nil {
		return AssistSight{}, fmt.Errorf("look at a case: %w", err)
	}
	v.MayAppeal = t.mayAppeal()
	for _, o := range v.Offers {
		v.MaySend = v.MaySend || o.Method == "mail" && v.Method != "mail"
	}
	v.MayCheck = len(v.Passed) > 0 && f.Verdict == nil && f.Vouched == nil
	if v.MayCheck {
		v.Questions, v.Numbers = s.questions(t), s.numbers(t)
	}
	return v, nil
}

// missing adds what an open case still needs.
func (s *Assistance) missing(ctx context.Context, a *attempt, v *AssistSight) error {
	var err error
	if v.Over, err = s.s.over(ctx, a); err != nil {
		return err
	}
	if a.place.Guess {
		if v.Tries, err = s.s.store.Left(ctx, a.Now, a.tries()...); err != nil {
			return fmt.Errorf("tries: %w", err)
		}
	}
	if end := a.Case.deadline(a.Policy.Case, a.place.Step); a.Case.waitUntil(a.place.Step).Before(a.Now) {
		v.Deadline = end
	}
	v.Needed = a.Policy.Judge(a.counting(), a.situation()).Needed
	if a.Case.Facts.Named && (a.Case.Facts.Verdict == nil || a.holding()) {
		v.Offers = a.choices()
	}
	return nil
}

// numbers are those on record long enough, that nothing is wrong with.
func (s *Assistance) numbers(t *Turn) []CallNumber {
	var list []CallNumber
	for _, n := range t.Account.Addresses {
		if s.rules.callable(n, t.Now) {
			number := CallNumber{ID: n.ID, Masked: n.Masked, Since: n.Since}
			for _, shown := range t.Case.Facts.Assist.Numbers {
				if shown == n.ID {
					number.Full = n.To
				}
			}
			list = append(list, number)
		}
	}
	return list
}

func (r *AssistRules) callable(n wallet.Address, now time.Time) bool {
	return n.Kind == wallet.Phone && n.Removed.IsZero() && n.Trouble == wallet.None && now.Sub(n.Since) >= r.OnRecord
}

// Banner is the help as the customer's page shows it.
type Banner struct {
	Word      map[string]string // nil if nobody helps any more
	Lang      string            // in which the agent says it
	Until     time.Time
	Suggested string
	Waiting   bool  // a check was passed and is to be taken over
	Version   int64 // of the case
}

// Banner is what the browser of a case is told of the help; nil if there is none. It is for the owner and for a screen that
// the owner took the case to.
func (s *Assistance) Banner(ctx context.Context, key Key) (*Banner, error) {
	c, err := s.s.store.Case(ctx, key.Case)
	if err != nil {
		return nil, fmt.Errorf("help in a case: %w", err)
	}
	now, f := s.s.now(), c.Facts
	if role := c.role(key.Token, now); role != Owner && role != Companion || c.State != Open {
		return nil, nil //nolint:nilnil // no help is no mistake
	}
	b := &Banner{Lang: f.Lang, Waiting: f.Vouched != nil && c.role(key.Token, now) == Owner, Version: c.Version}
	if a := f.Assist; a != nil && now.Before(s.rules.until(a)) {
		b.Word, b.Until, b.Suggested = a.Word, s.rules.until(a), a.Suggested
	} else if !b.Waiting {
		return nil, nil //nolint:nilnil // see above
	}
	return b, nil
}

// Versions are those of cases, for pages that wait until one moves.
func (s *Assistance) Versions(ctx context.Context, ids []string) (map[string]int64, error) {
	versions, err := s.store.Versions(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("versions of cases: %w", err)
	}
	return versions, nil
}

// End is the customer's press that ends the help.
func (s *Assistance) End(ctx context.Context, key Key, client Client) error {
	return s.s.act(ctx, key, client, func(t *Turn) error {
		a := t.Case.Facts.Assist
		if a == nil {
			return nil
		}
		t.Case.Facts.Assist = nil
		return t.record("assist-ended", map[string]string{"why": "customer", "helper": by(a.Agent)})
	})
}

// checks is the limit of an account over all agents and cases.
func (r *AssistRules) checks(c *Case) throttle.Limit {
	return throttle.Limit{Key: "assist-check:" + c.Subject, Max: r.Checks.Max, Within: r.Checks.Within}
}
