package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"zhaohui/internal/problem"
	"zhaohui/internal/recovery"
	"zhaohui/internal/support"
	"zhaohui/internal/throttle"
	"zhaohui/internal/vault"
)

func noTrail(context.Context, *sql.Tx, []recovery.Event) error { return nil }

// anAgent has something in every field.
func anAgent() *support.Agent {
	return &support.Agent{ID: "a1", Name: "lin", Shown: "林小雨", Roles: []support.Role{"agent", "lead"}, Lang: "zh", Created: noon,
		Disabled: noon.Add(time.Hour), Password: "$hash", TOTP: []byte{1, 2}, LastStep: 7}
}

func TestAgents_keepsAllOfAnAgent(t *testing.T) {
	OnBoth(t, func(t *testing.T, db *DB) {
		s := NewAgents(db, noTrail)
		a := anAgent()
		key := support.Passkey{ID: "k1", Added: noon, Used: noon.Add(time.Minute), Data: []byte(`{"n":1}`)}
		doTx(t, s, func(tx support.Tx) error { return errors.Join(tx.AddAgent(a), tx.AddPasskey(a.ID, key)) })
		a.Passkeys = []support.Passkey{key}
		same := func(what string, got *support.Agent, err error) {
			t.Helper()
			if err != nil {
				t.Fatal(what, err)
			}
			if got.ID != a.ID || got.Name != a.Name || got.Shown != a.Shown || !slices.Equal(got.Roles, a.Roles) || got.Lang != a.Lang ||
				!got.Created.Equal(a.Created) || !got.Disabled.Equal(a.Disabled) || got.Password != a.Password ||
				!slices.Equal(got.TOTP, a.TOTP) || got.LastStep != a.LastStep || len(got.Passkeys) != 1 || got.Passkeys[0].ID != "k1" ||
				string(got.Passkeys[0].Data) != `{"n":1}` || !got.Passkeys[0].Used.Equal(key.Used) {
				t.Errorf("%s: %+v", what, got)
			}
		}
		byID, err := s.Agent(t.Context(), "a1")
		same("by id", byID, err)
		byName, err := s.AgentNamed(t.Context(), "lin")
		same("by name", byName, err)
		a.Name, a.Shown, a.Roles, a.Lang, a.Disabled, a.Password, a.TOTP, a.LastStep = "wang", "", nil, "en", time.Time{}, "", nil, 9
		doTx(t, s, func(tx support.Tx) error { return tx.SaveAgent(a) })
		byName, err = s.AgentNamed(t.Context(), "wang")
		same("saved", byName, err)
		if _, err := s.AgentNamed(t.Context(), "lin"); !errors.Is(err, problem.NotFound) {
			t.Error("the old name:", err)
		}
	})
}

func TestAgents_namesAndIdentitiesAreOnce(t *testing.T) {
	OnBoth(t, func(t *testing.T, db *DB) {
		s := NewAgents(db, noTrail)
		add := func(id, name, issuer, subject string) error {
			return s.Do(t.Context(), func(tx support.Tx) error {
				return tx.AddAgent(&support.Agent{ID: id, Name: name, Issuer: issuer, Subject: subject})
			})
		}
		for _, c := range []struct {
			id, name, issuer, subject string
			taken                     bool
		}{{"1", "lin", "", "", false}, {"2", "lin", "", "", true}, {"3", "lin", "i", "s", false}, {"4", "lin", "i", "s", true},
			{"5", "lin", "i", "t", false}, {"1", "new", "", "", true}} {
			if err := add(c.id, c.name, c.issuer, c.subject); errors.Is(err, problem.Conflict) != c.taken || err != nil && !c.taken {
				t.Errorf("%+v: %v", c, err)
			}
		}
		doTx(t, s, func(tx support.Tx) error {
			if a, err := tx.AgentBy("i", "t"); err != nil || a.ID != "5" {
				t.Errorf("%+v, %v", a, err)
			}
			if _, err := tx.AgentBy("", ""); !errors.Is(err, problem.NotFound) {
				t.Error("nobody's identity:", err)
			}
			return nil
		})
		if list, err := s.Agents(t.Context()); err != nil || len(list) != 3 {
			t.Error(list, err)
		}
	})
}

