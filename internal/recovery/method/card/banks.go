package card

import (
	"slices"

	"zhaohui/internal/wallet"
)

// known are banks that stand beside the true one, so that the list says little about the account: what they are called on
// their cards, and the key of their names in other languages (method.card.bank.…).
var known = []struct{ name, key string }{
	{"中国工商银行", "icbc"},
	{"中国农业银行", "abc"},
	{"中国银行", "boc"},
	{"中国建设银行", "ccb"},
	{"交通银行", "bocom"},
	{"中国邮政储蓄银行", "psbc"},
	{"招商银行", "cmb"},
	{"中信银行", "citic"},
	{"浦发银行", "spdb"},
	{"兴业银行", "cib"},
	{"平安银行", "pingan"},
	{"光大银行", "ceb"},
	{"民生银行", "cmbc"},
	{"广发银行", "cgb"},
	{"华夏银行", "huaxia"},
	{"北京银行", "bob"},
	{"上海银行", "bosc"},
	{"江苏银行", "jsbank"},
	{"宁波银行", "nbcb"},
	{"南京银行", "njcb"},
}

// Banks are the names to choose from: the known ones and those of the account's cards, sorted.
func Banks(a *wallet.Account) []string {
	var names []string
	for _, bank := range known {
		names = append(names, bank.name)
	}
	if a != nil {
		for _, c := range a.Cards {
			names = append(names, c.Bank)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// keyOf is the key of a bank's names, "" for one that is not known.
func keyOf(name string) string {
	for _, bank := range known {
		if bank.name == name {
			return bank.key
		}
	}
	return ""
}
