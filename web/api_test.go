package web_test

import (
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"
)

const (
	recommendation = "/api/v1/platforms/alipay/recommendation"
	live           = "/api/v1/platforms/wallet/recommendation"
)

// object is decoded JSON.
type object = map[string]any

func (b *browser) json(t *testing.T, target string) (answer, object) {
	t.Helper()
	a := b.get(target)
	var out object
	if err := json.Unmarshal([]byte(a.body), &out); err != nil {
		t.Fatalf("%s: %v\n%s", target, err, a.body)
	}
	return a, out
}

func keysOf(o object) []string { return slices.Sorted(maps.Keys(o)) }

func TestAPI_answersExactlyWhatTheDesignSays(t *testing.T) {
	b := newPortal(t, secureSite).browser()
	for _, c := range []struct {
		query      string
		next, stop bool
	}{
		{"", true, false},
		{"?safety=none&trouble=forgot", true, false},
		{"?safety=none&face=yes&phone=works&lang=en", false, false},
		{"?safety=coached", false, true},
		{"?safety=stolen&lang=en&phone=works", false, true},
	} {
		a, o := b.json(t, recommendation+c.query)
		if a.status != 200 || a.header.Get("Content-Type") != "application/json" {
			t.Errorf("%s: %d %s", c.query, a.status, a.header.Get("Content-Type"))
		}
		if got := keysOf(o); !slices.Equal(got, []string{"answers", "channels", "next", "platform", "stop"}) {
			t.Errorf("%s: keys %v", c.query, got)
		}
		next, asked := o["next"].(object)
		stop, stopped := o["stop"].(object)
		if c.query != "?safety=none&face=yes&phone=works&lang=en" && asked != c.next || stopped != c.stop || asked && stopped {
			t.Errorf("%s: next %v, stop %v", c.query, o["next"], o["stop"])
		}
		if asked && !slices.Equal(keysOf(next), []string{"id", "options", "text"}) {
			t.Errorf("%s: next %v", c.query, next)
		}
		if stopped && (!slices.Equal(keysOf(stop), []string{"id", "title", "url"}) ||
			!strings.HasPrefix(stop["url"].(string), secureSite+"/")) {
			t.Errorf("%s: stop %v", c.query, stop)
		}
		channels, ok := o["channels"].([]any)
		if !ok || (len(channels) == 0) != c.stop {
			t.Errorf("%s: channels %v", c.query, o["channels"])
		}
		for i, one := range channels {
			ch := one.(object)
			if got := keysOf(ch); !slices.Equal(got, []string{"fit", "holdHours", "id", "minutes", "rank", "reasons", "title",
				"url", "with"}) {
				t.Fatalf("%s: keys of a channel %v", c.query, got)
			}
			minutes, reasons, with := ch["minutes"].([]any), ch["reasons"].([]any), ch["with"].([]any)
			if ch["rank"] != float64(i+1) || len(minutes) != 2 || ch["holdHours"] != 0.0 || reasons == nil || with == nil ||
				!strings.HasPrefix(ch["url"].(string), secureSite+"/") ||
				strings.Contains(ch["url"].(string), "safety") || strings.Contains(ch["title"].(string), "|") ||
				!slices.Contains([]any{"yes", "maybe", "no"}, ch["fit"]) {
				t.Errorf("%s: channel %v", c.query, ch)
			}
		}
	}
}

