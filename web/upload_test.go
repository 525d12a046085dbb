package web_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"mime/multipart"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"zhaohui/internal/picture"
	"zhaohui/internal/support"
	"zhaohui/web"
)

// photo is a small picture whose file carries a canary where cameras and editors write.
func photo(tb testing.TB, shade uint8) []byte {
	tb.Helper()
	m := image.NewGray(image.Rect(0, 0, 40, 30))
	for i := range m.Pix {
		m.Pix[i] = shade
	}
	m.SetGray(0, 0, color.Gray{Y: 255 - shade})
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		tb.Fatal(err)
	}
	note := "canary-8213 <script>"
	return bytes.Join([][]byte{b.Bytes()[:2], {0xff, 0xfe, 0, byte(len(note) + 2)}, []byte(note), b.Bytes()[2:]}, nil)
}

// bomb is the header of a picture of 60,000 × 60,000.
func bomb(tb testing.TB) []byte {
	tb.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 1, 1))); err != nil {
		tb.Fatal(err)
	}
	raw := b.Bytes()
	copy(raw[16:], []byte{0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60})
	return raw
}

// pair is a part of a form: a field, or a file when it has bytes.
type pair struct {
	name, text string
	file       []byte
}

func filed(shots ...[]byte) []pair {
	all := []pair{{name: "consent", text: "yes"}}
	for i, shot := range shots {
		all = append(all, pair{name: "picture", text: fmt.Sprintf("canary-8213-%d.jpg", i), file: shot})
	}
	return all
}

// multi sends a form with files.
func (b *browser) multi(target string, parts ...pair) answer {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for _, p := range parts {
		var w io.Writer
		var err error
		if w, err = form.CreateFormField(p.name); p.file != nil {
			w, err = form.CreateFormFile(p.name, p.text)
		}
		if err == nil && p.file != nil {
			_, err = w.Write(p.file)
		} else if err == nil {
			_, err = io.WriteString(w, p.text)
		}
		if err != nil {
			panic(err)
		}
	}
	_ = form.Close()
	return b.raw(target, form.FormDataContentType(), &body)
}

func (b *browser) raw(target, kind string, body io.Reader) answer {
	r := b.request("POST", target, body)
	r.Header.Set("Content-Type", kind)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return b.send(r)
}

// papers is somebody at the question that takes pictures.
func (p *portal) papers(t *testing.T) (one *person, page string) {
	t.Helper()
	one, appeal := p.appeals(t, "nothing@demo.example")
	page = appeal + "/papers"
	one.open(page)
	return one, page
}

func TestW7_picturesAreTakenShownAndTakenBackWithoutScript(t *testing.T) {
	p := newAppeals(t)
	one, page := p.papers(t)
	contains(t, one.open(page), "没有，跳过", "还能加 4 张", `enctype="multipart/form-data"`)
	a := one.multi(page+"/pictures", filed(photo(t, 40), photo(t, 90))...)
	if a.status != 303 || a.location() != page {
		t.Fatalf("%d to %q: %s", a.status, a.location(), a.body)
	}
	a = one.open(page)
	contains(t, a, "收到 2 张照片", "照片 2", "还能加 2 张", "好了，接着写")
	links := picturesOn(t, a)
	if len(links) != 2 {
		t.Fatal(links)
	}
	shown := one.get(links[0])
	if shown.status != 200 || shown.header.Get("Content-Type") != "image/jpeg" || shown.header.Get("Cache-Control") != "no-store" {
		t.Errorf("%d %v", shown.status, shown.header)
	}
	if _, err := jpeg.Decode(strings.NewReader(shown.body)); err != nil || strings.Contains(shown.body, "canary") {
		t.Error("what is shown is not a clean picture", err)
	}
	for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
		"Content-Disposition": `inline; filename="picture.jpg"`, "Cross-Origin-Resource-Policy": "same-origin"} {
		if got := shown.header.Get(name); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
	if a := one.post(links[0], nil); a.status != 303 || a.location() != page {
		t.Errorf("removing leads to %q with %d", a.location(), a.status)
	}
	if a := one.get(links[0]); a.status != 404 {
		t.Errorf("what was removed is shown: %d", a.status)
	}
	contains(t, one.open(page), "收到 1 张照片")
	if a := one.post(links[0], nil); a.status != 303 { // pressed twice
		t.Error(a.status)
	}
	one.open(page)
	one.fill("do", "save")
	contains(t, one.open(strings.TrimSuffix(page, "papers")+"check"), "1 张")
}

