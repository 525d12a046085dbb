package message

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"math/big"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"zhaohui/internal/recovery"
)

// mailServer is a real SMTP server on loopback.
type mailServer struct {
	mu       sync.Mutex
	from, to string
	raw      string
	taken    int
	signedIn string
	failRcpt func(time int) error // by how often somebody asked
	failMail error
	failData error
	asked    int
}

func (s *mailServer) NewSession(c *smtp.Conn) (smtp.Session, error) {
	_, secured := c.TLSConnectionState()
	return &mailSession{s, secured}, nil
}

type mailSession struct {
	*mailServer
	secured bool
}

func (s *mailSession) Reset()        {}
func (s *mailSession) Logout() error { return nil }
func (s *mailSession) Mail(from string, _ *smtp.MailOptions) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.from = from
	return s.failMail
}
func (s *mailSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked++
	s.to = to
	if s.failRcpt != nil {
		return s.failRcpt(s.asked)
	}
	return nil
}
func (s *mailSession) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failData == nil {
		s.raw, s.taken = string(raw), s.taken+1
	}
	return s.failData
}
func (s *mailSession) AuthMechanisms() []string {
	if !s.secured {
		return nil
	}
	return []string{sasl.Plain}
}
func (s *mailSession) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if password != "canary-password" {
			return errors.New("wrong password " + password)
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.signedIn = user
		return nil
	}), nil
}

// certificate is one that the server made itself, and the pool that trusts it.
func certificate(t *testing.T, host string) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{host}, IsCA: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}

// start runs the server; form is "starttls", "tls" or "none". The sender trusts its certificate.
func (s *mailServer) start(t *testing.T, form, signIn string) *SMTP {
	t.Helper()
	cert, pool := certificate(t, "localhost")
	server := smtp.NewServer(s)
	server.Domain, server.ErrorLog = "localhost", log.New(io.Discard, "", 0)
	config := &tls.Config{Certificates: []tls.Certificate{cert}}
	listener, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	scheme, more := "smtp", ""
	switch form {
	case "starttls":
		server.TLSConfig = config
	case "tls":
		scheme = "smtps"
		listener = tls.NewListener(listener, config)
	case "none":
		more = "&tls=none"
	}
	go server.Serve(listener) //nolint:errcheck // it ends with the test
	t.Cleanup(func() { server.Close() })
	sender, err := NewSMTP(scheme + "://" + signIn + "localhost:" + port + "?from=" + "help%40yunfan.example" + more)
	if err != nil {
		t.Fatal(err)
	}
	if sender.tls != nil {
		sender.tls.RootCAs = pool
	}
	return sender
}

func mailTo(to string) Outgoing {
	return Outgoing{ID: "letter-1", Channel: Mail, To: to, Purpose: string(recovery.PurposeLink), Lang: "zh",
		Subject: "云帆钱包：您要的验证码", Text: "483920\n\n这是您的验证码 <b>&\n\n点这个链接：\nhttps://help.yunfan.example/mail/t?a=1&b=2", Created: noon}
}

func TestSMTP_aMailArrivesAsItWasWritten(t *testing.T) {
	for _, form := range []string{"starttls", "tls", "none"} {
		t.Run(form, func(t *testing.T) {
			server := &mailServer{}
			signIn := "portal:canary-password@"
			if form == "none" {
				signIn = ""
			}
			sender := server.start(t, form, signIn)
			o := mailTo("wang@demo.example")
			name, err := sender.Send(t.Context(), o)
			if err != nil || name != "<letter-1@yunfan.example>" {
				t.Fatal(name, err)
			}
			if server.from != "help@yunfan.example" || server.to != o.To || server.taken != 1 ||
				(server.signedIn == "portal") != (signIn != "") {
				t.Errorf("envelope %q → %q, taken %d, signed in %q", server.from, server.to, server.taken, server.signedIn)
			}
			msg, err := mail.ReadMessage(strings.NewReader(server.raw))
			if err != nil {
				t.Fatal(err)
			}
			for key, want := range map[string]string{"Message-ID": name, "Date": "Sun, 22 Nov 2026 04:00:00 +0000",
				"Auto-Submitted": "auto-generated", "Content-Language": "zh", "User-Agent": "", "X-Mailer": "",
				"To": "<wang@demo.example>", "From": "<help@yunfan.example>"} {
				if got := msg.Header.Get(key); got != want {
					t.Errorf("%s: %q, want %q", key, got, want)
				}
			}
			if subject, err := new(mime.WordDecoder).DecodeHeader(msg.Header.Get("Subject")); err != nil || subject != o.Subject {
				t.Errorf("subject %q, %v", subject, err)
			}
			plain, html := parts(t, msg)
			if plain != o.Text {
				t.Errorf("plain %q", plain)
			}
			for _, want := range []string{"<strong>483920</strong>", "&lt;b&gt;&amp;", `lang="zh"`,
				`<a href="https://help.yunfan.example/mail/t?a=1&amp;b=2">`} {
				if !strings.Contains(html, want) {
					t.Errorf("HTML lacks %s: %s", want, html)
				}
			}
			for _, asks := range []string{"<img", "src=", "url(", "<link", "<script", "<style"} {
				if strings.Contains(html, asks) {
					t.Errorf("HTML has %s", asks)
				}
			}
		})
	}
}

