package web

import (
	"encoding/base64"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gorilla/securecookie"
	"github.com/gorilla/sessions"

	"zhaohui/internal/guide"
	"zhaohui/internal/recovery"
	"zhaohui/internal/support"
	"zhaohui/internal/vault"
)

// maxCookie is what the progress cookie may be at most, in bytes (design.md).
const maxCookie = 3500

// progressStore keeps guided progress in a sealed cookie. This file is the only one that knows gorilla/sessions.
type progressStore struct {
	store *sessions.CookieStore
	name  string
}

func newProgressStore(keys *vault.Keyset, secure bool) *progressStore {
	p := &progressStore{name: "zh_progress", store: &sessions.CookieStore{
		Codecs: []securecookie.Codec{sealedCodec{keys.Sealer("progress")}},
		Options: &sessions.Options{Path: "/", MaxAge: int(guide.Lifetime.Seconds()), HttpOnly: true, Secure: secure,
			SameSite: http.SameSiteLaxMode},
	}}
	if secure {
		p.name = "__Host-" + p.name
	}
	return p
}

// read opens the cookie. A forged, cut or too large one counts as none: nobody sees an error for it.
func (p *progressStore) read(r *http.Request) guide.Progress {
	if len(r.Header["Cookie"]) == 0 {
		return guide.Progress{}
	}
	session, err := p.store.New(r, p.name)
	if err != nil || session.IsNew {
		return guide.Progress{}
	}
	plain, _ := session.Values[progressValue].([]byte)
	progress, err := guide.Unpack(plain)
	if err != nil {
		return guide.Progress{}
	}
	return progress
}

// write seals progress into the cookie; with nothing to keep, the cookie goes away.
func (p *progressStore) write(w http.ResponseWriter, r *http.Request, progress guide.Progress) error {
	session := sessions.NewSession(p.store, p.name)
	options := *p.store.Options
	session.Options = &options
	if progress.Empty() {
		options.MaxAge = -1
	}
	sealing := 24 + 16 + len(p.name) + 120 // nonce, tag, name and attributes
	session.Values[progressValue] = progress.Pack((maxCookie - sealing) * 3 / 4)
	return p.store.Save(r, w, session)
}

const progressValue = "progress"

// sealedCodec puts the one packed value of a session into an AEAD box: the default codec's gob and two passes cost
// ten times as much a request.
type sealedCodec struct{ sealer *vault.Sealer }

var errCookie = errors.New("cookie cannot be read")

// Encode seals a session's values.
func (c sealedCodec) Encode(name string, value any) (string, error) {
	values, ok := value.(map[any]any)
	if !ok {
		return "", errCookie
	}
	plain, _ := values[progressValue].([]byte)
	return base64.RawURLEncoding.EncodeToString(c.sealer.Seal(plain, []byte(name))), nil
}

// Decode opens what Encode sealed.
func (c sealedCodec) Decode(name, value string, into any) error {
	values, ok := into.(*map[any]any)
	if !ok || len(value) > maxCookie {
		return errCookie
	}
	sealed, err := base64.RawURLEncoding.DecodeString(value)
	if err != nil {
		return errCookie
	}
	plain, err := c.sealer.Open(sealed, []byte(name))
	if err != nil {
		return errCookie
	}
	*values = map[any]any{progressValue: plain}
	return nil
}

// caseStore keeps, in the browser, the key to the one case that it runs, and which accounts it recovered before. What
// the key may do is kept with the case on the server, where it can be taken back (requirement W4).
type caseStore struct {
	keys, devices, mails, tickets *sessions.CookieStore
	key, device, mail, ticket     string // names
}

// How long the browser keeps them: a case whose appeal is asked about and refused once and then holds, and a browser that is known (coverage L19).
const (
	caseAge   = 60 * 24 * 3600
	deviceAge = 400 * 24 * 3600
	mailAge   = 30 * 60
	ticketAge = 30 * 60
)

