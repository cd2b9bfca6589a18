package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/rpc"
	"strings"
)

// outcome is what came of a call, or of a request.
type outcome struct {
	Reply interface{} `json:"reply"`
	Error string      `json:"error"`
}

// calls calls the server at address on both of its paths, and asks for its pages.
func calls(address string) map[string]outcome {
	outcomes := map[string]outcome{}
	client, err := rpc.DialHTTP("tcp", address)
	check(err)
	add := new(Reply)
	outcomes["add"] = outcomeOf(client.Call("Arith.Add", Args{7, 8}, add), add)
	pairs, list, array := map[int]int{}, []int{}, [2]int{}
	outcomes["map"] = outcomeOf(client.Call("BuiltinTypes.Map", &Args{7, 8}, &pairs), &pairs)
	outcomes["slice"] = outcomeOf(client.Call("BuiltinTypes.Slice", &Args{7, 8}, &list), &list)
	outcomes["array"] = outcomeOf(client.Call("BuiltinTypes.Array", &Args{7, 8}, &array), &array)
	outcomes["in flight"] = manyInFlight(client)
	mul := new(Reply)
	outcomes["mul"] = outcomeOf(client.Call("Arith.Mul", &Args{17, 8}, mul), mul)
	outcomes["close"] = outcomeOf(client.Close(), nil)
	outcomes["after close"] = outcomeOf(client.Call("Arith.Mul", &Args{17, 8}, mul), nil)
	outcomes["add on /foo"] = addOn(address, "/foo")
	outcomes["add on /nowhere"] = addOn(address, "/nowhere")
	outcomes["page"] = get(http.MethodGet, address, "/page")
	outcomes["page once more"] = get(http.MethodGet, address, "/page")
	outcomes["no CONNECT"] = get(http.MethodGet, address, rpc.DefaultRPCPath)
	outcomes["POST"] = get(http.MethodPost, address, rpc.DefaultRPCPath)
	outcomes["debug"] = get(http.MethodGet, address, rpc.DefaultDebugPath)
	return outcomes
}

func outcomeOf(err error, reply interface{}) outcome {
	if err != nil {
		return outcome{Error: err.Error()}
	}
	return outcome{Reply: reply}
}

func addOn(address, path string) outcome {
	client, err := rpc.DialHTTPPath("tcp", address, path)
	if err != nil {
		return outcomeOf(err, nil)
	}
	defer client.Close()
	reply := new(Reply)
	return outcomeOf(client.Call("Arith.Add", Args{7, 8}, reply), reply)
}

// manyInFlight replies with the sum of the replies of many calls that are under way at once.
func manyInFlight(client *rpc.Client) outcome {
	const many = 1000
	done := make(chan *rpc.Call, many)
	for i := 0; i < many; i++ {
		client.Go("Arith.Mul", &Args{i, 2}, new(Reply), done)
	}
	sum := 0
	for i := 0; i < many; i++ {
		call := <-done
		if call.Error != nil {
			return outcomeOf(call.Error, nil)
		}
		sum += call.Reply.(*Reply).C
	}
	return outcome{Reply: sum}
}

// get replies with the status, the type and the body of an answer.
func get(method, address, path string) outcome {
	request, err := http.NewRequest(method, "http://"+address+path, nil)
	check(err)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return outcomeOf(err, nil)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	kind := strings.Split(response.Header.Get("Content-Type"), ";")[0]
	return outcomeOf(err, []string{response.Status, kind, string(body)})
}

// echo connects as rpc.DialHTTP does, byte for byte, and reads what it writes; more than the buffers on the way hold.
func echo(address string) outcome {
	conn, err := net.Dial("tcp", address)
	check(err)
	defer conn.Close()
	io.WriteString(conn, "CONNECT "+rpc.DefaultRPCPath+" HTTP/1.0\n\n")
	response, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: "CONNECT"})
	if err != nil {
		return outcomeOf(err, nil)
	}
	text := strings.Repeat("ping ", 1_000_000)
	go func() {
		io.WriteString(conn, text)
		conn.(*net.TCPConn).CloseWrite()
	}()
	got, err := io.ReadAll(conn)
	return outcomeOf(err, []string{response.Status, fmt.Sprint(string(got) == text)})
}
