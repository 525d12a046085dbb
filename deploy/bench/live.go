package main

import (
	"bufio"
	"fmt"
	"strconv"
	"strings"
)

// starts measures how cases begin.
func (c *runCommand) starts() ([]row, error) {
	got, err := measured(bothCores, "starts", c.rounds(), c.length())
	if err != nil {
		return nil, err
	}
	plain, one, grouped := column(got["group"], 0), column(got["group"], 1), column(got["group"], 2)
	many, few := column(got["open"], 0), column(got["open"], 1)
	return []row{
		{measure: "case start, durable, SQLite / one plain durable transaction at a time", value: over(grouped, plain), must: 8, aim: 12, more: true, format: "%.1f×",
			from: fmt.Sprintf("%.0f a second by %d callers : %.0f; the portal's own way one at a time %.0f", median(grouped), callers, median(plain), median(one))},
		{measure: "case start at 100,000 open cases / at 100", value: over(many, few), must: 1.2, aim: 1.05, format: "%.2f×",
			from: fmt.Sprintf("%.0f : %.0f µs, one after the other", median(many), median(few))},
	}, nil
}

// lookups measures how accounts are found.
func (c *runCommand) lookups() ([]row, error) {
	got, err := measured(serverCore, "lookups", c.rounds())
	if err != nil {
		return nil, err
	}
	many, few := column(got["lookup"], 0), column(got["lookup"], 1)
	return []row{{measure: "look-up p99 at 5 million accounts / at 1,000", value: over(many, few), must: 4, aim: 2.5, format: "%.1f×",
		from: fmt.Sprintf("%.0f : %.0f µs", median(many), median(few))}}, nil
}

// resets measures how passwords are set.
func (c *runCommand) resets() ([]row, error) {
	got, err := measured(serverCore, "resets", c.rounds(), c.length())
	if err != nil {
		return nil, err
	}
	resets, hashes := column(got["resets"], 0), column(got["resets"], 1)
	return []row{{measure: "resets a second / bare Argon2id on the same cores", value: over(resets, hashes), must: 0.9, aim: 0.97, more: true, format: "%.2f",
		from: fmt.Sprintf("%.1f : %.1f a second, one core", median(resets), median(hashes))}}, nil
}

func (c *runCommand) rounds() string { return "--rounds=" + strconv.Itoa(c.Rounds) }
func (c *runCommand) length() string { return "--for=" + c.For.String() }

// measured runs one of this program's commands in a process of its own, so that nothing that was measured before weighs on
// it, and reads the lines of figures that it prints, by their first word.
func measured(cores string, args ...string) (map[string][][]float64, error) {
	cmd := pinned(cores, self(), args...)
	var out, problems strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &problems
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("%s: %w\n%s", args[0], err, problems.String())
	}
	found := map[string][][]float64{}
	for lines := bufio.NewScanner(strings.NewReader(out.String())); lines.Scan(); {
		say("%s", lines.Text())
		words := strings.Fields(lines.Text())
		var figures []float64
		for _, word := range words[1:] {
			n, err := strconv.ParseFloat(word, 64)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", args[0], err)
			}
			figures = append(figures, n)
		}
		found[words[0]] = append(found[words[0]], figures)
	}
	return found, nil
}

func column(rounds [][]float64, n int) []float64 {
	var values []float64
	for _, round := range rounds {
		values = append(values, round[n])
	}
	return values
}

// over divides round by round and takes the median.
func over(values, others []float64) float64 {
	var ratios []float64
	for i := range values {
		ratios = append(ratios, values[i]/others[i])
	}
	return median(ratios)
}
