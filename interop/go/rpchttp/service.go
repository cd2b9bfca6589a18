package main

import "net/rpc"

// Args are the operands of Arith.
type Args struct{ A, B int }

// Reply is what the methods of Go's own tests reply with.
type Reply struct{ C int }

// Arith is the service of Go's own tests.
type Arith int

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

// BuiltinTypes replies with what has no name of its own.
type BuiltinTypes struct{}

// Map replies with a map that is there already.
func (BuiltinTypes) Map(args *Args, reply *map[int]int) error {
	(*reply)[args.A] = args.B
	return nil
}

// Slice replies with a slice that is there already.
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

func newServer() *rpc.Server {
	server := rpc.NewServer()
	check(server.Register(new(Arith)))
	check(server.Register(BuiltinTypes{}))
	return server
}
