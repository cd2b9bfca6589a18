//go:build unix

package main

import "syscall"

// cpuMicros returns how long this process has computed, in its own code and in the system's.
func cpuMicros() int64 {
	var usage syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &usage) != nil {
		return 0
	}
	return micros(usage.Utime) + micros(usage.Stime)
}

func micros(t syscall.Timeval) int64 {
	return int64(t.Sec)*1e6 + int64(t.Usec)
}
