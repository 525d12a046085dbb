package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	embedded "zhaohui/content"
	"zhaohui/internal/content"
	"zhaohui/internal/i18n"
)

type checkCommand struct {
	Content string `help:"A folder laid over the embedded content." placeholder:"DIR"`
	Root    string `help:"Check this content folder instead of the embedded one." placeholder:"DIR"`
}

// Run prints every problem as file:line: text; only errors make it fail.
func (c *checkCommand) Run() error {
	for _, folder := range []string{c.Content, c.Root} {
		if info, err := os.Stat(folder); folder != "" && (err != nil || !info.IsDir()) {
			return fmt.Errorf("%s is not a folder", folder)
		}
	}
	if c.Content != "" && !ownNamed(c.Content) {
		fmt.Printf("warning: %s has no operator.yaml, so the pages carry the name %s\n", c.Content, "找回")
	}
	files := contentFiles(c.Content, nil)
	if c.Root != "" {
		files = os.DirFS(c.Root)
	}
	loaded, problems := content.Load(files, time.Now())
	for _, p := range problems {
		fmt.Println(p.Error())
	}
	wrong := len(problems.Errors())
	for _, err := range checkWords(files) {
		fmt.Println(err)
		wrong++
	}
	if _, err := overlayAssets(files, loaded.Operator); err != nil {
		fmt.Println(err)
		wrong++
	}
	if n := wrong; n > 0 {
		return fmt.Errorf("content check: %d errors", n)
	}
	for _, id := range loaded.LivePlatforms() {
		if err := printStrengths(os.Stdout, id, loaded.Rules[id]); err != nil {
			return err
		}
	}
	channels, steps := 0, 0
	for _, p := range loaded.Platforms {
		for _, ch := range p.Channels {
			channels++
			steps += len(ch.AllSteps())
		}
	}
	fmt.Printf("content check: %d platforms, %d channels, %d steps, %d articles, %d languages, %d warnings\n",
		len(loaded.Platforms), channels, steps, len(loaded.Help.Articles), len(loaded.Languages()), len(problems))
	return nil
}

// checkWords says which words a language lacks or has for nothing.
func checkWords(files fs.FS) []error {
	catalog, err := i18n.Load(files)
	if err != nil {
		return []error{fmt.Errorf("content/words: %w", err)}
	}
	var errs []error
	own := catalog.Keys(i18n.Default)
	for _, language := range catalog.Languages() {
		keys := catalog.Keys(language.Code)
		for _, key := range own {
			if !slices.Contains(keys, key) {
				errs = append(errs, fmt.Errorf("content/%s:1: %s is missing", catalog.File(language.Code, key), key))
			}
		}
		for _, key := range keys {
			if !slices.Contains(own, key) {
				errs = append(errs, fmt.Errorf("content/%s:1: %s is not in %s.toml", catalog.File(language.Code, key), key, i18n.Default))
			}
		}
	}
	return errs
}

// ownNamed says whether a content folder tells whose portal this is.
func ownNamed(folder string) bool {
	_, err := os.Stat(filepath.Join(folder, "operator.yaml"))
	return folder != "" && err == nil
}

// readContent reads what contentFiles laid together. What is embedded was checked before the program was built, by its tests
// and by `zhaohui check`; a start checks it again only where a folder changes it.
func readContent(files fs.FS, folder string, extra fs.FS) (*content.Content, content.Problems) {
	if extra != nil && content.Replaces(extra, embedded.Files()) || folder != "" && content.Replaces(os.DirFS(folder), embedded.Files()) {
		return content.Load(files, time.Now())
	}
	return content.LoadChecked(files, time.Now())
}

// contentFiles lays the operator's folder, if any, and then extra over the embedded content.
func contentFiles(folder string, extra fs.FS) fs.FS {
	files := embedded.Files()
	if extra != nil {
		files = content.Overlay(extra, files)
	}
	if folder != "" {
		files = content.Overlay(os.DirFS(folder), files)
	}
	return files
}