func parts(t *testing.T, msg *mail.Message) (plain, html string) {
	t.Helper()
	kind, params, err := mime.ParseMediaType(msg.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		t.Fatal(kind, err)
	}
	reader := multipart.NewReader(msg.Body, params["boundary"])
	var texts []string
	for {
		part, err := reader.NextRawPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if encoding := part.Header.Get("Content-Transfer-Encoding"); encoding != "quoted-printable" {
			t.Errorf("encoding %q", encoding)
		}
		raw, err := io.ReadAll(quotedprintable.NewReader(part))
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, strings.TrimRight(strings.ReplaceAll(string(raw), "\r\n", "\n"), "\n"))
	}
	if len(texts) != 2 {
		t.Fatalf("%d parts", len(texts))
	}
	return texts[0], texts[1]
}

func TestSMTP_nothingIsSentWithoutTheTLSThatIsAskedFor(t *testing.T) {
	t.Run("the server has none", func(t *testing.T) {
		server := &mailServer{}
		sender := server.start(t, "none", "")
		sender.tls = &tls.Config{ServerName: "localhost", MinVersion: tls.VersionTLS12}
		wantTemporary(t, sender, mailTo("wang@demo.example"))
		if server.from != "" || server.taken != 0 {
			t.Error("something was said in clear")
		}
	})
	t.Run("nobody trusts its certificate", func(t *testing.T) {
		for _, form := range []string{"starttls", "tls"} {
			server := &mailServer{}
			sender := server.start(t, form, "")
			sender.tls.RootCAs = x509.NewCertPool()
			err := temporary(t, sender, mailTo("wang@demo.example"))
			if !strings.Contains(err.Error(), "certificate") || server.from != "" {
				t.Errorf("%v", err)
			}
		}
	})
	t.Run("the certificate is another host's", func(t *testing.T) {
		server := &mailServer{}
		sender := server.start(t, "starttls", "")
		sender.tls.ServerName = "elsewhere.example"
		wantTemporary(t, sender, mailTo("wang@demo.example"))
	})
}

// wantTemporary sends and wants an error that asks for another try and repeats nothing.
func wantTemporary(t *testing.T, s Sender, o Outgoing) {
	t.Helper()
	_ = temporary(t, s, o) // what it says is looked at where it matters
}

func temporary(t *testing.T, s Sender, o Outgoing) error {
	t.Helper()
	_, err := s.Send(t.Context(), o)
	if err == nil {
		t.Fatal("it went out")
	}
	if _, ok := errors.AsType[Permanent](err); ok {
		t.Errorf("given up for good: %v", err)
	}
	wantClean(t, err, o)
	return err
}

func wantPermanent(t *testing.T, s Sender, o Outgoing) {
	t.Helper()
	_, err := s.Send(t.Context(), o)
	if _, ok := errors.AsType[Permanent](err); !ok {
		t.Errorf("want it refused for good: %v", err)
		return
	}
	wantClean(t, err, o)
}

func wantClean(t *testing.T, err error, o Outgoing) {
	t.Helper()
	local, _, _ := strings.Cut(o.To, "@")
	for _, secret := range []string{o.To, local, "483920", "canary"} {
		if strings.Contains(err.Error(), secret) {
			t.Errorf("the error repeats %q: %v", secret, err)
		}
	}
}

func TestSMTP_whatTheServerSaysDecides(t *testing.T) {
	says := func(code int) error {
		enhanced := smtp.EnhancedCode{code / 100, 1, 1}
		return &smtp.SMTPError{Code: code, EnhancedCode: enhanced, Message: "wang@demo.example canary 483920"}
	}
	o := mailTo("wang@demo.example")
	for _, tt := range []struct {
		name      string
		server    *mailServer
		permanent bool
	}{
		{"no such address", &mailServer{failRcpt: func(int) error { return says(550) }}, true},
		{"mailbox is full for now", &mailServer{failRcpt: func(int) error { return says(452) }}, false},
		{"the letter is refused", &mailServer{failData: says(554)}, true},
		{"the letter later", &mailServer{failData: says(451)}, false},
		{"our own address is refused: an operator can mend that", &mailServer{failMail: says(553)}, false},
		{"busy", &mailServer{failMail: says(421)}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			sender := tt.server.start(t, "starttls", "")
			if tt.permanent {
				wantPermanent(t, sender, o)
			} else {
				wantTemporary(t, sender, o)
			}
		})
	}
	t.Run("wrong password: an operator can mend that", func(t *testing.T) {
		sender := (&mailServer{}).start(t, "starttls", "portal:canary-wrong@")
		wantTemporary(t, sender, o)
	})
	t.Run("an address that is none", func(t *testing.T) {
		wantPermanent(t, (&mailServer{}).start(t, "starttls", ""), mailTo("wang demo canary"))
	})
	t.Run("a subject of two lines", func(t *testing.T) {
		two := o
		two.Subject = "a\r\nBcc: other@demo.example"
		wantPermanent(t, (&mailServer{}).start(t, "starttls", ""), two)
	})
}

