package recovery_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"zhaohui/internal/problem"
	"zhaohui/internal/recovery"
	"zhaohui/internal/wallet"
)

// world is a portal in which anything may happen, and what was seen of it.
type world struct {
	*office
	r        *rapid.T
	visitors []*visitor
	cases    map[string]*seenCase
	tries    map[string][]time.Time // method, account and kind of browser → when it was looked at
	codes    map[string]int         // id of a code → how often one was compared with it
	asked    map[string]int
	compared int64
	right    string // the method whose answer of this action is right, "" if none is
	known    map[string][]string
	who      map[string]bool // whether the name that was typed last is right, by role and case
	resets   int
}

// seenCase is what is known of a case.
type seenCase struct {
	account     string
	first       time.Time // of the first proof
	enough      time.Time // since when a hold would be waited
	ended       recovery.State
	lastProofAt time.Time
}

var modelAccounts = []string{full, recent, nobody}

// The rules of the requirements hold whatever people, attackers, clocks, crashes and restarts do: never below the bar, never
// above the limits, never two open resets, every reset announced, a password set at most once for a decision.
func TestModel_whateverHappensTheRulesHold(t *testing.T) {
	policy := defaultPolicy(t)
	folder := t.TempDir()
	runs := 0
	reached := map[string]int{}
	rapid.Check(t, func(r *rapid.T) {
		runs++
		path := filepath.Join(folder, strconv.Itoa(runs))
		if err := os.Mkdir(path, 0o700); err != nil {
			r.Fatal(err)
		}
		w := &world{office: openOfficeIn(t, r, path, policy), r: r, cases: map[string]*seenCase{}, tries: map[string][]time.Time{}, codes: map[string]int{},
			known: map[string][]string{}, who: map[string]bool{}}
		defer w.db.Close()
		w.wait, w.twice = true, true
		r.Repeat(map[string]func(*rapid.T){
			"":        w.check,
			"begin":   w.doBegin,
			"answer":  w.doAnswer,
			"answer2": w.doAnswer, // people answer more than they do anything else
			"answer3": w.doAnswer,
			"go on":   w.doGoOn,
			"go on2":  w.doGoOn,
			"act":     w.doAct,
			"resume":  w.doResume,
			"screen":  w.doScreen,
			"letter":  w.doLetter,
			"time":    w.doTime,
			"wallet":  w.doWallet,
			"crash":   w.doCrash,
		})
		w.office.cases.next.Store(0)
		w.wait, w.wallet.down = false, nil
		w.retry()
		w.check(r)
		for _, c := range w.cases {
			if reached[string(c.ended)]++; !c.enough.IsZero() {
				reached["held"]++
			}
		}
	})
	t.Logf("%d runs ended cases as %v", runs, reached)
}

func (w *world) pick() *visitor {
	if len(w.visitors) == 0 {
		return nil
	}
	return w.visitors[rapid.IntRange(0, len(w.visitors)-1).Draw(w.r, "visitor")]
}

func (w *world) client() recovery.Client {
	c := rapid.SampledFrom([]recovery.Client{home, home, home, strange}).Draw(w.r, "client")
	for _, subjects := range w.known {
		if rapid.Bool().Draw(w.r, "known") {
			c.Known = append(slices.Clone(c.Known), subjects...)
		}
	}
	return c
}

func (w *world) doBegin(r *rapid.T) {
	if len(w.visitors) > 7 {
		w.visitors = w.visitors[1:]
	}
	channel := rapid.SampledFrom(append([]string{"codes", "current"}, others...)).Draw(r, "channel")
	account := rapid.SampledFrom(modelAccounts).Draw(r, "account")
	client := w.client()
	key, err := w.Begin(context.Background(), recovery.Beginning{Platform: "wallet", Channel: channel, Lang: "zh", Client: client})
	if err != nil {
		return // a crash, before anybody knew of the case
	}
	v := &visitor{o: w.office, t: r, client: client, key: key}
	w.visitors = append(w.visitors, v)
	w.cases[key.Case] = &seenCase{account: account}
	w.done(v.try("account", "account", account))
}

// done looks at the error of an action: only what can happen may.
func (w *world) done(_ recovery.Result, err error) {
	switch {
	case err == nil, problem.KindOf(err) != problem.KindUnknown:
	case strings.Contains(err.Error(), errCrash.Error()):
		w.restart()
	default:
		w.r.Fatalf("%v", err)
	}
}

// sight is nil if the visitor may see nothing any more.
func (w *world) sight(v *visitor) *recovery.Sight {
	s, err := w.Look(context.Background(), v.key)
	if err != nil {
		if problem.KindOf(err) != problem.KindNotFound {
			w.r.Fatalf("look: %v", err)
		}
		return nil
	}
	return &s
}

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
				say("last4", map[string]string{"**** 1016": "1016", "**** 2365": "2365", "**** 3582": "3582", "**** 6346": "6346"}[s.Place.Shown["card"]], "0000")
			case "expiry":
				said = append(said, "expiry", "0932")
			case "bank":
				said = append(said, "bank", map[string]string{"**** 1016": "中国工商银行", "**** 3582": "江苏银行", "**** 6346": "交通银行"}[s.Place.Shown["card"]])
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

