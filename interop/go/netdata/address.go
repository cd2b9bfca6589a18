package main

import (
	"encoding/hex"
	"net"
	"sort"
)

var predicates = []struct {
	name string
	test func(net.IP) bool
}{
	{"isUnspecified", net.IP.IsUnspecified},
	{"isLoopback", net.IP.IsLoopback},
	{"isPrivate", net.IP.IsPrivate},
	{"isMulticast", net.IP.IsMulticast},
	{"isInterfaceLocalMulticast", net.IP.IsInterfaceLocalMulticast},
	{"isLinkLocalMulticast", net.IP.IsLinkLocalMulticast},
	{"isLinkLocalUnicast", net.IP.IsLinkLocalUnicast},
	{"isGlobalUnicast", net.IP.IsGlobalUnicast},
}

var wellKnown = list{
	row{"IPv4bcast", digits(net.IPv4bcast)},
	row{"IPv4allsys", digits(net.IPv4allsys)},
	row{"IPv4allrouter", digits(net.IPv4allrouter)},
	row{"IPv4zero", digits(net.IPv4zero)},
	row{"IPv6zero", digits(net.IPv6zero)},
	row{"IPv6unspecified", digits(net.IPv6unspecified)},
	row{"IPv6loopback", digits(net.IPv6loopback)},
	row{"IPv6interfacelocalallnodes", digits(net.IPv6interfacelocalallnodes)},
	row{"IPv6linklocalallnodes", digits(net.IPv6linklocalallnodes)},
	row{"IPv6linklocalallrouters", digits(net.IPv6linklocalallrouters)},
}

// Edges are the bytes at which one or another range of addresses begins or ends.
var edges = []byte{0, 1, 2, 15, 16, 31, 32, 127, 128, 167, 168, 169, 191, 192, 253, 254, 255}

// V4 returns addresses of 4 bytes: every first byte, every second byte wherever it may matter, and edges of the rest.
func v4() []net.IP {
	var all []net.IP
	for first := 0; first < 256; first++ {
		all = append(all, net.IP{byte(first), 0, 0, 0}, net.IP{byte(first), 255, 255, 255})
	}
	for _, first := range []byte{0, 9, 10, 11, 126, 127, 128, 191, 223, 239, 240, 254, 255} {
		for _, second := range edges {
			all = append(all, net.IP{first, second, 3, 4})
		}
	}
	for _, first := range []byte{169, 172, 192, 224} {
		for second := 0; second < 256; second++ {
			all = append(all, net.IP{first, byte(second), 1, 2})
		}
	}
	for _, third := range edges {
		all = append(all, net.IP{224, 0, third, 9}, net.IP{0, 0, third, 0}, net.IP{127, 0, third, 1}, net.IP{255, 255, third, 255})
	}
	return all
}

// V6 returns addresses of 16 bytes: some of the first 16 bits, every pattern of groups that are zero, some that look
// much like IPv4-mapped ones, and some that are.
func v6() []net.IP {
	var all []net.IP
	for _, first := range []byte{0, 1, 0x20, 0x7f, 0xfb, 0xfc, 0xfd, 0xfe, 0xff} {
		for second := 0; second < 256; second += 5 {
			all = append(all, net.IP{first, byte(second), 15: 0}, net.IP{first, byte(second), 15: 1})
		}
		for _, second := range append(edges, 0x3f, 0x40, 0x7f, 0x80, 0xbf, 0xc0, 0x11, 0x12, 0xf1, 0xf2) {
			all = append(all, net.IP{first, second, 14: 0xab, 15: 0xcd})
		}
	}
	for pattern := 0; pattern < 256; pattern++ {
		small, large := make(net.IP, 16), make(net.IP, 16)
		for i := 0; i < 8; i++ {
			if pattern>>i&1 == 1 {
				small[2*i+1] = byte(i + 1)
				large[2*i], large[2*i+1] = byte(0x10>>i)*0x11, byte(0xa0+i)
			}
		}
		all = append(all, small, large)
	}
	for i := 0; i < 12; i++ {
		almost := net.IPv4(10, 0, 0, 1)
		almost[i] ^= 1
		all = append(all, almost)
	}
	for i, ip := range v4() {
		if i%3 == 0 {
			all = append(all, ip.To16())
		}
	}
	return all
}

// Odd returns what is no address, and the empty one.
func odd() []net.IP {
	all := []net.IP{{}}
	for _, n := range []int{1, 2, 3, 5, 8, 12, 15, 17, 20} {
		for _, fill := range []byte{0, 0x7f, 0xff} {
			ip := make(net.IP, n)
			for i := range ip {
				ip[i] = fill
			}
			all = append(all, ip)
		}
	}
	return append(all, net.IP{0xfe, 0x80, 0}, octets("0123456789abcdef"), octets("00000000000000000000ffff7f0000"))
}

func addresses() object {
	all := map[string]bool{}
	for _, ips := range [][]net.IP{v4(), v6(), odd()} {
		for _, ip := range ips {
			all[hex.EncodeToString(ip)] = true
		}
	}
	for _, known := range wellKnown {
		all[known.(row)[1].(string)] = true
	}
	var texts []string
	for s := range all {
		texts = append(texts, s)
	}
	sort.Strings(texts)

	var names, rows list
	for _, p := range predicates {
		names = append(names, p.name)
	}
	for _, s := range texts {
		rows = append(rows, describe(octets(s)))
	}
	return object{
		{"about", "net.IP: [bytes, text, mask by default, a digit for each predicate] of addresses; [bytes, To4, To16, what MarshalText returns, its error] of some; for each of some a digit for each of them, whether Equal"},
		{"predicates", names},
		{"addresses", rows},
		{"forms", forms()},
		{"equal", equal()},
		{"wellKnown", wellKnown},
	}
}

func describe(ip net.IP) row {
	answers := ""
	for _, p := range predicates {
		answers += bit(p.test(ip))
	}
	return row{digits(ip), ip.String(), digits(ip.DefaultMask()), answers}
}

func bit(b bool) string {
	if b {
		return "1"
	}
	return "0"
}

// Some returns addresses of every kind, some of which are equal.
func some() []net.IP {
	return append(odd(),
		net.IP{10, 1, 2, 3}, net.IPv4(10, 1, 2, 3), net.IP{10, 1, 2, 2}, net.IP{0, 0, 0, 0}, net.IPv4zero, net.IPv6zero,
		net.IP{255, 255, 255, 255}, net.IPv4bcast, net.IPv6loopback, octets("00000000000000000000fffe0a010203"),
		octets("000000000000000000000000"+"0a010203"), octets("20010db8000000000000012300120001"))
}

func forms() list {
	var all list
	for _, ip := range some() {
		text, err := ip.MarshalText()
		if err != nil {
			all = append(all, row{digits(ip), digits(ip.To4()), digits(ip.To16()), nil, err.Error()})
		} else {
			all = append(all, row{digits(ip), digits(ip.To4()), digits(ip.To16()), string(text), nil})
		}
	}
	return all
}

func equal() list {
	var all list
	for _, a := range some() {
		answers := ""
		for _, b := range some() {
			answers += bit(a.Equal(b))
		}
		all = append(all, row{digits(a), answers})
	}
	return all
}
