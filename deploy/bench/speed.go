package main

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/andybalholm/brotli"
)

const (
	beforeStep = "/p/alipay/face/open-security?safety=none&trouble=forgot&phone=works&face=yes"
	article    = "/help/phone-suspended"
)

// target is one page of one server.
type target struct {
	name, url, cookie string
	rates             []float64
}

// over divides round by round, because what else the machine does falls on both sides of a round, and takes the median.
func (t *target) over(other *target) (ratio float64, from string) {
	var ratios []float64
	for i := range t.rates {
		ratios = append(ratios, t.rates[i]/other.rates[i])
	}
	return median(ratios), fmt.Sprintf("%.0f : %.0f a second", median(t.rates), median(other.rates))
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}

// speed compares pages a second. Every round measures every server once, so that whatever else the machine does
// falls on all alike.
func (c *runCommand) speed() ([]row, error) {
	dir, err := os.MkdirTemp("", "bench-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	portal, err := c.portal()
	if err != nil {
		return nil, err
	}
	defer portal.stop()
	step, cookie, err := walk(portal.url)
	if err != nil {
		return nil, err
	}
	targets := []*target{{name: "portal, step", url: portal.url + step, cookie: cookie}, {name: "portal, article", url: portal.url + article}}
	for _, t := range targets[:2] {
		page, err := fetch(t.url, t.cookie, "gzip")
		if err != nil {
			return nil, err
		}
		file := filepath.Join(dir, strconv.Itoa(len(targets)))
		if err := os.WriteFile(file, page.body, 0o600); err != nil {
			return nil, err
		}
		bare, err := launch("/", self(), "bare", "{addr}", file)
		if err != nil {
			return nil, err
		}
		defer bare.stop()
		targets = append(targets, &target{name: strings.Replace(t.name, "portal", "bare", 1), url: bare.url + strings.TrimPrefix(t.url, portal.url), cookie: t.cookie})
	}
	ordinary, err := launch(step, self(), "ordinary", "{addr}")
	if err != nil {
		return nil, err
	}
	defer ordinary.stop()
	usual := &target{name: "ordinary, step", url: ordinary.url + step}
	first, err := fetch(usual.url, "", "gzip")
	if err != nil {
		return nil, err
	}
	usual.cookie = first.cookie
	if targets = append(targets, usual); first.cookie == "" {
		return nil, fmt.Errorf("the ordinary stack sets no cookie")
	}
	weights, err := alike(targets[0], usual)
	if err != nil {
		return nil, err
	}
	for round := range c.Rounds {
		for _, t := range []*target{targets[2], targets[0], usual, targets[3], targets[1]} { // neighbours are compared
			rate, err := c.load(t)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", t.name, err)
			}
			t.rates = append(t.rates, rate)
			say("round %d  %-16s %8.0f pages a second", round+1, t.name, rate)
		}
	}
	bareRatio, bareFrom := targets[0].over(targets[2])
	usualRatio, usualFrom := targets[0].over(usual)
	articleRatio, articleFrom := targets[1].over(targets[3])
	return []row{
		{measure: "page with a session (guided step) / bare net/http", value: bareRatio, must: 0.40, aim: 0.60, more: true, format: "%.2f", from: bareFrom},
		{measure: "same / ordinary stack", value: usualRatio, must: 9, aim: 13, more: true, format: "%.1f×", from: usualFrom + ", " + weights},
		{measure: "help article, no session / bare net/http", value: articleRatio, must: 0.80, aim: 0.95, more: true, format: "%.2f", from: articleFrom},
	}, nil
}

// walk does a step as a person does, and returns the address of the next one with the cookie that keeps the place.
func walk(base string) (step, cookie string, err error) {
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.PostForm(base+beforeStep, url.Values{"did": {"done"}})
	if err != nil {
		return "", "", err
	}
	response.Body.Close()
	if response.StatusCode != http.StatusSeeOther || len(response.Cookies()) != 1 {
		return "", "", fmt.Errorf("done at %s: %s with %d cookies", beforeStep, response.Status, len(response.Cookies()))
	}
	return response.Header.Get("Location"), pair(response), nil
}

func pair(response *http.Response) string {
	for _, c := range response.Cookies() {
		return c.Name + "=" + c.Value
	}
	return ""
}

// alike makes sure that both sides answer with about the same page. The ordinary stack's has no answers in its
// addresses and may be lighter, which is kind to it; it must not be heavier.
func alike(ours, usual *target) (string, error) {
	var sizes [2]int
	for i, t := range []*target{ours, usual} {
		page, err := fetch(t.url, t.cookie, "identity")
		if err != nil {
			return "", err
		}
		sizes[i] = len(page.body)
	}
	if ratio := float64(sizes[1]) / float64(sizes[0]); ratio < 0.75 || ratio > 1.02 {
		return "", fmt.Errorf("the ordinary stack's page is not the same: %d bytes, the portal's %d", sizes[1], sizes[0])
	}
	return fmt.Sprintf("%.1f and %.1f KB of HTML", float64(sizes[0])/1024, float64(sizes[1])/1024), nil
}

var perSecond = regexp.MustCompile(`Requests/sec:\s+([0-9.]+)`)

// load runs wrk against a page.
func (c *runCommand) load(t *target) (float64, error) {
	args := []string{"-c", loadCore, "wrk", "-t1", "-c32", "-d" + strconv.Itoa(int(c.For/time.Second)) + "s", "-H", "Accept-Encoding: gzip"}
	if t.cookie != "" {
		args = append(args, "-H", "Cookie: "+t.cookie)
	}
	out, err := exec.Command("taskset", append(args, t.url)...).CombinedOutput()
	found := perSecond.FindSubmatch(out)
	if err != nil || found == nil || strings.Contains(string(out), "Non-2xx") {
		return 0, fmt.Errorf("wrk: %w\n%s", cmp.Or(err, fmt.Errorf("not what was asked for")), out)
	}
	return strconv.ParseFloat(string(found[1]), 64)
}

// answer is what came over the wire.
type answer struct {
	body   []byte // as it came, not decompressed
	coding string
	cookie string
}

func fetch(address, cookie, coding string) (answer, error) {
	request, err := http.NewRequest("GET", address, nil)
	if err != nil {
		return answer{}, err
	}
	request.Header.Set("Accept-Encoding", coding)
	if cookie != "" {
		request.Header.Set("Cookie", cookie)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", address, response.Status)
	}
	return answer{body: body, coding: response.Header.Get("Content-Encoding"), cookie: pair(response)}, err
}

// text is the body as the browser reads it.
func (a answer) text() (string, error) {
	var reader io.Reader = bytes.NewReader(a.body)
	switch a.coding {
	case "br":
		reader = brotli.NewReader(reader)
	case "gzip":
		zip, err := gzip.NewReader(reader)
		if err != nil {
			return "", err
		}
		reader = zip
	}
	text, err := io.ReadAll(reader)
	return string(text), err
}
