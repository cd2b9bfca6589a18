package main

import (
	"fmt"
	"log"
	"net"
)

var ipSeeds = []string{
	"0.0.0.0", "127.0.0.1", "255.255.255.255", "192.168.10.20",
	"::", "::1", "1::", "fe80::1", "2001:db8::68", "::1.2.3.4", "::ffff:10.20.30.40",
	"1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "1:2:3::6:7:8", "1:2:3:4:5:6:1.2.3.4",
}

var ipInputs = []string{
	"127.0.1.2", "::ffff:127.1.2.3", "::ffff:7f01:0203", "::FFFF:7F01:203", "0:0:0:0:0000:ffff:127.1.2.3",
	"0:0:0:0::ffff:127.1.2.3", "2001:4860:0:2001::68", "2001:4860:0000:2001:0000:0000:0000:0068",
	"ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
	"FFFF:ffff:FFFF:ffff:FFFF:ffff:FFFF:ffff", "0000:0000:0000:0000:0000:0000:0000:0000",
	"-0.0.0.0", "0.-1.0.0", "0.0.-2.0", "0.0.0.-3", "127.0.0.256", "127.0.0.1000", "4294967296.0.0.0",
	"abc", "123:", ":123", "fe80::1%lo0", "fe80::1%911", "fe80::1%", "::ffff:1.2.3.4%lo0", "1.2.3.4%lo0", "%lo0",
	"0:0:0:0:000000:ffff:127.1.2.3", "0:0:0:0:00000:ffff:127.1.2.3", "::00001", "::10000", "::fffff",
	"a1:a2:a3:a4::b1:b2:b3:b4", "127.001.002.003", "::ffff:127.001.002.003", "123.000.000.000", "1.2..4",
	"0123.0.0.1", "1.2.3", "1.2.3.4.5", "1.2.3.4.", ".1.2.3.4", "127.1", "2130706433", "0x7f.0.0.1", "0x7f000001",
	"1e2.0.0.1", "+1.2.3.4", " 1.2.3.4", "1.2.3.4 ", "1.2.3.4\n", "\n::1", "::1\n", "::1\x00", "\t::1", "1 .2.3.4",
	"[::1]", "::1/128", "1.2.3.4/32", "1.2.3.4:80", "::1.2.3", "::1.2.3.4.5", "::1.2.3.4:5", "1.2.3.4::", "1.2.3.4::1",
	"1.2.3.4:1:2:3:4:5:6", "1:2:3:4:5:1.2.3.4", "1:2:3:4:5:6:7:1.2.3.4", "::a.2.3.4", "::1.2.3.a", "::256.2.3.4",
	"::01.2.3.4", "1::2::3", ":::", "::::", "1:::2", ":1:", ":1::2", "1::2:", "::g", "::-1", "::+1", "::0x1",
	"٣.0.0.1", "１.2.3.4", "1。2。3。4", "::ａ", "：：1", "é::1", "1.2.3.4\u2028", "\ufeff::1", "😀",
}

// Groups returns every count of groups before and behind "::", with and without it and a dotted quad at the end.
func groups() []string {
	var all []string
	for before := 0; before <= 9; before++ {
		for behind := 0; behind <= 9; behind++ {
			for _, middle := range []string{"::", ":"} {
				for _, quad := range []string{"", "1.2.3.4"} {
					all = append(all, join(before)+middle+join(behind)+quad)
					all = append(all, join(before)+middle+join(behind)+":"+quad)
				}
			}
		}
	}
	return all
}

func join(n int) string {
	s := ""
	for i := 1; i <= n; i++ {
		if i > 1 {
			s += ":"
		}
		s += fmt.Sprint(i)
	}
	return s
}

func parseIP() object {
	inputs := append(seeded(ipSeeds), ipInputs...)
	inputs = append(inputs, strings(":1.", 6)...)
	inputs = append(inputs, groups()...)
	var accepted, refused list
	for _, s := range sorted(inputs) {
		if ip := net.ParseIP(s); ip != nil {
			accepted = append(accepted, row{s, digits(ip)})
		} else {
			refused = append(refused, s)
		}
	}
	return object{
		{"about", "net.ParseIP: [text, bytes] of what it accepts, and what it refuses"},
		{"accepted", accepted},
		{"refused", refused},
	}
}

var cidrSeeds = []string{"10.0.0.0/8", "192.168.1.1/24", "::1/128", "2001:db8::/32", "::ffff:1.2.3.4/97", "1.2.3.4/032"}

var cidrInputs = []string{
	"135.104.0.0/32", "0.0.0.0/24", "135.104.0.0/24", "135.104.0.1/32", "135.104.0.1/24", "abcd:2345::/127",
	"abcd:2345::/65", "abcd:2345::/64", "abcd:2345::/63", "abcd:2345::/33", "abcd:2345::/32", "abcd:2344::/31",
	"abcd:2300::/24", "abcd:2345::/24", "2001:DB8::/48", "2001:DB8::1/48", "192.168.1.1/255.255.255.0",
	"192.168.1.1/35", "2001:db8::1/-1", "2001:db8::1/-0", "-0.0.0.0/32", "0.-1.0.0/32", "0.0.-2.0/32", "0.0.0.-3/32",
	"0.0.0.0/-0", "0.0.0.0/+0", "127.000.000.001/32", "", "/", "/8", "10.0.0.0", "10.0.0.0/", "10.0.0.0//8", "10.0.0.0/8/",
	"10.0.0.0/8/8", "10/8", "10.0.0/8", "::1%lo0/128", "::1/128%lo0", "fe80::1%/64", " 10.0.0.0/8", "10.0.0.0/8 ",
	"10.0.0.0 /8", "10.0.0.0/ 8", "10.0.0.0/8\n", "10.0.0.0\n/8", "10.0.0.0/0x8", "10.0.0.0/8.0", "10.0.0.0/1e1",
	"10.0.0.0/16777215", "10.0.0.0/4294967304", "10.0.0.0/18446744073709551624", "::/340282366920938463463374607431768211464",
	"10.0.0.0/00000000000000000000000000000000000008", "10.0.0.0/٨", "10.0.0.0/８", "10.0.0.0／8", "::1/128\x00",
}

func parseCIDR() object {
	inputs := append(seeded(cidrSeeds), cidrInputs...)
	for _, ip := range []string{"255.255.255.255", "fedc:ba98:7654:3210:ffff:ffff:ffff:ffff", "::ffff:255.254.253.252"} {
		for n := -1; n <= 130; n++ {
			inputs = append(inputs, fmt.Sprintf("%s/%d", ip, n))
		}
	}
	var accepted, refused list
	for _, s := range sorted(inputs) {
		if ip, n, err := net.ParseCIDR(s); err == nil {
			accepted = append(accepted, row{s, digits(ip), digits(n.IP), digits(n.Mask), n.String()})
		} else if want := (&net.ParseError{Type: "CIDR address", Text: s}); err.Error() == want.Error() {
			refused = append(refused, s)
		} else {
			log.Fatalf("ParseCIDR(%q): %v", s, err)
		}
	}
	return object{
		{"about", "net.ParseCIDR: [text, bytes of the address, of the network's, of the mask, the network as text] of what it accepts, and what it refuses"},
		{"accepted", accepted},
		{"refused", refused},
	}
}
