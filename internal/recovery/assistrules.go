package recovery

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"zhaohui/internal/wallet"
)

// AssistRules are what holds while an agent helps: content/platforms/wallet/assist.yaml. Check says whether they may be used.
type AssistRules struct {
	Lasts      time.Duration // then the help ends by itself
	Codes      Tries         // wrong resume codes, an agent
	Checks     Tries         // scripted checks, an account
	Matches    int           // answers that have to be right
	Mismatches int           // answers that may be wrong
	OnRecord   time.Duration // so long a number must have been there to be called back
	Asked      Class         // as what a check by questions alone counts
	CalledBack Class         // and one with a call-back
	Questions  []AssistQuestion
	Words      []map[string]string // nouns, by language
}

// AssistQuestion is one question of the check.
type AssistQuestion struct {
	ID      string
	Ask     map[string]string // language → what the agent asks
	Compare Record
}

// Record is what an answer is compared with.
type Record string

// The records. The portal compares the first three with what the agent types, so nobody sees them.
const (
	RecordPhone   Record = "phone"
	RecordMailbox Record = "mailbox"
	RecordCardEnd Record = "card-end"
	RecordName    Record = "name"
	RecordBanks   Record = "banks"
	RecordDevices Record = "devices"
	RecordAge     Record = "age"
	RecordWays    Record = "ways"
)

// Records are all of them.
var Records = []Record{RecordPhone, RecordMailbox, RecordCardEnd, RecordName, RecordBanks, RecordDevices, RecordAge, RecordWays}

func (r Record) byPortal() bool { return slices.Contains(Records[:3], r) }

// portal compares what was said with the record. Nothing said is unclear; so is a record that is not there.
func (r Record) portal(ctx context.Context, t *Turn, said string) (string, error) {
	if said = strings.TrimSpace(said); said == "" {
		return AnswerUnclear, nil
	}
	if r == RecordCardEnd {
		return endOfCard(ctx, t, digits(said, ""))
	}
	kind := map[Record]wallet.AddressKind{RecordPhone: wallet.Phone, RecordMailbox: wallet.Mailbox}[r]
	on := Current(t.Account, kind)
	switch {
	case on == nil:
		return AnswerUnclear, nil
	case t.Wallet.SignInName(on.To) == t.Wallet.SignInName(said):
		return AnswerMatch, nil
	}
	return AnswerMismatch, nil
}

// endOfCard asks the wallet about every debit card; of a credit card it would ask for more than its end.
func endOfCard(ctx context.Context, t *Turn, said string) (string, error) {
	answer := AnswerUnclear
	for _, c := range t.Account.Cards {
		if c.Kind != wallet.Debit {
			continue
		}
		right, err := t.Wallet.CheckCard(ctx, t.AccountID(), c.ID, wallet.CardSaid{Last4: said, Bank: c.Bank})
		if err != nil {
			return "", fmt.Errorf("end of a card: %w", err)
		}
		if answer = AnswerMismatch; right {
			return AnswerMatch, nil
		}
	}
	return answer, nil
}

// questions are those of the check, with the masked records once they were opened.
func (s *Assistance) questions(t *Turn) []AssistItem {
	var list []AssistItem
	for _, q := range s.rules.Questions {
		item := AssistItem{ID: q.ID, Ask: q.Ask, Portal: q.Compare.byPortal(), Kind: q.Compare}
		if t.Case.Facts.Assist.Opened != "" && !item.Portal {
			item.Records = q.Compare.masked(t.Account)
		}
		list = append(list, item)
	}
	return list
}

// masked is a record as an agent may see it: never a whole name, number or card.
func (r Record) masked(a *wallet.Account) []string {
	var list []string
	switch r {
	case RecordName:
		list = append(list, a.Name)
	case RecordBanks:
		for _, c := range a.Cards {
			if !slices.Contains(list, c.Bank) {
				list = append(list, c.Bank)
			}
		}
	case RecordDevices:
		for _, d := range a.Devices {
			list = append(list, d.Name)
		}
	case RecordAge:
		var oldest time.Time
		for _, n := range a.Addresses {
			if oldest.IsZero() || n.Since.Before(oldest) {
				oldest = n.Since
			}
		}
		if !oldest.IsZero() {
			list = append(list, strconv.Itoa(oldest.Year()))
		}
	case RecordWays:
		for _, way := range Ready {
			if ready(a)[way] {
				list = append(list, way)
			}
		}
	}
	return slices.DeleteFunc(list, func(s string) bool { return s == "" })
}

// fewWords is how many nouns there must be at least: two of them are then hard enough to guess in one call.
const fewWords = 150

// Check refuses rules that are too weak.
func (r *AssistRules) Check(languages ...string) []Breach {
	c := &checker{}
	c.must(r.Lasts > 0 && r.Lasts <= 30*time.Minute, at("lasts"), "lasts: at most 30m")
	c.must(r.Codes.Max > 0 && r.Codes.Max <= 10 && r.Codes.Within >= time.Hour, at("codes"), "codes: at most 10 in 1h")
	c.must(r.Checks.Max > 0 && r.Checks.Max <= 3 && r.Checks.Within >= day, at("checks"), "checks: at most 3 in 24h")
	c.must(r.OnRecord >= 30*day, at("call-back", "on-record"), "call-back.on-record: 30d at least")
	c.must(r.Asked == ClassKnowledge, at("counts-as", "questions"), "counts-as.questions: knowledge, whoever asks (requirement R13)")
	c.must(slices.Contains(Classes, r.CalledBack), at("counts-as", "call-back"), "counts-as.call-back: class %q does not exist", r.CalledBack)
	c.must(r.Matches >= 4, at("needed", "match"), "needed.match: 4 at least")
	c.must(r.Mismatches == 0, at("needed", "mismatch"), "needed.mismatch: 0, one wrong answer is one too many")
	c.must(len(r.Questions) >= r.Matches, at("questions"), "questions: fewer than have to be right")
	c.must(len(r.Words) >= fewWords, at("words"), "words: %d at least", fewWords)
	seen := map[string]bool{}
	for i, q := range r.Questions {
		name := fmt.Sprintf("question %d", i+1)
		c.must(q.ID != "" && !seen[q.ID], at("questions"), "%s: an id of its own", name)
		c.must(slices.Contains(Records, q.Compare), at("questions"), "%s: no record is called %q", name, q.Compare)
		for _, lang := range languages {
			c.must(q.Ask[lang] != "", at("questions"), "%s: ask.%s is missing", name, lang)
		}
		seen[q.ID] = true
	}
	for i, word := range r.Words {
		for _, lang := range languages {
			key := lang + ":" + word[lang]
			c.must(word[lang] != "" && !seen[key], at("words"), "word %d: missing or twice in %s", i+1, lang)
			seen[key] = true
		}
	}
	return c.found
}
