package support

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"zhaohui/internal/problem"
	"zhaohui/internal/recovery"
	"zhaohui/internal/throttle"
)

// Make makes a link. problem.Invalid: the target's fields as Places says, "lang" "unknown", "expires" "past" or "long",
// "max-uses" "range". problem.Throttled beyond sixty a minute or two thousand a day.
func (l *Links) Make(ctx context.Context, n NewLink) (Link, error) {
	now := l.Now()
	link, wrong := l.checked(n, now)
	if len(wrong) > 0 {
		return Link{}, fmt.Errorf("make link: %w", problem.Invalid{Fields: wrong})
	}
	limits := []throttle.Limit{{Key: "link/minute/" + link.Agent, Max: linksAMinute, Within: time.Minute},
		{Key: "link/day/" + link.Agent, Max: linksADay, Within: 24 * time.Hour}}
	for range 5 {
		link.Code = linkCode.fresh()
		err := l.Store.AddLink(ctx, link, limits,
			recovery.Event{At: now, Kind: "link-made", Actor: maker(link.Agent), Data: described(link)})
		if err == nil {
			return link, nil
		}
		if !errors.Is(err, problem.Conflict) {
			return Link{}, fmt.Errorf("make link: %w", err)
		}
	}
	return Link{}, errors.New("make link: every code is taken")
}

// checked is the link that is to be kept, without a code, and what is wrong with it.
func (l *Links) checked(n NewLink, now time.Time) (Link, map[string]string) {
	target, wrong := l.Places.Check(n.Target)
	if wrong == nil {
		wrong = map[string]string{}
	}
	languages := l.Places.Languages()
	if n.Lang == "" {
		n.Lang = languages[0]
	}
	if n.Expires.IsZero() {
		n.Expires = now.Add(LinkLasts)
	}
	switch {
	case !slices.Contains(languages, n.Lang):
		wrong["lang"] = "unknown"
	case !n.Expires.After(now):
		wrong["expires"] = "past"
	case n.Expires.After(now.Add(LinkLongest)):
		wrong["expires"] = "long"
	case n.MaxUses < 0 || n.MaxUses > LinkMostUses:
		wrong["max-uses"] = "range"
	}
	link := Link{Agent: n.Agent, Lang: n.Lang, Target: target, Created: now, Expires: n.Expires.Truncate(time.Millisecond),
		MaxUses: n.MaxUses}
	if len(wrong) == 0 {
		link.Version = l.Places.Version(target)
	}
	return link, wrong
}

// maker is how the trail names who made a link.
func maker(agent string) string {
	if strings.HasPrefix(agent, TokenPrefix) {
		return agent
	}
	return Actor(agent)
}

// described is what the trail keeps of a link: where it leads, not what the customer said.
func described(l Link) map[string]string {
	data := map[string]string{"link": l.Code, "kind": l.Target.Kind, "expires": l.Expires.UTC().Format(time.RFC3339)}
	for key, value := range map[string]string{"platform": l.Target.Platform, "channel": l.Target.Channel, "step": l.Target.Step,
		"slug": l.Target.Slug} {
		if value != "" {
			data[key] = value
		}
	}
	if l.MaxUses > 0 {
		data["max"] = strconv.Itoa(l.MaxUses)
	}
	return data
}
