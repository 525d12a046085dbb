package web

import "zhaohui/internal/support"

// ticketPages are where people decide. Who may see tickets opens their evidence by a press that says why; only who may review
// does anything with them.
var ticketPages = []route{
	{"GET", "/agent/tickets", support.RightTickets, (*Site).showTickets},
	{"POST", "/agent/tickets", support.RightTickets, (*Site).submitTicketNumber},
	{"POST", "/agent/tickets/next", support.RightReview, (*Site).submitNextTicket},
	{"GET", "/agent/tickets/:id", support.RightTickets, (*Site).showTicket},
	{"POST", "/agent/tickets/:id", support.RightReview, (*Site).submitTicket},
	{"POST", "/agent/tickets/:id/view", support.RightTickets, (*Site).submitTicketView},
	{"GET", "/agent/tickets/:id/decide", support.RightReview, (*Site).showTicketDecision},
}

const queuePath = "/agent/tickets"

func ticketPath(id string) string       { return queuePath + "/" + id }
func ticketViewPath(id string) string   { return ticketPath(id) + "/view" }
func ticketDecidePath(id string) string { return ticketPath(id) + "/decide" }