func newCaseStore(keys *vault.Keyset, secure bool) *caseStore {
	cookie := func(purpose string, age int) *sessions.CookieStore {
		return &sessions.CookieStore{Codecs: []securecookie.Codec{sealedCodec{keys.Sealer(purpose)}},
			Options: &sessions.Options{Path: "/", MaxAge: age, HttpOnly: true, Secure: secure, SameSite: http.SameSiteLaxMode}}
	}
	c := &caseStore{keys: cookie("case", caseAge), devices: cookie("device", deviceAge), mails: cookie("mail", mailAge),
		tickets: cookie("ticket", ticketAge), key: "zh_case", device: "zh_device", mail: "zh_mail", ticket: "zh_ticket"}
	if secure {
		c.key, c.device, c.mail, c.ticket = "__Host-"+c.key, "__Host-"+c.device, "__Host-"+c.mail, "__Host-"+c.ticket
	}
	return c
}

// read is the browser's key; empty if it has none.
func (c *caseStore) read(r *http.Request) recovery.Key {
	id, token, ok := strings.Cut(load(c.keys, r, c.key), " ")
	if !ok {
		return recovery.Key{}
	}
	return recovery.Key{Case: id, Token: token}
}

func (c *caseStore) write(w http.ResponseWriter, r *http.Request, key recovery.Key) error {
	return save(c.keys, w, r, c.key, key.Case+" "+key.Token)
}

// answered is the link that the browser answered last, and what came of it; empty if there is none.
func (c *caseStore) answered(r *http.Request) (token, outcome string) {
	token, outcome, _ = strings.Cut(load(c.mails, r, c.mail), " ")
	return token, outcome
}

// answer keeps it for half an hour, so that the token leaves the address (requirement W2).
func (c *caseStore) answer(w http.ResponseWriter, r *http.Request, token, outcome string) error {
	return save(c.mails, w, r, c.mail, token+" "+outcome)
}

// shownTicket is the ticket whose number and key were typed in this browser last, "" if there is none or that is half an hour
// ago: a browser that keeps its cookies longer gains nothing.
func (c *caseStore) shownTicket(r *http.Request, now time.Time) string {
	id, typed, _ := strings.Cut(load(c.tickets, r, c.ticket), " ")
	at, err := strconv.ParseInt(typed, 10, 64)
	if age := now.Sub(time.Unix(at, 0)); err != nil || age < -time.Minute || age >= ticketAge*time.Second {
		return ""
	}
	return id
}

// showTicket keeps it for half an hour, so that the key leaves the page.
func (c *caseStore) showTicket(w http.ResponseWriter, r *http.Request, id string, now time.Time) error {
	return save(c.tickets, w, r, c.ticket, id+" "+strconv.FormatInt(now.Unix(), 10))
}

// hideTicket forgets it: whoever sits down at this computer next has to type number and key again.
func (c *caseStore) hideTicket(w http.ResponseWriter) { expire(w, c.tickets, c.ticket) }

// known are the accounts that were recovered in this browser.
func (c *caseStore) known(r *http.Request) []string {
	return strings.Fields(load(c.devices, r, c.device))
}

// remember adds an account; the oldest makes room.
func (c *caseStore) remember(w http.ResponseWriter, r *http.Request, subject string) error {
	known := slices.DeleteFunc(c.known(r), func(s string) bool { return s == subject })
	known = append([]string{subject}, known...)
	return save(c.devices, w, r, c.device, strings.Join(known[:min(len(known), 5)], " "))
}

// forget takes away what the browser keeps of recoveries.
func (c *caseStore) forget(w http.ResponseWriter, r *http.Request) {
	for _, name := range []string{c.key, c.device, c.mail, c.ticket} {
		if _, err := r.Cookie(name); err == nil {
			options := *c.keys.Options
			options.MaxAge = -1
			http.SetCookie(w, sessions.NewCookie(name, "", &options))
		}
	}
}

// agentStore keeps, in the browser of somebody who works here, the token of their session and nothing else: who they are
// and what they may is asked of the desk at every request (requirement W4).
type agentStore struct {
	sessions, ways *sessions.CookieStore
	session, way   string // names
}

// wayAge is how long somebody may be away at the operator's own sign-in.
const wayAge = 10 * 60

