package recovery

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync/atomic"
	"time"

	"zhaohui/internal/problem"
	"zhaohui/internal/throttle"
	"zhaohui/internal/wallet"
)

// Deps are what a Service needs. All are required.
type Deps struct {
	Store    Store
	Wallet   wallet.Wallet
	Policy   *Policy
	Methods  []Method
	Channels map[string]Channel
	Box      Box
	Index    Index
	Hash     Hash
	Address  func(path, lang string) string // absolute address of a page
	Now      func() time.Time
	Log      *slog.Logger
}

// Channel is how a live channel begins: any of Methods is its own proof, With are the methods suggested beside it.
type Channel struct{ Methods, With []string }

// Box seals what must not be read in the database.
type Box interface {
	Seal(plain []byte, context string) []byte
	Open(sealed []byte, context string) ([]byte, error)
}

// Index makes blind indexes: the same text gives the same index, and an index gives nothing back. All are those of every
// key that was ever used, for look-ups.
type Index interface {
	Sum(text string) string
	All(text string) []string
}

// Hash is a keyed hash.
type Hash interface {
	Sum(text []byte) []byte
	Equal(sum, text []byte) bool
}

// Service runs cases.
type Service struct {
	store    Store
	wallet   wallet.Wallet
	policy   *Policy
	methods  []Method
	channels map[string]Channel
	box      Box
	index    Index
	hash     Hash
	address  func(path, lang string) string
	now      func() time.Time
	log      *slog.Logger
	off      atomic.Pointer[map[string]bool] // switched off by the operator
}

// New checks that channels and methods fit the policy.
func New(d Deps) (*Service, error) {
	s := &Service{store: d.Store, wallet: d.Wallet, policy: d.Policy, methods: d.Methods, channels: d.Channels, box: d.Box, index: d.Index,
		hash: d.Hash, address: d.Address, now: d.Now, log: d.Log}
	for _, m := range d.Methods {
		if _, ok := d.Policy.Methods[m.ID()]; !ok {
			return nil, fmt.Errorf("method %s is not in the policy", m.ID())
		}
	}
	for id, c := range d.Channels {
		for _, name := range c.Methods {
			if !slices.ContainsFunc(d.Methods, func(m Method) bool { return m.ID() == name }) { // one that is switched off is there
				return nil, fmt.Errorf("channel %s names the method %s, which does not exist", id, name)
			}
		}
	}
	return s, nil
}

// method finds a method, nil if there is none or it is switched off.
func (s *Service) method(id string) Method {
	if s.policy.Methods[id].Off || s.isOff(id) {
		return nil
	}
	i := slices.IndexFunc(s.methods, func(m Method) bool { return m.ID() == id })
	if i < 0 {
		return nil
	}
	return s.methods[i]
}

// Open says whether a channel can be begun now.
func (s *Service) Open(channel string) bool {
	c, ok := s.channels[channel]
	return ok && !s.isOff(channel) && slices.ContainsFunc(c.Methods, func(id string) bool { return s.method(id) != nil })
}

// Beginning is what a case begins with: the safety question was just answered with "nothing is wrong".
type Beginning struct {
	Platform, Channel, Lang string
	Claims                  map[string]string
	Client                  Client
}

// Begin starts a case and gives the key to it.
func (s *Service) Begin(ctx context.Context, b Beginning) (Key, error) {
	if !s.Open(b.Channel) {
		return Key{}, fmt.Errorf("begin a case: channel: %w", problem.NotFound)
	}
	now := s.now()
	c := &Case{ID: caseID(now), State: Open, Started: now, Acted: now, Facts: Facts{Platform: b.Platform, Channel: b.Channel, Lang: b.Lang, Safe: true,
		Claims: b.Claims, Failed: map[string]string{}, Code: newResumeCode(), Environment: Environment{Client: b.Client.Kind}}}
	c.Resume = s.index.Sum("resume:" + c.Facts.Code)
	key := Key{c.ID, token()}
	c.Facts.Session = Session{Hash: hashToken(key.Token), Changed: now}
	limit := throttle.Limit{Key: "begin:" + s.index.Sum(NetworkOf(b.Client.Network)), Max: s.policy.Case.PerNetwork, Within: time.Hour}
	err := s.store.Begin(ctx, c, limit, Event{At: now, Kind: "case-started", Case: c.ID, Actor: "customer",
		Data: map[string]string{"channel": b.Channel}})
	if err != nil {
		return Key{}, fmt.Errorf("begin a case: %w", err)
	}
	return key, nil
}

// turn loads what a look at a case needs. The account is read from the wallet each time: what it has may have changed.
func (s *Service) turn(ctx context.Context, c *Case) (*Turn, error) {
	t := &Turn{Case: c, Wallet: s.wallet, Policy: s.policy, Now: s.now(), s: s}
	if c.Facts.Account != "" {
		a, err := s.wallet.Account(ctx, c.Facts.Account)
		if err != nil {
			return nil, fmt.Errorf("account of the case: %w", err)
		}
		t.Account = &a
	}
	t.doing = c.Facts.Doing
	return t, nil
}

// within is the same look at a case as it is inside a transaction, where it may be changed.
func (t *Turn) within(tx Tx, c *Case) *Turn {
	in := *t
	in.Case, in.doing, in.standing, in.tx = c, c.Facts.Doing, Step{}, tx
	return &in
}

// situation is what the policy looks at besides proofs.
func (t *Turn) situation() Situation {
	s := Situation{Unusual: t.Case.Facts.Environment.Unusual, Distrusted: t.Policy.distrusted(t.Account, t.Case.Started)}
	if t.Account != nil {
		s.Unreachable = !slices.ContainsFunc(t.Account.Addresses, reachable)
	}
	for _, p := range t.Case.Facts.Proofs {
		s.Appeal = s.Appeal || p.Method == "appeal"
	}
	return s
}

// reachable says whether somebody who is the owner hears what is sent to an address.
func reachable(a wallet.Address) bool {
	return a.Removed.IsZero() && a.Trouble == wallet.None
}

// proofs are those that are still fresh (requirement R14) and of the browser that holds the case.
func (t *Turn) proofs(own time.Duration) []Proof {
	return slices.DeleteFunc(slices.Clone(t.Case.Facts.Proofs), func(p Proof) bool {
		return own-p.Own > t.Policy.Case.Fresh || p.Holder != t.Case.Facts.Holder
	})
}

// counting are the proofs that count something now: fresh, and on nothing that is distrusted (requirement R8). As long as
// there is none, nothing of the account may be shown, and what comes only after a first proof has to wait (requirement R15).
func (t *Turn) counting() []Proof {
	own := t.own()
	if t.Case.Facts.Verdict != nil { // what became enough stays enough
		own = 0
	}
	return trusted(t.proofs(own), t.situation().Distrusted)
}

// own is the reading now of the clock by which proofs grow old.
func (t *Turn) own() time.Duration {
	step := Step{}
	if doing := t.Case.Facts.Doing; doing != nil && !t.reckoning {
		if m := t.s.method(doing.Method); m != nil {
			in := *t
			in.doing, in.reckoning = doing, true // a step may ask in turn what counts
			step = m.Step(&in)
		}
	}
	return t.Case.aging(t.Case.ownTime(t.Now, step), t.Now)
}
