package main

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// wrongPlace drags the piece somewhere that is not the gap.
func (b screen) wrongPlace(s *liveSite) {
	b.t.Helper()
	puzzle := s.gap(b.caseID())
	puzzle.X -= 15
	b.drag(puzzle)
}

func TestL07_APieceBesideTheGapIsAskedForAgainAndCostsNoTry(t *testing.T) {
	t.Parallel()
	s := openLiveSite(t)
	b := openScreen(t, s)
	c := newCustomer(t, s, b, all, "mail")
	c.begin("identity")
	c.until("slider")
	for range 6 { // more than there are tries of the account
		b.wrongPlace(s)
		c.expect("slider")
		if !strings.Contains(b.text(".sum"), "没有对上缺口") {
			t.Fatalf("a wrong place says %q", b.text(".sum"))
		}
	}
	s.advance(6 * time.Minute)
	b.slide(s)
	if c.expect("slider"); !strings.Contains(b.text(".sum"), "放得太久") {
		t.Errorf("an old puzzle says %q", b.text(".sum"))
	}
	c.until()
	if !s.opens(all, newPassword) {
		t.Error("the wallet does not have the new password")
	}
}

func TestL07_TheWaitInsteadOfThePuzzle(t *testing.T) {
	t.Parallel()
	s := openLiveSite(t)
	b := openScreen(t, s)
	c := newCustomer(t, s, b, all, "mail")
	c.begin("identity")
	c.until("slider")
	b.press(`form[data-step] button[name="instead"]`)
	c.expect("slider-wait")
	b.fill(nil) // too soon
	c.expect("slider-wait")
	c.until()
	if !s.opens(all, newPassword) {
		t.Error("the wallet does not have the new password")
	}
}

func TestL07_WhatIsWrongIsNotSaid(t *testing.T) {
	t.Parallel()
	s := openLiveSite(t)
	b := openScreen(t, s)
	c := newCustomer(t, s, b, all, "mail")
	c.begin("identity")
	c.until("identity")
	texts := map[string]bool{}
	for i, wrong := range []map[string]string{{"name": "王小明"}, {"id_number": "11010519491231002X"}, {"phone": "13800138000"}} {
		form := map[string]string{"name": c.account.Name, "id_number": c.account.IDNumber, "phone": c.account.Phone}
		for name, value := range wrong {
			form[name] = value
		}
		b.fill(form)
		c.expect("slider")
		b.slide(s)
		c.expect("identity")
		texts[strings.ReplaceAll(b.text(".sum"), fmt.Sprint(4-i), "")] = true
		for _, mine := range []string{c.account.IDNumber, "11010519491231002X"} {
			if strings.Contains(look[string](b.tab, `document.documentElement.outerHTML`), mine) {
				t.Error("the page gives an ID number back")
			}
		}
	}
	if len(texts) != 1 {
		t.Errorf("what is wrong is told apart: %v", texts)
	}
	for text := range texts {
		if !strings.Contains(text, "和登记的对不上") {
			t.Errorf("the page says %q", text)
		}
	}
}
