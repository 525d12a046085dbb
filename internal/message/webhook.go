package message

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"zhaohui/internal/problem"
	"zhaohui/internal/recovery"
)

const (
	answerLimit   = 64 << 10 // bytes of an answer or report that are read
	nameLimit     = 200      // characters of a provider's name for a letter
	tolerance     = 5 * time.Minute
	secretMinimum = 24 // bytes, as the Standard Webhooks ask
)

// Webhook posts SMS to a gateway of the operator's, or alerts to whoever watches, signed as the Standard Webhooks say
// (doc/messages.md, doc/alerts.md).
type Webhook struct {
	url    string
	signer *standardwebhooks.Webhook
	client *http.Client
	now    func() time.Time
}

// NewWebhook takes the gateway's address and the secret that both know: base64 of 24 bytes or more, with or without
// "whsec_" before it. Only a gateway on this machine may be reached without TLS. No error repeats address or secret.
func NewWebhook(address, secret string, now func() time.Time) (*Webhook, error) {
	return newWebhook(address, secret, "ZHAOHUI_SMS_SECRET", now)
}

// newWebhook names the setting that the secret comes from in its errors.
func newWebhook(address, secret, setting string, now func() time.Time) (*Webhook, error) {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Hostname() == "" || u.Scheme != "https" && u.Scheme != "http":
		return nil, errors.New("want webhook:https://host/path")
	case u.Scheme == "http" && !loopback(u.Hostname()):
		return nil, errors.New("want https: others could read it on the way")
	case u.User != nil || u.Query().Has("secret"):
		return nil, fmt.Errorf("no secret belongs into the address; %s takes it", setting)
	}
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil || len(key) < secretMinimum {
		return nil, fmt.Errorf("%s: want %d bytes or more in base64, as `openssl rand -base64 32` writes them", setting, secretMinimum)
	}
	signer, err := standardwebhooks.NewWebhookRaw(key)
	if err != nil {
		return nil, errors.New(setting + " cannot be used")
	}
	client := &http.Client{
		Timeout: 20 * time.Second,
		Transport: &http.Transport{Proxy: http.ProxyFromEnvironment, MaxResponseHeaderBytes: 16 << 10, MaxIdleConnsPerHost: 8,
			IdleConnTimeout: time.Minute, TLSHandshakeTimeout: 10 * time.Second, ResponseHeaderTimeout: 15 * time.Second},
		CheckRedirect: func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse // letters go where we were told
		},
	}
	return &Webhook{url: u.String(), signer: signer, client: client, now: now}, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// posted is the body of a request.
type posted struct {
	ID string `json:"id"`
	Record
}

// Send posts one letter. 2xx takes it over; other 4xx than 408, 425 and 429 refuse it for good.
func (w *Webhook) Send(ctx context.Context, o Outgoing) (string, error) {
	at := w.now()
	body, err := encode(posted{ID: o.ID, Record: record(o, at)})
	if err != nil {
		return "", Permanent{Reason: "the letter is no JSON"}
	}
	response, err := w.post(ctx, o.ID, at, body)
	if err != nil {
		return "", err
	}
	defer response.Close()
	return answered(response, o.ID), nil
}

// Post hands over what somebody else wrote; it decides by the answer as Send does.
func (w *Webhook) Post(ctx context.Context, id string, at time.Time, body []byte) error {
	response, err := w.post(ctx, id, at, body)
	if err != nil {
		return err
	}
	_, _ = io.Copy(io.Discard, io.LimitReader(response, answerLimit)) // so that the connection can be used again
	return response.Close()
}

