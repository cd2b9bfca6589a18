package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"math/big"
	"math/rand"
	"os"
	"reflect"
	"strings"
	"time"
)

// JSONCase is a JSON text, and what Go's encoding/json makes of it: what it writes of what it has read, or its error.
type JSONCase struct {
	Type any
	In   string
	Out  string `json:",omitempty"`
	Err  string `json:",omitempty"`
}

// Deep, Whole and their like have fields of the same name at several depths.
type Deep struct{ ID, X int }

// Third hides nothing, and is hidden.
type Third struct{ X, Y int }

// Half embeds.
type Half struct {
	Deep
	Z string
}

// Whole has Y from Third and ID of its own; X is ambiguous.
type Whole struct {
	Half
	A int
	Beside
	Third
	ID string
}

// Beside is as deep as Third.
type Beside struct{ X, Zed int }

// Twice embeds the same struct by two ways.
type Twice struct {
	Left
	Right
	Own int
}

// Left embeds Deep.
type Left struct {
	Deep
	L int
}

// Right embeds Deep.
type Right struct {
	Deep
	R int
}

// Text has all that is text in JSON.
type Text struct {
	Data  []byte
	At    time.Time
	Name  string
	Array [3]byte
}

// jsonCases are texts for each type.
func jsonCases() []JSONCase {
	ints := []string{"0", "-1", "127", "128", "-128", "-129", "255", "256", "65536", "2147483648", "9007199254740993",
		"9223372036854775807", "9223372036854775808", "-9223372036854775808", "-9223372036854775809",
		"18446744073709551615", "18446744073709551616", "1.5", "\"1\"", "true", "null", "[]", "{}", "1e400"}
	floats := []string{"0", "-0.0", "1", "1e21", "1e-7", "123456789.125", "0.1", "3.4028234663852886e38", "3.5e38", "1e308",
		"1e400", "\"1\"", "null", "9007199254740993", "5e-324", "1e-45", "16777217"}
	texts := []string{`"x"`, `""`, `"é\u0000\n<>&😀"`, "1", "null", "true", "[]", "{}"}
	data := []string{`""`, `"AQID"`, `"AQI="`, `"AQ=="`, `"AQ"`, `"A"`, `"AQ=A"`, `"_-=="`, "\"AQ\\r\\nID\"", `"====" `, `[1,2,255]`,
		`[256]`, `[1.5]`, `[-1]`, `[]`, `1`, `null`, `{}`, `"AR=="`}
	times := []string{`"2026-11-21T08:09:10Z"`, `"2026-11-21T08:09:10.123456789+01:30"`, `"2026-11-21T08:09:10.1200-07:00"`,
		`"0001-01-01T00:00:00Z"`, `"9999-12-31T23:59:59.999999999Z"`, `"0000-01-01T00:00:00Z"`, `"2024-02-29T00:00:00Z"`,
		`"2026-02-29T00:00:00Z"`, `"2026-13-01T00:00:00Z"`, `"2026-01-01T24:00:00Z"`, `"2026-01-01T23:59:60Z"`, `"2026-01-01"`,
		`"2026-01-01t00:00:00z"`, `"2026-01-01 00:00:00Z"`, `"2026-01-01T00:00:00"`, `""`, `1`, `null`, `{}`,
		`"2026-01-01T00:00:00+00:00"`, `"2026-01-01T00:00:00-00:00"`, `"2026-01-01T00:00:00+23:59"`, `"2026-01-01T00:00:00+24:00"`,
		`"2026-01-01T00:00:00+00:60"`, `"2026-01-01T00:00:00,5Z"`, `"2026-01-01T1:00:00Z"`, `"10000-01-01T00:00:00Z"`,
		`"2026-01-01T00:00:00-00:02"`}
	maps := []string{`{}`, `null`, `{"a":1,"b":2}`, `{"":0}`, `{"-7":1,"8":2}`, `{"+8":1}`, `{"08":1}`, `{"1.0":1}`, `{"300":1}`,
		`{"18446744073709551615":1}`, `{"x":"y"}`, `{"a":null}`, `[]`, `1`, `{"true":1}`, `{" 1":1}`, `{"-0":1}`,
		`{"2026-11-21T08:09:10Z":1}`, `{"123456789012345678901234567890":1}`}
	lists := []string{`[]`, `null`, `[1]`, `[1,2,3]`, `[1,2,3,4]`, `[null,1]`, `["x"]`, `{}`, `"AQI="`, `1`, `[[1]]`, `[1.5]`}
	structs := []string{`{}`, `null`, `[]`, `"x"`, `{"X":1,"Y":2}`, `{"x":1,"y":2}`, `{"X":1,"x":2}`, `{"x":1,"X":2}`, `{"Z":1}`,
		`{"X":null}`, `{"X":"1"}`, `{"X":1.5}`, `{"X":{}}`, `{"ID":1,"X":2}`, `{"ID":"a","X":2,"Y":3,"Z":"z","Zed":4,"A":5}`,
		`{"id":"a","zed":1}`, `{"Deep":{"ID":1}}`, `{"L":1,"R":2,"Own":3,"ID":4}`, `{"ſ":1,"Y":1}`,
		`{"Data":"AQI=","At":"2026-11-21T08:09:10Z","Name":"n","Array":[1,2,3]}`, `{"Data":"%","Array":"AQID"}`, `{"Array":[1]}`,
		`{"Array":[1,2,3,4]}`, `{"Array":[300]}`, `{"At":"x"}`, `{"Value":1,"Left":{"Value":2},"Children":[{"Value":3}],"ByName":{"k":{"Value":4},"n":null}}`,
		`{"Left":{"Left":{"Value":"x"}}}`, `{"Children":[{"Value":true}]}`, `{"ByName":{"k":{"Value":[]}}}`}
	bigs := []string{`0`, `-1`, `123456789012345678901234567890`, `1.5`, `"1"`, `null`, `1e3`, `true`}
	pointers := []string{`null`, `1`, `"x"`, `{"X":1}`, `[]`}
	anys := []string{`null`, `1`, `"x"`, `[1,{"a":null,"b":[true,false]}]`, `{}`, `1.5`}

	cases := []JSONCase{}
	add := func(zero any, texts []string) {
		t := reflect.TypeOf(zero).Elem()
		for _, text := range texts {
			cases = append(cases, jsonCase(t, text))
		}
	}
	add(new(bool), append(texts, "false", `"true"`))
	for _, t := range []any{new(int), new(int8), new(int16), new(int32), new(int64), new(uint), new(uint8), new(uint16),
		new(uint32), new(uint64), new(uintptr), new(time.Duration), new(Color)} {
		add(t, ints)
	}
	add(new(float32), floats)
	add(new(float64), floats)
	add(new(string), texts)
	add(new([]byte), data)
	add(new(time.Time), times)
	for _, t := range []any{new(map[string]int), new(map[int]int), new(map[int8]int), new(map[uint64]int), new(map[uint8]string),
		new(map[time.Time]int), new(map[Color]*int), new(map[bool]int), new(map[float64]int)} {
		add(t, maps)
	}
	for _, t := range []any{new([]int), new([3]int), new([]*int), new([]string), new([2][]int), new([3]byte), new(Tags), new(List),
		new([]map[string]bool), new([]any)} {
		add(t, lists)
	}
	for _, t := range []any{new(Point), new(struct{}), new(Half), new(Whole), new(Twice), new(Text), new(Tree), new(*Point),
		new([]Point), new(map[string]Point)} {
		add(t, structs)
	}
	add(new(big.Int), bigs)
	for _, t := range []any{new(*int), new(*string), new(*Point), new(*time.Time), new(*[]byte), new(struct{ P *big.Int })} {
		add(t, pointers)
	}
	add(new(any), anys)
	return cases
}

