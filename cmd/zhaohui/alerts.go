package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"zhaohui/internal/alert"
	"zhaohui/internal/jobs"
	"zhaohui/internal/message"
	"zhaohui/internal/recovery"
	"zhaohui/internal/store"
	"zhaohui/web"
)

// alertSettings say who is told that something goes wrong (doc/alerts.md).
type alertSettings struct {
	Alerts       string `name:"alerts" help:"webhook:URL that is told that something goes wrong, or file:PATH." placeholder:"webhook:URL"`
	AlertsSecret string `name:"alerts-secret" help:"Secret that the webhook is signed with (whsec_…)." placeholder:"SECRET"`
}

// lookForAlerts is how often counts are compared with their limits.
const lookForAlerts = time.Minute

// alerts tells those who answer for the portal that something goes wrong: over a webhook, and at the lead's desk.
func (p *portal) alerts(runner *jobs.Runner, b building, r *records, policy *recovery.Policy, config *web.Config) {
	if b.content.Alerts == nil {
		return
	}
	watch := newWatch(b, r, policy, runner, p.log)
	runner.Handle(store.JobAlert, func(ctx context.Context, id string, attempt int) error {
		err := watch.Deliver(ctx, id)
		if _, ok := errors.AsType[message.Permanent](err); ok {
			return jobs.Permanent(err)
		}
		if err != nil && attempt >= jobs.Tries {
			p.log.ErrorContext(ctx, "alert not delivered", "id", id, "error", err)
		}
		return err
	})
	runner.Every("alerts", lookForAlerts, func(ctx context.Context) error {
		if b.demo != nil && b.demo.writesPast() { // by today's clock all that waits in the past is late
			return nil
		}
		return watch.Look(ctx)
	})
	config.Alerts = watch
}

func newWatch(b building, r *records, policy *recovery.Policy, runner *jobs.Runner, log *slog.Logger) *alert.Watch {
	watch := &alert.Watch{Store: store.NewAlerts(r.db, r.trail, runner.Enqueue), Rules: *b.content.Alerts, Budgets: policy.Sends.Total,
		Desk: fmt.Sprintf("%s/agent", b.public), Now: b.now, Log: log}
	if b.poster != nil {
		watch.Carrier = b.poster
	}
	return watch
}
