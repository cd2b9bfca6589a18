package main

import (
	"encoding/gob"
	"errors"
	"math/big"
	"reflect"
	"time"
)

// The types that reflect cannot make: those with names, with methods, and those that contain themselves.

// Color is an int.
type Color int

// Tags is a slice.
type Tags []string

// Point is the struct of gob's own documentation.
type Point struct{ X, Y int }

// Base is embedded.
type Base struct {
	ID   int64
	Name string
}

// Derived embeds a struct, and a pointer to one.
type Derived struct {
	Base
	*Point
	Extra float64
}

// Tree contains itself by pointers, a slice and a map.
type Tree struct {
	Value       int
	Left, Right *Tree
	Children    []Tree
	ByName      map[string]*Tree
}

// List is a slice of itself.
type List []List

// Celsius encodes itself, by value.
type Celsius struct{ text string }

// GobEncode encodes.
func (c Celsius) GobEncode() ([]byte, error) { return []byte(c.text), nil }

// GobDecode decodes.
func (c *Celsius) GobDecode(b []byte) error { c.text = string(b); return nil }

// Token encodes itself, by pointer.
type Token struct{ text string }

// GobEncode encodes.
func (t *Token) GobEncode() ([]byte, error) { return []byte(t.text), nil }

// GobDecode decodes.
func (t *Token) GobDecode(b []byte) error { t.text = string(b); return nil }

// Key is a BinaryMarshaler.
type Key [2]byte

// MarshalBinary encodes.
func (k Key) MarshalBinary() ([]byte, error) { return []byte{'k', k[0], k[1]}, nil }

// UnmarshalBinary decodes.
func (k *Key) UnmarshalBinary(b []byte) error {
	if len(b) != 3 || b[0] != 'k' {
		return errors.New("no key")
	}
	k[0], k[1] = b[1], b[2]
	return nil
}

// Circle, Square and Group are for interface values.
type Circle struct{ Radius float64 }

// Square has a point.
type Square struct {
	Corner Point
	Side   uint8
}

// Group nests interface values.
type Group struct {
	First  any
	Shapes []any
	Named  map[string]any
	Last   int
}

// Basic has a field of each basic kind.
type Basic struct {
	Bool    bool
	Int     int
	Int8    int8
	Int16   int16
	Int32   int32
	Int64   int64
	Uint    uint
	Uint8   uint8
	Uint16  uint16
	Uint32  uint32
	Uint64  uint64
	Uintptr uintptr
	Float32 float32
	Float64 float64
	Complex complex128
	Single  complex64
	Text    string
	Data    []byte
}

// Special has the types with encodings of their own.
type Special struct {
	Time     time.Time
	TimePtr  *time.Time
	Duration time.Duration
	Big      *big.Int
	Celsius  Celsius
	Token    Token
	TokenPtr *Token
	Key      Key
	Color    Color
	Tags     Tags
}

var named = []reflect.Type{
	reflect.TypeOf(Color(0)), reflect.TypeOf(Tags(nil)), reflect.TypeOf(Point{}), reflect.TypeOf(Derived{}),
	reflect.TypeOf(Tree{}), reflect.TypeOf(List(nil)), reflect.TypeOf(Celsius{}), reflect.TypeOf(Token{}),
	reflect.TypeOf(Key{}), reflect.TypeOf(Circle{}), reflect.TypeOf(Square{}), reflect.TypeOf(Group{}),
	reflect.TypeOf(Basic{}), reflect.TypeOf(Special{}), reflect.TypeOf(time.Time{}), reflect.TypeOf(time.Duration(0)),
	reflect.TypeOf((*big.Int)(nil)),
}

// inInterfaces are the types of interface values, by the names that they are registered under.
var inInterfaces = map[string]reflect.Type{}

func init() {
	for _, value := range []any{Point{}, Circle{}, Square{}, Group{}, Color(0), Tags(nil), Celsius{}, Key{}, Derived{}, time.Time{}, []any(nil), map[string]any(nil)} {
		gob.Register(value)
	}
	for _, value := range []any{Point{}, Circle{}, Square{}, Group{}, Color(0), Tags(nil), Celsius{}, Key{}, Derived{}} {
		inInterfaces["main."+reflect.TypeOf(value).Name()] = reflect.TypeOf(value)
	}
	for _, value := range []any{true, int(0), int8(0), int16(0), int32(0), int64(0), uint(0), uint8(0), uint16(0), uint32(0), uint64(0), float32(0), float64(0), complex64(0), complex128(0), "", []byte(nil), []int(nil), []string(nil), []float64(nil), []bool(nil), []any(nil), map[string]any(nil), time.Time{}} {
		inInterfaces[reflect.TypeOf(value).String()] = reflect.TypeOf(value)
	}
}
