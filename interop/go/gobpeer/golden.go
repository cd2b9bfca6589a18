package main

import (
	"math"
	"math/big"
	"time"
)

// goldenCases are streams whose bytes are kept: maps have one entry at most, as their order is Go's to choose.
func goldenCases() []Case {
	instant := time.Date(2026, 11, 21, 8, 9, 10, 123456789, time.UTC)
	zoned := instant.In(time.FixedZone("", 5*3600+1800))
	odd := instant.In(time.FixedZone("", 3600+7))
	five, text, truth := 5, "text", true
	zero := 0
	huge, _ := new(big.Int).SetString("-123456789012345678901234567890", 10)
	tree := Tree{Value: 1, Left: &Tree{Value: 2}, Children: []Tree{{Value: 3}, {}}, ByName: map[string]*Tree{"a": {Value: 4}}}
	return []Case{
		makeCase("the example of Go's documentation", &Point{22, 33}, &Point{22, 33}, &Point{}),
		makeCase("an int", ptr(3), ptr(-129), ptr(0), ptr(math.MaxInt64), ptr(math.MinInt64)),
		makeCase("uints", ptr(uint(7)), ptr(uint64(math.MaxUint64)), ptr(uint8(255)), ptr(uint16(256)), ptr(uintptr(1))),
		makeCase("floats", ptr(17.0), ptr(0.1), ptr(float32(0.1)), ptr(math.Inf(-1)), ptr(math.NaN()), ptr(0.0)),
		makeCase("complex numbers", ptr(complex(1, -2)), ptr(complex64(complex(0.5, 0)))),
		makeCase("strings and bytes", ptr(""), ptr("grüße, 世界"), &[]byte{1, 2, 255}, &[]byte{}),
		makeCase("bools", ptr(true), ptr(false)),
		makeCase("slices", &[]int{1, 2, 0}, &[]string{"a", ""}, &[]bool{true, false}, &[][]float64{{1.5}, {}}, &[]int{}),
		makeCase("arrays", &[3]int{1, 0, 2}, &[2]byte{200, 1}, &[0]string{}, &[2][]string{{"x"}, nil}),
		makeCase("maps", &map[string]int{"a": 1}, &map[int][]string{7: {"x", "y"}}, &map[string]map[string]bool{"m": {"n": true}}, &map[string]int{}),
		makeCase("a map of structs", &map[Point]Point{{1, 2}: {3, 4}}),
		makeCase("an empty struct", &struct{}{}, &struct{}{}),
		makeCase("each basic kind", &Basic{
			true, -1, -128, -32768, -2147483648, math.MinInt64, 1, 255, 65535, 4294967295, math.MaxUint64, 9,
			1.5, -2.25, complex(1, 2), complex(3, 4), "text", []byte("data"),
		}, &Basic{}),
		makeCase("pointers", &struct {
			I    *int
			S    *string
			B    *bool
			PP   **int
			Zero *int
			Nil  *int
			P    *Point
			None *Point
			E    *struct{}
		}{&five, &text, &truth, ptr(&five), &zero, nil, &Point{0, 1}, nil, &struct{}{}}),
		makeCase("what a struct leaves out and what it does not", &struct {
			A  [2]int
			P  Point
			S  []int
			M  map[string]int
			M2 map[string]int
			N  *Point
			I  any
			T  time.Time
			Z  int
		}{M2: map[string]int{}, Z: 1}),
		makeCase("embedded structs", &Derived{Base{7, "seven"}, &Point{1, 2}, 0.5}, &Derived{}),
		makeCase("a tree", &tree, &Tree{}),
		makeCase("a slice of itself", &List{{}, {{}}}),
		makeCase("named types", ptr(Color(3)), &Tags{"a", "b"}),
		makeCase("times", &instant, &zoned, &odd, &time.Time{}, ptr(time.Unix(0, 0).UTC())),
		makeCase("durations", ptr(90*time.Minute), ptr(time.Duration(math.MinInt64))),
		makeCase("big integers", huge, big.NewInt(0), big.NewInt(255), new(big.Int).Lsh(big.NewInt(1), 64), &[]*big.Int{big.NewInt(-1)}),
		makeCase("special types in a struct", &Special{
			instant, &zoned, time.Second, huge, Celsius{"21 °C"}, Token{"t"}, &Token{"p"}, Key{1, 2}, 7, Tags{"x"},
		}, &Special{}),
		makeCase("types that encode themselves", &Celsius{"cold"}, &Token{"secret"}, &Key{9, 8}, &[]Celsius{{"a"}, {""}}, &map[string]Key{"k": {5, 6}}),
		makeCase("an interface value that is new within a struct", &Group{First: Circle{2.5}, Last: 7}, &Group{First: Circle{1}, Last: 8}),
		makeCase("interface values of many types", &Group{
			Shapes: []any{1, "two", 3.5, true, nil, Point{4, 5}, []byte{6}, uint8(7), []int{8}, Color(9), Tags{"ten"}, instant},
			Named:  map[string]any{"square": Square{Point{1, 2}, 3}}, Last: 1,
		}),
		makeCase("interface values within interface values", &Group{
			First:  Group{First: Group{First: Square{Side: 1}, Last: 2}, Last: 3},
			Shapes: []any{[]any{Circle{1}, map[string]any{"c": Circle{2}}}}, Last: 4,
		}, &Group{First: Group{Last: 5}, Last: 6}),
		makeCase("a slice of interface values", &[]any{Derived{Base{1, "a"}, nil, 2}, Key{1, 2}, Celsius{"x"}, []any{}}),
		makeCase("many types on one stream", ptr(1), &Point{1, 2}, ptr("s"), &[]Point{{3, 4}}, &Point{5, 6}, &map[string]Point{"p": {7, 8}}, &[]Point{}),
	}
}

func ptr[T any](v T) *T { return &v }
