package main

import (
	"cmp"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"zhaohui/internal/content"
	"zhaohui/internal/i18n"
	"zhaohui/internal/recovery"
)

// policyCommand shows the rules of recovery, to be read by whoever answers for them.
type policyCommand struct {
	Content  string `help:"A folder laid over the embedded content." placeholder:"DIR"`
	Platform string `help:"The live platform." default:"wallet"`
	Lang     string `help:"Language: zh or en." default:"zh" enum:"zh,en"`
	SVG      bool   `help:"Draw the routes instead, as one SVG file."`
}

// Run prints the policy that serve would use.
func (c *policyCommand) Run() error {
	files := contentFiles(c.Content, nil)
	policy, problems := content.ReadPolicy(files, c.Platform)
	if policy == nil {
		return fmt.Errorf("policy: %w", problems.Errors())
	}
	w, err := policyTexts(files, c.Lang)
	if err != nil {
		return err
	}
	if c.SVG {
		_, err = io.WriteString(os.Stdout, drawPolicy(policy, w))
		return err
	}
	return printPolicy(os.Stdout, policy, w)
}

// policyWords are the words of the table and the drawing, and the names of methods.
type policyWords struct {
	lang    string
	methods map[string]string
}

func policyTexts(files fs.FS, lang string) (policyWords, error) {
	catalog, err := i18n.Load(files)
	if err != nil {
		return policyWords{}, fmt.Errorf("policy: %w", err)
	}
	w := policyWords{lang: lang, methods: map[string]string{}}
	for _, key := range catalog.Keys(lang) {
		if id, name, _ := strings.Cut(strings.TrimPrefix(key, "method."), "."); name == "name" && strings.HasPrefix(key, "method.") {
			w.methods[id] = catalog.Words(lang).T(key)
		}
	}
	return w, nil
}

// t picks a language.
func (w policyWords) t(zh, en string) string {
	if w.lang == "en" {
		return en
	}
	return zh
}

var plannedNames = map[string][2]string{
	"transactions": {"付款记录", "payments"}, "passkey": {"通行密钥", "passkey"}, "newcard": {"另一张银行卡", "another card"},
	"document": {"证件和人脸", "ID document and face"}, "contacts": {"亲友帮忙", "trusted contacts"}, "agent": {"客服核对", "an agent's check"},
	"appeal": {"申诉", "appeal"}, "voice": {"电话语音", "voice line"},
}

func (w policyWords) method(id string) string {
	if name := cmp.Or(w.methods[id], w.t(plannedNames[id][0], plannedNames[id][1])); name != "" {
		return name
	}
	return id
}

var classNames = map[recovery.Class][2]string{
	recovery.ClassKnowledge: {"知道的", "knowledge"}, recovery.ClassPhone: {"手机号", "phone"},
	recovery.ClassMailbox: {"邮箱", "mailbox"}, recovery.ClassSaved: {"事先存好的", "saved earlier"},
	recovery.ClassDevice: {"设备", "device"}, recovery.ClassCard: {"银行卡", "card"},
	recovery.ClassDocument: {"证件", "document"}, recovery.ClassPeople: {"亲友", "people"}, recovery.ClassStaff: {"工作人员", "staff"},
}

func (w policyWords) class(c recovery.Class) string { return w.t(classNames[c][0], classNames[c][1]) }

func (w policyWords) classes(cs []recovery.Class) string {
	var names []string
	for _, c := range cs {
		names = append(names, w.class(c))
	}
	return strings.Join(names, w.t("＋", " + "))
}

func (w policyWords) span(d time.Duration) string {
	n := recovery.Span(d)
	zh := map[byte]string{'d': "天", 'h': "小时", 'm': "分钟", 's': "秒"}[n[len(n)-1]]
	en := map[byte]string{'d': " days", 'h': " hours", 'm': " minutes", 's': " seconds"}[n[len(n)-1]]
	return n[:len(n)-1] + w.t(" "+zh, en)
}

func (w policyWords) tries(tries []recovery.Tries) string {
	var parts []string
	for _, t := range tries {
		parts = append(parts, fmt.Sprintf(w.t("%[2]s内 %[1]d 次", "%d in %s"), t.Max, w.span(t.Within)))
	}
	return strings.Join(parts, w.t("，", ", "))
}

// outcome says when a password may be chosen and what is limited then.
func (w policyWords) outcome(hold, limited time.Duration) string {
	text := w.t("马上可以", "at once")
	if hold > 0 {
		text = fmt.Sprintf(w.t("等 %s", "after %s"), w.span(hold))
	}
	if limited > 0 {
		text += fmt.Sprintf(w.t("，再限额 %s", ", then limited for %s"), w.span(limited))
	}
	return text
}

