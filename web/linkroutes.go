package web

import (
	"context"
	"time"

	"zhaohui/internal/support"
)

// linkPages are what customers see of the links that agents share.
var linkPages = []route{
	{"GET", "/s", everyone, (*Site).showLinkCode},
	{"POST", "/s", everyone, (*Site).submitLinkCode},
	{"GET", "/s/:code", everyone, (*Site).showLink},
	{"POST", "/s/:code", everyone, (*Site).submitLink},
}

// agentLinkPages are where agents make links and see what became of them.
var agentLinkPages = []route{
	{"GET", "/agent/links", support.RightShare, (*Site).showLinks},
	{"POST", "/agent/links", support.RightShare, (*Site).submitNewLink},
	{"GET", "/agent/links/new", support.RightShare, (*Site).showNewLink},
	{"GET", "/agent/links/retire", support.RightLead, (*Site).showRetire},
	{"POST", "/agent/links/retire", support.RightLead, (*Site).submitRetire},
	{"GET", "/agent/links/:code", support.RightShare, (*Site).showMadeLink},
	{"POST", "/agent/links/:code", support.RightShare, (*Site).submitMadeLink},
}

// LinkDesk keeps the links that agents share; *support.Links does.
type LinkDesk interface {
	Make(ctx context.Context, n support.NewLink) (support.Link, error)
	Find(ctx context.Context, typed string) (support.Link, error)
	Open(ctx context.Context, typed string) (support.Link, error)
	Note(ctx context.Context, code string, m support.Mark) (support.Link, error)
	Revoke(ctx context.Context, code, actor string) error
	Scam(ctx context.Context, code, pattern, actor string) error
	Scams(ctx context.Context, since time.Time, platform string) (map[string]int, error)
	Matching(ctx context.Context, f support.LinkFilter, limit int) ([]support.Link, error)
	RetireAll(ctx context.Context, f support.LinkFilter, why, actor string) (int, error)
	Of(ctx context.Context, agent, after string, limit int) ([]support.Link, error)
	Place(t support.Target, lang string) support.Place
}
