package recovery_test

import (
	"context"
	"strconv"

	"pgregory.net/rapid"

	"zhaohui/internal/problem"
	"zhaohui/internal/recovery"
)

func (w *world) doAnswer(*rapid.T) {
	if v := w.pick(); v != nil {
		w.answer(v, rapid.SampledFrom([]bool{true, true, true, false}).Draw(w.r, "right"))
	}
}

// doGoOn lets one visitor do what is asked, several times.
func (w *world) doGoOn(*rapid.T) {
	v := w.pick()
	for range rapid.IntRange(1, 16).Draw(w.r, "steps") {
		if v == nil {
			return
		}
		w.answer(v, true)
		w.check(w.r)
	}
}

// answer does the step at which a visitor stands.
func (w *world) answer(v *visitor, right bool) {
	s := w.sight(v)
	if s == nil {
		return
	}
	var said []string
	account := w.cases[v.key.Case].account
	say := func(field, good, bad string) {
		if !right {
			good = bad
		}
		said = append(said, field, good)
	}
	switch s.Place.ID {
	case "account":
		said = []string{"account", account}
	case "first", "next":
		if len(s.Offers) == 0 {
			return
		}
		said = []string{"method", rapid.SampledFrom(s.Offers).Draw(w.r, "method").Method}
	case "sms-code", "mail-code", "card-code":
		good := w.lastCode(v.key.Case, s.Place.Sent)
		right = right && good != "" && w.now().Before(s.Place.Sent.Until)
		say("code", good, wrongCode(good))
	case "backup":
		say("backup_password", backupWord, "no")
	case "authenticator":
		say("code", w.totp(), "000000")
	case "recovery-code":
		say("code", rapid.SampledFrom(append([]string{"3MXQA-H7KDT-VW9EN"}, savedCodes...)).Draw(w.r, "code"), "AAAAA")
	case "questions":
		said = append(said, "answer_1", "扬州")
		say("answer_2", "Green Hill No. 2", "Red Hill")
	case "current":
		say("current_password", oldWord, "111111")
	case "identity":
		w.who[standing(s.Role)+v.key.Case] = right
		said = append(said, "id_number", idNumber, "phone", "13800138000")
		say("name", "王小明", "李小雨")
		right = false // nothing is looked at yet
	case "slider":
		said = []string{"instead", "wait"}
	case "card":
		said = []string{"card", rapid.SampledFrom([]string{"own", "other", "town"}).Draw(w.r, "card")}
	case "card-check":
		for _, f := range s.Place.Fields {
			switch f.Name {
			case "last4":
				say("last4", map[string]string{"**** **16": "1016", "**** **82": "3582", "**** **46": "6346"}[s.Place.Shown["card"]], "0000")
			case "expiry":
				said = append(said, "expiry", "0932")
			case "bank":
				bank := map[string]string{"**** **16": "中国工商银行", "**** **82": "江苏银行", "**** **46": "交通银行"}
				said = append(said, "bank", bank[s.Place.Shown["card"]])
			}
		}
	case "hold", "card-wait", "slider-wait":
		if left := s.Place.Wait.Until.Sub(w.now()); left > 0 && rapid.IntRange(0, 2).Draw(w.r, "wait") > 0 {
			w.advance(left)
			if err := w.Tend(context.Background(), 100); err != nil {
				w.done(recovery.Result{}, err)
			}
		}
		right = s.Place.ID == "slider-wait" && w.who[standing(s.Role)+v.key.Case]
	case "password":
		w.choosePassword(v, *s)
		return
	}
	if right {
		w.right = s.Place.Method
	}
	w.note(v, *s, func() { w.done(v.try(s.Place.ID, said...)) })
}

// standing tells a guest's own method from that of the case.
func standing(r recovery.Role) string {
	if r == recovery.Guest {
		return "guest "
	}
	return ""
}

// note does something and writes down what was looked at meanwhile, for whom.
func (w *world) note(v *visitor, s recovery.Sight, do func()) {
	c, err := w.office.cases.Case(context.Background(), v.key.Case)
	if err != nil {
		w.r.Fatalf("%v", err)
	}
	browser := " stranger"
	if c.Facts.Environment.Known && s.Role != recovery.Guest {
		browser = " known"
	}
	do()
	for what, n := range w.wallet.asked() {
		for range n - w.asked[what] {
			w.tries[what+browser] = append(w.tries[what+browser], w.now())
		}
	}
	w.asked = w.wallet.asked()
	if n := w.hash.compared.Load(); n > w.compared {
		if w.compared = n; s.Place.Sent == nil {
			w.r.Fatalf("a code was looked at, at %s", s.Place.ID)
		}
		w.codes[s.Place.Sent.ID]++
		what := s.Place.Method + " code " + c.Subject + browser
		w.tries[what] = append(w.tries[what], w.now())
	}
}

// lastCode is the code that was sent last, if it is the one that the case waits for.
func (w *world) lastCode(caseID string, sent *recovery.Code) string {
	for _, l := range w.sent("") {
		if l.Case == caseID && sent != nil && l.ID == sent.Letter {
			return l.Code
		}
	}
	return ""
}

func (w *world) choosePassword(v *visitor, s recovery.Sight) {
	w.resets++
	password := strconv.Itoa(358000 + 17*w.resets)
	r, err := v.try("password", "new_password", password, "new_password_again", password)
	if s.Role != recovery.Owner && problem.KindOf(err) != problem.KindDenied {
		w.r.Fatalf("a %s chose a password: %+v, %v", s.Role, r, err)
	}
	if r.Subject != "" {
		w.known[w.cases[v.key.Case].account] = []string{r.Subject}
	}
	w.done(r, err)
}
