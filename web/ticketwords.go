package web

import "strings"

// Words of what a kind's data names. A kind that is new shows its ids until somebody gives them words.

// worded is the text of a key, or something else where there is none.
func worded(v *visit, key, otherwise string, pairs ...any) string {
	if text := v.words.T(key, pairs...); text != key {
		return text
	}
	return otherwise
}

func (s *Site) kindName(v *visit, kind string) string { return worded(v, "ticket.kind."+kind, kind) }

func askName(v *visit, ask string) string       { return worded(v, "ticket.ask."+ask, ask) }
func checkName(v *visit, check string) string   { return worded(v, "ticket.check."+check, check) }
func reasonName(v *visit, reason string) string { return worded(v, "ticket.reason."+reason, reason) }
func remedyName(v *visit, remedy string) string { return worded(v, "ticket.remedy."+remedy, remedy) }
func paperName(v *visit, paper string) string   { return worded(v, "ticket.paper."+paper, paper) }
func viewName(v *visit, view string) string     { return worded(v, "ticket.view."+view, view) }
func compareName(v *visit, compared string) string {
	return worded(v, "ticket.compare."+compared, compared)
}
func flagName(v *visit, flag string) string     { return worded(v, "ticket.flag."+flag, flag) }
func answerName(v *visit, answer string) string { return worded(v, "ticket.answer."+answer, answer) }
func partText(v *visit, part, value string) string {
	return worded(v, "ticket.part."+part, value, "Value", value)
}
func troubleName(v *visit, trouble string) string {
	return worded(v, "ticket.trouble."+trouble, trouble)
}
func (s *Site) askNames(v *visit, ids []string) string { return inWords(v, ids, askName) }

// inWords lists ids in words.
func inWords(v *visit, ids []string, name func(*visit, string) string) string {
	var all []string
	for _, id := range ids {
		all = append(all, name(v, id))
	}
	return strings.Join(all, v.words.T("say.pause"))
}
