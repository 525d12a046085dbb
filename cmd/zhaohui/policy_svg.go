package main

import (
	"cmp"
	"fmt"
	"html"
	"slices"
	"strings"
	"time"

	"zhaohui/internal/recovery"
)

// The drawing: classes with their methods on the left, what is enough in the middle, when the password may be chosen
// on the right. It carries its own colours, the portal's, for light and dark.
const (
	classX, classW = 24.0, 336.0
	busX           = 384.0
	gateX, gateW   = 448.0, 264.0
	endX, endW     = 824.0, 232.0
	drawnWidth     = 1080.0
	firstY         = 92.0
)

const policyStyle = `svg{--paper:#fbfaf7;--surface:#fff;--ink:#1b2126;--muted:#525d66;--line:#7b858c;--a:#0b5d5e;--b:#7a4a00;--c:#1c6438;--d:#9c2119;
background:var(--paper);font-family:system-ui,"PingFang SC","Noto Sans CJK SC",sans-serif}
@media(prefers-color-scheme:dark){svg{--paper:#14181b;--surface:#1c2125;--ink:#eceff1;--muted:#a9b3bb;--line:#77828b;--a:#6ccac6;--b:#f0c069;--c:#86d6a2;--d:#ff9d92}}
text{fill:var(--ink);font-size:15px}.h{font-size:22px;font-weight:600}.g{font-weight:600;fill:var(--muted);font-size:14px}.n{font-weight:600}
.m{fill:var(--muted);font-size:13px}rect{fill:var(--surface);stroke:var(--line)}path{fill:none;stroke-width:2}.bus{stroke:var(--line);stroke-width:4;stroke-linecap:round}
.at-once{stroke:var(--c)}.limited{stroke:var(--a)}.hold{stroke:var(--b)}.both{stroke:var(--d)}.end{stroke-width:2.5}.dash{stroke-dasharray:7 5}
circle{fill:var(--paper);stroke:var(--line);stroke-width:3}`

// ending is one box on the right.
type ending struct{ hold, limited time.Duration }

func (e ending) class() string {
	switch {
	case e.hold > 0 && e.limited > 0:
		return "both"
	case e.hold > 0:
		return "hold"
	case e.limited > 0:
		return "limited"
	}
	return "at-once"
}

// gate is one box in the middle. Classes are drawn to it one by one; without any it hangs on the line that joins all.
type gate struct {
	text    string
	classes []recovery.Class
	ends    []ending // the second one, if any, in an unusual environment
	y       float64
}

type drawing struct {
	strings.Builder
	classY map[recovery.Class]float64
	endY   map[ending]float64
}

func drawPolicy(p *recovery.Policy, w policyWords) string {
	d := &drawing{classY: map[recovery.Class]float64{}, endY: map[ending]float64{}}
	groups := gates(p, w)
	left := strings.Builder{}
	y := firstY
	for _, class := range recovery.Classes {
		y += d.class(&left, p, w, class, y) + 10
	}
	height := y + 54
	ends := d.ends(groups, y, w)
	middle := strings.Builder{}
	at := firstY + 8
	space := (y - firstY - 10 - 58*float64(gateCount(groups)) - 24*float64(len(groups))) / float64(max(1, len(groups)-1))
	for i := range groups {
		fmt.Fprintf(&middle, `<text class="g" x="%g" y="%g">%s</text>`, gateX, at+6, html.EscapeString(groups[i].title))
		at += 24
		for j := range groups[i].gates {
			g := &groups[i].gates[j]
			g.y = at + 22
			middle.WriteString(box(gateX, at, gateW, 44, "", g.text))
			at += 58
		}
		at += max(space, 0)
	}
	title := w.t("怎样才能设新的支付密码", "How a new payment password is reached")
	fmt.Fprintf(d, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %g %g" width="%g" height="%g" role="img" lang="%s" `+
		`aria-labelledby="t d"><title id="t">%s</title><desc id="d">%s</desc><style>%s</style>`,
		drawnWidth, height, drawnWidth, height, w.lang, html.EscapeString(title), html.EscapeString(described(groups, w)), policyStyle)
	fmt.Fprintf(d, `<text class="h" x="%g" y="40">%s</text>`, classX, html.EscapeString(title))
	for x, text := range map[float64]string{classX: w.t("证明，按它靠的是什么分类", "Proofs, by what they rest on"), gateX: w.t("怎样算够", "What is enough"),
		endX: w.t("什么时候可以设", "When it may be chosen")} {
		fmt.Fprintf(d, `<text class="m" x="%g" y="70">%s</text>`, x, html.EscapeString(text))
	}
	d.lines(groups)
	d.WriteString(left.String() + middle.String() + ends)
	fmt.Fprintf(d, `<text class="m" x="%g" y="%g">%s</text></svg>`, classX, height-22, html.EscapeString(w.t(
		"同一类的证明只算一次；靠同一个号码、邮箱、卡或设备的证明也只算一次。虚线：在不平常的环境里。",
		"Proofs of one class count once, and so do proofs that rest on one number, mailbox, card or device. "+
			"Dashed: in an unusual environment.")))
	return d.String() + "\n"
}

