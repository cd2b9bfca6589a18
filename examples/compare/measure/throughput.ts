import { performance } from "node:perf_hooks";
import type { EchoClient } from "./echo-client.js";
import type { Traffic } from "./ping-pong.js";

/** Keeps up to two bursts under way: while one comes back, the next is on its way already. */
export async function throughput(client: EchoClient, ms: number, burst: number): Promise<Traffic> {
  const start = performance.now();
  client.send(burst);
  let [sent, received] = [burst, 0];
  while (performance.now() < start + ms) {
    client.send(burst);
    sent += burst;
    received += await client.receive();
  }
  received += await client.receive();
  return { sent, received, seconds: (performance.now() - start) / 1000 };
}
