package support

import "slices"

// Role is what somebody is to the desk. One person may have several.
type Role string

// The roles.
const (
	RoleAgent    Role = "agent"    // helps customers and sends them links
	RoleReviewer Role = "reviewer" // decides on papers
	RoleLead     Role = "lead"     // answers for the desk
	RoleAuditor  Role = "auditor"  // looks, and touches nothing
)

// Right is what a route asks for.
type Right string

// The rights.
const (
	RightDesk    Right = "desk" // whoever is signed in: their own page and sessions, signing out
	RightShare   Right = "share"
	RightAssist  Right = "assist"
	RightTickets Right = "tickets" // sees what waits and how it was decided; no evidence without a reason
	RightReview  Right = "review"
	RightInsight Right = "insight"
	RightLead    Right = "lead"
	RightAudit   Right = "audit"
)

// rights is the whole table: what is not in it is not allowed.
var rights = map[Role][]Right{
	RoleAgent:    {RightDesk, RightShare, RightAssist},
	RoleReviewer: {RightDesk, RightShare, RightTickets, RightReview},
	RoleLead:     {RightDesk, RightShare, RightAssist, RightTickets, RightReview, RightInsight, RightLead},
	RoleAuditor:  {RightDesk, RightTickets, RightInsight, RightAudit},
}

// Roles lists all roles in the order in which people read them.
func Roles() []Role { return []Role{RoleAgent, RoleReviewer, RoleLead, RoleAuditor} }

// Rights lists all rights.
func Rights() []Right {
	return []Right{RightDesk, RightShare, RightAssist, RightTickets, RightReview, RightInsight, RightLead, RightAudit}
}

// May says whether a role has a right. A role that does not exist has none.
func (r Role) May(right Right) bool { return slices.Contains(rights[r], right) }

// known keeps the roles that exist, each once, in their usual order.
func known(roles []Role) []Role {
	var kept []Role
	for _, r := range Roles() {
		if slices.Contains(roles, r) {
			kept = append(kept, r)
		}
	}
	return kept
}
