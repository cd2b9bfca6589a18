package main

import (
	"fmt"
	"math"
	"math/big"
	"math/rand"
	"reflect"
	"sort"
	"time"
)

type source struct{ *rand.Rand }

var basics = []reflect.Type{
	reflect.TypeOf(false), reflect.TypeOf(0), reflect.TypeOf(int8(0)), reflect.TypeOf(int16(0)), reflect.TypeOf(int32(0)),
	reflect.TypeOf(int64(0)), reflect.TypeOf(uint(0)), reflect.TypeOf(uint8(0)), reflect.TypeOf(uint16(0)),
	reflect.TypeOf(uint32(0)), reflect.TypeOf(uint64(0)), reflect.TypeOf(uintptr(0)), reflect.TypeOf(float32(0)),
	reflect.TypeOf(float64(0)), reflect.TypeOf(complex64(0)), reflect.TypeOf(complex128(0)), reflect.TypeOf(""),
	reflect.TypeOf([]byte(nil)),
}

var keys = []reflect.Type{
	reflect.TypeOf(""), reflect.TypeOf(0), reflect.TypeOf(int8(0)), reflect.TypeOf(uint64(0)), reflect.TypeOf(false),
	reflect.TypeOf(Color(0)),
}

var anyType = reflect.TypeOf((*any)(nil)).Elem()

// randomCase is a stream of values of one or of several types.
func (r *source) randomCase(name string) Case {
	for {
		if c, err := tryCase(name, r.values()); err == nil && len(c.Items) > 0 {
			return c
		} else if err != nil && err != errRefused {
			panic(err)
		}
	}
}

func (r *source) values() []any {
	values := []any{}
	for i := 1 + r.Intn(3); i > 0; i-- {
		t := r.typ(3)
		for j := 1 + r.Intn(3); j > 0; j-- {
			v := reflect.New(t)
			v.Elem().Set(r.value(t, 3))
			if isNil(v.Elem()) {
				continue
			}
			if t == bigType {
				v = v.Elem() // Go cannot encode a pointer to it
			}
			values = append(values, v.Interface())
		}
	}
	return values
}

// isNil tells what gob cannot encode at the top.
func isNil(v reflect.Value) bool {
	for v.Kind() == reflect.Ptr {
		if v.IsNil() {
			return true
		}
		v = v.Elem()
	}
	return false
}

func (r *source) typ(depth int) reflect.Type {
	if depth == 0 || r.Intn(4) == 0 {
		return basics[r.Intn(len(basics))]
	}
	switch r.Intn(9) {
	case 0:
		return reflect.SliceOf(r.elem(depth - 1))
	case 1:
		return reflect.ArrayOf(r.Intn(4), r.elem(depth-1))
	case 2:
		return reflect.MapOf(keys[r.Intn(len(keys))], r.elem(depth-1))
	case 3:
		if t := r.elem(depth - 1); t != bigType && t != anyType {
			return reflect.PtrTo(t)
		}
		return bigType
	case 4, 5:
		return r.structType(depth)
	case 6:
		return anyIn(depth)
	default:
		return named[r.Intn(len(named))]
	}
}

// anyIn leaves interface values for fields and elements: at the top they need a pointer to an interface.
func anyIn(depth int) reflect.Type {
	if depth == 3 {
		return reflect.TypeOf([]any(nil))
	}
	return anyType
}

// elem is a type that is never nil: what is nil cannot be an element.
func (r *source) elem(depth int) reflect.Type {
	for {
		if t := r.typ(depth); t.Kind() != reflect.Ptr || t == bigType {
			return t
		}
	}
}

func (r *source) structType(depth int) reflect.Type {
	fields := make([]reflect.StructField, r.Intn(6))
	for i := range fields {
		fields[i] = reflect.StructField{Name: fmt.Sprintf("F%d", i), Type: r.typ(depth - 1)}
	}
	return reflect.StructOf(fields)
}

func (r *source) value(t reflect.Type, depth int) reflect.Value {
	v := reflect.New(t).Elem()
	switch {
	case t == timeType:
		v.Set(reflect.ValueOf(r.time()))
		return v
	case t == bigType:
		n := new(big.Int).Rand(r.Rand, new(big.Int).Lsh(big.NewInt(1), uint(1+r.Intn(200))))
		if r.Intn(2) == 0 {
			n.Neg(n)
		}
		v.Set(reflect.ValueOf(n))
		return v
	case opaque[t] != "":
		return r.opaque(t)
	}
	r.fill(v, depth)
	return v
}

