package support_test

import (
	"encoding/json"
	"net/url"
	"testing"
	"time"

	"github.com/descope/virtualwebauthn"

	"zhaohui/internal/problem"
	"zhaohui/internal/support"
)

// device is a phone with one passkey.
type device struct {
	d    *door
	site virtualwebauthn.RelyingParty
	auth virtualwebauthn.Authenticator
	key  virtualwebauthn.Credential
}

func newDevice(d *door) *device {
	return &device{d: d, site: virtualwebauthn.RelyingParty{Name: "Cloudpay", ID: "help.example", Origin: "https://help.example"},
		auth: virtualwebauthn.NewAuthenticator(), key: newKey()}
}

// create answers what asks for a new passkey.
func (v *device) create(options []byte) []byte {
	v.d.t.Helper()
	asked, err := virtualwebauthn.ParseAttestationOptions(string(options))
	v.d.must(err)
	v.auth.Options.UserHandle = []byte(asked.UserID)
	v.auth.AddCredential(v.key)
	return []byte(virtualwebauthn.CreateAttestationResponse(v.site, v.auth, v.key, *asked))
}

// use answers what asks for a passkey.
func (v *device) use(options []byte) []byte {
	v.d.t.Helper()
	asked, err := virtualwebauthn.ParseAssertionOptions(string(options))
	v.d.must(err)
	return []byte(virtualwebauthn.CreateAssertionResponse(v.site, v.auth, v.key, *asked))
}

// half gives lin's password.
func (v *device) half() (token string, options []byte) {
	v.d.t.Helper()
	ctx := v.d.t.Context()
	token, err := v.d.SignIn(ctx, "lin", password, office)
	v.d.must(err)
	options, err = v.d.BeginPasskey(ctx, token)
	v.d.must(err)
	return token, options
}

// enrolled is lin with a passkey and no authenticator.
func enrolled(d *door) *device {
	d.t.Helper()
	ctx, v := d.t.Context(), newDevice(d)
	token, err := d.Add(ctx, support.New{Name: "lin", Roles: []support.Role{support.RoleAgent}})
	d.must(err)
	session, err := d.BeginEnrol(ctx, token, office)
	d.must(err)
	options, err := d.BeginPasskey(ctx, session)
	d.must(err)
	answer := v.create(options)
	_, err = d.FinishPasskey(ctx, session, answer)
	d.is(err, problem.KindInvalid, "a passkey before the password")
	d.must(d.ChoosePassword(ctx, session, password))
	whole, err := d.FinishPasskey(ctx, session, answer)
	d.must(err)
	_, err = d.Who(ctx, whole)
	d.must(err)
	_, err = d.Enrolment(ctx, token)
	d.is(err, problem.KindExpired, "the address afterwards")
	return v
}

func TestW4_aPasskeyIsASecondStep(t *testing.T) {
	onBoth(t, func(t *testing.T, d *door) {
		ctx := t.Context()
		v := enrolled(d)
		token, options := v.half()
		var asked struct {
			PublicKey struct {
				UserVerification string `json:"userVerification"`
				RPID             string `json:"rpId"`
			} `json:"publicKey"`
		}
		d.must(json.Unmarshal(options, &asked))
		if asked.PublicKey.UserVerification != "required" || asked.PublicKey.RPID != "help.example" {
			t.Errorf("it asks for %+v", asked)
		}
		v.key.Counter++
		answer := v.use(options)
		whole, err := d.FinishPasskey(ctx, token, answer)
		d.must(err)
		p, err := d.Who(ctx, whole)
		d.must(err)
		if whole == token || !p.Agent.Passkeys[0].Used.Equal(d.now()) {
			t.Errorf("who is %+v", p)
		}
		_, err = d.FinishPasskey(ctx, token, answer)
		d.is(err, problem.KindExpired, "the answer again")
		other, _ := v.half()
		_, err = d.FinishPasskey(ctx, other, answer)
		d.is(err, problem.KindInvalid, "the answer for another question")
		_, err = d.Second(ctx, other, "000000")
		d.is(err, problem.KindInvalid, "a code without an authenticator")
	})
}

