package recovery

import "time"

// The person's own time (requirement R14). It runs from POST to POST; while somebody else acts it stands still.

// waitUntil is until when somebody else acts, zero if nobody does.
func (c *Case) waitUntil(step Step) time.Time {
	switch {
	case !c.Facts.Awaits.IsZero(): // people decide
		return c.Facts.Awaits
	case step.Wait != nil:
		return step.Wait.Until
	case step.Sent != nil && step.Sent.Channel == "mail": // an unused link in a mail
		return step.Sent.Until
	}
	return time.Time{}
}

// act counts the own time up to a POST.
func (c *Case) act(now time.Time, step Step) {
	c.Facts.Own = c.ownTime(now, step)
	c.Acted = now
}

// held says that the person did nothing since a hold ended, or that it has not ended: nobody can be asked to watch for it,
// so no time of their own runs.
func (c *Case) held() bool {
	return c.Facts.Verdict != nil && !c.Facts.Hold.IsZero() && !c.Acted.After(c.Facts.Hold)
}

// ruled says that people decided and the person was not there since: their clock stands still as after a hold.
func (c *Case) ruled() bool { return !c.Facts.Ruled.IsZero() && !c.Acted.After(c.Facts.Ruled) }

// deadline is when an open case ends if nothing more is done.
func (c *Case) deadline(times CaseTimes, step Step) time.Time {
	if c.held() {
		return c.Facts.Hold.Add(times.Collect)
	}
	if c.ruled() {
		return c.Facts.Ruled.Add(times.Collect)
	}
	from := c.Acted
	if until := c.waitUntil(step); until.After(from) {
		from = until
	}
	idle := from.Add(times.Idle)
	all := from.Add(times.Total + time.Duration(c.Facts.More)*times.Idle - c.Facts.Own)
	if all.Before(idle) {
		return all
	}
	return idle
}

// aging is the clock by which proofs grow old: the own time, and what a ticket was the customer's to write. The case lives on
// for that, but nobody else acts: whoever borrowed a phone for a minute must not keep what it proved for days.
func (c *Case) aging(own time.Duration, now time.Time) time.Duration {
	if since := c.Facts.Writing; !since.IsZero() && now.After(since) {
		own += now.Sub(since)
	}
	return own + c.Facts.Wrote
}

// ownTime is the reading of the own clock now.
func (c *Case) ownTime(now time.Time, step Step) time.Duration {
	if c.held() || c.ruled() {
		return c.Facts.Own
	}
	from := c.Acted
	if until := c.waitUntil(step); until.After(from) {
		from = until
	}
	if now.After(from) {
		return c.Facts.Own + now.Sub(from)
	}
	return c.Facts.Own
}
