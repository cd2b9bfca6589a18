// TCP echo: ours through read and write, bare node:net ('data' and write), Go's net. `npm run bench tcp`
import { connect, type Socket } from "node:net";
import { performance } from "node:perf_hooks";
import { compare, goServer, nodeServer, pinClient, type Sample, type Served, type Variant } from "./harness.js";

const warmUpMs = 400;
const measureMs = 1200;

/** Connects a client that costs as little as it can, so that the server is what is measured. */
async function dial(served: Served, onBytes: (n: number, socket: Socket) => void): Promise<Socket> {
  const [host, port] = served.address.split(":");
  const buffer = Buffer.allocUnsafeSlow(65_536);
  const callback = (n: number) => {
    onBytes(n, socket);
    return true;
  };
  const socket: Socket = connect({
    host: host as string,
    port: Number(port),
    noDelay: true,
    onread: { buffer, callback },
  });
  await new Promise((resolve) => socket.once("connect", resolve));
  return socket;
}

/** Keeps `inFlight` messages of `size` bytes under way on one connection. */
function pipelined(size: number, inFlight: number): (served: Served) => Promise<Sample> {
  return async (served) => {
    let bytes = 0;
    const load = Buffer.alloc(65_536, 7);
    const socket = await dial(served, (n, self) => {
      bytes += n;
      self.write(load.subarray(0, n));
    });
    socket.write(Buffer.alloc(size * inFlight, 7));
    const sample = await window(served, () => bytes / size);
    socket.destroy();
    return sample;
  };
}

/** One message of 64 bytes at a time. */
async function pingPong(served: Served): Promise<Sample> {
  const ping = Buffer.alloc(64, 7);
  const micros: number[] = [];
  let sent = performance.now();
  const socket = await dial(served, (_n, self) => {
    const now = performance.now();
    micros.push((now - sent) * 1000);
    sent = now;
    self.write(ping);
  });
  socket.write(ping);
  const sample = await window(served, () => micros.length);
  socket.destroy();
  const steady = micros.slice(micros.length >> 2).toSorted((a, b) => a - b);
  return { ...sample, p50: steady[steady.length >> 1] as number };
}

async function window(served: Served, count: () => number): Promise<Sample> {
  await sleep(warmUpMs);
  const [ops, cpu, user, start] = [count(), served.cpuMicros(), served.userMicros(), performance.now()];
  await sleep(measureMs);
  const done = count() - ops;
  return {
    rate: (done / (performance.now() - start)) * 1000,
    cpu: (served.cpuMicros() - cpu) / done,
    user: (served.userMicros() - user) / done,
  };
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

pinClient();
const way = (name: string, how: string): Variant => ({ name, command: nodeServer("tcp.ts", how) });
const go: Variant = { name: "Go net", command: goServer("tcpecho") };
const chunks = [
  way("node:net data+write", "node"),
  way("toolkit read+write", "toolkit"),
  way("toolkit copy", "toolkit-copy"),
  go,
];
await compare("64 KiB chunks, 16 in flight", chunks, pipelined(65_536, 16));
await compare("64 B messages, 256 in flight, echoed by chunks", chunks, pipelined(64, 256));
await compare(
  "64 B messages, 256 in flight, echoed one by one",
  [way("node:net, a write for each", "node-messages"), way("toolkit, a write for each", "toolkit-messages")],
  pipelined(64, 256),
);
await compare("64 B ping-pong", chunks, pingPong);
