package support_test

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"zhaohui/internal/audit"
	"zhaohui/internal/problem"
	"zhaohui/internal/support"
)

// cleaner stands for the one that knows pictures: what it gives can be told from what came.
type cleaner struct{}

func (cleaner) Clean(_ context.Context, raw []byte) ([]byte, int, int, error) {
	if bytes.HasPrefix(raw, []byte("bad")) {
		return nil, 0, 0, problem.Invalid{Fields: map[string]string{"picture": "broken"}}
	}
	return append([]byte("clean "), raw...), 4, 3, nil
}

// draft is an appeal that is being written.
func (b *bureau) draft(caseID string) *support.Ticket {
	b.t.Helper()
	t, _, err := b.Begin(b.t.Context(), support.NewTicket{Kind: "appeal", Case: caseID, Key: "key of " + caseID, Lang: "zh"})
	b.must(err)
	_, err = b.Save(b.t.Context(), caseID, t.ID, "registered", map[string]string{"month": "2019-03"})
	b.must(err)
	return t
}

// add adds a picture with consent, and gives its id.
func (b *bureau) add(t *support.Ticket, raw string) string {
	b.t.Helper()
	b.must(b.AddPicture(b.t.Context(), paper(t, raw)))
	ids := b.papers(t)
	return ids[len(ids)-1]
}

func paper(t *support.Ticket, raw string) support.NewPicture {
	return support.NewPicture{Case: t.Case, Ticket: t.ID, Ask: "papers", Raw: []byte(raw), Text: "zh-1", Agrees: true}
}

// papers are the ids of the pictures in an answer.
func (b *bureau) papers(t *support.Ticket) []string {
	b.t.Helper()
	form, err := b.Form(b.t.Context(), t.Case, t.ID)
	b.must(err)
	var ids []string
	for _, e := range form.Answers["papers"] {
		ids = append(ids, e["paper"])
	}
	return ids
}

func (b *bureau) rows(query string) (n int) {
	b.t.Helper()
	b.must(b.db.SQL().QueryRow(query).Scan(&n))
	return n
}

func TestW7_onlyWhatWasCleanedIsKeptSealedAndNamedByUs(t *testing.T) {
	onBoth(t, func(t *testing.T, d *door) {
		b, ctx := newBureau(t, d), t.Context()
		ticket := b.draft("c1")
		first, second := b.add(ticket, "one"), b.add(ticket, "two")
		p, err := b.OwnPicture(ctx, "c1", ticket.ID, "papers", first)
		b.must(err)
		if string(p.JPEG) != "clean one" || p.Width != 4 || p.Height != 3 || p.Size != len(p.JPEG) || len(first) < 16 || first == second {
			t.Errorf("%+v", p)
		}
		b.is(b.AddPicture(ctx, paper(ticket, "bad")), problem.KindInvalid, "add what is no picture")
		if got := b.papers(ticket); !slices.Equal(got, []string{first, second}) {
			t.Error(got)
		}
		for _, word := range []string{"clean", "one", "two"} {
			for _, column := range []string{"id", "ask", "sealed"} {
				if n := b.rows(`SELECT COUNT(*) FROM ticket_picture WHERE CAST(` + column + ` AS TEXT) LIKE '%` + word + `%'`); n != 0 {
					t.Errorf("%q stands in %s", word, column)
				}
			}
		}
		// What is sealed belongs to its row: it opens in no other.
		b.must(b.swap())
		_, err = b.OwnPicture(ctx, "c1", ticket.ID, "papers", first)
		if err == nil {
			t.Error("a picture that was put into another row is shown")
		}
		// A picture changes nothing of the promise.
		ticket, err = b.Ticket(ctx, ticket.ID)
		b.must(err)
		if ticket.Score != 15 {
			t.Error(ticket.Score)
		}
	})
}

// swap puts what is sealed of every picture into the row of another.
func (b *bureau) swap() error {
	_, err := b.db.SQL().Exec(`UPDATE ticket_picture SET sealed = (SELECT other.sealed FROM ticket_picture other
		WHERE other.id <> ticket_picture.id LIMIT 1)`)
	return err
}

