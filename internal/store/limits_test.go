package store

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"zhaohui/internal/problem"
	"zhaohui/internal/recovery"
	"zhaohui/internal/throttle"
)

func take(tb testing.TB, cases *Cases, at time.Time, limits ...throttle.Limit) error {
	tb.Helper()
	return cases.Do(tb.Context(), func(tx recovery.Tx) error { return tx.Take(at, limits...) })
}

// Of 200 tries at the same time exactly the allowed ones are counted, whatever else is counted with them.
func TestR4_parallelTriesGetExactlyTheAllowed(t *testing.T) {
	OnBoth(t, func(t *testing.T, db *DB) {
		cases, _ := newCases(db)
		limits := [][]throttle.Limit{
			{{Key: "tries", Max: 5, Within: time.Hour}, {Key: "network", Max: 1000, Within: time.Hour}},
			{{Key: "network", Max: 1000, Within: time.Hour}, {Key: "tries", Max: 5, Within: time.Hour}},
		}
		var wait sync.WaitGroup
		var mu sync.Mutex
		outcomes := map[problem.Kind]int{}
		for i := range 200 {
			wait.Go(func() {
				err := take(t, cases, noon.Add(time.Duration(i)*time.Millisecond), limits[i%2]...)
				mu.Lock()
				defer mu.Unlock()
				outcomes[problem.KindOf(err)]++
				if err != nil && problem.KindOf(err) != problem.KindThrottled {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		if outcomes[problem.KindUnknown] != 5 || outcomes[problem.KindThrottled] != 195 {
			t.Errorf("outcomes %v", outcomes)
		}
		var n int
		if err := db.read().QueryRow(`SELECT COUNT(*) FROM throttle_use WHERE key = 'network'`).Scan(&n); err != nil || n != 5 {
			t.Errorf("the other limit counted %d (%v)", n, err)
		}
	})
}

func TestR3_triesInARowUntilCleared(t *testing.T) {
	OnBoth(t, func(t *testing.T, db *DB) {
		cases, _ := newCases(db)
		limits := []throttle.Limit{{Key: "row", Max: 3}, {Key: "row", Max: 100, Within: time.Hour}}
		for i := range 3 {
			if err := take(t, cases, noon.Add(time.Duration(i)*time.Hour), limits...); err != nil {
				t.Fatal(err)
			}
		}
		for range 2 {
			err := take(t, cases, noon.Add(1000*time.Hour), limits...)
			if refused, ok := errors.AsType[throttle.Refused](err); !ok || refused.Limit != limits[0] || !refused.Until.IsZero() {
				t.Fatalf("the fourth in a row gives %v", err)
			}
		}
		do(t, cases, func(tx recovery.Tx) error { return tx.Clear("row", "unknown") })
		for i := range 4 {
			if err := take(t, cases, noon.Add(2000*time.Hour), limits...); (err == nil) != (i < 3) {
				t.Errorf("try %d after clearing: %v", i, err)
			}
		}
	})
}

func TestTake_slidingWindow(t *testing.T) {
	OnBoth(t, func(t *testing.T, db *DB) {
		cases, _ := newCases(db)
		day := throttle.Limit{Key: "k", Max: 3, Within: 24 * time.Hour}
		minute := throttle.Limit{Key: "k", Max: 1, Within: time.Minute}
		for _, step := range []struct {
			after time.Duration
			until time.Duration // 0 is allowed
			limit throttle.Limit
		}{
			{after: 0},
			{after: 59 * time.Second, until: time.Minute, limit: minute},
			{after: time.Minute},
			{after: 10 * time.Hour},
			{after: 10*time.Hour + time.Second, until: 24 * time.Hour, limit: day},
			{after: 24*time.Hour - time.Millisecond, until: 24 * time.Hour, limit: day},
			{after: 24 * time.Hour},
			{after: 24*time.Hour + time.Minute},
			{after: 30 * time.Hour, until: 34 * time.Hour, limit: day},
			{after: 34 * time.Hour},
		} {
			left, err := cases.Left(t.Context(), noon.Add(step.after), day, minute)
			if err != nil || (left > 0) != (step.until == 0) {
				t.Errorf("after %v %d are left (%v)", step.after, left, err)
			}
			err = take(t, cases, noon.Add(step.after), day, minute)
			refused, ok := errors.AsType[throttle.Refused](err)
			switch {
			case step.until == 0 && err != nil, step.until != 0 && !ok:
				t.Errorf("after %v: %v", step.after, err)
			case ok && (!refused.Until.Equal(noon.Add(step.until)) || refused.Limit != step.limit):
				t.Errorf("after %v: refused by %v until %v, want %v until %v", step.after, refused.Limit, refused.Until.Sub(noon), step.limit, step.until)
			}
		}
	})
}

func TestLeft_ofAllLimits(t *testing.T) {
	OnBoth(t, func(t *testing.T, db *DB) {
		cases, _ := newCases(db)
		limits := []throttle.Limit{{Key: "a", Max: 5, Within: time.Hour}, {Key: "b", Max: 4}, {Key: "a", Max: 9, Within: 24 * time.Hour}}
		for _, want := range []int{4, 3, 2} {
			for range 2 { // looking counts nothing
				if left, err := cases.Left(t.Context(), noon, limits...); err != nil || left != want {
					t.Errorf("%d left, want %d (%v)", left, want, err)
				}
			}
			if err := take(t, cases, noon, limits...); err != nil {
				t.Fatal(err)
			}
		}
		do(t, cases, func(tx recovery.Tx) error { return tx.Clear("b") })
		if left, err := cases.Left(t.Context(), noon, limits...); err != nil || left != 2 {
			t.Errorf("%d left after clearing (%v)", left, err)
		}
		if left, err := cases.Left(t.Context(), noon.Add(time.Hour), limits...); err != nil || left != 4 {
			t.Errorf("%d left after an hour (%v)", left, err)
		}
	})
}

func TestTake_allOrNone(t *testing.T) {
	OnBoth(t, func(t *testing.T, db *DB) {
		cases, _ := newCases(db)
		wide := throttle.Limit{Key: "a-wide", Max: 2, Within: time.Hour}
		narrow := throttle.Limit{Key: "b-narrow", Max: 1, Within: time.Hour}
		row := throttle.Limit{Key: "c-row", Max: 2}
		if err := take(t, cases, noon, narrow); err != nil {
			t.Fatal(err)
		}
		do(t, cases, func(tx recovery.Tx) error { // a caller that goes on after a refusal
			for range 5 {
				if err := tx.Take(noon.Add(time.Second), wide, row, narrow); problem.KindOf(err) != problem.KindThrottled {
					t.Errorf("got %v", err)
				}
			}
			return nil
		})
		for i := range 3 {
			if err := take(t, cases, noon.Add(2*time.Second), wide, row); (err == nil) != (i < 2) {
				t.Errorf("use %d after refusals: %v", i, err)
			}
		}
		if err := take(t, cases, noon, throttle.Limit{Key: "closed", Max: 0, Within: time.Hour}); problem.KindOf(err) != problem.KindThrottled {
			t.Errorf("a limit of none gives %v", err)
		}
		// One key in several limits is one use, however often it is named.
		if err := take(t, cases, noon, throttle.Limit{Key: "same", Max: 2, Within: time.Hour}, throttle.Limit{Key: "same", Max: 2, Within: time.Minute}); err != nil {
			t.Error(err)
		}
		var n int
		if err := db.read().QueryRow(`SELECT COUNT(*) FROM throttle_use WHERE key = 'same'`).Scan(&n); err != nil || n != 1 {
			t.Errorf("%d rows for one use (%v)", n, err)
		}
	})
}

// Whatever happens in whatever order: a use is counted exactly if a plain list of the uses says that it may be.
func TestTake_isAsExactAsAList(t *testing.T) {
	db := OpenSQLite(t)
	cases, _ := newCases(db)
	round := 0
	rapid.Check(t, func(t *rapid.T) {
		round++
		limits := []throttle.Limit{
			{Key: fmt.Sprint("x", round), Max: rapid.IntRange(1, 3).Draw(t, "max"), Within: 10 * time.Second},
			{Key: fmt.Sprint("x", round), Max: rapid.IntRange(1, 5).Draw(t, "max"), Within: 30 * time.Second},
			{Key: fmt.Sprint("y", round), Max: rapid.IntRange(1, 3).Draw(t, "max"), Within: 20 * time.Second},
		}
		uses := map[string][]time.Time{}
		at := noon
		for range rapid.IntRange(1, 20).Draw(t, "uses") {
			at = at.Add(time.Duration(rapid.IntRange(0, 15).Draw(t, "wait")) * time.Second)
			want := true
			for _, l := range limits {
				n := 0
				for _, use := range uses[l.Key] {
					if use.After(at.Add(-l.Within)) {
						n++
					}
				}
				want = want && n < l.Max
			}
			err := cases.Do(t.Context(), func(tx recovery.Tx) error { return tx.Take(at, limits...) })
			if (err == nil) != want {
				t.Fatalf("at %v: %v, want allowed: %v", at.Sub(noon), err, want)
			}
			if refused, ok := errors.AsType[throttle.Refused](err); ok && !refused.Until.After(at) {
				t.Fatalf("refused until %v, which is past", refused.Until)
			}
			if err == nil {
				for _, key := range []string{limits[0].Key, limits[2].Key} {
					uses[key] = append(uses[key], at)
				}
			}
			if rapid.Bool().Draw(t, "prune") {
				if _, err := cases.Prune(t.Context(), at, 100); err != nil {
					t.Fatal(err)
				}
			}
		}
	})
}

func TestOnce_aTime(t *testing.T) {
	OnBoth(t, func(t *testing.T, db *DB) {
		cases, _ := newCases(db)
		once := func(after time.Duration) (first bool) {
			do(t, cases, func(tx recovery.Tx) (err error) {
				first, err = tx.Once(noon.Add(after), "announced", 24*time.Hour)
				return err
			})
			return first
		}
		for _, step := range []struct {
			after time.Duration
			want  bool
		}{{0, true}, {time.Second, false}, {24*time.Hour - time.Millisecond, false}, {24 * time.Hour, true}, {47 * time.Hour, false}} {
			if got := once(step.after); got != step.want {
				t.Errorf("after %v: %v", step.after, got)
			}
		}
		var wait sync.WaitGroup
		var mu sync.Mutex
		firsts := 0
		for range 20 {
			wait.Go(func() {
				var first bool
				err := cases.Do(t.Context(), func(tx recovery.Tx) (err error) {
					first, err = tx.Once(noon.Add(100*time.Hour), "announced", 24*time.Hour)
					return err
				})
				mu.Lock()
				defer mu.Unlock()
				if err != nil {
					t.Error(err)
				} else if first {
					firsts++
				}
			})
		}
		wait.Wait()
		if firsts != 1 {
			t.Errorf("%d were first", firsts)
		}
	})
}

func TestPrune_leavesWhatCounts(t *testing.T) {
	OnBoth(t, func(t *testing.T, db *DB) {
		cases, _ := newCases(db)
		short := throttle.Limit{Key: "short", Max: 1, Within: time.Minute}
		long := throttle.Limit{Key: "long", Max: 1, Within: time.Hour}
		row := throttle.Limit{Key: "row", Max: 1}
		if err := take(t, cases, noon, short, long, row); err != nil {
			t.Fatal(err)
		}
		do(t, cases, func(tx recovery.Tx) error { _, err := tx.Once(noon, "once", time.Minute); return err })
		if n, err := cases.Prune(t.Context(), noon.Add(2*time.Minute), 100); err != nil || n != 3 {
			t.Errorf("pruned %d, %v, want the short use, its head and what happened once", n, err)
		}
		for limit, want := range map[throttle.Limit]bool{short: true, long: false, row: false} {
			if err := take(t, cases, noon.Add(3*time.Minute), limit); (err == nil) != want {
				t.Errorf("%s after pruning: %v", limit.Key, err)
			}
		}
	})
}