// post signs a body and posts it; what comes back is the body of an answer that took it over.
func (w *Webhook) post(ctx context.Context, id string, at time.Time, body []byte) (io.ReadCloser, error) {
	signature, err := w.signer.Sign(id, at, body)
	if err != nil {
		return nil, errors.New("sign a request to the gateway")
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, w.url, bytes.NewReader(body))
	if err != nil {
		return nil, errors.New("make a request to the gateway")
	}
	request.Header.Set("Content-Type", "application/json; charset=utf-8")
	request.Header.Set("User-Agent", "Zhaohui")
	request.Header.Set(standardwebhooks.HeaderWebhookID, id)
	request.Header.Set(standardwebhooks.HeaderWebhookTimestamp, strconv.FormatInt(at.Unix(), 10))
	request.Header.Set(standardwebhooks.HeaderWebhookSignature, signature)
	response, err := w.client.Do(request)
	if err != nil {
		if e, ok := errors.AsType[*url.Error](err); ok {
			err = e.Err // it names the whole address
		}
		return nil, fmt.Errorf("reach the gateway: %w", err)
	}
	code := response.StatusCode
	if code >= 200 && code < 300 {
		return response.Body, nil
	}
	if err := response.Body.Close(); err != nil {
		return nil, fmt.Errorf("the gateway answered %d: %w", code, err)
	}
	switch {
	case code == http.StatusRequestTimeout, code == http.StatusTooEarly, code == http.StatusTooManyRequests:
		return nil, fmt.Errorf("the gateway asks to come back later: %d", code)
	case code >= 400 && code < 500:
		return nil, Permanent{Reason: fmt.Sprintf("the gateway answered %d", code)}
	default:
		return nil, fmt.Errorf("the gateway answered %d", code)
	}
}

// answered is the gateway's name for a letter, or ours if it gives none. A 2xx counts whatever its body is.
func answered(body io.Reader, ours string) string {
	var answer struct {
		ID string `json:"id"`
	}
	raw, err := io.ReadAll(io.LimitReader(body, answerLimit))
	if err != nil || json.Unmarshal(raw, &answer) != nil || !named(answer.ID) {
		return ours
	}
	return answer.ID
}

func named(id string) bool {
	return id != "" && len(id) <= nameLimit && !strings.ContainsFunc(id, func(r rune) bool { return r <= ' ' || r > '~' })
}

// Report is what a gateway tells later about a letter.
type Report struct {
	ID    string // its name for the letter, or ours if it gave none
	State recovery.DeliveryState
}

// Report reads a signed report {"id","state"}; state is "delivered" or "bounced". It fails with problem.Denied if the
// signature is wrong or older than five minutes, and with problem.Invalid if the body is none. The same report twice
// says the same, so it need not be remembered.
func (w *Webhook) Report(header http.Header, body []byte) (Report, error) {
	stamp, err := strconv.ParseInt(header.Get(standardwebhooks.HeaderWebhookTimestamp), 10, 64)
	if age := w.now().Sub(time.Unix(stamp, 0)); err != nil || age > tolerance || age < -tolerance {
		return Report{}, fmt.Errorf("read delivery report: its time is off: %w", problem.Denied)
	}
	if w.signer.VerifyIgnoringTimestamp(body, header) != nil { // the library looks at its own clock
		return Report{}, fmt.Errorf("read delivery report: its signature is wrong: %w", problem.Denied)
	}
	var said struct{ ID, State string }
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields() // one of our own letters, sent back to us, is no report
	err = d.Decode(&said)
	state := recovery.DeliveryState(said.State)
	switch {
	case err != nil || len(body) > answerLimit:
		return Report{}, fmt.Errorf("read delivery report: %w", problem.Invalid{Fields: map[string]string{"body": "malformed"}})
	case !named(said.ID):
		return Report{}, fmt.Errorf("read delivery report: %w", problem.Invalid{Fields: map[string]string{"id": "malformed"}})
	case state != recovery.Delivered && state != recovery.Bounced:
		return Report{}, fmt.Errorf("read delivery report: %w", problem.Invalid{Fields: map[string]string{"state": "unknown"}})
	}
	return Report{ID: said.ID, State: state}, nil
}
