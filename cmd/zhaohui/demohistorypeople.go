package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// made is somebody who does not exist.
type made struct {
	id, name, idNumber, phone, mailbox, network string
	since                                       int // days before the history
	backup, totp                                string
	codes                                       []string
	questions                                   []question
	password                                    string
	lost                                        bool // does not get what is sent to the phone
	frozen                                      bool // after "this was not me": waits for the operator
	busy                                        bool // has a case
}

type question struct {
	Question string `json:"question"`
	Answer   string `json:"answer"`
}

// The people of the history, and how many are taken in at once.
const (
	madePeople  = 72
	takenAtOnce = 6
)

var (
	familyNames = strings.Fields("王 李 张 刘 陈 杨 赵 黄 周 吴 徐 孙 胡 朱 高 林 何 郭 马 罗")
	givenNames  = strings.Fields("建国 秀英 桂芳 志强 丽华 海燕 俊杰 雨欣 子涵 明远 春梅 国栋 晓东 佳怡 文博 淑珍 立新 思远 玉兰 浩然")
	cities      = strings.Fields("扬州 绍兴 泉州 洛阳 岳阳 柳州 遵义 天水 赣州 汕头")
)

// settle plans the people: they are taken in by the same path as `account import`, some at a time.
func (h *history) settle() {
	for i := range madePeople {
		h.people = append(h.people, h.person(i))
	}
	for i := 0; i < madePeople; i += takenAtOnce {
		some := h.people[i : i+takenAtOnce]
		h.at(h.from, func(ctx context.Context) error { return h.take(ctx, some) })
	}
}

// person makes one: what they have differs, so that ways of recovery do.
func (h *history) person(i int) *made {
	has := func(share int) bool { return h.random.IntN(100) < share }
	p := &made{id: fmt.Sprintf("past-%03d", i), phone: fmt.Sprintf("1990001%04d", i), mailbox: fmt.Sprintf("past-%03d@demo.example", i),
		name:    familyNames[i%len(familyNames)] + givenNames[h.random.IntN(len(givenNames))],
		network: fmt.Sprintf("10.%d.%d.0/24", 20+i/200, i%200), since: 200 + h.random.IntN(1800), lost: has(8)}
	born := time.Date(1950, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, h.random.IntN(55*365))
	p.idNumber = checked(fmt.Sprintf("9901%02d%s%03d", i%100, born.Format("20060102"), h.random.IntN(1000)))
	p.password = h.sixDigits()
	if has(15) {
		p.mailbox = ""
	}
	if has(20) {
		p.backup = fmt.Sprintf("Lantern-%04d", h.random.IntN(10000))
	}
	if has(25) {
		p.totp = h.signs("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 32)
	}
	if has(45) || p.mailbox == "" {
		for range 8 {
			p.codes = append(p.codes, h.signs("234679ACDEFGHJKMNPQRTVWXY", 15))
		}
	}
	if has(50) {
		p.questions = []question{{"你出生在哪座城市？", cities[h.random.IntN(len(cities))]},
			{"小学班主任姓什么？", familyNames[h.random.IntN(len(familyNames))]}}
	}
	return p
}

// take brings people in as an operator does.
func (h *history) take(ctx context.Context, people []*made) error {
	var list []map[string]any
	for _, p := range people {
		since := fmt.Sprintf("-%dd", p.since)
		account := map[string]any{"id": p.id, "lang": "zh", "name": p.name, "id_number": p.idNumber, "real_named": true, "password": p.password,
			"balance":  p.since * 977 % 2_000_000, // in fen: some hundred yuan to some ten thousand
			"networks": []string{p.network}, "devices": []map[string]any{{"id": "device-1", "name": "手机", "since": since}}}
		phone := map[string]any{"number": p.phone, "since": since}
		if p.lost {
			phone["trouble"] = "lost"
		}
		account["phone"] = phone
		if p.mailbox != "" {
			account["email"] = map[string]any{"address": p.mailbox, "since": since}
		}
		if p.backup != "" {
			account["backup_password"] = p.backup
		}
		if p.totp != "" {
			account["totp_secret"] = p.totp
		}
		if len(p.codes) > 0 {
			account["recovery_codes"] = p.codes
		}
		if len(p.questions) > 0 {
			account["questions"] = p.questions
		}
		list = append(list, account)
	}
	raw, err := json.Marshal(map[string]any{"note": "people of the demo's history: none of them exist", "accounts": list})
	if err != nil {
		return err
	}
	_, err = h.accounts.Import(ctx, bytes.NewReader(raw))
	return err
}

// days plans who comes when: fewer at weekends, most before noon and in the evening, a little more each month.
func (h *history) days() {
	for day := range h.length {
		date := h.from.AddDate(0, 0, day)
		usual := 4.5 + 1.5*float64(day)/float64(h.length)
		if weekday := date.Weekday(); weekday == time.Saturday || weekday == time.Sunday {
			usual *= 0.55
		}
		for range int(math.Round(usual + h.random.NormFloat64())) {
			h.at(h.hour(date), h.visit)
		}
	}
}

// hour is a moment of a day, by the clock of the operator's zone.
func (h *history) hour(date time.Time) time.Time {
	around := []float64{10, 14.5, 20}[h.random.IntN(3)]
	hour := min(23.5, max(6.5, around+1.4*h.random.NormFloat64()))
	midnight := date.UTC().Truncate(24 * time.Hour).Add(-8 * time.Hour)
	return midnight.Add(time.Duration(hour * float64(time.Hour))).Add(time.Duration(h.random.IntN(60)) * time.Second)
}

// idle is somebody who has no case just now and may pay, nil if all are busy.
func (h *history) idle() *made {
	free := slices.DeleteFunc(slices.Clone(h.people), func(p *made) bool { return p.busy || p.frozen })
	if len(free) == 0 {
		return nil
	}
	return free[h.random.IntN(len(free))]
}

func (h *history) sixDigits() string { return fmt.Sprintf("%06d", 100_000+h.random.IntN(900_000)) }

func (h *history) signs(of string, n int) string {
	text := make([]byte, n)
	for i := range text {
		text[i] = of[h.random.IntN(len(of))]
	}
	return string(text)
}

// checked adds the check sign to an ID number (GB 11643).
func checked(number string) string {
	sum := 0
	for i, weight := range [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2} {
		sum += int(number[i]-'0') * weight
	}
	return number + string("10X98765432"[sum%11])
}
