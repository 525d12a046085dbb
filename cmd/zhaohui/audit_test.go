package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"zhaohui/internal/audit"
	"zhaohui/internal/problem"
	"zhaohui/internal/store"
	"zhaohui/internal/vault"
)

// trailOf answers every verification the same.
type trailOf struct {
	report audit.Report
	err    error
}

func (tr trailOf) Verify(context.Context, []audit.Mark) (audit.Report, error) {
	return tr.report, tr.err
}

func TestP4_auditVerifySaysWhatItFound(t *testing.T) {
	t.Parallel()
	first := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	head := audit.Head{Mark: audit.Mark{Seq: 12, MAC: []byte("mac")}, Anchor: audit.Anchor{Mark: audit.Mark{Seq: 4},
		At: first.AddDate(-1, 0, 0)}}
	sound := trailOf{report: audit.Report{Entries: 8, First: first, Last: first.Add(time.Hour), Head: head, Erased: 2, Logged: 3,
		Older: 1}}
	var out bytes.Buffer
	if err := verifyAudit(t.Context(), sound, []audit.Mark{head.Mark}, &out); err != nil {
		t.Fatal(err)
	}
	want := `entries  8
first    2026-11-22T08:00:00Z
last     2026-11-22T09:00:00Z
head     seq=12 mac=bWFj
removed  all up to entry 4 of 2025-11-22T08:00:00Z, when their time was over
erased   personal data of 2 entries, when its time was over
sound, and as the log says in 3 places; 1 more are older than the first entry
`
	if out.String() != want {
		t.Errorf("got\n%s", out.String())
	}
	out.Reset()
	if err := verifyAudit(t.Context(), trailOf{}, nil, &out); err != nil ||
		!strings.HasPrefix(out.String(), "entries  0\nsound, as far as") {
		t.Errorf("an empty trail: %v\n%s", err, out.String())
	}
	out.Reset()
	err := verifyAudit(t.Context(), trailOf{err: audit.Broken{Seq: 7, What: "is missing"}, report: audit.Report{Entries: 6}}, nil,
		&out)
	if err == nil || !strings.Contains(err.Error(), "broken: entry 7: is missing\n6 entries before") || out.Len() > 0 {
		t.Errorf("%v\n%s", err, out.String())
	}
	if err := verifyAudit(t.Context(), trailOf{err: problem.Unavailable}, nil, &out); err == nil ||
		strings.Contains(err.Error(), "broken") {
		t.Error("a database that is away is no broken trail:", err)
	}
}

func TestReadHeads_refusesAFileWithoutAny(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "log")
	if err := os.WriteFile(file, []byte("level=INFO msg=serving\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := readHeads(file); err == nil {
		t.Error("it would look as if the log had been compared")
	}
	if err := os.WriteFile(file, []byte("level=INFO msg=serving\naudit head seq=3 mac=bWFj\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if heads, err := readHeads(file); err != nil || len(heads) != 1 || heads[0].Seq != 3 {
		t.Error(heads, err)
	}
}

// columnOf needs some batches and may end with an error.
type columnOf struct {
	batches *int
	err     error
}

func (c columnOf) What() string { return "account.data" }

func (c columnOf) Reseal(context.Context, int) (bool, error) {
	if *c.batches--; *c.batches > 0 {
		return false, nil
	}
	return true, c.err
}

type keysOf [][]byte

func (k keysOf) Keys(context.Context) ([][]byte, error) { return k, nil }

func TestReseal_saysWhichKeysMayGo(t *testing.T) {
	t.Parallel()
	keys := vault.Generate().Rotated().Rotated()
	batches := 3
	var out bytes.Buffer
	r := resealing{Keys: keys, Columns: []store.Resealer{columnOf{batches: &batches}}, Trail: keysOf{keys.Prefixes()[1]}}
	if err := r.run(t.Context(), 10, &out); err != nil {
		t.Fatal(err)
	}
	want := "account.data\nkey 1: seals\nkey 2: the audit trail is signed with it; it has to stay\n" +
		"key 3: nothing in the database needs it; it may go 30 days after the change of keys\n"
	if out.String() != want || batches != 0 {
		t.Errorf("%d batches left\n%s", batches, out.String())
	}
	out.Reset()
	batches = 1
	unopened := errors.New("no key opens 1 of its rows")
	r.Columns = []store.Resealer{columnOf{batches: &batches, err: unopened}}
	if err := r.run(t.Context(), 10, &out); !errors.Is(err, unopened) || strings.Contains(out.String(), "may go 30 days") {
		t.Errorf("%v\n%s", err, out.String())
	}
}

// A mistyped folder is no sound trail.
func TestP4_auditVerifyOfNothingIsNotSound(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "typo")
	err := (&auditVerifyCommand{databaseSettings: databaseSettings{Data: folder}}).Run()
	if err == nil || !strings.Contains(err.Error(), folder) {
		t.Errorf("said %v", err)
	}
	if _, err := os.Stat(folder); !errors.Is(err, os.ErrNotExist) {
		t.Error("a folder was made")
	}
}
