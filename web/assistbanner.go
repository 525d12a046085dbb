package web

import (
	"zhaohui/internal/problem"
	"zhaohui/internal/recovery"
	"zhaohui/templates"
)

// assisted is what the customer's page says while an agent helps; nil if none does. Its trouble is not the page's.
func (l *live) assisted() *templates.AssistBanner {
	if l.Assist == nil {
		return nil
	}
	b, err := l.Assist.Banner(l.visit.Request().Context(), l.cases.read(l.visit.Request()))
	if err != nil {
		l.Log.Warn("the help in a case is not shown", "error", err)
	}
	if b == nil {
		return nil
	}
	view := &templates.AssistBanner{Action: l.visit.to("/case/"+l.sight.ID+"/assist", ""), Live: l.liveView(l.visit, "/case/"+l.sight.ID, b.Version),
		Hidden: namedPage()}
	view.Live.Again.URL = l.visit.to(l.path, "")
	if b.Word != nil {
		view.Title, view.Word = l.t("assist.banner.title", "Time", l.clock(b.Until)), b.Word[l.visit.words.Code()]
		if other := b.Word[b.Lang]; other != view.Word { // said in the language in which the case was begun
			view.Word = other + l.t("say.dot") + view.Word
		}
	}
	if b.Waiting {
		view.Accept = l.t("assist.banner.accept-text")
	}
	if b.Suggested != "" && b.Suggested != l.sight.Doing && l.offered(b.Suggested) {
		view.Suggest = l.act("choose", l.t("method."+b.Suggested+".choose"))
		view.Suggest.Hidden = append(view.Suggest.Hidden, templates.Field{Name: "method", Value: b.Suggested})
	}
	return view
}

func (l *live) offered(method string) bool {
	for _, o := range l.sight.Offers {
		if o.Method == method {
			return true
		}
	}
	return false
}

// submitAssisted is the customer's own part: to end the help, or to take over what the agent found out.
func (s *Site) submitAssisted(v *visit) error {
	key := s.cases.read(v.Request())
	sight, err := s.look(v)
	if problem.KindOf(err) == problem.KindNotFound || err == nil && sight.ID != v.Param("ref") {
		return v.see(v.to("/case", ""))
	}
	if err != nil {
		return err
	}
	form, err := v.form("do", recovery.FieldPage)
	if err != nil {
		return err
	}
	ctx := v.Request().Context()
	switch form.Get("do") {
	case "end":
		err = s.Assist.End(ctx, key, s.client(v))
	case "accept":
		fresh, failed := s.Assist.Accept(ctx, key, s.pressedBy(v, form.Get(recovery.FieldPage)))
		if err = failed; fresh != "" {
			key = recovery.Key{Case: key.Case, Token: fresh}
			err = s.cases.write(v.Response(), v.Request(), key)
		}
	default:
		err = problem.Invalid{Fields: map[string]string{"do": "unknown"}}
	}
	if err != nil {
		return err
	}
	return v.see(v.to(s.pathAfter(ctx, key, sight), ""))
}