func jsonCase(t reflect.Type, text string) JSONCase {
	c := JSONCase{Type: describe(t), In: text}
	v := reflect.New(t)
	if err := json.Unmarshal([]byte(text), v.Interface()); err != nil {
		c.Err = err.Error()
		return c
	}
	out, err := jsonText(fullMaps(v.Elem()))
	if err != nil {
		c.Err = err.Error()
		return c
	}
	c.Out = out
	return c
}

func jsonText(v reflect.Value) (string, error) {
	p := reflect.New(v.Type()) // methods of pointers are found
	p.Elem().Set(v)
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	err := enc.Encode(p.Interface())
	return strings.TrimSuffix(text.String(), "\n"), err
}

// randomJSON prints values of random types as JSON, reads a line for each, of what the other side wrote of it, and says
// whether it is the same value.
func randomJSON(out *bufio.Writer, seed, n int) {
	r := &source{rand.New(rand.NewSource(int64(seed)))}
	types := make([]reflect.Type, n)
	cases := make([]JSONCase, n)
	for i := range cases {
		types[i], cases[i] = r.jsonCase()
		write(out, cases[i])
	}
	out.Flush()
	lines := bufio.NewReaderSize(os.Stdin, 1<<16)
	for i, c := range cases {
		line, err := lines.ReadString('\n')
		check(err)
		a, b := reflect.New(types[i]), reflect.New(types[i])
		check(json.Unmarshal([]byte(c.Out), a.Interface()))
		err = json.Unmarshal([]byte(line), b.Interface())
		if err != nil || !sameJSON(a, b) {
			fmt.Fprintf(out, "%s: got %s: %v\n", c.Out, line[:len(line)-1], err)
			continue
		}
		fmt.Fprintln(out, "ok")
	}
}

func sameJSON(a, b reflect.Value) bool {
	x, err := jsonText(fullMaps(a.Elem()))
	check(err)
	y, err := jsonText(fullMaps(b.Elem()))
	check(err)
	return x == y
}

func (r *source) jsonCase() (reflect.Type, JSONCase) {
	for {
		t := r.typ(3)
		if !hasJSON(t, map[reflect.Type]bool{}) {
			continue
		}
		text, err := jsonText(r.value(t, 3))
		if err != nil {
			continue // it is infinite, or not a number
		}
		if c := jsonCase(t, text); c.Err == "" {
			return t, c
		}
	}
}

// hasJSON tells of types whose JSON means the same on both sides.
func hasJSON(t reflect.Type, seen map[reflect.Type]bool) bool {
	if seen[t] || t == timeType || t == bigType || t == bigType.Elem() {
		return true
	}
	seen[t] = true
	if opaque[t] != "" || t == reflect.TypeOf(Derived{}) { // embeds a pointer
		return false
	}
	switch t.Kind() {
	case reflect.Complex64, reflect.Complex128, reflect.Interface:
		return false
	case reflect.Map:
		return t.Key().Kind() != reflect.Bool && hasJSON(t.Elem(), seen)
	case reflect.Ptr, reflect.Slice, reflect.Array:
		return hasJSON(t.Elem(), seen)
	case reflect.Struct:
		for i := 0; i < t.NumField(); i++ {
			if !hasJSON(t.Field(i).Type, seen) {
				return false
			}
		}
	}
	return true
}
