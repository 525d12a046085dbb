package recovery_test

import (
	"context"
	"flag"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"zhaohui/internal/problem"
	"zhaohui/internal/recovery"
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
//
// On PostgreSQL, where a run takes up to three times as long, a fifth of them is made.
func TestModel_whateverHappensTheRulesHold(t *testing.T) {
	policy := defaultPolicy(t)
	t.Run("sqlite", func(t *testing.T) {
		model(t, func(f failer) *office { return openOfficeWith(t, f, policy) })
	})
	t.Run("postgres", func(t *testing.T) {
		checks := flag.Lookup("rapid.checks").Value
		all := checks.String()
		n, err := strconv.Atoi(all)
		if err == nil {
			err = checks.Set(strconv.Itoa(max(1, n/5)))
		}
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = checks.Set(all) }() // it was read from there
		model(t, manyPostgres(t, policy))
	})
}

func model(t *testing.T, open func(f failer) *office) {
	t.Helper()
	runs := 0
	reached := map[string]int{}
	rapid.Check(t, func(r *rapid.T) {
		runs++
		w := &world{office: open(r), r: r, cases: map[string]*seenCase{}, tries: map[string][]time.Time{},
			codes: map[string]int{}, known: map[string][]string{}, who: map[string]bool{}}
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
