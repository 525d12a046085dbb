package oidc_test

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"zhaohui/internal/problem"
	"zhaohui/internal/support"
	"zhaohui/internal/support/oidc"
	"zhaohui/internal/support/oidc/oidctest"
)

var today = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)

const back = "https://help.example/agent/sign-in/openid/back"

func open(t *testing.T, change ...func(*oidc.Config)) (*oidctest.Provider, *oidc.Provider) {
	t.Helper()
	theirs, err := oidctest.Start(func() time.Time { return today })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(theirs.Close)
	theirs.Claims = map[string]any{"sub": "u-17", "preferred_username": "linxiao", "name": "林晓",
		"roles": []string{"agent", "lead"}}
	config := oidc.Config{Issuer: theirs.URL, ClientID: oidctest.ClientID, Secret: oidctest.Secret, Back: back,
		Now: func() time.Time { return today }}
	for _, do := range change {
		do(&config)
	}
	ours, err := oidc.New(config)
	if err != nil {
		t.Fatal(err)
	}
	return theirs, ours
}

// away goes to the provider and comes back with what it says.
func away(t *testing.T, theirs *oidctest.Provider, ours *oidc.Provider) (kept string, query url.Values) {
	t.Helper()
	address, kept, err := ours.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	where, wrong := theirs.Approve(address)
	if wrong != "" {
		t.Fatalf("the provider refuses the address: %s", wrong)
	}
	u, err := url.Parse(where)
	if err != nil || !strings.HasPrefix(where, back+"?") {
		t.Fatalf("back to %s: %v", where, err)
	}
	return kept, u.Query()
}

func TestSignIn_saysWhoItIsAndTheirRoles(t *testing.T) {
	theirs, ours := open(t)
	kept, query := away(t, theirs, ours)
	who, err := ours.Finish(t.Context(), kept, query)
	if err != nil {
		t.Fatal(err)
	}
	if who.Issuer != theirs.URL || who.Subject != "u-17" || who.Name != "linxiao" || who.Shown != "林晓" ||
		!slices.Equal(who.Roles, []support.Role{"agent", "lead"}) {
		t.Errorf("%+v", who)
	}
	if _, err := ours.Finish(t.Context(), kept, query); problem.KindOf(err) != problem.KindDenied {
		t.Errorf("a code that was used: %v", err)
	}
}

func TestSignIn_readsRolesFromTheClaimThatTheOperatorNames(t *testing.T) {
	for _, c := range []struct {
		name   string
		claims map[string]any
		want   []support.Role
	}{
		{"", map[string]any{"roles": []string{"auditor"}}, []support.Role{"auditor"}},
		{"", map[string]any{"roles": "agent reviewer"}, []support.Role{"agent", "reviewer"}},
		{"", map[string]any{"roles": 7}, nil},
		{"", map[string]any{}, nil},
		{"groups", map[string]any{"groups": []any{"lead", 3}, "roles": []string{"agent"}}, []support.Role{"lead"}},
		{"realm_access.roles", map[string]any{"realm_access": map[string]any{"roles": []string{"agent"}}},
			[]support.Role{"agent"}},
		{"https://help.example/roles", map[string]any{"https://help.example/roles": []string{"agent"}}, []support.Role{"agent"}},
		{"realm_access.roles", map[string]any{"realm_access": "agent"}, nil},
	} {
		theirs, ours := open(t, func(o *oidc.Config) { o.Roles = c.name })
		theirs.Claims = c.claims
		theirs.Claims["sub"] = "u-1"
		kept, query := away(t, theirs, ours)
		who, err := ours.Finish(t.Context(), kept, query)
		if err != nil || !slices.Equal(who.Roles, c.want) {
			t.Errorf("%q of %v: %v %v, want %v", c.name, c.claims, who.Roles, err, c.want)
		}
	}
}

