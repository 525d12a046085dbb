package main

import (
	"crypto/sha256"
	"fmt"
	"net/http"
	"os"
	"strconv"

	"github.com/gorilla/sessions"
	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	embedded "zhaohui/content"
	"zhaohui/internal/i18n"
	"zhaohui/static"
	"zhaohui/templates/fixtures"
	"zhaohui/templates/ui"
)

type bareCommand struct {
	Addr string `arg:""`
	File string `arg:"" help:"The answer's body, compressed."`
}

// Run serves the same bytes to everybody: what net/http can do at most.
func (c *bareCommand) Run() error {
	body, err := os.ReadFile(c.File)
	if err != nil {
		return err
	}
	kind, coding, length := []string{"text/html; charset=utf-8"}, []string{"gzip"}, []string{strconv.Itoa(len(body))}
	return http.ListenAndServe(c.Addr, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		h := w.Header()
		h["Content-Type"], h["Content-Encoding"], h["Content-Length"] = kind, coding, length
		_, _ = w.Write(body) // the load generator has gone; there is nobody to tell
	}))
}

type ordinaryCommand struct {
	Addr string `arg:""`
}

// Run serves a step as most would: the session is read and saved again so that it lives on, the page is rendered and
// compressed, for every request. The view is made beforehand, which is kind to this side.
func (c *ordinaryCommand) Run() error {
	words, err := i18n.Load(embedded.Files())
	if err != nil {
		return err
	}
	page, err := step(words.Words(i18n.Default))
	if err != nil {
		return err
	}
	sign, seal := sha256.Sum256([]byte("sign")), sha256.Sum256([]byte("seal"))
	store := sessions.NewCookieStore(sign[:], seal[:])
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.Use(middleware.Recover(), middleware.Secure(), middleware.Gzip())
	e.GET("/p/:platform/:channel/:step", func(c echo.Context) error {
		session, err := store.Get(c.Request(), "progress")
		if err != nil {
			return err
		}
		session.Values["platform"], session.Values["channel"], session.Values["step"] = c.Param("platform"), c.Param("channel"), c.Param("step")
		session.Values["answers"] = c.QueryString()
		if err := session.Save(c.Request(), c.Response()); err != nil {
			return err
		}
		c.Response().Header().Set(echo.HeaderContentType, echo.MIMETextHTMLCharsetUTF8)
		return page.Component(frame()).Render(c.Request().Context(), c.Response())
	})
	return e.Start(c.Addr)
}

// frame fills in what the portal's frame has and the gallery's has not, so that both pages weigh about the same.
func frame() ui.Page {
	return ui.Page{StyleURL: static.URL("zhaohui.css"), ScriptURL: static.URL("zhaohui.js"), IconURL: static.URL("icon.svg"), SpriteURL: static.URL("icons.svg"),
		Description: "在支付宝里刷一次脸，当场设新的支付密码，三分钟就好，不用打电话，也不用等。",
		Alternates: []ui.LangLink{{Code: "zh-CN", URL: "https://help.yunfan.example/p/alipay/face/open-payment-password"},
			{Code: "en", URL: "https://help.yunfan.example/en/p/alipay/face/open-payment-password"}}}
}

// step is the page of the gallery that shows the step which is measured.
func step(words i18n.Words) (fixtures.Item, error) {
	for _, item := range fixtures.All(words) {
		if item.Page == "step" && item.State == "normal" {
			return item, nil
		}
	}
	return fixtures.Item{}, fmt.Errorf("the gallery shows no step")
}
