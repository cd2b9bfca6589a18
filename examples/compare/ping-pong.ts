import { performance, type RecordableHistogram } from "node:perf_hooks";
import type { EchoClient } from "./echo-client.js";

/** What was sent and came back. */
export interface Traffic {
  readonly sent: number;
  readonly received: number;
  readonly seconds: number;
}

/** Sends one message at a time and waits for it; records how long each round trip took, in ns. */
export async function pingPong(client: EchoClient, ms: number, latencies: RecordableHistogram): Promise<Traffic> {
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
  return { sent, received, seconds: (now - start) / 1000 };
}
