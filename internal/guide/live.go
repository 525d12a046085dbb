package guide

import (
	"cmp"
	"slices"
)

// Proving is the channel whose own proof a method is, nil if there is none.
func (p *Platform) Proving(method string) *Channel {
	for _, c := range p.Channels {
		if c.Live != nil && slices.Contains(c.Live.Methods, method) {
			return c
		}
	}
	return nil
}

// Companions are the methods that a live channel may be combined with after these answers: those that the answers do not
// rule out, surer ones first, then in the channel's order.
func (a Answers) Companions(c *Channel) []string {
	if c.Live == nil {
		return nil
	}
	fit := map[string]Fit{}
	for _, method := range c.Live.With {
		if own := a.of.Proving(method); own != nil {
			fit[method] = a.able(own)
		}
	}
	left := slices.DeleteFunc(slices.Clone(c.Live.With), func(method string) bool { return fit[method] < Maybe })
	slices.SortStableFunc(left, func(one, other string) int { return cmp.Compare(fit[other], fit[one]) })
	return left
}

// able is how well a channel's own method fits for a second proof: the situation that would put it first need not have
// been said, and what it would take itself for a second proof does not matter.
func (a *Answers) able(c *Channel) Fit {
	fit := Yes
	if c.Older {
		fit = Maybe
	}
	for _, clause := range slices.Concat(c.When, c.Needs[:len(c.Needs)-c.Live.Second]) {
		fit = min(fit, a.possible(clause))
	}
	return fit
}
