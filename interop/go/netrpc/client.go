package main

import (
	"net"
	"net/rpc"
	"reflect"
)

// outcome is what came of a call.
type outcome struct {
	Reply interface{} `json:"reply"`
	Error string      `json:"error"`
	// FromServer tells that the error came over the wire.
	FromServer bool `json:"fromServer"`
}

// calls calls the server at address in every way.
func calls(address string) map[string]outcome {
	client, err := rpc.Dial("tcp", address)
	check(err)
	defer client.Close()
	outcomes := map[string]outcome{}
	call := func(name, method string, args, reply interface{}) {
		outcomes[name] = outcomeOf(client.Call(method, args, reply), reply)
	}

	call("multiply", "Arith.Multiply", &Args{7, 8}, new(int))
	call("divide", "Arith.Divide", &Args{17, 8}, new(Quotient))
	outcomes["divide, asynchronously"] = asynchronously(client)
	call("divide by zero", "Arith.Divide", &Args{1, 0}, new(Quotient))
	call("add", "Arith.Add", &Args{7, 8}, new(Reply))
	call("add nothing", "Arith.Add", &Args{}, new(Reply))
	call("promoted", "Embed.Exported", &Args{7, 8}, new(Reply))
	call("no method", "Arith.BadOperation", &Args{1, 2}, new(int))
	call("no service", "Nobody.Multiply", &Args{1, 2}, new(int))
	call("no dot", "Multiply", &Args{1, 2}, new(int))
	call("wrong arguments", "Arith.Add", &Reply{3}, new(Reply))
	call("wrong kind of arguments", "Arith.Add", "text", new(Reply))
	call("after that", "Arith.Add", &Args{3, 4}, new(Reply))
	call("scan", "Arith.Scan", "123", new(Reply))
	call("string", "Arith.String", &Args{7, 8}, new(string))
	call("a name with dots", "net.rpc.Arith.Add", &Args{7, 8}, new(Reply))
	call("map", "BuiltinTypes.Map", &Args{7, 8}, new(map[int]int))
	call("slice", "BuiltinTypes.Slice", &Args{7, 8}, new([]int))
	call("array", "BuiltinTypes.Array", &Args{7, 8}, new([2]int))
	call("no map", "BuiltinTypes.NoMap", &Args{}, new(map[int]int))
	call("no slice", "BuiltinTypes.NoSlice", &Args{}, new([]int))
	outcomes["kinds"] = echoed(client, kinds())
	outcomes["no kinds"] = echoed(client, &Kinds{Table: map[string]int{}})
	call("an error without a message", "Odd.NoMessage", &Args{1, 2}, new(int))
	call("an unencodable reply", "Odd.Unencodable", &Args{1, 2}, new(Reply))
	call("no reply", "Odd.NoReply", &Args{1, 2}, new(Reply))
	outcomes["in flight"] = manyInFlight(client)
	outcomes["half closed"] = halfClosed(address)
	return outcomes
}

func outcomeOf(err error, reply interface{}) outcome {
	if err == nil {
		return outcome{Reply: reply}
	}
	_, fromServer := err.(rpc.ServerError)
	return outcome{Error: err.Error(), FromServer: fromServer}
}

// echoed replies with whether the server gives back what it gets.
func echoed(client *rpc.Client, kinds *Kinds) outcome {
	reply := new(Kinds)
	err := client.Call("Echo.Kinds", kinds, reply)
	return outcomeOf(err, reflect.DeepEqual(kinds, reply))
}

// asynchronously is the second half of the example in the documentation.
func asynchronously(client *rpc.Client) outcome {
	quotient := new(Quotient)
	divCall := client.Go("Arith.Divide", &Args{17, 8}, quotient, nil)
	replyCall := <-divCall.Done
	return outcomeOf(replyCall.Error, replyCall.Reply)
}

// manyInFlight replies with the sum of the replies of many calls that are under way at once.
func manyInFlight(client *rpc.Client) outcome {
	const many = 1000
	done := make(chan *rpc.Call, many)
	for i := 0; i < many; i++ {
		client.Go("Arith.Multiply", &Args{i, 2}, new(int), done)
	}
	sum := 0
	for i := 0; i < many; i++ {
		call := <-done
		if call.Error != nil {
			return outcomeOf(call.Error, nil)
		}
		sum += *call.Reply.(*int)
	}
	return outcome{Reply: sum}
}

// halfClosed calls, ends its writing side, and waits for the reply.
func halfClosed(address string) outcome {
	conn, err := net.Dial("tcp", address)
	check(err)
	client := rpc.NewClient(conn)
	defer client.Close()
	call := client.Go("Arith.SleepMilli", &Args{50, 0}, new(Reply), make(chan *rpc.Call, 1))
	check(conn.(*net.TCPConn).CloseWrite())
	<-call.Done
	return outcomeOf(call.Error, call.Reply)
}
