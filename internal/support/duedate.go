package support

import "time"

// Promise is what a customer is told before they send: the more complete, the sooner a person has decided.
type Promise struct {
	Counts Counting
	Steps  []PromiseStep // from the highest completeness down to 0
}

// PromiseStep is the promise from a completeness on.
type PromiseStep struct {
	From   int // 0 to 100
	Within time.Duration
}

// Within is the promised time for a completeness.
func (p Promise) Within(score int) time.Duration {
	for _, s := range p.Steps {
		if score >= s.From {
			return s.Within
		}
	}
	return 0
}

// due is when a promise that is given now ends.
func (p Promise) due(c *Calendar, now time.Time, score int) time.Time {
	return c.Add(now, p.Within(score), p.Counts)
}

// rest is what is left of a promise when its clock stops: less than nothing if it was broken.
func (p Promise) rest(c *Calendar, now, due time.Time) time.Duration {
	if now.After(due) {
		return -c.Between(due, now, p.Counts)
	}
	return c.Between(now, due, p.Counts)
}

// resume is when a promise ends whose clock runs again. One that was broken stays so: waiting for the customer mends
// nothing.
func (p Promise) resume(c *Calendar, now time.Time, rest time.Duration) time.Time {
	if rest <= 0 {
		return now.Add(rest)
	}
	return c.Add(now, rest, p.Counts)
}

// Latest is when what a kind decides is through at the latest for who sends it by then and is asked for no more: the longest
// promise, then the hold.
func (s *Tickets) Latest(kind string, sent time.Time) time.Time {
	k, ok := s.Kind(kind)
	if !ok {
		return time.Time{}
	}
	return k.Promise.due(s.deps.Calendar, sent, 0).Add(k.Hold)
}
