package main

import (
	"context"

	"zhaohui/internal/recovery"
	"zhaohui/internal/store"
	"zhaohui/web"
)

// assist lets agents help in running cases, where the content says how. Streams of events end when the portal stops: a running
// request would hold it up otherwise.
func (p *portal) assist(b building, platform string, service *recovery.Service, cases *store.Cases, config *web.Config) {
	rules := b.content.Assist[platform]
	if rules == nil {
		return
	}
	config.Assist = recovery.NewAssistance(service, rules, cases)
	ending := make(chan struct{})
	config.Ending = ending
	p.start = append(p.start, func(ctx context.Context) error {
		context.AfterFunc(ctx, func() { close(ending) })
		return nil
	})
}