func (w policyWords) rule(r recovery.Rule) string {
	if len(r.With) >= r.Classes {
		return w.classes(r.With)
	}
	text := fmt.Sprintf(w.t("任意 %d 类", "any %d classes"), r.Classes)
	if len(r.With) > 0 {
		text += fmt.Sprintf(w.t("，其中有%s", ", among them %s"), w.classes(r.With))
	}
	return text
}

// methodsOf lists the methods of a class: those in use, and those to come.
func methodsOf(p *recovery.Policy, class recovery.Class) (now, later []string) {
	for _, id := range slices.Sorted(maps.Keys(p.Methods)) {
		if p.Methods[id].Class == class && !p.Methods[id].Off {
			now = append(now, id)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(p.Planned)) {
		if p.Planned[id] == class {
			later = append(later, id)
		}
	}
	return now, later
}

func printPolicy(out io.Writer, p *recovery.Policy, w policyWords) error {
	tab := &table{out: out}
	tab.title(w.t("证明的方法", "Methods"))
	for _, class := range recovery.Classes {
		now, later := methodsOf(p, class)
		for _, id := range now {
			m := p.Methods[id]
			note := ""
			if m.Later {
				note = w.t("要先有另一类证明", "after a proof of another class")
			}
			if m.Paced.Wait > 0 {
				note = fmt.Sprintf(w.t("不做拼图就等 %s，%s", "without the puzzle: wait %s, %s"), w.span(m.Paced.Wait), w.tries(m.Paced.Tries))
			}
			if m.Hold > 0 {
				note = fmt.Sprintf(w.t("用到它就等 %s；见过证件的，再算%s", "what needs it waits %s; papers seen count as %s too"), w.span(m.Hold), w.class(m.Compared))
			}
			tab.row(w.class(class), w.method(id), cmp.Or(w.tries(m.Tries), w.t("真人决定", "people decide")), note)
		}
		for _, id := range later {
			tab.row(w.class(class), w.method(id), w.t("还没有", "to come"))
		}
	}
	for _, id := range slices.Sorted(maps.Keys(p.Methods)) {
		if p.Methods[id].Off {
			tab.row(w.class(p.Methods[id].Class), w.method(id), w.t("已关闭", "switched off"))
		}
	}
	tab.title(w.t("平常的环境，够不够", "Enough in a usual environment"))
	for _, r := range p.Usual {
		tab.row(w.rule(r), w.outcome(r.Hold, 0))
	}
	tab.title(w.t("不平常的环境", "In an unusual environment"))
	for _, r := range p.Unusual {
		tab.row(w.rule(r), w.outcome(r.Hold, 0))
	}
	tab.title(w.t("除此没有别的证明时", "If nothing else is proved"))
	for _, e := range p.Only {
		tab.row(w.classes(e.Classes), w.outcome(e.Hold, e.Limited))
	}
	tab.title(w.t("总是这样", "Always"))
	tab.row(fmt.Sprintf(w.t("手机号换了不到 %s", "number changed less than %s ago"), w.span(p.Recent.Within)),
		fmt.Sprintf(w.t("这个号不算数，等 %s", "it counts nothing; %s"), w.t(w.span(p.Recent.Hold), w.outcome(p.Recent.Hold, 0))))
	tab.row(w.t("谁也通知不到", "nobody can be told"), fmt.Sprintf(w.t("只能申诉，等 %s", "only by appeal, after %s"), w.span(p.Appeal.Hold)))
	tab.title(w.t("银行卡", "Bank cards"))
	for _, class := range recovery.CardClasses {
		tab.row(w.card(class), w.tries(p.Cards[class].Tries), w.cardWait(p.Cards[class]))
	}
	tab.title(w.t("验证码", "Codes"))
	for _, channel := range []string{"sms", "mail"} {
		tab.row(w.method(channel), fmt.Sprintf(w.t("%s有效，每个可试 %d 次", "valid %s, %d tries each"), w.span(p.Codes[channel]), p.CodeTries),
			fmt.Sprintf(w.t("每户每天 %d 条", "%d a day and account"), p.Sends.PerMethod[channel]))
	}
	tab.title(w.t("办理和办好以后", "The case and after it"))
	tab.row(w.t("没有动作", "idle"), w.span(p.Case.Idle))
	tab.row(w.t("自己的时间一共", "own time in all"), w.span(p.Case.Total))
	tab.row(w.t("“多要点时间”", "“more time”"), fmt.Sprintf(w.t("%d 次", "%d times"), p.Case.More))
	tab.row(w.t("观察期", "observation"), w.span(p.After.Observe), fmt.Sprintf(w.t("每笔 %d 元，每天 %d 元", "%d yuan a payment, %d a day"), p.After.Single/100,
		p.After.Daily/100))
	tab.row(w.t("“不是我本人”", "“this was not me”"), w.span(p.After.Veto))
	return tab.flush()
}

func (w policyWords) card(class string) string {
	return map[string]string{"state-owned": w.t("国有大银行", "large state bank"), "joint-stock": w.t("股份制银行", "joint-stock bank"),
		"city": w.t("城市、农村的银行", "city or rural bank")}[class]
}

func (w policyWords) cardWait(c recovery.CardPolicy) string {
	text := w.t("马上", "at once")
	if c.Wait[1] > 0 {
		text = fmt.Sprintf(w.t("%s到 %s", "%s to %s"), w.span(c.Wait[0]), w.span(c.Wait[1]))
	}
	if c.DebitOnly {
		text += w.t("，只限借记卡", ", debit cards only")
	}
	if c.QuickPay {
		text += w.t("，要开通快捷支付", ", quick payment switched on")
	}
	return text
}

// table writes titles and rows; a column of a part is as wide as its widest cell, a Chinese character as two letters.
type table struct {
	out  io.Writer
	rows [][]string
	err  error
}

func (t *table) title(text string) {
	_ = t.flush() // the error is kept
	t.print("\n" + text + "\n")
}

func (t *table) row(cells ...string) { t.rows = append(t.rows, cells) }

func (t *table) flush() error {
	var widths []int
	for _, cells := range t.rows {
		for i, cell := range cells {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], drawnSize(cell))
		}
	}
	for _, cells := range t.rows {
		line := ""
		for i, cell := range cells {
			line += "  " + cell + strings.Repeat(" ", widths[i]-drawnSize(cell))
		}
		t.print(strings.TrimRight(line, " ") + "\n")
	}
	t.rows = nil
	return t.err
}

