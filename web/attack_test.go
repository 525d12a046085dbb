package web_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
)

func TestG4_twoAnswersToOneQuestionAreNone(t *testing.T) {
	b := newPortal(t, plainSite).browser()
	p := realContent().Platforms[0]
	step := "/p/" + p.ID + "/" + p.Channels[0].ID + "/" + p.Channels[0].Steps[0].ID
	for _, query := range []string{"safety=none&safety=coached", "safety=coached&safety=none", "safety=none&safety=none"} {
		if !strings.Contains(b.get(step+"?"+query).body, `data-question="safety"`) {
			t.Errorf("%s is taken for an answer", query)
		}
	}
}

func TestG4_afterAStopNoOtherQuestionIsAsked(t *testing.T) {
	b := newPortal(t, plainSite).browser()
	choose := "/p/alipay/choose?safety=coached&phone=works&ask="
	if a := b.get(choose + "face"); a.status != 303 || !strings.HasPrefix(a.location(), "/p/alipay/result?safety=coached") {
		t.Errorf("%d %s", a.status, a.location())
	}
	if a := b.get(choose + "safety"); a.status != 200 {
		t.Errorf("the question itself cannot be asked again: %d", a.status)
	}
}

func TestG4_nothingGoesOnOrIsKeptAfterAStop(t *testing.T) {
	b := newPortal(t, plainSite).browser()
	p := realContent().Platforms[0]
	channel := "/p/" + p.ID + "/" + p.Channels[0].ID
	for _, did := range []string{"done", "failed", "save"} {
		r := b.request("POST", channel+"/"+p.Channels[0].Steps[0].ID+"?safety=coached", strings.NewReader("did="+did))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		a := b.send(r)
		if !strings.HasPrefix(a.location(), "/p/"+p.ID+"/result?safety=coached") || len(a.set) > 0 {
			t.Errorf("%s leads to %d %s and sets %d cookies", did, a.status, a.location(), len(a.set))
		}
	}
	if !strings.Contains(b.get(channel+"/done?safety=coached").body, `data-stop="coached"`) {
		t.Error("the last page of a walk shows next ways after a stop")
	}
}

// A form that did not arrive whole must not look as if it had been taken.
func TestW8_aFormThatWasCutOffIsNotAnsweredAsDone(t *testing.T) {
	p := newPortal(t, plainSite)
	b := p.browser()
	ctx, cancel := context.WithCancel(t.Context())
	r := b.request("POST", "/help/"+realContent().Help.Articles[0].Slug, cutOff{cancel}).WithContext(ctx)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if a := b.send(r); a.status != http.StatusUnprocessableEntity {
		t.Errorf("status %d", a.status)
	}
}

// cutOff is a body whose sender stops: the server gives up on the request and the rest never comes.
type cutOff struct{ giveUp context.CancelFunc }

func (c cutOff) Read([]byte) (int, error) {
	c.giveUp()
	return 0, context.DeadlineExceeded
}

func TestPages_areCompressedOnlyAsTheBrowserTakesThem(t *testing.T) {
	b := newPortal(t, plainSite).browser()
	for accept, want := range map[string]string{"gzip, deflate, br": "br", "br; q=0": "", "br;q=0, gzip": "gzip",
		"gzip;q=0.5": "gzip", "xbrx": "", "": ""} {
		r := b.request("GET", "/", nil)
		r.Header.Set("Accept-Encoding", accept)
		if got := b.send(r).header.Get("Content-Encoding"); got != want {
			t.Errorf("%q is answered with %q", accept, got)
		}
	}
}
