package recovery

import (
	"slices"
	"testing"
	"time"
)

func TestCombine_namesWhatCompletesAndTheWait(t *testing.T) {
	p := &Policy{Methods: map[string]MethodPolicy{
		"sms": {Class: ClassPhone}, "mail": {Class: ClassMailbox}, "identity": {Class: ClassKnowledge},
		"questions": {Class: ClassKnowledge, Later: true}, "card": {Class: ClassCard, Later: true},
		"backup": {Class: ClassSaved, Off: true}, "appeal": {Class: ClassStaff, Compared: ClassDocument, Hold: 3 * day}},
		Usual: []Rule{{Classes: 2}}, Unusual: []Rule{{Classes: 3}, {Classes: 2, Hold: day}},
		Only: []Exception{{Classes: []Class{ClassKnowledge, ClassPhone}, Hold: day}}, Recent: Recent{Within: 7 * day, Hold: day}}
	all := []string{"mail", "sms", "identity", "questions", "card", "backup", "nothing"}
	for _, c := range []struct {
		name   string
		own    []string
		with   []string
		recent bool
		want   []string
		hold   time.Duration
	}{
		{"the number", []string{"sms"}, all, false, []string{"mail", "identity", "questions", "card"}, 0},
		{"R8: a new number counts nothing", []string{"mail"}, all, true, []string{"identity", "questions", "card"}, day},
		{"R8: nothing rests on it", []string{"sms"}, all, true, nil, 0},
		{"knowledge and phone wait", []string{"identity"}, []string{"sms", "mail"}, false, []string{"sms", "mail"}, day},
		{"the first decides how long", []string{"identity"}, []string{"mail", "sms"}, false, []string{"mail", "sms"}, 0},
		{"R13: knowledge once", []string{"identity"}, []string{"questions"}, false, nil, 0},
		{"R15: two that come later cannot begin", []string{"card"}, []string{"questions", "mail"}, false, []string{"mail"}, 0},
		{"the better of two own", []string{"identity", "mail"}, []string{"sms"}, false, []string{"sms"}, 0},
		{"papers and person need nothing else", []string{"appeal"}, all, false, nil, 3 * day},
		{"switched off", []string{"backup"}, all, false, nil, 0},
	} {
		got, hold := p.Combine(c.own, c.with, c.recent)
		if !slices.Equal(got, c.want) || hold != c.hold {
			t.Errorf("%s: %v, %v; want %v, %v", c.name, got, hold, c.want, c.hold)
		}
	}
}
