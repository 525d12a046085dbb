package recovery

import (
	"net/netip"
	"slices"
	"time"

	"zhaohui/internal/wallet"
)

// Reasons for an unusual environment (coverage L19): rules that an operator can read.
const (
	ReasonRecent  = "recent-number"
	ReasonOdd     = "odd-network"
	ReasonUnknown = "unknown-device"
)

// environment judges where a case comes from: when the account was named, and again where the case moves.
func (p *Policy) environment(a *wallet.Account, subject string, client Client, now time.Time) Environment {
	frozen := a != nil && a.Frozen // after "this was not me" no browser is known
	e := Environment{Client: client.Kind, Known: slices.Contains(client.Known, subject) && !frozen}
	if a == nil {
		return e
	}
	if len(p.distrusted(a, now)) > 0 {
		e.Reasons = append(e.Reasons, ReasonRecent)
	}
	from, err := netip.ParseAddr(client.Network)
	within := func(networks []netip.Prefix) bool {
		return err == nil && slices.ContainsFunc(networks, func(n netip.Prefix) bool { return n.Contains(from.Unmap()) })
	}
	if within(p.OddNetworks) {
		e.Reasons = append(e.Reasons, ReasonOdd)
	}
	if !e.Known && !within(a.Networks) {
		e.Reasons = append(e.Reasons, ReasonUnknown)
	}
	e.Unusual = len(e.Reasons) > 0
	return e
}

// distrusted are the phone numbers that were changed so recently that nothing may rest on them (requirement R8).
func (p *Policy) distrusted(a *wallet.Account, now time.Time) []string {
	var list []string
	if a == nil {
		return nil
	}
	for _, address := range a.Addresses {
		if address.Kind == wallet.Phone && address.Removed.IsZero() && now.Sub(address.Since) < p.Recent.Within {
			list = append(list, RestsOnPhone(address.To))
		}
	}
	return list
}

// RestsOnPhone names a phone number as what a proof rests on.
func RestsOnPhone(number string) string { return "phone:" + number }

// RestsOnMailbox names a mailbox.
func RestsOnMailbox(address string) string { return "mailbox:" + address }

// RestsOnCard names a bank card.
func RestsOnCard(id string) string { return "card:" + id }

// NetworkOf is the network that sends are limited by: /24 or /48.
func NetworkOf(address string) string {
	a, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	a = a.Unmap()
	bits := 24
	if a.Is6() {
		bits = 48
	}
	p, err := a.Prefix(bits)
	if err != nil {
		return address
	}
	return p.String()
}
