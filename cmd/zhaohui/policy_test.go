package main

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"zhaohui/internal/content"
	"zhaohui/internal/recovery"
)

// The drawing is one well-formed file that says in words what it draws; the table names every method.
func TestPolicy_tableAndDrawingNameEverything(t *testing.T) {
	t.Parallel()
	files := contentFiles("", nil)
	policy, problems := content.ReadPolicy(files, "wallet")
	if policy == nil {
		t.Fatal(problems)
	}
	for _, lang := range []string{"zh", "en"} {
		w, err := policyTexts(files, lang)
		if err != nil {
			t.Fatal(err)
		}
		drawn := drawPolicy(policy, w)
		reader := xml.NewDecoder(strings.NewReader(drawn))
		for {
			if _, err := reader.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("%s: %v", lang, err)
			}
		}
		var table strings.Builder
		if err := printPolicy(&table, policy, w); err != nil {
			t.Fatal(err)
		}
		for _, class := range recovery.Classes {
			if !strings.Contains(drawn, ">"+w.class(class)+"<") {
				t.Errorf("%s: %s is not drawn", lang, class)
			}
		}
		for id := range policy.Methods {
			if name := w.method(id); name == id || !strings.Contains(drawn, name) || !strings.Contains(table.String(), name) {
				t.Errorf("%s: %s (%s) is missing", lang, id, name)
			}
		}
		for _, part := range []string{"<title", "<desc", "prefers-color-scheme:dark", w.outcome(policy.Recent.Hold, 0)} {
			if !strings.Contains(drawn, part) {
				t.Errorf("%s: no %s", lang, part)
			}
		}
	}
}