func (w *world) doAct(*rapid.T) {
	v := w.pick()
	if v == nil || w.sight(v) == nil {
		return
	}
	s, ctx := w.sight(v), context.Background()
	var err error
	switch rapid.IntRange(0, 6).Draw(w.r, "act") {
	case 0, 1:
		err = w.Resend(ctx, v.key, v.client)
	case 2:
		err = w.Switch(ctx, v.key, v.client)
	case 3, 4:
		err = w.Choose(ctx, v.key, rapid.SampledFrom(append([]string{"current"}, others...)).Draw(w.r, "method"), v.client)
	case 5:
		err = w.More(ctx, v.key, v.client)
	case 6:
		if rapid.IntRange(0, 5).Draw(w.r, "cancel") == 0 {
			err = w.Cancel(ctx, v.key, v.client)
		}
	}
	if s.Role == recovery.Guest && problem.KindOf(err) == problem.KindDenied {
		return
	}
	w.done(recovery.Result{}, err)
}

func (w *world) doResume(*rapid.T) {
	v := w.pick()
	if v == nil {
		return
	}
	s := w.sight(v)
	switch {
	case s == nil:
	case s.Role == recovery.Guest:
		if len(s.Again) > 0 {
			w.done(recovery.Result{}, w.Again(context.Background(), v.key, rapid.SampledFrom(s.Again).Draw(w.r, "again"), v.client))
		}
	case s.Resume != "":
		client := w.client()
		key, err := w.Resume(context.Background(), s.Resume, client)
		if w.done(recovery.Result{}, err); err == nil {
			w.visitors = append(w.visitors, &visitor{o: w.office, t: w.r, client: client, key: key})
		}
	}
}

func (w *world) doScreen(*rapid.T) {
	v := w.pick()
	if v == nil {
		return
	}
	secret, _, err := w.HandOff(context.Background(), v.key, v.client)
	if w.done(recovery.Result{}, err); err != nil {
		return
	}
	key, err := w.Join(context.Background(), v.key.Case, secret)
	if w.done(recovery.Result{}, err); err == nil {
		w.visitors = append(w.visitors, &visitor{o: w.office, t: w.r, client: w.client(), key: key})
	}
}

// doLetter presses a button out of any letter, in any browser.
func (w *world) doLetter(*rapid.T) {
	all := w.sent("")
	v := w.pick()
	if len(all) == 0 || v == nil {
		return
	}
	l := all[rapid.IntRange(0, len(all)-1).Draw(w.r, "letter")]
	switch {
	case l.Link != "":
		w.right = "mail"
		followed, err := w.Follow(context.Background(), secretOf(l.Link), v.key)
		if followed.Token != "" && err == nil {
			v.key.Token = followed.Token
		}
		w.done(recovery.Result{}, err)
	case l.Stop != "" && rapid.IntRange(0, 3).Draw(w.r, "stop") == 0:
		sight, err := w.Stop(context.Background(), secretOf(l.Stop))
		if w.done(recovery.Result{}, err); err != nil || sight.Alone {
			return
		}
		if c, err := w.office.cases.Case(context.Background(), l.Case); err != nil || c.State == recovery.Open || c.State == recovery.Applying && !c.Facts.Freeze {
			w.r.Fatalf("after the owner's stop the case is %s, %v", c.State, err)
		}
	}
}

func (w *world) doTime(*rapid.T) {
	w.advance(rapid.SampledFrom([]time.Duration{time.Second, 30 * time.Second, 61 * time.Second, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute,
		14 * time.Minute, 16 * time.Minute, time.Hour, 24 * time.Hour, 30 * time.Hour}).Draw(w.r, "time"))
	if err := w.Tend(context.Background(), 100); err != nil {
		w.done(recovery.Result{}, err)
	}
}

func (w *world) doWallet(*rapid.T) {
	switch rapid.IntRange(0, 5).Draw(w.r, "wallet") {
	case 0:
		w.wallet.down = problem.Unavailable
	case 1:
		w.wallet.down = problem.Invalid{Fields: map[string]string{"new_password": "used"}}
	case 2:
		w.wallet.lose = true
	default:
		w.wallet.down = nil
	}
	w.wait = false
	w.retry()
	w.wait = true
}

func (w *world) doCrash(*rapid.T) {
	if rapid.Bool().Draw(w.r, "restart") {
		w.restart()
		return
	}
	w.office.cases.next.Store(int32(rapid.IntRange(1, 4).Draw(w.r, "commit")))
}

