package web

import (
	"net/http"

	"zhaohui/templates"
)

// passkeyForm offers a passkey, by script alone.
func passkeyForm(v *visit, ceremony, path string) *templates.AgentPasskey {
	return &templates.AgentPasskey{Ceremony: ceremony, Begin: v.to("/agent/passkey", ""), Action: v.to(path, ""),
		Failed: v.words.T("agent.error.passkey-none")}
}

// submitPasskeyWish gives the script what the browser is to sign, as JSON: to show a passkey in a half session, to add one
// in an enrolment or in a whole session. The desk says which the browser's session is for.
func (s *Site) submitPasskeyWish(v *visit) error {
	if _, err := v.form(); err != nil {
		return err
	}
	options, err := s.Desk.BeginPasskey(v.Request().Context(), s.agents.read(v.Request()))
	if err != nil {
		return err
	}
	v.Response().Header().Set("Cache-Control", neverKept[0])
	return v.Blob(http.StatusOK, "application/json; charset=utf-8", options)
}
