package message

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Settings say how letters leave: the settings ZHAOHUI_MAIL, ZHAOHUI_SMTP_URL, ZHAOHUI_SMS and ZHAOHUI_SMS_SECRET.
type Settings struct {
	Mail, SMTPURL  string
	SMS, SMSSecret string
	Now            func() time.Time
}

// ParseSettings makes the senders, by channel; a channel that nothing was set for is missing. An error names the setting
// and says what to write, but never repeats what was written: it may hold a secret.
func ParseSettings(s Settings) (map[string]Sender, error) {
	senders := map[string]Sender{}
	switch path, ok := strings.CutPrefix(s.Mail, "file:"); {
	case s.Mail != "" && s.SMTPURL != "":
		return nil, errors.New("ZHAOHUI_MAIL and ZHAOHUI_SMTP_URL are both set: leave one empty")
	case s.SMTPURL != "":
		sender, err := NewSMTP(s.SMTPURL)
		if err != nil {
			return nil, fmt.Errorf("ZHAOHUI_SMTP_URL: %w", err)
		}
		senders[Mail] = sender
	case s.Mail != "":
		if !ok || path == "" {
			return nil, errors.New("ZHAOHUI_MAIL: want file:PATH; a mail server goes into ZHAOHUI_SMTP_URL")
		}
		sender, err := NewFile(path, s.Now)
		if err != nil {
			return nil, fmt.Errorf("ZHAOHUI_MAIL: %w", err)
		}
		senders[Mail] = sender
	}
	sms, err := s.sms()
	if err != nil {
		return nil, fmt.Errorf("ZHAOHUI_SMS: %w", err)
	}
	if sms != nil {
		senders[SMS] = sms
	}
	return senders, nil
}

// sms is the list of what can carry an SMS: a line each.
func (s Settings) sms() (Sender, error) {
	kind, rest, _ := strings.Cut(s.SMS, ":")
	switch {
	case s.SMS == "":
		return nil, nil //nolint:nilnil // no sender is no mistake
	case kind == "file" && rest != "":
		return NewFile(rest, s.Now)
	case kind == "webhook" && rest != "":
		return NewWebhook(rest, s.SMSSecret, s.Now)
	}
	return nil, errors.New("want file:PATH or webhook:https://host/path")
}

// Poster hands over what is no letter: alerts, to whoever watches. It fails with Permanent if trying again is useless.
type Poster interface {
	Post(ctx context.Context, id string, at time.Time, body []byte) error
}

// ParseAlerts makes what carries alerts, nil if nothing was set; its errors are as those of ParseSettings.
func ParseAlerts(to, secret string, now func() time.Time) (Poster, error) {
	kind, rest, _ := strings.Cut(to, ":")
	var poster Poster
	var err error
	switch {
	case to == "" && secret == "":
		return nil, nil //nolint:nilnil // nobody asked for alerts
	case to == "":
		return nil, errors.New("ZHAOHUI_ALERTS: it is missing, though ZHAOHUI_ALERTS_SECRET is there")
	case kind == "file" && rest != "":
		poster, err = NewFile(rest, now)
	case kind == "webhook" && rest != "":
		poster, err = newWebhook(rest, secret, "ZHAOHUI_ALERTS_SECRET", now)
	default:
		err = errors.New("want file:PATH or webhook:https://host/path")
	}
	if err != nil {
		return nil, fmt.Errorf("ZHAOHUI_ALERTS: %w", err)
	}
	return poster, nil
}
