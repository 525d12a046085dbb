package web

import "zhaohui/internal/support"

// auditPages are for those who look after what everybody else did. Who answers for the desk sees what is kept how long as well.
var auditPages = []route{
	{"GET", "/agent/audit", support.RightAudit, (*Site).showAudit},
	{"POST", "/agent/audit", support.RightAudit, (*Site).submitAudit},
	{"POST", "/agent/audit/export", support.RightAudit, (*Site).submitAuditExport},
	{"GET", "/agent/audit/retention", support.RightInsight, (*Site).showRetention},
	{"GET", "/agent/audit/:seq", support.RightAudit, (*Site).showAuditEntry},
	{"POST", "/agent/audit/:seq", support.RightAudit, (*Site).submitAuditEntry},
}

// filterRoutes keep searches; the pages that offer it say so themselves.
var filterRoutes = []route{
	{"POST", "/agent/filters", support.RightDesk, (*Site).submitFilter},
}
