package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"time"
	_ "time/tzdata" // the zones of pages and messages, also where the system has none

	"zhaohui/internal/audit"
	"zhaohui/internal/guide"
	"zhaohui/internal/jobs"
	"zhaohui/internal/message"
	"zhaohui/internal/problem"
	"zhaohui/internal/recovery"
	"zhaohui/internal/store"
	"zhaohui/web"
)

// live connects the live platform: accounts, cases, letters, the trail, and the jobs that see to them.
func (p *portal) live(ctx context.Context, b building, r *records, config *web.Config) error {
	platform := livePlatform(b.content.Platforms)
	if platform == nil {
		return nil
	}
	policy := withoutSenders(b.content.Rules[platform.ID].Policy, b.senders)
	if len(b.senders) < 2 {
		p.log.Warn("no way to send mail or SMS: live recovery goes without the methods that need it (ZHAOHUI_SMTP_URL, ZHAOHUI_SMS)")
	}
	compose, err := composer(b)
	if err != nil {
		return err
	}
	runner, err := jobs.New(r.db, jobs.Config{Log: p.log, Alone: !b.shared()}) // the lock on the folder keeps others off
	if err != nil {
		return err
	}
	cases := r.cases(compose.Compose, runner.Enqueue, policy)
	deps := recovery.Deps{Store: cases, Wallet: r.accounts, Policy: policy, Methods: methods(), Channels: liveChannels(platform), Box: r.box,
		Index: r.keys.Index("cases"), Hash: r.keys.Hash("codes"), Address: addresses(b), Now: b.now, Log: p.log}
	if b.demo != nil {
		deps.Store = &apart{cases, func(id string) bool { return !b.demo.ofPast(id) }}
		if err := b.demo.planPast(p, b, r, deps, compose.Compose); err != nil {
			return fmt.Errorf("demo history: %w", err)
		}
	}
	service, err := recovery.New(deps)
	if err != nil {
		return fmt.Errorf("recovery: %w", err)
	}
	letters := store.NewMessages(r.db, r.box)
	config.Registry.MustRegister(givenUp{runner, letters})
	deliverer := &message.Deliverer{Store: letters, Senders: b.senders, Now: b.now, Log: p.log}
	runner.Handle(store.JobDeliver, deliverer.Deliver)
	runner.Handle(store.JobApply, func(ctx context.Context, id string, _ int) error { return service.Work(ctx, id) })
	p.auditing(b, r, cases, policy, b.content.Tickets[platform.ID], config)
	p.tend(runner, r, service, config)
	p.alerts(runner, b, r, policy, config)
	p.start = append(p.start, runner.Start, func(ctx context.Context) error {
		switches := store.NewSwitches(r.db, r.trail.Append)
		go service.Watch(ctx, time.Tick(2*time.Second), switches.Off)
		return nil
	})
	p.ending(runner, r)
	config.Recovery, config.Policy = service, policy
	p.assist(b, platform.ID, service, cases, config)
	if kinds := b.content.Tickets[platform.ID]; len(kinds) > 0 && b.content.Calendar != nil {
		config.Tickets = r.tickets(kinds, b.content.Calendar, service, cases, b.now)
		runner.Every("tickets", time.Minute, func(ctx context.Context) error {
			if b.demo != nil && b.demo.writesPast() {
				return nil
			}
			return tendTickets(ctx, config.Tickets, p.log)
		})
	}
	if gateway, ok := b.senders["sms"].(*message.Webhook); ok {
		config.Reports = &reports{gateway, letters, b.now}
	}
	if b.demo == nil {
		return nil
	}
	b.demo.tickets, config.Demo = config.Tickets, b.demo
	if err := b.demo.fill(ctx, b.files, r.accounts, service); err != nil {
		return fmt.Errorf("demo accounts: %w", err)
	}
	if err := b.demo.staff(ctx, b.files, r, config.Desk); err != nil {
		return fmt.Errorf("demo agents: %w", err)
	}
	return nil
}

// liveChannels are the channels that the portal runs itself.
func liveChannels(p *guide.Platform) map[string]recovery.Channel {
	channels := map[string]recovery.Channel{}
	for _, c := range p.Channels {
		if c.Live != nil {
			channels[c.ID] = recovery.Channel{Methods: c.Live.Methods, With: c.Live.With}
		}
	}
	return channels
}

// ending stops the jobs, and then says in the log how the trail ends: what was done until now cannot be cut off unnoticed.
func (p *portal) ending(runner *jobs.Runner, r *records) {
	p.close = append(p.close, func() error { // called the other way round
		ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
		defer cancel()
		return audit.LogHead(ctx, r.trail, p.log)
	}, func() error {
		drain, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		return runner.Stop(drain)
	})
}

// tend runs what has to happen from time to time.
func (p *portal) tend(runner *jobs.Runner, r *records, service *recovery.Service, config *web.Config) {
	runner.Every("cases", 20*time.Second, func(ctx context.Context) error { return service.Tend(ctx, 200) })
	runner.Every("audit-head", 10*time.Minute, func(ctx context.Context) error { return audit.LogHead(ctx, r.trail, p.log) })
	runner.Every("audit-spans", time.Minute, store.NewTrail(r.trail).Cover)
	runner.Every("audit-verify", 10*time.Minute, config.Trail.VerifyDaily) // once a day; a long one goes on where it stopped
	runner.Every("retention", time.Hour, config.Retention.Run)
}

// reports takes what the SMS gateway tells later of a letter.
type reports struct {
	gateway *message.Webhook
	letters *store.Messages
	now     func() time.Time
}

// Report notes a signed report; problem.Denied if it is not the gateway's.
func (r *reports) Report(ctx context.Context, header http.Header, body []byte) error {
	report, err := r.gateway.Report(header, body)
	if err != nil {
		return err
	}
	id, err := r.letters.ByProvider(ctx, "sms", report.ID)
	if errors.Is(err, problem.NotFound) {
		id, err = report.ID, nil
	}
	if err != nil {
		return err
	}
	return r.letters.Mark(ctx, id, report.State, "", r.now())
}

func livePlatform(platforms []*guide.Platform) *guide.Platform {
	for _, p := range platforms {
		if p.Live {
			return p
		}
	}
	return nil
}

// withoutSenders switches off what cannot send.
func withoutSenders(policy *recovery.Policy, senders map[string]message.Sender) *recovery.Policy {
	own := *policy
	own.Methods = maps.Clone(policy.Methods)
	for method, channel := range map[string]string{"sms": "sms", "card": "sms", "mail": "mail"} {
		if m, ok := own.Methods[method]; ok && senders[channel] == nil {
			m.Off = true
			own.Methods[method] = m
		}
	}
	if len(senders) == 0 { // nobody could be told of a reset (requirement R7)
		for id, m := range own.Methods {
			m.Off = true
			own.Methods[id] = m
		}
	}
	return &own
}

func composer(b building) (*message.Composer, error) {
	texts, err := message.LoadTexts(b.files)
	if err != nil {
		return nil, fmt.Errorf("messages: %w", err)
	}
	o := b.content.Operator
	return message.NewComposer(texts, message.Operator{Name: o.Sender, Hours: o.Hours.In, Hotline: o.Hotline, Public: b.public.String(), Zone: b.zone})
}

// addresses makes absolute addresses in a language.
func addresses(b building) func(path, lang string) string {
	prefix := map[string]string{}
	for _, l := range b.words.Languages() {
		prefix[l.Code] = l.Prefix
	}
	return func(path, lang string) string { return b.public.String() + prefix[lang] + path }
}
