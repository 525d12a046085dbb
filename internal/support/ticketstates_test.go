package support_test

import (
	"fmt"
	"slices"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"zhaohui/internal/problem"
	"zhaohui/internal/support"
)

// deed is what a test saw happen: the claims that were given, and who agreed.
type deed struct {
	holder string // who was given the ticket last
	until  time.Time
	agreed []string
}

// Whatever customers, reviewers, helpers and time do in whatever order: never two claims at once, never approved by less
// people than the case needs, never by one who helped, and no promise runs while the customer is asked.
func TestP1_noOrderOfStepsBreaksTheRules(t *testing.T) {
	onBoth(t, func(t *testing.T, d *door) {
		b := newBureau(t, d)
		n := 0
		rapid.Check(t, func(rt *rapid.T) {
			n++
			walk(rt, b, strconv.Itoa(n))
		})
	})
}

func walk(t *rapid.T, b *bureau, caseID string) {
	ctx := b.t.Context()
	people := []*support.Agent{reviewer("anna"), reviewer("berta"), reviewer("carl")}
	kind := rapid.SampledFrom([]string{"appeal", "picture"}).Draw(t, "kind")
	about := support.About{Yuan: rapid.SampledFrom([]int64{0, 1, 9000}).Draw(t, "yuan")}
	b.cases.set(caseID, about)
	ticket := b.sent(kind, caseID)
	k, _ := b.Kind(kind)
	need := k.Approvals.Usual
	if about.Yuan == 0 || about.Yuan >= k.Approvals.Yuan {
		need = k.Approvals.Above
	}
	var seen deed
	for range rapid.IntRange(5, 25).Draw(t, "steps") {
		who := rapid.SampledFrom(people).Draw(t, "who")
		before := ticket
		var err error
		switch what := rapid.SampledFrom([]string{"claim", "claim", "claim", "open", "open", "open", "release", "renew", "ask", "answer",
			"approve", "approve", "refuse", "reopen", "help", "time", "tend"}).Draw(t, "what"); what {
		case "claim":
			if _, err = b.Claim(ctx, who, ticket.ID); err == nil {
				if seen.holder != who.ID && seen.holder != "" && b.now().Before(seen.until) {
					t.Fatalf("%s and %s have it", seen.holder, who.ID)
				}
				if slices.Contains(about.Helpers, who.ID) {
					t.Fatalf("%s, who helped, has it", who.ID)
				}
				seen.holder, seen.until = who.ID, b.now().Add(15*time.Minute)
			}
		case "open":
			if _, _, err = b.View(ctx, who, ticket.ID, "decide"); err == nil {
				seen.holder, seen.until = seen.kept(t, b, who.ID), b.now().Add(15*time.Minute)
			}
		case "release":
			if _, err = b.Release(ctx, who, ticket.ID); err == nil {
				seen.holder = ""
			}
		case "renew":
			if _, err = b.Renew(ctx, who, ticket.ID); err == nil {
				seen.holder, seen.until = seen.kept(t, b, who.ID), b.now().Add(15*time.Minute)
			}
		case "ask":
			if _, err = b.AskMore(ctx, who, ticket.ID, nil, []string{"passport"}); err == nil {
				seen.kept(t, b, who.ID)
				seen.holder = ""
			}
		case "answer":
			_, err = b.Send(ctx, caseID, ticket.ID)
		case "approve":
			if _, err = b.Approve(ctx, who, ticket.ID, yes(k, "")); err == nil {
				seen.kept(t, b, who.ID)
				if slices.Contains(about.Helpers, who.ID) || slices.Contains(seen.agreed, who.ID) {
					t.Fatalf("%s agreed; helpers %v, agreed %v", who.ID, about.Helpers, seen.agreed)
				}
				seen.agreed, seen.holder = append(seen.agreed, who.ID), ""
			}
		case "refuse":
			if _, err = b.Refuse(ctx, who, ticket.ID, refusal(yes(k, ""))); err == nil {
				seen.kept(t, b, who.ID)
				seen.holder = ""
			}
		case "reopen":
			if _, err = b.Reopen(ctx, caseID, ticket.ID); err == nil {
				seen.agreed = nil
			}
		case "help":
			about.Helpers = append(slices.Clone(about.Helpers), who.ID)
			b.cases.set(caseID, about)
		case "time":
			b.advance(rapid.SampledFrom([]time.Duration{time.Minute, 16 * time.Minute, 30 * time.Hour, 8 * 24 * time.Hour}).Draw(t, "passes"))
		case "tend":
			_, _, err = b.Tend(ctx, 100)
		}
		switch problem.KindOf(err) {
		case problem.KindUnknown, problem.KindInvalid, problem.KindDenied, problem.KindConflict, problem.KindExpired:
			if err != nil && problem.KindOf(err) == problem.KindUnknown {
				t.Fatal(err)
			}
		default:
			t.Fatal(err)
		}
		if ticket, err = b.Ticket(ctx, ticket.ID); err != nil {
			t.Fatal(err)
		}
		lawful(t, b, before, ticket, seen, need)
	}
}

// kept is the holder, who must be the one that acted.
func (s deed) kept(t *rapid.T, b *bureau, who string) string {
	if s.holder != who || !b.now().Before(s.until) {
		t.Fatalf("%s acted while %q had it until %s", who, s.holder, s.until)
	}
	return who
}

func lawful(t *rapid.T, b *bureau, before, after *support.Ticket, seen deed, need int) {
	proofs := b.proofs(after.Case)
	switch decided := after.State == support.TicketApproved; {
	case decided && len(seen.agreed) < need:
		t.Fatalf("approved by %v, %d are needed", seen.agreed, need)
	case decided && len(proofs) == 0, len(proofs) > 0 && len(seen.agreed) < need:
		t.Fatalf("%s, proved %v", after.State, proofs)
	case after.State == support.TicketOpen && len(seen.agreed) >= need:
		t.Fatalf("open although %v agreed", seen.agreed)
	case len(after.Detail.Refusals) > 2:
		t.Fatal("refused a third time")
	}
	moved := fmt.Sprint(before.State, "→", after.State)
	if before.State != after.State && !slices.Contains([]string{"open→asked", "asked→open", "open→approved", "open→refused",
		"refused→asked", "approved→closed", "refused→closed"}, moved) {
		t.Fatal(moved)
	}
	if moved == "asked→open" {
		k, _ := b.Kind(after.Kind)
		rest := before.Detail.Rounds[len(before.Detail.Rounds)-1].Rest
		if left := deskCalendar(b.t).Between(b.now(), after.Due, k.Promise.Counts); rest > 0 && left != rest {
			t.Fatalf("%s were left when the customer was asked, %s when they answered", rest, left)
		}
	}
}
