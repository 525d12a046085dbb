package insight

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"
)

// Report is what may be shown of a span of days. Every number in it is fit to be shown; see Show.
type Report struct {
	From, To time.Time // the first and the last day
	Live     bool      // the live platform is in it
	Whole    bool      // no platform was chosen, so what belongs to none is in it

	Steps    []Number // live: how many reached LiveSteps
	Channels []Channel
	Spans    []Span
	Took     []Number      // live: by how long it took; see Takes
	Median   time.Duration // 0: too few to say
	P90      time.Duration
	Ends     []Line // live: A is how cases ended
	Left     []Line // live: A is the step of LiveSteps where those stood that were given up or ran out
	Stops    []Line // stop pages that were shown
	Methods  []Method
	Letters  []Delivery
	Tickets  []Tickets
	Refusals []Line // A ticket's kind, B the reason
	Walks    []Walk
	Votes    []Votes
	Searches []Line // A what was searched for and not found
	Links    []Links
}

// Channel is a live channel: how many reached each of LiveSteps, and how long it took them.
type Channel struct {
	ID          string
	Steps       []Number
	Median, P90 time.Duration
}

// Span is some days in a row.
type Span struct {
	From, To    time.Time
	Begun, Done Number
}

// Line is a number of something.
type Line struct {
	Platform, A, B string
	N              Number
}

// Method is a way of proving oneself: tries against limits.
type Method struct {
	ID                                   string
	Begun, Passed, Wrong, Failed, Locked Number
}

// Delivery is what became of the letters of a channel.
type Delivery struct {
	Channel                                         string
	Written, Waiting, Accepted, Delivered, NotTaken Number // NotTaken: refused for good, or given up
}

// Tickets are those of a kind: decisions, and the promises that were kept.
type Tickets struct {
	Kind                                         string
	Sent, Asked, Approved, Refused, Kept, Broken Number
	Median                                       time.Duration // from sending to the decision
}

// Walk is a guided channel: who said that they got through, and each step.
type Walk struct {
	Platform, Channel string
	Finished, Failed  Number
	Steps             []WalkStep
}

// WalkStep is a step: how many said that it is done, and that it did not work.
type WalkStep struct {
	ID           string
	Done, Failed Number
}

// Votes are on an article.
type Votes struct {
	Slug    string
	Yes, No Number
}

// Links are shared links of a kind.
type Links struct {
	Kind                                          string
	Made, Opened, Started, Finished, Failed, Scam Number
}

var takes = []time.Duration{15 * time.Minute, time.Hour, 6 * time.Hour, 24 * time.Hour, 72 * time.Hour}

// Takes are the ends of the ranges of Report.Took; the last range has none.
func Takes() []time.Duration { return slices.Clone(takes) }

// Report is about the last days, today included. Platform is "" for all.
func (k *Keeper) Report(ctx context.Context, days int, platform string) (*Report, error) {
	y, m, d := k.config.Now().In(k.config.Zone).Date()
	last := time.Date(y, m, d, 0, 0, 0, 0, k.config.Zone)
	first := last.AddDate(0, 0, 1-days)
	r := &Report{From: first, To: last, Whole: platform == ""}
	r.Live = k.config.Live != "" && (r.Whole || platform == k.config.Live)
	sums, err := k.config.Store.Insight(ctx, k.day(first), k.day(last))
	if err != nil {
		return nil, fmt.Errorf("read insight: %w", err)
	}
	s := &summing{Report: r, sums: sums, platform: platform}
	if r.Live {
		begun, err := k.config.Store.InsightDays(ctx, k.day(first), k.day(last), Reached, LiveSteps[0])
		if err != nil {
			return nil, fmt.Errorf("read insight: %w", err)
		}
		done, err := k.config.Store.InsightDays(ctx, k.day(first), k.day(last), Ended, "")
		if err != nil {
			return nil, fmt.Errorf("read insight: %w", err)
		}
		s.live()
		s.spans(days, byDay(begun), byDay(done))
	}
	s.guided()
	s.links()
	if r.Whole {
		s.votes()
		s.searches()
	}
	return r, nil
}

func byDay(counts Counts) map[string]int64 {
	days := map[string]int64{}
	for key, n := range counts {
		days[key.Day] += n
	}
	return days
}

// summing makes a report.
type summing struct {
	*Report
	sums     Counts
	platform string
}

// each goes through a measure of the platform that was chosen. What belongs to no platform is the live one's: letters.
func (s *summing) each(measure string, fn func(k Key, n int64)) {
	for k, n := range s.sums {
		if k.Measure == measure && (s.platform == "" || k.Platform == s.platform || k.Platform == "" && measure == Letter) {
			fn(k, n)
		}
	}
}

// table sums a measure up by A and B.
func (s *summing) table(measure string) map[string]map[string]int64 {
	rows := map[string]map[string]int64{}
	s.each(measure, func(k Key, n int64) {
		if rows[k.A] == nil {
			rows[k.A] = map[string]int64{}
		}
		rows[k.A][k.B] += n
	})
	return rows
}

