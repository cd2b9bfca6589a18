// WebSocket echo: ours through readMessage and writeMessage against npm ws, gorilla and Bun; a raw client. `npm run bench ws-echo [ROUNDS]`
import { performance } from "node:perf_hooks";
import {
  bunServer,
  compare,
  goServer,
  nodeServer,
  pinClient,
  type Sample,
  type Served,
  type Variant,
} from "./harness.js";
import { dial, frameOf, window } from "./ws-client.js";

/** Keeps `inFlight` messages of `size` bytes under way on each of `conns` connections. */
function pipelined(size: number, inFlight: number, conns = 1): (served: Served) => Promise<Sample> {
  const frame = frameOf(size);
  const echoBytes = size + (size < 126 ? 2 : size < 65_536 ? 4 : 10);
  const batch = Buffer.concat(Array.from({ length: inFlight }, () => frame));
  return async (served) => {
    let bytes = 0;
    const sockets = await Promise.all(Array.from({ length: conns }, () => dial(served)));
    for (const socket of sockets) {
      let rest = 0;
      socket.on("data", (data) => {
        bytes += data.length;
        const back = Math.floor((rest + data.length) / echoBytes);
        rest = rest + data.length - back * echoBytes;
        if (back > 0) socket.write(batch.subarray(0, Math.min(back, inFlight) * frame.length));
      });
      socket.write(batch);
    }
    const sample = await window(served, () => bytes / echoBytes);
    for (const socket of sockets) socket.destroy();
    return sample;
  };
}

/** One message of 16 bytes at a time. */
async function pingPong(served: Served): Promise<Sample> {
  const socket = await dial(served);
  const frame = frameOf(16);
  const micros: number[] = [];
  let sent = performance.now();
  socket.on("data", () => {
    const now = performance.now();
    micros.push((now - sent) * 1000);
    sent = now;
    socket.write(frame);
  });
  socket.write(frame);
  const sample = await window(served, () => micros.length);
  socket.destroy();
  const steady = micros.slice(micros.length >> 2).toSorted((a, b) => a - b);
  return { ...sample, p50: steady[steady.length >> 1] as number };
}

pinClient();
const way = (name: string, how: string): Variant => ({ name, command: nodeServer("ws.ts", how) });
const npm = way("npm ws", "npm-ws");
const messages = way("toolkit, readMessage", "toolkit");
const rounds = Number(process.argv[3] ?? 5);
const iterating = way("toolkit, for await", "toolkit-iterate");
const gorilla: Variant = { name: "gorilla (Go)", command: goServer("wsbench") };
const bun: Variant = { name: "Bun (C++)", command: bunServer("ws-bun.js") };
const all = [npm, messages, iterating, gorilla, bun];
await compare("16 B, 256 in flight, 1 conn", all, pipelined(16, 256), rounds);
await compare("16 B, 32 in flight, 50 conns", all, pipelined(16, 32, 50), rounds);
await compare("1 KiB, 64 in flight, 1 conn", all, pipelined(1024, 64), rounds);
await compare("64 KiB, 16 in flight, 1 conn", all, pipelined(65_536, 16), rounds);
await compare("16 B ping-pong", all, pingPong, rounds);
