package main

import (
	"log"
	"net"
)

var hostPortSeeds = []string{"localhost:80", "[::1]:80", ":80", "[fe80::1%lo0]:http", "[]:0", "a:", "::1", "[a]b:1"}

var hostPortInputs = []string{
	"localhost:http", "localhost%lo0:http", "localhost%lo0:80", "[localhost%lo0]:http", "[localhost%lo0]:80",
	"127.0.0.1:http", "127.0.0.1:80", "[::1]:http", "[::1%lo0]:http", "[::1%lo0]:80", ":http", "golang.org:",
	"127.0.0.1:", "[::1]:", "golang.org:https%foo", "golang.org", "127.0.0.1", "[::1]", "[fe80::1%lo0]",
	"[localhost%lo0]", "localhost%lo0", "fe80::1%lo0", "fe80::1%lo0:80", "[foo:bar]", "[foo:bar]baz", "[foo]bar:baz",
	"[foo]:[bar]:baz", "[foo]:[bar]baz", "foo[bar]:baz", "foo]bar:baz", "foo:[bar", "foo:bar]", "[foo]:bar]", "[[foo]]:1",
	"user@host:22", "host:-1", "host: 1", " :1", "host:\n", "\x00:\x00", "é:ü", "[é]:1", "😀:80", "：80", "host：80", "\u2028:1",
}

func hostPort() object {
	inputs := append(seeded(hostPortSeeds), hostPortInputs...)
	inputs = append(inputs, strings("[]:a", 6)...)
	var split list
	refused := map[string]list{}
	for _, s := range sorted(inputs) {
		host, port, err := net.SplitHostPort(s)
		if err == nil {
			split = append(split, row{s, host, port})
			continue
		}
		why := err.(*net.AddrError)
		if s != "" && why.Error() != "address "+s+": "+why.Err {
			log.Fatalf("SplitHostPort(%q): %v", s, err)
		}
		refused[why.Err] = append(refused[why.Err], s)
	}
	var errors []string
	for err := range refused {
		errors = append(errors, err)
	}
	var byError object
	for _, err := range sorted(errors) {
		byError = append(byError, field{err, refused[err]})
	}
	return object{
		{"about", "net.SplitHostPort: [text, host, port] of what it accepts, and by error what it refuses; net.JoinHostPort: [host, port, text]"},
		{"split", split},
		{"refused", byError},
		{"join", joined()},
	}
}

func joined() list {
	var all list
	for _, host := range []string{
		"", "localhost", "localhost%lo0", "127.0.0.1", "::1", "::1%lo0", "%", ":", "[::1]", "[", "]", "a b", "é", "golang.org",
	} {
		for _, port := range []string{"", "0", "80", "http", "https%foo", ":", "[", "é"} {
			all = append(all, row{host, port, net.JoinHostPort(host, port)})
		}
	}
	return all
}
