// Command jsonrpcpeer is the real peer of the jsonrpc codec: Go's own net/rpc/jsonrpc.
//
//	jsonrpcpeer server    serves on a free port and prints READY and its address
//	jsonrpcpeer client A  calls the server at A in every way and prints what came of it, as JSON
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/rpc"
	"net/rpc/jsonrpc"
	"os"
	"time"
)

func main() {
	rpc.Register(Arith{})
	rpc.Register(Echo{})
	rpc.Register(BuiltinTypes{})
	switch {
	case len(os.Args) == 2 && os.Args[1] == "server":
		serve()
	case len(os.Args) == 3 && os.Args[1] == "client":
		check(json.NewEncoder(os.Stdout).Encode(calls(os.Args[2])))
	default:
		fmt.Fprintln(os.Stderr, "usage: jsonrpcpeer server | client address")
		os.Exit(2)
	}
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func serve() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	fmt.Println("READY", listener.Addr())
	for {
		conn, err := listener.Accept()
		check(err)
		go jsonrpc.ServeConn(conn)
	}
}

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
	*reply = Quotient{args.A / args.B, args.A % args.B}
	return nil
}

// SleepMilli replies after a while.
func (Arith) SleepMilli(args *Args, reply *int) error {
	time.Sleep(time.Duration(args.A) * time.Millisecond)
	*reply = args.A
	return nil
}

// Kinds holds a value of each kind that needs care in JSON.
type Kinds struct {
	Big     int64
	Huge    uint64
	Float   float64
	Text    string
	Bytes   []byte
	At      time.Time
	List    []int
	Table   map[string]int
	Numbers map[int]string
	Nothing *int
	Nested  Quotient
}

func kinds() *Kinds {
	return &Kinds{
		Big: -1 << 62, Huge: 1<<64 - 1, Float: 1.5, Text: "<grüße & 世界>\u2028\x00", Bytes: []byte{0, 1, 254, 255},
		At: time.Date(2026, 11, 21, 8, 9, 10, 123456789, time.FixedZone("", 5400)), List: []int{1, 200, 70_000},
		Table: map[string]int{"one": 1, "a<b": 2}, Numbers: map[int]string{-7: "x"}, Nested: Quotient{3, 1},
	}
}

// Echo replies with what it is given.
type Echo struct{}

// Kinds echoes a value of each kind.
func (Echo) Kinds(args *Kinds, reply *Kinds) error {
	*reply = *args
	return nil
}

// Back echoes any JSON, as it stands.
func (Echo) Back(args *json.RawMessage, reply *json.RawMessage) error {
	*reply = *args
	return nil
}

// Nothing has nothing to say.
func (Echo) Nothing(args *Args, reply *struct{}) error {
	return nil
}

// BuiltinTypes is that of Go's tests of net/rpc/jsonrpc.
type BuiltinTypes struct{}

// Map replies with a map.
func (BuiltinTypes) Map(i int, reply *map[int]int) error {
	(*reply)[i] = i
	return nil
}

// Slice replies with a slice.
func (BuiltinTypes) Slice(i int, reply *[]int) error {
	*reply = append(*reply, i)
	return nil
}

// Array replies with an array.
func (BuiltinTypes) Array(i int, reply *[1]int) error {
	(*reply)[0] = i
	return nil
}