func TestP3_noPictureIsTakenWithoutItsOwnConsent(t *testing.T) {
	onBoth(t, func(t *testing.T, d *door) {
		b, ctx := newBureau(t, d), t.Context()
		ticket := b.draft("c1")
		n := paper(ticket, "one")
		n.Agrees = false
		err := b.AddPicture(ctx, n)
		b.is(err, problem.KindInvalid, "add without consent")
		if !strings.Contains(err.Error(), "consent=required") || b.rows(`SELECT COUNT(*) FROM ticket_picture`) != 0 || b.count("consent-given") != 0 {
			t.Error(err)
		}
		n.Agrees = true
		b.must(b.AddPicture(ctx, n))
		n.Agrees = false
		b.must(b.AddPicture(ctx, n)) // once is enough
		events := b.events()
		i := slices.IndexFunc(events, func(e audit.Entry) bool { return e.Kind == "consent-given" })
		if i < 0 || b.count("consent-given") != 1 || events[i].Data["text"] != "zh-1" || events[i].Data["days"] != "30" ||
			events[i].Data["ask"] != "papers" || events[i].Actor != support.Customer {
			t.Errorf("%+v", events)
		}
		n.Text = "zh-2"
		b.is(b.AddPicture(ctx, n), problem.KindInvalid, "add when the text is another one")
		n.Agrees = true
		b.must(b.AddPicture(ctx, n))
		ticket, err = b.Ticket(ctx, ticket.ID)
		b.must(err)
		if !ticket.Agreed("papers", "zh-1") || !ticket.Agreed("papers", "zh-2") || ticket.Agreed("papers", "en-1") ||
			ticket.Agreed("other", "zh-1") || ticket.Detail.Consents[1].Days != 30 {
			t.Errorf("%+v", ticket.Detail.Consents)
		}
		n.Text = ""
		b.is(b.AddPicture(ctx, n), problem.KindDenied, "add when nothing was shown to agree to")
	})
}

func TestW7_fourPicturesAtATimeAndNoneOfOthers(t *testing.T) {
	onBoth(t, func(t *testing.T, d *door) {
		b, ctx := newBureau(t, d), t.Context()
		ticket, other := b.draft("c1"), b.draft("c2")
		for _, raw := range []string{"1", "2", "3", "4"} {
			b.add(ticket, raw)
		}
		b.is(b.AddPicture(ctx, paper(ticket, "5")), problem.KindInvalid, "add a fifth")
		ids := b.papers(ticket)
		for what, err := range map[string]error{
			"another case adds":           b.AddPicture(ctx, support.NewPicture{Case: "c2", Ticket: ticket.ID, Ask: "papers", Raw: []byte("x"), Text: "zh-1", Agrees: true}),
			"to a question of words":      b.AddPicture(ctx, support.NewPicture{Case: "c1", Ticket: ticket.ID, Ask: "places", Raw: []byte("x"), Text: "zh-1", Agrees: true}),
			"to no question":              b.AddPicture(ctx, support.NewPicture{Case: "c1", Ticket: ticket.ID, Ask: "none", Raw: []byte("x"), Text: "zh-1", Agrees: true}),
			"another case takes one back": b.DropPicture(ctx, "c2", ticket.ID, "papers", ids[0]),
			"by another ticket":           b.DropPicture(ctx, "c2", other.ID, "papers", ids[0]),
		} {
			b.is(err, problem.KindNotFound, what)
		}
		for _, caseID := range []string{"c2", ""} {
			for _, id := range []string{ticket.ID, other.ID} {
				if _, err := b.OwnPicture(ctx, caseID, id, "papers", ids[0]); problem.KindOf(err) != problem.KindNotFound {
					t.Errorf("case %q sees a picture through %s: %v", caseID, id, err)
				}
			}
		}
		b.must(b.DropPicture(ctx, "c1", ticket.ID, "papers", ids[1]))
		b.is(b.DropPicture(ctx, "c1", ticket.ID, "papers", ids[1]), problem.KindNotFound, "take one back twice")
		if got := b.papers(ticket); !slices.Equal(got, []string{ids[0], ids[2], ids[3]}) || b.rows(`SELECT COUNT(*) FROM ticket_picture`) != 3 {
			t.Error(got)
		}
		_, err := b.Save(ctx, "c1", ticket.ID, "papers", nil) // going on loses none
		b.must(err)
		_, err = b.Save(ctx, "c1", ticket.ID, "papers", map[string]string{"paper": "typed"})
		b.is(err, problem.KindInvalid, "type the name of a picture")
		if len(b.papers(ticket)) != 3 {
			t.Error("a picture is gone")
		}
	})
}

