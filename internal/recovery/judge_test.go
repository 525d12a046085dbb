package recovery_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	embedded "zhaohui/content"
	"zhaohui/internal/content"
	"zhaohui/internal/recovery"
)

const (
	day    = 24 * time.Hour
	number = "phone:+86-account"
)

func defaultPolicy(t testing.TB) *recovery.Policy {
	t.Helper()
	p, problems := content.ReadPolicy(embedded.Files(), "wallet")
	if p == nil {
		t.Fatal(problems)
	}
	return p
}

// all is one proof of every kind that the requirements know, built or to come. The card comes twice: its bank keeps the
// account's number or another one.
var all = []recovery.Proof{
	{Method: "current", Class: recovery.ClassKnowledge, Rests: []string{"secret:password"}},
	{Method: "questions", Class: recovery.ClassKnowledge, Rests: []string{"secret:questions"}},
	{Method: "identity", Class: recovery.ClassKnowledge, Rests: []string{"secret:identity"}},
	{Method: "sms", Class: recovery.ClassPhone, Rests: []string{number}},
	{Method: "mail", Class: recovery.ClassMailbox, Rests: []string{"mailbox:account"}},
	{Method: "backup", Class: recovery.ClassSaved, Rests: []string{"secret:backup"}},
	{Method: "recoverycodes", Class: recovery.ClassSaved, Rests: []string{"secret:codes"}},
	{Method: "authenticator", Class: recovery.ClassDevice, Rests: []string{"device:totp"}},
	{Method: "card, own number", Class: recovery.ClassCard, Rests: []string{"card:1", number}},
	{Method: "card, other number", Class: recovery.ClassCard, Rests: []string{"card:2", "phone:+86-bank"}},
	{Method: "document", Class: recovery.ClassDocument, Rests: []string{"document:id"}},
	{Method: "contacts", Class: recovery.ClassPeople, Rests: []string{"people:contacts"}},
	{Method: "appeal", Class: recovery.ClassStaff, Rests: []string{"staff:appeal"}},
}

var situations = map[string]recovery.Situation{
	"usual":                 {},
	"unusual":               {Unusual: true},
	"recent":                {Unusual: true, Distrusted: []string{number}},
	"recent only":           {Distrusted: []string{number}},
	"unreachable":           {Unreachable: true},
	"unreachable, unusual":  {Unreachable: true, Unusual: true},
	"unreachable, appealed": {Unreachable: true, Appeal: true},
}

// oracle says what proofs are worth by the words of the requirements and of the default policy, not by its rules: it looks
// at what is in hand, by name.
func oracle(has func(method string) bool, s recovery.Situation) (enough bool, hold, limited time.Duration) {
	recent := len(s.Distrusted) > 0
	knowledge := has("current") || has("questions") || has("identity") // R13: one class together
	mailbox := has("mail")
	saved := has("backup") || has("recoverycodes")
	device := has("authenticator")
	document, people, staff := has("document"), has("contacts"), has("appeal")
	phone := has("sms") && !recent                        // R8
	ownCard := has("card, own number") && !recent         // R8, "distrusted in every method that uses it"
	card := ownCard || has("card, other number")          // two cards are one class
	one := phone && ownCard && !has("card, other number") // a card on the account's number and an SMS to it are one
	others := 0
	for _, there := range []bool{knowledge, mailbox, saved, device, document, people, staff} {
		if there {
			others++
		}
	}
	classes := others
	switch {
	case one:
		classes++
	default:
		if phone {
			classes++
		}
		if card {
			classes++
		}
	}
	if classes < 2 || s.Unreachable && !s.Appeal { // R1, R7
		return false, 0, 0
	}
	if s.Unusual && classes < 3 && (!device || !document) { // L19
		hold = day
	}
	if classes == 2 && knowledge && staff { // who is asked on the phone tells what they know
		hold = day
	}
	if classes == 2 && phone && !card { // with a card instead of the phone these are other pairs
		if knowledge {
			hold = day
		}
		if mailbox {
			limited = day
		}
	}
	if recent {
		hold = max(hold, day)
	}
	if s.Unreachable {
		hold = max(hold, 3*day)
	}
	return true, hold, limited
}

func subset(set int) (proofs []recovery.Proof, has func(string) bool) {
	for i, pr := range all {
		if set&(1<<i) != 0 {
			proofs = append(proofs, pr)
		}
	}
	return proofs, func(method string) bool {
		return slices.ContainsFunc(proofs, func(pr recovery.Proof) bool { return pr.Method == method })
	}
}

