// Package oidctest is an OpenID Connect provider for tests: it speaks discovery, keys, authorization and token with RS256,
// and checks what the portal sends as strictly as a real one. Nothing of the product imports it.
package oidctest

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// The portal, as the provider knows it.
const (
	ClientID = "portal"
	Secret   = "a secret that both know"
)

// Provider is the provider. Set what it should do before the browser comes.
type Provider struct {
	*httptest.Server
	Now    func() time.Time
	Claims map[string]any                   // of whoever signs in next
	Change func(claims map[string]any)      // spoils the token; nil for none
	Sign   func(payload []byte) []byte      // signs otherwise; nil for the usual way
	Refuse func(w http.ResponseWriter) bool // answers instead of the token; nil for never

	key   *rsa.PrivateKey
	mu    sync.Mutex
	codes map[string]asked
}

// asked is what a code was given for.
type asked struct{ challenge, nonce, back string }

// Start starts one. Close ends it.
func Start(now func() time.Time) (*Provider, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, err
	}
	p := &Provider{Now: now, key: key, codes: map[string]asked{}, Claims: map[string]any{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", p.discovery)
	mux.HandleFunc("GET /keys", p.keys)
	mux.HandleFunc("GET /authorize", p.authorize)
	mux.HandleFunc("POST /token", p.token)
	p.Server = httptest.NewServer(mux)
	return p, nil
}

func (p *Provider) discovery(w http.ResponseWriter, _ *http.Request) {
	answer(w, map[string]any{"issuer": p.URL, "authorization_endpoint": p.URL + "/authorize", "token_endpoint": p.URL + "/token",
		"jwks_uri": p.URL + "/keys", "response_types_supported": []string{"code"}, "subject_types_supported": []string{"public"},
		"id_token_signing_alg_values_supported": []string{"RS256"}, "code_challenge_methods_supported": []string{"S256"}})
}

func (p *Provider) keys(w http.ResponseWriter, _ *http.Request) {
	answer(w, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: p.key.Public(), KeyID: "one", Algorithm: "RS256", Use: "sig"}}})
}

// authorize signs in whoever comes, at once.
func (p *Provider) authorize(w http.ResponseWriter, r *http.Request) {
	back, err := p.Approve(p.URL + r.URL.RequestURI())
	if err != "" {
		http.Error(w, err, http.StatusBadRequest)
		return
	}
	http.Redirect(w, r, back, http.StatusFound)
}

// Approve is what the provider answers to the address that a browser was sent to: where it sends the browser back to, or
// what is wrong with the address.
func (p *Provider) Approve(address string) (back, wrong string) {
	u, err := url.Parse(address)
	if err != nil {
		return "", "no address"
	}
	q := u.Query()
	for name, want := range map[string]string{"response_type": "code", "client_id": ClientID, "code_challenge_method": "S256"} {
		if q.Get(name) != want {
			return "", name + " is not " + want
		}
	}
	for _, name := range []string{"state", "nonce", "code_challenge", "redirect_uri"} {
		if len(q.Get(name)) < 20 {
			return "", name + " is missing or too short"
		}
	}
	if !strings.Contains(" "+q.Get("scope")+" ", " openid ") {
		return "", "scope lacks openid"
	}
	code := rand.Text()
	p.mu.Lock()
	p.codes[code] = asked{q.Get("code_challenge"), q.Get("nonce"), q.Get("redirect_uri")}
	p.mu.Unlock()
	return q.Get("redirect_uri") + "?" + url.Values{"code": {code}, "state": {q.Get("state")}, "iss": {p.URL}}.Encode(), ""
}

// token swaps a code for who it is, once.
func (p *Provider) token(w http.ResponseWriter, r *http.Request) {
	if p.Refuse != nil && p.Refuse(w) {
		return
	}
	id, secret, _ := r.BasicAuth()
	plain, _ := url.QueryUnescape(secret)
	p.mu.Lock()
	code := r.PostFormValue("code")
	given, ok := p.codes[code]
	delete(p.codes, code)
	p.mu.Unlock()
	sum := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	if !ok || id != ClientID || plain != Secret || r.PostFormValue("redirect_uri") != given.back ||
		base64.RawURLEncoding.EncodeToString(sum[:]) != given.challenge {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write([]byte(`{"error":"invalid_grant"}`))
		return
	}
	now := p.Now()
	claims := map[string]any{"iss": p.URL, "aud": ClientID, "nonce": given.nonce, "iat": now.Unix(),
		"exp": now.Add(5 * time.Minute).Unix()}
	for name, value := range p.Claims {
		claims[name] = value
	}
	if p.Change != nil {
		p.Change(claims)
	}
	answer(w, map[string]any{"access_token": rand.Text(), "token_type": "Bearer", "expires_in": 300,
		"id_token": p.signed(claims)})
}

func (p *Provider) signed(claims map[string]any) string {
	payload, err := json.Marshal(claims)
	if err != nil {
		panic(err) // claims of a test
	}
	if p.Sign != nil {
		return string(p.Sign(payload))
	}
	return Signed(p.key, payload)
}

// Signed signs a payload with a key of one's own.
func Signed(key *rsa.PrivateKey, payload []byte) string {
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: key, KeyID: "one"}}, nil)
	if err != nil {
		panic(err)
	}
	object, err := signer.Sign(payload)
	if err != nil {
		panic(err)
	}
	text, err := object.CompactSerialize()
	if err != nil {
		panic(err)
	}
	return text
}

func answer(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(value) // a test that reads it notices
}
