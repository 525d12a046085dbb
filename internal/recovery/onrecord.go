package recovery

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"zhaohui/internal/problem"
	"zhaohui/internal/wallet"
)

// What the account system knows of an owner, as people who judge an appeal may see it beside what a customer wrote: masked
// where it names somebody or leads to them. Whoever shows it records who looked and why (requirement P1).

// Known is one thing on record.
type Known struct {
	What  KnownWhat
	Text  string // masked
	Note  string // of a phone, mailbox or card: what is wrong with it; of a card: its bank
	Fen   int64  // of a top-up
	Times int    // of what is paid for: how often
	Since time.Time
	Until time.Time // zero while it is there
}

// KnownWhat says of what kind it is.
type KnownWhat string

// The kinds of thing on record.
const (
	KnownName    KnownWhat = "name"
	KnownOldest  KnownWhat = "oldest" // the first thing that was put on record: the account is at least so old
	KnownPhone   KnownWhat = "phone"
	KnownMailbox KnownWhat = "mailbox"
	KnownDevice  KnownWhat = "device"
	KnownCard    KnownWhat = "card"
	KnownTopUp   KnownWhat = "top-up"
	KnownUse     KnownWhat = "use"
)

// How much of an account's history is shown: what the questions ask for and no more.
const (
	topUpsShown = 3
	usesShown   = 5
	usesWithin  = 90 * day
	topUpsAgo   = 366 * day
)

// OnRecord is what is on record of the account of a case; nothing if no account has the name that was typed.
func (s *Service) OnRecord(ctx context.Context, caseID string) ([]Known, error) {
	c, err := s.store.Case(ctx, caseID)
	if err != nil {
		return nil, fmt.Errorf("what is on record: %w", err)
	}
	if c.Facts.Account == "" {
		return nil, nil
	}
	account, err := s.wallet.Account(ctx, c.Facts.Account)
	if problem.KindOf(err) == problem.KindNotFound {
		return nil, nil
	}
	var paid []wallet.Transaction
	if err == nil {
		paid, err = s.wallet.Transactions(ctx, c.Facts.Account, s.now().Add(-topUpsAgo))
	}
	if err != nil {
		return nil, fmt.Errorf("what is on record: %w", err)
	}
	return append(known(&account), used(paid, s.now())...), nil
}

func known(a *wallet.Account) []Known {
	all := []Known{{What: KnownName, Text: a.Name}}
	var oldest time.Time
	for _, n := range a.Addresses {
		what := map[wallet.AddressKind]KnownWhat{wallet.Phone: KnownPhone, wallet.Mailbox: KnownMailbox}[n.Kind]
		all = append(all, Known{What: what, Text: n.Masked, Note: string(n.Trouble), Since: n.Since, Until: n.Removed})
		oldest = earlier(oldest, n.Since)
	}
	for _, d := range a.Devices {
		all = append(all, Known{What: KnownDevice, Text: d.Name, Since: d.Since})
		oldest = earlier(oldest, d.Since)
	}
	for _, card := range a.Cards {
		all = append(all, Known{What: KnownCard, Text: card.Bank, Note: string(card.Trouble)})
	}
	if !oldest.IsZero() {
		all = append(all, Known{What: KnownOldest, Since: oldest})
	}
	return all
}

func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// used is what payments say: the last top-ups, and where the owner pays most often.
func used(paid []wallet.Transaction, now time.Time) []Known {
	var all []Known
	times := map[string]int{}
	for _, p := range paid { // the newest first
		switch {
		case p.Kind == "top-up" && len(all) < topUpsShown:
			all = append(all, Known{What: KnownTopUp, Fen: p.Amount, Since: p.At})
		case p.Kind == "payment" && now.Sub(p.At) <= usesWithin:
			times[p.Payee]++
		}
	}
	most := slices.SortedFunc(maps.Keys(times), func(a, b string) int {
		return cmp.Or(times[b]-times[a], cmp.Compare(a, b))
	})
	for _, payee := range most[:min(len(most), usesShown)] {
		all = append(all, Known{What: KnownUse, Text: payee, Times: times[payee]})
	}
	return all
}
