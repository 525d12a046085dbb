// Package oidc lets agents in through the operator's own sign-in (OpenID Connect, code flow with PKCE). It decides whether
// what came back is an answer to what was asked, from whom, and which roles they have. It knows no pages and no cookies.
package oidc

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	coreos "github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"zhaohui/internal/problem"
	"zhaohui/internal/support"
)

// Config says which sign-in it is.
type Config struct {
	Issuer   string // as the provider names itself, https://…
	ClientID string
	Secret   string // "" for a client without one
	Roles    string // the claim with the roles; dots lead into it (realm_access.roles)
	Back     string // the portal's own address that the provider sends browsers back to
	Now      func() time.Time
}

// patience is how long the provider may take for one answer.
const patience = 5 * time.Second

// Provider is the operator's sign-in. It is found when the first agent asks for it, so that a provider that is down keeps
// nobody else from starting the portal.
type Provider struct {
	config Config
	client *http.Client

	mu    sync.Mutex
	found *discovered
}

// discovered is what the provider says of itself.
type discovered struct {
	oauth2   oauth2.Config
	verifier *coreos.IDTokenVerifier
}

// New checks the settings and asks nobody.
func New(c Config) (*Provider, error) {
	issuer, err := url.Parse(c.Issuer)
	if err != nil || issuer.Host == "" || issuer.RawQuery != "" || issuer.Fragment != "" || issuer.User != nil ||
		issuer.Scheme != "https" && (issuer.Scheme != "http" || !loopback(issuer.Hostname())) {
		return nil, fmt.Errorf("issuer: want https://host/…, got %q", c.Issuer)
	}
	if c.ClientID == "" {
		return nil, errors.New("client id: it is missing")
	}
	if c.Roles == "" {
		c.Roles = "roles"
	}
	return &Provider{config: c, client: &http.Client{Timeout: patience}}, nil
}

func loopback(host string) bool { return host == "localhost" || host == "127.0.0.1" || host == "::1" }

