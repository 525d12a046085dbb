package help

import (
	"slices"
	"strings"
)

// longestPassage is how many characters of a document a hit shows.
const longestPassage = 80

// Piece is part of a shown passage. Marked pieces are what was looked for. Text is plain: templates escape it.
type Piece struct {
	Text   string
	Marked bool
}

// Passage picks what to show of a document: of its passages the one in which most terms occur, cut to 80 characters
// around the first of them. Where no term occurs (it stands in the title only), it is the beginning of the first.
func Passage(passages []string, q Query) []Piece {
	forms := q.surfaces()
	var best []rune
	var marks []bool
	most := -1
	for _, passage := range passages {
		text := []rune(strings.Join(strings.Fields(passage), " "))
		if m, terms := marked(text, forms); terms > most {
			best, marks, most = text, m, terms
		}
	}
	from, to := window(best, slices.Index(marks, true))
	return pieces(best, marks, from, to)
}

// surface is one form of a term as it may be seen in a text, folded.
type surface struct {
	form []rune
	term int
}

// surfaces is every form of every term, longest first, so that 支付密码 is marked as a whole and not as 密码.
func (q Query) surfaces() []surface {
	var list []surface
	for i, t := range q.Terms {
		for _, form := range slices.Concat(t.Forms, t.Pieces) {
			list = append(list, surface{[]rune(form), i})
		}
	}
	slices.SortStableFunc(list, func(a, b surface) int { return len(b.form) - len(a.form) })
	return list
}

// marked says of every character whether it belongs to one of the forms, and how many terms are there.
func marked(text []rune, forms []surface) (marks []bool, terms int) {
	folded := make([]rune, len(text))
	for i, r := range text {
		folded[i] = foldRune(r)
	}
	marks = make([]bool, len(text))
	begins := map[rune][]surface{}
	for _, s := range forms {
		begins[s.form[0]] = append(begins[s.form[0]], s)
	}
	seen := map[int]bool{}
	for i := 0; i < len(folded); {
		end := i
		for _, s := range begins[folded[i]] {
			if end = matchAt(folded, i, s.form); end > i {
				seen[s.term] = true
				break
			}
		}
		if end == i {
			i++
			continue
		}
		for ; i < end; i++ {
			marks[i] = true
		}
	}
	return marks, len(seen)
}

// matchAt is where a form ends that begins at i, or i. Of words with letters only whole ones count, with up to three
// letters more for their endings: "card" is in "cards", "pin" is not in "shopping" nor in "pinyin".
func matchAt(text []rune, i int, form []rune) int {
	end := i + len(form)
	if len(form) == 0 || end > len(text) || form[0] != text[i] || !slices.Equal(text[i:end], form) {
		return i
	}
	if spaceless(form[0]) || !inWord(form[0]) {
		return end
	}
	if i > 0 && inWord(text[i-1]) && !spaceless(text[i-1]) {
		return i
	}
	rest := end
	for rest < len(text) && inWord(text[rest]) && !spaceless(text[rest]) {
		rest++
	}
	if rest > end && !spaceless(form[len(form)-1]) {
		if len(form) < 4 && rest-end > 1 || rest-end > 3 {
			return i
		}
		return rest
	}
	return end
}

// window chooses what is shown around the first mark: from the beginning of its sentence if that is near, else from
// a little before it. Room for the dots is kept.
func window(text []rune, first int) (from, to int) {
	const lead = longestPassage / 3
	if len(text) <= longestPassage {
		return 0, len(text)
	}
	if first > lead {
		from = first - lead
		for i := first - 1; i >= from; i-- {
			if strings.ContainsRune("。！？；.!?;", text[i]) {
				from = i + 1
				break
			}
		}
		for from < first && (text[from] == ' ' || cutsWord(text, from)) {
			from++
		}
	}
	to = min(len(text), from+longestPassage-2)
	for to < len(text) && to > from+longestPassage/2 && cutsWord(text, to) {
		to--
	}
	return from, to
}

// cutsWord says whether a cut before i would fall into a word.
func cutsWord(text []rune, i int) bool {
	return i > 0 && i < len(text) && inWord(text[i]) && inWord(text[i-1]) && !spaceless(text[i]) && !spaceless(text[i-1])
}

func pieces(text []rune, marks []bool, from, to int) []Piece {
	var list []Piece
	add := func(text string, marked bool) {
		if n := len(list); n > 0 && list[n-1].Marked == marked {
			list[n-1].Text += text
		} else if text != "" {
			list = append(list, Piece{Text: text, Marked: marked})
		}
	}
	if from > 0 {
		add("…", false)
	}
	for i := from; i < to; {
		j := i
		for j < to && marks[j] == marks[i] {
			j++
		}
		add(string(text[i:j]), marks[i])
		i = j
	}
	if to < len(text) {
		add("…", false)
	}
	return list
}
