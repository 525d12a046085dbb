package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"zhaohui/internal/problem"
	"zhaohui/internal/recovery"
	"zhaohui/internal/support"
)

// somewhere is a portal with a few pages.
type somewhere struct {
	gone     map[string]bool // channels and articles that went away
	versions map[string]string
}

func (s *somewhere) Languages() []string { return []string{"zh", "en"} }

func (s *somewhere) Check(t support.Target) (support.Target, map[string]string) {
	if t.Kind == "" || strings.Contains(t.Query, "safety") {
		return t, map[string]string{"answers": "safety"}
	}
	return t, nil
}
func (s *somewhere) Exists(t support.Target) bool {
	return t.Kind == support.ToHome || !s.gone[t.Channel] && !s.gone[t.Slug]
}
func (s *somewhere) Title(t support.Target, lang string) string {
	return t.Kind + " " + t.Channel + " in " + lang
}
func (s *somewhere) Path(t support.Target) (path, query string) { return "/" + t.Kind, t.Query }
func (s *somewhere) Successor(t support.Target) (support.Target, bool) {
	if t.Kind == support.ToStep {
		return support.Target{Kind: support.ToChannel, Channel: t.Channel}, true
	}
	return support.Target{Kind: support.ToChannel, Channel: "next"}, t.Kind == support.ToChannel
}
func (s *somewhere) Version(t support.Target) string { return s.versions[t.Channel] }

// sharing is the links of a database, with the trail as lines and a clock.
type sharing struct {
	*support.Links
	places *somewhere
	now    time.Time
	mu     sync.Mutex
	trail  []string
}

func newSharing(db *DB) *sharing {
	s := &sharing{places: &somewhere{gone: map[string]bool{}, versions: map[string]string{}}, now: noon}
	record := func(_ context.Context, _ *sql.Tx, events []recovery.Event) error {
		s.mu.Lock()
		defer s.mu.Unlock()
		for _, e := range events {
			s.trail = append(s.trail, fmt.Sprintf("%s by %s: %s %s%s %s", e.Kind, e.Actor, e.Data["link"], e.Data["why"],
				e.Data["pattern"], e.Data["n"]))
			if len(e.Person) > 0 {
				s.trail = append(s.trail, "somebody is named")
			}
		}
		return nil
	}
	s.Links = support.NewLinks(support.LinkDeps{Store: NewShareLinks(db, record), Places: s.places,
		Now: func() time.Time { return s.now }})
	return s
}

func (s *sharing) make(t *testing.T, n support.NewLink) support.Link {
	t.Helper()
	if n.Agent == "" {
		n.Agent = "anna"
	}
	if n.Target.Kind == "" {
		n.Target = support.Target{Kind: support.ToChannel, Platform: "alipay", Channel: "face", Query: "phone=works"}
	}
	link, err := s.Make(t.Context(), n)
	if err != nil {
		t.Fatal(err)
	}
	return link
}

func TestShareLinks_areOpenedAsOftenAsTheyMayAndNoMore(t *testing.T) {
	OnBoth(t, func(t *testing.T, db *DB) {
		one, other := newSharing(db), newSharing(db) // two portals
		link := one.make(t, support.NewLink{MaxUses: 3})
		var opened, expired atomic.Int64
		var wait sync.WaitGroup
		for i := range 100 {
			wait.Go(func() {
				_, err := []*sharing{one, other}[i%2].Open(t.Context(), support.ShowCode(link.Code))
				switch problem.KindOf(err) {
				case problem.KindExpired:
					expired.Add(1)
				case problem.KindUnknown:
					opened.Add(1)
				default:
					t.Error(err)
				}
			})
		}
		wait.Wait()
		if opened.Load() != 3 || expired.Load() != 97 {
			t.Errorf("%d of 100 opened a link for 3, %d were refused", opened.Load(), expired.Load())
		}
		found, err := other.Find(t.Context(), link.Code)
		if !errors.Is(err, problem.Expired) || found.Counts.Opened != 3 || found.Ended(noon) != support.WhyUsed ||
			found.Target != link.Target {
			t.Errorf("found %+v, %v", found, err)
		}
	})
}

