package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"slices"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"zhaohui/internal/content"
	"zhaohui/internal/help"
	"zhaohui/internal/i18n"
	"zhaohui/internal/message"
	"zhaohui/internal/store"
	"zhaohui/internal/vault"
	"zhaohui/static"
	"zhaohui/web"
)

// portal is a configured site with what has to be closed after it.
type portal struct {
	site   *web.Site
	public *url.URL
	log    *slog.Logger
	start  []func(context.Context) error
	close  []func() error // in the order of opening; called the other way round
}

// building is what a portal is built of: settings that were checked and content that was read.
type building struct {
	settings
	public  *url.URL
	files   fs.FS
	content *content.Content
	words   *i18n.Catalog
	zone    *time.Location
	senders map[string]message.Sender
	poster  message.Poster // of alerts; nil if nobody wants them
	demo    *demonstration // nil but in the demo
	now     func() time.Time
}

// build opens all that the portal needs. What it opened is in p.close, also when it fails.
func (p *portal) build(b building) error {
	ctx := context.Background()
	if err := os.MkdirAll(b.folder(), 0o700); err != nil {
		return fmt.Errorf("ZHAOHUI_DATA: %w", err)
	}
	unlock, err := lock(b.folder())
	if err != nil {
		return err
	}
	p.close = append(p.close, unlock)
	records, err := openRecords(ctx, b.databaseSettings, b.now, p.log)
	if err != nil {
		return err
	}
	p.close = append(p.close, records.db.Close)
	votes, err := store.OpenVotes(b.folder())
	if err != nil {
		return fmt.Errorf("votes: %w", err)
	}
	p.close = append(p.close, votes.Close)
	config, err := b.config(p.log, records.keys)
	if err != nil {
		return err
	}
	search := store.SearchLater(func() []help.Document {
		return append(b.content.Help.Documents(), store.PlatformDocuments(b.content.Platforms)...)
	}, b.content.Synonyms)
	p.close = append(p.close, search.Close)
	config.Insight = p.insight(b, records)
	config.Search, config.Ready = search, records.db.Ready
	config.Votes = help.NewBallot(b.content.Help, votesCounted{votes, config.Insight}, b.now)
	if err := p.support(b, records, &config); err != nil {
		return err
	}
	if err := p.live(ctx, b, records, &config); err != nil {
		return err
	}
	p.public = b.public
	p.site, err = web.New(config)
	return err
}

// closed is a portal that answers every page with the maintenance page and opens nothing.
func (p *portal) closed(b building, keys *vault.Keyset) error {
	config, err := b.config(p.log, keys)
	if err != nil {
		return err
	}
	p.public = b.public
	p.site, err = web.New(config)
	return err
}

// config is what the site needs that opens nothing.
func (b building) config(log *slog.Logger, keys *vault.Keyset) (web.Config, error) {
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	overlay, err := overlayAssets(b.files, b.content.Operator)
	return web.Config{PublicURL: b.public, Content: b.content, Words: b.words, Keys: keys, Now: b.now, Log: log, Registry: registry, Zone: b.zone,
		Proxies: b.TrustedProxies, Overlay: overlay, Maintenance: b.Maintenance}, err
}

// overlayAssets takes the operator's logo and theme out of the overlay folder.
func overlayAssets(files fs.FS, o content.Operator) (web.OverlayAssets, error) {
	assets := web.OverlayAssets{Logo: o.Logo, Theme: o.Theme}
	own := named{files, []string{o.Logo, o.Theme}}
	if o.Logo == "" && o.Theme == "" {
		return assets, nil
	}
	set, err := static.New(own, web.OverlayPrefix)
	if err != nil {
		return assets, fmt.Errorf("operator's files: %w", err)
	}
	assets.Set = set
	return assets, nil
}

// named shows only some files of a tree, all at its root.
type named struct {
	fs.FS
	names []string
}

func (n named) ReadDir(string) ([]fs.DirEntry, error) {
	var entries []fs.DirEntry
	for _, name := range n.names {
		if name == "" {
			continue
		}
		info, err := fs.Stat(n.FS, name)
		if err != nil {
			return nil, err
		}
		entries = append(entries, fs.FileInfoToDirEntry(info))
	}
	return entries, nil
}

const readHeaderTimeout = 10 * time.Second // the same as for reading all: one deadline a request instead of two

// newServer sets every limit that keeps a slow or greedy client from holding the server (requirement W8).
func newServer(handler http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{Handler: handler, ReadHeaderTimeout: readHeaderTimeout, ReadTimeout: readHeaderTimeout, WriteTimeout: 30 * time.Second,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: web.MaxHeader, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug)}
}

// shut closes what was opened, the last first.
func (p *portal) shut() {
	for _, closing := range slices.Backward(p.close) {
		if err := closing(); err != nil {
			p.log.Error("close", "error", err)
		}
	}
}

func (p *portal) run(addr, adminAddr string, handler http.Handler) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return fmt.Errorf("ZHAOHUI_ADDR: cannot listen: %w", err)
	}
	var servers []*http.Server
	failed := make(chan error, 2)
	serving := func(listener net.Listener, handler http.Handler) {
		server := newServer(handler, p.log)
		servers = append(servers, server)
		go func() { failed <- server.Serve(listener) }()
	}
	serving(listener, handler)
	if adminAddr != "" {
		admin, err := net.Listen("tcp", adminAddr)
		if err != nil {
			return fmt.Errorf("ZHAOHUI_ADMIN_ADDR: cannot listen: %w", err)
		}
		mux := http.NewServeMux()
		mux.Handle("GET /metrics", p.site.Metrics())
		serving(admin, mux)
	}
	for _, start := range p.start {
		if err := start(ctx); err != nil {
			return fmt.Errorf("start: %w", err)
		}
	}
	p.log.Info("serving", "at", p.public.String()+"/")
	go thrifty(ctx)
	select {
	case err := <-failed:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	p.log.Info("stopping")
	drain, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	var errs []error
	for _, s := range servers {
		errs = append(errs, s.Shutdown(drain))
	}
	return errors.Join(errs...)
}
