package web_test

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"zhaohui/internal/recovery"
)

// R15: an account that does not exist is met with the same pages, statuses, sizes and times.

// alike is how a way begins: the channel, and what is typed on the page after the account.
var alike = []struct {
	channel string
	typed   []string
}{
	{"sms", []string{"code", "000000"}},
	{"mail", []string{"code", "000000"}},
	{"identity", []string{"name", "无名", "id_number", "990009199001010018", "phone", "19900009999"}},
}

// changing is what is another one on every page: its name, the resume code, the reference of the case, times, and a picture.
var changing = regexp.MustCompile(`name="page" value="[A-Z2-7]{26}"|/case/[a-z0-9]{26}|[2-9A-Z]{4}-[2-9A-Z]{4}|data:image/[a-z]+;base64,[A-Za-z0-9+/=]+|` +
	`(x|width|height|style|max)="[0-9]+"|[0-9]{1,2}:[0-9]{2}`)

func plainly(a answer) string { return changing.ReplaceAllString(a.body, "…") }

func TestR15_anUnknownAccountSeesTheSamePages(t *testing.T) {
	p := newLive(t, plainSite)
	for _, way := range alike {
		for visit := range 2 { // stable over visits
			var seen [3][]string
			for i, account := range []string{"all@demo.example", "nobody@demo.example", "nothing@demo.example"} {
				one := p.person(t)
				one.see = func(one *person, a answer) {
					seen[i] = append(seen[i], strings.Join([]string{one.at, a.header.Get("Content-Type"), plainly(a)}, "\n"))
					if !strings.Contains(a.body, "data:image/") { // a puzzle is another picture each time
						seen[i] = append(seen[i], strconv.Itoa(len(a.body))+" bytes")
					}
					if cookie := a.header.Get("Set-Cookie"); cookie != "" {
						seen[i] = append(seen[i], "sets a cookie")
					}
				}
				one.begin(way.channel, account)
				one.fill(way.typed...)
				if way.channel == "identity" {
					one.fill("instead", "wait")
					p.clock.advance(61 * time.Second)
					one.fill()
				} else {
					p.clock.advance(61 * time.Second)
					one.do("resend")
				}
				one.do("choose", "method", "sms")
				one.do("choose", "method", "mail")
				p.clock.advance(20 * time.Minute)
			}
			for i := range seen[1:] {
				if !slices.Equal(seen[0], seen[i+1]) {
					for k := range seen[0] {
						if k >= len(seen[i+1]) || seen[0][k] != seen[i+1][k] {
							t.Errorf("%s, visit %d: page %d differs:\n%.3000s\n---- %d pages\n%.3000s", way.channel, visit+1, k+1,
								seen[0][k], len(seen[i+1]), at(seen[i+1], k))
							break
						}
					}
				}
			}
		}
	}
}

func at(list []string, i int) string {
	if i < len(list) {
		return list[i]
	}
	return "(none)"
}

// The difference of medians is under 10 ms over 200 tries, from the question for the account to the first answer. Known and
// unknown take turns, so that what else the machine does meets both.
func TestR15_anUnknownAccountTakesTheSameTime(t *testing.T) {
	const most = 10 * time.Millisecond
	loose := func(p *recovery.Policy) { // limits would answer before anything is looked up
		p.Sends.PerDestination, p.Sends.PerAccount, p.Sends.PerMethod, p.Sends.Between = 1e6, 1e6,
			map[string]int{"sms": 1e6, "mail": 1e6}, time.Nanosecond
		p.Case.PerNetwork = 1e6
		methods := map[string]recovery.MethodPolicy{}
		for id, m := range p.Methods {
			m.Tries, m.InARow, m.Paced.Tries = []recovery.Tries{{Max: 1e6, Within: 24 * time.Hour}}, 1e6, nil
			methods[id] = m
		}
		p.Methods = methods
	}
	for _, way := range alike {
		p := newLive(t, plainSite, loose)
		accounts := [2]string{"all@demo.example", "nobody@demo.example"}
		var naming, typing [2][]time.Duration
		for i := range tries * 2 {
			which := (i + i/2) % 2 // and neither is always the first of two
			one := p.person(t)
			one.open("/p/wallet/" + way.channel + "/safety")
			one.fill("safety", "none")
			started := time.Now()
			a := one.sendOnly(one.action, "account", accounts[which])
			naming[which] = append(naming[which], time.Since(started))
			p.live.work()
			one.follow(a)
			started = time.Now()
			a = one.sendOnly(one.action, way.typed...)
			typing[which] = append(typing[which], time.Since(started))
			if a.status != 303 && a.status != 422 {
				t.Fatalf("%s: %d", way.channel, a.status)
			}
			p.clock.advance(time.Second)
		}
		for what, times := range map[string][2][]time.Duration{"naming the account": naming, "answering": typing} {
			known, unknown := median(times[0]), median(times[1])
			t.Logf("%s, %s: %v known, %v unknown", way.channel, what, known, unknown)
			if difference := (known - unknown).Abs(); difference >= most*slowness {
				t.Errorf("%s, %s: medians of %v and %v over %d tries", way.channel, what, known, unknown, tries)
			}
		}
	}
}

func median(times []time.Duration) time.Duration {
	slices.Sort(times)
	return times[len(times)/2]
}
