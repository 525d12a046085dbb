package support

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"time"

	"zhaohui/internal/problem"
	"zhaohui/internal/recovery"
)

// TrailFormats are what the trail can be exported as.
var TrailFormats = []string{"csv", "jsonl"}

// Export hands entries that match to put, the newest first, some at a time. The trail keeps that it was begun before the
// first of them, and how many were taken when it ends, also when it ends early. It leaves out what was added meanwhile.
func (s *Trail) Export(ctx context.Context, f TrailFilter, format, actor string, put func([]TrailEntry) error) (rows int, err error) {
	if !slices.Contains(TrailFormats, format) {
		return 0, fmt.Errorf("export the trail: %w", problem.Invalid{Fields: map[string]string{"format": "unknown"}})
	}
	data := f.Values()
	data["format"] = format
	if err := s.store.Record(ctx, recovery.Event{At: s.now(), Kind: KindExporting, Case: f.Case, Actor: actor, Data: data}); err != nil {
		return 0, fmt.Errorf("export the trail: %w", err)
	}
	rows, err = s.export(ctx, f, put)
	data = maps.Clone(data)
	data["rows"], data["whole"] = strconv.Itoa(rows), map[bool]string{true: "yes", false: "no"}[err == nil]
	noted := s.store.Record(context.WithoutCancel(ctx), recovery.Event{At: s.now(), Kind: KindExported, Case: f.Case, Actor: actor, Data: data})
	if err == nil {
		err = noted
	}
	if err != nil {
		return rows, fmt.Errorf("export the trail: %w", err)
	}
	return rows, nil
}

func (s *Trail) export(ctx context.Context, f TrailFilter, put func([]TrailEntry) error) (rows int, err error) {
	for below := int64(0); ; {
		found, next, err := s.store.Search(ctx, f, below, trailPage)
		if err == nil && len(found) > 0 {
			err = put(found)
		}
		if err != nil {
			return rows, err
		}
		if rows += len(found); next == 0 {
			return rows, nil
		}
		below = next
	}
}

func number(n int64) string { return strconv.FormatInt(n, 10) }

// TrailWriter writes entries as a file.
type TrailWriter struct {
	out    io.Writer
	csv    *csv.Writer // nil for lines of JSON
	headed bool
}

// NewTrailWriter writes one of TrailFormats; nil for any other.
func NewTrailWriter(format string, out io.Writer) *TrailWriter {
	switch format {
	case "csv":
		return &TrailWriter{out: out, csv: csv.NewWriter(out)}
	case "jsonl":
		return &TrailWriter{out: out}
	}
	return nil
}

// exportedEntry is a line of JSON.
type exportedEntry struct {
	Seq    int64             `json:"seq"`
	At     time.Time         `json:"at"`
	Kind   string            `json:"kind"`
	Case   string            `json:"case,omitempty"`
	Actor  string            `json:"actor"`
	Data   map[string]string `json:"data"`
	Person PersonState       `json:"person,omitempty"`
	Sum    string            `json:"sum"`
}

// Write adds entries; the first call also writes the names of the columns. Personal data is never among them.
func (w *TrailWriter) Write(entries []TrailEntry) error {
	if w.csv == nil {
		return w.lines(entries)
	}
	if !w.headed {
		w.headed = true
		_ = w.csv.Write([]string{"seq", "at", "kind", "case", "actor", "data", "person", "sum"}) // Error tells
	}
	for _, e := range entries {
		data, err := json.Marshal(e.Data)
		if err != nil {
			return fmt.Errorf("export an entry: %w", err)
		}
		row := []string{number(e.Seq), e.At.UTC().Format(time.RFC3339Nano), e.Kind, e.Case, e.Actor, string(data), string(e.Person), e.Sum}
		for i := range row {
			row[i] = Cell(row[i])
		}
		_ = w.csv.Write(row)
	}
	w.csv.Flush()
	if err := w.csv.Error(); err != nil {
		return fmt.Errorf("export entries: %w", err)
	}
	return nil
}

func (w *TrailWriter) lines(entries []TrailEntry) error {
	lines := json.NewEncoder(w.out)
	for _, e := range entries {
		if err := lines.Encode(exportedEntry(e)); err != nil {
			return fmt.Errorf("export an entry: %w", err)
		}
	}
	return nil
}
