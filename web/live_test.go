package web_test

import "testing"

func TestTour(t *testing.T) {
	p := newLive(t, plainSite)
	tour(t, p, "", func(one *person, a answer) { t.Log(a.status, one.at, len(a.body)) })
}
