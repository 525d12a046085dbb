package message

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"zhaohui/internal/problem"
	"zhaohui/internal/recovery"
)

var (
	rawSecret = []byte("canary-secret-of-32-bytes-length")
	secret    = "whsec_" + base64.StdEncoding.EncodeToString(rawSecret)
)

func at(now time.Time) func() time.Time { return func() time.Time { return now } }

// gateway answers with a status and body and keeps the last request.
type gateway struct {
	status int
	answer string
	header http.Header
	body   string
	calls  int
}

func (g *gateway) start(t *testing.T) *Webhook {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		g.header, g.body = r.Header, string(raw)
		g.calls++
		w.Header().Set("Location", "/elsewhere")
		w.WriteHeader(g.status)
		io.WriteString(w, g.answer) //nolint:errcheck // the client may not want it
	}))
	t.Cleanup(server.Close)
	w, err := NewWebhook(server.URL+"/sms?canary=1", secret, at(noon))
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestWebhook_postsASignedLetter(t *testing.T) {
	g := &gateway{status: 202, answer: `{"id":"theirs-7","more":[1]}`}
	o := letter(recovery.PurposeCode)
	name, err := g.start(t).Send(t.Context(), o)
	if err != nil || name != "theirs-7" {
		t.Fatal(name, err)
	}
	want := `{"id":"letter-1","at":"2026-11-22T04:00:00Z","channel":"sms","to":"+8613912345678","purpose":"code","lang":"zh",` +
		`"text":"` + secretText + `"}` + "\n"
	if g.body != want {
		t.Errorf("body %s, want %s", g.body, want)
	}
	verifier, _ := standardwebhooks.NewWebhookRaw(rawSecret)
	if err := verifier.VerifyIgnoringTimestamp([]byte(g.body), g.header); err != nil {
		t.Error(err)
	}
	if g.header.Get("webhook-id") != o.ID || g.header.Get("webhook-timestamp") != strconv.FormatInt(noon.Unix(), 10) {
		t.Errorf("headers %v", g.header)
	}
}

func TestWebhook_whatTheGatewayAnswersDecides(t *testing.T) {
	for status, permanent := range map[int]bool{301: false, 302: false, 307: false, 308: false, 400: true, 404: true,
		408: false, 410: true, 422: true, 425: false, 429: false, 500: false, 503: false} {
		t.Run(strconv.Itoa(status), func(t *testing.T) {
			g := &gateway{status: status, answer: "no " + secretTo + " canary"}
			w := g.start(t)
			if permanent {
				wantPermanent(t, w, letter(recovery.PurposeCode))
			} else {
				wantTemporary(t, w, letter(recovery.PurposeCode))
			}
			if g.calls != 1 {
				t.Errorf("%d requests: a redirect was followed", g.calls)
			}
		})
	}
}

func TestWebhook_anOddAnswerCountsAsTaken(t *testing.T) {
	for _, answer := range []string{"", "fine", "[]", `{"id":7}`, `{"id":""}`, `{"id":"a\nb"}`,
		`{"id":"` + strings.Repeat("x", nameLimit+1) + `"}`,
		`{"id":"theirs","pad":"` + strings.Repeat("x", answerLimit) + `"}`} {
		g := &gateway{status: 200, answer: answer}
		if name, err := g.start(t).Send(t.Context(), letter(recovery.PurposeCode)); err != nil || name != "letter-1" {
			t.Errorf("%.30q: %q, %v", answer, name, err)
		}
	}
}

func TestWebhook_aGatewayThatIsGoneIsTriedAgain(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err == nil {
			conn.Close()
		}
	}))
	w, err := NewWebhook(server.URL+"/canary", secret, at(noon))
	if err != nil {
		t.Fatal(err)
	}
	wantTemporary(t, w, letter(recovery.PurposeCode)) // it hangs up
	server.Close()
	wantTemporary(t, w, letter(recovery.PurposeCode)) // nobody there
}

