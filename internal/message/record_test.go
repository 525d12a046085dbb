package message

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"zhaohui/internal/recovery"
)

const recorded = `{"at":"2026-11-22T04:00:00Z","channel":"mail","to":"wang@demo.example","purpose":"link","lang":"zh","text":`

func TestFile_writesOneLineALetterForItsOwnerAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mail.jsonl")
	f, err := NewFile(path, at(noon))
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatal(info, err)
	}
	for range 2 {
		if _, err := f.Send(t.Context(), mailTo("wang@demo.example")); err != nil {
			t.Fatal(err)
		}
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(raw), "\n")
	if len(lines) != 3 || lines[0] != lines[1] || !strings.HasPrefix(lines[0], recorded) ||
		!strings.Contains(lines[0], `/mail/t?a=1&b=2"}`) {
		t.Errorf("%q", raw)
	}
	if strings.Contains(string(raw), "您要的") {
		t.Error("a subject was written")
	}
}

func TestFile_goesOnAfterItWasMovedAway(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sms.jsonl")
	f, err := NewFile(path, at(noon))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path, path+".1"); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Send(t.Context(), letter(recovery.PurposeCode)); err != nil {
		t.Fatal(err)
	}
	if raw, err := os.ReadFile(path); err != nil || strings.Count(string(raw), "\n") != 1 {
		t.Errorf("%q, %v", raw, err)
	}
	if err := os.RemoveAll(filepath.Dir(path)); err != nil {
		t.Fatal(err)
	}
	wantTemporary(t, f, letter(recovery.PurposeCode))
}

// TestFile_processesShareOne lets this test program run twice more beside itself.
func TestFile_processesShareOne(t *testing.T) {
	const path, lines = "ZHAOHUI_TEST_LETTERS", 40
	o := letter(recovery.PurposeDone)
	o.Text = strings.Repeat("很长的一封信。", 900) // longer than a page of memory
	write := func(to string) {
		f, err := NewFile(to, at(noon))
		if err != nil {
			t.Error(err)
			return
		}
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				for range lines / 4 {
					if _, err := f.Send(t.Context(), o); err != nil {
						t.Error(err)
					}
				}
			})
		}
		all.Wait()
	}
	if to := os.Getenv(path); to != "" {
		write(to)
		return
	}
	to := filepath.Join(t.TempDir(), "letters")
	var others sync.WaitGroup
	for range 2 {
		others.Go(func() {
			cmd := exec.Command(os.Args[0], "-test.run=^TestFile_processesShareOne$")
			cmd.Env = append(os.Environ(), path+"="+to)
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%v: %s", err, out)
			}
		})
	}
	write(to)
	others.Wait()
	file, err := os.Open(to)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	in, count := bufio.NewScanner(file), 0
	in.Buffer(nil, 1<<20)
	for in.Scan() {
		var r Record
		if err := json.Unmarshal(in.Bytes(), &r); err != nil || r.Text != o.Text {
			t.Fatalf("line %d is torn: %v", count+1, err)
		}
		count++
	}
	if count != 3*lines {
		t.Errorf("%d lines, want %d", count, 3*lines)
	}
}

func TestOutbox_keepsTheNewestInOrder(t *testing.T) {
	b := NewOutbox(at(noon))
	if raw, err := json.Marshal(b); err != nil || string(raw) != "[]" {
		t.Errorf("empty: %s, %v", raw, err)
	}
	for i := range outboxSize + 3 {
		o := letter(recovery.PurposeCode)
		o.Text = strconv.Itoa(i)
		if _, err := b.Send(t.Context(), o); err != nil {
			t.Fatal(err)
		}
	}
	kept := b.Records()
	if len(kept) != outboxSize || kept[0].Text != "3" || kept[outboxSize-1].Text != fmt.Sprint(outboxSize+2) {
		t.Errorf("%d letters from %s to %s", len(kept), kept[0].Text, kept[len(kept)-1].Text)
	}
	raw, err := json.Marshal(b)
	first := `[{"at":"2026-11-22T04:00:00Z","channel":"sms","to":"+8613912345678","purpose":"code","lang":"zh","text":"3"},`
	if err != nil || !strings.HasPrefix(string(raw), first) {
		t.Errorf("%.120s, %v", raw, err)
	}
}

func TestOutbox_takesManyAtOnce(t *testing.T) {
	b := NewOutbox(at(noon))
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			if _, err := b.Send(t.Context(), letter(recovery.PurposeCode)); err != nil {
				t.Error(err)
			}
			b.Records()
		})
	}
	all.Wait()
	if n := len(b.Records()); n != 50 {
		t.Errorf("%d of 50 kept", n)
	}
}
