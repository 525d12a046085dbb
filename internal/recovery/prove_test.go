package recovery_test

import (
	"slices"
	"strings"
	"testing"

	"zhaohui/internal/recovery"
)

var everyOther = map[string][]string{
	"current":  {"sms", "mail", "card", "backup"},
	"sms":      {"mail", "card", "authenticator", "recoverycodes", "backup", "questions"},
	"mail":     {"sms", "authenticator", "recoverycodes", "card"},
	"identity": {"sms", "mail", "card", "recoverycodes"},
	"card":     {"mail", "recoverycodes", "identity", "backup"},
}

func routes() (out []recovery.ChannelRoute) {
	for id, with := range everyOther {
		out = append(out, recovery.ChannelRoute{ID: id, Methods: []string{id}, With: with})
	}
	return out
}

func TestProve_theDefaultPolicyHoldsAndEveryChannelEnds(t *testing.T) {
	report := recovery.Prove(defaultPolicy(t), routes())
	if len(report.Breaches) > 0 || report.Sets < 1000 {
		t.Fatalf("%d sets, %v", report.Sets, report.Breaches)
	}
	for _, strength := range report.Channels {
		for _, s := range recovery.Situations {
			ends := strength.Ends[s.Name]
			if v := ends.Least.Verdict; len(v.Classes) < 2 || s.Unusual && v.Hold < day && len(v.Classes) < 3 {
				t.Errorf("%s, %s: %v ends with %+v", strength.Channel, s.Name, ends.Least.Methods, v)
			}
			if ends.Soonest.Verdict.Hold > ends.Least.Verdict.Hold {
				t.Errorf("%s, %s: the soonest route is later than the weakest", strength.Channel, s.Name)
			}
		}
	}
	i := slices.IndexFunc(report.Channels, func(s recovery.Strength) bool { return s.Channel == "sms" })
	ends := report.Channels[i].Ends
	if got := ends["recent"].Least; len(got.Methods) < 3 || got.Verdict.Hold != day { // its own proof counts nothing there
		t.Errorf("sms with a recent number ends with %+v", got)
	}
	if got := ends["unusual"]; got.Least.Verdict.Hold != day || got.Soonest.Verdict.Hold != 0 || len(got.Soonest.Methods) != 3 {
		t.Errorf("sms in an unusual environment: %+v", got)
	}
}

func TestProve_channelsThatCannotEnd(t *testing.T) {
	for _, c := range []struct {
		route recovery.ChannelRoute
		off   []string
		text  string
	}{
		{recovery.ChannelRoute{ID: "one class", Methods: []string{"identity"}, With: []string{"questions", "current"}}, nil,
			"(usual, unusual, recent)"},
		{recovery.ChannelRoute{ID: "one number", Methods: []string{"sms"}, With: []string{"card"}}, nil,
			"(usual, unusual, recent)"},
		{recovery.ChannelRoute{ID: "recent", Methods: []string{"sms"}, With: []string{"mail"}}, nil, "(recent)"},
		{recovery.ChannelRoute{ID: "nothing first", Methods: []string{"current"}, With: []string{"card"}}, nil, "can end"}, // both late
		{recovery.ChannelRoute{ID: "off", Methods: []string{"mail"}, With: []string{"backup"}}, []string{"backup"}, "can end"},
		{recovery.ChannelRoute{ID: "planned", Methods: []string{"document"}, With: []string{"mail"}}, nil, "only planned"},
		{recovery.ChannelRoute{ID: "unknown", Methods: []string{"pigeon"}, With: []string{"mail"}}, nil, "not in the policy"},
	} {
		p := defaultPolicy(t)
		for _, id := range c.off {
			m := p.Methods[id]
			m.Off = true
			p.Methods[id] = m
		}
		report := recovery.Prove(p, []recovery.ChannelRoute{c.route})
		found := report.Breaches
		if len(found) != 1 || found[0].Channel != c.route.ID || !strings.Contains(found[0].Text, c.text) {
			t.Errorf("%s: %+v", c.route.ID, report.Breaches)
		}
	}
}

// A proof that finds nothing proves nothing: every rule of the bar is broken once.
func TestProve_weakRulesAreFound(t *testing.T) {
	for name, c := range map[string]struct {
		weaken func(p *recovery.Policy)
		text   string
	}{
		"unusual at once": {func(p *recovery.Policy) { p.Unusual = p.Usual }, "two classes are enough at once"},
		"no exceptions":   {func(p *recovery.Policy) { p.Only = nil }, "alone must"},
		"one class":       {func(p *recovery.Policy) { p.Usual = []recovery.Rule{{Classes: 1}} }, "one class alone"},
		"no hold":         {func(p *recovery.Policy) { p.Recent.Hold = 0 }, "24h at least"},
		"staff is let past": {func(p *recovery.Policy) { p.Unusual[1].With[1] = recovery.ClassStaff },
			"two classes are enough at once"},
	} {
		p := defaultPolicy(t)
		c.weaken(p)
		found := recovery.Prove(p, nil).Breaches
		if !slices.ContainsFunc(found, func(b recovery.Breach) bool { return strings.Contains(b.Text, c.text) }) {
			t.Errorf("%s: %+v", name, found)
		}
	}
}

func TestProve_aSwitchedOffChannelIsNoFault(t *testing.T) {
	p := defaultPolicy(t)
	m := p.Methods["identity"]
	m.Off = true
	p.Methods["identity"] = m
	report := recovery.Prove(p, routes())
	if len(report.Breaches) > 0 {
		t.Error(report.Breaches)
	}
	for _, s := range report.Channels {
		if s.Off != (s.Channel == "identity") {
			t.Errorf("%s: off %v", s.Channel, s.Off)
		}
	}
}
