// Command shots saves pictures of every page and state of the gallery into shots/: phone and desk, Chinese and English,
// light, dark and elder. It is looked at, not tested.
package main

import (
	"context"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"zhaohui/content"
	"zhaohui/internal/chromium"
	"zhaohui/internal/i18n"
	"zhaohui/web"
)

func main() {
	if err := shoot("shots"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// look is one way to see a page.
type look struct {
	name, query, scheme string
	width, height       int64
}

var looks = []look{
	{"zh-375", "lang=zh", "light", 375, 667},
	{"zh-1280", "lang=zh", "light", 1280, 800},
	{"en-375", "lang=en", "light", 375, 667},
	{"en-1280", "lang=en", "light", 1280, 800},
	{"zh-375-dark", "lang=zh", "dark", 375, 667},
	{"zh-1280-dark", "lang=zh", "dark", 1280, 800},
	{"zh-375-elder", "lang=zh&elder=on", "light", 375, 667},
	{"zh-1280-elder", "lang=zh&elder=on", "light", 1280, 800},
	{"en-375-elder", "lang=en&elder=on", "light", 375, 667},
}

var item = regexp.MustCompile(`href="(/gallery/[^"?]+)`)

func shoot(folder string) error {
	words, err := i18n.Load(content.Files())
	if err != nil {
		return fmt.Errorf("words: %w", err)
	}
	gallery := httptest.NewServer(web.Gallery(words))
	defer gallery.Close()
	browser, stop, err := chromium.Start(context.Background())
	if err != nil {
		return err
	}
	defer stop()
	if err := chromedp.Do(browser, chromedp.Navigate(gallery.URL+"/gallery")); err != nil {
		return fmt.Errorf("gallery: %w", err)
	}
	index, err := chromedp.Run(browser, chromedp.OuterHTML(chromedp.CSS("main")))
	if err != nil {
		return fmt.Errorf("gallery: %w", err)
	}
	pages := item.FindAllStringSubmatch(index, -1)
	for _, l := range looks {
		if err := os.MkdirAll(filepath.Join(folder, l.name), 0o755); err != nil {
			return err
		}
		if err := chromedp.Do(browser, prefer(l.scheme)); err != nil {
			return fmt.Errorf("%s: %w", l.name, err)
		}
		for _, page := range pages {
			file := strings.ReplaceAll(strings.TrimPrefix(page[1], "/gallery/"), "/", "-") + ".png"
			if err := picture(browser, l, gallery.URL+page[1]+"?"+l.query, filepath.Join(folder, l.name, file)); err != nil {
				return fmt.Errorf("%s %s: %w", l.name, page[1], err)
			}
		}
		fmt.Printf("%s: %d pictures\n", filepath.Join(folder, l.name), len(pages))
	}
	return nil
}

// picture saves the whole page. The window grows to the page, so that a bar at its foot does not lie over its middle.
func picture(browser context.Context, l look, url, file string) error {
	if err := chromedp.Do(browser, chromedp.EmulateViewport(l.width, l.height), chromedp.Navigate(url)); err != nil {
		return err
	}
	height, err := chromedp.Run(browser, chromedp.Evaluate[int64](`document.documentElement.scrollHeight`))
	if err != nil {
		return err
	}
	if err := chromedp.Do(browser, chromedp.EmulateViewport(l.width, height)); err != nil {
		return err
	}
	image, err := chromedp.Run(browser, chromedp.CaptureScreenshot())
	if err != nil {
		return err
	}
	return os.WriteFile(file, image, 0o644)
}

// prefer is what the reader's system says about light and dark.
func prefer(scheme string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
		return err
	})
}
