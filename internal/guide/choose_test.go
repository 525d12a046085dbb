package guide_test

import (
	"net/url"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	embedded "zhaohui/content"
	"zhaohui/internal/content"
	"zhaohui/internal/guide"
)

func platforms(t testing.TB) map[string]*guide.Platform {
	t.Helper()
	loaded, problems := content.Load(embedded.Files(), time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC))
	for _, p := range problems.Errors() {
		t.Fatal(p)
	}
	all := map[string]*guide.Platform{}
	for _, p := range loaded.Platforms {
		all[p.ID] = p
	}
	return all
}

func answers(t testing.TB, p *guide.Platform, query string) guide.Answers {
	t.Helper()
	values, err := url.ParseQuery(query)
	if err != nil {
		t.Fatal(err)
	}
	a, refused := p.Parse(values)
	for _, r := range refused {
		t.Fatalf("%s: %v", query, r)
	}
	return a
}

func ids(list []guide.Ranked) []string {
	var out []string
	for _, c := range list {
		out = append(out, c.ID)
	}
	return out
}

// situation is one row of situations.md: what a person would say to every question, what must come first, what must
// follow somewhere below, what must not come first.
type situation struct {
	name, platform, says string
	first                string
	then                 []string
	notFirst             []string
	stop                 string
	with, without        []string // methods for the second proof of a live channel: these first, these not at all
}

