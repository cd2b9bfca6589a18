// What the benchmarks of WebSocket share: a client that speaks bytes, and a window of time.
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { performance } from "node:perf_hooks";
import type { Sample, Served } from "./harness.js";

const warmUpMs = 600;
const measureMs = 1500;

/** Does the handshake by hand; resolves to a socket that carries frames alone. */
export async function dial(served: Served, path = "/"): Promise<Socket> {
  const [host = "", port] = served.address.split(":");
  const socket = connect({ host, port: Number(port), noDelay: true });
  const key = randomBytes(16).toString("base64");
  const fields = `Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: 13`;
  socket.write(`GET ${path} HTTP/1.1\r\nHost: ${served.address}\r\n${fields}\r\n\r\n`);
  let answer = "";
  while (!answer.endsWith("\r\n\r\n")) answer += ((await once(socket, "data")) as [Buffer])[0].toString("latin1");
  if (!answer.startsWith("HTTP/1.1 101 ")) throw new Error(answer);
  return socket;
}

/** A masked binary frame. */
export function frameOf(size: number): Buffer {
  const length = size < 126 ? [0x80 | size] : size < 65_536 ? [0xfe, size >> 8, size & 0xff] : null;
  const long = Buffer.alloc(9, 0xff);
  long.writeBigUInt64BE(BigInt(size), 1);
  return Buffer.concat([Buffer.from([0x82]), length === null ? long : Buffer.from(length), randomBytes(4 + size)]);
}

/** Measures for a while, after a warm-up. */
export async function window(served: Served, count: () => number): Promise<Sample> {
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