// The rules of the live platform are known before a case begins: what completes a channel, and what has to be waited.
func TestAPI_liveChannelsSayWhatTheyAreCombinedWithAndHowLongIsWaited(t *testing.T) {
	b := newPortal(t, plainSite).browser()
	for _, c := range []struct {
		name, query, channel string
		with                 []string // the first ones
		without              []string
		hold                 float64
		first                bool
	}{
		{"S14", "safety=none&phone=works&email=yes&device=new", "sms", []string{"mail"}, []string{"sms"}, 0, true},
		{"S15, R8", "safety=none&phone=recent&saved=yes&email=yes&id=valid", "authenticator", []string{"mail", "card"},
			[]string{"sms", "identity"}, 24, true},
		{"R8: a card on another number", "safety=none&phone=recent&saved=yes&email=no&card=bound&reserved=yes", "authenticator",
			[]string{"card"}, []string{"sms", "mail"}, 24, true},
		{"knowledge and phone", "safety=none&phone=works&id=valid&email=no&saved=no&card=none", "identity", []string{"sms"},
			[]string{"mail", "card"}, 24, false},
		{"R13", "safety=none&phone=works&saved=yes&email=yes", "questions", []string{"mail"}, []string{"identity"}, 0, false},
		{"R15: what comes later cannot begin", "safety=none&phone=works&card=bound&email=yes&saved=yes", "card", []string{"mail"},
			[]string{"questions"}, 0, false},
		{"a person", "safety=none&phone=works", "agent", nil, []string{"sms"}, 0, false},
	} {
		_, o := b.json(t, live+"?"+c.query)
		for i, one := range o["channels"].([]any) {
			ch := one.(object)
			if ch["id"] != c.channel {
				continue
			}
			var with []string
			for _, id := range ch["with"].([]any) {
				with = append(with, id.(string))
			}
			if len(with) < len(c.with) || !slices.Equal(with[:len(c.with)], c.with) ||
				slices.ContainsFunc(c.without, func(id string) bool { return slices.Contains(with, id) }) ||
				ch["holdHours"] != c.hold || c.first != (i == 0) {
				t.Errorf("%s: %s is number %d, with %v, held %v hours", c.name, c.channel, i+1, with, ch["holdHours"])
			}
			page := parsed(t, b.get("/p/wallet/result?"+c.query).body).all("main")[0].text()
			words := realWords().Words("zh")
			if c.first && (!strings.Contains(page, words.T("fact.with")) ||
				!strings.Contains(page, words.T("method."+with[0]+".name")) ||
				strings.Contains(page, words.T("fact.wait")) != (c.hold > 0)) {
				t.Errorf("%s: the page does not say the same", c.name)
			}
		}
	}
}

func TestAPI_refusesWhatItDoesNotKnowAndSaysWhich(t *testing.T) {
	p := newPortal(t, plainSite)
	b := p.browser()
	for _, c := range []struct {
		query      string
		status     int
		says       string
		saysNot    string
		otherPaths string
	}{
		{query: "?colour=red", status: 400, says: "colour"},
		{query: "?phone=purple", status: 400, says: "phone"},
		{query: "?phone=purple", status: 400, says: "suspended"},
		{query: "?phone=works&phone=suspended", status: 400, says: "phone"},
		{query: "?phone=works&phone=works", status: 400, says: "phone"},
		{query: "?phone=", status: 400, says: "phone"},
		{query: "?lang=fr", status: 400, says: "lang"},
		{query: "?lang=zh&lang=en", status: 400, says: "lang"},
		{query: "?utm_source=chat", status: 400, says: "Known"},
		{query: "?phone=13800138000", status: 400, says: "phone", saysNot: "13800138000"},
		{query: "?13800138000=x", status: 400, says: "Known", saysNot: "13800138000"},
		{query: "?lang=13800138000", status: 400, says: "lang", saysNot: "13800138000"},
		{query: "?phone=1380-0138-000", status: 400, says: "phone", saysNot: "0138"},
		{query: "?phone=%3Cscript%3E", status: 400, says: "phone", saysNot: "script"},
		{query: "?a=1;b=2", status: 400, says: "query"},
		{query: "?phone=works", otherPaths: "/api/v1/platforms/nothing/recommendation", status: 404, says: "platform"},
		{query: "", otherPaths: "/api/v1/platforms/13800138000/recommendation", status: 404, says: "platform",
			saysNot: "13800138000"},
		{query: "?lang=fr", otherPaths: "/api/v1/platforms", status: 400, says: "lang"},
		{query: "", otherPaths: "/api/v2", status: 404, says: "Not Found"},
	} {
		target := recommendation
		if c.otherPaths != "" {
			target = c.otherPaths
		}
		for range 5 { // the same words every time, in spite of maps
			a, o := b.json(t, target+c.query)
			if a.status != c.status || a.header.Get("Content-Type") != "application/problem+json" ||
				o["status"] != float64(c.status) || o["type"] == nil || o["title"] == nil {
				t.Errorf("%s%s: %d %s %v", target, c.query, a.status, a.header.Get("Content-Type"), o)
				break
			}
			if !strings.Contains(a.body, c.says) || c.saysNot != "" && strings.Contains(a.body, c.saysNot) {
				t.Errorf("%s%s: says %s", target, c.query, a.body)
				break
			}
		}
	}
	if strings.Contains(p.log.String(), "13800138000") {
		t.Error("a refused value was logged")
	}
}

