package store_test

import "testing"

// A search over the real articles: well below 5 ms.
func BenchmarkSearch(b *testing.B) {
	search := real(b)
	for _, query := range []string{"停机", "银行卡注销了怎么找回支付密码", "zhifumima", "刷脸", "完全没有的东西"} {
		b.Run(query, func(b *testing.B) {
			for b.Loop() {
				if _, err := search.Search(b.Context(), "zh", query, 10); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// What the first search pays, and the memory of an index.
func BenchmarkSearch_first(b *testing.B) {
	search := real(b)
	b.ReportAllocs()
	for b.Loop() {
		search.Close()
		if _, err := search.Search(b.Context(), "zh", "停机", 10); err != nil {
			b.Fatal(err)
		}
	}
}
