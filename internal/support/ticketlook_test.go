package support_test

import (
	"slices"
	"testing"
	"time"

	"zhaohui/internal/problem"
	"zhaohui/internal/support"
)

// P1: a look lasts as long as the claim under which it began, for its own agent, and no longer.
func TestP1_aLookEndsWithItsClaim(t *testing.T) {
	onBoth(t, func(t *testing.T, d *door) {
		b, ctx, anna, berta := newBureau(t, d), t.Context(), reviewer("anna"), reviewer("berta")
		ticket := b.sent("appeal", "c1")
		open := func(who *support.Agent) bool {
			t.Helper()
			sight, err := b.Look(ctx, who, ticket.ID)
			b.must(err)
			if (sight.Opening != nil) != (len(sight.Evidence) > 0) {
				t.Fatalf("%+v with %d answers", sight.Opening, len(sight.Evidence))
			}
			return sight.Opening != nil
		}
		view := func(who *support.Agent, reason string) {
			t.Helper()
			_, _, err := b.View(ctx, who, ticket.ID, reason)
			b.must(err)
		}
		claim := func(who *support.Agent) {
			t.Helper()
			_, err := b.Claim(ctx, who, ticket.ID)
			b.must(err)
		}
		claim(anna)
		if open(anna) {
			t.Error("a claim alone opens it")
		}
		view(anna, "decide")
		for range 3 { // work keeps it open
			d.advance(14 * time.Minute)
			_, err := b.Renew(ctx, anna, ticket.ID)
			b.must(err)
		}
		if !open(anna) || open(berta) || b.count("evidence-viewed") != 1 {
			t.Errorf("open for anna: %t, for berta: %t, %d views", open(anna), open(berta), b.count("evidence-viewed"))
		}
		d.advance(15 * time.Minute)
		if open(anna) {
			t.Error("it is open after the claim")
		}
		claim(anna)
		if open(anna) {
			t.Error("a new claim opens it without a reason")
		}
		view(anna, "decide")
		_, err := b.Release(ctx, anna, ticket.ID)
		b.must(err)
		claim(anna)
		if open(anna) {
			t.Error("what was put back is still open")
		}
		audra := &support.Agent{ID: "audra", Roles: []support.Role{support.RoleAuditor}}
		view(audra, "audit")
		if !open(audra) {
			t.Error("an auditor's look does not last")
		}
		d.advance(15 * time.Minute)
		if open(audra) {
			t.Error("an auditor's look lasts for ever")
		}
		_, err = b.Look(ctx, &support.Agent{ID: "x", Roles: []support.Role{support.RoleAgent}}, ticket.ID)
		b.is(err, problem.KindDenied, "look without the right")
	})
}

// The next is the one that is due first of those that nobody works on and the agent may judge.
func TestTickets_theNextIsOneThatTheAgentMayJudge(t *testing.T) {
	onBoth(t, func(t *testing.T, d *door) {
		b, ctx, anna := newBureau(t, d), t.Context(), reviewer("anna")
		var got []string
		for _, id := range []string{"c1", "c2", "c3", "c4"} {
			b.sent("appeal", id)
			d.advance(time.Minute)
		}
		list, _, err := b.Queue(ctx, support.QueueFilter{}, "", 10)
		b.must(err)
		b.cases.set("c1", support.About{Helpers: []string{"anna"}}) // she helps there since
		_, err = b.Claim(ctx, reviewer("berta"), list[1].ID)
		b.must(err)
		for range 2 {
			ticket, err := b.ClaimNext(ctx, anna, "appeal")
			b.must(err)
			got = append(got, ticket.Case)
		}
		if !slices.Equal(got, []string{"c3", "c4"}) {
			t.Errorf("next are %v", got)
		}
		_, err = b.ClaimNext(ctx, anna, "")
		b.is(err, problem.KindNotFound, "a next one where there is none")
		_, err = b.ClaimNext(ctx, &support.Agent{ID: "x", Roles: []support.Role{support.RoleAuditor}}, "")
		b.is(err, problem.KindDenied, "the next without the right")
	})
}
