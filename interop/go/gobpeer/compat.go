package main

import (
	"bytes"
	"encoding/gob"
	"encoding/hex"
	"math"
	"reflect"
	"time"
)

// Compat is a stream, and what comes of it in Go when it is decoded into another type: a value or an error.
type Compat struct {
	Name  string
	Gob   string // in hex
	Into  any
	Value any
	Error string
}

// Dst and the others are what streams are decoded into: Go's errors have their names.
type (
	Dst      struct{ X uint }
	None     struct{ Q int }
	Empty    struct{}
	Part     struct{ Y int }
	Turned   struct{ Y, X int }
	More     struct{ X, Y, Z int }
	Pointers struct{ X, Y ***int }
	Outer    struct {
		A Point
		B int
	}
	OuterPart struct{ B int }
	OuterBad  struct {
		A int
		B int
	}
	Wide struct {
		Int, Other int64
		Uint       uint64
		Float      float64
		Complex    complex128
		List       []int64
		Array      [2]uint64
		Map        map[int64]uint64
	}
	Narrow8 struct{ Int int8 }
	NarrowU struct{ Uint uint8 }
	NarrowF struct{ Float float32 }
	NarrowC struct{ Complex complex64 }
	NarrowL struct{ List []int8 }
	NarrowA struct{ Array [2]uint16 }
	NarrowM struct{ Map map[int8]uint64 }
	NarrowE struct{ Map map[int64]uint16 }
	Narrow  struct {
		Int   int16
		Other int32
		Uint  uint32
		Float float32
	}
	Flat struct {
		ID    int64
		Name  string
		Extra float64
	}
	Embedding struct {
		Base
		Extra float64
	}
	GroupLast struct{ Last int }
)

func compatCases() []Compat {
	point := &Point{22, 33}
	wide := func(w Wide) *Wide { return &w }
	now := time.Unix(1, 2).UTC()
	cases := []Compat{}
	add := func(name string, from, into any) { cases = append(cases, compat(name, encodeOne(from), into)) }

	add("fields in another order", point, &Turned{})
	add("fields that are unknown here", point, &Part{})
	add("fields that are unknown there", point, &More{})
	add("pointers here", point, &Pointers{})
	add("a struct that is unknown here", &Outer{Point{1, 2}, 3}, &OuterPart{})
	add("interface values that are unknown here", &Group{First: 1, Named: map[string]any{"a": "b"}, Last: 3}, &GroupLast{})
	add("other widths", wide(Wide{Int: -32768, Other: math.MinInt32, Uint: math.MaxUint32, Float: 0.5}), &Narrow{})
	add("any struct into one without fields", point, &Empty{})
	add("no fields into any struct", &Empty{}, point)
	add("a pointer into a value", ptr(ptr(ptr(7))), ptr(0))
	add("the fields of an embedded struct, sent flat", &Flat{7, "seven", 0.5}, &Embedding{})
	add("the fields of a struct, sent embedded", &Embedding{Base{7, "seven"}, 0.5}, &Flat{})
	add("a named slice into one without a name", &Tags{"a"}, &[]string{})
	add("a duration into an int64", ptr(time.Second), ptr(int64(0)))

	add("a field of another type", point, &Dst{})
	add("a field that is no struct here", &Outer{Point{1, 2}, 3}, &OuterBad{})
	add("a field that is a struct here", &OuterBad{1, 2}, &Outer{})
	add("no field in common", point, &None{})
	add("an int into a string", ptr(1), ptr(""))
	add("an int into a uint", ptr(1), ptr(uint(0)))
	add("an int into a float", ptr(1), ptr(1.0))
	add("a string into bytes", ptr("s"), &[]byte{})
	add("bytes into a string", &[]byte{1}, ptr(""))
	add("an int into a struct", ptr(1), &Point{})
	add("a struct into an int", point, ptr(1))
	add("an int into an interface", ptr(1), new(any))
	add("a slice into an array", &[]int{1, 2}, &[2]int{})
	add("an array into a slice", &[2]int{1, 2}, &[]int{})
	add("an array into a shorter one", &[3]int{1, 2, 3}, &[2]int{})
	add("a slice into one of others", &[]int{1}, &[]uint{})
	add("a map into one of others", &map[string]int{"a": 1}, &map[string]string{})
	add("a GobEncoder into a string", &Celsius{"a"}, ptr(""))
	add("a string into a GobDecoder", ptr("a"), &Celsius{})
	add("a BinaryMarshaler into a GobDecoder", &Key{}, &Celsius{})
	add("a time into an int", &now, ptr(1))
	add("an int8 that is too large", wide(Wide{Int: 128}), &Narrow8{})
	add("an int8 that is too small", wide(Wide{Int: -129}), &Narrow8{})
	add("a uint8 that is too large", wide(Wide{Uint: 256}), &NarrowU{})
	add("a float32 that is too large", wide(Wide{Float: math.MaxFloat64}), &NarrowF{})
	add("an infinite float32", wide(Wide{Float: math.Inf(-1)}), &NarrowF{})
	add("a complex64 that is too large", wide(Wide{Complex: complex(1, math.MaxFloat64)}), &NarrowC{})
	add("an element that is too large", wide(Wide{List: []int64{1, 300}}), &NarrowL{})
	add("an element of an array that is too large", wide(Wide{Array: [2]uint64{1, 65536}}), &NarrowA{})
	add("a key that is too large", wide(Wide{Map: map[int64]uint64{300: 1}}), &NarrowM{})
	add("a value of a map that is too large", wide(Wide{Map: map[int64]uint64{1: 65536}}), &NarrowE{})
	add("an int16 at the top that is too large", ptr(70000), ptr(int16(0)))

	unknown := bytes.Replace(encodeOne(&Group{First: Circle{1}, Last: 2}), []byte("main.Circle"), []byte("main.Circus"), 1)
	cases = append(cases, compat("an interface value of a type that is not registered", unknown, &Group{}))
	for _, bad := range [][2]string{
		{"a length of more than 8 bytes", "f7"},
		{"a message of no id", "00"},
		{"a definition of a builtin type", "03030000"},
		{"a definition that is cut off", "02ff81"},
		{"another number than zero at the top", "03040106"},
		{"bytes after a definition", "0fff81020102ff820001040000010203"},
	} {
		raw, err := hex.DecodeString(bad[1])
		check(err)
		cases = append(cases, compat(bad[0], raw, ptr(0)))
	}
	return cases
}

func encodeOne(value any) []byte {
	var stream bytes.Buffer
	check(gob.NewEncoder(&stream).Encode(value))
	return stream.Bytes()
}

func compat(name string, stream []byte, into any) Compat {
	got := reflect.New(reflect.TypeOf(into).Elem())
	c := Compat{Name: name, Gob: hex.EncodeToString(stream), Into: describe(got.Type().Elem())}
	if err := gob.NewDecoder(bytes.NewReader(stream)).DecodeValue(got); err != nil {
		c.Error = err.Error()
	} else {
		c.Value = canon(got.Elem())
	}
	return c
}
