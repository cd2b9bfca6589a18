package main

import (
	"errors"
	"time"
)

// Args are the operands of Arith.
type Args struct{ A, B int }

// Quotient is what a division gives.
type Quotient struct{ Quo, Rem int }

// Arith is the service of Go's own net/rpc documentation.
type Arith struct{}

// Multiply replies with a bare number.
func (Arith) Multiply(args *Args, reply *int) error {
	*reply = args.A * args.B
	return nil
}

// Divide replies with a struct, or with an error.
func (Arith) Divide(args *Args, reply *Quotient) error {
	if args.B == 0 {
		return errors.New("divide by zero")
	}
	*reply = Quotient{Quo: args.A / args.B, Rem: args.A % args.B}
	return nil
}

// SleepMilli replies after a while.
func (Arith) SleepMilli(args *Args, reply *int) error {
	time.Sleep(time.Duration(args.A) * time.Millisecond)
	*reply = args.A
	return nil
}

// Kinds holds a value of each kind that msgpack tells apart.
type Kinds struct {
	Bool    bool
	Small   int
	Minus   int
	Big     int64
	Huge    uint64
	Float   float64
	Single  float32
	Text    string
	Long    string
	Bytes   []byte
	List    []int
	Table   map[string]int
	Nothing *int
	Nested  Quotient
}

// Echo replies with what it is given.
type Echo struct{}

// Kinds echoes a value of each kind.
func (Echo) Kinds(args *Kinds, reply *Kinds) error {
	*reply = *args
	return nil
}

// Text echoes a string.
func (Echo) Text(args *string, reply *string) error {
	*reply = *args
	return nil
}

// Bytes echoes bytes.
func (Echo) Bytes(args *[]byte, reply *[]byte) error {
	*reply = *args
	return nil
}

// Time echoes a point in time.
func (Echo) Time(args *time.Time, reply *time.Time) error {
	*reply = *args
	return nil
}
