// Command rpcbench is Go's net/rpc, in gob, for bench/rpc-echo.ts to compare with: one program for both ends.
//
//	rpcbench server
//	rpcbench client ADDRESS multiply|echo IN_FLIGHT WARM_UP_MS MEASURE_MS
package main

import (
	"fmt"
	"net"
	"net/rpc"
	"os"
	"sort"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
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

// Echo replies with what it gets.
func (Arith) Echo(text *string, reply *string) error {
	*reply = *text
	return nil
}

func main() {
	switch {
	case len(os.Args) == 2 && os.Args[1] == "server":
		serve()
	case len(os.Args) == 7 && os.Args[1] == "client":
		load(os.Args[2], os.Args[3], number(4), number(5), number(6))
	default:
		fmt.Fprintln(os.Stderr, "usage: rpcbench server | client ADDRESS multiply|echo IN_FLIGHT WARM_UP_MS MEASURE_MS")
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

func load(address, work string, inFlight, warmUpMs, measureMs int) {
	client, err := rpc.Dial("tcp", address)
	check(err)
	call := map[string]func(*rpc.Client){"multiply": multiply, "echo": echo}[work]
	multiply(client)
	echo(client)
	var calls, over int64
	var latencies []float64
	var all sync.WaitGroup
	for i := 0; i < inFlight; i++ {
		all.Add(1)
		go func(isTimed bool) {
			defer all.Done()
			for atomic.LoadInt64(&over) == 0 {
				start := time.Now()
				call(client)
				if isTimed {
					latencies = append(latencies, float64(time.Since(start).Nanoseconds())/1000)
				}
				atomic.AddInt64(&calls, 1)
			}
		}(i == 0)
	}
	time.Sleep(time.Duration(warmUpMs) * time.Millisecond)
	fmt.Println("START")
	before, start, cpu := atomic.LoadInt64(&calls), time.Now(), cpuMicros()
	time.Sleep(time.Duration(measureMs) * time.Millisecond)
	done, ms, spent := atomic.LoadInt64(&calls)-before, time.Since(start).Seconds()*1000, cpuMicros()-cpu
	fmt.Println("END")
	atomic.StoreInt64(&over, 1)
	all.Wait()
	fmt.Printf("{\"calls\":%d,\"ms\":%f,\"cpu\":%d,\"p50\":%.2f}\n", done, ms, spent, median(latencies))
}

func cpuMicros() int64 {
	var usage syscall.Rusage
	check(syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return (usage.Utime.Nano() + usage.Stime.Nano()) / 1000
}

func multiply(client *rpc.Client) {
	var reply int
	check(client.Call("Arith.Multiply", &Args{7, 8}, &reply))
	if reply != 56 {
		panic(reply)
	}
}

// 10 KB of text.
var payload = strings.Repeat("The quick brown fox jumps over the lazy dog. ", 228)[:10240]

func echo(client *rpc.Client) {
	var reply string
	check(client.Call("Arith.Echo", &payload, &reply))
	if len(reply) != len(payload) {
		panic(len(reply))
	}
}

func median(of []float64) float64 {
	sort.Float64s(of)
	return of[len(of)/2]
}