func TestSignIn_anAnswerThatDoesNotFitIsDenied(t *testing.T) {
	stranger, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	none := func(payload []byte) []byte {
		text := base64.RawURLEncoding.EncodeToString
		return []byte(text([]byte(`{"alg":"none"}`)) + "." + text(payload) + ".")
	}
	claim := func(name string, value any) func(*oidctest.Provider) {
		return func(p *oidctest.Provider) { p.Change = func(claims map[string]any) { claims[name] = value } }
	}
	for name, spoil := range map[string]func(*oidctest.Provider){
		"another provider":  claim("iss", "https://evil.example"),
		"for somebody else": claim("aud", "another-portal"),
		"too old":           claim("exp", today.Add(-time.Minute).Unix()),
		"another question":  claim("nonce", "another"),
		"no question":       claim("nonce", nil),
		"signed by somebody": func(p *oidctest.Provider) {
			p.Sign = func(b []byte) []byte { return []byte(oidctest.Signed(stranger, b)) }
		},
		"not signed": func(p *oidctest.Provider) { p.Sign = none },
		"no token":   func(p *oidctest.Provider) { p.Sign = func([]byte) []byte { return nil } },
	} {
		theirs, ours := open(t)
		kept, query := away(t, theirs, ours)
		spoil(theirs)
		if who, err := ours.Finish(t.Context(), kept, query); problem.KindOf(err) != problem.KindDenied || who.Subject != "" {
			t.Errorf("%s: %v, %+v", name, err, who)
		}
	}
}

func TestSignIn_onlyTheBrowserThatBeganIsLetIn(t *testing.T) {
	theirs, ours := open(t)
	kept, query := away(t, theirs, ours)
	other, _ := away(t, theirs, ours)
	with := func(name, value string) url.Values {
		changed := url.Values{"state": query["state"], "code": query["code"], "iss": query["iss"]}
		changed.Set(name, value)
		return changed
	}
	for name, try := range map[string]struct {
		kept  string
		query url.Values
	}{
		"another try":       {other, query},
		"nothing kept":      {"", query},
		"half of it":        {"a.b", query},
		"another state":     {kept, with("state", "x")},
		"no state":          {kept, with("state", "")},
		"no code":           {kept, with("code", "")},
		"refused there":     {kept, with("error", "access_denied")},
		"another issuer":    {kept, with("iss", "https://evil.example")},
		"a code of nowhere": {kept, with("code", "made-up")},
	} {
		if _, err := ours.Finish(t.Context(), try.kept, try.query); problem.KindOf(err) != problem.KindDenied {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSignIn_aProviderThatIsDownStopsNothingElse(t *testing.T) {
	down := httptest.NewServer(http.NotFoundHandler())
	down.Close()
	ours, err := oidc.New(oidc.Config{Issuer: down.URL, ClientID: "portal", Back: back, Now: time.Now})
	if err != nil {
		t.Fatalf("the portal does not start: %v", err)
	}
	if _, _, err := ours.Begin(t.Context()); problem.KindOf(err) != problem.KindUnavailable {
		t.Errorf("nobody answers: %v", err)
	}
	theirs, ours := open(t)
	kept, query := away(t, theirs, ours)
	theirs.Refuse = func(w http.ResponseWriter) bool { w.WriteHeader(http.StatusBadGateway); return true }
	if _, err := ours.Finish(t.Context(), kept, query); problem.KindOf(err) != problem.KindUnavailable {
		t.Errorf("a provider with trouble: %v", err)
	}
}

func TestW9_whatWentWrongRepeatsNoSecret(t *testing.T) {
	theirs, ours := open(t)
	kept, query := away(t, theirs, ours)
	code := query.Get("code")
	query.Set("code", code+"x")
	_, wrong := ours.Finish(t.Context(), kept, query)
	theirs.Close()
	query.Set("code", code)
	_, down := ours.Finish(t.Context(), kept, query)
	for _, err := range []error{wrong, down} {
		for _, secret := range append(strings.Split(kept, "."), code, oidctest.Secret) {
			if err == nil || strings.Contains(err.Error(), secret) {
				t.Errorf("%v repeats %q", err, secret)
			}
		}
	}
}

func TestNew_refusesSettingsThatCannotWork(t *testing.T) {
	for _, issuer := range []string{"", "sso.example", "http://sso.example", "ftp://sso.example", "https://",
		"https://a@sso.example", "https://sso.example/?x=1"} {
		if _, err := oidc.New(oidc.Config{Issuer: issuer, ClientID: "portal"}); err == nil {
			t.Errorf("issuer %q is taken", issuer)
		}
	}
	if _, err := oidc.New(oidc.Config{Issuer: "https://sso.example"}); err == nil {
		t.Error("no client id is taken")
	}
}
