package web

import (
	"context"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"
)

// showHealth says that the program runs.
func (s *Site) showHealth(c echo.Context) error { return c.String(http.StatusOK, "ok\n") }

// readyPatience is less than what balancers wait for an answer.
const readyPatience = 2 * time.Second

// showReady says that it can serve; while it cannot, a balancer sends people elsewhere.
func (s *Site) showReady(c echo.Context) error {
	if s.Maintenance {
		return c.String(http.StatusServiceUnavailable, "maintenance\n")
	}
	if s.Ready != nil {
		ctx, cancel := context.WithTimeout(c.Request().Context(), readyPatience)
		defer cancel()
		if err := s.Ready(ctx); err != nil {
			s.Log.Warn("not ready", "error", err)
			return c.String(http.StatusServiceUnavailable, "database\n")
		}
	}
	return c.String(http.StatusOK, "ready\n")
}
