package web_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"zhaohui/internal/alert"
	"zhaohui/internal/audit"
	"zhaohui/internal/picture"
	"zhaohui/internal/recovery"
	"zhaohui/internal/store"
	"zhaohui/internal/support"
	"zhaohui/web"
)

// W4: whoever has only the number of a case reads nothing of its appeal, and whoever writes an appeal of their own stays with it.
func TestW4_theNumberOfACaseShowsNothingOfItsAppeal(t *testing.T) {
	p := newAppeals(t)
	one, page := p.appeals(t, "nothing@demo.example")
	one.fill("model", "华为 P40", "do", "save")
	p.clock.advance(2 * time.Minute)
	code := p.facts(t, one.caseID()).Code
	guest := p.person(t)
	guest.open("/case")
	guest.fill("resume", code)
	writes, _ := p.appeals(t, "all@demo.example")
	before := p.live.rows(t)
	for who, b := range map[string]*person{"who has the number": guest, "who writes another": writes} {
		for _, below := range []string{"", "/check", "/first-device", "/call", "/papers"} {
			a := b.get(page + below)
			if a.status != 303 || strings.Contains(a.location(), "appeal/") || strings.Contains(a.body, "P40") {
				t.Errorf("%s gets %d, %s at %s", who, a.status, a.location(), below)
			}
			if a := b.post(page+below, values("do", "save")); a.status != 303 {
				t.Errorf("%s posts with %d to %s", who, a.status, below)
			}
		}
	}
	if p.live.rows(t) != before {
		t.Error("somebody else changed something")
	}
}

// The desk counts begun appeals by the network that they come from.
func TestP2_aBegunAppealIsCountedForItsNetwork(t *testing.T) {
	p := newAppeals(t)
	p.appeals(t, "nothing@demo.example")
	var n int
	row := p.live.db.SQL().QueryRow(`SELECT COUNT(*) FROM throttle_use WHERE key LIKE 'ticket/begun/appeal/%'`)
	if err := row.Scan(&n); err != nil || n != 1 {
		t.Errorf("counted %d times, %v", n, err)
	}
}

// A broken promise is said to be one, and a refusal whose time is over offers no form that would be refused.
func TestP2_whatIsLateIsSaidAndWhatIsOverIsNotOffered(t *testing.T) {
	p := newAppeals(t)
	one, page := p.appeals(t, "nothing@demo.example")
	one.fill("model", "华为 P40", "do", "save")
	one.open(page + "/check")
	one.fill()
	if a := one.open(page); strings.Contains(a.body, "没有做到") {
		t.Error("it is late at once")
	}
	ticket := p.ticket(t, one)
	p.clock.advance(ticket.Promised.Sub(p.clock.now()) + time.Minute)
	contains(t, one.open(page), "没有做到，对不起")
	p.refuses(t, one)
	contains(t, one.open(page), "改一改，再交一次")
	p.clock.advance(p.ticket(t, one).Due.Sub(p.clock.now()) - time.Minute)
	contains(t, one.open(page), "改一改，再交一次")
	p.clock.advance(2 * time.Minute) // nobody tended it yet
	if a := one.get(page); strings.Contains(a.body, "改一改，再交一次") {
		t.Errorf("%d: it is offered when its time is over", a.status)
	}
}

// Number and key take nothing along before people said yes, and whoever runs the case already loses no day of the hold.
func TestR7_onlyADecidedAppealIsTakenAlongAndOnlyElsewhere(t *testing.T) {
	p := newAppeals(t)
	one, page := p.appeals(t, "all@demo.example")
	one.fill("model", "华为 P40", "do", "save")
	one.open(page + "/check")
	one.fill()
	shown := parsed(t, one.open(page).body).class("big")
	other := p.person(t)
	other.post("/appeal", values("number", strings.TrimSpace(shown[0].text()), "key", strings.TrimSpace(shown[1].text())))
	before := p.live.rows(t)
	if a := other.post("/appeal/status", nil); a.status != 303 || a.location() != "/appeal/status" || p.live.rows(t) != before {
		t.Errorf("before anybody decided: %d %s", a.status, a.location())
	}
	owner, number, key := p.decided(t, "nothing@demo.example")
	hold := p.facts(t, owner.caseID()).Hold
	p.clock.advance(24 * time.Hour)
	owner.post("/appeal", values("number", number, "key", key))
	if a := owner.post("/appeal/status", nil); a.status != 303 || !strings.HasPrefix(a.location(), "/p/wallet/appeal") {
		t.Errorf("in the browser that runs it: %d %s", a.status, a.location())
	}
	if f := p.facts(t, owner.caseID()); !f.Hold.Equal(hold) || f.Holder != 0 {
		t.Errorf("the hold began anew: until %s, not %s", f.Hold, hold)
	}
}

// P3: consent is a "yes" and nothing else; a field that no page has is refused.
func TestP3_consentIsAYesAndNothingElse(t *testing.T) {
	p := newAppeals(t)
	one, page := p.papers(t)
	for _, said := range []string{"no", "", "yes ", "on"} {
		a := one.multi(page+"/pictures", pair{name: "consent", text: said}, pair{name: "picture", text: "x.jpg", file: photo(t, 40)})
		if a.status != 422 || len(picturesOn(t, a)) != 0 {
			t.Errorf("%q is taken for a yes: %d", said, a.status)
		}
	}
	a := one.multi(page+"/pictures", append([]pair{{name: "mood", text: "x"}}, filed(photo(t, 40))...)...)
	if a.status != 422 || len(picturesOn(t, one.open(page))) != 0 {
		t.Errorf("an unknown field: %d", a.status)
	}
	if n := len(p.ticket(t, one).Detail.Consents); n != 0 {
		t.Errorf("%d consents are recorded", n)
	}
}

