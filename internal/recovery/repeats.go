package recovery

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"zhaohui/internal/problem"
	"zhaohui/internal/throttle"
)

// What is sent twice (decision 0017).

// stale is the answer to a form for another step. A browser that still brings its token of before (a second click, whose
// first answer was lost) gets the new one, or it would be shut out within a minute; but only for the very submit that changed
// the token, from the same page and place in the network: whoever copied the cookie before may know what was typed, and not
// what the page was called. Without that name it is counted before it is looked at, or what was typed could be found out here.
func (s *Service) stale(ctx context.Context, a *attempt, repeat []byte) (Result, error) {
	result := Result{Stale: true}
	if !a.Case.late(a.key.Token, a.Now) {
		return result, nil
	}
	if a.page != "" {
		result.Token = s.again(a.Case.Facts.Session, repeat)
		return result, nil
	}
	err := s.store.Do(ctx, func(tx Tx) error {
		return tx.Take(a.Now, throttle.Limit{Key: "repeat:" + a.Case.ID, Max: mostRepeats, Within: turnover})
	})
	if problem.KindOf(err) == problem.KindThrottled {
		return result, nil
	}
	if err != nil {
		return Result{}, fmt.Errorf("count a repeat: %w", err)
	}
	result.Token = s.again(a.Case.Facts.Session, repeat)
	return result, nil
}

// mostRepeats is how often a minute the clicks of one moment may ask for the token that one of them gained.
const mostRepeats = 8

// FieldPage is the field of every form that names its page: random signs, others each time that it is shown.
const FieldPage = "page"

// repeatKey is what makes two submits the same. A page that has a name says which step it is of.
func repeatKey(caseID, step string, form map[string]string, client Client) []byte {
	parts := []string{caseID, client.Network}
	if form[FieldPage] == "" {
		parts = append(parts, step)
	}
	for _, name := range slices.Sorted(maps.Keys(form)) {
		if form[name] != "" { // one that was not sent is the same
			parts = append(parts, name, form[name])
		}
	}
	return []byte(strings.Join(parts, "\x00"))
}

// pressKey is what makes two presses of a button the same that has nothing to fill in: its page, which nobody else was given.
// One whose page had no name is like no other: nil.
func pressKey(client Client, what ...string) []byte {
	if client.Page == "" {
		return nil
	}
	return []byte(strings.Join(append([]string{"press", client.Page, client.Network}, what...), "\x00"))
}

// pressed is how a press is kept; nil for one that is like no other.
func (s *Service) pressed(press []byte) []byte {
	if press == nil {
		return nil
	}
	return s.hash.Sum(press)
}

// regained is the token that a press gained, for the same press sent once more with the token of before; empty for any other.
func (s *Service) regained(c *Case, key Key, now time.Time, press []byte) string {
	if !c.late(key.Token, now) {
		return ""
	}
	return s.again(c.Facts.Session, press)
}

// heard answers "this was not me" once more, by a link that ended with the case that it stopped: whoever said so must not read
// that it was too late. Where another case runs by now, it was heard for the one of before alone.
func (s *Service) heard(ctx context.Context, l Link, over error) (StopSight, error) {
	c, err := s.store.Case(ctx, l.Case)
	if errors.Is(err, problem.NotFound) {
		return StopSight{}, over
	}
	if err != nil {
		return StopSight{}, fmt.Errorf("stop again: %w", err)
	}
	if c.State != Stopped || !slices.Contains(c.Facts.Vetoes, l.Address) {
		return StopSight{}, over
	}
	sight := StopSight{Started: c.Started, Client: c.Facts.Environment.Client, State: Stopped, Used: true, Lang: c.Facts.Lang}
	err = s.store.Do(ctx, func(tx Tx) error {
		ids, err := tx.CasesOf(c.Subject, s.now().Add(-s.policy.After.Veto))
		for _, id := range ids {
			if err != nil || sight.Frozen {
				break
			}
			var other *Case
			if other, err = tx.Case(id); err == nil {
				sight.Frozen = other.Facts.Freeze
				if !sight.Frozen && (other.State == Open || other.State == Applying) {
					err = over
				}
			}
		}
		return err
	})
	if err != nil {
		return StopSight{}, fmt.Errorf("stop again: %w", err)
	}
	return sight, nil
}

// twins is how far apart the clicks of one moment are, and mostTwins how many of them are looked at beside the first: to look
// costs the wallet something, and whoever sends one form a thousand times did not click by mistake.
const (
	twins     = 10 * time.Second
	mostTwins = 4
)

var errHammered = errors.New("the same submit again and again")

// twin says that the very same submit was counted a moment ago: a second click is no second try. What it says cannot be
// another thing, and by its page nobody else can have sent it.
func (a *attempt) twin(tx Tx) (bool, error) {
	if a.page == "" {
		return false, nil
	}
	name := fmt.Sprintf("twin:%x:%d", a.by, a.taken)
	first, err := tx.Once(a.Now, name, twins)
	if err != nil || first {
		return false, err
	}
	err = tx.Take(a.Now, throttle.Limit{Key: name, Max: mostTwins, Within: twins})
	if problem.KindOf(err) == problem.KindThrottled {
		return true, errHammered
	}
	return true, err
}