var situations = []situation{
	{name: "S1 only forgot", platform: "alipay", says: "safety=none&password=payment&trouble=forgot&phone=works&face=yes&card=bound&reserved=yes&app=yes",
		first: "face", then: []string{"bank-card"}, notFirst: []string{"hotline", "website"}},
	{name: "S2 face keeps failing", platform: "alipay", says: "safety=none&password=payment&trouble=forgot&phone=works&face=fails&card=bound&reserved=yes&app=yes",
		first: "bank-card", then: []string{"online-service"}, notFirst: []string{"face"}},
	{name: "S3 number suspended, face works", platform: "alipay", says: "safety=none&password=payment&trouble=forgot&phone=suspended&face=yes&card=unsure&reserved=unsure&app=yes",
		first: "face", then: []string{"phone-number"}},
	{name: "S4 number suspended, face fails, the bank has another", platform: "alipay", says: "safety=none&password=payment&trouble=forgot&phone=suspended&face=fails&card=bound&reserved=yes&app=yes",
		first: "bank-card", then: []string{"phone-number"}, notFirst: []string{"website"}},
	{name: "S5 a stranger has the number", platform: "alipay", says: "safety=none&password=payment&trouble=forgot&phone=reissued&face=yes&card=bound&reserved=unsure&app=yes",
		first: "phone-number", then: []string{"hotline"}, notFirst: []string{"website", "login-trouble"}},
	{name: "S6 locked, remembers", platform: "alipay", says: "safety=none&password=payment&trouble=locked&phone=works&face=yes&card=bound&app=yes",
		first: "wait", then: []string{"face"}},
	{name: "S7 the login password, Alipay", platform: "alipay", says: "safety=none&password=login&trouble=forgot&phone=works&face=yes", first: "login-password", notFirst: []string{"face"}},
	{name: "S7 the login password, WeChat", platform: "wechatpay", says: "safety=none&password=login&trouble=forgot&phone=works&card=bound", first: "login-password"},
	{name: "S8 own card bound", platform: "wechatpay", says: "safety=none&password=payment&trouble=forgot&phone=works&card=bound&reserved=yes&face=yes&app=yes",
		first: "bank-card", then: []string{"face"}},
	{name: "S9 bound card cancelled", platform: "wechatpay", says: "safety=none&password=payment&trouble=forgot&phone=works&card=cancelled&reserved=yes&face=refuse",
		first: "new-card", then: []string{"service"}, notFirst: []string{"bank-card"}},
	{name: "S10 phone stolen with the SIM, Alipay", platform: "alipay", says: "safety=stolen", stop: "stolen"},
	{name: "S10 phone stolen with the SIM, WeChat", platform: "wechatpay", says: "safety=stolen&trouble=forgot", stop: "stolen"},
	{name: "S11 somebody says what to press", platform: "wechatpay", says: "safety=coached&trouble=forgot&phone=works", stop: "coached"},
	{name: "S11 payments I do not know", platform: "alipay", says: "safety=unknown-payments", stop: "unknown-payments"},
	{name: "S12 blind, cannot do the face check", platform: "alipay", says: "safety=none&needs=blind&password=payment&trouble=forgot&phone=works&face=refuse&card=bound&reserved=yes&app=yes",
		first: "bank-card", then: []string{"hotline", "online-service"}, notFirst: []string{"face", "identity"}},
	{name: "S13 company account, Alipay", platform: "alipay", says: "safety=none&owner=company&trouble=forgot", first: "company", notFirst: []string{"face"}},
	{name: "S13 company account, WeChat", platform: "wechatpay", says: "safety=none&owner=company&trouble=forgot", first: "company", then: []string{"service"}},
	{name: "S14 phone and mailbox work, new phone", platform: "wallet", says: "safety=none&password=payment&trouble=forgot&phone=works&email=yes&device=new",
		first: "sms", then: []string{"mail", "agent"}, with: []string{"mail"}},
	{name: "S15 number changed 2 days ago, saved code at hand", platform: "wallet", says: "safety=none&password=payment&trouble=forgot&phone=recent&saved=yes&id=valid",
		first: "authenticator", then: []string{"mail", "card", "agent"}, notFirst: []string{"sms"}, with: []string{"mail", "card"}, without: []string{"sms", "identity"}},
	{name: "S16 nothing left", platform: "wallet", says: "safety=none&password=payment&trouble=forgot&phone=suspended&email=no&saved=no&card=none&reserved=no&id=none&verified=yes",
		first: "appeal", then: []string{"agent"}},
	{name: "wallet: only forgot", platform: "wallet", says: "safety=none&password=payment&trouble=forgot&phone=works&email=no&saved=no&card=none&id=valid&verified=yes",
		first: "sms", then: []string{"identity"}, with: []string{"identity"}, without: []string{"mail", "card"}},
	{name: "wallet: number suspended, mailbox and card", platform: "wallet", says: "safety=none&password=payment&trouble=forgot&phone=suspended&saved=no&email=yes&card=bound&reserved=yes",
		first: "mail", then: []string{"card"}, notFirst: []string{"identity"}, with: []string{"card"}},
	{name: "wallet: no number, mailbox and saved codes", platform: "wallet", says: "safety=none&password=payment&trouble=forgot&phone=reissued&saved=yes&email=yes&card=none",
		first: "authenticator", then: []string{"mail"}, with: []string{"mail"}, without: []string{"sms", "card"}},
	{name: "wallet: number changed, not sure what was saved, mailbox works", platform: "wallet", says: "safety=none&password=payment&trouble=forgot&phone=changed&saved=unsure&email=yes&card=none",
		first: "mail", then: []string{"authenticator", "backup"}},
	{name: "wallet: one proof is not enough", platform: "wallet", says: "safety=none&password=payment&trouble=forgot&phone=suspended&saved=no&email=yes&card=none", first: "appeal",
		then: []string{"agent"}, with: []string{"mail"}},
	{name: "wallet: the login password", platform: "wallet", says: "safety=none&password=login", first: "login-password"},
	{name: "wallet: locked, remembers", platform: "wallet", says: "safety=none&password=payment&trouble=locked", first: "wait", then: []string{"sms"}},
	{name: "wallet: wants another", platform: "wallet", says: "safety=none&password=payment&trouble=change&phone=works&email=yes", first: "current", then: []string{"sms"}, with: []string{"mail"}},
	{name: "wallet: has to pay now", platform: "wallet", says: "safety=none&password=payment&trouble=pay-now", first: "pay-otherwise"},
	{name: "wallet: a company's", platform: "wallet", says: "safety=none&owner=company&trouble=forgot", first: "company", then: []string{"agent"}},
	{name: "wallet: a child's", platform: "wallet", says: "safety=none&owner=child&trouble=forgot", first: "guardian", then: []string{"agent"}},
	{name: "wallet: phone stolen", platform: "wallet", says: "safety=stolen", stop: "stolen"},
	{name: "wallet: somebody says what to press", platform: "wallet", says: "safety=coached&trouble=forgot&phone=works", stop: "coached"},
}

