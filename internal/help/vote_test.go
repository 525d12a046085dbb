package help_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"zhaohui/internal/help"
	"zhaohui/internal/problem"
)

type box struct {
	votes []help.Vote
	err   error
}

func (b *box) Add(_ context.Context, v help.Vote) error {
	b.votes = append(b.votes, v)
	return b.err
}

func (b *box) Counts() map[string]help.Tally { return nil }

func TestCast(t *testing.T) {
	library := help.NewLibrary([]*help.Article{{Slug: "no-card"}})
	// Late in the evening in New York it is the next day in UTC; the day kept is UTC's.
	now := func() time.Time { return time.Date(2026, 11, 20, 23, 30, 0, 0, time.FixedZone("", -5*3600)) }
	for _, tt := range []struct {
		name, slug, answer string
		kind               problem.Kind
		want               []help.Vote
	}{
		{"yes", "no-card", "yes", "", []help.Vote{{Slug: "no-card", Helpful: true, Day: "2026-11-21"}}},
		{"no", "no-card", "no", "", []help.Vote{{Slug: "no-card", Day: "2026-11-21"}}},
		{"an article that does not exist", "nothing", "yes", problem.KindNotFound, nil},
		{"no article", "", "yes", problem.KindNotFound, nil},
		{"another answer", "no-card", "maybe", problem.KindInvalid, nil},
		{"no answer", "no-card", "", problem.KindInvalid, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			kept := &box{}
			err := help.NewBallot(library, kept, now).Cast(t.Context(), tt.slug, tt.answer)
			if got := problem.KindOf(err); got != tt.kind || (err == nil) != (tt.kind == "") {
				t.Errorf("error %v, want kind %q", err, tt.kind)
			}
			if len(kept.votes) != len(tt.want) || len(tt.want) > 0 && kept.votes[0] != tt.want[0] {
				t.Errorf("kept %v, want %v", kept.votes, tt.want)
			}
		})
	}
}

func TestCast_saysThatAVoteCouldNotBeKept(t *testing.T) {
	library := help.NewLibrary([]*help.Article{{Slug: "no-card"}})
	full := errors.Join(problem.Unavailable, errors.New("disk full"))
	err := help.NewBallot(library, &box{err: full}, time.Now).Cast(t.Context(), "no-card", "yes")
	if problem.KindOf(err) != problem.KindUnavailable {
		t.Errorf("error %v", err)
	}
}
