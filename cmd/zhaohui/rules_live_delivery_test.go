package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"zhaohui/internal/store/postgrestest"
)

// post is a mail server that wants TLS and a password, and may refuse a while.
type post struct {
	refuse atomic.Int32 // so many more are put off
	mails  chan string
	put    atomic.Int32 // off
}

// NewSession refuses nobody that speaks TLS.
func (p *post) NewSession(c *smtp.Conn) (smtp.Session, error) {
	_, secured := c.TLSConnectionState()
	return &postSession{post: p, secured: secured}, nil
}

type postSession struct {
	*post
	secured, signedIn bool
}

func (s *postSession) Reset()        {}
func (s *postSession) Logout() error { return nil }
func (s *postSession) Mail(string, *smtp.MailOptions) error {
	if !s.signedIn {
		return &smtp.SMTPError{Code: 530, Message: "sign in first"}
	}
	return nil
}
func (s *postSession) Rcpt(string, *smtp.RcptOptions) error {
	if s.refuse.Add(-1) >= 0 {
		s.put.Add(1)
		return &smtp.SMTPError{Code: 451, Message: "not now"}
	}
	return nil
}
func (s *postSession) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	s.mails <- string(raw)
	return err
}
func (s *postSession) AuthMechanisms() []string {
	if !s.secured {
		return nil
	}
	return []string{sasl.Plain}
}
func (s *postSession) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != "portal" || password != "canary-of-the-post" {
			return smtp.ErrAuthFailed
		}
		s.signedIn = true
		return nil
	}), nil
}

// aPost starts the mail server; the file holds the certificate that has to be trusted.
func aPost(t *testing.T) (p *post, address, trusted string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{"localhost"}, IsCA: true,
		NotBefore: time.Now().Add(-time.Hour),
		NotAfter:  time.Now().Add(time.Hour), BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	trusted = filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(trusted, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	p = &post{mails: make(chan string, 100)}
	server := smtp.NewServer(p)
	server.Domain, server.ErrorLog = "localhost", log.New(io.Discard, "", 0)
	server.TLSConfig = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}},
		MinVersion: tls.VersionTLS12}
	listener, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	go server.Serve(listener) //nolint:errcheck // it ends with the test
	t.Cleanup(func() { server.Close() })
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	return p, "smtp://portal:canary-of-the-post@localhost:" + port + "?from=help%40yunfan.example", trusted
}

// TestDelivery_mailByTLSAndSMSBySignedWebhook recovers an account with both as an operator has them. A mail that is put off
// comes later, and nobody has to do anything.
func TestDelivery_mailByTLSAndSMSBySignedWebhook(t *testing.T) {
	t.Parallel()
	p, address, trusted := aPost(t)
	g := aSigningGateway(t)
	h := aHousehold(t, append(g.settings(), "ZHAOHUI_MAIL=", "ZHAOHUI_SMTP_URL="+address, "SSL_CERT_FILE="+trusted)...)
	portal := h.serve()
	who := h.settle(1)[0]
	c := aCaller(h, portal, who)
	c.begin("sms")
	c.until("sms-code")
	p.refuse.Store(2)
	code := g.next()
	if code.To != "+86"+who.Phone || code.Purpose != "code" || code.Channel != "sms" {
		t.Errorf("%+v", code)
	}
	c.fill("code", code.code())
	c.fill("method", "mail")
	var mail string
	for !strings.Contains(mail, "/mail/") || !subjectOfLink(mail) {
		mail = plainOf(<-p.mails)
	}
	if p.put.Load() != 2 {
		t.Errorf("%d tries were put off", p.put.Load())
	}
	c.fill("code", strings.TrimSpace(firstLineCode.FindString(mail))) // headers have digits too
	c.until("password")
	c.answer()
	c.finished()
	portal.stop(t)
	if strings.Contains(portal.said(), "canary-of-the-post") || strings.Contains(portal.said(), hookSecret[10:]) {
		t.Error("the log holds a secret of the operator's")
	}
}

