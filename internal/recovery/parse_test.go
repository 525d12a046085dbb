package recovery_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"zhaohui/internal/recovery"
)

// kinds are all kinds of field, each as a step asks for it.
var kinds = []recovery.Field{
	{Kind: recovery.FieldAccount}, {Kind: recovery.FieldCode}, {Kind: recovery.FieldPassword}, {Kind: recovery.FieldSecret},
	{Kind: recovery.FieldAnswer}, {Kind: recovery.FieldSaved}, {Kind: recovery.FieldName}, {Kind: recovery.FieldID},
	{Kind: recovery.FieldPhone}, {Kind: recovery.FieldLast4}, {Kind: recovery.FieldExpiry},
	{Kind: recovery.FieldHidden}, {Kind: recovery.FieldHidden, Optional: true},
	{Kind: recovery.FieldChoice, Options: []recovery.Option{{Value: "a"}, {Value: "b", Off: "card-lost"}}},
}

func digitsOnly(s string) bool { return strings.Trim(s, "0123456789") == "" }

// checkParsed is what every step may rely on.
func checkParsed(t *testing.T, f recovery.Field, typed string) {
	value, code := f.Parse(typed, start)
	again, code2 := f.Parse(typed, start)
	if value != again || code != code2 {
		t.Fatalf("%s: %q is two things", f.Kind, typed)
	}
	if code != "" {
		if f.Kind != recovery.FieldChoice && value != "" {
			t.Fatalf("%s: %q is refused (%s) and taken (%q)", f.Kind, typed, code, value)
		}
		return
	}
	if value == "" && (!f.Optional || strings.TrimSpace(typed) == "x") {
		t.Fatalf("%s: %q is nothing", f.Kind, typed)
	}
	control := f.Kind != recovery.FieldSecret && strings.ContainsFunc(value, unicode.IsControl)
	if !utf8.ValidString(value) || control || utf8.RuneCountInString(value) > 4000 {
		t.Fatalf("%s: %q became %q", f.Kind, typed, value)
	}
	wants := map[recovery.FieldKind]func() bool{
		recovery.FieldCode:     func() bool { return len(value) == 6 && digitsOnly(value) },
		recovery.FieldPassword: func() bool { return len(value) == 6 && digitsOnly(value) },
		recovery.FieldLast4:    func() bool { return len(value) == 4 && digitsOnly(value) },
		recovery.FieldExpiry: func() bool {
			return len(value) == 4 && digitsOnly(value) && value[:2] >= "01" && value[:2] <= "12"
		},
		recovery.FieldID: func() bool {
			return len(value) == 18 && digitsOnly(value[:17]) && (digitsOnly(value[17:]) || value[17] == 'X')
		},
		recovery.FieldPhone:  func() bool { return len(value) <= 16 && digitsOnly(strings.TrimPrefix(value, "+")) },
		recovery.FieldSaved:  func() bool { return value == strings.ToUpper(value) && !strings.ContainsAny(value, " -_") },
		recovery.FieldChoice: func() bool { return value == "a" },
		recovery.FieldAccount: func() bool {
			return !strings.ContainsFunc(value, func(r rune) bool { return r > unicode.MaxASCII })
		},
	}
	if want := wants[f.Kind]; want != nil && !want() {
		t.Fatalf("%s: %q became %q", f.Kind, typed, value)
	}
	if twice, code := f.Parse(value, start); f.Kind != recovery.FieldSecret && (twice != value || code != "") {
		t.Fatalf("%s: %q became %q, and that %q (%s)", f.Kind, typed, value, twice, code)
	}
}

func FuzzField_Parse(f *testing.F) {
	for _, typed := range []string{"", " ", "x", "123456", "１２３ ４５６", "12-34-56", "1234567",
		"11010519491231002X", "11010519491231002x", "１１０１０５１９４９１２３１００２Ｘ",
		"+86 138 0013 8000", "138–0013–8000", "09/32", "9/2032", "0932", "13/32", "0126", "7kdmh-w3qrx-9afte",
		"王 小明", "a", "b", "full@mail.example", "\x00", "\u200b1",
		"\xff", strings.Repeat("9", 5000), "++", "1+2+3+4", "①②③", "\u2028"} {
		for i := range kinds {
			f.Add(uint8(i), typed)
		}
	}
	f.Fuzz(func(t *testing.T, kind uint8, typed string) { checkParsed(t, kinds[int(kind)%len(kinds)], typed) })
}

func FuzzParseResume(f *testing.F) {
	for _, typed := range []string{"", "7KM3-92QX", "7km3 92qx", "７ＫＭ３—９２ＱＸ", "22222222", "2222222", "OOOO-1111",
		"\xff", "7KM392QX7KM392QX", "2345-6792"} {
		f.Add(typed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		code, ok := recovery.ParseResume(typed)
		if !ok {
			return
		}
		if len(code) != 8 || strings.ContainsAny(code, "01BIOSL- ") {
			t.Fatalf("%q became %q", typed, code)
		}
		if again, ok := recovery.ParseResume(recovery.ShowResume(code)); !ok || again != code {
			t.Fatalf("%q is shown as %q, and that is %q", code, recovery.ShowResume(code), again)
		}
		for i := range code { // every single wrong sign, and every swap, is found
			for _, sign := range "2345679ACDEFGHJKMNPQRTUVWXYZ8" {
				wrong := code[:i] + string(sign) + code[i+1:]
				if _, ok := recovery.ParseResume(wrong); ok && wrong != code {
					t.Fatalf("%q passes for %q", wrong, code)
				}
			}
			if i > 0 && code[i] != code[i-1] {
				swapped := code[:i-1] + string(code[i]) + string(code[i-1]) + code[i+1:]
				if _, ok := recovery.ParseResume(swapped); ok {
					t.Fatalf("%q passes for %q", swapped, code)
				}
			}
		}
	})
}

func FuzzField_ParseExpiry(f *testing.F) {
	for _, typed := range []string{"0932", "09/32", "9/32", "09/2032", "1126", "1026", "0000", "1332",
		"9/9", "/", "//", "09//32", "0/32", " 0 9 / 3 2 "} {
		f.Add(typed)
	}
	f.Fuzz(func(t *testing.T, typed string) { checkParsed(t, recovery.Field{Kind: recovery.FieldExpiry}, typed) })
}

func FuzzField_ParseIDNumber(f *testing.F) {
	for _, typed := range []string{"11010519491231002X", "110105194912310038", "110105 19491231 002x", "11010518991231002X",
		"11010520991231002X", "110105194913310021", "X", "XXXXXXXXXXXXXXXXXX"} {
		f.Add(typed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		checkParsed(t, recovery.Field{Kind: recovery.FieldID}, typed)
		value, code := recovery.Field{Kind: recovery.FieldID}.Parse(typed, start)
		if code != "" {
			return
		}
		for i := range 17 { // one wrong digit is always found
			wrong := []byte(value)
			wrong[i] = '0' + (wrong[i]-'0'+1)%10
			if _, code := (recovery.Field{Kind: recovery.FieldID}).Parse(string(wrong), start); code == "" {
				t.Fatalf("%s passes for %s", wrong, value)
			}
		}
	})
}