// most orders names by a number as it is shown, the largest first: the order of those that look alike would say which has more.
func most[V any](rows map[string]V, size func(V) int64) []string {
	var names []string
	for name := range rows {
		names = append(names, name)
	}
	slices.SortFunc(names, func(x, y string) int {
		return cmp.Or(cmp.Compare(Show(size(rows[y])).Size(), Show(size(rows[x])).Size()), cmp.Compare(x, y))
	})
	return names
}

func at(b string) func(map[string]int64) int64 {
	return func(row map[string]int64) int64 { return row[b] }
}

func (s *summing) live() {
	reached, all, took := s.table(Reached), make([]int64, len(LiveSteps)), map[string]*Times{}
	overall := &Times{}
	s.each(Took, func(k Key, n int64) {
		if took[k.A] == nil {
			took[k.A] = &Times{}
		}
		took[k.A].add(k.B, n)
		overall.add(k.B, n)
	})
	for _, id := range most(reached, at(LiveSteps[0])) {
		c := Channel{ID: id}
		for i, step := range LiveSteps {
			c.Steps = append(c.Steps, Show(reached[id][step]))
			all[i] += reached[id][step]
		}
		if t := took[id]; t != nil {
			c.Median, c.P90 = t.Quantile(.5), t.Quantile(.9)
		}
		s.Channels = append(s.Channels, c)
	}
	for _, n := range all {
		s.Steps = append(s.Steps, Show(n))
	}
	s.Median, s.P90 = overall.Quantile(.5), overall.Quantile(.9)
	from := time.Duration(0)
	for _, to := range append(Takes(), 1<<63-1) {
		s.Took, from = append(s.Took, Show(overall.Within(from, to))), to
	}
	s.Ends = s.lines(Ended, func(k Key) (Line, bool) { return Line{A: k.A}, true })
	s.Left = s.lines(Ended, func(k Key) (Line, bool) { return Line{A: k.B}, k.A == EndExpired || k.A == EndStopped })
	s.methods()
	s.letters()
	s.tickets()
}

// whole is a line of its own for every key.
func whole(k Key) (Line, bool) { return Line{Platform: k.Platform, A: k.A, B: k.B}, true }

// lines are the rows of a measure as of says, ordered as most does.
func (s *summing) lines(measure string, of func(Key) (Line, bool)) []Line {
	var lines []Line
	sizes := map[Line]int64{}
	s.each(measure, func(k Key, n int64) {
		if line, ok := of(k); ok {
			sizes[line] += n
		}
	})
	for line := range sizes {
		lines = append(lines, line)
	}
	for i, line := range lines {
		lines[i].N = Show(sizes[line])
	}
	slices.SortFunc(lines, func(x, y Line) int {
		return cmp.Or(cmp.Compare(y.N.Size(), x.N.Size()), cmp.Compare(x.Platform, y.Platform), cmp.Compare(x.A, y.A),
			cmp.Compare(x.B, y.B))
	})
	return lines
}

func (s *summing) methods() {
	rows := s.table(Tried)
	for _, id := range most(rows, at("begun")) {
		n := rows[id]
		s.Methods = append(s.Methods, Method{id, Show(n["begun"]), Show(n["passed"]), Show(n["wrong"]), Show(n["failed"]),
			Show(n["locked"])})
	}
}

func (s *summing) letters() {
	rows := s.table(Letter)
	written := func(n map[string]int64) (all int64) {
		for _, one := range n {
			all += one
		}
		return all
	}
	for _, id := range most(rows, written) {
		n := rows[id]
		s.Letters = append(s.Letters, Delivery{id, Show(written(n)), Show(n["queued"]), Show(n["accepted"] + n["delivered"]),
			Show(n["delivered"]), Show(n["bounced"] + n["dead"])})
	}
}

func (s *summing) tickets() {
	rows, promises, took := s.table(Ticket), s.table(Promise), map[string]*Times{}
	s.each(TicketTook, func(k Key, n int64) {
		if took[k.A] == nil {
			took[k.A] = &Times{}
		}
		took[k.A].add(k.B, n)
	})
	for _, id := range most(rows, at("sent")) {
		n, p := rows[id], promises[id]
		t := Tickets{Kind: id, Sent: Show(n["sent"]), Asked: Show(n["asked"]), Approved: Show(n["approved"]), Refused: Show(n["refused"]),
			Kept: Show(p["kept"]), Broken: Show(p["broken"])}
		if took[id] != nil {
			t.Median = took[id].Quantile(.5)
		}
		s.Tickets = append(s.Tickets, t)
	}
	s.Refusals = s.lines(Refused, whole)
}

// spans joins days, so that what is seen are not single people: a day in a week, five days in a month, ten in three.
func (s *summing) spans(days int, begun, done map[string]int64) {
	length := 1
	switch {
	case days > 30:
		length = 10
	case days > 7:
		length = 5
	}
	for i := 0; i < days; i += length {
		span := Span{From: s.From.AddDate(0, 0, i), To: s.From.AddDate(0, 0, min(i+length, days)-1)}
		var b, d int64
		for at := span.From; !at.After(span.To); at = at.AddDate(0, 0, 1) {
			b, d = b+begun[at.Format(time.DateOnly)], d+done[at.Format(time.DateOnly)]
		}
		span.Begun, span.Done = Show(b), Show(d)
		s.Spans = append(s.Spans, span)
	}
}
