package main

import (
	"net/rpc"
	"net/rpc/jsonrpc"
	"reflect"
)

// outcome is what came of a call.
type outcome struct {
	Reply any    `json:"reply"`
	Error string `json:"error"`
	// FromServer tells that the error came over the wire.
	FromServer bool `json:"fromServer"`
}

// calls calls the server at address in every way.
func calls(address string) map[string]outcome {
	client, err := jsonrpc.Dial("tcp", address)
	check(err)
	defer client.Close()
	outcomes := map[string]outcome{}
	call := func(name, method string, args, reply any) {
		outcomes[name] = outcomeOf(client.Call(method, args, reply), reply)
	}

	call("multiply", "Arith.Multiply", &Args{7, 8}, new(int))
	call("divide", "Arith.Divide", &Args{17, 5}, new(Quotient))
	call("divide by zero", "Arith.Divide", &Args{1, 0}, new(Quotient))
	call("no method", "Arith.BadOperation", &Args{1, 2}, new(int))
	call("no service", "Nobody.Multiply", &Args{1, 2}, new(int))
	call("no dot", "Multiply", &Args{1, 2}, new(int))
	call("nothing", "Echo.Nothing", &Args{1, 2}, new(struct{}))
	call("map", "BuiltinTypes.Map", 7, &map[int]int{})
	call("slice", "BuiltinTypes.Slice", 7, &[]int{})
	call("array", "BuiltinTypes.Array", 7, &[1]int{})
	back := new(Kinds)
	err = client.Call("Echo.Kinds", kinds(), back)
	isSame := err == nil && back.At.Equal(kinds().At)
	back.At = kinds().At
	outcomes["kinds"] = outcomeOf(err, isSame && reflect.DeepEqual(back, kinds()))
	outcomes["in flight"] = manyInFlight(client)
	return outcomes
}

func outcomeOf(err error, reply any) outcome {
	if err == nil {
		return outcome{Reply: reply}
	}
	_, fromServer := err.(rpc.ServerError)
	return outcome{Error: err.Error(), FromServer: fromServer}
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