func TestSMTP_aGreylistIsPassedAtTheSecondTry(t *testing.T) {
	server := &mailServer{failRcpt: func(time int) error {
		if time == 1 {
			return &smtp.SMTPError{Code: 450, EnhancedCode: smtp.EnhancedCode{4, 2, 0}, Message: "greylisted, come back"}
		}
		return nil
	}}
	sender := server.start(t, "starttls", "")
	o := mailTo("wang@demo.example")
	wantTemporary(t, sender, o)
	if _, err := sender.Send(t.Context(), o); err != nil || server.taken != 1 {
		t.Errorf("%v, taken %d", err, server.taken)
	}
}

// breaking is a server that hangs up instead of answering one command.
func breaking(t *testing.T, at string) *SMTP {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			talk(conn, at)
			conn.Close()
		}
	}()
	sender, err := NewSMTP("smtp://" + listener.Addr().String() + "?tls=none&from=help@yunfan.example")
	if err != nil {
		t.Fatal(err)
	}
	return sender
}

func talk(conn net.Conn, until string) {
	say := func(line string) { io.WriteString(conn, line+"\r\n") } //nolint:errcheck // the client may be gone
	if until == "greeting" {
		return
	}
	say("220 localhost")
	in := bufio.NewScanner(conn)
	body := false
	for in.Scan() {
		line := in.Text()
		command, _, _ := strings.Cut(line, " ")
		switch {
		case body && line == ".":
			body = false
			if until == "." {
				return
			}
			say("250 taken")
		case body:
			if until == "body" {
				return
			}
		case command == until:
			return
		case command == "DATA":
			body = true
			say("354 go on")
		default:
			say("250 fine")
		}
	}
}

func TestSMTP_aBrokenConnectionIsTriedAgain(t *testing.T) {
	for _, at := range []string{"greeting", "EHLO", "MAIL", "RCPT", "DATA", "body", "."} {
		t.Run(at, func(t *testing.T) { wantTemporary(t, breaking(t, at), mailTo("wang@demo.example")) })
	}
	t.Run("at the farewell it is theirs", func(t *testing.T) {
		if _, err := breaking(t, "QUIT").Send(t.Context(), mailTo("wang@demo.example")); err != nil {
			t.Error(err)
		}
	})
	t.Run("nobody there", func(t *testing.T) {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		listener.Close()
		sender, err := NewSMTP("smtp://" + listener.Addr().String() + "?tls=none&from=help@yunfan.example")
		if err != nil {
			t.Fatal(err)
		}
		wantTemporary(t, sender, mailTo("wang@demo.example"))
	})
}

// TestSMTP_stopsWithItsContext talks to a server that stops answering.
func TestSMTP_stopsWithItsContext(t *testing.T) {
	for _, at := range []string{"EHLO", "MAIL"} {
		t.Run(at, func(t *testing.T) { stopsAt(t, at) })
	}
}

func stopsAt(t *testing.T, at string) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		io.WriteString(conn, "220 localhost\r\n") //nolint:errcheck // the client may be gone
		in := bufio.NewScanner(conn)
		for in.Scan() {
			if strings.HasPrefix(in.Text(), at) {
				cancel() // and no answer
				continue
			}
			io.WriteString(conn, "250 fine\r\n") //nolint:errcheck // the client may be gone
		}
	}()
	sender, err := NewSMTP("smtp://" + listener.Addr().String() + "?tls=none&from=help@yunfan.example")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := sender.Send(ctx, mailTo("wang@demo.example")); err == nil {
		t.Error("it went out")
	}
}

func TestSMTP_settingsThatCannotWork(t *testing.T) {
	for _, address := range []string{"", "localhost:25", "http://host?from=a@b.example",
		"smtp://?from=a@b.example", "smtp://host", "smtp://host?from=nobody",
		"smtp://host?from=a@b.example&tls=never",
		"smtps://host?from=a@b.example&tls=none", "smtp://host?from=a@b.example&colour=red",
		"smtp://host/path?from=a@b.example", "smtp://host:x?from=a@b.example", "smtp://u:canary@host?tls=none&from=a@b.example",
		"smtp://u:canary@host:%zz", "smtp://u:canary@host?from=canary"} {
		if _, err := NewSMTP(address); err == nil || strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: %v", address, err)
		}
	}
	s, err := NewSMTP("smtps://u:p@mail.example?from=Help%20%3Chelp@yunfan.example%3E")
	if err != nil || s.port != 465 || !s.wrapped || s.from.Name != "Help" {
		t.Errorf("%+v, %v", s, err)
	}
	s, err = NewSMTP("smtp://mail.example?from=help@yunfan.example")
	if err != nil || s.port != 587 || s.tls == nil {
		t.Errorf("%+v, %v", s, err)
	}
}