func names(proofs []recovery.Proof) (out []string) {
	for _, pr := range proofs {
		out = append(out, pr.Method)
	}
	return out
}

// The policy as a table over all sets of methods, in every situation, against the words of the requirements.
func TestR1_allSetsOfMethodsAgreeWithTheRequirements(t *testing.T) {
	p := defaultPolicy(t)
	for name, s := range situations {
		for set := range 1 << len(all) {
			proofs, has := subset(set)
			v := p.Judge(proofs, s)
			enough, hold, limited := oracle(has, s)
			if v.Enough != enough || v.Hold != hold || v.Limited != limited {
				t.Fatalf("%s, %v: %+v, want enough %v, hold %v, limited %v", name, names(proofs), v, enough, hold, limited)
			}
			if v.Enough && (v.Needed != 0 || len(v.Classes) < 2) || !v.Enough && v.Needed < 1 {
				t.Fatalf("%s, %v: %+v says two things", name, names(proofs), v)
			}
		}
	}
}

// One proof more never makes a verdict worse, whatever is there already.
func TestR1_moreProofsAreNeverWorse(t *testing.T) {
	p := defaultPolicy(t)
	for name, s := range situations {
		verdicts := make([]recovery.Verdict, 1<<len(all))
		for set := range verdicts {
			proofs, _ := subset(set)
			verdicts[set] = p.Judge(proofs, s)
		}
		for set, less := range verdicts {
			for i := range all {
				if more := verdicts[set|1<<i]; worse(more, less) {
					proofs, _ := subset(set)
					t.Fatalf("%s: %v is %+v, with %s %+v", name, names(proofs), less, all[i].Method, more)
				}
			}
		}
	}
}

func worse(v, than recovery.Verdict) bool {
	switch {
	case v.Enough != than.Enough:
		return than.Enough
	case !v.Enough:
		return v.Needed > than.Needed
	case v.Hold != than.Hold:
		return v.Hold > than.Hold
	}
	return v.Limited > than.Limited
}

func TestR1_oneProofAloneNeverResets(t *testing.T) {
	p := defaultPolicy(t)
	for name, s := range situations {
		for _, pr := range all {
			if v := p.Judge([]recovery.Proof{pr}, s); v.Enough {
				t.Errorf("%s: %s alone is enough: %+v", name, pr.Method, v)
			}
		}
	}
}

func TestR1_pairsOfDifferentClassesPass(t *testing.T) {
	p := defaultPolicy(t)
	for i, a := range all {
		for _, b := range all[:i] {
			together := a.Class != b.Class && !slices.ContainsFunc(a.Rests, func(r string) bool {
				return slices.Contains(b.Rests, r)
			})
			if v := p.Judge([]recovery.Proof{a, b}, recovery.Situation{}); v.Enough != together {
				t.Errorf("%s with %s: %+v", a.Method, b.Method, v)
			}
		}
	}
}

func TestR1_twoOfOneClassCountOnce(t *testing.T) {
	p := defaultPolicy(t)
	for _, class := range recovery.Classes {
		var proofs []recovery.Proof
		for i := range 4 {
			proofs = append(proofs, recovery.Proof{Class: class, Rests: []string{fmt.Sprint("secret:", i)}})
		}
		if v := p.Judge(proofs, recovery.Situation{}); v.Enough || v.Needed != 1 || len(v.Classes) != 1 {
			t.Errorf("four of %s: %+v", class, v)
		}
	}
}

func TestR13_knowledgeIsOneClass(t *testing.T) {
	p := defaultPolicy(t)
	for _, id := range []string{"current", "questions", "identity"} {
		if class := p.Methods[id].Class; class != recovery.ClassKnowledge {
			t.Errorf("%s is %s", id, class)
		}
	}
	if p.Planned["transactions"] != recovery.ClassKnowledge {
		t.Error("transactions are not knowledge")
	}
	if v := p.Judge(all[:3], recovery.Situation{}); v.Enough {
		t.Errorf("everything one knows is enough alone: %+v", v)
	}
}

func pick(methods ...string) (proofs []recovery.Proof) {
	for _, pr := range all {
		if slices.Contains(methods, pr.Method) {
			proofs = append(proofs, pr)
		}
	}
	return proofs
}

