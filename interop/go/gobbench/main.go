// Command gobbench is Go's encoding/gob, for bench/gob.ts to compare with. It prints a line of JSON for each operation: the
// CPU time of one in ns, on a stream whose types have been sent already.
//
//	gobbench
package main

import (
	"bytes"
	"encoding/gob"
	"encoding/json"
	"io"
	"os"
	"runtime"
	"syscall"
)

// Args is the small struct.
type Args struct{ A, B int }

// Mixed is the one of 20 fields.
type Mixed struct {
	ID, Parent     int64
	Name, Title    string
	Active, Hidden bool
	Ratio, Score   float64
	Count, Limit   int
	Small          int8
	Port           uint16
	Flags          uint32
	Total          uint64
	Data           []byte
	Tags           []string
	Sizes          []int
	Labels         map[string]string
	Origin         Args
	Note           string
}

func main() {
	runtime.GOMAXPROCS(1)
	mixed := Mixed{1234567, 42, "Ada Lovelace", "Analyst", true, false, 0.75, 1234.5678, 1000, 250000, -7, 8080, 0xdead, 1 << 40,
		bytes.Repeat([]byte{7}, 16), []string{"math", "engines"}, []int{1, 200, 70000}, map[string]string{"lang": "en", "zone": "eu"},
		Args{7, 8000}, "wrote the first program"}
	list := make([]Args, 1000)
	for i := range list {
		list[i] = Args{i, i * 7}
	}
	measure("{A, B}", 300000, Args{7, 8000})
	measure("20 fields", 50000, mixed)
	measure("1000 structs", 1000, list)
}

func measure[T any](name string, n int, value T) {
	var stream bytes.Buffer
	enc := gob.NewEncoder(&stream)
	check(enc.Encode(&value))
	dec := gob.NewDecoder(&stream)
	var first T
	check(dec.Decode(&first))
	stream.Reset()
	check(enc.Encode(&value))
	message := append([]byte{}, stream.Bytes()...)
	stream.Reset()

	out := gob.NewEncoder(io.Discard)
	encode := cpu(n, func() { check(out.Encode(&value)) })
	decode := cpu(n, func() {
		stream.Write(message)
		var v T
		check(dec.Decode(&v))
	})
	check(json.NewEncoder(os.Stdout).Encode(map[string]any{"name": name, "encode": encode, "decode": decode}))
}

// cpu is the CPU time of one call, in ns: the least of several rounds, as others are on the machine too.
func cpu(n int, f func()) float64 {
	best := 0.0
	for round := 0; round < 5; round++ {
		start := micros()
		for i := 0; i < n; i++ {
			f()
		}
		if ns := float64(micros()-start) * 1000 / float64(n); best == 0 || ns < best {
			best = ns
		}
	}
	return best
}

func micros() int64 {
	var usage syscall.Rusage
	check(syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return usage.Utime.Nano()/1000 + usage.Stime.Nano()/1000
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
