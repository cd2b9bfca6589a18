package main

import (
	"fmt"
	"net"
)

// NetIPs returns addresses to mask and to make networks of.
func netIPs() []net.IP {
	return []net.IP{
		{192, 168, 1, 127}, net.IPv4(192, 168, 1, 127), {172, 16, 0, 0}, net.IPv4(172, 16, 0, 0), {0, 0, 0, 0},
		net.IPv6zero, net.IPv6loopback, octets("20010db8000000000000012300120001"), octets("20010db8000000000000000000000001"),
		octets("00000000000000000000fffec0a8017f"), octets("000000000000000000000000c0a8017f"),
		{}, {192, 168, 0}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12},
	}
}

// NetMasks returns masks of every kind.
func netMasks() []net.IPMask {
	masks := []net.IPMask{
		{}, {255}, {255, 255, 0}, net.IPv4Mask(255, 0, 255, 0), net.IPv4Mask(0, 0, 255, 252), net.IPv4Mask(0, 255, 0, 252),
		octets("f0f00f0f000000000000000000000000"), octets("000000000000ffff0000000000000000"),
		octets("8000f1230000cafe0000000000000000"), octets("ffffffffffffffffffffffff00ff00ff"),
		octets("fffffffffffffffffffffffeffffffff"), octets("000000000000000000000000ffffff00"),
		octets("ffffffffffffffffffffffff"),
	}
	for _, ones := range []int{0, 1, 8, 12, 26, 31, 32} {
		masks = append(masks, net.CIDRMask(ones, 32), net.CIDRMask(ones, 128), net.CIDRMask(96+ones, 128))
	}
	return append(masks, net.CIDRMask(47, 128), net.CIDRMask(64, 128), net.CIDRMask(95, 128))
}

func networks() object {
	var ips, masks, matrix list
	for _, ip := range netIPs() {
		ips = append(ips, digits(ip))
	}
	for _, mask := range netMasks() {
		masks = append(masks, digits(mask))
	}
	for _, ip := range netIPs() {
		for _, mask := range netMasks() {
			n := &net.IPNet{IP: ip, Mask: mask}
			answers := ""
			for _, other := range netIPs() {
				answers += bit(n.Contains(other))
			}
			matrix = append(matrix, row{digits(ip), digits(mask), digits(ip.Mask(mask)), n.String(), answers})
		}
	}
	return object{
		{"about", "net.IPNet: [address, mask, IP.Mask, the network as text, a digit for each of ips, whether it contains it]; prefixes: [network, a digit for each bit, whether it contains its address with this bit flipped]; net.CIDRMask: [ones, bits, mask]; net.IPMask: [mask, text, Size's ones, bits]"},
		{"ips", ips},
		{"networks", matrix},
		{"prefixes", prefixes()},
		{"cidrMask", cidrMasks()},
		{"masks", sizes()},
	}
}

func prefixes() list {
	var all list
	for _, ip := range []string{"172.31.254.1", "2001:db8:8000:7fff:8001::ffff"} {
		bits := len(netIP(ip)) * 8
		for ones := 0; ones <= bits; ones++ {
			text := fmt.Sprintf("%s/%d", ip, ones)
			_, n, _ := net.ParseCIDR(text)
			answers := ""
			for i := 0; i < bits; i++ {
				other := append(net.IP(nil), netIP(ip)...)
				other[i/8] ^= 0x80 >> (i % 8)
				answers += bit(n.Contains(other))
			}
			all = append(all, row{text, answers})
		}
	}
	return all
}

// NetIP returns an address in its shortest form.
func netIP(s string) net.IP {
	ip := net.ParseIP(s)
	if v4 := ip.To4(); v4 != nil {
		return v4
	}
	return ip
}

func cidrMasks() list {
	var all list
	for _, bits := range []int{-128, -1, 0, 1, 8, 16, 31, 32, 33, 64, 127, 128, 129, 256} {
		for ones := -1; ones <= 130; ones++ {
			if bits == 32 || bits == 128 || ones%16 == 0 {
				all = append(all, row{ones, bits, digits(net.CIDRMask(ones, bits))})
			}
		}
	}
	return all
}

// Sizes tells about masks, canonical ones and those with one bit flipped among them.
func sizes() list {
	masks := netMasks()
	for ones := 0; ones <= 32; ones++ {
		for i := 0; i < 32; i++ {
			mask := net.CIDRMask(ones, 32)
			mask[i/8] ^= 0x80 >> (i % 8)
			masks = append(masks, mask)
		}
	}
	for ones := 0; ones <= 128; ones++ {
		mask := net.CIDRMask(ones, 128)
		mask[(ones*7)%16] ^= 1 << (ones % 8)
		masks = append(masks, net.CIDRMask(ones, 128), mask)
	}
	var all list
	for _, mask := range masks {
		ones, bits := mask.Size()
		all = append(all, row{digits(mask), mask.String(), ones, bits})
	}
	return all
}