// discover finds out where the provider's doors are, once.
func (p *Provider) discover(ctx context.Context) (*discovered, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.found != nil {
		return p.found, nil
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	provider, err := coreos.NewProvider(coreos.ClientContext(ctx, p.client), p.config.Issuer)
	if err != nil {
		return nil, fmt.Errorf("find sign-in: %w: %w", problem.Unavailable, err)
	}
	p.found = &discovered{
		oauth2: oauth2.Config{ClientID: p.config.ClientID, ClientSecret: p.config.Secret, Endpoint: provider.Endpoint(),
			RedirectURL: p.config.Back, Scopes: []string{coreos.ScopeOpenID, "profile"}},
		verifier: provider.Verifier(&coreos.Config{ClientID: p.config.ClientID, Now: p.config.Now}),
	}
	return p.found, nil
}

// way is what one try to sign in is known by: it stays in the browser that began it.
type way struct{ state, nonce, verifier string }

func newWay() way { return way{random(), random(), oauth2.GenerateVerifier()} }

func random() string {
	raw := make([]byte, 24)
	_, _ = rand.Read(raw) // it never fails
	return base64.RawURLEncoding.EncodeToString(raw)
}

func (w way) String() string { return w.state + "." + w.nonce + "." + w.verifier }

func readWay(kept string) (way, bool) {
	parts := strings.Split(kept, ".")
	if len(parts) != 3 || parts[0] == "" || parts[1] == "" || parts[2] == "" {
		return way{}, false
	}
	return way{parts[0], parts[1], parts[2]}, true
}

// Begin is where to send the browser, and what it has to keep until it comes back; problem.Unavailable.
func (p *Provider) Begin(ctx context.Context) (address, kept string, err error) {
	d, err := p.discover(ctx)
	if err != nil {
		return "", "", err
	}
	w := newWay()
	return d.oauth2.AuthCodeURL(w.state, coreos.Nonce(w.nonce), oauth2.S256ChallengeOption(w.verifier)), w.String(), nil
}

// Finish says who came back with a query. problem.Denied if it is no answer to what this browser asked, or the provider let
// nobody in; problem.Unavailable if the provider does not answer.
func (p *Provider) Finish(ctx context.Context, kept string, query url.Values) (support.Identity, error) {
	w, ok := readWay(kept)
	if !ok || subtle.ConstantTimeCompare([]byte(query.Get("state")), []byte(w.state)) != 1 {
		return support.Identity{}, fmt.Errorf("sign-in came back: another browser or another try: %w", problem.Denied)
	}
	if iss := query.Get("iss"); iss != "" && iss != p.config.Issuer { // RFC 9207
		return support.Identity{}, fmt.Errorf("sign-in came back: from another provider: %w", problem.Denied)
	}
	if query.Get("error") != "" || query.Get("code") == "" {
		return support.Identity{}, fmt.Errorf("sign-in came back: without a code: %w", problem.Denied)
	}
	d, err := p.discover(ctx)
	if err != nil {
		return support.Identity{}, err
	}
	token, err := p.exchange(ctx, d, query.Get("code"), w)
	if err != nil {
		return support.Identity{}, err
	}
	return p.identity(token)
}

// exchange gets the signed token for a code and checks it: signature, provider, audience, time, and that it answers this
// browser's question.
func (p *Provider) exchange(ctx context.Context, d *discovered, code string, w way) (*coreos.IDToken, error) {
	ctx, cancel := context.WithTimeout(coreos.ClientContext(ctx, p.client), patience)
	defer cancel()
	answer, err := d.oauth2.Exchange(ctx, code, oauth2.VerifierOption(w.verifier))
	var refused *oauth2.RetrieveError
	if errors.As(err, &refused) && refused.Response != nil && refused.Response.StatusCode < 500 {
		return nil, fmt.Errorf("exchange code: %d %s: %w", refused.Response.StatusCode, refused.ErrorCode, problem.Denied)
	}
	if err != nil { // its text could repeat what came
		return nil, fmt.Errorf("exchange code: no answer: %w", problem.Unavailable)
	}
	raw, _ := answer.Extra("id_token").(string)
	token, err := d.verifier.Verify(ctx, raw)
	if err != nil {
		return nil, fmt.Errorf("check token: %w: %w", problem.Denied, err)
	}
	if subtle.ConstantTimeCompare([]byte(token.Nonce), []byte(w.nonce)) != 1 {
		return nil, fmt.Errorf("check token: it answers another question: %w", problem.Denied)
	}
	return token, nil
}

// identity reads who it is.
func (p *Provider) identity(token *coreos.IDToken) (support.Identity, error) {
	var claims map[string]any
	if err := token.Claims(&claims); err != nil {
		return support.Identity{}, fmt.Errorf("read claims: %w", problem.Denied)
	}
	text := func(name string) string {
		s, _ := claims[name].(string)
		return s
	}
	who := support.Identity{Issuer: token.Issuer, Subject: token.Subject, Name: text("preferred_username"), Shown: text("name")}
	for _, name := range roles(claims, p.config.Roles) {
		who.Roles = append(who.Roles, support.Role(name))
	}
	return who, nil
}

// roles reads a claim that is one role or a list of them; dots lead into what it is part of, unless a claim has that very
// name.
func roles(claims map[string]any, name string) []string {
	value, ok := claims[name]
	for !ok {
		first, rest, more := strings.Cut(name, ".")
		inner, isMap := claims[first].(map[string]any)
		if !more || !isMap {
			return nil
		}
		claims, name = inner, rest
		value, ok = claims[name]
	}
	switch value := value.(type) {
	case string:
		return strings.Fields(value)
	case []any:
		var all []string
		for _, one := range value {
			if s, ok := one.(string); ok {
				all = append(all, s)
			}
		}
		return all
	}
	return nil
}
