package main

import (
	"context"
	"time"

	"zhaohui/internal/help"
	"zhaohui/internal/insight"
	"zhaohui/internal/store"
)

// countEvery is how often counts are brought up to date, and how much of those in memory a killed process loses.
const countEvery = time.Minute

// insight counts how the portal helps. Every process counts what happens in it; the trail is counted by whichever is first.
func (p *portal) insight(b building, r *records) *insight.Keeper {
	live := ""
	if platform := livePlatform(b.content.Platforms); platform != nil {
		live = platform.ID
	}
	keeper := newInsight(b, r, live, b.now)
	p.start = append(p.start, func(ctx context.Context) error {
		go p.count(ctx, keeper, time.Tick(countEvery))
		return nil
	})
	p.close = append(p.close, func() error {
		ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
		defer cancel()
		return keeper.Flush(ctx)
	})
	return keeper
}

// newInsight is a keeper that lives by a clock.
func newInsight(b building, r *records, live string, now func() time.Time) *insight.Keeper {
	return insight.New(insight.Config{Store: store.NewInsight(r.db), Now: now, Zone: b.zone, Live: live,
		Hash: r.keys.Index("insight").Sum})
}

// count brings the counts up to date with each tick until the portal stops.
func (p *portal) count(ctx context.Context, keeper *insight.Keeper, ticks <-chan time.Time) {
	for {
		for what, do := range map[string]func(context.Context) error{"memory": keeper.Flush, "trail": keeper.Follow} {
			if err := do(ctx); err != nil && ctx.Err() == nil {
				p.log.Warn("insight is not up to date", "from", what, "error", err)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-ticks:
		}
	}
}

// votesCounted keeps votes and counts them by day.
type votesCounted struct {
	help.Votes
	keeper *insight.Keeper
}

// Add counts a vote that was kept.
func (v votesCounted) Add(ctx context.Context, vote help.Vote) error {
	err := v.Votes.Add(ctx, vote)
	if err == nil {
		v.keeper.CountVote(vote.Day, vote.Slug, vote.Helpful)
	}
	return err
}
