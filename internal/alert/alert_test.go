package alert

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

var (
	noon  = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	rules = Rules{Repeat: 6 * time.Hour, Calm: 15 * time.Minute, Kinds: map[Kind]Rule{AccountsBlocked: {Limit: 20, Within: time.Hour},
		SendsNear: {Limit: 80}, SendsUsed: {Limit: 100}, LettersFailing: {Limit: 20, Within: time.Hour, Least: 20}, LettersInARow: {Limit: 10},
		TicketsOverdue: {Limit: 1}, TrailBroken: {Limit: 1}}}
)

// reached are the readings that are an alert, as "kind channel count".
func reached(r Rules, c Counts) []string {
	var all []string
	for _, read := range r.Read(c) {
		if read.Reached {
			all = append(all, strings.TrimSpace(fmt.Sprint(read.Kind, " ", read.Channel, " ", read.Count)))
		}
	}
	return all
}

func TestAlerts_beginAtTheirLimitAndNotBelow(t *testing.T) {
	for _, c := range []struct {
		name string
		of   Counts
		want []string
	}{
		{"nothing is wrong", Counts{}, nil},
		{"one account too few", Counts{Blocked: 19}, nil},
		{"as many accounts as the limit", Counts{Blocked: 20}, []string{"accounts-blocked  20"}},
		{"a budget just below", Counts{Sends: []Sends{{"sms", 3999, 5000}}}, nil},
		{"a budget nearly used", Counts{Sends: []Sends{{"sms", 4000, 5000}}}, []string{"sends-nearly-used sms 80"}},
		{"a budget with one message left", Counts{Sends: []Sends{{"sms", 4999, 5000}}}, []string{"sends-nearly-used sms 99"}},
		{"a budget used up", Counts{Sends: []Sends{{"mail", 1, 20000}, {"sms", 5000, 5000}}}, []string{"sends-used sms 100", "sends-nearly-used sms 100"}},
		{"no budget", Counts{Sends: []Sends{{"sms", 10, 0}}}, nil},
		{"few letters, most failed", Counts{Letters: []Letters{{"sms", 19, 9, 9}}}, nil},
		{"a fifth failed", Counts{Letters: []Letters{{"sms", 100, 20, 0}}}, []string{"letters-failing sms 20"}},
		{"less than a fifth failed", Counts{Letters: []Letters{{"sms", 101, 20, 0}}}, nil},
		{"ten in a row", Counts{Letters: []Letters{{"mail", 10, 10, 10}}}, []string{"letters-in-a-row mail 10"}},
		{"an overdue ticket", Counts{Overdue: 1}, []string{"tickets-overdue  1"}},
		{"a broken trail", Counts{TrailBroken: true}, []string{"audit-trail-broken  1"}},
	} {
		if got := reached(rules, c.of); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestAlerts_limit0SwitchesAKindOff(t *testing.T) {
	off := Rules{Kinds: map[Kind]Rule{TicketsOverdue: {Limit: 0}}}
	if got := off.Read(Counts{Overdue: 100, TrailBroken: true}); len(got) > 0 {
		t.Errorf("read %v", got)
	}
}

// An alert is told when it begins, again each six hours while it lasts, and once when it is over, a quarter of an hour after
// its count fell below the limit: one that comes and goes is one alert.
func TestAlerts_areToldOnceAndSaidAgainSeldom(t *testing.T) {
	var state State
	var told []string
	for minute := range 20 * 60 {
		count := 0
		switch {
		case minute < 10:
		case minute < 60 && minute%14 == 0: // comes and goes
		case minute < 13*60:
			count = 2
		}
		next, moment, save := rules.Next(state, noon.Add(time.Duration(minute)*time.Minute),
			Reading{Kind: TicketsOverdue, Count: count, Limit: 1, Reached: count >= 1})
		if save {
			state = next
		}
		if moment != Nothing {
			told = append(told, fmt.Sprintf("%s at %d", moment, minute))
		}
	}
	want := []string{"begun at 10", "lasts at 370", "lasts at 730", fmt.Sprintf("over at %d", 13*60-1+15)}
	if !slices.Equal(told, want) {
		t.Errorf("told %q, want %q", told, want)
	}
	if state.Running() {
		t.Error("it still runs")
	}
}

func TestAlerts_aNoticeIsTheSameAtEveryTryAndNamesNobody(t *testing.T) {
	n := Notice{ID: "alert_1", Moment: Begun, At: noon, Kind: SendsUsed, Channel: "sms", Since: noon.Add(-time.Minute), Count: 100, Limit: 100,
		Desk: "https://help.example/agent"}
	body, err := n.Body()
	want := `{"type":"alert.begun","timestamp":"2026-11-22T12:00:00Z","data":{"kind":"sends-used","channel":"sms",` +
		`"since":"2026-11-22T11:59:00Z","count":100,"limit":100,"url":"https://help.example/agent"}}`
	if err != nil || string(body) != want {
		t.Errorf("%s, %v, want %s", body, err, want)
	}
}