func TestAPI_platformsCanBeListedInEveryLanguage(t *testing.T) {
	b := newPortal(t, plainSite).browser()
	for lang, prefix := range map[string]string{"": "", "?lang=zh": "", "?lang=en": "/en"} {
		_, o := b.json(t, "/api/v1/platforms"+lang)
		list := o["platforms"].([]any)
		if len(list) != len(realContent().Platforms) {
			t.Errorf("%s: %d platforms", lang, len(list))
		}
		for _, one := range list {
			p := one.(object)
			if !slices.Equal(keysOf(p), []string{"id", "name", "url"}) || p["url"] != plainSite+prefix+"/p/"+p["id"].(string) {
				t.Errorf("%s: %v", lang, p)
			}
		}
	}
}

// TestAPI_andPagesAnswerFromTheSameFunction compares the first channel and the next question on a sample.
func TestAPI_andPagesAnswerFromTheSameFunction(t *testing.T) {
	b := newPortal(t, plainSite).browser()
	for _, query := range []string{"safety=none", "safety=none&phone=suspended", "safety=none&phone=works&face=yes",
		"safety=none&face=fails&card=none&phone=suspended",
		"safety=none&trouble=locked", "safety=none&owner=deceased", "safety=none&password=login",
		"safety=none&face=refuse&card=bound&phone=works&reserved=no",
		"safety=none&card=other&phone=changed&face=unsure", "safety=none&email=yes&phone=works",
		"safety=none&phone=recent&saved=yes&email=yes", "safety=none&needs=blind&face=no"} {
		for _, platform := range []string{"alipay", "wechatpay", "wallet"} {
			pages := "/p/" + platform
			known, _ := url.ParseQuery(query)
			p, _ := realContent().Platform(platform)
			for question := range known { // pages drop what a platform does not ask, the API refuses it
				if q, _ := p.Question(question); !slices.Contains(q.Values, known.Get(question)) {
					known.Del(question)
				}
			}
			shown := parsed(t, b.get(pages+"/result?"+query).body).with("data-channel")
			a, o := b.json(t, "/api/v1/platforms/"+platform+"/recommendation?"+known.Encode())
			if a.status != 200 || len(shown) == 0 {
				t.Errorf("%s %s: %d, %d channels on the page: %s", platform, query, a.status, len(shown), a.body)
				continue
			}
			first := o["channels"].([]any)[0].(object)
			if first["id"] != shown[0].attr("data-channel") || first["fit"] != shown[0].attr("data-fit") {
				t.Errorf("%s %s: the API says %v, the page %s", platform, query, first["id"], shown[0].attr("data-channel"))
			}
			asked := b.get(pages + "/choose?" + known.Encode())
			next, _ := o["next"].(object)
			if asked.status == 303 && next != nil ||
				asked.status == 200 && parsed(t, asked.body).with("data-question")[0].attr("data-question") != next["id"] {
				t.Errorf("%s %s: the API asks %v, the page answers %d", platform, query, next["id"], asked.status)
			}
		}
	}
}
