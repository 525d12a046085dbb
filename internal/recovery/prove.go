package recovery

import (
	"cmp"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
)

// ChannelRoute is a live channel as its data describes it: any one of Methods is its own proof; With are the methods that
// it is combined with, in the order in which they are suggested.
type ChannelRoute struct {
	ID            string
	Methods, With []string
}

// Report is what Prove found.
type Report struct {
	Sets     int // sets of methods, over all situations
	Breaches []Breach
	Channels []Strength
}

// Strength is the least that a channel ends with, in each situation: what somebody must get hold of who is not the owner.
type Strength struct {
	Channel string
	Off     bool            // none of its methods is on
	Ends    map[string]Ends // by name of the situation
	Pairs   []Route         // its own method with one more, in a usual environment; enough or not
}

// Ends are the weakest route of a channel, and the soonest one if more proofs open sooner. A route without methods is
// none.
type Ends struct{ Least, Soonest Route }

// Route is a set of methods, the channel's own first, and what it is worth.
type Route struct {
	Methods []string
	Verdict Verdict
}

// Situations are what a case can be in, as far as the rules look at it, by name.
var Situations = []struct {
	Name string
	Situation
}{
	{"usual", Situation{}},
	{"unusual", Situation{Unusual: true}},
	{"recent", Situation{Unusual: true, Distrusted: []string{accountNumber}}},
}

// Prove looks at every set of methods, those to come included, in every situation, and at every channel. The bar is counted
// here without Judge's rules: at least two classes that share nothing, more or a wait where the requirements say so. A set
// is judged by its kinds of proof: what two methods of one class add to each other is nothing, which Judge's own
// tests show.
func Prove(p *Policy, channels []ChannelRoute) Report {
	r := Report{Breaches: p.Check()}
	if len(r.Breaches) > 0 { // the rest would follow from these
		return r
	}
	var all uint16
	for _, m := range p.Methods {
		all |= kindsOf(m.Class)
	}
	for _, class := range p.Planned {
		all |= kindsOf(class)
	}
	said := map[string]bool{}
	for set := range subsets(all) {
		proofs, counted := suppose(set)
		for _, s := range suppositions {
			v := p.Judge(proofs, s.Situation)
			r.Sets++
			if text := s.wrong(v, counted(s.Situation)); text != "" && !said[s.name+text] {
				said[s.name+text] = true // the smallest sets come first: one example is enough
				r.Breaches = append(r.Breaches, Breach{Where: s.where, Text: fmt.Sprintf("%s: %s: %s", s.name, kindNames(set), text)})
			}
		}
	}
	for _, route := range channels {
		strength, text := p.strength(route)
		r.Channels = append(r.Channels, strength)
		if text != "" {
			r.Breaches = append(r.Breaches, Breach{Channel: route.ID, Text: text})
		}
	}
	return r
}

const accountNumber = "phone:account"

// The kinds of proof: a class each, and a card twice, as the number that its bank keeps may be the account's own.
const ownCard = 1 << 15

func kindsOf(class Class) uint16 {
	kinds := uint16(setOf(class))
	if class == ClassCard {
		kinds |= ownCard
	}
	return kinds
}

// subsets goes through all parts of a set of kinds, the smaller number first.
func subsets(all uint16) iter.Seq[uint16] {
	return func(yield func(uint16) bool) {
		for part := uint16(0); ; part = (part - all) & all {
			if !yield(part) || part == all {
				return
			}
		}
	}
}

// suppose makes a proof of each kind. counted are the classes that count in a situation: without what is distrusted and
// with a number once, as a phone or as a card, so there may be two readings.
func suppose(kinds uint16) (proofs []Proof, counted func(Situation) []classSet) {
	for _, class := range classSet(kinds &^ ownCard).classes() {
		proofs = append(proofs, Proof{Class: class, Rests: restsOf(class, false)})
	}
	if kinds&ownCard != 0 {
		proofs = append(proofs, Proof{Class: ClassCard, Rests: restsOf(ClassCard, true)})
	}
	return proofs, func(s Situation) []classSet {
		have, phone, card := classSet(kinds&^ownCard), setOf(ClassPhone), setOf(ClassCard)
		switch {
		case len(s.Distrusted) > 0:
			return []classSet{have &^ phone}
		case kinds&ownCard != 0:
			return []classSet{have, have&^phone | card}
		}
		return []classSet{have}
	}
}

func restsOf(class Class, own bool) []string {
	switch {
	case class == ClassPhone:
		return []string{accountNumber}
	case class == ClassCard && own:
		return []string{"card:account", accountNumber}
	}
	return []string{string(class) + ":account"}
}

// wrong says why a verdict is below the bar in every reading.
func (s supposition) wrong(v Verdict, readings []classSet) string {
	text := ""
	for _, have := range readings {
		if text = s.below(v, have); text == "" {
			return ""
		}
	}
	return text
}

// supposition is a situation and what the requirements ask for in it.
type supposition struct {
	name  string
	where []string
	Situation
	below func(v Verdict, have classSet) string // why a verdict is below the bar, "" if it is not
}

var suppositions = []supposition{
	{"usual", at("enough", "usual"), Situation{}, belowUsual},
	{"unusual", at("enough", "unusual"), Situation{Unusual: true}, belowUnusual},
	{"number changed recently", at("recent"), Situation{Unusual: true, Distrusted: []string{accountNumber}}, belowRecent},
	{"nobody can be told", at("enough", "usual"), Situation{Unreachable: true}, belowUnreachable},
	{"nobody can be told, appeal", at("appeal"), Situation{Unreachable: true, Appeal: true}, belowRecent},
}

