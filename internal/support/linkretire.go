package support

import (
	"context"
	"fmt"
	"slices"
	"time"

	"zhaohui/internal/problem"
	"zhaohui/internal/recovery"
)

// batch is how many links are looked at in one go.
const batch = 200

// Revoke takes a link back; one that was retired before stays as it is. problem.NotFound. Whether the actor may is the
// caller's to say.
func (l *Links) Revoke(ctx context.Context, code, actor string) error {
	return l.retire(ctx, code, WhyRevoked, "", actor)
}

// Scam says that whoever opened a link is being deceived: their next step leads to the stop page, and the pattern (one of
// Patterns) is counted. problem.NotFound; problem.Invalid with "pattern".
func (l *Links) Scam(ctx context.Context, code, pattern, actor string) error {
	if !slices.Contains(Patterns, pattern) {
		return fmt.Errorf("report a scam: %w", problem.Invalid{Fields: map[string]string{"pattern": "unknown"}})
	}
	return l.retire(ctx, code, WhyScam, pattern, actor)
}

func (l *Links) retire(ctx context.Context, typed, why, pattern, actor string) error {
	code, ok := ParseCode(typed)
	if !ok {
		return fmt.Errorf("retire link: no code: %w", problem.NotFound)
	}
	if _, err := l.Store.Link(ctx, code); err != nil {
		return fmt.Errorf("retire link: %w", err)
	}
	e := recovery.Event{At: l.Now(), Kind: "link-retired", Actor: actor, Data: map[string]string{"link": code, "why": why}}
	if pattern != "" {
		e.Data["pattern"] = pattern
	}
	if _, err := l.Store.RetireLinks(ctx, []string{code}, e.At, why, pattern, e); err != nil {
		return fmt.Errorf("retire link: %w", err)
	}
	return nil
}

// Matching lists links that lead on and match a filter, at most limit, by code.
func (l *Links) Matching(ctx context.Context, f LinkFilter, limit int) ([]Link, error) {
	var found []Link
	err := l.each(ctx, f, func(links []Link) (bool, error) {
		found = append(found, links...)
		return len(found) < limit, nil
	})
	if err != nil {
		return nil, fmt.Errorf("list links: %w", err)
	}
	return found[:min(len(found), limit)], nil
}

// RetireAll retires the links that match a filter and says how many; why is WhyRevoked or WhyContent. The trail has one
// entry for each batch.
func (l *Links) RetireAll(ctx context.Context, f LinkFilter, why, actor string) (int, error) {
	if why != WhyRevoked && why != WhyContent {
		return 0, fmt.Errorf("retire links: %w", problem.Invalid{Fields: map[string]string{"why": "unknown"}})
	}
	retired := 0
	err := l.each(ctx, f, func(links []Link) (bool, error) {
		codes := make([]string, len(links))
		for i, link := range links {
			codes[i] = link.Code
		}
		gone, err := l.Store.RetireLinks(ctx, codes, l.Now(), why, "",
			recovery.Event{At: l.Now(), Kind: "links-retired", Actor: actor, Data: filtered(f, why)})
		retired += len(gone)
		return true, err
	})
	if err != nil {
		return retired, fmt.Errorf("retire links: %w", err)
	}
	return retired, nil
}

// each hands on the links that match a filter, some at once, until do says that it is enough.
func (l *Links) each(ctx context.Context, f LinkFilter, do func([]Link) (more bool, err error)) error {
	versions := map[Target]string{} // many links lead to the same place
	for after := ""; ; {
		links, err := l.Store.OpenLinks(ctx, f, l.Now(), after, batch)
		if err != nil || len(links) == 0 {
			return err
		}
		after = links[len(links)-1].Code
		if f.Changed {
			links = slices.DeleteFunc(links, func(link Link) bool { return !l.changed(link, versions) })
		}
		if len(links) == 0 {
			continue
		}
		if more, err := do(links); err != nil || !more {
			return err
		}
	}
}

// changed says whether what a link leads to is gone, or not what it was.
func (l *Links) changed(link Link, versions map[Target]string) bool {
	if !l.Places.Exists(link.Target) {
		return true
	}
	version, known := versions[link.Target]
	if !known {
		version = l.Places.Version(link.Target)
		versions[link.Target] = version
	}
	return version != link.Version
}

// filtered is a filter as the trail keeps it.
func filtered(f LinkFilter, why string) map[string]string {
	data := map[string]string{"why": why}
	for key, value := range map[string]string{"agent": f.Agent, "kind": f.Kind, "platform": f.Platform, "channel": f.Channel,
		"step": f.Step, "slug": f.Slug, "changed": map[bool]string{true: "yes"}[f.Changed]} {
		if value != "" {
			data[key] = value
		}
	}
	if !f.Before.IsZero() {
		data["before"] = f.Before.UTC().Format(time.RFC3339)
	}
	return data
}
