// WebSocket echo: ours through readMessage and writeMessage against npm ws; a raw client. `npm run bench ws-echo [ROUNDS]`
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { performance } from "node:perf_hooks";
import { compare, nodeServer, pinClient, type Sample, type Served, type Variant } from "./harness.js";

const warmUpMs = 600;
const measureMs = 1500;

/** Does the handshake by hand; resolves to a socket that carries frames alone. */
async function dial(served: Served): Promise<Socket> {
  const [host = "", port] = served.address.split(":");
  const socket = connect({ host, port: Number(port), noDelay: true });
  const key = randomBytes(16).toString("base64");
  const fields = `Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: 13`;
  socket.write(`GET / HTTP/1.1\r\nHost: ${served.address}\r\n${fields}\r\n\r\n`);
  let answer = "";
  while (!answer.endsWith("\r\n\r\n")) answer += ((await once(socket, "data")) as [Buffer])[0].toString("latin1");
  if (!answer.startsWith("HTTP/1.1 101 ")) throw new Error(answer);
  return socket;
}

/** A masked binary frame. */
function frameOf(size: number): Buffer {
  const length = size < 126 ? [0x80 | size] : size < 65_536 ? [0xfe, size >> 8, size & 0xff] : null;
  const long = Buffer.alloc(9, 0xff);
  long.writeBigUInt64BE(BigInt(size), 1);
  return Buffer.concat([Buffer.from([0x82]), length === null ? long : Buffer.from(length), randomBytes(4 + size)]);
}

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
const way = (name: string, how: string): Variant => ({ name, command: nodeServer("ws.ts", how) });
const npm = way("npm ws", "npm-ws");
const messages = way("toolkit, readMessage", "toolkit");
const rounds = Number(process.argv[3] ?? 5);
const iterating = way("toolkit, for await", "toolkit-iterate");
await compare("16 B, 256 in flight, 1 conn", [npm, messages, iterating], pipelined(16, 256), rounds);
await compare("16 B, 32 in flight, 50 conns", [npm, messages], pipelined(16, 32, 50), rounds);
await compare("1 KiB, 64 in flight, 1 conn", [npm, messages], pipelined(1024, 64), rounds);
await compare("64 KiB, 16 in flight, 1 conn", [npm, messages], pipelined(65_536, 16), rounds);
await compare("16 B ping-pong", [npm, messages], pingPong, rounds);
