package content

import (
	"slices"
	"time"

	"zhaohui/internal/alert"
)

const alertsFile = "alerts.yaml"

type alertsData struct {
	Repeat, Calm span
	Kinds        map[alert.Kind]struct {
		Limit  int
		Within span
		Least  int
	}
}

// What alerts may be set to. One that is said again all the time is not read any more; one that looks back for days tells
// of what is long over.
const (
	soonestRepeat = 30 * time.Minute
	farthestBack  = 24 * time.Hour
)

// alerts reads when people are told that something goes wrong; nil if it cannot be used.
func (l *loader) alerts() *alert.Rules {
	var file alertsData
	node, ok := l.decode(alertsFile, &file)
	if !ok {
		return nil
	}
	before := len(l.problems)
	if file.Repeat.d() < soonestRepeat {
		l.report(alertsFile, lineOf(node, "repeat"), "repeat: 30m at least, or nobody reads it any more")
	}
	if file.Calm.d() <= 0 || file.Calm.d() >= file.Repeat.d() {
		l.report(alertsFile, lineOf(node, "calm"), "calm: more than nothing, and less than repeat")
	}
	rules := &alert.Rules{Repeat: file.Repeat.d(), Calm: file.Calm.d(), Kinds: map[alert.Kind]alert.Rule{}}
	for _, kind := range alert.Kinds() {
		if _, ok := file.Kinds[kind]; !ok {
			l.report(alertsFile, lineOf(node, "kinds"), "%s is missing; limit 0 switches it off", kind)
		}
	}
	for kind, k := range file.Kinds {
		line := lineOf(node, "kinds", string(kind))
		looksBack, percent := kind == alert.AccountsBlocked || kind == alert.LettersFailing,
			kind == alert.LettersFailing || kind == alert.SendsNear || kind == alert.SendsUsed
		switch {
		case !slices.Contains(alert.Kinds(), kind):
			l.report(alertsFile, line, "%s is nothing that is looked at", kind)
		case k.Limit < 0 || percent && k.Limit > 100:
			l.report(alertsFile, line, "%s: a limit of 0 or more, and no more than 100 percent", kind)
		case looksBack && k.Limit > 0 && (k.Within.d() <= 0 || k.Within.d() > farthestBack):
			l.report(alertsFile, line, "%s: say within what time is counted, 24h at most", kind)
		case !looksBack && k.Within != 0 || kind != alert.LettersFailing && k.Least != 0:
			l.report(alertsFile, line, "%s has no such setting", kind)
		case kind == alert.LettersFailing && k.Limit > 0 && k.Least < 1:
			l.report(alertsFile, line, "%s: least: a share of how many letters says something", kind)
		}
		rules.Kinds[kind] = alert.Rule{Limit: k.Limit, Within: k.Within.d(), Least: k.Least}
	}
	if near, used := rules.Kinds[alert.SendsNear].Limit, rules.Kinds[alert.SendsUsed].Limit; near > 0 && used > 0 && near >= used {
		l.report(alertsFile, lineOf(node, "kinds", string(alert.SendsNear)), "%s: less than %s", alert.SendsNear, alert.SendsUsed)
	}
	if len(l.problems) > before {
		return nil
	}
	return rules
}
