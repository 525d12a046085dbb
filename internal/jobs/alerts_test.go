package jobs

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"zhaohui/internal/alert"
	"zhaohui/internal/audit"
	"zhaohui/internal/message"
	"zhaohui/internal/store"
	"zhaohui/internal/vault"
)

// watcher takes alerts as the Standard Webhooks say: it trusts nothing but the signature, and takes each id once.
type watcher struct {
	key    []byte
	now    func() time.Time
	broken int // so many requests are answered with 500

	mu    sync.Mutex
	tries int
	taken []string // "type kind count", in the order in which they came
	ids   map[string]bool
	wrong []string
	came  chan struct{}
}

func (w *watcher) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	id, stamp := r.Header.Get("webhook-id"), r.Header.Get("webhook-timestamp")
	mac := hmac.New(sha256.New, w.key)
	fmt.Fprintf(mac, "%s.%s.%s", id, stamp, body)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.tries++
	if want := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil)); r.Header.Get("webhook-signature") != want {
		w.wrong = append(w.wrong, "signature "+r.Header.Get("webhook-signature"))
	}
	if stamp != fmt.Sprint(w.now().Unix()) {
		w.wrong = append(w.wrong, "timestamp "+stamp)
	}
	if w.tries <= w.broken {
		rw.WriteHeader(http.StatusInternalServerError)
		return
	}
	var said struct {
		Type string
		Data struct {
			Kind  string
			Count int
		}
	}
	if err := json.Unmarshal(body, &said); err != nil || w.ids[id] {
		w.wrong = append(w.wrong, fmt.Sprintf("%s came twice, or is no JSON: %s", id, body))
	}
	w.ids[id] = true
	w.taken = append(w.taken, fmt.Sprint(said.Type, " ", said.Data.Kind, " ", said.Data.Count))
	w.came <- struct{}{}
}

// Two portals look at the same counts. Whoever watches hears of an alert once when it begins, though it was away at first, and
// once when it is over.
func TestAlerts_reachWhoWatchesOnceFromTwoPortals(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.DB) {
		now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
		secret := []byte("a secret of thirty-two bytes, ok")
		w := &watcher{key: secret, now: func() time.Time { return now }, broken: 2, ids: map[string]bool{}, came: make(chan struct{}, 9)}
		server := httptest.NewServer(w)
		t.Cleanup(server.Close)
		keys := vault.Generate()
		var portals []*alert.Watch
		for range 2 {
			poster, err := message.ParseAlerts("webhook:"+server.URL+"/alerts", "whsec_"+base64.StdEncoding.EncodeToString(secret), w.now)
			if err != nil {
				t.Fatal(err)
			}
			runner := newRunner(t, db)
			trail := store.NewAudit(db, audit.NewChain(keys.Hash("audit")), keys.Box("records"))
			watch := &alert.Watch{Store: store.NewAlerts(db, trail, runner.Enqueue), Carrier: poster, Desk: "https://help.example/agent",
				Now: w.now, Log: slog.New(slog.DiscardHandler), Rules: alert.Rules{Repeat: 6 * time.Hour, Calm: 15 * time.Minute,
					Kinds: map[alert.Kind]alert.Rule{alert.TicketsOverdue: {Limit: 1}}}}
			runner.Handle(store.JobAlert, func(ctx context.Context, id string, _ int) error { return watch.Deliver(ctx, id) })
			start(t, runner)
			portals = append(portals, watch)
		}
		look := func() {
			t.Helper()
			var looking sync.WaitGroup
			for _, portal := range portals {
				looking.Go(func() {
					if err := portal.Look(t.Context()); err != nil {
						t.Error(err)
					}
				})
			}
			looking.Wait()
		}
		heard := func(want ...string) {
			t.Helper()
			select {
			case <-w.came:
			case <-time.After(10 * time.Second):
			}
			w.mu.Lock()
			defer w.mu.Unlock()
			if !slices.Equal(w.taken, want) || len(w.wrong) > 0 {
				t.Fatalf("heard %q, want %q; wrong: %q", w.taken, want, w.wrong)
			}
		}
		overdue := func(due time.Time) {
			t.Helper()
			if _, err := db.SQL().Exec(fmt.Sprintf(`UPDATE ticket SET due = %d`, due.UnixMilli())); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := db.SQL().Exec(`INSERT INTO ticket (id, number, kind, case_id, key_sum, state, score, created, sent, due, promised,
			decided, closed, erased, claimed_by, claimed_for, approvals, slot, detail) VALUES ('t', 'n', 'appeal', 'c', '', 'open', 0, 1, 1, 0,
			1, 0, 0, 0, '', 0, 0, 0, '{}')`); err != nil {
			t.Fatal(err)
		}
		look()
		overdue(now.Add(-time.Minute))
		look()
		look()
		heard("alert.begun tickets-overdue 1")
		if running, err := portals[1].Running(t.Context()); err != nil || len(running) != 1 || !running[0].Began.Equal(now) {
			t.Errorf("running %+v, %v", running, err)
		}
		if w.tries != 3 {
			t.Errorf("%d tries, want two in vain and one more", w.tries)
		}
		overdue(now.Add(48 * time.Hour))
		look() // it may come back at once
		now = now.Add(15 * time.Minute)
		look()
		heard("alert.begun tickets-overdue 1", "alert.over tickets-overdue 0")
	})
}

// What is answered with "never" is not tried again.
func TestAlerts_aRefusalForGoodIsFinal(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusGone) }))
	t.Cleanup(server.Close)
	poster, err := message.ParseAlerts("webhook:"+server.URL, "whsec_"+base64.StdEncoding.EncodeToString(make([]byte, 32)), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	err = poster.Post(t.Context(), "alert_1", time.Now(), []byte("{}"))
	if _, ok := errors.AsType[message.Permanent](err); !ok {
		t.Errorf("%v", err)
	}
}
