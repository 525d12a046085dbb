package recovery

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"time"

	"zhaohui/internal/problem"
	"zhaohui/internal/throttle"
)

// An agent who helps in a running case sees how it stands and never more than that: no address, no secret, nothing of the
// account. Customer and agent both see two words; the agent says them first, so that a caller who only pretends can be told.
// The customer chooses every step, can end the help with one press, and takes over what the agent found out.

// Assist is the help that a case is being given.
type Assist struct {
	Agent     string
	Word      map[string]string // language → the two words
	Since     time.Time
	Suggested string   `json:",omitzero"` // a method that the agent advises
	Opened    string   `json:",omitzero"` // why the records of the check were opened, "" if they are not
	Numbers   []string `json:",omitzero"` // ids of the numbers that were shown in full, to call back
	Check     *Checked `json:",omitzero"` // the last check
}

// Checked is how a scripted check ended.
type Checked struct {
	At                       time.Time
	Passed, Called           bool // Called: somebody was reached on a number on record
	Match, Mismatch, Unclear int
	Counted                  Class `json:",omitzero"` // as what it counts, "" if it failed
}

// AssistStore is what assistance needs besides the store of cases.
type AssistStore interface {
	// Versions are those of cases, by id; one that does not exist is missing.
	Versions(ctx context.Context, ids []string) (map[string]int64, error)
}

// Assistance lets agents help in running cases.
type Assistance struct {
	s     *Service
	rules *AssistRules
	store AssistStore
}

// NewAssistance lets agents help in the cases of a service.
func NewAssistance(s *Service, rules *AssistRules, store AssistStore) *Assistance {
	return &Assistance{s: s, rules: rules, store: store}
}

// by is how an agent is named in the audit trail.
func by(agent string) string { return "agent:" + agent }

// until is when the help ends by itself.
func (r *AssistRules) until(a *Assist) time.Time { return a.Since.Add(r.Lasts) }

// helped is the help that an agent gives a case now, nil if there is none.
func (s *Assistance) helped(c *Case, agent string, now time.Time) *Assist {
	a := c.Facts.Assist
	if a == nil || a.Agent != agent || !now.Before(s.rules.until(a)) {
		return nil
	}
	return a
}

// errFound undoes the count of a code that was right.
var errFound = errors.New("the code is right")

// Join lets an agent into the case whose resume code the customer reads out. Wrong codes are counted before it is said that
// they are wrong; a right one is given back. problem.NotFound if there is no such case, or it is over.
func (s *Assistance) Join(ctx context.Context, code, agent string) (caseID string, err error) {
	now := s.s.now()
	found, err := s.byResume(ctx, code)
	if err != nil && problem.KindOf(err) != problem.KindNotFound {
		return "", fmt.Errorf("join to help: %w", err)
	}
	limit := throttle.Limit{Key: "assist-code:" + agent, Max: s.rules.Codes.Max, Within: s.rules.Codes.Within}
	err = s.s.store.Do(ctx, func(tx Tx) error {
		if err := tx.Take(now, limit); err != nil {
			return err
		}
		if found != "" {
			return errFound
		}
		return nil
	})
	switch {
	case err == nil:
		return "", fmt.Errorf("join to help: %w", problem.NotFound)
	case !errors.Is(err, errFound):
		return "", fmt.Errorf("join to help: %w", err)
	}
	if err := s.enter(ctx, found, agent); err != nil {
		return "", fmt.Errorf("join to help: %w", err)
	}
	return found, nil
}

// byResume finds a case that still runs.
func (s *Assistance) byResume(ctx context.Context, code string) (string, error) {
	for _, index := range s.s.index.All("resume:" + code) {
		c, err := s.s.store.CaseByResume(ctx, index)
		if problem.KindOf(err) == problem.KindNotFound {
			continue
		}
		if err != nil {
			return "", err
		}
		t, err := s.s.turn(ctx, c)
		if err != nil {
			return "", err
		}
		if t.place().State == Open {
			return c.ID, nil
		}
	}
	return "", problem.NotFound
}

// enter begins the help, unless it is being given already; another agent's ends.
func (s *Assistance) enter(ctx context.Context, caseID, agent string) error {
	now := s.s.now()
	words, err := s.rules.draw()
	if err != nil {
		return err
	}
	return s.s.do(ctx, func(tx Tx) error {
		c, err := tx.Case(caseID)
		if err != nil || s.helped(c, agent, now) != nil {
			return err
		}
		if c.State != Open {
			return problem.NotFound
		}
		f := &c.Facts
		if old := f.Assist; old != nil && old.Agent != agent {
			relieved := Event{At: now, Kind: "assist-ended", Case: c.ID, Actor: by(old.Agent), Data: map[string]string{"why": "relieved"}}
			if err := tx.Record(relieved); err != nil {
				return err
			}
		}
		f.Assist = &Assist{Agent: agent, Word: words, Since: now}
		if !slices.Contains(f.Helpers, agent) {
			f.Helpers = append(f.Helpers, agent)
		}
		if err := tx.Record(Event{At: now, Kind: "assist-joined", Case: c.ID, Actor: by(agent)}); err != nil {
			return err
		}
		return tx.Save(c)
	})
}

