package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"

	"github.com/riverqueue/river"
)

// arguments are what the queue keeps of a job.
type arguments struct {
	Name string `json:"kind"`
	ID   string `json:"id"`
}

// Kind is the queue's name for all our jobs: the kinds are ours to tell apart.
func (arguments) Kind() string { return "zhaohui" }

func read(encoded []byte) (a arguments, err error) {
	err = json.Unmarshal(encoded, &a)
	return a, err
}

// worker does every job.
type worker struct {
	river.WorkerDefaults[arguments]
	runner *Runner
}

func (w *worker) Work(ctx context.Context, job *river.Job[arguments]) error {
	w.runner.mu.RLock()
	h, ok := w.runner.kinds[job.Args.Name]
	w.runner.mu.RUnlock()
	if !ok {
		return errNobody // a newer program that shares the database may have
	}
	err := h.fn(ctx, job.Args.ID, job.Attempt)
	if _, ok := errors.AsType[permanent](err); ok {
		return river.JobCancel(err)
	}
	return err
}

// quiet lets the queue say only what an operator should hear.
type quiet struct{ slog.Handler }

func (q quiet) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && q.Handler.Enabled(ctx, level)
}

// Handle leaves out what is only said because the program was told to stop.
func (q quiet) Handle(ctx context.Context, r slog.Record) error {
	stopped := false
	r.Attrs(func(a slog.Attr) bool {
		err, ok := a.Value.Any().(error)
		stopped = stopped || ok && errors.Is(err, context.Canceled) || strings.HasSuffix(a.Value.String(), context.Canceled.Error())
		return !stopped
	})
	if stopped {
		return nil
	}
	return q.Handler.Handle(ctx, r)
}
func (q quiet) WithAttrs(attrs []slog.Attr) slog.Handler { return quiet{q.Handler.WithAttrs(attrs)} }
func (q quiet) WithGroup(name string) slog.Handler       { return quiet{q.Handler.WithGroup(name)} }
