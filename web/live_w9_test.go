package web_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// A canary run: whatever was typed or sent stands in no log, no file and no address.
func TestW9_nothingSecretIsWrittenDown(t *testing.T) {
	p := newLive(t, plainSite)
	secrets := map[string]bool{}
	for _, s := range []string{"739184", "284615", "604817", "Camellia-2047", "990001198802140526", "周晓岚", "7KDMH",
		"KRUGKIDROVUWG2ZAMJZG653OEBTG66BA", "豆包", "扬州", "2365", "3582",
		"19900000101", "19900000102", "all@demo.example", "recent@demo.example", "nobody@demo.example", "6200000000000003582"} {
		secrets[s] = true
	}
	var addresses []string
	tour(t, p, "", func(one *person, a answer) {
		addresses = append(addresses, one.visited...)
		addresses = append(addresses, parsed(t, a.body).links()...)
		if key := one.key(); key != "" {
			_, token, _ := strings.Cut(key, " ")
			secrets[token] = true
		}
	})
	links := map[string]bool{}
	for _, m := range p.live.outbox.Records() {
		if code := sixDigits.FindStringSubmatch(m.Text); code != nil && m.Purpose != "started" {
			secrets[code[1]] = true
		}
		for _, link := range mailLink.FindAllString(m.Text, -1) {
			token := link[strings.LastIndex(link, "/")+1:]
			secrets[token], links[token] = true, true
		}
	}
	if len(secrets) < 40 {
		t.Fatalf("only %d secrets to look for", len(secrets))
	}
	if _, err := p.live.db.SQL().Exec(`PRAGMA wal_checkpoint(PASSIVE)`); err != nil {
		t.Fatal(err)
	}
	places := map[string]string{"the log": p.log.String(), "an address": ""}
	for _, address := range addresses {
		if !strings.Contains(address, "/mail/") { // a link out of a mail is opened as it is; what follows is looked at
			places["an address"] += address + "\n"
		}
	}
	files, err := filepath.Glob(p.live.path + "*")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		places[strings.TrimPrefix(file, p.live.path[:len(p.live.path)-3])] = string(raw)
	}
	for secret := range secrets {
		for where, text := range places {
			if short := len(secret) == 4; short { // four digits stand anywhere by chance in random bytes
				if where == "the log" || where == "an address" {
					text = regexp.MustCompile(`[0-9]{5,}|[0-9.]{5,}`).ReplaceAllString(text, "")
				} else {
					continue
				}
			}
			if at := strings.Index(text, secret); at >= 0 && !chance(text, at, secret) {
				t.Errorf("%q stands in %s: …%q…", secret, where, text[max(0, at-40):min(len(text), at+len(secret)+40)])
			}
		}
	}
	if !strings.Contains(p.log.String(), "this was not me") {
		t.Error("the log is not the one that was written")
	}
}

// chance says whether six digits stand inside a longer number, such as a time in milliseconds.
func chance(text string, at int, secret string) bool {
	digit := func(i int) bool { return i >= 0 && i < len(text) && text[i] >= '0' && text[i] <= '9' }
	return len(secret) == 6 && (digit(at-1) || digit(at+len(secret)))
}