type gateGroup struct {
	title string
	gates []gate
}

func gates(p *recovery.Policy, w policyWords) []gateGroup {
	worth := func(classes []recovery.Class, s recovery.Situation) ending {
		var proofs []recovery.Proof
		for _, c := range classes {
			proofs = append(proofs, recovery.Proof{Class: c, Rests: []string{string(c)}})
		}
		v := p.Judge(proofs, s)
		return ending{v.Hold, v.Limited}
	}
	only := gateGroup{title: w.t("只有这两类，没有别的", "These alone, nothing else")}
	for _, e := range p.Only {
		g := gate{text: w.classes(e.Classes), classes: e.Classes, ends: []ending{worth(e.Classes, recovery.Situation{})}}
		if unusual := worth(e.Classes, recovery.Situation{Unusual: true}); unusual != g.ends[0] {
			g.ends = append(g.ends, unusual)
		}
		only.gates = append(only.gates, g)
	}
	groups := []gateGroup{only, {w.t("平常的环境", "Usual environment"), rulesAsGates(p.Usual, w)},
		{w.t("不平常的环境", "Unusual environment"), rulesAsGates(p.Unusual, w)}}
	return append(groups, gateGroup{fmt.Sprintf(w.t("手机号换了不到 %s", "Number changed within %s"), w.span(p.Recent.Within)),
		[]gate{{text: w.t("任意 2 类，这个号不算", "any 2 classes without it"), ends: []ending{{hold: p.Recent.Hold}}}}})
}

func rulesAsGates(rules []recovery.Rule, w policyWords) (out []gate) {
	for _, r := range rules {
		out = append(out, gate{text: w.rule(r), classes: r.With, ends: []ending{{hold: r.Hold}}})
	}
	return out
}

func gateCount(groups []gateGroup) (n int) {
	for _, g := range groups {
		n += len(g.gates)
	}
	return n
}

// class draws a class with its methods and returns its height.
func (d *drawing) class(out *strings.Builder, p *recovery.Policy, w policyWords, class recovery.Class, y float64) float64 {
	now, later := methodsOf(p, class)
	var names []string
	for _, id := range now {
		names = append(names, w.method(id))
	}
	for _, id := range later {
		names = append(names, w.method(id)+w.t("（以后）", " (to come)"))
	}
	lines := []string{""}
	for _, name := range names {
		last := &lines[len(lines)-1]
		switch {
		case *last == "":
			*last = name
		case drawnSize(*last+name) > 40:
			lines = append(lines, name)
		default:
			*last += " · " + name
		}
	}
	h := 40 + 18*float64(len(lines))
	fmt.Fprint(out, box(classX, y, classW, h, "", w.class(class), lines...))
	d.classY[class] = y + h/2
	return h
}

// drawnSize is how wide a text is, in letters.
func drawnSize(text string) (n int) {
	for _, r := range text {
		n++
		if r >= 0x2e80 {
			n++
		}
	}
	return n
}

