package web

import (
	"fmt"
	"io"
	"net/http"

	"github.com/labstack/echo/v4"
)

// takeReport takes what an SMS gateway tells later of a letter: delivered or bounced (doc/messages.md). The report is signed;
// it needs no session and no other right.
func (s *Site) takeReport(c echo.Context) error {
	body, err := io.ReadAll(http.MaxBytesReader(c.Response(), c.Request().Body, maxBody))
	if err != nil {
		return fmt.Errorf("delivery report: %w", err)
	}
	if err := s.Reports.Report(c.Request().Context(), c.Request().Header, body); err != nil {
		return fmt.Errorf("delivery report: %w", err)
	}
	return c.NoContent(http.StatusNoContent)
}