var firstLineCode = regexp.MustCompile(`(?m)^[0-9]{6}\r?$`)

// subjectOfLink says whether a mail is the one with a code; the code stands on a line of its own.
func subjectOfLink(mail string) bool { return firstLineCode.MatchString(mail) }

// plainOf undoes what the way of a mail does to digits and addresses: soft line ends and escapes.
func plainOf(mail string) string {
	return strings.NewReplacer("=\r\n", "", "=3D", "=").Replace(mail)
}

// TestDelivery_aDeadLetterIsSeen: it is in the log and in the metrics, without whom it was for.
func TestDelivery_aDeadLetterIsSeen(t *testing.T) {
	t.Parallel()
	asked := make(chan struct{}, 100)
	gateway := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked <- struct{}{}
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
	t.Cleanup(gateway.Close)
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	admin := free.Addr().String()
	if err := free.Close(); err != nil {
		t.Fatal(err)
	}
	h := aHousehold(t, "ZHAOHUI_SMS=webhook:"+gateway.URL, "ZHAOHUI_SMS_SECRET="+hookSecret, "ZHAOHUI_ADMIN_ADDR="+admin)
	portal := h.serve()
	who := h.settle(1)[0]
	c := aCaller(h, portal, who)
	c.begin("sms")
	c.until("sms-code")
	<-asked
	r := h.records() // its time runs out before the next try
	if _, err := r.db.SQL().Exec(`UPDATE message SET created = created - 600000 WHERE purpose = 'code'`); err != nil {
		t.Fatal(err)
	}
	portal.until(t, "letter not delivered")
	_, metrics := get(t, "http://"+admin+"/metrics")
	for _, line := range []string{"\nzhaohui_letters_dead 1\n", "\nzhaohui_jobs_dead 0\n"} {
		if !strings.Contains(metrics, line) {
			t.Errorf("no line %q in the metrics", line)
		}
	}
	portal.stop(t)
	if strings.Contains(portal.said(), who.Phone) {
		t.Error("the log names the number")
	}
}

// TestW10_theDatabaseIsAwayForAWhile: pages of guides stay, the case says that it does not work just now, readiness says no;
// when the database is back, all goes on without a restart, from where it was.
func TestW10_theDatabaseIsAwayForAWhile(t *testing.T) {
	t.Parallel()
	server := postgrestest.Own(t)
	h := aShared(t, server.URL())
	portal := h.serve()
	who := h.settle(1)[0]
	c := aCaller(h, portal, who)
	c.begin("sms")
	c.until("next")
	server.Stop()
	for _, path := range []string{"/p/wallet/sms/next", "/case"} {
		c.get(path)
		if path == "/case" { // asks for a code and nothing else
			continue
		}
		if c.status != http.StatusServiceUnavailable || !strings.Contains(c.body, "<h1") || !strings.Contains(c.body, "tel:") {
			t.Errorf("%s: %d\n%.300s", path, c.status, c.body)
		}
	}
	c.get("/p/wallet/sms/safety")
	if c.status != http.StatusServiceUnavailable {
		t.Errorf("a step of a case that cannot be read: %d", c.status)
	}
	other := aCaller(h, portal, who)
	other.begin("mail")
	if other.status != http.StatusServiceUnavailable {
		t.Errorf("a case that cannot be begun: %d", other.status)
	}
	for path, want := range map[string]int{"/": 200, "/p/alipay/face": 200, "/help": 200, "/healthz": 200, "/readyz": 503} {
		if c.get(path); c.status != want {
			t.Errorf("%s: %d, want %d", path, c.status, want)
		}
	}
	server.Start()
	eventually(t, "it is ready again", func() bool { c.get("/readyz"); return c.status == http.StatusOK })
	c.get("/p/wallet/sms/next")
	c.until("password")
	c.answer()
	c.finished()
	h.letter("done", who.Mail)
	portal.stop(t)
}
