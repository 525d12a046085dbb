package recovery

// Fits says whether the hash that is kept of one code takes a number that is typed for another.
func Fits(h Hash, kept Code, keptCase, number string, asked Code, askedCase, typed string) bool {
	return h.Equal(h.Sum(kept.bound(keptCase, number)), asked.bound(askedCase, typed))
}
