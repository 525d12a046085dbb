package web

// appealPages are where somebody who has nothing left writes to people, and sees what became of it. Only the browser that
// runs the recovery writes; number and key show how it stands, anywhere.
var appealPages = []route{
	{"GET", "/case/:ref/appeal", everyone, (*Site).showAppeal},
	{"POST", "/case/:ref/appeal", everyone, (*Site).submitAppeal},
	{"GET", "/case/:ref/appeal/check", everyone, (*Site).showAppealCheck},
	{"POST", "/case/:ref/appeal/check", everyone, (*Site).submitAppealCheck},
	{"GET", "/case/:ref/appeal/call", everyone, (*Site).showAppealCall},
	{"POST", "/case/:ref/appeal/call", everyone, (*Site).submitAppealCall},
	{"GET", "/case/:ref/appeal/:ask", everyone, (*Site).showAppealAsk},
	{"POST", "/case/:ref/appeal/:ask", everyone, (*Site).submitAppealAsk},
	{"GET", "/appeal", everyone, (*Site).showAppealDoor},
	{"POST", "/appeal", everyone, (*Site).submitAppealDoor},
	{"GET", "/appeal/status", everyone, (*Site).showAppealFound},
	{"POST", "/appeal/status", everyone, (*Site).submitAppealHere},
	{"POST", "/appeal/close", everyone, (*Site).submitAppealClose},
	{"GET", "/appeal/closed", everyone, (*Site).showAppealClosed},
}

// appealKind is the kind of ticket that these pages are for.
const appealKind = "appeal"

// appealPath is the appeal of a case, or a page below it.
func appealPath(ref string, below ...string) string {
	path := "/case/" + ref + "/appeal"
	for _, part := range below {
		path += "/" + part
	}
	return path
}
