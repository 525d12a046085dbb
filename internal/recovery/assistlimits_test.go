package recovery_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	embedded "zhaohui/content"
	"zhaohui/internal/content"
	"zhaohui/internal/problem"
	"zhaohui/internal/recovery"
	"zhaohui/internal/store"
)

// trailed is an office whose trail can be read.
func trailed(t *testing.T) (o *office, told func(kind string) []recovery.Event) {
	t.Helper()
	var trail []recovery.Event
	o = openOffice(t)
	o.cases = &crashing{Store: store.NewCases(o.db, store.CaseDeps{Seal: keys.Box("records"), DueAt: o.policy.DueAt,
		Compose: func(l recovery.Letter) (string, string, error) {
			raw, err := json.Marshal(l)
			return "", string(raw), err
		},
		Enqueue: func(ctx context.Context, tx *sql.Tx, kind, id string) error {
			_, err := tx.ExecContext(ctx, `INSERT INTO test_job VALUES ($1, $2)`, kind, id)
			return err
		},
		Record: func(_ context.Context, _ *sql.Tx, events []recovery.Event) error {
			trail = append(trail, events...)
			return nil
		}})}
	o.restart()
	return o, func(kind string) []recovery.Event {
		return slices.DeleteFunc(slices.Clone(trail), func(e recovery.Event) bool { return e.Kind != kind })
	}
}

// Nobody helps in a case that is over: neither whoever comes late with its number, nor whoever was there.
func TestP1_nobodyHelpsInACaseThatIsOver(t *testing.T) {
	o := openOffice(t)
	h := o.helper(t)
	v := o.come("backup", full)
	number := v.look().Resume
	v.joined(t, h, lin)
	o.advance(16 * time.Minute) // it ran out, and nobody tended it yet
	if _, err := h.Join(t.Context(), number, zhu); problem.KindOf(err) != problem.KindNotFound {
		t.Errorf("join what ran out: %v", err)
	}
	if err := h.Suggest(t.Context(), v.key.Case, lin, "sms"); problem.KindOf(err) != problem.KindNotFound {
		t.Errorf("advise in what ran out: %v", err)
	}
	if b, err := h.Banner(t.Context(), v.key); err != nil || b != nil && b.Waiting {
		t.Errorf("%+v, %v", b, err)
	}
	stopped := o.come("backup", full)
	stopped.joined(t, h, lin)
	if err := o.Cancel(t.Context(), stopped.key, home); err != nil {
		t.Fatal(err)
	}
	if b, err := h.Banner(t.Context(), stopped.key); b != nil || err != nil {
		t.Errorf("the words of a case that was given up: %+v, %v", b, err)
	}
}

// P1: who relieves another agent begins anew: with words of their own, and with records and numbers that are closed. The trail
// says who came and who went.
func TestP1_whoRelievesAnotherOpensTheRecordsAnew(t *testing.T) {
	o, told := trailed(t)
	h, v := o.helper(t), o.come("mail", full)
	v.prove("mail")
	first := v.joined(t, h, lin)
	if err := h.OpenRecords(t.Context(), v.key.Case, lin, "check"); err != nil {
		t.Fatal(err)
	}
	if err := h.ShowNumber(t.Context(), v.key.Case, lin, first.Numbers[0].ID); err != nil {
		t.Fatal(err)
	}
	second := v.joined(t, h, zhu)
	if second.Opened || second.Numbers[0].Full != "" || second.Word["zh"] == first.Word["zh"] {
		t.Errorf("the second begins with what the first one saw: %+v", second)
	}
	if _, err := h.Look(t.Context(), v.key.Case, lin); problem.KindOf(err) != problem.KindNotFound {
		t.Errorf("who was relieved still looks: %v", err)
	}
	var who []string
	for _, e := range append(told("assist-joined"), told("assist-ended")...) {
		who = append(who, e.Actor+" "+e.Data["why"])
	}
	if got := strings.Join(who, ","); got != "agent:agent-lin ,agent:agent-zhu ,agent:agent-lin relieved" {
		t.Errorf("the trail: %s", got)
	}
}

// P1: each record that is opened and each number that is shown in full stands in the trail, with who and why.
func TestP1_whatAnAgentOpensStandsInTheTrail(t *testing.T) {
	o, told := trailed(t)
	h, v := o.helper(t), o.come("mail", full)
	v.prove("mail")
	number := v.joined(t, h, lin).Numbers[0].ID
	if err := h.OpenRecords(t.Context(), v.key.Case, lin, "complaint"); err != nil {
		t.Fatal(err)
	}
	if err := h.ShowNumber(t.Context(), v.key.Case, lin, number); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range told("record-viewed") {
		if e.Actor != "agent:"+lin || e.Case != v.key.Case {
			t.Errorf("%+v", e)
		}
		got = append(got, e.Data["record"]+" "+e.Data["reason"])
	}
	if want := "name complaint,banks complaint,age complaint,number call-back"; strings.Join(got, ",") != want {
		t.Errorf("the trail has %v", got)
	}
}

