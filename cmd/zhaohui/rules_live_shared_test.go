package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"zhaohui/internal/message"
	"zhaohui/internal/store/postgrestest"
	"zhaohui/internal/vault"
)

// aShared is a household of portals on one PostgreSQL: one keyset, one pepper, and a folder for each portal.
func aShared(t *testing.T, address string) *household {
	t.Helper()
	folder := t.TempDir()
	keys, pepper := filepath.Join(folder, "keys"), filepath.Join(folder, "pepper")
	if _, _, err := vault.Open(keys); err != nil {
		t.Fatal(err)
	}
	if _, _, err := vault.Pepper(pepper); err != nil {
		t.Fatal(err)
	}
	h := aHousehold(t, "ZHAOHUI_DATABASE="+address, "ZHAOHUI_KEY_FILE="+keys, "ZHAOHUI_PEPPER_FILE="+pepper)
	h.databaseSettings = databaseSettings{Data: h.data, Database: address, KeyFile: keys, PepperFile: pepper}
	return h
}

// TestW10_twoPortalsOnOneDatabase moves a case from portal to portal at every step. Limits count on both together, letters go
// out once, and one key opens the same cookie on both.
func TestW10_twoPortalsOnOneDatabase(t *testing.T) {
	t.Parallel()
	h := aShared(t, postgrestest.URL(t))
	portals := []*running{h.serve(), h.serve("ZHAOHUI_DATA=" + t.TempDir())}
	people := h.settle(2)
	c := aCaller(h, portals[0], people[0])
	c.begin("sms")
	for turn := 1; c.step() != ""; turn++ {
		c.portal = portals[turn%2]
		c.get(c.at) // the page is there on the other one
		c.answer()
	}
	c.portal = portals[0]
	c.finished()
	r := h.records()
	if !opens(t, r, c.who.ID, c.sent) {
		t.Error("the new password does not open")
	}

	// Five tries a code, wherever they are made (requirement R3).
	c = aCaller(h, portals[0], people[1])
	c.begin("sms")
	c.until("sms-code")
	right := codeIn.FindStringSubmatch(h.letter("code", c.who.Phone).Text)[1]
	wrong := "000000"
	if right == wrong {
		wrong = "111111"
	}
	for try := range 5 {
		c.portal = portals[try%2]
		c.fill("code", wrong)
		if c.status != http.StatusUnprocessableEntity {
			t.Fatalf("try %d: %d", try+1, c.status)
		}
	}
	if c.fill("code", right); c.status != http.StatusUnprocessableEntity || c.step() != "sms-code" {
		t.Errorf("the right code was taken at the sixth try: %d %s", c.status, c.at)
	}

	// 60 seconds between two codes to one number (requirement R5).
	again := aCaller(h, portals[1], people[1])
	again.begin("sms")
	again.until("sms-code")
	for _, portal := range portals {
		portal.stop(t)
	}
	sent := map[string]int{}
	for _, l := range h.posted() {
		sent[l.Purpose+" "+strings.TrimPrefix(l.To, "+86")]++
	}
	for _, to := range []string{"started ", "done "} {
		for _, address := range []string{people[0].Phone, people[0].Mail} {
			if sent[to+address] != 1 {
				t.Errorf("%s%s was sent %d times", to, address, sent[to+address])
			}
		}
	}
	if n := sent["code "+people[1].Phone]; n != 1 {
		t.Errorf("%d codes to one number within a minute", n)
	}
	if out := h.run("audit", "verify"); !strings.Contains(out, "sound") {
		t.Error(out)
	}
}

// holdingGateway takes SMS and answers only when the test lets it.
type holdingGateway struct {
	*httptest.Server
	mu    sync.Mutex
	taken map[string]int // by id
	hold  chan struct{}  // closed: answers at once
	came  chan message.Record
}

func aGateway(t *testing.T) *holdingGateway {
	t.Helper()
	g := &holdingGateway{taken: map[string]int{}, hold: make(chan struct{}), came: make(chan message.Record, 100)}
	g.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var posted struct {
			ID string
			message.Record
		}
		if err := json.NewDecoder(r.Body).Decode(&posted); err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		g.came <- posted.Record
		select {
		case <-g.hold:
		case <-r.Context().Done(): // who asked is dead
			return
		}
		g.mu.Lock()
		g.taken[posted.ID]++
		g.mu.Unlock()
	}))
	t.Cleanup(g.Close)
	return g
}

// TestW10_onePortalOfTwoIsKilled in the middle of a job: while its SMS is on the way, and while it tells the wallet. The case
// goes on at the other portal, the SMS arrives, and the password is set once.
func TestW10_onePortalOfTwoIsKilled(t *testing.T) {
	t.Parallel()
	h := aShared(t, postgrestest.URL(t))
	gateway := aGateway(t)
	h.env = append(h.env, "ZHAOHUI_SMS=webhook:"+gateway.URL,
		"ZHAOHUI_SMS_SECRET="+hookSecret)
	first := h.serve()
	who := h.settle(1)[0]
	r := h.records()
	c := aCaller(h, first, who)
	c.begin("sms")
	c.until("sms-code")
	letter := <-gateway.came // the gateway has it and does not answer
	first.kill(t)
	close(gateway.hold)
	second := h.serve("ZHAOHUI_DATA=" + t.TempDir())
	c.portal = second
	passed(t, r)
	if again := <-gateway.came; again.Text != letter.Text {
		t.Error("another SMS came")
	}
	c.get("/p/wallet/sms/sms-code")
	c.fill("code", codeIn.FindStringSubmatch(letter.Text)[1])
	c.until("password")

	tx, err := r.db.SQL().BeginTx(t.Context(), nil) // the wallet is slow: somebody else holds the account
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(`UPDATE wallet_account SET version = version WHERE id = $1`, who.ID); err != nil {
		t.Fatal(err)
	}
	c.stay(true)
	c.answer()
	c.stay(false)
	eventually(t, "the job runs", func() bool {
		return number(t, r, `SELECT COUNT(*) FROM river_job WHERE state = 'running' AND args::text LIKE '%apply%'`) == 1
	})
	third := h.serve() // on the folder of the first
	second.kill(t)
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	c.portal = third
	passed(t, r)
	c.get(c.at)
	c.finished()
	if !opens(t, r, who.ID, c.sent) {
		t.Error("the new password does not open")
	}
	if n := number(t, r, `SELECT COUNT(*) FROM wallet_write WHERE key LIKE '%:set-password:%'`); n != 1 {
		t.Errorf("the wallet was told %d times", n)
	}
	if n := number(t, r, `SELECT COUNT(*) FROM audit_entry WHERE kind = 'case-done'`); n != 1 {
		t.Errorf("it was done %d times", n)
	}
	h.letter("done", who.Mail)
	c.portal.stop(t)
}

// passed lets the time pass after which a process that runs a job is taken for dead, and after which it no longer leads.
func passed(t *testing.T, r *records) {
	t.Helper()
	for _, statement := range []string{
		`UPDATE river_job SET attempted_at = attempted_at - interval '10 minutes' WHERE state = 'running'`,
		`UPDATE river_leader SET expires_at = now() - interval '1 minute'`,
	} {
		if _, err := r.db.SQL().Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
}
