package main

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"log"
)

// An object is a JSON object whose fields keep their order.
type object []field

type field struct {
	name  string
	value any
}

// A list is a JSON array with an element a line.
type list []any

// A row is a JSON array in one line.
type row []any

// Encode writes v, with a line break wherever a diff would want one and no other space.
func encode(v any) []byte {
	var b bytes.Buffer
	write(&b, v)
	b.WriteByte('\n')
	return b.Bytes()
}

func write(b *bytes.Buffer, v any) {
	switch v := v.(type) {
	case object:
		b.WriteString("{\n")
		for i, f := range v {
			separate(b, i)
			scalar(b, f.name)
			b.WriteByte(':')
			write(b, f.value)
		}
		b.WriteString("\n}")
	case list:
		b.WriteString("[\n")
		for i, e := range v {
			separate(b, i)
			write(b, e)
		}
		b.WriteString("\n]")
	default:
		scalar(b, v)
	}
}

func separate(b *bytes.Buffer, i int) {
	if i > 0 {
		b.WriteString(",\n")
	}
}

func scalar(b *bytes.Buffer, v any) {
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		log.Fatal(err)
	}
	b.Truncate(b.Len() - 1) // the line break that Encode adds
}

// Digits returns b in hexadecimal, or nil, which JSON writes as null, if b is nil.
func digits(b []byte) any {
	if b == nil {
		return nil
	}
	return hex.EncodeToString(b)
}

// Octets is the inverse of digits.
func octets(s string) []byte {
	b, err := hex.DecodeString(s)
	if err != nil {
		log.Fatal(err)
	}
	return b
}