// A use that is given back leaves room for one more, and the others count on.
func TestAgents_giveBackOfAUse(t *testing.T) {
	OnBoth(t, func(t *testing.T, db *DB) {
		s := NewAgents(db, noTrail)
		limit := throttle.Limit{Key: "k", Max: 3, Within: time.Hour}
		take := func() error {
			return s.Do(t.Context(), func(tx support.Tx) error { return tx.Take(noon, limit) })
		}
		for range 3 {
			if err := take(); err != nil {
				t.Fatal(err)
			}
		}
		doTx(t, s, func(tx support.Tx) error { return tx.GiveBack(noon, "k", "never taken") })
		doTx(t, s, func(tx support.Tx) error { return tx.GiveBack(noon.Add(time.Second), "k") }) // another moment
		if err := take(); err != nil {
			t.Error("after one was given back:", err)
		}
		if err := take(); problem.KindOf(err) != problem.KindThrottled {
			t.Error("one more:", err)
		}
	})
}

func TestAgents_forgetsOldSessions(t *testing.T) {
	OnBoth(t, func(t *testing.T, db *DB) {
		s := NewAgents(db, noTrail)
		old, fresh := noon.Add(-time.Hour), noon
		doTx(t, s, func(tx support.Tx) error {
			return errors.Join(tx.AddSession(&support.Session{ID: "1", Hash: "1", Started: old, Kind: support.KindWhole, Network: "n"}),
				tx.AddSession(&support.Session{ID: "2", Hash: "2", Started: fresh, Kind: support.KindWhole}),
				tx.AddToken(support.Token{ID: "3", Hash: "3", Kind: support.TokenEnrol, Created: old}),
				tx.AddToken(support.Token{ID: "4", Hash: "4", Kind: support.TokenAPI, Created: old}))
		})
		if gone, err := s.Prune(t.Context(), noon, 10); err != nil || gone != 2 {
			t.Error(gone, err)
		}
		if _, err := s.Session(t.Context(), "2"); err != nil {
			t.Error(err)
		}
		if _, err := s.Token(t.Context(), "4"); err != nil {
			t.Error(err)
		}
	})
}

func TestAgents_areResealedWithANewKey(t *testing.T) {
	OnBoth(t, func(t *testing.T, db *DB) {
		s, keys := NewAgents(db, noTrail), vault.Generate()
		old := keys.Box("records")
		a := anAgent()
		a.TOTP = old.Seal([]byte("secret"), "agent:totp:a1")
		session := &support.Session{ID: "s1", Hash: "h", Started: noon, Sealed: old.Seal([]byte("memory"), "agent_session:sealed:s1")}
		doTx(t, s, func(tx support.Tx) error { return errors.Join(tx.AddAgent(a), tx.AddSession(session)) })
		fresh := keys.Rotated().Box("records")
		for _, column := range s.Reseal(fresh) {
			for done := false; !done; {
				var err error
				if done, err = column.Reseal(t.Context(), 10); err != nil {
					t.Fatal(err)
				}
			}
		}
		a, err := s.Agent(t.Context(), "a1")
		if err != nil || !fresh.Fresh(a.TOTP) {
			t.Error("the authenticator's key is as it was", err)
		}
		session, err = s.Session(t.Context(), "h")
		if err != nil || !fresh.Fresh(session.Sealed) {
			t.Error("what a session remembers is as it was", err)
		}
	})
}

// Every page of the console asks who is there.
func TestAgents_areFoundThroughAnIndex(t *testing.T) {
	db := OpenSQLite(t)
	for _, text := range []string{`SELECT id FROM agent WHERE id = 'x'`, `SELECT id FROM agent WHERE name = 'x' AND issuer = ''`,
		`SELECT id FROM agent WHERE issuer = 'x' AND subject = 'y' AND issuer <> ''`, `SELECT id FROM agent_session WHERE hash = 'x'`,
		`SELECT id FROM agent_session WHERE agent_id = 'x' AND ended = 0`, `SELECT id FROM agent_passkey WHERE agent_id = 'x'`,
		`SELECT id FROM agent_token WHERE hash = 'x'`, `SELECT 1 FROM agent_session WHERE network = 'x' AND kind = 'whole' AND started >
			5`} {
		var id, parent, unused int
		var step string
		if err := db.read().QueryRow(`EXPLAIN QUERY PLAN `+text).Scan(&id, &parent, &unused, &step); err != nil ||
			strings.HasPrefix(step, "SCAN ") {
			t.Errorf("%s: %s, %v", text, step, err)
		}
	}
}

func doTx(t *testing.T, s *Agents, fn func(support.Tx) error) {
	t.Helper()
	if err := s.Do(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}
