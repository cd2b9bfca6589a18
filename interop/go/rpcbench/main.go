// Command rpcbench is Go's net/rpc, in gob, for bench/rpc-echo.ts to compare with: one program for both ends.
//
//	rpcbench server
//	rpcbench client ADDRESS IN_FLIGHT WARM_UP_MS MEASURE_MS
package main

import (
	"fmt"
	"net"
	"net/rpc"
	"os"
	"sort"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// Args are the operands of Arith.
type Args struct{ A, B int }

// Arith multiplies.
type Arith struct{}

// Multiply replies with the product.
func (Arith) Multiply(args *Args, reply *int) error {
	*reply = args.A * args.B
	return nil
}

func main() {
	switch {
	case len(os.Args) == 2 && os.Args[1] == "server":
		serve()
	case len(os.Args) == 6 && os.Args[1] == "client":
		load(os.Args[2], number(3), number(4), number(5))
	default:
		fmt.Fprintln(os.Stderr, "usage: rpcbench server | client ADDRESS IN_FLIGHT WARM_UP_MS MEASURE_MS")
		os.Exit(2)
	}
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

func serve() {
	rpc.Register(Arith{})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	fmt.Println("READY", listener.Addr())
	rpc.Accept(listener)
}

func load(address string, inFlight, warmUpMs, measureMs int) {
	client, err := rpc.Dial("tcp", address)
	check(err)
	var calls, over int64
	var latencies []float64
	var all sync.WaitGroup
	for i := 0; i < inFlight; i++ {
		all.Add(1)
		go func() {
			defer all.Done()
			for atomic.LoadInt64(&over) == 0 {
				start := time.Now()
				multiply(client)
				if inFlight == 1 {
					latencies = append(latencies, float64(time.Since(start).Nanoseconds())/1000)
				}
				atomic.AddInt64(&calls, 1)
			}
		}()
	}
	time.Sleep(time.Duration(warmUpMs) * time.Millisecond)
	fmt.Println("START")
	before, start := atomic.LoadInt64(&calls), time.Now()
	time.Sleep(time.Duration(measureMs) * time.Millisecond)
	done, ms := atomic.LoadInt64(&calls)-before, time.Since(start).Seconds()*1000
	fmt.Println("END")
	atomic.StoreInt64(&over, 1)
	all.Wait()
	fmt.Printf("{\"calls\":%d,\"ms\":%f,\"p50\":%s}\n", done, ms, median(latencies))
}

func multiply(client *rpc.Client) {
	var reply int
	check(client.Call("Arith.Multiply", &Args{7, 8}, &reply))
	if reply != 56 {
		panic(reply)
	}
}

func median(of []float64) string {
	if len(of) == 0 {
		return "null"
	}
	sort.Float64s(of)
	return strconv.FormatFloat(of[len(of)/2], 'f', 2, 64)
}
