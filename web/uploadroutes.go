package web

import "zhaohui/internal/support"

// uploadPages take and show the pictures of an appeal. They alone take more than a form (requirement W7).
var uploadPages = []route{
	{"GET", "/case/:ref/appeal/:ask/pictures", everyone, (*Site).showPictures},
	{"POST", "/case/:ref/appeal/:ask/pictures", everyone, (*Site).submitPictures},
	{"GET", "/case/:ref/appeal/:ask/pictures/:picture", everyone, (*Site).showOwnPicture},
	{"POST", "/case/:ref/appeal/:ask/pictures/:picture", everyone, (*Site).submitDropPicture},
}

// agentUploadPages show them to who judges: while a look at the evidence lasts, and each view is recorded (requirement P1).
var agentUploadPages = []route{
	{"GET", "/agent/tickets/:id/pictures/:picture", support.RightTickets, (*Site).showTicketPicture},
}

func picturesPath(ref, ask string) string        { return appealPath(ref, ask, "pictures") }
func ownPicturePath(ref, ask, id string) string  { return appealPath(ref, ask, "pictures", id) }
func ticketPicturePath(ticket, id string) string { return ticketPath(ticket) + "/pictures/" + id }
