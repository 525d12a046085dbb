package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestP4_theTrailOfARecovery is sound and as the log says; one changed letter of it, or a trail that was put back, is found.
func TestP4_theTrailOfARecovery(t *testing.T) {
	t.Parallel()
	h := aHousehold(t)
	portal := h.serve()
	people := h.settle(2)
	c := aCaller(h, portal, people[0])
	c.begin("sms")
	c.until("password")
	c.answer()
	c.finished()
	portal.stop(t) // at its end, and from time to time, it says where the trail ends
	logged := filepath.Join(t.TempDir(), "log")
	if err := os.WriteFile(logged, []byte(portal.said()), 0o600); err != nil {
		t.Fatal(err)
	}
	if out := h.run("audit", "verify", "--heads", logged); !strings.Contains(out, "sound, and as the log says in ") {
		t.Errorf("a sound trail: %s", out)
	}
	before, err := os.ReadFile(filepath.Join(h.data, "zhaohui.db"))
	if err != nil {
		t.Fatal(err)
	}

	r := h.records()
	change := func(statement string) {
		t.Helper()
		done, err := r.db.SQL().Exec(statement)
		if err != nil {
			t.Fatal(err)
		}
		if n, err := done.RowsAffected(); err != nil || n != 1 {
			t.Fatalf("%s: %d rows, %v", statement, n, err)
		}
	}
	const place = ` WHERE kind = 'proof-passed' AND seq = (SELECT MIN(seq) FROM audit_entry WHERE kind = 'proof-passed')`
	change(`UPDATE audit_entry SET data = replace(data, 'sms', 'sma')` + place)
	if out, err := h.try("audit", "verify"); err == nil || !strings.Contains(out, "the audit trail is broken: entry ") {
		t.Errorf("a changed letter: %v %s", err, out)
	}
	change(`UPDATE audit_entry SET data = replace(data, 'sma', 'sms')` + place)
	if out := h.run("audit", "verify", "--heads", logged); !strings.Contains(out, "sound") {
		t.Error(out)
	}
	change(`UPDATE audit_entry SET kind = 'case-dine' WHERE kind = 'case-done'`)
	if _, err := h.try("audit", "verify"); err == nil {
		t.Error("a changed kind is not found")
	}
	change(`UPDATE audit_entry SET kind = 'case-done' WHERE kind = 'case-dine'`)
	change(`DELETE FROM audit_entry WHERE seq = (SELECT MAX(seq) FROM audit_entry)`)
	if _, err := h.try("audit", "verify"); err == nil {
		t.Error("a trail that was cut is not found")
	}

	// An older copy of the whole database is sound for itself; the log knows better.
	if err := r.db.Close(); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{"zhaohui.db-wal", "zhaohui.db-shm"} {
		if err := os.Remove(filepath.Join(h.data, file)); err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(h.data, "zhaohui.db"), before, 0o600); err != nil {
		t.Fatal(err)
	}
	portal = h.serve()
	c = aCaller(h, portal, people[1])
	c.begin("sms")
	c.until("next")
	portal.stop(t)
	if err := os.WriteFile(logged, []byte(portal.said()), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{"zhaohui.db-wal", "zhaohui.db-shm"} {
		if err := os.Remove(filepath.Join(h.data, file)); err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(h.data, "zhaohui.db"), before, 0o600); err != nil {
		t.Fatal(err)
	}
	h.run("audit", "verify")
	if out, err := h.try("audit", "verify", "--heads", logged); err == nil {
		t.Errorf("a trail that was put back: %s", out)
	}
}

// TestKeys_areChangedBesideWhatServes: accounts are found with the new key alone, and a key that the trail was signed with
// stays.
func TestKeys_areChangedBesideWhatServes(t *testing.T) {
	t.Parallel()
	h := aHousehold(t)
	people := h.settle(3)
	file := filepath.Join(h.data, "keys")
	keys := func() (lines []string) {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		return strings.Split(strings.TrimSpace(string(raw)), "\n")
	}

	h.run("keys", "rotate")
	if out := h.run("keys", "reseal"); !strings.Contains(out, "key 1: seals") ||
		!strings.Contains(out, "key 2: nothing in the database needs it") {
		t.Fatalf("nothing but accounts: %s", out)
	}
	lines := keys()
	if len(lines) != 3 { // a comment and two keys
		t.Fatalf("%d lines", len(lines))
	}
	if err := os.WriteFile(file, []byte(strings.Join(lines[:2], "\n")+"\n"), 0o600); err != nil { // the old key goes
		t.Fatal(err)
	}
	portal := h.serve()
	c := aCaller(h, portal, people[0])
	c.begin("sms")
	c.until("password")
	c.answer()
	c.finished()
	h.letter("done", people[0].Mail)

	h.run("keys", "rotate")
	half := aCaller(h, portal, people[1]) // in the middle while keys change
	half.begin("sms")
	half.until("next")
	portal.stop(t)
	portal = h.serve()
	if out := h.run("keys", "reseal"); !strings.Contains(out, "key 2: the audit trail is signed with it; it has to stay") {
		t.Errorf("a key of the trail: %s", out)
	}
	half.portal = portal
	half.get("/p/wallet/sms/next")
	half.until("password")
	half.answer()
	half.finished()
	last := aCaller(h, portal, people[2])
	last.begin("mail")
	last.fill("account", people[2].Mail)
	last.until("mail-code")
	h.letter("link", people[2].Mail)
	portal.stop(t)
	if out := h.run("audit", "verify"); !strings.Contains(out, "sound") {
		t.Error(out)
	}
	r := h.records()
	for _, p := range people[:2] {
		if !opens(t, r, p.ID, c.sent) {
			t.Errorf("%s: the new password does not open", p.ID)
		}
	}
}

// TestAccount_besideWhatServes: accounts come, are shown, leave and are gone while a portal runs; a second portal on the
// folder is refused.
func TestAccount_besideWhatServes(t *testing.T) {
	t.Parallel()
	h := aHousehold(t)
	portal := h.serve()
	who := h.settle(1)[0]
	if out, err := program(t, append(h.env, "ZHAOHUI_ADDR=127.0.0.1:0"), "serve").CombinedOutput(); err == nil ||
		!strings.Contains(string(out), "is in use by another serve") {
		t.Errorf("a second serve: %v\n%s", err, out)
	}
	if out := h.run("account", "show", who.ID); !strings.Contains(out, "199****0000") || strings.Contains(out, who.Phone) {
		t.Errorf("show: %s", out)
	}
	if out := h.run("account", "export", who.ID); !strings.Contains(out, who.Name) || strings.Contains(out, who.Password) ||
		strings.Contains(out, who.Backup) {
		t.Errorf("export: %s", out)
	}
	if out := h.run("migrate"); !strings.Contains(out, "up to date") {
		t.Errorf("migrate: %s", out)
	}
	c := aCaller(h, portal, who)
	c.begin("sms")
	c.until("next")
	if out := h.run("account", "erase", who.ID); !strings.Contains(out, "erased") {
		t.Errorf("erase: %s", out)
	}
	c.get(c.at)
	if c.status >= 500 {
		t.Errorf("the case of an account that was erased meanwhile: %d", c.status)
	}
	late := aCaller(h, portal, who)
	late.begin("mail")
	late.fill("account", who.Mail)
	if late.step() != "mail-code" {
		t.Errorf("an erased account is told apart: %d %s", late.status, late.at)
	}
	portal.stop(t)
	if got := letters(h, "link", who); len(got) != 0 {
		t.Error("a letter went to an account that was erased")
	}
}
