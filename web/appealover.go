package web

import (
	"zhaohui/internal/recovery"
	"zhaohui/templates"
)

// over says how it ended if the case of an approved appeal ended: by a new password, by the owner's "this was not me", by time,
// or by another case. What was promised with the approval is no longer said then: it would be untrue.
func (st *standing) over(view *templates.AppealStatusView) bool {
	switch st.fate {
	case recovery.Open, recovery.Applying:
		return false
	case recovery.Done:
		st.say(view, "done")
	case "": // forgotten by now
		st.say(view, "closed")
	default:
		st.say(view, "over")
	}
	return true
}
