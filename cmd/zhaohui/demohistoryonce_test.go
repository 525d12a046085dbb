package main

import (
	"testing"

	"zhaohui/internal/recovery"
)

// A past that was written before is not written again, and while one is written nobody else tends what it does.
func TestDemo_historyIsWrittenOnce(t *testing.T) {
	_, r, _ := pastOf(t, 3, 1)
	again, p := newDemonstration(), &portal{}
	if err := again.planPast(p, building{}, r, recovery.Deps{}, nil); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = again.endPast() })
	if past := again.Past(); again.past.prepare != nil || !past.Ended || past.Written < 1 {
		t.Errorf("%+v is written", past)
	}
	if again.writesPast() {
		t.Error("it writes before anybody wants to see it")
	}
	h := &history{}
	again.past.begun.Store(h)
	if !again.writesPast() {
		t.Error("while it is written, others tend its tickets")
	}
	if h.ends.Store(true); again.writesPast() {
		t.Error("once it ended, nobody tends its tickets")
	}
}
