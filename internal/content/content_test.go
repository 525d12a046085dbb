package content_test

import (
	"testing"
	"time"

	embedded "zhaohui/content"
	"zhaohui/internal/content"
)

// The embedded content has no errors; warnings are for whoever keeps it.
func TestEmbeddedContent_isClean(t *testing.T) {
	_, problems := content.Load(embedded.Files(), time.Now())
	for _, p := range problems.Errors() {
		t.Error(p)
	}
}
