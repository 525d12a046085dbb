package store

import (
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"zhaohui/internal/store/postgrestest"
)

// Several processes may start at once; each opens the database for itself.
func TestMigrate_atTheSameTime(t *testing.T) {
	configs := map[string]func(t *testing.T) Config{
		"sqlite":   func(t *testing.T) Config { return Config{Path: filepath.Join(t.TempDir(), "new.db")} },
		"postgres": func(t *testing.T) Config { return Config{URL: postgrestest.URL(t)} },
	}
	for name, config := range configs {
		t.Run(name, func(t *testing.T) {
			c := config(t)
			var wait sync.WaitGroup
			for range 4 {
				wait.Go(func() {
					db, err := Open(t.Context(), c)
					if err != nil {
						t.Error(err)
						return
					}
					defer db.Close()
					if err := Migrate(t.Context(), db); err != nil {
						t.Error(err)
					}
				})
			}
			wait.Wait()
			db := openOnly(t, c)
			if err := Migrate(t.Context(), db); err != nil {
				t.Errorf("a schema that is up to date: %v", err)
			}
			for _, table := range []string{"recovery_case", "recovery_link", "throttle_head", "throttle_use", "throttle_once",
				"message", "river_job"} {
				var n int
				if err := db.read().QueryRow(`SELECT COUNT(*) FROM ` + table).Scan(&n); err != nil {
					t.Errorf("%s: %v", table, err)
				}
			}
		})
	}
}

// Look-ups stay as fast with a hundred thousand open cases: each is found through an index.
func TestMigrate_lookUpsUseAnIndex(t *testing.T) {
	db := OpenSQLite(t)
	for _, text := range []string{
		selectCase + `id = 'x'`,
		selectCase + `resume = 'x' AND resume <> '' AND state IN ('open', 'applying') ORDER BY started DESC LIMIT 1`,
		`SELECT id FROM recovery_case WHERE due > 0 AND due < 5 ORDER BY due LIMIT 10`,
		`SELECT id FROM recovery_case WHERE subject = 'x' AND subject <> '' AND state IN ('open', 'applying') ORDER BY started DESC, id`,
		`SELECT id FROM recovery_case WHERE state NOT IN ('open', 'applying') AND updated < 5 ORDER BY updated LIMIT 10`,
		`SELECT kind FROM recovery_link WHERE hash = 'x'`,
		`UPDATE recovery_link SET expires = 0 WHERE case_id = 'x' AND kind = 'mail'`,
		`SELECT at FROM throttle_use WHERE key = 'x' AND at > 5 ORDER BY at DESC LIMIT 1 OFFSET 4`,
		`DELETE FROM throttle_use WHERE key = 'x' AND gone <= 5`,
		`SELECT key FROM throttle_head WHERE key > 'x' ORDER BY key LIMIT 10`,
		`SELECT state FROM message WHERE id = 'x'`,
		`DELETE FROM message WHERE case_id = 'x'`,
		`SELECT id FROM message WHERE provider_id = 'x' AND provider_id <> '' AND channel = 'sms' ORDER BY created DESC LIMIT 1`,
		`SELECT id FROM message WHERE state = 'dead' ORDER BY updated DESC LIMIT 10`,
		`SELECT id FROM message WHERE created < 5 AND state <> 'queued' ORDER BY created LIMIT 10`,
	} {
		rows, err := db.read().Query(`EXPLAIN QUERY PLAN ` + text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		for rows.Next() {
			var id, parent, unused int
			var step string
			if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
				t.Error(err)
			}
			if strings.HasPrefix(step, "SCAN ") && step != "SCAN message USING INDEX message_dead" { // it holds the dead alone
				t.Errorf("%s\nreads the whole table: %s", text, step)
			}
		}
		if err := rows.Close(); err != nil {
			t.Error(err)
		}
	}
}