func TestPolicy_aCardOnTheAccountsNumberAndAnSMSToItAreOne(t *testing.T) {
	p := defaultPolicy(t)
	if v := p.Judge(pick("sms", "card, own number"), recovery.Situation{}); v.Enough {
		t.Errorf("one number was counted twice: %+v", v)
	}
	if v := p.Judge(pick("sms", "card, other number"), recovery.Situation{}); !v.Enough {
		t.Errorf("two numbers: %+v", v)
	}
	v := p.Judge(pick("sms", "card, own number", "mail"), recovery.Situation{Unusual: true})
	if len(v.Classes) != 2 || v.Hold != day {
		t.Errorf("one number and a mailbox are not three classes: %+v", v)
	}
	// What is shared may be a mailbox, a handset or a secret as well.
	shared := []recovery.Proof{{Class: recovery.ClassDevice, Rests: []string{"device:1", "secret:x"}},
		{Class: recovery.ClassSaved, Rests: []string{"secret:x"}}}
	if v := p.Judge(shared, recovery.Situation{}); v.Enough {
		t.Errorf("one secret was counted twice: %+v", v)
	}
}

func TestR8_aRecentNumberCountsNothingAndHoldsWhateverElseIsProved(t *testing.T) {
	p := defaultPolicy(t)
	for _, s := range []recovery.Situation{situations["recent"], situations["recent only"]} {
		pairs := [][]recovery.Proof{pick("sms", "mail"), pick("card, own number", "mail"), pick("sms", "card, own number")}
		for _, pair := range pairs {
			if v := p.Judge(pair, s); v.Enough {
				t.Errorf("%v: %+v", names(pair), v)
			}
		}
		if v := p.Judge(all, s); !v.Enough || v.Hold < day || slices.Contains(v.Classes, recovery.ClassPhone) {
			t.Errorf("everything together: %+v", v)
		}
		if v := p.Judge(pick("recoverycodes", "mail"), s); !v.Enough || v.Hold != day { // S15
			t.Errorf("S15: %+v", v)
		}
	}
}

func TestR7_unreachableOnlyByAppeal(t *testing.T) {
	p := defaultPolicy(t)
	if v := p.Judge(all, situations["unreachable"]); v.Enough || !v.Appeal || v.Needed < 1 || v.Hold != 0 {
		t.Errorf("without an appeal: %+v", v)
	}
	if v := p.Judge(pick("appeal", "document"), situations["unreachable, appealed"]); !v.Enough || v.Hold < p.Appeal.Hold {
		t.Errorf("with an appeal: %+v", v)
	}
	if v := p.Judge(pick("appeal"), situations["unreachable, appealed"]); v.Enough {
		t.Errorf("an appeal alone: %+v", v)
	}
}

func TestR12_faceDocumentAndQuestionsNeverSufficeAlone(t *testing.T) {
	p := defaultPolicy(t)
	face := recovery.Proof{Method: "face", Class: recovery.ClassDocument, Rests: []string{"face:account"}}
	for _, proofs := range [][]recovery.Proof{{face}, pick("document"), pick("questions"), append(pick("document"), face)} {
		for name, s := range situations {
			if v := p.Judge(proofs, s); v.Enough {
				t.Errorf("%s, %v: %+v", name, names(proofs), v)
			}
		}
	}
}

// A slip in a method must not open anything.
func TestPolicy_aProofThatRestsOnNothingCountsNothing(t *testing.T) {
	p := defaultPolicy(t)
	careless := []recovery.Proof{{Class: recovery.ClassPhone}, {Class: "nonsense", Rests: []string{"secret:a"}},
		{Rests: []string{"secret:b"}}}
	if v := p.Judge(append(pick("mail"), careless...), recovery.Situation{}); v.Enough || v.Needed != 1 {
		t.Errorf("%+v", v)
	}
}

// The order in which things were proved changes nothing.
func TestPolicy_orderChangesNothing(t *testing.T) {
	p := defaultPolicy(t)
	random := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		proofs, _ := subset(random.IntN(1 << len(all)))
		for _, s := range situations {
			want := p.Judge(proofs, s)
			mixed := slices.Clone(proofs)
			random.Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
			v := p.Judge(mixed, s)
			if v.Enough != want.Enough || v.Hold != want.Hold || v.Limited != want.Limited ||
				!slices.Equal(v.Classes, want.Classes) {
				t.Fatalf("%v: %+v, before %+v", names(mixed), v, want)
			}
		}
	}
}

func BenchmarkJudge_everything(b *testing.B) {
	p := defaultPolicy(b)
	for b.Loop() {
		p.Judge(all, recovery.Situation{Unusual: true})
	}
}

func BenchmarkProve(b *testing.B) {
	p := defaultPolicy(b)
	for b.Loop() {
		recovery.Prove(p, nil)
	}
}