func belowUsual(v Verdict, have classSet) string {
	switch {
	case !v.Enough:
		return ""
	case have.count() < 2:
		return "less than two classes are enough (requirement R1)"
	case have == setOf(ClassKnowledge, ClassPhone) && v.Hold < day:
		return "knowledge and phone alone must hold for 24h: only"
	case have == setOf(ClassKnowledge, ClassStaff) && v.Hold < day:
		return "knowledge and staff alone must hold for 24h, who is asked knows the same: only"
	case have == setOf(ClassPhone, ClassMailbox) && v.Hold < day && v.Limited < day:
		return "phone and mailbox alone must limit payments for 24h: only"
	}
	return ""
}

func belowUnusual(v Verdict, have classSet) string {
	papers := setOf(ClassDevice, ClassDocument)
	if v.Enough && v.Hold < day && have.count() < 3 && have&papers != papers {
		return "two classes are enough at once in an unusual environment (coverage L19)"
	}
	return belowUsual(v, have)
}

func belowRecent(v Verdict, have classSet) string {
	if v.Enough && v.Hold < day {
		return "enough without a hold of 24h (requirements R7, R8)"
	}
	if v.Enough && have.count() < 2 {
		return "less than two classes are enough (requirement R1)"
	}
	return ""
}

func belowUnreachable(v Verdict, _ classSet) string {
	if v.Enough {
		return "enough although only an appeal may finish (requirement R7)"
	}
	return ""
}

func kindNames(kinds uint16) string {
	var names []string
	for _, class := range classSet(kinds &^ ownCard).classes() {
		names = append(names, string(class))
	}
	if kinds&ownCard != 0 {
		names = append(names, "card on the account's own number")
	}
	return strings.Join(names, " + ")
}

// strength finds the weakest routes of a channel, and says why it cannot end if it cannot. A card is taken to be on the
// account's own number: the usual case, and the harder one.
func (p *Policy) strength(c ChannelRoute) (Strength, string) {
	out := Strength{Channel: c.ID, Ends: map[string]Ends{}}
	for _, id := range slices.Concat(c.Methods, c.With) {
		if _, ok := p.Planned[id]; ok {
			return out, fmt.Sprintf("live: method %s is only planned", id)
		}
		if _, ok := p.Methods[id]; !ok {
			return out, fmt.Sprintf("live: method %s is not in the policy", id)
		}
	}
	on := func(ids []string) []string {
		return slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return p.Methods[id].Off })
	}
	own, with := on(c.Methods), on(c.With)
	if len(own) == 0 {
		out.Off = true
		return out, ""
	}
	var dead []string
	for _, s := range Situations {
		var e Ends
		for _, id := range own {
			e.add(p, s.Situation, id, with)
		}
		if out.Ends[s.Name] = e; len(e.Least.Methods) == 0 {
			dead = append(dead, s.Name)
		}
	}
	for _, id := range own {
		for _, second := range with {
			pair := []string{id, second}
			out.Pairs = append(out.Pairs, Route{pair, p.Judge(p.proofsOf(pair), Situation{})})
		}
	}
	if len(dead) > 0 {
		return out, fmt.Sprintf("no route of channel %s can end (%s): its methods with those it is combined with are never enough",
			c.ID, strings.Join(dead, ", "))
	}
	return out, ""
}

// add looks at a channel's own method with every part of those it is combined with.
func (e *Ends) add(p *Policy, s Situation, own string, with []string) {
	for part := range subsets(1<<len(with) - 1) {
		methods := []string{own}
		for i, id := range with {
			if part&(1<<i) != 0 {
				methods = append(methods, id)
			}
		}
		route := Route{methods, p.Judge(p.proofsOf(methods), s)}
		if !route.Verdict.Enough || !p.ordered(methods, s) {
			continue
		}
		if len(e.Least.Methods) == 0 || route.less(e.Least) {
			e.Least = route
		}
		if len(e.Soonest.Methods) == 0 || route.sooner(e.Soonest) {
			e.Soonest = route
		}
	}
}

func (r Route) less(than Route) bool {
	return cmp.Or(cmp.Compare(len(r.Methods), len(than.Methods)), cmp.Compare(r.Verdict.Hold, than.Verdict.Hold),
		cmp.Compare(r.Verdict.Limited, than.Verdict.Limited)) < 0
}

func (r Route) sooner(than Route) bool {
	return cmp.Or(cmp.Compare(r.Verdict.Hold, than.Verdict.Hold), cmp.Compare(len(r.Methods), len(than.Methods))) < 0
}

func (p *Policy) proofsOf(methods []string) []Proof {
	var proofs []Proof
	for _, id := range methods {
		m := p.Methods[id]
		proofs = append(proofs, Proof{Method: id, Class: m.Class, Rests: restsOf(m.Class, true), Hold: m.Hold})
		if m.Compared != "" { // the least that an attacker has to bring about: people believed the papers too
			proofs = append(proofs, Proof{Method: id, Class: m.Compared, Rests: restsOf(m.Compared, true), Hold: m.Hold})
		}
	}
	return proofs
}

// ordered says whether methods can be done one after the other: some only after a proof of another class that counts
// (requirement R15).
func (p *Policy) ordered(methods []string, s Situation) bool {
	done := map[Class]bool{}
	for again := true; again; {
		again = false
		for _, id := range methods {
			m := p.Methods[id]
			others := maps.Clone(done)
			delete(others, m.Class)
			counts := len(trusted(p.proofsOf([]string{id}), s.Distrusted)) > 0
			if !done[m.Class] && counts && (!m.Later || len(others) > 0) {
				done[m.Class], again = true, true
			}
		}
	}
	return !slices.ContainsFunc(methods, func(id string) bool {
		return p.Methods[id].Later && !done[p.Methods[id].Class] && len(trusted(p.proofsOf([]string{id}), s.Distrusted)) > 0
	})
}
