package store

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// crashEnv names the database that a process of this test binary writes to until it is killed.
const crashEnv = "ZHAOHUI_TEST_CRASH"

// writeUntilKilled writes from several callers and says each name once its write was answered.
func writeUntilKilled(path string) {
	db, err := Open(context.Background(), Config{Path: path})
	if err != nil {
		fmt.Println("FAILED", err)
		os.Exit(1)
	}
	var mu sync.Mutex
	for caller := range 16 {
		go func() {
			for n := 0; ; n++ {
				name := fmt.Sprintf("%d-%d", caller, n)
				if err := db.write(context.Background(), insert(name)); err != nil {
					fmt.Println("FAILED", err)
					os.Exit(1)
				}
				mu.Lock()
				fmt.Println(name)
				mu.Unlock()
			}
		}()
	}
	select {}
}

// A process that is killed in the middle of its writes loses none that was answered, and leaves a whole database.
func TestW10_killedProcessLosesNothingThatWasAnswered(t *testing.T) {
	path := filepath.Join(t.TempDir(), "zhaohui.db")
	db := openMigrated(t, Config{Path: path})
	makeTable(t, db)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	acknowledged := map[string]bool{}
	for round := range 3 {
		killed := writer(t, path)
		output, err := killed.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := killed.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(output)
		for n := 0; lines.Scan(); n++ {
			name, failed := strings.CutPrefix(lines.Text(), "FAILED")
			if failed {
				t.Fatal(name)
			}
			acknowledged[name] = true
			if n == 200+round*77 {
				if err := killed.Process.Kill(); err != nil {
					t.Fatal(err)
				}
			}
		}
		_ = killed.Wait() // it was killed
		db := openOnly(t, Config{Path: path})
		var whole string
		if err := db.read().QueryRow(`PRAGMA integrity_check`).Scan(&whole); err != nil || whole != "ok" {
			t.Fatalf("the database is %s (%v)", whole, err)
		}
		there := map[string]bool{}
		for _, name := range strings.Fields(things(t, db)) {
			there[name] = true
		}
		lost := 0
		for name := range acknowledged {
			if !there[name] {
				lost++
			}
		}
		if lost > 0 || len(acknowledged) < 200 {
			t.Errorf("round %d: %d of %d answered writes are lost", round, lost, len(acknowledged))
		}
		if err := db.write(t.Context(), run(`DELETE FROM thing`)); err != nil { // names come again in the next round
			t.Fatal(err)
		}
		clear(acknowledged)
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func writer(t *testing.T, path string) *exec.Cmd {
	t.Helper()
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	command := exec.Command(binary)
	command.Env = append(os.Environ(), crashEnv+"="+path)
	return command
}
