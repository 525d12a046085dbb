package main

import (
	"log/slog"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"zhaohui/internal/problem"
	"zhaohui/internal/recovery"
	"zhaohui/internal/support"
)

// bureau is a demo without a browser: its services as the portal connects them.
type bureau struct {
	t *testing.T
	*demonstration
}

func aBureau(t *testing.T) *bureau {
	t.Helper()
	filled, err := filledFolder()
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	if err := os.CopyFS(folder, os.DirFS(filled)); err != nil {
		t.Fatal(err)
	}
	b, demo := demoContent(), newDemonstration()
	b.settings = settings{Addr: "127.0.0.1:8080", databaseSettings: databaseSettings{Data: folder}}
	b.demo, b.now, b.senders = demo, demo.now, demo.senders()
	p := &portal{log: slog.New(slog.DiscardHandler)}
	t.Cleanup(p.shut)
	if b.public, err = publicURL(b.settings); err == nil {
		err = p.build(b)
	}
	for _, start := range p.start {
		if err == nil {
			err = start(t.Context())
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	return &bureau{t, demo}
}

var writer = recovery.Client{Network: "127.0.0.1", Kind: "phone"}

// must is for what has to work.
func (b *bureau) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

func (b *bureau) at(key recovery.Key, step string) recovery.Sight {
	b.t.Helper()
	sight, err := b.service.Look(b.t.Context(), key)
	b.must(err)
	if sight.Place.ID != step {
		b.t.Fatalf("at %s, want %s", sight.Place.ID, step)
	}
	return sight
}

// appeal sends an appeal for an account of which nothing is left.
func (b *bureau) appeal(account string) (recovery.Key, *support.Ticket) {
	b.t.Helper()
	ctx := b.t.Context()
	key, err := b.service.Begin(ctx, recovery.Beginning{Platform: "wallet", Channel: "appeal", Lang: "zh", Client: writer})
	b.must(err)
	_, err = b.service.Submit(ctx, key, recovery.StepAccount, map[string]string{"account": account}, writer)
	b.must(err)
	b.at(key, recovery.ByAppeal)
	return key, b.files(key)
}

// files writes and sends the appeal of a case.
func (b *bureau) files(key recovery.Key) *support.Ticket {
	b.t.Helper()
	ctx := b.t.Context()
	t, _, err := b.tickets.Begin(ctx, support.NewTicket{Kind: "appeal", Case: key.Case, Key: "what the receipt says", Lang: "zh"})
	b.must(err)
	for ask, typed := range map[string]map[string]string{"registered": {"month": "2021-03"}, "usual-use": {"use": "菜市场买菜"}} {
		_, err = b.tickets.Save(ctx, key.Case, t.ID, ask, typed)
		b.must(err)
	}
	t, err = b.tickets.Send(ctx, key.Case, t.ID)
	b.must(err)
	return t
}

// judge lets somebody at the desk claim a ticket and agree.
func (b *bureau) judge(name string, t *support.Ticket, compared string) error {
	b.t.Helper()
	ctx := b.t.Context()
	agent, err := b.desk.Find(ctx, name)
	b.must(err)
	if _, err := b.tickets.Claim(ctx, agent, t.ID); err != nil {
		return err
	}
	if _, _, err := b.tickets.View(ctx, agent, t.ID, "decide"); err != nil {
		return err
	}
	kind, _ := b.tickets.Kind(t.Kind)
	j := support.Judgement{Checks: map[string]string{}, Compared: compared}
	for _, c := range kind.Checks {
		j.Checks[c.ID] = support.CheckMatch
	}
	_, err = b.tickets.Approve(ctx, agent, t.ID, j)
	return err
}

// letters are those of a purpose that an account's addresses got, once there are so many.
func (b *bureau) letters(purpose recovery.Purpose, many int) (texts []string) {
	b.t.Helper()
	eventually(b.t, string(purpose), func() bool {
		texts = nil
		for _, l := range b.Outbox() {
			if l.Purpose == string(purpose) {
				texts = append(texts, l.Text)
			}
		}
		return len(texts) >= many
	})
	return texts
}

var stopLink = regexp.MustCompile(`/mail/([A-Za-z0-9_-]+)`)

// TestS16_nothingLeftEndsInAnAppeal is the last rung: two people agree and one of them saw papers and person, both addresses on
// record are told, three days pass, and the owner chooses a new password; an agent sets none, and the owner's veto ends it.
func TestS16_nothingLeftEndsInAnAppeal(t *testing.T) {
	t.Parallel()
	const account = "nothing@demo.example"
	b := aBureau(t)
	ctx := t.Context()

	vetoed, ticket := b.appeal(account)
	b.must(b.judge("reviewer", ticket, "video"))
	b.at(vetoed, recovery.ByAppeal) // one is not enough
	if err := b.judge("reviewer", ticket, "video"); problem.KindOf(err) != problem.KindDenied {
		t.Errorf("the same person agreed twice: %v", err)
	}
	b.must(b.judge("lead", ticket, ""))
	b.at(vetoed, recovery.StepHold)
	for _, text := range b.letters(recovery.PurposeTicketApproved, 2) {
		if !strings.Contains(text, support.ShowTicketNumber(ticket.Number)) || !strings.Contains(text, "/appeal\n") ||
			!strings.Contains(text, "从不收费") || strings.Contains(text, "what the receipt says") {
			t.Errorf("the letter of a yes: %s", text)
		}
	}
	for _, text := range b.letters(recovery.PurposeTicketApproved, 2) { // both addresses are lost ones: only both together stop it
		_, err := b.service.Stop(ctx, stopLink.FindStringSubmatch(text)[1])
		b.must(err)
	}
	b.at(vetoed, recovery.StepEnded)
	b.must(b.Advance(ctx, 80*time.Hour))
	b.at(vetoed, recovery.StepEnded)

	key, ticket := b.appeal(account)
	if !slices.Contains(ticket.Detail.Flags, recovery.RiskStopped) || ticket.Detail.Need != 2 {
		t.Errorf("after a veto: %+v", ticket.Detail)
	}
	b.must(b.Advance(ctx, 30*time.Hour)) // nobody loses a case while people look at it
	b.must(b.judge("lead", ticket, "counter"))
	b.must(b.judge("reviewer", ticket, ""))
	hold := b.at(key, recovery.StepHold)
	if hold.Hold.Sub(b.now()) < 72*time.Hour-time.Minute {
		t.Errorf("until %v", hold.Hold)
	}
	b.letters(recovery.PurposeTicketApproved, 4)
	b.must(b.Advance(ctx, 71*time.Hour))
	b.at(key, recovery.StepHold)
	b.must(b.Advance(ctx, 2*time.Hour))
	b.letters(recovery.PurposeReady, 2)
	b.at(key, recovery.StepPassword)
	result, err := b.service.Submit(ctx, key, recovery.StepPassword, map[string]string{"new_password": "739184", "new_password_again": "739184"}, writer)
	b.must(err)
	if result.Token == "" {
		t.Fatalf("%+v", result)
	}
	key.Token = result.Token
	eventually(t, "the password is set", func() bool {
		sight, err := b.service.Look(ctx, key)
		return err == nil && sight.Place.ID == recovery.StepDone
	})
}
