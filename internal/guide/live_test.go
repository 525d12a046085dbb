package guide_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// rests names for each method a question and the answers that rule it out.
var rests = map[string][]string{
	"sms": {"phone", "suspended", "changed", "reissued", "abroad", "recent"}, "identity": {"phone", "suspended", "changed", "reissued", "abroad", "recent"},
	"mail": {"email", "no"}, "card": {"card", "other", "cancelled", "none"}, "authenticator": {"saved", "no"}, "recoverycodes": {"saved", "no"},
	"backup": {"saved", "no"}, "questions": {"saved", "no"},
}

// Over the whole answer space: a live channel that is possible has something for its second proof unless people
// decide, nothing that the answers rule out is suggested, and a text message never while the number is too new (requirement R8).
func TestCompanions_overAllAnswers(t *testing.T) {
	p := platforms(t)["wallet"]
	rapid.Check(t, func(rt *rapid.T) {
		a := anything(rt, p).With("safety", "none")
		possible := a.Recommend().Possible()
		for _, c := range possible {
			with := a.Companions(c.Channel)
			if c.Live == nil {
				if with != nil {
					rt.Errorf("%s: %s is a walk, with %v", a.Query(), c.ID, with)
				}
				continue
			}
			if len(with) == 0 && !c.Human { // people who compared papers need no more
				rt.Errorf("%s: %s has no second proof", a.Query(), c.ID)
			}
			for _, method := range with {
				if says := a.Value(rests[method][0]); slices.Contains(rests[method][1:], says) {
					rt.Errorf("%s: %s with %s, which is ruled out", a.Query(), c.ID, method)
				}
				if !slices.Contains(c.Live.With, method) {
					rt.Errorf("%s: %s with %s, which it does not name", a.Query(), c.ID, method)
				}
			}
		}
	})
}

// Surer methods come first, then the order of the channel.
func TestCompanions_order(t *testing.T) {
	p := platforms(t)["wallet"]
	sms, _ := p.Channel("sms")
	for says, want := range map[string][]string{
		"safety=none": {"mail", "authenticator", "recoverycodes", "backup", "card", "questions", "identity"},
		"safety=none&phone=works&card=bound&email=no":                  {"card", "authenticator", "recoverycodes", "backup", "questions", "identity"},
		"safety=none&phone=works&saved=no&email=no&card=none":          {"identity"},
		"safety=none&phone=works&saved=no&email=yes&id=valid":          {"mail", "identity", "card"},
		"safety=none&trouble=change&phone=works&id=valid&saved=unsure": {"identity", "mail", "authenticator", "recoverycodes", "backup", "card", "questions"},
		"safety=none&password=login&phone=works&email=yes":             nil,
		"safety=none&owner=child&phone=works&email=yes&id=none":        nil,
	} {
		if got := answers(t, p, says).Companions(sms); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", says, got, want)
		}
	}
}
