package main

import (
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestW9_nothingSecretOfARecoveryIsKept recovers an account at the most talkative log level, with wrong tries by every method
// on the way, and then looks for everything secret in the log, the database with its journal, and all else that was
// written. Only the file of letters, which stands for the way to the owner, may hold it.
func TestW9_nothingSecretOfARecoveryIsKept(t *testing.T) {
	t.Parallel()
	h := aHousehold(t, "ZHAOHUI_LOG_LEVEL=debug")
	portal := h.serve()
	who := h.settle(1)[0]
	typed := map[string]string{"a wrong backup password": "Kanarienvogel-77", "a wrong answer": "金丝雀七号", "a wrong name": "诸葛金丝雀",
		"a name that does not exist": "kanarie@birds.example"}
	other := aCaller(h, portal, who)
	other.begin("mail")
	other.fill("account", typed["a name that does not exist"])

	c := aCaller(h, portal, who)
	c.begin("identity")
	c.fill("account", who.Phone)
	if c.step() == "first" {
		c.fill("method", "identity")
	}
	c.fill("name", typed["a wrong name"], "id_number", who.IDNumber, "phone", who.Phone)
	c.beside("do", "choose", "method", "sms")
	c.until("identity") // the channel's own method again
	for _, try := range []struct{ method, field, value string }{{"backup", "backup_password", typed["a wrong backup password"]},
		{"questions", "answer_1", typed["a wrong answer"]},
		{"current", "current_password", "905813"}, {"recoverycodes", "code", "9ZZZZ-W3QRX-9A1TE"}} {
		c.beside("do", "choose", "method", try.method)
		if c.step() != "" && strings.Contains(c.body, `name="`+try.field+`"`) {
			c.fill(try.field, try.value)
			continue
		}
		t.Errorf("method %s was not offered: %d %s %s", try.method, c.status, c.at, c.step())
	}
	c.beside("do", "choose", "method", "mail")
	link := linkTo.FindStringSubmatch(h.letter("link", who.Mail).Text)[1]
	c.get(link)
	if err := c.ask("POST", link, url.Values{"answer": {"yes"}}); err != nil {
		t.Fatal(err)
	}
	c.until("password")
	c.fill("new_password", "905814", "new_password_again", "905815")
	resume := regexp.MustCompile(`[0-9A-Z]{4}-[0-9A-Z]{4}(-[0-9A-Z]{2,4})?`).FindString(c.body)
	c.answer()
	c.finished()
	h.letter("done", who.Mail)
	h.letter("done", who.Phone)
	cookies := c.client.Jar.Cookies(&url.URL{Scheme: "http", Host: testHost})
	portal.kill(t) // so that the journal of the database stays too

	secrets := map[string]string{"the new password": c.sent, "the old password": who.Password, "a wrong password": "905813",
		"an unequal password": "905815", "the ID number": who.IDNumber,
		"the name": who.Name, "the phone number": who.Phone, "the mailbox": who.Mail, "the backup password": who.Backup,
		"the answer": who.Answer, "a recovery code": who.Code,
		"the bare recovery code": strings.ReplaceAll(who.Code, "-", "")}
	for name, value := range typed {
		secrets[name] = value
	}
	for _, l := range h.posted() {
		if found := codeIn.FindStringSubmatch(l.Text); found != nil && (l.Purpose == "code" || l.Purpose == "link") {
			secrets["the code of "+l.Purpose] = found[1]
		}
		for i, found := range linkTo.FindAllStringSubmatch(l.Text, -1) {
			secrets["token "+string(rune('1'+i))+" of "+l.Purpose+" by "+l.Channel] = filepath.Base(found[1])
		}
	}
	if resume == "" {
		t.Error("the page shows no code to go on with")
	} else {
		secrets["the code to go on with"] = resume
		secrets["the bare code to go on with"] = strings.ReplaceAll(resume, "-", "")
	}
	for _, cookie := range cookies {
		secrets["cookie "+cookie.Name] = cookie.Value
	}
	if len(secrets) < 24 {
		t.Errorf("only %d secrets", len(secrets))
	}
	places := map[string]string{"the log": portal.said()}
	for _, folder := range []string{h.data, portal.Dir, portal.temp} {
		err := filepath.WalkDir(folder, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			raw, err := os.ReadFile(name)
			places[name] = name + "\n" + string(raw)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	look := func(text string) (found []string) {
		for name, secret := range secrets {
			for _, form := range []string{secret, url.QueryEscape(secret)} {
				if at := standing(text, form); at >= 0 {
					found = append(found, fmt.Sprintf("%s: …%q…", name, text[max(0, at-80):min(len(text), at+len(form)+20)]))
					break
				}
			}
		}
		return found
	}
	for where, text := range places {
		for _, found := range look(text) {
			t.Errorf("in %s is %s", where, found)
		}
	}
	sent, err := os.ReadFile(h.letters)
	if err != nil {
		t.Fatal(err)
	}
	if found := look(string(sent)); len(found) < 8 { // this look finds what is there
		t.Errorf("among the letters there are only %d secrets", len(found))
	}
	if !strings.Contains(portal.said(), "level=DEBUG") || len(places) < 4 {
		t.Errorf("only %d places, or a log that says little", len(places))
	}
}

// standing is where a secret is in a text, -1 if nowhere. A short one counts only where it stands alone: longer numbers hold
// every short one by chance.
func standing(text, secret string) int {
	for from := 0; ; {
		i := strings.Index(text[from:], secret)
		if i < 0 {
			return -1
		}
		at, end := from+i, from+i+len(secret)
		if len(secret) >= 8 || (at == 0 || !partOfWord(text[at-1])) && (end == len(text) || !partOfWord(text[end])) {
			return at
		}
		from = at + 1
	}
}

func partOfWord(b byte) bool {
	return b >= '0' && b <= '9' || b >= 'A' && b <= 'Z' || b >= 'a' && b <= 'z'
}
