package web_test

import (
	"strings"
	"testing"

	"github.com/descope/virtualwebauthn"

	"zhaohui/internal/support"
)

// device is what an agent touches: a passkey for this site, that checks its owner.
type device struct {
	party virtualwebauthn.RelyingParty
	auth  virtualwebauthn.Authenticator
	key   virtualwebauthn.Credential
}

func newDevice() *device {
	return &device{virtualwebauthn.RelyingParty{Name: "云帆钱包", ID: "help.example", Origin: secureSite},
		virtualwebauthn.NewAuthenticator(), newKey()}
}

// made answers the wish for a new passkey.
func (d *device) made(t *testing.T, b *browser) string {
	t.Helper()
	wish, err := virtualwebauthn.ParseAttestationOptions(b.wish(t))
	if err != nil {
		t.Fatal(err)
	}
	d.auth.Options.UserHandle = []byte(wish.UserID)
	answer := virtualwebauthn.CreateAttestationResponse(d.party, d.auth, d.key, *wish)
	d.auth.AddCredential(d.key)
	return answer
}

// shown answers the wish for one that is known.
func (d *device) shown(t *testing.T, b *browser) string {
	t.Helper()
	wish, err := virtualwebauthn.ParseAssertionOptions(b.wish(t))
	if err != nil {
		t.Fatal(err)
	}
	d.key.Counter++
	return virtualwebauthn.CreateAssertionResponse(d.party, d.auth, d.key, *wish)
}

// wish is what the script of the page is told to have signed.
func (b *browser) wish(t *testing.T) string {
	t.Helper()
	got := b.post("/agent/passkey", nil)
	if got.status != 200 || !strings.HasPrefix(got.header.Get("Content-Type"), "application/json") ||
		got.header.Get("Cache-Control") != "no-store" || !strings.Contains(got.body, `"userVerification":"required"`) {
		t.Fatalf("the wish: %d %s %s", got.status, got.header.Get("Content-Type"), got.body)
	}
	return got.body
}

func TestPasskey_inPlaceOfACodeAtTheEnrolmentAndAtTheSignIn(t *testing.T) {
	p, d := newDesk(t, secureSite), newDevice()
	invitation, err := p.config.Desk.Add(t.Context(), newcomer(""))
	if err != nil {
		t.Fatal(err)
	}
	a := &staff{portal: p, name: "linxiao", b: p.browser()}
	a.b.post("/agent/enrol/"+invitation, nil)
	if got := a.b.post("/agent/enrol", values("passkey", d.made(t, a.b))); got.status != 422 {
		t.Errorf("before the password: %d", got.status)
	}
	d = newDevice()
	a.b.post("/agent/enrol", values("password", goodPassword, "again", goodPassword))
	if page := parsed(t, a.b.get("/agent/enrol").body).with("data-passkey"); len(page) != 1 || !page[0].has("hidden") {
		t.Error("a passkey is not offered, or shown where no script runs")
	}
	a.leads(t, a.b.post("/agent/enrol", values("passkey", d.made(t, a.b))), "/agent")

	b := p.browser()
	a.leads(t, b.post("/agent/sign-in", values("name", a.name, "password", goodPassword)), "/agent/sign-in/second")
	page := parsed(t, b.get("/agent/sign-in/second").body)
	if len(page.with("data-step")) != 0 || len(page.with("data-passkey")) != 1 {
		t.Error("who has only a passkey is asked for a code")
	}
	a.leads(t, b.post("/agent/sign-in/second", values("passkey", d.shown(t, b))), "/agent")

	b = p.browser()
	b.post("/agent/sign-in", values("name", a.name, "password", goodPassword))
	old := d.shown(t, b)
	b.wish(t)
	if got := b.post("/agent/sign-in/second", values("passkey", old)); got.status != 422 {
		t.Errorf("an answer to another question: %d", got.status)
	}
	if got := b.post("/agent/sign-in/second", values("passkey", "{")); got.status != 422 {
		t.Errorf("no answer at all: %d", got.status)
	}
	if got := p.browser().post("/agent/passkey", nil); got.status != 404 {
		t.Errorf("nobody gets a wish: %d", got.status)
	}
}

func TestPasskey_isAddedAndTakenAwayOnOnesOwnPage(t *testing.T) {
	p, d := newDesk(t, secureSite), newDevice()
	a := p.hire(t, "linxiao", support.RoleAgent)
	a.leads(t, a.b.post("/agent/me", values("passkey", d.made(t, a.b))), "/agent/me?said=added")
	b := p.browser()
	a.leads(t, b.post("/agent/sign-in", values("name", a.name, "password", a.password)), "/agent/sign-in/second")
	a.leads(t, b.post("/agent/sign-in/second", values("passkey", d.shown(t, b))), "/agent")
	remove := ""
	for _, button := range parsed(t, b.get("/agent/me").body).all("button") {
		if button.attr("name") == "remove" {
			remove = button.attr("value")
		}
	}
	a.leads(t, b.post("/agent/me", values("remove", remove)), "/agent/me?said=removed")
	if got := b.post("/agent/me", values("remove", remove)); got.status != 404 {
		t.Errorf("one that is gone: %d", got.status)
	}
	b = p.browser()
	b.post("/agent/sign-in", values("name", a.name, "password", a.password))
	if page := parsed(t, b.get("/agent/sign-in/second").body); len(page.with("data-passkey")) != 0 {
		t.Error("a passkey that was taken away is still asked for")
	}
}

func TestPasskey_theOnlySecondThingStays(t *testing.T) {
	p, d := newDesk(t, secureSite), newDevice()
	invitation, err := p.config.Desk.Add(t.Context(), newcomer(""))
	if err != nil {
		t.Fatal(err)
	}
	b := p.browser()
	b.post("/agent/enrol/"+invitation, nil)
	b.post("/agent/enrol", values("password", goodPassword, "again", goodPassword))
	b.post("/agent/enrol", values("passkey", d.made(t, b)))
	me, err := p.config.Desk.Find(t.Context(), "linxiao")
	if err != nil || len(me.Passkeys) != 1 {
		t.Fatal(err, "no passkey")
	}
	if got := b.post("/agent/me", values("remove", me.Passkeys[0].ID)); got.status != 409 ||
		!strings.Contains(mistakesOn(t, got), realWords().Words("zh").T("agent.error.passkey-last")) {
		t.Errorf("%d %s", got.status, mistakesOn(t, got))
	}
}

// newKey is a key whose numbers fill their 32 bytes: the virtual device leaves out zeros in front, which no real one does, and
// a portal rightly refuses.
func newKey() virtualwebauthn.Credential {
	for {
		if key := virtualwebauthn.NewCredential(virtualwebauthn.KeyTypeEC2); len(key.Key.AttestationData()) == 77 {
			return key
		}
	}
}
