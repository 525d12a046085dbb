package card

import (
	"slices"

	"zhaohui/internal/wallet"
)

// known are banks that stand beside the true one, so that the list says little about the account.
var known = []string{"中国工商银行", "中国农业银行", "中国银行", "中国建设银行", "交通银行", "中国邮政储蓄银行", "招商银行", "中信银行", "浦发银行", "兴业银行", "平安银行",
	"光大银行", "民生银行", "广发银行", "华夏银行", "北京银行", "上海银行", "江苏银行", "宁波银行", "南京银行"}

// Banks are the names to choose from: the known ones and those of the account's cards, sorted.
func Banks(a *wallet.Account) []string {
	names := slices.Clone(known)
	if a != nil {
		for _, c := range a.Cards {
			names = append(names, c.Bank)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
