package main

import (
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

	"zhaohui/internal/message"
)

const hookSecret = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="

// gateway is a provider of SMS that checks our signature, and reports later what became of a message.
type gateway struct {
	t    *testing.T
	hook *standardwebhooks.Webhook
	url  string
	came chan handedOver
}

// handedOver is an SMS with its id.
type handedOver struct {
	message.Record
	id string
}

func (s handedOver) code() string { return codeIn.FindStringSubmatch(s.Text)[1] }

func aSigningGateway(t *testing.T) *gateway {
	t.Helper()
	g := &gateway{t: t, hook: hookOf(t, hookSecret), came: make(chan handedOver, 100)}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || g.hook.Verify(body, r.Header) != nil {
			t.Error("a request with a wrong signature")
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		sms := handedOver{id: r.Header.Get(standardwebhooks.HeaderWebhookID)}
		if err := json.Unmarshal(body, &sms.Record); err != nil {
			t.Error(err)
		}
		g.came <- sms
	}))
	t.Cleanup(server.Close)
	g.url = server.URL
	return g
}

func hookOf(t *testing.T, secret string) *standardwebhooks.Webhook {
	t.Helper()
	hook, err := standardwebhooks.NewWebhook(strings.TrimPrefix(secret, "whsec_"))
	if err != nil {
		t.Fatal(err)
	}
	return hook
}

// next is the next SMS with a code; others only tell that somebody began.
func (g *gateway) next() handedOver {
	g.t.Helper()
	for sms := range g.came {
		if sms.Purpose == "code" {
			return sms
		}
	}
	return handedOver{}
}

// settings are those of a portal that sends through the gateway.
func (g *gateway) settings() []string {
	return []string{"ZHAOHUI_SMS=webhook:" + g.url, "ZHAOHUI_SMS_SECRET=" + hookSecret}
}

// report tells a portal what became of an SMS, signed with a hook's secret at a time, and gives the status of the answer.
func (g *gateway) report(to *running, id, state string, hook *standardwebhooks.Webhook, at time.Time) int {
	g.t.Helper()
	body := fmt.Sprintf(`{"id":%q,"state":%q}`, id, state)
	signature, err := hook.Sign(id, at, []byte(body))
	if err != nil {
		g.t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(g.t.Context(), http.MethodPost, to.url+"/api/v1/deliveries", strings.NewReader(body))
	if err != nil {
		g.t.Fatal(err)
	}
	request.Host = testHost
	request.Header.Set(standardwebhooks.HeaderWebhookID, id)
	request.Header.Set(standardwebhooks.HeaderWebhookTimestamp, strconv.FormatInt(at.Unix(), 10))
	request.Header.Set(standardwebhooks.HeaderWebhookSignature, signature)
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		g.t.Fatal(err)
	}
	answer.Body.Close()
	return answer.StatusCode
}

// What the page says of the last code.
const (
	saysAccepted  = "已经交给对方"
	saysDelivered = "对方已经收到"
	saysFailed    = "没有送到。请换一种办法。"
)

// TestDelivery_aReportShowsOnThePage, once something is proved: who has proved nothing learns nothing about a number
// (requirement R15). A report that is not the gateway's own changes nothing.
func TestDelivery_aReportShowsOnThePage(t *testing.T) {
	t.Parallel()
	g := aSigningGateway(t)
	h := aHousehold(t, g.settings()...)
	portal := h.serve()
	people := h.settle(3)
	r := h.records()
	state := func(sms handedOver, want string) bool {
		return number(t, r, `SELECT COUNT(*) FROM message WHERE id = $1 AND state = $2`, sms.id, want) == 1
	}
	forger := hookOf(t, "whsec_bm90IHRoZSBzZWNyZXQgb2YgdGhlIGdhdGV3YXkhISE=")

	for i, said := range map[int]string{0: saysDelivered, 1: saysFailed} {
		c := aCaller(h, portal, people[i])
		c.begin("mail")
		c.fill("account", people[i].Mail)
		c.until("next")
		c.fill("method", "sms")
		if c.step() != "sms-code" {
			t.Fatalf("after the mail: %s", c.at)
		}
		page := c.at
		sms := g.next()
		eventually(t, "the SMS is taken over", func() bool { return state(sms, "accepted") })
		if c.get(page); !strings.Contains(c.body, saysAccepted) {
			t.Error("the page does not say that the SMS is on its way")
		}
		kind := map[string]string{saysDelivered: "delivered", saysFailed: "bounced"}[said]
		forged := g.report(portal, sms.id, kind, forger, time.Now())
		old := g.report(portal, sms.id, kind, g.hook, time.Now().Add(-time.Hour))
		if forged != http.StatusForbidden || old != http.StatusForbidden || !state(sms, "accepted") {
			t.Errorf("%s: a forged report is answered with %d, an old one with %d", kind, forged, old)
		}
		if now := g.report(portal, sms.id, kind, g.hook, time.Now()); now != http.StatusNoContent || !state(sms, kind) {
			t.Errorf("%s: the report is answered with %d", kind, now)
		}
		if c.get(page); !strings.Contains(c.body, said) {
			t.Errorf("%s: the page does not say %q", kind, said)
		}
		c.fill("code", sms.code()) // it may have come all the same
		c.until("password")
	}

	c := aCaller(h, portal, people[2])
	c.begin("sms")
	c.until("sms-code")
	page, sms := c.at, g.next()
	eventually(t, "the SMS is taken over", func() bool { return state(sms, "accepted") })
	if now := g.report(portal, sms.id, "bounced", g.hook, time.Now()); now != http.StatusNoContent {
		t.Errorf("the report is answered with %d", now)
	}
	c.get(page)
	for _, said := range []string{saysAccepted, saysDelivered, saysFailed} {
		if strings.Contains(c.body, said) {
			t.Errorf("R15: who has proved nothing reads %q", said)
		}
	}
	portal.stop(t)
}