// What people may have judged stays with them; what is new has room beside it.
func TestW7_whatWasSentIsNeitherTakenBackNorShownAgain(t *testing.T) {
	onBoth(t, func(t *testing.T, d *door) {
		b, ctx, anna := newBureau(t, d), t.Context(), reviewer("anna")
		ticket := b.draft("c1")
		first := b.add(ticket, "one")
		_, err := b.Send(ctx, "c1", ticket.ID)
		b.must(err)
		b.is(b.AddPicture(ctx, paper(ticket, "two")), problem.KindConflict, "add when it is not the customer's turn")
		b.is(b.DropPicture(ctx, "c1", ticket.ID, "papers", first), problem.KindConflict, "take back what was sent")
		_, err = b.OwnPicture(ctx, "c1", ticket.ID, "papers", first)
		b.is(err, problem.KindConflict, "see what was sent")
		b.take(anna, ticket.ID)
		ticket, err = b.AskMore(ctx, anna, ticket.ID, []string{"places"}, []string{"identity-card"})
		b.must(err)
		if !ticket.MayAnswer("papers") || !ticket.MayAnswer("places") || ticket.MayAnswer("phones") {
			t.Errorf("papers are wanted and cannot be given: %+v", ticket.Detail.Rounds)
		}
		b.is(b.DropPicture(ctx, "c1", ticket.ID, "papers", first), problem.KindConflict, "take back what was judged")
		for _, raw := range []string{"2", "3", "4", "5"} {
			b.add(ticket, raw)
		}
		b.is(b.AddPicture(ctx, paper(ticket, "6")), problem.KindInvalid, "add more than four in a round")
		_, err = b.OwnPicture(ctx, "c1", ticket.ID, "papers", first)
		b.is(err, problem.KindConflict, "see what was judged")
		ids := b.papers(ticket)
		_, err = b.OwnPicture(ctx, "c1", ticket.ID, "papers", ids[1])
		b.must(err)
		b.must(b.DropPicture(ctx, "c1", ticket.ID, "papers", ids[4]))
		form, err := b.Form(ctx, "c1", ticket.ID)
		b.must(err)
		if len(form.Answers["papers"]) != 4 || form.Sent["papers"] != 1 || form.Answers["papers"][0]["paper"] != first {
			t.Errorf("%+v", form)
		}
	})
}

func TestP1_aPictureIsShownDuringALookAndEachViewIsRecorded(t *testing.T) {
	onBoth(t, func(t *testing.T, d *door) {
		b, ctx, anna := newBureau(t, d), t.Context(), reviewer("anna")
		lead := &support.Agent{ID: "lee", Roles: []support.Role{support.RoleLead}}
		ticket := b.draft("c1")
		id := b.add(ticket, "one")
		_, err := b.ViewPicture(ctx, lead, ticket.ID, id)
		b.is(err, problem.KindNotFound, "see what was not sent")
		_, err = b.Send(ctx, "c1", ticket.ID)
		b.must(err)
		refused := func(who *support.Agent, what string) {
			t.Helper()
			_, err := b.ViewPicture(ctx, who, ticket.ID, id)
			b.is(err, problem.KindDenied, what)
		}
		refused(anna, "see it without a claim")
		refused(lead, "see it without a reason")
		_, err = b.Claim(ctx, anna, ticket.ID)
		b.must(err)
		refused(anna, "see it without a reason")
		_, _, err = b.View(ctx, anna, ticket.ID, "decide")
		b.must(err)
		refused(reviewer("berta"), "see it under somebody else's look")
		refused(&support.Agent{ID: "anna", Roles: []support.Role{support.RoleAgent}}, "see it without the right")
		_, err = b.ViewPicture(ctx, anna, ticket.ID, "none")
		b.is(err, problem.KindNotFound, "see one that is not there")
		if n := b.count(support.KindPictureViewed); n != 0 {
			t.Errorf("%d views are recorded that were none", n)
		}
		for n := range 2 {
			p, err := b.ViewPicture(ctx, anna, ticket.ID, id)
			b.must(err)
			e := b.events()[len(b.events())-1]
			if string(p.JPEG) != "clean one" || b.count(support.KindPictureViewed) != n+1 || e.Actor != "agent:anna" ||
				e.Data["reason"] != "decide" || e.Data["picture"] != id || e.Case != "c1" {
				t.Errorf("%s, %+v", p.JPEG, e)
			}
		}
		_, _, err = b.View(ctx, lead, ticket.ID, "complaint")
		b.must(err)
		_, err = b.ViewPicture(ctx, lead, ticket.ID, id)
		b.must(err)
		d.advance(16 * time.Minute)
		refused(anna, "see it when the claim is over")
		refused(lead, "see it when the look is over")
	})
}

