package wallet_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"zhaohui/internal/store"
	"zhaohui/internal/vault"
)

// What could be paid away is optional: an account without it has 0, which means unknown.
func TestImport_theBalanceMayBeLeftOut(t *testing.T) {
	e := open(t, store.NewAccounts(openDB(t, filepath.Join(t.TempDir(), "zhaohui.db"))), vault.Generate(), &clock{start})
	if _, err := e.Import(t.Context(), strings.NewReader(`{"accounts": [{"id": "a", "balance": 385001}, {"id": "b"}]}`)); err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]int64{"a": 385001, "b": 0} {
		if a, err := e.Account(t.Context(), id); err != nil || a.Balance != want {
			t.Errorf("%s: %d, %v", id, a.Balance, err)
		}
	}
	var out strings.Builder
	if err := e.Export(t.Context(), &out, "a"); err != nil || !strings.Contains(strings.ReplaceAll(out.String(), " ", ""), `"balance":385001`) {
		t.Errorf("%s, %v", out.String(), err)
	}
	for _, wrong := range []string{"-1", "1.5", `"a"`} {
		got := problems(t, e, `{"accounts": [{"id": "c", "balance": `+wrong+`}]}`)
		if !slices.Equal(got, []string{"accounts[0].balance: has to be a whole number, 0 or more"}) {
			t.Errorf("%s: %q", wrong, got)
		}
	}
}
