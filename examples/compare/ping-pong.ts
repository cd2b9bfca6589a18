import { createHistogram, performance } from "node:perf_hooks";
import type { EchoClient } from "./echo-client.js";

/** What was sent and came back. */
export interface Traffic {
  readonly sent: number;
  readonly received: number;
  readonly seconds: number;
}

/** Tells how long round trips took: half of them at most `p50Micros`, 99 of 100 at most `p99Micros`. */
export interface PingPong extends Traffic {
  readonly p50Micros: number;
  readonly p99Micros: number;
}

/** Sends one message at a time and waits for it. */
export async function pingPong(client: EchoClient, ms: number): Promise<PingPong> {
  const latencies = createHistogram(); // in ns
  const start = performance.now();
  let now = start;
  let [sent, received] = [0, 0];
  while (now < start + ms) {
    const before = now;
    client.send(1);
    const came = await client.receive();
    now = performance.now();
    if (came > 0) latencies.record(Math.max(1, Math.round((now - before) * 1e6)));
    sent++;
    received += came;
  }
  const [p50Micros, p99Micros] = [latencies.percentile(50) / 1000, latencies.percentile(99) / 1000];
  return { sent, received, seconds: (now - start) / 1000, p50Micros, p99Micros };
}
