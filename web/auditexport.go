package web

import (
	"fmt"
	"net/http"
	"time"

	"zhaohui/internal/problem"
	"zhaohui/internal/support"
)

// exportPatience is how long a reader may take for one part of an export.
const exportPatience = 30 * time.Second

// submitAuditExport sends a search as a file. It is a POST because the trail keeps that it was taken, and by whom.
func (s *Site) submitAuditExport(v *visit) error {
	form, err := v.form(append([]string{"format"}, auditFields...)...)
	if err != nil {
		return err
	}
	f, wrong := s.auditFilter(form)
	if len(wrong) > 0 {
		return problem.Invalid{Fields: wrong}
	}
	format := form.Get("format")
	out := support.NewTrailWriter(format, v.Response())
	if out == nil {
		return problem.Invalid{Fields: map[string]string{"format": "unknown"}}
	}
	control := http.NewResponseController(v.Response())
	rows, err := s.Trail.Export(v.Request().Context(), f, format, support.Actor(v.agent.Agent.ID), func(entries []support.TrailEntry) error {
		s.exportHeader(v, format)
		_ = control.SetWriteDeadline(time.Now().Add(exportPatience)) // the server's own would end a long file
		return out.Write(entries)
	})
	if err == nil && rows == 0 {
		s.exportHeader(v, format)
		err = out.Write(nil)
	}
	if err != nil && v.Response().Committed { // half a file must not look like a whole one
		s.Log.Warn("an export of the audit trail ended early", "error", err)
		panic(http.ErrAbortHandler)
	}
	return err
}

// exportHeader says what the file is, before its first part.
func (s *Site) exportHeader(v *visit, format string) {
	if v.Response().Committed {
		return
	}
	header := v.Response().Header()
	header.Set("Content-Type", map[string]string{"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson"}[format])
	header.Set("Content-Disposition", fmt.Sprintf(`attachment; filename="audit-%s.%s"`, s.Now().In(s.Zone).Format("20060102-150405"), format))
	v.Response().WriteHeader(http.StatusOK)
}
