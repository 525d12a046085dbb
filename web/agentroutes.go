package web

import "zhaohui/internal/support"

// agentPages are the console's own: the doors that lead in, the desk, and an agent's own page. What is done there stands in
// tables beside this one. A door is open to everyone, because who stands before it is not known yet; each asks the desk
// whether the browser's session is of the kind that may do what it does.
var agentPages = []route{
	{"GET", "/agent/sign-in", everyone, (*Site).showSignIn},
	{"POST", "/agent/sign-in", everyone, (*Site).submitSignIn},
	{"GET", "/agent/sign-in/second", everyone, (*Site).showSecond},
	{"POST", "/agent/sign-in/second", everyone, (*Site).submitSecond},
	{"GET", "/agent/sign-in/openid", everyone, (*Site).showOpenID},
	{"GET", "/agent/sign-in/openid/back", everyone, (*Site).showOpenIDBack},
	{"POST", "/agent/sign-in/openid/back", everyone, (*Site).submitOpenIDBack},
	{"GET", "/agent/enrol/:token", everyone, (*Site).showEnrolment},
	{"POST", "/agent/enrol/:token", everyone, (*Site).submitEnrolment},
	{"GET", "/agent/enrol", everyone, (*Site).showEnrol},
	{"POST", "/agent/enrol", everyone, (*Site).submitEnrol},
	{"POST", "/agent/passkey", everyone, (*Site).submitPasskeyWish},
	{"GET", "/agent", support.RightDesk, (*Site).showDesk},
	{"GET", "/agent/me", support.RightDesk, (*Site).showMe},
	{"POST", "/agent/me", support.RightDesk, (*Site).submitMe},
	{"POST", "/agent/sign-out", support.RightDesk, (*Site).submitSignOut},
}

// places are the pages that the console's menu may show, in its order, with the key that leads there and their words
// (agent.place.…). Who may open one stands beside its route, and only there.
var places = []struct{ path, word, key string }{
	{"/agent", "desk", "d"},
	{"/agent/links", "links", "k"},
	{"/agent/cases", "cases", "c"},
	{"/agent/tickets", "tickets", "t"},
	{"/agent/insight", "insight", "i"},
	{"/agent/audit", "audit", "a"},
}

// open says whether this portal has a page and the agent may see it.
func (s *Site) open(v *visit, path string) bool {
	right, ok := s.rights[path]
	return ok && v.agent != nil && v.agent.Agent.May(right)
}

// rightsOf are what the pages ask for, by path.
func rightsOf(routes []route) map[string]support.Right {
	rights := map[string]support.Right{}
	for _, r := range routes {
		if r.method == "GET" {
			rights[r.path] = r.access
		}
	}
	return rights
}
