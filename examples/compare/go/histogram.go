package main

import (
	"math"
	"time"
)

// The buckets are those of log-histogram.ts: each reaches 0.5 % further than the one before.
const (
	growth      = 1.005
	leastMicros = 0.1
)

var logGrowth = math.Log(growth)

// A Histogram counts times.
type Histogram struct {
	counts    [5000]int
	maxMicros float64
}

func (h *Histogram) record(d time.Duration) {
	micros := float64(d.Nanoseconds()) / 1000
	bucket := 0
	if micros > leastMicros {
		bucket = int(math.Ceil(math.Log(micros/leastMicros) / logGrowth))
	}
	if last := len(h.counts) - 1; bucket > last {
		bucket = last
	}
	h.counts[bucket]++
	h.maxMicros = math.Max(h.maxMicros, micros)
}

// pairs lists the buckets that are not empty, and how many are in each.
func (h *Histogram) pairs() [][2]int {
	pairs := [][2]int{}
	for bucket, count := range h.counts {
		if count > 0 {
			pairs = append(pairs, [2]int{bucket, count})
		}
	}
	return pairs
}
