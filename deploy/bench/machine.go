package main

import (
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// start is the time from nothing to the first page, several times, of a portal that has run before.
func (c *runCommand) start() ([]row, error) {
	folder, err := os.MkdirTemp("", "bench-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	var times []float64
	for round := range c.Rounds + 1 {
		portal, err := c.serve(folder)
		if err != nil {
			return nil, err
		}
		portal.stop()
		if round == 0 {
			continue // it made keys and tables
		}
		times = append(times, float64(portal.started)/float64(time.Millisecond))
		say("first page after %.0f ms", times[len(times)-1])
	}
	slices.Sort(times)
	return []row{{measure: "cold start to first 200", value: times[len(times)/2], must: 150, aim: 80, format: "%.0f ms",
		from: fmt.Sprintf("%.0f–%.0f ms, one core, `serve` on a folder that is there", times[0], times[len(times)-1])}}, nil
}

// memory looks at the process when it has served one page and has nothing to do, and at its highest after every page
// was asked for and a step was served as fast as it goes.
func (c *runCommand) memory() ([]row, error) {
	folder, err := os.MkdirTemp("", "bench-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	first, err := c.serve(folder)
	if err != nil {
		return nil, err
	}
	first.stop() // it made keys and tables
	portal, err := c.serve(folder)
	if err != nil {
		return nil, err
	}
	defer portal.stop()
	time.Sleep(settle)
	idle, err := portal.memory("VmRSS")
	if err != nil {
		return nil, err
	}
	pages, err := crawl(portal.url)
	if err != nil {
		return nil, err
	}
	step, cookie, err := walk(portal.url)
	if err != nil {
		return nil, err
	}
	if _, err := c.load(&target{url: portal.url + step, cookie: cookie}); err != nil {
		return nil, err
	}
	highest, err := portal.memory("VmHWM")
	if err != nil {
		return nil, err
	}
	return []row{
		{measure: "memory idle", value: idle, must: 48, aim: 32, format: "%.0f MiB", from: "VmRSS after the first page"},
		{measure: "memory under page load", value: highest, must: 64, aim: 48, format: "%.0f MiB", from: fmt.Sprintf("VmHWM after %d pages and full load", len(pages))},
	}, nil
}

// settle is how long a started portal is left alone before its memory counts.
const settle = 2 * time.Second

var mean = regexp.MustCompile(`mean ([0-9.]+) screens`)

// questions takes the mean from the test that walks through the chooser in every situation.
func (c *runCommand) questions() ([]row, error) {
	cmd := exec.Command("go", "test", "-count=1", "-v", "-run", "^TestQuestions_fewAndEnough$", "./internal/guide")
	cmd.Dir = c.Source
	out, err := cmd.CombinedOutput()
	found := mean.FindSubmatch(out)
	if err != nil || found == nil {
		return nil, fmt.Errorf("questions: %w\n%s", err, out)
	}
	value, err := strconv.ParseFloat(string(found[1]), 64)
	return []row{{measure: "questions asked until the recommendation, mean over all situations", value: value, must: 4, aim: 3, format: "%.2f", from: "every row of the test's table"}}, err
}

// about describes the machine without naming it.
func (c *runCommand) about() string {
	return fmt.Sprintf("Made by `%s` on %s: %d rounds of %v each, the median counts. %s, %s, %s.\n", c.Command, time.Now().UTC().Format("2006-01-02"), c.Rounds, c.For,
		processor(), output("go", "env", "GOVERSION"), "Linux "+kernel())
}

func processor() string {
	info, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return "unknown processor"
	}
	model := "unknown processor"
	if found := regexp.MustCompile(`model name\s*: (.*)`).FindSubmatch(info); found != nil {
		model = string(found[1])
	}
	return fmt.Sprintf("%s, %d cores", model, strings.Count(string(info), "processor\t:"))
}

func kernel() string {
	release, _, _ := strings.Cut(output("uname", "-r"), "-")
	return release
}

func output(name string, args ...string) string {
	out, err := exec.Command(name, args...).Output()
	if err != nil {
		return "unknown"
	}
	return strings.TrimSpace(string(out))
}
