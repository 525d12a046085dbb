package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"zhaohui/internal/message"
)

// household is what a portal of a test lives on: a folder, perhaps a shared database, and the file that letters go to.
type household struct {
	t       *testing.T
	data    string
	letters string
	env     []string
	databaseSettings
}

// aHousehold has a folder of its own and writes letters to a file. env comes last, so that it may say otherwise.
func aHousehold(t *testing.T, env ...string) *household {
	t.Helper()
	h := &household{t: t, data: filepath.Join(t.TempDir(), "data"), letters: filepath.Join(t.TempDir(), "letters")}
	h.databaseSettings = databaseSettings{Data: h.data}
	h.env = append([]string{"ZHAOHUI_DATA=" + h.data, "ZHAOHUI_PUBLIC_URL=http://" + testHost, "ZHAOHUI_MAIL=file:" + h.letters,
		"ZHAOHUI_SMS=file:" + h.letters}, env...)
	return h
}

// serve starts a portal of the household.
func (h *household) serve(env ...string) *running {
	h.t.Helper()
	return start(h.t, slices.Concat(h.env, env), "serve")
}

// run runs a command of the program beside whatever serves, and gives what it printed.
func (h *household) run(args ...string) string {
	h.t.Helper()
	out, err := h.try(args...)
	if err != nil {
		h.t.Fatalf("%v: %v\n%s", args, err, out)
	}
	return out
}

func (h *household) try(args ...string) (string, error) {
	h.t.Helper()
	out, err := program(h.t, h.env, args...).CombinedOutput()
	return string(out), err
}

// person is a made-up account holder with everything that these tests type.
type person struct {
	ID, Name, Phone, Mail, IDNumber, Password, Backup, Answer, Code string
}

func somebody(n int) person {
	// a region that does not exist, so that the number is nobody's
	digits := fmt.Sprintf("99000119880214%03d", n)
	sum := 0
	for i, w := range []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2} {
		sum += int(digits[i]-'0') * w
	}
	return person{ID: fmt.Sprintf("acct-%d", n), Name: "欧阳" + string([]rune("晓岚云舒青禾若水")[n%8]), Phone: fmt.Sprintf("1990000%04d", n),
		Mail: fmt.Sprintf("someone-%d@mail.example", n), IDNumber: digits + "10X98765432"[sum%11:sum%11+1], Password: "604817",
		Backup: fmt.Sprintf("Camellia-%d-Teapot", n), Answer: "扬州瘦西湖边", Code: fmt.Sprintf("7KDMH-W3QRX-9A%dTE", n%10)}
}

// settle imports accounts and gives the people who own them.
func (h *household) settle(most int) []person {
	h.t.Helper()
	var people []person
	var accounts []map[string]any
	for n := range most {
		p := somebody(n)
		people = append(people, p)
		accounts = append(accounts, map[string]any{"id": p.ID, "lang": "zh", "name": p.Name, "id_number": p.IDNumber,
			"real_named": true, "phone": map[string]any{"number": p.Phone, "since": "-900d"},
			"email":    map[string]any{"address": p.Mail, "since": "-900d"},
			"password": p.Password, "questions": []map[string]string{{"question": "出生在哪座城市？", "answer": p.Answer}},
			"backup_password": p.Backup, "recovery_codes": []string{p.Code}, "networks": []string{"127.0.0.0/8"}})
	}
	raw, err := json.Marshal(map[string]any{"accounts": accounts})
	if err != nil {
		h.t.Fatal(err)
	}
	file := filepath.Join(h.t.TempDir(), "accounts.json")
	if err := os.WriteFile(file, raw, 0o600); err != nil {
		h.t.Fatal(err)
	}
	if out := h.run("account", "import", file); !strings.Contains(out, fmt.Sprintf("imported %d account", most)) {
		h.t.Fatal(out)
	}
	return people
}

// posted are the letters in the file, the oldest first.
func (h *household) posted() []message.Record {
	h.t.Helper()
	raw, err := os.ReadFile(h.letters)
	if err != nil && !os.IsNotExist(err) {
		h.t.Fatal(err)
	}
	var list []message.Record
	for line := range bytes.Lines(raw) {
		var r message.Record
		if err := json.Unmarshal(line, &r); err != nil {
			h.t.Fatalf("half a letter: %q %v", line, err)
		}
		list = append(list, r)
	}
	return list
}

// letter waits for the newest letter of a purpose to an address.
func (h *household) letter(purpose, to string) message.Record {
	h.t.Helper()
	var found message.Record
	eventually(h.t, "letter "+purpose+" to "+to, func() bool {
		list := h.posted()
		slices.Reverse(list)
		i := slices.IndexFunc(list, func(r message.Record) bool { return r.Purpose == purpose && strings.HasSuffix(r.To, to) })
		if i >= 0 {
			found = list[i]
		}
		return i >= 0
	})
	return found
}

// records opens the database beside what serves.
func (h *household) records() *records {
	h.t.Helper()
	r, err := openRecords(h.t.Context(), h.databaseSettings, time.Now, quietLog())
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { r.db.Close() })
	return r
}

// number asks the database for a number.
func number(t *testing.T, r *records, query string, args ...any) (n int) {
	t.Helper()
	if err := r.db.SQL().QueryRowContext(t.Context(), query, args...).Scan(&n); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

// eventually waits for what another process does. It looks again and again, as that process cannot tell us.
func eventually(t *testing.T, what string, done func() bool) {
	t.Helper()
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	end, cancel := context.WithTimeout(t.Context(), 90*time.Second)
	defer cancel()
	for !done() {
		select {
		case <-look.C:
		case <-end.Done():
			t.Fatalf("waited in vain: %s", what)
		}
	}
}

// kill ends a portal as a power cut does.
func (r *running) kill(t *testing.T) {
	t.Helper()
	if err := r.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	for range r.lines {
	}
	_ = r.Wait() // it says that it was killed
}

// stop ends a portal in peace.
func (r *running) stop(t *testing.T) {
	t.Helper()
	if err := r.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	r.end(t)
}
