// Package nearest finds what somebody meant who misspelt it.
package nearest

// To returns the one of the words that a text most likely misspells: the first of those
// that the fewest changes lead to, at most one for every three letters of the text. It is
// empty where none is that near.
func To(text string, words []string) string {
	best, bound := "", len([]rune(text))/3
	for _, word := range words {
		if max(len(word)-len(text), len(text)-len(word)) > 4*bound { // a rune has four bytes at most
			continue
		}
		if changes := distance([]rune(text), []rune(word)); changes <= bound {
			best, bound = word, changes-1
		}
	}
	return best
}

// distance returns how many letters have to be inserted, deleted, replaced or swapped with
// their neighbours to make b of a (the optimal string alignment distance).
func distance(a, b []rune) int {
	var before, last []int // the rows of the table above the one that is filled
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		before, last, row = last, row, make([]int, len(b)+1)
		row[0] = i
		for j := 1; j <= len(b); j++ {
			replaced := last[j-1]
			if a[i-1] != b[j-1] {
				replaced++
			}
			row[j] = min(replaced, last[j]+1, row[j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
	}
	return row[len(b)]
}
