package recovery

import (
	"iter"
	"math/bits"
	"slices"
	"time"
)

// Judge is the policy: whether proofs are enough, and for what (requirements R1, R8, R13). It takes the set of proofs
// that share nothing they rest on which opens soonest, then the one with the fewest limits: nobody is worse off for
// having proved more. A proof that names nothing it rests on, or no class, counts nothing.
func (p *Policy) Judge(proofs []Proof, s Situation) Verdict {
	counting := trusted(proofs, s.Distrusted)
	best := p.judge(nil, s)
	for _, wait := range waits(counting) { // the shortest first: what waits is taken only if it helps
		v := p.judge(slices.DeleteFunc(slices.Clone(counting), func(pr Proof) bool { return pr.Hold > wait }), s)
		if v.Enough {
			v.Hold = max(v.Hold, wait)
		}
		if v.better(best) || !best.better(v) && len(v.Classes) > len(best.Classes) {
			best = v
		}
	}
	if len(s.Distrusted) > 0 && best.Enough {
		best.Hold = max(best.Hold, p.Recent.Hold) // whatever else is proved
	}
	if s.Unreachable && s.Appeal && best.Enough {
		best.Hold = max(best.Hold, p.Appeal.Hold) // instead of the notice that nobody would get
	}
	if s.Unreachable && !s.Appeal {
		best = Verdict{Classes: best.Classes, Needed: max(1, best.Needed), Appeal: true}
	}
	return best
}