// check compares what there is with the rules.
func (w *world) check(*rapid.T) {
	applying := map[string]int{}
	for id, seen := range w.cases {
		c, err := w.office.cases.Case(context.Background(), id)
		if err != nil {
			w.r.Fatalf("%v", err)
		}
		if seen.ended != "" && seen.ended != c.State {
			w.r.Fatalf("a case that was %s is %s", seen.ended, c.State)
		}
		w.checkProofs(c, seen)
		switch c.State {
		case recovery.Applying:
			applying[seen.account]++
			w.checkDecision(c, seen)
		case recovery.Done, recovery.Stopped, recovery.Replaced, recovery.Expired:
			if seen.ended == "" && c.State == recovery.Done {
				w.checkDecision(c, seen)
				w.checkTold(c, seen)
			}
			seen.ended = c.State
		}
		set := 0
		for key := range w.wallet.resets {
			if strings.Contains(key, " reset:"+id+":") {
				set++
			}
		}
		if set > c.Facts.Decided {
			w.r.Fatalf("%d decisions, %d passwords were set", c.Facts.Decided, set)
		}
	}
	for account, n := range applying {
		if n > 1 {
			w.r.Fatalf("%s has %d open resets", account, n)
		}
	}
	w.right = ""
	w.checkLimits()
}

// checkProofs lets a proof only come from a right answer.
func (w *world) checkProofs(c *recovery.Case, seen *seenCase) {
	for _, p := range c.Facts.Proofs {
		if !p.At.After(seen.lastProofAt) {
			continue
		}
		if w.right != p.Method {
			w.r.Fatalf("a proof by %s out of a right answer to %q", p.Method, w.right)
		}
		if seen.account == nobody {
			w.r.Fatalf("a proof for an account that does not exist")
		}
		seen.lastProofAt = p.At
		if seen.first.IsZero() {
			seen.first = p.At
		}
	}
	if seen.enough.IsZero() {
		if ok, hold := w.worth(c, seen); ok && hold > 0 {
			seen.enough = w.now()
		}
	}
}

// worth is what the proofs of the browser that holds a case are worth, by the words of the requirements.
func (w *world) worth(c *recovery.Case, seen *seenCase) (enough bool, hold time.Duration) {
	s := recovery.Situation{Unusual: c.Facts.Environment.Unusual}
	if seen.account == recent && w.now().Before(start.Add(5*24*time.Hour)) {
		s.Distrusted = []string{"phone"}
	}
	has := func(method string) bool {
		return slices.ContainsFunc(c.Facts.Proofs, func(p recovery.Proof) bool {
			if p.Holder != c.Facts.Holder {
				return false
			}
			if p.Method != "card" {
				return p.Method == method
			}
			own := slices.Contains(p.Rests, recovery.RestsOnCard("own"))
			return own && method == "card, own number" || !own && method == "card, other number"
		})
	}
	enough, hold, _ = oracle(has, s)
	return enough, hold
}

// checkDecision is the bar.
func (w *world) checkDecision(c *recovery.Case, seen *seenCase) {
	enough, hold := w.worth(c, seen)
	if !enough {
		w.r.Fatalf("below the bar: %+v", c.Facts.Proofs)
	}
	if hold > 0 && (seen.enough.IsZero() || w.now().Before(seen.enough.Add(hold))) {
		w.r.Fatalf("decided at %v, enough since %v, to be held for %v", w.now(), seen.enough, hold)
	}
}

// checkTold looks for the letters of a reset: its start not a day before its first proof, and its end.
func (w *world) checkTold(c *recovery.Case, seen *seenCase) {
	account, err := w.real.Account(context.Background(), c.Facts.Account)
	if err != nil {
		w.r.Fatalf("%v", err)
	}
	letters := w.sent("")
	for _, address := range account.Addresses {
		started := slices.ContainsFunc(letters, func(l recovery.Letter) bool {
			of := w.cases[l.Case]
			return l.Purpose == recovery.PurposeStarted && l.To == address.To && of != nil && !of.first.IsZero() && of.first.After(seen.first.Add(-24*time.Hour))
		})
		done := slices.ContainsFunc(letters, func(l recovery.Letter) bool {
			return l.Purpose == recovery.PurposeDone && l.To == address.To && l.Case == c.ID && l.Stop != ""
		})
		if address.Removed.IsZero() && address.Trouble == wallet.None && (!started || !done) {
			w.r.Fatalf("%s was told of the start: %v, of the end: %v", address.To, started, done)
		}
	}
}

// checkLimits counts what was looked at in any stretch of time.
func (w *world) checkLimits() {
	for what, times := range w.tries {
		method, _, _ := strings.Cut(what, " ")
		for _, limit := range w.policy.Methods[method].Tries {
			for i := limit.Max; i < len(times); i++ {
				if times[i].Sub(times[i-limit.Max]) < limit.Within {
					w.r.Fatalf("%s: more than %d tries in %v", what, limit.Max, limit.Within)
				}
			}
		}
	}
	for id, n := range w.codes {
		if n > w.policy.CodeTries {
			w.r.Fatalf("%d tries at the code %s", n, id)
		}
	}
}