// A number is shown after a proof, and only one that has been on record for thirty days and that nothing is wrong with: two
// minutes before is too early.
func TestP1_aNumberIsCalledBackAfterThirtyDaysOnRecord(t *testing.T) {
	o := openOffice(t)
	h := o.helper(t)
	account, err := o.real.Account(t.Context(), "acct-recent")
	if err != nil {
		t.Fatal(err)
	}
	phone := *recovery.Current(&account, "phone")
	unproved := o.come("mail", full)
	sight := unproved.joined(t, h, lin)
	other, err := o.real.Account(t.Context(), "acct-full")
	if err != nil || len(sight.Numbers) > 0 {
		t.Fatalf("numbers before a proof: %+v, %v", sight.Numbers, err)
	}
	err = h.ShowNumber(t.Context(), unproved.key.Case, lin, recovery.Current(&other, "phone").ID)
	if problem.KindOf(err) != problem.KindDenied {
		t.Errorf("a number before a proof: %v", err)
	}
	young := func() (*visitor, bool) {
		t.Helper()
		v := o.come("mail", recent)
		v.prove("mail")
		sight := v.joined(t, h, lin)
		err := h.ShowNumber(t.Context(), v.key.Case, lin, phone.ID)
		if (err == nil) != (len(sight.Numbers) == 1) || err != nil && problem.KindOf(err) != problem.KindInvalid {
			t.Errorf("%+v are offered, shown: %v", sight.Numbers, err)
		}
		return v, err == nil
	}
	o.ahead.Store(int64(phone.Since.Add(30*24*time.Hour - 2*time.Minute).Sub(start)))
	v, shown := young()
	said := asked()
	said.Number, said.Reached = phone.ID, true
	if err := h.OpenRecords(t.Context(), v.key.Case, lin, "check"); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Check(t.Context(), v.key.Case, lin, said); shown || problem.KindOf(err) != problem.KindInvalid {
		t.Errorf("just before thirty days: shown %t, called back: %v", shown, err)
	}
	o.ahead.Store(int64(phone.Since.Add(30 * 24 * time.Hour).Sub(start)))
	if _, shown := young(); !shown {
		t.Error("after thirty days it is not shown")
	}
}

// One wrong answer is one too many, however many are right; and a number that was called in vain makes no call-back.
func TestR1_oneMismatchFailsTheCheckAndACallInVainIsNone(t *testing.T) {
	o := openOffice(t)
	h, v := o.helper(t), o.come("mail", full)
	v.prove("mail")
	number := v.joined(t, h, lin).Numbers[0].ID
	done := v.check(t, h, asked("banks", recovery.AnswerMatch, "age", recovery.AnswerMismatch))
	if done.Passed || done.Match != 5 || done.Mismatch != 1 {
		t.Errorf("five right and one wrong: %+v", done)
	}
	said := asked()
	said.Number = number
	if done = v.check(t, h, said); !done.Passed || done.Called || done.Counted != recovery.ClassKnowledge {
		t.Errorf("nobody was reached: %+v", done)
	}
	if _, err := h.Check(t.Context(), v.key.Case, lin, said); problem.KindOf(err) != problem.KindDenied {
		t.Errorf("a check while one waits to be taken over: %v", err)
	}
	v.accept(t, h)
	if err := h.OpenRecords(t.Context(), v.key.Case, lin, "check"); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Check(t.Context(), v.key.Case, lin, said); v.look().Verdict == nil || problem.KindOf(err) != problem.KindDenied {
		t.Errorf("a check once the route is enough: %v", err)
	}
	if err := h.Suggest(t.Context(), v.key.Case, lin, "backup"); problem.KindOf(err) != problem.KindInvalid {
		t.Errorf("advice once the route is enough: %v", err)
	}
}

// Only the browser that runs the case takes a check over, and only while the case is where it was when it was asked; a second
// screen does not hear of it. Who is reached at all is told (requirement R7).
func TestR1_onlyTheOwnersBrowserTakesACheckOver(t *testing.T) {
	o := openOffice(t)
	h, v := o.helper(t), o.come("backup", full)
	v.prove("backup")
	handed, err := o.HandOff(t.Context(), v.key, home)
	if err != nil {
		t.Fatal(err)
	}
	if v.key.Token = handed.Token; v.key.Token == "" {
		t.Fatal("the owner's browser got no token")
	}
	screen := &visitor{o: o, t: t, client: strange}
	if screen.key, err = o.Join(t.Context(), v.key.Case, handed.Secret, strange); err != nil {
		t.Fatal(err)
	}
	v.joined(t, h, lin)
	v.check(t, h, asked())
	for key, waits := range map[recovery.Key]bool{v.key: true, screen.key: false} {
		if b, err := h.Banner(t.Context(), key); err != nil || b == nil || b.Waiting != waits {
			t.Errorf("%+v, %v; waits: %t", b, err, waits)
		}
	}
	if fresh, err := h.Accept(t.Context(), screen.key, strange); fresh != "" || problem.KindOf(err) != problem.KindDenied {
		t.Errorf("the second screen takes it over: %v", err)
	}
	guest, err := o.Resume(t.Context(), v.look().Resume, strange)
	if err != nil {
		t.Fatal(err)
	}
	if fresh, err := h.Accept(t.Context(), guest, strange); fresh != "" || problem.KindOf(err) != problem.KindDenied {
		t.Errorf("whoever has the number takes it over: %v", err)
	}
	v.accept(t, h)
}

