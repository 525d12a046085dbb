package store

import (
	"context"
	"database/sql"
	"slices"
	"testing"

	"zhaohui/internal/recovery"
)

func TestSwitches_areSharedAndRecorded(t *testing.T) {
	OnBoth(t, func(t *testing.T, db *DB) {
		var recorded []string
		record := func(_ context.Context, _ *sql.Tx, events []recovery.Event) error {
			for _, e := range events {
				recorded = append(recorded, e.Kind+" "+e.Data["id"]+" by "+e.Actor)
			}
			return nil
		}
		one, other := NewSwitches(db, record), NewSwitches(db, record)
		for _, step := range []struct {
			id   string
			off  bool
			want []string
		}{{"sms", true, []string{"sms"}}, {"card", true, []string{"card", "sms"}}, {"card", true, []string{"card", "sms"}}, {"sms", false, []string{"card"}}} {
			if err := one.Set(t.Context(), step.id, step.off); err != nil {
				t.Fatal(err)
			}
			if off, err := other.Off(t.Context()); err != nil || !slices.Equal(off, step.want) {
				t.Errorf("after %+v: %v, %v", step, off, err)
			}
		}
		if len(recorded) != 4 || recorded[0] != "switched-off sms by operator" || recorded[3] != "switched-on sms by operator" {
			t.Errorf("recorded %q", recorded)
		}
	})
}
