package message

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/textproto"
	"net/url"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// SMTP hands mails to a mail server.
type SMTP struct {
	host     string
	port     int
	user     string
	password string
	from     *mail.Address
	tls      *tls.Config // nil: in clear
	wrapped  bool        // TLS from the first byte (RFC 8314)
}

// smtpForms is what an error asks for. No error repeats the address itself: it holds a password.
const smtpForms = "want smtp://user:password@host:587?from=help@example.com (STARTTLS), smtps://…:465, " +
	"or ?tls=none for a server on this machine"

// NewSMTP takes the address of a mail server. TLS with a certificate for the host is required, unless the address says
// tls=none; then no password may be sent.
func NewSMTP(address string) (*SMTP, error) {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || u.Scheme != "smtp" && u.Scheme != "smtps" || strings.Trim(u.Path, "/") != "" {
		return nil, errors.New(smtpForms)
	}
	s := &SMTP{host: u.Hostname(), port: 587, wrapped: u.Scheme == "smtps",
		tls: &tls.Config{ServerName: u.Hostname(), MinVersion: tls.VersionTLS12}}
	if s.wrapped {
		s.port = 465
	}
	if p := u.Port(); p != "" {
		if s.port, err = strconv.Atoi(p); err != nil {
			return nil, errors.New("the port is no number; " + smtpForms)
		}
	}
	s.user = u.User.Username()
	s.password, _ = u.User.Password()
	for key, given := range u.Query() {
		switch {
		case key == "from" && len(given) == 1:
			if s.from, err = mail.ParseAddress(given[0]); err != nil {
				return nil, errors.New("from is no mail address; " + smtpForms)
			}
		case key == "tls" && len(given) == 1 && given[0] == "none" && !s.wrapped:
			s.tls = nil
		default:
			return nil, fmt.Errorf("%q means nothing here; %s", key, smtpForms)
		}
	}
	if s.from == nil {
		return nil, errors.New("from is missing; " + smtpForms)
	}
	if s.tls == nil && s.user != "" {
		return nil, errors.New("a password is not sent without TLS; " + smtpForms)
	}
	return s, nil
}

// Send hands one mail over and returns its Message-ID, which bounces name. What the server says against address or
// letter with a code of 5xx is permanent; before it has heard the address it speaks of us, and that can be mended.
func (s *SMTP) Send(ctx context.Context, o Outgoing) (string, error) {
	_, domain, _ := strings.Cut(s.from.Address, "@")
	id := o.ID + "@" + domain
	msg, err := s.letter(o, id)
	if err != nil {
		return "", err
	}
	hangUp := func() {}
	dial := func(dialing context.Context, network, address string) (net.Conn, error) {
		conn, err := s.dial(dialing, network, address)
		if err == nil { // the library leaves it open when a greeting fails, and does not watch ctx after dialing
			stop := context.AfterFunc(ctx, func() { conn.Close() })
			hangUp = func() { stop(); conn.Close() }
		}
		return conn, err
	}
	client, err := gomail.NewClient(s.host, s.options(domain, dial)...)
	if err != nil {
		return "", errors.New("prepare the mail client")
	}
	defer func() { hangUp() }()
	if err := client.DialWithContext(ctx); err != nil {
		return "", fmt.Errorf("reach the mail server: %w", spoken(err))
	}
	err = client.Send(msg)
	if msg.IsDelivered() { // whatever happens to the farewell, the mail is theirs
		_ = client.Close() // only says QUIT
		return "<" + id + ">", nil
	}
	return "", unsent(err)
}

func (s *SMTP) letter(o Outgoing, id string) (*gomail.Msg, error) {
	if strings.ContainsAny(o.Subject, "\r\n") {
		return nil, Permanent{Reason: "the subject has several lines"}
	}
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	msg.FromMailAddress(s.from)
	if err := msg.To(o.To); err != nil {
		return nil, Permanent{Reason: "the address is none"}
	}
	msg.Subject(o.Subject)
	msg.SetDateWithValue(o.Created) // the same at every try
	msg.SetMessageIDWithValue(id)
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: nobody's holiday notice answers it
	msg.SetGenHeader("Content-Language", o.Lang)
	msg.SetBodyString(gomail.TypeTextPlain, o.Text)
	msg.AddAlternativeString(gomail.TypeTextHTML, htmlOf(o))
	return msg, nil
}

func (s *SMTP) options(domain string, dial gomail.DialContextFunc) []gomail.Option {
	options := []gomail.Option{gomail.WithPort(s.port), gomail.WithTimeout(20 * time.Second), gomail.WithHELO(domain),
		gomail.WithoutNoop(), gomail.WithoutRset(), gomail.WithDialContextFunc(dial)}
	switch {
	case s.tls == nil:
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	case s.wrapped:
		options = append(options, gomail.WithSSL())
	default:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory), gomail.WithTLSConfig(s.tls.Clone()))
	}
	if s.user != "" {
		options = append(options, gomail.WithUsername(s.user), gomail.WithPassword(s.password),
			gomail.WithOpportunisticSMTPAuth(gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthPlain, gomail.SMTPAuthLogin))
	}
	return options
}

func (s *SMTP) dial(ctx context.Context, network, address string) (net.Conn, error) {
	var d net.Dialer
	if !s.wrapped {
		return d.DialContext(ctx, network, address)
	}
	t := tls.Dialer{NetDialer: &d, Config: s.tls.Clone()}
	return t.DialContext(ctx, network, address)
}

// unsent makes an error of what the server said. Its own words are left out: they often repeat the address.
func unsent(err error) error {
	e, ok := errors.AsType[*gomail.SendError](err)
	if !ok {
		return errors.New("the mail was not taken")
	}
	switch code := e.ErrorCode(); {
	case code >= 500 && e.Reason != gomail.ErrSMTPMailFrom:
		return Permanent{Reason: fmt.Sprintf("%s: %d", e.Reason, code)}
	case code > 0:
		return fmt.Errorf("%s: %d", e.Reason, code)
	}
	return fmt.Errorf("%s: the connection broke", e.Reason)
}

// spoken is why a server could not be used; of an answer in SMTP only the code.
func spoken(err error) error {
	if e, ok := errors.AsType[*textproto.Error](err); ok {
		return fmt.Errorf("it answered %d", e.Code)
	}
	return err
}