func TestSituations(t *testing.T) {
	all := platforms(t)
	for _, s := range situations {
		t.Run(s.name, func(t *testing.T) {
			r := answers(t, all[s.platform], s.says).Recommend()
			if r.Stop != s.stop {
				t.Fatalf("stop %q, want %q", r.Stop, s.stop)
			}
			if s.stop != "" {
				if len(r.Channels) > 0 || r.Next != nil {
					t.Error("a stop page leads on")
				}
				return
			}
			possible := ids(r.Possible())
			if possible[0] != s.first {
				t.Errorf("first %s, want %s (%v)", possible[0], s.first, possible)
			}
			for _, want := range s.then {
				if !slices.Contains(possible[1:], want) {
					t.Errorf("%s is missing below the first: %v", want, possible)
				}
			}
			if slices.Contains(s.notFirst, possible[0]) {
				t.Errorf("%s must not come first", possible[0])
			}
			with := answers(t, all[s.platform], s.says).Companions(r.First().Channel)
			if len(with) < len(s.with) || !slices.Equal(with[:len(s.with)], s.with) || slices.ContainsFunc(s.without, func(m string) bool { return slices.Contains(with, m) }) {
				t.Errorf("%s with %v, want first %v and none of %v", possible[0], with, s.with, s.without)
			}
		})
	}
}

// ask walks through the chooser as a person would, and returns how many screens it took.
func ask(t testing.TB, p *guide.Platform, person guide.Answers) (guide.Answers, int) {
	t.Helper()
	said := p.None()
	for _, q := range p.Questions { // rows stand on the first screen
		if q.Row && person.Value(q.ID) != "" {
			said = said.With(q.ID, person.Value(q.ID))
		}
	}
	for screens := 0; ; screens++ {
		r := said.Recommend()
		if r.Stop != "" || r.Next == nil {
			return said, screens
		}
		value := person.Value(r.Next.ID)
		if value == "" {
			value = "unsure"
			if !slices.Contains(r.Next.Values, value) {
				value = r.Next.Values[0]
			}
		}
		said = said.With(r.Next.ID, value)
	}
}

// The questions asked lead to the same first channel as everything a person could say; there are few of them.
func TestQuestions_fewAndEnough(t *testing.T) {
	all := platforms(t)
	total, of := 0, map[string][]int{}
	for _, s := range situations {
		p := all[s.platform]
		person := answers(t, p, s.says)
		said, screens := ask(t, p, person)
		total += screens
		of[s.platform] = append(of[s.platform], screens)
		if screens > guide.MaxScreens {
			t.Errorf("%s: %d screens", s.name, screens)
		}
		if s.stop == "" {
			if got := said.Recommend().First().ID; got != s.first {
				t.Errorf("%s: asked %s, got %s, want %s", s.name, said.Query(), got, s.first)
			}
		}
		t.Logf("%-50s %d screens", s.name, screens)
	}
	if mean := float64(total) / float64(len(situations)); mean > 4 {
		t.Errorf("mean %.2f screens, want at most 4", mean)
	} else {
		t.Logf("mean %.2f screens", mean)
	}
	for id, counts := range of {
		sum := 0
		for _, n := range counts {
			sum += n
		}
		if mean := float64(sum) / float64(len(counts)); mean > 4 {
			t.Errorf("%s: mean %.2f screens, want at most 4", id, mean)
		}
	}
}

// anything draws any answers of a platform, unanswered ones included.
func anything(rt *rapid.T, p *guide.Platform) guide.Answers {
	a := p.None()
	for _, q := range p.Questions {
		if v := rapid.SampledFrom(append([]string{""}, q.Values...)).Draw(rt, q.ID); v != "" {
			a = a.With(q.ID, v)
		}
	}
	return a
}

// Over the whole answer space there is something to do, nothing ruled out comes first, safety beats everything, the
// ladder ends at a person, and no question is asked that could not change anything.
func TestProperties(t *testing.T) {
	for id, p := range platforms(t) {
		t.Run(id, func(t *testing.T) {
			rapid.Check(t, func(rt *rapid.T) {
				checkProperties(rt, p, anything(rt, p))
			})
		})
	}
}

