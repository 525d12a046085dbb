package web

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"net/http"
	"strings"

	"zhaohui/internal/problem"
	"zhaohui/internal/support"
	"zhaohui/templates"
)

// showInsightTable is one table as a file for a spreadsheet: the same numbers as on the page, no others.
func (s *Site) showInsightTable(v *visit) error {
	id, ok := strings.CutSuffix(v.Param("table"), ".csv")
	if !ok {
		return fmt.Errorf("insight: table: %w", problem.NotFound)
	}
	page, err := s.numbers(v)
	if err != nil {
		return fmt.Errorf("show insight table: %w", err)
	}
	section, err := page.section(id)
	if err != nil {
		return err
	}
	file, err := spreadsheet(section)
	if err != nil {
		return fmt.Errorf("write insight table: %w", err)
	}
	h := v.Response().Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Disposition", fmt.Sprintf(`attachment; filename="insight-%s-%s-%dd.csv"`, id,
		page.report.To.Format("2006-01-02"), page.filter.days))
	return v.Blob(http.StatusOK, "text/csv; charset=utf-8", file)
}

// utf8Mark tells spreadsheets that a file is UTF-8.
const utf8Mark = "\ufeff"

// spreadsheet writes a table as CSV. No cell can be taken for a formula: words of customers' searches are among them.
func spreadsheet(s templates.InsightSection) ([]byte, error) {
	var file bytes.Buffer
	file.WriteString(utf8Mark)
	w := csv.NewWriter(&file)
	w.UseCRLF = true
	for _, row := range append([][]string{s.Head}, s.Rows...) {
		cells := make([]string, len(row))
		for i, cell := range row {
			cells[i] = support.Cell(cell)
		}
		if err := w.Write(cells); err != nil {
			return nil, err
		}
	}
	w.Flush()
	return file.Bytes(), w.Error()
}
