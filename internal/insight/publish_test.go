package insight

import (
	"fmt"
	"testing"
	"time"
)

func TestShow_hidesAFewAndRoundsTheRest(t *testing.T) {
	for n, want := range map[int64]Number{-1: 0, 0: 0, 1: AFew, 4: AFew, 5: 5, 7: 5, 8: 10, 12: 10, 13: 15, 1003: 1005} {
		if got := Show(n); got != want {
			t.Errorf("%d is shown as %d, want %d", n, got, want)
		}
	}
}

// Whatever parts a total has, what is shown of all others and of the total never says how many the hidden part has.
func TestShow_aTotalDoesNotGiveAwayItsHiddenPart(t *testing.T) {
	for other := int64(0); other < 60; other++ {
		if other > 0 && other < Few {
			continue // hidden as well
		}
		possible := map[[2]Number]int{}
		for few := int64(1); few < Few; few++ {
			possible[[2]Number{Show(other), Show(other + few)}]++
		}
		for seen := range possible { // who sees these two knows only that the other part is one of the numbers around
			hidden := map[int64]bool{}
			for near := max(other-2, 5); near <= other+2; near++ {
				for few := int64(1); few < Few; few++ {
					if Show(near) == seen[0] && Show(near+few) == seen[1] {
						hidden[few] = true
					}
				}
			}
			if other >= Few && len(hidden) < 2 {
				t.Errorf("%d and a total of %d leave only %v", seen[0], seen[1], hidden)
			}
		}
	}
}

// Rows that look alike do not stand in the order of what is hidden.
func TestShow_theOrderSaysNoMoreThanTheNumbers(t *testing.T) {
	few := map[string]int64{"a": 1, "b": 4, "c": 13, "d": 17, "e": 0}
	one := &summing{sums: Counts{}}
	for name, n := range few {
		one.sums[Key{Measure: StopShown, A: name}] = n
	}
	var lines []string
	for _, line := range one.lines(StopShown, func(k Key) (Line, bool) { return Line{A: k.A}, true }) {
		lines = append(lines, line.A)
	}
	want := "[c d a b e]"
	if got := fmt.Sprint(lines); got != want {
		t.Errorf("lines are %s, want %s", got, want)
	}
	if got := fmt.Sprint(most(few, func(n int64) int64 { return n })); got != want {
		t.Errorf("rows are %s, want %s", got, want)
	}
}

func TestShare_onlyOfNumbersThatAreNotSmall(t *testing.T) {
	for _, c := range []struct {
		n, of   Number
		percent int
		ok      bool
	}{{15, 20, 75, true}, {5, 15, 0, false}, {AFew, 100, 0, false}, {0, 100, 0, true}, {100, 100, 100, true}, {105, 100, 0, false}} {
		if percent, ok := c.n.Share(c.of); percent != c.percent || ok != c.ok {
			t.Errorf("%d of %d: %d, %v", c.n, c.of, percent, ok)
		}
	}
}

func TestTimes_quantilesComeFromBuckets(t *testing.T) {
	var times Times
	for i := range 100 {
		times.add(Bucket(time.Duration(i+1)*time.Minute), 1)
	}
	for share, want := range map[float64]time.Duration{.5: 50 * time.Minute, .9: 90 * time.Minute} {
		if got := times.Quantile(share); got < want*85/100 || got > want*115/100 {
			t.Errorf("%v of all took at most %v, want about %v", share, got, want)
		}
	}
	var few Times
	few.add(Bucket(time.Hour), 9)
	if few.Quantile(.5) != 0 {
		t.Error("the time of nine people is shown")
	}
	if few.add(Bucket(time.Hour), 1); few.Quantile(.5) == 0 || few.Quantile(.9) != 0 {
		t.Error("ten people have a median, and no more")
	}
	var all, parts int64 = times.Total(), 0
	from := time.Duration(0)
	for _, to := range append(Takes(), 1<<63-1) {
		parts, from = parts+times.Within(from, to), to
	}
	if parts != all {
		t.Errorf("%d of %d are in a range", parts, all)
	}
}
