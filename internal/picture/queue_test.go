package picture_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"zhaohui/internal/picture"
	"zhaohui/internal/problem"
)

// However many come, one is decoded at a time; a few wait, and the rest is told to come again.
func TestW7_oneAtATimeAndAFewWait(t *testing.T) {
	c := picture.NewCleaner(1, 2)
	file := asPNG(t, quarters(8, 8))
	entered, until := make(chan struct{}, 10), make(chan struct{})
	c.Hold(entered, until)
	answers := make(chan error, 10)
	var all sync.WaitGroup
	for range 6 {
		all.Go(func() {
			_, _, _, err := c.Clean(context.Background(), file)
			answers <- err
		})
	}
	<-entered
	for range 3 {
		err := <-answers
		if busy, ok := errors.AsType[picture.Busy](err); !ok || busy.After() <= 0 || problem.KindOf(err) != problem.KindUnavailable {
			t.Error(err)
		}
	}
	if len(entered) != 0 {
		t.Error("two were decoded at once")
	}
	close(until)
	all.Wait()
	for range 3 {
		if err := <-answers; err != nil {
			t.Error(err)
		}
	}
}

func TestW7_whoLeavesDoesNotWait(t *testing.T) {
	c := picture.NewCleaner(1, 2)
	entered, until := make(chan struct{}, 2), make(chan struct{})
	c.Hold(entered, until)
	file := asPNG(t, quarters(8, 8))
	done := make(chan error, 1)
	go func() {
		_, _, _, err := c.Clean(context.Background(), file)
		done <- err
	}()
	<-entered
	gone, leave := context.WithCancel(t.Context())
	leave()
	if _, _, _, err := c.Clean(gone, file); problem.KindOf(err) != problem.KindUnavailable || !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	close(until)
	if err := <-done; err != nil {
		t.Error(err)
	}
}
