package web_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"zhaohui/internal/audit"
	"zhaohui/internal/insight"
	"zhaohui/internal/store"
	"zhaohui/internal/support"
	"zhaohui/web"
)

// quickHasher is a slow hash that is not slow.
type quickHasher struct{}

func (quickHasher) Hash(_ context.Context, id, password string) (string, error) {
	sum := sha256.Sum256([]byte(id + "\x00" + password))
	return hex.EncodeToString(sum[:]), nil
}

func (h quickHasher) Verify(ctx context.Context, hash, id, password string) (bool, error) {
	want, err := h.Hash(ctx, id, password)
	return hash == want && hash != "", err
}

// newDesk is a portal with a desk of its own.
func newDesk(tb testing.TB, public string, change ...func(*web.Config)) *portal {
	tb.Helper()
	clock, log := newClock(), &record{}
	path := filepath.Join(folder, fmt.Sprintf("desk-%d.db", time.Now().UnixNano()))
	db, err := store.Open(tb.Context(), store.Config{Path: path, Now: clock.now})
	if err == nil {
		err = store.Migrate(tb.Context(), db)
	}
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = db.Close() })
	box := liveKeys.Box("records")
	trail := store.NewAudit(db, audit.NewChain(liveKeys.Hash("audit")), box)
	address, err := url.Parse(public)
	if err != nil {
		tb.Fatal(err)
	}
	desk := support.NewDesk(support.Deps{Store: store.NewAgents(db, trail.Append), Hasher: quickHasher{}, Box: box,
		Index: liveKeys.Index("agents"), Now: clock.now, Operator: "云帆钱包", Public: address})
	links := support.NewLinks(support.LinkDeps{Store: store.NewShareLinks(db, trail.Append),
		Places: web.NewPlaces(realContent(), realWords(), true), Now: clock.now})
	counts := insight.New(insight.Config{Store: store.NewInsight(db), Now: clock.now, Live: "wallet", Hash: liveKeys.Index("insight").Sum})
	r := &rulings{about: map[string]support.About{}}
	auditors := store.NewTrail(trail)
	p := newPortalOn(tb, public, clock, log, append([]func(*web.Config){func(c *web.Config) {
		c.Trail, c.Retention = support.NewTrail(auditors, clock.now), support.NewRetention(sampleRetained(clock.now), auditors, clock.now)
		c.Filters = support.NewFilters(store.NewFilters(db), clock.now)
		c.Recovery, c.Policy, c.Desk, c.Links = shared().service, shared().policy, desk, links
		c.Tickets = queueOn(db, r, clock.now)
		c.Insight = counts
	}}, change...)...)
	p.live, p.rulings = &living{path: path, db: db}, r
	return p
}

// staff is somebody who works at the desk, with what they sign in with.
type staff struct {
	portal          *portal
	id, name, shown string
	password, totp  string
	b               *browser
}

const goodPassword = "lamp river teapot 42"

// hire adds an agent and takes them through the enrolment by its pages, as somebody without script would.
func (p *portal) hire(tb testing.TB, name string, roles ...support.Role) *staff {
	tb.Helper()
	a := &staff{portal: p, name: name, shown: "林晓" + name, password: goodPassword, b: p.browser()}
	invitation, err := p.config.Desk.Add(tb.Context(), support.New{Name: name, Shown: a.shown, Roles: roles, Lang: "zh"})
	if err != nil {
		tb.Fatal(err)
	}
	found, err := p.config.Desk.Find(tb.Context(), name)
	if err != nil {
		tb.Fatal(err)
	}
	a.id = found.ID
	a.leads(tb, a.b.post("/agent/enrol/"+invitation, nil), "/agent/enrol")
	a.leads(tb, a.b.post("/agent/enrol", values("password", a.password, "again", a.password)), "/agent/enrol")
	page := parsed(tb, a.b.get("/agent/enrol").body)
	a.totp = strings.ReplaceAll(page.with("data-secret")[0].text(), " ", "")
	a.leads(tb, a.b.post("/agent/enrol", values("code", a.code(tb))), "/agent")
	return a
}

// leads fails the test if an answer does not lead there.
func (a *staff) leads(tb testing.TB, got answer, where string) {
	tb.Helper()
	if got.status != 303 || got.location() != where {
		tb.Fatalf("%s is led to %q with %d, want %q: %s", a.name, got.location(), got.status, where, mistakesOn(tb, got))
	}
}

func mistakesOn(tb testing.TB, got answer) string {
	var all []string
	for _, e := range parsed(tb, got.body).class("sum") {
		all = append(all, strings.Join(strings.Fields(e.text()), " "))
	}
	return strings.Join(all, "; ")
}

// code is a code of the authenticator that was not used.
func (a *staff) code(tb testing.TB) string {
	tb.Helper()
	a.portal.clock.advance(30 * time.Second)
	code, err := totp.GenerateCode(a.totp, a.portal.clock.now())
	if err != nil {
		tb.Fatal(err)
	}
	return code
}

// comes signs in with a browser.
func (a *staff) comes(tb testing.TB, b *browser) {
	tb.Helper()
	a.leads(tb, b.post("/agent/sign-in", values("name", a.name, "password", a.password)), "/agent/sign-in/second")
	a.leads(tb, b.post("/agent/sign-in/second", values("code", a.code(tb))), "/agent")
}

// agentCookie is the token as it is sealed in the browser.
func (p *portal) agentCookie(b *browser) string {
	if c := b.cookies[p.cookieName("zh_agent")]; c != nil {
		return c.Value
	}
	return ""
}

// newcomer is somebody to be added.
func newcomer(lang string) support.New {
	return support.New{Name: "linxiao", Shown: "林晓", Roles: []support.Role{support.RoleAgent}, Lang: lang}
}
