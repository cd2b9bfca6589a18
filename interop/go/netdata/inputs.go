package main

import "sort"

// Alphabet holds what addresses are made of, and a few characters that they are not made of.
const alphabet = "0123456789abcdefgF:.%/[]x -"

// Mutations returns every text that deleting, inserting or replacing one character makes of s.
func mutations(s string) []string {
	var all []string
	for i := 0; i <= len(s); i++ {
		if i < len(s) {
			all = append(all, s[:i]+s[i+1:])
		}
		for _, c := range alphabet {
			all = append(all, s[:i]+string(c)+s[i:])
			if i < len(s) {
				all = append(all, s[:i]+string(c)+s[i+1:])
			}
		}
	}
	return all
}

// Strings returns every text of 0 to max characters of letters.
func strings(letters string, max int) []string {
	all := []string{""}
	for from := 0; max > 0; max-- {
		to := len(all)
		for _, s := range all[from:to] {
			for _, c := range letters {
				all = append(all, s+string(c))
			}
		}
		from = to
	}
	return all
}

// Sorted returns the texts in order, each once.
func sorted(all []string) []string {
	sort.Strings(all)
	var unique []string
	for i, s := range all {
		if i == 0 || s != all[i-1] {
			unique = append(unique, s)
		}
	}
	return unique
}

// Seeded returns the seeds and all their mutations.
func seeded(seeds []string) []string {
	all := append([]string(nil), seeds...)
	for _, s := range seeds {
		all = append(all, mutations(s)...)
	}
	return all
}