func newAgentStore(keys *vault.Keyset, secure bool) *agentStore {
	cookie := func(purpose string, age int, sameSite http.SameSite) *sessions.CookieStore {
		return &sessions.CookieStore{Codecs: []securecookie.Codec{sealedCodec{keys.Sealer(purpose)}},
			Options: &sessions.Options{Path: "/", MaxAge: age, HttpOnly: true, Secure: secure, SameSite: sameSite}}
	}
	// The session ends with the browser at the latest. What is kept on the way to another sign-in has to come along when
	// that one sends the browser back, which Strict would not let it.
	a := &agentStore{sessions: cookie("agent", 0, http.SameSiteStrictMode), ways: cookie("openid", wayAge, http.SameSiteLaxMode),
		session: "zh_agent", way: "zh_openid"}
	if secure {
		a.session, a.way = "__Host-"+a.session, "__Host-"+a.way
	}
	return a
}

// read is the token of the browser's session, of whatever kind; empty if it has none.
func (a *agentStore) read(r *http.Request) string { return load(a.sessions, r, a.session) }

func (a *agentStore) write(w http.ResponseWriter, r *http.Request, token string) error {
	return save(a.sessions, w, r, a.session, token)
}

// forget takes the token away; the desk has ended the session.
func (a *agentStore) forget(w http.ResponseWriter) { expire(w, a.sessions, a.session) }

// leave keeps what has to fit when the operator's own sign-in sends the browser back.
func (a *agentStore) leave(w http.ResponseWriter, r *http.Request, kept string) error {
	return save(a.ways, w, r, a.way, kept)
}

// kept is what leave kept.
func (a *agentStore) kept(r *http.Request) string { return load(a.ways, r, a.way) }

// back is what was kept, once.
func (a *agentStore) back(w http.ResponseWriter, r *http.Request) string {
	kept := a.kept(r)
	if kept != "" {
		expire(w, a.ways, a.way)
	}
	return kept
}

func expire(w http.ResponseWriter, store *sessions.CookieStore, name string) {
	options := *store.Options
	options.MaxAge = -1
	http.SetCookie(w, sessions.NewCookie(name, "", &options))
}

func load(store *sessions.CookieStore, r *http.Request, name string) string {
	session, err := store.New(r, name)
	if err != nil || session.IsNew {
		return ""
	}
	plain, _ := session.Values[progressValue].([]byte)
	return string(plain)
}

func save(store *sessions.CookieStore, w http.ResponseWriter, r *http.Request, name, value string) error {
	session := sessions.NewSession(store, name)
	options := *store.Options
	session.Options = &options
	session.Values[progressValue] = []byte(value)
	return store.Save(r, w, session)
}

// linkStore keeps for some days which link of an agent a browser came by and what was counted of it already: every visit
// counts once. The link names nobody, so neither does this.
type linkStore struct {
	store *sessions.CookieStore
	name  string
}

// linkAge is as long as the longest wait of a recovery (72 hours) and the days after it in which a password can be chosen.
const linkAge = int(support.LinkNotesLast / time.Second)

func newLinkStore(keys *vault.Keyset, secure bool) *linkStore {
	l := &linkStore{name: "zh_link", store: &sessions.CookieStore{Codecs: []securecookie.Codec{sealedCodec{keys.Sealer("link")}},
		Options: &sessions.Options{Path: "/", MaxAge: linkAge, HttpOnly: true, Secure: secure, SameSite: http.SameSiteLaxMode}}}
	if secure {
		l.name = "__Host-" + l.name
	}
	return l
}

// read is the link that the browser came by; the zero value if there is none.
func (l *linkStore) read(r *http.Request) followed {
	if len(r.Header["Cookie"]) == 0 {
		return followed{}
	}
	parts := strings.Split(load(l.store, r, l.name), " ")
	if len(parts) != 3 {
		return followed{}
	}
	return followed{code: parts[0], counted: parts[1], at: parts[2]}
}

func (l *linkStore) write(w http.ResponseWriter, r *http.Request, f followed) error {
	return save(l.store, w, r, l.name, f.code+" "+f.counted+" "+f.at)
}

func (l *linkStore) forget(w http.ResponseWriter, r *http.Request) {
	if _, err := r.Cookie(l.name); err == nil {
		expire(w, l.store, l.name)
	}
}