func TestWebhook_settingsThatCannotWork(t *testing.T) {
	for _, tt := range []struct{ name, address, secret string }{
		{"no address", "", secret},
		{"no host", "https:///sms", secret},
		{"another scheme", "ftp://canary.example", secret},
		{"in clear", "http://sms.example/canary", secret},
		{"in clear, nearly loopback", "http://127.0.0.1.canary.example", secret},
		{"a user", "https://u:canary@sms.example", secret},
		{"the secret in the address", "https://sms.example?secret=canary", secret},
		{"no secret", "https://sms.example", ""},
		{"a short secret", "https://sms.example", "whsec_Y2FuYXJ5"},
		{"no base64", "https://sms.example", "canary canary canary canary canary canary"},
	} {
		_, err := NewWebhook(tt.address, tt.secret, at(noon))
		if err == nil || strings.Contains(err.Error(), "canary") || strings.Contains(err.Error(), "Y2Fu") {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	for _, address := range []string{"https://sms.example/in", "http://localhost:9", "http://127.0.0.1:9", "http://[::1]:9"} {
		if _, err := NewWebhook(address, strings.TrimPrefix(secret, "whsec_"), at(noon)); err != nil {
			t.Errorf("%s: %v", address, err)
		}
	}
}

// signed is the header of a report.
func signed(t *testing.T, key []byte, when time.Time, body string) http.Header {
	t.Helper()
	signer, err := standardwebhooks.NewWebhookRaw(key)
	if err != nil {
		t.Fatal(err)
	}
	signature, err := signer.Sign("report-1", when, []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	h := http.Header{}
	h.Set("webhook-id", "report-1")
	h.Set("webhook-timestamp", fmt.Sprint(when.Unix()))
	h.Set("webhook-signature", "v1,AAAA "+signature) // an older key's beside it
	return h
}

func TestWebhook_reportsAreBelievedOnlyIfSigned(t *testing.T) {
	w, err := NewWebhook("https://sms.example", secret, at(noon))
	if err != nil {
		t.Fatal(err)
	}
	const good = `{"id":"theirs-7","state":"delivered"}`
	ours, err := json.Marshal(posted{ID: "letter-1", Record: record(letter(recovery.PurposeCode), noon)})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		key  []byte
		when time.Time
		body string
		kind problem.Kind
		want Report
	}{
		{"delivered", rawSecret, noon, good, "", Report{"theirs-7", recovery.Delivered}},
		{"bounced, a little late", rawSecret, noon.Add(-5 * time.Minute), `{"id":"theirs-7","state":"bounced"}`, "",
			Report{"theirs-7", recovery.Bounced}},
		{"another key", []byte("another key of thirty-two bytes!"), noon, good, problem.KindDenied, Report{}},
		{"too old", rawSecret, noon.Add(-5*time.Minute - time.Second), good, problem.KindDenied, Report{}},
		{"from the future", rawSecret, noon.Add(6 * time.Minute), good, problem.KindDenied, Report{}},
		{"no JSON", rawSecret, noon, "delivered", problem.KindInvalid, Report{}},
		{"no id", rawSecret, noon, `{"state":"delivered"}`, problem.KindInvalid, Report{}},
		{"an unknown state", rawSecret, noon, `{"id":"theirs-7","state":"dead"}`, problem.KindInvalid, Report{}},
		{"our own letter sent back", rawSecret, noon, string(ours), problem.KindInvalid, Report{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := w.Report(signed(t, tt.key, tt.when, tt.body), []byte(tt.body))
			if problem.KindOf(err) != tt.kind || got != tt.want || (err != nil) != (tt.kind != "") {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
	if _, err := w.Report(http.Header{}, []byte(good)); problem.KindOf(err) != problem.KindDenied {
		t.Errorf("without signature: %v", err)
	}
	changed := []byte(strings.Replace(good, "7", "8", 1))
	if _, err := w.Report(signed(t, rawSecret, noon, good), changed); problem.KindOf(err) != problem.KindDenied {
		t.Errorf("changed on the way: %v", err)
	}
}
