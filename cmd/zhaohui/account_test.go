package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"zhaohui/internal/problem"
	"zhaohui/internal/store"
	"zhaohui/internal/vault"
	"zhaohui/internal/wallet"
	"zhaohui/internal/wallet/wallettest"
)

// anAccounts is the embedded wallet in a database of the test.
func anAccounts(t *testing.T) *wallet.Embedded {
	t.Helper()
	db, err := store.Open(t.Context(), store.Config{Path: filepath.Join(t.TempDir(), "zhaohui.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	if err := store.Migrate(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	keys := vault.Generate()
	return wallet.NewEmbedded(wallet.EmbeddedConfig{Records: store.NewAccounts(db), Seal: keys.Box("account"),
		Index: keys.Index("account"), Pepper: make([]byte, 32)})
}

func TestAccount_importShowExportErase(t *testing.T) {
	t.Parallel()
	e := anAccounts(t)
	var out bytes.Buffer
	if err := importAccounts(t.Context(), e, strings.NewReader(wallettest.Accounts), &out); err != nil {
		t.Fatal(err)
	}
	if got, want := out.String(),
		"warning: accounts[1].password: is missing: the account has no payment password\nimported 2 accounts\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	out.Reset()
	if err := showAccount(t.Context(), e, wallettest.Full, &out); err != nil {
		t.Fatal(err)
	}
	for _, there := range []string{"王**", "138****8000", "m***@mail.example", "**** **16", "real-named       yes",
		"recovery codes   3", "Xiaomi 14"} {
		if !strings.Contains(out.String(), there) {
			t.Errorf("it does not show %q:\n%s", there, out.String())
		}
	}
	for _, secret := range []string{"王小明", "13800138000", "11010519491231002X", "ming@"} {
		if strings.Contains(out.String(), secret) {
			t.Errorf("it shows %q", secret)
		}
	}
	out.Reset()
	if err := e.Export(t.Context(), &out, wallettest.Bare); err != nil || !json.Valid(out.Bytes()) {
		t.Errorf("export: %v\n%s", err, out.String())
	}
	if err := eraseAccount(t.Context(), e, wallettest.Full, &out); err != nil {
		t.Fatal(err)
	}
	if err := showAccount(t.Context(), e, wallettest.Full, &out); !errors.Is(err, problem.NotFound) {
		t.Errorf("after erasing: %v", err)
	}
}

func TestAccount_importSaysEveryProblem(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	err := importAccounts(t.Context(), anAccounts(t),
		strings.NewReader(`{"accounts": [{"id": "a"}, {"id": "a", "cards": [{"number": "1"}]}]}`), &out)
	if err == nil || out.Len() > 0 {
		t.Fatal(err, out.String())
	}
	for _, line := range []string{"accounts[1].id: is a sign-in name of accounts[0] too",
		"accounts[1].cards[0].number: fails the Luhn check", "nothing was imported: 6 problems"} {
		if !strings.Contains(err.Error(), line) {
			t.Errorf("it does not say %q:\n%v", line, err)
		}
	}
}

// The commands work on the folder that is named, each with a database of its own for as long as it runs.
func TestAccount_commands(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	file := filepath.Join(t.TempDir(), "accounts.json")
	if err := os.WriteFile(file, []byte(wallettest.Accounts), 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(args ...string) error {
		t.Helper()
		var c struct {
			Account accountCommand `cmd:""`
		}
		parser, err := kong.New(&c)
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := parser.Parse(append([]string{"account", "--data=" + data}, args...))
		if err != nil {
			t.Fatal(err)
		}
		return parsed.Run()
	}
	for _, args := range [][]string{{"import", file}, {"show", wallettest.Bare}, {"export"}, {"erase", wallettest.Bare}} {
		if err := run(args...); err != nil {
			t.Errorf("%v: %v", args, err)
		}
	}
	if err := run("show", wallettest.Bare); !errors.Is(err, problem.NotFound) {
		t.Errorf("show of an erased account: %v", err)
	}
	if info, err := os.Stat(data); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the folder: %v %v", info, err)
	}
}
