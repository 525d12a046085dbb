package store_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"zhaohui/internal/help"
	"zhaohui/internal/problem"
	"zhaohui/internal/store"
)

var _ help.Votes = (*store.Votes)(nil)

func openVotes(t *testing.T, folder string) *store.Votes {
	t.Helper()
	votes, err := store.OpenVotes(folder)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { votes.Close() })
	return votes
}

func add(t *testing.T, votes *store.Votes, day, slug string, helpful bool) {
	t.Helper()
	if err := votes.Add(t.Context(), help.Vote{Slug: slug, Helpful: helpful, Day: day}); err != nil {
		t.Fatal(err)
	}
}

func fileOf(t *testing.T, folder string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(folder, "votes.log"))
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func counts(t *testing.T, votes *store.Votes, want map[string]help.Tally) {
	t.Helper()
	if got := votes.Counts(); !maps.Equal(got, want) {
		t.Errorf("counts %v, want %v", got, want)
	}
}

// A killed process closes nothing: what Add accepted is there when the file is opened again.
func TestVotes_surviveAKill(t *testing.T) {
	folder := t.TempDir()
	first := openVotes(t, folder)
	add(t, first, "2026-11-20", "no-card", true)
	add(t, first, "2026-11-20", "no-card", true)
	add(t, first, "2026-11-21", "no-card", false)
	add(t, first, "2026-11-21", "locked", true)
	want := map[string]help.Tally{"no-card": {Yes: 2, No: 1}, "locked": {Yes: 1}}
	counts(t, first, want)
	counts(t, openVotes(t, folder), want)
}

func TestVotes_tornAndForeignLinesAreIgnored(t *testing.T) {
	folder := t.TempDir()
	raw := "2026-11-20 no-card yes 3\nnonsense\n2026-11-20 no-card maybe 3\n\x00\x00\n2026-11-21 no-card no 1\n2026-11-21 no-card ye"
	if err := os.WriteFile(filepath.Join(folder, "votes.log"), []byte(raw), 0o600); err != nil {
		t.Fatal(err)
	}
	votes := openVotes(t, folder)
	counts(t, votes, map[string]help.Tally{"no-card": {Yes: 3, No: 1}})
	add(t, votes, "2026-11-21", "no-card", true) // not glued to the torn line
	counts(t, openVotes(t, folder), map[string]help.Tally{"no-card": {Yes: 4, No: 1}})
}

func TestVotes_fileHoldsNoPersonAndIsTheOwnersOnly(t *testing.T) {
	folder := t.TempDir()
	votes := openVotes(t, folder)
	add(t, votes, "2026-11-20", "no-card", true)
	if got, want := fileOf(t, folder), "2026-11-20 no-card yes 1\n"; got != want {
		t.Errorf("file %q, want %q", got, want)
	}
	info, err := os.Stat(filepath.Join(folder, "votes.log"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

func TestVotes_openingSumsUpByDay(t *testing.T) {
	folder := t.TempDir()
	votes := openVotes(t, folder)
	for range 100 {
		add(t, votes, "2026-11-21", "no-card", true)
		add(t, votes, "2026-11-20", "no-card", false)
	}
	if n := strings.Count(fileOf(t, folder), "\n"); n != 200 {
		t.Errorf("%d lines before", n)
	}
	openVotes(t, folder)
	if got, want := fileOf(t, folder), "2026-11-20 no-card no 100\n2026-11-21 no-card yes 100\n"; got != want {
		t.Errorf("file %q, want %q", got, want)
	}
}

// Whoever votes all day long does not fill the disk.
func TestVotes_fileStaysSmallWithoutARestart(t *testing.T) {
	folder := t.TempDir()
	votes := openVotes(t, folder)
	for range 10_050 {
		add(t, votes, "2026-11-20", "no-card", true)
	}
	if n := strings.Count(fileOf(t, folder), "\n"); n != 51 {
		t.Errorf("%d lines, want the sum and 50 more", n)
	}
	counts(t, openVotes(t, folder), map[string]help.Tally{"no-card": {Yes: 10_050}})
}

func TestVotes_atTheSameTime(t *testing.T) {
	folder := t.TempDir()
	votes := openVotes(t, folder)
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			for range 50 {
				_ = votes.Add(t.Context(), help.Vote{Slug: fmt.Sprintf("article-%d", i%2), Helpful: true, Day: "2026-11-20"})
				votes.Counts()
			}
		})
	}
	all.Wait()
	counts(t, openVotes(t, folder), map[string]help.Tally{"article-0": {Yes: 500}, "article-1": {Yes: 500}})
}

func TestVotes_whatCannotBeWrittenIsNotCounted(t *testing.T) {
	votes := openVotes(t, t.TempDir())
	votes.Close()
	err := votes.Add(t.Context(), help.Vote{Slug: "no-card", Helpful: true, Day: "2026-11-20"})
	if problem.KindOf(err) != problem.KindUnavailable {
		t.Errorf("error %v", err)
	}
	counts(t, votes, map[string]help.Tally{})
}

func TestVotes_aLineCannotBeForged(t *testing.T) {
	folder := t.TempDir()
	votes := openVotes(t, folder)
	if err := votes.Add(t.Context(), help.Vote{Slug: "x yes 9\n2026-11-20 no-card", Day: "2026-11-20"}); err == nil {
		t.Error("a slug with a line break is written")
	}
	if got := fileOf(t, folder); got != "" {
		t.Errorf("file %q", got)
	}
}
