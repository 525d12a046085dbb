package store

import (
	"errors"
	"strings"
	"testing"
	"time"

	"zhaohui/internal/problem"
	"zhaohui/internal/support"
)

func TestShareLinks_retireTogetherWhenContentChanges(t *testing.T) {
	OnBoth(t, func(t *testing.T, db *DB) {
		s := newSharing(db)
		at := func(channel string) support.NewLink {
			return support.NewLink{Target: support.Target{Kind: support.ToStep, Platform: "alipay", Channel: channel, Step: "one"}}
		}
		s.places.versions = map[string]string{"face": "1", "card": "1", "mail": "1"}
		var changed, same []string
		for i := range 201 { // more than are looked at in one go
			if i%60 == 59 {
				s.now = s.now.Add(time.Minute)
			}
			changed = append(changed, s.make(t, at("face")).Code)
		}
		s.now = s.now.Add(time.Minute)
		same = append(same, s.make(t, at("card")).Code)
		changed = append(changed, s.make(t, at("mail")).Code)
		s.places.versions["face"], s.places.gone["mail"] = "2", true
		listed, err := s.Matching(t.Context(), support.LinkFilter{Changed: true}, 1000)
		if err != nil || len(listed) != len(changed) {
			t.Errorf("%d links changed, %v", len(listed), err)
		}
		if few, err := s.Matching(t.Context(), support.LinkFilter{Changed: true, Channel: "mail"}, 1000); err != nil || len(few) != 1 {
			t.Errorf("%d links to a channel that is gone, %v", len(few), err)
		}
		s.trail = nil
		for _, want := range []int{len(changed), 0} { // once is enough
			n, err := s.RetireAll(t.Context(), support.LinkFilter{Changed: true}, support.WhyContent, support.Command)
			if err != nil || n != want {
				t.Errorf("retired %d, want %d, %v", n, want, err)
			}
		}
		if len(s.trail) != 2 || !strings.HasPrefix(s.trail[0], "links-retired by command:  content ") {
			t.Errorf("the trail says %q", s.trail)
		}
		for _, code := range changed[:3] {
			if link, err := s.Find(t.Context(), code); !errors.Is(err, problem.Expired) || link.Why != support.WhyContent {
				t.Errorf("%s: %+v, %v", code, link, err)
			}
		}
		if _, err := s.Find(t.Context(), same[0]); err != nil {
			t.Errorf("a link whose page is as it was: %v", err)
		}
		card := support.LinkFilter{Platform: "alipay", Channel: "card", Before: s.now}
		if few, err := s.Matching(t.Context(), card, 10); err != nil || len(few) != 0 {
			t.Errorf("%d links made before the first one, %v", len(few), err)
		}
		card.Before = s.now.Add(time.Second)
		if n, err := s.RetireAll(t.Context(), card, support.WhyRevoked, support.Command); err != nil || n != 1 {
			t.Errorf("retired %d by channel, %v", n, err)
		}
		if _, err := s.RetireAll(t.Context(), card, support.WhyScam, support.Command); problem.KindOf(err) != problem.KindInvalid {
			t.Errorf("a scam of all: %v", err)
		}
	})
}

func TestShareLinks_leadSomewhereWhenTheirPageIsGone(t *testing.T) {
	OnBoth(t, func(t *testing.T, db *DB) {
		s := newSharing(db)
		step := support.Target{Kind: support.ToStep, Channel: "old"}
		for _, c := range []struct {
			gone []string
			want string
		}{{nil, "/step"}, {[]string{"old"}, "/channel"}, {[]string{"old", "next"}, "/home"}} {
			for _, gone := range c.gone {
				s.places.gone[gone] = true
			}
			if p := s.Place(step, "en"); p.Path != c.want || p.Moved != (c.gone != nil) || !strings.HasSuffix(p.Title, "in en") {
				t.Errorf("without %v it leads to %+v", c.gone, p)
			}
		}
	})
}

func TestShareLinks_areForgottenInTheEnd(t *testing.T) {
	OnBoth(t, func(t *testing.T, db *DB) {
		s := newSharing(db)
		link, kept := s.make(t, support.NewLink{}), NewShareLinks(db, nil)
		if _, err := s.Note(t.Context(), link.Code, support.Mark{Started: true, Step: "a/b/c"}); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			after time.Duration
			gone  int
		}{{90 * 24 * time.Hour, 0}, {90*24*time.Hour + time.Second, 1}, {100 * 24 * time.Hour, 0}} {
			before := link.Expires.Add(c.after).Add(-support.LinksKept)
			if n, err := kept.ForgetLinks(t.Context(), before, 100); err != nil || n != c.gone {
				t.Errorf("%v after the end %d are forgotten, %v", c.after, n, err)
			}
		}
		if _, err := s.Find(t.Context(), link.Code); !errors.Is(err, problem.NotFound) {
			t.Errorf("a forgotten link: %v", err)
		}
		var rows int
		const all = `SELECT (SELECT COUNT(*) FROM share_link) + (SELECT COUNT(*) FROM share_link_step)`
		if err := db.read().QueryRow(all).Scan(&rows); err != nil || rows != 0 {
			t.Errorf("%d rows stay, %v", rows, err)
		}
	})
}
