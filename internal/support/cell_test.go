package support_test

import (
	"testing"

	"zhaohui/internal/support"
)

func TestCell_noProgramCalculatesWhatACustomerTyped(t *testing.T) {
	for _, text := range []string{"=1+2", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+2", "＋1", "－1", "＠a"} {
		if got := support.Cell(text); got != "'"+text {
			t.Errorf("%q stays %q", text, got)
		}
	}
	for _, text := range []string{"", "找回 = 密码", "<5", "12", "2026-11-20", "\xff=1"} {
		if got := support.Cell(text); got != text {
			t.Errorf("%q becomes %q", text, got)
		}
	}
}
