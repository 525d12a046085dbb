package main

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"zhaohui/internal/support/oidc"
	"zhaohui/web"
)

// supportSettings say how the operator's own people sign in besides a name and a password (doc/agents.md).
type supportSettings struct {
	OIDCIssuer           string `name:"oidc-issuer" help:"OpenID Connect provider that agents sign in with; none by default." placeholder:"URL"`
	OIDCClientID         string `name:"oidc-client-id" help:"What the provider calls this portal." placeholder:"ID"`
	OIDCClientSecretFile string `name:"oidc-client-secret-file" help:"File with the secret for the provider; without it, PKCE alone." placeholder:"FILE"`
	OIDCRolesClaim       string `name:"oidc-roles-claim" help:"Claim with the roles agent, reviewer, lead, auditor; dots lead into it." default:"roles"`
}

// openID is the operator's own sign-in, nil if there is none. It asks nobody: a provider that is down keeps no portal from
// starting.
func (s supportSettings) openID(public string, now func() time.Time) (*oidc.Provider, error) {
	if s.OIDCIssuer == "" {
		if s.OIDCClientID != "" || s.OIDCClientSecretFile != "" {
			return nil, errors.New("ZHAOHUI_OIDC_ISSUER: it is missing, though other settings of the sign-in are there")
		}
		return nil, nil
	}
	secret := ""
	if s.OIDCClientSecretFile != "" {
		raw, err := os.ReadFile(s.OIDCClientSecretFile)
		if err != nil {
			return nil, fmt.Errorf("ZHAOHUI_OIDC_CLIENT_SECRET_FILE: %w", err)
		}
		if secret = strings.TrimSpace(string(raw)); secret == "" {
			return nil, fmt.Errorf("ZHAOHUI_OIDC_CLIENT_SECRET_FILE: %s is empty", s.OIDCClientSecretFile)
		}
	}
	provider, err := oidc.New(oidc.Config{Issuer: s.OIDCIssuer, ClientID: s.OIDCClientID, Secret: secret, Roles: s.OIDCRolesClaim,
		Back: public + web.OpenIDBack, Now: now})
	if err != nil {
		return nil, fmt.Errorf("ZHAOHUI_OIDC_…: %w", err)
	}
	return provider, nil
}

// support connects the desk of the operator's own people, and the links that they share.
func (p *portal) support(b building, r *records, config *web.Config) error {
	config.Desk = r.desk(b.public, b.content.Operator.Name.In("zh"), b.now)
	config.Links = r.links(b.content, b.words, b.now)
	provider, err := b.openID(b.public.String(), b.now)
	if err != nil {
		return err
	}
	if provider != nil {
		config.OpenID = provider
	}
	return nil
}