// picturesOn are the addresses of the pictures on a page.
func picturesOn(t *testing.T, a answer) []string {
	t.Helper()
	var links []string
	for _, at := range parsed(t, a.body).links() {
		if strings.Contains(at, "/pictures/") {
			links = append(links, at)
		}
	}
	return links
}

// The consent is a box of its own, never ticked, that says what for and how long (requirement P3).
func TestP3_picturesNeedAConsentOfTheirOwn(t *testing.T) {
	p := newAppeals(t)
	one, page := p.papers(t)
	boxes := parsed(t, one.open(page).body).with("value")
	n := 0
	for _, box := range boxes {
		if box.attr("type") == "checkbox" {
			n++
			if box.has("checked") || box.attr("name") != "consent" {
				t.Error("the box is ticked")
			}
		}
	}
	if n != 1 {
		t.Errorf("%d boxes", n)
	}
	contains(t, one.open(page), "只用来核对您是不是账户的主人", "再存 30 天", "不给也能申诉")
	a := one.multi(page+"/pictures", pair{name: "picture", text: "x.jpg", file: photo(t, 40)}, pair{name: "picture", text: "y.jpg", file: photo(t, 50)})
	contains(t, a, "请先打勾同意", `href="#consent"`, "<title>错误：")
	if a.status != 422 || len(picturesOn(t, a)) != 0 || strings.Count(a.body, "请先打勾同意") != 2 { // in the summary and at the box
		t.Errorf("%d", a.status)
	}
	one.multi(page+"/pictures", filed(photo(t, 40))...)
	if a := one.open(page); strings.Contains(a.body, `name="consent"`) {
		t.Error("who agreed is asked again")
	}
	contains(t, one.open("/en"+page), "This we ask separately") // another text was not agreed to
	ticket := p.ticket(t, one)
	if len(ticket.Detail.Consents) != 1 || ticket.Detail.Consents[0].Days != 30 || !strings.HasPrefix(ticket.Detail.Consents[0].Text, "zh-") {
		t.Errorf("%+v", ticket.Detail.Consents)
	}
}

