package web

import (
	"errors"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"slices"
	"sync"
	"time"

	"zhaohui/internal/picture"
	"zhaohui/internal/problem"
	"zhaohui/internal/recovery"
	"zhaohui/internal/support"
	"zhaohui/templates"
)

// Limits of what brings pictures; everything else keeps the limits of forms.
const (
	maxUpload     = 4*picture.MaxBytes + 1<<20 // all pictures of one form
	maxConsent    = 64
	mostUploads   = 12 // at once, over all cases: each holds one picture in memory
	mostOfNetwork = 4  // of them from one network: who sends slowly does not take the places of everybody else
	uploadTime    = 3 * time.Minute
	uploadPatient = 10 * time.Second // until it is worth coming back when there is no place
)

// uploads are the requests that bring pictures just now: one for a case, a few from a network, and not too many.
type uploads struct {
	mu      sync.Mutex
	running map[string]string // case → network
}

// enter takes a place; leave gives it back.
func (u *uploads) enter(caseID, network string) (leave func(), err error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	near := 0
	for _, from := range u.running {
		if from == network {
			near++
		}
	}
	if _, busy := u.running[caseID]; busy || near >= mostOfNetwork || len(u.running) >= mostUploads {
		return nil, full{uploadPatient}
	}
	if u.running == nil {
		u.running = map[string]string{}
	}
	u.running[caseID] = network
	return func() {
		u.mu.Lock()
		defer u.mu.Unlock()
		delete(u.running, caseID)
	}, nil
}

// submitPictures adds pictures to an answer. Those that are right stay, whatever is wrong with the others.
func (s *Site) submitPictures(v *visit) error {
	return s.writing(v, func(f *filing) error {
		ask, ok := f.pictureAsk()
		if !ok {
			return problem.NotFound
		}
		leave, err := s.uploads.enter(f.sight.ID, recovery.NetworkOf(v.RealIP()))
		if err != nil {
			return err
		}
		defer leave()
		mistakes, err := f.receive(ask)
		if err != nil {
			return err
		}
		if len(mistakes) == 0 {
			return v.see(f.to(ask.ID))
		}
		if f.form, err = s.Tickets.Form(v.Request().Context(), f.sight.ID, f.form.Ticket.ID); err != nil {
			return err
		}
		return s.fresh(v, 422, templates.Upload(f.uploadView(ask, mistakes)))
	})
}

// pictureAsk is the question of the address, if it takes pictures and can be answered now.
func (f *filing) pictureAsk() (support.Ask, bool) {
	ask, ok := f.ask(f.visit.Param("ask"))
	return ask, ok && pictures(ask)
}

// pictures says whether a question takes pictures.
func pictures(ask support.Ask) bool {
	_, ok := ask.Pictures()
	return ok
}

// unread is a picture that was not kept: the number of its file in the form, 0 for the form as a whole.
type unread struct {
	number      int
	field, code string
}

// receive reads a form with pictures, one after the other, so that only one is in memory. Names of files are never looked at.
func (f *filing) receive(ask support.Ask) ([]unread, error) {
	v := f.visit
	slow := http.NewResponseController(v.Response()) // a photo takes longer than a form; a test's server may not know deadlines
	now := time.Now()                                // a real stretch of time, whatever clock the portal lives by
	_ = slow.SetReadDeadline(now.Add(uploadTime))
	_ = slow.SetWriteDeadline(now.Add(uploadTime + time.Minute))
	r := v.Request()
	r.Body = http.MaxBytesReader(v.Response(), r.Body, maxUpload)
	form, err := r.MultipartReader()
	if err != nil {
		return nil, unreadableForm()
	}
	all := &arriving{filing: f, ask: ask}
	for {
		part, err := form.NextRawPart()
		if errors.Is(err, io.EOF) {
			return all.end(), nil
		}
		if err = readable(err); err == nil {
			err = all.take(part)
		}
		if _, large := errors.AsType[*http.MaxBytesError](err); large {
			return append(all.wrong, unread{field: "picture", code: "all-large"}), nil
		}
		if err != nil {
			return nil, err
		}
	}
}

func unreadableForm() error { return problem.Invalid{Fields: map[string]string{"form": "unreadable"}} }

// arriving is a form with pictures while it is read.
type arriving struct {
	*filing
	ask    support.Ask
	agrees bool
	files  int
	wrong  []unread
}

// take reads one part of the form.
func (a *arriving) take(part *multipart.Part) error {
	switch part.FormName() {
	case "consent":
		said, err := io.ReadAll(io.LimitReader(part, maxConsent))
		a.agrees = string(said) == "yes"
		return readable(err)
	case "picture":
	default:
		return problem.Invalid{Fields: map[string]string{"form": "unknown-field"}}
	}
	raw, err := io.ReadAll(io.LimitReader(part, picture.MaxBytes+1))
	if err == nil && len(raw) > picture.MaxBytes {
		_, err = io.Copy(io.Discard, part) // so that the browser is done sending, and shows what we say
	}
	if err != nil {
		return readable(err)
	}
	if len(raw) == 0 {
		return nil // no file was chosen
	}
	a.files++
	return a.keep(raw)
}

// readable drops what an error may quote of the form, but for how large it is.
func readable(err error) error {
	if _, large := errors.AsType[*http.MaxBytesError](err); large || err == nil {
		return err
	}
	return unreadableForm()
}

// keep adds a picture, or notes what is wrong with it. Without consent the others are not looked at.
func (a *arriving) keep(raw []byte) error {
	if len(a.wrong) > 0 && a.wrong[0].field == "consent" {
		return nil
	}
	err := a.Tickets.AddPicture(a.visit.Request().Context(), support.NewPicture{Case: a.sight.ID, Ticket: a.form.Ticket.ID, Ask: a.ask.ID,
		Raw: raw, Text: a.consentVersion(a.ask), Agrees: a.agrees})
	mistakes := wrong(err)
	if len(mistakes) == 0 {
		return err
	}
	for _, field := range slices.Sorted(maps.Keys(mistakes)) {
		a.wrong = append(a.wrong, unread{number: a.files, field: field, code: mistakes[field]})
	}
	return nil
}

// end says what is wrong with the whole form.
func (a *arriving) end() []unread {
	if a.files == 0 {
		a.wrong = append(a.wrong, unread{field: "picture", code: "empty"})
	}
	return a.wrong
}

// submitDropPicture takes a picture back.
func (s *Site) submitDropPicture(v *visit) error {
	return s.writing(v, func(f *filing) error {
		if _, err := v.form(); err != nil {
			return err
		}
		ask, ok := f.pictureAsk()
		if !ok {
			return problem.NotFound
		}
		err := s.Tickets.DropPicture(v.Request().Context(), f.sight.ID, f.form.Ticket.ID, ask.ID, v.Param("picture"))
		if err != nil && !errors.Is(err, problem.NotFound) { // pressed twice, it is gone already
			return err
		}
		return v.see(f.to(ask.ID))
	})
}