// waits are the holds that proofs ask for, the shortest first.
func waits(proofs []Proof) []time.Duration {
	var all []time.Duration
	for _, pr := range proofs {
		all = append(all, pr.Hold)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// judge looks at proofs that count, whatever they wait for.
func (p *Policy) judge(proofs []Proof, s Situation) Verdict {
	rules, only := compile(p.rules(s)), compileOnly(p.Only)
	best, bestSet := judged(rules, only, 0), classSet(0)
	for set := range independent(proofs) {
		for part := range parts(set, only) {
			if v := judged(rules, only, part); v.better(best) || !best.better(v) && part.count() > bestSet.count() {
				best, bestSet = v, part
			}
		}
	}
	best.Classes = bestSet.classes()
	return best
}

// trusted leaves out what counts nothing.
func trusted(proofs []Proof, distrusted []string) []Proof {
	return slices.DeleteFunc(slices.Clone(proofs), func(pr Proof) bool {
		return len(pr.Rests) == 0 || !slices.Contains(Classes, pr.Class) || shares(pr.Rests, distrusted)
	})
}

// judged says what proofs of these classes are worth if they share nothing.
func judged(rules []compiled, only []compiledOnly, have classSet) Verdict {
	v := Verdict{Needed: len(Classes)}
	for _, r := range rules {
		switch missing := r.missing(have); {
		case missing > 0:
			v.Needed = min(v.Needed, missing)
		case !v.Enough || r.hold < v.Hold:
			v.Enough, v.Hold = true, r.hold
		}
	}
	if !v.Enough {
		return v
	}
	v.Needed = 0
	for _, e := range only {
		if e.classes == have {
			v.Hold, v.Limited = max(v.Hold, e.Hold), max(v.Limited, e.Limited)
		}
	}
	return v
}

func (p *Policy) rules(s Situation) []Rule {
	if s.Unusual {
		return p.Unusual
	}
	return p.Usual
}

// better says whether a verdict serves the person more: enough, or nearer to it, sooner, with fewer limits.
func (v Verdict) better(than Verdict) bool {
	switch {
	case v.Enough != than.Enough:
		return v.Enough
	case v.Needed != than.Needed:
		return v.Needed < than.Needed
	case v.Hold != than.Hold:
		return v.Hold < than.Hold
	}
	return v.Limited < than.Limited
}

// classSet is a set of classes, a bit for each in the order of Classes.
type classSet uint16

func setOf(classes ...Class) classSet {
	var set classSet
	for _, c := range classes {
		set |= 1 << slices.Index(Classes, c) // a policy with a class that does not exist was refused before (Policy.Check)
	}
	return set
}

func (set classSet) count() int { return bits.OnesCount16(uint16(set)) }

func (set classSet) classes() []Class {
	var classes []Class
	for i, c := range Classes {
		if set&(1<<i) != 0 {
			classes = append(classes, c)
		}
	}
	return classes
}

// compiled is a rule, and compiledOnly an exception, ready to be asked about many sets.
type compiled struct {
	classes int
	with    classSet
	hold    time.Duration
}

type compiledOnly struct {
	classes classSet
	Exception
}

func compile(rules []Rule) []compiled {
	out := make([]compiled, len(rules))
	for i, r := range rules {
		out[i] = compiled{r.Classes, setOf(r.With...), r.Hold}
	}
	return out
}

func compileOnly(exceptions []Exception) []compiledOnly {
	out := make([]compiledOnly, len(exceptions))
	for i, e := range exceptions {
		out[i] = compiledOnly{setOf(e.Classes...), e}
	}
	return out
}

// missing is how many more classes a rule asks for.
func (r compiled) missing(have classSet) int {
	return max((r.with &^ have).count(), r.classes-have.count())
}

// parts are what of a set has to be looked at. More classes are never worse, so the set itself does, unless it is an
// exception: then less may be better.
func parts(set classSet, only []compiledOnly) iter.Seq[classSet] {
	return func(yield func(classSet) bool) {
		excepted := slices.ContainsFunc(only, func(e compiledOnly) bool { return e.classes == set })
		for part := set; yield(part) && excepted && part > 0; part = (part - 1) & set {
		}
	}
}

// independent goes through the classes of sets of proofs of different classes that share nothing they rest on: all that
// nothing can be added to, and some more. A class with a proof that shares nothing at all is always taken.
func independent(proofs []Proof) iter.Seq[classSet] {
	byClass := make([][][]string, len(Classes)) // what each proof of a class shares with other classes
	for i, class := range Classes {
		byClass[i] = sharing(proofs, class)
	}
	return func(yield func(classSet) bool) {
		var from func(i int, set classSet, rests []string) bool
		from = func(i int, set classSet, rests []string) bool {
			if i == len(Classes) {
				return yield(set)
			}
			for _, own := range byClass[i] {
				if !shares(own, rests) && !from(i+1, set|1<<i, slices.Concat(rests, own)) {
					return false
				}
			}
			if alone := len(byClass[i]) > 0 && len(byClass[i][0]) == 0; alone {
				return true
			}
			return from(i+1, set, rests)
		}
		from(0, 0, nil)
	}
}

// sharing is what the proofs of a class share with proofs of other classes, the least first. One that shares nothing, or
// nothing more than another, makes the other superfluous.
func sharing(proofs []Proof, class Class) [][]string {
	var all [][]string
	for _, pr := range proofs {
		if pr.Class != class {
			continue
		}
		var shared []string
		for _, r := range pr.Rests {
			if slices.ContainsFunc(proofs, func(o Proof) bool { return o.Class != class && slices.Contains(o.Rests, r) }) {
				shared = append(shared, r)
			}
		}
		if len(shared) == 0 {
			return nothing
		}
		all = append(all, shared)
	}
	slices.SortStableFunc(all, func(a, b []string) int { return len(a) - len(b) })
	var least [][]string
	for _, shared := range all {
		if !slices.ContainsFunc(least, func(less []string) bool { return within(less, shared) }) {
			least = append(least, shared)
		}
	}
	return least
}

var nothing = [][]string{nil}

func shares(a, b []string) bool {
	return slices.ContainsFunc(a, func(r string) bool { return slices.Contains(b, r) })
}

func within(a, b []string) bool {
	return !slices.ContainsFunc(a, func(r string) bool { return !slices.Contains(b, r) })
}
