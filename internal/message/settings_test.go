package message

import (
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestParseSettings(t *testing.T) {
	folder := t.TempDir()
	file := "file:" + filepath.Join(folder, "letters")
	for _, tt := range []struct {
		name      string
		s         Settings
		mail, sms string // types
	}{
		{"nothing", Settings{}, "<nil>", "<nil>"},
		{"files", Settings{Mail: file, SMS: file}, "*message.File", "*message.File"},
		{"real", Settings{SMTPURL: "smtp://u:p@m.example?from=a@b.example", SMS: "webhook:https://sms.example/in", SMSSecret: secret},
			"*message.SMTP", "*message.Webhook"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.s.Now = at(noon)
			senders, err := ParseSettings(tt.s)
			if err != nil {
				t.Fatal(err)
			}
			if mail, sms := fmt.Sprintf("%T", senders[Mail]), fmt.Sprintf("%T", senders[SMS]); mail != tt.mail || sms != tt.sms {
				t.Errorf("mail by %s, SMS by %s", mail, sms)
			}
		})
	}
}

func TestParseSettings_anErrorNamesTheSettingAndNoSecret(t *testing.T) {
	for _, tt := range []struct {
		s    Settings
		want []string
	}{
		{Settings{Mail: "file:letters", SMTPURL: "smtp://u:canary@mail.example?from=a@b.example"},
			[]string{"ZHAOHUI_MAIL", "ZHAOHUI_SMTP_URL"}},
		{Settings{SMTPURL: "smtp://u:canary@mail.example"},
			[]string{"ZHAOHUI_SMTP_URL", "from is missing", "smtp://user:password@host:587"}},
		{Settings{SMTPURL: "canary"}, []string{"ZHAOHUI_SMTP_URL", "smtp://user"}},
		{Settings{Mail: "canary@mail.example"}, []string{"ZHAOHUI_MAIL", "file:PATH", "ZHAOHUI_SMTP_URL"}},
		{Settings{Mail: "file:"}, []string{"ZHAOHUI_MAIL", "file:PATH"}},
		{Settings{Mail: "file:/nowhere/at/all"}, []string{"ZHAOHUI_MAIL", "/nowhere/at/all"}},
		{Settings{SMS: "canary"}, []string{"ZHAOHUI_SMS", "file:PATH", "webhook:https://"}},
		{Settings{SMS: "webhook:"}, []string{"ZHAOHUI_SMS", "webhook:https://"}},
		{Settings{SMS: "webhook:http://sms.example/canary", SMSSecret: secret}, []string{"ZHAOHUI_SMS", "https"}},
		{Settings{SMS: "webhook:https://sms.example/canary"}, []string{"ZHAOHUI_SMS_SECRET", "openssl rand"}},
		{Settings{SMS: "webhook:https://sms.example?secret=canary", SMSSecret: secret}, []string{"ZHAOHUI_SMS_SECRET"}},
	} {
		tt.s.Now = at(noon)
		_, err := ParseSettings(tt.s)
		if err == nil {
			t.Errorf("want an error with %v", tt.want)
			continue
		}
		for _, want := range tt.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("want %q in: %v", want, err)
			}
		}
		if strings.Contains(err.Error(), "canary") {
			t.Errorf("a secret in: %v", err)
		}
	}
}

// What is set wrongly for alerts is said with its setting, and never repeated.
func TestParseAlerts_saysWhatToWrite(t *testing.T) {
	good := "whsec_" + base64.StdEncoding.EncodeToString([]byte("canary-secret-of-32-bytes-length"))
	for _, c := range []struct{ to, secret, want string }{
		{"", "canary", "ZHAOHUI_ALERTS:"},
		{"mail:canary@host", "", "ZHAOHUI_ALERTS: want file:PATH or webhook:https://host/path"},
		{"file:", "", "ZHAOHUI_ALERTS: want file:PATH"},
		{"webhook:https://host/canary", "", "ZHAOHUI_ALERTS_SECRET: want 24 bytes"},
		{"webhook:https://host/canary", "whsec_canary", "ZHAOHUI_ALERTS_SECRET: want 24 bytes"},
		{"webhook:http://host/canary", good, "want https"},
		{"webhook:https://canary:canary@host/", good, "ZHAOHUI_ALERTS_SECRET takes it"},
	} {
		poster, err := ParseAlerts(c.to, c.secret, time.Now)
		if poster != nil || err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "canary") {
			t.Errorf("%q: %v", c.to, err)
		}
	}
	if poster, err := ParseAlerts("", "", time.Now); poster != nil || err != nil {
		t.Errorf("nothing set: %v, %v", poster, err)
	}
	file := filepath.Join(t.TempDir(), "alerts")
	poster, err := ParseAlerts("file:"+file, "", time.Now)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := poster.Post(t.Context(), "id", time.Now(), []byte(`{"type":"alert.begun"}`)); err != nil {
			t.Fatal(err)
		}
	}
	if raw, _ := os.ReadFile(file); string(raw) != "{\"type\":\"alert.begun\"}\n{\"type\":\"alert.begun\"}\n" {
		t.Errorf("written: %q", raw)
	}
}
