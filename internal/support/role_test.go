package support_test

import (
	"testing"
	"time"

	"zhaohui/internal/support"
)

func TestP1_whatEachRoleMay(t *testing.T) {
	want := map[support.Role]string{
		support.RoleAgent:    "desk share assist",
		support.RoleReviewer: "desk share tickets review",
		support.RoleLead:     "desk share assist tickets review insight lead",
		support.RoleAuditor:  "desk tickets insight audit",
		"":                   "",
		"admin":              "",
	}
	for role, rights := range want {
		got := ""
		for _, right := range support.Rights() {
			if role.May(right) {
				got += " " + string(right)
			}
		}
		if got != "" {
			got = got[1:]
		}
		if got != rights {
			t.Errorf("%q may %q, want %q", role, got, rights)
		}
		if role.May("") || role.May("password") {
			t.Errorf("%q may what is no right", role)
		}
	}
}

func TestP1_rolesAddUpAndWhoIsDisabledMayNothing(t *testing.T) {
	a := &support.Agent{Roles: []support.Role{support.RoleReviewer, support.RoleAuditor}}
	if !a.May(support.RightReview) || !a.May(support.RightAudit) || a.May(support.RightAssist) {
		t.Error("rights of two roles do not add up")
	}
	a.Disabled = time.Unix(1, 0)
	if a.May(support.RightDesk) {
		t.Error("somebody who is disabled may come to the desk")
	}
}
