// Netdata asks package net what it makes of thousands of addresses, masks and networks, and writes the answers as
// JSON, for the tests of the TypeScript twin to compare with their own.
//
//	cd interop/go && go run ./netdata
package main

import (
	"flag"
	"log"
	"os"
	"path/filepath"
)

func main() {
	out := flag.String("out", filepath.Join("..", "..", "test", "testdata", "net"), "folder to write to")
	flag.Parse()
	for _, f := range []struct {
		name string
		data object
	}{
		{"parse-ip.json", parseIP()},
		{"parse-cidr.json", parseCIDR()},
		{"host-port.json", hostPort()},
		{"ip.json", addresses()},
		{"ip-net.json", networks()},
	} {
		text := encode(append(object{{"regenerate", "cd interop/go && go run ./netdata"}}, f.data...))
		if err := os.WriteFile(filepath.Join(*out, f.name), text, 0o666); err != nil {
			log.Fatal(err)
		}
	}
}