func (t *table) print(text string) {
	if _, err := io.WriteString(t.out, text); err != nil && t.err == nil {
		t.err = fmt.Errorf("print the policy: %w", err)
	}
}

// printStrengths shows what each live channel ends with: the fewest classes and the soonest, and in a usual environment
// which second proofs make it wait or limit payments.
func printStrengths(out io.Writer, platform string, rules content.Rules) error {
	w := policyWords{lang: "en"}
	tab := &table{out: out}
	tab.title(fmt.Sprintf("%s: the least that each channel ends with, from %d judgements over all sets of methods", platform, rules.Report.Sets))
	head := []string{"channel"}
	for _, s := range recovery.Situations {
		head = append(head, s.Name)
	}
	tab.row(append(head, "usual, with one more")...)
	for _, s := range rules.Report.Channels {
		if s.Off {
			tab.row(s.Channel, "off")
			continue
		}
		cells := []string{s.Channel}
		for _, situation := range recovery.Situations {
			cells = append(cells, w.ends(s.Ends[situation.Name]))
		}
		tab.row(append(cells, w.pairs(s.Pairs))...)
	}
	return tab.flush()
}

func (w policyWords) ends(e recovery.Ends) string {
	v := e.Least.Verdict
	text := fmt.Sprintf("%d %s", len(v.Classes), w.outcome(v.Hold, v.Limited))
	if sooner := e.Soonest.Verdict; sooner.Hold < v.Hold {
		text += fmt.Sprintf(", %d %s", len(sooner.Classes), w.outcome(sooner.Hold, sooner.Limited))
	}
	return text
}

// pairs groups second proofs by what they lead to.
func (w policyWords) pairs(routes []recovery.Route) string {
	by, order := map[string][]string{}, []string{}
	for _, r := range routes {
		what := "not enough on the account's own number"
		if v := r.Verdict; v.Enough {
			what = w.outcome(v.Hold, v.Limited)
		}
		if _, ok := by[what]; !ok {
			order = append(order, what)
		}
		if second := r.Methods[1]; !slices.Contains(by[what], second) {
			by[what] = append(by[what], second)
		}
	}
	var parts []string
	for _, what := range order {
		parts = append(parts, strings.Join(by[what], ", ")+": "+what)
	}
	return strings.Join(parts, "; ")
}
