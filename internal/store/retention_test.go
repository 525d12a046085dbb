package store

import (
	"testing"
	"time"

	"zhaohui/internal/vault"
)

func TestP3_whatIsDueIsCounted(t *testing.T) {
	OnBoth(t, func(t *testing.T, d *DB) {
		now := d.now()
		a := auditOf(d, vault.Generate())
		auditRecord(t, a, now.AddDate(0, 0, -200), 3)
		auditRecord(t, a, now.AddDate(0, 0, -10), 4)
		for i, days := range []int{40, 20} {
			auditExecute(t, d, `INSERT INTO agent_session (id, hash, agent_id, kind, started, seen, over, ended, client, network, sealed)
				VALUES ($1, $1, 'lin', 'whole', $2, 0, 0, 0, '', '', '')`, []string{"a", "b"}[i], millis(now.AddDate(0, 0, -days)))
		}
		for _, c := range []struct {
			id     string
			days   int
			most   int
			due    int
			oldest time.Time
		}{
			{"persons", 180, 10, 3, now.AddDate(0, 0, -200)}, {"persons", 180, 2, 2, now.AddDate(0, 0, -200)}, {"trail", 365, 10, 0, now.AddDate(0, 0, -200)},
			{"shifts", 31, 10, 1, now.AddDate(0, 0, -40)}, {"cases", 1, 10, 0, time.Time{}}, {"links", 1, 10, 0, time.Time{}}, {"evidence", 1, 10, 0, time.Time{}},
		} {
			n, oldest, err := DueOf(d, c.id)(t.Context(), now.AddDate(0, 0, -c.days), c.most)
			if err != nil || n != c.due || oldest.UnixMilli() != c.oldest.UnixMilli() {
				t.Errorf("%s: %d since %v, %v; want %d since %v", c.id, n, oldest, err, c.due, c.oldest)
			}
		}
	})
}

// What is written later of times before is older than the first entry: the demo's history, or a clock that was wrong.
func TestP3_theOldestIsSoByItsTimeNotByItsNumber(t *testing.T) {
	for name, covered := range map[string]bool{"in spans": true, "in none": false} {
		OnBoth(t, func(t *testing.T, d *DB) {
			now := d.now()
			a := auditOf(d, vault.Generate())
			auditRecord(t, a, now.AddDate(0, 0, -2), 600)
			auditRecord(t, a, now.AddDate(0, 0, -190), 700)
			auditRecord(t, a, now.AddDate(0, 0, -1), 800)
			if covered {
				if err := NewTrail(a).Cover(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			// the trail is given up from its beginning on, which is not old yet
			for id, want := range map[string]int{"persons": 700, "trail": 0} {
				n, oldest, err := DueOf(d, id)(t.Context(), now.AddDate(0, 0, -180), 1000)
				if err != nil || n != want || oldest.UnixMilli() != now.AddDate(0, 0, -190).UnixMilli() {
					t.Errorf("%s, %s: %d, the oldest of %v, %v", name, id, n, oldest, err)
				}
			}
		})
	}
}
