package help

import (
	"context"
	"fmt"
	"time"

	"zhaohui/internal/problem"
)

// Vote is one answer to "was this helpful?". It holds nothing about who gave it, not even the hour.
type Vote struct {
	Slug    string
	Helpful bool
	Day     string // "2026-11-20", UTC
}

// Tally is what was said of one article.
type Tally struct{ Yes, No int }

// Votes keeps votes. Counts is by slug.
type Votes interface {
	Add(ctx context.Context, v Vote) error
	Counts() map[string]Tally
}

// Ballot decides which votes count.
type Ballot struct {
	library *Library
	votes   Votes
	now     func() time.Time
}

// NewBallot takes votes on the articles of a library.
func NewBallot(library *Library, votes Votes, now func() time.Time) *Ballot {
	return &Ballot{library: library, votes: votes, now: now}
}

// Cast counts an answer, "yes" or "no". An article that does not exist is problem.NotFound, another answer
// problem.Invalid; neither is kept.
func (b *Ballot) Cast(ctx context.Context, slug, answer string) error {
	if _, ok := b.library.Article(slug); !ok {
		return fmt.Errorf("vote on an article: %w", problem.NotFound)
	}
	if answer != "yes" && answer != "no" {
		return fmt.Errorf("vote on %s: %w", slug, problem.Invalid{Fields: map[string]string{"helpful": "choice"}})
	}
	v := Vote{Slug: slug, Helpful: answer == "yes", Day: b.now().UTC().Format(time.DateOnly)}
	if err := b.votes.Add(ctx, v); err != nil {
		return fmt.Errorf("vote on %s: %w", slug, err)
	}
	return nil
}
