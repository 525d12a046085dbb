package main

import (
	"context"
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// pages is how long a page takes while the same process sets passwords all the time, over how long it takes else. The jobs
// are put into the portal's database from here; its own runner finds and does them.
func (c *runCommand) pages() ([]row, error) {
	ctx := context.Background()
	s, err := openScratch(ctx)
	if err != nil {
		return nil, err
	}
	defer s.close()
	resets := int((c.For + time.Second).Seconds() * resetsASecond)
	if err := s.enrol(ctx, accountsToReset); err != nil {
		return nil, err
	}
	portal, err := c.portal("--data", s.folder)
	if err != nil {
		return nil, err
	}
	defer portal.stop()
	step, cookie, err := walk(portal.url)
	if err != nil {
		return nil, err
	}
	page := &target{url: portal.url + step, cookie: cookie}
	var ratios, quiets, busies, during []float64
	for round := range c.Rounds {
		quiet, err := c.tail(page)
		if err != nil {
			return nil, err
		}
		if err := s.decide(ctx, round*resets, resets); err != nil {
			return nil, err
		}
		time.Sleep(lookForJobs)
		before, err := s.applied(ctx)
		if err != nil {
			return nil, err
		}
		begun := time.Now()
		busy, err := c.tail(page)
		if err != nil {
			return nil, err
		}
		took := time.Since(begun)
		after, err := s.applied(ctx)
		if err != nil {
			return nil, err
		}
		if after == before || after == (round+1)*resets {
			return nil, fmt.Errorf("no password was set while pages were asked for, or all too soon: %d of %d", after-before, resets)
		}
		say("round %d  page p99 %.2f ms quiet, %.2f ms while %.0f passwords a second are set", round+1, quiet, busy, float64(after-before)/took.Seconds())
		ratios, quiets, busies = append(ratios, busy/quiet), append(quiets, quiet), append(busies, busy)
		during = append(during, float64(after-before)/took.Seconds())
		for deadline := time.Now().Add(time.Minute); after < (round+1)*resets; {
			if time.Now().After(deadline) {
				return nil, fmt.Errorf("%d passwords are set, want %d", after, (round+1)*resets)
			}
			time.Sleep(lookForJobs)
			if after, err = s.applied(ctx); err != nil {
				return nil, err
			}
		}
	}
	return []row{{measure: "page p99 while resets saturate / quiet", value: median(ratios), must: 5, aim: 2, format: "%.1f×",
		from: fmt.Sprintf("%.1f : %.1f ms, %.0f resets a second beside", median(busies), median(quiets), median(during))}}, nil
}

const (
	resetsASecond = 60 // more than a core can do, so that they last
	lookForJobs   = 500 * time.Millisecond
)

// applied is how many decided cases are done.
func (s *state) applied(ctx context.Context) (n int, err error) {
	err = s.db.SQL().QueryRowContext(ctx, `SELECT COUNT(*) FROM recovery_case WHERE state = 'done'`).Scan(&n)
	return n, err
}

var slowest = regexp.MustCompile(`99%\s+([0-9.]+)(us|ms|s)\b`)

// tail is the time in milliseconds that 99 of 100 answers do not exceed under wrk.
func (c *runCommand) tail(t *target) (float64, error) {
	out, err := exec.Command("taskset", "-c", loadCore, "wrk", "-t1", "-c32", "--latency", "-d"+strconv.Itoa(int(c.For/time.Second))+"s",
		"-H", "Accept-Encoding: gzip", "-H", "Cookie: "+t.cookie, t.url).CombinedOutput()
	found := slowest.FindSubmatch(out)
	if err != nil || found == nil || strings.Contains(string(out), "Non-2xx") {
		return 0, fmt.Errorf("wrk: %w\n%s", err, out)
	}
	value, err := strconv.ParseFloat(string(found[1]), 64)
	return value * map[string]float64{"us": 1e-3, "ms": 1, "s": 1e3}[string(found[2])], err
}