// W5: the events of a case are its own browser's, and somebody with a case of their own ends nobody else's help.
func TestW5_whatAnAgentDoesIsToldToNobodyElse(t *testing.T) {
	p := newAssistPortal(t)
	one, other, lin := p.person(t), p.person(t), p.hire(t, "lin", support.RoleAgent)
	one.begin("sms", "all@demo.example")
	other.begin("sms", "nothing@demo.example")
	lin.helps(t, one)
	lin.helps(t, other)
	if a := other.get("/case/" + one.caseID() + "/events"); a.status != http.StatusNotFound {
		t.Errorf("the events of somebody else's case: %d", a.status)
	}
	if a := other.post("/case/"+one.caseID()+"/assist", values("do", "end")); a.status != 303 || a.location() != "/case" {
		t.Errorf("somebody else's help: %d %s", a.status, a.location())
	}
	for who, b := range map[string]*person{"one": one, "other": other} {
		if p.facts(t, b.caseID()).Assist == nil {
			t.Errorf("the help for %s is over", who)
		}
	}
}

// alarmed are alerts that are on.
type alarmed struct{}

func (alarmed) Running(context.Context) ([]alert.State, error) {
	return []alert.State{{Kind: alert.TrailBroken, Began: today, Count: 1, Limit: 1}}, nil
}

// What goes wrong is said to who answers for the desk, and to nobody else.
func TestP1_alertsAreForTheLead(t *testing.T) {
	p := newDesk(t, plainSite, func(c *web.Config) { c.Alerts = alarmed{} })
	for _, role := range support.Roles() {
		who := p.hire(t, string(role)+"-1", role)
		if said := strings.Contains(who.b.get("/agent").body, "审计记录对不上"); said != (role == support.RoleLead) {
			t.Errorf("said to a %s: %t", role, said)
		}
	}
}

// A link that was retired because its page changed says so, and not that its agent took it back.
func TestRetire_aLinkWhosePageChangedSaysSo(t *testing.T) {
	p := newDesk(t, plainSite)
	lee := p.hire(t, "lee", support.RoleLead)
	link, err := p.config.Links.Make(t.Context(), support.NewLink{Agent: lee.id, Lang: "zh",
		Target: support.Target{Kind: support.ToArticle, Slug: "no-card"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.live.db.SQL().Exec(`UPDATE share_link SET version = 'of before'`); err != nil {
		t.Fatal(err)
	}
	lee.b.post("/agent/links/retire", values("days", "0", "changed", "yes"))
	if got, _ := p.config.Links.Find(t.Context(), link.Code); got.Why != support.WhyContent {
		t.Errorf("retired as %q", got.Why)
	}
}

// halfway is a trail that cannot be read to its end.
type halfway struct{ *store.Trail }

func (h *halfway) Search(ctx context.Context, f support.TrailFilter, below int64, limit int) ([]support.TrailEntry, int64, error) {
	if f.Kind == "try-wrong" && below > 0 {
		return nil, 0, errors.New("the disk is gone")
	}
	found, _, err := h.Trail.Search(ctx, f, below, min(limit, 2))
	return found, 1, err
}

// P4: half an export is cut off, so that it is not taken for a whole one.
func TestP4_halfAnExportIsNotTakenForAWhole(t *testing.T) {
	half := &halfway{}
	p := newDesk(t, plainSite, func(c *web.Config) { c.Trail = support.NewTrail(half, newClock().now) })
	half.Trail = store.NewTrail(store.NewAudit(p.live.db, audit.NewChain(liveKeys.Hash("audit")), liveKeys.Box("records")))
	auditor := p.hire(t, "auditor", support.RoleAuditor)
	for range 4 {
		if err := half.Record(t.Context(), recovery.Event{At: p.clock.now(), Kind: "try-wrong", Actor: "customer"}); err != nil {
			t.Fatal(err)
		}
	}
	cut := func() (cut bool) {
		defer func() { cut = recover() != nil }()
		auditor.b.post("/agent/audit/export", values("format", "csv", "kind", "try-wrong"))
		return false
	}
	if !cut() {
		t.Error("half a file ends like a whole one")
	}
}

// No search that is longer than its page writes it gets into an address.
func TestFilters_whatIsTooLongIsNoPartOfASearch(t *testing.T) {
	_, auditor, _ := auditDesk(t)
	long := values("page", "audit", "name", "长", "kind", strings.Repeat("x", 65))
	auditor.leads(t, auditor.b.post("/agent/filters", long), "/agent/audit")
}

// A link to a running case leads on for a day: no case of one sitting lasts longer.
func TestL16_aLinkToACaseLastsADay(t *testing.T) {
	p := newAssistPortal(t)
	one, lin := p.person(t), p.hire(t, "lin", support.RoleAgent)
	one.begin("sms", "all@demo.example")
	made := lin.b.post(lin.helps(t, one), values("do", "share"))
	code, _, _ := strings.Cut(strings.TrimPrefix(made.location(), "/agent/links/"), "?")
	link, err := p.config.Links.Find(t.Context(), code)
	if err != nil || link.Target.Kind != support.ToCase || !link.Expires.Equal(p.clock.now().Add(24*time.Hour)) {
		t.Errorf("%s: %+v, %v", made.location(), link, err)
	}
}

// W7: a picture's file has eight megabytes at most.
func TestW7_aFileHasEightMegabytesAtMost(t *testing.T) {
	if picture.MaxBytes != 8<<20 {
		t.Errorf("%d bytes", picture.MaxBytes)
	}
}
