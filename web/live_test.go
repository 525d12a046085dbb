package web_test

import "testing"

func TestL02_smsAndMailEndInANewPassword(t *testing.T) {
	p := newLive(t, plainSite).person(t)
	p.recover("all@demo.example", "739184")
}
