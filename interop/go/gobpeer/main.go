// Command gobpeer is encoding/gob, for test/interop/gob.test.ts to talk to, and the source of test/testdata/gob.
//
//	gobpeer golden           prints the golden cases, a line of JSON each
//	gobpeer compat           prints what comes of decoding into other types, errors as well
//	gobpeer random SEED N    prints N cases of random types and values
//	gobpeer json             prints what encoding/json makes of JSON texts, by types
//	gobpeer json SEED N      prints N random values as JSON, by types
//
// After its cases, `random` reads a line for each case: what the other side encoded of the values, in hex. It decodes
// them into the same types, compares with DeepEqual, and prints "ok" or what is wrong. So does `json SEED N`, with JSON.
package main

import (
	"bufio"
	"bytes"
	"encoding/gob"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand"
	"os"
	"reflect"
	"strconv"
	"strings"
)

// Case is a stream of values.
type Case struct {
	Name  string
	Gob   string // in hex
	Items []Item
}

// Item is one value of a stream: its type, and what Go's own decoder makes of it.
type Item struct {
	Type  any
	Value any
	got   reflect.Value
}

func main() {
	out := bufio.NewWriterSize(os.Stdout, 1<<16)
	defer out.Flush()
	switch {
	case len(os.Args) == 2 && os.Args[1] == "golden":
		for _, c := range goldenCases() {
			write(out, c)
		}
	case len(os.Args) == 2 && os.Args[1] == "compat":
		for _, c := range compatCases() {
			write(out, c)
		}
	case len(os.Args) == 2 && os.Args[1] == "json":
		for _, c := range jsonCases() {
			write(out, c)
		}
	case len(os.Args) == 4 && os.Args[1] == "json":
		randomJSON(out, number(2), number(3))
	case len(os.Args) == 4 && os.Args[1] == "random":
		random(out, number(2), number(3))
	default:
		fmt.Fprintln(os.Stderr, "usage: gobpeer golden | compat | random SEED N | json [SEED N]")
		os.Exit(2)
	}
}

func random(out *bufio.Writer, seed, n int) {
	r := &source{rand.New(rand.NewSource(int64(seed)))}
	cases := make([]Case, n)
	for i := range cases {
		cases[i] = r.randomCase(fmt.Sprintf("seed %d, case %d", seed, i))
		write(out, cases[i])
	}
	out.Flush()
	lines := bufio.NewReaderSize(os.Stdin, 1<<16)
	for i := range cases {
		line, err := lines.ReadString('\n')
		check(err)
		fmt.Fprintln(out, verify(cases[i], line[:len(line)-1]))
	}
}

// makeCase encodes values on one stream. Each comes as a pointer, so that methods of pointers are found.
func makeCase(name string, values ...any) Case {
	c, err := tryCase(name, values)
	check(err)
	return c
}

// errRefused is for what Go cannot encode: a Token in a map, whose address cannot be taken, or a pointer to a pointer to
// one, where it panics.
var errRefused = errors.New("Go does not encode this")

func tryCase(name string, values []any) (c Case, err error) {
	var stream bytes.Buffer
	enc := gob.NewEncoder(&stream)
	defer func() {
		if r := recover(); r != nil {
			err = errRefused
		}
	}()
	for _, value := range values {
		if err := enc.Encode(value); err != nil {
			if strings.Contains(err.Error(), "unaddressable value") {
				return c, errRefused
			}
			return c, fmt.Errorf("%s: %T: %v", name, value, err)
		}
	}
	c = Case{Name: name, Gob: hex.EncodeToString(stream.Bytes())}
	dec := gob.NewDecoder(&stream)
	for _, value := range values {
		got := reflect.New(reflect.TypeOf(value).Elem())
		check(dec.DecodeValue(got))
		c.Items = append(c.Items, Item{describe(got.Type().Elem()), canon(got.Elem()), got.Elem()})
	}
	return c, nil
}

// verify decodes what the other side made of a case.
func verify(c Case, text string) (verdict string) {
	defer func() {
		if r := recover(); r != nil {
			verdict = fmt.Sprintf("%s: panic: %v", c.Name, r)
		}
	}()
	stream, err := hex.DecodeString(text)
	check(err)
	dec := gob.NewDecoder(bytes.NewReader(stream))
	for i, item := range c.Items {
		got := reflect.New(item.got.Type())
		if err := dec.DecodeValue(got); err != nil {
			return fmt.Sprintf("%s: value %d: %v", c.Name, i, err)
		}
		a, b := fullMaps(item.got), fullMaps(got.Elem())
		if !reflect.DeepEqual(a.Interface(), b.Interface()) && !same(canon(a), canon(b)) {
			return fmt.Sprintf("%s: value %d: want %q, got %q", c.Name, i, fmt.Sprintf("%+v", a), fmt.Sprintf("%+v", b))
		}
	}
	// Whoever does not know the types must be able to skip the values, interface values and all.
	dec = gob.NewDecoder(bytes.NewReader(stream))
	for i, item := range c.Items {
		if hasNilElement(item.got) {
			break // Go reads on after a nil that it skips as if it were a value
		}
		if err := dec.DecodeValue(reflect.Value{}); err != nil {
			return fmt.Sprintf("%s: skipping value %d: %v", c.Name, i, err)
		}
	}
	return "ok"
}

// hasNilElement tells of nil interface values among elements.
func hasNilElement(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Interface, reflect.Ptr:
		return !v.IsNil() && hasNilElement(v.Elem())
	case reflect.Struct:
		for i := 0; i < v.NumField(); i++ {
			if hasNilElement(v.Field(i)) {
				return true
			}
		}
	case reflect.Slice, reflect.Array:
		for i := 0; i < v.Len(); i++ {
			if isNilInterface(v.Index(i)) || hasNilElement(v.Index(i)) {
				return true
			}
		}
	case reflect.Map:
		for iter := v.MapRange(); iter.Next(); {
			if isNilInterface(iter.Value()) || hasNilElement(iter.Value()) {
				return true
			}
		}
	}
	return false
}

func isNilInterface(v reflect.Value) bool { return v.Kind() == reflect.Interface && v.IsNil() }

// same tells NaN from a mistake: DeepEqual does not.
func same(a, b any) bool {
	x, err := json.Marshal(a)
	check(err)
	y, err := json.Marshal(b)
	check(err)
	return bytes.Contains(x, []byte(`"nan"`)) && bytes.Equal(x, y)
}

func write(out *bufio.Writer, c any) {
	line, err := json.Marshal(c)
	check(err)
	out.Write(line)
	out.WriteByte('\n')
}

func number(i int) int {
	n, err := strconv.Atoi(os.Args[i])
	check(err)
	return n
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
