package content

import (
	"io/fs"
	"path"

	"zhaohui/internal/guide"
	"zhaohui/internal/recovery"
)

type assistFile struct {
	Lasts     span
	Codes     tries
	Checks    tries
	Questions []struct {
		ID      string
		Ask     map[string]string
		Compare recovery.Record
	}
	Needed struct{ Match, Mismatch int }
	Call   struct {
		OnRecord span `yaml:"on-record"`
	} `yaml:"call-back"`
	Counts struct {
		Questions recovery.Class
		Call      recovery.Class `yaml:"call-back"`
	} `yaml:"counts-as"`
	Words []map[string]string
}

// assists reads what holds while an agent helps, for every live platform that says so.
func (l *loader) assists(platforms []*guide.Platform) map[string]*recovery.AssistRules {
	all := map[string]*recovery.AssistRules{}
	for _, p := range platforms {
		name := path.Join("platforms", p.ID, "assist.yaml")
		if _, err := fs.Stat(l.files, name); err != nil {
			continue
		}
		rules := l.assist(p.ID, l.languages...)
		switch {
		case !p.Live:
			l.report(name, 1, "nobody has a case on a platform that is not live")
		case rules != nil:
			all[p.ID] = rules
		}
	}
	return all
}

// ReadAssist reads what holds while an agent helps in a case of a live platform, and refuses what is too weak.
func ReadAssist(files fs.FS, platform string, languages ...string) (*recovery.AssistRules, Problems) {
	l := &loader{files: files, checked: true}
	rules := l.assist(platform, languages...)
	return rules, l.problems
}

// assist reads assist.yaml of a platform; nil if it may not be used.
func (l *loader) assist(platform string, languages ...string) *recovery.AssistRules {
	name := path.Join("platforms", platform, "assist.yaml")
	var file assistFile
	node, ok := l.decode(name, &file)
	if !ok {
		return nil
	}
	r := &recovery.AssistRules{Lasts: file.Lasts.d(), Codes: recovery.Tries(file.Codes), Checks: recovery.Tries(file.Checks),
		Matches: file.Needed.Match, Mismatches: file.Needed.Mismatch, OnRecord: file.Call.OnRecord.d(),
		Asked: file.Counts.Questions, CalledBack: file.Counts.Call, Words: file.Words}
	for _, q := range file.Questions {
		r.Questions = append(r.Questions, recovery.AssistQuestion{ID: q.ID, Ask: q.Ask, Compare: q.Compare})
	}
	before := len(l.problems)
	for _, breach := range r.Check(languages...) {
		l.report(name, lineOf(node, breach.Where...), "%s", breach.Text)
	}
	if len(l.problems) > before {
		return nil
	}
	return r
}
