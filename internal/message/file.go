package message

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"time"
)

// File appends letters to a file, one line of JSON each, for trials and for gateways that read files. Several processes
// may write the same file: every line is one write in append mode.
type File struct {
	path string
	now  func() time.Time
	mu   sync.Mutex
}

// NewFile makes sure that the file can be written; it is created for its owner alone, as it holds codes.
func NewFile(path string, now func() time.Time) (*File, error) {
	f := &File{path: path, now: now}
	opened, err := f.open()
	if err != nil {
		return nil, err
	}
	return f, opened.Close()
}

func (f *File) open() (*os.File, error) {
	return os.OpenFile(f.path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
}

// Send returns once the line is on the disk. The file may be moved away at any time; a new one is begun then.
func (f *File) Send(_ context.Context, o Outgoing) (string, error) {
	line, err := encode(record(o, f.now()))
	if err != nil {
		return "", Permanent{Reason: "the letter is no JSON"}
	}
	if err := f.write(line, "letter"); err != nil {
		return "", err
	}
	return o.ID, nil
}

// Post appends what somebody else wrote, as a line.
func (f *File) Post(_ context.Context, _ string, _ time.Time, body []byte) error {
	return f.write(append(slices.Clone(body), '\n'), "alert")
}

func (f *File) write(line []byte, what string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	file, err := f.open()
	if err != nil {
		return fmt.Errorf("write %s to file: %w", what, err)
	}
	_, err = file.Write(line)
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return fmt.Errorf("write %s to file: %w", what, err)
	}
	return nil
}
