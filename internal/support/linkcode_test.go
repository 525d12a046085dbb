package support

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"zhaohui/internal/recovery"
)

// codes draws a code as they are made, from all there are.
func codes() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		signs := string(rapid.SliceOfN(rapid.SampledFrom([]byte(codeSigns)), codeLength-1, codeLength-1).Draw(t, "signs"))
		return signs + string(linkCode.check(signs))
	})
}

func TestLinkCode_isReadAsPeopleTypeIt(t *testing.T) {
	full := strings.NewReplacer("A", "Ａ", "C", "Ｃ", "7", "７", "-", "－", "9", "９")
	rapid.Check(t, func(t *rapid.T) {
		code := codes().Draw(t, "code")
		small, head, tail := strings.ToLower(code), code[:4], code[4:]
		for _, typed := range []string{code, small, ShowCode(code), full.Replace(ShowCode(code)), " " + head + " " + tail + "\u200b",
			strings.Join(strings.Split(code, ""), " "), head + "—" + tail, head + "　" + tail,
			"https://help.example/s/" + code, "help.example/en/s/" + small + "/", "help.example/s/" + code + "?from=chat#a"} {
			if got, ok := ParseCode(typed); !ok || got != code {
				t.Fatalf("%q is read as %q, %v; want %s", typed, got, ok, code)
			}
		}
	})
}

func TestLinkCode_everyWrongSignAndEverySwapIsFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		code := codes().Draw(t, "code")
		for i := range len(code) {
			for _, sign := range []byte(codeSigns) {
				wrong := code[:i] + string(sign) + code[i+1:]
				if _, ok := ParseCode(wrong); ok && wrong != code {
					t.Fatalf("%s is taken for %s", wrong, code)
				}
			}
			if i == 0 {
				continue
			}
			swapped := code[:i-1] + code[i:i+1] + code[i-1:i] + code[i+1:]
			if _, ok := ParseCode(swapped); ok && swapped != code {
				t.Fatalf("%s is taken for %s", swapped, code)
			}
		}
	})
}

func TestLinkCode_isNeverTheNumberOfARecovery(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		code := codes().Draw(t, "code")
		if _, ok := recovery.ParseResume(code); ok {
			t.Fatalf("%s is both", code)
		}
	})
	// Every sign stands in both kinds of code: else one could not be typed where the other is asked.
	for i := range codeSigns {
		both := 0
		for _, check := range []byte(codeSigns) {
			signs := strings.Repeat(codeSigns[i:i+1], codeLength-1) + string(check)
			_, link := ParseCode(signs)
			_, resume := recovery.ParseResume(signs)
			if link && resume {
				t.Errorf("%s is both", signs)
			}
			if link || resume {
				both++
			}
		}
		if both != 2 {
			t.Errorf("%c: %d of its codes are good, want one of each kind", codeSigns[i], both)
		}
	}
}

func TestLinkCode_whatCannotBeOneIsNone(t *testing.T) {
	for _, typed := range []string{"", "/", "s", "0000-0000", "7KM3-92Q", "7KM3-92QXX", "7KM3-92Q0", "找回找回找回找回",
		strings.Repeat("7", 1000), "\xff\xfe"} {
		if code, ok := ParseCode(typed); ok || ShowCode("x") != "x" {
			t.Errorf("%q is read as %s", typed, code)
		}
	}
	seen := map[string]bool{}
	for range 1000 {
		code := linkCode.fresh()
		if got, ok := ParseCode(ShowCode(code)); !ok || got != code || seen[code] {
			t.Fatalf("made %s, read as %s, %v; before: %v", code, got, ok, seen[code])
		}
		seen[code] = true
	}
}
