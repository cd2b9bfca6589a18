package main

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"reflect"
	"sort"
	"strconv"
	"time"
)

// object keeps the order of its keys.
type object []pair

type pair struct {
	key   string
	value any
}

// MarshalJSON writes the keys as they come.
func (o object) MarshalJSON() ([]byte, error) {
	text := []byte("{")
	for i, p := range o {
		if i > 0 {
			text = append(text, ',')
		}
		key, err := json.Marshal(p.key)
		check(err)
		value, err := json.Marshal(p.value)
		check(err)
		text = append(append(append(text, key...), ':'), value...)
	}
	return append(text, '}'), nil
}

var (
	timeType     = reflect.TypeOf(time.Time{})
	durationType = reflect.TypeOf(time.Duration(0))
	bigType      = reflect.TypeOf((*big.Int)(nil))
	opaque       = map[reflect.Type]string{
		reflect.TypeOf(Celsius{}): "celsius",
		reflect.TypeOf(Token{}):   "token",
		reflect.TypeOf(Key{}):     "key",
	}
)

// describe tells a type to the other side: basic ones by name, others as objects.
func describe(t reflect.Type) any { return describeIn(t, map[reflect.Type]bool{}) }

func describeIn(t reflect.Type, within map[reflect.Type]bool) any {
	switch {
	case t == timeType:
		return "time"
	case t == durationType:
		return "duration"
	case t == bigType.Elem():
		return "bigint"
	case opaque[t] != "":
		return opaque[t]
	}
	if t.Name() == "" || t.PkgPath() == "" {
		return describeKind(t, within)
	}
	if within[t] {
		return object{{"ref", t.Name()}}
	}
	within[t] = true
	defer delete(within, t)
	return object{{"name", t.Name()}, {"type", describeKind(t, within)}}
}

func describeKind(t reflect.Type, within map[reflect.Type]bool) any {
	of := func(t reflect.Type) any { return describeIn(t, within) }
	switch t.Kind() {
	case reflect.Ptr:
		return object{{"ptr", of(t.Elem())}}
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return "bytes"
		}
		return object{{"slice", of(t.Elem())}}
	case reflect.Array:
		return object{{"array", of(t.Elem())}, {"length", t.Len()}}
	case reflect.Map:
		return object{{"map", of(t.Elem())}, {"key", of(t.Key())}}
	case reflect.Struct:
		fields := []any{}
		for i := 0; i < t.NumField(); i++ {
			f := t.Field(i)
			fields = append(fields, object{{"name", f.Name}, {"type", of(f.Type)}, {"embedded", f.Anonymous}})
		}
		return object{{"struct", fields}}
	case reflect.Interface:
		return "any"
	default:
		return t.Kind().String()
	}
}

// canon prints a value so that nothing is lost: integers and the bits of floats as text, maps as sorted pairs.
func canon(v reflect.Value) any {
	t := v.Type()
	switch {
	case t == timeType:
		return canonTime(v.Interface().(time.Time))
	case t == bigType:
		if v.IsNil() {
			return nil
		}
		return v.Interface().(*big.Int).String()
	case t == bigType.Elem():
		return v.Addr().Interface().(*big.Int).String()
	case opaque[t] != "":
		return canonOpaque(v.Interface())
	}
	switch t.Kind() {
	case reflect.Bool:
		return v.Bool()
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return strconv.FormatInt(v.Int(), 10)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return strconv.FormatUint(v.Uint(), 10)
	case reflect.Float32, reflect.Float64:
		return bits(v.Float())
	case reflect.Complex64, reflect.Complex128:
		return []any{bits(real(v.Complex())), bits(imag(v.Complex()))}
	case reflect.String:
		return v.String()
	case reflect.Ptr:
		if v.IsNil() {
			return nil
		}
		return canon(v.Elem())
	case reflect.Interface:
		return canonInterface(v)
	case reflect.Map:
		return canonMap(v)
	case reflect.Struct:
		o := object{}
		for i := 0; i < v.NumField(); i++ {
			o = append(o, pair{t.Field(i).Name, canon(v.Field(i))})
		}
		return o
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return hex.EncodeToString(v.Bytes())
		}
	}
	list := make([]any, v.Len())
	for i := range list {
		list[i] = canon(v.Index(i))
	}
	return list
}

func bits(f float64) string {
	if math.IsNaN(f) {
		return "nan"
	}
	return fmt.Sprintf("%016x", math.Float64bits(f))
}

func canonTime(t time.Time) any {
	_, offset := t.Zone()
	o := object{{"s", strconv.FormatInt(t.Unix(), 10)}, {"n", t.Nanosecond()}}
	if t.Location() == time.UTC {
		return append(o, pair{"o", nil})
	}
	return append(o, pair{"o", offset})
}

func canonOpaque(v any) any {
	switch v := v.(type) {
	case Celsius:
		return v.text
	case Token:
		return v.text
	case Key:
		return hex.EncodeToString(v[:])
	}
	panic("unknown opaque type")
}

func canonInterface(v reflect.Value) any {
	if v.IsNil() {
		return nil
	}
	elem := v.Elem()
	name := elem.Type().String()
	for registered, t := range inInterfaces {
		if t == elem.Type() {
			name = registered
		}
	}
	return object{{"name", name}, {"type", describe(elem.Type())}, {"value", canon(elem)}}
}

func canonMap(v reflect.Value) any {
	type entry struct {
		text string
		pair []any
	}
	entries := []entry{}
	for iter := v.MapRange(); iter.Next(); {
		p := []any{canon(iter.Key()), canon(iter.Value())}
		text, err := json.Marshal(p)
		check(err)
		entries = append(entries, entry{string(text), p})
	}
	sort.Slice(entries, func(i, j int) bool { return entries[i].text < entries[j].text })
	pairs := []any{}
	for _, e := range entries {
		pairs = append(pairs, e.pair)
	}
	return pairs
}

// fullMaps copies a value, with empty maps for those that are nil: the other side does not tell them apart.
func fullMaps(v reflect.Value) reflect.Value {
	c := reflect.New(v.Type()).Elem()
	c.Set(v)
	if v.Type() == timeType || v.Type() == bigType || v.Type() == bigType.Elem() || opaque[v.Type()] != "" {
		return c
	}
	switch v.Kind() {
	case reflect.Ptr:
		if !v.IsNil() {
			c.Set(reflect.New(v.Type().Elem()))
			c.Elem().Set(fullMaps(v.Elem()))
		}
	case reflect.Interface:
		if !v.IsNil() {
			c.Set(fullMaps(v.Elem()))
		}
	case reflect.Struct:
		for i := 0; i < v.NumField(); i++ {
			c.Field(i).Set(fullMaps(v.Field(i)))
		}
	case reflect.Array:
		for i := 0; i < v.Len(); i++ {
			c.Index(i).Set(fullMaps(v.Index(i)))
		}
	case reflect.Slice:
		c.Set(reflect.MakeSlice(v.Type(), v.Len(), v.Len()))
		for i := 0; i < v.Len(); i++ {
			c.Index(i).Set(fullMaps(v.Index(i)))
		}
	case reflect.Map:
		c.Set(reflect.MakeMap(v.Type()))
		for iter := v.MapRange(); iter.Next(); {
			c.SetMapIndex(iter.Key(), fullMaps(iter.Value()))
		}
	}
	return c
}
