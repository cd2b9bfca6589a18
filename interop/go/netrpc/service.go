package main

import (
	"errors"
	"fmt"
	"net/rpc"
	"time"
)

// Args are the operands of Arith.
type Args struct{ A, B int }

// Quotient is what a division gives.
type Quotient struct{ Quo, Rem int }

// Reply is what the methods of Go's own tests reply with.
type Reply struct{ C int }

// Arith is the service of the documentation of net/rpc, and of its tests.
type Arith int

// Multiply replies with a bare number.
func (t *Arith) Multiply(args *Args, reply *int) error {
	*reply = args.A * args.B
	return nil
}

// Divide replies with a struct, or with an error.
func (t *Arith) Divide(args *Args, quo *Quotient) error {
	if args.B == 0 {
		return errors.New("divide by zero")
	}
	quo.Quo = args.A / args.B
	quo.Rem = args.A % args.B
	return nil
}

// Add takes its arguments by value.
func (t *Arith) Add(args Args, reply *Reply) error {
	reply.C = args.A + args.B
	return nil
}

// Mul replies with a struct.
func (t *Arith) Mul(args *Args, reply *Reply) error {
	reply.C = args.A * args.B
	return nil
}

// String replies with text.
func (t *Arith) String(args *Args, reply *string) error {
	*reply = fmt.Sprintf("%d+%d=%d", args.A, args.B, args.A+args.B)
	return nil
}

// Scan takes text.
func (t *Arith) Scan(args string, reply *Reply) error {
	_, err := fmt.Sscan(args, &reply.C)
	return err
}

// SleepMilli replies after a while.
func (t *Arith) SleepMilli(args *Args, reply *Reply) error {
	time.Sleep(time.Duration(args.A) * time.Millisecond)
	return nil
}

type hidden int

// Exported is promoted.
func (t *hidden) Exported(args Args, reply *Reply) error {
	reply.C = args.A + args.B
	return nil
}

// Embed has a method that it did not declare.
type Embed struct{ hidden }

// BuiltinTypes replies with what has no name of its own.
type BuiltinTypes struct{}

// Map replies with a map.
func (BuiltinTypes) Map(args *Args, reply *map[int]int) error {
	(*reply)[args.A] = args.B
	return nil
}

// Slice replies with a slice.
func (BuiltinTypes) Slice(args *Args, reply *[]int) error {
	*reply = append(*reply, args.A, args.B)
	return nil
}

// Array replies with an array.
func (BuiltinTypes) Array(args *Args, reply *[2]int) error {
	(*reply)[0] = args.A
	(*reply)[1] = args.B
	return nil
}

// Kinds holds a value of each kind that gob tells apart.
type Kinds struct {
	Bool    bool
	Small   int8
	Minus   int
	Big     int64
	Huge    uint64
	Float   float64
	Complex complex128
	Text    string
	Bytes   []byte
	List    []int
	Pair    [2]string
	Table   map[string]int
	Nothing *int
	Nested  Quotient
	Time    time.Time
}

// Echo replies with what it is given.
type Echo struct{}

// Kinds echoes a value of each kind.
func (Echo) Kinds(args *Kinds, reply *Kinds) error {
	*reply = *args
	return nil
}

// Text echoes a string.
func (Echo) Text(args string, reply *string) error {
	*reply = args
	return nil
}

// Table echoes a map.
func (Echo) Table(args map[string]int, reply *map[string]int) error {
	*reply = args
	return nil
}

// Bytes echoes bytes.
func (Echo) Bytes(args []byte, reply *[]byte) error {
	*reply = args
	return nil
}

// Unencodable has no field that gob could send.
type Unencodable struct{ msg []byte }

// Odd is what goes wrong.
type Odd struct{}

// NoMessage fails with nothing to say, which looks like success.
func (Odd) NoMessage(args *Args, reply *int) error {
	*reply = args.A
	return errors.New("")
}

// Unencodable replies with what cannot be sent.
func (Odd) Unencodable(args *Args, reply *Unencodable) error {
	reply.msg = []byte{1}
	return nil
}

func register() {
	check(rpc.Register(new(Arith)))
	check(rpc.Register(new(Embed)))
	check(rpc.Register(BuiltinTypes{}))
	check(rpc.Register(Echo{}))
	check(rpc.Register(Odd{}))
	check(rpc.RegisterName("net.rpc.Arith", new(Arith)))
}

func kinds() *Kinds {
	return &Kinds{
		Bool: true, Small: -5, Minus: -300, Big: -1 << 62, Huge: 1<<64 - 1, Float: 1.5, Complex: 1 + 2i,
		Text: "grüße, 世界", Bytes: []byte{0, 1, 254}, List: []int{1, 0, 70_000}, Pair: [2]string{"", "b"},
		Table: map[string]int{"one": 1}, Nested: Quotient{3, 1}, Time: time.Date(2026, 11, 21, 8, 9, 10, 11, time.UTC),
	}
}