// A check that was passed while another browser ran the case is nobody's: who answered is elsewhere.
func TestR1_aCheckStaysWithWhoAnswered(t *testing.T) {
	o := openOffice(t)
	h, v := o.helper(t), o.come("mail", full)
	v.prove("mail")
	v.joined(t, h, lin)
	v.check(t, h, asked())
	o.advance(2 * time.Minute) // until another code may be sent
	guest := &visitor{o: o, t: t, client: strange}
	var err error
	if guest.key, err = o.Resume(t.Context(), v.look().Resume, strange); err != nil {
		t.Fatal(err)
	}
	if err := o.Again(t.Context(), guest.key, "mail", strange); err != nil {
		t.Fatal(err)
	}
	guest.pass("mail-code", "code", guest.letter().Code) // takes the case over
	if sight := guest.look(); sight.Role != recovery.Owner {
		t.Fatalf("%+v", sight)
	}
	fresh, err := h.Accept(t.Context(), guest.key, strange)
	if fresh != "" || err != nil || len(guest.look().Proofs) != 1 {
		t.Errorf("took over what another browser was asked: %q, %v, %+v", fresh, err, guest.look().Proofs)
	}
}

// The two words are two different ones, and any of them can stand first.
func TestA11_theWordsAreDrawnFromAllOfThem(t *testing.T) {
	rules, problems := content.ReadAssist(embedded.Files(), "wallet", "zh", "en")
	if rules == nil {
		t.Fatal(problems)
	}
	few := *rules
	few.Words = []map[string]string{{"zh": "苹果", "en": "apple"}, {"zh": "核桃", "en": "walnut"}}
	o := openOffice(t)
	h, v := recovery.NewAssistance(o.Service, &few, o.cases.Store.(*store.Cases)), o.come("backup", full)
	drawn := map[string]bool{}
	for i := range 40 {
		drawn[v.joined(t, h, fmt.Sprint("agent", i)).Word["en"]] = true
	}
	if len(drawn) != 2 || !drawn["apple walnut"] || !drawn["walnut apple"] {
		t.Errorf("drawn were %v", drawn)
	}
}

// What an agent does to a case has an end, and a link goes only where the customer could turn to the mailbox themselves.
func TestR5_whatAnAgentDoesHasAnEnd(t *testing.T) {
	o := openOffice(t)
	h, v := o.helper(t), o.come("sms", full)
	v.joined(t, h, lin)
	var err error
	for range 200 {
		if err = h.Suggest(t.Context(), v.key.Case, lin, "mail"); err != nil {
			break
		}
	}
	if err == nil {
		err = h.Suggest(t.Context(), v.key.Case, lin, "mail")
	}
	if problem.KindOf(err) != problem.KindThrottled {
		t.Errorf("advice without end: %v", err)
	}
	nameless := o.begin("sms")
	nameless.joined(t, h, lin)
	for what, do := range map[string]func() error{
		"advice":        func() error { return h.Suggest(t.Context(), nameless.key.Case, lin, "mail") },
		"a mailed link": func() error { return h.SendLink(t.Context(), nameless.key.Case, lin) },
	} {
		if err := do(); problem.KindOf(err) != problem.KindInvalid {
			t.Errorf("%s before an account was named: %v", what, err)
		}
	}
	mailed := o.come("mail", full)
	mailed.joined(t, h, lin)
	letters := len(o.sent(""))
	if err := h.SendLink(t.Context(), mailed.key.Case, lin); problem.KindOf(err) != problem.KindInvalid || len(o.sent("")) != letters {
		t.Errorf("a link while the mailbox is asked for a code: %v", err)
	}
}

// The words go when the help does, also where nobody pressed anything.
func TestP1_theWordsGoWithTheHelp(t *testing.T) {
	o := openOffice(t)
	h, v := o.helper(t), o.come("sms", full)
	v.joined(t, h, lin)
	for range 3 { // the customer goes on trying
		if b, err := h.Banner(t.Context(), v.key); err != nil || b == nil || b.Word["zh"] == "" {
			t.Errorf("%+v, %v", b, err)
		}
		o.advance(10 * time.Minute)
		v.say("sms-code", "code", "000000")
	}
	if b, err := h.Banner(t.Context(), v.key); b != nil || err != nil {
		t.Errorf("after half an hour: %+v, %v", b, err)
	}
}
