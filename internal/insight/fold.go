package insight

import (
	"math/bits"
	"strings"
	"time"
)

// LiveSteps are the steps of the live funnel, in their order.
var LiveSteps = []string{"begun", "named", "proved", "enough", "chosen", "done"}

// liveSteps are the events that reach them.
var liveSteps = map[string]int{"case-started": 0, "account-named": 1, "proof-passed": 2, "route-enough": 3, "password-chosen": 4,
	"case-done": 5}

// How a live recovery ends.
const (
	EndDone     = "done"
	EndStopped  = "stopped"  // the person gave up
	EndVetoed   = "vetoed"   // the owner said that it was not them, in time
	EndReported = "reported" // the owner said so when it was done
	EndExpired  = "expired"
	EndReplaced = "replaced"
)

// runningOf names what of an event's case or ticket has to be known; "" for events that are not counted.
func runningOf(e Event) string {
	switch {
	case strings.HasPrefix(e.Kind, "ticket-"):
		return "ticket:" + e.Data["ticket"]
	case e.Case == "":
		return ""
	case strings.HasPrefix(e.Kind, "case-"), liveSteps[e.Kind] > 0, e.Kind == "owner-veto":
		return "case:" + e.Case
	}
	return ""
}

// folding is one batch.
type folding struct {
	Changes
	k       *Keeper
	running map[string]*Running
}

// fold makes counts of events, oldest first. running has what is known of those that runningOf names.
func (k *Keeper) fold(events []Event, running map[string]*Running) Changes {
	f := &folding{Changes{Counts{}, map[string]*Running{}}, k, running}
	for _, e := range events {
		if name := runningOf(e); strings.HasPrefix(name, "ticket:") {
			f.ticket(e, name)
		} else {
			f.recovery(e, name)
		}
	}
	return f.Changes
}

func (f *folding) count(at time.Time, measure, platform, a, b string) {
	f.Counts[Key{f.k.day(at), measure, platform, id(a), id(b)}]++
}

// keep remembers what runs; end forgets it.
func (f *folding) keep(r *Running, at time.Time) {
	r.Seen = at
	f.running[r.ID], f.Running[r.ID] = r, r
}

func (f *folding) end(id string) {
	delete(f.running, id)
	f.Running[id] = nil
}

// recovery counts an event of a live recovery.
func (f *folding) recovery(e Event, name string) {
	live := f.k.config.Live
	switch method := e.Data["method"]; e.Kind {
	case "method-begun":
		f.count(e.At, Tried, live, method, "begun")
	case "proof-passed":
		f.count(e.At, Tried, live, method, "passed")
	case "try-wrong":
		f.count(e.At, Tried, live, method, "wrong")
	case "method-failed":
		f.count(e.At, Tried, live, method, why(e.Data["why"]))
	}
	r := f.running[name]
	if e.Kind == "case-started" {
		r = &Running{ID: name, Begun: e.At, A: id(e.Data["channel"])}
	}
	if r == nil {
		if e.Kind == "owner-veto" && e.Data["state"] == EndDone {
			f.count(e.At, Ended, live, EndReported, EndDone)
		}
		return
	}
	if step, ok := liveSteps[e.Kind]; ok {
		f.reach(r, step)
	}
	switch e.Kind {
	case "owner-veto":
		r.Vetoed = true
	case "case-done":
		f.count(r.Begun, Took, live, r.A, Bucket(e.At.Sub(r.Begun)))
		f.count(e.At, Ended, live, EndDone, "")
		f.end(name)
		return
	case "case-stopped", "case-expired", "case-replaced":
		how := strings.TrimPrefix(e.Kind, "case-")
		if how == EndStopped && r.Vetoed {
			how = EndVetoed
		}
		f.count(e.At, Ended, live, how, LiveSteps[max(bits.Len(uint(r.Reached)), 1)-1])
		f.end(name)
		return
	}
	f.keep(r, e.At)
}

// reach counts a step of the funnel and those before it, each once, on the day when the case began: a funnel never gets
// wider.
func (f *folding) reach(r *Running, step int) {
	for s := range step + 1 {
		if r.Reached&(1<<s) == 0 {
			r.Reached |= 1 << s
			f.count(r.Begun, Reached, f.k.config.Live, r.A, LiveSteps[s])
		}
	}
}

// why is the reason of a failed method: those at the limit apart from all others.
func why(reason string) string {
	if reason == "locked" {
		return "locked"
	}
	return "failed"
}

// ticket counts an event of a ticket.
func (f *folding) ticket(e Event, name string) {
	kind, what := e.Data["kind"], strings.TrimPrefix(e.Kind, "ticket-")
	promised, _ := time.Parse(time.RFC3339, e.Data["promised"])
	live, r := f.k.config.Live, f.running[name]
	switch what {
	case "begun", "agreed", "claimed", "released", "call", "closed":
		if what == "begun" {
			f.count(e.At, Ticket, live, kind, what)
		}
		return
	case "sent":
		r = &Running{ID: name, Begun: e.At, A: id(kind), Due: promised}
	case "reopened":
		r = &Running{ID: name, Begun: e.At, A: id(kind), Asked: e.At}
	case "asked":
		if r != nil {
			r.Asked = e.At
		}
	case "answered", "unanswered":
		f.back(r, e.At, promised)
	case "approved", "refused":
		f.decided(r, e)
	case "forgotten":
		f.end(name)
	}
	f.count(e.At, Ticket, live, kind, what)
	if r != nil && what != "approved" && what != "refused" && what != "forgotten" {
		f.keep(r, e.At)
	}
}

// back lets the clock of a promise run again. Where the trail does not say until when, the promise moves by the time that
// the ticket waited for the customer.
func (f *folding) back(r *Running, at, promised time.Time) {
	switch {
	case r == nil:
		return
	case !promised.IsZero():
		r.Due = promised
	case !r.Due.IsZero() && !r.Asked.IsZero():
		r.Due = r.Due.Add(at.Sub(r.Asked))
	}
	r.Asked = time.Time{}
}

// decided counts a yes or no, and whether it came in time.
func (f *folding) decided(r *Running, e Event) {
	live, kind := f.k.config.Live, e.Data["kind"]
	if e.Kind == "ticket-refused" {
		f.count(e.At, Refused, live, kind, e.Data["reason"])
	}
	if r == nil {
		return
	}
	f.count(e.At, TicketTook, live, kind, Bucket(e.At.Sub(r.Begun)))
	if !r.Due.IsZero() {
		kept := map[bool]string{true: "broken", false: "kept"}[e.At.Truncate(time.Second).After(r.Due)]
		f.count(e.At, Promise, live, kind, kept)
	}
	f.end(r.ID)
}
