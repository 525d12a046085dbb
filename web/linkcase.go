package web

import (
	"time"

	"zhaohui/internal/recovery"
	"zhaohui/internal/support"
)

// sharedCode stands before the code of a link that was made.
const sharedCode = "shared:"

// caseLinkLasts is how long a link to a running case leads on: no case of one sitting lasts longer.
const caseLinkLasts = 24 * time.Hour

// shareCase makes a link to the case that an agent helps in. With a method the customer's page advises it first: the steps of a
// case follow from its facts, so what can be picked is what to do next. The link says nothing of whose case it is and opens
// nothing: the browser that has the case goes on where it stands, and any other one is asked for the number of the case.
func (s *Site) shareCase(v *visit, sight recovery.AssistSight, method string) (said string, err error) {
	ctx, me := v.Request().Context(), v.agent.Agent.ID
	if method != "" {
		if err := s.Assist.Suggest(ctx, sight.Case, me, method); err != nil {
			return "", err
		}
	}
	link, err := s.Links.Make(ctx, support.NewLink{Agent: me, Lang: sight.Lang, Expires: s.Now().Add(caseLinkLasts),
		Target: support.Target{Kind: support.ToCase, Case: sight.Case}})
	return sharedCode + link.Code, err
}
