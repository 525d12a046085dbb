package main

import (
	"slices"
	"testing"
)

const all = "all@demo.example"

// journey is one channel, with what is proved beside it, and the steps that it must lead over.
type journey struct {
	name, channel string
	prefer        []string
	card          string
	over          []string
}

var journeys = []journey{
	{"L01", "current", []string{"mail"}, "", []string{"account", "first", "mail-code", "current", "password", "done"}},
	{"L02", "sms", []string{"mail"}, "", []string{"account", "sms-code", "next", "mail-code", "password", "done"}},
	{"L03", "mail", []string{"authenticator"}, "",
		[]string{"account", "mail-code", "next", "authenticator", "password", "done"}},
	{"L04", "questions", []string{"backup", "mail"}, "",
		[]string{"account", "first", "backup", "questions", "password", "done"}},
	{"L05", "backup", []string{"sms"}, "", []string{"account", "backup", "next", "sms-code", "password", "done"}},
	{"L06 app", "authenticator", []string{"authenticator", "mail"}, "",
		[]string{"account", "first", "authenticator", "next", "mail-code", "password", "done"}},
	{"L06 recovery code", "authenticator", []string{"recoverycodes", "sms"}, "",
		[]string{"account", "first", "recovery-code", "next", "sms-code", "password", "done"}},
	{"L07", "identity", []string{"mail"}, "",
		[]string{"account", "identity", "slider", "next", "mail-code", "password", "done"}},
	{"L08 state-owned", "card", []string{"mail"}, "card-1",
		[]string{"account", "first", "mail-code", "card", "card-code", "card-check", "password", "done"}},
	{"L08 joint-stock", "card", []string{"recoverycodes"}, "card-2",
		[]string{"account", "first", "recovery-code", "card", "card-wait", "card-code", "card-check", "password", "done"}},
	{"L08 city", "card", []string{"mail"}, "card-3",
		[]string{"account", "first", "mail-code", "card", "card-wait", "card-code", "card-check", "password", "done"}},
}

func (j journey) customer(t *testing.T, s *liveSite, h hands) *customer {
	c := newCustomer(t, s, h, all, j.prefer...)
	c.card = j.card
	return c
}

func TestBrowserLive_EveryChannelSetsANewPassword(t *testing.T) {
	t.Parallel()
	for _, j := range journeys {
		t.Run(j.name, func(t *testing.T) {
			t.Parallel()
			s := openLiveSite(t)
			c := j.customer(t, s, openScreen(t, s))
			c.recover(j.channel)
			if !slices.Equal(c.steps, j.over) {
				t.Errorf("went over %v, want %v", c.steps, j.over)
			}
		})
	}
}

func TestNoScriptLive_EveryChannelSetsANewPassword(t *testing.T) {
	t.Parallel()
	for _, j := range journeys {
		t.Run(j.name, func(t *testing.T) {
			t.Parallel()
			s := openLiveSite(t)
			c := j.customer(t, s, openReader(t, s))
			c.recover(j.channel)
			over := slices.Clone(j.over)
			if i := slices.Index(over, "slider"); i >= 0 { // the puzzle needs script: the wait stands in for it
				over = slices.Insert(over, i+1, "slider-wait")
			}
			if !slices.Equal(c.steps, over) {
				t.Errorf("went over %v, want %v", c.steps, over)
			}
		})
	}
}
