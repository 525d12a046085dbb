package web

import (
	"zhaohui/internal/support"
	"zhaohui/templates/ui"
)

// assistPages are where an agent helps in a running case, and what the customer's pages need for it.
var assistPages = []route{
	{"POST", "/case/:ref/assist", everyone, (*Site).submitAssisted},
	{"GET", "/case/:ref/events", everyone, (*Site).showCaseEvents},
	{"GET", "/agent/cases", support.RightAssist, (*Site).showAssistDoor},
	{"POST", "/agent/cases", support.RightAssist, (*Site).submitAssistDoor},
	{"GET", "/agent/cases/:ref", support.RightAssist, (*Site).showAssist},
	{"POST", "/agent/cases/:ref", support.RightAssist, (*Site).submitAssist},
	{"GET", "/agent/cases/:ref/events", support.RightAssist, (*Site).showAssistEvents},
}

// assistPath is a case as the agent sees it who helps in it.
func assistPath(ref string) string { return "/agent/cases/" + ref }

// again is the link that looks at a page once more.
func (v *visit) again() ui.Link {
	return ui.Link{Text: v.words.T("live.wait.refresh"), URL: v.to(v.path(), "")}
}
