package help

import "context"

// The kinds of document that a search finds.
const (
	KindArticle  = "article"
	KindChannel  = "channel"
	KindPlatform = "platform"
)

// Document is something to be found, in one language. It carries ids, not addresses: those are the web's.
type Document struct {
	Key      string // unique within its language: "article/no-card", "channel/alipay/face"
	Lang     string
	Kind     string // article | channel | platform
	Platform string // "" for an article
	ID       string // the article's slug or the channel's id
	Title    string // without break marks
	Words    []string
	Text     string   // searched
	Passages []string // shown: a hit quotes one of them
}

// Hit is a document found, with the passage that shows why.
type Hit struct {
	Kind, Platform, ID, Title string
	Passage                   []Piece
}

// Index finds documents. The best come first; nothing found is an empty slice. A query that is Secretive is refused
// with problem.Invalid and neither searched nor kept.
type Index interface {
	Search(ctx context.Context, lang, query string, limit int) ([]Hit, error)
}
