package content

import (
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	embedded "zhaohui/content"
	"zhaohui/internal/guide"
	"zhaohui/internal/recovery"
)

// What is not checked again is read the same way.
func TestLoadChecked_readsTheSame(t *testing.T) {
	now := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	all, _ := Load(embedded.Files(), now)
	again, problems := LoadChecked(embedded.Files(), now)
	if bad := problems.Errors(); len(bad) > 0 {
		t.Fatal(bad)
	}
	for i, p := range all.Platforms {
		for j, c := range p.Channels {
			if diff := cmp.Diff(c.Texts, again.Platforms[i].Channels[j].Texts); diff != "" {
				t.Errorf("%s/%s: %s", p.ID, c.ID, diff)
			}
		}
	}
	if diff := cmp.Diff(all.Help.Articles, again.Help.Articles); diff != "" {
		t.Error(diff)
	}
	policy := func(c *Content) *recovery.Policy { return c.Rules["wallet"].Policy }
	if policy(again) == nil || !cmp.Equal(policy(all).Usual, policy(again).Usual) {
		t.Error("the wallet's policy is another one")
	}
}

// An operator who only says who he is changes nothing that was checked; whoever brings any content has all of it checked,
// the policies too (requirement R1).
func TestReplaces_anyContentIsCheckedAgain(t *testing.T) {
	for name, want := range map[string]bool{
		"operator.yaml": false, "logo.svg": false, "theme.css": false,
		"platforms/wallet/policy.yaml": true, "words/zh.toml": true,
		"messages/zh.toml": true, "help/own/zh.md": true, "home.yaml": true,
	} {
		if got := Replaces(fstest.MapFS{name: {Data: []byte("x")}}, embedded.Files()); got != want {
			t.Errorf("%s: checked again is %t, want %t", name, got, want)
		}
	}
}

// Texts that are kept side by side stay what they were, however many follow.
func TestKeep_textsStayWhatTheyWere(t *testing.T) {
	l := &loader{}
	var kept, want []string
	for i := range 3000 {
		text := guide.Plain("<p>" + time.Unix(int64(i), 0).UTC().String() + "</p>")
		kept, want = append(kept, l.keep(text)), append(want, text)
	}
	if diff := cmp.Diff(want, kept); diff != "" {
		t.Error(diff)
	}
}