func TestP3_picturesAreErasedWithTheEvidence(t *testing.T) {
	onBoth(t, func(t *testing.T, d *door) {
		b, ctx, anna := newBureau(t, d), t.Context(), reviewer("anna")
		lead := &support.Agent{ID: "lee", Roles: []support.Role{support.RoleLead}}
		ticket, forgotten := b.draft("c1"), b.draft("c2")
		id := b.add(ticket, "one")
		b.add(forgotten, "two")
		_, err := b.Send(ctx, "c1", ticket.ID)
		b.must(err)
		d.advance(7 * 24 * time.Hour)
		if done, _, err := b.Tend(ctx, 10); err != nil || done.Forgotten != 1 || b.rows(`SELECT COUNT(*) FROM ticket_picture`) != 1 {
			t.Errorf("a picture outlives its draft: %+v %v", done, err)
		}
		b.take(anna, ticket.ID)
		_, err = b.Refuse(ctx, anna, ticket.ID, refusal(b.judged(ticket, "")))
		b.must(err)
		for range 2 { // closed, then erased
			d.advance(30 * 24 * time.Hour)
			_, _, err = b.Tend(ctx, 10)
			b.must(err)
		}
		if n := b.rows(`SELECT COUNT(*) FROM ticket_picture`); n != 0 {
			t.Errorf("%d pictures are left", n)
		}
		_, err = b.ViewPicture(ctx, lead, ticket.ID, id)
		b.is(err, problem.KindExpired, "see what is erased")
	})
}

func TestW8_picturesAreNotSentForEver(t *testing.T) {
	onBoth(t, func(t *testing.T, d *door) {
		b, ctx := newBureau(t, d), t.Context()
		ticket := b.draft("c1")
		for range 40 {
			b.is(b.AddPicture(ctx, paper(ticket, "bad")), problem.KindInvalid, "add what is no picture")
		}
		b.is(b.AddPicture(ctx, paper(ticket, "good")), problem.KindThrottled, "try once more")
		d.advance(61 * time.Minute)
		b.add(ticket, "good")
	})
}

func TestW7_aKindTakesPicturesAloneAndFew(t *testing.T) {
	pictures := support.Part{ID: "paper", Kind: support.PartPictures}
	for what, change := range map[string]func(a *support.Ask){
		"beside a text": func(a *support.Ask) {
			a.Parts = append(a.Parts, support.Part{ID: "note", Kind: support.PartText, Max: 20})
		},
		"five":                 func(a *support.Ask) { a.Many = 5 },
		"with a length":        func(a *support.Ask) { a.Parts = []support.Part{{ID: "paper", Kind: support.PartPictures, Max: 3}} },
		"words without weight": func(a *support.Ask) { a.Parts = []support.Part{{ID: "paper", Kind: support.PartText, Max: 3}} },
	} {
		k := appeal(t)
		last := &k.Asks[len(k.Asks)-1]
		*last = support.Ask{ID: "papers", Many: 4, Parts: []support.Part{pictures}}
		if flaws := k.Check(); len(flaws) > 0 {
			t.Fatal(flaws)
		}
		if change(last); len(k.Check()) == 0 {
			t.Errorf("%s is accepted", what)
		}
	}
}
