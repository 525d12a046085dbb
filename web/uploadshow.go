package web

import (
	"net/http"
	"strconv"

	"zhaohui/internal/problem"
	"zhaohui/internal/support"
	"zhaohui/templates"
)

// showPictures leads to the question: the address stands in the browser after a mistake, and may be loaded again.
func (s *Site) showPictures(v *visit) error {
	return s.writing(v, func(f *filing) error {
		ask, ok := f.pictureAsk()
		if !ok {
			return problem.NotFound
		}
		return v.see(f.to(ask.ID))
	})
}

// showOwnPicture shows the customer a picture that they may still take back.
func (s *Site) showOwnPicture(v *visit) error {
	return s.writing(v, func(f *filing) error {
		ask, ok := f.pictureAsk()
		if !ok {
			return problem.NotFound
		}
		p, err := s.Tickets.OwnPicture(v.Request().Context(), f.sight.ID, f.form.Ticket.ID, ask.ID, v.Param("picture"))
		if err != nil {
			return err
		}
		return sendPicture(v, p)
	})
}

// showTicketPicture shows a picture to somebody who said why they look.
func (s *Site) showTicketPicture(v *visit) error {
	p, err := s.Tickets.ViewPicture(v.Request().Context(), v.agent.Agent, v.Param("id"), v.Param("picture"))
	if err != nil {
		return err
	}
	return sendPicture(v, p)
}

// pictureOnly lets browsers fit the picture into their window, which some do with a style of their own, and nothing else.
const pictureOnly = "default-src 'none'; style-src 'unsafe-inline'; sandbox"

// sendPicture sends what we wrote ourselves, and still so that it can be nothing but a picture: under our name, kept nowhere,
// and with all that a page could do switched off.
func sendPicture(v *visit, p support.Picture) error {
	h := v.Response().Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Disposition", `inline; filename="picture.jpg"`)
	h.Set("Content-Security-Policy", pictureOnly)
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Content-Length", strconv.Itoa(len(p.JPEG)))
	return v.Blob(http.StatusOK, "image/jpeg", p.JPEG)
}

// ticketPictures are the pictures of an answer for who judges it. Each look at one is recorded when the browser asks for it.
func (s *Site) ticketPictures(v *visit, sight *support.TicketSight, ask support.Ask) []templates.TicketPicture {
	part, ok := ask.Pictures()
	var list []templates.TicketPicture
	for _, e := range sight.Evidence { // the newest has those of before, too
		if !ok || e.Ask != ask.ID {
			continue
		}
		list = nil
		for i, entry := range e.Entries {
			list = append(list, templates.TicketPicture{URL: v.to(ticketPicturePath(sight.Ticket.ID, entry[part]), ""),
				Text: v.words.T("upload.numbered", "Number", i+1)})
		}
	}
	return list
}