// ends draws the boxes on the right, soonest first, spread over the height.
func (d *drawing) ends(groups []gateGroup, bottom float64, w policyWords) string {
	var all []ending
	for _, group := range groups {
		for _, g := range group.gates {
			all = append(all, g.ends...)
		}
	}
	slices.SortFunc(all, func(a, b ending) int { return cmp.Or(cmp.Compare(a.hold, b.hold), cmp.Compare(a.limited, b.limited)) })
	all = slices.Compact(all)
	out := strings.Builder{}
	for i, e := range all {
		y := firstY + (bottom-firstY)*(float64(i)+.5)/float64(len(all))
		d.endY[e] = y
		limits := w.t("之后照平常的观察期", "then the usual observation")
		if e.limited > 0 {
			limits = fmt.Sprintf(w.t("头 %s付款限额更低", "payments limited for %s"), w.span(e.limited))
		}
		out.WriteString(box(endX, y-33, endW, 66, e.class()+" end", w.outcome(e.hold, 0), limits))
	}
	return out.String()
}

// box is a rectangle with a name and smaller lines below it.
func box(x, y, width, height float64, class, name string, lines ...string) string {
	out := strings.Builder{}
	fmt.Fprintf(&out, `<rect class="%s" x="%g" y="%g" width="%g" height="%g" rx="10"/><text class="n" x="%g" y="%g">%s</text>`,
		class, x, y, width, height, x+16, y+28, html.EscapeString(name))
	for i, line := range lines {
		fmt.Fprintf(&out, `<text class="m" x="%g" y="%g">%s</text>`, x+16, y+49+18*float64(i), html.EscapeString(line))
	}
	return out.String()
}

// lines draws the ways: from the classes, or from the line that joins all of them, to what is enough, and on to the end.
func (d *drawing) lines(groups []gateGroup) {
	first, last := d.classY[recovery.Classes[0]], d.classY[recovery.Classes[len(recovery.Classes)-1]]
	for _, group := range groups {
		for _, g := range group.gates {
			if len(g.classes) == 0 {
				first, last = min(first, g.y), max(last, g.y)
			}
		}
	}
	for _, class := range recovery.Classes {
		fmt.Fprintf(d, `<path class="bus" d="M%g %gH%g"/>`, classX+classW, d.classY[class], busX)
	}
	fmt.Fprintf(d, `<path class="bus" d="M%g %gV%g"/>`, busX, first, last)
	for _, group := range groups {
		for _, g := range group.gates {
			for i, class := range g.classes {
				to := g.y + 14*(float64(i)-float64(len(g.classes)-1)/2)
				d.curve(g.ends[0].class(), classX+classW, d.classY[class], gateX, to)
			}
			if len(g.classes) == 0 {
				fmt.Fprintf(d, `<path class="bus" d="M%g %gH%g"/><circle cx="%g" cy="%g" r="6"/>`, busX, g.y, gateX, busX, g.y)
			}
			for i, e := range g.ends {
				dash := ""
				if i > 0 {
					dash = " dash"
				}
				d.curve(e.class()+" end"+dash, gateX+gateW, g.y, endX, d.endY[e])
			}
		}
	}
}

func (d *drawing) curve(class string, x1, y1, x2, y2 float64) {
	bend := (x2 - x1) / 2
	fmt.Fprintf(d, `<path class="%s" d="M%g %gC%g %g %g %g %g %g"/>`, class, x1, y1, x1+bend, y1, x2-bend, y2, x2, y2)
}

// described says the same in words, for who cannot see it.
func described(groups []gateGroup, w policyWords) string {
	var parts []string
	for _, group := range groups {
		var ways []string
		for _, g := range group.gates {
			way := g.text + w.t("：", ": ") + w.outcome(g.ends[0].hold, g.ends[0].limited)
			if len(g.ends) > 1 {
				way += w.t("（不平常的环境：", " (in an unusual environment: ") + w.outcome(g.ends[1].hold, g.ends[1].limited) + w.t("）", ")")
			}
			ways = append(ways, way)
		}
		parts = append(parts, group.title+w.t("：", ": ")+strings.Join(ways, w.t("；", "; "))+w.t("。", "."))
	}
	return strings.Join(parts, w.t("", " "))
}
