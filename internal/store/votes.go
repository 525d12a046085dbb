package store

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"sync"

	"zhaohui/internal/help"
	"zhaohui/internal/problem"
)

// mostLines is how many votes are appended before the file is compacted without waiting for the next start.
const mostLines = 10_000

// Votes keeps votes in one small file, a line a vote: day, slug, yes or no, how many. It implements help.Votes.
//
// A vote is in the file before Add returns, in a single write: a process that is killed loses none. A line that was
// torn by a full disk or a power cut has no end, and is ignored. Opening replaces the lines of a day by their sums, so
// the file grows with days and articles, not with votes. One process has the file open at a time.
type Votes struct {
	path string

	mu       sync.Mutex
	file     *os.File
	size     int64 // bytes of whole lines
	appended int
	sums     map[voteKey]int
}

type voteKey struct {
	day, slug string
	helpful   bool
}

// OpenVotes opens or creates votes.log in the data folder, readable by its owner only.
func OpenVotes(folder string) (*Votes, error) {
	v := &Votes{path: filepath.Join(folder, "votes.log")}
	raw, err := os.ReadFile(v.path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("open votes: %w", err)
	}
	v.sums = readVotes(raw)
	if err := v.compact(); err != nil {
		return nil, fmt.Errorf("open votes: %w", err)
	}
	return v, nil
}

// Add writes a vote down. It fails with problem.Unavailable if the file cannot be written; then nothing is counted.
func (v *Votes) Add(_ context.Context, vote help.Vote) error {
	key := voteKey{vote.Day, vote.Slug, vote.Helpful}
	line := key.line(1)
	if !voteLine.MatchString(line) {
		return errors.New("add vote: a day or slug that could not be read again")
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if n, err := v.file.WriteString(line); err != nil {
		if n > 0 { // half a line would swallow the next one
			err = errors.Join(err, v.file.Truncate(v.size))
		}
		return fmt.Errorf("add vote: %w: %w", problem.Unavailable, err)
	}
	v.size += int64(len(line))
	v.sums[key]++
	if v.appended++; v.appended >= mostLines {
		v.appended = 0
		_ = v.compact() // the vote is kept already; the next start compacts too
	}
	return nil
}

// Counts is what was said of each article, over all days.
func (v *Votes) Counts() map[string]help.Tally {
	v.mu.Lock()
	defer v.mu.Unlock()
	counts := map[string]help.Tally{}
	for key, n := range v.sums {
		tally := counts[key.slug]
		if key.helpful {
			tally.Yes += n
		} else {
			tally.No += n
		}
		counts[key.slug] = tally
	}
	return counts
}

// Close closes the file.
func (v *Votes) Close() error {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.file.Close()
}

// compact writes the sums to a new file that takes the old one's place in one go, and goes on appending there.
func (v *Votes) compact() error {
	var lines bytes.Buffer
	keys := slices.SortedFunc(maps.Keys(v.sums), func(a, b voteKey) int {
		return cmp.Or(cmp.Compare(a.day, b.day), cmp.Compare(a.slug, b.slug), cmp.Compare(a.answer(), b.answer()))
	})
	for _, key := range keys {
		lines.WriteString(key.line(v.sums[key]))
	}
	next, err := os.OpenFile(v.path+".new", os.O_CREATE|os.O_TRUNC|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	for _, do := range []func() error{
		func() error { _, err := next.Write(lines.Bytes()); return err },
		func() error { return next.Chmod(0o600) }, // a file left by a crash keeps its mode
		next.Sync,
		func() error { return os.Rename(next.Name(), v.path) },
	} {
		if err := do(); err != nil {
			next.Close()
			return err
		}
	}
	if v.file != nil {
		v.file.Close()
	}
	v.file, v.size = next, int64(lines.Len())
	return nil
}

var voteLine = regexp.MustCompile(`^(\d{4}-\d\d-\d\d) ([a-z0-9-]+) (yes|no) (\d{1,9})\n$`)

// readVotes sums up the lines that are whole and skips all others.
func readVotes(raw []byte) map[voteKey]int {
	sums := map[voteKey]int{}
	lines := bufio.NewReader(bytes.NewReader(raw))
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			return sums
		}
		if m := voteLine.FindStringSubmatch(line); m != nil {
			n, _ := strconv.Atoi(m[4])
			sums[voteKey{m[1], m[2], m[3] == "yes"}] += n
		}
	}
}

func (k voteKey) answer() string {
	if k.helpful {
		return "yes"
	}
	return "no"
}

func (k voteKey) line(n int) string {
	return fmt.Sprintf("%s %s %s %d\n", k.day, k.slug, k.answer(), n)
}