// The part of the space that most people are in is small enough to look at every point of it.
func TestProperties_everyPointOfTheUsualSpace(t *testing.T) {
	for id, p := range platforms(t) {
		t.Run(id, func(t *testing.T) {
			points := 0
			var each func([]string, guide.Answers)
			each = func(questions []string, a guide.Answers) {
				if len(questions) == 0 {
					points++
					checkProperties(t, p, a)
					return
				}
				q, _ := p.Question(questions[0])
				each(questions[1:], a)
				for _, v := range q.Values {
					each(questions[1:], a.With(q.ID, v))
				}
			}
			questions := []string{"needs", "trouble", "phone", "face", "card", "reserved", "app"}
			if p.Live { // all that a person may have; situations are drawn above
				questions = []string{"phone", "saved", "email", "card", "reserved", "id", "verified"}
			}
			each(questions, p.None().With("safety", "none"))
			t.Logf("%d points", points)
		})
	}
}

type failer interface {
	Errorf(format string, args ...any)
}

func checkProperties(t failer, p *guide.Platform, a guide.Answers) {
	r := a.Recommend()
	if safety := a.Value("safety"); safety != "" && safety != "none" {
		if r.Stop != safety || len(r.Channels) > 0 {
			t.Errorf("%s: safety does not stop", a.Query())
		}
		return
	}
	possible := r.Possible()
	if len(possible) == 0 {
		t.Errorf("%s: nothing left to do", a.Query())
		return
	}
	human := false
	for i, c := range possible {
		human = human || c.Human
		if c.Fit < guide.Maybe {
			t.Errorf("%s: %s is ruled out but stands at %d", a.Query(), c.ID, i+1)
		}
		if c.Older && c.Fit == guide.Yes {
			t.Errorf("%s: %s, an older route, surely fits", a.Query(), c.ID)
		}
		if c.Confidence == guide.Unconfirmed && (i == 0 || c.Fit == guide.Yes) {
			t.Errorf("%s: unconfirmed %s stands at %d as %v", a.Query(), c.ID, i+1, c.Fit)
		}
	}
	if last := possible[len(possible)-1]; !human || !last.Human {
		t.Errorf("%s: the ladder ends at %s, not at a person", a.Query(), last.ID)
	}
	if q := r.Next; q != nil && q.ID != "safety" {
		changes := slices.ContainsFunc(q.Values, func(v string) bool { return a.With(q.ID, v).Recommend().First().ID != possible[0].ID })
		if !changes {
			t.Errorf("%s: %s is asked, but no answer changes the first channel", a.Query(), q.ID)
		}
	}
}

// better are pairs of answers of which the second means having more than the first.
var better = map[string][][2]string{
	"phone":    {{"suspended", "works"}, {"changed", "works"}, {"reissued", "works"}, {"abroad", "works"}, {"recent", "works"}, {"unsure", "works"}},
	"face":     {{"fails", "yes"}, {"refuse", "yes"}, {"unsure", "yes"}},
	"card":     {{"none", "bound"}, {"none", "other"}, {"none", "cancelled"}},
	"reserved": {{"no", "yes"}, {"unsure", "yes"}},
	"app":      {{"no", "yes"}, {"unsure", "yes"}},
	"id":       {{"none", "valid"}, {"expired", "valid"}, {"changed", "valid"}, {"unsure", "valid"}},
	"email":    {{"no", "yes"}, {"unsure", "yes"}},
	"saved":    {{"no", "yes"}, {"unsure", "yes"}},
	"verified": {{"no", "yes"}, {"unsure", "yes"}},
	"contacts": {{"no", "yes"}},
	"history":  {{"no", "yes"}},
	"device":   {{"new", "same"}},
}

