package main

// pageKind is one sort of page, with an address that shows it.
type pageKind struct{ name, path string }

// pageKinds are all sorts of pages with their states that an address alone can show. What needs a cookie or a vote
// first is looked at where it is made.
var pageKinds = []pageKind{
	{"home", "/"},
	{"platform", "/p/alipay"},
	{"platform, wechat", "/p/wechatpay"},
	{"chooser, first question", "/p/alipay/choose?trouble=forgot"},
	{"chooser, picture", "/p/alipay/choose?ask=password&safety=none"},
	{"chooser, later question", "/p/wechatpay/choose?safety=none&trouble=forgot&password=payment"},
	{"result", "/p/alipay/result?safety=none&password=payment&trouble=forgot&phone=works&face=yes"},
	{"result, little left",
		"/p/wechatpay/result?safety=none&password=payment&trouble=forgot&phone=suspended&face=fails&card=none&id=none"},
	{"stop, chosen", "/p/alipay/result?safety=stolen"},
	{"stop, coached", "/stop/coached"},
	{"stop, payments", "/stop/unknown-payments"},
	{"channel, question first", "/p/alipay/bank-card"},
	{"channel", "/p/wechatpay/bank-card?safety=none"},
	{"channel, human", "/p/alipay/hotline?safety=none"},
	{"step", "/p/alipay/face/open-security?safety=none"},
	{"step, camera", "/p/alipay/face/look-into-frame?safety=none"},
	{"step, form", "/p/alipay/face/set-password?safety=none"},
	{"step, chat", "/p/alipay/papers/hand-in?safety=none"},
	{"step, question first", "/p/alipay/face/open-me"},
	{"step, checklist", "/p/alipay/papers/prepare?safety=none"},
	{"sheet", "/p/alipay/face/print?safety=none"},
	{"done", "/p/alipay/face/done?safety=none"},
	{"progress, empty", "/progress"},
	{"help", "/help"},
	{"article", "/help/phone-suspended"},
	{"article, tables", "/help/source-figures"},
	{"article, voted", "/help/phone-suspended?useful=no"},
	{"search", "/help/search?q=%E5%81%9C%E6%9C%BA"},
	{"search, nothing", "/help/search?q=qqqqq"},
	{"search, refused", "/help/search?q=138+0013+8000"},
	{"share", "/share/p/alipay/face/open-me"},
	{"leaving", "/leave?to=https%3A%2F%2Fwww.alipay.com%2F"},
	{"genuine", "/genuine"},
	{"privacy", "/privacy"},
	{"not found", "/p/nowhere"},
}
