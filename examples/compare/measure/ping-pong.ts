import { performance } from "node:perf_hooks";
import type { EchoClient } from "./echo-client.js";
import { Latencies } from "./latency.js";

/** What was sent and came back. */
export interface Traffic {
  readonly sent: number;
  readonly received: number;
  readonly seconds: number;
}

/** Round trips, and how long they took. */
export interface PingPong extends Traffic {
  readonly times: Latencies;
}

/** Sends one message at a time and waits for it. */
export async function pingPong(client: EchoClient, ms: number): Promise<PingPong> {
  const times = new Latencies();
  const start = performance.now();
  let now = start;
  let [sent, received] = [0, 0];
  while (now < start + ms) {
    const before = now;
    client.send(1);
    const came = await client.receive();
    now = performance.now();
    if (came > 0) times.record((now - before) * 1000);
    sent++;
    received += came;
  }
  return { sent, received, seconds: (now - start) / 1000, times };
}
