package recovery

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"zhaohui/internal/problem"
	"zhaohui/internal/wallet"
)

// People decide tickets in a queue of their own (coverage L15). What they can do to a case is here, and it is little: ask what
// is at stake, keep it alive while they look, and prove. A password is the case's alone (requirement P1).

// The methods that proofs of people's decisions are kept under.
const (
	ByAppeal = "appeal" // what the customer wrote was believed
	ByPapers = "papers" // papers were compared with the person who held them
)

// What raises the risk of a decision.
const (
	RiskNothing     = "nothing-proved"
	RiskUnreachable = "unreachable" // nobody can be told (requirement R7)
	RiskUnusual     = "unusual"
	RiskRecent      = "recent-change" // an address came or went lately
	RiskStopped     = "stopped-before"
)

// Stakes are what people who decide have to know of a case.
type Stakes struct {
	Helpers []string // agents who helped
	Yuan    int64    // within reach, rounded up; 0 if the wallet does not say
	Risks   []string
	Others  []string // ids of other open cases of the same account, the newest first
}

// Ruling is what people decided.
type Ruling struct {
	Ticket string // its number
	Number string // the same as people read it
	Proofs []Ruled
	Hold   time.Duration // before anything changes
}

// Ruled is one proof and who stands for it: ids of agents.
type Ruled struct {
	Class Class
	By    []string
}

// last is whose decision completed it, "" if nobody is named: the proof that most stand for has all of them, in the order in
// which they decided.
func (g Ruling) last() (agent string) {
	most := 0
	for _, p := range g.Proofs {
		if len(p.By) > most {
			most, agent = len(p.By), p.By[len(p.By)-1]
		}
	}
	return agent
}

// Rulings reach cases in the transaction of a decision.
type Rulings struct {
	s   *Service
	ctx context.Context // the transaction lives no longer than the call that it is made for
	tx  Tx
}

// Rulings let people's decisions reach cases in a transaction.
func (s *Service) Rulings(ctx context.Context, tx Tx) *Rulings { return &Rulings{s, ctx, tx} }

// Unread is the error of a transaction that needs an account: nothing outside may be asked in one. Ahead asks, and the
// transaction is run again with the context that it gives.
type Unread struct {
	s       *Service
	account string
}

func (u *Unread) Error() string { return "the account was not read before the transaction" }

type accountKey struct{}

// Ahead reads the account. One that was erased is none.
func (u *Unread) Ahead(ctx context.Context) (context.Context, error) {
	read := map[string]*wallet.Account{}
	a, err := u.s.wallet.Account(ctx, u.account)
	if err != nil && !errors.Is(err, problem.NotFound) {
		return ctx, fmt.Errorf("account of the case: %w", err)
	}
	if err == nil {
		read[u.account] = &a
	} else {
		read[u.account] = nil
	}
	return context.WithValue(ctx, accountKey{}, read), nil
}

func (r *Rulings) turn(caseID string) (*Turn, error) {
	c, err := r.tx.Case(caseID)
	if err != nil {
		return nil, err
	}
	t := &Turn{Case: c, Wallet: r.s.wallet, Policy: r.s.policy, Now: r.s.now(), s: r.s, tx: r.tx, doing: c.Facts.Doing}
	if id := c.Facts.Account; id != "" {
		read, _ := r.ctx.Value(accountKey{}).(map[string]*wallet.Account)
		account, ok := read[id]
		if !ok {
			return nil, &Unread{r.s, id}
		}
		t.Account = account
	}
	return t, nil
}

// stoppedWithin is how long "this was not me" is remembered against the next one who asks.
const stoppedWithin = 90 * day

// Stakes says what matters of a case now. One that is over has stakes too, so that its ticket can be ended by people; it can
// only not be proved.
func (r *Rulings) Stakes(caseID string) (Stakes, error) {
	t, err := r.turn(caseID)
	if errors.Is(err, problem.NotFound) { // erased
		return Stakes{Risks: []string{RiskNothing, RiskStopped}}, nil
	}
	if err != nil {
		return Stakes{}, err
	}
	v := Stakes{Helpers: slices.Clone(t.Case.Facts.Helpers)}
	if t.Account != nil {
		v.Yuan = (t.Account.Balance + 99) / 100
	}
	if v.Others, err = t.others(); err != nil {
		return Stakes{}, err
	}
	stopped, err := t.stoppedBefore()
	if err != nil {
		return Stakes{}, err
	}
	for _, risk := range []struct {
		name string
		is   bool
	}{
		{RiskNothing, !slices.ContainsFunc(t.counting(), func(p Proof) bool { return p.Hold == 0 })},
		{RiskUnreachable, t.Account == nil || t.situation().Unreachable},
		{RiskUnusual, t.Case.Facts.Environment.Unusual},
		{RiskRecent, t.changedLately()},
		{RiskStopped, stopped},
	} {
		if risk.is {
			v.Risks = append(v.Risks, risk.name)
		}
	}
	return v, nil
}

// mostOthers is how many other cases of an account are looked at: a stranger can begin many.
const mostOthers = 200

