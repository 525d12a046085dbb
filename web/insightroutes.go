package web

import "zhaohui/internal/support"

// insightPages are what the operator may know of how the portal helps.
var insightPages = []route{
	{"GET", "/agent/insight", support.RightInsight, (*Site).showInsight},
	{"GET", "/agent/insight/:table", support.RightInsight, (*Site).showInsightTable},
}