// draw draws two different words.
func (r *AssistRules) draw() (map[string]string, error) {
	pick := func(below int) (int, error) {
		n, err := rand.Int(rand.Reader, big.NewInt(int64(below)))
		if err != nil {
			return 0, fmt.Errorf("draw words: %w", err)
		}
		return int(n.Int64()), nil
	}
	first, err := pick(len(r.Words))
	if err != nil {
		return nil, err
	}
	second, err := pick(len(r.Words) - 1)
	if err != nil {
		return nil, err
	}
	if second >= first {
		second++
	}
	words := map[string]string{}
	for lang := range r.Words[first] {
		words[lang] = r.Words[first][lang] + " " + r.Words[second][lang]
	}
	return words, nil
}

// Leave ends an agent's help.
func (s *Assistance) Leave(ctx context.Context, caseID, agent string) error {
	err := s.change(ctx, caseID, agent, func(t *Turn, _ *Assist) error {
		t.Case.Facts.Assist = nil
		return t.tx.Record(Event{At: t.Now, Kind: "assist-ended", Case: t.Case.ID, Actor: by(agent), Data: map[string]string{"why": "left"}})
	})
	if err != nil && problem.KindOf(err) != problem.KindNotFound { // it was over already
		return fmt.Errorf("leave: %w", err)
	}
	return nil
}

// Suggest shows the customer one method first. It chooses nothing. An empty method takes the advice back.
func (s *Assistance) Suggest(ctx context.Context, caseID, agent, method string) error {
	return s.wrap("suggest", s.change(ctx, caseID, agent, func(t *Turn, a *Assist) error {
		if method != "" && !t.offered(method) {
			return problem.Invalid{Fields: map[string]string{"method": "not-offered"}}
		}
		a.Suggested = method
		return t.recordBy(agent, "assist-suggested", map[string]string{"method": method})
	}))
}

// SendLink mails a link to the mailbox on record, which proves the mailbox and nothing more (coverage L16). It goes the way of
// any mailed link: with its limits, its page, and, for an account that does not exist, its silence.
func (s *Assistance) SendLink(ctx context.Context, caseID, agent string) error {
	const mail = "mail"
	return s.wrap("send a link", s.change(ctx, caseID, agent, func(t *Turn, _ *Assist) error {
		if t.doing != nil && t.doing.Method == mail || !t.offered(mail) {
			return problem.Invalid{Fields: map[string]string{"method": "not-offered"}}
		}
		if err := t.begin(mail); err != nil {
			return err
		}
		return t.recordBy(agent, "assist-link-sent", nil)
	}))
}

// Appeal takes the customer to the form of an appeal (coverage L15), for whom nothing else works. It is theirs to write and to
// send, and they may turn to something else. The ticket is the desk's. Pressed again it changes nothing.
func (s *Assistance) Appeal(ctx context.Context, caseID, agent string) error {
	return s.wrap("lead to an appeal", s.change(ctx, caseID, agent, func(t *Turn, _ *Assist) error {
		if !t.mayAppeal() {
			return problem.Invalid{Fields: map[string]string{"method": "not-offered"}}
		}
		if t.doing != nil && t.doing.Method == ByAppeal {
			return nil
		}
		if err := t.begin(ByAppeal); err != nil {
			return err
		}
		return t.recordBy(agent, "assist-appeal", nil)
	}))
}

// mayAppeal says whether people may decide: from every channel, other than what a case offers by itself.
func (t *Turn) mayAppeal() bool {
	f := t.Case.Facts
	return f.Named && f.Verdict == nil && f.Failed[ByAppeal] == "" && t.s.method(ByAppeal) != nil
}

// offered says whether the person could turn to a method now.
func (t *Turn) offered(method string) bool {
	f := t.Case.Facts
	return f.Named && (f.Verdict == nil || t.holding()) &&
		slices.ContainsFunc(t.choices(), func(o Offer) bool { return o.Method == method })
}

// change changes a case that the agent helps in and that still runs.
func (s *Assistance) change(ctx context.Context, caseID, agent string, fn func(*Turn, *Assist) error) error {
	t, err := s.turn(ctx, caseID, agent)
	if err != nil {
		return err
	}
	return s.s.do(ctx, func(tx Tx) error {
		c, err := tx.Case(caseID)
		if err != nil {
			return err
		}
		in := t.within(tx, c)
		in.actor = by(agent)
		a, place := s.helped(c, agent, t.Now), in.placeOf(Owner)
		if a == nil || place.State != Open {
			return problem.NotFound
		}
		limit := throttle.Limit{Key: "act:" + caseID, Max: mostActs, Within: time.Hour}
		if err := tx.Take(t.Now, limit); err != nil {
			return err
		}
		if err := fn(in, a); err != nil {
			return err
		}
		return tx.Save(c)
	})
}

func (s *Assistance) wrap(what string, err error) error {
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// turn reads a case that the agent helps in; problem.NotFound for any other.
func (s *Assistance) turn(ctx context.Context, caseID, agent string) (*Turn, error) {
	c, err := s.s.store.Case(ctx, caseID)
	if err != nil {
		return nil, fmt.Errorf("case: %w", err)
	}
	if s.helped(c, agent, s.s.now()) == nil {
		return nil, fmt.Errorf("case: %w", problem.NotFound)
	}
	return s.s.turn(ctx, c)
}

func (t *Turn) recordBy(agent, kind string, data map[string]string) error {
	return t.tx.Record(Event{At: t.Now, Kind: kind, Case: t.Case.ID, Actor: by(agent), Data: data})
}