func TestW4_wrongPasskeysAreRefused(t *testing.T) {
	for what, spoil := range map[string]func(v *device){
		"another site":              func(v *device) { v.site.Origin = "https://evil.example" },
		"another name":              func(v *device) { v.site.ID = "evil.example" },
		"nobody looked at the lock": func(v *device) { v.auth.Options.UserNotVerified = true },
		"another key":               func(v *device) { v.key = newKey() },
		"a copy of the key":         func(v *device) { v.key.Counter = 1 },
	} {
		t.Run(what, func(t *testing.T) {
			onBoth(t, func(t *testing.T, d *door) {
				v := enrolled(d)
				v.key.Counter = 5
				token, options := v.half()
				whole, err := d.FinishPasskey(t.Context(), token, v.use(options))
				d.must(err)
				d.must(d.SignOut(t.Context(), whole))
				spoil(v)
				token, options = v.half()
				_, err = d.FinishPasskey(t.Context(), token, v.use(options))
				d.is(err, problem.KindInvalid, what)
				_, err = d.FinishPasskey(t.Context(), token, []byte(`{"id": 1`))
				d.is(err, problem.KindInvalid, "no answer at all")
				_, err = d.Who(t.Context(), token)
				d.is(err, problem.KindNotFound, "the console after that")
			})
		})
	}
}

func TestPasskey_oneMoreAndOneLess(t *testing.T) {
	onBoth(t, func(t *testing.T, d *door) {
		ctx := t.Context()
		v := enrolled(d)
		token, options := v.half()
		whole, err := d.FinishPasskey(ctx, token, v.use(options))
		d.must(err)
		p, err := d.Who(ctx, whole)
		d.must(err)
		first := p.Agent.Passkeys[0].ID
		d.is(d.RemovePasskey(ctx, p.Agent.ID, first), problem.KindConflict, "the only second step")
		more := newDevice(d)
		options, err = d.BeginPasskey(ctx, whole)
		d.must(err)
		answer := more.create(options)
		if got, err := d.FinishPasskey(ctx, whole, answer); err != nil || got != "" {
			t.Errorf("%q, %v", got, err)
		}
		_, err = d.FinishPasskey(ctx, whole, answer)
		d.is(err, problem.KindInvalid, "the same answer again")
		d.must(d.RemovePasskey(ctx, p.Agent.ID, first))
		d.is(d.RemovePasskey(ctx, p.Agent.ID, first), problem.KindConflict, "the last one")
		token, options = more.half()
		_, err = d.FinishPasskey(ctx, token, more.use(options))
		d.must(err)
		if d.count("agent-passkey-added") != 1 || d.count("agent-passkey-removed") != 1 {
			t.Errorf("recorded %q", kinds(d.events()))
		}
	})
}

func TestR4_fiftyWrongPasskeysAtOnceAreFiveChecks(t *testing.T) {
	onBoth(t, func(t *testing.T, d *door) {
		v := enrolled(d)
		token, _ := v.half()
		together(50, func(int) error {
			_, err := d.FinishPasskey(t.Context(), token, []byte(`{}`))
			return err
		})
		if n := d.count("agent-sign-in-failed"); n != 5 {
			t.Errorf("%d checks", n)
		}
		d.advance(15 * time.Minute)
		token, options := v.half()
		_, err := d.FinishPasskey(t.Context(), token, v.use(options))
		d.must(err)
	})
}

func TestPasskeys_needAHostWithAName(t *testing.T) {
	for address, want := range map[string]bool{"https://help.example": true, "http://localhost:8080": true,
		"http://127.0.0.1:8080": false,
		"https://[::1]":         false} {
		public, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		if got := support.NewDesk(support.Deps{Public: public}).Passkeys(); got != want {
			t.Errorf("%s: %v", address, got)
		}
	}
	if support.NewDesk(support.Deps{}).Passkeys() {
		t.Error("without an address there are passkeys")
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
