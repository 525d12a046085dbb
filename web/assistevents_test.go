package web

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
)

func TestEvents_oneQuestionForAllPagesThatWait(t *testing.T) {
	var asked [][]string
	version, fails := int64(4), error(nil)
	w := &caseWatch{asking: true, // the test asks itself
		failed: func(error) {}, versions: func(_ context.Context, ids []string) (map[string]int64, error) {
			asked = append(asked, slices.Clone(ids))
			return map[string]int64{"a": version, "b": 9}, fails
		}}
	var waiting []*stream
	for range mostStreams {
		waiting = append(waiting, w.join("a"))
	}
	if w.join("a") != nil {
		t.Fatal("more pages wait than may")
	}
	w.leave(waiting[0])
	other := w.join("b")
	if !w.ask() || fmt.Sprint(asked) != "[[a b]]" {
		t.Fatalf("asked %v", asked)
	}
	if got := <-waiting[1].moved; got != 4 || <-other.moved != 9 {
		t.Errorf("told %d", got)
	}
	w.ask()
	for version = 5; version < 8; version++ { // nobody listens: only the newest is kept
		w.ask()
	}
	if got := <-waiting[1].moved; got != 7 || len(waiting[1].moved) != 0 || len(other.moved) != 0 {
		t.Errorf("told %d", got)
	}
	if fails = errors.New("no database"); !w.ask() {
		t.Error("a failing database ends the poller")
	}
	for s := range w.streams {
		w.leave(s)
	}
	if w.ask() || w.asking {
		t.Error("the poller goes on though nobody waits")
	}
}
