package web

import (
	"maps"
	"slices"
	"strings"
	"time"

	"zhaohui/internal/support"
	"zhaohui/templates"
)

// auditKinds are all kinds of entries that can be searched for, as people put them together. A kind that is missing is found
// too, under its own name.
var auditKinds = []struct {
	name  string
	kinds []string
}{
	{"case", []string{"case-started", "account-named", "case-resumed", "case-moved", "screen-joined", "link-elsewhere", "handed-off", "route-enough",
		"password-chosen", "password-refused", "case-done", "case-stopped", "case-expired", "case-replaced", "owner-veto", "account-frozen"}},
	{"proof", []string{"method-begun", "method-left", "method-failed", "code-sent-again", "try-wrong", "proof-passed", "proof-again"}},
	{"assist", []string{"assist-joined", "assist-ended", "assist-suggested", "assist-link-sent", "assist-appeal", "assist-check-passed", "assist-check-failed",
		"record-viewed"}},
	{"ticket", []string{"ticket-begun", "ticket-sent", "ticket-claimed", "ticket-released", "evidence-viewed", "picture-viewed", "consent-given", "ticket-asked", "ticket-answered",
		"ticket-unanswered", "ticket-agreed", "ticket-approved", "ticket-refused", "ticket-reopened", "ticket-call", "ticket-closed", "ticket-forgotten",
		"evidence-erased"}},
	{"link", []string{"link-made", "link-retired", "links-retired"}},
	{"agent", []string{"agent-signed-in", "agent-signed-out", "agent-sign-in-failed", "agent-session-ended", "agent-sessions-ended", "agent-added",
		"agent-enrolment-made", "agent-enrolled", "agent-roles-changed", "agent-disabled", "agent-enabled", "agent-passkey-added", "agent-passkey-removed",
		"agent-token-made", "agent-tokens-revoked"}},
	{"portal", []string{"content-version", "settings-version", "switched-off", "switched-on", "retention-run"}},
	{"trail", []string{"audit-verified", "audit-person-viewed", "audit-export-begun", "audit-exported", "audit-persons-erased",
		"audit-entries-removed"}},
}

// kindText is a kind in words; one that has none is shown as it is kept.
func kindText(v *visit, kind string) string {
	for _, group := range auditKinds {
		if slices.Contains(group.kinds, kind) {
			return v.words.T("audit.kind." + kind)
		}
	}
	return kind
}

// auditActors are those who act without being anybody's colleague.
var auditActors = []string{"customer", "owner", "operator", "command", "job", "system"}

// actorText names who did something: a colleague by what others read.
func (s *Site) actorText(v *visit, actor string, people map[string]string) string {
	if id, ok := strings.CutPrefix(actor, support.Actor("")); ok {
		if shown := people[id]; shown != "" {
			return shown
		}
		return v.words.T("audit.actor.agent", "ID", id)
	}
	if slices.Contains(auditActors, actor) {
		return v.words.T("audit.actor." + actor)
	}
	return actor
}

// people are the names of everybody who works or worked here, by id.
func (s *Site) people(v *visit) (map[string]string, []*support.Agent, error) {
	all, err := s.Desk.Agents(v.Request().Context())
	if err != nil {
		return nil, nil, err
	}
	names := map[string]string{}
	for _, a := range all {
		names[a.ID] = a.Shown
	}
	return names, all, nil
}

// auditTime is a moment to the second, in the zone of the pages: entries of one case lie close together.
func (s *Site) auditTime(at time.Time) string { return at.In(s.Zone).Format("2006-01-02 15:04:05") }

// dataShown is how many parts of an entry's data a list shows.
const dataShown = 3

// dataText is an entry's data on one line, cut.
func dataText(data map[string]string) string {
	var parts []string
	for _, key := range slices.Sorted(maps.Keys(data)) {
		if len(parts) == dataShown {
			return strings.Join(parts, " ") + " …"
		}
		value := data[key]
		if len(value) > 40 {
			value = strings.ToValidUTF8(value[:40], "") + "…"
		}
		parts = append(parts, key+"="+value)
	}
	return strings.Join(parts, " ")
}

func pairsOf(data map[string]string) []templates.AuditPair {
	var all []templates.AuditPair
	for _, key := range slices.Sorted(maps.Keys(data)) {
		all = append(all, templates.AuditPair{Name: key, Value: data[key]})
	}
	return all
}
