// Package content carries what the portal says: platforms, channels, articles, words. It is data; internal/content
// reads it, doc/content.md says how it is written.
package content

import (
	"embed"
	"io/fs"
)

//go:embed all:platforms all:help all:stops all:words all:pages all:messages all:demo alerts.yaml calendar.yaml home.yaml sources.yaml operator.yaml
var files embed.FS

// Files is the embedded content.
func Files() fs.FS { return files }

// Demo is what the demo lays over it: an operator that does not exist.
func Demo() fs.FS {
	demo, err := fs.Sub(files, "demo")
	if err != nil {
		panic(err) // the folder is embedded
	}
	return demo
}
