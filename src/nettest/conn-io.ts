import type { Bytes, Reader, StreamConn, Writer } from "../net/conn.js";
import { isTimeout } from "../net/errors.js";
import { check, equal } from "./assert.js";
import { pattern } from "./pattern.js";
import type { Task } from "./task.js";
import { pause, soon } from "./time.js";

/** Writes `p` and requires the conn to say that it wrote all of it. */
export async function write(w: Writer, p: Bytes): Promise<void> {
  equal(await w.write(p), p.byteLength, "count of a write");
}

/** Reads until `p` is full; resolves to false if the stream ends before the first byte. */
export async function readFull(r: Reader, p: Bytes): Promise<boolean> {
  for (let filled = 0; filled < p.byteLength; ) {
    const n = await r.read(p.subarray(filled));
    if (n === null && filled === 0) return false;
    check(n !== null, `end of stream after ${filled} bytes, want ${p.byteLength}`);
    check(n > 0 && n <= p.byteLength - filled, `count of a read: got ${n}, want 1 to ${p.byteLength - filled}`);
    filled += n;
  }
  return true;
}

/** Reads exactly `length` bytes. */
export async function readExactly(r: Reader, length: number): Promise<Bytes> {
  const p = new Uint8Array(length);
  check(await readFull(r, p), `end of stream, want ${length} bytes`);
  return p;
}

/** Reads all there is, at most `chunk` bytes at a time, and requires the end to last. */
export async function readToEnd(r: Reader, chunk = 16_384): Promise<Bytes> {
  const parts: Bytes[] = [];
  for (const p = new Uint8Array(chunk); ; ) {
    const n = await r.read(p);
    if (n === null) break;
    check(n > 0 && n <= chunk, `count of a read: got ${n}, want 1 to ${chunk}`);
    parts.push(p.slice(0, n));
  }
  equal(await r.read(new Uint8Array(1)), null, "read after the end of the stream");
  return concat(parts);
}

/** Joins bytes. */
export function concat(parts: readonly Bytes[]): Bytes {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.byteLength;
  }
  return whole;
}

/** Writes back whatever is read, 1 KiB at a time, to the end of the stream. */
export async function echo(c: Reader & Writer): Promise<void> {
  const p = new Uint8Array(1024);
  for (let n = await c.read(p); n !== null; n = await c.read(p)) await write(c, p.subarray(0, n));
}

/** Reads to the end of the stream, or of the conn, and keeps nothing. */
export async function discard(r: Reader): Promise<void> {
  const p = new Uint8Array(16_384);
  try {
    while ((await r.read(p)) !== null);
  } catch {
    // How it ends is not what is tested.
  }
}

/** Writes zeros for ever: ends only by a rejection. Lets timers fire even where every write resolves at once. */
export async function writeOn(w: Writer): Promise<never> {
  for (let i = 1; ; i++) {
    await write(w, new Uint8Array(1024));
    if (i % 64 === 0) await pause(0);
  }
}

/** Tells how far a writer got whose peer does not read. */
export interface Stall {
  /** How many bytes of the pattern were taken. */
  accepted: number;
  /** How many more the pending write carries. */
  waiting: number;
  /** The write that waits. */
  pending: Promise<number>;
}

/** Writes the pattern to a peer that does not read, until a write stays pending, which must happen within 64 MiB. */
export async function writeUntilStalled(c: StreamConn, signal?: AbortSignal): Promise<Stall> {
  const waiting = 65_536;
  for (let accepted = 0; accepted < 1 << 26; accepted += waiting) {
    const pending = c.write(pattern(waiting, accepted), { signal });
    const written = await Promise.race([pending, longPause()]);
    if (written === undefined) return { accepted, waiting, pending };
    equal(written, waiting, "count of a write");
  }
  throw new Error("writes to a peer that does not read: 64 MiB taken, want them to wait before that");
}

/** Waits 40 ms and ten turns of the event loop, lest a busy machine be taken for a peer that does not read. */
async function longPause(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await pause(4);
}

/** Sends a line that the peer echoes, without any deadline, and requires it back. */
export async function roundtrip(c: StreamConn, t: Task): Promise<void> {
  if (!t.traits.stream) return resyncDatagrams(c);
  c.setDeadline(null);
  const line = "Hello, nettest!";
  await write(c, new TextEncoder().encode(line));
  equal(new TextDecoder().decode(await readExactly(c, line.length)), line, "echo");
}

/**
 * Finds back to a known state when nobody knows how many zeros are on their way: takes away the deadlines, sends a
 * frame that the peer echoes, `[255 x 4][nonce x 4]`, and reads until it comes.
 */
export async function resync(c: StreamConn, t: Task): Promise<void> {
  if (!t.traits.stream) return resyncDatagrams(c);
  c.setDeadline(null);
  const frame = newFrame();
  const sent = t.spawn(write(c, frame));
  const p = new Uint8Array(1024);
  for (let tail: Bytes = new Uint8Array(0); !same(tail, frame); ) {
    const n = await c.read(p);
    check(n !== null, "end of stream, want an echo");
    tail = concat([tail, p.subarray(0, n)]).slice(-frame.byteLength);
  }
  await sent;
}

// A datagram may be lost, or late: the frame is sent until it comes back, and all others are passed over.
async function resyncDatagrams(c: StreamConn): Promise<void> {
  c.setDeadline(null);
  const frame = newFrame();
  const p = new Uint8Array(1024);
  for (let back = false; !back; ) {
    await write(c, frame);
    c.setReadDeadline(soon(50));
    try {
      while (!back) back = same(p.subarray(0, (await c.read(p)) ?? 0), frame);
    } catch (err) {
      if (!isTimeout(err)) throw err;
    }
  }
  c.setReadDeadline(null);
}

function newFrame(): Bytes {
  return new Uint8Array([255, 255, 255, 255, ...crypto.getRandomValues(new Uint8Array(4)).map((b) => b & 127)]);
}

function same(a: Bytes, b: Bytes): boolean {
  return a.byteLength === b.byteLength && a.every((byte, i) => byte === b[i]);
}
