package web

import (
	"net/http"

	"github.com/a-h/templ"

	"zhaohui/internal/i18n"
	"zhaohui/static"
	"zhaohui/templates"
	"zhaohui/templates/fixtures"
	"zhaohui/templates/ui"
)

// Gallery shows every page with its states, from fixtures: /gallery lists them, /gallery/{page}/{state} shows one.
// lang= picks the language and elder=on the large text.
func Gallery(catalog *i18n.Catalog) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET "+static.Prefix, static.Handler())
	mux.Handle("GET /{$}", http.RedirectHandler("/gallery", http.StatusFound))
	mux.HandleFunc("GET /gallery", func(w http.ResponseWriter, r *http.Request) {
		words := catalog.Words(r.URL.Query().Get("lang"))
		view := templates.GalleryView{Page: galleryFrame(r, words)}
		view.Title, view.HomeURL = words.T("gallery.title"), "/gallery"
		for _, item := range fixtures.All(words) {
			if n := len(view.Groups); n == 0 || view.Groups[n-1].Name != item.Page {
				view.Groups = append(view.Groups, templates.GalleryGroup{Name: item.Page})
			}
			group := &view.Groups[len(view.Groups)-1]
			group.Items = append(group.Items, templates.GalleryItem{Name: item.Page, State: item.State,
				URL: "/gallery/" + item.Page + "/" + item.State + "?" + r.URL.RawQuery})
		}
		show(w, r, templates.Gallery(view))
	})
	mux.HandleFunc("GET /gallery/{page}/{state}", func(w http.ResponseWriter, r *http.Request) {
		words := catalog.Words(r.URL.Query().Get("lang"))
		for _, item := range fixtures.All(words) {
			if item.Page == r.PathValue("page") && item.State == r.PathValue("state") {
				show(w, r, item.Component(galleryFrame(r, words)))
				return
			}
		}
		http.NotFound(w, r)
	})
	return mux
}

func galleryFrame(r *http.Request, words words) ui.Page {
	return ui.Page{W: words, Elder: r.URL.Query().Get("elder") == "on", StyleURL: static.URL("zhaohui.css"),
		ScriptURL: static.URL("zhaohui.js"), SheetURL: static.URL("agent.css"), ChartsURL: static.URL("agentinsight.css"), CodeURL: static.URL("agent.js"),
		IconURL: static.URL("icon.svg"), SpriteURL: static.URL("icons.svg"), Base: words.Prefix()}
}

func show(w http.ResponseWriter, r *http.Request, page templ.Component) {
	w.Header().Set("Content-Security-Policy", policy)
	templ.Handler(page).ServeHTTP(w, r)
}
