package support_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"zhaohui/internal/problem"
	"zhaohui/internal/recovery"
	"zhaohui/internal/support"
	"zhaohui/internal/throttle"
)

// kept is a store of links that refuses nothing.
type kept struct {
	support.LinkStore
	links  map[string]support.Link
	limits []throttle.Limit
	trail  []recovery.Event
}

func (k *kept) AddLink(_ context.Context, l support.Link, limits []throttle.Limit, e recovery.Event) error {
	k.links[l.Code], k.limits = l, limits
	k.trail = append(k.trail, e)
	return nil
}

// anywhere is a portal that has every target.
type anywhere struct{ support.Places }

func (anywhere) Languages() []string                                        { return []string{"zh", "en"} }
func (anywhere) Check(t support.Target) (support.Target, map[string]string) { return t, nil }
func (anywhere) Version(support.Target) string                              { return "1" }

func sharing() (*support.Links, *kept) {
	store := &kept{links: map[string]support.Link{}}
	return support.NewLinks(support.LinkDeps{Store: store, Places: anywhere{}, Now: func() time.Time { return start }}), store
}

// A link lasts a week unless it is said, thirty days at most, and is opened so often at most.
func TestL16_aLinkLastsNoLongerThanItMay(t *testing.T) {
	links, _ := sharing()
	day := 24 * time.Hour
	link, err := links.Make(t.Context(), support.NewLink{Agent: "lin", Target: support.Target{Kind: support.ToHome}})
	if err != nil || !link.Expires.Equal(start.Add(7*day)) {
		t.Errorf("until %s, %v", link.Expires, err)
	}
	for what, n := range map[string]struct {
		link  support.NewLink
		field string
	}{
		"thirty days and a second": {support.NewLink{Expires: start.Add(30*day + time.Second)}, "expires"},
		"over already":             {support.NewLink{Expires: start}, "expires"},
		"more uses than there are": {support.NewLink{MaxUses: support.LinkMostUses + 1}, "max-uses"},
		"less than none":           {support.NewLink{MaxUses: -1}, "max-uses"},
		"an unknown language":      {support.NewLink{Lang: "fr"}, "lang"},
	} {
		_, err := links.Make(t.Context(), n.link)
		invalid, ok := errors.AsType[problem.Invalid](err)
		if !ok || invalid.Fields[n.field] == "" {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := links.Make(t.Context(), support.NewLink{Expires: start.Add(30 * day)}); err != nil {
		t.Errorf("thirty days: %v", err)
	}
}

// P4, W9: the trail says where a link leads, never what the customer said nor whose case it is.
func TestW9_theTrailKeepsNothingOfTheCustomerOfALink(t *testing.T) {
	links, store := sharing()
	_, err := links.Make(t.Context(), support.NewLink{Agent: "lin", Target: support.Target{Kind: support.ToCase, Platform: "wallet",
		Query: "lost=phone", Case: "case-1"}})
	if err != nil {
		t.Fatal(err)
	}
	for key, value := range store.trail[0].Data {
		if value == "case-1" || value == "lost=phone" {
			t.Errorf("the trail keeps %s = %s", key, value)
		}
	}
}

// Somebody makes sixty links a minute and two thousand a day, a program's token too.
func TestR5_linksAreMadeSoOftenADay(t *testing.T) {
	links, store := sharing()
	for _, who := range []string{"lin", support.TokenPrefix + "lin"} {
		if _, err := links.Make(t.Context(), support.NewLink{Agent: who}); err != nil {
			t.Fatal(err)
		}
		most := map[time.Duration]int{}
		for _, l := range store.limits {
			if most[l.Within] = l.Max; !strings.HasSuffix(l.Key, "/"+who) {
				t.Errorf("counted for %s, not for %s", l.Key, who)
			}
		}
		if len(most) != 2 || most[time.Minute] != 60 || most[24*time.Hour] != 2000 {
			t.Errorf("limits are %v", store.limits)
		}
	}
}
