package web

import (
	"context"
	"fmt"
	"strconv"

	"zhaohui/internal/alert"
	"zhaohui/internal/support"
	"zhaohui/templates"
)

// Alerts are what goes wrong just now.
type Alerts interface {
	Running(ctx context.Context) ([]alert.State, error)
}

// alertRows are the alerts that are on, for who answers for the desk.
func (s *Site) alertRows(v *visit) ([]templates.AlertRow, error) {
	if s.Alerts == nil || !v.agent.Agent.May(support.RightLead) {
		return nil, nil
	}
	running, err := s.Alerts.Running(v.Request().Context())
	if err != nil {
		return nil, fmt.Errorf("alerts at the desk: %w", err)
	}
	var rows []templates.AlertRow
	for _, a := range running {
		t := v.words.T
		row := templates.AlertRow{Text: t("alert.kind."+string(a.Kind), "Count", strconv.Itoa(a.Count)),
			Since: t("alert.since", "Time", s.clockTime(v, a.Began)), Hint: t("alert.hint." + string(a.Kind))}
		if a.Channel != "" {
			row.Text = t("alert.channel."+a.Channel, "What", row.Text)
		}
		rows = append(rows, row)
	}
	return rows, nil
}