func (r *source) fill(v reflect.Value, depth int) {
	t := v.Type()
	switch t.Kind() {
	case reflect.Bool:
		v.SetBool(r.Intn(2) == 0)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		v.SetInt(int64(r.bits()) >> (64 - uint(t.Bits())))
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		v.SetUint(r.bits() >> (64 - uint(t.Bits())))
	case reflect.Float32, reflect.Float64:
		v.SetFloat(r.float(t.Bits()))
	case reflect.Complex64, reflect.Complex128:
		v.SetComplex(complex(r.float(t.Bits()/2), r.float(t.Bits()/2)))
	case reflect.String:
		v.SetString(r.text())
	case reflect.Interface:
		r.fillInterface(v, depth)
	case reflect.Ptr:
		if depth > 0 && r.Intn(3) > 0 {
			v.Set(reflect.New(t.Elem()))
			v.Elem().Set(r.value(t.Elem(), depth-1))
		}
	case reflect.Struct:
		for i := 0; i < t.NumField(); i++ {
			v.Field(i).Set(r.value(t.Field(i).Type, depth-1))
		}
	case reflect.Array:
		for i := 0; i < t.Len(); i++ {
			v.Index(i).Set(r.value(t.Elem(), depth-1))
		}
	case reflect.Slice:
		n := r.length(depth)
		v.Set(reflect.MakeSlice(t, n, n))
		for i := 0; i < n; i++ {
			v.Index(i).Set(r.value(t.Elem(), depth-1))
		}
	case reflect.Map:
		if r.Intn(5) == 0 {
			return
		}
		v.Set(reflect.MakeMap(t))
		for i := r.length(depth); i > 0; i-- {
			elem := r.value(t.Elem(), depth-1)
			if !isNil(elem) {
				v.SetMapIndex(r.value(t.Key(), depth-1), elem)
			}
		}
	}
}

func (r *source) fillInterface(v reflect.Value, depth int) {
	if depth <= 0 || r.Intn(6) == 0 {
		return
	}
	names := []string{}
	for name := range inInterfaces {
		names = append(names, name)
	}
	sort.Strings(names)
	v.Set(r.value(inInterfaces[names[r.Intn(len(names))]], depth-1))
}

func (r *source) length(depth int) int {
	if depth <= 0 {
		return 0
	}
	if r.Intn(20) == 0 {
		return r.Intn(200)
	}
	return r.Intn(4)
}

// bits are of every magnitude.
func (r *source) bits() uint64 {
	switch r.Intn(6) {
	case 0:
		return 0
	case 1:
		return math.MaxUint64
	case 2:
		return 1 << 63
	}
	return r.Uint64() >> uint(r.Intn(64)) << uint(r.Intn(64))
}

func (r *source) float(size int) float64 {
	special := []float64{0, 1, -1, 0.5, math.Inf(1), math.Inf(-1), math.NaN(), math.MaxFloat32, math.SmallestNonzeroFloat32, 17}
	f := special[r.Intn(len(special))]
	if r.Intn(2) == 0 {
		f = r.NormFloat64() * math.Pow(10, float64(r.Intn(40)-20))
	}
	if size == 32 {
		return float64(float32(f))
	}
	return f
}

func (r *source) text() string {
	letters := []rune("abcXYZ 0189_äßЖ世界🎉\x00\n\"\\")
	runes := make([]rune, r.Intn(12))
	if r.Intn(20) == 0 {
		runes = make([]rune, r.Intn(500))
	}
	for i := range runes {
		runes[i] = letters[r.Intn(len(letters))]
	}
	return string(runes)
}

func (r *source) time() time.Time {
	if r.Intn(8) == 0 {
		return time.Time{}
	}
	t := time.Unix(r.Int63n(1<<33)-1<<32, r.Int63n(1e9))
	switch r.Intn(3) {
	case 0:
		return t.UTC()
	case 1:
		return t.In(time.FixedZone("", 3600*(r.Intn(24)-11)+60*15))
	}
	return t.In(time.FixedZone("", 3600*r.Intn(12)+r.Intn(60))) // Go itself loses seconds that are west
}

func (r *source) opaque(t reflect.Type) reflect.Value {
	switch t {
	case reflect.TypeOf(Celsius{}):
		return reflect.ValueOf(Celsius{r.text()})
	case reflect.TypeOf(Token{}):
		return reflect.ValueOf(Token{r.text()})
	}
	return reflect.ValueOf(Key{byte(r.Intn(3)), byte(r.Intn(256))})
}