func (t *Turn) others() ([]string, error) {
	if t.Case.Subject == "" {
		return nil, nil
	}
	ids, err := t.tx.OpenCases(t.Case.Subject)
	if err != nil {
		return nil, err
	}
	ids = slices.DeleteFunc(ids, func(id string) bool { return id == t.Case.ID })
	return ids[:min(len(ids), mostOthers)], nil
}

// changedLately says whether an address came or went within the time in which a change is distrusted.
func (t *Turn) changedLately() bool {
	lately := func(at time.Time) bool { return !at.IsZero() && t.Now.Sub(at) < t.Policy.Recent.Within }
	return t.Account != nil && slices.ContainsFunc(t.Account.Addresses, func(a wallet.Address) bool {
		return lately(a.Since) || lately(a.Removed)
	})
}

// fewStopped is how many stopped cases are looked at: a stranger can begin and end many.
const fewStopped = 20

// stoppedBefore says whether an owner said "this was not me" to this case or another one of the account lately. What
// somebody gave up by themselves is none.
func (t *Turn) stoppedBefore() (bool, error) {
	if len(t.Case.Facts.Vetoes) > 0 || t.Account != nil && t.Account.Frozen {
		return true, nil
	}
	ids, err := t.tx.StoppedCases(t.Case.Subject, t.Now.Add(-stoppedWithin), fewStopped)
	if err != nil {
		return false, err
	}
	for _, id := range ids {
		c, err := t.tx.Case(id)
		if err != nil {
			return false, err
		}
		if len(c.Facts.Vetoes) > 0 {
			return true, nil
		}
	}
	return false, nil
}

// Await keeps a case alive until a moment, because a ticket of it waits for somebody; its own clock stands still. While the
// ticket is the customer's to write (theirs), proofs grow older all the same (requirement R14). A case that is over stays so.
func (r *Rulings) Await(caseID string, until time.Time, theirs bool) error {
	c, err := r.tx.Case(caseID)
	if errors.Is(err, problem.NotFound) {
		return nil
	}
	f := &c.Facts
	if err != nil || c.State != Open || f.Awaits.Equal(until) && f.Writing.IsZero() != theirs {
		return err
	}
	now := r.s.now()
	f.Awaits, f.Wrote, f.Writing = until, c.aging(0, now), time.Time{}
	if theirs {
		f.Writing = now
	}
	return r.tx.Save(c)
}

// Prove adds what people decided to a case, and tells every address with one letter: that people said yes, when a password can
// be chosen, and how to stop it meanwhile (requirement R7). problem.Expired if the case is over; problem.Invalid with "account"
// "unknown" if nobody has such an account, and with "compared" "required" if nothing but compared papers can complete it.
func (r *Rulings) Prove(caseID string, g Ruling) error {
	t, err := r.turn(caseID)
	switch {
	case errors.Is(err, problem.NotFound):
		return problem.Expired
	case err != nil:
		return err
	case t.place().State != Open:
		return problem.Expired
	case t.Account == nil:
		return problem.Invalid{Fields: map[string]string{"account": "unknown"}}
	}
	f := &t.Case.Facts
	if err := t.ruled(g); err != nil {
		return err
	}
	f.Awaits, f.Ruled = time.Time{}, t.Now
	if _, err := t.first(); err != nil { // the letter of the yes announces it, whatever was announced before
		return err
	}
	enough := t.Policy.Judge(t.proofs(t.Case.aging(f.Own, t.Now)), t.situation()).Enough
	if f.Doing != nil && (enough || f.Doing.Method == ByAppeal) {
		f.Doing, f.Late, t.doing = nil, nil, nil
	}
	if !enough && !t.completable() {
		return problem.Invalid{Fields: map[string]string{"compared": "required"}}
	}
	if f.Doing == nil {
		if _, err := t.weigh(); err != nil {
			return err
		}
	}
	if err := t.approved(g.Number); err != nil {
		return err
	}
	return t.tx.Save(t.Case)
}

// completable says whether the person could add what is missing. Whoever still knew the password would not ask for another.
func (t *Turn) completable() bool {
	return slices.ContainsFunc(t.offers(), func(o Offer) bool { return o.Method != "current" })
}

// ruled keeps the proofs of a decision.
func (t *Turn) ruled(g Ruling) error {
	f := &t.Case.Facts
	for _, given := range g.Proofs {
		p := Proof{Method: ByAppeal, Class: given.Class, Rests: []string{"ticket:" + g.Ticket}, At: t.Now, Own: t.Case.aging(f.Own, t.Now), Holder: f.Holder,
			Hold: max(g.Hold, t.Policy.Methods[ByAppeal].Hold)}
		if given.Class != t.Policy.Methods[ByAppeal].Class {
			p.Method, p.Rests = ByPapers, []string{"papers:" + g.Ticket}
		}
		if len(given.By) > 0 {
			t.actor = by(given.By[len(given.By)-1])
		}
		f.Proofs = append(slices.DeleteFunc(f.Proofs, func(old Proof) bool { return old.Method == p.Method }), p)
		if err := t.record("proof-passed", map[string]string{"method": p.Method, "class": string(p.Class), "ticket": g.Ticket,
			"by": strings.Join(given.By, " ")}); err != nil {
			return err
		}
	}
	if agent := g.last(); agent != "" { // what follows comes of the last decision, whoever else stands for a proof
		t.actor = by(agent)
	}
	return nil
}
