package recovery

import (
	"errors"
	"time"

	"zhaohui/internal/problem"
)

// News is what a ticket's letter tells.
type News struct {
	Purpose Purpose   // one of the ticket's; that of a yes is written by Prove
	Number  string    // of the ticket, as people read it
	Until   time.Time // what can be done can be done so long; zero if nothing is left to do
}

// Tell writes to every address of a case's account how its ticket stands: that it is there, where it goes on, and until when.
// What people want to know, and why they said no, stands on the page alone. Each letter carries "this was not me": whoever
// never wrote an appeal hears so that somebody did. Nobody is told of an account that does not exist, nor of a case that is
// over: who ended it knows, and the ticket leads nowhere.
func (r *Rulings) Tell(caseID string, n News) error {
	t, err := r.turn(caseID)
	if errors.Is(err, problem.NotFound) { // erased
		return nil
	}
	if err != nil {
		return err
	}
	if t.place().State != Open || t.Account == nil {
		return nil
	}
	return t.write(Letter{Purpose: n.Purpose, Number: n.Number, Until: n.Until, Link: t.appeals()})
}

// approved is the letter of a yes: one to each address, as three about the same would be read by nobody. It is the notice that a
// new password is on its way, says when one can be set, until when the case waits for that, and stops it.
func (t *Turn) approved(number string) error {
	until := t.Case.deadline(t.Policy.Case, t.place().Step)
	l := Letter{Purpose: PurposeTicketApproved, Number: number, Until: until, Link: t.appeals()}
	if t.holding() {
		l.Hold = t.Case.Facts.Hold
	}
	return t.write(l)
}

// appeals is where number and key show how an appeal stands.
func (t *Turn) appeals() string { return t.s.address("/appeal", t.languageOf()) }
