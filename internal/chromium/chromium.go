// Package chromium finds and starts the browser that the tests and the pictures of the gallery look through. Nothing of
// the product imports it.
package chromium

import (
	"context"
	"fmt"
	"os"
	"os/exec"

	"github.com/chromedp/chromedp"
)

// names are what the browser is called on the systems we know, the one of the tests' own machine first.
var names = []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"}

// Variable names the browser's file where it is not found by name.
const Variable = "ZHAOHUI_TEST_CHROMIUM"

// Find is the file of the browser.
func Find() (string, error) {
	if named := os.Getenv(Variable); named != "" {
		return exec.LookPath(named)
	}
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("no browser: none of %v found, and %s is not set; deploy/test-tools.sh installs one", names, Variable)
}

// Start starts a browser of its own, with an empty folder for what it keeps and no talk to the outside. Contexts made
// from the one returned are its tabs; stop ends it and removes the folder.
func Start(ctx context.Context) (browser context.Context, stop func(), err error) {
	path, err := Find()
	if err != nil {
		return nil, nil, err
	}
	folder, err := os.MkdirTemp("", "zhaohui-browser-")
	if err != nil {
		return nil, nil, fmt.Errorf("browser's folder: %w", err)
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.UserDataDir(folder), chromedp.NoSandbox,
		chromedp.DisableGPU, chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("hide-scrollbars", true), chromedp.Flag("lang", "zh-CN"))
	allocator, cancelAllocator := chromedp.NewExecAllocator(ctx, options...)
	browser, cancelBrowser := chromedp.NewContext(allocator)
	stop = func() {
		_ = chromedp.Cancel(browser)
		cancelBrowser()
		cancelAllocator()
		_ = os.RemoveAll(folder)
	}
	if err := chromedp.Do(browser); err != nil {
		stop()
		return nil, nil, fmt.Errorf("start browser: %w", err)
	}
	return browser, stop, nil
}
