// Command pinyingen writes pinyin.txt for the search: each syllable without its tone, and after it the characters that
// are read so first. The dictionary it is made of would be built anew at every start of the portal, and kept for good.
package main

import (
	"log"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/mozillazg/go-pinyin"
)

func main() {
	if err := os.WriteFile("pinyin.txt", []byte(table()), 0o644); err != nil {
		log.Fatal(err)
	}
}

func table() string {
	characters := map[string]string{} // by syllable, in the order of Unicode
	for _, code := range slices.Sorted(maps.Keys(pinyin.PinyinDict)) {
		syllable := pinyin.SinglePinyin(rune(code), pinyin.NewArgs())[0]
		characters[syllable] += string(rune(code))
	}
	var text strings.Builder
	for _, syllable := range slices.Sorted(maps.Keys(characters)) {
		text.WriteString(syllable + " " + characters[syllable] + "\n")
	}
	return text.String()
}
