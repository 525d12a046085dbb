package web

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"zhaohui/internal/problem"
)

// Server-sent events tell a page that its case moved; the page then looks for itself. One poller a process asks the database,
// so it does not matter which process moved the case.
const (
	mostStreams    = 500              // a process
	streamLife     = 10 * time.Minute // then the browser comes again
	streamPatience = 10 * time.Second // for one event to be taken, and until it is worth coming back when there is no place
	streamBeat     = 25 * time.Second // a sign of life, so that nothing on the way hangs up
	pollEvery      = time.Second
)

// caseWatch is the poller with its streams. It runs only while somebody waits.
type caseWatch struct {
	versions func(ctx context.Context, ids []string) (map[string]int64, error)
	failed   func(error)
	every    time.Duration

	mu      sync.Mutex
	streams map[*stream]bool
	asking  bool // the poller runs
}

// stream is one page that waits. Its channel holds the newest version that it was not told.
type stream struct {
	caseID string
	last   int64
	moved  chan int64
}

// join adds a stream; nil if there are too many.
func (w *caseWatch) join(caseID string) *stream {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.streams) >= mostStreams {
		return nil
	}
	s := &stream{caseID: caseID, moved: make(chan int64, 1)}
	if w.streams == nil {
		w.streams = map[*stream]bool{}
	}
	if w.streams[s] = true; !w.asking {
		w.asking = true
		go w.poll()
	}
	return s
}

func (w *caseWatch) leave(s *stream) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.streams, s)
}

// poll asks until nobody waits any more.
func (w *caseWatch) poll() {
	ticks := time.NewTicker(w.every)
	defer ticks.Stop()
	for w.ask() {
		<-ticks.C
	}
}

// ask asks once for all cases that somebody waits for; false if nobody does.
func (w *caseWatch) ask() bool {
	w.mu.Lock()
	var ids []string
	for s := range w.streams {
		ids = append(ids, s.caseID)
	}
	w.mu.Unlock()
	if len(ids) == 0 {
		return w.idle()
	}
	slices.Sort(ids)
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	versions, err := w.versions(ctx, slices.Compact(ids))
	if err != nil {
		w.failed(err)
		return true
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for s := range w.streams {
		if version := versions[s.caseID]; version != s.last {
			s.last = version
			select {
			case <-s.moved:
			default:
			}
			s.moved <- version
		}
	}
	return true
}

// idle ends the poller unless somebody came meanwhile.
func (w *caseWatch) idle() (on bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asking = len(w.streams) > 0
	return w.asking
}

// showCaseEvents are the events of the browser's own case.
func (s *Site) showCaseEvents(v *visit) error {
	sight, err := s.look(v)
	if err != nil {
		return err
	}
	if sight.ID != v.Param("ref") {
		return problem.NotFound
	}
	return s.stream(v, sight.ID)
}

// showAssistEvents are those of a case that the agent helps in.
func (s *Site) showAssistEvents(v *visit) error {
	sight, err := s.Assist.Look(v.Request().Context(), v.Param("ref"), v.agent.Agent.ID)
	if err != nil {
		return err
	}
	return s.stream(v, sight.Case)
}

// stream sends the version of a case each time that it moves. Nothing of the case is in it.
func (s *Site) stream(v *visit, caseID string) error {
	waiting := s.watch.join(caseID)
	if waiting == nil {
		return full{streamPatience}
	}
	defer s.watch.leave(waiting)
	control := http.NewResponseController(v.Response())
	header := v.Response().Header()
	header.Set("Content-Type", "text/event-stream")
	header.Set("Cache-Control", "no-store")
	header.Set("X-Accel-Buffering", "no")    // a proxy in front passes each on at once
	_ = control.SetReadDeadline(time.Time{}) // nothing more is read; the server's limit would end the stream
	send := func(text string) error {
		if err := control.SetWriteDeadline(time.Now().Add(streamPatience)); err != nil {
			return fmt.Errorf("events: %w", err)
		}
		if _, err := v.Response().Write([]byte(text)); err != nil {
			return fmt.Errorf("events: %w", err)
		}
		return control.Flush() //nolint:wrapcheck // the caller only ends the stream
	}
	s.send(v.Request().Context(), waiting, send)
	return nil
}

// send passes versions on until the page goes, the time is over or the server stops.
func (s *Site) send(ctx context.Context, waiting *stream, send func(string) error) {
	end, beat := time.NewTimer(streamLife), time.NewTicker(streamBeat)
	defer end.Stop()
	defer beat.Stop()
	err := send(": ready\n\n")
	for err == nil {
		select {
		case version := <-waiting.moved:
			err = send(fmt.Sprintf("event: version\ndata: %d\n\n", version))
		case <-beat.C:
			err = send(":\n\n")
		case <-end.C:
			return
		case <-s.Ending:
			return
		case <-ctx.Done():
			return
		}
	}
}