func TestShareLinks_endByTimeByTheirAgentAndByAScam(t *testing.T) {
	OnBoth(t, func(t *testing.T, db *DB) {
		s := newSharing(db)
		week, month := s.make(t, support.NewLink{}), s.make(t, support.NewLink{Expires: noon.Add(support.LinkLongest)})
		if !week.Expires.Equal(noon.Add(7 * 24 * time.Hour)) {
			t.Errorf("a link lasts until %v", week.Expires)
		}
		revoked, scam := s.make(t, support.NewLink{}), s.make(t, support.NewLink{})
		if err := s.Revoke(t.Context(), revoked.Code, "agent:anna"); err != nil {
			t.Fatal(err)
		}
		for range 2 { // the second time changes nothing
			if err := s.Scam(t.Context(), scam.Code, "screen", "agent:anna"); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Revoke(t.Context(), scam.Code, "agent:anna"); err != nil { // it stays a scam
			t.Fatal(err)
		}
		if err := s.Scam(t.Context(), revoked.Code, "caller", "agent:berta"); err != nil { // which is found out later too
			t.Fatal(err)
		}
		s.now = noon.Add(7 * 24 * time.Hour)
		for _, c := range []struct{ code, why, pattern string }{{week.Code, support.WhyOver, ""}, {month.Code, "", ""},
			{revoked.Code, support.WhyScam, "caller"}, {scam.Code, support.WhyScam, "screen"}} {
			link, err := s.Find(t.Context(), c.code)
			if link.Ended(s.now) != c.why || link.Pattern != c.pattern || errors.Is(err, problem.Expired) != (c.why != "") {
				t.Errorf("want %q %q: %+v, %v", c.why, c.pattern, link, err)
			}
			if _, err := s.Open(t.Context(), c.code); errors.Is(err, problem.Expired) != (c.why != "") {
				t.Errorf("want %q: opened with %v", c.why, err)
			}
			if noted, err := s.Note(t.Context(), c.code, support.Mark{}); err != nil || noted.Pattern != c.pattern {
				t.Errorf("want %q: a visit under way sees %+v, %v", c.pattern, noted, err)
			}
		}
		if scams, err := s.Scams(t.Context(), noon, ""); err != nil || len(scams) != 2 || scams["caller"] != 1 || scams["screen"] != 1 {
			t.Errorf("scams %v, %v", scams, err)
		}
		for platform, want := range map[string]int{"alipay": 2, "wechatpay": 0} {
			if scams, err := s.Scams(t.Context(), noon, platform); err != nil || len(scams) != want {
				t.Errorf("scams of %s: %v, %v", platform, scams, err)
			}
		}
		if scams, err := s.Scams(t.Context(), noon.Add(time.Second), ""); err != nil || len(scams) != 0 {
			t.Errorf("scams after the last report: %v, %v", scams, err)
		}
		want := []string{"link-retired by agent:anna: " + revoked.Code + " revoked 1",
			"link-retired by agent:anna: " + scam.Code + " scamscreen 1",
			"link-retired by agent:berta: " + revoked.Code + " scamcaller 1"}
		if got := s.trail[4:]; !slices.Equal(got, want) {
			t.Errorf("the trail says %q", got)
		}
		for kind, err := range map[problem.Kind]error{
			problem.KindNotFound: s.Revoke(t.Context(), "7777-7777", "x"),
			problem.KindInvalid:  s.Scam(t.Context(), month.Code, "13800138000", "x"),
		} {
			if problem.KindOf(err) != kind {
				t.Errorf("want %s: %v", kind, err)
			}
		}
	})
}

func TestShareLinks_countVisitsWhereTheyStoppedAndNobody(t *testing.T) {
	OnBoth(t, func(t *testing.T, db *DB) {
		s := newSharing(db)
		link := s.make(t, support.NewLink{})
		const one, two, three = "alipay/face/one", "alipay/face/two", "alipay/face/three"
		marks := []support.Mark{{Started: true, Step: one}, {Step: two, Left: one}, {Failed: true}, {Step: three, Left: two},
			{Finished: true, Left: three}}
		var wait sync.WaitGroup
		for i := range 20 { // visits that end after so many marks, all at once
			wait.Go(func() {
				for _, m := range marks[:i%len(marks)+1] {
					if _, err := s.Note(t.Context(), link.Code, m); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wait.Wait()
		got, err := s.Find(t.Context(), link.Code)
		c := got.Counts
		if err != nil || c.Opened != 0 || c.Started != 20 || c.Failed != 12 || c.Finished != 4 {
			t.Errorf("counted %+v, %v", c, err)
		}
		if got := fmt.Sprint(c.Steps); got != fmt.Sprintf("[{%s 8} {%s 4} {%s 4}]", two, one, three) {
			t.Errorf("stopped at %s", got)
		}
		if _, err := s.Note(t.Context(), link.Code, support.Mark{Step: "13800138000"}); err == nil {
			t.Error("a number is counted as a step")
		}
		if _, err := s.Note(t.Context(), "77777777", support.Mark{Started: true}); !errors.Is(err, problem.NotFound) {
			t.Errorf("a visit without a link: %v", err)
		}
		s.now = link.Expires.Add(11 * 24 * time.Hour) // no visit lasts so long
		if _, err := s.Note(t.Context(), link.Code, support.Mark{Started: true}); err != nil {
			t.Error(err)
		}
		if got, _ := s.Find(t.Context(), link.Code); got.Counts.Started != 20 {
			t.Errorf("a visit after the end counts: %d", got.Counts.Started)
		}
	})
}

func TestShareLinks_areMadeSoOftenAndNoMore(t *testing.T) {
	OnBoth(t, func(t *testing.T, db *DB) {
		s := newSharing(db)
		var made, refused atomic.Int64
		var wait sync.WaitGroup
		for range 70 {
			wait.Go(func() {
				_, err := s.Make(t.Context(), support.NewLink{Agent: "token:anna", Target: support.Target{Kind: support.ToHelp}})
				if throttled, ok := errors.AsType[problem.Throttled](err); ok && throttled.Until.Equal(noon.Add(time.Minute)) {
					refused.Add(1)
				} else if err == nil {
					made.Add(1)
				} else {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		if made.Load() != 60 || refused.Load() != 10 {
			t.Errorf("%d links a minute, %d refused", made.Load(), refused.Load())
		}
		s.make(t, support.NewLink{Agent: "berta"})
		s.now = noon.Add(time.Minute)
		s.make(t, support.NewLink{Agent: "token:anna"})
		if by, last := "link-made by ", s.trail[len(s.trail)-2:]; !strings.HasPrefix(last[0], by+"agent:berta: ") ||
			!strings.HasPrefix(last[1], by+"token:anna: ") {
			t.Errorf("the trail says %q", last)
		}
		for field, n := range map[string]support.NewLink{
			"answers":  {Target: support.Target{Kind: support.ToChooser, Query: "safety=none"}},
			"lang":     {Target: support.Target{Kind: support.ToHelp}, Lang: "fr"},
			"expires":  {Target: support.Target{Kind: support.ToHelp}, Expires: s.now.Add(support.LinkLongest + time.Second)},
			"max-uses": {Target: support.Target{Kind: support.ToHelp}, MaxUses: -1},
		} {
			_, err := s.Make(t.Context(), n)
			if invalid, ok := errors.AsType[problem.Invalid](err); !ok || len(invalid.Fields) != 1 || invalid.Fields[field] == "" {
				t.Errorf("%s: %v", field, err)
			}
		}
	})
}

func TestShareLinks_ofAnAgentTheNewestFirst(t *testing.T) {
	OnBoth(t, func(t *testing.T, db *DB) {
		s := newSharing(db)
		var codes []string
		for i := range 7 {
			s.now = noon.Add(time.Duration(i/2) * time.Second) // some in the same moment
			codes = append(codes, s.make(t, support.NewLink{Agent: []string{"anna", "token:anna"}[i%2]}).Code)
		}
		s.make(t, support.NewLink{Agent: "berta"})
		var read []string
		for after := ""; ; {
			page, err := s.Of(t.Context(), "anna", after, 3)
			if err != nil {
				t.Fatal(err)
			}
			if len(page) == 0 {
				break
			}
			for i, link := range page {
				read = append(read, link.Code)
				if !link.By("anna") || link.By("berta") || i > 0 && link.Created.After(page[i-1].Created) {
					t.Errorf("number %d is %+v", len(read), link)
				}
			}
			after = page[len(page)-1].Code
		}
		if last, err := s.Last(t.Context(), "anna"); err != nil || last.Code != codes[6] || read[0] != codes[6] {
			t.Errorf("the last one is %s, %v", last.Code, err)
		}
		if _, err := s.Last(t.Context(), "nobody"); !errors.Is(err, problem.NotFound) {
			t.Errorf("the last one of nobody: %v", err)
		}
		if slices.Sort(read); !slices.Equal(read, slices.Sorted(slices.Values(codes))) {
			t.Errorf("read %v, want %v", read, codes)
		}
	})
}
