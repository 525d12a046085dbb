package store

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"zhaohui/internal/problem"
	"zhaohui/internal/support"
)

func TestFilters_areAnAgentsOwnAndFew(t *testing.T) {
	OnBoth(t, func(t *testing.T, d *DB) {
		addAgent := func(id string) {
			auditExecute(t, d, `INSERT INTO agent (id, name, shown, roles, lang, created, disabled, issuer, subject, password, totp, last_step)
				VALUES ($1, $1, $1, 'auditor', 'zh', 0, 0, '', '', '', '', 0)`, id)
		}
		addAgent("lin")
		addAgent("zhu")
		kept := NewFilters(d)
		add := func(agent, page, name string) error {
			return kept.AddFilter(t.Context(), support.Filter{ID: agent + page + name, Agent: agent, Page: page, Name: name, Query: "kind=x",
				Made: time.UnixMilli(5)}, 5)
		}
		if err := add("lin", "audit", "today"); err != nil {
			t.Fatal(err)
		}
		if err := add("lin", "tickets", "today"); err != nil {
			t.Errorf("the same name for another page: %v", err)
		}
		if err := kept.AddFilter(t.Context(), support.Filter{ID: "other", Agent: "lin", Page: "audit", Name: "today"}, 5); !errors.Is(err, problem.Conflict) {
			t.Errorf("the same name once more: %v", err)
		}
		var wait sync.WaitGroup
		var added atomic.Int32
		for i := range 12 { // two windows press at once: there are never more
			wait.Go(func() {
				if add("lin", "audit", fmt.Sprint(i)) == nil {
					added.Add(1)
				}
			})
		}
		wait.Wait()
		if n := added.Load(); n != 3 {
			t.Errorf("%d were added to two, at most 5 are kept", n)
		}
		if err := kept.RemoveFilter(t.Context(), "zhu", "linaudittoday"); err != nil {
			t.Fatal(err)
		}
		all, err := kept.Filters(t.Context(), "lin")
		if err != nil || len(all) != 5 || all[0].Page != "audit" || !all[0].Made.Equal(time.UnixMilli(5)) {
			t.Errorf("%+v, %v", all, err)
		}
		if err := kept.RemoveFilter(t.Context(), "lin", "linaudittoday"); err != nil {
			t.Fatal(err)
		}
		if all, err := kept.Filters(t.Context(), "lin"); err != nil || len(all) != 4 {
			t.Errorf("%+v, %v", all, err)
		}
		if all, err := kept.Filters(t.Context(), "zhu"); err != nil || len(all) != 0 {
			t.Errorf("of somebody else: %+v, %v", all, err)
		}
	})
}
