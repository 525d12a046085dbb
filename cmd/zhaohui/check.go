package main

import (
	"fmt"
	"io/fs"
	"os"
	"time"

	embedded "zhaohui/content"
	"zhaohui/internal/content"
)

type checkCommand struct {
	Content string `help:"A folder laid over the embedded content." placeholder:"DIR"`
	Root    string `help:"Check this content folder instead of the embedded one." placeholder:"DIR"`
}

// Run prints every problem as file:line: text; only errors make it fail.
func (c *checkCommand) Run() error {
	files := contentFiles(c.Content, nil)
	if c.Root != "" {
		files = os.DirFS(c.Root)
	}
	loaded, problems := content.Load(files, time.Now())
	for _, p := range problems {
		fmt.Println(p.Error())
	}
	if n := len(problems.Errors()); n > 0 {
		return fmt.Errorf("content check: %d errors", n)
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