func TestW7_aRefusedPictureSaysWhatToDoAndTheOthersStay(t *testing.T) {
	p := newAppeals(t)
	one, page := p.papers(t)
	for name, c := range map[string]struct {
		file []byte
		says string
	}{
		"60,000 × 60,000": {bomb(t), "尺寸太大"},
		"a page":          {[]byte("<html>"), "不是照片"},
		"HEIC":            {[]byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00"), "兼容性最佳"},
		"cut":             {photo(t, 3)[:100], "打不开"},
		"large":           {append(photo(t, 3), make([]byte, picture.MaxBytes)...), "超过 8 MB"},
		"empty":           {[]byte{}, "还没有选照片"},
	} {
		a := one.multi(page+"/pictures", filed(c.file)...)
		if a.status != 422 {
			t.Errorf("%s: %d", name, a.status)
		}
		contains(t, a, c.says, `href="#picture"`)
	}
	a := one.multi(page+"/pictures", filed(photo(t, 1), []byte("no"), photo(t, 2), photo(t, 3), photo(t, 4), photo(t, 5))...)
	contains(t, a, "第 2 张：", "不是照片", "第 6 张：", "放不下了", "收到 4 张照片")
	if a.status != 422 || len(picturesOn(t, a)) != 4 {
		t.Errorf("%d %v", a.status, picturesOn(t, a))
	}
	contains(t, one.open(page), "4 张已经满了")
}

// Only the routes of pictures take more than a form, and they no more than four pictures.
func TestW8_onlyUploadsMayBeLarge(t *testing.T) {
	p := newAppeals(t)
	one, page := p.papers(t)
	large := filed(append(photo(t, 3), make([]byte, web.MaxBody)...))
	for _, target := range []string{page, "/case", "/progress", strings.TrimSuffix(page, "papers") + "check", page + "/pictures/none"} {
		if a := one.multi(target, large...); a.status != 422 && a.status != 413 {
			t.Errorf("%s takes a form with files: %d", target, a.status)
		}
	}
	if a := one.raw(page, "application/x-www-form-urlencoded", strings.NewReader("do="+strings.Repeat("x", web.MaxBody))); a.status != 413 {
		t.Errorf("a form of 8 KB is taken: %d", a.status)
	}
	body := &counted{r: io.MultiReader(strings.NewReader("--b\r\nContent-Disposition: form-data; name=\"picture\"; filename=\"x\"\r\n\r\n"), endless{})}
	a := one.raw(page+"/pictures", "multipart/form-data; boundary=b", body)
	contains(t, a, "一起传的太大了")
	if most := int64(4*picture.MaxBytes + 2<<20); a.status != 422 || body.n > most {
		t.Errorf("%d after %d bytes", a.status, body.n)
	}
	for what, send := range map[string]func() answer{
		"another field": func() answer { return one.multi(page+"/pictures", pair{name: "password", text: "739184"}) },
		"a usual form":  func() answer { return one.post(page+"/pictures", values("consent", "yes")) },
		"a form cut off": func() answer {
			return one.raw(page+"/pictures", "multipart/form-data; boundary=b", strings.NewReader("--b\r\nX"))
		},
		"no boundary": func() answer { return one.raw(page+"/pictures", "multipart/form-data", strings.NewReader("--b--")) },
	} {
		if a := send(); a.status != 422 {
			t.Errorf("%s: %d", what, a.status)
		}
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { clear(p); return len(p), nil }

type counted struct {
	r io.Reader
	n int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// A picture is seen by nobody but who runs the case, and by them only until it is sent.
func TestW7_aPictureBelongsToItsCase(t *testing.T) {
	p := newAppeals(t)
	one, page := p.papers(t)
	one.multi(page+"/pictures", filed(photo(t, 40))...)
	link := picturesOn(t, one.open(page))[0]
	other, _ := p.papers(t)
	for _, who := range []*browser{p.browser(), other.browser} {
		for _, path := range []string{link, page + "/pictures"} {
			a := who.get(path)
			if strings.Contains(a.header.Get("Content-Type"), "image") || a.status == 200 {
				t.Errorf("somebody else gets %s: %d", path, a.status)
			}
		}
		if a := who.multi(page+"/pictures", filed(photo(t, 1))...); a.status != 303 || a.location() != "/case" {
			t.Errorf("somebody else adds a picture: %d %s", a.status, a.location())
		}
	}
	one.open(strings.TrimSuffix(page, "papers") + "registered")
	one.fill("month", "2019-03", "do", "save")
	one.open(strings.TrimSuffix(page, "papers") + "check")
	one.fill()
	if a := one.get(link); a.status == 200 {
		t.Error("what was sent is shown again")
	}
	if a := one.multi(page+"/pictures", filed(photo(t, 1))...); a.status != 303 || len(p.ticket(t, one).Detail.Consents) != 1 {
		t.Errorf("a picture is added to what was sent: %d", a.status)
	}
	form, err := p.config.Tickets.Form(t.Context(), one.caseID(), p.ticket(t, one).ID)
	if err != nil || len(form.Answers["papers"]) != 1 {
		t.Error(form, err)
	}
}

// Nothing of a file but what it shows is kept, and nothing at all of it reaches the log: no name, no comment, no bytes.
func TestW9_nothingOfAFileIsWrittenDown(t *testing.T) {
	p := newAppeals(t)
	one, page := p.papers(t)
	for _, parts := range [][]pair{filed(photo(t, 40)), filed([]byte("canary-8213")), filed(photo(t, 2)[:60]),
		{{name: "canary-8213", text: "canary-8213"}}, filed(photo(t, 41), photo(t, 42), photo(t, 43), photo(t, 44))} {
		a := one.multi(page+"/pictures", parts...)
		if strings.Contains(a.body+fmt.Sprint(a.header), "canary") {
			t.Error("the page repeats something of the file")
		}
	}
	if _, err := p.live.db.SQL().Exec(`PRAGMA wal_checkpoint(PASSIVE)`); err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{"the log": p.log.String()}
	files, err := filepath.Glob(p.live.path + "*")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		texts[filepath.Base(file)] = string(raw)
	}
	kept := one.get(picturesOn(t, one.open(page))[0]).body
	for where, text := range texts {
		for what, secret := range map[string]string{"the canary": "canary", "the file": string(photo(t, 40)[40:90]), "the picture": kept[200:260],
			"a JPEG": "\xff\xd8\xff\xdb\x00\x84"} {
			if strings.Contains(text, secret) {
				t.Errorf("%s stands in %s", what, where)
			}
		}
	}
}

// One form with pictures at a time: each holds a picture in memory.
func TestW8_aCaseSendsOneFormOfPicturesAtATime(t *testing.T) {
	p := newAppeals(t)
	one, page := p.papers(t)
	second := make(chan answer, 1)
	body := &interrupted{head: strings.NewReader("--b\r\nContent-Disposition: form-data; name=\"consent\"\r\n\r\n"),
		then: func() { second <- one.tab().multi(page+"/pictures", filed(photo(t, 1))...) }}
	one.raw(page+"/pictures", "multipart/form-data; boundary=b", body)
	if a := <-second; a.status != 503 || a.header.Get("Retry-After") == "" {
		t.Errorf("a second form at once: %d", a.status)
	}
	if a := one.multi(page+"/pictures", filed(photo(t, 1))...); a.status != 303 {
		t.Errorf("a form after it: %d", a.status)
	}
}

// Who sends slowly keeps the places of their own network, and nobody else's.
func TestW8_oneNetworkLeavesPlacesForOthersWhoSendPictures(t *testing.T) {
	p := newAppeals(t)
	send := func(from string, then func()) int {
		one, page := p.papers(t)
		one.from = from
		if then == nil {
			return one.multi(page+"/pictures", filed(photo(t, 1))...).status
		}
		return one.raw(page+"/pictures", "multipart/form-data; boundary=b", &interrupted{then: then,
			head: strings.NewReader("--b\r\nContent-Disposition: form-data; name=\"consent\"\r\n\r\n")}).status
	}
	near, far := 0, 0
	hold := func() { near, far = send("203.0.113.90:1000", nil), send("198.51.100.4:1000", nil) }
	for i := range 4 { // each begins while those before it are still sending
		next := hold
		hold = func() { send(fmt.Sprintf("203.0.113.%d:1000", i+1), next) }
	}
	hold()
	if near != 503 || far != 303 {
		t.Errorf("beside four that send: %d from their network, %d from another", near, far)
	}
	if again := send("203.0.113.91:1000", nil); again != 303 {
		t.Errorf("after them: %d", again)
	}
}

// interrupted does something in the middle of a body.
type interrupted struct {
	head io.Reader
	then func()
}

func (i *interrupted) Read(p []byte) (int, error) {
	n, err := i.head.Read(p)
	if n == 0 && i.then != nil {
		i.then()
		i.then = nil
	}
	return n, err
}

func TestP1_aPictureIsShownToWhoJudgesAndEachViewIsRecorded(t *testing.T) {
	b := newBureau(t)
	ctx := t.Context()
	ticket, _, err := b.queue.Begin(ctx, support.NewTicket{Kind: "appeal", Case: "c1", Key: "k", Lang: "zh"})
	b.must(err)
	_, err = b.queue.Save(ctx, "c1", ticket.ID, "registered", values2("month", "2019-03"))
	b.must(err)
	b.must(b.queue.AddPicture(ctx, support.NewPicture{Case: "c1", Ticket: ticket.ID, Ask: "papers", Raw: photo(t, 40), Text: "zh-1", Agrees: true}))
	_, err = b.queue.Send(ctx, "c1", ticket.ID)
	b.must(err)
	form, err := b.queue.Form(ctx, "c1", ticket.ID)
	b.must(err)
	link := ticketPage(ticket) + "/pictures/" + form.Answers["papers"][0]["paper"]
	anna := b.hire(t, "anna", support.RoleReviewer)
	if a := b.browser().get(link); a.status != 303 {
		t.Errorf("a stranger gets %d", a.status)
	}
	if a := b.hire(t, "otto", support.RoleAgent).b.get(link); a.status != 403 {
		t.Errorf("who may not judge gets %d", a.status)
	}
	anna.claims(t, ticket)
	if a := anna.b.get(link); a.status != 403 || len(b.trail("picture-viewed")) != 0 {
		t.Errorf("without a reason: %d", a.status)
	}
	a := anna.b.post(ticketPage(ticket)+"/view", values("why", "decide"))
	if a.status != 303 {
		t.Fatal(a.status, a.body)
	}
	if page := anna.b.get(ticketPage(ticket)); !strings.Contains(page.body, link) {
		t.Error("the ticket's page does not show the picture")
	}
	for n := range 2 {
		a := anna.b.get(link)
		if a.status != 200 || a.header.Get("Content-Type") != "image/jpeg" || a.header.Get("Cache-Control") != "no-store" ||
			a.header.Get("Content-Security-Policy") != "default-src 'none'; style-src 'unsafe-inline'; sandbox" {
			t.Errorf("%d %v", a.status, a.header)
		}
		if got := b.trail("picture-viewed"); len(got) != n+1 || got[n] != support.Actor(anna.id)+" decide" {
			t.Errorf("the trail has %v", got)
		}
	}
	if a := anna.b.get(ticketPage(ticket) + "/pictures/none"); a.status != 404 || len(b.trail("picture-viewed")) != 2 {
		t.Errorf("one that is not there: %d", a.status)
	}
}

func values2(pairs ...string) map[string]string {
	m := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i]] = pairs[i+1]
	}
	return m
}
