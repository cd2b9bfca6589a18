// Command compare is one end of an echo by Go's libraries, for the comparison to set beside our own: a server, or the
// client that measures it. It reads commands from standard input, a line of JSON each, answers each with a line of JSON,
// and ends when its input does.
//
//	compare server|client
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"runtime"
)

// A Command is what is to be done.
type Command struct {
	Op      string `json:"op"`
	Name    string `json:"name"`    // of the subject
	Folder  string `json:"folder"`  // for files of Unix sockets
	Address string `json:"address"` // where the server listens
	Cert    string `json:"cert"`    // its certificate, in PEM
	Size    int    `json:"size"`    // of a message
	Count   int    `json:"count"`   // of messages, or of conns
	Ms      int    `json:"ms"`
	Counted bool   `json:"counted"` // whether bytes on the wire are
}

// An Answer says what came of it; a field that is not meant is zero.
type Answer struct {
	Error     string `json:"error,omitempty"`
	Address   string `json:"address,omitempty"`
	Cert      string `json:"cert,omitempty"`
	Bytes     int64  `json:"bytes"` // of memory
	CPUMicros int64  `json:"cpuMicros"`
	*Traffic
	Wire WireBytes `json:"wire"`
}

func main() {
	role := ""
	if len(os.Args) == 2 {
		role = os.Args[1]
	}
	work := map[string]func(Command) (Answer, error){"server": new(Server).do, "client": new(Client).do}[role]
	if work == nil {
		fmt.Fprintln(os.Stderr, "usage: compare server|client")
		os.Exit(2)
	}
	lines := bufio.NewScanner(os.Stdin)
	answers := json.NewEncoder(os.Stdout)
	for lines.Scan() {
		var command Command
		answer, err := Answer{}, json.Unmarshal(lines.Bytes(), &command)
		if err == nil {
			answer, err = do(command, work)
		}
		if err != nil {
			answer.Error = err.Error()
		}
		if answers.Encode(answer) != nil {
			return
		}
	}
}

func do(command Command, work func(Command) (Answer, error)) (Answer, error) {
	switch command.Op {
	case "cpu":
		return Answer{CPUMicros: cpuMicros()}, nil
	case "memory":
		return Answer{Bytes: memory()}, nil
	}
	return work(command)
}

// memory returns how many bytes the heap and the stacks have, after garbage is collected.
func memory() int64 {
	runtime.GC()
	runtime.GC() // what finalizers and pools let go of in the first
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc + stats.StackInuse)
}
