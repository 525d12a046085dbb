package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"syscall"

	embedded "zhaohui/content"
	"zhaohui/internal/i18n"
	"zhaohui/web"
)

type galleryCommand struct {
	Addr string `help:"Address to listen on." default:"localhost:8090"`
}

// Run shows the gallery until the process is told to stop.
func (c *galleryCommand) Run() error {
	words, err := i18n.Load(embedded.Files())
	if err != nil {
		return fmt.Errorf("words: %w", err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	server := &http.Server{Addr: c.Addr, Handler: web.Gallery(words), ReadHeaderTimeout: readHeaderTimeout}
	go func() {
		<-ctx.Done()
		_ = server.Close()
	}()
	fmt.Printf("gallery at http://%s/gallery\n", c.Addr)
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("gallery: %w", err)
	}
	return nil
}
