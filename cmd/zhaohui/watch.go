package main

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"zhaohui/internal/jobs"
	"zhaohui/internal/store"
)

// givenUp counts what was given up lately and waits for somebody to look at it, whenever the metrics are read.
type givenUp struct {
	runner  *jobs.Runner
	letters *store.Messages
}

// mostGivenUp is where counting ends; by then somebody should have looked.
const mostGivenUp = 100

var (
	deadJobs    = prometheus.NewDesc("zhaohui_jobs_dead", "Jobs given up in the last 30 days; 100 stands for more.", nil, nil)
	deadLetters = prometheus.NewDesc("zhaohui_letters_dead", "Letters given up that are still kept; 100 stands for more.", nil, nil)
)

// Describe names both counts.
func (givenUp) Describe(to chan<- *prometheus.Desc) { to <- deadJobs; to <- deadLetters }

// Collect leaves a count out that cannot be read just now: an alert on its absence is right then.
func (g givenUp) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	if list, err := g.runner.Dead(ctx); err == nil {
		to <- prometheus.MustNewConstMetric(deadJobs, prometheus.GaugeValue, float64(len(list)))
	}
	if list, err := g.letters.Dead(ctx, mostGivenUp); err == nil {
		to <- prometheus.MustNewConstMetric(deadLetters, prometheus.GaugeValue, float64(len(list)))
	}
}