// Having more never makes the first choice worse in the platform's order of preference.
func TestProperties_havingMoreIsNeverWorse(t *testing.T) {
	for id, p := range platforms(t) {
		t.Run(id, func(t *testing.T) {
			order := func(c guide.Ranked) int { return slices.Index(p.Channels, c.Channel) }
			rapid.Check(t, func(rt *rapid.T) {
				a := anything(rt, p).With("safety", "none")
				for question, pairs := range better {
					q, ok := p.Question(question)
					if !ok {
						continue
					}
					for _, pair := range pairs {
						if !slices.Contains(q.Values, pair[0]) {
							continue
						}
						less, more := a.With(question, pair[0]).Recommend().First(), a.With(question, pair[1]).Recommend().First()
						if order(more) > order(less) && len(less.Lead) == 0 {
							rt.Errorf("%s: %s=%s gives %s, %s gives %s", a.Query(), question, pair[0], less.ID, pair[1], more.ID)
						}
					}
				}
			})
		})
	}
}

// "unsure" never hides the channel that a surer answer would put first.
func TestProperties_unsureNeverHides(t *testing.T) {
	for id, p := range platforms(t) {
		t.Run(id, func(t *testing.T) {
			rapid.Check(t, func(rt *rapid.T) {
				a := anything(rt, p).With("safety", "none")
				for question, pairs := range better {
					q, ok := p.Question(question)
					if !ok || !slices.Contains(q.Values, "unsure") {
						continue
					}
					right := a.With(question, pairs[0][1]).Recommend().First().ID
					if !slices.Contains(ids(a.With(question, "unsure").Recommend().Possible()), right) {
						rt.Errorf("%s: %s=unsure hides %s", a.Query(), question, right)
					}
				}
			})
		})
	}
}

// Where several things would do, the reason does not claim that one of them is needed: an open app makes the SMS needless.
func TestReasons_nameWhatWouldDo(t *testing.T) {
	p := platforms(t)["alipay"]
	for says, want := range map[string]string{"safety=none&face=yes": "app", "safety=none&face=yes&phone=suspended": "app", "safety=none&face=yes&app=no": "phone"} {
		first := answers(t, p, says).Recommend().First()
		var unknown []string
		for _, r := range first.Reasons {
			if r.Fit == guide.Maybe {
				unknown = append(unknown, r.Question)
			}
		}
		if first.ID != "face" || !slices.Equal(unknown, []string{want}) {
			t.Errorf("%s: %s names %v as unknown, want %s", says, first.ID, unknown, want)
		}
	}
}

// Each way of the wallet names what it needs itself; what any of many things would do for, its second proof, it needs none of.
func TestReasons_secondProofNamesNoNeed(t *testing.T) {
	p := platforms(t)["wallet"]
	for _, c := range []struct {
		says, channel string
		fit           guide.Fit
		want          []string // questions; "" is: nothing left for a second proof
	}{
		{"phone=unsure", "sms", guide.Maybe, []string{"phone"}},
		{"phone=unsure", "mail", guide.Maybe, []string{"email"}},
		{"phone=unsure", "card", guide.Maybe, []string{"card", "reserved"}},
		{"phone=unsure&reserved=unsure", "card", guide.Maybe, []string{"card", "reserved"}},
		{"phone=suspended&email=yes&saved=no&card=none", "mail", guide.No, []string{""}},
		{"phone=works&email=no&saved=no&card=none&id=none", "sms", guide.No, []string{""}},
	} {
		channels := answers(t, p, "safety=none&trouble=forgot&"+c.says).Recommend().Channels
		i := slices.IndexFunc(channels, func(r guide.Ranked) bool { return r.ID == c.channel })
		var got []string
		for _, r := range channels[i].Reasons {
			if r.Fit == c.fit {
				got = append(got, r.Question)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %s names %q, want %q", c.says, c.channel, got, c.want)
		}
	}
}

// People who decide stand below all that one can do alone, however little is known, and above nothing but the last rung.
func TestRecommend_appealStandsBelowWhatOneCanDoAlone(t *testing.T) {
	p := platforms(t)["wallet"]
	for _, says := range []string{"phone=unsure", "phone=suspended", "phone=works&email=yes"} {
		possible := ids(answers(t, p, "safety=none&trouble=forgot&"+says).Recommend().Possible())
		if n := len(possible); n < 4 || possible[n-2] != "appeal" || possible[n-1] != "agent" {
			t.Errorf("%s: %v", says, possible)
		}
	}
}

func BenchmarkRecommend(b *testing.B) {
	a := answers(b, platforms(b)["alipay"], situations[1].says)
	for b.Loop() {
		a.Recommend()
	}
}
